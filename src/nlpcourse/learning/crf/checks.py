"""Instant checks of chapter 17, Sequence labelling with CRFs."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nlpcourse.exercises import (
    Hint,
    all_close,
    close,
    exercise,
    numbers,
    parameters,
    same_items,
)
from nlpcourse.learning.crf import chain

Table = Sequence[Sequence[float]]


def draw_table(rng: random.Random, rows: int, columns: int) -> list[list[float]]:
    """Draw a table of scores with one decimal."""
    return [
        [rng.randrange(-20, 21) / 10 for _ in range(columns)] for _ in range(rows)
    ]


# ── 17.1 · the probability of a path ──────────────────────────────────────────────────────────────


def draw_names(rng: random.Random) -> dict[str, Any]:
    """Draw whole-number scores of two words and two tags under which no two paths tie."""
    while True:
        emissions = [[rng.randrange(0, 4), rng.randrange(0, 4)] for _ in range(2)]
        transitions = [[rng.randrange(0, 3), rng.randrange(0, 3)] for _ in range(2)]
        paths = itertools.product((0, 1), repeat=2)
        if len({chain.path_score(emissions, transitions, q) for q in paths}) == 4:
            return {
                "emissions": emissions,
                "transitions": transitions,
                "path": [0, 1],
            }


@exercise("17.1", parameters=draw_names, cases=3)
def path_probability(answer: object) -> str:
    """P(path | words): e to the path's score over the sum for all four paths."""
    p = parameters("17.1")
    e, t, path = p["emissions"], p["transitions"], p["path"]
    scores = {
        q: chain.path_score(e, t, q) for q in itertools.product((0, 1), repeat=2)
    }
    mine, total = math.exp(scores[tuple(path)]), sum(map(math.exp, scores.values()))
    if close(answer, mine / total):
        return (
            "You added four paths. A tweet of twenty words has twenty-one tags to choose "
            "from at each, which makes more paths than there are atoms in a grain of sand; "
            "the forward sums take a few thousand products."
        )
    if close(answer, mine):
        raise Hint(
            "That is e to the score of the path. What makes it a probability: by what sum "
            "is it divided?"
        )
    if close(answer, scores[tuple(path)] / (sum(scores.values()) or 1)):
        raise Hint(
            "You divided scores. Scores may be negative; what is taken of each before "
            "they are added up?"
        )
    if close(answer, math.log(mine / total)):
        raise Hint(
            "That is the logarithm. What is asked for, a log or a probability?"
        )
    turned = {q: e[0][q[0]] + e[1][q[1]] + t[q[1]][q[0]] for q in scores}
    if close(
        answer, math.exp(turned[tuple(path)]) / sum(map(math.exp, turned.values()))
    ):
        raise Hint(
            "Which index of transitions is the tag before, the first or the second?"
        )
    without = {q: e[0][q[0]] + e[1][q[1]] for q in scores}
    if close(
        answer,
        math.exp(without[tuple(path)]) / sum(map(math.exp, without.values())),
    ):
        raise Hint("Where does the score of the step from tag to tag come in?")
    local = math.exp(e[0][0]) / sum(map(math.exp, e[0]))
    ways = [t[0][y] + e[1][y] for y in (0, 1)]
    local *= math.exp(ways[1]) / sum(map(math.exp, ways))
    if close(answer, local):
        raise Hint(
            "You normalised at each word: that is the MEMM. Over what does a CRF sum, "
            "tags or paths?"
        )
    raise Hint(
        f"You gave {answer!r:.60}. What is the score of each of the paths 0 0, 0 1, 1 0 and "
        "1 1, and what is e to each?"
    )


# ── 17.2 · one step of the forward sums ───────────────────────────────────────────────────────────


@exercise("17.2")
def forward_step(
    answer: Callable[[list[float], list[list[float]], list[float]], list[float]],
) -> str:
    """One column of the forward sums from the one before, in logarithms."""
    rng = random.Random(172)
    for k in (2, 3, 1, 4, 3):
        before = draw_table(rng, 1, k)[0]
        transitions, here = draw_table(rng, k, k), draw_table(rng, 1, k)[0]
        got = answer(list(before), [list(r) for r in transitions], list(here))
        right = chain.forward([before, here], transitions)[1]
        if all_close(got, right):
            continue
        best = [
            h + max(b + transitions[x][y] for x, b in enumerate(before))
            for y, h in enumerate(here)
        ]
        turned = chain.forward(
            [before, here], [list(r) for r in zip(*transitions, strict=True)]
        )[1]
        if k > 1 and all_close(got, best):
            raise Hint(
                "You took the best way to each tag. What do the forward sums do with all "
                "the ways?"
            )
        if k > 1 and all_close(got, turned):
            raise Hint(
                "Which index of transitions is the tag before, the first or the second?"
            )
        if all_close(got, [r - h for r, h in zip(right, here, strict=True)]):
            raise Hint("Does the word here have a say? Where is its score added?")
        if all_close(got, list(map(math.exp, right))):
            raise Hint("Are your sums still exponentials? What is asked for?")
        raise Hint(
            f"For {k} tags you gave {got!r:.80}. For each tag: what is the log of the sum, "
            "over the tags before, of e to (before + step), plus the word's score?"
        )
    try:
        high = answer([1000.0, 999.0], [[0.0, 0.0], [0.0, 0.0]], [0.0, 1.0])
    except OverflowError as error:
        raise Hint(
            f"With scores of a thousand there is an error ({error}). What must be taken out "
            "before e to a thousand is computed?"
        ) from None
    right = chain.forward([[1000.0, 999.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]])[
        1
    ]
    if not all_close(high, right):
        raise Hint(
            f"With scores of a thousand you gave {high!r:.60}. What must be taken out before "
            "e to a thousand is computed?"
        )
    return (
        "With max in place of the log of the sum of e to the power, this is the step of "
        "Viterbi's algorithm: the two differ in one operation."
    )


# ── 17.3 · observed minus expected ────────────────────────────────────────────────────────────────


@exercise("17.3")
def step_gradient(
    answer: Callable[[list[list[float]], list[list[float]], list[int]], Any],
) -> str:
    """The gradient of log P(path) with respect to the steps' scores."""
    rng = random.Random(173)
    for n, k in ((2, 2), (3, 2), (4, 3), (1, 2), (5, 3)):
        e, t = draw_table(rng, n, k), draw_table(rng, k, k)
        path = [rng.randrange(k) for _ in range(n)]
        got = answer([list(r) for r in e], [list(r) for r in t], list(path))
        observed = [[0.0] * k for _ in range(k)]
        for x, y in itertools.pairwise(path):
            observed[x][y] += 1
        expected = [
            [
                sum(table[x][y] for table in chain.pair_marginals(e, t))
                for y in range(k)
            ]
            for x in range(k)
        ]
        right = [
            [o - x for o, x in zip(a, b, strict=True)]
            for a, b in zip(observed, expected, strict=True)
        ]
        flat = [v for row in right for v in row]
        if all_close(got, flat):
            continue
        if all_close(got, [-v for v in flat]):
            raise Hint(
                "Your signs are the other way round. Should a step that was seen more often "
                "than expected get a higher score or a lower one?"
            )
        if n > 1 and all_close(got, [v for row in observed for v in row]):
            raise Hint(
                "Those are the observed steps. What is taken away from them?"
            )
        if n > 1 and all_close(got, [v for row in expected for v in row]):
            raise Hint(
                "Those are the expected steps. What do you compare them with?"
            )
        if all_close(got, [row[y] for y in range(k) for row in right]):
            raise Hint(
                "Is each row of yours a tag before, or a tag after? Which is asked for?"
            )
        found = numbers(got)
        if found is None or len(found) != k * k:
            raise Hint(
                f"You gave {got!r:.60}. Is there one number for each pair of tags, {k} rows of {k}?"
            )
        raise Hint(
            f"For {n} words and {k} tags you gave {got!r:.80}. How often does the path take "
            "each step, and how often is it taken in expectation, over all places?"
        )
    return (
        "Without a penalty both are equal at the best weights. Of all models that expect what "
        "the data hold, this one has the largest entropy: hence the name maximum entropy."
    )


# ── 17.4 · the toll ───────────────────────────────────────────────────────────────────────────────


@exercise("17.4")
def local_choice(
    answer: Callable[[list[list[float]], list[list[float]]], list[int]],
) -> str:
    """The MEMM's best path: local chances, all paths compared."""
    rng = random.Random(174)
    wrong, as_crf, as_greedy = "", True, True
    for n, k in ((1, 2), (2, 2), (3, 2), (3, 3), (4, 3), (4, 2), (5, 3)) * 4:
        e, t = draw_table(rng, n, k), draw_table(rng, k, k)
        got = answer([list(r) for r in e], [list(r) for r in t])
        as_crf = as_crf and same_items(got, chain.viterbi(e, t))
        as_greedy = as_greedy and same_items(got, one_by_one(e, t))
        if not wrong and not same_items(got, best_local(e, t)):
            wrong = f"For {n} words and {k} tags you gave {got!r:.60}"
    if wrong and as_crf:
        raise Hint(
            "That is the CRF's path. In the MEMM, over what do the chances at one word "
            "sum to one, and what does each tag before pay for that?"
        )
    if wrong and as_greedy:
        raise Hint(
            "You took the best tag at each word and never went back. Could a tag that is "
            "second best here lead to a path with a larger product?"
        )
    if wrong:
        raise Hint(
            f"{wrong}. Which path has the largest product of P(tag | tag before, word)? Did "
            "the first word have no tag before?"
        )
    return (
        "The only difference from the CRF is a toll at every word, the log of the sum over "
        "its tags, which depends on the tag before. Without it you have the CRF's path."
    )


def one_by_one(emissions: Table, transitions: Table) -> list[int]:
    """Return the tags that are best at each word, given the tag chosen before."""
    path: list[int] = []
    for row in emissions:
        steps = transitions[path[-1]] if path else [0.0] * len(row)
        points = [a + b for a, b in zip(row, steps, strict=True)]
        path.append(points.index(max(points)))
    return path


def best_local(emissions: Table, transitions: Table) -> list[int]:
    """Return the path with the largest product of local chances, by trying all."""
    k = chain.require_scores(emissions, transitions)

    def log_p(steps: Iterable[int]) -> float:
        path, total = list(steps), 0.0
        for i, y in enumerate(path):
            row = list(emissions[i])
            if i:
                row = [
                    a + b
                    for a, b in zip(row, transitions[path[i - 1]], strict=True)
                ]
            total += row[y] - math.log(sum(map(math.exp, row)))
        return total

    every = itertools.product(range(k), repeat=len(emissions))
    return list(max(every, key=log_p))


# ── 17.5 · clues of your own ──────────────────────────────────────────────────────────────────────


def _tagged(text: str) -> tuple[list[str], list[str]]:
    """Return the words of a text and their tags: P for a place in square brackets, else O.

    >>> _tagged("in [New York] now")
    (['in', 'New', 'York', 'now'], ['O', 'P', 'P', 'O'])
    """
    words, tags, inside = [], [], False
    for word in text.split():
        inside = inside or word.startswith("[")
        words.append(word.strip("[]"))
        tags.append("P" if inside else "O")
        inside = inside and not word.endswith("]")
    return words, tags


LEARN = [
    _tagged(text)
    for text in (
        "we moved from [Oslo] to [New York]",
        "Ann flew to [Rio] on Monday",
        "they live in [Lake City] with Tom",
        "Maria works for Acme in [Mexico]",
        "he ran to school in June",
        "from [Paris] she went to [Rome]",
        "Ben met Lucy near [Hyde Park]",
        "nobody went to bed on Sunday",
        "a letter from Peter came in May",
        "she sang in [Milan] and in [Vienna]",
    )
]
"""Sentences to learn from: words, and P for each word of a place."""

JUDGE = [
    _tagged(text)
    for text in (
        "we flew from [Kiel] to [San Remo]",
        "Tom lives in [Green Valley] with Ann",
        "she ran to work in April",
        "near [Turin] they met Sara",
        "nobody came from [Leeds] on Friday",
        "in [Porto] Luis works for Nova",
    )
]
"""Sentences that the check asks for: none of their places is in `LEARN`."""
ENOUGH = 0.9


def learn_perceptron(
    find: Callable[[list[str]], Any], rounds: int = 30
) -> dict[tuple[str, str], float]:
    """Return weights of (clue, tag) and (tag, tag), learnt by comparing paths (Collins, 2002)."""
    weights: dict[tuple[str, str], float] = {}
    for _ in range(rounds):
        for words, tags in LEARN:
            clued = [list(map(str, c)) for c in find(list(words))]
            guess = tag_with(weights, clued)
            for sign, path in ((1.0, tags), (-1.0, guess)):
                pairs = [
                    (c, y) for cs, y in zip(clued, path, strict=True) for c in cs
                ]
                pairs += [("→" + x, y) for x, y in itertools.pairwise(path)]
                for pair in pairs:
                    weights[pair] = weights.get(pair, 0.0) + sign
    return weights


def tag_with(
    weights: dict[tuple[str, str], float], clued: Sequence[Sequence[str]]
) -> list[str]:
    """Return the best path of tags O and P under weights of (clue, tag) and (tag, tag)."""
    names = ["O", "P"]
    e = [[sum(weights.get((c, y), 0.0) for c in cs) for y in names] for cs in clued]
    t = [[weights.get(("→" + x, y), 0.0) for y in names] for x in names]
    return [names[y] for y in chain.viterbi(e, t)]


def share_right(
    find: Callable[[list[str]], Any], judged: Sequence[tuple[list[str], list[str]]]
) -> float:
    """Return the share of words with the right tag after learning with the clues of *find*."""
    weights = learn_perceptron(find)
    hits = [
        a == b
        for words, tags in judged
        for a, b in zip(
            tag_with(weights, [list(map(str, c)) for c in find(list(words))]),
            tags,
            strict=True,
        )
    ]
    return sum(hits) / len(hits)


@exercise("17.5")
def place_clues(answer: Callable[[list[str]], Any]) -> str:
    """Clues with which places can be found that were never seen."""
    for words in [["in", "Oslo"], ["a"], LEARN[0][0]]:
        got = answer(list(words))
        if not isinstance(got, list | tuple) or len(got) != len(words):
            raise Hint(
                f"For {words!r} you gave {got!r:.60}. Is there one list of clues for each word?"
            )
        for clued in got:
            if not isinstance(clued, list | tuple) or not all(
                isinstance(c, str) for c in clued
            ):
                raise Hint(
                    f"A word's clues are {clued!r:.60}. Are they a list of strings?"
                )
        for word, clued in zip(words, got, strict=True):
            if not any(word.lower() in clue.lower() for clue in clued):
                raise Hint(
                    f"The clues of {word!r} are {clued!r:.60}. Which of them names the word "
                    "itself, so that the model can be questioned?"
                )
    right = share_right(answer, JUDGE)
    if right < ENOUGH:
        raise Hint(
            f"{right:.0%} of the words are right, and {ENOUGH:.0%} are asked for. The places "
            "to be judged are new: which clues are left when the word itself tells nothing?"
        )
    return (
        f"{right:.0%} of the words are right, of places that no training sentence holds. "
        "The weights came from Collins' structured perceptron, which needs the best path "
        "alone and no sums over paths."
    )
