"""Bias and fairness: units, edges and what the docstrings promise."""

import numpy as np
import pytest
import torch

from nlpcourse.course import ledger
from nlpcourse.responsible.fairness import (
    canary,
    card,
    direction,
    experiments,
    lists,
    made,
    metrics,
    mitigate,
    pronouns,
    templates,
    weat,
    wording,
)


def test_the_lists_are_those_of_the_papers():
    assert [len(t.first) for t in lists.TESTS.values()] == [25, 25, 8, 8, 8]
    for test in lists.TESTS.values():
        assert len(test.first) == len(test.second)
        assert len(test.plus) == len(test.minus)
        assert not set(test.first) & set(test.second)
    assert len(lists.PAIRS) == 10
    assert not lists.GENDERED & set(lists.OCCUPATIONS)


def test_an_effect_needs_two_sides_and_a_spread():
    with pytest.raises(ValueError, match="both sides"):
        weat.effect_size(np.zeros(0), np.ones(2))
    with pytest.raises(ValueError, match="no spread"):
        weat.effect_size(np.ones(2), np.ones(2))


def test_too_many_divisions_ask_for_draws():
    many = np.arange(30.0)
    with pytest.raises(ValueError, match="give draws"):
        weat.permutation_p(many, many)
    p = weat.permutation_p(many, many - 100, draws=99)
    assert p == pytest.approx(0.01)


def test_drawn_divisions_come_near_all_of_them():
    chance = np.random.default_rng(1)
    x, y = chance.normal(size=8), chance.normal(size=8) - 0.5
    exact = weat.permutation_p(x, y)
    assert weat.permutation_p(x, y, draws=4000) == pytest.approx(exact, abs=0.03)


def test_a_word_without_a_vector_is_named():
    table = weat.Lookup(["a"], np.ones((1, 2)))
    with pytest.raises(ValueError, match="zebra"):
        table[["a", "zebra"]]
    with pytest.raises(ValueError, match="2 words and 1"):
        weat.Lookup(["a", "b"], np.ones((1, 2)))


def test_equalised_words_mirror_each_other():
    g = np.array([1.0, 0.0, 0.0])
    one, other = np.array([[0.9, 0.4, 0.1]]), np.array([[-0.2, 0.6, 0.3]])
    a, b = direction.equalise(one, other, g)
    assert a[0, 0] == pytest.approx(-b[0, 0])
    assert a[0, 0] > 0
    assert a[0, 1:] == pytest.approx(b[0, 1:])
    assert np.linalg.norm(a) == pytest.approx(1)


def test_leaning_words_are_labelled_by_side():
    vectors = np.array([[1.0, 0.1], [-1.0, 0.2], [0.1, 1.0], [0.9, 0.5]])
    table = weat.Lookup(["she", "cap", "mid", "pearl"], vectors)
    words, labels = direction.most_leaning(
        table, np.array([1.0, 0.0]), 1, frozenset({"she"})
    )
    assert words == ["pearl", "cap"]
    assert labels.tolist() == [1, 0]


def test_frames_ask_for_their_slots():
    with pytest.raises(ValueError, match="slot"):
        templates.fill("{person} feels {feeling}.", person="I")
    every = templates.pairs(templates.PEOPLE)
    count = len(templates.FRAMES) * len(templates.FEELINGS) * len(templates.PEOPLE)
    assert len(every) == count
    for pair in every:
        assert len(pair.one.split()) == len(pair.other.split())


def test_flips_count_pairs_across_the_line():
    one, other = np.array([0.6, 0.4, 0.9]), np.array([0.4, 0.3, 0.8])
    assert templates.flips(one, other) == pytest.approx(1 / 3)


def test_pronouns_are_counted_in_the_occupations_sentences_alone():
    sentences = [
        ["she", "saw", "the", "doctor", "and", "his", "hat"],
        ["the", "doctor", "slept"],
        ["he", "left"],
        ["her", "doctor", "called"],
    ]
    found = pronouns.pronoun_shares(sentences, ["doctor", "pilot"], least=1)
    assert found == {"doctor": pytest.approx(2 / 3)}


def test_a_name_is_no_occupation_and_no_everyday_word():
    words = [
        "The",
        "Baker",
        "met",
        "a",
        "baker",
        ".",
        "She",
        "thanked",
        "the",
        "baker",
        ".",
    ]
    sentences = pronouns.sentences_of(words)
    assert pronouns.pronoun_shares(sentences, ["baker"], least=1) == {"baker": 1.0}
    assert pronouns.everyday_words(words, least=1) >= {"baker", "met", "thanked"}
    assert "the" not in pronouns.everyday_words(["The", "The", "the"], least=1)


def test_a_continuation_is_one_token():
    with pytest.raises(ValueError, match="one token each"):
        pronouns.preference(
            lambda ids: torch.zeros(1, ids.shape[1], 5),
            lambda text: torch.zeros(1, 2, dtype=torch.long),
            "so",
        )


def test_made_worlds_repeat_and_say_what_was_put_in():
    one, same = made.applicants(3000, 7), made.applicants(3000, 7)
    assert one.texts == same.texts
    able = [one.able[one.group == k].mean() for k in (0, 1)]
    hired = [one.hired[one.group == k].mean() for k in (0, 1)]
    assert abs(able[0] - able[1]) < 0.05
    assert hired[0] - hired[1] > 0.15
    fair = made.applicants(3000, 7, held_against=0.0)
    hired = [fair.hired[fair.group == k].mean() for k in (0, 1)]
    assert abs(hired[0] - hired[1]) < 0.05


def test_no_application_names_its_side():
    texts = made.applicants(50, 1).texts
    assert not {"east", "west"} & {
        w for text in texts for w in wording.words_of(text)
    }


@pytest.mark.parametrize("text", ["", "Good.", "School: Hillgate. Club: chess."])
def test_nothing_swapped_leaves_a_text_as_it_is(text):
    assert wording.swapped(text, {}) == text


def test_rates_of_nobody_are_no_numbers():
    found = metrics.rates([1, 1], [0, 1], [0, 1])
    assert np.isnan(found[0].false_positive)
    assert np.isnan(found[0].precision)
    with pytest.raises(ValueError, match="0 or 1"):
        metrics.rates([2], [0], [0])


def test_a_price_narrows_the_gap():
    world = made.loans(1000, 3)
    y, gaps = world.repaid.astype(float), []
    for price in (0.0, 1.0, 10.0):
        model = mitigate.train(world.table, y, group=world.group, price=price)
        s = model.probability(world.table)
        gaps.append(abs(s[world.group == 1].mean() - s[world.group == 0].mean()))
    assert gaps == sorted(gaps, reverse=True)
    with pytest.raises(ValueError, match="price"):
        mitigate.train(world.table, y, price=-1.0)


def test_interventions_are_compared_in_both_worlds():
    found = experiments.outcomes(lambda s: experiments.hiring(s, 400), [0, 1])
    assert set(found) == {"the past", "ability"}
    for rows in found.values():
        assert rows["price 3"].gap < rows["none"].gap
        assert rows["thresholds"].gap < rows["none"].gap
        assert all(0 < o.accuracy < 1 for o in rows.values())
    with pytest.raises(ValueError, match="two seeds"):
        experiments.outcomes(experiments.lending, [0])


def test_a_group_needs_its_threshold():
    with pytest.raises(ValueError, match="no threshold"):
        mitigate.decide(np.zeros(2), np.array([0, 1]), {0: 0.5})


def test_secrets_differ_and_stand_in_the_text_as_often_as_said():
    found = canary.secrets(2)
    assert sorted(times for _, times in found.values()) == sorted(canary.TIMES)
    assert found != canary.secrets(1)


@pytest.mark.assets
@pytest.mark.parametrize("seed", [0, 1])
def test_the_private_text_holds_each_secret_as_often_as_said(seed):
    text = canary.private_text(seed, 200)
    for name, (code, times) in canary.secrets(seed).items():
        assert text.count(canary.FRAME.format(name=name) + code) == times


def test_a_card_refuses_to_leave_something_out():
    record = ledger.records("13")[:1]
    words = {s: "said" for s in card.SECTIONS if s != "Metrics"}
    shown = card.model_card("judge", words, record)
    assert [line for line in shown.splitlines() if line.startswith("## ")] == [
        f"## {s}" for s in card.SECTIONS
    ]
    assert record[0].metric in shown
    with pytest.raises(ValueError, match="Caveats"):
        card.model_card("judge", {**words, "Caveats": " "}, record)
    with pytest.raises(ValueError, match="0 results"):
        card.model_card("judge", words, [])
