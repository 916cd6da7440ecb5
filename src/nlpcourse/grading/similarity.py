"""How much of two submissions is the same, names and layout aside: a place to look, not a verdict.

Winnowing (Schleimer, Wilkerson and Aiken 2003, "Winnowing: Local Algorithms for Document
Fingerprinting"): every run of k tokens is hashed, and of every w hashes in a row the smallest is
kept as a fingerprint.  Two texts that share a run of w + k - 1 tokens share a fingerprint, and a
run of fewer than k tokens is never seen.  What the public solution and the starter hold is taken
out before two submissions are compared, and so is what most of the class has.
"""

from __future__ import annotations

import builtins
import hashlib
import io
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

K = 12
"""Tokens of a run: shorter ones are shared by chance."""

W = 8
"""Hashes of a window: a shared run of W + K - 1 tokens is always found."""

EVERYBODY = 0.3
"""A fingerprint that more than this share of a class has (and at least five) tells nothing."""

FEWEST = 5
"""Fingerprints that a submission must have of its own to be compared."""


@dataclass(frozen=True)
class Pair:
    """Two submissions and what they share.

    Attributes:
        one: the first one's name.
        other: the second one's.
        shared: fingerprints that both have.
        share: of the fingerprints of the one that has fewer.
    """

    one: str
    other: str
    shared: int
    share: float


_KEPT = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
_LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


def tokens(source: str) -> list[str]:
    """Return the tokens of a program: own names as one, numbers as one, texts as one.

    Comments, empty lines and line ends are left out; what cannot be read ends it.

    >>> tokens("def f(x):\\n    return len(x) + 1  # one more")
    ['def', 'v', '(', 'v', ')', ':', '>', 'return', 'len', '(', 'v', ')', '+', '0', '<']
    """
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in _LAYOUT:
                continue
            found.append(_simple(token))
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def _simple(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME:
        return token.string if token.string in _KEPT else "v"
    if token.type == tokenize.NUMBER:
        return "0"
    if token.type == tokenize.STRING or "STRING" in tokenize.tok_name[token.type]:
        return "s"
    if token.type == tokenize.INDENT:
        return ">"
    return "<" if token.type == tokenize.DEDENT else token.string


def hashes(words: Sequence[str], k: int = K) -> list[int]:
    """Return the hash of every run of *k* tokens, in order.

    Raises:
        ValueError: *k* is less than one.
    """
    if k < 1:
        raise ValueError(f"a run has one token or more, not {k}")
    return [
        int.from_bytes(
            hashlib.blake2b(
                "\n".join(words[i : i + k]).encode("utf-8", "surrogatepass"),
                digest_size=8,
            ).digest()
        )
        for i in range(len(words) - k + 1)
    ]


def winnow(found: Sequence[int], w: int = W) -> set[int]:
    """Return the fingerprints: of every *w* hashes in a row the smallest (section 3, figure 5).

    Fewer than *w* hashes give the smallest of them.

    Raises:
        ValueError: *w* is less than one.

    >>> sorted(winnow([77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77], 4))
    [8, 17, 39]
    """
    if w < 1:
        raise ValueError(f"a window has one hash or more, not {w}")
    if not found:
        return set()
    return {min(found[i : i + w]) for i in range(max(1, len(found) - w + 1))}


def fingerprints(sources: Iterable[str]) -> set[int]:
    """Return the fingerprints of some cells; no run of tokens goes from one into the next."""
    return {mark for source in sources for mark in winnow(hashes(tokens(source)))}


def known(sources: Iterable[str]) -> set[int]:
    """Return the hashes of all runs in what everybody has: solution, starter, given cells."""
    return {found for source in sources for found in hashes(tokens(source))}


def similar(
    submissions: Mapping[str, Sequence[str]],
    given: Iterable[str] = (),
    least: float = 0.5,
) -> list[Pair]:
    """Return pairs of submissions that share more than chance would, the most alike first.

    Args:
        submissions: from a name to the sources of its cells.
        given: the public solutions and starters; what is in them is taken out.
        least: the share that a pair must have to be listed.
    """
    public = known(given)
    marks = {name: fingerprints(s) - public for name, s in submissions.items()}
    spread = Counter(mark for found in marks.values() for mark in found)
    most = max(4, EVERYBODY * len(marks))
    marks = {
        name: {mark for mark in found if spread[mark] <= most}
        for name, found in marks.items()
    }
    marks = {name: found for name, found in marks.items() if len(found) >= FEWEST}
    where: dict[int, list[str]] = defaultdict(list)
    for name in sorted(marks):
        for mark in marks[name]:
            where[mark].append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for names in where.values():
        for i, one in enumerate(names):
            shared.update((one, other) for other in names[i + 1 :])
    pairs = [
        Pair(one, other, n, n / min(len(marks[one]), len(marks[other])))
        for (one, other), n in shared.items()
    ]
    listed = [pair for pair in pairs if pair.share >= least]
    return sorted(listed, key=lambda p: (-p.share, -p.shared, p.one, p.other))
