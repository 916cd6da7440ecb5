"""The graph of an expression that a reader types, read with ``ast`` and never with ``eval``.

The standard library alone: it also runs inside the page.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

from nlpcourse.neural.networks.scalar import Value

FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "tanh": Value.tanh,
    "relu": Value.relu,
    "sigmoid": Value.sigmoid,
    "exp": Value.exp,
    "log": Value.log,
}
_OPERATORS: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
LONGEST = 200
"""Characters of an expression that is read."""
LARGEST = 1e6
"""Beyond it, a number typed or met on the way is refused."""


def numbers_of(text: str) -> dict[str, float]:
    """Return the numbers that a text such as ``a = 2, b = -3`` gives to names.

    Raises:
        ValueError: a part is not a name, an equals sign and a number.

    >>> numbers_of("a = 2, b=-0.5")
    {'a': 2.0, 'b': -0.5}
    """
    found: dict[str, float] = {}
    for part in text.replace(";", ",").replace("\n", ",").split(","):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not (name or equals):
            continue
        try:
            value = float(number)
        except ValueError:
            raise ValueError(
                f"{part.strip()!r} gives no number to a name; write a = 2, b = 3"
            ) from None
        if not name.isidentifier() or name in FUNCTIONS:
            raise ValueError(f"{name!r} is no name; write a = 2, b = 3")
        if not abs(value) <= LARGEST:
            raise ValueError(f"{name} = {number} is too large for the page")
        found[name] = value
    return found


def parsed(text: str, numbers: Mapping[str, float]) -> Value:
    """Return the value of an expression with its whole graph.

    Args:
        text: numbers, names, ``+ - * / **``, brackets, and the functions in ``FUNCTIONS``.
        numbers: of every name.

    Raises:
        ValueError: the text is no such expression, a name has no number, or a number on the way
            is undefined or too large.

    >>> parsed("tanh(w * x) ** 2", {"w": 0.0, "x": 3.0})
    Value(0)
    """
    if len(text) > LONGEST:
        raise ValueError(f"more than {LONGEST} characters; shorten the expression")
    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval")
        names = {name: Value(n, name=name) for name, n in numbers.items()}
        return _walk(tree.body, names)
    except (SyntaxError, MemoryError, RecursionError):
        raise ValueError(
            f"{text!r} is not an expression that can be read"
        ) from None
    except ZeroDivisionError:
        raise ValueError("somewhere a number is divided by zero") from None
    except OverflowError:
        raise ValueError("a number on the way is too large") from None


def _plain(node: ast.expr) -> float | None:
    """Return the number of a constant; None where it is no constant number."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return None if isinstance(node.value, bool) else float(node.value)
    return None


def _walk(node: ast.expr, names: Mapping[str, Value]) -> Value:
    value = _node(node, names)
    if not abs(value.number) <= LARGEST**2:
        raise ValueError("a number on the way is too large")
    return value


def _node(node: ast.expr, names: Mapping[str, Value]) -> Value:
    number = _plain(node)
    if number is not None:
        if not abs(number) <= LARGEST:
            raise ValueError(f"{number:g} is too large for the page")
        return Value(number, name=f"{number:g}")
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise ValueError(
                f"{node.id} has no number; give it one, as in {node.id} = 1"
            )
        return names[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_walk(node.operand, names)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return _power(_walk(node.left, names), node.right)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _walk(node.left, names), _walk(node.right, names)
        return _OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        function = FUNCTIONS.get(node.func.id)
        if function is None or len(node.args) != 1 or node.keywords:
            known = ", ".join(FUNCTIONS)
            raise ValueError(
                f"the functions are {known}, each of one number; not {node.func.id}"
            )
        part = _walk(node.args[0], names)
        if node.func.id == "log" and part.number <= 0:
            raise ValueError(f"log({part.number:g}) is not defined")
        return function(part)
    raise ValueError(
        f"{ast.unparse(node)!r} is neither a number, a name, a sum, a product nor a function"
    )


def _power(base: Value, exponent: ast.expr) -> Value:
    """Return a power whose exponent is a plain number."""
    negative = isinstance(exponent, ast.UnaryOp) and isinstance(
        exponent.op, ast.USub
    )
    sign, inside = -1.0 if negative else 1.0, exponent
    if isinstance(exponent, ast.UnaryOp) and negative:
        inside = exponent.operand
    number = _plain(inside)
    if number is None:
        raise ValueError("an exponent is a plain number here, such as 2")
    n = sign * number
    whole = n.is_integer()
    if abs(n) > 9 or (base.number < 0 and not whole):
        raise ValueError(f"the power {n:g} of {base.number:g} is left out here")
    if base.number == 0 and (n < 0 or 0 < n < 1):
        raise ValueError(f"the power {n:g} has no slope at zero")
    return base**n


def is_finite(value: Value) -> bool:
    """Return whether a value and its gradient are numbers.

    >>> is_finite(Value(1.0))
    True
    """
    return math.isfinite(value.number) and math.isfinite(value.gradient)
