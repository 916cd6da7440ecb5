"""From English to Spanish: Tatoeba's sentence pairs as a task.

**Cleaning.**  Unicode NFC, straight quotation marks and apostrophes, single spaces;
pairs that are then equal count once; sentences of more than 30 words are left out.

**Split.**  By English sentence, compared without case and punctuation: no test
sentence is a training sentence, not even with another mark at its end.  The
sentences are ordered by a hash; the first 4,000 are for the test, the next 2,000
for validation.  Tatoeba's authors like to vary one sentence ("Tom is … ."), so many
test sentences have near relatives in training, and a Spanish test sentence may be
the translation of another English one: scores here are higher than on news.

**Pieces.**  One byte-pair vocabulary for both languages, learnt by chapter 02's own
code on the training sentences.  A byte-pair vocabulary knows every byte, so there
is no unknown piece.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.neural.seq2seq.pronunciation import hashed
from nlpcourse.neural.seq2seq.symbols import END, SPECIALS
from nlpcourse.text.tokenization.bpe import to_ranks
from nlpcourse.text.tokenization.fast import Tokenizer, train_fast
from nlpcourse.text.tokenization.gpt import gpt4_split

TEST_SENTENCES, VALIDATION_SENTENCES = 4_000, 2_000
LONGEST = 30  # words of a sentence
PIECES = 4_000  # of the vocabulary, the special ones among them
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " "})


@dataclass(frozen=True)
class Sentence:
    """An English sentence with all its Spanish translations."""

    english: str
    spanish: tuple[str, ...]


@dataclass(frozen=True)
class TranslationSplit:
    """Sentences for three uses; no English one is on two sides."""

    train: list[Sentence]
    validation: list[Sentence]
    test: list[Sentence]


def normalise(text: str) -> str:
    """Return *text* with composed letters, straight quotes and single spaces.

    >>> normalise("Don’t  go. ")
    "Don't go."
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(_QUOTES).split())


def bare(english: str) -> str:
    """Return a sentence without case and punctuation: what the split compares.

    >>> bare("Don't go!") == bare("Don't go.")
    True
    """
    return " ".join(re.findall(r"[\w']+", english.lower()))


@lru_cache(maxsize=1)
def sentences() -> TranslationSplit:
    """Return Tatoeba's English sentences with translations, split by a hash."""
    translations: dict[str, dict[str, None]] = {}
    for english, spanish in corpora.tatoeba_es():
        english, spanish = normalise(english), normalise(spanish)
        if max(len(english.split()), len(spanish.split())) <= LONGEST:
            translations.setdefault(english, {})[spanish] = None
    order = sorted({bare(english) for english in translations}, key=hashed)
    side = dict.fromkeys(order, "train")
    held_out = TEST_SENTENCES + VALIDATION_SENTENCES
    side.update(dict.fromkeys(order[:held_out], "validation"))
    side.update(dict.fromkeys(order[:TEST_SENTENCES], "test"))
    parts: dict[str, list[Sentence]] = {"train": [], "validation": [], "test": []}
    taken = set()
    for english, found in translations.items():
        part, key = side[bare(english)], bare(english)
        if part != "train" and key in taken:
            continue  # the same words with another mark
        taken.add(key)
        parts[part].append(Sentence(english, tuple(found)))
    return TranslationSplit(**parts)


class Pieces:
    """The joint byte-pair vocabulary, numbered after the special symbols.

    Args:
        tokenizer: chapter 02's byte-pair tokenizer.

    >>> pieces = Pieces(Tokenizer(to_ranks([(b" ", b"I")]), gpt4_split))
    >>> numbers = pieces.encode("I go.")
    >>> pieces.decode(numbers), pieces.spell(numbers)[:3]
    ('I go.', [' I', ' ', 'g'])
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Keep the tokenizer; its first piece gets the number after ``END``."""
        self.tokenizer = tokenizer

    def __len__(self) -> int:
        return len(self.tokenizer.ranks) + len(SPECIALS)

    def encode(self, text: str) -> list[int]:
        """Return the numbers of a sentence's pieces; a space is put before it."""
        return [
            i + len(SPECIALS) for i in self.tokenizer.encode(f" {normalise(text)}")
        ]

    def decode(self, numbers: Sequence[int]) -> str:
        """Return the text of piece numbers, without the special ones."""
        ids = [n - len(SPECIALS) for n in numbers if n > END]
        return self.tokenizer.decode(ids).strip()

    def spell(self, numbers: Sequence[int]) -> list[str]:
        """Return every piece as text; ``�`` stands for half a character."""
        token_of = self.tokenizer.token_of
        return [
            SPECIALS[n]
            if n <= END
            else token_of[n - len(SPECIALS)].decode("utf-8", "replace")
            for n in numbers
        ]


@lru_cache(maxsize=1)
def pieces() -> Pieces:
    """Return the vocabulary learnt from both sides of the training sentences."""
    train = sentences().train
    texts = [s.english for s in train] + [t for s in train for t in s.spanish]
    chunks = [chunk.encode() for text in texts for chunk in gpt4_split(f" {text}")]
    merges = train_fast(chunks, PIECES - 256 - len(SPECIALS))
    return Pieces(Tokenizer(to_ranks(merges), gpt4_split))


def training_pairs() -> list[tuple[list[int], list[int]]]:
    """Return the piece numbers of every training pair, one for each translation."""
    vocabulary = pieces()
    return [
        (vocabulary.encode(sentence.english), vocabulary.encode(spanish))
        for sentence in sentences().train
        for spanish in sentence.spanish
    ]


def corpus_bleu(
    outputs: Sequence[str], references: Sequence[Sequence[str]]
) -> float:
    """Return sacrebleu's corpus BLEU, 0 to 100, against all references.

    Tokenised by sacrebleu's 13a, case kept, its default (exponential) smoothing.

    Args:
        outputs: one translation for each sentence.
        references: all the translations of each sentence.

    Raises:
        ValueError: the numbers of outputs and of sentences differ or are zero, or a
            sentence has no translation.

    >>> round(corpus_bleu(["Yo no lo sé ."], [["No lo sé.", "Yo no lo sé."]]), 1)
    100.0
    """
    import sacrebleu

    if len(outputs) != len(references):
        raise ValueError(f"{len(outputs)} outputs but {len(references)} sentences")
    if not len(outputs) or not all(map(len, references)):
        raise ValueError(
            "every output needs a reference, and there must be an output"
        )
    most = max(map(len, references))
    streams = [
        [r[k] if k < len(r) else None for r in references] for k in range(most)
    ]
    return float(sacrebleu.corpus_bleu(list(outputs), streams).score)
