"""Heads at work: a small model that reads characters and guesses the next one.

:class:`NextCharacter` is one layer of attention between a table of vectors and a small network, and
nothing in it but its heads can look at another character; :func:`look_back` measures how far each
of them looks.  :class:`Reading` trains it on two of Austen's novels, and a third judges it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse import corpora
from nlpcourse.transformers.attention.mechanism import (
    MultiHeadAttention,
    causal_mask,
)

UNKNOWN = "·"
TRAINING_BOOKS = ("austen-emma", "austen-sense")
TEST_BOOK = "austen-persuasion"


class Alphabet:
    """Characters numbered from 1; 0 stands for every other one.

    >>> alphabet = Alphabet("abba")
    >>> alphabet.encode("cab").tolist(), alphabet.decode([2, 0])
    ([0, 1, 2], 'b·')
    """

    def __init__(self, text: str) -> None:
        """Number the characters of *text* in the order of Unicode."""
        self.characters = [UNKNOWN, *sorted(set(text) - {UNKNOWN})]
        self._number = {c: i for i, c in enumerate(self.characters)}

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> Tensor:
        """Return the numbers of the characters, (characters,)."""
        numbers = [self._number.get(c, 0) for c in text]
        return torch.tensor(numbers, dtype=torch.long)

    def decode(self, numbers: Sequence[int]) -> str:
        """Return the characters of the numbers.

        Raises:
            ValueError: a number that no character has.
        """
        if strange := [n for n in numbers if not 0 <= n < len(self.characters)]:
            raise ValueError(
                f"{strange} are no characters: the alphabet goes from 0 to "
                f"{len(self.characters) - 1}"
            )
        return "".join(self.characters[number] for number in numbers)


@lru_cache(maxsize=2)
def book_text(names: tuple[str, ...]) -> str:
    """Return the texts of Gutenberg's books *names*, every white space a single blank.

    Raises:
        ValueError: there is no such book; the message lists those there are.
    """
    books = corpora.gutenberg()
    if strange := [name for name in names if name not in books]:
        raise ValueError(
            f"no books are called {strange}; there are {sorted(books)}"
        )
    return " ".join(" ".join(books[name].split()) for name in names)


@lru_cache(maxsize=1)
def austen_alphabet() -> Alphabet:
    """Return the characters of the novels that the small models are trained on."""
    return Alphabet(book_text(TRAINING_BOOKS))


class NextCharacter(nn.Module):
    """One layer of attention that predicts the next character of a text.

    Every character becomes a vector (what it is, plus where it stands), looks back at the ones
    before, and a small network turns its own vector and what its heads brought into scores.

    Args:
        characters: in the alphabet.
        size: C.
        heads: H.
        context: longest text that it can read.
        positions: add a vector for the place; without it, order can't be seen.
    """

    def __init__(
        self,
        characters: int,
        size: int,
        heads: int,
        context: int,
        positions: bool = True,
    ) -> None:
        super().__init__()
        self.context = context
        self.embedding = nn.Embedding(characters, size)
        self.position = nn.Embedding(context, size) if positions else None
        self.attention = MultiHeadAttention(size, heads)
        self.hidden = nn.Linear(2 * size, 2 * size)
        self.scores = nn.Linear(2 * size, characters)

    def vectors(self, text: Tensor) -> Tensor:
        """Return what attention reads: (B, T) → (B, T, C).

        Raises:
            ValueError: an empty text, or one that is longer than the context.
        """
        if not 1 <= text.shape[1] <= self.context:
            raise ValueError(
                f"{text.shape[1]} characters, and the model reads 1 to "
                f"{self.context}: cut the text"
            )
        x: Tensor = self.embedding(text)
        if self.position is not None:
            x = x + self.position(torch.arange(text.shape[1], device=text.device))
        return x

    def forward(self, text: Tensor, causal: bool = True) -> tuple[Tensor, Tensor]:
        """Return scores of the next character, and the heads' weights.

        Args:
            text: (B, T), numbers of characters.
            causal: forbid to look ahead; False is the mistake of the chapter's end.

        Returns:
            (B, T, characters) and (B, H, T, T).
        """
        x = self.vectors(text)  # (B, T, C)
        mask = causal_mask(text.shape[1]).to(x.device) if causal else None
        found, weights = self.attention(x, x, x, mask)  # (B, T, C), (B, H, T, T)
        both = torch.cat([x, found], dim=-1)  # (B, T, 2 C)
        return self.scores(torch.relu(self.hidden(both))), weights


class Reading:
    """Training :class:`NextCharacter` on two of Austen's novels, for the training room."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the model of the sizes in *config* and number the texts."""
        self.config = config
        alphabet = austen_alphabet()
        self.model: nn.Module = build(config)
        self.text = alphabet.encode(book_text(TRAINING_BOOKS))

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return random stretches of the novels: (rows, context + 1)."""
        length = self.config["context"] + 1
        generator = torch.Generator().manual_seed(
            1_000_003 * self.config["draw"] + step
        )
        starts = torch.randint(
            len(self.text) - length, (self.config["rows"], 1), generator=generator
        )
        return (self.text[starts + torch.arange(length)],)

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean cross-entropy of the next characters."""
        (rows,) = batch
        scores, _ = model(rows[:, :-1], causal=self.config.get("causal", True))
        return functional.cross_entropy(
            scores.flatten(0, 1), rows[:, 1:].flatten()
        ), ()

    def evaluate(self) -> dict[str, float]:
        """Return the loss on a novel that was not read in training."""
        assert isinstance(self.model, NextCharacter)
        return {
            "test_loss": reading_loss(
                self.model, held_out_windows(self.model.context)
            )
        }


def held_out_windows(context: int, count: int = 2000) -> Tensor:
    """Return stretches of the test novel that do not overlap: (count, context + 1).

    Raises:
        ValueError: the novel has not so many.
    """
    text = austen_alphabet().encode(book_text((TEST_BOOK,)))
    most = len(text) // (context + 1) if context > 0 else 0
    if not 0 < count <= most:
        raise ValueError(
            f"{count} stretches of {context} characters were asked for; the novel has 1 to {most}"
        )
    return text[: count * (context + 1)].view(count, context + 1)


@torch.no_grad()
def reading_loss(
    model: NextCharacter, windows: Tensor, causal: bool = True
) -> float:
    """Return the mean cross-entropy of the next character, in nats.

    Args:
        model: reads ``windows[:, :-1]`` and is asked for ``windows[:, 1:]``.
        windows: (B, T + 1), numbers of characters.
        causal: as in :meth:`NextCharacter.forward`.

    Raises:
        ValueError: there are no windows.
    """
    if len(windows) == 0:
        raise ValueError("a mean over no windows; give one or more")
    total = 0.0
    for part in torch.split(windows, 200):
        scores, _ = model(part[:, :-1], causal=causal)
        total += float(
            functional.cross_entropy(
                scores.flatten(0, 1), part[:, 1:].flatten(), reduction="sum"
            )
        )
    return total / windows[:, 1:].numel()


def build(config: Mapping[str, Any]) -> NextCharacter:
    """Return an untrained model of the sizes in *config*.

    Raises:
        KeyError: *config* lacks a setting.
    """
    return NextCharacter(
        len(austen_alphabet()),
        config["size"],
        config["heads"],
        config["context"],
        config.get("positions", True),
    )


@torch.no_grad()
def look_back(model: NextCharacter, windows: Tensor, farthest: int) -> Tensor:
    """Measure how far back each head looks.

    Args:
        model: whose heads are looked at.
        windows: (B, T), numbers of characters, T > *farthest*.
        farthest: characters back, at most.

    Returns:
        (H, farthest + 1): a head's mean weight on the character so many places back.

    Raises:
        ValueError: the windows are too short to look back so far.
    """
    if not (len(windows) and 0 <= farthest < windows.shape[1]):
        raise ValueError(
            f"{len(windows)} windows of {windows.shape[1]} characters can't show "
            f"a look {farthest} places back; take longer ones"
        )
    _, weights = model(windows)  # (B, H, T, T)
    means = [
        weights.diagonal(-back, -2, -1)[..., farthest - back :].mean(dim=(0, 2))
        for back in range(farthest + 1)
    ]  # each (H,)
    return torch.stack(means, dim=1)


@torch.no_grad()
def continue_text(model: NextCharacter, text: str, length: int) -> str:
    """Let the model write on, each time the character that it finds likeliest.

    Raises:
        ValueError: *text* is empty, so that there is nothing to go on from.
    """
    if not text:
        raise ValueError("give the model at least one character to go on from")
    alphabet = austen_alphabet()
    for _ in range(length):
        scores, _ = model(alphabet.encode(text[-model.context :])[None])
        text += alphabet.decode([int(scores[0, -1, 1:].argmax()) + 1])
    return text


READING: dict[str, Any] = {
    "data": "gutenberg, austen-emma and austen-sense",
    "size": 64,
    "heads": 4,
    "context": 32,
    "rows": 32,
    "draw": 0,
}
