"""How far a gradient travels: Jacobians, their products, and what a model uses of a text."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from nlpcourse.evaluation import perplexity
from nlpcourse.neural.rnn import by_hand
from nlpcourse.neural.rnn.language_model import TiedLanguageModel


def jacobians(weights: by_hand.Weights, states: Tensor) -> Tensor:
    """Return how each state depends on the state before it, for one text.

    Args:
        weights: of the cell.
        states: (time + 1, hidden), the start first.

    Returns:
        (time, hidden, hidden): at t the matrix diag(1 - h²) U.
    """
    slopes = 1 - states[1:] ** 2  # (time, hidden), of the tanh
    return slopes.unsqueeze(-1) * weights["U"]


def product_lengths(steps: Tensor, vector: Tensor) -> list[float]:
    """Return the length of *vector* after going back through 0, 1, 2, … steps.

    Args:
        steps: Jacobians in the order of the text, (time, hidden, hidden).
        vector: a gradient at the last state, (hidden,).
    """
    lengths = [float(vector.norm())]
    for jacobian in steps.flip(0):
        vector = vector @ jacobian
        lengths.append(float(vector.norm()))
    return lengths


def gradient_by_distance(weights: by_hand.Weights, inputs: Tensor) -> Tensor:
    """Measure how much the last state depends on each earlier input.

    Args:
        weights: of the cell.
        inputs: (batch, time, input).

    Returns:
        (time,): at k, the mean length over the batch of the gradient of the sum of the
        last state with respect to the input k steps before it.
    """
    batch, time, _ = inputs.shape
    hidden = len(weights["U"])
    states = by_hand.forward(weights, inputs, torch.zeros(batch, hidden))
    asked = torch.zeros(batch, time, hidden)
    asked[:, -1] = 1.0  # the loss looks at the last state alone
    found = by_hand.backward(weights, inputs, states, asked)["inputs"]
    norms: Tensor = found.norm(dim=-1).mean(dim=0)  # (time,), as read
    return norms.flip(0)


@torch.no_grad()
def perplexity_by_context(
    model: TiedLanguageModel, text: Tensor, lengths: Sequence[int]
) -> list[float]:
    """Predict the last word of each row from more and more of the words before it.

    Args:
        model: a language model.
        text: (rows, time).
        lengths: how many words it may read before the last one.

    Returns:
        the perplexity on the rows' last words, for each length.
    """
    found = []
    for length in lengths:
        outputs, _ = model.hidden(text[:, -1 - length : -1])
        log_p = model.softmax(outputs[:, -1], text[:, -1]).output  # (rows,)
        found.append(perplexity(-float(log_p.sum()), len(text)))
    return found


def graph_size(loss: Tensor) -> int:
    """Count the operations that a backward pass from *loss* goes through.

    >>> x = torch.ones(2, requires_grad=True)
    >>> graph_size((x * 2).sum()) < graph_size((x * 2 * 2).sum())
    True
    """
    seen, waiting = set(), [loss.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [before for before, _ in node.next_functions]
    return len(seen)


def truncated_agreement(
    weights: by_hand.Weights,
    inputs: Tensor,
    following: Tensor,
    reaches: Sequence[int],
) -> list[float]:
    """Compare the gradient of ``U`` that goes back a few steps with the one that goes all.

    The loss looks at the last step alone, so that every step back is a step away.

    Args:
        weights: all five.
        inputs: (batch, time, input).
        following: what follows the last step, (batch,).
        reaches: how many steps the gradient may go back.

    Returns:
        for each reach the cosine of the angle between the two.
    """
    start = torch.zeros(len(inputs), len(weights["U"]))
    states = by_hand.forward(weights, inputs, start)
    _, wanted, _ = by_hand.prediction_loss(
        weights, states[:, -1:], following.unsqueeze(1)
    )

    def back(reach: int) -> Tensor:
        read, kept = inputs[:, -reach:], states[:, -reach - 1 :]
        asked = torch.zeros_like(kept[:, 1:])
        asked[:, -1:] = wanted
        return by_hand.backward(weights, read, kept, asked)["U"].flatten()

    whole = back(inputs.shape[1])
    return [
        float(torch.nn.functional.cosine_similarity(back(reach), whole, dim=0))
        for reach in reaches
    ]


def factor_per_step(line: Tensor, near: int = 10, far: int = 50) -> float:
    """Return the factor that one step back multiplies a gradient by, on average.

    Args:
        line: gradient lengths by distance, as `gradient_by_distance` returns them.
        near: first distance that counts.
        far: last distance that counts.

    >>> factor_per_step(0.5 ** torch.arange(60))
    0.5
    """
    return float((line[far] / line[near]) ** (1 / (far - near)))
