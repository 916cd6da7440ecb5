"""nlpcourse: natural language processing by hand, proved equal to the production libraries.

The path lies in ``text``, ``statistics``, ``neural`` and ``transformers``, one folder a chapter;
``pages`` goes across; every chapter uses ``corpora``, ``assets``, ``training``, ``evaluation``,
``plots``, ``exercises`` and ``in_notebook``; ``course``, ``notebooks``, ``page`` and ``cli`` make
the book.  Importing this package imports nothing heavy.
"""

__version__ = "0.1.0"
