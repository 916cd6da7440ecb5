"""Two rules that catch some of what a summary says and its source does not: numbers and names."""

from __future__ import annotations

import re
from collections.abc import Iterable

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-/][A-Za-z0-9]+)*")


def numbers(text: str) -> list[str]:
    """Return the numbers of a text in their order, without commas that group digits.

    >>> numbers("Up 2.7 % on 10,000 pairs of SQuAD 2.0.")
    ['2.7', '10000', '2.0']
    """
    return [re.sub(r",(?=\d{3})", "", found) for found in NUMBER.findall(text)]


def names(text: str) -> list[str]:
    """Return what looks like a name: a capital that no sentence asks for, or one inside a word.

    The first word of a sentence counts only where it holds a second capital or a digit.

    >>> names("We train BERT on data of Reuters. Results on SQuAD improve. The end.")
    ['BERT', 'Reuters', 'SQuAD']
    """
    found = []
    for match in NAME.finditer(text):
        word = match[0]
        before = text[: match.start()].rstrip(" “\"'(")
        opens = not before or before[-1] in ".?!:\n"
        if (re.search(r"[A-Z0-9]", word[1:]) and re.search(r"[A-Z]", word)) or (
            word[0].isupper() and len(word) > 1 and not opens
        ):
            found.append(word)
    return found


def flat(text: str) -> str:
    """Return small letters and digits alone, so that *de-en* is *DeEn*."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def unsupported(summary: str, source: str) -> list[str]:
    """Return the numbers and names of a summary that its source does not hold, each once.

    A name also counts as held where the source writes it with other capitals or marks, in several
    words, and in the plural; a short one must be a word of the source.  What the rules can't see:
    wrong relations between right names, and everything false that is said in common words.

    >>> unsupported("They reach 91.2 on SQuAD with ELMo.", "We test on squad and reach 90.2.")
    ['91.2', 'ELMo']
    """
    held, letters = set(numbers(source)), flat(source)
    words = {flat(word) for word in source.split()}
    missing = [n for n in numbers(summary) if n not in held]
    for name in names(summary):
        forms = {flat(name), flat(name).removesuffix("s")}
        if not any(f in words or (len(f) > 4 and f in letters) for f in forms):
            missing.append(name)
    return list(dict.fromkeys(missing))


def count_errors(pairs: Iterable[tuple[str, str]]) -> tuple[int, int]:
    """Return how many summaries say something unsupported, and how many there are.

    Args:
        pairs: a summary and its source each.

    >>> count_errors([("We use BERT.", "We use ELMo."), ("It works.", "It works.")])
    (1, 2)
    """
    found = [bool(unsupported(summary, source)) for summary, source in pairs]
    return sum(found), len(found)
