"""By hand against the libraries, on real figures and on those that Hypothesis makes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import f1_score, precision_recall_fscore_support

from nlpcourse import corpora
from nlpcourse.practice.reproduce import human_line, lexicon_table, table_4
from nlpcourse.practice.reproduce.flips import counted_f1, pairs_of, swap_p
from nlpcourse.practice.reproduce.printed import steps_off
from nlpcourse.practice.reproduce.protocol import CHOICES, overall
from nlpcourse.practice.reproduce.spread import (
    mean_interval,
    next_run_interval,
    t_quantile,
)
from nlpcourse.text.lexicon.table import polarity

LABELS = st.sampled_from("abc")
TRIPLES = st.lists(st.tuples(LABELS, LABELS, LABELS), min_size=2, max_size=9)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.001, 0.999), st.integers(1, 60))
def test_the_quantile_is_scipys(share, freedom):
    ours = t_quantile(share, freedom)
    assert ours == pytest.approx(stats.t.ppf(share, freedom), rel=1e-5, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-100, 100), min_size=2, max_size=12), st.floats(0.5, 0.99)
)
def test_the_interval_of_the_mean_is_scipys(values, level):
    far = stats.sem(values)
    low, high = mean_interval(values, level)
    mean = np.mean(values)
    width = stats.t.ppf((1 + level) / 2, len(values) - 1) * far
    assert low == pytest.approx(mean - width, rel=1e-5, abs=1e-6)
    assert high == pytest.approx(mean + width, rel=1e-5, abs=1e-6)


def test_one_more_run_falls_inside_as_often_as_promised():
    rng = np.random.default_rng(40)
    inside = 0
    for _ in range(1500):
        *runs, more = rng.normal(size=6)
        low, high = next_run_interval(list(map(float, runs)), 0.9)
        inside += low <= more <= high
    assert inside / 1500 == pytest.approx(0.9, abs=0.03)


def test_the_mean_of_four_more_falls_inside_as_often_as_promised():
    rng = np.random.default_rng(41)
    inside = 0
    for _ in range(1500):
        runs = rng.normal(size=9)
        low, high = next_run_interval(runs[:5].tolist(), 0.9, more=4)
        inside += low <= runs[5:].mean() <= high
    assert inside / 1500 == pytest.approx(0.9, abs=0.03)


@settings(max_examples=80, deadline=None)
@given(st.floats(-2, 2), st.integers(0, 4))
def test_no_step_off_is_what_python_rounds_to(value, digits):
    assert steps_off(value, f"{value:.{digits}f}") == 0


@settings(max_examples=80, deadline=None)
@given(TRIPLES)
def test_f1_is_sklearns(triples):
    gold, said, _ = zip(*triples, strict=True)
    ours = counted_f1(pairs_of(gold, said))
    theirs = f1_score(gold, said, average="weighted", zero_division=0)
    assert ours == pytest.approx(theirs)


@settings(max_examples=60, deadline=None)
@given(TRIPLES)
def test_overall_is_sklearns(triples):
    gold, said, _ = zip(*triples, strict=True)
    names = sorted(set(gold))
    for weigh, average in (("by their size", "weighted"), ("alike", "macro")):
        theirs = precision_recall_fscore_support(
            gold, said, labels=names, average=average, zero_division=0
        )[:3]
        assert overall(pairs_of(gold, said), weigh) == pytest.approx(theirs)


@settings(max_examples=25, deadline=None)
@given(TRIPLES)
def test_all_swaps_are_scipys_permutation_test(triples):
    gold, first, second = zip(*triples, strict=True)

    def statistic(a, b):
        names = np.array(list("abc"))
        one, two = names[a.astype(int)], names[b.astype(int)]
        return counted_f1(pairs_of(gold, list(one))) - counted_f1(
            pairs_of(gold, list(two))
        )

    coded = [np.array(["abc".index(x) for x in side]) for side in (first, second)]
    theirs = stats.permutation_test(
        coded,
        statistic,
        permutation_type="samples",
        vectorized=False,
        n_resamples=np.inf,
    ).pvalue
    assert swap_p(gold, first, second) == pytest.approx(min(theirs, 1.0))


def test_drawn_swaps_come_near_all_swaps():
    rng = np.random.default_rng(1)
    gold = rng.choice(list("ab"), 60).tolist()
    first = [g if rng.random() < 0.8 else "a" for g in gold]
    second = [g if rng.random() < 0.6 else "b" for g in gold]
    exact = swap_p(gold, first, second)
    from nlpcourse.practice.reproduce import flips

    whole, flips.EXACT = flips.EXACT, 0
    try:
        drawn = [
            swap_p(gold, first, second, samples=2000, seed=s) for s in (0, 1, 2)
        ]
    finally:
        flips.EXACT = whole
    assert all(math.isclose(p, exact, abs_tol=0.02) for p in drawn)


@pytest.mark.parametrize("domain", ["amazon", "nyt"])
def test_the_humans_line_is_sklearns(domain):
    reading = {name: answers[0] for name, answers in CHOICES.items()}
    row = human_line.human_row(domain, reading)
    given_by = corpora.sentiment_4_ratings(domain)
    means = np.array([np.mean(g) for g in given_by for _ in g])
    singles = np.array([r for g in given_by for r in g])
    theirs = precision_recall_fscore_support(
        np.sign(means), np.sign(singles), average="weighted", zero_division=0
    )[:3]
    r = stats.pearsonr(means, singles).statistic
    assert row == pytest.approx((r, *theirs))
    printed = table_4.TABLE_4[domain]["Ind. Humans"]
    assert not any(steps_off(v, t) for v, t in zip(row, printed, strict=True))


def test_hu_and_lius_words_give_the_line_that_is_printed_for_vader():
    """The chapter's find, by scipy and scikit-learn, on the product sentences."""
    rated = lexicon_table.ratings("amazon")
    scores = lexicon_table.scores("Hu-Liu04", "amazon")
    gold = np.sign(rated)
    said = [polarity(s, 0) for s in scores]
    p, r, f, _ = precision_recall_fscore_support(
        gold, said, average="weighted", zero_division=0
    )
    found = (stats.pearsonr(rated, scores).statistic, p, r, f)
    lines = table_4.TABLE_4["amazon"]
    assert [
        steps_off(v, t) for v, t in zip(found, lines["VADER"], strict=True)
    ] == [0] * 4
    assert all(
        steps_off(v, t) for v, t in zip(found, lines["Hu-Liu04"], strict=True)
    )
