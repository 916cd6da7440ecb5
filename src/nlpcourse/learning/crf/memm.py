"""The maximum-entropy Markov model: the same clues and weights, normalised at every word.

Each word's tag is chosen given the tag before, and the chances of the tags must sum to one *there*.
What a tag is certain to hand on it hands on whole, whatever the word says: label bias.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from nlpcourse.learning.crf.fast import best_paths
from nlpcourse.learning.crf.model import (
    CRF,
    Corpus,
    minimise,
    prepare,
    require_penalty,
)
from nlpcourse.learning.crf.packed import Clued, Floats, pack


def local_log_likelihood(
    clue_weights: Floats, step_weights: Floats, corpus: Corpus
) -> tuple[float, Floats, Floats]:
    """Return the log likelihood of each right tag given the right tag before, and its gradient.

    Source: McCallum, Freitag and Pereira (2000), with weights that the tags before share.
    """
    scores = corpus.packed.clues @ clue_weights  # (N, K)
    gold, places = corpus.gold, corpus.packed.places
    before = [gold[a][: b.stop - b.start] for a, b in itertools.pairwise(places)]
    previous = np.concatenate(before) if before else gold[:0]
    firsts = len(gold) - len(previous)
    scores[firsts:] += step_weights[previous]
    scores -= scores.max(axis=1, keepdims=True)
    chances = np.exp(scores)
    totals = chances.sum(axis=1)
    value = scores[np.arange(len(gold)), gold].sum() - np.log(totals).sum()
    chances /= totals[:, None]
    expected_steps = np.zeros_like(step_weights)
    np.add.at(expected_steps, previous, chances[firsts:])
    expected = corpus.packed.clues.T @ chances
    return (
        float(value),
        corpus.clue_counts - expected,
        corpus.step_counts - expected_steps,
    )


def tolls(emissions: Floats, step_weights: Floats) -> Floats:
    """Return what every word takes from every tag before it: log of the sum over the tags here.

    With it, the score of a path is its log probability under the MEMM (N, K).
    """
    best, peak = emissions.max(axis=1, keepdims=True), step_weights.max()
    sums = np.exp(emissions - best) @ np.exp(step_weights - peak).T
    found: Floats = np.log(sums) + best + peak
    return found


class MEMM(CRF):
    """A trained maximum-entropy Markov model."""

    def tag(self, sentences: Sequence[Clued]) -> list[list[str]]:
        """Return the path of each sentence with the largest product of local chances."""
        found: list[list[str]] = []
        for part in range(0, len(sentences), 512):
            packed = pack(sentences[part : part + 512], self.numbers)
            emissions = packed.clues @ self.clue_weights
            toll = tolls(emissions, self.step_weights)
            tags = best_paths(emissions, self.step_weights, packed.places, toll)
            found += [[self.tags[t] for t in tags[row]] for row in packed.rows]
        return found

    def marginals(self, sentence: Clued) -> list[dict[str, float]]:
        """Return P(tag | the words up to here): what comes after changes nothing."""
        rows: list[dict[str, float]] = []
        now = np.zeros(0)
        for scores in np.array(self.emissions(sentence)):
            ways = scores + self.step_weights if rows else scores[None]
            ways = np.exp(ways - ways.max(axis=1, keepdims=True))
            ways /= ways.sum(axis=1, keepdims=True)  # (K before, K)
            now = now @ ways if rows else ways[0]
            rows.append(dict(zip(self.tags, now.tolist(), strict=True)))
        return rows

    def log_probability(self, sentence: Clued, tags: Sequence[str]) -> float:
        """Return log P(tags | words): the sum of the logarithms of the local chances.

        Raises:
            ValueError: not one tag a word, or a tag that the model does not know.
        """
        if len(sentence) != len(tags) or not set(tags) <= set(self.tags):
            raise ValueError(
                f"{len(sentence)} words need as many tags of {', '.join(self.tags)}"
            )
        total, previous = 0.0, -1
        for scores, tag in zip(self.emissions(sentence), tags, strict=True):
            here = self.tags.index(tag)
            row = np.array(scores)
            if previous >= 0:
                row = row + self.step_weights[previous]
            total += float(row[here] - np.logaddexp.reduce(row))
            previous = here
        return total


def train_memm(
    sentences: Sequence[Clued],
    tags: Sequence[Sequence[str]],
    c2: float = 1.0,
    iterations: int = 100,
    least: int = 1,
    tolerance: float = 1e-5,
) -> MEMM:
    """Return the MEMM of the same clues and tags; the arguments are those of the CRF's `train`.

    Raises:
        ValueError: no words, not one tag a word, or settings that mean nothing.

    >>> model = train_memm([[["Ann"], ["ran"]], [["ran"]]], [["N", "V"], ["V"]])
    >>> model.tag([[["Ann"], ["ran"]], []])
    [['N', 'V'], []]
    """
    require_penalty(c2, iterations)
    corpus, names, numbers = prepare(sentences, tags, least)
    weights = minimise(corpus, c2, iterations, local_log_likelihood, tolerance)
    return MEMM(names, numbers, *weights)
