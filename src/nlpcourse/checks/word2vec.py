"""Checks of the exercises of chapter 20, word2vec."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from nlpcourse import corpora
from nlpcourse.checks import Hint, exercise, parameters
from nlpcourse.neural.word2vec import (
    WordVectors,
    load_vectors,
    negative_sampling_loss,
)
from nlpcourse.neural.word2vec import text as texts
from nlpcourse.neural.word2vec.scores import agreement


@exercise("20.1")
def keep(answer: Callable[[int, int, float], float]) -> str:
    """Return the probability with which a running word is kept."""
    for count, total, threshold in (
        (60_000, 1_000_000, 1e-4),
        (400, 1_000_000, 1e-4),
        (5_000, 2_000_000, 1e-3),
        (3, 1_000_000, 1e-4),
    ):
        frequency = count / total
        ratio = threshold / frequency
        want = min(1.0, math.sqrt(ratio) + ratio)
        got = float(answer(count, total, threshold))
        if math.isclose(got, want, rel_tol=1e-6):
            continue
        what = f"{count:,} of {total:,} words at a threshold of {threshold:g}"
        if got > 1:
            raise Hint(
                f"{what}: you say {got:.3g}. How large can a probability be?"
            )
        if math.isclose(got, 1 - want, rel_tol=1e-6, abs_tol=1e-9):
            raise Hint(
                f"{what}: is that how often it is kept, or how often dropped?"
            )
        if math.isclose(got, min(1.0, math.sqrt(ratio)), rel_tol=1e-6):
            raise Hint(
                f"{what}: that is the paper's formula. Which second term has the program's?"
            )
        if math.isclose(
            got, min(1.0, math.sqrt(threshold / count) + threshold / count)
        ):
            raise Hint(f"{what}: is f a count, or a share of all running words?")
        raise Hint(
            f"{what}: you say {got:.4g}. What is the word's share f, and what is t / f?"
        )
    return (
        "The most frequent word loses nine of ten of its places and still has thousands left; "
        "what it loses in examples, the rarer words gain in reach, since the gaps close."
    )


def _draw_sentence(rng: random.Random) -> dict[str, Any]:
    """Draw a sentence with a word that comes twice, and a window."""
    words = rng.sample(
        ["rain", "fell", "on", "a", "quiet", "town", "by", "sea", "all", "night"], 7
    )
    words.insert(rng.randrange(3, 7), words[0])
    return {"words": words, "window": rng.choice([2, 3])}


@exercise("20.2", parameters=_draw_sentence)
def make_pairs(
    answer: Callable[[list[str], int], list[tuple[str, str]]],
) -> str:
    """Return every (centre, context word) of a sentence, with a fixed window."""
    p = parameters("20.2")
    for words, window in (
        (["a", "b", "c", "d", "e"], 1),
        (p["words"], p["window"]),
        (["a", "b"], 5),
        (["a"], 3),
    ):
        want = Counter(
            (words[i], words[j])
            for i in range(len(words))
            for j in range(len(words))
            if i != j and abs(i - j) <= window
        )
        result = answer(list(words), window)
        try:
            got = Counter((one, other) for one, other in result)
        except (TypeError, ValueError):
            raise Hint(
                f"What should come back is a list of pairs of words. Is {result!r} one?"
            ) from None
        if got == want:
            continue
        where = f"{' '.join(words)!r} with a window of {window}"
        extra, lost = got - want, want - got
        if any(one == other and words.count(one) == 1 for one, other in extra):
            raise Hint(f"{where}: is a word its own company?")
        ends = {
            (words[i], words[i - k])
            for i in range(window)
            for k in range(i + 1, window + 1)
        }
        if extra and set(extra) & ends:
            raise Hint(
                f"{where}: you pair {next(iter(extra))}. What does Python find at index −1?"
            )
        if lost and not extra and all((b, a) not in lost for a, b in lost):
            raise Hint(
                f"{where}: {next(iter(lost))} is missing. Is a word to the left company, too?"
            )
        if lost and all(one == other for one, other in lost):
            raise Hint(
                f"{where}: the word that comes twice is company to itself. Did you compare the "
                "words where you meant their places?"
            )
        shown = next(iter(lost or extra))
        raise Hint(
            f"{where}: is {shown} {'missing' if lost else 'one too many'}? "
            "How far is the furthest place?"
        )
    return (
        "With a window of its own for each centre, drawn from 1 to the largest, near words come "
        "up more often than far ones: a weighting that costs nothing."
    )


def _draw_step(rng: random.Random) -> dict[str, Any]:
    return {
        "seed": rng.randrange(1000),
        "size": rng.randrange(3, 7),
        "negatives": rng.randrange(2, 6),
        "rate": rng.choice([0.1, 0.2, 0.5]),
    }


@exercise("20.3", parameters=_draw_step)
def one_step(
    answer: Callable[[Tensor, Tensor, float], tuple[Tensor, Tensor]],
) -> str:
    """Return centre and outputs after one step of gradient descent."""
    p = parameters("20.3")
    generator = torch.Generator().manual_seed(p["seed"])
    v = torch.randn(p["size"], generator=generator, dtype=torch.float64)
    u = torch.randn(
        1 + p["negatives"], p["size"], generator=generator, dtype=torch.float64
    )
    rate = p["rate"]
    leaf_v, leaf_u = v.clone().requires_grad_(), u.clone().requires_grad_()
    for_v, for_u = torch.autograd.grad(
        negative_sampling_loss(leaf_v, leaf_u), [leaf_v, leaf_u]
    )
    result = answer(v.clone(), u.clone(), rate)
    if not isinstance(result, tuple) or len(result) != 2:
        raise Hint(
            "Two things have moved. Did you return both the centre and the outputs?"
        )
    got_v, got_u = result
    if got_v.shape != v.shape or got_u.shape != u.shape:
        raise Hint(
            f"Your shapes are {tuple(got_v.shape)} and {tuple(got_u.shape)}. "
            f"Were they not {tuple(v.shape)} and {tuple(u.shape)} before the step?"
        )
    new_v, new_u = v - rate * for_v, u - rate * for_u
    if torch.allclose(got_v, v + rate * for_v) or torch.allclose(
        got_u, u + rate * for_u
    ):
        raise Hint(
            "You went uphill: does the loss grow along the gradient, or against it?"
        )
    if torch.allclose(got_v, new_v) and torch.allclose(got_u, new_u):
        return (
            "Both moved by the same error: σ(v · u) less what is true. A pair that the model "
            "already gets right hardly moves anything."
        )
    error = torch.sigmoid(u @ v)
    error[0] -= 1
    if torch.allclose(got_v, new_v) and torch.allclose(
        got_u, u - rate * torch.outer(error, new_v)
    ):
        raise Hint(
            "The centre is right. Which centre did the outputs see, the one before the step or "
            "the one after?"
        )
    if torch.allclose(got_u, new_u) and torch.allclose(
        got_v, v - rate * error @ new_u
    ):
        raise Hint(
            "The outputs are right. Which outputs did the centre see, those before the step?"
        )
    all_noise = torch.sigmoid(u @ v)
    if torch.allclose(got_u, u - rate * torch.outer(all_noise, v)):
        raise Hint(
            "You push all outputs away. Which of them did stand beside the centre?"
        )
    scores = u @ v
    scores[0] -= 1
    if torch.allclose(got_u, u - rate * torch.outer(scores, v)):
        raise Hint("The score is not yet a probability: which function is missing?")
    if torch.allclose(got_v, new_v):
        raise Hint(
            "The centre is right. What does each output's own gradient multiply?"
        )
    if torch.allclose(got_u, new_u):
        raise Hint(
            "The outputs are right. Over what is the centre's gradient a sum?"
        )
    raise Hint(
        "Write the error first: one number for each output. What is it where the model says 0.9 "
        "and the truth is 1, and what where the truth is 0?"
    )


MARGIN = 0.008
"""By how much WordSim-353's correlation has to rise."""


@exercise("20.4")
def improve(answer: Callable[[Tensor, Tensor], Tensor]) -> str:
    """Any change of the trained vectors that people's judgments of relatedness prefer."""
    vectors = load_vectors()
    rated = corpora.wordsim()
    counts = torch.tensor(texts.wikitext().vocabulary.counts).float()
    table = answer(vectors.vectors.clone(), counts)
    if (
        not isinstance(table, Tensor)
        or table.shape[:1] != vectors.vectors.shape[:1]
    ):
        raise Hint(
            f"There are {len(vectors):,} words. Has your table one row for each, as a tensor?"
        )
    if not bool(table.isfinite().all()):
        raise Hint(
            "Some numbers are infinite or not numbers. What did you divide by?"
        )
    before = agreement(vectors, rated).correlation
    after = agreement(WordVectors(vectors.words, table), rated).correlation
    if abs(after - before) < 1e-4:
        raise Hint(
            f"The correlation stays at {before:.3f}. Does your change alter any angle? "
            "Scaling rows, and turning the whole space, do not."
        )
    if after < before + MARGIN:
        raise Hint(
            f"It was {before:.3f} and is {after:.3f}; {before + MARGIN:.3f} is asked for. What do "
            "all vectors have in common, whatever their word means, and can you take it away?"
        )
    return (
        f"From {before:.3f} to {after:.3f}. Mu and Viswanath call their way all-but-the-top: what "
        "all words share says nothing of any. A list that you tuned on no longer tests you, though."
    )
