"""Which feature matters?  What the training says, and what a shuffled column says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from nlpcourse.evaluation import accuracy
from nlpcourse.learning.trees.cart import Tree


def impurity_importance(tree: Tree) -> np.ndarray:
    """Return each feature's share of the impurity that the tree's questions removed, (F,).

    Equal to scikit-learn's ``feature_importances_``.  A tree that asks nothing gives zeros.

    Source: Breiman, Friedman, Olshen and Stone (1984), chapter 5.

    >>> from nlpcourse.learning.trees.cart import grow
    >>> impurity_importance(grow([[0, 1], [1, 1]], ["a", "b"])).tolist()
    [1.0, 0.0]
    """
    removed = np.zeros(tree.n_features)
    for node in tree.nodes:
        if node.split is not None:
            removed[node.split.feature] += node.split.decrease
    return np.asarray(removed / max(removed.sum(), 1e-300))


def shuffles(n: int, repeats: int, seed: int = 0) -> list[np.ndarray]:
    """Return so many orders of n items.

    Raises:
        ValueError: there are no items or no repeats.
    """
    if n < 1 or repeats < 1:
        raise ValueError(
            f"shuffle one item or more once or more, not {n} items {repeats} times"
        )
    rng = np.random.default_rng(seed)
    return [rng.permutation(n) for _ in range(repeats)]


def permutation_importance(
    predict: Callable[[np.ndarray], Sequence[Any]],
    X: np.ndarray,
    y: Sequence[Any],
    feature: int,
    orders: Iterable[np.ndarray],
) -> list[float]:
    """Return by how much the accuracy falls when a feature's values change places, for each order.

    Args:
        predict: from features of shape (n, F) to n labels.
        X: features of items that the model has not seen, which stay as they are.
        y: their labels.
        feature: the column that is shuffled.
        orders: see :func:`shuffles`.

    Raises:
        ValueError: there is no such column.

    Source: Breiman (2001), section 10, there on the items out of the bag.
    """
    if not 0 <= feature < X.shape[1]:
        raise ValueError(f"X has the columns 0 to {X.shape[1] - 1}, not {feature}")
    whole = accuracy(list(y), list(predict(X)))
    drops = []
    for order in orders:
        shuffled = X.copy()
        shuffled[:, feature] = X[order, feature]
        drops.append(whole - accuracy(list(y), list(predict(shuffled))))
    return drops
