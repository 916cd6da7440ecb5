"""From characters to bytes and back: UTF-8 by hand, and how to read a file that does not say.

What this file does not handle: encodings of the East before Unicode (Shift-JIS, Big5, GB 18030),
which no rule as short as :func:`decode` can tell apart.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
"""Byte-order marks, and the codec that reads what follows each of them."""


def utf8(text: str) -> bytes:
    r"""Return *text* in UTF-8: one to four bytes for each code point.

    The first byte says how many follow; each byte that follows begins with the bits 10 and
    carries six bits (RFC 3629, section 3).

    Raises:
        ValueError: the text holds half of a surrogate pair, which is no character.

    >>> utf8("é€")
    b'\xc3\xa9\xe2\x82\xac'
    """
    encoded = []
    for character in text:
        point = ord(character)
        if 0xD800 <= point <= 0xDFFF:
            raise ValueError(
                f"U+{point:04X} is half of a surrogate pair and no character; "
                "where does the text come from?"
            )
        if point < 0x80:
            encoded.append(point)
            continue
        following = 1 if point < 0x800 else 2 if point < 0x10000 else 3
        lead = (0b11000000, 0b11100000, 0b11110000)[following - 1]
        encoded.append(lead | point >> 6 * following)
        for k in reversed(range(following)):
            encoded.append(0b10000000 | point >> 6 * k & 0b00111111)
    return bytes(encoded)


@dataclass(frozen=True)
class Decoded:
    """A text, and the name of the encoding in which its bytes were read."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    r"""Read bytes whose encoding nobody has told you: a mark, else UTF-8, else Latin-1.

    UTF-8 goes first because it refuses what is not UTF-8.  Latin-1 goes last because it refuses
    nothing.

    Raises:
        ValueError: a byte-order mark promises an encoding that the rest does not keep.

    >>> decode(b"na\xefve"), decode(b"na\xc3\xafve")
    (Decoded(text='naïve', encoding='latin-1'), Decoded(text='naïve', encoding='utf-8'))
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data.decode(name), name)
            except UnicodeDecodeError as error:
                raise ValueError(
                    f"the mark at the start says {name}, but byte {error.start} "
                    f"says {error.reason}; is the file cut short?"
                ) from None
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return Decoded(data.decode("latin-1"), "latin-1")
