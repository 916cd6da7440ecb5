"""Words longer than any that were read: two words pronounced as one.

What a model says of two words one after the other is what it should say of the two as one, but for
the sounds that letters make where they meet.  Short pairs show how much that is; what longer pairs
cost beyond it is the length's doing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nlpcourse.neural.seq2seq.pronunciation import edit_distance

Say = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]

RANGES = ((1, 12), (13, 15), (16, 18), (19, 60))
"""Letters of the joined word, from and to."""


def edits_by_length(say: Say, words: Sequence[str]) -> dict[str, float]:
    """Return the edits per sound between two words said as one and said one after the other.

    Args:
        say: returns the sounds of every word.
        words: the first is joined with the second, the third with the fourth, and so on.

    Returns:
        For each of :data:`RANGES` that has a pair, as ``"13–15"``, the edits that turn what is said
        of the joined words into what is said of the two alone, per sound of the two alone; and
        under ``"all"`` the same of all pairs.

    Raises:
        ValueError: fewer than two words, or an empty one.

    >>> edits_by_length(lambda words: {w: list(w)[:4] for w in words}, ["abc", "de"])
    {'up to 12': 0.2, 'all': 0.2}
    """
    if len(words) < 2 or not all(words):
        raise ValueError("give two words or more to join, none of them empty")
    pairs = list(zip(words[::2], words[1::2], strict=False))
    alone = say([word for pair in pairs for word in pair])
    joined = say([first + second for first, second in pairs])
    found: dict[str, tuple[int, int]] = {}
    for first, second in pairs:
        want = [*alone[first], *alone[second]]
        edits = edit_distance(list(joined[first + second]), want)
        for name in (_range_of(len(first + second)), "all"):
            total, sounds = found.get(name, (0, 0))
            found[name] = total + edits, sounds + len(want)
    order = [_range_of(low) for low, _ in RANGES] + ["all"]
    return {
        name: found[name][0] / max(1, found[name][1])
        for name in order
        if name in found
    }


def _range_of(letters: int) -> str:
    """Return the name of the range that a joined word of so many letters is in."""
    for low, high in RANGES[:-1]:
        if letters <= high:
            return f"up to {high}" if low == 1 else f"{low}–{high}"
    return f"{RANGES[-1][0]} and more"
