"""Clustering by hand against scikit-learn and SciPy, on posts and on made-up points."""

import math
import warnings
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn import metrics
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import normalize

from nlpcourse import corpora
from nlpcourse.learning.clustering import agreement, choosing, mixture, plain, tree
from nlpcourse.learning.clustering.kmeans import (
    Clustering,
    careful_start,
    k_means,
    lloyd,
    random_start,
)
from nlpcourse.learning.clustering.points import (
    distances_between,
    squared_distances,
    unit_rows,
)
from nlpcourse.learning.clustering.spherical import spherical_lloyd

finite = st.floats(-100, 100).map(lambda x: round(x, 3))
tables = hnp.arrays(
    float,
    st.tuples(st.integers(2, 25), st.integers(1, 4)),
    elements=finite,
)


def different_points(d, low, high):
    return hnp.arrays(
        float,
        st.tuples(st.integers(3, 25), st.just(d)),
        elements=st.floats(low, high),
        unique=True,
    )


@lru_cache(maxsize=1)
def posts():
    """Return sparse TF-IDF and LSA vectors of 600 posts of four groups, and the groups."""
    groups = ["alt.atheism", "talk.religion.misc", "comp.graphics", "sci.space"]
    chosen = [p for p in corpora.newsgroups_20().train if p.label in groups][::3]
    vectors = TfidfVectorizer(max_df=0.5, min_df=5, stop_words="english")
    tfidf = vectors.fit_transform(p.text for p in chosen)
    lsa = normalize(TruncatedSVD(30, random_state=0).fit_transform(tfidf))
    return tfidf, lsa, [groups.index(p.label) for p in chosen]


def theirs(points, centres, max_steps=300):
    return KMeans(
        len(centres), init=centres, n_init=1, max_iter=max_steps, tol=0
    ).fit(points)


def assert_same_run(points, centres):
    ours, other = lloyd(points, centres), theirs(points, centres)
    assert ours.labels.tolist() == other.labels_.tolist()
    np.testing.assert_allclose(ours.centres, other.cluster_centers_, atol=1e-9)
    assert ours.objective == pytest.approx(other.inertia_, rel=1e-9, abs=1e-9)
    assert len(ours.history) == other.n_iter_


@pytest.mark.assets
@pytest.mark.parametrize("k", [2, 4, 20])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_lloyd_equals_scikit_learn_on_posts(k, seed):
    """From single posts on LSA; on TF-IDF from means: most posts share no word with a post."""
    tfidf, lsa, _ = posts()
    rng = np.random.default_rng(seed)
    assert_same_run(lsa, random_start(lsa, k, rng))
    assert_same_run(lsa, careful_start(lsa, k, rng))
    parts = np.array_split(rng.permutation(tfidf.shape[0]), k)
    assert_same_run(
        tfidf, np.vstack([np.asarray(tfidf[p].mean(axis=0)) for p in parts])
    )


@settings(deadline=None, max_examples=100)
@given(
    hnp.arrays(
        float,
        st.tuples(st.integers(3, 25), st.just(2)),
        elements=st.floats(-9, 9),
        unique=True,
    ),
    st.integers(1, 3),
    st.integers(0, 99),
)
def test_lloyd_equals_scikit_learn_on_made_up_points(points, k, seed):
    """Where no point lies between two centres: there the last digit decides."""
    start = random_start(points, k, np.random.default_rng(seed))
    ours = lloyd(points, start)
    if ours_is_close(points, start):
        return
    other = theirs(points, start)
    assert ours.labels.tolist() == other.labels_.tolist()
    np.testing.assert_allclose(ours.centres, other.cluster_centers_, atol=1e-6)


def ours_is_close(points, centres):
    """Return whether on the way some point is about as near to a second centre."""
    for steps in range(1, 30):
        run = lloyd(points, centres, steps)
        for c in (centres, run.centres):
            two = np.sort(squared_distances(points, c), axis=1)[:, :2]
            if two.shape[1] == 2 and (np.diff(two, axis=1) < 1e-6).any():
                return True
        if run.settled:
            return False
    return True


@pytest.mark.parametrize(
    "start", [[1, 20.5, 500, 600], [1, 500, 600, 700], [9, 9, 9, 9]]
)
def test_empty_clusters_are_filled_as_in_scikit_learn_but_for_their_names(start):
    points = np.array([[0.0], [1.0], [2.5], [10.0], [30.0]])
    start = np.array(start, dtype=float)[:, None]
    ours, other = lloyd(points, start), theirs(points, start)
    same = agreement.adjusted_rand(ours.labels.tolist(), other.labels_.tolist())
    assert same == 1
    assert ours.objective == pytest.approx(other.inertia_)


class OldDraws:
    """NumPy's old generator behind the name of the new one's method."""

    def __init__(self, seed):
        self.state = np.random.RandomState(seed)

    def random(self, size=None):
        return self.state.random_sample(size)


@pytest.mark.assets
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("candidates", [1, 4])
def test_the_careful_start_draws_what_scikit_learn_draws(seed, candidates):
    tfidf, lsa, _ = posts()
    for points in (lsa, tfidf):
        expected, _ = kmeans_plusplus(
            points, 8, random_state=seed, n_local_trials=candidates
        )
        got = careful_start(points, 8, OldDraws(seed), candidates)
        expected = expected.toarray() if sparse.issparse(expected) else expected
        np.testing.assert_array_equal(got, expected)


def never_rises(history):
    return all(
        after <= before + 1e-9 * max(1, before)
        for before, after in pairwise(history)
    )


@settings(deadline=None, max_examples=120)
@given(tables, st.integers(1, 6), st.integers(0, 99))
def test_the_objective_never_rises(points, k, seed):
    k = min(k, len(np.unique(points, axis=0)))
    for start in (
        random_start(points, k, np.random.default_rng(seed)),
        np.random.default_rng(seed).normal(0, 50, (k, points.shape[1])),
    ):
        run = lloyd(points, start)
        assert never_rises(run.history)
        if run.settled:
            assert set(run.labels.tolist()) == set(range(k))


@settings(deadline=None, max_examples=100)
@given(
    hnp.arrays(
        float,
        st.tuples(st.integers(3, 25), st.just(3)),
        elements=st.floats(0.1, 9),
        unique=True,
    ),
    st.integers(1, 3),
    st.integers(0, 99),
)
def test_the_spherical_objective_never_rises(points, k, seed):
    start = random_start(points, k, np.random.default_rng(seed))
    assert never_rises(spherical_lloyd(points, start).history)


@pytest.mark.assets
def test_spherical_k_means_beats_every_single_move_of_its_own_steps():
    """At the end every post has the largest cosine with its own centre, computed anew."""
    tfidf, _, _ = posts()
    run = spherical_lloyd(tfidf, careful_start(tfidf, 4, np.random.default_rng(0)))
    assert run.settled
    unit = normalize(tfidf)
    for c, centre in enumerate(run.centres):
        mean = np.asarray(unit[run.labels == c].mean(axis=0)).ravel()
        np.testing.assert_allclose(centre, mean / np.linalg.norm(mean), atol=1e-12)
    cosines = metrics.pairwise.cosine_similarity(unit, run.centres)
    assert run.labels.tolist() == cosines.argmax(axis=1).tolist()
    assert run.objective == pytest.approx((1 - cosines.max(axis=1)).sum())


CRITERIA = list(tree.CRITERIA)


@pytest.mark.assets
@pytest.mark.parametrize("criterion", CRITERIA)
def test_the_tree_equals_scipys_on_posts(criterion):
    _, lsa, _ = posts()
    distances = distances_between(lsa[:300])
    ours = tree.merge_tree(distances, criterion)
    other = linkage(squareform(distances), criterion)
    np.testing.assert_array_equal(ours[:, [0, 1, 3]], other[:, [0, 1, 3]])
    np.testing.assert_allclose(ours[:, 2], other[:, 2], rtol=1e-9)
    for k in (2, 4, 20):
        groups = fcluster(other, k, "maxclust")
        assert (
            agreement.adjusted_rand(tree.cut(ours, k).tolist(), groups.tolist())
            == 1
        )


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 30), st.integers(1, 5), st.integers(0, 10**6))
def test_the_tree_equals_scipys_on_made_up_points(n, d, seed):
    distances = distances_between(np.random.default_rng(seed).normal(size=(n, d)))
    for criterion in CRITERIA:
        ours = tree.merge_tree(distances, criterion)
        other = linkage(squareform(distances), criterion)
        np.testing.assert_array_equal(ours[:, [0, 1, 3]], other[:, [0, 1, 3]])
        np.testing.assert_allclose(ours[:, 2], other[:, 2], rtol=1e-7)


@settings(deadline=None)
@given(tables)
def test_single_linkage_has_scipys_heights_with_ties_too(points):
    distances = distances_between(points)
    other = linkage(squareform(distances), "single")
    np.testing.assert_allclose(
        tree.merge_tree(distances, "single")[:, 2], other[:, 2], atol=1e-9
    )


groupings = st.integers(1, 40).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 6), min_size=n, max_size=n),
        st.lists(st.integers(0, 6), min_size=n, max_size=n),
    )
)


@settings(deadline=None, max_examples=120)
@given(groupings)
def test_agreement_equals_scikit_learn(two):
    classes, clusters = two
    expected = metrics.homogeneity_completeness_v_measure(classes, clusters)
    got = agreement.v_measure(classes, clusters)
    assert (got.homogeneity, got.completeness, got.v) == pytest.approx(
        expected, abs=1e-9
    )
    assert agreement.adjusted_rand(classes, clusters) == pytest.approx(
        metrics.adjusted_rand_score(classes, clusters), abs=1e-12
    )


@settings(deadline=None)
@given(tables, st.integers(0, 99))
def test_silhouettes_equal_scikit_learn(points, seed):
    labels = np.random.default_rng(seed).integers(0, 4, len(points))
    if not 2 <= len(set(labels.tolist())) < len(points):
        return
    distances = distances_between(points)
    np.testing.assert_allclose(
        choosing.silhouettes(distances, labels),
        metrics.silhouette_samples(distances, labels, metric="precomputed"),
        atol=1e-9,
    )


def same_mixture(points, labels, steps):
    ours, history = mixture.fit_mixture(points, labels, steps, gain=-math.inf)
    first = mixture.maximisation(points, np.eye(max(labels) + 1)[labels])
    other = GaussianMixture(
        len(first.weights),
        covariance_type="diag",
        max_iter=steps,
        tol=0,
        weights_init=first.weights,
        means_init=first.means,
        precisions_init=1 / first.variances,
        reg_covar=mixture.LEAST_VARIANCE,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other.fit(points)
    return ours, history, other


@pytest.mark.assets
@pytest.mark.parametrize("steps", [1, 5, 25])
def test_the_mixture_equals_scikit_learns_on_posts(steps):
    _, lsa, _ = posts()
    labels = k_means(lsa, 5, seed=0).labels
    ours, _, other = same_mixture(lsa, labels, steps)
    np.testing.assert_allclose(ours.weights, other.weights_, atol=1e-9)
    np.testing.assert_allclose(ours.means, other.means_, atol=1e-9)
    np.testing.assert_allclose(ours.variances, other.covariances_, atol=1e-9)
    shares, log_likelihood = mixture.expectation(ours, lsa)
    np.testing.assert_allclose(shares, other.predict_proba(lsa), atol=1e-7)
    assert log_likelihood == pytest.approx(other.score(lsa), abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(st.integers(6, 40), st.integers(1, 3), st.integers(0, 10**6))
def test_em_never_lowers_the_likelihood(n, d, seed):
    rng = np.random.default_rng(seed)
    points, labels = rng.normal(size=(n, d)), np.arange(n) % 2
    rng.shuffle(labels)
    _, history = mixture.fit_mixture(points, labels, 30, gain=-math.inf)
    # the little that is added to every variance is no part of the likelihood
    assert all(b >= a - 1e-4 for a, b in pairwise(history))


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.text("abcd ", min_size=1, max_size=12),
        min_size=2,
        max_size=10,
        unique=True,
    ),
    st.integers(1, 4),
    st.booleans(),
)
def test_the_pages_k_means_is_the_chapters(texts, k, weigh):
    vectors = plain.vectors([t.split() for t in texts], weigh)
    terms = sorted({term for v in vectors for term in v})
    if not terms or k > len(texts):
        return
    table = np.array([[v.get(term, 0.0) for term in terms] for v in vectors])
    chosen = list(range(k))
    try:
        ours = lloyd(table, table[chosen])
    except ValueError:
        with pytest.raises(ValueError, match="different"):
            plain.lloyd(vectors, [vectors[i] for i in chosen])
        return
    if ours_is_close(table, table[chosen]):
        return
    steps = plain.lloyd(vectors, [vectors[i] for i in chosen], 300)
    assert [s.objective for s in steps] == pytest.approx(ours.history, abs=1e-9)
    assert steps[-1].labels == ours.labels.tolist()


@pytest.mark.assets
def test_the_pages_k_means_is_the_chapters_on_headlines():
    texts = [h.text for h in corpora.headlines()[:60]]
    vectors = plain.vectors([plain.words(t) for t in texts], weigh=True)
    terms = sorted({term for v in vectors for term in v})
    table = np.array([[v.get(term, 0.0) for term in terms] for v in vectors])
    for k in (2, 3, 4):
        ours = lloyd(table, [table[c::k].mean(axis=0) for c in range(k)])
        steps = plain.lloyd(vectors, [plain.mean(vectors[c::k]) for c in range(k)])
        assert len(steps) == len(ours.history)
        assert steps[-1].labels == ours.labels.tolist()
        assert steps[-1].objective == pytest.approx(ours.objective, abs=1e-9)


def test_the_pages_tfidf_is_scikit_learns():
    texts = ["the cat sat", "the dog sat down", "a dog", "cat cat cat"]
    vectorizer = TfidfVectorizer(token_pattern=r"\S+")
    expected = vectorizer.fit_transform(texts).toarray()
    got = plain.vectors([t.split() for t in texts], weigh=True)
    for row, vector in zip(expected, got, strict=True):
        for term, j in vectorizer.vocabulary_.items():
            assert vector.get(term, 0.0) == pytest.approx(row[j], abs=1e-12)


def test_k_means_keeps_the_best_start():
    points = np.random.default_rng(5).normal(size=(60, 2))
    rng = np.random.default_rng(3)
    runs = [lloyd(points, careful_start(points, 6, rng)) for _ in range(8)]
    best = k_means(points, 6, seed=3, starts=8)
    assert isinstance(best, Clustering)
    assert best.objective == min(run.objective for run in runs)
    assert len({round(run.objective, 6) for run in runs}) > 1


def test_sparse_and_dense_points_give_the_same():
    points = np.random.default_rng(0).poisson(0.5, (40, 12)).astype(float)
    dense = lloyd(points, points[:3])
    thin = lloyd(sparse.csr_matrix(points), points[:3])
    assert dense.labels.tolist() == thin.labels.tolist()
    np.testing.assert_allclose(dense.centres, thin.centres)
    unit = unit_rows(sparse.csr_array(points)).toarray()
    np.testing.assert_allclose(unit, unit_rows(points))
