"""Winnowing against brute force, and what it takes two programs for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.grading.similarity import (
    K,
    W,
    fingerprints,
    hashes,
    known,
    similar,
    tokens,
    winnow,
)

LONG = """
def longest(words, table):
    best, found = None, []
    for place, word in enumerate(words):
        score = sum(table.get(letter, 0.5) ** 2 for letter in word) / (1 + len(word))
        if best is None or score > best:
            best = score
            found = [place]
        elif score == best:
            found.append(place)
    return [words[i] for i in found if words[i] not in table], best
"""
OTHER = """
def longest(words, table):
    def value(word):
        total = 0.0
        while word:
            total += table[word[0]] * table[word[0]] if word[0] in table else 0.25
            word = word[1:]
        return total
    ranked = sorted(((value(w) / (len(w) + 1), w) for w in words), reverse=True)
    top = ranked[0][0]
    return [w for v, w in ranked if v == top and w not in table], top
"""


@given(st.lists(st.integers(0, 30), max_size=60), st.integers(1, 9))
def test_winnowing_keeps_of_every_window_its_smallest(
    found: list[int], w: int
) -> None:
    kept = winnow(found, w)
    assert kept <= set(found)
    for i in range(
        len(found) - w + 1
    ):  # the guarantee of the paper, by brute force
        assert kept & set(found[i : i + w])
        assert min(found[i : i + w]) in kept


@given(
    st.lists(st.sampled_from("abcdef"), max_size=80),
    st.lists(st.sampled_from("ghijkl"), max_size=40),
    st.lists(st.sampled_from("mnopqr"), max_size=40),
    st.integers(1, 6),
    st.integers(1, 6),
)
def test_a_shared_run_is_always_found(
    run: list[str], before: list[str], after: list[str], k: int, w: int
) -> None:
    one, other = [*before, *run], [*run, *after]
    mine, theirs = (winnow(hashes(t, k), w) for t in (one, other))
    runs = [
        set(zip(*(t[i:] for i in range(k)), strict=False)) for t in (one, other)
    ]
    if len(run) >= w + k - 1:
        assert mine & theirs
    if not runs[0] & runs[1]:  # nothing is found where brute force finds nothing
        assert not mine & theirs


@given(st.lists(st.sampled_from("ab"), max_size=30), st.integers(1, 5))
def test_equal_runs_have_equal_hashes_and_others_do_not(
    words: list[str], k: int
) -> None:
    found = hashes(words, k)
    runs = [tuple(words[i : i + k]) for i in range(len(words) - k + 1)]
    assert len(found) == len(runs)
    for i, one in enumerate(runs):
        for j, other in enumerate(runs):
            assert (found[i] == found[j]) == (one == other)


def renamed(source: str) -> str:
    for old, new in [
        ("best", "top"),
        ("word", "w"),
        ("found", "res"),
        ("score", "s"),
    ]:
        source = source.replace(old, new)
    return "# mine\n" + source.replace("    ", "  ").replace("0.5", "0.25")


def test_new_names_spaces_and_comments_hide_nothing() -> None:
    assert fingerprints([renamed(LONG)]) == fingerprints([LONG])
    (pair,) = similar({"a": [LONG], "b": [renamed(LONG)], "c": [OTHER]})
    assert (pair.one, pair.other, pair.share) == ("a", "b", 1.0)


def test_work_of_ones_own_is_not_listed() -> None:
    assert similar({"a": [LONG], "b": [OTHER]}) == []


def test_what_everybody_got_is_taken_out() -> None:
    assert similar({"a": [LONG], "b": [LONG]}, given=[LONG]) == []
    both = {"a": [LONG, OTHER], "b": [LONG, renamed(OTHER)]}
    (pair,) = similar(both, given=[LONG])
    assert pair.shared == len(fingerprints([OTHER]) - known([LONG]))


def test_what_most_of_a_class_has_tells_nothing() -> None:
    assert similar({str(k): [LONG] for k in range(20)}) == []
    assert len(similar({str(k): [LONG] for k in range(3)})) == 3


def test_the_index_finds_what_comparing_all_pairs_finds() -> None:
    parts = [LONG, OTHER, LONG + OTHER, renamed(OTHER), "x = 1"]
    named = {str(k): [part] for k, part in enumerate(parts)}
    marks = {name: fingerprints(sources) for name, sources in named.items()}
    brute = {
        (a, b): len(marks[a] & marks[b]) / min(len(marks[a]), len(marks[b]))
        for a in marks
        for b in marks
        if a < b and min(len(marks[a]), len(marks[b])) >= 5
    }
    wanted = {pair: share for pair, share in brute.items() if share >= 0.3}
    got = {(p.one, p.other): p.share for p in similar(named, least=0.3)}
    assert got == wanted


@given(st.text(max_size=200))
def test_any_text_can_be_compared(text: str) -> None:
    tokens(text)
    fingerprints([text])


def test_edges() -> None:
    assert winnow([]) == set()
    assert hashes(["a"] * (K - 1)) == []
    assert len(hashes(["a"] * (K + W))) == W + 1
    assert similar({}) == []
    with pytest.raises(ValueError, match="one token"):
        hashes(["a"], 0)
    with pytest.raises(ValueError, match="one hash"):
        winnow([1], 0)
