"""Stemmer, lemmatizer, judge and search engine: the papers' examples, their edges, bad input."""

from __future__ import annotations

import math
import random
import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse import corpora
from nlpcourse.text.stemming.fast import stem_fast
from nlpcourse.text.stemming.judging import (
    grouped,
    judge_stemmer,
    one_lemma,
    pairs,
    truncate,
    with_relatives,
    without_s,
)
from nlpcourse.text.stemming.morphy import (
    Dictionary,
    lemmas,
    lemmatize,
    pos_of_brown,
    read_dictionary,
)
from nlpcourse.text.stemming.porter import (
    find,
    measure,
    pattern,
    rules,
    stem,
    trace,
)
from nlpcourse.text.stemming.searching import Index, found_first, place_of

PAPER = {
    "1a": "caresses caress ponies poni ties ti caress caress cats cat",
    "1b": "feed feed agreed agree plastered plaster bled bled motoring motor sing sing "
    "conflated conflate troubled trouble sized size hopping hop tanned tan falling fall "
    "hissing hiss fizzed fizz failing fail filing file",
    "1c": "happy happi sky sky",
    "2": "relational relate conditional condition rational rational valenci valence "
    "hesitanci hesitance digitizer digitize conformabli conformable radicalli radical "
    "differentli different vileli vile analogousli analogous vietnamization vietnamize "
    "predication predicate operator operate feudalism feudal decisiveness decisive "
    "hopefulness hopeful callousness callous formaliti formal sensitiviti sensitive "
    "sensibiliti sensible",
    "3": "triplicate triplic formative form formalize formal electriciti electric "
    "electrical electric hopeful hope goodness good",
    "4": "revival reviv allowance allow inference infer airliner airlin gyroscopic gyroscop "
    "adjustable adjust defensible defens irritant irrit replacement replac adjustment adjust "
    "dependent depend adoption adopt homologou homolog communism commun activate activ "
    "angulariti angular homologous homolog effective effect bowdlerize bowdler",
    "5a": "probate probat rate rate cease ceas",
    "5b": "controll control roll roll",
}
"""Every example of the paper's tables: the word before the step and after it."""


def after_step(word: str, step: str) -> str:
    fired = [f for f in trace(word) if f.step == step]
    return fired[-1].after if fired else word


@pytest.mark.parametrize("step", PAPER)
def test_every_example_of_the_paper(step: str) -> None:
    words = PAPER[step].split()
    for before, after in zip(words[::2], words[1::2], strict=True):
        assert after_step(before, step) == after, before


def test_the_measures_of_the_paper() -> None:
    for m, words in enumerate(
        [
            "tr ee tree y by",
            "trouble oats trees ivy",
            "troubles private oaten orrery",
        ]
    ):
        assert {measure(word) for word in words.split()} == {m}


def test_complex_suffixes_go_bit_by_bit() -> None:
    assert [f.after for f in trace("oscillators")] == [
        "oscillator", "oscillate", "oscill", "oscil",
    ]  # fmt: skip
    assert stem("archprelate") == "archprel"
    assert stem("prelate") == "prelat"


def test_a_refused_longest_rule_lets_no_shorter_one_fire() -> None:
    assert (
        str(find(rules("ement→ ment→", lambda s: s == "state"), "statement"))
        == "None"
    )
    assert stem("feed") == "feed"


@pytest.mark.parametrize(
    "word",
    [
        "",
        "s",
        "y",
        "e",
        "ed",
        "ing",
        "ion",
        "yyyy",
        "\ud800",
        "éés",
        "🫨ing",
        "שלום",
        "e\u0301s",
    ],
)
def test_odd_words_have_a_stem(word: str) -> None:
    assert stem(word) == stem_fast(word)
    assert len(stem(word)) <= len(word) + 1


@given(st.text(max_size=30))
def test_any_text_has_the_same_stem_both_ways(word: str) -> None:
    assert stem(word) == stem_fast(word)
    assert len(pattern(word)) == len(word)


def test_time_grows_with_the_length_and_not_its_square() -> None:
    def seconds(n: int) -> float:
        start = time.process_time()
        stem_fast("y" * n + "ational")
        stem("y" * n + "ational")
        return time.process_time() - start

    seconds(10_000)
    small = min(seconds(50_000) for _ in range(3))
    assert seconds(1_000_000) < 20 * 8 * small


def test_rules_need_an_arrow() -> None:
    with pytest.raises(ValueError, match="no arrow"):
        rules("ing→ ed")


# ── the lemmatizer ────────────────────────────────────────────────────────────────────────────────

TINY = Dictionary(
    {
        "n": {"axe", "axis", "leaf", "us", "u"},
        "v": {"leave", "hope", "hop"},
        "a": {"good"},
    },
    {"n": {"axes": ["ax", "axis"]}, "a": {"better": ["good", "well"]}},
)


def test_irregular_forms_come_before_rules() -> None:
    assert lemmas("axes", "n", TINY) == ["axis"]
    assert lemmatize("better", "a", TINY) == "good"
    assert lemmas("leaves", "n", TINY) == ["leaf"]
    assert lemmas("leaves", "v", TINY) == ["leave"]
    assert lemmatize("hoping", "v", TINY) == "hop"
    assert lemmas("hoping", "v", TINY) == ["hope", "hop"]


@pytest.mark.parametrize("word", ["", "s", "ing", "\ud800", "🫨s", "zzz"])
def test_unknown_words_stay(word: str) -> None:
    for pos in "nvar":
        assert lemmatize(word, pos, TINY) == word


def test_wrong_parts_of_speech_and_folders_are_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match="n, v, a or r"):
        lemmas("dogs", "noun", TINY)
    with pytest.raises(ValueError, match=r"lacks index\.noun"):
        read_dictionary(tmp_path)
    assert pos_of_brown("") is None


# ── judging ───────────────────────────────────────────────────────────────────────────────────────

partitions = st.lists(
    st.lists(st.text("abc", min_size=1, max_size=4), max_size=5),
    min_size=2,
    max_size=6,
)


def each_once(groups: list[list[str]]) -> list[list[str]]:
    seen: set[str] = set()
    return [
        [w for w in group if not (w in seen or seen.add(w))] for group in groups
    ]


@given(partitions.map(each_once), st.integers(1, 4))
def test_the_judge_counts_pairs(groups: list[list[str]], length: int) -> None:
    home = {word: i for i, group in enumerate(groups) for word in group}
    found = {
        True: [0, 0],
        False: [0, 0],
    }  # of one group?: [pairs, pairs of one stem]
    for one, other in combinations(home, 2):
        kind = found[home[one] == home[other]]
        kind[0] += 1
        kind[1] += one[:length] == other[:length]
    if not found[True][0] or not found[False][0]:
        with pytest.raises(ValueError, match="group"):
            judge_stemmer(groups, lambda word: word[:length])
        return
    got = judge_stemmer(groups, lambda word: word[:length])
    assert got.understemming == pytest.approx(1 - found[True][1] / found[True][0])
    assert got.overstemming == pytest.approx(found[False][1] / found[False][0])


def test_no_stemmer_joins_nothing_and_one_letter_joins_too_much() -> None:
    groups = [["run", "runs"], ["rune", "runes"]]
    nothing = judge_stemmer(groups, str)
    assert (nothing.understemming, nothing.overstemming) == (1, 0)
    everything = judge_stemmer(groups, lambda word: "")
    assert (everything.understemming, everything.overstemming) == (0, 1)
    with pytest.raises(ValueError, match="stands in the groups 2 times"):
        judge_stemmer([["a", "b"], ["a"]], str)


def test_groups_by_lemma_and_by_relatives() -> None:
    known = one_lemma(["leaf", "leaves", "hope", "hoping", "axes"], TINY)
    assert known == {"leaf": "leaf", "hope": "hope", "axes": "axis"}
    joined = with_relatives(
        {"a": "a", "b": "b", "c": "c"}, [("a", "b"), ("b", "c"), ("c", "a")]
    )
    assert grouped(joined) == [["a", "b", "c"]]


def test_the_small_stemmers() -> None:
    assert pairs(0) == pairs(1) == 0
    with pytest.raises(ValueError, match="0 or more"):
        pairs(-1)
    with pytest.raises(ValueError, match="1 letter"):
        truncate("word", 0)
    assert [without_s(w) for w in ("shoes", "bees", "aeries", "is", "s", "")] == [
        "shoes", "bees", "aery", "i", "", "",
    ]  # fmt: skip


# ── searching ─────────────────────────────────────────────────────────────────────────────────────


def by_formula(documents: list[str], query: str, i: int) -> float:
    n, mean = len(documents), sum(map(len, documents)) / len(documents)
    score = 0.0
    for term in set(query):
        df = sum(term in document for document in documents)
        if df:
            idf = math.log(1 + (n - df + 0.5) / (df + 0.5))
            tf = documents[i].count(term)
            score += (
                idf
                * tf
                * 2.2
                / (tf + 1.2 * (0.25 + 0.75 * len(documents[i]) / mean))
            )
    return score


@given(
    st.lists(st.text("abcde", max_size=6), min_size=1, max_size=6),
    st.text("abcdef", max_size=4),
)
def test_scores_are_those_of_the_formula(documents: list[str], query: str) -> None:
    if not any(documents):
        assert Index(documents, common=1).scores(query) == {}
        return
    got = Index(documents, common=1).scores(query)
    for i in range(len(documents)):
        assert got.get(i, 0.0) == pytest.approx(by_formula(documents, query, i))


def test_places_and_bad_input() -> None:
    assert place_of({}, 3) == math.inf
    assert found_first([1, 4, 1.5, math.inf]) == 0.25
    with pytest.raises(ValueError, match="nothing to search"):
        Index([])
    with pytest.raises(ValueError, match="common"):
        Index([["a"]], common=0)
    with pytest.raises(ValueError, match="no searches"):
        found_first([])
    with pytest.raises(ValueError, match="begin with 1"):
        found_first([0.5])


@pytest.mark.assets
def test_the_fast_stemmer_is_faster_on_real_words() -> None:
    text = corpora.gutenberg()["austen-emma"].lower()
    words = sorted({w for w in text.split() if w.isalpha()})
    random.Random(0).shuffle(words)

    def seconds(function) -> float:
        start = time.process_time()
        for word in words:
            function(word)
        return time.process_time() - start

    fast = min(seconds(stem_fast) for _ in range(3))
    assert min(seconds(stem) for _ in range(3)) > 1.5 * fast
