"""Forward, backward and Viterbi for packed sentences: the fast twins of `chain`.

Sums of probabilities are scaled at every place instead of taken in log space (Rabiner, 1989,
section V.A): a row of forward sums is divided by its total, and the logarithms of the totals add
up to log Z.  A word's best tag has the factor one, so only the steps can leave no room: steps
whose scores lie too far apart are refused.  :mod:`chain` has no such bound.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from nlpcourse.learning.crf.packed import Floats, Numbers

ROOM = 0.4
"""Of the range of a floating-point number's exponent, the part that one step may take."""


@dataclass(frozen=True)
class Sums:
    """What forward and backward give.

    Attributes:
        log_z: the sum of log Z over all sentences.
        marginals: P(tag | sentence) of each word (N, K).
        pairs: the expected number of steps from tag to tag, over all sentences (K, K).
    """

    log_z: float
    marginals: Floats
    pairs: Floats


def scaled_forward(
    emissions: Floats, transitions: Floats, places: list[slice]
) -> tuple[Floats, Floats]:
    """Return the forward sums, each row divided by its total (N, K), and the totals (N)."""
    alpha = emissions.copy()
    totals = np.empty(len(alpha), alpha.dtype)
    before = slice(0, 0)
    for here in places:
        n = here.stop - here.start
        if here.start:
            # (n, K) = (n, K) @ (K, K)
            alpha[here] *= alpha[before.start : before.start + n] @ transitions
        totals[here] = alpha[here].sum(axis=1)
        alpha[here] /= totals[here, None]
        before = here
    return alpha, totals


def scaled_backward(
    emissions: Floats, transitions: Floats, places: list[slice], totals: Floats
) -> Floats:
    """Return the backward sums under the same totals (N, K): alpha times beta is a marginal."""
    beta = np.ones_like(emissions)
    for here, following in zip(places[-2::-1], places[:0:-1], strict=True):
        n = following.stop - following.start
        after = emissions[following] * beta[following] / totals[following, None]
        # a sentence that ends at this place keeps a backward sum of one
        beta[here.start : here.start + n] = after @ transitions.T
    return beta


def forward_backward(
    emissions: Floats, transitions: Floats, places: list[slice]
) -> Sums:
    """Return log Z, the marginals of tags and the expected steps of packed sentences.

    Args:
        emissions: scores of each word's tags (N, K).
        transitions: scores of steps from tag to tag (K, K).
        places: the rows of each place, as :attr:`Packed.places` gives them.

    Raises:
        ValueError: a score is not finite, or steps' scores lie too far apart.
    """
    require_narrow(emissions, transitions)
    best, peak = emissions.max(axis=1), transitions.max()
    factors, steps = np.exp(emissions - best[:, None]), np.exp(transitions - peak)
    alpha, totals = scaled_forward(factors, steps, places)
    beta = scaled_backward(factors, steps, places, totals)
    pairs = np.zeros_like(steps)
    for before, here in itertools.pairwise(places):
        n = here.stop - here.start
        after = factors[here] * beta[here] / totals[here, None]
        pairs += alpha[before.start : before.start + n].T @ after  # (K, K)
    firsts = places[0].stop if places else 0
    log_z = np.log(totals).sum() + best.sum() + peak * (len(alpha) - firsts)
    return Sums(float(log_z), alpha * beta, pairs * steps)


def require_narrow(emissions: Floats, transitions: Floats) -> None:
    """Refuse scores that are not finite, and steps too far apart for exponentials."""
    if not transitions.size:
        raise ValueError("there are no tags; give one tag or more")
    if not (np.isfinite(emissions).all() and np.isfinite(transitions).all()):
        raise ValueError("a score is NaN or infinite; the sums need finite scores")
    wide, most = np.ptp(transitions), ROOM * np.log(np.finfo(transitions.dtype).max)
    if wide > most:
        raise ValueError(
            f"the scores of steps lie {wide:.0f} apart, and {most:.0f} is the most; "
            "use `chain`, or a larger penalty on the weights"
        )


def best_paths(
    emissions: Floats,
    transitions: Floats,
    places: list[slice],
    toll: Floats | None = None,
) -> Numbers:
    """Return the tags of the best paths of packed sentences (N).

    Args:
        emissions: scores of each word's tags (N, K).
        transitions: scores of steps from tag to tag (K, K).
        places: the rows of each place.
        toll: what each word takes from each tag before it (N, K); nothing, if None.
    """
    tags = np.zeros(len(emissions), np.int64)
    if not len(emissions):
        return tags
    pointers = np.zeros(emissions.shape, np.int16)
    score = emissions[places[0]]
    tags[places[0]] = score.argmax(axis=1)  # right where a sentence ends here
    for here in places[1:]:
        n = here.stop - here.start
        before = score[:n] - toll[here] if toll is not None else score[:n]
        for part in range(0, n, 64):  # (64, K, K) at a time
            some = slice(part, min(part + 64, n))
            ways = before[some, None, :] + transitions.T[None]  # (·, K to, K from)
            pointers[here][some] = ways.argmax(axis=2)
        chosen = pointers[here].astype(np.int64)
        score = np.take_along_axis(before, chosen, axis=1) + emissions[here]
        score += transitions[chosen, np.arange(chosen.shape[1])]
        tags[here] = score.argmax(axis=1)
    for here, following in zip(places[-2::-1], places[:0:-1], strict=True):
        n = following.stop - following.start
        tags[here][:n] = pointers[following][np.arange(n), tags[following]]
    return tags
