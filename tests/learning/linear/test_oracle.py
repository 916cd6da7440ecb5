"""Linear models by hand against scikit-learn, LIBLINEAR and SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.stats import binomtest
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.feature_selection import chi2
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import polynomial_kernel as their_polynomial
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import LinearSVC
from sklearn.utils import murmurhash3_32

from nlpcourse import corpora
from nlpcourse.learning.linear import judging, kernels, many
from nlpcourse.learning.linear.features import (
    counted,
    fit_tf_idf,
    present,
    tokens,
    vocabulary,
)
from nlpcourse.learning.linear.hashing import hashed, murmur3
from nlpcourse.learning.linear.logistic import logistic_regression
from nlpcourse.learning.linear.proximal import l1_logistic_regression
from nlpcourse.learning.linear.rows import rows_of, with_constant
from nlpcourse.learning.linear.svm import dual_coordinate_descent, hinge_objective
from nlpcourse.statistics.naive_bayes.features import words

texts = st.lists(st.text("abcde AB1_é-", max_size=25), min_size=1, max_size=10)
options = st.fixed_dictionaries(
    {
        "longest": st.integers(1, 3),
        "least": st.integers(1, 2),
        "sublinear": st.booleans(),
        "smooth": st.booleans(),
        "unit": st.booleans(),
    }
)


def sparse(table):
    return csr_matrix(
        (table.values, table.columns, table.starts), shape=(len(table), table.width)
    )


def theirs(o):
    return TfidfVectorizer(
        ngram_range=(1, o["longest"]),
        min_df=o["least"],
        sublinear_tf=o["sublinear"],
        smooth_idf=o["smooth"],
        norm="l2" if o["unit"] else None,
    )


def assert_tf_idf_equal(train, test, o):
    vectorizer = theirs(o).fit(train)
    ours = fit_tf_idf(train, **o)
    assert ours.features == vectorizer.get_feature_names_out().tolist()
    for part in (train, test):
        expected = vectorizer.transform(part)
        assert abs(sparse(ours.table(part)) - expected).max() <= 1e-12


def has_a_feature(train, o):
    try:
        fit_tf_idf(train, **o)
    except ValueError:
        return False
    return True


@settings(deadline=None, max_examples=40)
@given(texts, texts, options)
def test_tf_idf_equals_scikit_learn_on_made_up_texts(train, test, o):
    if has_a_feature(train, o):
        assert_tf_idf_equal(train, test, o)
    else:
        with pytest.raises(
            ValueError, match=r"empty vocabulary|no terms remain|max_df"
        ):
            theirs(o).fit(train)


@pytest.mark.assets
@pytest.mark.parametrize(
    "o",
    [
        {"longest": 1, "least": 1, "sublinear": True, "smooth": True, "unit": True},
        {
            "longest": 2,
            "least": 2,
            "sublinear": False,
            "smooth": False,
            "unit": True,
        },
        {
            "longest": 2,
            "least": 3,
            "sublinear": True,
            "smooth": True,
            "unit": False,
        },
    ],
)
def test_tf_idf_equals_scikit_learn_on_news(o):
    split = corpora.r8()
    train = [d.text for d in split.train[:1200]]
    assert_tf_idf_equal(train, [d.text for d in split.test[:400]], o)


@given(st.text(), st.integers(0, 2**32 - 1))
def test_the_hash_is_scikit_learns(text, seed):
    if not any("\ud800" <= c <= "\udfff" for c in text):
        assert murmur3(text, seed) == murmurhash3_32(text, seed)


@settings(deadline=None, max_examples=40)
@given(texts, st.integers(1, 64), st.booleans())
def test_hashed_tables_equal_scikit_learn(documents, width, signed):
    vectorizer = HashingVectorizer(
        n_features=width, norm=None, alternate_sign=signed
    )
    ours = hashed(map(tokens, documents), width, signed)
    np.testing.assert_array_equal(
        ours.dense(), vectorizer.transform(documents).toarray()
    )


def film_table(least=1, every=1):
    rated = [r for r in corpora.sentiment_4("movie") if r.rating != 0]
    rated = rated[::every][:4000]
    documents = [words(r.text) for r in rated]
    table = present(counted(documents, vocabulary(documents, least)))
    return table, np.where([r.rating > 0 for r in rated], 1.0, -1.0)


@pytest.mark.assets
@pytest.mark.parametrize("strength", [1e-4, 1e-2])
def test_logistic_regression_equals_scikit_learn_on_films(strength):
    table, y = film_table(least=2)
    ours = logistic_regression(table, y, strength)
    oracle = LogisticRegression(
        C=1 / (strength * len(y)), tol=1e-11, max_iter=20_000
    ).fit(sparse(table), y)
    np.testing.assert_allclose(ours.weights, oracle.coef_[0], atol=1e-5)
    assert ours.bias == pytest.approx(oracle.intercept_[0], abs=1e-5)


def l1_objective(weights, bias, table, y, strength):
    margins = y * (table.times(weights) + bias)
    return np.logaddexp(0, -margins).mean() + strength * np.abs(weights).sum()


@pytest.mark.assets
@pytest.mark.parametrize("strength", [1e-3, 5e-3])
def test_l1_logistic_regression_equals_liblinear_on_films(strength):
    table, y = film_table(least=40, every=3)
    ours = l1_logistic_regression(table, y, strength, tolerance=1e-6)
    oracle = LogisticRegression(
        l1_ratio=1,
        solver="liblinear",
        intercept_scaling=1000,  # so that the bias costs next to nothing
        C=1 / (strength * len(y)),
        tol=1e-7,
        max_iter=5000,
        random_state=0,
    ).fit(sparse(table), y)
    w, b = oracle.coef_[0], oracle.intercept_[0]
    least = l1_objective(w, b, table, y, strength)
    found = l1_objective(ours.weights, ours.bias, table, y, strength)
    assert found == pytest.approx(least, abs=1e-8)
    np.testing.assert_allclose(ours.weights, w, atol=1e-2)
    assert 0 < (w != 0).sum() < table.width
    assert ((ours.weights == 0) == (w == 0)).mean() > 0.99


@st.composite
def tasks(draw):
    n, d = draw(st.integers(4, 25)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    dense = rng.integers(0, 4, (n, d)) * (rng.random((n, d)) < 0.6)
    y = rng.choice([-1.0, 1.0], n)
    y[:2] = 1, -1
    return rows_of(
        [{j: float(v) for j, v in enumerate(r) if v} for r in dense], d
    ), y


@settings(deadline=None, max_examples=25)
@given(tasks(), st.sampled_from([0.003, 0.05, 1.0]))
def test_logistic_regression_equals_scikit_learn_on_made_up_tables(task, strength):
    table, y = task
    ours = logistic_regression(table, y, strength)
    oracle = LogisticRegression(
        C=1 / (strength * len(y)), tol=1e-11, max_iter=20_000
    ).fit(sparse(table), y)
    np.testing.assert_allclose(ours.weights, oracle.coef_[0], atol=1e-5)
    assert ours.bias == pytest.approx(oracle.intercept_[0], abs=1e-5)


@pytest.mark.assets
def test_softmax_regression_equals_scikit_learn_on_news():
    split = corpora.r8()
    part = split.train[:700]
    tf_idf = fit_tf_idf([d.text for d in part], least=5)
    table, labels = tf_idf.table(d.text for d in part), [d.label for d in part]
    classes = sorted(set(labels))
    ours = many.softmax_regression(table, labels, classes, 1e-3, tolerance=1e-9)
    oracle = LogisticRegression(
        C=1 / (1e-3 * len(part)), tol=1e-11, max_iter=20_000
    )
    oracle.fit(sparse(table), labels)
    assert oracle.classes_.tolist() == classes
    np.testing.assert_allclose(ours.weights, oracle.coef_.T, atol=1e-5)
    asked = tf_idf.table(d.text for d in split.test)
    assert (
        many.predicted(ours, asked, classes)
        == oracle.predict(sparse(asked)).tolist()
    )


@pytest.mark.assets
@pytest.mark.parametrize("strength", [3e-4, 3e-3])
def test_the_machine_is_within_a_thousandth_of_liblinear_on_films(strength):
    table, y = film_table()
    wide = with_constant(table)
    w, _ = dual_coordinate_descent(wide, y, strength, passes=80)
    oracle = LinearSVC(
        loss="hinge", C=1 / (strength * len(y)), tol=1e-6, max_iter=100_000
    ).fit(sparse(table), y)
    best = np.append(oracle.coef_[0], oracle.intercept_)
    found = hinge_objective(w, wide, y, strength)
    assert found <= 1.001 * hinge_objective(best, wide, y, strength)


@settings(deadline=None, max_examples=8)
@given(tasks(), st.sampled_from([0.01, 0.1, 1.0]))
def test_the_machine_is_within_a_thousandth_of_liblinear_on_made_up_tables(
    task, strength
):
    table, y = task
    wide = with_constant(table)
    w, _ = dual_coordinate_descent(wide, y, strength, passes=3000)
    oracle = LinearSVC(
        loss="hinge", C=1 / (strength * len(y)), tol=1e-8, max_iter=1_000_000
    ).fit(sparse(table), y)
    best = np.append(oracle.coef_[0], oracle.intercept_)
    found = hinge_objective(w, wide, y, strength)
    assert found <= 1.001 * hinge_objective(best, wide, y, strength)


@settings(deadline=None, max_examples=30)
@given(tasks())
def test_kernels_and_chi_square_equal_scikit_learn(task):
    table, y = task
    dense = table.dense()
    np.testing.assert_allclose(
        kernels.polynomial_kernel(dense, dense, 3),
        their_polynomial(dense, degree=3, gamma=1, coef0=1),
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        kernels.gaussian_kernel(dense, dense, 2.0),
        rbf_kernel(dense, gamma=1 / 8),
        atol=1e-12,
    )
    held = table.transposed_times(np.ones(len(y))) > 0
    expected, _ = chi2(dense, y)
    np.testing.assert_allclose(
        judging.chi_square(table, y)[held], expected[held], atol=1e-9
    )


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_is_the_exact_binomial_test(a, b):
    expected = binomtest(a, a + b).pvalue if a + b else 1.0
    assert judging.mcnemar(a, b) == pytest.approx(expected, rel=1e-9)
