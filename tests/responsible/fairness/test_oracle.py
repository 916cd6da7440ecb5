"""By hand against SciPy, scikit-learn, fairlearn and PyTorch, on real words and made people."""

import itertools
import math

import numpy as np
import pytest
import torch
from fairlearn import metrics as library
from fairlearn.postprocessing import ThresholdOptimizer
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import calibration_curve
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_score, recall_score
from sklearn.neighbors import NearestNeighbors

from nlpcourse import corpora
from nlpcourse.neural.rnn.characters import Alphabet
from nlpcourse.responsible.fairness import canary, direction, made, mitigate, weat
from nlpcourse.responsible.fairness import metrics as ours
from nlpcourse.responsible.fairness.lists import OCCUPATIONS, PAIRS, TESTS
from nlpcourse.responsible.fairness.pronouns import preference
from nlpcourse.responsible.fairness.recipes import load_head, stored_preferences
from nlpcourse.responsible.fairness.templates import sign_flip_p
from nlpcourse.transformers.gpt.model import GPT, GPTConfig

numbers = st.lists(
    st.integers(-40, 40).map(lambda i: i / 8), min_size=2, max_size=4
).map(np.array)


@pytest.fixture(scope="module")
def table():
    return weat.Lookup.of(corpora.glove_50d(), 50_000)


# ------------------------------------------------------------------------------ associations


def by_scipy(first, second):
    return stats.permutation_test(
        (first, second),
        lambda x, y, axis: x.sum(axis=axis) - y.sum(axis=axis),
        vectorized=True,
        alternative="greater",
        n_resamples=np.inf,
    ).pvalue


@settings(max_examples=30, deadline=None)
@given(numbers, numbers)
def test_the_permutation_test_is_scipys(first, second):
    assert weat.permutation_p(first, second) == pytest.approx(
        by_scipy(first, second)
    )


@pytest.mark.assets
@pytest.mark.parametrize("name", ["career", "mathematics", "science"])
def test_weat_on_glove_is_an_independent_computation(table, name):
    test = TESTS[name]
    found = weat.weat(table, test)

    def cosine(a, b):
        u, v = table[[a]][0], table[[b]][0]
        return u @ v / math.sqrt((u @ u) * (v @ v))

    values = {
        w: np.mean([cosine(w, a) for a in test.plus])
        - np.mean([cosine(w, b) for b in test.minus])
        for w in (*test.first, *test.second)
    }
    x, y = (
        np.array([values[w] for w in side]) for side in (test.first, test.second)
    )
    assert {**found.first, **found.second} == pytest.approx(values)
    assert found.effect == pytest.approx(
        (x.mean() - y.mean()) / np.std([*x, *y], ddof=1)
    )
    assert found.p == pytest.approx(by_scipy(x, y))


@settings(max_examples=30, deadline=None)
@given(numbers)
def test_the_sign_flips_are_scipys(values):
    expected = stats.permutation_test(
        (values,), np.sum, permutation_type="samples", n_resamples=np.inf
    ).pvalue
    assert sign_flip_p(values) == pytest.approx(expected)


# --------------------------------------------------------------------------------- direction


@pytest.mark.assets
def test_the_direction_is_scikit_learns_first_component(table):
    ones, others = (weat.unit(table[[p[i] for p in PAIRS]]) for i in (0, 1))
    half = (ones - others) / 2
    first = PCA(1).fit(np.concatenate([half, -half])).components_[0]
    g = direction.gender_direction(ones, others)
    assert abs(first @ g) == pytest.approx(1)
    assert (half @ g).sum() > 0


@pytest.mark.assets
def test_after_hard_debiasing_neutral_words_see_both_of_a_pair_alike(table):
    after = direction.hard_debias(table, PAIRS, frozenset())
    known = list(OCCUPATIONS)
    for she, he in PAIRS:
        near = after[known] @ after[[she, he]].T
        assert near[:, 0] == pytest.approx(near[:, 1])
    assert np.linalg.norm(after.vectors, axis=1) == pytest.approx(1)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(8, 40))
def test_two_means_are_no_worse_than_scikit_learns(seed, n):
    rows = np.random.default_rng(seed).normal(size=(n, 3))
    rows[: n // 2] += 4

    def cost(side):
        return sum(
            ((rows[side == k] - rows[side == k].mean(axis=0)) ** 2).sum()
            for k in np.unique(side)
        )

    theirs = KMeans(2, n_init=10, random_state=0).fit(rows).inertia_
    assert cost(direction.two_means(rows, seed)) <= theirs * 1.0001


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 7))
def test_the_neighbours_are_scikit_learns(seed, nearest):
    chance = np.random.default_rng(seed)
    rows, labels = chance.normal(size=(30, 4)), chance.integers(0, 2, 30)
    finder = NearestNeighbors(n_neighbors=nearest, metric="cosine").fit(rows)
    near = finder.kneighbors(return_distance=False)  # without the row itself
    vote = labels[near].mean(axis=1) >= 0.5
    expected = (vote == labels).mean()
    assert direction.neighbour_vote(rows, labels, nearest) == pytest.approx(
        expected
    )


# ----------------------------------------------------------------------------------- metrics

people = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 2)),
    min_size=3,
    max_size=40,
)


@settings(max_examples=20, deadline=None)
@given(people)
def test_rates_and_gaps_are_fairlearns(drawn):
    y, d, g = map(list, zip(*drawn, strict=True))
    found = ours.rates(y, d, g)
    expected = library.demographic_parity_difference(y, d, sensitive_features=g)
    assert ours.demographic_parity_difference(found) == pytest.approx(expected)
    frame = library.MetricFrame(
        metrics={
            "selected": library.selection_rate,
            "precision": lambda a, b: precision_score(a, b, zero_division=np.nan),
            "recall": lambda a, b: recall_score(a, b, zero_division=np.nan),
        },
        y_true=y,
        y_pred=d,
        sensitive_features=g,
    )
    for name, rates in found.items():
        row = frame.by_group.loc[name]
        assert rates.selected == pytest.approx(row["selected"])
        assert rates.precision == pytest.approx(row["precision"], nan_ok=True)
        assert rates.true_positive == pytest.approx(row["recall"], nan_ok=True)
    both = all(0 < r.base < 1 for r in found.values())
    if both:
        odds = library.equalized_odds_difference(y, d, sensitive_features=g)
        assert ours.equalized_odds_difference(found) == pytest.approx(odds)


@settings(max_examples=60, deadline=None)
@given(people)
def test_chouldechovas_identity_holds_for_every_table(drawn):
    y, d, g = map(list, zip(*drawn, strict=True))
    for r in ours.rates(y, d, g).values():
        if 0 < r.base < 1 and r.selected > 0 and r.precision > 0:
            forced = ours.implied_false_positives(
                r.base, r.precision, 1 - r.true_positive
            )
            assert forced == pytest.approx(r.false_positive)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_bins_are_scikit_learns(seed):
    chance = np.random.default_rng(seed)
    scores = chance.random(200)
    right = (chance.random(200) < scores).astype(int)
    share, mean = calibration_curve(right, scores, n_bins=5)
    bins = ours.calibration(right, scores, np.linspace(0, 1, 6).tolist())
    assert [b[0] for b in bins] == pytest.approx(mean)
    assert [b[1] for b in bins] == pytest.approx(share)
    assert sum(b[2] for b in bins) == 200


# -------------------------------------------------------------------------------- mitigation


@pytest.mark.parametrize("weighted", [False, True])
def test_training_is_scikit_learns(weighted):
    past = made.applicants(600, seed=5)
    x = made.word_table(past.texts, made.vocabulary_of(past.texts))
    y, weights = past.hired.astype(float), None
    if weighted:
        weights = mitigate.reweighing(past.hired.tolist(), past.group.tolist())
    model = mitigate.train(x, y, weights=weights, strength=1e-2)
    total = len(y) if weights is None else weights.sum()
    theirs = LogisticRegression(C=1 / (1e-2 * total), tol=1e-10, max_iter=5000)
    theirs.fit(x, y, sample_weight=weights)
    assert model.weights == pytest.approx(theirs.coef_[0], abs=1e-4)
    expected = theirs.predict_proba(x)[:, 1]
    assert model.probability(x) == pytest.approx(expected, abs=1e-4)


def test_the_price_on_the_gap_is_what_scipy_finds():
    world = made.loans(500, seed=2)
    x, y, g = world.table, world.repaid.astype(float), world.group

    def objective(theta):
        s = x @ theta[:3] + theta[3]
        gap = s[g == 1].mean() - s[g == 0].mean()
        loss = np.logaddexp(0, -(2 * y - 1) * s).mean()
        return loss + 0.5e-3 * theta[:3] @ theta[:3] + 0.5 * gap**2

    theirs = minimize(objective, np.zeros(4), tol=1e-12).x
    model = mitigate.train(x, y, group=g, price=1.0)
    assert [*model.weights, model.bias] == pytest.approx(theirs, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_weights_make_group_and_answer_independent(seed, groups):
    chance = np.random.default_rng(seed)
    y, g = chance.integers(0, 2, 60), chance.integers(0, groups, 60)
    w = mitigate.reweighing(y.tolist(), g.tolist())
    whole = [(w * y)[g == k].sum() / w[g == k].sum() for k in np.unique(g)]
    both = all(len(np.unique(y[g == k])) == 2 for k in np.unique(g))
    if both:
        assert whole == pytest.approx([y.mean()] * len(whole))
        assert w.sum() == pytest.approx(60)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_thresholds_are_the_best_of_all_pairs_with_equal_shares(seed):
    chance = np.random.default_rng(seed)
    scores, y = chance.random(16), chance.integers(0, 2, 16)
    g = np.repeat([0, 1], 8)
    lines = mitigate.group_thresholds(scores, y, g, grid=8)
    said = mitigate.decide(scores, g, lines)
    assert said[:8].sum() == said[8:].sum()
    best = 0.0
    cuts = [[np.inf, *sorted(scores[g == k], reverse=True)] for k in (0, 1)]
    for a, b in itertools.product(*cuts):
        d = scores >= np.where(g == 0, a, b)
        if d[:8].sum() == d[8:].sum():
            best = max(best, (d == y).mean())
    assert (said == y).mean() == pytest.approx(best)


class Given(ClassifierMixin, BaseEstimator):
    """A model that fairlearn may ask: its scores are its inputs."""

    classes_ = np.array([0, 1])

    def __sklearn_is_fitted__(self):
        return True

    def fit(self, x, y):
        return self

    def predict_proba(self, x):
        s = np.asarray(x)[:, 0]
        return np.stack([1 - s, s], axis=1)


@pytest.mark.parametrize("seed", [0, 1])
def test_thresholds_are_about_as_good_as_fairlearns(seed):
    """Fairlearn may toss coins between two thresholds, so it can be a little better."""
    world = made.loans(3000, seed)
    model = mitigate.train(world.table, world.repaid.astype(float))
    scores = model.probability(world.table)
    lines = mitigate.group_thresholds(scores, world.repaid, world.group, grid=500)
    said = mitigate.decide(scores, world.group, lines)
    optimizer = ThresholdOptimizer(
        estimator=Given(),
        constraints="demographic_parity",
        objective="accuracy_score",
        prefit=True,
        predict_method="predict_proba",
        grid_size=500,
    )
    x, y, g = scores[:, None], world.repaid, world.group
    optimizer.fit(x, y, sensitive_features=g)
    chances = optimizer._pmf_predict(x, sensitive_features=g)[:, 1]
    theirs = np.where(y == 1, chances, 1 - chances).mean()
    assert theirs - 0.004 <= (said == y).mean() <= theirs + 0.001


# ------------------------------------------------------------------------------ language models


def test_the_costs_of_all_codes_are_those_of_each_alone():
    letters = Alphabet(canary.FRAME + "0123456789" + "".join(canary.NAMES))
    torch.manual_seed(0)
    model = GPT(GPTConfig(len(letters), 48, 16, 1, 2)).eval()
    costs = canary.code_costs(model, letters, "Kim")
    start = canary.FRAME.format(name="Kim")
    for code in (0, 7, 4071, 9999):
        ids = letters.encode(start + f"{code:04d}")
        with torch.no_grad():
            shares = model(ids[None, :-1])[0].log_softmax(-1)
        own = -shares[len(start) - 1 :].gather(1, ids[len(start) :, None]).sum()
        assert float(costs[code]) == pytest.approx(float(own), abs=1e-4)
    assert len(costs) == 10**canary.DIGITS


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=20), st.data())
def test_the_rank_is_the_place_after_sorting(costs, data):
    secret = data.draw(st.integers(0, len(costs) - 1))
    rank = canary.rank_of(torch.tensor(costs).double(), secret)
    assert rank == 1 + sorted(costs).index(costs[secret])
    assert canary.exposure(rank, len(costs)) == pytest.approx(
        -math.log2(rank / len(costs))
    )


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_a_preference_is_a_difference_of_log_probabilities(seed):
    chance = torch.Generator().manual_seed(seed)
    logits = torch.randn(1, 3, 5, generator=chance)
    ids = {"so": [0, 1, 2], " she": [3], " he": [4]}
    got = preference(lambda _: logits, lambda text: torch.tensor([ids[text]]), "so")
    shares = logits[0, -1].double().log_softmax(-1)
    assert got == pytest.approx(float(shares[3] - shares[4]))


@pytest.mark.assets
def test_the_stored_scores_cover_every_occupation_and_the_head_fits_the_encoder():
    found = stored_preferences()
    assert set(found) == set(OCCUPATIONS)
    assert all(len(values) == 3 for values in found.values())
    assert load_head()["weight"].shape == (1, 384)
