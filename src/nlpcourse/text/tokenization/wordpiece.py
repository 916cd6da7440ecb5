"""WordPiece: the tokenizer of BERT, which reads each word by its longest known beginning.

Schuster and Nakajima (2012) introduced it; BERT (Devlin et al. 2019) made it known.  A piece inside
a word is written with ``##`` before it.  What this file leaves out: BERT's special tokens such as
``[CLS]``, and the code that made BERT's vocabulary, which Google kept: the paper joins the pair
that raises the likelihood of the text most, and :func:`train` follows the usual reading of that
rule.  What Google did publish, TensorFlow Text's vocabulary builder, works the other way round: it
keeps the substrings that are frequent enough, the longest first.

**Unicode.**  ``tokenizers``, the oracle, has tables of an older Unicode than Python's; on marks and
punctuation signs that came after them (from 2016 on) the two differ.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Set
from itertools import pairwise

from nlpcourse.text.tokenization.bpe import check_merges, merge_pair
from nlpcourse.text.tokenization.words import checked_counts

UNKNOWN = "[UNK]"
LONGEST_WORD = 100  # characters; BERT takes longer words for unknown


def encode_word(word: str, vocabulary: Set[str]) -> list[str]:
    """Return the pieces of *word*: its longest known beginning, then the longest of the rest.

    A word that cannot be spelt to its end is ``[UNK]`` as a whole.

    >>> encode_word("tokens", {"to", "token", "##s", "##ken"})
    ['token', '##s']
    >>> encode_word("tokenize", {"to", "token", "##s", "##ken"})
    ['[UNK]']
    """
    if len(word) > LONGEST_WORD:
        return [UNKNOWN]
    pieces: list[str] = []
    start = 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):  # the longest first
            if (piece := prefix + word[start:end]) in vocabulary:
                pieces.append(piece)
                start = end
                break
        else:  # not even one character is known
            return [UNKNOWN]
    return pieces


def bert_words(text: str) -> list[str]:
    """Return the words of *text* as uncased BERT sees them.

    Lower case, accents stripped, control characters dropped, each punctuation mark and each
    Chinese character a word of its own.

    >>> bert_words("The café's open!")
    ['the', 'cafe', "'", 's', 'open', '!']
    """
    spaced: list[str] = []
    for character in unicodedata.normalize("NFD", _clean(text)):
        if unicodedata.category(character) == "Mn":
            continue
        for lowered in character.lower():
            alone = _is_punctuation(lowered) or _is_chinese(lowered)
            spaced.append(f" {lowered} " if alone else lowered)
    return "".join(spaced).split()


def encode(text: str, vocabulary: Set[str]) -> list[str]:
    """Return the pieces of all words of *text*, as uncased BERT does.

    >>> encode("No tokens!", {"no", "token", "##s", "!"})
    ['no', 'token', '##s', '!']
    """
    return [
        piece
        for word in bert_words(text)
        for piece in encode_word(word, vocabulary)
    ]


def pair_scores(
    words: Mapping[tuple[str, ...], int],
) -> dict[tuple[str, str], float]:
    """Return count(xy) / (count(x) · count(y)) for every pair of neighbouring pieces.

    Words that are counted 0 times have no pairs.

    >>> pair_scores({("h", "##u", "##g"): 10, ("h", "##u"): 5})[("##u", "##g")]
    0.0666...
    """
    pieces: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for word, weight in words.items():
        for piece in word:
            pieces[piece] += weight
        for pair in pairwise(word):
            pairs[pair] += weight
    return {(x, y): n / (pieces[x] * pieces[y]) for (x, y), n in pairs.items() if n}


def train(word_counts: Mapping[str, int], n_merges: int) -> list[str]:
    """Return a WordPiece vocabulary: the characters, then *n_merges* pieces in order of birth.

    Each step joins the pair with the highest score, not the highest count; of equal scores the pair
    that comes first in the alphabet.

    Raises:
        ValueError: a count is negative or no number, or *n_merges* is negative.

    >>> train({"hug": 10, "pug": 5, "hugs": 5}, n_merges=2)
    ['##g', '##s', '##u', 'h', 'p', '##gs', '##ug']
    """
    check_merges(n_merges)
    words = {
        tuple(c if i == 0 else f"##{c}" for i, c in enumerate(word)): count
        for word, count in checked_counts(word_counts).items()
    }
    vocabulary = sorted({piece for word in words for piece in word})
    for _ in range(n_merges):
        scores = pair_scores(words)
        if not scores:
            break
        best = min(scores, key=lambda pair: (-scores[pair], pair))
        merged = best[0] + best[1].removeprefix("##")
        words = {tuple(merge_pair(w, best, merged)): n for w, n in words.items()}
        if merged not in vocabulary:
            vocabulary.append(merged)
    return vocabulary


def _clean(text: str) -> str:
    """Turn white space into spaces and drop what is no character to read.

    What Python's Unicode does not know yet ("Cn") stays: it may be a younger emoji.
    """
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if character in "\t\n\r":
            kept.append(" ")
        elif character not in "\0\ufffd" and (
            category[0] != "C" or category == "Cn"
        ):
            kept.append(" " if character.isspace() else character)
    return "".join(kept)


def _is_punctuation(character: str) -> bool:
    """Say whether BERT takes *character* for punctuation; in ASCII that is every mark."""
    is_ascii_mark = (
        character.isascii() and character.isprintable() and not character.isalnum()
    )
    return (is_ascii_mark and character != " ") or unicodedata.category(character)[
        0
    ] == "P"


def _is_chinese(character: str) -> bool:
    code = ord(character)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0x20000 <= code <= 0x2A6DF
        or 0x2A700 <= code <= 0x2B73F
        or 0x2B740 <= code <= 0x2B81F
        or 0x2B820 <= code <= 0x2CEAF
        or 0xF900 <= code <= 0xFAFF
        or 0x2F800 <= code <= 0x2FA1F
    )
