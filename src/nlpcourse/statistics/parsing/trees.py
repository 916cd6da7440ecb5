"""Trees: what a parser gives back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Tree:
    """A category and what it consists of: trees and words."""

    label: str
    parts: tuple[Tree | str, ...]

    def __str__(self) -> str:
        inner = " ".join(str(part) for part in self.parts)
        return f"({self.label} {inner})" if inner else f"({self.label})"


def leaves(tree: Tree) -> list[str]:
    """Return the words of a tree from left to right.

    >>> leaves(read_tree("(S (NP you) (VP sleep))"))
    ['you', 'sleep']
    """
    words: list[str] = []
    for part in tree.parts:
        words += [part] if isinstance(part, str) else leaves(part)
    return words


def spans(tree: Tree, start: int = 0) -> Iterator[tuple[str, int, int]]:
    """Yield each category of a tree with the places where it begins and ends.

    >>> list(spans(read_tree("(S (NP you) (VP sleep))")))
    [('NP', 0, 1), ('VP', 1, 2), ('S', 0, 2)]
    """
    place = start
    for part in tree.parts:
        if isinstance(part, str):
            place += 1
        else:
            yield from spans(part, place)
            place += len(leaves(part))
    yield tree.label, start, place


def read_tree(text: str) -> Tree:
    """Return the tree that is written in brackets.

    Raises:
        ValueError: the brackets do not match, or there is no label.

    >>> str(read_tree("(NP (Det the) (N dog))"))
    '(NP (Det the) (N dog))'
    """
    open_: list[list[Tree | str]] = [[]]
    for token in re.findall(r"[()]|[^\s()]+", text):
        if token == "(":
            open_.append([])
        elif token != ")":
            open_[-1].append(token)
        elif len(open_) == 1 or not open_[-1] or isinstance(open_[-1][0], Tree):
            raise ValueError(
                f"no tree in {text[:40]!r}: write (S (NP you) (VP sleep))"
            )
        else:
            label, *parts = open_.pop()
            open_[-1].append(Tree(str(label), tuple(parts)))
    found = open_[0]
    if len(open_) > 1 or len(found) != 1 or isinstance(found[0], str):
        raise ValueError(f"no tree in {text[:40]!r}: write (S (NP you) (VP sleep))")
    return found[0]


def outline(tree: Tree, indent: str = "  ") -> str:
    """Return a tree as lines, each part further in than what holds it.

    >>> print(outline(read_tree("(S (NP you) (VP (V sleep)))")))
    S
      NP you
      VP
        V sleep
    """
    words = [part for part in tree.parts if isinstance(part, str)]
    if len(words) == len(tree.parts):
        return " ".join([tree.label, *words])
    lines = [tree.label]
    for part in tree.parts:
        shown = part if isinstance(part, str) else outline(part, indent)
        lines += [indent + line for line in shown.split("\n")]
    return "\n".join(lines)


def in_lines(tree: Tree, width: int = 60, indent: int = 0) -> str:
    """Return a tree in brackets, broken over lines where it is wider than *width*.

    >>> print(in_lines(read_tree("(S (NP you) (VP sleep))"), width=12))
    (S
      (NP you)
      (VP sleep))
    """
    flat = " " * indent + str(tree)
    if len(flat) <= width or not tree.parts:
        return flat
    lines = [" " * indent + f"({tree.label}"]
    for part in tree.parts:
        if isinstance(part, Tree):
            lines.append(in_lines(part, width, indent + 2))
        else:
            lines.append(" " * (indent + 2) + part)
    return "\n".join(lines) + ")"
