"""Word alignment by hand against NLTK, brute force, and a literal copy of the pseudo-code."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.translate import AlignedSent, Alignment, IBMModel1, IBMModel2
from nltk.translate.gdfa import grow_diag_final_and as nltk_gdfa
from nltk.translate.metrics import alignment_error_rate as nltk_rate

from nlpcourse.statistics.alignment import (
    fast,
    gold,
    hmm,
    links,
    model1,
    model2,
    symmetric,
)

quick = settings(max_examples=40, deadline=None)
words = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4)
distinct = st.lists(st.sampled_from("wxyz"), min_size=1, max_size=4, unique=True)
texts = st.lists(st.tuples(words, distinct), min_size=1, max_size=5)
"""NLTK keeps one figure for a target word that a sentence repeats, so none does here."""
grids = st.frozensets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12)


def real(size: int) -> list[links.Pair]:
    """Return short verses in which no target word is repeated."""
    pairs = [
        (links.plain_words(v.source), links.plain_words(v.target))
        for v in gold.verses()
    ]
    return [(s, t) for s, t in pairs if len(set(t)) == len(t) and len(t) < 14][
        :size
    ]


def assert_equal_to_nltk(pairs: list[links.Pair], rounds: int) -> None:
    theirs = IBMModel1(
        [AlignedSent(list(t), list(s)) for s, t in pairs], 2 * rounds
    )
    for (s, t), p in model1.train(pairs, 2 * rounds).items():
        assert theirs.translation_table[t][s] == pytest.approx(
            p, rel=1e-6, abs=1e-10
        )
    both = IBMModel2([AlignedSent(list(t), list(s)) for s, t in pairs], rounds)
    table, places = model2.train(pairs, 2 * rounds, rounds)
    for (s, t), p in table.items():
        assert both.translation_table[t][s] == pytest.approx(p, rel=1e-5, abs=1e-9)
    for (i, j, n, m), p in places.items():
        assert both.alignment_table[i][j + 1][n][m] == pytest.approx(
            p, rel=1e-5, abs=1e-9
        )


@quick
@given(texts)
def test_models_1_and_2_equal_nltks(pairs: list[links.Pair]) -> None:
    assert_equal_to_nltk(pairs, 2)


@pytest.mark.assets
def test_models_1_and_2_equal_nltks_on_verses() -> None:
    pairs = real(120)
    assert_equal_to_nltk(pairs, 3)
    sentences = [AlignedSent(list(t), list(s)) for s, t in pairs]
    IBMModel1(sentences, 5)
    table = model1.train(pairs, 5)
    same = 0
    for pair, sentence in zip(pairs, sentences, strict=True):
        theirs = frozenset((i, j) for j, i in sentence.alignment if i is not None)
        same += theirs == model1.best_links(pair, table)
    assert same >= len(pairs) - 3  # ties are broken by the last digit


def test_the_published_example_of_nltk() -> None:
    german = (
        "klein ist das haus|das haus ist ja groß|das buch ist ja klein|das haus|das buch|"
        "ein buch"
    )
    english = "the house is small|the house is big|the book is small|the house|the book|a book"
    pairs = [
        (e.split(), g.split())
        for g, e in zip(german.split("|"), english.split("|"), strict=True)
    ]
    table = model1.train(pairs, 5)
    assert round(table["book", "buch"], 3) == 0.889
    assert round(table["book", "das"], 3) == 0.062
    assert round(table[None, "buch"], 3) == 0.113
    assert round(model2.train(pairs, 10, 5)[1][1, 0, 2, 2], 3) == 0.939


def test_a_repeated_word_counts_once_in_nltk_and_twice_in_the_paper() -> None:
    pairs = [(["la"], ["the", "the"]), (["la", "mer"], ["sea"])]
    theirs = IBMModel1([AlignedSent(list(t), list(s)) for s, t in pairs], 1)
    ours = model1.train(pairs, 1)
    # "la" is expected 2 × 1/2 times as "the" and 1/3 times as "sea"
    assert ours["la", "the"] == pytest.approx(1 / (1 + 1 / 3))
    assert theirs.translation_table["the"]["la"] == pytest.approx(
        0.5 / (0.5 + 1 / 3)
    )


# ---------------------------------------------------------------------------------- fast twins


@quick
@given(st.lists(st.tuples(words, words), min_size=1, max_size=5), st.integers(1, 3))
def test_fast_twins_are_equal(pairs: list[links.Pair], rounds: int) -> None:
    data = fast.numbered(pairs)
    believed = fast.model_1(data, rounds)
    found = fast.table_of(data, believed)
    for key, p in model1.train(pairs, rounds).items():
        assert found[key] == pytest.approx(p, abs=1e-12)
    table, places = model2.train(pairs, rounds, rounds)
    weights, spots = fast.model_2(data, believed, rounds)
    found = fast.table_of(data, weights)
    assert all(
        found[key] == pytest.approx(p, abs=1e-10) for key, p in table.items()
    )
    flat = [
        places.get((i, j, len(s), len(t)), 0.0)
        for s, t in pairs
        for j in range(len(t))
        for i in range(len(s) + 1)
    ]
    assert spots.tolist() == pytest.approx(flat, abs=1e-10)
    model = hmm.train(pairs, rounds, rounds)
    jumped, moves = fast.hmm(data, believed, rounds)
    found = fast.table_of(data, jumped)
    assert all(
        found[key] == pytest.approx(p, abs=1e-10) for key, p in model.table.items()
    )
    assert moves.empty == pytest.approx(model.empty)
    for pair, guess in zip(pairs, fast.hmm_links(data, jumped, moves), strict=True):
        ours = hmm.best_links(pair, model)
        best = max(score(pair, model, path) for path in paths(pair))
        assert max(agreeing(pair, model, ours)) == pytest.approx(best)
        assert max(agreeing(pair, model, guess)) == pytest.approx(best)


# ------------------------------------------------------------------------------ brute force

State = tuple[int, bool]  # a place, and whether the word is linked to it


def paths(pair: links.Pair) -> itertools.product[tuple[State, ...]]:
    """Return every path through the places of a pair."""
    states = [(i, linked) for i in range(len(pair[0])) for linked in (True, False)]
    return itertools.product(states, repeat=len(pair[1]))


def score(pair: links.Pair, model: hmm.Model, path: tuple[State, ...]) -> float:
    """Return the probability of a path, step by step from the definition."""
    source, target = pair
    n, total = len(source), 1.0
    for j, (i, linked) in enumerate(path):
        total *= model.table.get((source[i] if linked else None, target[j]), 0.0)
        if j == 0:
            total *= (1 - model.empty if linked else model.empty) / n
        elif not linked:
            total *= model.empty if i == path[j - 1][0] else 0.0
        else:
            here = path[j - 1][0]
            weights = [model.jumps.get(k - here, 0.0) for k in range(n)]
            share = weights[i] / sum(weights) if sum(weights) else 1 / n
            total *= (1 - model.empty) * share
    return total


def agreeing(pair: links.Pair, model: hmm.Model, guess: links.Links) -> list[float]:
    """Return the probabilities of all paths that make these links."""
    return [
        score(pair, model, path)
        for path in paths(pair)
        if {(i, j) for j, (i, linked) in enumerate(path) if linked} == guess
    ]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from("abc"), min_size=1, max_size=3),
            st.lists(st.sampled_from("xyz"), min_size=1, max_size=3),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_the_hmm_adds_up_all_paths(pairs: list[links.Pair]) -> None:
    model = hmm.train(pairs, 1, 1)
    for pair in pairs:
        scores = {path: score(pair, model, path) for path in paths(pair)}
        total = sum(scores.values())
        assert math.prod(hmm.forward(pair, model)[1]) == pytest.approx(total)
        found, jumps = hmm.shares(pair, model)
        for j, row in enumerate(found):
            right = [0.0] * len(row)
            for path, p in scores.items():
                i, linked = path[j]
                right[i + 1 if linked else 0] += p / total
            assert row == pytest.approx(right, abs=1e-12)
        expected: dict[int, float] = {}
        for path, p in scores.items():
            for (before, _), (i, linked) in itertools.pairwise(path):
                if linked:
                    expected[i - before] = expected.get(i - before, 0.0) + p / total
        for distance, count in expected.items():
            assert jumps[distance] == pytest.approx(count, abs=1e-12)


# ---------------------------------------------------------------------------- symmetrization


def by_the_book(
    forward: links.Links, backward: links.Links, both: bool
) -> set[tuple[int, int]]:
    """Follow the published pseudo-code on a grid, cell by cell."""
    size = 6
    union = [
        [(i, j) in forward | backward for j in range(size)] for i in range(size)
    ]
    inside = [
        [(i, j) in forward & backward for j in range(size)] for i in range(size)
    ]

    def row(i: int) -> bool:
        return any(inside[i])

    def column(j: int) -> bool:
        return any(inside[i][j] for i in range(size))

    added = True
    while added:
        added = False
        for i, j in itertools.product(range(size), repeat=2):
            if inside[i][j]:
                for a, b in [
                    (-1, 0),
                    (0, -1),
                    (1, 0),
                    (0, 1),
                    (-1, -1),
                    (-1, 1),
                    (1, -1),
                    (1, 1),
                ]:
                    x, y = i + a, j + b
                    if not (0 <= x < size and 0 <= y < size) or inside[x][y]:
                        continue
                    if (not row(x) or not column(y)) and union[x][y]:
                        inside[x][y] = added = True
    for side in (forward, backward):
        for i, j in itertools.product(range(size), repeat=2):
            free = (
                (not row(i) and not column(j))
                if both
                else (not row(i) or not column(j))
            )
            if free and (i, j) in side:
                inside[i][j] = True
    return {(i, j) for i in range(size) for j in range(size) if inside[i][j]}


@settings(max_examples=150, deadline=None)
@given(grids, grids)
def test_symmetrization_follows_the_pseudo_code(
    forward: links.Links, backward: links.Links
) -> None:
    wide = symmetric.grow_diag_final(forward, backward)
    narrow = symmetric.grow_diag_final_and(forward, backward)
    assert wide == by_the_book(forward, backward, both=False)
    assert narrow == by_the_book(forward, backward, both=True)
    assert forward & backward <= symmetric.grow_diag(forward, backward) <= narrow
    assert narrow <= forward | backward


@settings(max_examples=60, deadline=None)
@given(grids, grids)
def test_nltks_function_of_that_name_returns_the_union(
    forward: links.Links, backward: links.Links
) -> None:
    """So it is no oracle for growing; the page says so."""
    written = [
        " ".join(f"{i}-{j}" for i, j in side) for side in (forward, backward)
    ]
    assert set(nltk_gdfa(5, 5, *written)) == forward | backward


# --------------------------------------------------------------------------------- error rate


@quick
@given(st.lists(st.tuples(grids, grids.filter(bool)), min_size=1, max_size=4))
def test_with_sure_links_alone_the_rate_is_one_minus_f1(
    drawn: list[tuple[links.Links, links.Links]],
) -> None:
    guessed, wanted = [g for g, _ in drawn], [s for _, s in drawn]
    flat = {(n, *link) for n, side in enumerate(guessed) for link in side}
    truth = {(n, *link) for n, side in enumerate(wanted) for link in side}
    f1 = 2 * len(flat & truth) / (len(flat) + len(truth))
    assert links.alignment_error_rate(guessed, wanted) == pytest.approx(1 - f1)
    if flat:
        shares = links.precision_and_recall(guessed, wanted)
        right = (len(flat & truth) / len(flat), len(flat & truth) / len(truth))
        assert shares == pytest.approx(right)


@pytest.mark.assets
def test_the_error_rate_is_nltks_on_real_verses() -> None:
    for verse in gold.verses()[:200]:
        guess = gold.diagonal(verse)
        theirs = nltk_rate(Alignment(verse.links), Alignment(guess))
        ours = links.alignment_error_rate([guess], [verse.links])
        assert ours == pytest.approx(theirs)
        assert not math.isnan(ours)
