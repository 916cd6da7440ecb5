"""Topic models and similarity: small cases worked by hand, edges, and what the chapter stores."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.learning.topics import (
    bags,
    book,
    coherence,
    exact,
    figures,
    lsa,
    similarity,
)
from nlpcourse.learning.topics.bm25 import (
    InvertedIndex,
    best,
    bm25,
    lucene_idf,
    robertson_idf,
)
from nlpcourse.learning.topics.fast_bm25 import FastBM25
from nlpcourse.learning.topics.fast_lda import sample
from nlpcourse.learning.topics.heldout import completion_perplexity, fold_in
from nlpcourse.learning.topics.lda import (
    counted,
    log_joint,
    start,
    sweep,
    top_words,
    topic_shares,
    word_shares,
)
from nlpcourse.learning.topics.recipes import (
    BEST_SEED,
    NUMBERS,
    SEEDS,
    posts,
    stored_comparison,
    stored_doc2vec,
    stored_topics,
)
from nlpcourse.learning.topics.table import TopicTable, pack, table_of, unpack

# ── words ─────────────────────────────────────────────────────────────────────────────────────────


def test_words_are_runs_of_letters_and_digits():
    assert bags.words("It's BM25, naïve_and 42!") == [
        "it", "s", "bm25", "naïve", "and", "42",
    ]  # fmt: skip
    assert bags.words("") == []


def test_a_vocabulary_leaves_out_the_rare_and_the_common():
    texts = [["a", "b", "c"], ["a", "b"], ["a", "d", "d"]]
    assert bags.vocabulary(texts) == ["a", "b", "c", "d"]
    assert bags.vocabulary(texts, least=2) == ["a", "b"]
    assert bags.vocabulary(texts, least=2, most=0.7) == ["b"]
    assert bags.vocabulary([]) == []


@pytest.mark.parametrize("call", [bags.vocabulary, InvertedIndex])
def test_a_text_that_is_not_cut_is_refused(call):
    with pytest.raises(ValueError, match="cut it into words"):
        call(["a text"])


# ── similarity ────────────────────────────────────────────────────────────────────────────────────


def test_empty_texts_and_zero_vectors_have_a_similarity():
    assert similarity.jaccard([], []) == 1
    assert similarity.jaccard([], ["a"]) == 0
    assert similarity.cosine(np.zeros(3), np.ones(3)) == 0
    assert similarity.soft_cosine(np.zeros(2), np.ones(2), np.eye(2)) == 0
    assert similarity.cosines(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4), st.integers(1, 9))
def test_a_text_said_twice_keeps_its_angle(counts, times):
    x, y = np.array(counts, dtype=float), np.array([1.0, 0, 2, 1])
    assert similarity.cosine(times * x, y) == pytest.approx(similarity.cosine(x, y))


def test_the_soft_cosine_of_unrelated_words_is_the_cosine():
    x, y = np.array([1.0, 2, 0]), np.array([0.0, 1, 1])
    assert similarity.soft_cosine(x, y, np.eye(3)) == similarity.cosine(x, y)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_none_are_refused(bad):
    broken = np.array([1.0, bad])
    with pytest.raises(ValueError, match="infinite or no number"):
        similarity.cosine(broken, np.ones(2))
    with pytest.raises(ValueError, match="finite"):
        similarity.cosines(np.array([broken]))
    with pytest.raises(ValueError, match="infinite or no number"):
        lsa.truncated_svd(np.array([broken]), 1)


def test_all_soft_cosines_at_once_are_the_single_ones():
    rng = np.random.default_rng(1)
    rows, half = rng.random((4, 3)), rng.random((3, 3))
    related = half @ half.T
    rows[2] = 0
    table = similarity.soft_cosines(rows, related)
    for i in range(4):
        for j in range(4):
            one = similarity.soft_cosine(rows[i], rows[j], related)
            assert table[i, j] == pytest.approx(one)


def test_a_gain_that_is_none_lies_about_zero_and_a_large_one_does_not():
    rng = np.random.default_rng(2)
    people = rng.random((30, 30))
    people = people + people.T
    noise = rng.random((30, 30))
    blurred, same = people + 3 * (noise + noise.T), people.copy()
    low, high = similarity.gain_interval(blurred, blurred, people, samples=50)
    assert low == high == 0
    assert similarity.gain_interval(blurred, same, people, samples=50)[0] > 0.1


def test_a_constant_table_has_no_correlation():
    with pytest.raises(ValueError, match="no correlation"):
        similarity.agreement(
            np.ones((3, 3)), np.random.default_rng(0).random((3, 3))
        )


# ── latent semantic analysis ──────────────────────────────────────────────────────────────────────


def test_a_word_in_one_document_weighs_one_and_a_spread_word_little():
    counts = np.array([[5.0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]])
    weights = lsa.entropy_weights(counts)
    assert weights[0] == 1
    assert weights[1] == pytest.approx(1 - math.log(4) / math.log(5))
    assert weights[2] == 0


def test_company_makes_documents_alike_that_share_no_word():
    notices = ["ship lost off island", "boat fights storm", "storm hits island",
               "team wins match", "match ends without goal", "team scores late goal"]  # fmt: skip
    texts = [notice.split() for notice in notices]
    kept = bags.vocabulary(texts)
    table = lsa.count_matrix(bags.numbered(texts, kept), len(kept))
    u, _, _ = lsa.truncated_svd(table, 2)
    plain, reduced = (
        similarity.cosines(table.T),
        similarity.cosines((u.T @ table).T),
    )
    assert plain[0, 1] == 0
    assert reduced[0, 1] > 0.99
    assert abs(reduced[0, 3]) < 1e-6


def test_a_table_without_rank_still_has_directions():
    u, s, _ = lsa.truncated_svd(np.zeros((3, 2)), 2)
    assert s.tolist() == [0, 0]
    assert u.shape == (3, 2)
    doubled = np.array([[1.0, 1.0], [2.0, 2.0]])  # two documents that are one
    assert lsa.truncated_svd(doubled, 2)[1][1] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("k", [0, 3])
def test_more_directions_than_there_are_are_refused(k):
    with pytest.raises(ValueError, match="between 1 and 2"):
        lsa.truncated_svd(np.ones((2, 5)), k)


# ── BM25 ──────────────────────────────────────────────────────────────────────────────────────────


def test_bm25_by_hand():
    index = InvertedIndex([["a", "a", "b"], ["b"], ["c", "c"]])
    idf = lucene_idf(index)
    assert idf["a"] == pytest.approx(math.log(1 + 2.5 / 1.5))
    length = 1 - 0.75 + 0.75 * 3 / 2
    assert bm25(index, ["a"], idf)[0] == pytest.approx(
        idf["a"] * 2 / (2 + 1.5 * length)
    )


def test_repeats_count_less_and_less():
    texts = [["a"] * n + ["x"] * (9 - n) for n in range(1, 9)]
    index = InvertedIndex(texts)
    scores = bm25(index, ["a"], lucene_idf(index), b=0)
    steps = np.diff([scores[i] for i in range(8)])
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()


def test_robertsons_weight_turns_common_words_against_a_document():
    index = InvertedIndex([["the", "cat"], ["the"], ["the", "dog"]])
    assert robertson_idf(index)["the"] < 0 < lucene_idf(index)["the"]
    assert robertson_idf(index, floor=0.25)["the"] != robertson_idf(index)["the"]


def test_nothing_asked_or_nothing_found_gives_nothing():
    index = InvertedIndex([[], ["a"]])
    fast = FastBM25(index, lucene_idf(index))
    for query in ([], ["zzz"]):
        assert bm25(index, query, lucene_idf(index)) == {}
        assert fast.best(query, 3) == []
    assert best({}, 3) == []
    assert InvertedIndex([[], []]).postings == {}


@pytest.mark.parametrize("settings", [{"k1": -1}, {"b": 1.5}, {"k1": math.nan}])
def test_settings_out_of_range_are_refused(settings):
    index = InvertedIndex([["a"]])
    with pytest.raises(ValueError, match=r"k1|b lies"):
        bm25(index, ["a"], lucene_idf(index), **settings)
    with pytest.raises(ValueError, match=r"k1|b lies"):
        FastBM25(index, lucene_idf(index), **settings)


# ── latent Dirichlet allocation ───────────────────────────────────────────────────────────────────

PLANTED = [[0, 1, 2] * 8, [3, 4, 5] * 8] * 6


def test_planted_topics_are_found():
    state = start(PLANTED, 6, 2, alpha=0.1, beta=0.1, seed=3)
    before = log_joint(state)
    assert len(list(sample(state, 30, seed=3))) == 30
    assert log_joint(state) > before
    found = {frozenset(top) for top in top_words(word_shares(state), "abcdef", 3)}
    assert found == {frozenset("abc"), frozenset("def")}


def test_counts_stay_those_of_the_assignment():
    state = start(PLANTED, 6, 3)
    sweep(state, random.Random(5))
    fresh = counted(PLANTED, state.topics, 6, 3, state.alpha, state.beta)
    assert state == fresh


def test_shares_sum_to_one():
    state = start([[0, 1], []], 3, 4)
    for row in topic_shares(state):
        assert sum(row) == pytest.approx(1)
    for column in zip(*word_shares(state), strict=True):
        assert sum(column) == pytest.approx(1)
    assert (
        topic_shares(state)[1] == [0.25] * 4
    )  # an empty document: the prior alone


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"n_topics": 0}, "a topic and a word"),
        ({"n_words": 0, "documents": [[]]}, "a topic and a word"),
        ({"alpha": 0}, "above 0"),
        ({"beta": math.nan}, "above 0"),
        ({"documents": [[7]]}, "not one of"),
    ],
)
def test_models_that_cannot_be_are_refused(wrong, says):
    given_ = {
        "documents": [[0]],
        "n_words": 2,
        "n_topics": 2,
        "alpha": 1,
        "beta": 1,
    }
    with pytest.raises(ValueError, match=says):
        start(**{**given_, **wrong})


def test_too_many_assignments_are_refused_at_once():
    with pytest.raises(ValueError, match="fewer words"):
        exact.posterior([[0] * 40], 1, 2, 1, 1)


def test_a_new_text_gets_the_topics_of_its_words():
    shares = [[0.9, 0.05], [0.05, 0.9], [0.05, 0.05]]
    assert fold_in([0] * 20, shares)[0] > 0.95
    assert fold_in([], shares) == [0.5, 0.5]
    assert fold_in([2, 2], shares) == pytest.approx([0.5, 0.5])
    assert sum(fold_in([0, 1, 1], shares)) == pytest.approx(1)


def test_perplexity_needs_words_to_foretell():
    with pytest.raises(ValueError, match="second word"):
        completion_perplexity([[0], []], [[1.0]])
    with pytest.raises(ValueError, match="no probability"):
        completion_perplexity([[0, 1]], [[1.0], [0.0]])


# ── coherence ─────────────────────────────────────────────────────────────────────────────────────


def test_words_in_company_are_more_coherent_than_strangers():
    texts = [["a", "b", "x"], ["a", "b"], ["c", "x"], ["c"]]
    whole = coherence.count_together(texts, "abc")
    assert coherence.u_mass(["a", "b"], whole) > coherence.u_mass(["a", "c"], whole)
    assert coherence.c_v(["a", "b"], whole) > coherence.c_v(["a", "c"], whole)


def test_two_words_of_every_text_are_always_together():
    counts = coherence.count_together([["a", "b"], ["b", "a"]], "ab")
    assert coherence.npmi("a", "b", counts) == 1


def test_a_word_that_no_text_says_is_named():
    counts = coherence.count_together([["a"]], ["a", "zzz"])
    with pytest.raises(ValueError, match="zzz"):
        coherence.u_mass(["a", "zzz"], counts)
    with pytest.raises(ValueError, match="two or more"):
        coherence.c_v(["a", "a"], counts)


# ── what is stored, and the book ──────────────────────────────────────────────────────────────────


@given(st.integers(0, 999))
def test_a_packed_table_comes_back(seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 3, size=(4, 3))
    state = start([[0, 1, 2, 3]], 4, 3)
    state.by_word = counts.tolist()
    table = table_of(state, list("abcd"), [-1.25])
    assert unpack(pack(table)) == table


def test_bytes_that_are_no_table_are_refused():
    with pytest.raises(ValueError, match="no packed table"):
        unpack(b"nonsense")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_stored_topics_are_distributions_that_got_likelier(seed):
    table = stored_topics(seed)
    assert isinstance(table, TopicTable)
    for column in zip(*table.shares(), strict=True):
        assert sum(column) == pytest.approx(1, abs=1e-9)
    assert sum(table.totals) == sum(map(sum, table.counts))
    assert table.log_joint[-1] > table.log_joint[0]


def test_the_best_seed_is_the_likeliest():
    last = {seed: stored_topics(seed).log_joint[-1] for seed in SEEDS}
    assert max(last, key=last.get) == BEST_SEED


def test_the_comparison_holds_all_trials_and_one_topic_is_no_chance():
    trials = stored_comparison()
    assert len(trials) == 2 * len(NUMBERS) * len(SEEDS)
    single = [t.perplexity for t in trials if t.topics == 1]
    assert max(single) - min(single) < 0.01 * min(single)


@pytest.mark.assets
def test_the_stored_topics_have_read_every_second_post():
    documents, labels = posts(0)
    table = stored_topics()
    known = set(table.words)
    assert len(documents) == len(labels)
    assert sum(w in known for d in documents for w in d) == sum(table.totals)


def test_prose_is_freed_of_its_mark_up():
    text = "# Title\n(a-1)=\nA {term}`bag <bags>` {ledger}`11.x` $x$ and `code`, [a](b)."
    assert book.plain(text.partition("\n")[2]) == "A bag and code, a."
    block = "```{playground} topics\n```\nAfter.\n$$\nx\n$$"
    assert book.plain(block) == "After."


def test_the_book_has_sections_and_its_glossary_questions():
    sections = book.read_book(["11"])
    assert {s.chapter for s in sections} == {"11"}
    assert len(sections) > 5
    assert not any(s.heading.startswith(book.LEFT_OUT) for s in sections)
    assert not any("{" in s.text for s in sections)
    questions = book.glossary_questions(["11"])
    assert "smoothing" in {q.term for q in questions}
    with pytest.raises(ValueError, match="no chapter 99"):
        book.read_book(["99"])


def test_ranks_are_counted_from_one():
    assert book.rank_of_chapter(["03", "02"], "02") == 2
    assert book.mean_reciprocal_rank([1, 0]) == 0.5
    with pytest.raises(ValueError, match="at least one"):
        book.mean_reciprocal_rank([])


def test_the_figures_show_what_they_are_given():
    panels = figures.how_many(stored_comparison()).axes
    titles = [panel.get_title(loc="left") for panel in panels]
    assert titles == ["perplexity", "c_v"]
    lines = panels[0].get_lines()
    first = [t.perplexity for t in stored_comparison() if t.topics == NUMBERS[0]]
    gibbs = next(line for line in lines if len(line.get_xdata()) == len(NUMBERS))
    assert min(first) - 1 < gibbs.get_ydata()[0] < max(first) + 1
    shares = np.array([[0.1, 0.9], [0.8, 0.2]])
    table = figures.groups(shares, ["a", "b"], ["sea", "war"]).axes[0]
    assert [label.get_text() for label in table.get_xticklabels()] == ["war", "sea"]
    assert len(figures.starts({"x": shares, "y": shares}).axes) == 3


def test_doc2vec_is_stored_for_every_seed():
    assert set(stored_doc2vec()) == set(SEEDS)
    assert all(0.3 < value < 0.6 for value in stored_doc2vec().values())
