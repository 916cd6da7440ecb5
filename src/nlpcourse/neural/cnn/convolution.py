"""A filter that slides over word vectors: forwards, backwards, and the pooling.

The weights have the layout of ``torch.nn.Conv1d``, (maps, size, width), so that either
can load the other's.  Vectors lie as (batch, time, size), time before size, as an
embedding gives them.

Not handled here: strides, dilation, and groups of channels.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional


def windows(vectors: Tensor, width: int) -> Tensor:
    """Return every stretch of *width* neighbouring vectors as one long row.

    Args:
        vectors: (batch, time, size).
        width: words a stretch.

    Returns:
        (batch, time − width + 1, size · width); inside a row the words of the stretch
        change fastest, as in the weights of ``torch.nn.Conv1d``.

    Raises:
        ValueError: the width is below 1 or larger than the time; there is no batch axis.

    >>> windows(torch.tensor([[[1.0], [2.0], [3.0]]]), width=2).tolist()
    [[[1.0, 2.0], [2.0, 3.0]]]
    """
    if vectors.dim() != 3:
        raise ValueError(
            f"vectors are (batch, time, size), not {tuple(vectors.shape)}"
        )
    time = vectors.shape[1]
    if not 1 <= width <= time:
        raise ValueError(
            f"a filter {width} wide finds no place among {time} vectors; "
            "widen the text by a margin, or narrow the filter"
        )
    # (batch, places, size, width) → (batch, places, size · width)
    return vectors.unfold(1, width, 1).flatten(2)


def add_margin(vectors: Tensor, margin: int) -> Tensor:
    """Return *vectors* with *margin* vectors of zeros before and behind them.

    Raises:
        ValueError: the margin is below zero.

    >>> add_margin(torch.ones(1, 2, 1), 1).flatten().tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    if margin < 0:
        raise ValueError(
            f"a margin of {margin} would cut the text; it is 0 or more"
        )
    return functional.pad(vectors, (0, 0, margin, margin))


def convolve(
    vectors: Tensor, weight: Tensor, bias: Tensor, margin: int = 0
) -> Tensor:
    """Return the answer of every filter at every place of every text.

    Args:
        vectors: (batch, time, size).
        weight: the filters, (maps, size, width).
        bias: (maps,).
        margin: vectors of zeros to put at both ends first.

    Returns:
        (batch, time + 2 · margin − width + 1, maps), one feature map per filter.

    Raises:
        ValueError: the filter is wider than text and margins together, or made for vectors of
            another size.

    Source: Kim (2014), section 2, equations 2 and 3, without the activation function.

    >>> vectors = torch.tensor([[[1.0], [2.0], [4.0]]])
    >>> weight = torch.tensor([[[10.0, 1.0]]])
    >>> convolve(vectors, weight, torch.zeros(1)).flatten().tolist()
    [12.0, 24.0]
    """
    if weight.dim() != 3 or weight.shape[1] != vectors.shape[-1]:
        raise ValueError(
            f"filters of shape {tuple(weight.shape)} don't fit vectors of "
            f"{vectors.shape[-1]} numbers; they are (maps, size, width)"
        )
    rows = windows(add_margin(vectors, margin), weight.shape[2])
    return rows @ weight.flatten(1).T + bias  # (batch, places, maps)


class Gradients(NamedTuple):
    """The gradients of a convolution, each with the shape of what it belongs to."""

    vectors: Tensor
    weight: Tensor
    bias: Tensor


def convolution_gradients(
    vectors: Tensor, weight: Tensor, upstream: Tensor, margin: int = 0
) -> Gradients:
    """Return the gradients of a convolution, worked out by hand.

    Args:
        vectors: (batch, time, size), as given to :func:`convolve`.
        weight: (maps, size, width).
        upstream: the loss's gradient with respect to the feature maps,
            (batch, time + 2 · margin − width + 1, maps).
        margin: as given to :func:`convolve`.

    Raises:
        ValueError: *upstream* has another number of places than the convolution.

    >>> vectors = torch.tensor([[[1.0], [2.0], [4.0]]])
    >>> weight = torch.tensor([[[10.0, 1.0]]])
    >>> both = convolution_gradients(vectors, weight, torch.ones(1, 2, 1))
    >>> both.vectors.flatten().tolist(), both.weight.tolist(), both.bias.tolist()
    ([10.0, 11.0, 1.0], [[[3.0, 6.0]]], [2.0])
    """
    size, width = weight.shape[1:]
    padded = add_margin(vectors, margin)
    rows = windows(padded, width)
    places = rows.shape[1]
    if upstream.shape[1] != places:
        raise ValueError(
            f"the filter stands at {places} places, "
            f"the gradient at {upstream.shape[1]}"
        )
    for_weight = torch.einsum("bpm,bpr->mr", upstream, rows).view_as(weight)
    per_window = upstream @ weight.flatten(1)  # (batch, places, size · width)
    per_window = per_window.view(*upstream.shape[:2], size, width)
    for_padded = torch.zeros_like(padded)
    for k in range(width):  # the word at k of a window stands at place + k
        for_padded[:, k : k + places] += per_window[..., k]
    for_vectors = for_padded[:, margin : margin + vectors.shape[1]]
    return Gradients(for_vectors, for_weight, upstream.sum(dim=(0, 1)))


def max_over_time(
    maps: Tensor, places: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Return the largest answer of every filter, and where it was.

    Args:
        maps: (batch, time, filters).
        places: (batch,), how many places of each text are real; all where None.

    Returns:
        Values and places, both (batch, filters).

    Raises:
        ValueError: a text has no real place, or more than there are.

    Source: Collobert et al. (2011), section 3.3.2; Kim (2014), section 2.

    >>> maps = torch.tensor([[[1.0], [5.0], [9.0]]])
    >>> values, where = max_over_time(maps)
    >>> values.item(), where.item()
    (9.0, 2)
    >>> values, where = max_over_time(maps, places=torch.tensor([2]))
    >>> values.item(), where.item()
    (5.0, 1)
    """
    if maps.dim() != 3 or maps.shape[1] == 0:
        raise ValueError(
            "answers are (batch, time, filters) with one place or more, "
            f"not {tuple(maps.shape)}"
        )
    if places is not None:
        if places.shape != maps.shape[:1]:
            raise ValueError(
                f"real places are one number for each of {len(maps)} texts, "
                f"not {tuple(places.shape)}"
            )
        if bool(((places < 1) | (places > maps.shape[1])).any()):
            raise ValueError(
                f"real places lie between 1 and {maps.shape[1]}, "
                f"not {places.tolist()}; "
                "a text shorter than the filter needs a margin"
            )
        number = torch.arange(maps.shape[1], device=maps.device)
        padding = number >= places[:, None]  # (batch, time)
        maps = maps.masked_fill(padding[..., None], -torch.inf)
    values, where = maps.max(dim=1)
    return values, where


class Convolution(nn.Module):
    """Filters of one width with a margin of width − 1: each word meets each row.

    Equals ``torch.nn.Conv1d(size, maps, width, padding=width - 1)`` up to the order of
    the axes.

    >>> layer = Convolution(size=4, maps=2, width=3)
    >>> layer(torch.zeros(1, 5, 4)).shape
    torch.Size([1, 7, 2])
    """

    def __init__(self, size: int, maps: int, width: int) -> None:
        """Draw the weights as PyTorch does: uniform on ±1/√(size · width)."""
        super().__init__()
        self.width = width
        bound = 1 / math.sqrt(size * width)
        self.weight = nn.Parameter(torch.empty(maps, size, width))
        self.bias = nn.Parameter(torch.empty(maps))
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, vectors: Tensor) -> Tensor:
        """Return the feature maps, (batch, time + width − 1, maps)."""
        return convolve(vectors, self.weight, self.bias, margin=self.width - 1)
