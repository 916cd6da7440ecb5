"""Checks of the exercises of chapter 25, Sequence to sequence with attention."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from nlpcourse.checks import Hint, exercise, parameters
from nlpcourse.neural.seq2seq.alignment import Links, alignment_error_rate
from nlpcourse.neural.seq2seq.bleu import clipped_matches


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)


@exercise("25.1")
def modified_precision(
    answer: Callable[[list[str], list[list[str]], int], float],
) -> str:
    """Compute the clipped n-gram precision of one output against its references."""
    cases = [
        ("the the the the", ["the cat is on the mat"], 1),
        ("the the cat", ["the cat", "the dog and the cat"], 1),
        ("the cat sat", ["the cat sat on the mat"], 2),
        ("a b a b", ["a b c", "b a b"], 2),
    ]
    for text, references, n in cases:
        output = text.split()
        refs = [r.split() for r in references]
        count = len(output) - n + 1
        expected = clipped_matches(output, refs, n) / count
        got = float(answer(output, refs, n))
        if _close(got, expected):
            continue
        grams = [tuple(output[i : i + n]) for i in range(count)]
        there = {tuple(r[i : i + n]) for r in refs for i in range(len(r) - n + 1)}
        if _close(got, sum(g in there for g in grams) / count):
            raise Hint(
                f"For {text!r} you say {got:.3g}. The reference holds 'the' only "
                "so many times: may each of the output's be counted?"
            )
        if _close(got, len(set(grams) & there) / count):
            raise Hint(
                f"For {text!r} you say {got:.3g}. An n-gram that the output and a "
                "reference both hold twice: how often does it count?"
            )
        if _close(got, clipped_matches(output, refs, n) / len(output)):
            raise Hint("Divide by what: the output's n-grams, or its tokens?")
        joined = [token for r in refs for token in r]
        if _close(got, clipped_matches(output, [joined], n) / count):
            raise Hint(
                f"For {text!r} you say {got:.3g}. Did you add the references' "
                "counts, where the largest of them is the limit?"
            )
        raise Hint(
            f"For {text!r} against {references} and n = {n} you say {got:.3g}. "
            "Which n-grams of the output are left after clipping, out of how many?"
        )
    if float(answer(["a"], [["a", "b"]], 2)) != 0:
        raise Hint("An output of one token has no pair. What should come back?")
    return (
        "Without clipping, 'the the the the' would be a perfect translation of any "
        "sentence with an article: that is Papineni's own example."
    )


@exercise("25.2")
def error_rate(
    answer: Callable[[Links, Links, Links], float],
) -> str:
    """Compute the alignment error rate with sure and possible links."""
    cases: list[tuple[set[tuple[int, int]], ...]] = [
        ({(0, 0), (1, 1)}, {(0, 0), (1, 1)}, {(0, 0), (1, 1)}),
        ({(0, 0), (0, 1)}, {(0, 0)}, {(0, 0), (0, 1)}),
        ({(0, 0), (2, 1)}, {(0, 0), (1, 1)}, {(0, 0), (1, 1), (1, 2)}),
        ({(3, 3)}, {(0, 0)}, {(0, 0)}),
    ]
    for a, s, p in cases:
        guess, sure, possible = frozenset(a), frozenset(s), frozenset(p)
        expected = alignment_error_rate([guess], [sure], [possible])
        got = float(answer(guess, sure, possible))
        if _close(got, expected):
            continue
        if _close(got, 1 - expected):
            raise Hint(
                "You say that a perfect guess has the rate "
                f"{float(answer(frozenset(s), frozenset(s), frozenset(s))):g}. Is "
                "that an error rate or its opposite?"
            )
        if _close(got, 1 - 2 * len(a & s) / (len(a) + len(s))):
            raise Hint(
                f"Guess {sorted(a)}, sure {sorted(s)}, possible {sorted(p)}: you "
                f"say {got:.3g}. Should a link that is merely possible cost "
                "anything?"
            )
        if _close(got, 1 - (len(a & s) + len(a & p)) / (len(a) + len(p))):
            raise Hint(
                "Which links must be found, all the possible ones or the sure "
                "ones? Look at the second term below the line."
            )
        raise Hint(
            f"Guess {sorted(a)}, sure {sorted(s)}, possible {sorted(p)}: you say "
            f"{got:.3g}. How many guessed links are sure, how many at least "
            "possible?"
        )
    return (
        "The rate can be pleased: annotators who mark much as possible and little "
        "as sure make every aligner look good. Compare rates on the same gold "
        "links only."
    )


def _draw_attention(rng: random.Random) -> dict[str, Any]:
    return {
        "seed": rng.randrange(1000),
        "inputs": rng.randrange(6, 10),
        "size": rng.randrange(2, 6),
        "window": rng.randrange(1, 3),
    }


@exercise("25.3", parameters=_draw_attention)
def local_attention(
    answer: Callable[[Tensor, Tensor, int, int], tuple[Tensor, Tensor]],
) -> str:
    """Dot attention that looks only at a window around one place."""
    p = parameters("25.3")
    generator = torch.Generator().manual_seed(p["seed"])
    memory = torch.randn(
        p["inputs"], p["size"], generator=generator, dtype=torch.float64
    )
    state = torch.randn(p["size"], generator=generator, dtype=torch.float64)
    for centre in (p["inputs"] // 2, 0, p["inputs"] - 1):
        low, high = max(0, centre - p["window"]), centre + p["window"] + 1
        inside = torch.zeros(p["inputs"], dtype=torch.bool)
        inside[low:high] = True
        scores = memory @ state
        expected = scores.masked_fill(~inside, -torch.inf).softmax(dim=0)
        result = answer(state, memory, centre, p["window"])
        if not isinstance(result, tuple) or len(result) != 2:
            raise Hint("Did you return both the context and the weights?")
        context, weights = result
        if not isinstance(weights, Tensor) or weights.shape != expected.shape:
            raise Hint(
                f"There are {p['inputs']} inputs. Has each of them a weight, those "
                "outside the window too?"
            )
        if torch.allclose(weights, scores.softmax(dim=0)):
            raise Hint("You weigh all inputs. What keeps those far away out?")
        if torch.allclose(weights, (scores * inside).softmax(dim=0)):
            raise Hint(
                "A score of 0 outside the window still gets weight: e to the 0 is "
                "1. Which score gets none?"
            )
        if torch.allclose(weights, scores.softmax(dim=0) * inside):
            raise Hint(
                f"Your weights add up to {float(weights.sum()):.2f}. Did the "
                "softmax come before the window?"
            )
        if float(weights[~inside].abs().sum()) > 1e-9:
            raise Hint(
                f"Centre {centre}, window {p['window']}: which places are inside, "
                "and what happens at the edge of the input?"
            )
        if not torch.allclose(weights, expected):
            raise Hint(
                "The weights inside the window add up to "
                f"{float(weights.sum()):.3f} and are not the softmax of the "
                "products. Which scores did you use?"
            )
        if not torch.allclose(context, weights @ memory):
            raise Hint(
                f"The context has the shape {tuple(context.shape)}. Is it the mean "
                "of the memory's rows, weighed?"
            )
    return (
        "Luong et al. call this local attention, and let the network predict the "
        "centre. It makes the cost of a step independent of the input's length."
    )


Case = tuple[list[int], float]


@exercise("25.4")
def rescored(
    answer: Callable[[list[Case], float], list[int]],
) -> str:
    """Choose the best of finished outputs under length normalisation."""
    outputs: list[Case] = [([5], -2.0), ([5, 6, 7], -3.2), ([8, 9], -2.7)]
    for alpha in (0.0, 1.0, 0.3):
        scores = [p / (len(s) + 1) ** alpha for s, p in outputs]
        expected = outputs[scores.index(max(scores))][0]
        got = answer(list(outputs), alpha)
        if isinstance(got, tuple):
            raise Hint(
                "Only the symbols were asked for. Which half of the pair is it?"
            )
        if got != expected:
            if got == outputs[scores.index(min(scores))][0]:
                raise Hint(
                    f"At alpha = {alpha} you chose {got}. Log-probabilities are "
                    "negative: is the best the largest or the smallest?"
                )
            raise Hint(
                f"At alpha = {alpha} you chose {got}. What is each output's score, "
                "with the end counted in its length?"
            )
    edge: list[Case] = [([], -1.0), ([4], -1.9)]
    try:
        got = answer(edge, 1.0)
    except ZeroDivisionError:
        raise Hint(
            "An output may be empty: the end alone is one step. Which length has "
            "it?"
        ) from None
    if got != [4]:
        raise Hint(
            "Empty output −1.0, one symbol −1.9, alpha 1. Does the end count as a "
            "step in both lengths?"
        )
    return (
        "Without normalisation wide beams end early: Stahlberg and Byrne found "
        "that the likeliest translation of all is often the empty one."
    )


@exercise("25.5")
def learn_to_turn_round(answer: Callable[[], tuple[str, int]]) -> str:
    """Choose attention and training so that long words are spelt backwards."""
    from nlpcourse.neural.seq2seq.backwards import learn_backwards

    choice = answer()
    if not isinstance(choice, tuple) or len(choice) != 2:
        raise Hint("Two things were asked for: which score, and how many steps?")
    kind, steps = choice
    if kind == "none":
        raise Hint("Without attention, what happened to words of ten letters?")
    if not isinstance(steps, int) or not 1 <= steps <= 700:
        raise Hint(f"You ask for {steps} steps. Is that a whole number up to 700?")
    right = learn_backwards(kind, steps, seed=11).right_by_length
    share = sum(right[n] for n in (10, 11, 12)) / 3
    if share < 0.8:
        raise Hint(
            f"{kind}, {steps} steps: {share:.0%} of the words of ten to twelve "
            "letters are right. Which of the scores learns soonest, and had it "
            "learnt enough?"
        )
    return (
        f"{share:.0%} right. The state needs to count, not to remember: which "
        "letter is next is all it must know, and attention fetches the letter."
    )
