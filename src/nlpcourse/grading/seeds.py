"""Seeds on both sides of the border, so that the same submission gets the same mark."""

from __future__ import annotations

import random
import sys


def sow(done: set[str]) -> None:
    """Seed what draws at random and is loaded, but for what has been seeded before.

    Args:
        done: names of what has been seeded; what this call seeds is added.
    """
    if "random" not in done:
        random.seed(0)
    numpy, torch = sys.modules.get("numpy.random"), sys.modules.get("torch")
    if "numpy" not in done and numpy is not None:
        numpy.seed(0)
    if "torch" not in done and torch is not None:
        torch.manual_seed(0)
    done |= {"random", *({"numpy", "torch"} & sys.modules.keys())}
