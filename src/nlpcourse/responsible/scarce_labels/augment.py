"""More sentences from the same ones: words dropped, swapped, or replaced by their synonyms.

Source: Wei and Zou (2019), "EDA", section 2.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

Change = Callable[[list[str], random.Random], list[str]]
"""What makes a changed copy of a sentence's words."""


def _require_words(words: Sequence[str]) -> list[str]:
    """Refuse a text where a sequence of words is meant."""
    if isinstance(words, str):
        raise ValueError(f"cut {words[:30]!r} into words first")
    return list(words)


def _require_share(share: float) -> None:
    """Refuse what is no share."""
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")


def drop_words(words: Sequence[str], share: float, rng: random.Random) -> list[str]:
    """Leave every word out with probability *share*; one word always stays.

    Raises:
        ValueError: the words were not cut, or the share lies outside [0, 1].

    >>> drop_words(["a", "dull", "film"], 0.5, random.Random(0))
    ['a', 'dull']
    """
    given = _require_words(words)
    _require_share(share)
    kept = [word for word in given if rng.random() >= share]
    return kept or given[:1]


def swap_words(words: Sequence[str], times: int, rng: random.Random) -> list[str]:
    """Let two words change places, so many times.

    Raises:
        ValueError: the words were not cut, or the number is negative.

    >>> swap_words(["a", "dull", "film"], 1, random.Random(1))
    ['film', 'dull', 'a']
    """
    found = _require_words(words)
    if not 0 <= times <= 10_000:
        raise ValueError(f"swap 0 to 10,000 times, not {times}")
    for _ in range(times if len(found) > 1 else 0):
        i, j = rng.sample(range(len(found)), 2)
        found[i], found[j] = found[j], found[i]
    return found


def replace_words(
    words: Sequence[str],
    synonyms: Mapping[str, Sequence[str]],
    share: float,
    rng: random.Random,
) -> list[str]:
    """Replace every word that has synonyms by one of them with probability *share*.

    Raises:
        ValueError: the words were not cut, or the share lies outside [0, 1].

    >>> replace_words(["a", "dull", "film"], {"film": ["movie"]}, 1.0, random.Random(0))
    ['a', 'dull', 'movie']
    """
    given = _require_words(words)
    _require_share(share)
    return [
        rng.choice(list(synonyms[word]))
        if synonyms.get(word) and rng.random() < share
        else word
        for word in given
    ]


def with_copies(
    documents: Sequence[Sequence[str]], change: Change, copies: int, seed: int
) -> list[list[str]]:
    """Return every document followed by so many changed copies of it.

    Raises:
        ValueError: the number of copies is negative.
    """
    if copies < 0:
        raise ValueError(f"make 0 copies or more, not {copies}")
    rng, found = random.Random(seed), list[list[str]]()
    for document in documents:
        found.append(list(document))
        found += [change(list(document), rng) for _ in range(copies)]
    return found
