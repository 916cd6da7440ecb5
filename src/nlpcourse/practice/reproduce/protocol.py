"""What a table's protocol leaves open: three classes, and one figure of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable

from nlpcourse.practice.reproduce.flips import Counts

CHOICES: dict[str, tuple[Hashable, ...]] = {
    "a rating is neutral": (0.0, 0.05, 0.5),
    "classes weigh": ("by their size", "alike", "as one heap"),
    "the truth of a rating": ("the mean of all", "the mean of the others"),
}
"""What the paper leaves open, with the answers that a reader may give.

A rating is neutral where its size is below the number; at 0, where it is zero.
"""


def overall(counts: Counts, weigh: str) -> tuple[float, float, float]:
    """Return precision, recall and F1 of all classes under one way to make one figure of three.

    Args:
        counts: how often a gold class met an answer.
        weigh: ``"by their size"``, ``"alike"``, or ``"as one heap"``: hits over all.

    Raises:
        ValueError: nothing was counted, or there is no such way.

    >>> overall({(1, 1): 3, (1, 0): 1, (0, 0): 1}, "as one heap")
    (0.8, 0.8, 0.8)
    """
    gold: Counter[Hashable] = Counter()
    said: Counter[Hashable] = Counter()
    for (label, answer), n in counts.items():
        gold[label] += n
        said[answer] += n
    if not (total := gold.total()):
        raise ValueError("no pair was counted; give one or more")
    if weigh == "as one heap":
        hits = sum(counts.get((c, c), 0) for c in gold) / total
        return hits, hits, hits
    if weigh not in CHOICES["classes weigh"]:
        raise ValueError(f"classes weigh {CHOICES['classes weigh']}, not {weigh!r}")
    share = {
        c: n / total if weigh == "by their size" else 1 / len(gold)
        for c, n in gold.items()
    }
    hit = {c: counts.get((c, c), 0) for c in gold}
    precision = math.fsum(share[c] * hit[c] / said[c] for c in gold if said[c])
    recall = math.fsum(share[c] * hit[c] / gold[c] for c in gold)
    f1 = math.fsum(share[c] * 2 * hit[c] / (gold[c] + said[c]) for c in gold)
    return precision, recall, f1
