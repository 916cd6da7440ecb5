"""VADER by hand against vaderSentiment 3.3.2, and our table against scikit-learn."""

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from nlpcourse import corpora
from nlpcourse.text.lexicon import rules
from nlpcourse.text.lexicon.table import DOMAINS, overall
from nlpcourse.text.lexicon.vader import analyse, shares


@functools.cache
def library():
    return SentimentIntensityAnalyzer()


@functools.cache
def lexicon():
    return corpora.vader_lexicon()


def ours(text):
    found = analyse(text, lexicon().valence, lexicon().emoji)
    return {**shares(found), "compound": found.compound}


@pytest.mark.assets
def test_the_asset_is_the_librarys_own_lexicon():
    assert lexicon().valence == library().lexicon
    assert lexicon().emoji == library().emojis


@pytest.mark.assets
@pytest.mark.parametrize("domain", DOMAINS)
def test_all_four_scores_equal_the_librarys_on_every_sentence(domain):
    different = [
        item.text
        for item in corpora.sentiment_4(domain)
        if ours(item.text) != library().polarity_scores(item.text)
    ]
    assert not different


WORDS = st.one_of(
    st.sampled_from(sorted(rules.BOOSTERS | rules.DAMPENERS)),
    st.sampled_from(sorted(rules.NEGATIONS)),
    st.sampled_from(
        [p for phrase in rules.IDIOMS for p in (phrase, *phrase.split())]
    ),
    st.sampled_from(
        [
            "good",
            "great",
            "bad",
            "horrible",
            "sucks",
            "lol",
            ":)",
            ":(",
            ":D",
            "happy",
            "sad",
            "no",
            "no",
            "no",
            "but",
            "but",
            "least",
            "at",
            "very",
            "never",
            "so",
            "this",
            "without",
            "doubt",
            "or",
            "nor",
            "kind",
            "of",
            "sort",
            "of",
            "just",
            "enough",
            "the",
            "a",
            "movie",
            "is",
            "sO-so",
            "can't",
            "😊",
            "💔",
            "❤",
            "die",
            "like",
            "well",
            ":-)",
            "<3",
        ]
    ),
)
SHAPES = st.sampled_from(
    [str, str.upper, str.title, "{}!".format, "{}??".format, "({})".format, "{}😊".format]
)  # fmt: skip
SENTENCES = st.lists(st.tuples(WORDS, SHAPES), max_size=14).map(
    lambda pairs: " ".join(shape(word) for word, shape in pairs)
)


@pytest.mark.assets
@settings(max_examples=2500, deadline=None)
@given(SENTENCES)
def test_all_four_scores_equal_the_librarys_on_made_up_sentences(text):
    assert ours(text) == library().polarity_scores(text)


@pytest.mark.assets
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_all_four_scores_equal_the_librarys_on_words_of_the_lexicon(data):
    known = st.sampled_from(sorted(lexicon().valence))
    words = data.draw(st.lists(st.one_of(known, WORDS), max_size=12))
    text = " ".join(words)
    assert ours(text) == library().polarity_scores(text)


@pytest.mark.assets
@settings(max_examples=500, deadline=None)
@given(st.text(max_size=80))
def test_all_four_scores_equal_the_librarys_on_any_text(text):
    assert ours(text) == library().polarity_scores(text)


@pytest.mark.assets
@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "x" * 10**6,
        "\ud800 good",
        "جيد good",
        "go\u0301od good",
        "👩‍👩‍👧‍👦💔💔 good💔",
        "NO good",
        "NO GOOD but fun",
        "yeah right great",
        "!?" * 40 + "good",
        "to die for: a cake to die for great",
    ],
    ids=range(12),
)
def test_all_four_scores_equal_the_librarys_at_the_edges(text):
    assert ours(text) == library().polarity_scores(text)


@given(
    st.lists(
        st.tuples(st.sampled_from([-1, 0, 1]), st.sampled_from([-1, 0, 1])),
        min_size=1,
        max_size=40,
    )
)
def test_overall_equals_scikit_learns_weighted_average(pairs):
    gold, said = [g for g, _ in pairs], [s for _, s in pairs]
    theirs = precision_recall_fscore_support(
        gold, said, average="weighted", zero_division=0.0
    )
    assert overall(gold, said) == pytest.approx(theirs[:3], abs=1e-12)
