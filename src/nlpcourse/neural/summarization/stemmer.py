"""The stemmer that ROUGE uses: chapter 03's Porter with the changes that NLTK makes by default.

The rules of the paper come from chapter 03; this file holds what NLTK's ``PorterStemmer`` does
otherwise: a list of irregular words, short words that stay as they are, and a few other rules.
"""

from __future__ import annotations

from functools import lru_cache

from nlpcourse.text.stemming.porter import (
    STEP_1A,
    STEP_1B,
    STEP_1B_MEND,
    STEP_2,
    STEP_3,
    STEP_4,
    STEP_5B,
    Rule,
    ends_cvc,
    ends_double,
    find,
    longer_than,
    measure,
    pattern,
    rules,
)

IRREGULAR = {
    word: stem
    for stem, words in {
        "sky": "sky skies", "die": "dying", "lie": "lying", "tie": "tying", "news": "news",
        "inning": "innings inning", "outing": "outings outing", "canning": "cannings canning",
        "howe": "howe", "proceed": "proceed", "exceed": "exceed", "succeed": "succeed",
    }.items()
    for word in words.split()
}  # fmt: skip

STEP_2_NLTK = (
    *(rule for rule in STEP_2 if rule.suffix != "abli"),
    *rules("bli→ble fulli→ful", longer_than(0), "m>0"),
    *rules("logi→log", lambda stem: measure(f"{stem}l") > 0, "m>0, the l counts"),
)


def _short(stem: str) -> bool:
    """Return whether a stem is short: it ends like *hop*, or is a vowel and a consonant."""
    return ends_cvc(stem) or pattern(stem) == "vc"


def _fire(table: tuple[Rule, ...], word: str) -> str:
    """Return the word after the rule of *table* that fires on it, if any."""
    rule = find(table, word)
    if rule is None:
        return word
    return word[: len(word) - len(rule.suffix)] + rule.replacement


def _step_1(word: str) -> str:
    """Cut plurals, *ed* and *ing*; turn a last y into i."""
    if word.endswith("ies"):
        word = word[:-1] if len(word) == 4 else word[:-2]
    else:
        word = _fire(STEP_1A, word)
    if word.endswith("ied"):
        word = word[:-1] if len(word) == 4 else word[:-2]
    elif rule := find(STEP_1B, word):
        word = _fire(STEP_1B, word)
        if rule.suffix != "eed":
            word = _mend(word)
    if len(word) > 2 and word[-1] == "y" and pattern(word[:-1])[-1] == "c":
        word = f"{word[:-1]}i"
    return word


def _mend(word: str) -> str:
    """Mend what cutting *ed* or *ing* left."""
    if find(STEP_1B_MEND, word):
        return _fire(STEP_1B_MEND, word)
    if ends_double(word):
        return word if word[-1] in "lsz" else word[:-1]
    return f"{word}e" if measure(word) == 1 and _short(word) else word


def _step_2(word: str) -> str:
    """Turn double suffixes into single ones; what *alli* leaves is looked at once more."""
    again = word.endswith("alli") and measure(word[:-4]) > 0
    word = _fire(STEP_2_NLTK, word)
    return _step_2(word) if again else word


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the stem that NLTK's ``PorterStemmer`` leaves of *word* by default.

    >>> [stem(word) for word in ("dies", "enjoyed", "possibly", "generically", "sky")]
    ['die', 'enjoy', 'possibl', 'gener', 'sky']
    """
    word = word.lower()
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) <= 2:
        return word
    word = _fire(STEP_4, _fire(STEP_3, _step_2(_step_1(word))))
    if word.endswith("e"):
        cut = word[:-1]
        if measure(cut) > 1 or (measure(cut) == 1 and not _short(cut)):
            word = cut
    return _fire(STEP_5B, word)
