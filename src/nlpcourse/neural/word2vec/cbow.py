"""CBOW for thousands of words at once: every word of a stretch guessed from its window.

Both thoughts of :mod:`nlpcourse.neural.word2vec.blocks` serve again: a window is a sum of shifted
slices, and all words of a stretch share one draw of negatives.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from nlpcourse.neural.word2vec.blocks import (
    Gradients,
    SkipGram,
    refuse_bad_blocks,
    shifts,
)


def cbow_block_gradients(
    company: Tensor,
    word: Tensor,
    noise: Tensor,
    sentence: Tensor,
    reach: Tensor,
    negatives: float,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return the loss of a stretch of text, its gradients by hand, and which words were guessed.

    Args:
        company: v of every word of the stretch, for the windows, (time, size).
        word: u of every word of the stretch, for the guesses, (time, size).
        noise: u of the shared negatives, (drawn, size).
        sentence: the sentence of every word; windows stay within one, (time,).
        reach: how far the window of each word goes, (time,).
        negatives: how many negatives a guess is worth.

    Returns:
        the sum of the losses, its gradients for *company*, *word* and *noise*, and 1 for each word
        that was guessed, 0 for one that stands alone, (time,).

    Raises:
        ValueError: the stretch is empty, no negatives were drawn, or vectors are no fractions.

    Source: Mikolov et al. (2013a), section 3.1; the gradient is that of
    :func:`nlpcourse.neural.word2vec.gradients.cbow_gradients`, summed over the stretch.

    >>> table, one = torch.zeros(3, 2), torch.ones(3, dtype=torch.long)
    >>> cbow_block_gradients(table, table, table, one, one, 1)[4]
    tensor([1., 1., 1.])
    """
    refuse_bad_blocks(company, word, noise)
    total, size = torch.zeros_like(company), company.new_zeros(len(company), 1)
    for here, there, paired in shifts(sentence, reach, company.dtype):
        total[here] += paired.unsqueeze(1) * company[there]
        size[here] += paired.unsqueeze(1)
    mean, guessed = total / size.clamp(min=1), (size > 0).to(company.dtype)
    scores = (mean * word).sum(dim=1, keepdim=True)  # (time, 1)
    noisy = mean @ noise.T  # (time, drawn)
    worth = guessed * negatives / len(noise)
    loss = (
        -(logsigmoid(scores) * guessed).sum() - (logsigmoid(-noisy) * worth).sum()
    )
    error = (torch.sigmoid(scores) - 1) * guessed
    false = torch.sigmoid(noisy) * worth
    share = (error * word + false @ noise) / size.clamp(min=1)  # one word's part
    for_company = torch.zeros_like(company)
    for here, there, paired in shifts(sentence, reach, company.dtype):
        for_company[there] += paired.unsqueeze(1) * share[here]
    return loss, for_company, error * mean, false.T @ mean, guessed.squeeze(1)


class Cbow(SkipGram):
    """CBOW with negative sampling over stretches of text; see :class:`SkipGram`.

    The table ``centres`` holds the vectors that windows are made of, ``contexts`` those of the
    words that are guessed.
    """

    gradients: Callable[..., Gradients] = staticmethod(cbow_block_gradients)
