"""A small language model that writes film opinions, word by word.

To this chapter a language model is a box: it is given the words so far and returns a probability
for every word that may come next.  Inside is chapter 31's decoder.

The letters in the comments are B (texts), T (words of a text) and V (words of the vocabulary).
"""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from nlpcourse import corpora
from nlpcourse.corpora.records import RatedText
from nlpcourse.statistics.naive_bayes.features import words
from nlpcourse.transformers.gpt.model import Cache
from nlpcourse.transformers.gpt.sampling import Reader

END, UNKNOWN = 0, 1
"""The number that begins and ends every text, and the number of all words outside."""

LONGEST = 16
"""Steps of writing an opinion: as many words at most, less the end that stands behind them."""


class Vocabulary:
    """The most frequent words, numbered from 2; 0 ends a text, 1 is any other word.

    >>> vocabulary = Vocabulary(["a", "film"])
    >>> vocabulary.encode(["a", "boring", "film"])
    [2, 1, 3]
    >>> vocabulary.decode([0, 2, 3, 0, 2])
    'a film'
    """

    def __init__(self, known: Sequence[str]) -> None:
        """Number the words in their order."""
        self.words = ["<end>", "<unk>", *known]
        self.number = {word: n for n, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]], size: int) -> Vocabulary:
        """Keep the *size* most frequent words (of equals the first in the alphabet)."""
        counts = Counter(word for document in documents for word in document)
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        return cls(ranked[:size])

    def encode(self, document: Sequence[str]) -> list[int]:
        """Return the numbers of the words."""
        return [self.number.get(word, UNKNOWN) for word in document]

    def document(self, ids: Iterable[int]) -> list[str]:
        """Return the words of the numbers up to the first end (the one that begins aside)."""
        found: list[str] = []
        for place, number in enumerate(int(n) for n in ids):
            if number == END and place > 0:
                break
            if number != END:
                found.append(self.words[number])
        return found

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of the numbers up to the first end."""
        return " ".join(self.document(ids))


@lru_cache(maxsize=1)
def opinions() -> tuple[RatedText, ...]:
    """Return the film sentences that people rated, in the order of the file."""
    return tuple(corpora.sentiment_4("movie"))


@lru_cache(maxsize=1)
def vocabulary(size: int = 1000) -> Vocabulary:
    """Return the vocabulary of the film sentences."""
    return Vocabulary.of((words(one.text) for one in opinions()), size)


@dataclass(frozen=True)
class Written:
    """Texts that a policy wrote.

    Attributes:
        ids: (B, T + 2), each begins and ends with the mark of an end.
        log_probs: (B, T), log π of each word when it was written; 0 after the end.
        mask: (B, T), 1 for words of the text and for its end if it was chosen, else 0.
    """

    ids: Tensor
    log_probs: Tensor
    mask: Tensor

    def __len__(self) -> int:
        return len(self.ids)


def as_lines(written: Written, width: int = 80) -> str:
    """Return texts one below the other, each behind a dot and no wider than *width*.

    Raises:
        ValueError: *width* leaves no room.
    """
    if width < 20:
        raise ValueError(f"{width} columns leave no room; give 20 or more")
    texts = (vocabulary().decode(ids) for ids in written.ids)
    return "\n".join(
        textwrap.fill(text, width, initial_indent="· ", subsequent_indent="  ")
        for text in texts
    )


def next_log_probs(logits: Tensor) -> Tensor:
    """Return log probabilities of the next word, (…, V); a text never holds ``<unk>``.

    Raises:
        ValueError: there are no logits for a vocabulary.
    """
    if logits.dim() == 0 or logits.shape[-1] <= UNKNOWN + 1:
        raise ValueError(
            f"logits of shape {tuple(logits.shape)} score no vocabulary; "
            "give (…, V) with V above 2"
        )
    forbidden = torch.zeros(logits.shape[-1], dtype=torch.bool)
    forbidden[UNKNOWN] = True
    return logits.masked_fill(forbidden, -math.inf).log_softmax(dim=-1)


@torch.no_grad()
def write(policy: Reader, count: int, longest: int = LONGEST) -> Written:
    """Let the policy write *count* texts, a word of each at a time.

    The last word of a text that has not ended before is its end; nobody chose it, so its log
    probability counts as 0.  The draws come from PyTorch's own generator.

    Args:
        policy: the language model.
        count: texts to write.
        longest: words of a text at most, its end included.

    Raises:
        ValueError: *count* or *longest* is below 1.
    """
    if count < 1 or longest < 1:
        raise ValueError(
            f"{count} texts of {longest} words can't be written; ask for 1 or more"
        )
    cache = Cache()
    fresh = torch.full((count, 1), END)
    ids, log_probs, mask = [fresh], [], []
    alive = torch.ones(count)  # texts that have not ended
    for _ in range(longest - 1):
        shares = next_log_probs(policy(fresh, cache)[:, -1])  # (B, V)
        fresh = torch.multinomial(shares.exp(), 1)  # (B, 1)
        fresh = fresh.masked_fill(alive[:, None] == 0, END)
        ids.append(fresh)
        log_probs.append(shares.gather(1, fresh)[:, 0] * alive)
        mask.append(alive)
        alive = alive * (fresh[:, 0] != END)
    ids.append(torch.full((count, 1), END))
    return Written(
        torch.cat(ids, dim=1),
        torch.stack(log_probs, dim=1) if log_probs else torch.zeros(count, 0),
        torch.stack(mask, dim=1) if mask else torch.zeros(count, 0),
    )


def log_probs_of(policy: Reader, written: Written) -> Tensor:
    """Return log π of every word under a policy, (B, T); 0 after the end of a text."""
    logits = policy(written.ids[:, :-2], None)  # (B, T, V)
    shares = next_log_probs(logits)
    found = shares.gather(2, written.ids[:, 1:-1, None])[..., 0]
    return found * written.mask
