"""From letters to sounds: CMUdict as a task, its split and its two error rates.

**Cleaning.**  Words of letters, apostrophes and hyphens; sounds are ARPAbet's 39
without their stress marks; variants that differ in stress alone count as one.

**Split.**  By word: all pronunciations of a word are on one side.  The words are
ordered by a hash of their spelling; the first 12,000 are the test words, the next
2,500 are for validation.  Many papers report on the split of the PRONALSYL
challenge of 2007, made from an older version of the dictionary; it is not part of
the release, so its words are not these, and figures on newer versions are higher.
Inflected forms of a training word may be test words here.

**Measures.**  As in those papers, an output is compared with the nearest of a
word's reference pronunciations.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.neural.seq2seq.symbols import Symbols

TEST_WORDS, VALIDATION_WORDS = 12_000, 2_500
ARPABET = (
    *("AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY"),
    *("F", "G", "HH", "IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY", "P"),
    *("R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH"),
)
LETTERS = Symbols("'-abcdefghijklmnopqrstuvwxyz")
SOUNDS = Symbols(ARPABET)

Sounds = tuple[str, ...]
Lexicon = dict[str, list[Sounds]]  # word → its pronunciations


@dataclass(frozen=True)
class PronunciationSplit:
    """Words with all their pronunciations; no word is on two sides."""

    train: Lexicon
    validation: Lexicon
    test: Lexicon


def clean(entries: Mapping[str, Sequence[Sequence[str]]]) -> Lexicon:
    """Return the usable words with their distinct pronunciations, without stress.

    >>> clean({"a": [["AH0"], ["EY1"]], "a.d.": [["EY2", "D", "IY1"]]})
    {'a': [('AH',), ('EY',)]}
    """
    return {
        word: list(
            dict.fromkeys(tuple(s.rstrip("012") for s in p) for p in variants)
        )
        for word, variants in entries.items()
        if re.fullmatch(r"[a-z'-]+", word)
    }


def hashed(text: str) -> str:
    """Return a fixed, even spread of texts: the BLAKE2 hash of *text*."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=1)
def pronunciations() -> PronunciationSplit:
    """Return CMUdict, cleaned and split by word; see the head of this file."""
    lexicon = clean(corpora.cmudict())
    order = sorted(lexicon, key=hashed)
    held_out = TEST_WORDS + VALIDATION_WORDS
    parts = order[held_out:], order[TEST_WORDS:held_out], order[:TEST_WORDS]
    train, validation, test = ({w: lexicon[w] for w in sorted(p)} for p in parts)
    return PronunciationSplit(train, validation, test)


def pairs(lexicon: Lexicon) -> list[tuple[str, Sounds]]:
    """Return one pair for every pronunciation of every word, for training.

    >>> pairs({"a": [("AH",), ("EY",)]})
    [('a', ('AH',)), ('a', ('EY',))]
    """
    return [
        (word, sounds) for word, variants in lexicon.items() for sounds in variants
    ]


def edit_distance(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the fewest edits of single symbols that make *first* into *second*.

    >>> edit_distance("K AE T".split(), "B AE T S".split())
    2
    """
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(second, start=1):
            kept = diagonal + (a != b)
            diagonal = row[j]
            row[j] = min(kept, row[j] + 1, row[j - 1] + 1)
    return row[-1]


def beside_dictionary(word: str, said: Sequence[str], lexicon: Lexicon) -> str:
    """Return what the dictionary says to a pronunciation: a tick, or what it has.

    >>> beside_dictionary("at", ["AE", "T"], {"at": [("AE", "T")]})
    '✓'
    >>> beside_dictionary("at", ["AH", "T"], {"at": [("AE", "T")]})
    '✗ it has AE T'
    >>> beside_dictionary("zat", ["Z", "AE", "T"], {"at": [("AE", "T")]})
    'not in it'
    """
    if word not in lexicon:
        return "not in it"
    if tuple(said) in lexicon[word]:
        return "✓"
    return f"✗ it has {' or '.join(' '.join(p) for p in lexicon[word])}"


@dataclass(frozen=True)
class ErrorRates:
    """Phoneme and word error rate, from 0 to 1 (the first may pass 1)."""

    phoneme: float
    word: float


def error_rates(
    outputs: Mapping[str, Sequence[str]], lexicon: Mapping[str, Sequence[Sounds]]
) -> ErrorRates:
    """Compare one output for each word with its nearest pronunciation.

    Args:
        outputs: word → sounds that a model says.
        lexicon: the reference pronunciations of (at least) those words.

    Returns:
        Edits per reference sound (all words together), and the share of words with
        an edit.

    Raises:
        ValueError: there are no outputs, or a word of theirs has no pronunciation.

    Source: the measures of Bisani and Ney (2008, section 4), whose reference with
        the smallest edit distance is the one that counts.

    >>> outputs = {"a": ["EY"], "at": ["AE", "D"]}
    >>> error_rates(outputs, {"a": [("AH",), ("EY",)], "at": [("AE", "T")]})
    ErrorRates(phoneme=0.3333333333333333, word=0.5)
    """
    if not outputs:
        raise ValueError("no outputs to compare; give at least one word")
    for word in outputs:
        if not any(lexicon.get(word, ())):
            raise ValueError(
                f"the lexicon has no pronunciation of {word!r} to compare"
            )
    edits = sounds = wrong = 0
    for word, output in outputs.items():
        distance, length = min(
            (edit_distance(output, reference), len(reference))
            for reference in lexicon[word]
        )
        edits += distance
        sounds += length
        wrong += distance > 0
    return ErrorRates(edits / sounds, wrong / len(outputs))
