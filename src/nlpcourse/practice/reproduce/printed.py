"""A printed figure is an interval: 0.61 says that the number lay between 0.605 and 0.615."""

from __future__ import annotations

import math
import re
from decimal import Decimal

_NUMBER = re.compile(r"[-−+]?\d+(\.\d+)?")


def parse(text: str) -> Decimal:
    """Return a printed figure as an exact decimal number.

    Raises:
        ValueError: the text is no plain number such as ``"0.61"`` or ``"92.8"``.

    >>> parse("0.60")
    Decimal('0.60')
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is no printed number such as '0.61'")
    return Decimal(text.strip().replace("−", "-"))


def last_digit(text: str) -> Decimal:
    """Return what one step in the last digit of a printed figure is worth.

    Raises:
        ValueError: the text is no plain number.

    >>> last_digit("0.61"), last_digit("92.8"), last_digit("7")
    (Decimal('0.01'), Decimal('0.1'), Decimal('1'))
    """
    exponent = parse(text).as_tuple().exponent
    return Decimal(1).scaleb(int(exponent))


def interval(text: str) -> tuple[float, float]:
    """Return the smallest and the largest number that rounds to a printed figure.

    Both ends count: whether a half goes up or down is rarely said.

    Raises:
        ValueError: the text is no plain number.

    >>> interval("0.61"), interval("-3")
    ((0.605, 0.615), (-3.5, -2.5))
    """
    half = last_digit(text) / 2
    return float(parse(text) - half), float(parse(text) + half)


def steps_off(value: float, text: str) -> int:
    """Return by how many steps of its last digit a printed figure differs from a number.

    Zero says that the number, rounded, is what was printed.

    Raises:
        ValueError: the value is not finite, or the text is no plain number.

    >>> steps_off(0.6095, "0.61"), steps_off(0.585, "0.61"), steps_off(0.605, "0.61")
    (0, 2, 0)
    """
    if not math.isfinite(value):
        raise ValueError(f"a number that is not finite was never printed: {value}")
    unit = last_digit(text)
    apart = abs(Decimal(repr(float(value))) - parse(text)) / unit
    return max(0, math.ceil(apart - Decimal("0.5")))
