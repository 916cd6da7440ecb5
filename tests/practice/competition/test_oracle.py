"""Metrics against scipy and scikit-learn, the Ladder and the places against other computations."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score

from nlpcourse.practice.competition import baselines, tasks
from nlpcourse.practice.competition.climbing import coin_answers, loss, majority
from nlpcourse.practice.competition.drawing import draw
from nlpcourse.practice.competition.ladder import (
    free_ladder,
    guarantee,
    ladder,
    next_report,
)
from nlpcourse.practice.competition.ranking import (
    bootstrap_places,
    rank_agreement,
    shared_ranks,
)
from nlpcourse.practice.competition.scoring import ranks, score, spearman

numbers = st.lists(
    st.sampled_from([-2.0, -0.5, 0.0, 0.25, 1.0, 3.5]) | st.floats(-9, 9),
    min_size=2,
)


@settings(max_examples=60)
@given(numbers)
def test_ranks_are_scipys(values):
    assert ranks(values) == stats.rankdata(values).tolist()


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 9), st.floats(-9, 9)), min_size=2))
def test_spearman_is_scipys(pairs):
    one, other = zip(*pairs, strict=True)
    if len(set(one)) == 1 or len(set(other)) == 1:
        assert spearman(one, other) == 0
        return
    expected = stats.spearmanr(one, other).statistic
    assert spearman(one, other) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(*[st.sampled_from(["ham", "spam", "x"])] * 2), min_size=1)
)
def test_f1_and_accuracy_are_scikit_learns(pairs):
    gold, guessed = map(list, zip(*pairs, strict=True))
    f1 = f1_score(gold, guessed, labels=["spam"], average=None, zero_division=0)[0]
    assert score("F1 of spam", gold, guessed) == pytest.approx(f1, abs=1e-12)
    assert score("accuracy", gold, guessed) == accuracy_score(gold, guessed)


@pytest.mark.assets
@pytest.mark.parametrize("name", tasks.TASKS)
def test_metrics_on_real_answers(name):
    """Naive Bayes' answers on every task, scored by us and by the libraries."""
    task = tasks.task(name)
    drawn = draw(tasks.items(name), b"the key of a test", 1500, 100, 400)
    gold = [row.label for row in drawn.test]
    answers = baselines.naive_bayes(task, drawn.train, drawn.test)
    found = score(task.metric, gold, answers)
    if task.metric == "spearman":
        numbers = np.array(gold, dtype=float), np.array(answers, dtype=float)
        expected = stats.spearmanr(*numbers).statistic
    elif task.metric == "accuracy":
        expected = accuracy_score(gold, answers)
    else:
        expected = f1_score(gold, answers, pos_label="spam")
    assert found == pytest.approx(expected, abs=1e-12)
    assert found > 0.4


losses = st.lists(st.integers(0, 41).map(lambda k: k / 41), max_size=30)


@settings(max_examples=60)
@given(losses, st.sampled_from([0.01, 0.05, 0.1, 0.3]))
def test_the_ladder_by_its_definition(values, step):
    """The authors' algorithm 1, in exact numbers of steps, one round after the other."""
    best, expected = math.inf, []
    for value in values:
        nearest = (
            min(range(0, 200), key=lambda k: (abs(k * step - value), k % 2)) * step
        )
        if value < best - step and nearest < best:
            best = nearest
        expected.append(best)
    assert ladder(values, step) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=60)
@given(losses, st.sampled_from([0.0, 0.05, 0.1]))
def test_a_board_of_scores_is_the_ladder_upside_down(values, step):
    said, reports = -math.inf, []
    for value in values:
        said = next_report(-value, said, step)
        reports.append(-said)
    assert reports == pytest.approx(ladder(values, step), abs=1e-9)


@settings(max_examples=60)
@given(losses, st.sampled_from([0.0, 0.05, 0.1]))
def test_what_a_ladder_promises(values, step):
    """It never goes up, takes few steps, and stays within a step and a half of the best."""
    found = ladder(values, step)
    assert found == sorted(found, reverse=True)
    if step:
        assert len(set(found)) <= 1 / step + 2
    best = math.inf
    for value, reported in zip(values, found, strict=True):
        best = min(best, value)
        assert best - step / 2 - 1e-9 <= reported <= best + 1.5 * step + 1e-9


tables = st.integers(2, 12).flatmap(
    lambda n: st.lists(
        st.lists(st.integers(0, 1), min_size=n, max_size=n), max_size=12
    )
)


@given(tables)
@settings(max_examples=200)
def test_the_free_ladder_is_the_authors_program(errors):
    """Their Julia, in NumPy, with the standard deviation; but exact where it is a tie."""
    current, leader, expected = math.inf, None, []
    for row in map(np.array, errors):
        loss_ = row.mean()
        s = np.std(row if leader is None else row - leader, ddof=1)
        margin = current - s / math.sqrt(len(row))
        if not math.isclose(loss_, margin, abs_tol=1e-12) and loss_ < margin:
            current, leader = loss_, row
        expected.append(current)
    assert free_ladder(errors) == pytest.approx(expected)


def test_the_free_ladder_on_coins():
    counts = set()
    for seed in range(6):
        rng = random.Random(seed)
        errors = [coin_answers(500, rng) for _ in range(60)]
        found = free_ladder(errors)
        assert found == sorted(found, reverse=True)
        assert found[0] == np.mean(errors[0])
        counts.add(len(set(found)))
    assert 1 < max(counts) < 8


def test_the_guarantee_holds_for_every_answer_of_a_small_ladder():
    """Claim 3.2's count is above the number of reports that a Ladder can give."""
    for step, k in ((0.5, 3), (0.25, 4)):
        grid = [i / 8 for i in range(9)]
        reports = {()}
        for _ in range(k):
            reports = {
                (*before, value)
                for before in reports
                for value in [ladder([*before, v], step)[-1] for v in grid]
            }
        bits = (1 / step + 2) * math.log2(4 * k / step)
        assert len(reports) <= 2**bits
        hoeffding = math.sqrt(math.log(2 * 2**bits / 0.05) / (2 * 100))
        assert guarantee(100, k, step) == pytest.approx(step + hoeffding)


@settings(max_examples=60)
@given(st.lists(st.sampled_from([0.1, 0.5, 0.5, 0.9]), min_size=1))
def test_places_are_scipys(scores):
    expected = stats.rankdata([-s for s in scores], method="min")
    assert shared_ranks(scores) == expected.tolist()


def test_bootstrap_places_by_a_loop():
    """The same draws, one row after the other, and the places by scipy."""
    rng = np.random.default_rng(0)
    right = rng.random((5, 40)) < np.array([[0.9], [0.85], [0.6], [0.6], [0.2]])
    found = bootstrap_places(right, samples=200, seed=3)
    weights = np.random.default_rng(3).multinomial(
        40, np.full(40, 1 / 40), size=200
    )
    drawn = np.array([
        stats.rankdata(
            [-sum(w * r for w, r in zip(row, line, strict=True)) for line in right], "min"
        )
        for row in weights
    ])  # fmt: skip
    for team, place in enumerate(found):
        low, high = np.quantile(drawn[:, team], [0.025, 0.975], method="nearest")
        assert (place.low, place.high) == (low, high)
        assert place.score == pytest.approx(right[team].mean())


def test_agreement_is_scipys_and_its_interval_holds_it():
    rng = np.random.default_rng(1)
    skill = np.linspace(0.5, 0.95, 12)[:, None]
    public, private = rng.random((12, 300)) < skill, rng.random((12, 800)) < skill
    middle, low, high = rank_agreement(public, private, samples=300)
    expected = stats.spearmanr(public.mean(axis=1), private.mean(axis=1)).statistic
    assert middle == pytest.approx(expected)
    assert low < middle < high + 0.02


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(0, 1), min_size=6, max_size=6), min_size=1))
def test_the_vote_is_numpys(answers):
    expected = np.array(answers).mean(axis=0) >= 0.5
    assert majority(answers) == expected.astype(int).tolist()
    assert loss(answers[0], majority(answers)) == np.mean(expected != answers[0])
