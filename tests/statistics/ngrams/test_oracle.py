"""N-gram models by hand against NLTK's, on real text and on generated texts."""

import math
from itertools import chain, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.lm import MLE as NltkMLE
from nltk.lm import KneserNeyInterpolated, Lidstone, NgramCounter, Vocabulary
from nltk.lm.preprocessing import pad_both_ends, padded_everygrams
from nltk.util import everygrams

from nlpcourse import corpora
from nlpcourse.statistics.ngrams.as_nltk import NltkKneserNey
from nlpcourse.statistics.ngrams.counts import (
    UNKNOWN,
    count_followers,
    frequent_words,
    mask,
    pad,
)
from nlpcourse.statistics.ngrams.estimates import AddK, MaximumLikelihood
from nlpcourse.statistics.ngrams.fast import FastKneserNey, NgramTree
from nlpcourse.statistics.ngrams.smoothing import KneserNey

TOLERANCE = 1e-12

letters = st.sampled_from("abcde")
sentences = st.lists(
    st.lists(letters, min_size=1, max_size=8), min_size=1, max_size=8
)
questions = st.tuples(
    st.sampled_from("abcdexyz"), st.lists(st.sampled_from("abcdexyz"), max_size=2)
)


def library(model, texts, order, least=1):
    """Fit NLTK's model on padded texts; it masks the words that occur too rarely."""
    words = list(chain.from_iterable(pad_both_ends(t, n=order) for t in texts))
    model.vocab = Vocabulary(words, unk_cutoff=least, unk_label=UNKNOWN)
    model.fit([list(padded_everygrams(order, t)) for t in texts])
    return model


def ours(texts, order, least=1):
    padded = [pad(text, order) for text in texts]
    vocabulary = frequent_words(chain.from_iterable(padded), least)
    masked = [mask(text, vocabulary) for text in padded]
    return count_followers(masked, order), vocabulary


def same(mine, theirs, word, context):
    try:
        expected = theirs.score(word, tuple(context) or None)
    except ZeroDivisionError:
        with pytest.raises(ValueError, match="divides by zero"):
            mine.probability(word, context)
        return
    assert mine.probability(word, context) == pytest.approx(expected, abs=TOLERANCE)


def all_questions(vocabulary, counts, order):
    """Seen, unseen and unknown words after seen, unseen and unknown contexts."""
    words = [*sorted(vocabulary)[:12], "never"]
    contexts = [*islice((c for c in counts if len(c) < order), 0, None, 97)]
    contexts += [
        ("never",),
        ("never",) * (order - 1),
        ("the", "never")[: order - 1],
    ]
    contexts = [context for context in contexts if len(context) < order]
    return [(word, context) for context in contexts for word in words]


def texts_of(name):
    """Return 60 lines of real text."""
    if name == "emma":
        stream = corpora.gutenberg()["austen-emma"].split()[:2400]
    else:
        stream = corpora.wikitext_2("valid").split()[:2400]
    return [stream[start : start + 40] for start in range(0, len(stream), 40)]


@pytest.mark.assets
@pytest.mark.parametrize("name", ["emma", "wikitext"])
@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize("discount", [0.1, 0.75])
def test_kneser_ney_equals_nltk_on_real_text(name, order, discount):
    texts = texts_of(name)
    theirs = library(KneserNeyInterpolated(order, discount), texts, order, 2)
    counts, vocabulary = ours(texts, order, 2)
    mine = NltkKneserNey(counts, vocabulary, discount)
    for word, context in all_questions(vocabulary, counts, order)[:400]:
        same(mine, theirs, word, context)


@pytest.mark.assets
@pytest.mark.parametrize("name", ["emma", "wikitext"])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_relative_frequencies_and_add_k_equal_nltk_on_real_text(name, order):
    texts = texts_of(name)
    counts, vocabulary = ours(texts, order, 2)
    pairs = [(MaximumLikelihood(counts, vocabulary), NltkMLE(order))]
    for k in (0.05, 1.0):
        pairs.append((AddK(counts, vocabulary, k), Lidstone(k, order)))
    for mine, theirs in pairs:
        library(theirs, texts, order, 2)
        assert len(theirs.vocab) == len(mine.vocabulary)
        for word, context in all_questions(vocabulary, counts, order):
            same(mine, theirs, word, context)


@settings(max_examples=25, deadline=None)
@given(
    sentences,
    st.lists(questions, max_size=12),
    st.integers(2, 4),
    st.sampled_from([0.1, 0.5, 0.75, 1.0]),
)
def test_kneser_ney_equals_nltk_on_made_up_texts(texts, asked, order, discount):
    theirs = library(KneserNeyInterpolated(order, discount), texts, order)
    mine = NltkKneserNey(*ours(texts, order), discount)
    for word, context in asked:
        same(mine, theirs, word, context[-(order - 1) :])


@settings(max_examples=25, deadline=None)
@given(
    sentences,
    st.lists(questions, max_size=12),
    st.integers(1, 4),
    st.sampled_from([0.01, 0.5, 1.0, 3.0]),
)
def test_the_simple_models_equal_nltk_on_made_up_texts(texts, asked, order, k):
    counts, vocabulary = ours(texts, order)
    mle = library(NltkMLE(order), texts, order)
    lidstone = library(Lidstone(k, order), texts, order)
    for word, context in asked:
        context = context[: order - 1]
        same(MaximumLikelihood(counts, vocabulary), mle, word, context)
        same(AddK(counts, vocabulary, k), lidstone, word, context)


@settings(max_examples=25, deadline=None)
@given(st.lists(letters, min_size=4, max_size=40), st.integers(2, 4))
def test_without_padding_too(text, order):
    """One stream without signs, where some contexts stand at its start only."""
    vocab = Vocabulary(text, unk_cutoff=1, unk_label=UNKNOWN)
    theirs = KneserNeyInterpolated(order, 0.75, vocabulary=vocab)
    theirs.fit([list(everygrams(text, max_len=order))])
    mine = NltkKneserNey(count_followers([text], order), {*text, UNKNOWN}, 0.75)
    for context in {(), *mine.plain}:
        for word in "abcx":
            same(mine, theirs, word, context)


@pytest.mark.assets
def test_our_kneser_ney_differs_from_nltk_by_the_last_step_alone():
    """Inside a stream the textbook's model is NLTK's, but for the equal probabilities.

    NLTK's contexts hand on to undiscounted continuation shares; ours to shares that are
    discounted and mixed with 1/V.  Exchange the one for the other and all are equal.
    """
    text = corpora.wikitext_2_tokens("valid")[:3000]
    text = [*text, *text[:2]]  # so that every context has a word before it
    vocab = Vocabulary(text, unk_cutoff=1, unk_label=UNKNOWN)
    theirs = KneserNeyInterpolated(3, 0.75, vocabulary=vocab)
    theirs.fit([list(everygrams(text, max_len=3))])
    mine = KneserNey(count_followers([text], 3), {*text, UNKNOWN}, 0.75)
    context = ("of", "the")
    left = 1.0  # D · types / total of the two longer contexts
    for c in (context, context[1:]):
        left *= mine.left_over(mine.followers[c])
    for word in sorted(set(text)):
        base = mine.probability(word) - theirs.score(word)
        apart = mine.probability(word, context) - theirs.score(word, context)
        assert apart == pytest.approx(left * base, abs=TOLERANCE)


def test_nltk_counts_its_unknown_sign_twice_when_the_text_holds_it():
    """Why these tests leave the masking to NLTK: else add-k sums to less than one."""
    vocab = Vocabulary(["a", "a", UNKNOWN], unk_cutoff=1, unk_label=UNKNOWN)
    assert len(vocab) == 3
    theirs = Lidstone(1, 1, vocabulary=vocab)
    theirs.fit([[("a",), ("a",), (UNKNOWN,)]])
    assert math.fsum(map(theirs.score, {"a", UNKNOWN})) == pytest.approx(5 / 6)


@settings(max_examples=25, deadline=None)
@given(sentences, st.integers(2, 5), st.sampled_from([0.1, 0.75, 1.0]), sentences)
def test_the_fast_model_equals_the_readable_one(texts, order, discount, asked):
    counts = count_followers(texts, order)
    vocabulary = {*chain.from_iterable(texts), UNKNOWN}
    if max(map(len, counts)) == 0:  # texts of one word each
        return
    slow = KneserNey(counts, vocabulary, discount)
    order = slow.order
    fast = FastKneserNey(NgramTree(texts, vocabulary, order), discount)
    for text in [*texts, *asked, ["x", "a", "x"]]:
        logs = fast.log_probabilities(text, given=0)
        for i, (word, log) in enumerate(zip(text, logs, strict=True)):
            context = text[max(0, i - order + 1) : i]
            assert slow.probability(word, context) == pytest.approx(
                math.exp(log), abs=TOLERANCE
            )


@pytest.mark.assets
def test_the_fast_model_equals_the_readable_one_on_real_text():
    valid = corpora.wikitext_2_tokens("valid")
    train, test = valid[:40_000], valid[40_000:40_300]
    vocabulary = frequent_words(train, 2)
    masked = mask(train, vocabulary)
    tree = NgramTree([train], vocabulary, 5)
    for order in (2, 3, 5):
        slow = KneserNey(count_followers([masked], order), vocabulary, 0.8)
        fast = FastKneserNey(tree, 0.8, order)
        logs = fast.log_probabilities(test)
        for i, log in enumerate(logs, start=1):
            context = test[max(0, i - order + 1) : i]
            p = slow.probability(test[i], context)
            assert log == pytest.approx(math.log(p), abs=1e-10)
            assert fast.probability(test[i], context) == pytest.approx(p)


@settings(max_examples=25, deadline=None)
@given(st.lists(letters, min_size=1, max_size=60), st.integers(1, 4))
def test_counts_equal_nltks_counter(text, order):
    counts = count_followers([text], order)
    theirs = NgramCounter([everygrams(text, max_len=order)])
    assert sum(c.total() for c in counts.values()) == theirs.N()
    for context, seen in counts.items():
        expected = theirs[context] if context else theirs.unigrams
        assert dict(seen) == dict(expected)
