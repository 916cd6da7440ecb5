"""A mixture of Gaussians, fitted by expectation and maximisation: clusters that share points.

Every component has a variance of its own along every axis, and none across axes ("diagonal").

Source: Dempster, Laird and Rubin (1977); Bishop (2006), section 9.2.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlpcourse.learning.clustering.kmeans import require_k
from nlpcourse.learning.clustering.points import Floats, as_labels, as_points

LEAST_VARIANCE = 1e-6
"""Added to every variance, so that a component can't shrink onto one point."""


@dataclass(frozen=True)
class Mixture:
    """A mixture of k Gaussians.

    Attributes:
        weights: the share of each component, (k,), with sum 1.
        means: (k, d).
        variances: along each axis, (k, d).
    """

    weights: Floats
    means: Floats
    variances: Floats


def log_joint(mixture: Mixture, points: Any) -> Floats:
    """Return log(weight · density) of every point under every component, (n, k).

    Raises:
        ValueError: the points are no table of finite numbers as wide as the mixture.
    """
    x = _dense(points)
    if x.shape[1] != mixture.means.shape[1]:
        raise ValueError(
            f"points have {x.shape[1]} coordinates, "
            f"the mixture {mixture.means.shape[1]}"
        )
    precision = 1 / mixture.variances  # (k, d)
    squares = x**2 @ precision.T - 2 * x @ (mixture.means * precision).T
    squares += (mixture.means**2 * precision).sum(axis=1)  # (n, k)
    volume = np.log(2 * math.pi * mixture.variances).sum(axis=1)  # (k,)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(mixture.weights) - (volume + squares) / 2)


def expectation(mixture: Mixture, points: Any) -> tuple[Floats, float]:
    """Return how much each component answers for each point, and the mean log likelihood.

    Returns:
        responsibilities, (n, k), every row with sum 1; and the mean over points of log p(x).

    Raises:
        ValueError: as :func:`log_joint`.
    """
    joint = log_joint(mixture, points)
    largest = joint.max(axis=1, keepdims=True)
    log_p = largest + np.log(np.exp(joint - largest).sum(axis=1, keepdims=True))
    return np.exp(joint - log_p), float(log_p.mean())


def maximisation(points: Any, responsibilities: Floats) -> Mixture:
    """Return the mixture under which the points, shared out like this, are most likely.

    Args:
        points: (n, d).
        responsibilities: (n, k).

    Raises:
        ValueError: the points are no table of finite numbers, or not as many as the rows.
    """
    x = _dense(points)
    if responsibilities.ndim != 2 or len(responsibilities) != len(x):
        raise ValueError(
            f"{len(x)} points need as many rows of shares, "
            f"not {responsibilities.shape}"
        )
    total = responsibilities.sum(axis=0) + 10 * np.finfo(float).eps  # (k,)
    centres = responsibilities.T @ x / total[:, None]
    squares = responsibilities.T @ x**2 / total[:, None]
    variances = np.maximum(squares - centres**2, 0) + LEAST_VARIANCE
    return Mixture(total / total.sum(), centres, variances)


def fit_mixture(
    points: Any, labels: Any, max_steps: int = 100, gain: float = 1e-3
) -> tuple[Mixture, list[float]]:
    """Fit a mixture by EM, from a first sharing out of the points.

    Args:
        points: (n, d).
        labels: a first cluster for every point, such as those of k-means, (n,).
        max_steps: at most so many times both steps.
        gain: stop when a step raises the mean log likelihood by less.

    Returns:
        the mixture, and the mean log likelihood before every step.

    Raises:
        ValueError: the points are no table of finite numbers; a cluster number is missing below
            the largest; or max_steps is below 1.

    >>> mixture, _ = fit_mixture([[0.0], [1.0], [8.0], [9.0]], [0, 0, 1, 1])
    >>> mixture.means.ravel().round(6).tolist()
    [0.5, 8.5]
    """
    x = _dense(points)
    first = as_labels(labels, len(x))
    k = int(first.max()) + 1
    require_k(k, len(x))
    if max_steps < 1:
        raise ValueError(f"max_steps must be 1 or more, not {max_steps}")
    if len(np.unique(first)) < k:
        raise ValueError("a cluster number has no points; number them without gaps")
    mixture, history = maximisation(x, np.eye(k)[first]), list[float]()
    while len(history) < max_steps:
        shares, log_likelihood = expectation(mixture, x)
        mixture = maximisation(x, shares)
        history.append(log_likelihood)
        if len(history) > 1 and history[-1] - history[-2] < gain:
            break
    return mixture, history


def _dense(points: Any) -> Floats:
    """Return points as a dense table of floats."""
    table = as_points(points)
    return np.asarray(table.toarray() if hasattr(table, "toarray") else table)
