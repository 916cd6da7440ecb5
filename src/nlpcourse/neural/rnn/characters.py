"""A character-level language model: read a letter, predict the next letter.

`train_by_hand` trains it with the loops of `by_hand`; `CharacterModel` is the same model
around PyTorch's fused layer, for the longer training of the recipe.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import torch
from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.neural.rnn import by_hand

BOOK = "melville-moby_dick"


class Alphabet:
    """Characters numbered in the order of their code points.

    >>> letters = Alphabet("banana")
    >>> letters.characters, letters.encode("nab").tolist(), letters.decode([1, 0, 2])
    ('abn', [2, 0, 1], 'ban')
    """

    def __init__(self, characters: Iterable[str]) -> None:
        """Number every character that occurs in *characters*.

        Raises:
            ValueError: there is none.
        """
        self.characters = "".join(sorted(set(characters)))
        if not self.characters:
            raise ValueError("an alphabet needs at least one character")
        self._number = {c: number for number, c in enumerate(self.characters)}

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> Tensor:
        """Return the characters' numbers, (characters,).

        Raises:
            ValueError: the text holds a character that the alphabet does not.
        """
        if unknown := sorted(set(text) - set(self.characters)):
            raise ValueError(
                f"the alphabet has no {unknown}; leave them out or add them"
            )
        return torch.tensor([self._number[c] for c in text], dtype=torch.long)

    def decode(self, numbers: Iterable[int]) -> str:
        """Return the characters of the numbers, joined.

        Raises:
            ValueError: no character has one of the numbers.
        """
        numbers = [int(number) for number in numbers]
        if any(not 0 <= number < len(self) for number in numbers):
            raise ValueError(
                f"characters are numbered from 0 to {len(self) - 1}, not {numbers}"
            )
        return "".join(self.characters[number] for number in numbers)

    def one_hot(self, numbers: Tensor) -> Tensor:
        """Return a vector for each number: 1 at its place, else 0, (…, characters)."""
        return nn.functional.one_hot(numbers, len(self)).float()


@lru_cache(maxsize=1)
def book() -> tuple[str, str, Alphabet]:
    """Return Moby Dick without its last tenth, the last tenth, and the book's alphabet."""
    text = corpora.gutenberg()[BOOK]
    cut = len(text) * 9 // 10
    return text[:cut], text[cut:], Alphabet(text)


@dataclass
class Run:
    """How a training by hand went: per step, the loss and the gradient's length."""

    weights: dict[str, Tensor]
    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)


def train_by_hand(
    weights: dict[str, Tensor],
    text: Tensor,
    alphabet: Alphabet,
    steps: int,
    window: int = 25,
    rate: float = 1.0,
    longest: float = math.inf,
) -> Run:
    """Train in windows, by gradient descent; no library computes a gradient here.

    Args:
        weights: to begin with; they are not changed in place.
        text: several texts read side by side, (rows, time).
        alphabet: of the text.
        steps: windows to read; at the text's end reading begins anew.
        window: characters in a window.
        rate: learning rate.
        longest: a longer gradient is clipped to this length.

    Raises:
        ValueError: the text is too short for one window and the character after it.
    """
    if not 0 < window < text.shape[1]:
        raise ValueError(f"no window of {window} fits a text of {text.shape[1]}")
    run = Run(dict(weights))
    start = torch.zeros(len(text), weights["U"].shape[0])
    state, place = start, 0
    for _ in range(steps):
        if place + window >= text.shape[1]:
            state, place = start, 0
        read = alphabet.one_hot(text[:, place : place + window])
        following = text[:, place + 1 : place + window + 1]
        place += window
        loss, gradients, state = by_hand.loss_and_gradients(
            run.weights, read, following, state
        )
        run.losses.append(loss)
        run.norms.append(by_hand.norm(gradients))
        for name, gradient in by_hand.clip(gradients, longest).items():
            run.weights[name] = run.weights[name] - rate * gradient
    return run


class CharacterModel(nn.Module):
    """One-hot characters → plain recurrent layer → a score for each character."""

    def __init__(self, characters: int, hidden: int) -> None:
        """Draw the weights; the recurrent matrix begins as a rotation."""
        super().__init__()
        self.characters = characters
        self.rnn = nn.RNN(characters, hidden, batch_first=True)
        self.scores = nn.Linear(hidden, characters)
        nn.init.orthogonal_(cast(Tensor, self.rnn.weight_hh_l0))

    def forward(
        self, numbers: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Read *numbers* (batch, time).

        Returns:
            scores (batch, time, characters), the outputs (batch, time, hidden) and the
            last state (1, batch, hidden).
        """
        inputs = nn.functional.one_hot(numbers, self.characters).float()
        outputs, state = self.rnn(inputs, state)
        return self.scores(outputs), outputs, state

    def weights(self) -> dict[str, Tensor]:
        """Return copies of the weights under the names of the chapter's equations."""
        found = by_hand.from_torch(self.rnn)
        for name, weight in (("V", self.scores.weight), ("a", self.scores.bias)):
            found[name] = weight.detach().clone()
        return found


def bits_per_character(
    weights: by_hand.Weights, alphabet: Alphabet, text: str, rows: int = 20
) -> float:
    """Return the mean cost of a character of *text* in bits, cut into *rows* texts.

    Raises:
        ValueError: a character is not in the alphabet, or a row has fewer than two.
    """
    if rows < 1 or len(text) < 2 * rows:
        raise ValueError(
            f"{len(text)} characters don't fill {rows} rows of two or more"
        )
    numbers = alphabet.encode(text)
    time = len(numbers) // rows
    table = numbers[: rows * time].view(rows, time)
    start = torch.zeros(rows, weights["U"].shape[0])
    states = by_hand.forward(weights, alphabet.one_hot(table[:, :-1]), start)
    loss, _, _ = by_hand.prediction_loss(weights, states[:, 1:], table[:, 1:])
    return loss / math.log(2)


def write(
    weights: by_hand.Weights,
    alphabet: Alphabet,
    prompt: str,
    length: int,
    temperature: float = 1.0,
    seed: int = 0,
) -> str:
    """Continue *prompt* by *length* characters drawn from the model.

    Raises:
        ValueError: the prompt is empty or holds a character that is not in the alphabet,
            the length is below zero, or the temperature is not above zero.
    """
    if not prompt or length < 0 or not temperature > 0:
        raise ValueError(
            "need a prompt, a length of 0 or more and a temperature above 0, "
            f"not {prompt!r}, {length} and {temperature}"
        )
    generator = torch.Generator().manual_seed(seed)
    state = torch.zeros(1, weights["U"].shape[0])
    for number in alphabet.encode(prompt):
        state = by_hand.step(weights, alphabet.one_hot(number[None]), state)
    written = []
    for _ in range(length):
        scores = state @ weights["V"].T + weights["a"]  # (1, characters)
        p = (scores / temperature).softmax(dim=-1)
        number = torch.multinomial(p, 1, generator=generator)[0]
        written.append(int(number))
        state = by_hand.step(weights, alphabet.one_hot(number), state)
    return alphabet.decode(written)
