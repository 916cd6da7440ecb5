"""The taggers by hand against NLTK 3.10: the same tags, and after training the same weights."""

from __future__ import annotations

import functools
import random

import nltk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tag.perceptron import PerceptronTagger as Nltk

from nlpcourse import corpora
from nlpcourse.text.tagging import fast, ladder, perceptron
from nlpcourse.text.tagging.recipes import stored_tagger


@functools.cache
def split():
    news = corpora.brown("news")
    size = int(len(news) * 0.9)
    return news[:size], news[size:]


def as_nltk(tagger):
    other = Nltk(load=False)
    other.model.weights = tagger.weights
    other.model.classes = other.classes = set(tagger.tags)
    other.tagdict = dict(tagger.sure)
    return other


def nltk_trained(sentences, readings, seed):
    other = Nltk(load=False)
    random.seed(seed)
    other.train([list(s) for s in sentences], nr_iter=readings)
    return other


# ── the ladder ────────────────────────────────────────────────────────────────────────────────────


def ladders(train):
    """Yield pairs of a ladder and of NLTK's tagger of the same kind, trained alike."""
    nn, t0 = [ladder.always("NN")], nltk.DefaultTagger("NN")
    yield nn, t0
    patterns = [ladder.by_pattern(), *nn]
    t1 = nltk.RegexpTagger(list(ladder.PATTERNS), backoff=t0)
    yield patterns, t1
    endings = [ladder.learn(ladder.ending, train, patterns), *patterns]
    t2 = nltk.AffixTagger(train, affix_length=-3, min_stem_length=2, backoff=t1)
    yield endings, t2
    word = [ladder.learn(ladder.word, train, endings), *endings]
    t3 = nltk.UnigramTagger(train, backoff=t2)
    yield word, t3
    pair = [ladder.learn(ladder.tag_and_word, train, word), *word]
    t4 = nltk.BigramTagger(train, backoff=t3)
    yield pair, t4
    triple = [ladder.learn(ladder.two_tags_and_word, train, pair), *pair]
    yield triple, nltk.TrigramTagger(train, backoff=t4)
    for context, kind in (
        (ladder.word, nltk.UnigramTagger),
        (ladder.tag_and_word, nltk.BigramTagger),
        (ladder.two_tags_and_word, nltk.TrigramTagger),
    ):
        yield [ladder.learn(context, train)], kind(train)


@pytest.mark.assets
def test_every_ladder_gives_nltks_tags_on_the_news():
    train, test = split()
    for ours, theirs in ladders(train[:800]):
        for sentence in test[:200]:
            words = [word for word, _ in sentence]
            assert ladder.tag(ours, words) == [tag for _, tag in theirs.tag(words)]


WORDS = st.sampled_from(
    ["the", "The", "permit", "walks", "walked", "walking", "1961", "12.5", "well-known", "-",
     "Emma's", "é", "\ud800", "🫨🏽", "عربي", "could", "classes", ""]
)  # fmt: skip
TAGS = st.sampled_from(["NN", "VB", "AT", "IN", "JJ"])
SENTENCES = st.lists(
    st.lists(st.tuples(WORDS, TAGS), min_size=1, max_size=7), min_size=1, max_size=8
)


@settings(max_examples=150, deadline=None)
@given(SENTENCES, st.lists(WORDS, max_size=9))
def test_every_ladder_gives_nltks_tags_on_made_up_sentences(train, words):
    for ours, theirs in ladders(train):
        assert ladder.tag(ours, words) == [tag for _, tag in theirs.tag(words)]


# ── the perceptron ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.assets
def test_both_trainings_learn_nltks_weights_on_the_news():
    train = split()[0][:150]
    theirs = nltk_trained(train, 3, seed=5)
    for ours in (perceptron.train(train, 3, seed=5), fast.train(train, 3, seed=5)):
        assert ours.weights == theirs.model.weights
        assert ours.sure == theirs.tagdict
        assert set(ours.tags) == theirs.classes


@settings(max_examples=150, deadline=None)
@given(
    SENTENCES, st.integers(1, 4), st.integers(0, 99), st.lists(WORDS, max_size=9)
)
def test_both_trainings_learn_nltks_weights_on_made_up_sentences(
    train, readings, seed, words
):
    theirs = nltk_trained(train, readings, seed)
    for ours in (
        perceptron.train(train, readings, seed),
        fast.train(train, readings, seed),
    ):
        assert ours.weights == theirs.model.weights
        assert ours.sure == theirs.tagdict
        assert ours.tag(words) == [tag for _, tag in theirs.tag(words)]


@pytest.mark.assets
def test_the_stored_tagger_gives_nltks_tags():
    tagger = stored_tagger()
    theirs = as_nltk(tagger)
    for sentence in corpora.brown("romance")[:150] + split()[1][:150]:
        words = [word for word, _ in sentence]
        assert tagger.tag(words) == [tag for _, tag in theirs.tag(words)]


WEIGHTS = st.dictionaries(TAGS, st.integers(-3, 3).map(lambda n: n / 8), max_size=5)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_weights_give_nltks_tags(data):
    """Ties, negative scores and tags without a weight are decided as NLTK decides them."""
    words = data.draw(st.lists(WORDS, min_size=1, max_size=6))
    clues = {
        f
        for place in perceptron.places(words)
        for f in (*place.form, *place.around)
    }
    clues |= {f"i-1 tag {tag}" for tag in ("NN", "VB", "AT", "IN", "JJ")}
    weights = {clue: data.draw(WEIGHTS) for clue in sorted(clues)}
    tagger = perceptron.PerceptronTagger(
        weights, {}, ["AT", "IN", "JJ", "NN", "VB"]
    )
    assert tagger.tag(words) == [tag for _, tag in as_nltk(tagger).tag(words)]


@given(st.lists(st.dictionaries(TAGS, st.integers(-4, 4), max_size=5), max_size=6))
def test_packed_scores_choose_the_same_tag(rows):
    fields = fast.Fields(["AT", "IN", "JJ", "NN", "VB"])
    packed = sum(fields.one[t] * w for row in rows for t, w in row.items())
    scores = perceptron.add_up(
        map(str, range(len(rows))), dict(zip("012345", rows, strict=False))
    )
    assert fields.best(packed) == perceptron.best(scores, fields.tags)
