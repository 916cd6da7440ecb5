"""Gradients across the border: the student's side computes them when the judge asks.

A check may look at how an output depends on what it handed over (is the state cut off, does a step
get any gradient?).  The graph of that lies on the student's side.  The judge holds its end: a
function of autograd whose backward pass sends a gradient over and gets those of the arguments back,
as plain tensors of the right shapes, or nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

KEPT = 256
"""Outputs whose graphs the student's side keeps; older ones are let go."""

Ask = Callable[[int, Any], Sequence[Any]]
"""From an output's number and its gradient to the gradients of the arguments."""


def leaves(values: Any) -> list[Any]:
    """Return the tensors in arguments that gradients end in: both sides find the same, in order."""
    torch = sys.modules.get("torch")
    if torch is None:
        return []
    if isinstance(values, torch.Tensor):
        return [values] if values.requires_grad else []
    if isinstance(values, torch.nn.Module):
        return [p for p in values.parameters() if p.requires_grad]
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, list | tuple):
        return [leaf for value in values for leaf in leaves(value)]
    return []


def of(output: Any, gradient: Any, inputs: Sequence[Any]) -> list[Any]:
    """Return the gradients of *inputs*, given that of *output*; None where it does not reach."""
    import torch

    return list(
        torch.autograd.grad(
            output, inputs, gradient, allow_unused=True, retain_graph=True
        )
    )


def connected(number: int, value: Any, inputs: Sequence[Any], ask: Ask) -> Any:
    """Return *value* as an output of *inputs*, whose gradients are asked for over the border."""
    import torch

    class Border(torch.autograd.Function):
        @staticmethod
        def forward(_context: Any, received: Any, *_inputs: Any) -> Any:
            return received.clone()

        @staticmethod
        def backward(_context: Any, *gradients: Any) -> Any:
            (gradient,) = gradients
            found = list(ask(number, gradient))
            if len(found) != len(inputs):
                raise ValueError("no gradients came back")
            fits = [
                one is None
                or (isinstance(one, torch.Tensor) and one.shape == x.shape)
                for one, x in zip(found, inputs, strict=True)
            ]
            if not all(fits):
                raise ValueError("a gradient came back that fits no argument")
            return (None, *found)

    return Border.apply(value, *inputs) if inputs else value  # type: ignore[no-untyped-call]
