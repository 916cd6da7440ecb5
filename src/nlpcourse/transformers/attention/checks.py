"""Checks of the exercises of chapter 28, self-attention and multi-head attention."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from nlpcourse.exercises import (
    Hint,
    all_close,
    exercise,
    number,
    numbers,
    parameters,
)
from nlpcourse.transformers.attention.mechanism import attention, causal_mask

Vector = list[float]


def _shares(scores: Vector) -> Vector:
    highest = max(scores)
    raised = [math.exp(score - highest) for score in scores]
    return [r / sum(raised) for r in raised]


def _mix(weights: Vector, values: list[Vector]) -> Vector:
    return [
        sum(w * v[i] for w, v in zip(weights, values, strict=True))
        for i in range(len(values[0]))
    ]


def _tensor(answer: Any) -> Tensor | None:
    """Return an answer as a tensor, whatever kind of table it is; None where it is no table."""
    try:
        return torch.as_tensor(answer)
    except (TypeError, ValueError, RuntimeError):
        return None


def _equal(got: Tensor, want: Tensor) -> bool:
    """Return whether two tables hold the same, whatever the kind of their numbers."""
    return got.shape == want.shape and bool((got == want).all())


def _cases(rng: random.Random) -> list[tuple[Vector, list[Vector], list[Vector]]]:
    """Draw queries, keys and values of some sizes, so that no constant answers all of them."""

    def row(length: int) -> Vector:
        return [rng.uniform(-2, 2) for _ in range(length)]

    sizes = ((4, 3, 2), (1, 2, 1), (9, 4, 3), (2, 1, 5))
    return [
        (row(depth), [row(depth) for _ in range(n)], [row(width) for _ in range(n)])
        for depth, n, width in sizes
    ]


@exercise("28.1")
def look_up(
    answer: Callable[[Vector, list[Vector], list[Vector]], Vector],
) -> str:
    """Mix the values by how well a query matches their keys, in plain Python."""
    query = [2.0, 0.0, 0.0, 2.0]
    keys = [[1.0, 0.0, 0.0, 0.5], [0.0, 1.0, 2.0, 0.0], [0.5, 1.0, 0.0, 1.5]]
    values = [[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]]
    dots = [sum(q * k for q, k in zip(query, key, strict=True)) for key in keys]
    answered = answer(list(query), list(keys), list(values))
    if number(answered) is not None:
        raise Hint(
            f"A single number came back for the values {values}. How many numbers has each?"
        )
    got = numbers(answered)
    if got is None:
        raise Hint(
            f"A {type(answered).__name__} came back. Which list of numbers mixes {values}?"
        )
    if len(got) == len(keys):
        raise Hint(
            "Three numbers came back: are these the weights? What are they to be weights of?"
        )
    if not all_close(got, _mix(_shares([dot / 2 for dot in dots]), values)):
        raise Hint(_what_went_wrong(got, dots, values, query))
    for query, keys, values in _cases(random.Random(28)):
        scores = [
            sum(q * k for q, k in zip(query, key, strict=True))
            / math.sqrt(len(query))
            for key in keys
        ]
        got = answer(list(query), list(keys), list(values))
        if not all_close(got, _mix(_shares(scores), values), abs=1e-6):
            raise Hint(
                f"Right once, but not for the query {[round(q, 2) for q in query]} with "
                f"{len(keys)} keys. Which of your numbers holds for one example only?"
            )
    far = answer([30.0], [[30.0], [-30.0]], [[1.0], [0.0]])
    if not all_close(far, [1.0]):
        raise Hint(
            "Scores of ±900 break it. What can you take off all scores unpunished?"
        )
    return (
        "Large scores overflow e to the power of the score. Taking the largest score off all of "
        "them first changes no weight; PyTorch's softmax does so, too."
    )


def _what_went_wrong(
    got: Vector, dots: Vector, values: list[Vector], query: Vector
) -> str:
    """Return the question that fits a wrong mixture."""
    if all_close(got, _mix(_shares(dots), values)):
        return (
            "Your weights are those of the bare dot products. By what are they divided when a "
            "query has four numbers?"
        )
    if all_close(got, _mix(_shares([dot / 4 for dot in dots]), values)):
        return "You divide by D itself. Which function of D does the equation hold?"
    if all_close(got, _mix([dot / 2 for dot in dots], values)):
        return "Your weights add up to more than one. What makes shares of scores?"
    if all_close(got, _mix([dot / sum(dots) for dot in dots], values)):
        return "You divide each score by their sum. What would happen to a score below zero?"
    if all_close(got, values[max(range(3), key=dots.__getitem__)]):
        return "You return the best key's value. How much should the second best hand over?"
    return (
        f"For the query {query} the scores are {[dot / 2 for dot in dots]}. What are the weights, "
        "and what is the mixture of the values?"
    )


def _draw_window(rng: random.Random) -> dict[str, Any]:
    return {"length": rng.randrange(7, 11), "window": rng.randrange(2, 5)}


@exercise("28.2", parameters=_draw_window, cases=4)
def local_mask(answer: Any) -> str:
    """A causal mask that looks back over a window only, for the drawn sizes."""
    p = parameters("28.2")
    length, window = p["length"], p["window"]
    asked = f"{length} tokens and a window of {window}"
    got = _tensor(answer)
    if got is None or tuple(got.shape) != (length, length):
        shape = "no shape" if got is None else f"the shape {tuple(got.shape)}"
        raise Hint(f"Your mask has {shape}. Who looks, and at whom, with {asked}?")
    if not bool(((got == 0) | (got == 1)).all()):
        raise Hint(
            f"A mask of truth values was asked for, with {asked}. Which numbers are in yours?"
        )
    got = got.bool()
    want = causal_mask(length) & ~causal_mask(length).tril(-window)
    if _equal(got, want):
        return (
            "Where the hidden scores are never computed, the work grows with the length times the "
            "window, no longer with the square, and a stack of layers still hands news on from "
            "window to window."
        )
    if _equal(got, ~want):
        raise Hint(
            f"With {asked}, every entry is upside down. What does True mean here?"
        )
    if _equal(got, want.T):
        raise Hint(
            f"With {asked}, your tokens look ahead. Which axis holds those who look?"
        )
    if not bool(got.diagonal().all()):
        raise Hint(
            f"With {asked}: may a token look at itself? What would the first row see otherwise?"
        )
    if bool(got.triu(1).any()):
        raise Hint(
            f"With {asked}, some token looks at a later one. Where in the table is the future?"
        )
    raise Hint(
        f"With {asked} the last row should hold {min(window, length)} ones; "
        f"yours is {got[-1].int().tolist()}. Does the token itself count?"
    )


@exercise("28.3")
def split_heads(answer: Callable[[Tensor, int], Tensor]) -> str:
    """Cut the channels into heads, and the shapes with them."""
    x = torch.arange(2 * 3 * 8).view(2, 3, 8)
    answered = answer(x.clone(), 4)
    got = _tensor(answered)
    if got is None or got.dim() == 0:
        raise Hint(
            f"A {type(answered).__name__} came back for a tensor of the shape (2, 3, 8). Which "
            "tensor should the four heads share?"
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
    if _equal(got, x.view(2, 4, 3, 2)):
        raise Hint(
            "The shape is right and the contents are not: head 0 holds numbers of several "
            "tokens' wrong channels. Does view move numbers, or only the borders?"
        )
    if _equal(got, x.view(2, 3, 2, 4).permute(0, 3, 1, 2)):
        raise Hint(
            "Head 0 holds every fourth channel. Which channels did the chapter give to it?"
        )
    if not _equal(got, want):
        raise Hint(
            f"Head 1 of the first text should hold {want[0, 1].tolist()}; yours holds "
            f"{got[0, 1].tolist()}. Which channels of which tokens are these?"
        )
    for texts, tokens, heads, depth in ((1, 5, 3, 2), (3, 1, 1, 4), (2, 4, 6, 1)):
        x = torch.randn(texts, tokens, heads * depth, generator=_seeded())
        got = _tensor(answer(x.clone(), heads))
        want = x.view(texts, tokens, heads, depth).transpose(1, 2)
        if got is None or not _equal(got, want):
            raise Hint(
                f"Right once, but not for a tensor of the shape {tuple(x.shape)} and {heads} "
                "heads. Which of your numbers holds for one example only?"
            )
    return (
        "transpose moves no number either: it swaps the strides, the steps by which PyTorch "
        "walks through memory. That is why view may refuse a tensor after it."
    )


def _seeded() -> torch.Generator:
    return torch.Generator().manual_seed(28)


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
    for length, depth, size in (
        (1, 3, 1.0),
        (37, 4, 1.0),
        (300, 8, 1.0),
        (64, 4, 40.0),
    ):
        generator = torch.Generator().manual_seed(length)
        q, k, v = (
            torch.randn(length, depth, generator=generator, dtype=torch.float64)
            * size
            for _ in range(3)
        )
        want, _ = attention(q, k, v, causal_mask(length))
        with _Largest() as largest:
            answered = answer(q.clone(), k.clone(), v.clone())
        got = _tensor(answered)
        if got is None or got.shape != want.shape:
            shape = type(answered).__name__ if got is None else tuple(got.shape)
            raise Hint(
                f"One row of {depth} numbers for each of {length} tokens was asked for. What is "
                f"the shape of yours, {shape}?"
            )
        got = got.to(want)
        if not bool(got.isfinite().all()):
            raise Hint(
                f"NaN or infinity came out for {length} tokens. Was there a block in which a query "
                "may look at nothing, or an e to the power of a large score?"
            )
        if not torch.allclose(got, want, rtol=1e-5, atol=1e-5 * size):
            raise Hint(_where_it_differs(got, want, attention(q, k, v)[0], v, size))
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


def _where_it_differs(
    got: Tensor, want: Tensor, ahead: Tensor, value: Tensor, size: float
) -> str:
    """Return the question that fits wrong mixtures."""
    if torch.allclose(got, ahead, rtol=1e-5, atol=1e-5 * size):
        return "That is right for a reader who sees the future. Who may look where?"
    if torch.allclose(got, value):
        return "The values came back as they went in. What should each token hear of the others?"
    return (
        f"Over {len(want)} tokens you are up to {float((got - want).abs().max()):.2g} off. If you "
        "go block by block, what becomes of the sums you had when a larger score turns up?"
    )
