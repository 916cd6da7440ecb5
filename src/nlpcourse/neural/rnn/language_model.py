"""A word-level language model: read a word, update the state, predict the next word.

The output layer is PyTorch's adaptive softmax, which spends few numbers on rare words.
The same vectors that predict a word also read it (tied weights), so the model has one
table, not two.  How the vectors are read is left to subclasses: `TiedLanguageModel.read`.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import cast

import torch
from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.evaluation import perplexity

State = tuple[Tensor, ...]

END = "<eos>"  # stands at the end of every line of WikiText
UNKNOWN = "<unk>"  # stands for every word outside the vocabulary


class Vocabulary:
    """Words numbered from the most frequent down, as the adaptive softmax needs them.

    >>> words = Vocabulary("the cat saw the dog <eos> <unk>".split())
    >>> words.encode(["the", "aardvark"]).tolist() == [words["the"], words["<unk>"]]
    True
    >>> words.decode([0])
    ['the']
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        """Number the types of *tokens*; ties are broken by the alphabet."""
        counts = Counter(tokens)
        self.words = sorted(counts, key=lambda word: (-counts[word], word))
        self.counts = [counts[word] for word in self.words]
        self._number = {word: number for number, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, word: str) -> int:
        number = self._number.get(word, self._number.get(UNKNOWN))
        if number is None:
            raise ValueError(
                f"the vocabulary has no {word!r}, and no {UNKNOWN} to stand for it"
            )
        return number

    def encode(self, tokens: Iterable[str]) -> Tensor:
        """Return the numbers of the tokens, (tokens,)."""
        return torch.tensor([self[token] for token in tokens], dtype=torch.long)

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Return the words of the numbers.

        Raises:
            ValueError: no word has one of the numbers.
        """
        numbers = [int(number) for number in numbers]
        if any(not 0 <= number < len(self) for number in numbers):
            raise ValueError(
                f"words are numbered from 0 to {len(self) - 1}, not {numbers}"
            )
        return [self.words[number] for number in numbers]


@lru_cache(maxsize=1)
def wikitext_vocabulary() -> Vocabulary:
    """Return the published vocabulary of WikiText-2: 33,278 types."""
    return Vocabulary(corpora.wikitext_2_tokens("train"))


class TiedLanguageModel(nn.Module):
    """Word vectors → a reader → adaptive softmax over the same vectors.

    A subclass makes its reader, then calls `draw_vectors`, and says in `read` how the
    vectors are read.

    Attributes:
        rows_axis: the axis of each tensor of the state that counts the texts of a batch;
            1 for PyTorch's recurrent layers, whose state is (layers, batch, hidden).
    """

    rows_axis = 1

    def __init__(
        self,
        size: int,
        cutoffs: Sequence[int],
        div_value: float,
        dropout: float = 0.0,
    ) -> None:
        """Make the table of vectors.

        Args:
            size: numbers per word vector, and per output of the reader.
            cutoffs: ends of the classes of frequent words, and last the vocabulary's size.
            div_value: by how much each rarer class is narrower than the one before.
            dropout: share of the numbers dropped before and after the reader in training.

        Raises:
            ValueError: there are not at least two classes of words.
        """
        super().__init__()
        if len(cutoffs) < 2:
            raise ValueError(
                f"need a class of frequent and one of rarer words, not {list(cutoffs)}"
            )
        *inner, total = cutoffs
        self.softmax = nn.AdaptiveLogSoftmaxWithLoss(size, total, inner, div_value)
        self.dropout = nn.Dropout(dropout)

    def draw_vectors(self) -> None:
        """Draw every word's vector anew, from the uniform distribution on ±0.1."""
        nn.init.uniform_(self.softmax.head.weight, -0.1, 0.1)
        for _, rows in self._tail():
            nn.init.uniform_(rows, -0.1, 0.1)

    def _tail(self) -> list[tuple[Tensor, Tensor]]:
        """Return, per class of rarer words, its projection (narrow, size) and its rows."""
        pairs = [cast(nn.Sequential, cluster) for cluster in self.softmax.tail]
        return [
            (cast(nn.Linear, a).weight, cast(nn.Linear, b).weight) for a, b in pairs
        ]

    def embed(self, words: Tensor) -> Tensor:
        """Return the vectors of *words*, (batch, time) → (batch, time, size).

        The vector of a word is its row in the softmax: what predicts it also reads it.

        Raises:
            ValueError: no word has one of the numbers.
        """
        flat = words.reshape(-1)
        ends = self.softmax.cutoffs  # e.g. [1000, 6000, 33278]
        if (
            not torch.compiler.is_compiling() and flat.numel()
        ):  # not while exporting
            low, high = int(flat.min()), int(flat.max())
            if low < 0 or high >= ends[-1]:
                raise ValueError(
                    f"words are numbered from 0 to {ends[-1] - 1}, "
                    f"not from {low} to {high}"
                )
        places = [(flat < ends[0]).nonzero().squeeze(1)]
        vectors = [self.softmax.head.weight[flat[places[0]]]]
        for low, high, (project, rows) in zip(
            ends, ends[1:], self._tail(), strict=False
        ):
            places.append(((flat >= low) & (flat < high)).nonzero().squeeze(1))
            # (n, narrow) → (n, size)
            vectors.append(rows[flat[places[-1]] - low] @ project)
        table = flat.new_zeros(len(flat), project.shape[1], dtype=project.dtype)
        table = table.index_copy(0, torch.cat(places), torch.cat(vectors))
        return table.view(*words.shape, -1)

    def read(self, vectors: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Read *vectors* (batch, time, size); return every output and the last state.

        The output at a word may depend on it and on earlier words, never on later ones.
        """
        raise TypeError(f"{type(self).__name__} does not say how it reads vectors")

    def hidden(
        self, words: Tensor, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Read *words* (batch, time); return outputs (batch, time, size), the last state."""
        outputs, state = self.read(self.dropout(self.embed(words)), state)
        return self.dropout(outputs), state

    def forward(
        self, words: Tensor, following: Tensor, state: State | None = None
    ) -> tuple[Tensor, State]:
        """Return the mean negative log likelihood of *following*, and the last state."""
        outputs, state = self.hidden(words, state)
        loss = self.softmax(outputs.flatten(0, 1), following.flatten()).loss
        return loss, state

    def next_log_probabilities(self, words: Tensor) -> Tensor:
        """Return ln p(next word | words) for *words* (batch, time): (batch, vocabulary)."""
        outputs, _ = self.hidden(words)
        return self.softmax.log_prob(outputs[:, -1])


class PlainLanguageModel(TiedLanguageModel):
    """Word vectors → plain recurrent layers with tanh → adaptive softmax."""

    def __init__(
        self,
        size: int,
        layers: int,
        cutoffs: Sequence[int],
        div_value: float,
        dropout: float = 0.0,
    ) -> None:
        """Draw the weights; *layers* counts the recurrent layers, each of *size* units.

        The recurrent matrices begin as rotations, whose spectral radius is one.
        """
        super().__init__(size, cutoffs, div_value, dropout)
        self.rnn = nn.RNN(size, size, layers, batch_first=True)
        for layer in range(layers):
            nn.init.orthogonal_(getattr(self.rnn, f"weight_hh_l{layer}"))
        self.draw_vectors()

    def read(self, vectors: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Read *vectors* (batch, time, size); the state is ``(h,)``."""
        outputs, h = self.rnn(vectors, state[0] if state else None)
        return outputs, (h,)


def columns(tokens: Tensor, rows: int) -> Tensor:
    """Cut one long text into *rows* equal texts that are read side by side, (rows, time).

    Raises:
        ValueError: there is no row, or not a token for each.

    >>> columns(torch.arange(7), rows=2).tolist()
    [[0, 1, 2], [3, 4, 5]]
    """
    if not 0 < rows <= len(tokens):
        raise ValueError(f"{len(tokens)} tokens can't be cut into {rows} rows")
    tokens = torch.as_tensor(tokens)
    time = len(tokens) // rows
    return tokens[: rows * time].view(rows, time)


def windows(text: Tensor, length: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield *text* (rows, time) in windows of *length* words, each with the words that follow.

    Raises:
        ValueError: the length is below one, or the text has not two axes.
    """
    if length < 1:
        raise ValueError(f"a window has at least one word, not {length}")
    _, time = text.shape
    for start in range(0, time - 1, length):
        following = text[:, start + 1 : start + 1 + length]
        yield text[:, start : start + following.shape[1]], following


@torch.no_grad()
def text_perplexity(
    model: TiedLanguageModel,
    tokens: Tensor,
    rows: int = 1,
    length: int = 200,
    carry: bool = True,
) -> float:
    """Return the perplexity of a text under the model.

    Args:
        model: any language model with tied vectors.
        tokens: the words of the text as numbers, (tokens,).
        rows: into how many texts it is cut to be read at once; more are faster, and each row's
            first word is then read without what came before it.
        length: words in a window.
        carry: hand the state from window to window; False forgets it (a mistake worth seeing).

    Raises:
        ValueError: there are not two tokens for each row.
    """
    if rows < 1 or len(tokens) < 2 * rows:
        raise ValueError(
            f"{len(tokens)} tokens don't make {rows} rows of two or more"
        )
    model.eval()
    device = next(model.parameters()).device
    total, count, state = 0.0, 0, None
    for words, following in windows(columns(tokens, rows).to(device), length):
        loss, state = model(words, following, state if carry else None)
        total += float(loss) * following.numel()
        count += following.numel()
    return perplexity(total, count)


def unigram_perplexity(vocabulary: Vocabulary, tokens: Tensor) -> float:
    """Return the perplexity of a text under the words' relative frequencies alone.

    Raises:
        ValueError: the text is empty.

    >>> words = Vocabulary(["a", "b", "<unk>", "c"])
    >>> round(unigram_perplexity(words, words.encode(["a", "b"])), 6)
    4.0
    """
    total = sum(vocabulary.counts)
    cost = [-math.log(count / total) for count in vocabulary.counts]
    numbers = torch.as_tensor(tokens).tolist()
    return perplexity(sum(cost[number] for number in numbers), len(numbers))


@torch.no_grad()
def sample(
    model: TiedLanguageModel,
    vocabulary: Vocabulary,
    prompt: Sequence[str],
    length: int,
    temperature: float = 1.0,
    seed: int = 0,
) -> list[str]:
    """Continue *prompt* by *length* words drawn from the model, never ``<unk>``.

    Raises:
        ValueError: the temperature is not above zero, the length is below zero, the prompt is
            empty, or there is no word but ``<unk>``.
    """
    if not temperature > 0 or not len(prompt) or length < 0 or len(vocabulary) < 2:
        raise ValueError(
            "need a prompt, length 0 or more, a temperature above 0 and two words, "
            f"not {prompt!r}, {length}, {temperature} and {len(vocabulary)}"
        )
    model.eval()
    generator = torch.Generator().manual_seed(seed)
    outputs, state = model.hidden(vocabulary.encode(prompt).unsqueeze(0))
    words: list[str] = []
    for _ in range(length):
        scores = (
            model.softmax.log_prob(outputs[:, -1]).squeeze(0) / temperature
        )  # (vocabulary,)
        scores[vocabulary[UNKNOWN]] = -math.inf
        number = torch.multinomial(scores.softmax(dim=0), 1, generator=generator)
        words.append(vocabulary.words[int(number)])
        outputs, state = model.hidden(number.unsqueeze(0), state)
    return words


def shuffled_lines(tokens: Sequence[str], seed: int) -> list[str]:
    """Return a text with the words of every line in another order; line ends stay.

    >>> sorted(shuffled_lines("a b c <eos> d <eos>".split(), seed=0)[:3])
    ['a', 'b', 'c']
    """
    generator = random.Random(seed)
    found: list[str] = []
    line: list[str] = []
    for token in tokens:
        if token == END:
            generator.shuffle(line)
            found += [*line, END]
            line = []
        else:
            line.append(token)
    return found + line
