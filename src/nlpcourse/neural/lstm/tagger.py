"""A part-of-speech tagger that reads every sentence from both ends.

Words come in three guises (the word, its last letters, its shape), so that a word never seen in
training still tells something.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nlpcourse import corpora
from nlpcourse.neural.lstm.layers import open_forget_gates

Tagged = list[tuple[str, str]]
IGNORE = -100  # the tag of padding: torch's cross entropy leaves it out


@lru_cache(maxsize=1)
def brown_split() -> tuple[list[Tagged], list[Tagged]]:
    """Return Brown's sentences for training and for testing: every tenth one is for testing."""
    sentences = corpora.brown(marks=False)
    train = [s for number, s in enumerate(sentences) if number % 10 != 9]
    return train, sentences[9::10]


def most_frequent_tags(sentences: Iterable[Tagged]) -> tuple[dict[str, str], str]:
    """Return each word's most frequent tag, and the most frequent tag of all for other words.

    Raises:
        ValueError: there are no tagged words.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    overall: Counter[str] = Counter()
    for sentence in sentences:
        for word, tag in sentence:
            counts[word][tag] += 1
            overall[tag] += 1
    if not overall:
        raise ValueError("no tagged words to count")
    best = {word: tags.most_common(1)[0][0] for word, tags in counts.items()}
    return best, overall.most_common(1)[0][0]


def shape(word: str) -> str:
    """Return the pattern of capitals, digits and marks of a word, repeats run together.

    >>> shape("Fulton"), shape("1961"), shape("U.S."), shape("well-known")
    ('Xx', '9', 'X.X.', 'x-x')
    """
    pattern = ""
    for letter in word:
        kind = "9" if letter.isdigit() else "X" if letter.isupper() else "x"
        kind = kind if letter.isalnum() else letter
        if not pattern.endswith(kind):
            pattern += kind
    return pattern


@lru_cache(maxsize=100_000)
def guises(word: str) -> tuple[str, str, str]:
    """Return the three things that the tagger sees of a word."""
    return word.lower(), word.lower()[-3:], shape(word)


@dataclass(frozen=True)
class Tables:
    """Numbers for words, endings, shapes and tags; 0 stands for whatever is not in a table."""

    guises: tuple[Mapping[str, int], ...]
    tags: tuple[str, ...]

    @classmethod
    def of(cls, sentences: Sequence[Tagged], least: int) -> Tables:
        """Number every guise that occurs at least *least* times, and every tag."""
        counters: list[Counter[str]] = [Counter(), Counter(), Counter()]
        tags: set[str] = set()
        for sentence in sentences:
            for word, tag in sentence:
                for counter, guise in zip(counters, guises(word), strict=True):
                    counter[guise] += 1
                tags.add(tag)
        kept = ([g for g, n in sorted(c.items()) if n >= least] for c in counters)
        return cls(
            tuple({g: i for i, g in enumerate(k, 1)} for k in kept),
            tuple(sorted(tags)),
        )

    def read(self, words: Sequence[str]) -> Tensor:
        """Return the numbers of the words' guises, (words, 3)."""
        rows = [
            [t.get(g, 0) for t, g in zip(self.guises, guises(w), strict=True)]
            for w in words
        ]
        return torch.tensor(rows, dtype=torch.long).view(len(rows), 3)

    def tag_numbers(self, tags: Iterable[str]) -> Tensor:
        """Return the numbers of gold tags; one that training never saw gets no number."""
        number = {tag: i for i, tag in enumerate(self.tags)}
        return torch.tensor([number.get(tag, IGNORE) for tag in tags])


@lru_cache(maxsize=1)
def brown_tables(least: int = 3) -> Tables:
    """Return the tables of Brown's training sentences."""
    return Tables.of(brown_split()[0], least)


class Tagger(nn.Module):
    """Three embeddings, side by side → LSTM in both directions → one score per tag."""

    def __init__(
        self,
        tables: Sequence[int],
        sizes: Sequence[int],
        hidden: int,
        tags: int,
        dropout: float = 0.0,
    ) -> None:
        """Make the model.

        Args:
            tables: how many words, endings and shapes have a number.
            sizes: numbers per vector of a word, an ending, a shape.
            hidden: numbers in the state of each direction.
            tags: how many tags there are.
            dropout: share of the numbers dropped before and after the LSTM while training.
        """
        super().__init__()
        self.embeddings = nn.ModuleList(
            nn.Embedding(n + 1, size) for n, size in zip(tables, sizes, strict=True)
        )
        self.lstm = nn.LSTM(
            sum(sizes), hidden, batch_first=True, bidirectional=True
        )
        self.scores = nn.Linear(2 * hidden, tags)
        self.dropout = nn.Dropout(dropout)
        open_forget_gates(self.lstm)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Return scores (batch, time, tags) of *features* (batch, time, 3), *lengths* (batch,).

        Packing lets the backward reading begin at each sentence's own last word.
        """
        views = [
            table(features[:, :, k]) for k, table in enumerate(self.embeddings)
        ]
        inputs = self.dropout(torch.cat(views, dim=-1))
        packed = pack_padded_sequence(
            inputs,
            lengths.cpu(),
            batch_first=True,
            enforce_sorted=False,
        )
        time = features.shape[1]
        outputs, _ = self.lstm(packed)
        outputs, _ = pad_packed_sequence(
            outputs, batch_first=True, total_length=time
        )
        scores: Tensor = self.scores(self.dropout(outputs))
        return scores


def pad(sentences: Sequence[Tensor], value: int = 0) -> Tensor:
    """Stack sentences of different lengths, filled up at the end with *value*.

    Raises:
        ValueError: there are no sentences.
    """
    if not len(sentences):
        raise ValueError("no sentences to stack")
    return nn.utils.rnn.pad_sequence(
        list(sentences), batch_first=True, padding_value=value
    )


def length_buckets(lengths: Sequence[int], rows: int, seed: int) -> list[list[int]]:
    """Cut the sentences into batches of *rows* of nearly equal length, in a shuffled order.

    A remainder that fills no batch is left out; the shuffle leaves out others each time.

    Raises:
        ValueError: a batch has no rows.

    >>> sorted(map(sorted, length_buckets([5, 1, 5, 1], rows=2, seed=0)))
    [[0, 2], [1, 3]]
    """
    if rows < 1:
        raise ValueError(f"a batch has 1 row or more, not {rows}")
    rng = random.Random(seed)
    order = list(range(len(lengths)))
    rng.shuffle(order)
    order = order[: len(order) // rows * rows]
    # stable: equal lengths stay shuffled
    order.sort(key=lambda number: lengths[number])
    batches = [order[start : start + rows] for start in range(0, len(order), rows)]
    rng.shuffle(batches)
    return batches


@torch.no_grad()
def tag(
    model: Tagger,
    tables: Tables,
    sentences: Sequence[Sequence[str]],
    rows: int = 64,
) -> list[list[str]]:
    """Return the best tag of every word of every sentence; a sentence of no words has none.

    Raises:
        ValueError: a sentence is a text that was not cut into words, or a batch has no rows.
    """
    if rows < 1:
        raise ValueError(f"a batch has 1 row or more, not {rows}")
    for sentence in sentences:
        if isinstance(sentence, str):
            raise ValueError(
                f"a sentence is a list of words, not {sentence[:30]!r}"
            )
    model.eval()
    device = next(model.parameters()).device
    answer: list[list[str]] = [[] for _ in sentences]
    order = sorted(range(len(sentences)), key=lambda number: len(sentences[number]))
    order = [number for number in order if len(sentences[number])]
    for start in range(0, len(order), rows):
        numbers = order[start : start + rows]
        features = [tables.read(sentences[number]) for number in numbers]
        lengths = torch.tensor([len(f) for f in features])
        best = model(pad(features).to(device), lengths).argmax(dim=-1).tolist()
        for number, row in zip(numbers, best, strict=True):
            answer[number] = [tables.tags[k] for k in row[: len(sentences[number])]]
    return answer


def tagging_accuracy(
    predicted: Sequence[Sequence[str]],
    gold: Sequence[Tagged],
    words: set[str] | None = None,
) -> float:
    """Return the share of right tags, over all words or over those not in *words*.

    Raises:
        ValueError: sentences or words are not as many on both sides, or none is counted.

    >>> tagging_accuracy([["AT", "NN"]], [[("the", "AT"), ("run", "VB")]])
    0.5
    """
    right = [
        guess == tag_
        for guesses, sentence in zip(predicted, gold, strict=True)
        for guess, (word, tag_) in zip(guesses, sentence, strict=True)
        if words is None or word not in words
    ]
    if not right:
        raise ValueError("no words to count")
    return sum(right) / len(right)
