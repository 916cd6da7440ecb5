"""Training: the log likelihood and its gradient, observed minus expected; L-BFGS; the model."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from nlpcourse.learning.crf import chain
from nlpcourse.learning.crf.fast import best_paths, forward_backward
from nlpcourse.learning.crf.packed import (
    Clued,
    Floats,
    Numbers,
    Packed,
    laid_out,
    number_clues,
    pack,
)


@dataclass(frozen=True)
class Corpus:
    """Sentences to learn from: clues, right tags, and how often each went with each.

    Attributes:
        packed: the words' clues.
        gold: the right tag of each word (N).
        clue_counts: how often a clue stood with a tag (F, K).
        step_counts: how often a tag followed a tag (K, K).
    """

    packed: Packed
    gold: Numbers
    clue_counts: Floats
    step_counts: Floats


def observe(packed: Packed, gold: Numbers, k: int) -> Corpus:
    """Count what the right tags say of clues and steps."""
    right = np.zeros((len(gold), k))
    right[np.arange(len(gold)), gold] = 1.0
    steps = np.zeros((k, k))
    places = packed.places
    for before, here in itertools.pairwise(places):
        n = here.stop - here.start
        np.add.at(steps, (gold[before][:n], gold[here]), 1.0)
    return Corpus(packed, gold, packed.clues.T @ right, steps)


def log_likelihood(
    clue_weights: Floats, step_weights: Floats, corpus: Corpus
) -> tuple[float, Floats, Floats]:
    """Return the log likelihood of the right tags, and its gradient: observed minus expected.

    Args:
        clue_weights: of each clue for each tag (F, K).
        step_weights: of each step from tag to tag (K, K).
        corpus: the sentences.

    Source: Sutton and McCallum (2012), section 5.1.1, without the penalty.
    """
    emissions = corpus.packed.clues @ clue_weights  # (N, K)
    sums = forward_backward(emissions, step_weights, corpus.packed.places)
    right = (corpus.clue_counts * clue_weights).sum()
    right += (corpus.step_counts * step_weights).sum()
    expected = corpus.packed.clues.T @ sums.marginals  # (F, K)
    return (
        float(right - sums.log_z),
        corpus.clue_counts - expected,
        corpus.step_counts - sums.pairs,
    )


Objective = Callable[[Floats, Floats, Corpus], tuple[float, Floats, Floats]]


def penalised(
    weights: Floats, corpus: Corpus, c2: float, objective: Objective
) -> tuple[float, Floats]:
    """Return what L-BFGS makes small: minus the log likelihood, plus c2 times the squares."""
    f, k = corpus.clue_counts.shape
    of_clues, of_steps = (
        weights[: f * k].reshape(f, k),
        weights[f * k :].reshape(k, k),
    )
    value, *gradients = objective(of_clues, of_steps, corpus)
    gradient = np.concatenate([g.ravel() for g in gradients])
    return float(c2 * (weights @ weights) - value), 2 * c2 * weights - gradient


def minimise(
    corpus: Corpus,
    c2: float,
    iterations: int,
    objective: Objective = log_likelihood,
    tolerance: float = 1e-5,
    watch: Callable[[Floats], None] | None = None,
) -> tuple[Floats, Floats]:
    """Return the weights of clues (F, K) and of steps (K, K) that L-BFGS arrives at, from zero.

    Source: Byrd, Lu, Nocedal and Zhu (1995), in SciPy's implementation.
    """
    f, k = corpus.clue_counts.shape
    found = optimize.minimize(
        penalised,
        np.zeros(f * k + k * k),
        args=(corpus, c2, objective),
        jac=True,
        method="L-BFGS-B",
        callback=watch,
        options={
            "maxiter": iterations,
            "gtol": tolerance,
            "ftol": 1e-12,
            "maxcor": 6,
        },
    ).x
    return found[: f * k].reshape(f, k), found[f * k :].reshape(k, k)


@dataclass(frozen=True)
class CRF:
    """A trained linear-chain conditional random field.

    Attributes:
        tags: their names, in the order of the weights' columns.
        numbers: of each clue, its row.
        clue_weights: (F, K).
        step_weights: from the row's tag to the column's (K, K).
    """

    tags: list[str]
    numbers: Mapping[str, int]
    clue_weights: Floats
    step_weights: Floats

    def emissions(self, sentence: Clued) -> list[list[float]]:
        """Return the scores of each word's tags, from the weights of its clues."""
        found = []
        for word in sentence:
            known = sorted({self.numbers[c] for c in word if c in self.numbers})
            found.append(self.clue_weights[known].sum(axis=0).tolist())
        return found

    def marginals(self, sentence: Clued) -> list[dict[str, float]]:
        """Return P(tag | all words) at each word."""
        rows = chain.marginals(self.emissions(sentence), self.step_weights.tolist())
        return [dict(zip(self.tags, row, strict=True)) for row in rows]

    def log_probability(self, sentence: Clued, tags: Sequence[str]) -> float:
        """Return log P(tags | all words).

        Raises:
            ValueError: not one tag a word, or a tag that the model does not know.
        """
        place = {tag: i for i, tag in enumerate(self.tags)}
        if unknown := sorted(set(tags) - set(place)):
            raise ValueError(
                f"the model has no tag {unknown[0]!r}; it has {', '.join(self.tags)}"
            )
        scores, steps = self.emissions(sentence), self.step_weights.tolist()
        path = [place[tag] for tag in tags]
        right = chain.path_score(scores, steps, path)
        return right - chain.log_partition(scores, steps)

    def tag(self, sentences: Sequence[Clued]) -> list[list[str]]:
        """Return the best path of each sentence."""
        found: list[list[str]] = []
        for part in range(0, len(sentences), 512):
            packed = pack(sentences[part : part + 512], self.numbers)
            emissions = packed.clues @ self.clue_weights
            tags = best_paths(emissions, self.step_weights, packed.places)
            found += [[self.tags[t] for t in tags[row]] for row in packed.rows]
        return found

    def most_probable(
        self, sentences: Sequence[Clued]
    ) -> list[list[tuple[str, float]]]:
        """Return at each word the tag with the largest marginal, and that marginal.

        These tags need not make the best path: each is the best at its own word.
        """
        packed = pack(sentences, self.numbers)
        emissions = packed.clues @ self.clue_weights
        shares = forward_backward(
            emissions, self.step_weights, packed.places
        ).marginals
        best = shares.argmax(axis=1)
        return [
            [(self.tags[best[i]], float(shares[i, best[i]])) for i in row.tolist()]
            for row in packed.rows
        ]


def prepare(
    sentences: Sequence[Clued],
    tags: Sequence[Sequence[str]],
    least: int = 1,
) -> tuple[Corpus, list[str], dict[str, int]]:
    """Return sentences ready to learn from, the tags' names in order, and the clues' numbers.

    Raises:
        ValueError: no words, not one tag a word, or a clue that is no string.
    """
    require_tagged(sentences, tags)
    names = sorted({tag for of_sentence in tags for tag in of_sentence})
    place = {tag: i for i, tag in enumerate(names)}
    numbers = number_clues(sentences, least)
    packed = pack(sentences, numbers)
    gold = laid_out(packed, [[place[tag] for tag in row] for row in tags])
    return observe(packed, gold, len(names)), names, numbers


def require_tagged(
    sentences: Sequence[Clued], tags: Sequence[Sequence[str]]
) -> None:
    """Refuse what cannot be learnt from."""
    if len(sentences) != len(tags):
        raise ValueError(
            f"{len(sentences)} sentences and tags for {len(tags)}; give as many of each"
        )
    for i, (sentence, row) in enumerate(zip(sentences, tags, strict=True)):
        if len(sentence) != len(row):
            raise ValueError(
                f"sentence {i} has {len(sentence)} words and {len(row)} tags; each word "
                "needs one tag"
            )
        if any(isinstance(word, str) for word in sentence):
            raise ValueError(
                f"sentence {i} holds words; give each word's clues, as `clues` finds them"
            )
    if not any(tags):
        raise ValueError("no tagged words to learn from; give one sentence or more")


def require_penalty(c2: float, iterations: int) -> None:
    """Refuse a penalty or a number of steps with which training means nothing."""
    if not 0 <= c2 < math.inf:
        raise ValueError(f"the penalty c2 is a number from 0 up, not {c2}")
    if iterations < 1:
        raise ValueError(f"iterations must be 1 or more, not {iterations}")


def train(
    sentences: Sequence[Clued],
    tags: Sequence[Sequence[str]],
    c2: float = 1.0,
    iterations: int = 100,
    least: int = 1,
    tolerance: float = 1e-5,
) -> CRF:
    """Return the CRF with the largest log likelihood of *tags* minus c2 times the squared weights.

    Args:
        sentences: for each sentence, for each word its clues.
        tags: one for each word.
        c2: penalty on squared weights, as crfsuite's.
        iterations: of L-BFGS, at most.
        least: clues that occur less often have no weights.
        tolerance: the largest entry of the gradient at which training ends.

    Raises:
        ValueError: no words, not one tag a word, or settings that mean nothing.

    >>> model = train([[["Ann"], ["ran"]], [["ran"]]], [["N", "V"], ["V"]])
    >>> model.tag([[["Ann"], ["ran"]], []])
    [['N', 'V'], []]
    """
    require_penalty(c2, iterations)
    corpus, names, numbers = prepare(sentences, tags, least)
    weights = minimise(corpus, c2, iterations, tolerance=tolerance)
    return CRF(names, numbers, *weights)
