"""Chapter 03: many forms of a word, one entry in the index.

The ladder, one idea a rung:

- :mod:`~nlpcourse.text.stemming.porter` – Porter's suffix stripping as the paper tells it, with
  the rule that fired at each step;
- :mod:`~nlpcourse.text.stemming.fast` – the same stems, sooner;
- :mod:`~nlpcourse.text.stemming.morphy` – WordNet's lemmatizer: exceptions, endings, a dictionary;
- :mod:`~nlpcourse.text.stemming.judging` – stemmers judged by the pairs they miss and the pairs
  they join wrongly;
- :mod:`~nlpcourse.text.stemming.searching` – a search engine in forty lines, to see what stems
  do for it.

All of it is the standard library alone: it also runs inside the page.
"""
