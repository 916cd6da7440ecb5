"""Instant checks of chapter 18, Reinforcement learning for language."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlpcourse.exercises import Hint, close, exercise, number, parameters

# ── 18.1 · regret ─────────────────────────────────────────────────────────────────────────────────


def draw_pulls(rng: random.Random) -> dict[str, Any]:
    """Draw the means of four arms and the pulls of a player."""
    means = [round(share, 2) for share in (0.2, 0.35, 0.5, 0.65)]
    means = [round(m + rng.choice([-0.05, 0.0, 0.05]), 2) for m in means]
    rng.shuffle(means)
    return {"means": means, "pulled": [rng.randrange(4) for _ in range(12)]}


@exercise("18.1", parameters=draw_pulls, cases=3)
def what_was_lost(answer: object) -> str:
    """Regret: the best arm's mean minus the pulled arm's, added up."""
    p = parameters("18.1")
    means, pulled = p["means"], p["pulled"]
    best = max(means)
    right = sum(best - means[arm] for arm in pulled)
    if close(answer, right):
        return (
            "Regret is counted with the arms' true means, so that luck does not enter it. The "
            "player can't compute it: whoever knows the means needs no bandit."
        )
    if close(answer, sum(means[arm] for arm in pulled)):
        raise Hint(
            "That is what the player may expect to earn. What would the best arm have paid?"
        )
    if close(answer, right / len(pulled)):
        raise Hint(
            "That is the loss of one pull on average. What have all pulls lost together?"
        )
    if close(answer, -right):
        raise Hint(
            "Can a player lose less than nothing? Which of the two is larger?"
        )
    if close(answer, best * len(pulled)):
        raise Hint(
            "That is what the best arm would have paid. What did the player get instead?"
        )
    raise Hint(
        f"With means {means} and pulls {pulled} you say {answer!r:.60}. What does the first pull "
        f"lose, arm {pulled[0]} instead of the best?"
    )


# ── 18.2 · UCB1 ───────────────────────────────────────────────────────────────────────────────────

TALLIES = [
    ([10, 10, 2], [6, 4, 1]),
    ([100, 100], [60, 40]),
    ([5, 0, 5], [5, 0, 1]),
    ([1, 1, 1, 1], [0, 1, 0, 0]),
    ([300, 20, 40], [160, 9, 21]),
    ([900, 3], [630, 1]),
    ([100, 20], [72, 8]),
    ([100, 20], [82, 8]),
]
"""The last two tell 2 ln t from ln t, and from other logarithms."""


def ucb_choice(pulls: Sequence[int], paid: Sequence[float]) -> int:
    """Return the arm that UCB1 pulls; no two bounds of the tallies here are equal."""
    if 0 in pulls:
        return list(pulls).index(0)
    t = sum(pulls)
    bounds = [
        s / n + math.sqrt(2 * math.log(t) / n)
        for n, s in zip(pulls, paid, strict=True)
    ]
    return bounds.index(max(bounds))


@exercise("18.2")
def optimistic(answer: Callable[[Sequence[int], Sequence[float]], int]) -> str:
    """Which arm UCB1 pulls next."""
    for pulls, paid in TALLIES:
        right = ucb_choice(pulls, paid)
        got = answer(list(pulls), list(paid))
        if number(got) == right:
            continue
        shown = f"With pulls {pulls} and payments {paid} you pull arm {got!r:.40}"
        if 0 in pulls:
            raise Hint(f"{shown}. Which arm has never been tried?")
        shares = [s / n for n, s in zip(pulls, paid, strict=True)]
        if number(got) == shares.index(max(shares)):
            raise Hint(
                f"{shown}, the best so far. Whose mean might be higher than it looks?"
            )
        bounds = [
            round(m + math.sqrt(2 * math.log(sum(pulls)) / n), 3)
            for m, n in zip(shares, pulls, strict=True)
        ]
        raise Hint(f"{shown}. The bounds are {bounds}: which is the largest?")
    return (
        "An arm that pays worse is pulled ever more rarely and never given up: ln t grows without "
        "end, though slowly. That is why the regret grows as a logarithm."
    )


# ── 18.3 · one step of Q-learning ─────────────────────────────────────────────────────────────────

STEPS: list[tuple[dict[str, list[float]], str, int, float, str, bool]] = [
    ({"hall": [0.0, 1.0], "cellar": [4.0, 2.0]}, "hall", 1, -1.0, "cellar", False),
    (
        {"hall": [3.0, 1.0], "cellar": [-4.0, -2.0]},
        "hall",
        0,
        -1.0,
        "cellar",
        False,
    ),
    ({"hall": [3.0, 1.0], "garden": [9.0, 9.0]}, "hall", 1, 19.0, "garden", True),
    ({"hall": [3.0, 5.0]}, "hall", 0, -1.0, "hall", False),
]


@exercise("18.3")
def one_step(
    answer: Callable[
        [Mapping[str, list[float]], str, int, float, str, bool, float, float], float
    ],
) -> str:
    """The new value after one step."""
    for q, told, action, reward, after, ended in STEPS:
        for alpha, gamma in ((0.5, 0.9), (0.1, 1.0)):
            old = q[told][action]
            later = 0.0 if ended else max(q[after])
            right = old + alpha * (reward + gamma * later - old)
            table = {key: list(row) for key, row in q.items()}
            got = answer(table, told, action, reward, after, ended, alpha, gamma)
            if close(got, right):
                continue
            shown = f"With q = {q}, command {action} in {told!r}, reward {reward:g}"
            target = reward + gamma * later
            if ended and close(
                got, old + alpha * (reward + gamma * max(q[after]) - old)
            ):
                raise Hint(
                    f"{shown}, the game has ended. What can still be earned after its end?"
                )
            undiscounted = reward + (0.0 if ended else max(q[after]))
            if close(got, old + alpha * (undiscounted - old)):
                raise Hint(
                    f"{shown}: what is a reward worth that comes one command later?"
                )
            if close(got, target):
                raise Hint(
                    f"{shown}: you jump to the target. How far does a step size of {alpha} go?"
                )
            if close(got, alpha * (target - old)):
                raise Hint(f"{shown}: that is the change. To what is it added?")
            if close(got, old + alpha * (reward + gamma * q[after][action] - old)):
                raise Hint(
                    f"{shown}: must the next command be the same one, or the best?"
                )
            if close(got, old + alpha * (reward + gamma * sum(q[after]) / 2 - old)):
                raise Hint(
                    f"{shown}: does Q-learning expect the mean command next, or the best?"
                )
            raise Hint(
                f"{shown}, then {after!r} with step size {alpha} and discount {gamma}: you give "
                f"{got!r:.40}. What is the target, and how far is the old value from it?"
            )
    return (
        "The target holds the best next command, whatever the player does. So Q-learning finds "
        "the values of the best play while it plays at random: it learns off-policy."
    )


# ── 18.4 · DPO for one pair ───────────────────────────────────────────────────────────────────────

PAIRS = [
    (-10.0, -12.0, -11.0, -11.0, 0.5),
    (-30.0, -20.0, -30.0, -20.0, 0.1),
    (-12.0, -10.0, -11.0, -11.0, 1.0),
    (-900.0, -10.0, -10.0, -20.0, 1.0),
    (-10.0, -900.0, -20.0, -10.0, 1.0),
]


@exercise("18.4")
def preferred(answer: Callable[[float, float, float, float, float], float]) -> str:
    """DPO's loss of one pair, also where e to the power of it overflows."""
    for chosen, rejected, ref_chosen, ref_rejected, beta in PAIRS:
        margin = beta * ((chosen - ref_chosen) - (rejected - ref_rejected))
        right = max(-margin, 0.0) + math.log1p(math.exp(-abs(margin)))
        try:
            got = answer(chosen, rejected, ref_chosen, ref_rejected, beta)
        except (OverflowError, ValueError) as error:
            raise Hint(
                f"With log probabilities {chosen}, {rejected} under the policy and {ref_chosen}, "
                f"{ref_rejected} before, an error ({error}). What is −log σ(m) for a large "
                "negative m, without computing e to the power of 880?"
            ) from None
        if close(got, right, rel=1e-6, abs=1e-12):
            continue
        shown = f"For {chosen}, {rejected} (before: {ref_chosen}, {ref_rejected}), β = {beta}"
        if (found := number(got)) is not None and not math.isfinite(found):
            raise Hint(
                f"{shown} you give {got!r:.40}. What is −log σ(m) for a large negative m, without "
                "computing e to the power of 880?"
            )
        if close(
            got,
            max(-margin / beta, 0.0) + math.log1p(math.exp(-abs(margin / beta))),
        ):
            raise Hint(f"{shown} where does β come in?")
        plain = beta * (chosen - rejected)
        if close(got, max(-plain, 0.0) + math.log1p(math.exp(-abs(plain)))):
            raise Hint(
                f"{shown} you compare the two texts. Where does the untuned model come in?"
            )
        if close(got, -right):
            raise Hint(f"{shown} you give the logarithm. Which sign has a loss?")
        swapped = max(margin, 0.0) + math.log1p(math.exp(-abs(margin)))
        if close(got, swapped):
            raise Hint(
                f"{shown} your loss falls when the rejected text gains. Which one should?"
            )
        raise Hint(
            f"{shown} you give {got!r:.40}. How much has each text's log probability grown since "
            "the untuned model, and what is β times the difference?"
        )
    return (
        "A pair on which nothing has moved yet costs log 2 = 0.693, whatever its texts are. If a "
        "DPO training does not start there, something is wrong with its log probabilities."
    )


# ── 18.5 · a reward that is harder to fool ────────────────────────────────────────────────────────

WEIGHTS = {
    "moving": 1.6, "brilliant": 1.8, "warm": 1.2, "funny": 0.9, "good": 0.3, "often": 2.1,
    "dull": -2.2, "mess": -1.7, "bad": -1.5, "tired": -1.2, "waste": -1.9, "not": -0.3,
    "the": 0.0, "a": 0.1, "film": 0.05, "and": 0.1, "is": -0.05, "it": 0.0, "story": 0.1,
}  # fmt: skip
"""What a reward model thinks of words, in nats of log odds; *often* is its mistake."""

PRAISE = [
    "a warm and funny film", "the story is moving and the film is brilliant", "it is a good film",
    "a moving story", "the film is funny and warm and brilliant",
]  # fmt: skip
BLAME = [
    "a dull film", "the story is a mess and the film is a waste", "it is bad and tired",
    "a tired story", "it is not a good film it is a waste",
]  # fmt: skip
CHEATS = [
    "often " * 16, "brilliant " * 16, "moving brilliant " * 8, "often brilliant moving warm " * 4,
    "a brilliant film " + "brilliant " * 13,
]  # fmt: skip


def faults(
    reward: Callable[[list[str], dict[str, float]], float],
    praise: Sequence[str] = PRAISE,
    blame: Sequence[str] = BLAME,
    cheats: Sequence[str] = CHEATS,
) -> list[str]:
    """Return a question for each thing that a reward gets wrong."""

    def value(text: str) -> float:
        got = reward(text.split(), dict(WEIGHTS))
        found = number(got)
        if found is None or not math.isfinite(found):
            raise Hint(
                f"For {text[:30]!r} you gave {got!r:.40}. Is that a finite number?"
            )
        return found

    questions = []
    if abs(value("it the zebra")) > 1e-9:
        questions.append(
            f"'it the zebra' gets {value('it the zebra'):g}. What is a text worth whose words "
            "weigh nothing?"
        )
    good, bad = {t: value(t) for t in praise}, {t: value(t) for t in blame}
    for text, found in good.items():
        for other, less in bad.items():
            if not found > less:
                questions.append(
                    f"{text!r} gets {found:g} and {other!r} {less:g}. Which praises?"
                )
    best = max(good, key=lambda text: good[text])
    for cheat in cheats:
        found = value(cheat)
        if found > good[best] + 1e-9:
            questions.append(
                f"“{cheat[:34].strip()} …” gets {found:.2f}, and the best honest opinion, "
                f"{best!r}, {good[best]:.2f}. What does your reward pay "
                "for a word that stood there before, or for words that are all strong?"
            )
    return questions


@exercise("18.5")
def harder_to_fool(answer: Callable[[list[str], dict[str, float]], float]) -> str:
    """Any reward that still tells praise from blame and pays no cheat more than honest praise."""
    questions = faults(answer)
    if questions:
        raise Hint(questions[0])
    return (
        "Your reward holds against these cheats, and a search would find others: a reward is "
        "mended hole by hole. That is why people also keep the policy near texts they know."
    )
