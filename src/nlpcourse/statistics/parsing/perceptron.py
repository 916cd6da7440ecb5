"""Which move is next: an averaged perceptron that looks at a few words and tags."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from nlpcourse.statistics.parsing.transitions import MOVES, State, moves_to, parse

Weights = dict[str, list[float]]  # of each feature one weight for each of MOVES


@dataclass(frozen=True)
class Sentence:
    """Words, their parts of speech and, where they are known, their heads (0 is the root)."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    heads: tuple[int, ...] = ()


def features(state: State, sentence: Sentence) -> list[str]:
    """Return what is seen of a state: its topmost words and the next ones, alone and together."""
    words, tags, heads = sentence.words, sentence.tags, state.heads

    def look(word: int) -> tuple[str, str]:
        if word == 0:
            return "ROOT", "ROOT"
        return words[word - 1].lower(), tags[word - 1]

    nothing = ("", "")
    stack, n = state.stack, len(words)
    top, top_tag = look(stack[-1])
    below, below_tag = look(stack[-2]) if len(stack) > 1 else nothing
    third_tag = look(stack[-3])[1] if len(stack) > 2 else ""
    ahead, ahead_tag = look(state.next) if state.next <= n else nothing
    later_tag = look(state.next + 1)[1] if state.next < n else ""
    distance = min(stack[-1] - stack[-2], 6) if len(stack) > 1 else 0
    tied = sum(1 for h in heads[stack[-1] : state.next] if h == stack[-1])
    return [
        "bias",
        f"t {top}",
        f"b {below}",
        f"a {ahead}",
        f"tt {top_tag}",
        f"bt {below_tag}",
        f"tt bt {top_tag} {below_tag}",
        f"t bt {top} {below_tag}",
        f"tt b {top_tag} {below}",
        f"t b {top} {below}",
        f"tt at {top_tag} {ahead_tag}",
        f"t at {top} {ahead_tag}",
        f"tt bt at {top_tag} {below_tag} {ahead_tag}",
        f"tt at lt {top_tag} {ahead_tag} {later_tag}",
        f"3t bt tt {third_tag} {below_tag} {top_tag}",
        f"d bt tt {distance} {below_tag} {top_tag}",
        f"r tt bt {tied} {top_tag} {below_tag}",
    ]


def scores(weights: Weights, found: Sequence[str]) -> list[float]:
    """Return the sum of the features' weights for each move.

    >>> scores({"a": [1, 2, 3], "b": [0, 0, 1]}, ["a", "b", "c"])
    [1.0, 2.0, 4.0]
    """
    totals = [0.0] * len(MOVES)
    for feature in found:
        if row := weights.get(feature):
            for k, weight in enumerate(row):
                totals[k] += weight
    return totals


def best_move(weights: Weights, state: State, sentence: Sentence) -> str:
    """Return the possible move with the highest score."""
    totals = scores(weights, features(state, sentence))
    return max(state.legal(), key=lambda move: totals[MOVES.index(move)])


def train(sentences: Sequence[Sentence], epochs: int = 5, seed: int = 0) -> Weights:
    """Return weights averaged over all steps of training.

    Where the best guess is wrong, the right move's weights go up by one and the guess's down.

    Args:
        sentences: with heads, whose arcs do not cross.
        epochs: how often all sentences are seen.
        seed: of the order of the sentences.

    Source: Collins (2002), figure 1 and section 2.5, for moves in place of tags.

    Raises:
        ValueError: there are no sentences or no epochs, or a sentence's arcs cross.
    """
    if not sentences or epochs < 1:
        raise ValueError("give at least one sentence and one epoch to learn from")
    rng, steps = random.Random(seed), 0
    weights: Weights = {}
    sums: Weights = {}  # of each change times the step at which it was made
    order = list(sentences)
    for _ in range(epochs):
        rng.shuffle(order)
        for sentence in order:
            for state, move in moves_to(sentence.heads):
                found, steps = features(state, sentence), steps + 1
                totals = scores(weights, found)
                legal = [MOVES.index(m) for m in state.legal()]
                guess, right = max(legal, key=totals.__getitem__), MOVES.index(move)
                if guess != right:
                    for feature in found:
                        change(weights, feature, right, guess, 1.0)
                        change(sums, feature, right, guess, steps)
    return {
        feature: [
            w - total / (steps + 1)
            for w, total in zip(row, sums[feature], strict=True)
        ]
        for feature, row in weights.items()
    }


def change(weights: Weights, feature: str, up: int, down: int, by: float) -> None:
    """Move one feature's weights: of one move up, of another down.

    Raises:
        ValueError: *up* or *down* is no place of ``MOVES``.
    """
    row = weights.setdefault(feature, [0.0] * len(MOVES))
    if not 0 <= min(up, down) <= max(up, down) < len(row):
        raise ValueError(f"moves have the numbers 0 to {len(row) - 1}")
    row[up] += by
    row[down] -= by


def predict(weights: Weights, sentence: Sentence) -> list[int]:
    """Return the heads of a sentence by the best move at each step.

    >>> predict({}, Sentence(("you", "sleep"), ("PRON", "VERB")))
    [2, 0]
    """
    return parse(
        len(sentence.words), lambda state: best_move(weights, state, sentence)
    )
