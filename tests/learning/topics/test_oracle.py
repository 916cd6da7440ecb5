"""Topic models and similarity: by hand against NumPy, SciPy, gensim, bm25s and rank_bm25."""

import itertools
import math
import random
from fractions import Fraction

import bm25s
import numpy as np
import pytest
import scipy.spatial.distance
from gensim.corpora import Dictionary
from gensim.models import CoherenceModel, LogEntropyModel, LsiModel
from gensim.similarities import SparseTermSimilarityMatrix
from hypothesis import assume, given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import svds
from scipy.special import gammaln

from nlpcourse import corpora
from nlpcourse.learning.topics import coherence, lsa, similarity
from nlpcourse.learning.topics.bags import numbered, vocabulary, words
from nlpcourse.learning.topics.bm25 import (
    InvertedIndex,
    best,
    bm25,
    lucene_idf,
    robertson_idf,
)
from nlpcourse.learning.topics.exact import (
    apart,
    forgetful_sweep,
    long_run,
    posterior,
)
from nlpcourse.learning.topics.fast_bm25 import FastBM25
from nlpcourse.learning.topics.fast_lda import sweep_fast
from nlpcourse.learning.topics.heldout import completion_perplexity
from nlpcourse.learning.topics.lda import (
    change,
    counted,
    log_joint,
    start,
    sweep,
    top_words,
    weights,
    word_shares,
)

documents = st.lists(
    st.lists(st.sampled_from("abcdefg"), max_size=8), min_size=1, max_size=8
).filter(lambda found: any(found))
tables = st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(0, 999)).map(
    lambda t: np.random.default_rng(t[2]).integers(0, 5, size=t[:2]).astype(float)
)


@pytest.fixture(scope="module")
def lee():
    found = corpora.lee()
    background = [words(text, least=3) for text in found.background]
    kept = vocabulary(background, least=2, most=0.5)
    known = set(kept)
    texts = [[w for w in text if w in known] for text in background]
    return texts, kept, numbered(texts, kept)


# ── similarity ────────────────────────────────────────────────────────────────────────────────────


@given(documents, documents)
def test_jaccard_equals_scipys(some, others):
    a, b = some[0], others[0]
    assume(a or b)
    present = np.array([[w in a, w in b] for w in "abcdefg"])
    expected = 1 - scipy.spatial.distance.jaccard(*present.T)
    assert similarity.jaccard(a, b) == pytest.approx(expected)


@given(tables)
def test_cosines_equal_scipys(table):
    found = similarity.cosines(table)
    for i, j in itertools.combinations(range(len(table)), 2):
        if table[i].any() and table[j].any():
            expected = 1 - scipy.spatial.distance.cosine(table[i], table[j])
            assert found[i, j] == pytest.approx(expected, abs=1e-12)
            assert similarity.cosine(table[i], table[j]) == pytest.approx(
                found[i, j]
            )


@given(st.integers(0, 9999), st.integers(1, 7))
def test_soft_cosine_equals_gensims(seed, size):
    rng = np.random.default_rng(seed)
    half = np.where(rng.random((size, size)) < 0.5, rng.random((size, size)), 0)
    related = (half + half.T) / 2
    np.fill_diagonal(related, 1)
    x, y = rng.integers(0, 4, size=(2, size)).astype(float)
    assume(x @ related @ x > 0 and y @ related @ y > 0)
    table = SparseTermSimilarityMatrix(csc_matrix(related))
    bags = [[(i, float(n)) for i, n in enumerate(v) if n] for v in (x, y)]
    expected = table.inner_product(*bags, normalized=(True, True))
    # gensim cuts what lies beyond 1
    ours = similarity.soft_cosine(x, y, related)
    assert min(1, ours) == pytest.approx(float(expected), abs=1e-6)


@given(st.integers(0, 9999), st.integers(3, 9))
def test_agreement_equals_scipys_correlation(seed, size):
    rng = np.random.default_rng(seed)
    a, b = rng.random((2, size, size))
    upper = np.triu_indices(size, 1)
    expected = scipy.stats.pearsonr(a[upper], b[upper]).statistic
    assert similarity.agreement(a, b) == pytest.approx(expected, abs=1e-12)


# ── latent semantic analysis ──────────────────────────────────────────────────────────────────────


@pytest.mark.assets
def test_entropy_weights_equal_gensims(lee):
    _, kept, ids = lee
    counts = lsa.count_matrix(ids, len(kept))
    bags = [[(w, d.count(w)) for w in sorted(set(d))] for d in ids]
    model = LogEntropyModel(bags, normalize=True)
    ours = lsa.entropy_weights(counts)
    assert max(abs(ours[w] - e) for w, e in model.entr.items()) < 1e-12
    table = lsa.unit_columns(lsa.weighted(counts, ours))
    for d in (0, 100, 299):
        for w, value in model[bags[d]]:
            assert table[w, d] == pytest.approx(value, abs=1e-9)


def same_up_to_sign(u, v):
    """Return the largest difference of the columns, each turned the right way."""
    signs = np.sign(np.sum(u * v, axis=0))
    return float(np.abs(u - v * signs).max())


@pytest.mark.assets
def test_svd_equals_scipys_and_gensims_on_lee(lee):
    _, kept, ids = lee
    counts = lsa.count_matrix(ids, len(kept))
    table = lsa.unit_columns(lsa.weighted(counts, lsa.entropy_weights(counts)))
    k = 20
    u, s, vt = lsa.truncated_svd(table, k)
    su, ss, svt = svds(table, k=k)
    assert np.abs(s - ss[::-1]).max() < 1e-9
    assert same_up_to_sign(u, su[:, ::-1]) < 1e-5
    assert same_up_to_sign(vt.T, svt[::-1].T) < 1e-5
    bags = [[(int(w), float(c[w])) for w in np.flatnonzero(c)] for c in table.T]
    model = LsiModel(
        bags, num_topics=k, id2word=dict(enumerate(kept)), onepass=False,
        power_iters=30, extra_samples=100, random_seed=0,
    )  # fmt: skip
    assert np.abs(model.projection.s - s).max() < 1e-6
    assert same_up_to_sign(u, model.projection.u) < 1e-3


@given(tables, st.integers(1, 6))
def test_svd_equals_numpys_on_made_up_tables(table, k):
    k = min(k, *table.shape)
    u, s, vt = lsa.truncated_svd(table, k)
    full_u, full_s, full_vt = np.linalg.svd(table, full_matrices=False)
    np.testing.assert_allclose(s, full_s[:k], atol=1e-8)
    best_error = math.sqrt((full_s[k:] ** 2).sum())
    error = np.linalg.norm(table - u @ np.diag(s) @ vt)
    assert error == pytest.approx(best_error, abs=1e-7)  # Eckart and Young
    np.testing.assert_allclose(u.T @ u, np.eye(k), atol=1e-8)
    if k == table.shape[1]:
        np.testing.assert_allclose(u * s @ vt, full_u * full_s @ full_vt, atol=1e-8)


@given(tables)
def test_power_iteration_finds_the_largest_singular_value(table):
    sigma, u, v = lsa.strongest_direction(table)
    largest = np.linalg.svd(table, compute_uv=False)[0]
    assert sigma == pytest.approx(largest, rel=1e-6, abs=1e-9)
    np.testing.assert_allclose(u @ table @ v, sigma, rtol=1e-6, atol=1e-9)


# ── BM25 ──────────────────────────────────────────────────────────────────────────────────────────


def bm25s_scores(texts, query, k1, b):
    known = sorted({w for text in texts for w in text})
    number = {w: i for i, w in enumerate(known)}
    model = bm25s.BM25(method="lucene", k1=k1, b=b, dtype="float64")
    ids = [[number[w] for w in text] for text in texts]
    model.index((ids, number), show_progress=False)
    asked = [number[w] for w in query if w in number]
    return model.get_scores_from_ids(asked) if asked else np.zeros(len(texts))


def assert_same_scores(texts, query, k1=1.5, b=0.75):
    index = InvertedIndex(texts)
    ours = bm25(index, query, lucene_idf(index), k1, b)
    dense = np.array([ours.get(i, 0.0) for i in range(len(texts))])
    np.testing.assert_allclose(dense, bm25s_scores(texts, query, k1, b), atol=1e-9)
    fast = FastBM25(index, lucene_idf(index), k1, b)
    np.testing.assert_allclose(fast.scores(query), dense, atol=1e-12)
    found = fast.best(query, 3)
    expected = best({i: s for i, s in ours.items() if s}, 3)
    assert [round(s, 9) for _, s in found] == [round(s, 9) for _, s in expected]


@given(documents, st.lists(st.sampled_from("abcz"), max_size=4), st.data())
def test_bm25_equals_bm25s_on_made_up_texts(texts, query, data):
    k1, b = data.draw(st.floats(0.1, 3)), data.draw(st.floats(0, 1))
    assert_same_scores(texts, query, k1, b)


@pytest.mark.assets
def test_bm25_equals_bm25s_and_rank_bm25_on_lee(lee):
    texts = lee[0]
    theirs = BM25Okapi(texts, k1=1.5, b=0.75, epsilon=0.25)
    index = InvertedIndex(texts)
    idf = robertson_idf(index, floor=0.25)
    for query in (texts[3][:6], ["government", "the"], texts[250][:10], ["zzz"]):
        assert_same_scores(texts, query)
        ours = bm25(index, query, idf)
        dense = np.array([ours.get(i, 0.0) for i in range(len(texts))])
        np.testing.assert_allclose((1.5 + 1) * dense, theirs.get_scores(query))


@given(documents, st.lists(st.sampled_from("abcz"), max_size=4))
def test_floored_weights_equal_rank_bm25s(texts, query):
    theirs = BM25Okapi(texts)
    index = InvertedIndex(texts)
    ours = bm25(index, query, robertson_idf(index, floor=0.25))
    dense = np.array([ours.get(i, 0.0) for i in range(len(texts))])
    expected = theirs.get_scores(query)
    np.testing.assert_allclose(2.5 * dense, expected, atol=1e-9)


# ── latent Dirichlet allocation ───────────────────────────────────────────────────────────────────

TINY = [[0, 0, 1], [1, 2], [2]]
MODEL = {"n_words": 3, "n_topics": 2, "alpha": 0.5, "beta": 0.3}


def urn(documents, topics, n_words, n_topics, alpha, beta):
    """Return P(w, z) word by word: each drawn in proportion to what was drawn before it."""
    alpha, beta = Fraction(alpha), Fraction(beta)
    in_document, in_topic = {}, {}
    p = Fraction(1)
    for d, (document, assigned) in enumerate(zip(documents, topics, strict=True)):
        for i, (w, k) in enumerate(zip(document, assigned, strict=True)):
            p *= (in_document.get((d, k), 0) + alpha) / (i + n_topics * alpha)
            n_k = sum(n for (topic, _), n in in_topic.items() if topic == k)
            p *= (in_topic.get((k, w), 0) + beta) / (n_k + n_words * beta)
            in_document[d, k] = in_document.get((d, k), 0) + 1
            in_topic[k, w] = in_topic.get((k, w), 0) + 1
    return p


@given(st.data())
def test_the_joint_probability_is_that_of_an_urn(data):
    ids = data.draw(st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=3))
    z = [[data.draw(st.integers(0, 2)) for _ in d] for d in ids]
    alpha, beta = data.draw(st.sampled_from([0.25, 1.0])), 0.5
    state = counted(ids, z, 4, 3, alpha, beta)
    expected = float(urn(ids, z, 4, 3, alpha, beta))
    assert math.exp(log_joint(state)) == pytest.approx(expected, rel=1e-9)


def test_the_joint_probability_equals_scipys_gamma_functions():
    state = start([[0, 1, 2, 3] * 10, [3, 3, 1]], 4, 3, seed=2)

    def dirichlet(rows, prior):
        rows = np.array(rows, dtype=float)
        size = rows.shape[1]
        return float(
            (
                gammaln(size * prior)
                - gammaln(rows.sum(axis=1) + size * prior)
                + (gammaln(rows + prior) - gammaln(prior)).sum(axis=1)
            ).sum()
        )

    expected = dirichlet(state.by_document, state.alpha)
    expected += dirichlet(np.array(state.by_word).T, state.beta)
    assert log_joint(state) == pytest.approx(expected, rel=1e-12)


@given(st.integers(0, 999), st.integers(0, 5))
def test_a_weight_is_the_share_of_the_joint_probability(seed, token):
    state = start(TINY, seed=seed, **MODEL)
    places = [
        (d, i) for d, document in enumerate(TINY) for i in range(len(document))
    ]
    d, i = places[token]
    w = TINY[d][i]
    joints = []
    for k in range(2):
        z = [list(row) for row in state.topics]
        z[d][i] = k
        joints.append(math.exp(log_joint(counted(TINY, z, **MODEL))))
    change(state, d, w, state.topics[d][i], -1)
    parts = weights(state, d, w)
    for part, joint in zip(parts, joints, strict=True):
        assert part / sum(parts) == pytest.approx(joint / sum(joints), rel=1e-9)


@pytest.mark.parametrize("step", [sweep, sweep_fast])
def test_the_long_run_is_the_posterior(step):
    exact = posterior(TINY, **MODEL)
    assert sum(exact.values()) == pytest.approx(1)
    shares = long_run(start(TINY, **MODEL), 20_000, step, seed=1)
    assert apart(shares, exact) < 0.03


def test_a_forgetful_sampler_is_found_out():
    exact = posterior(TINY, **MODEL)
    shares = long_run(start(TINY, **MODEL), 20_000, forgetful_sweep, seed=1)
    assert apart(shares, exact) > 0.08


@given(st.data())
def test_the_fast_sampler_draws_the_same_topics(data):
    ids = data.draw(st.lists(st.lists(st.integers(0, 5), max_size=9), max_size=5))
    k, seed = data.draw(st.integers(1, 5)), data.draw(st.integers(0, 99))
    slow, fast = (start(ids, 6, k, seed=seed) for _ in range(2))
    one, other = random.Random(seed), random.Random(seed)
    for _ in range(3):
        sweep(slow, one)
        sweep_fast(fast, other)
    assert slow == fast


@pytest.mark.assets
def test_the_fast_sampler_draws_the_same_topics_on_lee(lee):
    _, kept, ids = lee
    slow, fast = (start(ids[:100], len(kept), 20, 0.25, 0.01) for _ in range(2))
    one, other = random.Random(3), random.Random(3)
    for _ in range(2):
        sweep(slow, one)
        sweep_fast(fast, other)
    assert slow.topics == fast.topics
    assert slow.totals == fast.totals


def test_one_topic_is_the_unigram_model():
    ids = [[0, 1, 1, 2], [2, 2]]
    state = start(ids, 3, 1, alpha=0.3, beta=0.5)
    n = np.bincount([0, 1, 1, 2, 2, 2], minlength=3)
    p = (n + 0.5) / (n.sum() + 1.5)
    foretold = [1, 2, 2]
    expected = math.exp(-np.mean(np.log(p[foretold])))
    assert completion_perplexity(ids, word_shares(state)) == pytest.approx(expected)


# ── coherence ─────────────────────────────────────────────────────────────────────────────────────


def gensims(topics, texts, measure):
    dictionary = Dictionary(texts)
    model = CoherenceModel(
        topics=topics, texts=texts, dictionary=dictionary, coherence=measure,
        topn=max(map(len, topics)), processes=1,
    )  # fmt: skip
    return model.get_coherence_per_topic()


@pytest.mark.assets
def test_coherence_equals_gensims_on_lee(lee):
    texts, kept, ids = lee
    state = start(ids, len(kept), 8, 0.25, 0.01)
    sweep_fast(state, random.Random(0))
    topics = top_words(word_shares(state), kept, 10)
    relevant = [w for topic in topics for w in topic]
    whole = coherence.count_together(texts, relevant)
    ours = [coherence.u_mass(topic, whole) for topic in topics]
    np.testing.assert_allclose(ours, gensims(topics, texts, "u_mass"), atol=1e-9)
    theirs = gensims(topics, texts, "c_v")
    windows = coherence.count_as_gensim(texts, relevant)
    ours = [coherence.c_v(topic, windows) for topic in topics]
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    meant = coherence.count_together(texts, relevant, coherence.WINDOW)
    by_definition = [coherence.c_v(topic, meant) for topic in topics]
    assert 1e-3 < np.abs(np.subtract(by_definition, theirs)).max() < 0.05


@given(documents, st.integers(1, 4))
def test_the_two_counts_differ_where_a_word_recurs_in_a_window_alone(texts, size):
    meant = coherence.count_together(texts, "abc", size)
    theirs = coherence.count_as_gensim(texts, "abc", size)
    recurs = any(
        text[i] in text[i + 1 : i + size]
        for text in texts
        for i in range(len(text))
    )
    assert recurs or meant == theirs
    assert all(theirs[0][w] <= meant[0][w] for w in "abc")


@given(documents, st.permutations("abcdefg"))
def test_coherence_equals_gensims_on_made_up_texts(texts, order):
    topic = list(order[:3])
    said = {w for text in texts for w in text}
    assume(said.issuperset(topic))
    texts = [text for text in texts if text]
    whole = coherence.count_together(texts, topic)
    assert coherence.u_mass(topic, whole) == pytest.approx(
        gensims([topic], texts, "u_mass")[0], abs=1e-9
    )
    windows = coherence.count_together(texts, topic, coherence.WINDOW)
    # of two words in every window gensim says −1, and 1 is meant: see npmi
    assume(sum(n == windows[2] for n in windows[0].values()) == 0)
    assert coherence.c_v(topic, windows) == pytest.approx(
        gensims([topic], texts, "c_v")[0], abs=1e-7
    )
