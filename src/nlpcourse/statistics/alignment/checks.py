"""Instant checks of chapter 12, Word alignment."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from nlpcourse.exercises import Hint, all_close, close, exercise, number, parameters

Set = set[tuple[int, int]]

# ── 12.1 · share a word out ───────────────────────────────────────────────────────────────────────


@exercise("12.1")
def share_out(
    answer: Callable[
        [list[str], str, dict[tuple[str, str], float]], Sequence[float]
    ],
) -> str:
    """How a target word is shared out among source words."""
    rng = random.Random(121)
    cases = [
        (["la", "maison"], "the", {("la", "the"): 0.6, ("maison", "the"): 0.2})
    ]
    cases += [
        (["la", "la"], "the", {("la", "the"): 0.3}),
        (["a", "b"], "x", {("b", "x"): 0.1}),
    ]
    for _ in range(30):
        source = rng.choices("abcdefg", k=rng.randrange(1, 6))
        table = {(s, "x"): rng.random() + 0.01 for s in source}
        cases.append((source, "x", {**table, ("z", "x"): 0.5}))
    for source, word, table in cases:
        got = answer(list(source), word, dict(table))
        parts = [table.get((s, word), 0.0) for s in source]
        right = [part / sum(parts) for part in parts]
        if all_close(got, right):
            continue
        shown = f"For {word!r} with {source!r} and {table!r:.160}"
        if all_close(got, parts):
            raise Hint(
                f"{shown} the parts came undivided. What must they add up to?"
            )
        raise Hint(
            f"{shown} you gave {got!r:.80}. Which probability has each source word, in the order "
            "of the sentence, and what is its share of their sum?"
        )
    return (
        "This division is the whole expectation step of Model 1: no alignment is ever listed, "
        "because each target word chooses its source by itself."
    )


# ── 12.2 · the error rate by hand ─────────────────────────────────────────────────────────────────


def draw_links(rng: random.Random) -> dict[str, Any]:
    """Draw links that people drew and links that a model guessed, some in both."""
    grid = [(i, j) for i in range(6) for j in range(6)]
    chosen = rng.sample(grid, 12)
    hits = rng.randrange(2, 5)
    gold, extra = (
        chosen[: hits + rng.randrange(1, 4)],
        chosen[8 : 8 + rng.randrange(1, 4)],
    )
    return {"gold": sorted(gold), "guessed": sorted(gold[:hits] + extra)}


@exercise("12.2", parameters=draw_links, cases=5)
def error_rate(answer: object) -> str:
    """The alignment error rate of the class's own links."""
    p = parameters("12.2")
    gold = {tuple(link) for link in p["gold"]}
    guessed = {tuple(link) for link in p["guessed"]}
    hits, both = len(gold & guessed), len(gold) + len(guessed)
    if close(answer, 1 - 2 * hits / both):
        return (
            "With links of one kind the error rate is one minus F1. With sure and possible links "
            "it is not, and guessing fewer links can lower it without helping a translator."
        )
    if close(answer, 2 * hits / both):
        raise Hint("That is the agreement. What is the rate of error?")
    if close(answer, 1 - hits / len(guessed)):
        raise Hint(
            "You counted wrong guesses only. What of the gold links that are missing?"
        )
    if close(answer, 1 - hits / len(gold)):
        raise Hint(
            "You counted missing links only. What of the guesses that are wrong?"
        )
    if close(answer, 1 - hits / both):
        raise Hint(
            "Each hit is a guess and a gold link: how often does it count above the line?"
        )
    raise Hint(
        f"You gave {answer!r:.60}. {len(guessed)} links are guessed, {len(gold)} are gold: how "
        "many are both?"
    )


# ── 12.3 · one round without an empty word ────────────────────────────────────────────────────────


def _round(
    pairs: Sequence[tuple[Sequence[str], Sequence[str]]],
    table: Mapping[tuple[str, str], float],
) -> dict[tuple[str, str], float]:
    counts: dict[tuple[str, str], float] = defaultdict(float)
    for source, target in pairs:
        for t in target:
            total = sum(table[s, t] for s in source)
            for s in source:
                counts[s, t] += table[s, t] / total
    sums: dict[str, float] = defaultdict(float)
    for (s, _), count in counts.items():
        sums[s] += count
    return {(s, t): count / sums[s] for (s, t), count in counts.items()}


def _even(
    pairs: Sequence[tuple[Sequence[str], Sequence[str]]],
) -> dict[tuple[str, str], float]:
    return {
        (s, t): 0.25 for source, target in pairs for s in source for t in target
    }


def _made_up(rng: random.Random) -> list[tuple[list[str], list[str]]]:
    return [
        (
            rng.choices("abcd", k=rng.randrange(1, 4)),
            rng.choices("wxyz", k=rng.randrange(1, 4)),
        )
        for _ in range(rng.randrange(2, 5))
    ]


@exercise("12.3")
def one_round(
    answer: Callable[..., Mapping[tuple[str, str], float]],
) -> str:
    """One round of expectation and maximisation."""
    rng = random.Random(123)
    first = [(["la", "maison"], ["the", "house"]), (["la"], ["the"])]
    for pairs in [first, *(_made_up(rng) for _ in range(25))]:
        table = _even(pairs)
        for _ in range(2):
            copied = [(list(s), list(t)) for s, t in pairs]
            got, right = answer(copied, dict(table)), _round(pairs, table)
            _compare(got, right, f"For {pairs!r:.160}")
            table = right
    return (
        "Such a round never makes the text less probable. Brown and others proved that Model 1 has "
        "no lower hilltop to get stuck on: the start only decides how long the climb takes."
    )


def _compare(
    got: object, right: Mapping[tuple[str, str], float], shown: str
) -> None:
    """Raise a question where the table is not the right one."""
    if not isinstance(got, Mapping):
        raise Hint(
            f"{shown} you gave {got!r:.60}. Is that a table from two words to a number?"
        )
    for words, p in right.items():
        value = got.get(words)
        if value is None or number(value) is None:
            raise Hint(
                f"{shown} {words} has {value!r:.40}. Which probability should it get?"
            )
        if close(value, p):
            continue
        total = sum(
            number(got.get((words[0], t))) or 0 for s, t in right if s == words[0]
        )
        if not close(total, 1):
            raise Hint(
                f"{shown} the probabilities of {words[0]!r} add up to {total:.3g}. What were the "
                "counts divided by?"
            )
        raise Hint(
            f"{shown} {words} has {float(value):.4g}. How was each target word shared out among "
            "the source words of its own pair?"
        )


# ── 12.4 · an aligner ─────────────────────────────────────────────────────────────────────────────

ENOUGH = 0.2
"""The alignment error rate that an aligner must stay below."""

_WORDS = [
    "bado", "bime", "dano", "fola", "gure", "hapi", "jeno", "kilu",
    "lamo", "mera", "nipo", "pesu", "rato", "sila", "tuve", "vori",
]  # fmt: skip
_MEANINGS = [
    "sun", "sea", "ship", "wind", "rain", "tree", "bird", "fish",
    "stone", "road", "house", "night", "fire", "king", "bread", "song",
]  # fmt: skip


def made_up(
    seed: int, size: int = 60
) -> tuple[list[tuple[list[str], list[str]]], list[Set]]:
    """Return pairs of an invented language with English, and their true links.

    A translation keeps the words but not their order: neighbours are often swapped.
    """
    rng = random.Random(seed)
    words = rng.sample(_WORDS, len(_WORDS))
    pairs, gold = [], []
    for _ in range(size):
        picked = rng.sample(range(len(words)), rng.randrange(2, 6))
        order = list(range(len(picked)))
        for k in range(len(order) - 1):
            if rng.random() < 0.5:
                order[k], order[k + 1] = order[k + 1], order[k]
        source = [words[n] for n in picked]
        target = [_MEANINGS[picked[i]] for i in order]
        pairs.append((source, target))
        gold.append({(i, j) for j, i in enumerate(order)})
    return pairs, gold


PAIRS = made_up(0, 40)[0]
"""Pairs to look at."""


def rate(
    answer: Callable[..., Iterable[Iterable[tuple[int, int]]]], seed: int
) -> float:
    """Return the alignment error rate of an answer on pairs that it has not seen.

    Raises:
        Hint: the answer is no list with a set of links for each pair.
    """
    pairs, gold = made_up(seed)
    said = answer([(list(s), list(t)) for s, t in pairs])
    try:
        found = [{(int(i), int(j)) for i, j in links} for links in said]
    except (TypeError, ValueError):
        raise Hint(
            f"You gave {said!r:.80}. Is that a list with a set of links (source place, target "
            "place) for each pair?"
        ) from None
    if len(found) != len(pairs):
        raise Hint(
            f"You gave {len(found)} sets of links. How many pairs are there?"
        )
    hits = sum(len(a & g) for a, g in zip(found, gold, strict=True))
    return 1 - 2 * hits / (sum(map(len, found)) + sum(map(len, gold)))


@exercise("12.4")
def aligner(answer: Callable[..., Iterable[Iterable[tuple[int, int]]]]) -> str:
    """Any aligner that finds most links of three invented languages."""
    for seed in (5, 6, 7):
        error = rate(answer, seed)
        if error >= ENOUGH:
            raise Hint(
                f"In an invented language your error rate is {error:.2f}, and {ENOUGH} is asked "
                "for. Which word stands opposite another more often than chance would have it?"
            )
    return (
        "You have decoded a language that nobody speaks, from its translations alone. Real "
        "languages are harder by their rare words: a word that occurs once shares its only "
        "sentence with all that stands there."
    )
