"""Checks of the exercises of chapter 28, self-attention and multi-head attention."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from nlpcourse.checks import Hint, exercise, parameters
from nlpcourse.transformers.attention import attention, causal_mask

Vector = list[float]


def _shares(scores: Vector) -> Vector:
    raised = [math.exp(score) for score in scores]
    return [r / sum(raised) for r in raised]


def _close(got: Any, want: Vector) -> bool:
    return len(got) == len(want) and all(
        math.isclose(float(a), b, rel_tol=1e-6, abs_tol=1e-9)
        for a, b in zip(got, want, strict=True)
    )


@exercise("28.1")
def look_up(
    answer: Callable[[Vector, list[Vector], list[Vector]], Vector],
) -> str:
    """Mix the values by how well a query matches their keys, in plain Python."""
    query = [2.0, 0.0, 0.0, 2.0]
    keys = [[1.0, 0.0, 0.0, 0.5], [0.0, 1.0, 2.0, 0.0], [0.5, 1.0, 0.0, 1.5]]
    values = [[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]]
    dots = [sum(q * k for q, k in zip(query, key, strict=True)) for key in keys]

    def mix(weights: Vector) -> Vector:
        return [
            sum(w * v[i] for w, v in zip(weights, values, strict=True))
            for i in range(2)
        ]

    got = answer(query, keys, values)
    if isinstance(got, int | float):
        raise Hint("A single number came back. How many numbers has each value?")
    got = list(got)
    if len(got) == len(keys):
        raise Hint(
            "Three numbers came back: are these the weights? What are they to be weights of?"
        )
    want = mix(_shares([dot / 2 for dot in dots]))
    if not _close(got, want):
        if _close(got, mix(_shares(dots))):
            raise Hint(
                "Your weights are those of the bare dot products. By what are they divided when "
                "a query has four numbers?"
            )
        if _close(got, mix(_shares([dot / 4 for dot in dots]))):
            raise Hint(
                "You divide by D itself. Which function of D does the equation hold?"
            )
        if _close(got, mix([dot / 2 for dot in dots])):
            raise Hint(
                "Your weights add up to more than one. What makes shares of scores?"
            )
        if _close(got, mix([dot / sum(dots) for dot in dots])):
            raise Hint(
                "You divide each score by their sum. What would happen to a score below zero?"
            )
        if _close(got, values[max(range(3), key=dots.__getitem__)]):
            raise Hint(
                "You return the best key's value. How much should the second best hand over?"
            )
        raise Hint(
            f"For the query {query} the scores are {[dot / 2 for dot in dots]}. What are the "
            "weights, and what is the mixture of the values?"
        )
    alone = list(answer([1.0], [[1.0]], [[7.0]]))
    if not _close(alone, [7.0]):
        raise Hint("With one key, however bad its match, what must come back?")
    far = list(answer([30.0], [[30.0], [-30.0]], [[1.0], [0.0]]))
    if not _close(far, [1.0]):
        raise Hint(
            "Scores of ±900 break it. What can you take off all scores unpunished?"
        )
    return (
        "Large scores overflow e to the power of the score. Taking the largest score off all of "
        "them first changes no weight; every library does so."
    )


def _draw_window(rng: random.Random) -> dict[str, Any]:
    return {"length": rng.randrange(7, 11), "window": rng.randrange(2, 5)}


@exercise("28.2", parameters=_draw_window)
def local_mask(answer: Callable[[int, int], Any]) -> str:
    """A causal mask that looks back over a window only."""
    p = parameters("28.2")
    for length, window in ((p["length"], p["window"]), (5, 1), (3, 9)):
        got = torch.as_tensor(answer(length, window))
        want = causal_mask(length) & ~causal_mask(length).tril(-window)
        if tuple(got.shape) != (length, length):
            raise Hint(
                f"Your mask has the shape {tuple(got.shape)}. Who looks, and at whom, in a text "
                f"of {length} tokens?"
            )
        if not bool(((got == 0) | (got == 1)).all()):
            raise Hint(
                "A mask of booleans was asked for. Which numbers are in yours?"
            )
        got = got.bool()
        if torch.equal(got, want):
            continue
        if torch.equal(got, ~want):
            raise Hint("Every entry is upside down. What does True mean here?")
        if torch.equal(got, want.T):
            raise Hint("Your tokens look ahead. Which axis holds those who look?")
        if not bool(got.diagonal().all()):
            raise Hint(
                "May a token look at itself? What would the first row see otherwise?"
            )
        if bool(got.triu(1).any()):
            raise Hint(
                "Some token looks at a later one. Where in the table is the future?"
            )
        row = got[-1].int().tolist()
        raise Hint(
            f"With a window of {window} the last row should hold {min(window, length)} ones; "
            f"yours is {row}. Does the token itself count?"
        )
    return (
        "With a window the work grows with the length times the window, no longer with the "
        "square, and a stack of layers still hands news on from window to window."
    )


@exercise("28.3")
def split_heads(answer: Callable[[Tensor, int], Tensor]) -> str:
    """Cut the channels into heads, and the shapes with them."""
    x = torch.arange(2 * 3 * 8).view(2, 3, 8)
    got = answer(x, 4)
    if not isinstance(got, Tensor):
        raise Hint(
            f"A {type(got).__name__} came back. Which tensor should the heads share?"
        )
    want = x.view(2, 3, 4, 2).transpose(1, 2)
    if tuple(got.shape) != (2, 4, 3, 2):
        if tuple(got.shape) == (2, 3, 4, 2):
            raise Hint(
                "The heads stand on the third axis. If attention multiplies the last two axes, "
                "which two would it compare?"
            )
        raise Hint(
            f"(2, 3, 8) in four heads should become (2, 4, 3, 2); yours is {tuple(got.shape)}. "
            "What does each of the four axes stand for?"
        )
    if torch.equal(got, x.view(2, 4, 3, 2)):
        raise Hint(
            "The shape is right and the contents are not: head 0 holds numbers of several "
            "tokens' wrong channels. Does view move numbers, or only the borders?"
        )
    if torch.equal(got, x.view(2, 3, 2, 4).permute(0, 3, 1, 2)):
        raise Hint(
            "Head 0 holds every fourth channel. Which channels did the chapter give to it?"
        )
    if not torch.equal(got, want):
        raise Hint(
            f"Head 1 of the first text should hold {want[0, 1].tolist()}; yours holds "
            f"{got[0, 1].tolist()}. Which channels of which tokens are these?"
        )
    return (
        "transpose moves no number either: it swaps the strides, the steps by which PyTorch "
        "walks through memory. That is why view may refuse a tensor after it."
    )


class _Largest(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes how many numbers the largest tensor holds that is made under it."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.numbers = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        for item in result if isinstance(result, list | tuple) else [result]:
            if isinstance(item, Tensor):
                self.numbers = max(self.numbers, item.numel())
        return result


@exercise("28.4")
def frugal_attention(answer: Callable[[Tensor, Tensor, Tensor], Tensor]) -> str:
    """Causal attention without a table of all queries against all keys."""
    generator = torch.Generator().manual_seed(4)
    for length, depth, size in (
        (1, 3, 1.0),
        (37, 4, 1.0),
        (300, 8, 1.0),
        (64, 4, 40.0),
    ):
        q, k, v = (
            torch.randn(length, depth, generator=generator, dtype=torch.float64)
            * size
            for _ in range(3)
        )
        want, _ = attention(q, k, v, causal_mask(length))
        with _Largest() as largest:
            got = answer(q, k, v)
        if not isinstance(got, Tensor) or got.shape != want.shape:
            raise Hint(
                f"One row of {depth} numbers for each of {length} tokens was asked for. What is "
                f"the shape of yours?"
            )
        if bool(got.isnan().any()):
            raise Hint(
                "NaN came out. Was there a block in which a query may look at nothing, or an e "
                "to the power of a large score?"
            )
        if not torch.allclose(got, want, atol=1e-8):
            ahead, _ = attention(q, k, v)
            if torch.allclose(got, ahead, atol=1e-8):
                raise Hint(
                    "That is right for a reader who sees the future. Who may look where?"
                )
            raise Hint(
                f"Over {length} tokens you are up to {float((got - want).abs().max()):.2g} off. "
                "If you go block by block, what becomes of the sums you had when a larger score "
                "turns up?"
            )
        allowed = max(64 * length, 4096)
        if largest.numbers > allowed:
            raise Hint(
                f"Right, but one tensor held {largest.numbers:,} numbers for {length} tokens "
                f"(at most {allowed:,} are allowed). Could you take the queries, or the keys, a "
                "few at a time?"
            )
    return (
        "With blocks of keys and a running maximum you have built the heart of FlashAttention "
        "(Dao et al. 2022), which never writes the table to slow memory."
    )
