"""A reader of GGUF, the file format in which models for everyday machines are passed around.

A GGUF file holds a header, settings by name (the vocabulary among them), a list of tensors with
their types and offsets, and the tensors' bytes.  Large matrices are stored in blocks of 32
numbers that share a scale; the reader multiplies them out.

A file may be damaged, or made to harm.  So every length that it names is compared with what is
left of it before a byte is read, and nothing is allocated that the file could not fill.

Not handled: the mixed types (``Q2_K`` … ``Q6_K``, ``IQ…``), and big-endian files.

Source: the GGUF specification of the ggml project, and ``ggml-quants.c`` for the blocks.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

BLOCK = 32  # numbers that share a scale

# ------------------------------------------------------------------- from bytes to numbers


def plain(raw: bytes) -> Floats:
    """Return numbers stored as 32-bit floats."""
    return _cut(raw, np.dtype("<f4")).astype(np.float32)


def half(raw: bytes) -> Floats:
    """Return numbers stored as 16-bit floats."""
    return _cut(raw, np.dtype("<f2")).astype(np.float32)


def q8_0(raw: bytes) -> Floats:
    """Return numbers stored in 8 bits: per block a scale d, then x = d · q.

    >>> block = np.float16(0.5).tobytes() + bytes([2, 255]) + bytes(30)
    >>> q8_0(block)[:3].tolist()
    [1.0, -0.5, 0.0]
    """
    kind = np.dtype([("scale", "<f2"), ("numbers", "i1", BLOCK)])
    blocks = _cut(raw, kind)
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
    blocks = _cut(raw, kind)
    scale = blocks["scale"].astype(np.float32)[:, None]
    least = blocks["least"].astype(np.float32)[:, None]
    pairs = blocks["pairs"]
    fours = np.concatenate([pairs & 15, pairs >> 4], axis=1)  # (blocks, 32)
    numbers: Floats = scale * fours + least
    return numbers.ravel()


def _cut(raw: bytes, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    """Cut bytes into blocks of a kind."""
    if len(raw) % kind.itemsize:
        raise ValueError(
            f"{len(raw)} bytes are no whole number of blocks of {kind.itemsize}; "
            "give all bytes of the tensor"
        )
    return np.frombuffer(raw, kind)


# the format's number of a type → its name, bytes per block, numbers per block, decoder
TYPES: dict[int, tuple[str, int, int, Callable[[bytes], Floats]]] = {
    0: ("F32", 4, 1, plain),
    1: ("F16", 2, 1, half),
    3: ("Q4_1", 20, BLOCK, q4_1),
    8: ("Q8_0", 34, BLOCK, q8_0),
}

# -------------------------------------------------------------------------------- the header

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i"}
SCALARS |= {6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""The format's number of a kind of setting → the letter that `struct` has for it."""
TEXT, LIST = 8, 9
DEEPEST = 4
"""Lists within lists, and axes of a tensor, at most."""


class Header:
    """A header that is read from front to back, and never beyond the end of the file."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Begin at the first byte of an opened file."""
        self.file = file
        self.name = name
        self.place = 0
        self.size = file.seek(0, 2)
        file.seek(0)

    def refuse(self, what: str) -> NoReturn:
        """Say what is wrong with the file."""
        raise ValueError(
            f"{self.name}: {what}; the file is damaged or cut off, fetch it again"
        )

    def take(self, count: int, least: int = 1) -> bytes:
        """Return the next bytes; *least* is how many each of *count* things takes."""
        self.expect(count, least)
        self.place += count
        return self.file.read(count)

    def expect(self, count: int, least: int) -> None:
        """Make sure that *count* things of *least* bytes each can still follow."""
        left = self.size - self.place
        if count * least > left:
            self.refuse(
                f"{count:,} × {least} bytes should follow byte {self.place:,}, and "
                f"{left:,} are left"
            )

    def number(self, kind: str) -> Any:
        """Read one number, by its letter of `struct`."""
        return struct.unpack(f"<{kind}", self.take(struct.calcsize(f"<{kind}")))[0]

    def text(self) -> str:
        """Read a length and so many bytes of UTF-8."""
        raw = self.take(self.number("Q"))
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            self.refuse(f"{raw[:20]!r} before byte {self.place:,} is no text")

    def value(self, kind: int, depth: int = 0) -> Any:
        """Read a setting of one of the format's thirteen kinds."""
        if kind == TEXT:
            return self.text()
        if kind == LIST and depth < DEEPEST:
            inner, length = self.number("I"), self.number("Q")
            if inner in SCALARS:
                letters = f"<{length}{SCALARS[inner]}"
                self.expect(length, struct.calcsize(f"<{SCALARS[inner]}"))
                return list(
                    struct.unpack(letters, self.take(struct.calcsize(letters)))
                )
            self.expect(
                length, 8
            )  # a text begins with its length, a list with more
            return [self.value(inner, depth + 1) for _ in range(length)]
        if kind not in SCALARS:
            self.refuse(
                f"there is no kind {kind} of setting, before byte {self.place:,}"
            )
        return self.number(SCALARS[kind])


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
        return math.prod(self.shape) // numbers * size


class GGUF:
    """An opened model file: settings by name, and tensors that are decoded when asked for.

    Attributes:
        settings: such as ``"llama.block_count"``, and the tokenizer's lists.
        tensors: where each tensor lies, by name.
        start: the byte from which the tensors' offsets count.
    """

    def __init__(self, path: Path) -> None:
        """Read the header.

        Raises:
            ValueError: the file is no GGUF of version 2 or 3, is damaged or cut off, or holds a
                tensor of a type that is not read; the message names the file and the tensor.
        """
        self.path = path
        with path.open("rb") as file:
            header = Header(file, path.name)
            magic, version = header.take(4), header.number("I")
            if magic != b"GGUF" or version not in (2, 3):
                raise ValueError(
                    f"{path.name} begins with {magic!r}, version {version}; need a GGUF "
                    "file of version 2 or 3"
                )
            tensors, settings = header.number("Q"), header.number("Q")
            header.expect(settings, 13)  # a name, a kind and a value are no shorter
            self.settings: dict[str, Any] = {}
            for _ in range(settings):
                name = header.text()
                self.settings[name] = header.value(header.number("I"))
            align = self.settings.get("general.alignment", 32)
            if type(align) is not int or align < 8 or align % 8:
                header.refuse(
                    f"the alignment is {align!r}, and must be a multiple of 8"
                )
            header.expect(tensors, 24)
            self.tensors: dict[str, StoredTensor] = {}
            for _ in range(tensors):
                name, stored = _description(header)
                self.tensors[name] = stored
            self.start = -(-header.place // align) * align
            for name, stored in self.tensors.items():
                end = self.start + stored.offset + stored.bytes
                if end > header.size:
                    header.refuse(
                        f"tensor {name!r} ends at byte {end:,}, and the file at "
                        f"{header.size:,}"
                    )

    def read(self, name: str) -> Floats:
        """Return one tensor as 32-bit floats.

        Raises:
            ValueError: the file has no tensor of that name, or was cut after it was opened.
        """
        if name not in self.tensors:
            raise ValueError(
                f"{self.path.name} has no tensor {name!r}; it has {len(self.tensors)}, "
                f"such as {next(iter(self.tensors), 'none')!r}"
            )
        stored = self.tensors[name]
        with self.path.open("rb") as file:
            file.seek(self.start + stored.offset)
            raw = file.read(stored.bytes)
        if len(raw) < stored.bytes:
            raise ValueError(
                f"{self.path.name}: tensor {name!r} is cut off after {len(raw):,} of "
                f"{stored.bytes:,} bytes; fetch the file again"
            )
        _, _, _, decode = TYPES[stored.type]
        return decode(raw).reshape(stored.shape)


def _description(header: Header) -> tuple[str, StoredTensor]:
    """Read a tensor's name, shape, type and place."""
    name = header.text()
    axes = header.number("I")
    if axes > DEEPEST:
        header.refuse(
            f"tensor {name!r} has {axes:,} axes, and {DEEPEST} are the most"
        )
    shape = tuple(header.number("Q") for _ in range(axes))
    kind, offset = header.number("I"), header.number("Q")
    if kind not in TYPES:
        known = ", ".join(entry[0] for entry in TYPES.values())
        raise ValueError(
            f"{header.name}: tensor {name!r} has the type {kind}; this reader knows {known}"
        )
    _, _, numbers, _ = TYPES[kind]
    if math.prod(shape[:1]) % numbers:
        header.refuse(
            f"tensor {name!r} has rows of {shape[0]} numbers, and its blocks {numbers}"
        )
    return name, StoredTensor(shape[::-1], kind, offset)
