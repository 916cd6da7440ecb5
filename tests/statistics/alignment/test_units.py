"""Word alignment: units, edges, and what the chapter says of its outputs."""

from __future__ import annotations

import math

import pytest

from nlpcourse.corpora.records import AlignedVerse
from nlpcourse.statistics.alignment import (
    fast,
    gold,
    hmm,
    links,
    model1,
    model2,
    symmetric,
)

HOUSE = [
    (["la", "maison"], ["the", "house"]),
    (["la", "maison", "bleue"], ["the", "blue", "house"]),
    (["la", "fleur"], ["the", "flower"]),
]
TEXTS = [
    ([], ["a"]), (["a"], []), (["a"], ["a"]), (["\ud800"], ["🫨"]), (["א", "e\u0301"], ["ש"]),
    (["a"] * 30, ["b"] * 40),
]  # fmt: skip


def test_model_1_learns_the_house() -> None:
    table = model1.train(HOUSE, 20)
    assert model1.best_links(HOUSE[0], table) == {(0, 0), (1, 1)}
    assert model1.best_links(HOUSE[1], table) == {(0, 0), (2, 1), (1, 2)}
    sums: dict[str | None, float] = {}
    for (s, _), p in table.items():
        sums[s] = sums.get(s, 0.0) + p
    assert all(math.isclose(total, 1) for total in sums.values())


def test_no_round_makes_the_text_less_probable() -> None:
    table, before = model1.start_evenly(HOUSE), -math.inf
    for _ in range(15):
        table = model1.one_round(HOUSE, table)
        now = model1.log_likelihood(HOUSE, table)
        assert now >= before - 1e-12
        before = now


def test_places_turn_a_tie_into_a_choice() -> None:
    pairs = [(["a", "b"], ["x", "y"])] * 3 + [
        (["c", "d"], ["z", "w"]),
        (["c"], ["z"]),
    ]
    table, places = model2.train(pairs, 3, 10)
    assert model1.best_links(pairs[0], model1.train(pairs, 3)) == {(1, 0), (1, 1)}
    assert places[1, 0, 2, 2] > places[2, 0, 2, 2]
    assert model2.best_links(pairs[3], table, places) == {(0, 0), (1, 1)}


def test_jumps_forward_are_learnt() -> None:
    pairs = [
        (list("abc"), list("xyz")),
        (list("bcd"), list("yzw")),
        (list("ab"), list("xy")),
    ]
    model = hmm.train(pairs, 3, 5)
    assert model.jumps[1] > 3 * sum(v for d, v in model.jumps.items() if d != 1)
    assert hmm.best_links(pairs[1], model) == {(0, 0), (1, 1), (2, 2)}


@pytest.mark.parametrize("pair", TEXTS, ids=str)
def test_odd_pairs_are_aligned(pair: links.Pair) -> None:
    pairs = [pair, (["a"], ["a"])]
    table = model1.train(pairs, 2)
    found = [
        model1.best_links(pair, table),
        model2.best_links(pair, *model2.train(pairs, 1, 2)),
        hmm.best_links(pair, hmm.train(pairs, 1, 2)),
        *(guess[0] for guess in fast.three_models(pairs, 2).values()),
    ]
    for guess in found:
        assert all(i < len(pair[0]) and j < len(pair[1]) for i, j in guess)


def test_a_word_alone_has_no_source() -> None:
    assert (
        fast.three_models([([], ["a", "b"]), (["c"], ["d"])], 2)["HMM"][0]
        == frozenset()
    )


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: model1.train([], 5), "0 verses"),
        (lambda: fast.ibm_model_1([], 5), "0 verses"),
        (lambda: fast.ibm_model_1([(["a"], ["b"])], 0), "0 rounds"),
        (lambda: model2.train([(["a"], ["b"])], 1, 0), "0 rounds"),
        (lambda: hmm.train([(["a"], ["b"])], 0, 1), "0 rounds"),
        (lambda: hmm.train([(["a"], [])], 1, 1), "give a verse with words"),
        (lambda: model1.train([("la", "the")], 1), "lists of words"),
        (lambda: model1.shares(["a"], "b", {}), "no word of"),
        (lambda: model2.shares((["a"], ["b"]), 1, {}, {}), "no word 1"),
        (lambda: hmm.forward(([], ["a"]), hmm.Model({}, {}, 0.5)), "no places"),
        (
            lambda: hmm.forward((["b"], ["a"]), hmm.Model({}, {}, 0.5)),
            "explains 'a'",
        ),
        (lambda: hmm.transitions(2, {}, 1.5), "at most 1"),
        (
            lambda: hmm.backward((["b"], ["a"]), hmm.Model({}, {}, 0.5), []),
            "0 scales",
        ),
        (lambda: fast.model_1(fast.numbered([(["a"], ["b"])]), 0), "0 rounds"),
        (
            lambda: links.precision_and_recall([frozenset()], [frozenset()]),
            "0 links",
        ),
        (lambda: gold.words_per_source([], [(["a"], ["b"])], [1]), "0 guesses"),
    ],
)
def test_what_cannot_be_done_is_said(call: object, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        call()  # type: ignore[operator]


def test_possible_links_cost_nothing() -> None:
    sure, possible = frozenset({(0, 0)}), frozenset({(0, 0), (0, 1)})
    guess = [frozenset({(0, 0), (0, 1)})]
    assert links.alignment_error_rate(guess, [sure], [possible]) == 0.0
    assert links.alignment_error_rate(guess, [sure]) == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="nothing to rate"):
        links.alignment_error_rate([frozenset()], [frozenset()])


def test_small_and_empty_things_have_their_right_value() -> None:
    assert gold.diagonal(AlignedVerse("", [], [], frozenset())) == frozenset()
    assert fast.ibm_model_1([(["a"], ["b"]), (["c"], [])], 2)[1] == frozenset()
    assert symmetric.grow_diag_final(frozenset(), frozenset()) == frozenset()


def test_growing_stops_at_words_that_are_linked() -> None:
    forward = frozenset({(0, 0), (0, 1), (1, 0)})
    backward = frozenset({(0, 0), (1, 1)})
    # (1, 0) and (0, 1) each free one word; (1, 1) then has none left to free
    assert symmetric.grow_diag(forward, backward) == {(0, 0), (0, 1), (1, 0)}
    far = frozenset({(0, 0), (5, 5), (5, 6)})
    assert symmetric.grow_diag(far, frozenset({(0, 0)})) == {(0, 0)}
    assert symmetric.grow_diag_final_and(far, frozenset({(0, 0)})) == {
        (0, 0),
        (5, 5),
    }
    assert symmetric.grow_diag_final(far, frozenset({(0, 0)})) == far


@pytest.mark.assets
def test_what_the_chapter_says_of_the_verses_holds_on_halves() -> None:
    """The HMM beats Model 2, and Model 2 beats Model 1, on each half by itself."""
    verses = gold.verses()
    for half in (verses[0:3000:2], verses[1:3000:2]):
        pairs = [
            (links.plain_words(v.source), links.plain_words(v.target)) for v in half
        ]
        found = fast.three_models(pairs, 5)
        error = {name: gold.error_of(guess, half) for name, guess in found.items()}
        assert error["HMM"] + 0.03 < error["Model 2"] < error["Model 1"] - 0.02
        assert (
            error["Model 1"]
            < gold.error_of([gold.diagonal(v) for v in half], half) - 0.1
        )
        kept = [
            gold.without_marks(guess, v.target)
            for guess, v in zip(found["Model 1"], half, strict=True)
        ]
        right = [guess & v.links for guess, v in zip(kept, half, strict=True)]
        once, often = (
            r / k
            for r, k in zip(
                gold.words_per_source(right, pairs, [1, 10]),
                gold.words_per_source(kept, pairs, [1, 10]),
                strict=True,
            )
        )
        assert once < 0.35 < 0.45 < often
