"""By hand against scikit-learn, NLTK, krippendorff, snorkel and enumeration."""

import itertools
import math

import krippendorff
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from nltk.metrics.agreement import AnnotationTask
from scipy.stats import entropy
from sklearn.metrics import balanced_accuracy_score, cohen_kappa_score
from sklearn.naive_bayes import MultinomialNB

from nlpcourse import corpora
from nlpcourse.learning.linear.features import counted, vocabulary
from nlpcourse.responsible.scarce_labels import (
    agreement,
    asking,
    bayes,
    label_model,
    shift,
    unlabelled,
    votes,
)
from nlpcourse.statistics.naive_bayes.features import count, words
from nlpcourse.statistics.naive_bayes.models import MultinomialNaiveBayes

labels = st.integers(0, 2)


# --------------------------------- naive Bayes


@pytest.fixture(scope="module")
def films():
    rated = [r for r in corpora.sentiment_4("movie") if r.rating != 0][:1500]
    documents = [words(r.text) for r in rated]
    rows = counted(documents, vocabulary(documents, 2))
    counts = sp.csr_matrix(
        (rows.values, rows.columns, rows.starts), (len(rows), rows.width)
    )
    return rated, documents, counts, np.array([int(r.rating > 0) for r in rated])


def test_table_bayes_is_scikit_learns_on_films(films):
    _, _, counts, y = films
    ours = bayes.fit_shares(counts[:1000], bayes.one_hot(y[:1000], 2), alpha=0.5)
    prior = np.exp(ours.log_prior)
    theirs = MultinomialNB(alpha=0.5, class_prior=prior).fit(
        counts[:1000], y[:1000]
    )
    found = bayes.posterior(ours, counts[1000:])
    np.testing.assert_allclose(
        found, theirs.predict_proba(counts[1000:]), atol=1e-10
    )
    assert (
        bayes.predict(ours, counts[1000:]) == theirs.predict(counts[1000:])
    ).all()


def test_table_bayes_is_chapter_elevens(films):
    _, documents, _, y = films
    column_of = vocabulary(documents[:400])
    rows = counted(documents[:400], column_of)
    ours = bayes.fit_shares(rows.dense(), bayes.one_hot(y[:400], 2))
    theirs = MultinomialNaiveBayes(
        count(documents[:400], [str(c) for c in y[:400].tolist()])
    )
    for word in ("good", "the", "film"):
        for c in (0, 1):
            assert ours.log_likelihood[column_of[word], c] == pytest.approx(
                theirs.log_likelihood[str(c)][word], abs=1e-12
            )


@settings(max_examples=30, deadline=None)
@given(
    arrays(np.int64, (6, 4), elements=st.integers(0, 5)),
    arrays(np.float64, (6, 3), elements=st.floats(0.0625, 1, width=16)),
    st.floats(0.01, 3),
)
def test_shares_are_scikit_learns_sample_weights(counts, shares, alpha):
    ours = bayes.fit_shares(counts, shares, alpha)
    theirs = MultinomialNB(alpha=alpha)
    repeated = np.repeat(counts, 3, axis=0)
    theirs.fit(repeated, np.tile([0, 1, 2], 6), sample_weight=shares.ravel() + 0)
    np.testing.assert_allclose(
        ours.log_likelihood.T, theirs.feature_log_prob_, atol=1e-9
    )


@given(arrays(np.int64, (5, 4), elements=st.integers(0, 900)))
def test_posteriors_sum_to_one_however_long_the_document(counts):
    model = bayes.fit_shares(counts, bayes.one_hot([0, 1, 0, 1, 0], 2), 0.1)
    found = bayes.posterior(model, counts)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-9)


# --------------------------------- expectation-maximisation


@settings(max_examples=40, deadline=None)
@given(
    arrays(np.int64, (4, 5), elements=st.integers(0, 4)),
    arrays(np.int64, (6, 5), elements=st.integers(0, 4)),
    st.sampled_from([1.0, 0.3]),
    st.sampled_from([1.0, 0.1]),
)
def test_the_objective_of_em_never_falls(labelled, free, weight, alpha):
    _, history = unlabelled.fit_em(
        labelled, [0, 1, 0, 1], free, 2, weight, 15, alpha
    )
    assert (np.diff(history) > -1e-8).all()


@settings(max_examples=30, deadline=None)
@given(
    arrays(np.int64, (2, 3), elements=st.integers(0, 3)),
    arrays(np.int64, (3, 3), elements=st.integers(0, 3)),
)
def test_one_step_of_em_is_enumeration(labelled, free):
    """Average over every way to label the free documents, weighed by its probability."""
    before = bayes.fit_shares(labelled, bayes.one_hot([0, 1], 2))
    after, _ = unlabelled.fit_em(labelled, [0, 1], free, 2, steps=1)
    joint = bayes.joint(before, free)
    expected, total = np.zeros((3, 2)), 0.0
    for guess in itertools.product((0, 1), repeat=3):
        p = math.exp(sum(joint[i, c] for i, c in enumerate(guess)))
        both = np.concatenate([labelled, free])
        expected += p * (both.T @ np.eye(2)[[0, 1, *guess]])
        total += p
    smoothed = expected / total + 1
    np.testing.assert_allclose(
        np.exp(after.log_likelihood), smoothed / smoothed.sum(axis=0), atol=1e-9
    )


def test_em_on_dense_and_sparse_tables_is_the_same(films):
    _, _, counts, y = films
    kept = counts[:, :400]
    one, _ = unlabelled.fit_em(kept[:50], y[:50], kept[50:300], 2)
    two, _ = unlabelled.fit_em(
        kept[:50].toarray(), y[:50], kept[50:300].toarray(), 2
    )
    np.testing.assert_allclose(one.log_likelihood, two.log_likelihood, atol=1e-10)


# --------------------------------- the label model


@given(
    arrays(np.int64, (5, 4), elements=st.integers(-1, 2)),
    st.lists(st.floats(0.05, 0.95), min_size=4, max_size=4),
    st.lists(st.floats(0.1, 1), min_size=3, max_size=3),
)
def test_the_posterior_of_votes_is_enumeration(table, accuracies, shares):
    balance = np.array(shares) / sum(shares)
    model = label_model.LabelModel(balance, np.array(accuracies))
    found = label_model.class_posterior(model, table)
    for row, said in zip(table, found, strict=True):
        stories = []
        for c in range(3):
            p = balance[c]
            for vote, a in zip(row, accuracies, strict=True):
                p *= 1 if vote < 0 else a if vote == c else (1 - a) / 2
            stories.append(p)
        np.testing.assert_allclose(
            said, np.array(stories) / sum(stories), atol=1e-10
        )


@settings(max_examples=40, deadline=None)
@given(
    arrays(np.int64, (8, 3), elements=st.integers(-1, 1)),
    st.sampled_from([None, [0.5, 0.5], [0.2, 0.8]]),
)
def test_the_objective_of_the_label_model_never_falls(table, balance):
    _, history = label_model.fit_label_model(table, 2, balance, steps=30)
    assert (np.diff(history) > -1e-8).all()


def drawn_votes(accuracies, coverage, n, seed):
    rng = np.random.default_rng(seed)
    y = rng.integers(2, size=n)
    right = rng.random((n, len(accuracies))) < accuracies
    table = np.where(right, y[:, None], 1 - y[:, None])
    return y, np.where(rng.random(table.shape) < coverage, table, -1)


def test_it_finds_the_accuracies_and_snorkel_finds_them_too():
    from snorkel.labeling.model import LabelModel, MajorityLabelVoter

    truth = np.array([0.9, 0.8, 0.7, 0.65, 0.55])
    y, table = drawn_votes(truth, 0.7, 4000, seed=3)
    ours, _ = label_model.fit_label_model(table, 2, [0.5, 0.5], steps=200)
    np.testing.assert_allclose(ours.accuracy, truth, atol=0.03)
    theirs = LabelModel(cardinality=2, verbose=False)
    theirs.fit(table, n_epochs=150, seed=1, progress_bar=False)
    found = label_model.class_posterior(ours, table)
    same = found.argmax(axis=1) == theirs.predict(table)
    voted = (table >= 0).any(axis=1)
    assert same[voted].mean() > 0.97
    accuracy = (found.argmax(axis=1) == y)[voted].mean()
    assert abs(accuracy - (theirs.predict(table) == y)[voted].mean()) < 0.01
    most = MajorityLabelVoter(cardinality=2)
    decided = votes.majority(table, 2)
    clear = decided >= 0
    assert (most.predict(table[clear]) == decided[clear]).all()


@settings(max_examples=25, deadline=None)
@given(arrays(np.int64, (6, 4), elements=st.integers(-1, 2)))
def test_majority_is_snorkels(table):
    from snorkel.labeling.model import MajorityLabelVoter

    theirs = MajorityLabelVoter(cardinality=3).predict(
        table, tie_break_policy="abstain"
    )
    assert votes.majority(table, 3).tolist() == theirs.tolist()


@settings(max_examples=25, deadline=None)
@given(arrays(np.int64, (6, 3), elements=st.integers(-1, 1)))
def test_coverage_is_snorkels(table):
    from snorkel.labeling import LFAnalysis

    theirs = LFAnalysis(L=table)
    ours = votes.coverage(table, 2)
    np.testing.assert_allclose([c.votes for c in ours], theirs.lf_coverages())
    np.testing.assert_allclose([c.overlaps for c in ours], theirs.lf_overlaps())
    np.testing.assert_allclose([c.conflicts for c in ours], theirs.lf_conflicts())


# --------------------------------- asking, agreement


@given(arrays(np.int64, (5, 7), elements=st.integers(0, 2)))
def test_vote_entropy_is_scipys(table):
    shares = np.stack([(table == c).mean(axis=0) for c in range(3)])
    np.testing.assert_allclose(
        asking.vote_entropy(table, 3), entropy(shares, axis=0), atol=1e-12
    )


@given(st.lists(labels, min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_balanced_accuracy_is_scikit_learns(gold, rng):
    said = [rng.choice([0, 1, 2]) for _ in gold]
    found = shift.balanced_accuracy(np.array(gold), np.array(said))
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert found == pytest.approx(balanced_accuracy_score(gold, said))


@given(st.lists(st.tuples(labels, labels), min_size=1, max_size=30))
def test_cohens_kappa_is_scikit_learns(pairs):
    first, second = zip(*pairs, strict=True)
    if len({*first, *second}) < 2:
        with pytest.raises(ValueError, match="chance explains"):
            agreement.cohen_kappa(first, second)
        return
    assert agreement.cohen_kappa(first, second) == pytest.approx(
        cohen_kappa_score(first, second), abs=1e-12
    )


def by_nltk(ratings):
    rows = [
        (f"rater {r}", f"item {i}", value)
        for i, row in enumerate(ratings)
        for r, value in enumerate(row)
    ]
    return AnnotationTask(data=rows)


@given(st.lists(st.lists(labels, min_size=4, max_size=4), min_size=2, max_size=12))
def test_fleiss_kappa_is_a_pooled_pi(ratings):
    """NLTK's multi-rater pi is Fleiss' kappa; its multi_kappa is another coefficient."""
    if len({v for row in ratings for v in row}) < 2:
        with pytest.raises(ValueError, match="chance explains"):
            agreement.fleiss_kappa(ratings)
        return
    assert agreement.fleiss_kappa(ratings) == pytest.approx(
        by_nltk(ratings).pi(), abs=1e-9
    )


@given(
    st.lists(
        st.lists(st.integers(-4, 4), min_size=0, max_size=5),
        min_size=2,
        max_size=12,
    ),
    st.sampled_from(["nominal", "interval"]),
)
def test_alpha_is_the_librarys(units, level):
    distance = {"nominal": agreement.different, "interval": agreement.squared_gap}[
        level
    ]
    widest = max(map(len, units))
    paired = [v for unit in units if len(unit) > 1 for v in unit]
    if len(set(paired)) < 2:
        with pytest.raises(
            ValueError, match=r"nothing can be compared|chance explains"
        ):
            agreement.krippendorff_alpha(units, distance)
        return
    table = np.full((widest, len(units)), np.nan)
    for column, unit in enumerate(units):
        table[: len(unit), column] = unit
    expected = krippendorff.alpha(
        reliability_data=table, level_of_measurement=level
    )
    assert agreement.krippendorff_alpha(units, distance) == pytest.approx(
        expected, abs=1e-9
    )


@pytest.mark.parametrize("domain", ["nyt", "amazon"])
def test_alpha_of_real_ratings_is_the_librarys(domain):
    ratings = corpora.sentiment_4_ratings(domain)[:600]
    table = np.array(ratings, dtype=float).T
    for level, distance in (
        ("nominal", agreement.different),
        ("interval", agreement.squared_gap),
    ):
        expected = krippendorff.alpha(
            reliability_data=table, level_of_measurement=level
        )
        found = agreement.krippendorff_alpha(ratings, distance)
        assert found == pytest.approx(expected, abs=1e-9)


def test_krippendorffs_own_example():
    """His data with missing labels; his text gives 0.743 for unordered labels."""
    coders = [
        "123321412***",
        "123322412*5*3".replace("*5*", "5*"),
        "*33323422 51*".replace(" ", ""),
        "12332441251*",
    ]
    units = [[c[u] for c in coders if c[u] != "*"] for u in range(12)]
    assert agreement.krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)
