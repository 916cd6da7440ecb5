"""The fast twins of chapter 31's Llama, one token at a time, and of chapter 30's BERT.

At one token a pass the time goes into fetching weights, and what is left into many small
operations.  So rotations are looked up and not computed, matrices that read the same vector are
joined, and keys and values go into room that was made before.  BERT reads many texts at once; of
its attention only the mixtures are wanted, so PyTorch's fused function need not write the weights.
Tests hold both equal to :class:`~nlpcourse.transformers.gpt.llama.Llama` and
:class:`~nlpcourse.transformers.bert.encoder.Bert`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from nlpcourse.transformers.bert.encoder import Bert
from nlpcourse.transformers.gpt.llama import Llama


@torch.no_grad()
def last_hidden(bert: Bert, ids: Tensor, mask: Tensor, segments: Tensor) -> Tensor:
    """Return the top layer's vectors (B, T, C), as ``bert(ids, mask, segments).last`` does.

    Args:
        bert: in evaluation mode.
        ids: (B, T) integers, each row with one real token or more.
        mask: (B, T), 1 for a real token and 0 for padding.
        segments: (B, T), 0 for the first sentence and 1 for the second.
    """
    may_look = mask.bool()[:, None, None, :]
    x: Tensor = bert.embeddings(ids, segments)
    blocks: list[Any] = list(bert.blocks)
    for block in blocks:
        look = block.attention
        q, k, v = (look.split(f(x)) for f in (look.query, look.key, look.value))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=may_look)
        x = block.attention_norm(x + look.output(mixed.transpose(1, 2).flatten(-2)))
        x = block.output_norm(x + block.contract(block.gelu(block.expand(x))))
    return x


class FastLlama:
    """A Llama that reads a prompt, and then token after token."""

    def __init__(self, model: Llama, room: int) -> None:
        """Join the matrices, and make room for the keys and values of *room* tokens.

        Raises:
            ValueError: there is no room.
        """
        if room < 1:
            raise ValueError(
                f"room for {room} tokens holds nothing; give 1 or more"
            )
        c = self.config = model.config
        self.model, self.length = model, 0
        self.blocks: list[Any] = list(model.blocks)
        self.size = c.size // c.heads  # D
        dtype = model.tokens.weight.dtype
        shape = (c.layers, 2, 1, c.shared_heads, room, self.size)
        self.kept = torch.zeros(shape, dtype=dtype)
        pairs = torch.arange(0, self.size, 2, dtype=dtype)
        angle = torch.arange(room, dtype=dtype)[:, None] * c.base ** (
            -pairs / self.size
        )
        self.turns = torch.polar(torch.ones_like(angle), angle)  # (room, D / 2)
        self.joined = [
            (
                torch.cat([a.query.weight, a.key.weight, a.value.weight]).detach(),
                torch.cat([f.gate.weight, f.widen.weight]).detach(),
            )
            for a, f in ((b.attention, b.feed_forward) for b in self.blocks)
        ]

    @torch.inference_mode()
    def read(self, ids: Sequence[int]) -> Tensor:
        """Read more tokens; return the scores of what may follow the last one, (V,).

        Raises:
            ValueError: there is no token, or no room for them.
        """
        start, stop = self.length, self.length + len(ids)
        if not ids or stop > len(self.turns):
            raise ValueError(
                f"{stop} tokens and room for {len(self.turns)}; make more"
            )
        x = self.model.tokens(torch.tensor([list(ids)]))  # (1, T, C)
        for number, block in enumerate(self.blocks):
            x = x + self._look(block.norm_1(x), number, block, start, stop)
            gate, wide = F.linear(block.norm_2(x), self.joined[number][1]).chunk(
                2, -1
            )
            x = x + block.feed_forward.narrow(F.silu(gate) * wide)
        self.length = stop
        last = self.model.norm(x[:, -1])
        return F.linear(last, self.model.tokens.weight)[0]

    def _look(
        self, x: Tensor, number: int, block: Any, start: int, stop: int
    ) -> Tensor:
        c, size = self.config, self.size
        joined = F.linear(x, self.joined[number][0])  # (1, T, (H + 2 K) · D)
        every = joined.view(1, stop - start, -1, size)
        query, rest = every[:, :, : c.heads], every[:, :, c.heads :]
        key, value = rest.chunk(2, dim=2)
        keys, values = self.kept[number]
        keys[:, :, start:stop] = self._turn(key, start, stop)
        values[:, :, start:stop] = value.transpose(1, 2)
        mask = None
        if stop - start > 1:
            mask = torch.ones(stop - start, stop, dtype=torch.bool).tril(start)
        mixed = F.scaled_dot_product_attention(
            self._turn(query, start, stop),
            keys[:, :, :stop],
            values[:, :, :stop],
            attn_mask=mask,
            enable_gqa=True,
        )  # (1, H, T, D)
        out: Tensor = block.attention.join(mixed.transpose(1, 2).flatten(2))
        return out

    def _turn(self, x: Tensor, start: int, stop: int) -> Tensor:
        """Rotate neighbouring channels, (1, T, heads, D) → (1, heads, T, D)."""
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        turned = pairs * self.turns[start:stop, None]
        return torch.view_as_real(turned).flatten(-2).transpose(1, 2)

    def generate(self, ids: Sequence[int], length: int) -> list[int]:
        """Return a prompt and its *length* likeliest further tokens, written from the beginning."""
        self.length, written = 0, list(ids)
        fresh = written
        for _ in range(length):
            fresh = [int(self.read(fresh).argmax())]
            written = written + fresh
        return written
