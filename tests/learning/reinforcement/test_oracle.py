"""Reinforcement learning by hand against gymnasium, trl, autograd, and exact answers."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from trl.trainer.dpo_trainer import DPOTrainer
from trl.trainer.grpo_trainer import GRPOTrainer
from trl.trainer.rloo_trainer import RLOOTrainer

from nlpcourse.learning.reinforcement import (
    bandits,
    frontier,
    objectives,
    policy_gradient,
    testbed,
    world,
)
from nlpcourse.learning.reinforcement.game import (
    COMMANDS,
    STATES,
    Library,
    outcomes,
)
from nlpcourse.learning.reinforcement.q_learning import (
    greedy_value,
    q_learning,
    value_iteration,
)
from nlpcourse.learning.reinforcement.writer import (
    END,
    UNKNOWN,
    log_probs_of,
    next_log_probs,
    write,
)
from nlpcourse.transformers.gpt.model import GPT, GPTConfig

few = settings(max_examples=25, deadline=None)

# ------------------------------------------------------------------------------------ trl


def stub(**fields: Any) -> MagicMock:
    """Return what stands in for a trainer: the fields that the formula reads, and no more."""
    trainer = MagicMock()
    trainer.model.training = True
    gather = trainer.accelerator
    gather.gather_for_metrics.side_effect = gather.gather.side_effect = lambda x: x
    gather.reduce.side_effect = lambda x, reduction: x
    gather.device = torch.device("cpu")
    for name, value in fields.items():
        setattr(trainer, name, value)
    return trainer


def drawn(
    seed: int, rows: int, length: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return log probabilities under two models, a mask of texts, and advantages."""
    generator = torch.Generator().manual_seed(seed)
    old = -3 * torch.rand(rows, length, generator=generator)
    new = old + 0.4 * torch.randn(rows, length, generator=generator)
    lengths = torch.randint(1, length + 1, (rows, 1), generator=generator)
    mask = (torch.arange(length) < lengths).float()
    advantage = 2 * torch.randn(rows, generator=generator)
    return new, old, mask, advantage


@few
@given(
    st.integers(0, 10_000),
    st.integers(1, 6),
    st.integers(1, 8),
    st.floats(0.05, 0.5),
)
def test_the_clipped_loss_is_trls(
    seed: int, rows: int, length: int, clip: float
) -> None:
    new, old, mask, advantage = drawn(seed, rows, length)
    new.requires_grad_()
    trainer = stub(
        beta=0.0, epsilon_low=clip, epsilon_high=clip, loss_type="bnpo",
        importance_sampling_level="token", top_entropy_quantile=1.0, use_vllm=False,
        off_policy_mask_threshold=None, aux_loss_enabled=False,
        current_gradient_accumulation_steps=1, tools=None, _entropy_bonus_enabled=False,
    )  # fmt: skip
    trainer.args.delta = None
    trainer.args.use_bias_correction_kl = False
    ids = torch.zeros(rows, length, dtype=torch.long)
    trainer._get_per_token_logps_and_entropies.return_value = (
        new, torch.zeros_like(new), None,
    )  # fmt: skip
    inputs = {
        "prompt_ids": ids[:, :0], "prompt_mask": mask[:, :0], "completion_ids": ids,
        "completion_mask": mask, "advantages": advantage, "old_per_token_logps": old,
        "num_items_in_batch": mask.sum(),
    }  # fmt: skip
    theirs = GRPOTrainer._compute_loss(trainer, trainer.model, inputs)
    ours = objectives.clipped_loss(new, old, advantage, mask, clip)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)
    (ours_slope,) = torch.autograd.grad(ours, new, retain_graph=True)
    (theirs_slope,) = torch.autograd.grad(theirs, new)
    torch.testing.assert_close(ours_slope, theirs_slope)


@few
@given(st.integers(0, 10_000), st.integers(2, 12))
def test_on_fresh_texts_the_loss_and_its_slope_are_those_of_trls_rloo(
    seed: int, rows: int
) -> None:
    """Where nothing has moved since the writing, REINFORCE and the clipped ratio are one."""
    new, _, mask, advantage = drawn(seed, rows, 5)
    new.requires_grad_()
    trainer = stub(epsilon_low=0.2, epsilon_high=0.2, aux_loss_enabled=False)
    ids = torch.zeros(rows, 5, dtype=torch.long)
    trainer._get_per_token_logps_and_entropies.return_value = (
        new, torch.zeros_like(new), None,
    )  # fmt: skip
    inputs = {
        "prompt_ids": ids[:, :0], "prompt_mask": mask[:, :0], "completion_ids": ids,
        "completion_mask": mask, "advantages": advantage,
        "old_logps": (new * mask).sum(1).detach(),
    }  # fmt: skip
    theirs = RLOOTrainer._compute_loss(trainer, trainer.model, inputs)
    ours = objectives.reinforce_loss((new * mask).sum(1), advantage)
    (ours_slope,) = torch.autograd.grad(ours, new)
    (theirs_slope,) = torch.autograd.grad(theirs, new)
    torch.testing.assert_close(ours_slope, theirs_slope)


@few
@given(st.integers(0, 10_000), st.integers(1, 6), st.floats(0.01, 3))
def test_the_preference_loss_is_trls(seed: int, pairs: int, beta: float) -> None:
    new, old, mask, _ = drawn(seed, 2 * pairs, 6)
    new.requires_grad_()
    ids = torch.ones(2 * pairs, 7, dtype=torch.long)
    whole = torch.cat([torch.zeros(2 * pairs, 1), mask], dim=1)

    def model(log_probs: Tensor) -> Any:
        extra = torch.zeros_like(log_probs)
        return lambda **_: SimpleNamespace(
            log_probs=log_probs * mask,
            entropy=extra,
            mean_logits=extra,
            is_top1=extra.bool(),
        )

    trainer = stub(
        aux_loss_enabled=False, ld_alpha=None, precompute_ref_logps=False, beta=beta,
        f_divergence_type="reverse_kl", loss_types=["sigmoid"], loss_weights=[1.0],
        use_weighting=False, label_smoothing=0.0, ref_model=model(old), _tp_size=1,
        _total_train_tokens=0,
    )  # fmt: skip
    trainer.args.gradient_checkpointing_kwargs = None
    inputs = {"input_ids": ids, "attention_mask": ids, "completion_mask": whole}
    theirs = DPOTrainer._compute_loss(trainer, model(new), inputs, False)
    sums, before = (new * mask).sum(1), (old * mask).sum(1)
    ours = objectives.dpo_loss(*sums.chunk(2), *before.chunk(2), beta)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)
    (ours_slope,) = torch.autograd.grad(ours, new, retain_graph=True)
    (theirs_slope,) = torch.autograd.grad(theirs, new)
    torch.testing.assert_close(ours_slope, theirs_slope)


# ------------------------------------------------------------------------- exact gradients


@few
@given(st.lists(st.floats(-3, 3), min_size=1, max_size=8), st.integers(0, 1000))
def test_the_exact_gradient_is_autograds(theta: list[float], seed: int) -> None:
    means = torch.rand(len(theta), generator=torch.Generator().manual_seed(seed))
    point = torch.tensor(theta, requires_grad=True)
    (point.softmax(0) @ means).backward()
    assert point.grad is not None
    torch.testing.assert_close(
        policy_gradient.exact_gradient(point.detach(), means), point.grad
    )


@pytest.mark.parametrize("baseline", [0.0, 0.5, -2.0])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sampled_gradients_are_right_on_average(baseline: float, seed: int) -> None:
    theta = torch.tensor([0.5, -0.3, 0.1], dtype=torch.float64)
    means = torch.tensor([0.2, 0.9, 0.5], dtype=torch.float64)
    found = policy_gradient.sampled_gradients(theta, means, 40_000, baseline, seed)
    error = found.mean(0) - policy_gradient.exact_gradient(theta, means)
    noise = found.std(0) / math.sqrt(len(found))
    assert bool((error.abs() < 4 * noise).all())
    # the test can fail: rewards that know nothing of the arm give another gradient
    assert bool((found.mean(0).abs() > 4 * noise).any())


def test_reinforce_on_a_language_model_is_right_on_average() -> None:
    """Every text of two words over a vocabulary of four, by enumeration, against 6,000 draws."""
    torch.manual_seed(0)
    policy = GPT(GPTConfig(4, 8, 8, 1, 2, spread=0.5, token_spread=0.7)).double()
    worth = torch.tensor([0.0, 0.0, 1.0, -2.0], dtype=torch.float64)
    weights = list(policy.parameters())

    texts = []
    for first, second in itertools.product((0, 2, 3), repeat=2):
        texts.append([END, first, second if first != END else END, END])
    ids = torch.tensor(sorted({tuple(text) for text in texts}))
    log_probs = torch.zeros(len(ids), dtype=torch.float64)
    alive = torch.ones(len(ids), dtype=torch.float64)
    shares = next_log_probs(policy(ids[:, :-1]))
    for place in range(3):
        picked = shares[:, place].gather(1, ids[:, place + 1, None])[:, 0]
        if place < 2:  # the last end is forced
            log_probs = log_probs + picked * alive
        alive = alive * (ids[:, place + 1] != END)
    probability = log_probs.exp()
    assert float(probability.sum()) == pytest.approx(1)
    reward = worth[ids].sum(1)
    exact = torch.autograd.grad((probability * reward).sum(), weights)

    torch.manual_seed(1)
    sums: list[Tensor] = [torch.zeros_like(w) for w in weights]
    squares = [torch.zeros_like(w) for w in weights]
    rounds = 120
    for _ in range(rounds):
        written = write(policy, 50, longest=3)
        got = worth[written.ids].sum(1)
        log_prob = log_probs_of(policy, written).sum(1)
        loss = objectives.reinforce_loss(log_prob, objectives.leave_one_out(got))
        for k, slope in enumerate(torch.autograd.grad(-loss, weights)):
            sums[k] += slope
            squares[k] += slope**2
    for total, square, right in zip(sums, squares, exact, strict=True):
        mean = total / rounds
        noise = (square / rounds - mean**2).clamp(min=0).sqrt() / math.sqrt(rounds)
        assert bool(((mean - right).abs() < 5 * noise + 1e-9).all())
    largest = max(float(slope.abs().max()) for slope in exact)
    assert largest > 0.05


# ------------------------------------------------------------------------------- the game


def test_gymnasium_accepts_the_game_and_makes_it_by_name() -> None:
    made = gymnasium.make(world.NAME)
    check_env(made.unwrapped, skip_render_check=True)
    told, _ = made.reset(seed=5)
    assert made.observation_space.contains(told)


@pytest.mark.parametrize("seed", range(4))
def test_the_environment_plays_the_game(seed: int) -> None:
    ours, theirs = Library(), gymnasium.make(world.NAME)
    chance = np.random.default_rng(seed)
    assert ours.reset(seed=seed) == theirs.reset(seed=seed)
    for _ in range(60):
        action = int(chance.integers(len(COMMANDS)))
        left, right = ours.step(action), theirs.step(action)
        assert left == right
        if left[2] or left[3]:
            assert ours.reset() == theirs.reset()


def test_the_rules_are_how_the_game_is_played() -> None:
    game, falls, downs = Library(), 0, 4000
    for seed in range(downs):
        game.reset(seed=seed)
        _, reward, ended, _, _ = game.step(COMMANDS.index("down"))
        falls += ended
        assert (reward, ended) in {(-1.0, False), (-10.0, True)}
    assert falls / downs == pytest.approx(0.25, abs=0.03)
    for state in STATES:
        for command in COMMANDS:
            assert sum(o.probability for o in outcomes(state, command)) == 1


@pytest.mark.parametrize("discount", [0.5, 0.8, 0.95])
def test_value_iteration_solves_bellmans_equations(discount: float) -> None:
    """Against the linear system of its own greedy policy, and no other command is better."""
    table = value_iteration(discount)
    for state in STATES:
        values = table[state.told()]
        assert greedy_value(table, state, discount) == pytest.approx(
            max(values), abs=1e-6
        )
        for command, value in zip(COMMANDS, values, strict=True):
            worth = sum(
                o.probability
                * (
                    o.reward
                    + (0 if o.ended else discount * max(table[o.state.told()]))
                )
                for o in outcomes(state, command)
            )
            assert value == pytest.approx(worth, abs=1e-6)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_q_learning_finds_the_values_of_value_iteration(seed: int) -> None:
    exact = value_iteration(0.95)
    found = q_learning(Library(), 3000, 0.95, epsilon=1.0, seed=seed)
    for told, values in exact.items():
        assert max(found[told]) == pytest.approx(max(values), abs=0.05), told
        assert values[found[told].index(max(found[told]))] == pytest.approx(
            max(values), abs=0.05
        )


def test_q_learning_through_gymnasium_is_the_same() -> None:
    alone = q_learning(Library(), 40, seed=3)
    assert q_learning(gymnasium.make(world.NAME), 40, seed=3) == alone


# ------------------------------------------------------------------------------- bandits


@few
@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=6),
    st.integers(1, 80),
    st.integers(0, 99),
)
def test_the_two_players_ucb1_pull_the_same(
    means: list[float], steps: int, seed: int
) -> None:
    """One arm pays always, the others never, so that chance decides nothing but ties."""
    sure = [float(mean == max(means)) for mean in means]
    if sure.count(1.0) > 1 or len(means) > 2:
        sure = [1.0, 0.0]
    slow = bandits.play(bandits.ucb1, sure, steps, seed)
    fast = testbed.run(testbed.ucb1, np.array([sure]), steps, seed)
    assert sorted(slow) == sorted(fast[0].tolist())


@pytest.mark.parametrize(
    ("slow", "fast"),
    [
        (bandits.epsilon_greedy(0.2), testbed.epsilon_greedy(0.2)),
        (bandits.ucb1, testbed.ucb1),
        (bandits.thompson, testbed.thompson),
    ],
)
def test_side_by_side_players_lose_as_much_as_single_ones(
    slow: Any, fast: Any
) -> None:
    means, steps, runs = [0.3, 0.6, 0.5], 200, 150
    one = np.array(
        [
            bandits.regret(bandits.play(slow, means, steps, s), means)[-1]
            for s in range(runs)
        ]
    )
    table = np.tile(means, (runs, 1))
    many = testbed.regrets(testbed.run(fast, table, steps, seed=1), table)[:, -1]
    noise = math.sqrt(one.var() / runs + many.var() / runs)
    assert abs(one.mean() - many.mean()) < 4 * noise


@pytest.mark.parametrize(
    "means", [[0.5, 0.6], [0.1, 0.5, 0.9], [0.45, 0.5, 0.55, 0.6]]
)
def test_the_regret_of_ucb1_stays_under_its_bound(means: list[float]) -> None:
    table = np.tile(means, (60, 1))
    lost = testbed.regrets(
        testbed.run(testbed.ucb1, table, 2000, seed=4), table
    ).mean(0)
    for n in (10, 100, 1000, 2000):
        assert lost[n - 1] < bandits.ucb1_bound(means, n)


def test_thompson_sampling_grows_as_lai_and_robbins_say() -> None:
    """Far apart arms: between 1,000 and 8,000 pulls the slope per ln n is the constant's order."""
    means = [0.2, 0.5, 0.8]
    table = np.tile(means, (300, 1))
    lost = testbed.regrets(
        testbed.run(testbed.thompson, table, 8000, seed=0), table
    ).mean(0)
    slope = (lost[-1] - lost[999]) / math.log(8)
    assert slope == pytest.approx(bandits.lai_robbins(means), rel=0.5)


def test_the_coins_distance_is_pytorchs() -> None:
    for p, q in ((0.2, 0.7), (0.5, 0.51), (0.0, 0.3), (1.0, 0.9)):
        coins = (torch.distributions.Bernoulli(torch.tensor(x)) for x in (p, q))
        right = float(torch.distributions.kl_divergence(*coins))
        assert bandits.bernoulli_kl(p, q) == pytest.approx(right, rel=1e-4)


# ------------------------------------------------------------------------------ frontier


@few
@given(
    st.lists(st.floats(-4, 4), min_size=2, max_size=12),
    st.floats(0.3, 5),
    st.integers(0, 999),
)
def test_no_policy_beats_the_best_possible(
    rewards: list[float], beta: float, seed: int
) -> None:
    """Every other distribution over the texts has a lower reward minus β times its distance."""
    values = torch.tensor(rewards, dtype=torch.float64)
    point = frontier.best_possible(values, beta)
    best = point.reward - beta * point.kl
    generator = torch.Generator().manual_seed(seed)
    other = torch.randn(
        len(values), generator=generator, dtype=torch.float64
    ).softmax(0)
    kl = (other * (other * len(values)).log()).sum()
    assert float(other @ values - beta * kl) <= best + 1e-9
    tilted = (values / beta).softmax(0)
    own = (tilted * (tilted * len(values)).clamp(min=1e-300).log()).sum()
    assert point.kl == pytest.approx(float(own), abs=1e-6)


def test_the_best_of_n_by_drawing() -> None:
    values = torch.tensor([0.3, -1.0, 2.0, 0.7, 0.7])
    generator = torch.Generator().manual_seed(0)
    for n in (1, 2, 5):
        drawn_rewards = values[torch.randint(5, (40_000, n), generator=generator)]
        mean = float(drawn_rewards.max(dim=1).values.mean())
        assert frontier.best_of(values, n).reward == pytest.approx(mean, abs=0.03)
    # over distinct texts the distance is below its bound: the best of n among N texts
    share = (torch.arange(6, dtype=torch.float64) / 5).pow(3).diff()
    exact = float((share * (share * 5).log()).sum())
    assert exact <= frontier.best_of(values, 3).kl + 1e-12


def test_unknown_words_are_never_written() -> None:
    torch.manual_seed(3)
    policy = GPT(GPTConfig(6, 24, 8, 1, 2))
    written = write(policy, 200)
    assert not bool((written.ids == UNKNOWN).any())
    torch.testing.assert_close(log_probs_of(policy, written), written.log_probs)
