"""A reader of GGUF, the file format in which models for everyday machines are passed around.

A GGUF file holds a header, settings by name (the vocabulary among them), a list of tensors with
their types and offsets, and the tensors' bytes.  Large matrices are stored in blocks of 32
numbers that share a scale; the reader multiplies them out.

Not handled: the mixed types (``Q2_K`` … ``Q6_K``, ``IQ…``), and big-endian files.

Source: the GGUF specification of the ggml project, and ``ggml-quants.c`` for the blocks.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

BLOCK = 32  # numbers that share a scale


def plain(raw: bytes) -> Floats:
    """Return numbers stored as 32-bit floats."""
    return np.frombuffer(raw, "<f4").astype(np.float32)


def half(raw: bytes) -> Floats:
    """Return numbers stored as 16-bit floats."""
    return np.frombuffer(raw, "<f2").astype(np.float32)


def q8_0(raw: bytes) -> Floats:
    """Return numbers stored in 8 bits: per block a scale d, then x = d · q.

    >>> block = np.float16(0.5).tobytes() + bytes([2, 255]) + bytes(30)
    >>> q8_0(block)[:3].tolist()
    [1.0, -0.5, 0.0]
    """
    kind = np.dtype([("scale", "<f2"), ("numbers", "i1", BLOCK)])
    blocks = np.frombuffer(raw, kind)
    scale = blocks["scale"].astype(np.float32)[:, None]
    numbers: Floats = scale * blocks["numbers"]  # (blocks, 32)
    return numbers.ravel()


def q4_1(raw: bytes) -> Floats:
    """Return numbers stored in 4 bits: per block a scale d and a least number m, x = d · q + m.

    A byte holds two numbers, the first half of the block in the low four bits.

    >>> block = np.array([0.5, -1], "<f2").tobytes() + bytes([0x42] * 16)
    >>> q4_1(block)[[0, 16]].tolist()
    [0.0, 1.0]
    """
    kind = np.dtype(
        [("scale", "<f2"), ("least", "<f2"), ("pairs", "u1", BLOCK // 2)]
    )
    blocks = np.frombuffer(raw, kind)
    scale = blocks["scale"].astype(np.float32)[:, None]
    least = blocks["least"].astype(np.float32)[:, None]
    pairs = blocks["pairs"]
    fours = np.concatenate([pairs & 15, pairs >> 4], axis=1)  # (blocks, 32)
    numbers: Floats = scale * fours + least
    return numbers.ravel()


# the format's number of a type → its name, bytes per block, numbers per block, decoder
TYPES: dict[int, tuple[str, int, int, Callable[[bytes], Floats]]] = {
    0: ("F32", 4, 1, plain),
    1: ("F16", 2, 1, half),
    3: ("Q4_1", 20, BLOCK, q4_1),
    8: ("Q8_0", 34, BLOCK, q8_0),
}

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i"}
_SCALARS |= {6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _LIST = 8, 9


@dataclass(frozen=True)
class StoredTensor:
    """Where a tensor lies in the file.

    Attributes:
        shape: as PyTorch counts it, rows first.
        type: the format's number of its type.
        offset: its first byte, from the start of the tensors.
    """

    shape: tuple[int, ...]
    type: int
    offset: int

    @property
    def bytes(self) -> int:
        """Length in the file."""
        _, size, numbers, _ = TYPES[self.type]
        return int(np.prod(self.shape)) // numbers * size


class GGUF:
    """An opened model file: settings by name, and tensors that are decoded when asked for.

    Attributes:
        settings: such as ``"llama.block_count"``, and the tokenizer's lists.
        tensors: where each tensor lies, by name.
    """

    def __init__(self, path: Path) -> None:
        """Read the header.

        Raises:
            ValueError: the file is no GGUF of version 2 or 3, or holds a type that is not read.
        """
        self.path = path
        with path.open("rb") as file:
            magic, version = file.read(4), _number(file, "I")
            if magic != b"GGUF" or version not in (2, 3):
                raise ValueError(
                    f"{path.name} begins with {magic!r}, version {version}; need a GGUF "
                    "file of version 2 or 3"
                )
            tensors, settings = _number(file, "Q"), _number(file, "Q")
            self.settings: dict[str, Any] = {
                _text(file): _value(file, _number(file, "I"))
                for _ in range(settings)
            }
            self.tensors = dict(_description(file) for _ in range(tensors))
            align = self.settings.get("general.alignment", 32)
            self.start = -(-file.tell() // align) * align

    def read(self, name: str) -> Floats:
        """Return one tensor as 32-bit floats.

        Raises:
            KeyError: the file has no tensor of that name.
        """
        stored = self.tensors[name]
        with self.path.open("rb") as file:
            file.seek(self.start + stored.offset)
            raw = file.read(stored.bytes)
        _, _, _, decode = TYPES[stored.type]
        return decode(raw).reshape(stored.shape)


def _number(file: BinaryIO, kind: str) -> Any:
    return struct.unpack(f"<{kind}", file.read(struct.calcsize(kind)))[0]


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "Q")).decode("utf-8")


def _value(file: BinaryIO, kind: int) -> Any:
    """Read a setting of one of the format's thirteen kinds."""
    if kind == _TEXT:
        return _text(file)
    if kind == _LIST:
        inner, length = _number(file, "I"), _number(file, "Q")
        return [_value(file, inner) for _ in range(length)]
    return _number(file, _SCALARS[kind])


def _description(file: BinaryIO) -> tuple[str, StoredTensor]:
    """Read a tensor's name, shape, type and place."""
    name = _text(file)
    shape = tuple(_number(file, "Q") for _ in range(_number(file, "I")))
    kind, offset = _number(file, "I"), _number(file, "Q")
    if kind not in TYPES:
        known = ", ".join(entry[0] for entry in TYPES.values())
        raise ValueError(
            f"tensor {name!r} has the type {kind}; this reader knows {known}"
        )
    return name, StoredTensor(shape[::-1], kind, offset)
