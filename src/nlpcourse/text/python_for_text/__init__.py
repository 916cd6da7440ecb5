"""Chapter 01: from the bytes of a file to a law of word counts, as a ladder of small files.

- :mod:`~nlpcourse.text.python_for_text.encodings` – code points to bytes, and bytes back to text;
- :mod:`~nlpcourse.text.python_for_text.characters` – what a reader calls one character;
- :mod:`~nlpcourse.text.python_for_text.counting` – words, ranks, and how a vocabulary grows;
- :mod:`~nlpcourse.text.python_for_text.lines` – the straight line through a log-log plot;
- :mod:`~nlpcourse.text.python_for_text.powerlaw` – a power law's exponent, by maximum likelihood.

All of it is the standard library alone: it also runs inside the page.
"""
