"""Networks across the border: what they were made with, and their weights.

A network of PyTorch does not keep the arguments of its constructor.  After :func:`remember` every
network that may cross the border notes them, so that the other side can make one like it and load
the weights.  PyTorch's other parts take no note: some are made from generators, which cannot be
copied.
"""

from __future__ import annotations

from typing import Any

_NOTE = "_nlpcourse_made_with"


def remember() -> None:
    """Let every network that may cross and is made from now on note its constructor's arguments."""
    import torch

    from nlpcourse.grading.plain import network_name

    if _NOTE in torch.nn.Module.__dict__:
        return

    def noting(kind: type, *args: Any, **named: Any) -> Any:
        made: Any = object.__new__(kind)
        if network_name(kind) is not None:
            made.__dict__[_NOTE] = (args, named)
        return made

    module: Any = torch.nn.Module
    module.__new__ = staticmethod(noting)
    setattr(module, _NOTE, None)


def settings_of(network: Any) -> dict[str, Any]:
    """Return the arguments that a network was made with.

    Raises:
        ValueError: it was made before :func:`remember`, or is of a kind that does not cross.
    """
    noted = network.__dict__.get(_NOTE)
    if noted is None:
        raise ValueError(f"nobody noted how this {type(network).__name__} was made")
    return {"args": list(noted[0]), "named": dict(noted[1])}


def made(kind: Any, settings: dict[str, Any]) -> Any:
    """Return a new network of a kind, made with the noted arguments."""
    return kind(*settings["args"], **settings["named"])
