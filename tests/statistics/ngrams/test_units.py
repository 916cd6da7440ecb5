"""N-gram models by hand: sums, edges, the textbook's arithmetic, checks and playground."""

import json
import math
import random
from collections import Counter
from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answers import each_meets_its_question
from nlpcourse import corpora
from nlpcourse.exercises import parameters
from nlpcourse.page.views import render_views
from nlpcourse.statistics.ngrams import playground as room
from nlpcourse.statistics.ngrams import wikitext
from nlpcourse.statistics.ngrams.as_nltk import NltkKneserNey
from nlpcourse.statistics.ngrams.checks import discounted
from nlpcourse.statistics.ngrams.counts import (
    UNKNOWN,
    count_followers,
    frequent_words,
    mask,
    ngrams,
    pad,
    seen_share,
    split_words,
)
from nlpcourse.statistics.ngrams.estimates import (
    AddK,
    LanguageModel,
    MaximumLikelihood,
)
from nlpcourse.statistics.ngrams.fast import (
    FastKneserNey,
    NgramTree,
    modified_discounts,
    one_discount,
)
from nlpcourse.statistics.ngrams.perplexity import (
    cross_entropy,
    log_probabilities,
    perplexity,
)
from nlpcourse.statistics.ngrams.sampling import draw_word, longest_copy, sample
from nlpcourse.statistics.ngrams.smoothing import (
    AbsoluteDiscounting,
    FixedShare,
    KneserNey,
    continuation_counts,
    counts_in_both_halves,
)

SENTENCE = "the cat sat on the mat and the dog sat on the cat"
TEXT = SENTENCE.split()
CITIES = "San Francisco or San Francisco or San Jose"
VOCABULARY = {*TEXT, UNKNOWN}

texts = st.lists(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=9),
    min_size=1,
    max_size=6,
).filter(lambda found: max(map(len, found)) > 1)
contexts = st.lists(st.sampled_from("abcdx"), max_size=4)
discounts = st.sampled_from([0.1, 0.5, 0.75, 1.0])


def models(found, order):
    counts = count_followers(found, order)
    vocabulary = {*chain.from_iterable(found), UNKNOWN}
    tree = NgramTree(found, vocabulary, order)
    yield AddK(counts, vocabulary, 0.3)
    yield FixedShare(counts, vocabulary, 0.6)
    yield AbsoluteDiscounting(counts, vocabulary, 0.75)
    yield KneserNey(counts, vocabulary, 0.75)
    yield FastKneserNey(tree, 0.75)


@settings(max_examples=40, deadline=None)
@given(texts, st.integers(2, 4), contexts)
def test_every_model_shares_out_exactly_one(found, order, context):
    for model in models(found, order):
        words = {*chain.from_iterable(found), UNKNOWN}
        shares = [model.probability(word, context) for word in words]
        assert math.fsum(shares) == pytest.approx(1, abs=1e-12)
        assert min(shares) > 0


@settings(max_examples=25, deadline=None)
@given(texts, contexts)
def test_modified_kneser_ney_sums_to_one(found, context):
    vocabulary = {*chain.from_iterable(found), UNKNOWN}
    tree = NgramTree(found, vocabulary, 3)
    model = FastKneserNey(tree, lambda counts: (0.0, 0.4, 1.1, 1.5))
    shares = [model.probability(word, context) for word in vocabulary]
    assert math.fsum(shares) == pytest.approx(1, abs=1e-12)


def test_nltks_kneser_ney_shares_out_more_than_one_at_a_beginning():
    """Why the chapter keeps two versions."""
    padded = [pad(s.split(), 3) for s in ("a b", "a c", "b a")]
    vocabulary = {*chain.from_iterable(padded), UNKNOWN}
    counts = count_followers(padded, 3)
    for context in (("<s>",), ("<s>", "<s>")):
        nltk = NltkKneserNey(counts, vocabulary, 0.75)
        ours = KneserNey(counts, vocabulary, 0.75)
        theirs = math.fsum(nltk.probability(w, context) for w in vocabulary)
        assert theirs > 1.05
        mine = math.fsum(ours.probability(w, context) for w in vocabulary)
        assert mine == pytest.approx(1, abs=1e-12)


def test_kneser_ney_worked_by_hand():
    text = CITIES.split()
    model = KneserNey(count_followers([text], 2), {*text, UNKNOWN}, 0.5)
    # pairs: San Francisco (2), Francisco or (2), or San (2), San Jose (1)
    lower = (1 - 0.5) / 4 + 0.5 * 4 / 4 / 5  # one predecessor of four pairs; V = 5
    assert model.probability("Francisco") == pytest.approx(lower)
    assert model.probability("Francisco", ["San"]) == pytest.approx(
        (2 - 0.5) / 3 + 0.5 * 2 / 3 * lower
    )
    assert model.probability(UNKNOWN, ["San"]) == pytest.approx(
        0.5 * 2 / 3 * (0.5 / 5)
    )


def test_continuation_counts_are_of_different_predecessors():
    counts = continuation_counts(count_followers([TEXT], 3))
    assert counts[()]["the"] == 2  # on the, and the
    assert counts[()]["cat"] == 1
    assert counts["the",]["cat"] == 1  # on the cat; the first has nothing before it
    assert counts["sat", "on"]["the"] == 2  # the longest keep their plain counts


def test_relative_frequencies_of_an_unseen_context_are_zero():
    model = MaximumLikelihood(count_followers([TEXT], 2), VOCABULARY)
    assert model.probability("sat", ["cat"]) == 1.0
    assert model.probability("cat", ["zebra"]) == 0.0
    assert log_probabilities(model, ["cat", "mat"]) == [-math.inf]
    assert perplexity([-1.0, -math.inf]) == math.inf


def test_longer_contexts_are_cut_to_the_order():
    model = KneserNey(count_followers([TEXT], 2), VOCABULARY, 0.75)
    long = ["dog", "and", "the"]
    assert model.probability("cat", long) == model.probability("cat", ["the"])
    single = AddK(count_followers([TEXT], 1), VOCABULARY, 1)
    assert single.order == 1
    assert single.probability("cat", long) == single.probability("cat")


def test_unknown_words_are_read_as_the_sign():
    vocabulary = frequent_words(TEXT, 2)
    masked = mask(TEXT, vocabulary)
    model = KneserNey(count_followers([masked], 2), vocabulary, 0.75)
    assert model.probability("zebra", ["the"]) == model.probability(
        UNKNOWN, ["the"]
    )
    assert model.probability("cat", ["zebra"]) == model.probability("cat", ["mat"])


def test_a_fair_die_has_perplexity_six():
    assert perplexity([math.log(1 / 6)] * 10) == pytest.approx(6)
    assert cross_entropy([math.log(1 / 6)] * 10) == pytest.approx(math.log(6))
    with pytest.raises(ValueError, match="no words"):
        cross_entropy([])


def test_short_texts_have_no_long_ngrams():
    assert list(ngrams(["a"], 2)) == []
    assert max(map(len, count_followers([["a"]], 3))) == 0
    assert split_words("Emma's—£5!") == ["emma's", "—", "£", "5", "!"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda c: count_followers([TEXT], 0), "order"),
        (lambda c: AddK({}, VOCABULARY, 1), "no words"),
        (lambda c: AddK(c, set(TEXT), 1), "must hold"),
        (lambda c: AddK(c, {UNKNOWN, "cat"}, 1), "mask the text"),
        (lambda c: AddK(c, VOCABULARY, 0), "more than 0"),
        (lambda c: FixedShare(c, VOCABULARY, 1), "between 0 and 1"),
        (lambda c: KneserNey(c, VOCABULARY, 1.5), "between 0 and 1"),
        (lambda c: KneserNey(count_followers([TEXT], 1), VOCABULARY, 0.5), "order"),
        (lambda c: NgramTree([TEXT], VOCABULARY, 1), "order"),
        (lambda c: NgramTree([TEXT], set(TEXT), 2), "must hold"),
        (lambda c: FastKneserNey(NgramTree([TEXT], VOCABULARY, 2), 0), "between"),
        (
            lambda c: FastKneserNey(NgramTree([TEXT], VOCABULARY, 2), 0.5, 3),
            "order",
        ),
        (lambda c: modified_discounts([1, 1, 2]), "must occur"),
        (lambda c: sample(KneserNey(c, VOCABULARY, 0.5), [], -1), "length"),
        (
            lambda c: sample(KneserNey(c, VOCABULARY, 0.5), "the cat", 1),
            "cut it first",
        ),
        (
            lambda c: sample(
                KneserNey(c, VOCABULARY, 0.5), [], 1, never=VOCABULARY
            ),
            "no word",
        ),
        (lambda c: ngrams(TEXT, 0), "1 or more"),
        (lambda c: count_followers(TEXT, 2), "cut it first"),
        (lambda c: pad(TEXT, 0), "1 or more"),
        (lambda c: pad(SENTENCE, 2), "cut it first"),
        (lambda c: seen_share(TEXT, [], 1), "no n-grams"),
        (lambda c: seen_share(TEXT, TEXT, 0), "1 or more"),
        (lambda c: AddK(c, VOCABULARY, math.nan), "more than 0"),
        (lambda c: AddK(c, VOCABULARY, math.inf), "more than 0"),
        (lambda c: FixedShare(c, VOCABULARY, math.nan), "between 0 and 1"),
        (lambda c: KneserNey(c, VOCABULARY, math.nan), "between 0 and 1"),
        (lambda c: KneserNey({}, VOCABULARY, 0.5), "no words"),
        (lambda c: continuation_counts({}), "no words"),
        (
            lambda c: AddK(c, VOCABULARY, 1).probability("cat", "the"),
            "cut it first",
        ),
        (
            lambda c: log_probabilities(AddK(c, VOCABULARY, 1), TEXT, -1),
            "0 or more",
        ),
        (lambda c: counts_in_both_halves(TEXT, TEXT, 0, 9), "1 or more"),
        (lambda c: longest_copy(SENTENCE, TEXT), "cut it first"),
        (lambda c: NgramTree([], VOCABULARY, 2), "no words"),
        (lambda c: NgramTree([[]], VOCABULARY, 2), "no words"),
        (lambda c: NgramTree(TEXT, VOCABULARY, 2), "cut it first"),
        (
            lambda c: FastKneserNey(NgramTree([TEXT], VOCABULARY, 2), 0.5, 0),
            "order",
        ),
        (lambda c: one_discount([1, 1, 3]), "must occur"),
        (lambda c: wikitext.per_third([0.0, 0.0]), "no thirds"),
        (
            lambda c: wikitext.unigram_log_probabilities(["a"], ["a", "b"]),
            "hold 'b'",
        ),
        (lambda c: wikitext.sentence_log_probabilities("a b"), "cut it first"),
    ],
)
def test_what_makes_no_sense_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make(count_followers([TEXT], 2))


def test_edges_that_have_an_answer():
    assert split_words("") == mask([], VOCABULARY) == longest_copy([], TEXT) == []
    assert longest_copy(TEXT, []) == []
    assert frequent_words([], 2) == {UNKNOWN}
    assert counts_in_both_halves([], TEXT, 2, 9) == {}
    assert perplexity([-1000.0]) == perplexity([-math.inf]) == math.inf
    assert math.isnan(perplexity([math.nan]))
    counts = count_followers([TEXT], 2)
    assert log_probabilities(AddK(counts, VOCABULARY, 1), []) == []
    alone = KneserNey(count_followers([["a", "b"]], 2), {UNKNOWN, "a", "b"}, 1)
    assert math.fsum(alone.probability(w, ["a"]) for w in alone.vocabulary) == 1
    only = AddK(count_followers([[UNKNOWN]], 1), {UNKNOWN}, 1)
    assert only.probability("whatever") == 1
    assert sample(KneserNey(counts, VOCABULARY, 0.5), [], 0) == []


def test_arrays_are_as_good_as_lists():
    words = np.array(TEXT)
    counts = count_followers([words], 2)
    assert counts == count_followers([TEXT], 2)
    model = KneserNey(counts, VOCABULARY, 0.5)
    logs = log_probabilities(model, words)
    assert logs == log_probabilities(model, TEXT)
    assert perplexity(np.array(logs)) == pytest.approx(perplexity(logs))
    tree = NgramTree([words], VOCABULARY, 2)
    assert FastKneserNey(tree, 0.5).log_probabilities(words) == pytest.approx(logs)


def test_a_model_without_an_estimate_says_so():
    with pytest.raises(TypeError, match="LanguageModel"):
        LanguageModel(count_followers([TEXT], 1), VOCABULARY).probability("cat")


@settings(max_examples=10, deadline=None)
@given(texts, contexts, discounts)
def test_words_are_drawn_as_often_as_they_are_probable(found, context, discount):
    vocabulary = {*chain.from_iterable(found), UNKNOWN}
    model = KneserNey(count_followers(found, 3), vocabulary, discount)
    generator, draws = random.Random(1), 3000
    drawn = Counter(draw_word(model, context, generator) for _ in range(draws))
    for word in vocabulary:
        p = model.probability(word, context)
        error = math.sqrt(p * (1 - p) / draws)
        assert abs(drawn[word] / draws - p) <= 5 * error


def test_samples_repeat_with_their_seed_and_obey():
    model = KneserNey(count_followers([TEXT], 2), VOCABULARY, 0.75)
    once = sample(model, ["the"], 30, seed=3)
    assert (
        once == sample(model, ["the"], 30, seed=3) != sample(model, ["the"], 30, 4)
    )
    assert len(once) == 31
    assert once[0] == "the"
    assert UNKNOWN not in sample(model, ["the"], 200, never={UNKNOWN})


def test_the_longest_copy_respects_words():
    assert longest_copy(["a", "cat"], ["a", "category"]) == ["a"]
    assert longest_copy([], TEXT) == []
    assert longest_copy(TEXT[3:7], TEXT) == TEXT[3:7]


@pytest.mark.assets
def test_wikitext_has_the_published_vocabulary_and_one_sentence_can_be_followed():
    train = corpora.wikitext_2_tokens("train")[:60_000]
    vocabulary = frozenset(corpora.wikitext_2_tokens("train"))
    assert len(vocabulary) == 33_278
    model = FastKneserNey(NgramTree([train], vocabulary, 3), modified_discounts)
    sentence = "The game was released in Xanadubia ."
    words = sentence.split()
    found = wikitext.sentence_log_probabilities(words, model)
    assert [w for w, _ in found] == [*words[:5], UNKNOWN, "."]
    assert [log for _, log in found] == model.log_probabilities(["<eos>", *words])
    unigram = wikitext.unigram_log_probabilities(train, words[:2])
    assert unigram == [pytest.approx(math.log(train.count("game") / len(train)))]


# ── the checks ────────────────────────────────────────────────────────────────────────────────────


def follows_but_counts_the_last_word(text, before, word):
    pairs = list(pairwise(text))
    return pairs.count((before, word)) / text.count(before)


P = parameters("09.4")
SEEN = sum(P["counts"].values())
seen_shares = {w: P["counts"].get(w, 0) / SEEN for w in P["shorter"]}
nothing_handed_on = {
    w: max(P["counts"].get(w, 0) - P["discount"], 0) / SEEN for w in P["shorter"]
}
one_discount_handed_on = {
    w: nothing_handed_on[w] + P["discount"] / SEEN * share
    for w, share in P["shorter"].items()
}


def test_the_exercise_and_the_chapters_model_discount_alike():
    words = [w for w, n in P["counts"].items() for _ in range(n)]
    counts = count_followers([["now", w] for w in words], 2)
    model = AbsoluteDiscounting(counts, {*words, "now", UNKNOWN}, P["discount"])
    shorter = {w: model.estimate(w, ()) for w in model.vocabulary}
    mine = discounted(P["counts"], P["discount"], shorter)
    for word in shorter:
        assert mine[word] == pytest.approx(model.probability(word, ["now"]))


test_wrong_answers_are_met_with_a_question = each_meets_its_question(
    [
        ("09.1", follows_but_counts_the_last_word, "follow it there"),
        ("09.1", lambda t, b, w: t.count(w) / len(t), "still possible"),
        ("09.2", lambda p: -sum(map(math.log, p)) / len(p), "cross-entropy"),
        ("09.2", lambda p: len(p) / sum(p), "mean of the probabilities"),
        ("09.2", lambda p: 1 / math.prod(p), "share it out"),
        ("09.2", lambda p: math.prod(p) ** (-1 / len(p)), "stops"),
        ("09.3", lambda t, w: t.count(w) / len(t), "every time"),
        (
            "09.3",
            lambda t, w: len({a for a, b in pairwise(t) if b == w}),
            "Of how many",
        ),
        ("09.5", lambda w, b, f: 1 / len(f), "same"),
        ("09.5", lambda w, b, f: f[b].get(w, 0) / f[b].total(), "impossible"),
        ("09.5", lambda w, b, f: 0.5, "sum to"),
        ("09.5", lambda w, b, f: math.nan, "between 0 and 1"),
        ("09.4", seen_shares, "taken off"),
        ("09.4", nothing_handed_on, "To whom"),
        ("09.4", one_discount_handed_on, "how many different"),
        ("09.4", {}, "no probability"),
        ("09.4", [0.25] * 4, "dictionary"),
    ]
)


# ── the playground ────────────────────────────────────────────────────────────────────────────────

TINY = {name: room._pack(TEXT * 3) for name in room.RESOURCES}


def play(resources=TINY, **inputs):
    defaults = {field["name"]: field["value"] for field in room.INPUTS}
    result = room.run({**defaults, **inputs}, resources)
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def test_the_page_shows_what_each_probability_rests_on():
    result = play(sentence="the cat sat on zebra", order="3")
    table = next(v for v in result["views"] if v["kind"] == "table")
    assert [row[3] for row in table["rows"]][2] == "3 of 5 times after `the cat`"
    assert table["rows"][4][3] == "not in the book"
    assert any("`zebra`" in v.get("text", "") for v in result["views"])
    mean = sum(row[2] for row in table["rows"]) / 5
    assert result["summary"].startswith(f"Perplexity {2**mean:,.0f}: ")


def test_the_page_writes_on_and_repeats_itself_with_its_seed():
    first = play(start="the dog", seed=2)["views"][-2]
    assert [t["text"] for t in first["tokens"]][:2] == ["the", "dog"]
    assert len(first["tokens"]) == 2 + room.WRITTEN
    assert first == play(start="the dog", seed="2")["views"][-2]
    assert first != play(start="the dog", seed=3)["views"][-2]


def test_an_empty_page_is_friendly():
    result = play(sentence="  ", start="")
    assert "Type a sentence" in result["views"][0]["text"]
    assert "<script>" not in render_views(play(sentence="<script>")["views"])


@pytest.mark.assets
def test_the_books_are_small_and_the_default_page_teaches():
    resources = {name: make() for name, make in room.RESOURCES.items()}
    assert sum(map(len, resources.values())) < 1_500_000
    result = play(resources)
    assert "computer" in result["summary"]
    assert len(json.dumps(result)) < 60_000
    words = room.unpack(resources[room.RESOURCE[room.ALICE]])
    assert words == split_words(corpora.gutenberg()["carroll-alice"])
