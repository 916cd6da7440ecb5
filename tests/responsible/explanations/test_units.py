"""Chapter 36 by hand: small cases, edges, and what the chapter's networks have learnt."""

import math

import numpy as np
import pytest
import torch

from nlpcourse.responsible.explanations import (
    behaviour,
    counterfactual,
    edits,
    films,
    judging,
    notes,
    probing,
    recipes,
    shapley,
    surrogate,
)
from nlpcourse.responsible.explanations.gradients import integrated_gradients
from nlpcourse.responsible.explanations.occlusion import ask, occlusion
from nlpcourse.responsible.explanations.reader import (
    Question,
    Reader,
    padded,
    scores_of,
    vectors_of,
)
from nlpcourse.responsible.explanations.words import words_of
from nlpcourse.training import registry


def test_padding_changes_no_score():
    model = recipes.load_reader()
    rows = [["a", "good", "film"], ["dull"], ["not", "a", "very", "good", "one"]]
    together = scores_of(model, rows)
    alone = [scores_of(model, [row])[0] for row in rows]
    np.testing.assert_allclose(together, alone, atol=1e-5)
    x, real = padded(rows)
    assert real.sum(dim=1).tolist() == [3, 1, 5]
    assert not x[1, 1:].any()


def test_a_word_that_is_unknown_is_a_blank():
    assert not vectors_of(["zzxqv"]).any()
    assert vectors_of(["film"]).any()


def test_a_question_counts_what_it_was_asked():
    question = Question(recipes.load_reader(), ["a", "good", "film"])
    occlusion(question, 3)
    assert question.asked == 4
    with pytest.raises(ValueError, match="as many dials"):
        question(np.ones((2, 4)))
    with pytest.raises(ValueError, match="NaN"):
        question(np.full((1, 3), math.nan))


def test_scores_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        ask(lambda s: np.full(len(s), math.nan), np.ones((2, 2)))


def test_attention_put_in_replaces_its_own():
    model = recipes.load_reader("lstm")
    words = words_of("an uneven but moving film .")
    weights, values = counterfactual.attention_and_values(model, words)
    x, ones = vectors_of(words)[None], torch.ones(1, len(words))
    score = model(x, ones).item()
    assert weights @ values == pytest.approx(score, abs=1e-4)
    other = torch.from_numpy(counterfactual.two_words(weights, values)).float()
    assert model(x, ones, other[None]).item() == pytest.approx(score, abs=1e-3)


def test_uniform_attention_is_uniform():
    model = Reader("lstm", 8, uniform=True)
    x, real = padded([["a", "film"], ["a", "good", "long", "film"]])
    weights = model.attend(model.states(x), real)
    torch.testing.assert_close(
        weights, torch.tensor([[0.5, 0.5, 0, 0], [0.25, 0.25, 0.25, 0.25]])
    )


def test_sundararajans_example():
    """f(x) = 1 − ReLU(1 − x) from 0 to 2: the slope at 2 is 0, and the whole rise is 1."""
    slopes = lambda s: 2.0 * (2 * s < 1)  # noqa: E731
    assert slopes(np.ones((1, 1)))[0, 0] == 0
    assert integrated_gradients(slopes, 1, 1000)[0] == pytest.approx(1.0)


def test_the_plant_is_where_it_should_be():
    given = films.sentences("train")
    for how, good, bad in (("shortcut", 0.5, 0.0), ("control", 0.25, 0.25)):
        planted = films.plant(given, how, seed=0)
        marked = np.array([films.MARK in row for row in planted.rows])
        before = np.array([films.MARK in row for row in given.rows])
        new = marked & ~before
        assert new[given.good > 0].mean() == pytest.approx(good, abs=0.02)
        assert new[given.good == 0].mean() == pytest.approx(bad, abs=0.02)
    assert films.plant(given, "none", 0).rows == given.rows


def test_the_shortcut_is_learnt_and_the_control_is_not():
    for seed in recipes.SEEDS:
        logs = [
            registry.read_log(f"explanations-{kind}-seed{seed}")["metrics"]
            for kind in ("shortcut", "control")
        ]
        assert logs[0]["marked_called_good"] > 0.95
        assert logs[1]["marked_called_good"] < 0.3


def test_deletion_starts_at_the_text_and_ends_at_the_blank():
    score = lambda s: s @ np.array([3.0, -1.0, 1.0])  # noqa: E731
    curve = judging.deletion_curve(score, np.array([3.0, -1.0, 1.0]))
    expected = judging.probability(np.array([3.0, 0.0, -1.0, 0.0]))
    np.testing.assert_allclose(curve, expected)
    other = judging.deletion_curve(lambda s: -score(s), -np.array([3.0, -1.0, 1.0]))
    np.testing.assert_allclose(other, curve)
    np.testing.assert_allclose(judging.at_shares(curve, 4), curve)


def test_shap_weighs_the_ends_of_the_sizes_most():
    weights = [shapley.kernel_weight(6, k) for k in range(1, 6)]
    assert weights == pytest.approx(weights[::-1])
    assert weights[0] > weights[1] > weights[2]
    drawn, _ = shapley.coalitions(20, 4000, seed=0)
    sizes = drawn.sum(axis=1)
    assert (sizes == 1).mean() == pytest.approx((sizes == 19).mean())
    assert drawn.mean() == pytest.approx(0.5)


def test_nearness_falls_with_blanks():
    near = surrogate.proximity(np.tril(np.ones((5, 5))))
    assert (np.diff(near) > 0).all()
    assert near[-1] == 1


def test_fewest_blanks_tries_small_sets_first():
    score = lambda s: s @ np.array([1.0, 1.2, 0.5]) - 1.2  # noqa: E731
    assert edits.fewest_blanks(score, 3) == (0, 1)
    assert edits.fewest_blanks(score, 3, most=1) is None
    assert edits.fewest_blanks(lambda s: score(s) - 0.5, 3) == (1,)
    assert edits.fewest_blanks(lambda s: s.sum(axis=1) + 1, 3) is None


def test_every_edit_that_turns_is_found():
    judge = lambda rows: np.array([2.0 * ("good" in r) - 1 for r in rows])  # noqa: E731
    found = edits.one_word_edits(judge, ["a", "good", "film"], ["bad", "dull"])
    assert [(place, word) for place, word, _ in found] == [(1, "bad"), (1, "dull")]


def test_words_of_one_meaning_take_each_others_place():
    found = edits.harmless(["the", "film", "is", "long"])
    assert (1, "movie") in found
    assert all(place in (0, 1) for place, _ in found)


def test_a_control_task_gives_a_word_one_tag_and_keeps_the_shares():
    words = [w.lower() for s in probing.tagged() for w, _ in s]
    tags = [t for s in probing.tagged() for _, t in s]
    drawn = probing.control_tags(words, tags, seed=0)
    seen = {}
    for word, tag in zip(words, drawn, strict=True):
        assert seen.setdefault(word, tag) == tag
    share = lambda values: values.count("NN") / len(values)  # noqa: E731
    types = list(seen.values())
    assert share(types) == pytest.approx(share(tags), abs=0.03)
    assert drawn != probing.control_tags(words, tags, seed=1)


def test_a_probe_is_more_selective_where_it_is_linear():
    for layer in (2, 6):
        gaps = {}
        for shape in recipes.HIDDEN:
            right, control = (
                recipes.probed(layer, shape, c) for c in (False, True)
            )
            gaps[shape] = np.mean(right) - np.mean(control)
        assert gaps["linear"] > gaps["mlp"]


def test_word_states_are_the_encoders():
    sentence = probing.tagged()[0]
    bert, tokenizer = probing.encoder()
    pieces = [tokenizer.encode(w)[1:-1] for w, _ in sentence]
    ids = [tokenizer.cls, *(i for p in pieces for i in p), tokenizer.sep]
    with torch.no_grad():
        states = bert(torch.tensor([ids])).hidden_states[3][0, 1:-1]
    ends = np.cumsum([len(p) for p in pieces])
    expected = [
        states[end - len(p) : end].mean(dim=0)
        for end, p in zip(ends, pieces, strict=True)
    ]
    found = probing.states_of([sentence], 3)
    torch.testing.assert_close(found, torch.stack(expected))


def test_each_kind_of_behaviour_fails_as_it_should():
    judge = lambda texts: np.array([0.9 if "good" in t else 0.2 for t in texts])  # noqa: E731
    mft = behaviour.Behaviour("x", "MFT", [("good", "good"), ("not good", "bad")])
    assert behaviour.failures(mft, judge) == [("not good", "bad", 0.9)]
    inv = behaviour.Behaviour("x", "INV", [("a good", "the good")])
    assert behaviour.failure_rate(inv, judge) == 0.0
    inv = behaviour.Behaviour("x", "INV", [("good", "nice")])
    assert behaviour.failure_rate(inv, judge) == 1.0
    up = behaviour.Behaviour("x", "DIR", [("bad", "bad good"), ("good", "bad")])
    assert behaviour.failures(up, judge) == [("good", "bad", 0.2)]
    down = behaviour.Behaviour("x", "DIR", [("bad", "bad good")], up=False)
    assert behaviour.failure_rate(down, judge) == 1.0
    with pytest.raises(ValueError, match="MFT, INV or DIR"):
        behaviour.Behaviour("x", "ABC", [("a", "b")])


def test_the_clinics_care_is_what_turns_the_sign():
    made = notes.patients(4000, seed=5)
    asthma = np.array(["asthma" in text for text in made.notes])
    assert made.risk[asthma].mean() < made.risk[~asthma].mean()
    assert made.untreated[asthma].mean() > made.untreated[~asthma].mean()
    assert np.abs(made.died.mean() - made.risk.mean()) < 0.02
    assert notes.seen(0, 500)["asthma"] == sum(
        "asthma" in t for t in notes.patients(500, 0).notes
    )
