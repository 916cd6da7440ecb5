"""Attention: look at all of the input at every step of the output, and weigh it.

Shapes: the decoder's states are (rows, outputs, size), the encoder's, the *memory*,
are (rows, inputs, size).  A score says how well an output's state fits an input's;
softmax makes weights of scores; the context is the weighted mean of the memory.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn


class Score(Protocol):
    """A way to score decoder states against a memory."""

    def __call__(self, states: Tensor, memory: Tensor) -> Tensor:
        """Return the scores (rows, outputs, inputs)."""


class DotScore(nn.Module):
    """The product of the two states: high where they point the same way.

    Source: Luong, Pham and Manning (2015), equation 8, *dot*.

    >>> one = torch.tensor([[[1.0, 2.0]]])
    >>> DotScore()(one, one).item()
    5.0
    """

    def forward(self, states: Tensor, memory: Tensor) -> Tensor:
        """Return the scores (rows, outputs, inputs)."""
        return states @ memory.transpose(1, 2)


class GeneralScore(nn.Module):
    """The product after a learnt matrix has turned the memory.

    Source: Luong, Pham and Manning (2015), equation 8, *general*.

    Args:
        size: numbers in a state, on both sides.
    """

    def __init__(self, size: int) -> None:
        """Draw the matrix."""
        super().__init__()
        self.turn = nn.Linear(size, size, bias=False)  # W

    def forward(self, states: Tensor, memory: Tensor) -> Tensor:
        """Return the scores (rows, outputs, inputs)."""
        turned: Tensor = self.turn(memory)
        return states @ turned.transpose(1, 2)


class AdditiveScore(nn.Module):
    """A small network with one hidden layer looks at each pair of states.

    Source: Bahdanau, Cho and Bengio (2015), section 3.1 and appendix A.1.2.

    Args:
        size: numbers in a state, on both sides.
    """

    def __init__(self, size: int) -> None:
        """Draw the weights."""
        super().__init__()
        self.of_state = nn.Linear(size, size, bias=False)  # W
        self.of_memory = nn.Linear(size, size, bias=False)  # U
        self.judge = nn.Linear(size, 1, bias=False)  # v

    def forward(self, states: Tensor, memory: Tensor) -> Tensor:
        """Return the scores (rows, outputs, inputs)."""
        left = self.of_state(states).unsqueeze(2)  # (rows, outputs, 1, size)
        right = self.of_memory(memory).unsqueeze(1)  # (rows, 1, inputs, size)
        scores: Tensor = self.judge(torch.tanh(left + right))
        return scores.squeeze(3)


def check_mask(mask: Tensor) -> None:
    """Refuse a row that is nothing but filling: its weights can't add up to one.

    Args:
        mask: which inputs are no filling, (rows, inputs).

    Raises:
        ValueError: such a row is there, or the mask is no table of truth values.
    """
    if torch.compiler.is_compiling():  # also while a model is exported for the page
        return
    if mask.dtype != torch.bool or mask.dim() != 2:
        raise ValueError(
            f"a mask is a table of truth values, (rows, inputs); this one has the shape "
            f"{tuple(mask.shape)} and holds {mask.dtype}"
        )
    empty = (~mask.any(dim=1)).nonzero().flatten().tolist()
    if empty:
        raise ValueError(
            f"rows {empty[:5]} of the mask are nothing but filling; give every row an "
            "input to look at"
        )


def attend(scores: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Turn scores into weights, and weights into one context for each output.

    Args:
        scores: (rows, outputs, inputs).
        memory: the encoder's states, (rows, inputs, size).
        mask: which inputs are no filling, (rows, inputs); the others get no weight.

    Returns:
        The contexts (rows, outputs, size) and the weights (rows, outputs, inputs).

    Raises:
        ValueError: a row has no input that is no filling.

    >>> scores = torch.tensor([[[0.0, 0.0, 9.0]]])
    >>> memory = torch.tensor([[[1.0], [3.0], [100.0]]])
    >>> mask = torch.tensor([[True, True, False]])
    >>> context, weights = attend(scores, memory, mask)
    >>> context.item(), weights.tolist()
    (2.0, [[[0.5, 0.5, 0.0]]])
    """
    check_mask(mask)
    scores = scores.masked_fill(~mask.unsqueeze(1), -torch.inf)
    weights = scores.softmax(dim=2)
    return weights @ memory, weights


SCORES = ("additive", "dot", "general")


def make_score(kind: str, size: int) -> nn.Module:
    """Return a fresh scoring module by its name, one of :data:`SCORES`.

    Raises:
        ValueError: no score is called so, or the states have no numbers.
    """
    if size < 1:
        raise ValueError(f"a state needs one number or more, not {size}")
    if kind == "dot":
        return DotScore()
    if kind == "general":
        return GeneralScore(size)
    if kind == "additive":
        return AdditiveScore(size)
    raise ValueError(
        f"no score is called {kind!r}; choose one of {', '.join(SCORES)}"
    )
