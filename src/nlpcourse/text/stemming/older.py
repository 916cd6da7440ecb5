"""One more rule: the verbs of 1611, *loveth* and *cometh*, before Porter's first step.

It is the chapter's own and no part of the paper: a stemmer is a model of one language at one time.
"""

from __future__ import annotations

from nlpcourse.text.stemming.fast import stem_fast
from nlpcourse.text.stemming.porter import find, fire, has_vowel, rules

STEP_0 = rules("eth→ed", has_vowel, "*v*")
"""Turn the old ending into one that step 1b cuts and mends."""


def stem_older(word: str) -> str:
    """Return the stem of a word of English old or new.

    >>> [stem_older(word) for word in ("loveth", "loved", "sitteth", "teeth")]
    ['love', 'love', 'sit', 'teed']
    """
    word = word.lower()
    if rule := find(STEP_0, word):
        word = fire("0", rule, word).after
    return stem_fast(word)
