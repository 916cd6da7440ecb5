"""Automatic differentiation for whole arrays: NumPy computes, this module remembers.

An operation is its result and, for each input, a function that turns the gradient of the result
into the gradient of that input.  Broadcasting is undone in one place, :func:`unbroadcast`.
A test compares every operation with ``torch.autograd``, forwards and backwards, on shapes that
Hypothesis makes.  Where two numbers are both the largest, :meth:`Tensor.max` divides the gradient
between them evenly, as ``torch.amax`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Back = Callable[[Array], Array]
Axis = int | tuple[int, ...] | None


class Tensor:
    """An array of numbers in a graph of arrays.

    Attributes:
        data: the numbers, in double precision.
        inputs: the tensors that it was computed from, each with a function from the gradient of
            this tensor to the gradient of that one.
        grad: how much the last number grows with each of these; :meth:`backward` fills it.

    >>> w = Tensor([[1.0, -2.0]])
    >>> loss = (w * w).sum()
    >>> loss.backward()
    >>> w.grad
    array([[ 2., -4.]])
    """

    __array_ufunc__ = (
        None  # NumPy leaves `array + tensor` and `array @ tensor` to us
    )

    def __init__(
        self, data: Any, inputs: Sequence[tuple[Tensor, Back]] = ()
    ) -> None:
        """Keep numbers, and the inputs that they came from."""
        self.data: Array = np.asarray(data, dtype=np.float64)
        self.inputs = tuple(inputs)
        self.grad: Array | None = None

    def __repr__(self) -> str:
        return f"Tensor({self.data!r})"

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the axes."""
        return self.data.shape

    # ------------------------------------------------------------------ number by number

    def __add__(self, other: Tensor | Any) -> Tensor:
        b = as_tensor(other)
        return Tensor(self.data + b.data, [(self, lambda g: g), (b, lambda g: g)])

    def __mul__(self, other: Tensor | Any) -> Tensor:
        b = as_tensor(other)
        return Tensor(
            self.data * b.data,
            [(self, lambda g: g * b.data), (b, lambda g: g * self.data)],
        )

    def __truediv__(self, other: Tensor | Any) -> Tensor:
        b = as_tensor(other)
        ratio = self.data / b.data
        return Tensor(
            ratio,
            [(self, lambda g: g / b.data), (b, lambda g: -g * ratio / b.data)],
        )

    def __pow__(self, exponent: float) -> Tensor:
        def back(g: Array) -> Array:
            return g * exponent * self.data ** (exponent - 1)

        return Tensor(self.data**exponent, [(self, back)])

    def __neg__(self) -> Tensor:
        return Tensor(-self.data, [(self, lambda g: -g)])

    def __sub__(self, other: Tensor | Any) -> Tensor:
        return self + -as_tensor(other)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> Tensor:
        return as_tensor(other) - self

    def __rtruediv__(self, other: Any) -> Tensor:
        return as_tensor(other) / self

    def exp(self) -> Tensor:
        """Return e to the power of each number."""
        e = np.exp(self.data)
        return Tensor(e, [(self, lambda g: g * e)])

    def log(self) -> Tensor:
        """Return the natural logarithm of each number."""
        return Tensor(np.log(self.data), [(self, lambda g: g / self.data)])

    def tanh(self) -> Tensor:
        """Return the hyperbolic tangent of each number."""
        t = np.tanh(self.data)
        return Tensor(t, [(self, lambda g: g * (1 - t * t))])

    def relu(self) -> Tensor:
        """Return each number where it is positive, and 0 elsewhere."""
        on = self.data > 0
        return Tensor(self.data * on, [(self, lambda g: g * on)])

    def sigmoid(self) -> Tensor:
        """Return the sigmoid of each number."""
        small = np.exp(-np.abs(self.data))
        s = np.where(self.data >= 0, 1.0, small) / (1 + small)
        return Tensor(s, [(self, lambda g: g * s * (1 - s))])

    # ------------------------------------------------------------------ along axes

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the sum of all numbers, or along an axis or some."""

        def back(g: Array) -> Array:
            return np.broadcast_to(self._spread(g, axis, keepdims), self.shape)

        return Tensor(self.data.sum(axis=axis, keepdims=keepdims), [(self, back)])

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the mean of all numbers, or along an axis or some."""
        total = self.sum(axis, keepdims)
        return total * (total.data.size / self.data.size)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the largest of all numbers, or along an axis or some."""
        largest = self.data.max(axis=axis, keepdims=True)
        ties = self.data == largest
        winners: Array = ties / ties.sum(axis=axis, keepdims=True)

        def back(g: Array) -> Array:
            return np.multiply(winners, self._spread(g, axis, keepdims))

        return Tensor(self.data.max(axis=axis, keepdims=keepdims), [(self, back)])

    def _spread(self, g: Array, axis: Axis, keepdims: bool) -> Array:
        """Give a gradient the axes back that were summed away, each of size 1."""
        if axis is None or keepdims:
            return g if keepdims else g.reshape((1,) * self.data.ndim)
        return np.expand_dims(g, axis)

    # ------------------------------------------------------------------ shapes and matrices

    def __getitem__(self, index: Any) -> Tensor:
        """Return a part: numbers, slices, or arrays of positions, which may repeat."""

        def back(g: Array) -> Array:
            whole = np.zeros_like(self.data)
            np.add.at(whole, index, g)  # a row taken twice gets both gradients
            return whole

        return Tensor(self.data[index], [(self, back)])

    def __matmul__(self, other: Tensor | Any) -> Tensor:
        """Return the matrix product over the last two axes; the others are broadcast."""
        a, b = self, as_tensor(other)
        if min(a.data.ndim, b.data.ndim) < 2:
            raise ValueError(
                f"a matrix product needs two axes, not shapes {a.shape}, {b.shape}"
            )
        across, down = b.data.swapaxes(-1, -2), a.data.swapaxes(-1, -2)
        return Tensor(  # a (n, k), b (k, m), g (n, m)
            a.data @ b.data,
            [(a, lambda g: g @ across), (b, lambda g: down @ g)],
        )

    def __rmatmul__(self, fixed: Array) -> Tensor:
        """Return the product of a plain matrix, which needs no gradient, and this one."""
        return Tensor(
            fixed @ self.data, [(self, lambda g: fixed.swapaxes(-1, -2) @ g)]
        )

    def reshape(self, *shape: int) -> Tensor:
        """Return the same numbers in another shape."""
        return Tensor(
            self.data.reshape(shape), [(self, lambda g: g.reshape(self.shape))]
        )

    def swapaxes(self, one: int, other: int) -> Tensor:
        """Return the same numbers with two axes exchanged."""
        return Tensor(
            self.data.swapaxes(one, other),
            [(self, lambda g: g.swapaxes(one, other))],
        )

    # ------------------------------------------------------------------ backwards

    def backward(self) -> None:
        """Fill ``grad`` of every tensor that this single number was computed from.

        Gradients of an earlier call are replaced, not added to.

        Raises:
            ValueError: this is not a single number.
        """
        if self.data.size != 1:
            raise ValueError(
                f"gradients are of one number, not of {self.shape}; sum it first"
            )
        order = in_order(self)
        for tensor in order:
            tensor.grad = None
        self.grad = np.ones_like(self.data)
        for tensor in reversed(order):
            assert tensor.grad is not None
            for part, back in tensor.inputs:
                share = unbroadcast(back(tensor.grad), part.shape)
                part.grad = share if part.grad is None else part.grad + share


def as_tensor(value: Tensor | Any) -> Tensor:
    """Return numbers or an array as a tensor without inputs; a tensor as it is."""
    return value if isinstance(value, Tensor) else Tensor(value)


def unbroadcast(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Sum a gradient over the axes along which its tensor was repeated.

    Raises:
        ValueError: that shape can't have been broadcast to the gradient's.

    >>> unbroadcast(np.ones((4, 3)), (1, 3))
    array([[4., 4., 4.]])
    >>> unbroadcast(np.ones((4, 3)), (3,))
    array([4., 4., 4.])
    """
    extra = gradient.ndim - len(shape)
    fits = extra >= 0 and all(
        small in (1, large)
        for small, large in zip(
            shape, gradient.shape[max(extra, 0) :], strict=False
        )
    )
    if not fits:
        raise ValueError(
            f"shape {shape} can't have been repeated to {gradient.shape}"
        )
    if gradient.shape == shape:
        return gradient
    gradient = np.sum(gradient, axis=tuple(range(extra)))
    repeated = tuple(
        k for k, size in enumerate(shape) if size == 1 != gradient.shape[k]
    )
    summed: Array = np.sum(gradient, axis=repeated, keepdims=True)
    return summed


def in_order(last: Tensor) -> list[Tensor]:
    """Return every tensor that *last* was made from, each behind all of its inputs."""
    order: list[Tensor] = []
    seen: set[int] = set()
    waiting: list[tuple[Tensor, bool]] = [(last, False)]
    while waiting:
        tensor, ready = waiting.pop()
        if ready:
            order.append(tensor)
        elif id(tensor) not in seen:
            seen.add(id(tensor))
            waiting.append((tensor, True))
            waiting += [(part, False) for part, _ in reversed(tensor.inputs)]
    return order
