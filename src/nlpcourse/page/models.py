"""How a playground asks for a neural network: it yields a call, and gets the outputs back.

A playground that needs a trained model has ``MODELS``, which makes ONNX files at build time, and
its ``run`` is a generator::

    def run(inputs, resources):
        outputs = yield Call("lstm-lm.onnx", {"words": Tensor("int64", [1, 3], [7, 9, 2])})
        best = max(outputs["scores"].data)
        return {"views": [...], "summary": "…"}

The book's build answers the calls with Python's onnxruntime, the page with onnxruntime-web; the
playground itself does not know which.

This room uses the standard library alone: it also runs inside the page.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CODES = {
    "bool": "B",
    "float32": "f",
    "float64": "d",
    "int32": "i",
    "int64": "q",
    "uint8": "B",
}
"""The types of a tensor, each with the code of its bytes in the module ``array``."""

TYPES = tuple(CODES)


@dataclass(frozen=True)
class Tensor:
    """A table of numbers on its way to a model or back.

    Attributes:
        type: one of ``TYPES``.
        shape: the length of every axis.
        data: the numbers, the last axis fastest.

    Raises:
        ValueError: the type is unknown, or the shape does not hold that many numbers.

    >>> Tensor("float32", [2, 2], [1.0, 2.0, 3.0, 4.0]).row(1)
    [3.0, 4.0]
    """

    type: str
    shape: Sequence[int]
    data: Sequence[Any]

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(
                f"no tensor of type {self.type!r}; choose from {TYPES}"
            )
        if math.prod(self.shape) != len(self.data):
            raise ValueError(
                f"a tensor of shape {list(self.shape)} can't hold {len(self.data)} numbers"
            )

    def row(self, *place: int) -> list[Any]:
        """Return what stands at *place*, one index for each of the first axes.

        Raises:
            IndexError: an axis has no such place; negative ones count from its end.
        """
        if len(place) > len(self.shape):
            raise IndexError(
                f"a tensor of shape {list(self.shape)} has no place {place}"
            )
        size, start = len(self.data), 0
        for length, index in zip(self.shape, place, strict=False):
            if not -length <= index < length:
                raise IndexError(
                    f"a tensor of shape {list(self.shape)} has no place {place}"
                )
            size //= length
            start += index % length * size
        return list(self.data[start : start + size])

    def to_bytes(self) -> bytes:
        """Return the numbers as bytes, as a page's typed arrays hold them.

        >>> Tensor("int32", [1], [5]).to_bytes().hex()
        '05000000'
        """
        return array(CODES[self.type], self.data).tobytes()

    @classmethod
    def from_bytes(cls, type: str, shape: Sequence[int], content: bytes) -> Tensor:
        """Return the tensor that :meth:`to_bytes` turned into *content*.

        >>> Tensor.from_bytes("int32", [1], bytes.fromhex("05000000")).data
        [5]

        Raises:
            ValueError: the type is unknown, or the bytes are not the shape's.
        """
        if type not in CODES:
            raise ValueError(f"no tensor of type {type!r}; choose from {TYPES}")
        numbers = array(CODES[type])
        numbers.frombytes(content)
        return cls(type, list(shape), numbers.tolist())


@dataclass(frozen=True)
class Call:
    """A question to a model: its file's name, and a tensor for each of its inputs."""

    model: str
    feeds: Mapping[str, Tensor]


Outputs = dict[str, Tensor]
Result = dict[str, Any]
Steps = Generator[Call, Outputs, Result]


def drive(steps: Steps | Result, runner: Callable[[Call], Outputs]) -> Result:
    """Run a playground to its end, answering its calls with *runner*.

    A playground without models returns its result at once, and that is passed on.

    Args:
        steps: what the playground's ``run`` returned.
        runner: answers a call with the model's outputs by name, such as
            :func:`nlpcourse.page.export.session_runner`.

    >>> def run():
    ...     outputs = yield Call("double.onnx", {"x": Tensor("int64", [1], [21])})
    ...     return {"views": [], "summary": str(outputs["y"].data[0])}
    >>> def runner(call):
    ...     return {"y": Tensor("int64", [1], [2 * call.feeds["x"].data[0]])}
    >>> drive(run(), runner)["summary"]
    '42'
    """
    if isinstance(steps, dict):
        return steps
    try:
        call = asked(next(steps))
        while True:
            call = asked(steps.send(runner(call)))
    except StopIteration as end:
        return finished(end.value)
    finally:
        steps.close()


def asked(call: object) -> Call:
    """Return what a playground yielded, which is a call.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(call, Call):
        raise TypeError(f"a playground yields a Call, not a {type(call).__name__}")
    return call


def finished(result: object) -> Result:
    """Return what a playground returned, which is a result.

    Raises:
        TypeError: it returned nothing, or something else.
    """
    if not isinstance(result, dict):
        raise TypeError(
            f"a playground returns its views and summary, not a {type(result).__name__}"
        )
    return result
