"""A plane of points and the verdicts of a model over it, as inline SVG.

One of the drawn views of :mod:`nlpcourse.page.views`.  Circles are points of class 1 and triangles
those of class 0, so nothing is said by colour alone; the surer the model, the stronger the shade.

This room uses the standard library alone: it also runs inside the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

SIDE = 300
"""Pixels of a side."""
LEVELS = 5
"""Shades of each class."""
COLOURS = ("#D55E00", "#0072B2")
"""Of class 0 and class 1, from the book's palette."""


def plane_svg(plane: Mapping[str, Any]) -> str:
    """Return the drawing of a plane.

    Args:
        plane: ``cells``, rows of probabilities of class 1 from the bottom up; ``points``, each
            x, y and class; ``reach``, how far the plane goes to every side; ``alt``.
    """
    cells = [list(row) for row in plane.get("cells", ())]
    reach = float(plane.get("reach", 2.0))
    shades = "".join(
        f'<path d="{d}" fill="{COLOURS[side]}" fill-opacity="{0.13 * level:.2f}"/>'
        for (side, level), d in sorted(_runs(cells).items())
        if level
    )
    marks = "".join(
        _mark(x, y, label, reach) for x, y, label in plane.get("points", ())
    )
    alt = escape(str(plane.get("alt") or "Points and verdicts in a plane"))
    return (
        f'<svg class="nlp-plane__svg" role="img" aria-label="{alt}" '
        f'viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}">{shades}'
        f'<rect x="0.5" y="0.5" width="{SIDE - 1}" height="{SIDE - 1}" fill="none" '
        f'stroke="currentColor" stroke-opacity="0.4"/>{marks}</svg>'
    )


def _runs(cells: Sequence[Sequence[float]]) -> dict[tuple[int, int], str]:
    """Return one path for each shade, in which neighbours in a row are joined."""
    paths: dict[tuple[int, int], str] = {}
    height = SIDE / max(len(cells), 1)
    for i, row in enumerate(cells):
        width = SIDE / max(len(row), 1)
        shades = [_shade(p) for p in row]
        start = 0
        for j in range(1, len(row) + 1):
            if j == len(row) or shades[j] != shades[start]:
                x, y = start * width, SIDE - (i + 1) * height
                run = (j - start) * width
                d = f"M{x:.0f} {y:.0f}h{run:.0f}v{height:.0f}h-{run:.0f}z"
                paths[shades[start]] = paths.get(shades[start], "") + d
                start = j
    return paths


def _shade(probability: float) -> tuple[int, int]:
    """Return a class and how sure the model is of it, as a shade.

    >>> _shade(0.99), _shade(0.5), _shade(0.2)
    ((1, 5), (1, 0), (0, 3))
    """
    sure = 2 * abs(probability - 0.5)
    return int(probability >= 0.5), round(LEVELS * min(sure, 1.0))


def _mark(x: float, y: float, label: int, reach: float) -> str:
    across = SIDE * (x + reach) / (2 * reach)
    down = SIDE * (reach - y) / (2 * reach)
    if label:
        shape = f'<circle cx="{across:.1f}" cy="{down:.1f}" r="5"'
    else:
        corners = f"{across:.1f},{down - 6:.1f} {across - 6:.1f},{down + 5:.1f}"
        shape = f'<polygon points="{corners} {across + 6:.1f},{down + 5:.1f}"'
    fill = COLOURS[1 if label else 0]
    return f'{shape} fill="{fill}" stroke="currentColor" stroke-width="1.2"/>'
