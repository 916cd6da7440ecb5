"""Where a token stands, as a vector of sines and cosines.

Not handled: learnt tables of positions, relative positions and rotated queries.

Source: Vaswani et al. (2017), section 3.5.
"""

from __future__ import annotations

import torch
from torch import Tensor

SLOWEST = 10_000.0
"""The longest wave has this many times the length of the shortest."""


def positional_encoding(length: int, size: int) -> Tensor:
    """Return one vector for every position: waves, from quick ones to slow ones.

    Args:
        length: T, positions from 0 on.
        size: C, numbers in a vector; even.

    Returns:
        (T, C), sines in the even columns and cosines in the odd ones.

    Raises:
        ValueError: *size* is odd or below 2, or the length is negative.

    Source: Vaswani et al. (2017), section 3.5.

    >>> positional_encoding(2, 2)[0].tolist()
    [0.0, 1.0]
    """
    check_size(size)
    if length < 0:
        raise ValueError(f"a text has 0 positions or more, not {length}")
    position = torch.arange(length).unsqueeze(1)  # (T, 1)
    pair = torch.arange(size // 2)  # i, (C / 2,)
    angle = position / SLOWEST ** (2 * pair / size)  # (T, C / 2)
    waves = torch.empty(length, size)
    waves[:, 0::2] = torch.sin(angle)
    waves[:, 1::2] = torch.cos(angle)
    return waves


def check_size(size: int) -> None:
    """Raise ValueError where a vector of *size* numbers can't hold pairs of waves."""
    if size < 2 or size % 2:
        raise ValueError(
            f"sines and cosines come in pairs, so {size} must be even, and 2 or more"
        )


def shift_matrix(steps: int, size: int) -> Tensor:
    """Return the matrix that moves every position's vector *steps* places on.

    One and the same matrix does it at every position: each pair of waves is turned by its own
    angle.

    Returns:
        M, (C, C), with ``positional_encoding(n)[p] @ M == positional_encoding(n)[p + steps]``.

    Raises:
        ValueError: *size* is odd or below 2.

    >>> waves = positional_encoding(9, 4)
    >>> bool(torch.allclose(waves[2] @ shift_matrix(5, 4), waves[7], atol=1e-6))
    True
    """
    check_size(size)
    pair = torch.arange(size // 2)
    turn = steps / SLOWEST ** (2 * pair / size)  # (C / 2,)
    matrix = torch.zeros(size, size)
    even, odd = 2 * pair, 2 * pair + 1
    matrix[even, even] = torch.cos(turn)  # sin(a+b) = sin a cos b + cos a sin b
    matrix[odd, even] = torch.sin(turn)
    matrix[odd, odd] = torch.cos(turn)  # cos(a+b) = cos a cos b - sin a sin b
    matrix[even, odd] = -torch.sin(turn)
    return matrix
