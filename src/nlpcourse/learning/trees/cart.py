"""CART by its definition: try every threshold of every feature, take the best, go on below.

Equal to scikit-learn's tree, split for split, where one split is the best; where several are
equally good, scikit-learn takes the one that a shuffled order of the features brings first, and
:func:`grow` the one that `choose` picks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nlpcourse.learning.trees.impurity import impurity_named

CLOSE = 1e-7
"""Two values of a feature that are closer are not told apart; so it is in scikit-learn."""

EQUAL = 1e-9
"""Two decreases of the impurity that differ by less, for each item, are equal."""


@dataclass(frozen=True)
class Split:
    """A question: is the feature's value at most the threshold?  Yes goes left.

    ``decrease`` is how much purer it makes the node: n i(t) − n_L i(t_L) − n_R i(t_R).
    """

    feature: int
    threshold: float
    decrease: float


@dataclass
class Node:
    """A node: how many items of each class it holds, and its question, if it asks one."""

    counts: np.ndarray  # (C,)
    depth: int = 0
    split: Split | None = None
    left: int = -1
    right: int = -1

    @property
    def n(self) -> float:
        """The number of items."""
        return float(self.counts.sum())


@dataclass
class Tree:
    """Nodes in the order in which they grew: the root first, each node before what is below it.

    So a walk from the last node to the first meets every child before its parent.
    """

    classes: list[Any]
    n_features: int
    nodes: list[Node] = field(default_factory=list)

    def add(self, counts: np.ndarray, depth: int, parent: int, side: str) -> int:
        """Append a node below its parent; return its number."""
        self.nodes.append(Node(counts, depth))
        if parent >= 0:
            setattr(self.nodes[parent], side, len(self.nodes) - 1)
        return len(self.nodes) - 1

    @property
    def leaves(self) -> int:
        """The number of nodes that ask nothing."""
        return sum(node.split is None for node in self.nodes)

    @property
    def depth(self) -> int:
        """The number of questions on the longest way."""
        return max(node.depth for node in self.nodes)

    def apply(self, X: Any) -> np.ndarray:
        """Return for each row of X (n, F) the number of the leaf at which it arrives.

        Raises:
            ValueError: X has another number of features, or holds NaN or an infinite number.
        """
        X = require_matrix(X)
        if X.shape[1] != self.n_features:
            raise ValueError(
                f"the tree asks about {self.n_features} features; X has {X.shape[1]}"
            )
        feature = np.array([n.split.feature if n.split else 0 for n in self.nodes])
        limit = np.array(
            [n.split.threshold if n.split else np.inf for n in self.nodes]
        )
        below = np.array([[n.right, n.left] for n in self.nodes])
        at, rows = np.zeros(len(X), dtype=int), np.arange(len(X))
        while len(rows := rows[below[at[rows], 0] >= 0]):
            here = at[rows]
            yes = X[rows, feature[here]] <= limit[here]
            at[rows] = below[here, yes.astype(int)]
        return at

    def shares(self, X: Any) -> np.ndarray:
        """Return the share of each class in the leaf of each row, of shape (n, C)."""
        counts = np.array([node.counts for node in self.nodes])
        shares = counts / counts.sum(axis=1, keepdims=True)
        return np.asarray(shares[self.apply(X)])

    def predict(self, X: Any) -> list[Any]:
        """Return the commonest class of the leaf of each row (the first of equals)."""
        return [self.classes[k] for k in self.shares(X).argmax(axis=1)]


def require_matrix(X: Any) -> np.ndarray[Any, Any]:
    """Return X as numbers of 32 bits, of shape (n, F); refuse what is no such table.

    Raises:
        ValueError: X has no rows, no columns or not two axes, or holds NaN or an infinite number.
    """
    try:
        X = np.asarray(X)
    except ValueError:
        raise ValueError(
            "the rows of X have different lengths; give one table"
        ) from None
    if X.ndim != 2 or 0 in X.shape:
        raise ValueError(
            f"X is a table of items and features, one or more of each, not of shape {X.shape}"
        )
    with np.errstate(over="ignore"):
        X = X.astype(np.float32, copy=False)
    if not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(X))[0]
        raise ValueError(
            f"the value in row {row}, column {column} is {X[row, column]}; fill in or leave out "
            "what is missing, and scale what is too large for 32 bits"
        )
    return np.asarray(X)


def sorted_classes(y: Sequence[Any]) -> list[Any]:
    """Return the different labels in order.

    Raises:
        ValueError: they can't be sorted, such as words beside numbers or None.

    >>> sorted_classes(["ham", "spam", "ham"])
    ['ham', 'spam']
    """
    try:
        return sorted(set(y))
    except TypeError:
        kinds = sorted({type(label).__name__ for label in y})
        raise ValueError(
            f"labels are of one kind, such as words or numbers, not {', '.join(kinds)}; "
            "leave out or name what has no label"
        ) from None


def require_labels(
    y: Sequence[Any], n: int, classes: Sequence[Any] | None = None
) -> tuple[np.ndarray, list[Any]]:
    """Return each label's number and the sorted classes.

    Raises:
        ValueError: there is not one label for each item, a label is none of the classes, or
            the labels can't be sorted.
    """
    y = list(y)
    if len(y) != n:
        raise ValueError(f"{n} items and {len(y)} labels: each item needs one")
    known = sorted_classes(y) if classes is None else list(classes)
    number = {label: k for k, label in enumerate(known)}
    if missing := set(y) - set(number):
        raise ValueError(
            f"the label {sorted(missing, key=repr)[0]!r} is none of the classes {known}"
        )
    return np.array([number[label] for label in y]), known


def require_settings(criterion: str, max_depth: int | None, min_leaf: int) -> None:
    """Refuse an unknown criterion, a depth below 0, and leaves of no items."""
    impurity_named(criterion)
    if max_depth is not None and max_depth < 0:
        raise ValueError(f"max_depth is a number of questions, not {max_depth}")
    if min_leaf < 1:
        raise ValueError(f"a leaf holds one item or more, not {min_leaf}")


def require_fit(features: np.ndarray, one_hot: np.ndarray, axes: int) -> None:
    """Refuse features of other shape than meant, or without a row of *one_hot* for each item."""
    rows = len(features) if features.ndim == axes else -1
    if one_hot.ndim != 2 or rows != len(one_hot):
        raise ValueError(
            f"features of shape {features.shape} and classes of shape {one_hot.shape}: each item "
            f"needs a row of both, and the features have {axes} axes"
        )


def heap_impurity(counts: np.ndarray, criterion: str = "gini") -> np.ndarray:
    """Return n i(t), the impurity times the number of items, of heaps of shape (…, C).

    Raises:
        ValueError: the criterion is neither ``"gini"`` nor ``"entropy"``.

    >>> heap_impurity(np.array([[2.0, 2.0], [4.0, 0.0]])).tolist()
    [2.0, 0.0]
    """
    impurity_named(criterion)
    n = counts.sum(axis=-1)
    if criterion == "gini":
        squares = (counts * counts).sum(axis=-1)
        return np.asarray(n - squares / np.maximum(n, 1))
    share = counts / np.maximum(n, 1)[..., None]
    bits = np.where(share > 0, -counts * np.log2(np.where(share > 0, share, 1)), 0)
    return np.asarray(bits.sum(axis=-1))


def splits_of_feature(
    values: np.ndarray, one_hot: np.ndarray, criterion: str, min_leaf: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the thresholds of one feature and the decrease that each would bring.

    Args:
        values: the feature's value of each item, of shape (n,).
        one_hot: a 1 in the column of each item's class, of shape (n, C).
        criterion: ``"gini"`` or ``"entropy"``.
        min_leaf: on either side of a threshold lie at least so many items.

    Raises:
        ValueError: values and classes don't fit each other, or there is no such criterion.
    """
    require_fit(values, one_hot, axes=1)
    order = np.argsort(values, kind="stable")
    v = values[order].astype(float)
    left = np.cumsum(one_hot[order], axis=0)[:-1]  # (n − 1, C): the items so far
    whole = one_hot.sum(axis=0)
    fits = v[1:] > v[:-1] + CLOSE  # a threshold lies between two values
    fits &= np.arange(1, len(v)) >= min_leaf
    fits &= np.arange(len(v) - 1, 0, -1) >= min_leaf
    threshold = v[:-1][fits] / 2 + v[1:][fits] / 2
    parts = heap_impurity(left[fits], criterion)
    parts = parts + heap_impurity(whole - left[fits], criterion)
    return threshold, heap_impurity(whole, criterion) - parts


def best_splits(
    X: np.ndarray, one_hot: np.ndarray, criterion: str = "gini", min_leaf: int = 1
) -> list[Split]:
    """Return every split of a node that lowers its impurity most: one, or several equals.

    They stand in the order of their features, and for one feature from the lowest threshold.

    Raises:
        ValueError: features and classes don't fit each other, or there is no such criterion.

    >>> X = np.array([[0, 5], [1, 5], [2, 7], [3, 7]], dtype=np.float32)
    >>> best_splits(X, np.eye(2)[[0, 0, 1, 1]])
    [Split(feature=0, threshold=1.5, decrease=2.0), Split(feature=1, threshold=6.0, decrease=2.0)]
    """
    require_fit(X, one_hot, axes=2)
    found = [
        Split(feature, float(threshold), float(decrease))
        for feature in range(X.shape[1])
        for threshold, decrease in zip(
            *splits_of_feature(X[:, feature], one_hot, criterion, min_leaf),
            strict=True,
        )
    ]
    best = max((split.decrease for split in found), default=0.0)
    return [s for s in found if s.decrease >= best - EQUAL * len(X)]


def first(splits: Sequence[Split]) -> Split:
    """Return the first of equally good splits: the lowest feature, the lowest threshold."""
    return splits[0]


def grow(
    X: Any,
    y: Sequence[Any],
    criterion: str = "gini",
    max_depth: int | None = None,
    min_leaf: int = 1,
    choose: Callable[[Sequence[Split]], Split] = first,
) -> Tree:
    """Grow a tree until its leaves are pure, or as far as the settings allow.

    Args:
        X: the features, of shape (n, F), read with 32 bits.
        y: a label for each of the n items.
        criterion: ``"gini"`` or ``"entropy"``.
        max_depth: the most questions on one way; as many as it takes by default.
        min_leaf: the fewest items of a leaf.
        choose: picks one of the splits of a node that are equally good.

    Raises:
        ValueError: X is no table of finite numbers, there is not one label for each item, labels
            are not of one kind, or a setting is out of range.

    Source: Breiman, Friedman, Olshen and Stone (1984), chapter 2.  Equal to scikit-learn's
    ``DecisionTreeClassifier``.

    >>> tree = grow([[0], [1], [2], [3]], ["a", "a", "b", "a"])
    >>> tree.leaves, tree.predict([[1.4], [2], [9]])
    (3, ['a', 'b', 'a'])
    """
    require_settings(criterion, max_depth, min_leaf)
    X = require_matrix(X)
    labels, classes = require_labels(y, len(X))
    one_hot = np.eye(len(classes))[labels]  # (n, C)
    tree = Tree(classes, X.shape[1])
    waiting = [(np.arange(len(X)), 0, -1, "left")]
    while waiting:
        rows, depth, parent, side = waiting.pop()
        number = tree.add(one_hot[rows].sum(axis=0), depth, parent, side)
        node = tree.nodes[number]
        if depth == max_depth or (node.counts > 0).sum() < 2:
            continue
        splits = best_splits(X[rows], one_hot[rows], criterion, min_leaf)
        if not splits:
            continue
        node.split = choose(splits)
        yes = X[rows, node.split.feature] <= node.split.threshold
        waiting.append((rows[~yes], depth + 1, number, "right"))
        waiting.append((rows[yes], depth + 1, number, "left"))
    return tree
