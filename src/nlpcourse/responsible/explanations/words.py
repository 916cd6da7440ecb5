"""A text's words, as GloVe divides them.  The page needs this, too: the standard library alone."""

from __future__ import annotations

import re

_WORD = re.compile(r"n't\b|'\w+|\w+?(?=n't\b)|\w+|[^\w\s]")


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case.

    >>> words_of("It isn't Hitchcock's best.")
    ['it', 'is', "n't", 'hitchcock', "'s", 'best', '.']
    """
    return _WORD.findall(text.lower().replace("\u2019", "'"))
