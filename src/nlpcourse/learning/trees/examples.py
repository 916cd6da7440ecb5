"""Small sets of labelled sentences, for the first tree and for the page."""

from __future__ import annotations

from nlpcourse.learning.trees.questions import Item, item

KIND_LINES = """\
person: who wrote hamlet
person: who was first on the moon
person: who was born in ohio
person: what author wrote emma
person: name the author of emma
number: how many people live in chile
number: how many moons has mars
number: how far is the moon
number: what year was mozart born
number: in what year did rome fall
place: where is mount fuji
place: where was mozart born
place: what city is near mount fuji
place: in what city did mozart live
place: name the capital of chile"""
"""Questions, each labelled with the kind of answer that it asks for."""

OPINION_LINES = """\
praise: good film today
praise: good story
praise: not bad today
praise: not bad story
blame: bad film today
blame: bad story
blame: not good film
blame: not good story"""
"""Opinions in which no word says much alone."""


def labelled_lines(text: str) -> tuple[list[Item], int]:
    """Return the items of lines such as ``person: who wrote hamlet``, and how many lines are none.

    >>> items, others = labelled_lines("person: who sang\\nno label here")
    >>> items[0].label, sorted(items[0].words), others
    ('person', ['sang', 'who'], 1)
    """
    items, others = [], 0
    for line in text.splitlines():
        label, colon, sentence = line.partition(":")
        if colon and label.strip() and sentence.strip():
            items.append(item(sentence, label.strip().lower()))
        else:
            others += bool(line.strip())
    return items, others
