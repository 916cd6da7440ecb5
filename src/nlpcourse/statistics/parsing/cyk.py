"""The chart of Cocke, Younger and Kasami: every span of a sentence, with all that it can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nlpcourse.statistics.parsing.binary import Binary

Span = tuple[int, int]
Chart = dict[Span, set[str]]


def fill(words: Sequence[str], binary: Binary) -> Chart:
    """Return for each span of a sentence the symbols that can cover it.

    Args:
        words: the sentence; span ``(i, j)`` holds ``words[i:j]``.
        binary: a grammar in binary normal form, of g pairs.

    Returns:
        a set for each span (i, j) with 0 ≤ i < j ≤ n; time grows with n³ · g.

    Source: Younger (1967); in this form Lange and Leiß (2009), section 4.3.

    >>> from nlpcourse.statistics.parsing.binary import binarize
    >>> from nlpcourse.statistics.parsing.grammar import read_grammar
    >>> chart = fill("a a b b".split(), binarize(read_grammar("S -> a S b | a b")))
    >>> [span for span, found in chart.items() if "S" in found]
    [(1, 3), (0, 4)]
    """
    chart: Chart = {}
    for i, j in shortest_first(len(words)):
        if j - i == 1:
            found = {words[i]}
        else:
            found = set()
            for k in range(i + 1, j):
                for one in chart[i, k]:
                    for other in chart[k, j]:
                        found |= binary.pairs.get((one, other), frozenset())
        chart[i, j] = close(found, binary)
    return chart


def shortest_first(n: int) -> Iterator[Span]:
    """Yield all spans of a sentence of *n* words, short ones first.

    >>> list(shortest_first(3))
    [(0, 1), (1, 2), (2, 3), (0, 2), (1, 3), (0, 3)]
    """
    for length in range(1, n + 1):
        for i in range(n - length + 1):
            yield i, i + length


def close(found: set[str], binary: Binary) -> set[str]:
    """Return symbols with everything that one of them alone can become."""
    closed = set(found)
    for symbol in found:
        closed |= binary.above.get(symbol, frozenset())
    return closed


def accepts(words: Sequence[str], binary: Binary) -> bool:
    """Return whether a sentence is of the grammar's language.

    >>> from nlpcourse.statistics.parsing.binary import binarize
    >>> from nlpcourse.statistics.parsing.grammar import read_grammar
    >>> binary = binarize(read_grammar("S -> a S b | ε"))
    >>> [accepts(text, binary) for text in ("", "ab", "aab")]
    [True, True, False]
    """
    start, n = binary.grammar.start, len(words)
    return start in (fill(words, binary)[0, n] if n else binary.empty)
