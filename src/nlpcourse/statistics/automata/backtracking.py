"""How most libraries match: try, go on, and come back when it did not work out.

Python's ``re``, Perl, Java and JavaScript walk through the tree of the pattern and try its choices
one after another.  That allows groups that capture and references back; the price is that the same
position may be tried again and again, in the worst case two to the power of the text's length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nlpcourse.statistics.automata.patterns import Chars, Concat, Node, Star, parse

LONGEST = 200
"""Characters of a text; the generators nest as deep as the text is long."""

MOST_STEPS = 2_000_000


@dataclass
class Steps:
    """Counts the attempts to match one character, up to a limit."""

    limit: int
    taken: int = 0

    def count(self) -> None:
        """Count one attempt.

        Raises:
            ValueError: there were too many.
        """
        self.taken += 1
        if self.taken > self.limit:
            raise ValueError(
                f"no answer after {self.limit:,} steps; a shorter text will have one"
            )


def ends(node: Node, text: str, i: int, steps: Steps) -> Iterator[int]:
    """Yield every place where a match of *node* that starts at *i* may end, greedy ones first."""
    if isinstance(node, Chars):
        steps.count()
        if i < len(text) and node.matches(text[i]):
            yield i + 1
    elif isinstance(node, Star):
        for j in ends(node.part, text, i, steps):
            if j > i:
                yield from ends(node, text, j, steps)
        yield i
    elif isinstance(node, Concat):
        yield from in_turn(node.parts, text, i, steps)
    else:
        for part in node.parts:
            yield from ends(part, text, i, steps)


def in_turn(
    parts: tuple[Node, ...], text: str, i: int, steps: Steps
) -> Iterator[int]:
    """Yield every place where the parts, one after another, may end."""
    if not parts:
        yield i
        return
    for j in ends(parts[0], text, i, steps):
        yield from in_turn(parts[1:], text, j, steps)


def match(
    pattern: str, text: str, most_steps: int = MOST_STEPS
) -> tuple[bool, int]:
    """Return whether a pattern matches a whole text, and how many characters were tried.

    Raises:
        ValueError: the pattern is not well formed, the text is longer than 200 characters, or
            the answer takes more than *most_steps*.

    >>> match("(a|aa)*b", "aab"), match("(a|aa)*b", "aaaaaa")[0]
    ((True, 5), False)
    """
    if len(text) > LONGEST:
        raise ValueError(
            f"the text has {len(text):,} characters; backtracking here takes {LONGEST}"
        )
    tree, steps = parse(pattern), Steps(most_steps)
    found = any(end == len(text) for end in ends(tree, text, 0, steps))
    return found, steps.taken
