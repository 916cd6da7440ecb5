"""A tree of phrases as inline SVG: categories above, the words that they cover below.

One of the drawn views of :mod:`nlpcourse.page.views`.  A tree is a word, or a label with a list of
trees: ``["NP", [["Det", ["my"]], ["N", ["pajamas"]]]]``.  Its text alternative is the same tree in
brackets, so nothing is said by the drawing alone; colours come from the page's style sheet.

This room uses the standard library alone: it also runs inside the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

LETTER, GAP, DOWN, MARGIN = 8.5, 14.0, 46.0, 14.0
"""Width of a letter, between neighbours, between levels, and around it all, in pixels."""


@dataclass(frozen=True)
class Placed:
    """A label or a word, where it stands, and where what holds it stands."""

    text: str
    x: float
    level: int
    word: bool
    above: tuple[float, int] | None


def layout(tree: Any) -> list[Placed]:
    """Return where each label and word of a tree stands: x in pixels, level from the top.

    >>> [(p.text, p.x, p.level) for p in layout(["S", ["we", "go"]])]
    [('S', 31.0, 0), ('we', 15.5, 1), ('go', 46.5, 1)]
    """
    placed: list[Placed] = []
    _place(tree, 0.0, 0, placed)
    return placed


def _width(text: str) -> float:
    return max(1, len(text)) * LETTER + GAP


def _place(
    tree: Any, left: float, level: int, placed: list[Placed]
) -> tuple[float, float]:
    """Place a tree to the right of *left*; return its middle and its right edge."""
    label, parts = (tree, []) if isinstance(tree, str) else (str(tree[0]), tree[1])
    here = len(placed)
    middles, right = [], left
    for part in parts:
        middle, right = _place(part, right, level + 1, placed)
        middles.append(middle)
    half = _width(label) / 2
    x = (middles[0] + middles[-1]) / 2 if middles else left + half
    if x - half < left:  # the label is wider than what is below it
        shift = left - (x - half)
        placed[here:] = [_moved(p, shift) for p in placed[here:]]
        middles = [m + shift for m in middles]
        x, right = left + half, right + shift
        x = (middles[0] + middles[-1]) / 2 if middles else x
    right = max(right, x + half)
    below = {(m, level + 1) for m in middles}
    placed[here:] = [
        Placed(p.text, p.x, p.level, p.word, (x, level))
        if p.above is None and (p.x, p.level) in below
        else p
        for p in placed[here:]
    ]
    placed.insert(here, Placed(label, x, level, isinstance(tree, str), None))
    return x, right


def _moved(one: Placed, by: float) -> Placed:
    above = (one.above[0] + by, one.above[1]) if one.above else None
    return Placed(one.text, one.x + by, one.level, one.word, above)


def brackets(tree: Any) -> str:
    """Return a tree in brackets.

    >>> brackets(["NP", [["Det", ["my"]], ["N", ["pajamas"]]]])
    '(NP (Det my) (N pajamas))'
    """
    if isinstance(tree, str):
        return tree
    return f"({' '.join([str(tree[0]), *map(brackets, tree[1])])})"


def tree_svg(view: Mapping[str, Any]) -> str:
    """Return the drawing of the tree of a view; ``alt``, or else its brackets, is the alternative.

    >>> tree_svg({"tree": ["S", ["go"]]}).count("<text")
    2
    """
    placed = layout(view["tree"])
    width = max(p.x + _width(p.text) / 2 for p in placed) + MARGIN
    height = max(p.level for p in placed) * DOWN + 2 * MARGIN + 16
    shapes = [_shape(p) for p in placed]
    alt = escape(str(view.get("alt") or brackets(view["tree"])))
    return (
        f'<svg class="nlp-tree__svg" role="img" aria-label="{alt}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}">{"".join(shapes)}</svg>'
    )


def _y(level: int) -> float:
    return MARGIN + 8 + level * DOWN


def _shape(one: Placed) -> str:
    line = ""
    if one.above is not None:
        x, level = one.above
        line = (
            f'<path d="M{x:.1f} {_y(level) + 9:.1f} L{one.x:.1f} '
            f'{_y(one.level) - 11:.1f}"/>'
        )
    kind = ' class="nlp-tree__word"' if one.word else ""
    text = escape(one.text or "ε")
    return f'{line}<text{kind} x="{one.x:.1f}" y="{_y(one.level):.1f}" dy="0.35em">{text}</text>'


def as_lists(label: str, parts: Sequence[Any]) -> list[Any]:
    """Return a label and its parts, which have ``label`` and ``parts`` themselves, as lists.

    A label without parts covers nothing, which is shown as ε.

    >>> as_lists("S", [])
    ['S', ['ε']]
    """
    shown = [p if isinstance(p, str) else as_lists(p.label, p.parts) for p in parts]
    return [label, shown or ["ε"]]
