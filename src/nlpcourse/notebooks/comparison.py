"""When is an output the same as the stored one?  A plugin for pytest beside nbval.

Two processors differ in the last digits of a network's numbers, and a figure that holds them
differs in the last digits of its coordinates, with it in the names of its clip paths.  So figures
are compared as a reader would: every word and number that is written in them, their alternative
text and their shapes must be the same; coordinates may differ by :data:`PIXELS`, colours by
:data:`SHADES`.  A value that the ledger has just found within its tolerance is the same as the
stored one.  All other outputs are compared letter by letter.

Use: ``pytest --nbval -p nlpcourse.notebooks.comparison``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

PIXELS = 1.0
"""How far a coordinate may lie from the stored one; a figure is about 500 wide."""

SHADES = 4
"""How far each of a colour's three parts may lie from the stored one, of 255."""

_TAG = re.compile(r"(<[^>]*>)")
_DRAWN = re.compile(
    r'(?<= )(d|[xy][12]?|r|cx|cy|width|height|points|transform|style)="([^"]*)"'
)
_COLOUR = re.compile(r"#([0-9a-f]{6})\b")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_NAME = re.compile(r'(?<=\bid=")\w+(?=")|(?<=url\(#)\w+(?=\))|(?<=href="#)\w+(?=")')

Measures = tuple[float, ...]


@lru_cache(maxsize=16)
def parts(page: str) -> tuple[str, Measures, Measures]:
    """Split a figure into what must be equal, its coordinates, and the parts of its colours.

    >>> parts('<path d="M 0 1.5" style="fill: #ff0001"/>')
    ('<path d="M _ _" style="fill: #_"/>', (0.0, 1.5), (255.0, 0.0, 1.0))
    """
    names: dict[str, str] = {}
    numbers: list[float] = []
    shades: list[float] = []

    def colour(found: re.Match[str]) -> str:
        shades.extend(float(part) for part in bytes.fromhex(found.group(1)))
        return "#_"

    def number(found: re.Match[str]) -> str:
        numbers.append(float(found.group(0)))
        return "_"

    def drawn(found: re.Match[str]) -> str:
        value = _NUMBER.sub(number, _COLOUR.sub(colour, found.group(2)))
        return f'{found.group(1)}="{value}"'

    def name(found: re.Match[str]) -> str:
        return names.setdefault(found.group(0), f"name{len(names)}")

    pieces = _TAG.split(page)
    for k in range(1, len(pieces), 2):  # every other piece is a tag
        pieces[k] = _DRAWN.sub(drawn, _NAME.sub(name, pieces[k]))
    return "".join(pieces), tuple(numbers), tuple(shades)


def same_figure(stored: str, new: str) -> bool:
    """Return whether a reader would see the same in two pieces of HTML with figures.

    >>> circle = '<svg><circle r="{}"/><text>{}</text></svg>'.format
    >>> same_figure(circle(2.5, "0.31"), circle(2.500001, "0.31"))
    True
    >>> same_figure(circle(2.5, "0.31"), circle(2.5, "0.32"))
    False
    """
    if "<svg" not in stored or "<svg" not in new:
        return False
    (words, numbers, shades), (words2, numbers2, shades2) = (
        parts(stored),
        parts(new),
    )
    return (
        words == words2
        and all(
            abs(a - b) <= PIXELS for a, b in zip(numbers, numbers2, strict=True)
        )
        and all(abs(a - b) <= SHADES for a, b in zip(shades, shades2, strict=True))
    )


_RECORDED = re.compile(r"(?<=<b>now</b> )[^<]*|(?<=^  now: ).*$", flags=re.M)


def settled(output: str) -> str:
    """Leave out the value that a result of the ledger holds now: its tolerance was checked.

    >>> settled("29.speed (seconds a step)\\n  now: 3.1\\n  on record: 3.2 ± 0.5")
    '29.speed (seconds a step)\\n  now: …\\n  on record: 3.2 ± 0.5'
    """
    return _RECORDED.sub("…", output)


class Shown(str):
    """An output as nbval compares it: equal to the stored one, or the same to a reader."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Return whether the two are the same to a reader."""
        if not isinstance(other, str):
            return False
        stored, new = settled(str(self)), settled(str(other))
        return stored == new or same_figure(stored, new)

    def __ne__(self, other: object) -> bool:
        """Return the opposite."""
        return not self == other

    __hash__ = str.__hash__


def pytest_configure(config: Any) -> None:
    """Let nbval compare outputs as :class:`Shown`."""
    from nbval.plugin import IPyNbCell

    plain = IPyNbCell.sanitize

    def sanitize(self: Any, output: Any) -> Any:
        cleaned = plain(self, output)
        return Shown(cleaned) if isinstance(cleaned, str) else cleaned

    IPyNbCell.sanitize = sanitize
