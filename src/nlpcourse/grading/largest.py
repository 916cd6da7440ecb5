"""What a check that watches tensors sees of the other side: the largest that was made there.

Exercise 28.4 asks for attention without a large table, and its check notes, by a dispatch mode of
PyTorch's, how many numbers the largest tensor holds.  The student's side notes it, too, and the
judge makes an empty tensor of that size, without memory, under the check's own mode.  This one
figure is the student's side's own word: from outside nobody can see what a program builds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

MOST = 10**12
"""Numbers; what a stranger says beyond it is cut."""


def watched() -> bool:
    """Tell whether a check of this process watches what tensors are made."""
    if "torch" not in sys.modules:
        return False
    from torch.utils import _python_dispatch as dispatch

    return dispatch._get_current_dispatch_mode() is not None


@contextmanager
def unseen() -> Iterator[None]:
    """Make tensors that no check sees: those of the border itself."""
    if not watched():
        yield
        return
    from torch.utils import _python_dispatch as dispatch

    with dispatch._disable_current_modes():
        yield


def show(numbers: Any) -> None:
    """Let the check see a tensor of so many numbers."""
    if isinstance(numbers, int) and numbers > 0 and watched():
        import torch

        torch.empty(min(numbers, MOST), device="meta")


def of(function: Callable[[], Any]) -> tuple[Any, int]:
    """Return a function's result, and how many numbers the largest tensor held on the way."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    most = [0]

    class Note(TorchDispatchMode):  # type: ignore[no-untyped-call]
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            result = func(*args, **(kwargs or {}))
            for item in result if isinstance(result, list | tuple) else [result]:
                if isinstance(item, torch.Tensor):
                    most[0] = max(most[0], item.numel())
            return result

    with Note():  # type: ignore[no-untyped-call]
        result = function()
    return result, most[0]
