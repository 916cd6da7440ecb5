"""Decoding under a constraint: what a machine does not allow gets a score of −∞."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nlpcourse.transformers.gpt.model import Cache
from nlpcourse.transformers.gpt.sampling import GREEDY, Draw, Reader
from nlpcourse.transformers.llm.machines import Machine, Trie, allowed_fast, walk


def masked(logits: Tensor, tokens: Sequence[int]) -> Tensor:
    """Return the logits (V,) with −∞ for all tokens but these.

    Raises:
        ValueError: nothing is left, or a number is no token's.

    >>> masked(torch.tensor([1.0, 2.0, 3.0]), [0, 1]).tolist()
    [1.0, 2.0, -inf]
    """
    logits = torch.as_tensor(logits)
    chosen = [int(n) for n in tokens]
    if (
        logits.dim() != 1
        or not chosen
        or not 0 <= min(chosen) <= max(chosen) < len(logits)
    ):
        raise ValueError(
            f"{len(chosen)} tokens can't be kept of logits {tuple(logits.shape)}; give one row, "
            "and the numbers of one token or more"
        )
    kept = torch.full_like(logits, -math.inf, dtype=torch.float32)
    kept[chosen] = logits[chosen].float()
    return kept


@dataclass(frozen=True)
class Written:
    """What was written under a constraint.

    Attributes:
        ids: the tokens, without the end.
        text: their characters.
        ended: whether the text is whole; False where the length ran out.
        kept: the probability that the model itself gave to all allowed tokens, step by step.
    """

    ids: list[int]
    text: str
    ended: bool
    kept: list[float]


@torch.no_grad()
def write(
    model: Reader,
    prompt: Sequence[int],
    machine: Machine,
    vocabulary: Sequence[str],
    end: int,
    longest: int = 40,
    draw: Draw = GREEDY,
    seed: int = 0,
    trie: Trie | None = None,
) -> Written:
    """Continue a prompt by a text that the machine accepts.

    Args:
        model: reads ids and a cache, returns logits.
        prompt: ids, one or more.
        machine: the constraint on what is written.
        vocabulary: the text of each token.
        end: the token that ends a text; allowed where the machine may end.
        longest: tokens at most.
        draw: how a token is chosen among the allowed ones.
        seed: of the draws.
        trie: of the vocabulary, if it is at hand.

    Raises:
        ValueError: the prompt is empty, or no token can come next.
    """
    if not prompt:
        raise ValueError("the prompt is empty; begin with one token or more")
    trie, state = trie or Trie.of(vocabulary), machine.start
    generator = torch.Generator().manual_seed(seed)
    cache, fresh = Cache(), torch.tensor([list(prompt)])
    ids: list[int] = []
    kept: list[float] = []
    known: dict[Hashable, list[int]] = {}
    for _ in range(longest):
        if state not in known:
            tokens = allowed_fast(machine, state, trie)
            known[state] = [*tokens, end] if machine.may_end(state) else tokens
        logits = model(fresh, cache)[0, -1]
        kept.append(float(logits.softmax(-1)[known[state]].sum()))
        chosen = int(draw.choose(masked(logits, known[state])[None], generator))
        if chosen == end:
            return Written(ids, "".join(vocabulary[n] for n in ids), True, kept)
        ids.append(chosen)
        after = walk(machine, state, vocabulary[chosen])
        assert after is not None  # the token was allowed
        state, fresh = after, torch.tensor([[chosen]])
    return Written(ids, "".join(vocabulary[n] for n in ids), False, kept)
