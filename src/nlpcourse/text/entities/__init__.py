"""Chapter 05: names in running text, where they begin and end, and what they name.

The ladder, one idea a rung:

- :mod:`~nlpcourse.text.entities.spans` – an entity is a span with a type; tags that say the same
  word by word, in six schemes, read leniently or strictly;
- :mod:`~nlpcourse.text.entities.gazetteer` – a list of names, and the longest match;
- :mod:`~nlpcourse.text.entities.rules` – capitals, and the words beside and at the end of a name;
- :mod:`~nlpcourse.text.entities.scoring` – precision, recall and F1 of whole entities, and the
  errors by kind;
- :mod:`~nlpcourse.text.entities.shift` – types of two annotations mapped onto each other, tweets
  split without copies.

All of it is the standard library alone: it also runs inside the page.
"""
