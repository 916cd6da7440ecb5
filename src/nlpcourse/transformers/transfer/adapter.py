"""Adapters: a narrow layer put behind each half of a block, with a way around it.

Source: Houlsby et al. (2019), section 2.1 and figure 2.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from nlpcourse.transformers.bert.encoder import Block

HOULSBY_SHARE = 0.036
"""Weights added for each task, as a share of BERT's: Houlsby et al. (2019), abstract."""


class Adapter(nn.Module):
    """Squeeze a vector through a few numbers and add what comes out to it.

    >>> import torch
    >>> x = torch.randn(2, 6)
    >>> bool((Adapter(6, 2)(x) == x).all())  # the second layer is zero at the start
    True
    """

    def __init__(self, channels: int, narrow: int) -> None:
        """Make an adapter that changes nothing yet.

        Raises:
            ValueError: a size is below one.
        """
        if min(channels, narrow) < 1:
            raise ValueError(
                f"an adapter of {channels} channels squeezed to {narrow}: "
                "both are 1 or more"
            )
        super().__init__()
        self.down = nn.Linear(channels, narrow)
        self.up = nn.Linear(narrow, channels)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return the vectors, changed, (…, C)."""
        changed: Tensor = x + self.up(F.gelu(self.down(x)))
        return changed


def add_adapters(model: nn.Module, narrow: int) -> int:
    """Freeze *model* and put two adapters into every block; return how many.

    They stand where the paper has them: behind attention and behind the feed-forward network,
    before the residual is added.

    Raises:
        ValueError: the model has no block, or *narrow* is below one.
    """
    blocks = [module for module in model.modules() if isinstance(module, Block)]
    if not blocks:
        raise ValueError(
            "the model has no block of chapter 30's to put adapters into"
        )
    model.requires_grad_(False)
    for block in blocks:
        for holder, name in ((block.attention, "output"), (block, "contract")):
            layer = getattr(holder, name)
            adapter = Adapter(layer.out_features, narrow)
            setattr(holder, name, nn.Sequential(layer, adapter))
    return 2 * len(blocks)
