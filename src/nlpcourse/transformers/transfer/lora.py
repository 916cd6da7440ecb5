"""LoRA: a frozen layer, and beside it a narrow detour that is trained.

Source: Hu et al. (2022), section 4.1; first weights as in the authors' ``loralib``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

RESULTS_ON_SST2 = {"full fine-tuning": 0.948, "LoRA": 0.951}
"""RoBERTa-base: the table of the authors' repository, microsoft/LoRA, README.md."""


class LoRALinear(nn.Module):
    """A frozen linear layer with a trained detour of rank *rank*.

    >>> layer = LoRALinear(nn.Linear(6, 4), rank=2, alpha=4)
    >>> x = torch.ones(3, 6)
    >>> bool((layer(x) == layer.frozen(x)).all())  # up is zero at the start
    True
    """

    def __init__(self, frozen: nn.Linear, rank: int = 8, alpha: float = 16) -> None:
        """Wrap a layer.

        Raises:
            ValueError: the rank is below one, or above what the layer's weight can have, or
                *alpha* is not finite.
        """
        most = min(frozen.in_features, frozen.out_features)
        if not 1 <= rank <= most:
            raise ValueError(
                f"a detour of rank {rank} beside a weight of "
                f"{frozen.out_features} by {frozen.in_features}: choose 1 to {most}"
            )
        if not math.isfinite(alpha):
            raise ValueError(
                f"alpha scales the detour; it is a number, not {alpha}"
            )
        super().__init__()
        self.frozen = frozen.requires_grad_(False)
        self.scale = alpha / rank
        self.down = nn.Parameter(torch.empty(rank, frozen.in_features))  # A
        self.up = nn.Parameter(torch.zeros(frozen.out_features, rank))  # B
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        """Return W x + b + (alpha / rank) B A x for every row of *x*, (…, in) to (…, out)."""
        detour = F.linear(F.linear(x, self.down), self.up)  # (…, rank) → (…, out)
        return torch.add(self.frozen(x), detour, alpha=self.scale)

    def change(self) -> Tensor:
        """Return what the detour adds to the weight, (out, in)."""
        return self.scale * (self.up @ self.down)

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """Return one plain layer that computes the same."""
        weight = self.frozen.weight
        plain = nn.Linear(
            self.frozen.in_features,
            self.frozen.out_features,
            bias=self.frozen.bias is not None,
            dtype=weight.dtype,
            device=weight.device,
        )
        plain.weight.copy_(weight + self.change())
        if self.frozen.bias is not None:
            plain.bias.copy_(self.frozen.bias)
        return plain


def places(
    model: nn.Module, names: Sequence[str]
) -> Iterator[tuple[nn.Module, str]]:
    """Yield every module that holds a linear layer of one of these names, with the name."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if name in names and isinstance(child, nn.Linear):
                yield parent, name


def add_lora(
    model: nn.Module,
    rank: int = 8,
    alpha: float = 16,
    names: Sequence[str] = ("query", "value"),
) -> int:
    """Freeze *model* and put a detour beside every linear layer of these names; return how many.

    Raises:
        ValueError: the model has no such layer, or the rank or *alpha* can't be.
    """
    found = list(places(model, names))
    if not found:
        raise ValueError(f"the model has no linear layer called {', '.join(names)}")
    model.requires_grad_(False)
    for parent, name in found:
        setattr(parent, name, LoRALinear(getattr(parent, name), rank, alpha))
    return len(found)


def merge_lora(model: nn.Module) -> int:
    """Replace every detour by one plain layer; return how many there were."""
    merged = 0
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, LoRALinear):
                setattr(parent, name, child.merged())
                merged += 1
    return merged


def trained(model: nn.Module) -> dict[str, Tensor]:
    """Return the weights that training changes, by name: all that need be stored.

    >>> model = nn.Sequential(nn.Linear(2, 2).requires_grad_(False), nn.Linear(2, 1))
    >>> list(trained(model))
    ['1.weight', '1.bias']
    """
    return {n: p.detach() for n, p in model.named_parameters() if p.requires_grad}
