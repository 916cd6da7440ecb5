"""Naive Bayes by hand: the textbook's example, its edges, and what it says of real messages."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse import corpora
from nlpcourse.statistics.naive_bayes.calibration import (
    calibration_error,
    dealt_anew,
    most_probable,
    out_of_fold,
    reliability,
)
from nlpcourse.statistics.naive_bayes.explain import explain, telling_words
from nlpcourse.statistics.naive_bayes.features import (
    Counts,
    count,
    once,
    unswallow,
    with_bigrams,
    words,
)
from nlpcourse.statistics.naive_bayes.models import (
    BernoulliNaiveBayes,
    MultinomialNaiveBayes,
    log_sum_exp,
    normalise,
)

# Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval, table 13.1.
BOOK = [
    (["Chinese", "Beijing", "Chinese"], "China"),
    (["Chinese", "Chinese", "Shanghai"], "China"),
    (["Chinese", "Macao"], "China"),
    (["Tokyo", "Japan", "Chinese"], "not China"),
]
QUESTION = ["Chinese", "Chinese", "Chinese", "Tokyo", "Japan"]

some_words = st.lists(st.sampled_from("abcdefg"), max_size=12)
labelled = st.lists(
    st.tuples(some_words, st.sampled_from(["x", "y", "z"])), min_size=1, max_size=12
)


def book_counts(binary: bool = False) -> Counts:
    documents = [once(d) if binary else d for d, _ in BOOK]
    return count(documents, [label for _, label in BOOK])


def test_multinomial_gives_the_textbook_example():
    joint = MultinomialNaiveBayes(book_counts()).joint(QUESTION)
    # Example 13.1: 3/4 · (3/7)³ · 1/14 · 1/14 and 1/4 · (2/9)³ · 2/9 · 2/9
    assert math.exp(joint["China"]) == pytest.approx(
        3 / 4 * (3 / 7) ** 3 / 14 / 14, rel=1e-12
    )
    assert math.exp(joint["not China"]) == pytest.approx(
        1 / 4 * (2 / 9) ** 5, rel=1e-12
    )
    assert MultinomialNaiveBayes(book_counts()).predict(QUESTION) == "China"


def test_bernoulli_gives_the_textbook_example():
    model = BernoulliNaiveBayes(book_counts(binary=True))
    joint = model.joint(QUESTION)
    # Example 13.2: the two models disagree on this document
    expected = 3 / 4 * 4 / 5 * (1 / 5) ** 2 * (1 - 2 / 5) ** 3
    assert math.exp(joint["China"]) == pytest.approx(expected, rel=1e-12)
    assert model.predict(QUESTION) == "not China"


def test_words_keep_marks_and_inner_apostrophes():
    assert words("Don’t WAIT—call 0800 now!!") == [
        "don’t", "wait", "—", "call", "0800", "now", "!", "!",
    ]  # fmt: skip
    assert words("") == []


def test_bigrams_of_short_documents():
    assert with_bigrams([]) == []
    assert with_bigrams(["one"]) == ["one"]


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=20))
def test_log_sum_exp_is_exact_and_shifts(values):
    shifted = log_sum_exp([v - 5000 for v in values])
    assert shifted == pytest.approx(log_sum_exp(values) - 5000, abs=1e-8)
    assert (
        max(values)
        <= log_sum_exp(values)
        <= max(values) + math.log(len(values)) + 1e-9
    )


def test_log_sum_exp_of_impossible_things():
    assert log_sum_exp([-math.inf, -math.inf]) == -math.inf
    assert log_sum_exp([-math.inf, 0.0]) == 0.0


@given(labelled, some_words, st.floats(1e-6, 10))
def test_posteriors_are_distributions(data, document, alpha):
    labels = [label for _, label in data]
    for model in (
        MultinomialNaiveBayes(count([d for d, _ in data], labels), alpha),
        BernoulliNaiveBayes(count([once(d) for d, _ in data], labels), alpha),
    ):
        posterior = model.posterior(document)
        assert math.fsum(posterior.values()) == pytest.approx(1, abs=1e-12)
        assert posterior[model.predict(document)] == max(posterior.values())


@given(labelled, st.floats(0.001, 5))
def test_word_probabilities_sum_to_one(data, alpha):
    model = MultinomialNaiveBayes(
        count([d for d, _ in data], [c for _, c in data]), alpha
    )
    for log_p in model.log_likelihood.values():
        if log_p:
            assert math.fsum(map(math.exp, log_p.values())) == pytest.approx(
                1, abs=1e-12
            )


@given(labelled, some_words, st.sampled_from([0.0, 0.5, 1.0]))
def test_fast_bernoulli_equals_the_definition(data, document, alpha):
    model = BernoulliNaiveBayes(
        count([once(d) for d, _ in data], [c for _, c in data]), alpha
    )
    fast, slow = model.joint(document), model.joint_by_definition(document)
    assert fast == pytest.approx(slow, abs=1e-10)


@given(labelled, some_words)
def test_order_of_words_does_not_matter(data, document):
    model = MultinomialNaiveBayes(count([d for d, _ in data], [c for _, c in data]))
    assert model.joint(document) == model.joint(document[::-1])


@given(labelled, some_words)
def test_explanation_adds_up_to_the_log_odds(data, document):
    model = MultinomialNaiveBayes(count([d for d, _ in data], [c for _, c in data]))
    first, *others = model.log_prior
    for second in others:
        why = explain(model, [*document, "never seen"], first, second)
        joint = model.joint(document)
        assert why.log_odds == pytest.approx(
            joint[first] - joint[second], abs=1e-10
        )
        assert "never seen" in why.unknown
        assert sorted(
            w for p in why.contributions for w in [p.word] * p.times
        ) == sorted(w for w in document if w in model.log_likelihood[first])


def test_without_smoothing_one_new_word_makes_every_class_impossible():
    counts = count([["free", "call"], ["call", "me"]], ["spam", "ham"])
    model = MultinomialNaiveBayes(counts, alpha=0)
    assert model.posterior(["free"]) == {"ham": 0.0, "spam": 1.0}
    with pytest.raises(ValueError, match="alpha > 0"):
        model.posterior(["free", "me"])


def test_a_class_without_words_is_not_a_crash():
    model = MultinomialNaiveBayes(count([[], ["a"]], ["empty", "full"]), alpha=0)
    assert model.predict(["a"]) == "full"
    assert MultinomialNaiveBayes(count([[]], ["empty"])).posterior(["a"]) == {
        "empty": 1.0
    }


def test_given_prior_replaces_the_counted_one():
    counts = count([["a"], ["a"], ["a"]], ["x", "x", "y"])
    even = MultinomialNaiveBayes(counts, prior={"x": 0.5, "y": 0.5})
    assert even.posterior([]) == pytest.approx({"x": 0.5, "y": 0.5})
    assert MultinomialNaiveBayes(counts).posterior([]) == pytest.approx(
        {"x": 2 / 3, "y": 1 / 3}
    )


@pytest.mark.parametrize("alpha", [-1, math.inf, math.nan])
def test_wrong_alpha_is_refused(alpha):
    counts = count([["a"]], ["x"])
    for model in (MultinomialNaiveBayes, BernoulliNaiveBayes):
        with pytest.raises(ValueError, match="alpha"):
            model(counts, alpha)


@pytest.mark.parametrize(
    "prior", [{"x": 1.0}, {"x": 0.7, "y": 0.7}, {"x": 1.5, "y": -0.5}]
)
def test_wrong_prior_is_refused(prior):
    counts = count([["a"], ["b"]], ["x", "y"])
    with pytest.raises(ValueError, match="prior"):
        MultinomialNaiveBayes(counts, prior=prior)


def test_counts_of_repeated_words_are_refused_by_bernoulli():
    with pytest.raises(ValueError, match="once"):
        BernoulliNaiveBayes(count([["a", "a"]], ["x"]))


def test_counting_nothing_or_unequal_lengths_is_refused():
    with pytest.raises(ValueError, match="no documents"):
        count([], [])
    with pytest.raises(ValueError, match="1 documents and 0 labels"):
        count([["a"]], [])


def test_a_posterior_that_no_class_allows_is_refused():
    with pytest.raises(ValueError, match="smooth"):
        normalise({"a": -math.inf, "b": -math.inf})


def test_out_of_fold_never_trains_on_the_document_it_judges():
    documents = [
        [str(i)] for i in range(10)
    ]  # each word occurs in one document only
    labels = ["x", "y"] * 5
    seen: list[Counts] = []

    def train(counts: Counts) -> MultinomialNaiveBayes:
        seen.append(counts)
        return MultinomialNaiveBayes(counts)

    posteriors = out_of_fold(documents, labels, train, folds=5, seed=1)
    assert len(posteriors) == 10
    assert all(len(counts.vocabulary) == 8 for counts in seen)
    # a model that knew the document would not fall back on its prior
    assert {round(p["x"] * 8) for p in posteriors} <= set(range(9))


def test_most_probable_breaks_ties_by_name():
    assert most_probable([{"b": 0.5, "a": 0.5}]) == ["a"]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_reliability_keeps_every_prediction(pairs):
    groups = reliability([c for c, _ in pairs], [hit for _, hit in pairs])
    assert sum(group.size for group in groups) == len(pairs)
    assert sum(g.accuracy * g.size for g in groups) == pytest.approx(
        sum(h for _, h in pairs)
    )
    assert 0 <= calibration_error(groups) <= 1


def test_reliability_refuses_what_is_no_probability():
    with pytest.raises(ValueError, match="between 0 and 1"):
        reliability([1.2], [True])


@pytest.mark.assets
def test_the_message_file_holds_737_swallowed_messages():
    raw = corpora.sms_spam()
    messages = [pair for item in raw for pair in unswallow(item.text, item.label)]
    assert len(raw) == 4837
    # the published size of the collection: 5,574 messages, 747 of them spam
    assert len(messages) == 5574
    assert Counter(label for _, label in messages) == {"ham": 4827, "spam": 747}
    assert max(len(text) for text, _ in messages) < 1000


@pytest.mark.assets
def test_labels_in_the_text_are_the_most_telling_words_until_they_are_removed():
    raw = corpora.sms_spam()
    leaky = MultinomialNaiveBayes(
        count([words(m.text) for m in raw], [m.label for m in raw])
    )
    assert telling_words(leaky, "ham", "spam")[0][0] == "ham"
    messages = [pair for item in raw for pair in unswallow(item.text, item.label)]
    mended = MultinomialNaiveBayes(
        count([words(t) for t, _ in messages], [c for _, c in messages])
    )
    assert telling_words(mended, "spam", "ham")[0][0] == "claim"


@pytest.mark.assets
def test_negation_needs_bigrams():
    rated = [r for r in corpora.sentiment_4("movie") if r.rating != 0]
    labels = ["good" if r.rating > 0 else "bad" for r in rated]
    bags = [words(r.text) for r in rated]
    single = MultinomialNaiveBayes(count(bags, labels))
    pairs = MultinomialNaiveBayes(
        count([with_bigrams(bag) for bag in bags], labels)
    )
    sentence = words("The film is not good")
    assert single.predict(sentence) == "good"
    assert pairs.predict(with_bigrams(sentence)) == "bad"


# ------------------------------------------------------------------------------------- edges


def small() -> MultinomialNaiveBayes:
    return MultinomialNaiveBayes(count([["a", "b"], ["b"]], ["x", "y"]))


@pytest.mark.parametrize(
    ("call", "words_of_the_error"),
    [
        (lambda: count([], []), "no documents"),
        (lambda: count([["a"]], []), "1 documents and 0 labels"),
        (lambda: count([["a"]], ["x", "y"]), "1 documents and 2 labels"),
        (lambda: count(["free call"], ["spam"]), "sequence of words"),
        (lambda: with_bigrams("free call"), "sequence of words"),
        (lambda: once("free call"), "sequence of words"),
        (lambda: small().posterior("a b"), "sequence of words"),
        (lambda: small().predict("a b"), "sequence of words"),
        (lambda: normalise({}), "no classes"),
        (lambda: normalise({"x": math.nan}), "not a logarithm"),
        (lambda: normalise({"x": math.inf}), "not a logarithm"),
        (lambda: explain(small(), ["a"], "x", "z"), "it has 'x', 'y'"),
        (lambda: telling_words(small(), "z", "y"), "no class 'z'"),
        (lambda: explain(small(), "a b", "x", "y"), "sequence of words"),
        (lambda: out_of_fold([["a"]] * 3, ["x"] * 2, MultinomialNaiveBayes), "2 labels"),
        (lambda: out_of_fold([["a"]], ["x"], MultinomialNaiveBayes), "between 2 and n=1"),
        (lambda: most_probable([{}]), "no classes"),
        (lambda: reliability([0.5], []), "1 confidences, 0 outcomes"),
        (lambda: reliability([math.nan], [True]), "between 0 and 1"),
        (lambda: reliability([95], [True]), "between 0 and 1"),
        (lambda: reliability([0.5], [True], bins=0), "1 bin or more"),
        (lambda: calibration_error([]), "no predictions"),
        (lambda: dealt_anew([], []), "no documents"),
        (lambda: MultinomialNaiveBayes(count([["a"]], ["x"]), alpha=math.nan), "alpha"),
        (lambda: BernoulliNaiveBayes(count([["a"]], ["x"]), alpha=-1), "alpha"),
    ],
)  # fmt: skip
def test_an_edge_that_has_no_answer_says_what_is_wrong(call, words_of_the_error):
    with pytest.raises(ValueError, match=words_of_the_error):
        call()


def test_edges_that_have_an_answer():
    assert log_sum_exp([]) == -math.inf
    assert log_sum_exp([math.inf, 0.0]) == math.inf
    assert math.isnan(log_sum_exp([math.nan, 0.0]))
    assert words("") == with_bigrams([]) == once([]) == most_probable([]) == []
    assert reliability([], []) == []
    assert small().posterior([]) == {"x": 0.5, "y": 0.5}
    alone = MultinomialNaiveBayes(count([["a"]], ["x"]))
    assert alone.posterior(["a", "z"]) == {"x": 1.0}
    wordless = MultinomialNaiveBayes(count([[], []], ["x", "y"]))
    assert wordless.posterior(["a"]) == {"x": 0.5, "y": 0.5}


def test_arrays_are_as_good_as_lists():
    documents = [np.array(["a", "b"]), np.array(["b"])]
    found = MultinomialNaiveBayes(count(documents, np.array(["x", "y"])))
    assert found.posterior(np.array(["a"])) == small().posterior(["a"])


def test_a_veto_in_both_directions_is_no_log_odds():
    careless = MultinomialNaiveBayes(count([["a"], ["b"]], ["x", "y"]), alpha=0)
    assert explain(careless, ["a"], "x", "y").log_odds == math.inf
    with pytest.raises(ValueError, match="both classes are impossible"):
        _ = explain(careless, ["a", "b"], "x", "y").log_odds
    three = count([["a"], ["b"], ["c"]], ["x", "y", "z"])
    with pytest.raises(ValueError, match="'c' is impossible in both"):
        explain(MultinomialNaiveBayes(three, alpha=0), ["c"], "x", "y")


@given(labelled, st.integers(0, 99))
def test_dealing_anew_keeps_lengths_and_the_words_of_each_class(pairs, seed):
    documents, labels = [d for d, _ in pairs], [label for _, label in pairs]
    dealt = dealt_anew(documents, labels, seed)
    assert list(map(len, dealt)) == list(map(len, documents))
    assert count(dealt, labels) == count(documents, labels)
    assert dealt == dealt_anew(documents, labels, seed)
