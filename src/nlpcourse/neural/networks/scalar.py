"""A number that remembers how it was made, so that blame can be handed back to its parts.

This is automatic differentiation in its smallest form, backwards as in Rumelhart, Hinton and
Williams (1986).  It does one number at a time; :mod:`~nlpcourse.neural.networks.tensor` does whole
arrays.  The standard library alone: it also runs inside the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable


class Value:
    """A number in a graph of numbers.

    Attributes:
        number: the number itself.
        inputs: the values that it was computed from, each with the local derivative: how much
            this number grows when that one grows a little.
        name: what the graph calls it.
        gradient: how much the last value grows when this one does; :func:`backward` fills it.

    >>> x = Value(3.0)
    >>> y = x * x + 2.0
    >>> backward(y)
    >>> y.number, x.gradient
    (11.0, 6.0)
    """

    def __init__(
        self,
        number: float,
        inputs: Iterable[tuple[Value, float]] = (),
        name: str = "",
    ) -> None:
        """Keep a number, its inputs with their local derivatives, and its name."""
        self.number = float(number)
        self.inputs = tuple(inputs)
        self.name = name
        self.gradient = 0.0

    def __repr__(self) -> str:
        return f"Value({self.number:g})"

    def __add__(self, other: Value | float) -> Value:
        b = as_value(other)
        return Value(self.number + b.number, [(self, 1.0), (b, 1.0)], "+")

    def __mul__(self, other: Value | float) -> Value:
        b = as_value(other)
        return Value(
            self.number * b.number, [(self, b.number), (b, self.number)], "×"
        )

    def __pow__(self, exponent: float) -> Value:
        slope = exponent * self.number ** (exponent - 1) if exponent else 0.0
        return Value(self.number**exponent, [(self, slope)], f"^{exponent:g}")

    def __neg__(self) -> Value:
        return Value(-self.number, [(self, -1.0)], "−")

    def __sub__(self, other: Value | float) -> Value:
        b = as_value(other)
        return Value(self.number - b.number, [(self, 1.0), (b, -1.0)], "−")

    def __truediv__(self, other: Value | float) -> Value:
        b = as_value(other)
        ratio = self.number / b.number
        return Value(ratio, [(self, 1 / b.number), (b, -ratio / b.number)], "÷")

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: float) -> Value:
        return as_value(other) - self

    def __rtruediv__(self, other: float) -> Value:
        return as_value(other) / self

    def tanh(self) -> Value:
        """Return the hyperbolic tangent, between −1 and 1."""
        t = math.tanh(self.number)
        return Value(t, [(self, 1 - t * t)], "tanh")

    def relu(self) -> Value:
        """Return the number where it is positive, and 0 elsewhere."""
        return Value(
            max(self.number, 0.0), [(self, float(self.number > 0))], "relu"
        )

    def exp(self) -> Value:
        """Return e to the power of the number."""
        e = math.exp(self.number)
        return Value(e, [(self, e)], "exp")

    def log(self) -> Value:
        """Return the natural logarithm."""
        return Value(math.log(self.number), [(self, 1 / self.number)], "log")

    def sigmoid(self) -> Value:
        """Return the sigmoid, between 0 and 1."""
        small = math.exp(-abs(self.number))
        s = (1.0 if self.number >= 0 else small) / (1 + small)
        return Value(s, [(self, s * (1 - s))], "σ")


def as_value(number: Value | float) -> Value:
    """Return a plain number as a value without inputs; a value as it is."""
    return (
        number if isinstance(number, Value) else Value(number, name=f"{number:g}")
    )


def in_order(last: Value) -> list[Value]:
    """Return every value that *last* was made from, each behind all of its inputs.

    It goes without recursion, so that a long sum does not exhaust Python's stack.

    >>> a = Value(1.0)
    >>> [v.number for v in in_order(a + a * 2.0)]
    [1.0, 2.0, 2.0, 3.0]
    """
    order: list[Value] = []
    seen: set[int] = set()
    waiting: list[tuple[Value, bool]] = [(last, False)]
    while waiting:
        value, ready = waiting.pop()
        if ready:
            order.append(value)
        elif id(value) not in seen:
            seen.add(id(value))
            waiting.append((value, True))
            waiting += [(part, False) for part, _ in reversed(value.inputs)]
    return order


def backward(last: Value) -> None:
    """Fill the gradient of every value that *last* was made from, by the chain rule.

    >>> w, x = Value(2.0), Value(-1.0)
    >>> backward((w * x).tanh())
    >>> round(w.gradient, 4), round(x.gradient, 4)
    (-0.0707, 0.1413)
    """
    order = in_order(last)
    for value in order:
        value.gradient = 0.0
    last.gradient = 1.0
    for value in reversed(order):
        for part, slope in value.inputs:
            part.gradient += slope * value.gradient


def numerical(
    function: Callable[[list[float]], float], at: list[float], step: float = 1e-6
) -> list[float]:
    """Return the gradient of a function by trying: a little up, a little down.

    Args:
        function: of a list of numbers.
        at: where.
        step: how little.

    Raises:
        ValueError: the step is not above zero, or not finite.

    >>> [round(slope, 6) for slope in numerical(lambda v: v[0] * v[1], [3.0, 4.0])]
    [4.0, 3.0]
    """
    if not 0 < step < math.inf:
        raise ValueError(f"a step is a small number above zero, not {step}")
    slopes = []
    for k in range(len(at)):
        up, down = list(at), list(at)
        up[k] += step
        down[k] -= step
        slopes.append((function(up) - function(down)) / (up[k] - down[k]))
    return slopes
