"""Attention as the paper has it: scores, softmax, weighted mean; two masks; several heads.

Read it from the top: :func:`attention` is the idea, :func:`causal_mask` and :func:`padding_mask`
say who may look at whom, and :class:`MultiHeadAttention` runs several attentions side by side.
The letters in the comments are B (texts in a batch), T (tokens that look), S (tokens that are
looked at), C (channels, the size of a token's vector), H (heads) and D (channels of one head,
C / H).

A mask holds True where a token may be looked at, as in ``F.scaled_dot_product_attention``;
``nn.MultiheadAttention`` takes the opposite.

Not handled here: positions that rotate queries and keys, caches of keys and values, and the fused
kernels that never write the whole table of weights.

Source: Vaswani et al. (2017), section 3.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    scale: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Mix the values by how well each query matches each key.

    Args:
        query: (…, T, D), one row for every token that looks.
        key: (…, S, D), one row for every token that is looked at.
        value: (…, S, E), what each of these hands over.
        mask: broadcastable to (…, T, S); booleans, True where looking is allowed, or numbers
            that are added to the scores.
        scale: what the dot products are multiplied by; 1/√D where None.

    Returns:
        The mixtures (…, T, E), and the weights (…, T, S), whose rows add up to one.  A row that
        may look at nobody is NaN, zero divided by zero; PyTorch's fused function gives zeros.

    Raises:
        ValueError: queries and keys can't be compared, or there is nothing to look at.

    Source: Vaswani et al. (2017), equation 1; equals ``F.scaled_dot_product_attention`` wherever
    every query may look at somebody.

    >>> x = torch.eye(2)
    >>> mixed, weights = attention(x, x, x, mask=torch.tensor([True, False]))
    >>> weights.tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    check_sizes(query, key, value)
    if scale is None:
        scale = 1 / math.sqrt(query.shape[-1])
    scores = query @ key.transpose(-2, -1) * scale  # (…, T, S)
    if mask is not None:
        scores = hide(scores, mask)
    weights = scores.softmax(dim=-1)
    return weights @ value, weights  # (…, T, S) @ (…, S, E) → (…, T, E)


def check_sizes(query: Tensor, key: Tensor, value: Tensor) -> None:
    """Raise ValueError where queries, keys and values don't fit each other."""
    if min(query.dim(), key.dim(), value.dim()) < 2:
        raise ValueError(
            "queries, keys and values are tables, a row for each token; put one row in brackets"
        )
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(
            f"a query of {query.shape[-1]} numbers can't be compared with a key of "
            f"{key.shape[-1]}; project both to one length"
        )
    if query.shape[-1] == 0:
        raise ValueError("queries and keys need at least one number each")
    if key.shape[-2] != value.shape[-2]:
        raise ValueError(
            f"{key.shape[-2]} keys and {value.shape[-2]} values: every key needs its value"
        )
    if key.shape[-2] == 0:
        raise ValueError(
            "there are no keys: nobody can be looked at in an empty text"
        )


def hide(scores: Tensor, mask: Tensor) -> Tensor:
    """Put −∞ where the mask forbids to look: e to the power of −∞ is 0, so no weight is left.

    Args:
        scores: (…, T, S).
        mask: booleans, True where looking is allowed, or numbers to be added.
    """
    if mask.dtype == torch.bool:
        return scores.masked_fill(~mask, -math.inf)
    return scores + mask


def causal_mask(length: int) -> Tensor:
    """Return the mask of looking back only: (T, T), True on and below the diagonal.

    Raises:
        ValueError: the length is negative.

    >>> causal_mask(3).int().tolist()
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    """
    if length < 0:
        raise ValueError(f"a text has 0 tokens or more, not {length}")
    return torch.ones(length, length, dtype=torch.bool).tril()


def padding_mask(lengths: Tensor | Sequence[int], longest: int) -> Tensor:
    """Return which tokens of a padded batch are real: (B, 1, 1, S), for all heads and queries.

    Args:
        lengths: (B,), tokens in each text.
        longest: S, the length to which the batch is padded.

    Raises:
        ValueError: a text is empty or longer than the batch.

    >>> padding_mask(torch.tensor([2, 3]), 3).int().flatten(1).tolist()
    [[1, 1, 0], [1, 1, 1]]
    """
    lengths = torch.as_tensor(lengths)
    if longest < 0 or not bool(((lengths >= 1) & (lengths <= longest)).all()):
        raise ValueError(
            f"lengths must lie between 1 and {longest}, not {lengths.tolist()}: "
            "leave empty texts out of the batch"
        )
    real = torch.arange(longest, device=lengths.device) < lengths[:, None]  # (B, S)
    return real[:, None, None, :]


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each on its own share of the channels.

    Args:
        size: C, channels that come in and go out.
        heads: H, which must divide ``size``.
        bias: add a vector after each of the four matrices.

    Raises:
        ValueError: the heads can't share the channels equally.

    Source: Vaswani et al. (2017), section 3.2.2; equals ``nn.MultiheadAttention``.

    >>> layer = MultiHeadAttention(size=8, heads=2)
    >>> x = torch.zeros(1, 5, 8)
    >>> mixed, weights = layer(x, x, x)
    >>> tuple(mixed.shape), tuple(weights.shape)
    ((1, 5, 8), (1, 2, 5, 5))
    """

    def __init__(self, size: int, heads: int, bias: bool = True) -> None:
        """Draw the four matrices as Glorot and Bengio (2010) advise; biases begin at zero."""
        super().__init__()
        if heads < 1 or size < 1 or size % heads:
            raise ValueError(
                f"{heads} heads can't share {size} channels equally; choose 1 or more channels and "
                f"a number of heads that divides {size}"
            )
        self.heads = heads
        self.query = nn.Linear(size, size, bias)
        self.key = nn.Linear(size, size, bias)
        self.value = nn.Linear(size, size, bias)
        self.output = nn.Linear(size, size, bias)
        for linear in (self.query, self.key, self.value, self.output):
            nn.init.xavier_uniform_(linear.weight)
            if bias:
                nn.init.zeros_(linear.bias)

    def split(self, x: Tensor) -> Tensor:
        """Give every head its share of the channels: (B, T, C) → (B, H, T, D)."""
        batch, length, size = x.shape
        x = x.view(batch, length, self.heads, size // self.heads)  # (B, T, H, D)
        return x.transpose(1, 2)  # (B, H, T, D): each head sees all tokens

    def join(self, x: Tensor) -> Tensor:
        """Put the heads' shares side by side again: (B, H, T, D) → (B, T, C)."""
        return x.transpose(1, 2).flatten(2)  # (B, T, H, D) → (B, T, H · D)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return the mixtures and every head's weights.

        Args:
            query: (B, T, C), the tokens that look.
            key: (B, S, C), the tokens that are looked at.
            value: (B, S, C), what these hand over; mostly the same tensor as *key*.
            mask: broadcastable to (B, H, T, S); see :func:`attention`.

        Returns:
            (B, T, C) and (B, H, T, S).
        """
        q = self.split(self.query(query))  # (B, H, T, D)
        k = self.split(self.key(key))  # (B, H, S, D)
        v = self.split(self.value(value))  # (B, H, S, D)
        mixed, weights = attention(q, k, v, mask)  # (B, H, T, D), (B, H, T, S)
        return self.output(self.join(mixed)), weights


def from_torch(theirs: nn.MultiheadAttention) -> MultiHeadAttention:
    """Return our layer with the weights of PyTorch's.

    PyTorch keeps the matrices of queries, keys and values in one, three blocks tall.

    Raises:
        ValueError: the layer has keys or values of another size, or an added key.
    """
    if theirs.in_proj_weight is None or theirs.bias_k is not None:
        raise ValueError(
            "only layers whose queries, keys and values have one size, without added keys, "
            "can be taken over"
        )
    bias = theirs.in_proj_bias is not None
    ours = MultiHeadAttention(theirs.embed_dim, theirs.num_heads, bias)
    ours = ours.to(theirs.in_proj_weight.dtype)
    with torch.no_grad():
        blocks = theirs.in_proj_weight.chunk(3)  # 3 × (C, C)
        linears = (ours.query, ours.key, ours.value)
        for linear, block in zip(linears, blocks, strict=True):
            linear.weight.copy_(block)
        ours.output.weight.copy_(theirs.out_proj.weight)
        if bias:
            for linear, block in zip(
                linears, theirs.in_proj_bias.chunk(3), strict=True
            ):
                linear.bias.copy_(block)
            ours.output.bias.copy_(theirs.out_proj.bias)
    return ours
