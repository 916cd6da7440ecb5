"""Checks of the exercises of chapter 21, GloVe and fastText."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from nlpcourse.exercises import Hint, close, exercise, number, parameters
from nlpcourse.neural.glove.lookup import misspelt
from nlpcourse.neural.glove.subwords import ngrams
from nlpcourse.neural.word2vec.checks import as_tensor
from nlpcourse.neural.word2vec.text import wikitext


def _draw_pair(rng: random.Random) -> dict[str, Any]:
    """Draw how often two words meet, and how often each meets anybody."""
    return {
        "pair": rng.randrange(20, 90),
        "word": rng.randrange(1_500, 6_000),
        "company": rng.randrange(2_000, 9_000),
        "total": rng.randrange(40, 90) * 10_000,
    }


@exercise("21.1", parameters=_draw_pair, cases=1)
def information(answer: Any) -> str:
    """Return the pointwise mutual information of a pair, in nats."""
    p = parameters("21.1")
    pair, word, company, total = (
        p[k] for k in ("pair", "word", "company", "total")
    )
    ratio = pair * total / (word * company)
    got = number(answer)
    if got is None:
        raise Hint(f"One number is asked for; you have {answer!r}. Which came?")
    if close(got, math.log(ratio)):
        return (
            f"The two meet {ratio:.1f} times as often as chance would have it. Twice as much text "
            "doubles all four counts and leaves this number where it is."
        )
    if close(got, ratio):
        raise Hint("That is how many times more often. What is its logarithm?")
    if close(got, math.log2(ratio)) or close(got, math.log10(ratio)):
        raise Hint(
            "That is another unit. What is the base of the logarithm of a nat?"
        )
    if close(got, -math.log(ratio)):
        raise Hint(
            "The sign is turned round. Do they meet more often than by chance?"
        )
    if close(got, math.log(pair / total)) or close(got, math.log(pair)):
        raise Hint("How often would the two meet if neither cared for the other?")
    raise Hint(
        "What are the three probabilities: of the pair, of the word, of the company? "
        "Each is a count divided by what?"
    )


@exercise("21.2")
def cut(answer: Callable[[str, int, int], list[str]]) -> str:
    """Return the n-grams of characters of a word, with its marks."""
    for word, shortest, longest in (
        ("where", 3, 3),
        ("where", 3, 6),
        ("a", 3, 6),
        ("naïve", 2, 4),
        ("banana", 3, 3),
    ):
        want = sorted(ngrams(word, shortest, longest))
        result = answer(word, shortest, longest)
        try:
            got = sorted(result)
            whole = all(isinstance(part, str) for part in got)
        except TypeError:
            whole = False
        if not whole or isinstance(result, str):
            raise Hint(
                f"What should come back is a list of strings. Is {result!r} one?"
            )
        where = f"{word!r}, {shortest} to {longest} characters"
        if got == want:
            continue
        if not any("<" in part or ">" in part for part in got):
            raise Hint(
                f"{where}: how would one tell a prefix from the same letters inside?"
            )
        if set(got) == set(want):
            raise Hint(
                f"{where}: how often should an n-gram stand that occurs twice?"
            )
        long = [part for part in got if not shortest <= len(part) <= longest]
        if long:
            raise Hint(f"{where}: how long is {long[0]!r}, with its marks?")
        lost = [part for part in want if part not in got]
        shown = lost[0] if lost else next(part for part in got if part not in want)
        raise Hint(
            f"{where}: is {shown!r} {'missing' if lost else 'one too many'}?"
        )
    return (
        "The mark makes `<her` and `her` two n-grams: the beginning of *hermit* and the middle of "
        "*where* share nothing but chance."
    )


def _draw_step(rng: random.Random) -> dict[str, Any]:
    return {
        "seed": rng.randrange(1000),
        "size": rng.randrange(3, 7),
        "count": rng.choice([0.5, 3.0, 40.0]),
        "rate": rng.choice([0.05, 0.1]),
    }


def _step(
    word: Tensor,
    company: Tensor,
    bias: float,
    count: float,
    squares: Tensor,
    rate: float,
) -> tuple[Tensor, Tensor]:
    leaf = word.clone().requires_grad_()
    error = leaf @ company + bias - math.log(count)
    weight = min(1.0, count / 10) ** 0.75
    (gradient,) = torch.autograd.grad(0.5 * weight * error**2, leaf)
    squares = squares + gradient**2
    return word - rate * gradient / squares.sqrt(), squares


@exercise("21.3", parameters=_draw_step)
def one_step(
    answer: Callable[[Tensor, Tensor, float, float, Tensor, float], Any],
) -> str:
    """Return a word's vector and AdaGrad's sums after one step on one pair."""
    p = parameters("21.3")
    generator = torch.Generator().manual_seed(p["seed"])
    for count, squares in ((p["count"], 1.0), (200.0, 2.0), (1.0, 0.5)):
        word, company = torch.randn(
            2, p["size"], generator=generator, dtype=torch.float64
        )
        sums = torch.full_like(word, squares)
        want = _step(word, company, 0.3, count, sums, p["rate"])
        result = answer(
            word.clone(), company.clone(), 0.3, count, sums.clone(), p["rate"]
        )
        pair = (
            result
            if isinstance(result, tuple | list) and len(result) == 2
            else (None, None)
        )
        got = tuple(as_tensor(part) for part in pair)
        if any(part is None or part.shape != word.shape for part in got):
            raise Hint(
                f"Two vectors should come back, the word's and its sums, each of {p['size']} "
                "numbers. What did you return?"
            )
        moved, summed = got
        assert moved is not None
        assert summed is not None
        where = f"A pair that meets {count:g} times"
        if torch.allclose(moved, want[0]) and torch.allclose(summed, want[1]):
            continue
        if torch.allclose(word - moved, moved.new_tensor(-1.0) * (word - want[0])):
            raise Hint(
                f"{where}: does the step go with the gradient or against it?"
            )
        if torch.allclose(summed, sums):
            raise Hint(
                f"{where}: when does AdaGrad add the new square, before the step or after?"
            )
        plain = (summed - sums).clamp(min=0).sqrt()
        true = (want[1] - sums).sqrt()
        if count < 10 and torch.allclose(plain * (count / 10) ** 0.75, true):
            raise Hint(f"{where}: how much does such a pair count, f(X)?")
        if torch.allclose(plain, 2 * true):
            raise Hint(f"{where}: is the loss halved?")
        if torch.allclose(summed, want[1]):
            raise Hint(
                f"{where}: the sums are right. What is the gradient divided by?"
            )
        raise Hint(
            f"{where}: what is the error, w · w̃ + b + b̃ less which logarithm?"
        )
    return (
        "A number that was pushed often has a large sum and moves little: frequent words settle, "
        "and a rare word's few pushes stay large."
    )


@lru_cache(maxsize=1)
def _asked() -> tuple[list[str], list[tuple[str, set[str]]]]:
    """Return frequent words of four letters or more, and misspellings of some of them."""
    frequent = wikitext().vocabulary.words[:1000]
    words = [word for word in frequent if word.isalpha() and len(word) > 3]
    asked = misspelt(words, every=1)
    return words, asked[:: len(asked) // 40]


@exercise("21.4")
def repair(answer: Callable[[str, list[str]], str]) -> str:
    """Return the word of a list that a misspelt word was meant to be."""
    words, asked = _asked()
    right, known = 0, set(words)
    wrong = ""
    for word, meant in asked:
        found = answer(word, list(words))
        if not isinstance(found, str) or found not in known:
            raise Hint(
                f"For {word!r} you return {found!r}. Is it a word of the list?"
            )
        right += found in meant
        if found not in meant and not wrong:
            wrong = f"{word!r} became {found!r}, not {min(meant)!r}"
    share = right / len(asked)
    if share < 0.75:
        raise Hint(
            f"Of {len(asked)} misspelt words {share:.0%} are repaired, and three quarters are "
            f"asked for; {wrong}. Which n-grams do the right word and the wrong one share, and "
            "how many has each in all?"
        )
    return (
        f"{share:.0%} of {len(asked)} are repaired by letters alone. Nothing was learnt, and no "
        "meaning is in it: *legal* and *illegal* are close relatives to it."
    )
