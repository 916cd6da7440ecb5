"""Reinforcement learning: units."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import torch

from nlpcourse.learning.reinforcement import (
    bandits,
    frontier,
    objectives,
    openings,
    policy_gradient,
    rewards,
    testbed,
)
from nlpcourse.learning.reinforcement.game import Library
from nlpcourse.learning.reinforcement.q_learning import greedy_game, q_learning
from nlpcourse.learning.reinforcement.recipes import RECIPES, Reinforce
from nlpcourse.learning.reinforcement.rewards import Reward
from nlpcourse.learning.reinforcement.writer import Vocabulary, Written, vocabulary
from nlpcourse.statistics.naive_bayes.features import words


def texts(*rows: list[int]) -> Written:
    """Return written texts from the numbers of their words."""
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest + 2, dtype=torch.long)
    mask = torch.zeros(len(rows), longest)
    for k, row in enumerate(rows):
        ids[k, 1 : len(row) + 1] = torch.tensor(row)
        mask[k, : len(row)] = 1
    return Written(ids, torch.zeros_like(mask), mask)


def test_a_tally_is_a_running_mean() -> None:
    tally = bandits.Tally.of(2)
    assert tally.mean(0) == 0
    for reward in (1.0, 0.0, 1.0):
        tally.note(1, reward)
    assert tally.mean(1) == pytest.approx(2 / 3)


def test_greedy_never_tries_and_epsilon_one_always_does() -> None:
    tally = bandits.Tally([5, 5], [4.0, 1.0])
    rng = random.Random(0)
    assert {bandits.epsilon_greedy(0)(tally, rng) for _ in range(50)} == {0}
    assert {bandits.epsilon_greedy(1)(tally, rng) for _ in range(50)} == {0, 1}


def test_thompson_mostly_pulls_the_better_arm() -> None:
    tally = bandits.Tally([200, 200], [140.0, 60.0])
    rng = random.Random(1)
    assert sum(bandits.thompson(tally, rng) for _ in range(200)) == 0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: bandits.epsilon_greedy(1.5), "probability"),
        (lambda: bandits.play(bandits.ucb1, [], 5), "no arm"),
        (lambda: bandits.play(bandits.ucb1, [math.nan], 5), "0 to 1"),
        (lambda: bandits.play(bandits.ucb1, [0.5], -1), "0 or more"),
        (lambda: bandits.regret([2], [0.5, 0.6]), "no arm 2"),
        (lambda: bandits.ucb1_bound([0.5], 0), "1 pull"),
        (lambda: testbed.run(testbed.ucb1, np.zeros((0, 3)), 5), "table"),
        (lambda: testbed.run(testbed.ucb1, np.array([[2.0]]), 5), "probability"),
        (lambda: testbed.ten_armed(0), "runs"),
        (lambda: q_learning(Library(), 5, discount=2), "discount"),
        (lambda: q_learning(Library(), -1), "0 games"),
        (lambda: Library().step(9), "no command 9"),
        (lambda: objectives.leave_one_out(torch.ones(1)), "two or more"),
        (
            lambda: objectives.dpo_loss(*[torch.tensor([math.nan])] * 4, beta=1),
            "NaN",
        ),
        (
            lambda: objectives.dpo_loss(*[torch.ones(2)] * 4, beta=0),
            "above 0",
        ),
        (
            lambda: objectives.penalised(*[torch.ones(2)] * 3, beta=-1),
            "0 or more",
        ),
        (
            lambda: objectives.clipped_loss(
                torch.ones(1, 2), torch.ones(1, 2), torch.ones(1), torch.zeros(1, 2)
            ),
            "one word",
        ),
        (lambda: frontier.best_possible(torch.ones(2), 0), "above 0"),
        (lambda: frontier.best_possible(torch.tensor([math.inf]), 1), "finite"),
        (lambda: frontier.best_of(torch.ones(2), 0), "1 or more"),
        (
            lambda: policy_gradient.exact_gradient(torch.zeros(2), torch.zeros(3)),
            "arms",
        ),
        (lambda: policy_gradient.variance(torch.zeros(1, 2)), "spread"),
        (lambda: rewards.distinct_share([]), "no text"),
        (lambda: rewards.praised([]), "no text"),
    ],
)
def test_bad_input_is_told(call, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()


def test_the_bound_knows_its_two_parts() -> None:
    gap, n = 0.1, 1000
    right = 8 * math.log(n) / gap + (1 + math.pi**2 / 3) * gap
    assert bandits.ucb1_bound([0.5, 0.6], n) == pytest.approx(right)
    assert bandits.ucb1_bound([0.4, 0.4], n) == 0


def test_what_is_told_decides_what_can_be_learnt() -> None:
    whole = q_learning(Library(), 1500, epsilon=1.0, seed=0)
    part = q_learning(Library(inventory=False), 1500, epsilon=1.0, seed=0)
    assert greedy_game(whole, seed=3)[1] == 13
    assert greedy_game(part, seed=3, inventory=False)[1] < 13
    assert len(part) == 4


def test_a_baseline_halves_what_an_offset_adds() -> None:
    theta, means = torch.zeros(3), torch.tensor([0.4, 0.5, 0.6])
    spread = {
        b: policy_gradient.variance(
            policy_gradient.sampled_gradients(theta, means, 20_000, baseline=b)
        )
        for b in (0.0, 0.5)
    }
    # uniform policy: E[(r − b)²] E|score|², with E|score|² = 2/3
    assert spread[0.5] == pytest.approx(0.25 * 2 / 3, rel=0.05)
    assert spread[0.0] == pytest.approx(0.5 * 2 / 3, rel=0.05)


def test_leave_one_out_is_a_scaled_mean() -> None:
    values = torch.tensor([1.0, 2.0, 6.0])
    expected = (values - values.mean()) * 3 / 2
    torch.testing.assert_close(objectives.leave_one_out(values), expected)


def test_beyond_the_clip_nothing_is_gained() -> None:
    old = torch.zeros(1, 1)
    for sign in (1.0, -1.0):
        new = torch.tensor([[sign * 0.5]], requires_grad=True)
        loss = objectives.clipped_loss(
            new, old, torch.tensor([sign]), torch.ones(1, 1)
        )
        loss.backward()
        assert float(new.grad) == 0
    new = torch.tensor([[0.5]], requires_grad=True)  # the wrong way: no clip
    objectives.clipped_loss(
        new, old, torch.tensor([-1.0]), torch.ones(1, 1)
    ).backward()
    assert float(new.grad) > 0


def test_before_training_a_pair_costs_log_2() -> None:
    same = torch.tensor([-3.0]), torch.tensor([-7.0])
    assert float(objectives.dpo_loss(*same, *same, beta=0.7)) == pytest.approx(
        math.log(2)
    )


def test_a_reward_is_a_table_and_may_count_each_word_once() -> None:
    table = Reward(0.5, torch.tensor([0.0, 0.0, 1.0, -2.0]))
    written = texts([2, 2, 3], [2])
    torch.testing.assert_close(table(written), torch.tensor([0.5, 1.5]))
    once = Reward(table.prior, table.weights, each_once=True)
    torch.testing.assert_close(once(written), torch.tensor([-0.5, 1.5]))


def test_a_vocabulary_keeps_the_most_frequent() -> None:
    known = Vocabulary.of([["b", "a", "b"], ["c"]], 2)
    assert known.words[2:] == ["b", "a"]
    assert known.decode(known.encode(["b", "c", "a"])) == "b <unk> a"
    assert known.decode([]) == ""


def test_the_best_of_one_is_the_mean() -> None:
    values = torch.tensor([0.0, 1.0, 5.0])
    assert frontier.best_of(values, 1).reward == pytest.approx(2)
    assert frontier.best_of(values, 1).kl == 0
    flat = frontier.best_possible(torch.ones(4), 1.0)
    assert flat.kl == pytest.approx(0, abs=1e-12)


@pytest.mark.assets
def test_the_openings_are_shares_of_the_film_sentences() -> None:
    shares = openings.arms()
    assert len(shares) == 10
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    assert shares["i"] == pytest.approx(46 / 128)


@pytest.mark.assets
def test_the_table_is_chapter_11s_log_odds() -> None:
    first, second = rewards.rated()
    assert not {one.id for one in first} & {one.id for one in second}
    model = rewards.learnt_from(first[:400])
    table = Reward.of(model, vocabulary())
    for opinion in second[:50]:
        known = [w for w in words(opinion.text) if w in vocabulary().number]
        joint = model.joint(known)
        ids = vocabulary().encode(known)
        assert float(table(texts(ids))[0]) == pytest.approx(
            joint["good"] - joint["bad"], abs=1e-4
        )


@pytest.mark.assets
def test_a_step_of_steering_moves_towards_the_reward() -> None:
    recipe = RECIPES["steer-reinforce-seed0"]
    task = Reinforce({**recipe.config, "rows": 8})
    torch.manual_seed(0)
    loss, carry = task.loss(task.model, task.batch(0), ())
    loss.backward()
    assert carry == ()
    assert any(float(w.grad.abs().max()) > 0 for w in task.model.parameters())
    assert float(task.model.curve[0, 1]) == pytest.approx(0, abs=1e-4)
