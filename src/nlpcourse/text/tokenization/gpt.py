r"""GPT-4's way to cut a text into chunks, and its vocabulary ``cl100k_base``.

The pattern asks for *any letter* (``\p{L}``) and *any number* (``\p{N}``).  Python's ``re`` has no
such classes, so this file builds them from :mod:`unicodedata`.  ``tiktoken`` 0.14 knows Unicode 16,
Python 3.11 knows Unicode 14: the letters and numbers that came between stand in two short tables.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from nlpcourse.text.tokenization.fast import Tokenizer

# The split pattern of cl100k_base as tiktoken writes it, for engines that know Unicode's classes.
CL100K_PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
# The same for Python's re; SPACE, LETTER and NUMBER stand for the inside of a class.
GPT4 = r"""
    '(?i:[sdmt]|ll|ve|re)                   # 's 't 'll: English tails
  | [^\r\n LETTER NUMBER]?+ [LETTER]++      # a word, one mark before it
  | [NUMBER]{1,3}+                          # at most three digits
  | [\ ]?[^SPACE LETTER NUMBER]++ [\r\n]*+  # punctuation
  | [SPACE]++ \Z                            # white space: at the end,
  | [SPACE]* [\r\n]                         #   up to a new line,
  | [SPACE]+ (?![^SPACE])                   #   a run but for its last,
  | [SPACE]                                 #   or that last one
"""
# White_Space in Unicode; Python's \s also takes the four separators U+001C to U+001F.
SPACES = r"\t-\r\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
BEYOND = 0x33480  # no letter and no number has a higher code point
# First and last code points of what Unicode 15 to 16 added to the letters and to the numbers.
NEW_LETTERS = (
    "1c89-1c8a a7cb-a7cd a7da-a7dc 105c0-105f3 10d4a-10d65 10d6f-10d85 10ec2-10ec4 1123f-11240 "
    "11380-11389 1138b 1138e 11390-113b5 113b7 113d1 113d3 11bc0-11be0 11f02 11f04-11f10 "
    "11f12-11f33 1342f 13441-13446 13460-143fa 16100-1611d 16d40-16d6c 18cff 1b132 1b155 "
    "1df25-1df2a 1e030-1e06d 1e4d0-1e4eb 1e5d0-1e5ed 1e5f0 2b739 2ebf0-2ee5d 31350-323af"
)
NEW_NUMBERS = (
    "10d40-10d49 116d0-116e3 11bf0-11bf9 11f50-11f59 16130-16139 16d70-16d79 1ccf0-1ccf9 "
    "1d2c0-1d2d3 1e4f0-1e4f9 1e5f1-1e5fa"
)


def character_class(category: str, highest: int, newer: str = "") -> str:
    r"""Return the inside of a ``[...]`` that holds all characters of a Unicode category.

    Args:
        category: the first letter of the category, such as ``"L"`` for letters.
        highest: the last code point to look at.
        newer: ranges of code points to add, in hexadecimal.

    Raises:
        ValueError: *category* is the first letter of none.

    >>> character_class("N", highest=0x7F)
    '0-9'
    >>> character_class("L", highest=0xFF)
    'A-Za-zªµºÀ-ÖØ-öø-ÿ'
    """
    if category not in {*"LMNPSZC"}:
        raise ValueError(
            f"no category begins with {category!r}; take one of L M N P S Z C"
        )
    added: set[int] = set()
    for span in newer.split():
        first, _, last = span.partition("-")
        added.update(range(int(first, 16), int(last or first, 16) + 1))
    spans: list[list[int]] = []
    for code in range(min(highest + 1, BEYOND)):
        if unicodedata.category(chr(code))[0] == category or code in added:
            if spans and spans[-1][1] == code - 1:
                spans[-1][1] = code
            else:
                spans.append([code, code])
    return "".join(f"{chr(a)}-{chr(b)}" if a < b else chr(a) for a, b in spans)


@cache
def gpt4_pattern(highest: int = 0x10FFFF) -> re.Pattern[str]:
    """Return GPT-4's split pattern for texts whose code points do not exceed *highest*.

    A class for all the letters of the world is slow on a character that it does not hold; a text
    in English does not need it.  The classes hold at least those of ASCII.
    """
    highest = max(highest, 0x7F)
    inside = {
        "SPACE": SPACES,
        "LETTER": character_class("L", highest, NEW_LETTERS),
        "NUMBER": character_class("N", highest, NEW_NUMBERS),
    }
    # in a class, a space is a space
    pattern = re.sub(r"[ ](?=LETTER|NUMBER)", "", GPT4)
    return re.compile(
        re.sub("SPACE|LETTER|NUMBER", lambda name: inside[name[0]], pattern),
        re.VERBOSE,
    )


def gpt4_split(text: str) -> list[str]:
    """Cut *text* into chunks as GPT-4 does; the chunks joined are the text.

    >>> gpt4_split("Don't pay 12345 for  it!")
    ['Don', "'t", ' pay', ' ', '123', '45', ' for', ' ', ' it', '!']
    """
    if text.isascii():
        return gpt4_pattern(0x7F).findall(text)
    return gpt4_pattern(0xFFFF if max(text) <= "\uffff" else 0x10FFFF).findall(text)


def read_ranks(data: bytes) -> dict[bytes, int]:
    """Parse a ``.tiktoken`` file: on each line a token in base 64 and its rank.

    Raises:
        ValueError: a line that is none; the message names it.

    >>> read_ranks(b"IQ== 0\\nIg== 1\\n")
    {b'!': 0, b'"': 1}
    """
    ranks = {}
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            try:
                token, rank = line.split()
                ranks[base64.b64decode(token, validate=True)] = int(rank)
            except ValueError:
                raise ValueError(
                    f"line {number} of the vocabulary is {line[:40]!r}; expected a token in "
                    "base 64, a space and its rank"
                ) from None
    return ranks


def gpt4_tokenizer(ranks: Mapping[bytes, int]) -> Tokenizer:
    """Return the tokenizer of GPT-4 over *ranks*: those of ``cl100k_base``, or your own."""
    return Tokenizer(ranks, gpt4_split)
