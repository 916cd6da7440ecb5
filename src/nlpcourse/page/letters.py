"""Bytes that a reader can look at: whole characters, and numbers for what is none.

A byte-level vocabulary may cut a character in two.  Half a character is no text, and ``�`` tells
a reader nothing, so pieces are joined to the letter, and what stays half is shown as bytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable


def unfinished(data: bytes) -> bool:
    """Say whether bytes end inside a character that further bytes could complete.

    >>> unfinished("é".encode()[:1]), unfinished("é".encode()), unfinished(b"\\xff")
    (True, False, False)
    >>> unfinished(b"\\xc2\\xc2")  # the first is lost, the second still begins one
    True
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(data)
    return bool(decoder.getstate()[0])  # what it keeps until more bytes come


def shown(data: bytes) -> str:
    """Return bytes as text, and those that are no character as numbers.

    >>> shown("naïve".encode()), shown(b"a\\xe6\\x97")
    ('naïve', 'a‹E6›‹97›')
    """
    return re.sub(
        "[\udc80-\udcff]",
        lambda byte: f"‹{ord(byte[0]) - 0xDC00:02X}›",
        data.decode("utf-8", "surrogateescape"),
    )


def whole(pieces: Iterable[bytes]) -> list[str]:
    """Return pieces as texts; those that share a character are joined to one.

    >>> whole([b"a", *(bytes([byte]) for byte in "é日".encode()), b"\\xe6", b"\\n"])
    ['a', 'é', '日', '‹E6›\\n']
    """
    found: list[str] = []
    begun = b""
    for piece in pieces:
        begun += piece
        if not unfinished(begun):
            found.append(shown(begun))
            begun = b""
    return found + [shown(begun)] * bool(begun)
