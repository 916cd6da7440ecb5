"""Sentiment by lexicon: the rules one by one, odd input, and what the files say of themselves."""

import math
import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse import corpora
from nlpcourse.assets import path
from nlpcourse.text.lexicon.failures import (
    has_negation,
    outcomes,
    right_when_speaking,
    usages,
)
from nlpcourse.text.lexicon.release_2014 import score_2014, split_2014
from nlpcourse.text.lexicon.rules import (
    contrast,
    degree,
    emphasis,
    idiom,
    least,
    negation,
)
from nlpcourse.text.lexicon.table import (
    PUBLISHED,
    human_line,
    line,
    overall,
    pearson,
    polarity,
)
from nlpcourse.text.lexicon.vader import (
    RULES,
    analyse,
    shares,
    squash,
    word_sum,
)
from nlpcourse.text.lexicon.words import spell_emoji, split

TINY = {"good": 1.9, "bad": -2.5, "great": 3.1, "no": -1.2, "kind": 2.4}

# ── the rules ─────────────────────────────────────────────────────────────────────────────────────


def rules(text):
    return [step.rule for steps in analyse(text, TINY).steps for step in steps[1:]]


@pytest.mark.parametrize(
    ("text", "fired"),
    [
        ("good", []),
        ("very good", ["degree"]),
        ("GOOD day", ["capitals"]),
        ("GOOD DAY", []),
        ("a day that is good", []),
        ("not a very good day", ["degree", "negation"]),
        ("not one of the good days", []),
        ("never so good", ["degree", "negation"]),
        ("without a doubt good", []),
        ("no good", ["negation", "negation"]),
        ("the least good", ["negation"]),
        ("at least good", []),
        ("it is kind of good", ["idiom"]),
    ],
)
def test_which_rules_fire(text, fired):
    assert rules(text) == fired


def test_rules_change_the_score_as_they_should():
    def score(text):
        return analyse(text, TINY).compound

    assert score("very good") > score("good") > score("slightly good") > 0
    assert score("very bad") < score("bad") < score("slightly bad") < 0
    assert 0 > score("not good") > -score("good")
    assert score("good!!!!") == score("good!!!!!!!")
    assert score("good, but bad") < 0 < score("bad, but great")
    assert score("") == score("a day") == 0


@pytest.mark.parametrize("name", RULES)
def test_a_rule_that_is_left_out_does_nothing(name):
    text = "It is kind of good, but not a VERY good day, GREAT!! Never so good, no bad."
    assert analyse(text, TINY, off=[name]) != analyse(text, TINY)
    plain = analyse(text, TINY, off=RULES)
    assert all(len(steps) <= 1 for steps in plain.steps)
    assert plain.total == pytest.approx(3 * 1.9 + 3.1 - 1.2 - 2.5)


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="no rule is called 'irony'"):
        analyse("good", TINY, off=["irony"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: negation([]), "one to three words before"),
        (lambda: idiom(["a", "good"], 1, 1.9), "three words before"),
        (lambda: contrast(["good"], []), "each word needs one"),
        (lambda: squash(1.0, alpha=0), "alpha must be above 0"),
        (lambda: squash(math.inf), "finite"),
        (lambda: polarity(math.nan), "need a number"),
        (lambda: pearson([1, 2], [3, 3]), "do not vary"),
        (lambda: pearson([1], [2]), "length of 2 or more"),
        (lambda: overall([], []), "no labels"),
        (lambda: human_line([[1], []]), "without ratings"),
        (lambda: outcomes([], []), "give one of each"),
        (lambda: right_when_speaking([1.0], [0.0]), "every score is neutral"),
        (lambda: usages([["a"]], [], TINY), "as many ratings"),
    ],
)
def test_bad_input_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_contrast_changes_the_first_of_equal_valences():
    """The library's quirk: 3.8 is halved to 1.9, and then the 1.9 is looked for by its value."""
    changed = contrast(["a", "b", "but", "c"], [3.8, 1.9, 0.0, 1.0])
    assert changed == [0.95, 1.9, 0.0, 1.5]


def test_small_rules():
    assert degree("VERY", 1.9, mixed_case=True) == pytest.approx(0.293 + 0.733)
    assert degree("VERY", -1.9, mixed_case=True) == pytest.approx(-0.293 - 0.733)
    assert least(["least", "good"], 1) == -0.74
    assert emphasis("?!?!?!") == pytest.approx(3 * 0.292 + 0.54)


# ── odd input ─────────────────────────────────────────────────────────────────────────────────────

ODD = [
    "",
    " ",
    "a",
    "!",
    "?" * 50,
    "good\x00bad",
    "\ud800 good",
    "جيد good",
    "go\u0301od good",
    "👩‍👩‍👧‍👦 good",
    "😊" * 20,
    "\u202egood",
    "good\u00a0bad",
]


@pytest.mark.parametrize("text", ODD, ids=[f"odd-{k}" for k in range(len(ODD))])
def test_odd_texts_get_a_score(text):
    found = analyse(text, TINY, {"😊": "smiling face", "👩": "woman"})
    assert -1 <= found.compound <= 1
    assert len(found.words) == len(found.steps) == len(found.valences)
    assert -1 <= score_2014(text, TINY) <= 1


@pytest.mark.parametrize("text", ["x" * 10**6, "good " * 20_000 + "but fine"])
def test_a_long_text_takes_no_time(text):
    before = time.process_time()
    analyse(text, TINY)
    assert time.process_time() - before < 5


@given(st.text(max_size=60))
def test_any_text_is_scored_and_shares_add_up(text):
    found = analyse(text, TINY)
    parts = shares(found)
    assert -1 <= found.compound <= 1
    assert sum(parts.values()) == pytest.approx(1 if found.words else 0, abs=0.002)
    for steps in found.steps:
        assert not steps or steps[0].rule == "lexicon"


@given(st.lists(st.sampled_from(["good", "bad", "great", "day"]), max_size=12))
def test_without_rules_the_score_is_the_squashed_sum(words):
    text = " ".join(words)
    expected = round(squash(word_sum(text, TINY)), 4)
    assert analyse(text, TINY, off=RULES).compound == pytest.approx(
        expected, abs=1e-4
    )


@given(st.floats(-50, 50), st.floats(0.1, 100))
def test_squash_keeps_the_sign_and_the_order(total, alpha):
    assert -1 < squash(total, alpha) < 1
    assert squash(-total, alpha) == -squash(total, alpha)
    assert squash(total + 1, alpha) > squash(total, alpha)


def test_words_and_emoji():
    assert split("Well... :) 'GREAT' it's (ok)") == [
        "Well",
        ":)",
        "GREAT",
        "it's",
        "(ok)",
    ]
    assert spell_emoji("😊 a😊", {"😊": "smile"}) == "smile a smile"
    assert split_2014("I say: good!") == ["say", "good"]


# ── evaluation ────────────────────────────────────────────────────────────────────────────────────


@given(
    st.lists(
        st.tuples(st.integers(-4, 4), st.integers(-100, 100)),
        min_size=3,
        max_size=40,
    )
)
def test_correlation_equals_numpy(pairs):
    xs, ys = [float(x) for x, _ in pairs], [y / 7 for _, y in pairs]
    if len(set(xs)) < 2 or len(set(ys)) < 2:
        return
    assert pearson(xs, ys) == pytest.approx(np.corrcoef(xs, ys)[0, 1], abs=1e-9)


def test_a_line_by_hand():
    found = line([2.0, 1.0, -1.0, -3.0], [0.6, 0.0, -0.2, 0.4])
    assert found.recall == 0.5
    assert found.precision == pytest.approx((2 * 0.5 + 2 * 1) / 4)
    assert found.f1 == pytest.approx((2 * 0.5 + 2 * 2 / 3) / 4)


def test_failures_by_hand():
    assert outcomes([0.0, 1.0], [0.0, -0.3]) == {
        "right": 0.5,
        "silent": 0.0,
        "wrong": 0.5,
    }
    assert right_when_speaking([0.0, 1.0, -1.0], [0.0, -0.3, -0.3]) == 0.5
    assert has_negation(["ISN'T"])
    assert not has_negation(["note"])
    found = usages([["Good", "good"], ["bad"]], [1.0, 2.0], TINY, least=1)
    assert [(u.word, u.rating, u.sentences) for u in found] == [
        ("bad", 2.0, 1),
        ("good", 1.0, 1),
    ]


@pytest.mark.assets
@pytest.mark.parametrize("domain", PUBLISHED["individual humans"])
def test_the_protocol_gives_the_papers_line_of_individual_humans(domain):
    """Sixteen figures of Table 4, which is how we know the protocol: see `table`."""
    ours = human_line(corpora.sentiment_4_ratings(domain))
    theirs = PUBLISHED["individual humans"][domain]
    assert ours.correlation == pytest.approx(theirs.correlation, abs=0.001)
    for name in ("precision", "recall", "f1"):
        assert getattr(ours, name) == pytest.approx(
            getattr(theirs, name), abs=0.005
        )


@pytest.mark.assets
def test_the_release_of_2014_gives_the_papers_line_of_tweets():
    valence = corpora.vader_lexicon("2014").valence
    rated = corpora.sentiment_4("tweets")
    ours = line(
        [item.rating for item in rated],
        [score_2014(item.text, valence) for item in rated],
    )
    theirs = PUBLISHED["VADER"]["tweets"]
    assert ours.correlation == pytest.approx(theirs.correlation, abs=0.0005)
    for name in ("precision", "recall", "f1"):
        assert getattr(ours, name) == pytest.approx(
            getattr(theirs, name), abs=0.00501
        )


@pytest.mark.assets
def test_the_release_of_2014_gives_the_examples_of_its_own_read_me():
    """The file that came with the paper prints the scores of its examples."""
    text = (path("sentiment-4") / "README.txt").read_text("latin-1")
    printed = text.partition("output for the above example code ---")[2]
    examples = re.findall(
        r"^(\S.*)\n.*'compound': (-?[\d.]+)\}", printed, flags=re.M
    )
    assert len(examples) == 16
    valence = corpora.vader_lexicon("2014").valence
    different = [
        (sentence, float(score), ours)
        for sentence, score in examples
        if (ours := score_2014(sentence.rstrip("\r"), valence)) != float(score)
    ]
    assert not different
