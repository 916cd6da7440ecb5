"""Odd input that once got a wrong answer, an endless run or an error from within, kind by kind.

`test_edges.py` finds the functions by itself and only asks for an answer or a reason; here the
answer is compared, and the reason is read.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.stats import binom

from nlpcourse import evaluation
from nlpcourse.learning.clustering import kmeans, points
from nlpcourse.learning.linear import features, judging, kernels, svm
from nlpcourse.learning.linear.rows import rows_of
from nlpcourse.learning.reinforcement import q_learning, testbed
from nlpcourse.learning.topics import similarity
from nlpcourse.learning.trees import cart, forest
from nlpcourse.learning.trees.fast import columns
from nlpcourse.neural.glove import classifier as glove_classifier
from nlpcourse.neural.glove import glove
from nlpcourse.neural.networks import classifier
from nlpcourse.neural.rnn import distance
from nlpcourse.neural.seq2seq import search
from nlpcourse.neural.summarization import graph, oracle, rouge
from nlpcourse.neural.summarization import words as summary_words
from nlpcourse.neural.word2vec import scores, text
from nlpcourse.practice.projects import ratio
from nlpcourse.responsible.explanations import judging as explained
from nlpcourse.responsible.explanations import plain
from nlpcourse.responsible.fairness import (
    direction,
    made,
    metrics,
    mitigate,
    templates,
)
from nlpcourse.responsible.scarce_labels import asking, curves
from nlpcourse.transformers.gpt import llama
from nlpcourse.transformers.gpt.language_models import word_perplexity
from nlpcourse.transformers.llm import calibration as llm_calibration
from nlpcourse.transformers.transfer import lora
from nlpcourse.transformers.transformer.layers import layer_norm

# ------------------------------------------------------- what a call must refuse, kind by kind


def refused(call: Callable[[], Any], said: str) -> None:
    """One ValueError in words that tell what was wrong."""
    with pytest.raises(ValueError, match=said) as caught:
        call()
    assert len(str(caught.value).split()) >= 4


NAN = math.nan
"""A number that is none: nothing may be counted as right, best or nearest by it."""

NO_NUMBERS: dict[str, tuple[Callable[[], Any], str]] = {
    "accuracy": (
        lambda: llm_calibration.accuracy(torch.tensor([[NAN, NAN]]), [0]),
        "NaN",
    ),
    "finds": (lambda: explained.finds([NAN, NAN], 0), "finite push"),
    "finds, side": (lambda: explained.finds([1.0, 2.0], 0, NAN), "side"),
    "flips": (lambda: templates.flips([NAN], [0.6]), "NaN"),
    "solved": (lambda: plain.solved([[NAN]], [1.0]), "NaN"),
    "greedy": (
        lambda: search.greedy_search(
            search.table_step(torch.full((3, 3), NAN)), (torch.zeros(1),), 0, 1, 4
        ),
        "NaN",
    ),
    "beam": (
        lambda: search.beam_search(
            search.table_step(torch.full((3, 3), NAN)), (torch.zeros(1),), 2, 0, 1, 4
        ),
        "NaN",
    ),
    "bins": (lambda: metrics.calibration([1], [NAN], [0, 1]), "NaN or lies"),
    "choose": (lambda: q_learning.choose([NAN, 1.0], 0, random.Random(0)), "value"),
    "noise": (
        lambda: text.noise_distribution(torch.ones(2), power=NAN),
        "power is a number",
    ),
    "bootstrap": (lambda: judging.paired_bootstrap([NAN, 1], [0, 1]), "NaN"),
    "lexrank": (lambda: graph.lexrank_graph([[1.0]], NAN), "NaN"),
    "top": (lambda: asking.top(np.array([NAN, 1.0]), 1), "without NaN"),
    "sparse cosine": (
        lambda: summary_words.cosine({"a": NAN}, {"a": 1.0}),
        "NaN or infinite",
    ),
    "dropped words": (
        lambda: classifier.drop_words([1, 2], NAN, np.random.default_rng(0)),
        "between 0 and 1",
    ),
    "weights": (
        lambda: mitigate.train(np.ones((2, 1)), np.array([0, 1]), None, np.full(2, NAN)),
        "weights are 0 or more",
    ),
    "normed": (
        lambda: layer_norm(torch.ones(1, 2), torch.ones(2), torch.ones(2), NAN),
        "above 0",
    ),
    "spearman": (lambda: scores.spearman([NAN, 1.0], [1.0, 2.0]), "no order"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "said"), NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_no_number_is_never_right(call: Callable[[], Any], said: str) -> None:
    refused(call, said)


SHARES: dict[str, Callable[[float], Any]] = {
    "drop_words": lambda x: classifier.drop_words(
        [1, 2], x, np.random.default_rng(0)
    ),
    "choose": lambda x: q_learning.choose([1.0, 2.0], x, random.Random(0)),
    "flips": lambda x: templates.flips([0.2], [0.7], line=x),
    "scores": lambda x: metrics.calibration([1], [x], [0, 1]),
}


@pytest.mark.parametrize("share", [-0.5, 1.5, 30, 50, 95, NAN, math.inf])
@pytest.mark.parametrize("call", SHARES.values(), ids=SHARES)
def test_95_is_no_share(call: Callable[[float], Any], share: float) -> None:
    refused(lambda: call(share), "share|probabilit")
    for right in (0.0, 0.5, 1.0):
        call(right)


def glove_model() -> glove_classifier.Model:
    return glove_classifier.new_model(3, "ab", size=2, seed=0)


OUT_OF_RANGE: dict[str, tuple[Callable[[], Any], str]] = {
    "held against": (lambda: made.applicants(5, 0, 50), "from -10 to 10"),
    "negative weights": (
        lambda: mitigate.train(np.ones((2, 1)), np.array([0, 1]), None, np.array([-1, 1])),
        "weights are 0 or more",
    ),
    "no weights": (
        lambda: mitigate.train(np.ones((2, 1)), np.array([0, 1]), None, np.zeros(2)),
        "not all of them 0",
    ),
    "too many choices": (
        lambda: oracle.exact_oracle(["a"], [["a"]] * 60, 10),
        "greedy_oracle",
    ),
    "half a test item": (lambda: judging.mcnemar(1.5, 2), "whole numbers"),  # type: ignore[arg-type]
    "probabilities": (lambda: text.draw(torch.tensor([0.5, 0.1]), 3), "add up to 1"),
    "epsilon 0": (
        lambda: layer_norm(torch.ones(1, 2), torch.ones(2), torch.ones(2), 0.0),
        "above 0",
    ),
    "epsilon -1": (
        lambda: layer_norm(torch.ones(1, 2), torch.ones(2), torch.ones(2), -1.0),
        "above 0",
    ),
    "base 0": (lambda: llama.rotate(torch.ones(1, 1, 1, 2), 0, 0.0), "above 0"),
    "more hits than units": (lambda: rouge.score_of(5, 2, 3), "can't be shared"),
    "more than the whole": (lambda: ratio.score([(1, 2), (5, 2)]), "5 of 2"),
    "a score beyond the bins": (
        lambda: metrics.calibration([1], [1.5], [0, 1]),
        "outside the bins",
    ),
    "an answer of 2": (lambda: metrics.calibration([2], [0.5], [0, 1]), "0 or 1"),
    "no scores": (
        lambda: metrics.miscalibration(np.zeros(0), np.zeros(0), [0, 1]),
        "one or more",
    ),
    "a long direction": (
        lambda: direction.neutralise(np.ones((1, 2)), np.array([0.0, 2.0])),
        "length 1, not 2",
    ),
    "a long direction, pairs": (
        lambda: direction.equalise(np.ones((1, 2)), np.eye(2)[:1], np.array([0.0, 2.0])),
        "length 1, not 2",
    ),
    "a vote for nobody": (lambda: asking.vote_entropy([[5]], 2), "classes from 0 to 1"),
    "fewer than none": (lambda: asking.top(np.array([1.0, 2.0]), -1), "0 or more"),
    "one run": (lambda: curves.means_and_intervals(np.ones((1, 3))), "no interval"),
    "letters for words": (lambda: rouge.rouge_n("abc", "abc", 1), "into words first"),
    "letters in a row": (lambda: rouge.rouge_l("abc", "abc"), "into words first"),
    "letters for sentences": (
        lambda: rouge.rouge_lsum(["abc"], ["abc"]),
        "into words first",
    ),
    "short idf": (
        lambda: features.weighted(rows_of([{0: 1.0, 1: 2.0}], 2), np.ones(1)),
        "2 features need as many idf",
    ),
    "short weights": (
        lambda: svm.hinge_objective(
            np.ones(1), rows_of([{1: 1.0}], 2), np.ones(1), 0.1
        ),
        "a weight a column",
    ),
    "an arm of none": (
        lambda: testbed.regrets(np.array([[5]]), np.array([[0.0, 1.0]])),
        "none of the 2",
    ),
    "mixed labels": (lambda: cart.grow([[0], [1]], ["a", 1]), "of one kind"),
    "no labels": (lambda: cart.grow([[0], [1]], ["a", None]), "of one kind"),
    "a forest of mixed labels": (
        lambda: forest.grow_forest(columns([[0], [1]]), ["a", 1], trees=1),
        "of one kind",
    ),
    "negative counts": (lambda: glove.weight(torch.tensor([-1.0])), "negative or NaN"),
    "NaN for a count": (lambda: glove.weight(torch.tensor([NAN])), "negative or NaN"),
    "a row asked of none": (
        lambda: glove_classifier.probabilities(glove_model(), [9]),
        "no row 9 among 3",
    ),
    "a row before the first": (
        lambda: glove_classifier.probabilities(glove_model(), [-1]),
        "no row -1 among 3",
    ),
    "a step to a label of none": (
        lambda: glove_classifier.step(glove_model(), [0], 5, 0.1),
        "no label 5 among 2",
    ),
    "a step from a row of none": (
        lambda: glove_classifier.step(glove_model(), [3], 1, 0.1),
        "no row 3 among 3",
    ),
    "no alpha": (
        lambda: lora.add_lora(
            torch.nn.ModuleDict({"query": torch.nn.Linear(9, 9)}), alpha=NAN
        ),
        "alpha",
    ),
    "a row of none": (
        lambda: glove_classifier.train(glove_model(), [[9]], [0], 1, 0.1),
        "no row 9 among 3",
    ),
    "a label of none": (
        lambda: glove_classifier.train(glove_model(), [[0]], [5], 1, 0.1),
        "no label 5 among 2",
    ),
    "a rate of none": (
        lambda: glove_classifier.train(glove_model(), [[0]], [0], 1, NAN),
        "rate is a number",
    ),
    "a zero far away": (
        lambda: distance.factor_per_step(torch.cat([torch.ones(30), torch.zeros(30)])),
        "zero or NaN",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("call", "said"), OUT_OF_RANGE.values(), ids=OUT_OF_RANGE)
def test_what_can_not_be_is_refused_in_words(
    call: Callable[[], Any], said: str
) -> None:
    refused(call, said)


# -------------------------------------------------------------- where there is a right value


@given(
    st.lists(st.lists(st.integers(-50, 50), min_size=2, max_size=2), min_size=2, max_size=8),
    st.sampled_from([0, 1e5, -1e8, 1e9]),
)  # fmt: skip
def test_distances_are_the_same_far_from_zero(
    rows: list[list[int]], away: float
) -> None:
    near = np.array(rows, dtype=float)
    exact = ((near[:, None] - near[None]) ** 2).sum(axis=2)
    assert points.squared_distances(near + away, near + away) == pytest.approx(
        exact, rel=1e-6
    )
    bell = kernels.gaussian_kernel(near + away, near + away, 5.0)
    assert bell == pytest.approx(np.exp(-exact / 50), rel=1e-4, abs=1e-12)
    assert points.squared_distances(
        csr_matrix(near + away), near + away
    ) == pytest.approx(exact, rel=1e-6)


@given(st.integers(0, 10_000), st.sampled_from([1e6, -1e8, 1e9]))
def test_clusters_are_the_same_far_from_zero(seed: int, away: float) -> None:
    rng = np.random.default_rng(seed)
    near = rng.permutation(100)[:24].reshape(12, 2).astype(float)
    ours, far = kmeans.k_means(near, 4, seed), kmeans.k_means(near + away, 4, seed)
    assert far.labels.tolist() == ours.labels.tolist()
    assert far.objective == pytest.approx(ours.objective, rel=1e-6)
    assert far.centres - away == pytest.approx(ours.centres, abs=1e-6)
    assert len(set(kmeans.k_means(near + away, 12, seed).labels.tolist())) == 12


NUMBERS = st.integers(-9, 9).map(float)


@given(
    st.lists(NUMBERS, min_size=3, max_size=3),
    st.lists(NUMBERS, min_size=3, max_size=3),
    st.sampled_from([1e-200, 1e200]),
    st.sampled_from([1e-200, 1.0, 1e200]),
)
def test_an_angle_knows_no_size(
    a: list[float], b: list[float], one: float, other: float
) -> None:
    x, y = np.array(a), np.array(b)
    right = similarity.cosine(x, y)
    assert similarity.cosine(one * x, other * y) == pytest.approx(right)
    table = np.stack([one * x, other * y])
    assert similarity.cosines(table)[0, 1] == pytest.approx(right)
    assert similarity.soft_cosines(table, np.eye(3))[0, 1] == pytest.approx(right)
    assert similarity.soft_cosine(one * x, other * y, np.eye(3)) == pytest.approx(
        right
    )
    sparse = [
        dict(zip("abc", v.tolist(), strict=True)) for v in (one * x, other * y)
    ]
    assert summary_words.cosine(*sparse) == pytest.approx(right)
    for found in (
        points.unit_rows(table),
        points.unit_rows(csr_matrix(table)).toarray(),
    ):
        expected = [float(bool(row.any())) for row in table]
        assert np.linalg.norm(found, axis=1) == pytest.approx(expected)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_a_coin_thrown_thousands_of_times(one: int, other: int) -> None:
    n, few = one + other, min(one, other)
    right = min(1.0, 2 * binom.cdf(few, n, 0.5)) if n else 1.0
    assert judging.mcnemar(one, other) == pytest.approx(right, rel=1e-8, abs=1e-300)


def test_what_took_for_ever_ends() -> None:
    began = time.process_time()
    assert judging.mcnemar(2000, 2000) == 1
    assert 0 < judging.mcnemar(10**6, 10**6 + 3000) < 0.05
    assert time.process_time() - began < 5


def test_what_has_an_answer_is_answered() -> None:
    assert evaluation.perplexity(1e5, 1) == math.inf
    assert word_perplexity(torch.tensor([1e5]), 1) == math.inf
    for kind in (list, np.array, torch.tensor):
        assert scores.spearman(kind([1.0, 2.0, 4.0]), kind([3.0, 5.0, 9.0])) == 1
    grown = forest.grow_forest(columns([[0], [1], [2], [3]]), list("aabb"), trees=7)
    rows = [[0.0], [1.0], [2.0], [3.0]]
    found = forest.out_of_bag(grown, rows, list("aabb"))
    assert found == forest.out_of_bag(grown, np.array(rows), list("aabb"))
