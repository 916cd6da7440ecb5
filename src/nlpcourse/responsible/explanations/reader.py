"""The network that is explained: vectors of words, what stands beside them, attention, a score.

Every word has a dial between 0 and 1 that its vector is multiplied by; at 0 the word is blank.
All five methods of the chapter ask about the score as a function of the dials
(:class:`Question`).

What it leaves out: batches of sentences of different lengths are padded with blanks, which the
attention does not see.

Source: the model is that of Jain and Wallace (2019), section 2, with a window of three words, or
none, in place of their LSTM, or with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.learning.linear.rows import Array

Mixer = Literal["none", "window", "lstm"]
SIZE = 50  # numbers in a word's vector


@lru_cache(maxsize=1)
def _glove() -> tuple[dict[str, int], Tensor]:
    found = corpora.glove_50d()
    place = {word: i for i, word in enumerate(found.words)}
    return place, torch.from_numpy(np.array(found.vectors, dtype=np.float32))


def vectors_of(words: Sequence[str]) -> Tensor:
    """Return a vector for each word, (T, 50); zeros for a word that GloVe does not know.

    Raises:
        ValueError: there is no word.
    """
    if isinstance(words, str) or not len(words):
        raise ValueError(f"{words!r} is no list of words; give one word or more")
    place, table = _glove()
    found = torch.zeros(len(words), SIZE)
    for t, word in enumerate(words):
        if word in place:
            found[t] = table[place[word]]
    return found


def padded(rows: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
    """Return vectors (B, T, 50) and marks (B, T), 1 for a word and 0 for padding.

    Raises:
        ValueError: there are no rows, or one without a word.
    """
    if not len(rows):
        raise ValueError("a batch needs texts; give one or more")
    longest = max(len(row) for row in rows)
    x, real = (
        torch.zeros(len(rows), longest, SIZE),
        torch.zeros(len(rows), longest),
    )
    for i, row in enumerate(rows):
        x[i, : len(row)], real[i, : len(row)] = vectors_of(row), 1.0
    return x, real


class Reader(nn.Module):
    """Good or bad: the score of a text, above 0 for good.

    Args:
        mixer: what a word sees before attention chooses: ``"none"`` itself alone, ``"window"``
            its neighbours, ``"lstm"`` the whole text.
        hidden: H.
        uniform: every word gets the same attention, always.
    """

    def __init__(
        self, mixer: Mixer = "window", hidden: int = 32, uniform: bool = False
    ) -> None:
        super().__init__()
        if mixer not in ("none", "window", "lstm"):
            raise ValueError(f"mixer is none, window or lstm, not {mixer!r}")
        self.mixer, self.uniform = mixer, uniform
        if mixer == "lstm":
            self.lstm = nn.LSTM(
                SIZE, hidden // 2, batch_first=True, bidirectional=True
            )
        else:
            width = 3 if mixer == "window" else 1
            self.conv = nn.Conv1d(SIZE, hidden, width, padding=width // 2)
        self.look = nn.Linear(hidden, hidden)
        self.energy = nn.Linear(hidden, 1, bias=False)
        self.score = nn.Linear(hidden, 1)

    def states(self, x: Tensor) -> Tensor:
        """Return what each word knows: (B, T, 50) → (B, T, H)."""
        if self.mixer == "lstm":
            found: Tensor = self.lstm(x)[0]
            return found
        return torch.relu(self.conv(x.transpose(1, 2))).transpose(1, 2)

    def attend(self, h: Tensor, real: Tensor) -> Tensor:
        """Return how attention is divided among the words, (B, T); each row sums to 1."""
        energy = self.energy(torch.tanh(self.look(h))).squeeze(-1)  # (B, T)
        if self.uniform:
            energy = torch.zeros_like(energy)
        return torch.softmax(energy.masked_fill(real == 0, -torch.inf), dim=-1)

    def forward(
        self, x: Tensor, real: Tensor, weights: Tensor | None = None
    ) -> Tensor:
        """Return the scores, (B,).

        Args:
            x: words' vectors, (B, T, 50).
            real: (B, T), 1 for a word.
            weights: attention to put in place of its own, (B, T).
        """
        h = self.states(x)  # (B, T, H)
        if weights is None:
            weights = self.attend(h, real)
        read = (weights.unsqueeze(-1) * h).sum(dim=1)  # (B, H)
        scores: Tensor = self.score(read).squeeze(-1)
        return scores


@torch.no_grad()
def scores_of(
    model: nn.Module, rows: Sequence[Sequence[str]], batch_size: int = 256
) -> Array:
    """Return the score of each text, (n,); texts of like length share a batch.

    Raises:
        ValueError: there are no texts, or one is empty.
    """
    if not len(rows) or batch_size < 1:
        raise ValueError(f"{len(rows)} texts in batches of {batch_size}")
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    found = np.zeros(len(rows))
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        x, real = padded([rows[i] for i in chosen])
        found[chosen] = model(x, real).double().numpy()
    return found


@dataclass
class Question:
    """One text put to one network, as a function of its words' dials.

    Call it with dials (B, T), numbers from 0 (blank) to 1 (the word); the answer is the scores,
    (B,).  It counts how many dials it was asked about in ``asked``.
    """

    model: nn.Module
    words: Sequence[str]
    asked: int = 0

    def __post_init__(self) -> None:
        """Look the words up; raises ValueError where there is none."""
        self.x = vectors_of(self.words)  # (T, 50)

    def _dials(self, dials: Array) -> Tensor:
        given = np.atleast_2d(np.asarray(dials, dtype=np.float32))
        if given.ndim != 2 or given.shape[1] != len(self.words):
            raise ValueError(
                f"{len(self.words)} words need as many dials, not {given.shape}"
            )
        if not np.isfinite(given).all():
            raise ValueError("a dial is a number from 0 to 1, not NaN or infinite")
        self.asked += len(given)
        return torch.from_numpy(given)

    def score(self, s: Tensor) -> Tensor:
        """Return the scores (B,) at dials (B, T), ready for gradients."""
        x = s.unsqueeze(-1) * self.x  # (B, T, 50)
        scores: Tensor = self.model(x, torch.ones_like(s))
        return scores

    def __call__(self, dials: Array) -> Array:
        """Return the scores at *dials*, (B,)."""
        with torch.no_grad():
            found: Array = self.score(self._dials(dials)).double().numpy()
            return found

    def slopes(self, dials: Array) -> Array:
        """Return how fast the score rises with each dial, (B, T)."""
        s = self._dials(dials).requires_grad_()
        (found,) = torch.autograd.grad(self.score(s).sum(), s)
        return np.asarray(found.double().numpy())
