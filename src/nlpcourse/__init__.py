"""nlpcourse: natural language processing by hand, proved equal to the production libraries.

One module per chapter lives in ``text``, ``statistics``, ``neural`` and ``transformers``; the
shared rooms (``assets``, ``corpora``, ``ledger``, ``evaluation``, ``training``, ``plots``,
``checks``) serve all of them.  Importing this package imports nothing heavy.
"""

__version__ = "0.1.0"
