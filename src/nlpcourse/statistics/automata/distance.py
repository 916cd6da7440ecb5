"""The edit distance: how few edits lead from one word to another, and which ones.

Wagner and Fischer (1974): fill a table, row by row, in which each field needs three neighbours.
With ``swaps`` two neighbouring letters may also change places at the price of one edit (Damerau
1964); a letter is then touched by one edit at most.
"""

from __future__ import annotations

from typing import NamedTuple

LONGEST = 2_000
"""Characters of a word; the table has a field for each pair of them."""


class Edit(NamedTuple):
    """One step from the first word to the second.

    ``kind`` is ``keep``, ``replace``, ``insert``, ``delete`` or ``swap``; ``old`` and ``new`` are
    the letters before and after, and may be empty.
    """

    kind: str
    old: str
    new: str


def distances(first: str, second: str, swaps: bool = False) -> list[list[int]]:
    """Return the whole table: field i, j is the distance of the first i letters to the first j.

    Raises:
        ValueError: a word is longer than 2,000 characters.

    >>> distances("at", "tat")
    [[0, 1, 2, 3], [1, 1, 1, 2], [2, 1, 2, 1]]
    """
    check_lengths(first, second)
    table = [list(range(len(second) + 1))]
    for i, a in enumerate(first, start=1):
        above, row = table[-1], [i]
        for j, b in enumerate(second, start=1):
            best = min(above[j - 1] + (a != b), above[j] + 1, row[-1] + 1)
            if swaps and swapped(first, second, i, j):
                best = min(best, table[i - 2][j - 2] + 1)
            row.append(best)
        table.append(row)
    return table


def swapped(first: str, second: str, i: int, j: int) -> bool:
    """Return whether the two letters before i and before j are the same, the other way round."""
    if not (1 < i <= len(first) and 1 < j <= len(second)):
        return False
    two = first[i - 2 : i]
    return two[0] != two[1] and two[::-1] == second[j - 2 : j]


def check_lengths(first: str, second: str) -> None:
    """Refuse words whose table would be too large.

    Raises:
        ValueError: a word is longer than 2,000 characters.
    """
    longest = max(len(first), len(second))
    if longest > LONGEST:
        raise ValueError(
            f"a word has {longest:,} characters and not at most {LONGEST:,}; "
            "compare shorter pieces"
        )


def distance(first: str, second: str, swaps: bool = False) -> int:
    """Return the smallest number of edits that lead from one word to the other.

    Raises:
        ValueError: a word is longer than 2,000 characters.

    >>> distance("graffe", "giraffe"), distance("teh", "the"), distance("teh", "the", True)
    (1, 2, 1)
    """
    return distances(first, second, swaps)[-1][-1]


def edits(first: str, second: str, swaps: bool = False) -> list[Edit]:
    """Return the cheapest edits in order, letters that are kept among them.

    Of equally cheap ways it takes the one that, read from the end, keeps or replaces before it
    deletes, and deletes before it inserts.

    Raises:
        ValueError: a word is longer than 2,000 characters.

    >>> [edit.kind for edit in edits("acess", "access")]
    ['keep', 'insert', 'keep', 'keep', 'keep', 'keep']
    """
    table = distances(first, second, swaps)
    i, j = len(first), len(second)
    found = []
    while i or j:
        a, b = first[i - 1 : i], second[j - 1 : j]
        here = table[i][j]
        if i and j and here == table[i - 1][j - 1] + (a != b):
            found.append(Edit("keep" if a == b else "replace", a, b))
            i, j = i - 1, j - 1
        elif i and here == table[i - 1][j] + 1:
            found.append(Edit("delete", a, ""))
            i -= 1
        elif j and here == table[i][j - 1] + 1:
            found.append(Edit("insert", "", b))
            j -= 1
        else:
            found.append(Edit("swap", first[i - 2 : i], second[j - 2 : j]))
            i, j = i - 2, j - 2
    return found[::-1]
