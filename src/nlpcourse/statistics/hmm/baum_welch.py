"""Learning the tables from words alone: Baum and Welch's steps of expectation and maximisation."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from nlpcourse.statistics.hmm.model import Column, HiddenMarkovModel
from nlpcourse.statistics.hmm.scaling import scaled_backward, scaled_forward
from nlpcourse.statistics.hmm.viterbi import log

Step = Callable[
    [HiddenMarkovModel, Sequence[Sequence[str]]], tuple[HiddenMarkovModel, float]
]
"""From a model to the next one, with the log likelihood under the one before."""


@dataclass
class Expected:
    """How often each thing happened, in expectation: counts that need not be whole."""

    first: defaultdict[str, float] = field(
        default_factory=lambda: defaultdict(float)
    )
    pairs: defaultdict[tuple[str, str], float] = field(
        default_factory=lambda: defaultdict(float)
    )
    words: defaultdict[tuple[str, str], float] = field(
        default_factory=lambda: defaultdict(float)
    )
    log_likelihood: float = 0.0

    def add(self, model: HiddenMarkovModel, words: Sequence[str]) -> None:
        """Add one sequence's expected counts under the model.

        Source: Rabiner (1989), equations 37 and 38, and section V.B.

        Raises:
            ValueError: the model cannot emit the sequence.
        """
        alpha, scales = scaled_forward(model, words)
        if not all(scales):
            raise ValueError(
                f"the model cannot emit word {scales.index(0) + 1} there; start "
                "from probabilities above 0"
            )
        beta = scaled_backward(model, words, scales)
        for place, word in enumerate(words):
            for state, b in beta[place].items():
                gamma = alpha[place][state] * b  # P(state here | all words)
                self.words[state, word] += gamma
                if place == 0:
                    self.first[state] += gamma
                else:
                    arrived = model.emits(word)[state] * b / scales[place]
                    for before, a in alpha[place - 1].items():
                        step = a * model.transition[before][state]
                        self.pairs[before, state] += step * arrived
            self.log_likelihood += log(scales[place])


def maximise(model: HiddenMarkovModel, found: Expected) -> HiddenMarkovModel:
    """Turn expected counts into shares, as :func:`nlpcourse.statistics.hmm.model.estimate` does.

    A state that was never visited, or never left, keeps what it had.

    Source: Rabiner (1989), equation 40.
    """
    states, first = model.states, sum(found.first.values())
    left: Column = dict.fromkeys(states, 0.0)
    spoke: Column = dict.fromkeys(states, 0.0)
    for (before, _), n in found.pairs.items():
        left[before] += n
    for (state, _), n in found.words.items():
        spoke[state] += n
    start = {s: found.first[s] / first for s in states} if first else model.start
    transition = {
        s: {r: found.pairs[s, r] / left[s] for r in states}
        if left[s]
        else model.transition[s]
        for s in states
    }
    emission: dict[str, dict[str, float]] = {}
    for word, by_state in model.emission.items():
        emission[word] = {
            s: found.words[s, word] / spoke[s] if spoke[s] else p
            for s, p in by_state.items()
        }
    return HiddenMarkovModel(start, transition, emission, model.unknown)


def baum_welch_step(
    model: HiddenMarkovModel, sequences: Iterable[Sequence[str]]
) -> tuple[HiddenMarkovModel, float]:
    """Return the next model, and the log likelihood of the sequences under the one before.

    The next model never makes the sequences less likely.

    Source: Baum et al. (1970); Rabiner (1989), section III.C.

    Raises:
        ValueError: there is no sequence, or the model cannot emit one of them.
    """
    found = Expected()
    for words in sequences:
        found.add(model, words)
    if not found.words:
        raise ValueError("no words to learn from; give one sequence or more")
    return maximise(model, found), found.log_likelihood


def baum_welch(
    model: HiddenMarkovModel,
    sequences: Sequence[Sequence[str]],
    steps: int,
    watch: Callable[[int, HiddenMarkovModel, float], None] | None = None,
    step: Step = baum_welch_step,
) -> HiddenMarkovModel:
    """Take a number of steps.

    Args:
        model: where to begin.
        sequences: what to learn from.
        steps: how many.
        watch: sees the number of the step, the model before it, and its log likelihood.
        step: takes one; its fast twin does the same.

    Raises:
        ValueError: as :func:`baum_welch_step`.
    """
    for number in range(steps):
        following, log_p = step(model, sequences)
        if watch:
            watch(number, model, log_p)
        model = following
    return model


def random_model(
    states: Sequence[str], vocabulary: Iterable[str], seed: int = 0
) -> HiddenMarkovModel:
    """Return a model whose tables are drawn at random, so that its states can drift apart.

    Every distribution over the same names is as likely to be drawn as any other.

    Raises:
        ValueError: there are no states or no words.
    """
    words = sorted(set(vocabulary))
    if not states or not words:
        raise ValueError("a model needs one state and one word at least")
    rng = random.Random(seed)

    def shares(keys: Sequence[str]) -> Column:
        drawn = {key: rng.expovariate(1) for key in keys}
        total = sum(drawn.values())
        return {key: n / total for key, n in drawn.items()}

    start = shares(states)
    transition = {s: shares(states) for s in start}
    speak = {s: shares(words) for s in start}
    emission = {w: {s: speak[s][w] for s in start} for w in words}
    return HiddenMarkovModel(start, transition, emission)
