"""From scores to a token, and from a token to a text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nlpcourse.transformers.gpt.model import Cache

LEAST = 0.001
"""The least temperature above 0: what is divided by less may leave the range of 32 bits."""

Reader = Callable[[Tensor, Cache | None], Tensor]
"""A model: ids (B, T) and a cache or None → logits (B, T, V)."""


def scores(logits: Tensor) -> Tensor:
    """Return logits as a tensor after making sure that something can be drawn from them.

    Raises:
        ValueError: there is no token, every token is dropped, or a logit is not a number.
    """
    logits = torch.as_tensor(logits)
    if not logits.is_floating_point():
        logits = logits.float()
    if logits.dim() == 0 or logits.shape[-1] == 0:
        raise ValueError(
            "there is no token to choose from; give one logit for each"
        )
    best = logits.amax(dim=-1)  # NaN where a logit is, −∞ where all are dropped
    if not bool(best.isfinite().all()):
        raise ValueError(
            f"the largest logit of a row is {float(best[~best.isfinite()][0])}; give finite "
            "logits, and −∞ for dropped tokens alone"
        )
    return logits


def with_temperature(logits: Tensor, temperature: float) -> Tensor:
    """Divide the logits: below 1 the likely tokens gain, above 1 the unlikely.

    Args:
        logits: (…, V).
        temperature: above 0; see `Draw` for the least one.

    >>> with_temperature(torch.tensor([1.0, 2.0]), 0.5).tolist()
    [2.0, 4.0]
    """
    if not temperature >= LEAST:
        raise ValueError(
            f"a temperature of {temperature} can't divide; choose {LEAST} or more"
        )
    return scores(logits) / temperature


def top_k(logits: Tensor, k: int) -> Tensor:
    """Keep the *k* largest logits (and those that equal the smallest of them).

    Args:
        logits: (…, V).
        k: how many are kept; more than V keeps all.

    Returns:
        (…, V), −∞ where a token was dropped.

    Raises:
        ValueError: *k* is below 1, or nothing can be drawn.

    >>> top_k(torch.tensor([1.0, 3.0, 2.0]), k=2).tolist()
    [-inf, 3.0, 2.0]
    """
    if k < 1:
        raise ValueError(f"k must be 1 or more, not {k}")
    logits = scores(logits)
    smallest = logits.topk(min(k, logits.shape[-1])).values[..., -1:]
    return logits.masked_fill(logits < smallest, -math.inf)


def top_p(logits: Tensor, p: float) -> Tensor:
    """Keep the fewest likeliest tokens that hold a probability of *p* together.

    The sums are in 64 bits: in 32 they reach 1 long before the last of fifty thousand tokens.

    Args:
        logits: (…, V).
        p: above 0 and at most 1; the likeliest token is always kept, and 1 keeps all.

    Returns:
        (…, V), −∞ where a token was dropped.

    Raises:
        ValueError: *p* is no such share, or nothing can be drawn.

    Source: Holtzman et al. (2020), section 3.1, nucleus sampling.

    >>> top_p(torch.tensor([0.5, 0.3, 0.2]).log(), p=0.6).exp().round(decimals=1).tolist()
    [0.5, 0.30000001192092896, 0.0]
    """
    if not 0 < p <= 1:
        raise ValueError(f"p must be above 0 and at most 1, not {p}")
    logits = scores(logits)
    if p == 1:
        return logits
    ordered, places = logits.sort(descending=True)
    shares = ordered.double().softmax(dim=-1)
    above = shares.cumsum(dim=-1) - shares  # held by the likelier ones
    dropped = above >= p
    dropped[..., 0] = False
    return logits.masked_fill(dropped.scatter(-1, places, dropped), -math.inf)


@dataclass(frozen=True)
class Draw:
    """How the next token is chosen; temperature, then top-k, then top-p.

    Attributes:
        temperature: 0 takes the likeliest token always; the least above it is `LEAST`.
        k: how many of the likeliest may be drawn; None for all.
        p: how much probability they must hold together; None for all of it.

    >>> Draw(temperature=-1)
    Traceback (most recent call last):
    ValueError: the temperature must be 0, or 0.001 or more, not -1
    """

    temperature: float = 1.0
    k: int | None = None
    p: float | None = None

    def __post_init__(self) -> None:
        """Refuse settings that leave nothing to draw."""
        if not (self.temperature == 0 or LEAST <= self.temperature < math.inf):
            raise ValueError(
                f"the temperature must be 0, or {LEAST} or more, not {self.temperature}"
            )
        if self.k is not None and self.k < 1:
            raise ValueError(f"k must be 1 or more, not {self.k}")
        if self.p is not None and not 0 < self.p <= 1:
            raise ValueError(f"p must be above 0 and at most 1, not {self.p}")

    def filtered(self, logits: Tensor) -> Tensor:
        """Return the logits (…, V) after temperature, top-k and top-p."""
        if self.temperature > 0:
            logits = with_temperature(logits, self.temperature)
        if self.k is not None:
            logits = top_k(logits, self.k)
        if self.p is not None:
            logits = top_p(logits, self.p)
        return logits

    def choose(self, logits: Tensor, generator: torch.Generator) -> Tensor:
        """Return one token per row, (B, V) → (B, 1)."""
        if self.temperature == 0:
            return scores(logits).argmax(dim=-1, keepdim=True)
        shares = self.filtered(logits).softmax(dim=-1)
        return torch.multinomial(shares, 1, generator=generator)


GREEDY = Draw(temperature=0)


def prompts(ids: Tensor) -> Tensor:
    """Return prompts as a tensor (B, T) of whole numbers after making sure that they are some.

    Raises:
        ValueError: they have another shape, or no token.
    """
    ids = torch.as_tensor(ids)
    if ids.dim() != 2:
        raise ValueError(
            f"prompts are a table (texts, tokens), not of shape {tuple(ids.shape)}; put one "
            "text in brackets"
        )
    if 0 in ids.shape:
        raise ValueError("the prompt is empty; begin with at least one token")
    return ids.long()


@torch.no_grad()
def generate(
    model: Reader,
    ids: Tensor,
    length: int,
    draw: Draw = GREEDY,
    seed: int = 0,
    cached: bool = True,
    context: int | None = None,
) -> Tensor:
    """Continue texts by *length* tokens.

    Args:
        model: reads ids and a cache, returns logits.
        ids: (B, T), the prompts.
        length: tokens to add; 0 adds none.
        draw: how each is chosen.
        seed: of the draws.
        cached: read each token once and keep its keys and values; False reads the whole text
            anew for each token.
        context: read only the last so many tokens; works without the cache alone, since a
            token's place changes when the text slides.

    Returns:
        (B, T + length).

    Raises:
        ValueError: the prompt is empty, *length* or *context* can't be, or both *cached* and
            *context* were asked for.
    """
    ids = prompts(ids)
    if length < 0:
        raise ValueError(f"{length} tokens can't be added; give 0 or more")
    if context is not None and context < 1:
        raise ValueError(
            f"a context of {context} tokens shows nothing; give 1 or more"
        )
    if cached and context is not None:
        raise ValueError("a cache can't slide; choose cached=False with a context")
    generator = torch.Generator().manual_seed(seed)
    cache = Cache() if cached else None
    fresh = ids
    for _ in range(length):
        read = fresh if cached else ids[:, -context:] if context else ids
        logits = model(read, cache)[:, -1]  # (B, V)
        fresh = draw.choose(logits, generator)
        ids = torch.cat([ids, fresh], dim=1)
    return ids


def repeated_share(ids: Sequence[int], length: int = 12) -> float:
    """Return the share of stretches of *length* tokens that stood in the text before.

    A text shorter than a stretch repeats nothing.

    >>> repeated_share([1, 2, 1, 2, 1, 2], length=2)
    0.6
    >>> repeated_share([])
    0.0
    """
    if length < 1:
        raise ValueError(f"a stretch of {length} tokens is none; give 1 or more")
    numbers = [int(number) for number in ids]
    count = len(numbers) - length + 1
    if count < 1:
        return 0.0
    stretches = {tuple(numbers[k : k + length]) for k in range(count)}
    return 1 - len(stretches) / count
