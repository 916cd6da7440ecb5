"""The same tree from sparse columns: only what is not zero is ever looked at.

A text holds a few dozen of thousands of words.  The entries of the table are sorted once, by
feature and value; a node keeps its entries in that order, so that one pass counts the classes above
every threshold of every feature, and no node sorts again.  Tests hold :func:`grow_sparse` equal to
:func:`nlpcourse.learning.trees.cart.grow`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlpcourse.learning.trees.cart import (
    CLOSE,
    EQUAL,
    Split,
    Tree,
    first,
    heap_impurity,
    require_labels,
    require_matrix,
    require_settings,
)


@dataclass(frozen=True)
class Columns:
    """What is not zero in a table of non-negative numbers.

    An entry is one cell; a step is a pair of a feature and one of its values, numbered by feature
    and then by value.

    Attributes:
        row: the item of each entry, of shape (E,); entries are sorted by step.
        step: the step of each entry, of shape (E,).
        feature: the feature of each step, of shape (S,).
        value: the value of each step, of shape (S,).
        shape: the number of items and of features.
    """

    row: np.ndarray
    step: np.ndarray
    feature: np.ndarray
    value: np.ndarray
    shape: tuple[int, int]


def columns(X: Any) -> Columns:
    """Return the sorted entries of a table: an array, or a sparse matrix of SciPy.

    Raises:
        ValueError: X is no such table, or a number in it is negative, infinite or NaN.

    >>> found = columns([[0, 2], [1, 0], [0, 3]])
    >>> found.row.tolist(), found.feature.tolist(), found.value.tolist()
    ([1, 0, 2], [0, 1, 1], [1.0, 2.0, 3.0])
    """
    if hasattr(X, "tocoo"):
        coo = X.tocoo()
        row, column, value, shape = coo.row, coo.col, coo.data, coo.shape
        if 0 in shape:
            raise ValueError(f"X needs items and features, not the shape {shape}")
        value = require_matrix(value.reshape(-1, 1))[:, 0] if len(value) else value
    else:
        X = require_matrix(X)
        row, column = np.nonzero(X)
        value, shape = X[row, column], X.shape
    if (value < 0).any():
        raise ValueError(
            f"a sparse table holds counts or weights, 0 or more, not {value.min()}; "
            "use `grow` for negative numbers"
        )
    row, column, value = row[value > 0], column[value > 0], value[value > 0]
    order = np.lexsort((row, value, column))
    row, column, value = row[order], column[order], value[order]
    new = np.ones(len(row), dtype=bool)
    new[1:] = (np.diff(column) > 0) | (np.diff(value) > 0)
    return Columns(
        row.astype(np.int64),
        np.cumsum(new) - 1,
        column[new].astype(np.int64),
        value[new].astype(float),
        (int(shape[0]), int(shape[1])),
    )


@dataclass(frozen=True)
class Groups:
    """The entries of a node, one group for each step that occurs in it.

    ``start`` is a group's first entry, ``end`` the first entry after the last group of the same
    feature: from the one to the other lie the items at or above the group's value.
    """

    start: np.ndarray  # (G,)
    end: np.ndarray  # (G,)
    feature: np.ndarray  # (G,)
    threshold: (
        np.ndarray
    )  # (G,): halfway to the next lower value that occurs in the node
    divides: (
        np.ndarray
    )  # (G,): whether an item lies below, and the threshold between


def groups_of(table: Columns, step: np.ndarray, n: float) -> Groups:
    """Return the groups of a node's entries, whose steps are sorted; the node holds n items."""
    start = np.flatnonzero(np.diff(step, prepend=-1))
    feature, value = table.feature[step[start]], table.value[step[start]]
    opens = np.diff(feature, prepend=-1) > 0  # the feature's first group
    heads = np.append(start[opens], len(step))
    end = heads[np.cumsum(opens)]
    lower = np.where(opens, 0.0, np.roll(value, 1))
    divides = (end - start < n) & (value > lower + CLOSE)
    return Groups(start, end, feature, lower / 2 + value / 2, divides)


def counts_above(
    groups: Groups, labels: np.ndarray, n_classes: int, kept: np.ndarray
) -> np.ndarray:
    """Return for each kept group the classes of the items at or above its value, (kept, C)."""
    sizes = np.diff(np.append(groups.start, len(labels)))
    where = np.repeat(np.arange(len(sizes)), sizes)
    table = np.bincount(
        where * n_classes + labels, minlength=len(sizes) * n_classes
    )
    table = table.reshape(-1, n_classes).astype(float)
    after = np.zeros((len(sizes) + 1, n_classes))
    after[:-1] = np.cumsum(table[::-1], axis=0)[::-1]  # this group and all after it
    beyond = np.searchsorted(groups.start, groups.end[kept])
    return np.asarray(after[:-1][kept] - after[beyond])


def drawn(
    groups: Groups, max_features: int, n_features: int, rng: np.random.Generator
) -> np.ndarray:
    """Return which groups belong to features that are drawn for this node.

    Of all features *max_features* are drawn without replacement; those that are the same in all
    items of the node can't divide it, and at least one that can is drawn.
    """
    able = groups.feature[groups.divides]
    able = able[np.diff(able, prepend=-1) > 0]  # sorted already: each once
    if len(able) == 0:
        return np.zeros(len(groups.feature), dtype=bool)
    hits = rng.hypergeometric(len(able), n_features - len(able), max_features)
    chosen = rng.choice(able, size=max(1, int(hits)), replace=False)
    is_chosen = np.zeros(n_features, dtype=bool)
    is_chosen[chosen] = True
    return np.asarray(is_chosen[groups.feature])


def best_splits_sparse(
    groups: Groups,
    labels: np.ndarray,
    counts: np.ndarray,
    criterion: str,
    min_leaf: int,
    allowed: np.ndarray | None = None,
) -> list[tuple[Split, int]]:
    """Return every best split of a node, each with its group; see ``cart.best_splits``.

    Args:
        groups: of the node's entries.
        labels: the class of each entry's item, of shape (E,).
        counts: the node's items by class, of shape (C,).
        criterion: ``"gini"`` or ``"entropy"``.
        min_leaf: the fewest items on either side.
        allowed: which groups may be asked; all by default.
    """
    n, above = counts.sum(), groups.end - groups.start
    fits = groups.divides & (above >= min_leaf) & (n - above >= min_leaf)
    kept = np.flatnonzero(fits if allowed is None else fits & allowed)
    if len(kept) == 0:
        return []
    right = counts_above(groups, labels, len(counts), kept)  # (kept, C)
    parts = heap_impurity(counts - right, criterion)
    parts = parts + heap_impurity(right, criterion)
    decrease = heap_impurity(counts, criterion) - parts
    best = np.flatnonzero(decrease >= decrease.max() - EQUAL * n)
    return [
        (
            Split(
                int(groups.feature[kept[k]]),
                float(groups.threshold[kept[k]]),
                float(decrease[k]),
            ),
            int(kept[k]),
        )
        for k in best
    ]


def grow_sparse(
    table: Columns,
    y: Sequence[Any],
    criterion: str = "gini",
    max_depth: int | None = None,
    min_leaf: int = 1,
    choose: Callable[[Sequence[Split]], Split] = first,
    max_features: int | None = None,
    rng: np.random.Generator | None = None,
    rows: np.ndarray | None = None,
    classes: Sequence[Any] | None = None,
) -> Tree:
    """Grow the tree that ``cart.grow`` grows, from sparse columns.

    Args:
        table: the features; see :func:`columns`.
        y: a label for each item.
        criterion: ``"gini"`` or ``"entropy"``.
        max_depth: the most questions on one way; as many as it takes by default.
        min_leaf: the fewest items of a leaf.
        choose: picks one of the splits of a node that are equally good.
        max_features: so many features are drawn anew for each node; all by default.
        rng: where they are drawn from.
        rows: the items to grow from, some of them several times; all once by default.
        classes: all classes, where y may lack one.

    Raises:
        ValueError: there is not one label for each item, or a setting is out of range.

    >>> grow_sparse(columns([[0], [1], [2], [3]]), ["a", "a", "b", "a"]).leaves
    3
    """
    require_settings(criterion, max_depth, min_leaf)
    n_items, n_features = table.shape
    if max_features is not None and not 1 <= max_features <= n_features:
        raise ValueError(
            f"max_features lies between 1 and {n_features}, not at {max_features}"
        )
    labels, known = require_labels(y, n_items, classes)
    row, step = table.row, table.step
    if rows is not None:
        labels, row, step = repeated(table, labels, rows)
    rng = rng or np.random.default_rng(0)
    side = np.zeros(len(labels), dtype=bool)
    tree = Tree(known, n_features)
    whole = np.bincount(labels, minlength=len(known)).astype(float)
    waiting = [(row, step, whole, 0, -1, "left")]
    while waiting:
        row, step, counts, depth, parent, name = waiting.pop()
        number = tree.add(counts, depth, parent, name)
        if depth == max_depth or (counts > 0).sum() < 2:
            continue
        groups, allowed = groups_of(table, step, counts.sum()), None
        if max_features is not None and max_features < n_features:
            allowed = drawn(groups, max_features, n_features, rng)
        found = best_splits_sparse(
            groups, labels[row], counts, criterion, min_leaf, allowed
        )
        if not found:
            continue
        split = choose([one for one, _ in found])
        tree.nodes[number].split = split
        group = dict(found)[split]
        right = row[groups.start[group] : groups.end[group]]
        side[right] = True
        goes_right = side[row]
        side[right] = False
        above = np.bincount(labels[right], minlength=len(known)).astype(float)
        for yes, part, below in (
            (goes_right, above, "right"),
            (~goes_right, counts - above, "left"),
        ):
            waiting.append((row[yes], step[yes], part, depth + 1, number, below))
    return tree


def repeated(
    table: Columns, labels: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return labels, rows and steps of a sample in which items may occur several times.

    Raises:
        ValueError: there are no rows, or one of them is not in the table.
    """
    rows = np.asarray(rows)
    if len(rows) == 0 or rows.min() < 0 or rows.max() >= len(labels):
        raise ValueError(
            f"a sample holds one or more of the {len(labels)} items, by number"
        )
    times = np.bincount(rows, minlength=len(labels))
    first_copy = np.cumsum(times) - times  # where an item's copies begin
    of_entry = times[table.row]
    entry = np.repeat(np.arange(len(table.row)), of_entry)
    copy = np.arange(len(entry)) - np.repeat(
        np.cumsum(of_entry) - of_entry, of_entry
    )
    new_row = first_copy[table.row[entry]] + copy
    return np.repeat(labels, times), new_row, table.step[entry]
