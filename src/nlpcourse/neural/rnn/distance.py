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

    Raises:
        KeyError: the weights have no ``U``.
    """
    slopes = 1 - states[1:] ** 2  # (time, hidden), of the tanh
    return slopes.unsqueeze(-1) * weights["U"]


def product_lengths(steps: Tensor, vector: Tensor) -> list[float]:
    """Return the length of *vector* after going back through 0, 1, 2, … steps.

    Args:
        steps: Jacobians in the order of the text, (time, hidden, hidden).
        vector: a gradient at the last state, (hidden,).

    Raises:
        ValueError: the shapes are others, or the numbers no floats.
    """
    if steps.dim() != 3 or vector.dim() != 1 or not vector.is_floating_point():
        raise ValueError(
            "need Jacobians (time, hidden, hidden) and a vector (hidden,) of floats, "
            f"not the shapes {tuple(steps.shape)} and {tuple(vector.shape)}"
        )
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

    Raises:
        ValueError: there is no text, or no step.
        KeyError: a weight of that name is missing.
    """
    if 0 in inputs.shape[:2]:
        raise ValueError(f"need texts to read, not the shape {tuple(inputs.shape)}")
    batch, time, _ = inputs.shape
    hidden = len(weights["U"])
    states = by_hand.forward(weights, inputs, torch.zeros(batch, hidden))
    asked = torch.zeros(batch, time, hidden)
    asked[:, -1] = 1.0  # the loss looks at the last state alone
    found = by_hand.backward(weights, inputs, states, asked)["inputs"]
    norms: Tensor = found.norm(dim=-1).mean(dim=0)  # (time,), as read
    return norms.flip(0)


def parts_by_distance(
    weights: by_hand.Weights, inputs: Tensor, following: Tensor
) -> list[float]:
    """Measure how long a part of the gradient of ``U`` each step back contributes.

    The loss looks at the last step alone, so that every step back is a step away.

    Args:
        weights: all five.
        inputs: (batch, time, input).
        following: what follows the last step, (batch,).

    Returns:
        at k the length of the part that the step k before the end adds to the sum.

    Raises:
        ValueError: there is no text, or no step.
        KeyError: a weight of that name is missing.
    """
    if 0 in inputs.shape[:2]:
        raise ValueError(f"need texts to read, not the shape {tuple(inputs.shape)}")
    start = torch.zeros(len(inputs), len(weights["U"]))
    states = by_hand.forward(weights, inputs, start)
    _, wanted, _ = by_hand.prediction_loss(
        weights, states[:, -1:], following.unsqueeze(1)
    )
    dh, lengths = wanted[:, 0], []
    for t in reversed(range(inputs.shape[1])):
        dz = dh * (1 - states[:, t + 1] ** 2)
        lengths.append(float((dz.T @ states[:, t]).norm()))
        dh = dz @ weights["U"]
    return lengths


@torch.no_grad()
def perplexity_by_context(
    model: TiedLanguageModel,
    text: Tensor,
    lengths: Sequence[int],
    before: Tensor | None = None,
) -> list[float]:
    """Predict the last word of each row from more and more of the words before it.

    Args:
        model: a language model.
        text: (rows, time).
        lengths: how many words it may read before the last one.
        before: other words that it reads first, (rows, words), such as another article's;
            without them it begins with a state of zeros.

    Returns:
        the perplexity on the rows' last words, for each length.

    Raises:
        ValueError: there is no row, or a length is below one or beyond the rows.
    """
    if not len(text) or any(not 0 < n < text.shape[1] for n in lengths):
        raise ValueError(
            f"rows of {tuple(text.shape)} have no contexts of {list(lengths)}"
        )
    found = []
    state = None if before is None else model.hidden(before)[1]
    for length in lengths:
        outputs, _ = model.hidden(text[:, -1 - length : -1], state)
        log_p = model.softmax(outputs[:, -1], text[:, -1]).output  # (rows,)
        found.append(perplexity(-float(log_p.sum()), len(text)))
    return found


def influence_by_distance(model: TiedLanguageModel, text: Tensor) -> Tensor:
    """Measure how much the cost of each row's last word depends on each word before it.

    Args:
        model: a language model, not in training.
        text: (rows, time).

    Returns:
        (time - 1,): at k the mean length of the gradient of the cost with respect to the
        vector of the word that stands k before the last word read.

    Raises:
        ValueError: there is no row, or no word before the last.
    """
    if not len(text) or text.shape[1] < 2:
        raise ValueError(f"need two words a row, not the shape {tuple(text.shape)}")
    vectors = model.embed(text[:, :-1]).detach().requires_grad_()
    outputs, _ = model.read(vectors, None)
    cost = -model.softmax(outputs[:, -1], text[:, -1]).output.sum()
    (gradient,) = torch.autograd.grad(cost, vectors)
    lengths: Tensor = gradient.norm(dim=-1).mean(dim=0)
    return lengths.flip(0)


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

    Raises:
        ValueError: there is no text, or a reach is below one or beyond the text.
        KeyError: a weight of that name is missing.
    """
    _, time, _ = inputs.shape
    if not len(inputs) or any(not 0 < reach <= time for reach in reaches):
        raise ValueError(f"can't go back {list(reaches)} of {time} steps")
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

    whole = back(time)
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

    Raises:
        ValueError: the line does not reach that far, or is not above zero there.

    >>> factor_per_step(0.5 ** torch.arange(60))
    0.5
    """
    if not 0 <= near < far < len(line):
        raise ValueError(
            f"no distances from {near} to {far} in {len(line)} of them"
        )
    if not (line[near] > 0 and line[far] > 0):
        raise ValueError("the gradient is zero or NaN: it has no factor per step")
    return float((line[far] / line[near]) ** (1 / (far - near)))
