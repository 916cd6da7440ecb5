"""The checks of chapter 18 accept every right answer and point at each usual mistake."""

import math

import pytest

from nlpcourse.exercises import judge, parameters
from nlpcourse.learning.reinforcement.checks import CHEATS, faults


def test_regret_and_its_mistakes():
    p = parameters("18.1")
    best = max(p["means"])
    lost = [best - p["means"][arm] for arm in p["pulled"]]
    assert judge("18.1", sum(lost)).passed
    wrong = {
        sum(lost) / 12: "on average",
        -sum(lost): "less than nothing",
        12 * best: "instead",
        12 * best - sum(lost): "best arm have paid",
    }
    for answer, said in wrong.items():
        verdict = judge("18.1", answer)
        assert not verdict.passed
        assert said in verdict.message


def ucb(pulls, paid):
    if 0 in pulls:
        return pulls.index(0)
    t = sum(pulls)
    return max(
        range(len(pulls)),
        key=lambda a: paid[a] / pulls[a] + math.sqrt(2 * math.log(t) / pulls[a]),
    )


def test_ucb_and_its_mistakes():
    assert judge("18.2", ucb).passed
    greedy = judge(
        "18.2",
        lambda n, s: max(range(len(n)), key=lambda a: s[a] / n[a] if n[a] else 9),
    )
    assert "might be higher" in greedy.message

    def careless(pulls, paid):
        t = sum(pulls)
        bounds = [
            s / n + math.sqrt(2 * math.log(t) / n)
            for n, s in zip(pulls, paid, strict=True)
        ]
        return bounds.index(max(bounds))

    divides = judge("18.2", careless)
    assert "ZeroDivisionError" in divides.message


@pytest.mark.parametrize(
    "wide",
    [math.log, lambda t: 2 * math.log10(t), lambda t: 2 * math.log2(t)],
    ids=["without the 2", "log10", "log2"],
)
def test_another_width_of_the_margin_is_not_ucb1(wide):
    def other(pulls, paid):
        if 0 in pulls:
            return pulls.index(0)
        t = sum(pulls)
        bounds = [
            s / n + math.sqrt(wide(t) / n) for n, s in zip(pulls, paid, strict=True)
        ]
        return bounds.index(max(bounds))

    assert not judge("18.2", other).passed


def q_step(q, told, action, reward, after, ended, alpha, gamma):
    later = 0.0 if ended else max(q[after])
    return q[told][action] + alpha * (reward + gamma * later - q[told][action])


def test_q_step_and_its_mistakes():
    assert judge("18.3", q_step).passed

    def no_end(q, told, action, reward, after, ended, alpha, gamma):
        return q_step(q, told, action, reward, after, False, alpha, gamma)

    def sarsa(q, told, action, reward, after, ended, alpha, gamma):
        later = 0.0 if ended else q[after][action]
        return q[told][action] + alpha * (reward + gamma * later - q[told][action])

    def jump(q, told, action, reward, after, ended, alpha, gamma):
        return q_step(q, told, action, reward, after, ended, 1.0, gamma)

    assert "ended" in judge("18.3", no_end).message
    assert "the best" in judge("18.3", sarsa).message
    assert "step size" in judge("18.3", jump).message

    def patient(q, told, action, reward, after, ended, alpha, gamma):
        return q_step(q, told, action, reward, after, ended, alpha, 1.0)

    assert "command later" in judge("18.3", patient).message


def stable(chosen, rejected, ref_chosen, ref_rejected, beta):
    margin = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))
    return max(-margin, 0) + math.log1p(math.exp(-abs(margin)))


def test_dpo_and_its_mistakes():
    assert judge("18.4", stable).passed

    def naive(chosen, rejected, ref_chosen, ref_rejected, beta):
        margin = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))
        return -math.log(1 / (1 + math.exp(-margin)))

    def forgets(chosen, rejected, ref_chosen, ref_rejected, beta):
        return stable(chosen, rejected, 0, 0, beta)

    def swapped(chosen, rejected, ref_chosen, ref_rejected, beta):
        return stable(rejected, chosen, ref_rejected, ref_chosen, beta)

    assert "880" in judge("18.4", naive).message
    assert "untuned" in judge("18.4", forgets).message
    assert not judge("18.4", swapped).passed

    def free(chosen, rejected, ref_chosen, ref_rejected, beta):
        return stable(chosen, rejected, ref_chosen, ref_rejected, 1.0)

    def endless(*values):
        return stable(*values) if stable(*values) < 700 else math.inf

    assert "β come in" in judge("18.4", free).message
    assert "880" in judge("18.4", endless).message


@pytest.mark.parametrize(
    "reward",
    [
        lambda words, w: max(-3, min(1.7, sum(w.get(x, 0) for x in set(words)))),
        lambda words, w: (
            sum(w.get(x, 0) for x in set(words))
            if sum(abs(w.get(x, 0)) > 0.8 for x in set(words))
            <= len(set(words)) / 2
            else -9
        ),
    ],
)
def test_more_than_one_reward_holds(reward):
    assert judge("18.5", reward).passed, faults(reward)


def test_a_sum_is_fooled_and_so_is_each_word_once():
    plain = judge("18.5", lambda words, w: sum(w.get(x, 0) for x in words))
    assert not plain.passed
    assert "stood there before" in plain.message
    once = judge("18.5", lambda words, w: sum(w.get(x, 0) for x in set(words)))
    assert not once.passed
    assert (
        len(faults(lambda words, w: sum(w.get(x, 0) for x in words)))
        >= len(CHEATS) - 1
    )
