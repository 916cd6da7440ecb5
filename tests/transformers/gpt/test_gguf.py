"""The reader of GGUF: whole files are read, damaged ones refused by name."""

from __future__ import annotations

import resource
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse.transformers.gpt.gguf import GGUF, half, plain, q4_1, q8_0


def number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "little")


def text(word: str | bytes) -> bytes:
    raw = word.encode() if isinstance(word, str) else word
    return number(len(raw), 8) + raw


def setting(name: str, kind: int, value: bytes) -> bytes:
    return text(name) + number(kind, 4) + value


def tensor(
    name: str, shape: tuple[int, ...], kind: int = 0, offset: int = 0
) -> bytes:
    axes = b"".join(number(size, 8) for size in shape)
    return (
        text(name)
        + number(len(shape), 4)
        + axes
        + number(kind, 4)
        + number(offset, 8)
    )


def file_of(
    settings_: list[bytes],
    tensors: list[bytes],
    body: bytes = b"",
    counts: tuple[int, int] | None = None,
) -> bytes:
    held = counts or (len(tensors), len(settings_))
    header = b"GGUF" + number(3, 4) + number(held[0], 8) + number(held[1], 8)
    header += b"".join(settings_) + b"".join(tensors)
    return header + bytes(-len(header) % 32) + body


NAMES = number(8, 4) + number(2, 8) + text("a") + text("bé")
WHOLE = file_of(
    [
        setting("general.architecture", 8, text("toy")),
        setting("toy.names", 9, NAMES),
        setting(
            "toy.sizes",
            9,
            number(5, 4) + number(3, 8) + struct.pack("<3i", 1, -2, 3),
        ),
        setting(
            "toy.deep",
            9,
            number(9, 4) + number(1, 8) + number(7, 4) + number(2, 8) + b"\1\0",
        ),
        setting("toy.rate", 12, struct.pack("<d", 0.5)),
    ],
    [
        tensor("one", (3, 2)),
        tensor("two", (2,), 1, 32),
        tensor("four", (32, 1), 3, 64),
    ],
    np.arange(6, dtype="<f4").tobytes().ljust(32, b"\0")
    + np.array([1, 2], "<f2").tobytes().ljust(32, b"\0")
    + np.array([0.5, -1], "<f2").tobytes()
    + bytes(range(16)),
)


def opened(folder: Path, data: bytes) -> GGUF:
    path = folder / "toy.gguf"
    path.write_bytes(data)
    return GGUF(path)


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    file = opened(tmp_path, WHOLE)
    assert file.settings == {
        "general.architecture": "toy",
        "toy.names": ["a", "bé"],
        "toy.sizes": [1, -2, 3],
        "toy.deep": [[True, False]],
        "toy.rate": 0.5,
    }
    assert file.read("one").tolist() == [[0, 1, 2], [3, 4, 5]]
    assert file.read("two").tolist() == [1, 2]
    assert file.read("four").shape == (1, 32)


HUGE = [2**31, 2**48, 2**63, 2**64 - 1]
DAMAGED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "toy.gguf: 4 × 1 bytes should follow byte 0, and 0 are left"),
    "another format": (b"PK\3\4" + bytes(99), r"toy\.gguf begins with b'PK"),
    "version 1": (b"GGUF" + number(1, 4) + bytes(99), "version 1; need a GGUF"),
    "big-endian": (b"GGUF" + bytes([0, 0, 0, 3]) + bytes(99), "version 50331648"),
    "alignment 0": (
        file_of([setting("general.alignment", 4, number(0, 4))], []),
        "the alignment is 0, and must be a multiple of 8",
    ),
    "alignment of text": (
        file_of([setting("general.alignment", 8, text("32"))], []),
        "the alignment is '32'",
    ),
    "kind 99": (file_of([setting("x", 99, bytes(8))], []), "no kind 99 of setting"),
    "list of kind 99": (
        file_of([setting("x", 9, number(99, 4) + number(1, 8) + bytes(64))], []),
        "no kind 99",
    ),
    "lists in lists": (
        file_of([setting("x", 9, (number(9, 4) + number(1, 8)) * 5000)], []),
        "no kind 9 of setting",
    ),
    "no text": (file_of([setting("x", 8, text(b"\xff\xfe"))], []), "is no text"),
    "type 12": (
        file_of([], [tensor("blk.0", (32,), 12)], bytes(99)),
        r"toy\.gguf: tensor 'blk\.0' has the type 12; this reader knows F32, F16",
    ),
    "half a block": (
        file_of([], [tensor("blk.0", (33,), 8)], bytes(99)),
        "tensor 'blk.0' has rows of 33 numbers, and its blocks 32",
    ),
    "many axes": (
        file_of([], [tensor("blk.0", (1,) * 5)], bytes(99)),
        "tensor 'blk.0' has 5 axes",
    ),
    "cut tensor": (WHOLE[:-1], "tensor 'four' ends at byte"),
    "offset beyond": (
        file_of([], [tensor("blk.0", (2,), 0, 2**63)], bytes(99)),
        "tensor 'blk.0' ends at byte",
    ),
}
for size in HUGE:
    DAMAGED |= {
        f"settings {size}": (
            file_of([], [], counts=(0, size)),
            "should follow byte 24",
        ),
        f"tensors {size}": (
            file_of([], [], counts=(size, 0)),
            "should follow byte 24",
        ),
        f"name of {size}": (
            file_of([number(size, 8) + bytes(9)], []),
            "should follow byte 32",
        ),
        f"list of {size} texts": (
            file_of([setting("x", 9, number(8, 4) + number(size, 8))], []),
            "should follow byte",
        ),
        f"list of {size} bytes": (
            file_of([setting("x", 9, number(0, 4) + number(size, 8))], []),
            "should follow byte",
        ),
        f"rows of {size}": (
            file_of([], [tensor("blk.0", (size,))], bytes(99)),
            "tensor 'blk.0' ends at byte",
        ),
        f"{size} rows of {size}": (
            file_of([], [tensor("blk.0", (size, size))], bytes(99)),
            "tensor 'blk.0' ends at byte",
        ),
    }


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_is_refused_by_name(case: str, tmp_path: Path) -> None:
    data, message = DAMAGED[case]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match=message) as caught:
        opened(tmp_path, data)
    assert "toy.gguf" in str(caught.value)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50_000  # kB: nothing was allocated that the file could not fill


@pytest.mark.parametrize("length", range(0, len(WHOLE) - 1, 7))
def test_a_file_cut_anywhere_is_refused(length: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^toy\.gguf"):
        opened(tmp_path, WHOLE[:length])


def test_a_tensor_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = opened(tmp_path, WHOLE)
    with pytest.raises(
        ValueError, match=r"toy\.gguf has no tensor 'three'; it has 3"
    ):
        file.read("three")
    file.path.write_bytes(WHOLE[:-4])  # cut after it was opened
    with pytest.raises(ValueError, match="tensor 'four' is cut off after 16 of 20"):
        file.read("four")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8)
        ),
        min_size=1,
        max_size=3,
    ),
    st.integers(0, len(WHOLE)),
)
def test_damaged_bytes_give_a_file_or_one_error(
    tmp_path_factory: Any, changes: list[tuple[int, bytes]], end: int
) -> None:
    data = bytearray(WHOLE)
    for place, new in changes:
        data[place : place + len(new)] = new
    path = tmp_path_factory.getbasetemp() / "toy.gguf"
    path.write_bytes(bytes(data[: end or None]))
    said, found = "toy.gguf", {}
    try:
        file = GGUF(path)
        found = {name: file.read(name) for name in file.tensors}
    except ValueError as error:
        said = str(error)
    assert said.startswith("toy.gguf")
    assert sum(array.size for array in found.values()) < 10 * len(WHOLE)


@pytest.mark.parametrize("decode", [plain, half, q8_0, q4_1])
def test_half_a_number_is_refused(decode: Any) -> None:
    assert decode(b"").tolist() == []
    with pytest.raises(ValueError, match="3 bytes are no whole number of blocks"):
        decode(b"abc")


def test_blocks_are_decoded_as_the_format_says() -> None:
    rng = np.random.default_rng(0)
    scale, least = np.float16(0.25), np.float16(-1.5)
    numbers = rng.integers(0, 16, 32)
    packed = bytes(
        int(a) | int(b) << 4 for a, b in zip(*numbers.reshape(2, 16), strict=True)
    )
    raw = scale.tobytes() + least.tobytes() + packed
    expected = 0.25 * numbers - 1.5
    assert q4_1(raw * 2).tolist() == [*expected, *expected]
    signed = rng.integers(-128, 128, 32).astype(np.int8)
    assert q8_0(scale.tobytes() + signed.tobytes()).tolist() == list(0.25 * signed)
    assert half(np.float16([1.5, -2]).tobytes()).tolist() == [1.5, -2]
