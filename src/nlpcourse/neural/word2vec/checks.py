"""Checks of the exercises of chapter 20, word2vec."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from nlpcourse import corpora
from nlpcourse.exercises import (
    Hint,
    close,
    exercise,
    numbers,
    parameters,
)
from nlpcourse.neural.word2vec.gradients import negative_sampling_loss
from nlpcourse.neural.word2vec.recipes import load_vectors
from nlpcourse.neural.word2vec.scores import agreement
from nlpcourse.neural.word2vec.vectors import WordVectors


def as_tensor(got: Any) -> Tensor | None:
    """Return a tensor, an array or nested lists of numbers as a tensor; None where it is none."""
    listed = not isinstance(got, Tensor) and not hasattr(got, "dtype")
    if isinstance(got, str | bytes | Mapping) or (listed and numbers(got) is None):
        return None
    try:
        return torch.as_tensor(got, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        return None


def _draw_counts(rng: random.Random) -> dict[str, Any]:
    """Draw how often a frequent, a middling and a rare word occur in a text."""
    return {
        "total": rng.randrange(15, 40) * 100_000,
        "threshold": rng.choice([1e-4, 2e-4]),
        "counts": [
            rng.randrange(40_000, 90_000),
            rng.randrange(2_000, 9_000),
            rng.randrange(5, 60),
        ],
    }


@exercise("20.1", parameters=_draw_counts, cases=1)
def keep(answer: Any) -> str:
    """Return how many places of three words are left, on average, after subsampling."""
    p = parameters("20.1")
    ratios = [p["threshold"] / (count / p["total"]) for count in p["counts"]]
    chances = [min(1.0, math.sqrt(ratio) + ratio) for ratio in ratios]
    got = numbers(answer)
    if got is None or len(got) != 3:
        raise Hint(
            f"Three numbers are asked for, one for each of {p['counts']}; you have {answer!r}. "
            "Which came?"
        )
    for count, ratio, chance, found in zip(
        p["counts"], ratios, chances, got, strict=True
    ):
        want = count * chance
        if close(found, want):
            continue
        what = f"A word that occurs {count:,} times: you say {found:.6g}"
        if found > count * (1 + 1e-9):
            raise Hint(f"{what}. Can more be left than there were?")
        if close(found, chance):
            raise Hint(
                f"{what}. That is a probability. Of how many places is it the share?"
            )
        if close(found, count - want, abs=1e-6):
            raise Hint(f"{what}. Is that how many are kept, or how many dropped?")
        if close(found, count * min(1.0, math.sqrt(ratio))):
            raise Hint(
                f"{what}. That is the paper's formula. Which second term has the program's?"
            )
        small = p["threshold"] / count
        if close(found, count * min(1.0, math.sqrt(small) + small)):
            raise Hint(f"{what}. Is f a count, or a share of all running words?")
        raise Hint(f"{what}. What is the word's share f, and what is t / f?")
    return (
        "The frequent word loses most of its places and still has thousands left; what it loses "
        "in examples, the rarer words gain in reach, since the gaps close."
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
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Hint(
            "Two things have moved. Did you return both the centre and the outputs?"
        )
    got_v, got_u = as_tensor(result[0]), as_tensor(result[1])
    if (
        got_v is None
        or got_u is None
        or got_v.shape != v.shape
        or got_u.shape != u.shape
    ):
        shapes = [
            None if got is None else tuple(got.shape) for got in (got_v, got_u)
        ]
        raise Hint(
            f"Your shapes are {shapes[0]} and {shapes[1]}. "
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


NEARNESS = 0.8
"""How well the cosines before and after have to correlate."""


def cosines(table: Tensor, words: int = 2000) -> Tensor:
    """Return the cosines of all pairs of the first words of a table."""
    units = torch.nn.functional.normalize(table[:words].double(), dim=1)
    above = torch.triu_indices(len(units), len(units), offset=1)
    return (units @ units.T)[above[0], above[1]]


@exercise("20.4")
def halve(answer: Callable[[Tensor], Tensor]) -> str:
    """Any table of half the width that keeps the cosines of the frequent words."""
    vectors = load_vectors()
    table = vectors.vectors
    asked = (len(table), table.shape[1] // 2)
    half = as_tensor(answer(table.clone()))
    if half is None or tuple(half.shape) != asked:
        shape = None if half is None else tuple(half.shape)
        raise Hint(
            f"A tensor of {asked[0]:,} rows, one for each word, and {asked[1]} columns is asked "
            f"for. Its shape is {shape}; where did rows or columns go?"
        )
    if not bool(half.isfinite().all()):
        raise Hint(
            "Some numbers are infinite or not numbers. What did you divide by?"
        )
    if bool((half.norm(dim=1) == 0).any()):
        raise Hint(
            "Some rows are all zeros, and point nowhere. What became of these words?"
        )
    before, after = cosines(table), cosines(half)
    if float(after.std()) < 1e-6:
        raise Hint(
            "All your cosines are equal, so they order nothing. Are your rows all alike?"
        )
    kept = float(torch.corrcoef(torch.stack([before, after]))[0, 1])
    if not kept >= NEARNESS:
        raise Hint(
            f"Your cosines and those of the whole table correlate at {kept:.2f}, and "
            f"{NEARNESS:.2f} is asked for. Columns are not the only directions of the space: "
            "along which of all directions do the vectors differ most?"
        )
    related = corpora.wordsim()
    scores = [
        agreement(WordVectors(vectors.words, rows), related).correlation
        for rows in (table, half)
    ]
    return (
        f"Your half keeps the cosines at {kept:.2f}, and agrees with WordSim at {scores[1]:.3f} "
        f"where the whole table does at {scores[0]:.3f}. Eckart and Young proved in 1936 that the "
        "largest singular values give the nearest table of any width; done to tables of counts, "
        "this was called latent semantic analysis."
    )
