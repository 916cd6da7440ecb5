"""The same gradients for thousands of pairs at once.

Two thoughts make it fast.  The pairs of a stretch of text at one distance are two slices of the
same array, one shifted against the other, so no vector is fetched twice.  And all centres of the
stretch share one draw of negatives, each weighted so that the expected loss stays what it is:
then their scores are one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from nlpcourse.neural.word2vec.text import (
    draw,
    keep_probability,
    noise_distribution,
)

Gradients = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]


def refuse_bad_blocks(centre: Tensor, context: Tensor, noise: Tensor) -> None:
    """Raise ValueError for a stretch without words or negatives, or of whole numbers."""
    if not len(centre) or not len(noise):
        raise ValueError("a stretch needs at least one word and one negative")
    if not all(part.is_floating_point() for part in (centre, context, noise)):
        raise ValueError("vectors hold fractions, not whole numbers")


def shifts(
    sentence: Tensor, reach: Tensor, dtype: torch.dtype
) -> Iterator[tuple[slice, slice, Tensor]]:
    """Yield, for each distance and side, two slices of a stretch and 1 where they make a pair.

    Args:
        sentence: the sentence of every word, (time,).
        reach: how far each word looks, (time,).
        dtype: of the ones and zeros.
    """
    for distance in range(1, int(reach.max()) + 1):
        left, right = slice(None, -distance), slice(distance, None)
        together = sentence[left] == sentence[right]
        for here, there in ((left, right), (right, left)):
            yield here, there, (together & (reach[here] >= distance)).to(dtype)


def block_gradients(
    centre: Tensor,
    context: Tensor,
    noise: Tensor,
    sentence: Tensor,
    reach: Tensor,
    negatives: float,
) -> Gradients:
    """Return the loss of a stretch of text, its gradients by hand, and how many pairs it has.

    Args:
        centre: v of every word of the stretch, (time, size).
        context: u of every word of the stretch, (time, size).
        noise: u of the shared negatives, (drawn, size).
        sentence: the sentence of every word; pairs stay within one, (time,).
        reach: how far each word looks as a centre, (time,).
        negatives: how many negatives a pair is worth.

    Returns:
        the sum of the losses, its gradients for *centre*, *context* and *noise*, and the number
        of pairs of each centre, (time,).

    Raises:
        ValueError: the stretch is empty, no negatives were drawn, or vectors are no fractions.
    """
    refuse_bad_blocks(centre, context, noise)
    for_centre, for_context = torch.zeros_like(centre), torch.zeros_like(context)
    count, loss = centre.new_zeros(len(centre)), centre.new_zeros(())
    for here, there, paired in shifts(sentence, reach, centre.dtype):
        scores = (centre[here] * context[there]).sum(dim=1)
        error = ((torch.sigmoid(scores) - 1) * paired).unsqueeze(1)
        for_centre[here].addcmul_(error, context[there])
        for_context[there].addcmul_(error, centre[here])
        count[here] += paired
        loss -= logsigmoid(scores) @ paired
    worth = (count * negatives / len(noise)).unsqueeze(1)  # (time, 1)
    scores = centre @ noise.T  # (time, drawn)
    loss -= (logsigmoid(-scores) * worth).sum()
    error = torch.sigmoid(scores) * worth
    return loss, for_centre + error @ noise, for_context, error.T @ centre, count


class BlockLoss(torch.autograd.Function):
    """:func:`block_gradients` as an operation of PyTorch, so that any optimizer can follow it."""

    @staticmethod
    def forward(
        ctx: Any,
        centres: Tensor,
        contexts: Tensor,
        words: Tensor,
        noise: Tensor,
        sentence: Tensor,
        reach: Tensor,
        negatives: float,
        gradients: Callable[..., Gradients] = block_gradients,
    ) -> Tensor:
        """Return the mean loss of a pair; keep the gradients of both tables."""
        loss, for_centre, for_context, for_noise, count = gradients(
            centres[words],
            contexts[words],
            contexts[noise],
            sentence,
            reach,
            negatives,
        )
        pairs = count.sum().clamp(min=1)
        rows = torch.cat([words, noise])
        table = torch.zeros_like(centres).index_add_(0, words, for_centre / pairs)
        other = torch.zeros_like(contexts).index_add_(
            0, rows, torch.cat([for_context, for_noise]) / pairs
        )
        ctx.save_for_backward(table, other)
        return loss / pairs

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        """Return the gradients that the forward pass worked out."""
        table, other = ctx.saved_tensors
        (scale,) = gradients
        return scale * table, scale * other, None, None, None, None, None, None


class Sampling(nn.Module):
    """What every skip-gram has: contexts, and what is drawn anew for each stretch of text.

    Args:
        counts: how often every word occurs, (words,).
        size: numbers in a vector.
        window: the furthest that two words of a pair stand apart.
        negatives: how many negatives a pair is worth.
        drawn: how many negatives all pairs of a stretch share.
        threshold: of :func:`keep_probability`; 1 keeps every word.
        power: of :func:`noise_distribution`.
    """

    def __init__(
        self,
        counts: Tensor,
        size: int,
        window: int,
        negatives: int,
        drawn: int,
        threshold: float,
        power: float = 0.75,
    ) -> None:
        """Let the contexts begin at 0.

        Raises:
            ValueError: a size is below one.
        """
        super().__init__()
        if min(size, window, negatives, drawn) < 1:
            raise ValueError(
                f"size {size}, window {window}, negatives {negatives} and drawn {drawn} are "
                "all one or more"
            )
        self.contexts = nn.Parameter(torch.zeros(len(counts), size))
        self.window, self.negatives, self.drawn = window, negatives, drawn
        self.keep: Tensor
        self.noise: Tensor
        keep = keep_probability(counts.float(), threshold)
        self.register_buffer("keep", keep, persistent=False)
        noise = noise_distribution(counts.double(), power)
        self.register_buffer("noise", noise, persistent=False)

    def sample(
        self, words: Tensor, sentence: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Decide which words are kept, how far each looks, and which negatives are drawn.

        Args:
            words: numbers of running words, (time,).
            sentence: the sentence of each, (time,).

        Returns:
            the kept words, their sentences and how far each looks, (kept,) each; the negatives,
            (drawn,).
        """
        chance = torch.rand(len(words), device=words.device)
        kept = chance < self.keep[words]
        words, sentence = words[kept], sentence[kept]
        reach = torch.randint(1, self.window + 1, words.shape, device=words.device)
        return words, sentence, reach, draw(self.noise, self.drawn)


class SkipGram(Sampling):
    """Skip-gram with negative sampling over stretches of text; arguments as :class:`Sampling`.

    A trained model (``eval()``) keeps ``centres`` alone; ``contexts`` is needed for training.
    """

    gradients: Callable[..., Gradients] = staticmethod(block_gradients)

    def __init__(
        self, counts: Tensor, size: int, *sampling: Any, **named: Any
    ) -> None:
        """Draw small vectors for the centres, as the program of 2013 does.

        Raises:
            ValueError: a size is below one.
        """
        super().__init__(counts, size, *sampling, **named)
        self.centres = nn.Parameter((torch.rand(len(counts), size) - 0.5) / size)
        hooks: Any = self
        hooks.register_state_dict_post_hook(_without_contexts)
        hooks.register_load_state_dict_pre_hook(_with_contexts)

    def forward(self, words: Tensor, sentence: Tensor) -> Tensor:
        """Return the mean loss of a pair.

        What is sampled is sampled anew at every call.

        Args:
            words: numbers of running words, (time,).
            sentence: the sentence of each, (time,).
        """
        words, sentence, reach, noise = self.sample(words, sentence)
        if not len(words):
            return self.centres.sum() * 0.0
        block: Any = BlockLoss
        loss: Tensor = block.apply(
            self.centres,
            self.contexts,
            words,
            noise,
            sentence,
            reach,
            self.negatives,
            self.gradients,
        )
        return loss


def _without_contexts(
    module: nn.Module, tensors: dict[str, Any], prefix: str, _about: Any
) -> None:
    """Leave the contexts out of a trained model's state."""
    if not module.training:
        tensors.pop(f"{prefix}contexts")


def _with_contexts(
    module: nn.Module, tensors: dict[str, Any], prefix: str, *_rest: Any
) -> None:
    """Let a trained model be loaded from a state without contexts."""
    if not module.training:
        tensors.setdefault(f"{prefix}contexts", module.contexts)
