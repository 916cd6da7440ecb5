"""How far apart two tokens stand, in buckets, and one learnt number for each bucket and head.

Nothing here depends on where a token stands in the text, only on the distance of two: a text may
be of any length.

Source: Shaw, Uszkoreit and Vaswani (2018); Raffel et al. (2020), section 2.1.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def relative_bucket(
    distance: Tensor, two_way: bool, buckets: int = 32, furthest: int = 128
) -> Tensor:
    """Return the bucket of every distance: exact for near tokens, ever wider for far ones.

    Args:
        distance: place of the token that is looked at minus place of the token that looks;
            integers of any shape.
        two_way: True where a token may look both ways; then half of the buckets are for each.
            Otherwise tokens that come later share the bucket of distance 0.
        buckets: how many there are.
        furthest: from this distance on all tokens share the last bucket.

    Returns:
        Numbers from 0 to *buckets* − 1, of the shape of *distance*.

    Raises:
        ValueError: too few buckets, an odd number of them for two ways, a furthest distance that
            lies within the exact ones, or distances that are no integers.

    Source: Raffel et al. (2020), section 2.1, and their code; equals Hugging Face's
    ``T5Attention._relative_position_bucket``.

    >>> relative_bucket(torch.tensor([-200, -9, -1, 0, 1]), two_way=True).tolist()
    [15, 8, 1, 0, 17]
    """
    check_buckets(two_way, buckets, furthest)
    if distance.is_floating_point() or distance.is_complex():
        raise ValueError(
            f"distances are counted in tokens: integers, not {distance.dtype}"
        )
    side = torch.zeros_like(distance)
    if two_way:
        buckets //= 2
        side = (
            distance > 0
        ).long() * buckets  # what comes later has the upper half
        steps = distance.abs()
    else:
        steps = (-distance).clamp(min=0)
    exact = buckets // 2  # the near half: one bucket for each distance
    ratio = torch.log(steps.clamp(min=exact).float() / exact)
    wide = exact + (ratio / math.log(furthest / exact) * (buckets - exact)).long()
    return side + torch.where(steps < exact, steps, wide.clamp(max=buckets - 1))


def check_buckets(two_way: bool, buckets: int, furthest: int) -> None:
    """Raise ValueError where distances can't be shared out among so many buckets."""
    ways = 2 if two_way else 1
    if buckets < 2 * ways or buckets % ways:
        raise ValueError(
            f"{buckets} buckets for {ways} direction(s): give an even number, two or more for each"
        )
    if furthest <= buckets // ways // 2:
        raise ValueError(
            f"the furthest distance, {furthest}, must lie beyond the {buckets // ways // 2} that "
            "have a bucket each"
        )


def distances(looking: int, looked_at: int) -> Tensor:
    """Return how far each token that is looked at stands from each that looks, (T, S).

    Raises:
        ValueError: a number of tokens is negative.

    >>> distances(2, 3).tolist()
    [[0, 1, 2], [-1, 0, 1]]
    """
    if min(looking, looked_at) < 0:
        raise ValueError(
            f"{looking} and {looked_at} tokens: give 0 or more of each"
        )
    return torch.arange(looked_at)[None, :] - torch.arange(looking)[:, None]


class PositionBias(nn.Module):
    """What each head adds to a score for the distance of the two tokens.

    Args:
        heads: H.
        two_way: as in :func:`relative_bucket`.
        buckets: how many numbers a head has.
        furthest: as in :func:`relative_bucket`.

    >>> PositionBias(heads=4, two_way=True)(2, 3).shape
    torch.Size([1, 4, 2, 3])
    """

    def __init__(
        self, heads: int, two_way: bool, buckets: int = 32, furthest: int = 128
    ) -> None:
        """Begin with a bias of zero everywhere; :class:`T5` draws others."""
        super().__init__()
        check_buckets(two_way, buckets, furthest)
        self.two_way, self.furthest = two_way, furthest
        self.table = nn.Parameter(torch.zeros(buckets, heads))

    def forward(self, looking: int, looked_at: int) -> Tensor:
        """Return the biases (1, H, T, S) of T tokens that look at S."""
        apart = distances(looking, looked_at).to(self.table.device)  # (T, S)
        number = relative_bucket(
            apart, self.two_way, len(self.table), self.furthest
        )
        return (
            self.table[number].permute(2, 0, 1).unsqueeze(0)
        )  # (T, S, H) → (1, H, T, S)
