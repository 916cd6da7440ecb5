"""Active learning: the model chooses which texts a person labels next.

Every strategy is a function of the :class:`Moment` and a number, and returns rows to label.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nlpcourse.evaluation import precision_recall_f1
from nlpcourse.learning.clustering.kmeans import k_means
from nlpcourse.learning.clustering.points import Floats, Labels, Points, unit_rows
from nlpcourse.responsible.scarce_labels.bayes import (
    TableBayes,
    fit_shares,
    joint,
    one_hot,
    posterior,
    predict,
)
from nlpcourse.responsible.scarce_labels.curves import (
    Collection,
    accuracy,
    draw,
    train,
)


@dataclass(frozen=True)
class Moment:
    """What a strategy knows: all texts, and the labels that were paid for.

    Attributes:
        counts: (n, d).
        labelled, labels: the rows that have labels, and these labels.
        left: the rows that have none.
        k: the number of classes.
        alpha: smoothing of the model.
        rng: for whatever is drawn.
    """

    counts: Points
    labelled: Labels
    labels: Labels
    left: Labels
    k: int
    alpha: float
    rng: np.random.Generator

    def model(self, rows: Labels | slice = slice(None)) -> TableBayes:
        """Train on the labelled texts, or on these of them."""
        shares = one_hot(self.labels[rows], self.k)
        return fit_shares(self.counts[self.labelled[rows]], shares, self.alpha)


Strategy = Callable[[Moment, int], Labels]


def unsure(posteriors: Floats) -> Floats:
    """Return 1 minus the gap between the two most probable classes of every row, (n,).

    Source: Settles (2009), section 3.1, "margin sampling".

    Raises:
        ValueError: there are fewer than two classes.

    >>> unsure(np.array([[0.9, 0.1], [0.5, 0.5]])).round(6).tolist()
    [0.2, 1.0]
    """
    if posteriors.ndim != 2 or posteriors.shape[1] < 2:
        raise ValueError(
            "give one row a text with the posterior of two classes or more"
        )
    ordered = np.sort(posteriors, axis=1)
    return np.asarray(1.0 - (ordered[:, -1] - ordered[:, -2]))


def top(scores: Floats, number: int) -> Labels:
    """Return the places of the *number* largest scores, the first of equals first.

    Raises:
        ValueError: the number is negative, or a score is NaN.

    >>> top(np.array([0.1, 0.7, 0.7]), 2).tolist()
    [1, 2]
    """
    if number < 0 or np.isnan(scores).any():
        raise ValueError(f"choose 0 or more by scores without NaN, not {number}")
    return np.argsort(-np.asarray(scores), kind="stable")[:number]


def at_random(moment: Moment, number: int) -> Labels:
    """Ask about texts drawn at random: what every other strategy must beat."""
    return moment.rng.permutation(moment.left)[:number]


def most_unsure(moment: Moment, number: int) -> Labels:
    """Ask about the texts of which the model is least sure.

    Source: Lewis and Gale (1994).
    """
    said = posterior(moment.model(), moment.counts[moment.left])
    return moment.left[top(unsure(said), number)]


def most_unsure_per_word(moment: Moment, number: int) -> Labels:
    """Ask about the texts whose *average word* decides least.

    The gap between the two best classes is divided by the number of words, so that a short text
    is not thought unsure for being short.
    """
    counts = moment.counts[moment.left]
    ordered = np.sort(joint(moment.model(), counts), axis=1)
    lengths = np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1.0)
    gap = (ordered[:, -1] - ordered[:, -2]) / lengths
    return moment.left[top(-gap, number)]


def as_votes(votes: Labels, k: int) -> Labels:
    """Return votes as a table of classes, one member a row.

    Raises:
        ValueError: it is no table, it has no row, or a vote is none of the classes.
    """
    table = np.asarray(votes)
    if k < 1 or table.ndim != 2 or not len(table):
        raise ValueError(
            f"votes are a table with one member a row and 1 class or more, not "
            f"{table.shape} and {k}"
        )
    if table.size and not np.isin(table, range(k)).all():
        raise ValueError(f"a vote is none of the classes from 0 to {k - 1}")
    return table


def vote_entropy(votes: Labels, k: int) -> Floats:
    """Return how much a committee disagrees about every text, in nats.

    H = −Σ_c V(c)/M · log V(c)/M, where V(c) of the M members vote for class c.

    Args:
        votes: one member a row, (members, n).
        k: the number of classes.

    Raises:
        ValueError: there is no member, or a vote is none of the classes 0 to k − 1.

    Source: Settles (2009), section 3.2, after Dagan and Engelson (1995).

    >>> vote_entropy(np.array([[0, 0], [0, 1]]), 2).round(3).tolist()
    [0.0, 0.693]
    """
    votes = as_votes(votes, k)
    shares = np.stack([(votes == c).mean(axis=0) for c in range(k)])  # (k, n)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return np.asarray(np.abs((shares * logs).sum(axis=0)))


def by_committee(moment: Moment, number: int, members: int = 7) -> Labels:
    """Ask about the texts on which models of resampled labels disagree, ties at random.

    Source: Seung, Opper and Sompolinsky (1992); members by bagging as in Settles (2009).
    """
    n, pool = len(moment.labelled), moment.counts[moment.left]
    votes = np.stack(
        [
            predict(moment.model(moment.rng.integers(n, size=n)), pool)
            for _ in range(members)
        ]
    )  # (members, left)
    ties = moment.rng.permutation(len(moment.left))
    return moment.left[ties][top(vote_entropy(votes, moment.k)[ties], number)]


def spread_out(moment: Moment, number: int, wider: int = 5) -> Labels:
    """Ask about unsure texts that differ: cluster *wider* times as many, one from each cluster.

    Source: Settles (2009), section 3.6, asks for diverse batches; the clusters are chapter 15's.
    """
    candidates = most_unsure(moment, wider * number)
    if len(candidates) <= number:
        return candidates
    points = unit_rows(moment.counts[candidates] * 1.0)
    groups = k_means(points, number, seed=int(moment.rng.integers(2**31))).labels
    firsts = [np.flatnonzero(groups == g)[0] for g in np.unique(groups)]
    rest = np.setdiff1d(np.arange(len(candidates)), firsts)
    return candidates[[*firsts, *rest][:number]]


def label_in_rounds(
    data: Collection,
    start: Labels,
    strategy: Strategy,
    batch: int,
    total: int,
    seed: int = 0,
    alpha: float = 1.0,
) -> Labels:
    """Buy labels batch by batch; return the rows in the order in which they were labelled.

    Args:
        data: the collection; its labels answer the questions.
        start: rows whose labels are known at the beginning.
        strategy: what chooses.
        batch: questions a round.
        total: labels at the end.
        seed: of whatever the strategy draws.
        alpha: smoothing of the model that chooses.

    Raises:
        ValueError: the batch is below 1, or the pool has not as many texts.
    """
    if batch < 1 or not len(start) <= total <= len(data.pool):
        raise ValueError(
            f"from {len(start)} labels to {total} in batches of {batch}, out of a pool of "
            f"{len(data.pool)}: that can't be done"
        )
    labelled, rng = np.asarray(start), np.random.default_rng(seed)
    first = Moment(
        data.counts, labelled, data.labels[labelled], labelled, data.k, alpha, rng
    )
    while len(labelled) < total:
        left = np.setdiff1d(data.pool, labelled)
        now = replace(
            first, labelled=labelled, labels=data.labels[labelled], left=left
        )
        asked = strategy(now, min(batch, total - len(labelled)))
        labelled = np.concatenate([labelled, asked])
    return labelled


def asked_curve(
    data: Collection,
    strategy: Strategy,
    each: int,
    batch: int,
    total: int,
    seeds: Sequence[int],
    alpha: float = 1.0,
    score: Callable[[Collection, TableBayes], float] = accuracy,
) -> Floats:
    """Return the score after every batch for every seed, (seeds, batches + 1).

    Every seed starts from *each* labels of every class, the same for all strategies.

    Raises:
        ValueError: as :func:`label_in_rounds` and :func:`~.curves.draw`.
    """
    runs = []
    for seed in seeds:
        start = draw(data, each, seed)
        rows = label_in_rounds(data, start, strategy, batch, total, seed, alpha)
        ends = range(len(start), total + 1, batch)
        runs.append([score(data, train(data, rows[:n], alpha)) for n in ends])
    return np.array(runs)


def spam_f1(data: Collection, model: TableBayes) -> float:
    """Return F1 of class 1 on the test texts: what counts where class 1 is rare."""
    said = predict(model, data.counts[data.test])
    return precision_recall_f1(data.labels[data.test].tolist(), said.tolist(), 1).f1
