"""Dealing texts into parts so that what hangs together stays together."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence


def groups(n: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the groups into which pairs join the numbers 0 to n - 1, in order.

    Args:
        n: texts.
        pairs: numbers of two texts that hang together; so does what each of them hangs on.

    Raises:
        ValueError: *n* is negative, or a pair names no text.

    >>> groups(5, [(0, 3), (3, 4)])
    [[0, 3, 4], [1], [2]]
    """
    if n < 0:
        raise ValueError(f"there can't be {n} texts")
    leader = list(range(n))

    def lead(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    for i, j in pairs:
        if not (0 <= i < n and 0 <= j < n):
            raise ValueError(f"the pair {(i, j)} is none of {n} texts")
        low, high = sorted((lead(i), lead(j)))
        leader[high] = low
    found: dict[int, list[int]] = {}
    for i in range(n):
        found.setdefault(lead(i), []).append(i)
    return list(found.values())


def deal(
    grouped: Sequence[Sequence[int]], sizes: Sequence[int], seed: int = 0
) -> list[list[int]]:
    """Deal whole groups into parts of the given sizes; what fits nowhere stays over.

    Args:
        grouped: groups of numbers.
        sizes: texts of each part.
        seed: of the order in which groups are dealt.

    Returns:
        For every part its numbers in order.

    Raises:
        ValueError: a size is negative, or a part can't be filled.

    >>> deal([[0, 1], [2], [3], [4]], [2, 2], seed=1)
    [[3, 4], [0, 1]]
    """
    if any(size < 0 for size in sizes):
        raise ValueError(f"sizes are 0 or more, not {list(sizes)}")
    order = [list(group) for group in grouped]
    random.Random(seed).shuffle(order)
    parts: list[list[int]] = [[] for _ in sizes]
    for group in order:
        for part, size in zip(parts, sizes, strict=True):
            if len(part) + len(group) <= size:
                part += group
                break
    filled = [len(part) for part in parts]
    if filled != list(sizes):
        raise ValueError(f"parts of {list(sizes)} were asked for; {filled} fit")
    return [sorted(part) for part in parts]
