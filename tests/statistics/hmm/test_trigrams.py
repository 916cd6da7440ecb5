"""A memory of two tags: by hand against every path, and against NLTK's TnT on the news of Brown."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tag.tnt import TnT

from nlpcourse import corpora
from nlpcourse.statistics.hmm.model import count
from nlpcourse.statistics.hmm.tagging import SuffixGuesser, score
from nlpcourse.statistics.hmm.trigrams import (
    EDGE,
    TrigramTagger,
    count_triples,
    weights,
)

FISH = [
    [("people", "N"), ("fish", "V")],
    [("fish", "N"), ("swim", "V")],
    [("go", "V"), ("fish", "V")],
]
tagged = st.lists(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("XYZ")),
        min_size=1,
        max_size=6,
    ),
    min_size=1,
    max_size=8,
)


def nltks(sentences):
    theirs = TnT(N=10**300)  # a beam so wide that it drops nothing
    theirs.train([list(s) for s in sentences])
    return theirs


def score_of(tagger, words, tags):
    """The log probability of one path, by its own road."""
    steps = [EDGE, EDGE, *tags, EDGE]
    p = [
        tagger.step(*three)
        for three in zip(steps, steps[1:], steps[2:], strict=False)
    ]
    said = [tagger.emits(w).get(t, 0.0) for w, t in zip(words, tags, strict=True)]
    return sum(math.log(x) for x in p + said) if all(p + said) else -math.inf


def test_the_counts_on_paper():
    after = count_triples(FISH)
    assert after[EDGE, EDGE] == {"N": 2, "V": 1}
    assert after["N",] == {"V": 2}
    assert after["V",] == {EDGE: 3, "V": 1}
    assert after[()] == {"N": 2, "V": 4, EDGE: 3}
    assert count_triples([[]]) == {}


def test_a_step_mixes_three_shares():
    tagger = TrigramTagger.of(FISH)
    one, two, three = tagger.weights
    assert one + two + three == pytest.approx(1)
    expected = one * 4 / 9 + two * 2 / 2 + three * 2 / 2
    assert tagger.step(EDGE, "N", "V") == pytest.approx(expected)
    # a history that was never seen leaves the shorter ones
    assert tagger.step("V", "N", "V") == pytest.approx(one * 4 / 9 + two)


@settings(max_examples=60, deadline=None)
@given(tagged)
def test_steps_sum_to_one_where_the_history_was_seen(sentences):
    tagger = TrigramTagger.of(sentences)
    for history in (h for h in tagger.after if len(h) == 2):
        total = sum(tagger.step(*history, tag) for tag in tagger.after[()])
        assert total == pytest.approx(1)


@settings(max_examples=60, deadline=None)
@given(tagged, st.lists(st.sampled_from("abc"), min_size=1, max_size=5))
def test_the_path_is_the_best_of_all(sentences, words):
    tagger = TrigramTagger.of(sentences)
    if not all(map(tagger.emits, words)):
        with pytest.raises(ValueError, match="no path reaches word"):
            tagger.path(words)
        return
    every = itertools.product("XYZ", repeat=len(words))
    best = max(score_of(tagger, words, tags) for tags in every)
    if best == -math.inf:
        return
    assert score_of(tagger, words, tagger.path(words)) == pytest.approx(best)


@settings(max_examples=40, deadline=None)
@given(tagged)
def test_weights_and_best_score_as_nltk(sentences):
    ours, theirs = TrigramTagger.of(sentences), nltks(sentences)
    expected = (theirs._lambda1, theirs._lambda2, theirs._lambda3)
    assert ours.weights == pytest.approx(expected, abs=1e-12)
    words = [word for word, _ in sentences[0]]
    tags = [tag for _, tag in theirs.tag(words)]
    mine = score_of(ours, words, ours.path(words))
    # two paths can be equally good; NLTK never goes below a floor
    assert mine >= score_of(ours, words, tags) - 1e-9


def test_edges():
    tagger = TrigramTagger.of(FISH)
    assert tagger.path([]) == []
    assert tagger.path(["fish"]) in (["N"], ["V"])
    with pytest.raises(ValueError, match="word 2"):
        tagger.path(["fish", "blorkness"])
    guessing = TrigramTagger.of(FISH, lambda word: {"N": 1.0, "V": 0.5})
    assert len(guessing.path(["blorkness"] * 2000)) == 2000
    with pytest.raises(ValueError, match="no triples"):
        weights({})
    with pytest.raises(ValueError, match="no tagged words"):
        TrigramTagger.of([])


@pytest.mark.assets
def test_as_nltk_on_the_news_and_better_than_pairs():
    news = corpora.brown()[:4623]
    training, test = news[:4160], news[4160:]
    counts = count(training)
    ours = TrigramTagger.of(training, SuffixGuesser.of(counts))
    theirs = nltks(training)
    expected = (theirs._lambda1, theirs._lambda2, theirs._lambda3)
    assert ours.weights == pytest.approx(expected, abs=1e-12)
    known = [s for s in test if all(w in counts.words for w, _ in s)]
    assert len(known) > 40
    for sentence in known:
        words = [word for word, _ in sentence]
        assert ours.path(words) == [tag for _, tag in theirs.tag(words)]
    found = score(ours.path, test, counts.words)
    # NLTK's own accuracy here is 0.92794: two words of 10,033 more
    assert found.accuracy == pytest.approx(0.9279, abs=0.0003)
