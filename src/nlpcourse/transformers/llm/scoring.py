"""What a model thinks of given answers: probabilities of continuations, without writing anything.

To write a token takes a whole pass through the model.  To score a text that is already there takes
one pass for all its tokens, and a beginning that many texts share is read once: its keys and values
are chapter 31's cache, lent to every text.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from nlpcourse.transformers.gpt.llama import Llama
from nlpcourse.transformers.gpt.model import Cache

ROWS = 16
"""Texts that are read side by side."""


@torch.no_grad()
def states(model: Llama, ids: Tensor, cache: Cache | None = None) -> Tensor:
    """Return the vectors from which the next tokens are scored, (B, T) → (B, T, C).

    The scores of all tokens of a vocabulary take far more memory than these, and most of them are
    never looked at.
    """
    start = cache.length if cache is not None else 0
    x = model.tokens(ids)
    for number, block in enumerate(model.blocks):
        x = block(x, number, cache, start)
    out: Tensor = model.norm(x)
    return out


def read(model: Llama, prefix: Sequence[int]) -> Cache:
    """Return the cache of a beginning that many texts share; empty for an empty one."""
    cache = Cache()
    if prefix:
        states(model, torch.tensor([list(prefix)]), cache)
    return cache


def lent(cache: Cache, rows: int) -> Cache:
    """Return the cache of one text as that of *rows* texts that begin alike.

    Raises:
        ValueError: the cache holds other than one text, or there are no rows.
    """
    if rows < 1 or any(key.shape[0] != 1 for key, _ in cache.kept.values()):
        raise ValueError(
            "one text's cache can be lent to one text or more; read one prefix, "
            "and give 1 row or more"
        )
    copy = Cache()
    copy.kept = {
        block: (key.expand(rows, -1, -1, -1), value.expand(rows, -1, -1, -1))
        for block, (key, value) in cache.kept.items()
    }
    return copy


def side_by_side(texts: Sequence[Sequence[int]]) -> Tensor:
    """Return ids of different lengths as one table, filled up with 0 at the end.

    A decoder looks back only, so what follows a text can't change it.

    Raises:
        ValueError: there is no text, or one is empty.

    >>> side_by_side([[5, 6], [7]]).tolist()
    [[5, 6], [7, 0]]
    """
    if not texts or min(len(text) for text in texts) == 0:
        raise ValueError(
            "there is nothing to read; give one text or more, each of one token or more"
        )
    return torch.nn.utils.rnn.pad_sequence(
        [torch.tensor(list(text)) for text in texts], batch_first=True
    )


def next_log_probs(
    model: Llama,
    texts: Sequence[Sequence[int]],
    options: Sequence[int],
    prefix: Cache | None = None,
    rows: int = ROWS,
) -> Tensor:
    """Return ln p of some tokens right behind each text, (texts, options).

    Args:
        model: the decoder.
        texts: ids of each text, without the prefix.
        options: the tokens that are looked at.
        prefix: the cache of a beginning that all texts share (:func:`read`).
        rows: texts that are read side by side, those of like length together.

    Raises:
        ValueError: there is no text, an empty one, or no option.
    """
    if not options:
        raise ValueError("there is nothing to choose from; give one token or more")
    side_by_side(texts[:1])  # refuses to begin with nothing
    found = torch.empty(len(texts), len(options), dtype=model.tokens.weight.dtype)
    order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
    for first in range(0, len(order), rows):
        chosen = order[first : first + rows]
        ids = side_by_side([texts[n] for n in chosen])
        cache = lent(prefix, len(chosen)) if prefix and prefix.length else None
        read_by = states(model, ids, cache)  # (rows, T, C)
        ends = torch.tensor([len(texts[n]) - 1 for n in chosen])
        last = read_by[torch.arange(len(chosen)), ends]  # (rows, C)
        logits = F.linear(last, model.tokens.weight)  # (rows, V)
        found[chosen] = logits.log_softmax(dim=-1)[:, list(options)]
    return found.detach()


def continuation_costs(
    model: Llama,
    texts: Sequence[Sequence[int]],
    begins: Sequence[int],
    rows: int = ROWS,
) -> list[tuple[Tensor, Tensor]]:
    """Return what each token of the texts' ends costs, and whether it was the likeliest one.

    Args:
        model: the decoder.
        texts: ids of each whole text.
        begins: the place, 1 or more, where each text's end begins.
        rows: texts that are read side by side.

    Returns:
        For each text −ln p of its tokens from that place on, and as many truth values.  Where all
        of them are true, :func:`~nlpcourse.transformers.gpt.sampling.generate` without chance would
        have written exactly this end.

    Raises:
        ValueError: a text has no end behind that place, or nothing before it.
    """
    for text, begin in zip(texts, begins, strict=True):
        if not 1 <= begin < len(text):
            raise ValueError(
                f"an end that begins at {begin} of {len(text)} tokens can't be scored; something "
                "must stand before it and in it"
            )
    found: dict[int, tuple[Tensor, Tensor]] = {}
    order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
    for first in range(0, len(order), rows):
        chosen = order[first : first + rows]
        read_by = states(model, side_by_side([texts[n] for n in chosen]))
        for row, n in zip(read_by, chosen, strict=True):
            wanted = torch.tensor(list(texts[n][begins[n] :]))
            logits = F.linear(
                row[begins[n] - 1 : len(texts[n]) - 1], model.tokens.weight
            ).detach()
            costs = F.cross_entropy(logits, wanted, reduction="none")
            found[n] = costs, logits.argmax(dim=-1) == wanted
    return [found[n] for n in range(len(texts))]
