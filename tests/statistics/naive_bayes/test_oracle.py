"""Naive Bayes by hand against scikit-learn (1e-12) and NLTK (1e-9)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import BernoulliNB, MultinomialNB

from nlpcourse import corpora
from nlpcourse.statistics.naive_bayes.features import (
    count,
    once,
    unswallow,
    with_bigrams,
    words,
)
from nlpcourse.statistics.naive_bayes.models import (
    BernoulliNaiveBayes,
    MultinomialNaiveBayes,
    normalise,
)

TOLERANCE = 1e-12

bags = st.lists(st.text("abcdefgh", min_size=1, max_size=2), max_size=30)
data_sets = st.lists(
    st.tuples(bags, st.sampled_from(["x", "y", "z"])), min_size=2, max_size=25
)
alphas = st.floats(0.01, 20)


def messages():
    pairs = [
        pair for m in corpora.sms_spam() for pair in unswallow(m.text, m.label)
    ]
    return [words(text) for text, _ in pairs], [label for _, label in pairs]


def films():
    rated = [r for r in corpora.sentiment_4("movie") if r.rating != 0]
    return [words(r.text) for r in rated], [
        "good" if r.rating > 0 else "bad" for r in rated
    ]


def film_bigrams():
    documents, labels = films()
    return [with_bigrams(document) for document in documents], labels


def assert_multinomial_equal(train, labels, test, alpha):
    vectorizer = CountVectorizer(analyzer=lambda document: document)
    theirs = MultinomialNB(alpha=alpha).fit(vectorizer.fit_transform(train), labels)
    ours = MultinomialNaiveBayes(count(train, labels), alpha)
    names = vectorizer.get_feature_names_out()
    for row, label in zip(theirs.feature_log_prob_, theirs.classes_, strict=True):
        mine = np.array([ours.log_likelihood[label][name] for name in names])
        np.testing.assert_allclose(mine, row, rtol=0, atol=TOLERANCE)
    assert list(ours.log_prior) == list(theirs.classes_)
    assert_same_posteriors(ours, theirs, vectorizer, test)


def assert_bernoulli_equal(train, labels, test, alpha):
    vectorizer = CountVectorizer(analyzer=lambda document: document)
    theirs = BernoulliNB(alpha=alpha).fit(vectorizer.fit_transform(train), labels)
    ours = BernoulliNaiveBayes(count(map(once, train), labels), alpha)
    names = vectorizer.get_feature_names_out()
    for row, label in zip(theirs.feature_log_prob_, theirs.classes_, strict=True):
        mine = np.array([ours.log_present[label][name] for name in names])
        np.testing.assert_allclose(mine, row, rtol=0, atol=TOLERANCE)
    assert_same_posteriors(ours, theirs, vectorizer, test)


def assert_same_posteriors(ours, theirs, vectorizer, test):
    expected = theirs.predict_proba(vectorizer.transform(test))
    posteriors = [ours.posterior(document) for document in test]
    got = np.array([[p[label] for label in theirs.classes_] for p in posteriors])
    np.testing.assert_allclose(got, expected, rtol=0, atol=TOLERANCE)


@pytest.mark.assets
@pytest.mark.parametrize("load", [messages, films, film_bigrams])
@pytest.mark.parametrize("alpha", [0.1, 1.0])
def test_multinomial_equals_scikit_learn_on_real_text(load, alpha):
    documents, labels = load()
    half = len(documents) // 2
    assert_multinomial_equal(
        documents[:half], labels[:half], documents[half:], alpha
    )


@pytest.mark.assets
@pytest.mark.parametrize("load", [messages, films])
@pytest.mark.parametrize("alpha", [0.1, 1.0])
def test_bernoulli_equals_scikit_learn_on_real_text(load, alpha):
    documents, labels = load()
    half = len(documents) // 2
    assert_bernoulli_equal(documents[:half], labels[:half], documents[half:], alpha)


def usable(data):
    """scikit-learn needs two classes and a vocabulary."""
    return len({label for _, label in data}) > 1 and any(bag for bag, _ in data)


@settings(deadline=None)
@given(data_sets.filter(usable), st.lists(bags, min_size=1, max_size=5), alphas)
def test_multinomial_equals_scikit_learn_on_made_up_bags(data, test, alpha):
    assert_multinomial_equal(
        [bag for bag, _ in data], [label for _, label in data], test, alpha
    )


@settings(deadline=None)
@given(data_sets.filter(usable), st.lists(bags, min_size=1, max_size=5), alphas)
def test_bernoulli_equals_scikit_learn_on_made_up_bags(data, test, alpha):
    assert_bernoulli_equal(
        [bag for bag, _ in data], [label for _, label in data], test, alpha
    )


def present_only(model, n_documents, document):
    """NLTK's rule: half an imagined document, priors smoothed too, absent words passed over."""
    total, classes = sum(n_documents.values()), len(n_documents)
    joint = {}
    for label, n in n_documents.items():
        log_p = model.log_present[label]
        log_prior = math.log((n + 0.5) / (total + 0.5 * classes))
        joint[label] = math.fsum(
            [log_prior, *(log_p[w] for w in once(document) if w in log_p)]
        )
    return normalise(joint)


@pytest.mark.assets
def test_nltk_is_bernoulli_without_the_absent_words():
    from nltk.classify import NaiveBayesClassifier

    documents, labels = messages()
    train, test = 1500, 200
    theirs = NaiveBayesClassifier.train(
        [
            (dict.fromkeys(d, True), c)
            for d, c in zip(documents[:train], labels, strict=False)
        ]
    )
    counts = count(map(once, documents[:train]), labels[:train])
    ours = BernoulliNaiveBayes(counts, alpha=0.5)
    for document in documents[train : train + test]:
        expected = theirs.prob_classify(dict.fromkeys(document, True))
        got = present_only(ours, counts.documents, document)
        for label, share in got.items():
            assert share == pytest.approx(expected.prob(label), abs=1e-9)
