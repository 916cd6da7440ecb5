"""What a reader calls one character, though it may be several code points.

The rule is a short part of Unicode's annex 29 (grapheme cluster boundaries).  What it does not
handle: Korean letters that are written one by one, and the conjuncts of Indian scripts.
"""

from __future__ import annotations

import unicodedata

JOINER = "\u200d"
"""ZERO WIDTH JOINER: what stands on its two sides is one picture."""


def joins_before(character: str) -> bool:
    """Say whether a code point belongs to the one before it: an accent, a sign, a skin tone.

    >>> joins_before("\u0301"), joins_before("🏽"), joins_before("e")
    (True, True, False)
    """
    if len(character) != 1:
        raise ValueError(f"{character!r} is not one code point; pass one at a time")
    is_mark = unicodedata.category(character) in ("Mn", "Me", "Mc")
    return is_mark or character == JOINER or "🏻" <= character <= "🏿"


def _is_picture(character: str) -> bool:
    """Say whether a code point is a symbol such as an emoji, and no letter of a flag."""
    is_symbol = unicodedata.category(character) == "So"
    return is_symbol and not _is_flag_letter(character)


def _is_flag_letter(character: str) -> bool:
    """Say whether a code point is one of the letters of which two make a flag."""
    return "🇦" <= character <= "🇿"


def graphemes(text: str) -> list[str]:
    r"""Cut *text* into what a reader calls characters.

    A code point stays with the cluster before it when it joins, when a joiner glues it as a
    picture to a picture, or when it is the second letter of a flag.

    >>> [len(cluster) for cluster in graphemes("cafe\u0301 👩🏽‍🚀🇫🇷")]
    [1, 1, 1, 2, 1, 4, 2]
    """
    clusters: list[str] = []
    for character in text:
        last = clusters[-1] if clusters else "\n"
        is_control = unicodedata.category(last[-1]) in ("Cc", "Zl", "Zp")
        glued = joins_before(character) and not is_control
        if last[-1] == JOINER and _is_picture(last[0]):
            glued = glued or _is_picture(character)
        if len(last) == 1 and _is_flag_letter(last):
            glued = glued or _is_flag_letter(character)
        if glued or last + character == "\r\n":
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def described(character: str) -> str:
    """Return the number and the name of a code point, as Unicode writes them.

    Raises:
        ValueError: it is not one code point.

    >>> described("é")
    'U+00E9 LATIN SMALL LETTER E WITH ACUTE'
    """
    if len(character) != 1:
        raise ValueError(f"{character!r} is not one code point; pass one at a time")
    name = unicodedata.name(character, "(without a name)")
    return f"U+{ord(character):04X} {name}"
