"""Read the one Parquet file that an asset holds: a single column of strings.

The words of the GloVe vectors come as a Parquet file, for which the usual reader is a package of
45 MB.  This module knows only what that file uses: the Thrift compact protocol for the page
headers, Snappy compression, plain and dictionary-coded strings, no missing values.

References: the Apache Parquet format, `Encodings.md` and `parquet.thrift`; Thrift's compact
protocol; Snappy's `format_description.txt`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_DATA_PAGE, _DICTIONARY_PAGE = 0, 2
_PLAIN, _RLE_DICTIONARY = 0, 8


def read_strings(file: bytes, count: int) -> list[str]:
    """Return the *count* strings of a Parquet file that holds one column and nothing else.

    Raises:
        ValueError: the file uses a part of the format that this reader does not know.
    """
    if file[:4] != b"PAR1":
        raise ValueError("not a Parquet file: it does not begin with PAR1")
    position = 4
    dictionary: list[bytes] = []
    values: list[bytes] = []
    while len(values) < count:
        header, position = _read_struct(file, position)
        page = snappy_decompress(file[position : position + header[3]])
        position += header[3]
        if header[1] == _DICTIONARY_PAGE:
            dictionary = list(_plain(page, 0))
        elif header[1] == _DATA_PAGE:
            details = header[5]  # 1: number of values, 2: their encoding
            # past the definition levels
            start = 4 + int.from_bytes(page[:4], "little")
            if details[2] == _PLAIN:
                values += _plain(page, start)
            elif details[2] == _RLE_DICTIONARY:
                values += [dictionary[i] for i in _hybrid(page, start, details[1])]
            else:
                raise ValueError(
                    f"encoding {details[2]} of a Parquet page is not known here"
                )
        else:
            raise ValueError(f"Parquet page type {header[1]} is not known here")
    return [value.decode() for value in values]


def _plain(page: bytes, position: int) -> Iterator[bytes]:
    """Yield plain-encoded strings: four bytes of length, then the bytes."""
    while position < len(page):
        end = position + 4 + int.from_bytes(page[position : position + 4], "little")
        yield page[position + 4 : end]
        position = end


def _hybrid(page: bytes, position: int, count: int) -> list[int]:
    """Read *count* numbers in the hybrid of run-length coding and bit packing."""
    width = page[position]  # bits per number
    position += 1
    numbers: list[int] = []
    while len(numbers) < count:
        header, position = _varint(page, position)
        if header & 1:  # groups of eight numbers, packed bit by bit
            size = (header >> 1) * width  # bytes
            mask = (1 << width) - 1
            for start in range(0, size, width):  # one group takes `width` bytes
                group = int.from_bytes(
                    page[position + start : position + start + width], "little"
                )
                numbers += [(group >> (width * k)) & mask for k in range(8)]
        else:  # one number, many times
            size = (width + 7) // 8
            number = int.from_bytes(page[position : position + size], "little")
            numbers += [number] * (header >> 1)
        position += size
    return numbers[:count]


def snappy_decompress(data: bytes) -> bytes:
    """Decompress a Snappy block.

    >>> snappy_decompress(bytes([7, 0b000010_00]) + b"abc" + bytes([0b00000001, 3]))
    b'abcabca'

    Raises:
        ValueError: the block ends too soon, or has another length than it says.
    """
    length, position = _varint(data, 0)
    out = bytearray()
    while position < len(data):
        tag = data[position]
        position += 1
        kind = tag & 3
        if kind == 0:  # a literal
            size = (tag >> 2) + 1
            if size > 60:
                extra = size - 60  # that many bytes hold the length − 1
                size = (
                    int.from_bytes(data[position : position + extra], "little") + 1
                )
                position += extra
            out += data[position : position + size]
            position += size
            continue
        if kind == 1:
            if position == len(data):
                raise ValueError("a Snappy block ends in the middle of a copy")
            size, offset = ((tag >> 2) & 7) + 4, (tag >> 5) << 8 | data[position]
            position += 1
        else:
            bytes_ = 2 if kind == 2 else 4
            size = (tag >> 2) + 1
            offset = int.from_bytes(data[position : position + bytes_], "little")
            position += bytes_
        start = len(out) - offset
        if offset >= size:
            out += out[start : start + size]
        else:  # the copy overlaps what it writes: repeat the last `offset` bytes
            out += (out[start:] * (size // offset + 1))[:size]
    if len(out) != length:
        raise ValueError(f"a Snappy block of {length} bytes came out as {len(out)}")
    return bytes(out)


# ── Thrift's compact protocol, as far as page headers need it ─────────────────────────────────────


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """Read a number of seven bits a byte; return it and the position after it."""
    number = shift = 0
    while True:
        if position >= len(data):
            raise ValueError(
                "the data end in the middle of a number; fetch them again"
            )
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
        shift += 7


def _read_struct(data: bytes, position: int) -> tuple[dict[int, Any], int]:
    """Read a struct into a dictionary from field number to value."""
    fields: dict[int, Any] = {}
    number = 0
    while True:
        byte = data[position]
        position += 1
        if byte == 0:
            return fields, position
        if byte >> 4:
            number += byte >> 4
        else:
            zigzag, position = _varint(data, position)
            number = (zigzag >> 1) ^ -(zigzag & 1)
        fields[number], position = _read_value(data, position, byte & 15)


def _read_value(data: bytes, position: int, kind: int) -> tuple[Any, int]:
    if kind in (1, 2):  # true, false
        return kind == 1, position
    if kind in (4, 5, 6):  # integers
        zigzag, position = _varint(data, position)
        return (zigzag >> 1) ^ -(zigzag & 1), position
    if kind == 8:  # bytes
        size, position = _varint(data, position)
        return data[position : position + size], position + size
    if kind == 12:
        return _read_struct(data, position)
    raise ValueError(f"Thrift type {kind} is not known here")
