"""Checks of the exercises of chapter 25, Sequence to sequence with attention."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from nlpcourse.exercises import (
    Hint,
    all_close,
    close,
    exercise,
    number,
    numbers,
    parameters,
    same_items,
)
from nlpcourse.neural.seq2seq.bleu import clipped_matches
from nlpcourse.neural.seq2seq.search import Hypothesis, beam_search, table_step


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
        ("a b c", ["c b a", "b d"], 2),
    ]
    for text, references, n in cases:
        output = text.split()
        refs = [r.split() for r in references]
        count = len(output) - n + 1
        expected = clipped_matches(output, refs, n) / count
        got = answer(list(output), [list(r) for r in refs], n)
        if close(got, expected):
            continue
        where = f"For {text!r} against {references} and n = {n} you say {got!r}."
        if number(got) is None:
            raise Hint(f"{where} Is that one number?")
        grams = [tuple(output[i : i + n]) for i in range(count)]
        there = {tuple(r[i : i + n]) for r in refs for i in range(len(r) - n + 1)}
        if close(got, sum(g in there for g in grams) / count):
            raise Hint(
                f"{where} The reference holds an n-gram only so many times: may each "
                "of the output's be counted?"
            )
        if close(got, len(set(grams) & there) / count):
            raise Hint(
                f"{where} An n-gram that the output and a reference both hold twice: "
                "how often does it count?"
            )
        if close(got, clipped_matches(output, refs, n) / len(output)):
            raise Hint(
                f"{where} Divide by what: the output's n-grams or its tokens?"
            )
        joined = [token for r in refs for token in r]
        if close(got, clipped_matches(output, [joined], n) / count):
            raise Hint(
                f"{where} Did you add the references' counts, where the largest of "
                "them is the limit?"
            )
        raise Hint(
            f"{where} Which n-grams of the output are left after clipping, out of how "
            "many?"
        )
    for short in (["a"], []):
        got = answer(short, [["a", "b"]], 2)
        if not close(got, 0):
            raise Hint(
                f"For {short} and n = 2 you say {got!r}; the output has no pair. What "
                "should come back?"
            )
    return (
        "Without clipping, an output of nothing but 'the' would be perfect wherever "
        "the reference has an article: Papineni's own example has seven of them."
    )


def _shares(state: list[int], memory: list[list[int]]) -> list[float]:
    """Return the weights of one state under dot attention."""
    scores = [sum(a * b for a, b in zip(state, row, strict=True)) for row in memory]
    total = sum(map(math.exp, scores))
    return [math.exp(score) / total for score in scores]


def _context(state: list[int], memory: list[list[int]]) -> list[float]:
    """Return the context of one state under dot attention."""
    shares = _shares(state, memory)
    return [
        sum(share * row[k] for share, row in zip(shares, memory, strict=True))
        for k in (0, 1)
    ]


def _draw_context(rng: random.Random) -> dict[str, Any]:
    """Draw a state and a memory whose context is near none of the usual mistakes."""
    while True:
        state = [rng.choice((-1, 1)), rng.choice((-1, 1))]
        memory = [[rng.randrange(4), rng.randrange(4)] for _ in range(3)]
        context = _context(state, memory)
        wrong: list[Sequence[float]] = [*memory, *_wrong_contexts(state, memory)]
        wrong += [[0, 0], [1, 1], [-1, -1]]
        distinct = len({tuple(row) for row in memory}) == len(memory)
        far = distinct and max(_shares(state, memory)) < 0.85
        far = far and all(
            max(abs(a - b) for a, b in zip(context, other, strict=True)) > 0.05
            for other in wrong
        )
        if far:
            return {"state": state, "memory": memory}


def _wrong_contexts(
    state: list[int], memory: list[list[int]]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the plain mean, and the sum under the scores without a softmax."""
    scores = [sum(a * b for a, b in zip(state, row, strict=True)) for row in memory]
    plain = [sum(row[k] for row in memory) / 3 for k in (0, 1)]
    raw = [
        sum(s * row[k] for s, row in zip(scores, memory, strict=True))
        for k in (0, 1)
    ]
    return (plain[0], plain[1]), (raw[0], raw[1])


@exercise("25.2", parameters=_draw_context, cases=3)
def context_by_hand(answer: Any) -> str:
    """Compute the context vector of one state and three encoder states."""
    p = parameters("25.2")
    got = numbers(answer)
    if got is None or len(got) != 2:
        raise Hint(
            f"For the state {p['state']} you hand in {answer!r}. A context vector is as long "
            "as a row of the memory: how many numbers is that?"
        )
    if all_close(got, _context(p["state"], p["memory"]), rel=0, abs=1.2e-2):
        return (
            "A softmax never gives a weight of exactly 0 or 1, so the context lies "
            "between the encoder states and is none of them: attention mixes."
        )
    plain, raw = _wrong_contexts(p["state"], p["memory"])
    where = f"State {p['state']}, memory {p['memory']}: you say {got}."
    if all_close(got, plain, abs=1e-2):
        raise Hint(
            f"{where} That is the plain mean. Which row fits the state best?"
        )
    if all_close(got, raw, abs=1e-2):
        raise Hint(
            f"{where} Those weights are the scores themselves. What makes of scores "
            "weights that add up to one?"
        )
    if any(all_close(got, row, abs=1e-2) for row in p["memory"]):
        raise Hint(
            f"{where} That is one row of the memory. Does attention choose, or mix?"
        )
    raise Hint(
        f"{where} What is the product of the state with each row, and what is the "
        "share of each after the exponential?"
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
        result = answer(state.clone(), memory.clone(), centre, p["window"])
        where = f"Centre {centre}, window {p['window']}:"
        if not isinstance(result, tuple | list) or len(result) != 2:
            raise Hint(f"{where} did you return both the context and the weights?")
        context, weights = (numbers(part) for part in result)
        if weights is None or len(weights) != p["inputs"]:
            raise Hint(
                f"{where} there are {p['inputs']} inputs. Has each of them a weight, "
                "those outside the window too?"
            )
        if all_close(weights, expected):
            if context is None or not all_close(context, expected @ memory):
                raise Hint(
                    f"{where} the weights are right. Is the context the mean of the "
                    "memory's rows under them?"
                )
            continue
        if all_close(weights, scores.softmax(dim=0)):
            raise Hint(
                f"{where} you weigh all inputs. What keeps those far away out?"
            )
        if all_close(weights, (scores * inside).softmax(dim=0)):
            raise Hint(
                f"{where} a score of 0 outside the window still gets weight: e to the "
                "0 is 1. Which score gets none?"
            )
        total = sum(weights)
        if all_close(weights, scores.softmax(dim=0) * inside):
            raise Hint(
                f"{where} your weights add up to {total:.2f}. Did the softmax come "
                "before the window?"
            )
        if any(w != 0 for w, kept in zip(weights, inside, strict=True) if not kept):
            raise Hint(
                f"{where} which places are inside, and what happens at the edge of the "
                "input?"
            )
        raise Hint(
            f"{where} the weights inside the window add up to {total:.3f} and are not "
            "the softmax of the products. Which scores did you use?"
        )
    return (
        "Luong et al. call this local attention, and let the network predict the "
        "centre. It makes the cost of a step independent of the input's length."
    )


Case = tuple[list[int], float]


@exercise("25.4")
def rescored(answer: Callable[[list[Case], float], list[int]]) -> str:
    """Choose the best of finished outputs under length normalisation."""
    outputs: list[Case] = [([5], -2.0), ([5, 6, 7], -3.2), ([8, 9], -2.7)]
    for alpha in (0.0, 1.0, 0.3):
        scores = [p / (len(s) + 1) ** alpha for s, p in outputs]
        expected = outputs[scores.index(max(scores))][0]
        got = answer([(list(s), p) for s, p in outputs], alpha)
        if same_items(got, expected):
            continue
        where = f"Of {outputs} at alpha = {alpha} you chose {got!r}."
        if isinstance(got, tuple) and len(got) == 2 and number(got[1]) is not None:
            raise Hint(
                f"{where} Only the symbols were asked for. Which half of the pair is it?"
            )
        if same_items(got, outputs[scores.index(min(scores))][0]):
            raise Hint(
                f"{where} Log-probabilities are negative: is the best the largest or "
                "the smallest?"
            )
        raise Hint(
            f"{where} What is each output's score, with the end counted in its length?"
        )
    edges: list[tuple[list[Case], list[int]]] = [
        ([([], -1.0), ([4], -1.9)], [4]),
        ([([4], -2.1), ([], -1.0)], []),
    ]
    for edge, expected in edges:
        try:
            got = answer([(list(s), p) for s, p in edge], 1.0)
        except ZeroDivisionError:
            raise Hint(
                f"{edge}: an output may be empty; the end alone is one step. Which "
                "length has it?"
            ) from None
        if not same_items(got, expected):
            raise Hint(
                f"Of {edge} at alpha = 1 you chose {got!r}. Does the end count as a "
                "step in both lengths?"
            )
    return (
        "Without normalisation wide beams end early: Stahlberg and Byrne found that "
        "the likeliest translation of all is often the empty one."
    )


SYMBOLS, LONGEST = 5, 5  # of the model that is asked for, and of its outputs


def searched(table: Any) -> tuple[float, float, float]:
    """Return the log-probabilities that two beams find in a model, and the best one.

    Args:
        table: five rows of five probabilities of the next symbol.

    Returns:
        Of the first output of a beam of two, of one of three, and of the likeliest of
        all outputs of at most five symbols; minus infinity where none ends.

    Raises:
        Hint: the table is no such model.
    """
    flat = numbers(table)
    if flat is None or len(flat) != SYMBOLS**2:
        found = "no numbers" if flat is None else f"{len(flat)} numbers"
        raise Hint(f"Five rows of five numbers were asked for; are those {found}?")
    rows = [flat[i : i + SYMBOLS] for i in range(0, len(flat), SYMBOLS)]
    for i, row in enumerate(rows):
        if not all(0 <= p <= 1 for p in row) or not close(sum(row), 1, abs=1e-4):
            raise Hint(
                f"Row {i} is {row} and adds up to {sum(row):.4g}. Are those "
                "probabilities?"
            )
    logs = torch.tensor(rows, dtype=torch.float64).log()
    best = max(
        _log_probability(logs, output)
        for length in range(LONGEST + 1)
        for output in itertools.product((0, 2, 3, 4), repeat=length)
    )
    two, three = (_found(logs, width) for width in (2, 3))
    return two, three, best


def _log_probability(logs: Tensor, output: tuple[int, ...]) -> float:
    places = itertools.pairwise((0, *output, 1))
    return sum(float(logs[last, symbol]) for last, symbol in places)


def _found(logs: Tensor, width: int) -> float:
    """Return the log-probability of the first finished output of a beam."""
    state = (torch.zeros(1),)
    (beam,) = beam_search(
        table_step(logs), state, width, 0, 1, LONGEST + 1, alpha=0.0
    )
    ended: list[Hypothesis] = [h for h in beam if len(h.symbols) <= LONGEST]
    return ended[0].log_probability if ended else -math.inf


@exercise("25.5")
def trap_for_a_beam(answer: Callable[[], Any]) -> str:
    """Invent a model in which a beam of two misses what a beam of three finds."""
    two, three, best = searched(answer())
    if best == -math.inf:
        raise Hint(
            "No output of at most five symbols can end in your model. From which symbol "
            "does a road lead to symbol 1?"
        )
    if two > best - 1e-6:
        raise Hint(
            f"A beam of two finds the best output, of probability {math.exp(best):.3f}. "
            "How many other first symbols must look better than its own for a beam of "
            "two to drop it?"
        )
    if three < best - 1e-6:
        raise Hint(
            f"A beam of two is trapped, but a beam of three finds {math.exp(three):.3f} "
            f"where the best has {math.exp(best):.3f}. How many roads look better than "
            "the best one, and at which step?"
        )
    return (
        "For a beam of any width there is such a model: as many roads as it can hold "
        "look better at first. Exact search is sure, and for real models it is too slow "
        "unless much can be ruled out on the way."
    )
