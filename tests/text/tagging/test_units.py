"""Part-of-speech tagging: the parts one by one, odd input, and what the stored file holds."""

from __future__ import annotations

import hashlib
import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse import corpora
from nlpcourse.course import ledger
from nlpcourse.neural.lstm import tagger as chapter_23
from nlpcourse.text.tagging import fast, ladder, perceptron, recipes
from nlpcourse.text.tagging.brown_tags import MEANINGS, meaning
from nlpcourse.text.tagging.mistakes import (
    confusions,
    if_independent,
    report,
    trust,
)
from nlpcourse.text.tagging.packed import pack, slim, split, unpack
from nlpcourse.text.tagging.perceptron import PerceptronTagger

SMALL = [
    [("we", "PPSS"), ("permit", "VB"), ("the", "AT"), ("walk", "NN")],
    [("a", "AT"), ("permit", "NN"), ("to", "TO"), ("walk", "VB")],
    [("the", "AT"), ("walk", "NN"), ("is", "BEZ"), ("over", "RB")],
] * 3

# ── the corpus ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.assets
def test_the_news_are_those_of_the_book():
    news = corpora.brown("news")
    assert (len(news), sum(map(len, news))) == (4623, 100554)
    assert news == corpora.brown()[:4623]
    with pytest.raises(ValueError, match="no category 'sports'"):
        corpora.brown("sports")


@pytest.mark.assets
def test_the_split_and_the_plain_tags_are_those_of_chapter_23():
    ours, theirs = recipes.brown_split(), chapter_23.brown_split()
    for one, other in zip(ours, theirs, strict=True):
        assert list(map(list, one)) == list(map(list, other))


def test_training_tells_the_mistakes_of_each_reading():
    told = []
    fast.study(SMALL, 3, 0, told.append)
    assert len(told) == 3
    assert told[0] >= told[-1]


@pytest.mark.assets
def test_every_tag_of_the_corpus_has_a_meaning():
    tags = {tag for s in corpora.brown(marks=False) for _, tag in s}
    unknown = {t for t in tags if meaning(t) == "mark" and any(map(str.isalpha, t))}
    assert not unknown
    assert set(MEANINGS) - tags <= {"NRS"}


# ── the ladder ────────────────────────────────────────────────────────────────────────────────────


def test_the_tag_before_decides():
    nn = [ladder.always("NN")]
    word = [ladder.learn(ladder.word, SMALL, nn), *nn]
    pair = [ladder.learn(ladder.tag_and_word, SMALL, word), *word]
    assert ladder.tag(pair, ["we", "permit", "a", "permit"]) == [
        "PPSS",
        "VB",
        "AT",
        "NN",
    ]
    assert ladder.tag(pair, ["zzz"]) == ["NN"]


def test_a_table_alone_is_lost_behind_the_first_unknown_word():
    pair = [ladder.learn(ladder.tag_and_word, SMALL)]
    assert ladder.tag(pair, ["we", "zzz", "the", "walk"]) == [
        "PPSS",
        None,
        None,
        None,
    ]


def test_no_words_no_tags_and_no_rungs_no_answers():
    assert ladder.tag([ladder.always("NN")], []) == []
    assert ladder.tag([], ["a"]) == [None]
    assert ladder.learn(ladder.word, [])(["a"], 0, []) is None


# ── the perceptron ────────────────────────────────────────────────────────────────────────────────


def test_it_learns_what_tells_the_uses_of_a_word_apart():
    for train in (perceptron.train, fast.train):
        tagger = train(SMALL, 5)
        assert tagger.tag(["we", "permit"]) == ["PPSS", "VB"]
        assert tagger.tag(["a", "permit"]) == ["AT", "NN"]


def test_the_average_is_the_mean_of_the_weights_before_each_step():
    learner = perceptron.Learner()
    history = []
    for truth, guess in (
        ("A", "B"),
        ("A", "A"),
        ("B", "A"),
        ("A", "B"),
        ("A", "A"),
    ):
        history.append(dict(learner.weights.get("x", {})))
        learner.learn(["x"], truth, guess)
    for tag in "AB":
        mean = sum(weights.get(tag, 0) for weights in history) / len(history)
        assert learner.average()["x"].get(tag, 0) == pytest.approx(mean, abs=5e-4)


def test_a_sure_word_needs_no_scores_and_leads_by_everything():
    tagger = PerceptronTagger({}, {"the": "AT"}, ["AT", "NN"])
    sure, other = tagger.decide(["the", "cat"])
    assert (sure.tag, sure.lead) == ("AT", math.inf)
    assert (other.tag, other.lead) == ("NN", 0.0)


@pytest.mark.parametrize("train", [perceptron.train, fast.train])
@pytest.mark.parametrize(
    ("sentences", "readings"), [([], 5), ([[]], 5), (SMALL, 0), (SMALL, -1)]
)
def test_nothing_to_learn_is_refused_in_words(train, sentences, readings):
    with pytest.raises(
        ValueError, match="give 1 tagged word and 1 reading or more"
    ):
        train(sentences, readings)


def test_a_tagger_without_tags_says_so():
    assert PerceptronTagger({}, {}, []).tag([]) == []
    with pytest.raises(ValueError, match="no tags to choose from"):
        PerceptronTagger({}, {}, []).tag(["a"])
    with pytest.raises(ValueError, match="1 tag or more"):
        fast.Fields([])


ODD = [
    "",
    "a",
    "\ud800",
    "e\u0301",
    "👩‍👩‍👧‍👦",
    "العربية",
    "-",
    "--",
    "²",
    "x" * 10**6,
]


@pytest.mark.assets
def test_odd_words_get_tags():
    tagger = recipes.stored_tagger()
    begin = time.process_time()
    found = tagger.tag(ODD)
    assert len(found) == len(ODD)
    assert set(found) <= set(tagger.tags)
    assert ladder.tag([ladder.by_pattern(), ladder.always("NN")], ODD)[-1] == "NN"
    assert time.process_time() - begin < 5


def test_the_log_is_that_of_the_stored_file():
    log, content = recipes.log_of_training(), recipes.stored_file().read_bytes()
    assert log["sha256"] == hashlib.sha256(content).hexdigest(), (
        "train it anew: the log belongs to another file"
    )
    assert (log["name"], log["bytes"]) == (recipes.stored_file().stem, len(content))
    assert log["settings"] == {
        "readings": recipes.READINGS,
        "seed": recipes.SEED,
        "decimals": recipes.DECIMALS,
    }
    assert log["metrics"]["test_accuracy"] == pytest.approx(
        ledger.get("04.brown").value, abs=1e-12
    )
    assert len(log["mistakes"]) == recipes.READINGS
    assert log["mistakes"] == sorted(log["mistakes"], reverse=True)


@pytest.mark.assets
def test_the_log_counts_what_was_read():
    log, (train, _) = recipes.log_of_training(), recipes.brown_split()
    assert (log["sentences"], log["words"]) == (len(train), sum(map(len, train)))


@pytest.mark.assets
def test_a_sentence_of_ten_thousand_words_takes_its_time_ten_times():
    tagger = recipes.stored_tagger()
    assert tagger.tag([]) == []
    assert len(tagger.tag(["walk", "the", "zzz", "1961"] * 2500)) == 10_000


# ── mistakes ──────────────────────────────────────────────────────────────────────────────────────

GOLD = [[("a", "AT"), ("permit", "NN")], [("walk", "VB")]]


def test_a_report_counts_words_and_sentences():
    found = report(GOLD, [["AT", "VB"], ["VB"]], {"a", "walk"})
    assert (found.words, found.sentences) == (pytest.approx(2 / 3), 0.5)
    assert (found.known, found.unseen) == (1.0, 0.0)
    assert confusions(GOLD, [["AT", "VB"], [None]]) == {
        ("NN", "VB"): 1,
        ("VB", None): 1,
    }


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: report(GOLD, [["AT", "VB"]], set()),
            "each sentence needs one tagging",
        ),
        (lambda: confusions(GOLD, [["AT"], ["VB"]]), "each word in it one tag"),
        (lambda: report([], [], set()), "no words to compare"),
        (lambda: if_independent(1.2, [3]), "share between 0 and 1"),
        (lambda: if_independent(0.9, []), "1 sentence or more"),
        (lambda: trust([1.0], []), "one of each"),
        (lambda: trust([math.nan], [True]), "not a number"),
        (
            lambda: slim(PerceptronTagger({}, {}, []), -1.0),
            "least must be 0 or more",
        ),
        (
            lambda: pack(PerceptronTagger({"i word \n": {"A": 1.0}}, {}, ["A"])),
            "line break",
        ),
        (lambda: unpack(b"junk"), "no packed tagger"),
        (lambda: unpack(b""), "no packed tagger"),
    ],
)
def test_bad_input_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@given(
    st.lists(st.tuples(st.floats(0, 99), st.booleans()), max_size=60),
    st.integers(1, 12),
)
def test_trust_groups_all_decisions_by_rising_lead(rows, parts):
    found = trust([lead for lead, _ in rows], [ok for _, ok in rows], parts)
    assert [low for low, _ in found] == sorted(low for low, _ in found)
    assert len(found) == min(parts, len(rows))
    if parts == 1 and rows:
        assert found[0][1] == pytest.approx(sum(ok for _, ok in rows) / len(rows))


# ── the file ──────────────────────────────────────────────────────────────────────────────────────


CLUES = st.builds(
    "{} {}".format,
    st.sampled_from(["i word", "i-1 tag+i word", "i suffix"]),
    st.text(st.characters(exclude_characters="\n"), max_size=6),
)
ROWS = st.dictionaries(
    st.sampled_from(["NN", "VB"]), st.integers(-50, 50).filter(bool), min_size=1
)


@settings(deadline=None)
@given(st.dictionaries(CLUES, ROWS, max_size=8))
def test_a_packed_tagger_comes_back(weights):
    tagger = PerceptronTagger(weights, {"the": "AT"}, ["AT", "NN", "VB"])
    assert unpack(pack(tagger, steps=1)) == tagger


def test_every_kind_of_clue_can_be_split():
    place = perceptron.places(["permit"])[0]
    for clue in perceptron.features(place, "AT", "IN"):
        kind, value = split(clue)
        assert f"{kind} {value}".strip() == clue
        assert value or clue == "bias"


@pytest.mark.assets
def test_the_slim_tagger_is_small_and_nearly_as_good():
    whole = recipes.stored_tagger()
    light = slim(whole, 2.0, 1)
    assert len(pack(light, 1)) < 300_000
    sentences = [list(s) for s in recipes.brown_split()[1][::40]]
    shares = [
        report(
            sentences, [t.tag([w for w, _ in s]) for s in sentences], set()
        ).words
        for t in (whole, light)
    ]
    assert shares[0] > 0.96
    assert shares[0] - 0.02 < shares[1]
