"""Negative sampling by hand: the loss of one pair, its gradient, one update.

Every word has two vectors: one for when it stands in the centre (a row of ``centres``) and
one for when it is company (a row of ``contexts``).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid


def _refuse_other_sizes(centre: Tensor, outputs: Tensor) -> None:
    """Raise ValueError where outputs are none, or of another size than the centre."""
    if outputs.dim() != 2 or not len(outputs) or outputs.shape[1:] != centre.shape:
        raise ValueError(
            f"outputs {tuple(outputs.shape)} don't fit a centre {tuple(centre.shape)}: one row "
            "for the true word and one for each negative"
        )


def negative_sampling_loss(centre: Tensor, outputs: Tensor) -> Tensor:
    """Return minus the logarithm of the probability that every answer is right.

    Args:
        centre: v, (size,).
        outputs: u of the true context word, then of the negatives, (1 + negatives, size).

    Raises:
        ValueError: there is no true word, or the sizes differ.

    Source: Mikolov et al. (2013b), equation 4 with the sign turned round.

    >>> negative_sampling_loss(torch.zeros(4), torch.zeros(2, 4))
    tensor(1.3863)
    """
    _refuse_other_sizes(centre, outputs)
    scores = outputs @ centre  # (1 + negatives,)
    return -logsigmoid(scores[0]) - logsigmoid(-scores[1:]).sum()


def skipgram_gradients(centre: Tensor, outputs: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradient of :func:`negative_sampling_loss` by hand.

    Args:
        centre: v, (size,).
        outputs: u of the true context word, then of the negatives, (1 + negatives, size).

    Returns:
        the gradients for *centre* and for *outputs*, of the same shapes.

    Raises:
        ValueError: there is no true word, or the sizes differ.

    Source: Rong (2014), equations 59 and 61; Goldberg and Levy (2014).

    >>> centre, outputs = torch.tensor([1.0, 0.0]), torch.tensor([[0.0, 2.0]])
    >>> skipgram_gradients(centre, outputs)
    (tensor([ 0., -1.]), tensor([[-0.5000, -0.0000]]))
    """
    _refuse_other_sizes(centre, outputs)
    truth = torch.zeros(len(outputs), dtype=centre.dtype)
    truth[0] = 1.0  # y: the first one did stand there
    error = torch.sigmoid(outputs @ centre) - truth  # (1 + negatives,)
    return error @ outputs, torch.outer(error, centre)


def cbow_gradients(window: Tensor, outputs: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradient of the loss of a word guessed from the mean of its window.

    Args:
        window: vectors of the words around, (words, size).
        outputs: u of the true word, then of the negatives, (1 + negatives, size).

    Returns:
        the gradients for *window* and for *outputs*, of the same shapes.

    Raises:
        ValueError: there is no word around, or no true one, or the sizes differ.

    Source: Mikolov et al. (2013a), section 3.1; Rong (2014), section 1.2.

    >>> window, outputs = torch.zeros(2, 3), torch.ones(1, 3)
    >>> cbow_gradients(window, outputs)[0].shape
    torch.Size([2, 3])
    """
    if not len(window):
        raise ValueError("a window without words has no mean")
    for_mean, for_outputs = skipgram_gradients(window.mean(dim=0), outputs)
    share = for_mean / len(window)  # each word made up one part of the mean
    return share.expand_as(window), for_outputs


def update(
    centres: Tensor,
    contexts: Tensor,
    pair: tuple[int, int],
    negatives: Sequence[int],
    rate: float,
) -> None:
    """Take one step of gradient descent on one pair, in place.

    Args:
        centres: one vector a word, (words, size).
        contexts: the other vector of every word, (words, size).
        pair: numbers of the centre and of its true context word.
        negatives: numbers of words drawn from the noise; one may come twice.
        rate: the learning rate.

    Raises:
        ValueError: there is no word of one of these numbers.
    """
    for number in (*pair, *negatives):
        if not 0 <= number < len(centres):
            raise ValueError(
                f"words are numbered 0 to {len(centres) - 1}, not {number}"
            )
    centre, company = pair[0], torch.tensor([pair[1], *negatives])
    for_centre, for_outputs = skipgram_gradients(centres[centre], contexts[company])
    centres[centre] -= rate * for_centre
    contexts.index_add_(0, company, -rate * for_outputs)  # adds up repeated words
