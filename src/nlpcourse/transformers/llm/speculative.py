"""Speculative decoding: a cheap draft proposes some tokens, one pass of the model judges them all.

What comes out has the model's own distribution, whatever the draft is; a bad draft costs time only.

Source: Leviathan, Kalman and Matias (2023), algorithm 1; Chen et al. (2023), algorithm 2.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from nlpcourse.transformers.gpt.model import Cache
from nlpcourse.transformers.gpt.sampling import GREEDY, Draw, Reader

Draft = Callable[[list[int], int, torch.Generator], tuple[list[int], Tensor]]
"""Ids so far, how many to propose → the proposed ids, and the distribution q of each, (γ, V)."""


def acceptance(p: Tensor, q: Tensor) -> Tensor:
    """Return the probability that a token drawn from *q* is kept, Σ min(p, q), (…, V) → (…).

    Raises:
        ValueError: the two have different shapes, or no tokens.

    Source: Leviathan et al. (2023), theorem 3.5: β = 1 − D_LK(p, q).

    >>> round(float(acceptance(torch.tensor([0.5, 0.5]), torch.tensor([0.9, 0.1]))), 3)
    0.6
    """
    p, q = _pair(p, q)
    return torch.minimum(p, q).sum(dim=-1)


def residual(p: Tensor, q: Tensor) -> Tensor:
    """Return what is drawn from after a refusal: max(0, p − q), brought to a sum of 1.

    Where nothing is left, because *p* and *q* are equal, it is *p*; no token is refused then.

    Raises:
        ValueError: the two have different shapes, or no tokens.

    Source: Leviathan et al. (2023), section 2.3.

    >>> residual(torch.tensor([0.5, 0.25, 0.25]), torch.tensor([0.75, 0.25, 0.0])).tolist()
    [0.0, 0.0, 1.0]
    """
    p, q = _pair(p, q)
    left = (p - q).clamp_min(0)
    total = left.sum(dim=-1, keepdim=True)
    return torch.where(total > 0, left / total.clamp_min(1e-30), p)


def _pair(p: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
    """Return both as floating-point tensors after making sure that they have one shape."""
    p, q = torch.as_tensor(p), torch.as_tensor(q)
    p, q = (x if x.is_floating_point() else x.float() for x in (p, q))
    if p.shape != q.shape or p.dim() == 0 or p.shape[-1] == 0:
        raise ValueError(
            f"distributions {tuple(p.shape)} and {tuple(q.shape)} can't be compared; give two over "
            "the same tokens"
        )
    return p, q


def judge(
    p: Tensor, q: Tensor, proposed: Sequence[int], generator: torch.Generator
) -> list[int]:
    """Return the proposed tokens that are kept, and one more token of the model's own.

    Args:
        p: what the model expects at each proposed place and at the one behind, (γ + 1, V).
        q: what the draft drew from, (γ, V).
        proposed: γ tokens.
        generator: of the draws.

    Source: Leviathan et al. (2023), algorithm 1.
    """
    kept: list[int] = []
    for place, token in enumerate(proposed):
        if torch.rand((), generator=generator) * q[place, token] >= p[place, token]:
            left = residual(p[place], q[place])  # refused
            return [*kept, int(torch.multinomial(left, 1, generator=generator))]
        kept.append(token)
    return [*kept, int(torch.multinomial(p[len(kept)], 1, generator=generator))]


def expected_tokens(rate: float, proposed: int) -> float:
    """Return the tokens that a pass brings on average, if each is kept with the same probability.

    Args:
        rate: α, from 0 to 1.
        proposed: γ, 0 or more.

    Raises:
        ValueError: the rate is no probability, or *proposed* is below 0.

    Source: Leviathan et al. (2023), equation 1.

    >>> expected_tokens(0.5, 2), expected_tokens(1.0, 4)
    (1.75, 5.0)
    """
    if not 0 <= rate <= 1 or proposed < 0:
        raise ValueError(
            f"with a rate of {rate} and {proposed} tokens nothing can be expected; "
            "the rate lies between 0 and 1, and 0 tokens or more are proposed"
        )
    if rate == 1:
        return float(proposed + 1)
    return float((1 - rate ** (proposed + 1)) / (1 - rate))


def forget(cache: Cache, length: int) -> None:
    """Cut a cache back to its first *length* tokens: what was refused was never read.

    Raises:
        ValueError: it does not hold so many.
    """
    if not 0 <= length <= cache.length:
        raise ValueError(f"{length} of {cache.length} tokens can't be kept")
    for block, (key, value) in cache.kept.items():
        cache.kept[block] = key[:, :, :length], value[:, :, :length]


@dataclass
class Speculated:
    """A text, and how it came about.

    Attributes:
        ids: the prompt and what was added.
        passes: through the model, the prompt's included.
        proposed: tokens that the draft proposed.
        kept: how many of them were kept.
    """

    ids: list[int]
    passes: int = 0
    proposed: int = 0
    kept: int = 0
    rounds: list[int] = field(default_factory=list)


@torch.no_grad()
def speculate(
    model: Reader,
    prompt: Sequence[int],
    length: int,
    draft: Draft,
    proposed: int = 4,
    draw: Draw = GREEDY,
    seed: int = 0,
    end: int | None = None,
) -> Speculated:
    """Continue a prompt with the distribution of plain sampling, in fewer passes.

    Args:
        model: reads ids and a cache, returns logits.
        prompt: ids, one or more.
        length: tokens to add.
        draft: proposes.
        proposed: γ, tokens that are proposed at a time.
        draw: how the model's own tokens are drawn; with no temperature the likeliest is taken.
        seed: of the draws.
        end: a token after which nothing is added.

    Raises:
        ValueError: the prompt is empty, or a number is below 0.
    """
    if not prompt or length < 0 or proposed < 0:
        raise ValueError(
            f"{len(prompt)} tokens can't be continued by {length}, {proposed} at a time; give a "
            "prompt of one token or more, and no number below 0"
        )
    generator = torch.Generator().manual_seed(seed)
    text, cache, last = Speculated(list(prompt)), Cache(), len(prompt) + length
    while len(text.ids) < last and (
        end is None or text.ids[-1] != end or not text.passes
    ):
        most = min(proposed, last - len(text.ids) - 1)
        guess, q = draft(text.ids, most, generator)
        unread = text.ids[cache.length :]
        logits = model(torch.tensor([unread + guess]), cache)[0, len(unread) - 1 :]
        new = judge(chances(logits, draw), q, guess, generator)
        text.passes, text.proposed = text.passes + 1, text.proposed + len(guess)
        text.kept, text.rounds = text.kept + len(new) - 1, [*text.rounds, len(new)]
        if end in new:
            new = new[: new.index(end) + 1]
        text.ids += new
        forget(cache, min(cache.length, len(text.ids) - 1))
    return text


def chances(logits: Tensor, draw: Draw) -> Tensor:
    """Return the probabilities that a draw gives to the tokens, (T, V) → (T, V).

    Without temperature the likeliest token has all of it.
    """
    if draw.temperature == 0:
        best = logits.argmax(dim=-1, keepdim=True)
        return torch.zeros_like(logits).scatter(-1, best, 1.0)
    return draw.filtered(logits).softmax(dim=-1)


# ------------------------------------------------------------------------------------- drafts


def look_up(vocabulary: int, longest: int = 3) -> Draft:
    """Return a draft without a model: what followed the last tokens when they stood there before.

    Args:
        vocabulary: V.
        longest: last tokens that are looked for; where they are new, fewer.
    """

    def draft(
        ids: list[int], proposed: int, generator: torch.Generator
    ) -> tuple[list[int], Tensor]:
        guess = copied(ids, proposed, longest)
        q = torch.zeros(len(guess), vocabulary)
        if guess:
            q[torch.arange(len(guess)), torch.tensor(guess)] = 1.0
        return guess, q

    return draft


def copied(ids: Sequence[int], number: int, longest: int = 3) -> list[int]:
    """Return what followed the last tokens at their latest earlier place; nothing if they are new.

    Args:
        ids: the text so far.
        number: tokens that are returned at most.
        longest: last tokens that are looked for, then fewer.

    >>> copied([1, 2, 3, 4, 1, 2], number=2)
    [3, 4]
    """
    ids = list(ids)
    for size in range(min(longest, len(ids) - 1), 0, -1):
        tail = ids[-size:]
        for place in range(len(ids) - size - 1, -1, -1):
            if ids[place : place + size] == tail:
                return ids[place + size : place + size + max(number, 0)]
    return []


class Bigrams:
    """A draft that knows which token followed which in a text, and nothing else.

    Attributes:
        table: p(next | last), (V, V).
    """

    def __init__(
        self, ids: Sequence[int] | Tensor, vocabulary: int, weight: float = 5.0
    ) -> None:
        """Count pairs; *weight* counts of each row are spread like the single tokens.

        Raises:
            ValueError: the text is empty, a token is none, or the weight is not above 0.
        """
        text = torch.as_tensor(ids).long()
        if len(text) < 2 or int(text.min()) < 0 or int(text.max()) >= vocabulary:
            raise ValueError(
                f"{len(text)} tokens of {vocabulary} can't be counted in pairs"
            )
        if not weight > 0:
            raise ValueError(
                f"a weight of {weight} leaves rows without a token; give more"
            )
        single = torch.bincount(text, minlength=vocabulary) + 1.0
        pairs = torch.bincount(
            text[:-1] * vocabulary + text[1:], minlength=vocabulary**2
        )
        counts = pairs.view(vocabulary, vocabulary) + weight * single / single.sum()
        self.table = counts / counts.sum(dim=1, keepdim=True)

    def __call__(
        self, ids: list[int], proposed: int, generator: torch.Generator
    ) -> tuple[list[int], Tensor]:
        """Draw token after token, each from the row of the one before."""
        guess: list[int] = []
        rows = []
        last = ids[-1]
        for _ in range(proposed):
            rows.append(self.table[last])
            last = int(torch.multinomial(rows[-1], 1, generator=generator))
            guess.append(last)
        return guess, torch.stack(rows) if rows else torch.zeros(0, len(self.table))


# ------------------------------------------------------------------------- everything at once

Toy = Callable[[tuple[int, ...]], Sequence[float]]
"""A model so small that all its texts can be listed: tokens so far → p of each next token."""


def all_outcomes(p: Toy, q: Toy, proposed: int) -> dict[tuple[int, ...], float]:
    """Return the probability of everything that one round can bring, by trying every chance.

    Args:
        p: the model.
        q: the draft, over the same tokens.
        proposed: γ.

    Returns:
        For each outcome, the kept tokens and one more, its probability.
    """
    size = len(p(()))
    found: dict[tuple[int, ...], float] = {}

    def add(ids: tuple[int, ...], chance: float) -> None:
        if chance > 0:
            found[ids] = found.get(ids, 0.0) + chance

    for guess in itertools.product(range(size), repeat=proposed):
        drawn = 1.0
        for place, token in enumerate(guess):
            drawn *= q(guess[:place])[token]
        reached = drawn  # drawn, and everything so far was kept
        for place, token in enumerate(guess):
            if reached <= 0:
                break
            before = guess[:place]
            expected, offered = p(before), q(before)
            keep = min(1.0, expected[token] / offered[token])
            left = [max(0.0, a - b) for a, b in zip(expected, offered, strict=True)]
            for other, part in enumerate(left):
                if keep < 1:
                    add((*before, other), reached * (1 - keep) * part / sum(left))
            reached *= keep
        for other, chance in enumerate(p(guess)):
            add((*guess, other), reached * chance)
    return found


def completed(
    outcomes: dict[tuple[int, ...], float], p: Toy, length: int
) -> dict[tuple[int, ...], float]:
    """Return the distribution of texts of *length* tokens that begin with these outcomes.

    Where an outcome is shorter, the model itself goes on; where it is longer, it is cut.
    """
    found: dict[tuple[int, ...], float] = {}
    todo = list(outcomes.items())
    while todo:
        ids, chance = todo.pop()
        if len(ids) >= length:
            found[ids[:length]] = found.get(ids[:length], 0.0) + chance
            continue
        todo += [
            ((*ids, n), chance * share) for n, share in enumerate(p(ids)) if share
        ]
    return found


def chain(first: Sequence[float], after: Sequence[Sequence[float]]) -> Toy:
    """Return a toy model whose next token depends on the last one alone.

    Args:
        first: p of each first token.
        after: for each token, p of each next one.

    Raises:
        ValueError: a row is no distribution over the tokens.

    >>> chain([0.5, 0.5], [[1, 0], [0.2, 0.8]])((0, 1))
    [0.2, 0.8]
    """
    rows = [list(first), *(list(row) for row in after)]
    for row in rows:
        if (
            len(row) != len(after)
            or min(row, default=-1) < 0
            or abs(sum(row) - 1) > 1e-6
        ):
            raise ValueError(f"{row} is no distribution over {len(after)} tokens")

    def model(ids: tuple[int, ...]) -> Sequence[float]:
        return rows[ids[-1] + 1] if ids else rows[0]

    return model
