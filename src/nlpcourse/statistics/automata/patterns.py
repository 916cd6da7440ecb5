r"""A pattern becomes a tree: the grammar of regular expressions, read from left to right.

The syntax is that of Python's ``re``, as far as it describes regular languages: characters, ``.``,
classes ``[a-z]`` and ``[^a-z]``, ``\d \w \s`` (ASCII) and their opposites, ``|``, brackets, and
the repeats ``*``, ``+``, ``?``, ``{2}``, ``{2,}`` and ``{2,4}``.

What is not in it is refused with a reason: ``\1`` and looking ahead or behind, because they are
beyond finite automata or need others; ``^`` and ``$``, because a pattern here always speaks of the
whole string; lazy and possessive repeats, because they choose *how* to match and not *what*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from string import ascii_letters, digits

LONGEST = 20_000
"""Characters of a pattern."""

MOST_NESTED = 50
"""Brackets within brackets."""

MOST_LEAVES = 2_000
"""Characters and classes in a tree, with every ``{m,n}`` written out."""

MOST_CHARACTERS = 70_000
"""Characters in one class."""


@dataclass(frozen=True)
class Chars:
    """One character: out of a set, or out of all that are not in it."""

    chars: frozenset[str]
    others: bool = False

    def matches(self, char: str) -> bool:
        """Return whether *char* is meant; the empty string stands for a character not named."""
        return (char in self.chars) != self.others


@dataclass(frozen=True)
class Concat:
    """The parts one after another; no parts are the empty string."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Union:
    """One of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Star:
    """The part any number of times, also not at all."""

    part: Node


Node = Chars | Concat | Union | Star

_WORD = frozenset(ascii_letters + digits + "_")
_CLASSES = {
    "d": frozenset(digits),
    "w": _WORD,
    "s": frozenset(" \t\n\r\f\v"),
}
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_NEEDS_ESCAPE = "*+?{"


def parse(pattern: str) -> Node:
    r"""Return the tree of a pattern.

    Args:
        pattern: a regular expression; see the module for its syntax.

    Raises:
        ValueError: the pattern is not well formed, asks for more than regular languages, or
            grows too large when its repeats are written out.

    >>> parse("ab").parts == (Chars(frozenset("a")), Chars(frozenset("b")))
    True
    >>> parse("(ha)*") == Star(parse("ha"))
    True
    >>> parse("a+") == Concat((parse("a"), parse("a*")))
    True
    >>> parse("(a")
    Traceback (most recent call last):
    ...
    ValueError: in '(a': the bracket at 0 is never closed
    """
    reader = Reader(pattern)
    if len(pattern) > LONGEST:
        raise reader.wrong(f"a pattern has at most {LONGEST:,} characters")
    tree = reader.union()
    if reader.peek():
        raise reader.wrong("the bracket at {} was never opened")
    if leaves(tree) > MOST_LEAVES:
        raise reader.wrong(f"more than {MOST_LEAVES:,} characters to match")
    return tree


def leaves(node: Node) -> int:
    """Return how many characters and classes a tree holds, repeats counted as often as they stand.

    >>> leaves(parse("a{3}b"))
    4
    """
    if isinstance(node, Chars):
        return 1
    if isinstance(node, Star):
        return leaves(node.part)
    return sum(map(leaves, node.parts))


@dataclass
class Reader:
    """Recursive descent: a union of sequences of repeats of single things."""

    pattern: str
    at: int = 0
    opened: list[int] = field(default_factory=list)

    def peek(self, ahead: int = 0) -> str:
        """Return the next character, or nothing at the end."""
        return self.pattern[self.at + ahead : self.at + ahead + 1]

    def take(self) -> str:
        """Return the next character and go on."""
        self.at += 1
        return self.pattern[self.at - 1 : self.at]

    def wrong(self, what: str, at: int | None = None) -> ValueError:
        """Return an error that says where in the pattern."""
        shown = self.pattern if len(self.pattern) <= 40 else self.pattern[:39] + "…"
        return ValueError(
            f"in {shown!r}: " + what.format(self.at if at is None else at)
        )

    def union(self) -> Node:
        """Read sequences with ``|`` between them."""
        parts = [self.sequence()]
        while self.peek() == "|":
            self.take()
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Union(tuple(parts))

    def sequence(self) -> Node:
        """Read one thing after another, up to ``|``, a closing bracket or the end."""
        parts: list[Node] = []
        while self.peek() and self.peek() not in "|)":
            parts.append(self.repeat())
        return parts[0] if len(parts) == 1 else Concat(tuple(parts))

    def repeat(self) -> Node:
        """Read a single thing and the repeat that may follow it."""
        item = self.single()
        low, high = self.bounds()
        if (low, high) != (1, 1) and self.peek() and self.peek() in _NEEDS_ESCAPE:
            raise self.wrong(
                "the repeat at {} follows a repeat; put the first into brackets"
            )
        return self.repeated(item, low, high)

    def repeated(self, item: Node, low: int, high: int | None) -> Node:
        """Write a repeat out: only the star is kept."""
        times = max(low + (high is None), high or 0)
        if leaves(item) * max(times, 1) > MOST_LEAVES:
            raise self.wrong(
                f"written out, the repeat before {{}} has more than {MOST_LEAVES:,} "
                "characters; repeat fewer times"
            )
        if (low, high) == (1, 1):
            return item
        if high is None:
            return Concat((item,) * low + (Star(item),)) if low else Star(item)
        maybe = Union((item, Concat()))
        return Concat((item,) * low + (maybe,) * (high - low))

    def bounds(self) -> tuple[int, int | None]:
        """Return how often the last thing may stand: at least, and at most."""
        mark = self.peek()
        if not mark or mark not in _NEEDS_ESCAPE:
            return 1, 1
        if mark == "{":
            return self.braces()
        self.take()
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[mark]

    def braces(self) -> tuple[int, int | None]:
        """Read ``{2}``, ``{2,}``, ``{,4}`` or ``{2,4}``."""
        start, end = self.at, self.pattern.find("}", self.at)
        inside = self.pattern[start + 1 : end] if end >= 0 else ""
        low, comma, high = inside.partition(",")
        if (
            not inside.strip(",")
            or not (low + high).isascii()
            or not (low + high).isdigit()
        ):
            raise self.wrong(
                r"no numbers follow the brace at {}; write \{{ for itself"
            )
        if len(low + high) > 8:
            raise self.wrong("the numbers at {} are too large")
        self.at = end + 1
        least = int(low or 0)
        most = None if comma and not high else int(high) if comma else least
        if most is not None and most < least:
            raise self.wrong(
                f"{least} to {most} at {{}} is the wrong way round", start
            )
        return least, most

    def single(self) -> Node:
        """Read a character, a class, or a pattern in brackets."""
        if self.peek() in _NEEDS_ESCAPE:
            raise self.wrong(
                f"nothing stands before the {self.peek().replace('{', '{{')} at {{}}; "
                f"write \\{self.peek().replace('{', '{{')} for itself"
            )
        char = self.take()
        if char == "(":
            return self.group()
        if char == "[":
            return self.bracket_class()
        if char == "\\":
            return self.escape()
        if char == ".":
            return Chars(frozenset("\n"), others=True)
        if char in "^$":
            raise self.wrong(
                f"a pattern speaks of the whole string, so {char} is not needed; "
                f"write \\{char} for itself"
            )
        return Chars(frozenset(char))

    def group(self) -> Node:
        """Read a pattern up to its closing bracket."""
        start = self.at - 1
        if len(self.opened) == MOST_NESTED:
            raise self.wrong(
                f"more than {MOST_NESTED} brackets within brackets at {{}}"
            )
        if self.peek() == "?":
            if self.peek(1) != ":":
                raise self.wrong(
                    "what (? asks for at {} is beyond this engine; (?: is the same as (",
                    start,
                )
            self.at += 2
        self.opened.append(start)
        inner = self.union()
        if not self.take():
            raise self.wrong("the bracket at {} is never closed", start)
        self.opened.pop()
        return inner

    def escape(self) -> Chars:
        """Read what follows a backslash."""
        char = self.take()
        if not char:
            raise self.wrong("nothing follows the backslash at the end")
        if char.lower() in _CLASSES:
            return Chars(_CLASSES[char.lower()], others=char.isupper())
        if char in _CONTROL:
            return Chars(frozenset(_CONTROL[char]))
        if char.isascii() and char.isalnum():
            raise self.wrong(
                f"\\{char} at {{}} is not in this engine's syntax", self.at - 2
            )
        return Chars(frozenset(char))

    def bracket_class(self) -> Chars:
        """Read a class up to its ``]``; a ``-`` between two characters is a range."""
        start = self.at - 1
        others = self.peek() == "^"
        self.at += others
        found: set[str] = set()
        while self.peek() != "]":
            first = self.class_item(start)
            if self.peek() == "-" and self.peek(1) not in ("]", ""):
                self.take()
                found |= self.span(first, self.class_item(start))
            else:
                found |= first
        self.take()
        if not found:
            raise self.wrong(
                "the class at {} is empty; write \\] for a bracket in it", start
            )
        return Chars(frozenset(found), others)

    def class_item(self, start: int) -> frozenset[str]:
        """Read one character or escape of a class."""
        char = self.take()
        if not char:
            raise self.wrong("the class at {} is never closed", start)
        if char != "\\":
            return frozenset(char)
        item = self.escape()
        if item.others:
            raise self.wrong(
                "an opposite such as \\D at {} can't stand in a class", start
            )
        return item.chars

    def span(self, first: frozenset[str], last: frozenset[str]) -> set[str]:
        """Return the characters from *first* to *last*."""
        if len(first) > 1 or len(last) > 1:
            raise self.wrong("a range before {} starts or ends with a class")
        low, high = ord(*first), ord(*last)
        if low > high:
            raise self.wrong("a range before {} is the wrong way round")
        if high - low >= MOST_CHARACTERS:
            raise self.wrong(
                f"a range before {{}} holds over {MOST_CHARACTERS:,} characters"
            )
        return {chr(code) for code in range(low, high + 1)}


def outline(node: Node, depth: int = 0) -> list[str]:
    """Return a tree as indented lines, the root first.

    >>> print(*outline(parse("gr(e|a)y*")), sep="\\n")
    one after another
      g
      r
      one of
        e
        a
      any number of
        y
    """
    margin = "  " * depth
    if isinstance(node, Chars):
        return [margin + name(node.chars, node.others)]
    if isinstance(node, Star):
        return [margin + "any number of", *outline(node.part, depth + 1)]
    if not node.parts:
        return [margin + "nothing"]
    head = "one of" if isinstance(node, Union) else "one after another"
    below = [line for part in node.parts for line in outline(part, depth + 1)]
    return [margin + head, *below]


def name(chars: Sequence[str] | frozenset[str], others: bool = False) -> str:
    """Return a short name for a set of characters, runs of neighbours drawn together.

    >>> name(frozenset("abcdxz")), name(frozenset("a"), others=True), name("\\n")
    ('a–d x z', 'not a', '↵')
    """
    codes = sorted({ord(char) for text in chars for char in text})
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    shown = []
    for low, high in runs:
        edge = _visible(low), _visible(high)
        gap = "" if high - low == 1 else "–"
        shown.append(edge[0] if low == high else f"{edge[0]}{gap or ' '}{edge[1]}")
    text = " ".join(shown)
    if not codes:
        return "any" if others else "none"
    return f"not {text}" if others else text


def _visible(code: int) -> str:
    """Return a character as something that can be seen."""
    char = chr(code)
    known = {"\n": "↵", "\t": "→", " ": "␣", "\r": "␍"}
    return known.get(char, char if char.isprintable() else f"U+{code:04X}")
