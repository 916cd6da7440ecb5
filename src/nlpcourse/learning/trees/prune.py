"""Pruning by cost complexity: cut the weakest link, then the next, until the root is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nlpcourse.learning.trees.cart import Tree, heap_impurity


@dataclass(frozen=True)
class Step:
    """One cut: its price α, the node that became a leaf, and what is left.

    ``risk`` is R(T), the impurity of the leaves, each weighed by its share of the items.
    """

    alpha: float
    node: int
    risk: float
    leaves: int


def pruning_path(tree: Tree, criterion: str = "gini") -> list[Step]:
    """Return the cuts in their order, the whole tree (α = 0, node −1) first.

    The weakest link is the node whose branch buys the least impurity for each of its leaves:
    g(t) = (R(t) − R(T_t)) / (|T_t| − 1); of equally weak ones the first in the tree is cut.

    Args:
        tree: a grown tree.
        criterion: the impurity that it was grown by.

    Source: Breiman, Friedman, Olshen and Stone (1984), chapter 3.  Equal to scikit-learn's
    ``cost_complexity_pruning_path``.

    >>> from nlpcourse.learning.trees.cart import grow
    >>> tree = grow([[0], [1], [2], [3]], ["a", "a", "b", "a"])
    >>> [(round(step.alpha, 3), step.leaves) for step in pruning_path(tree)]
    [(0.0, 3), (0.188, 1)]
    """
    nodes = tree.nodes
    counts = np.array([node.counts for node in nodes])
    risk = heap_impurity(counts, criterion) / nodes[0].n  # R(t)
    branch, leaves = risk.copy(), np.ones(len(nodes))  # R(T_t), |T_t|
    size, parent = np.ones(len(nodes), dtype=int), np.full(len(nodes), -1)
    inner = np.array([node.split is not None for node in nodes])
    for t in reversed(np.flatnonzero(inner)):
        below = [nodes[t].left, nodes[t].right]
        branch[t], leaves[t] = branch[below].sum(), leaves[below].sum()
        size[t] += size[below].sum()
        parent[below] = t
    path = [Step(0.0, -1, float(branch[0]), int(leaves[0]))]
    while inner[0]:
        link = np.full(len(nodes), np.inf)
        link[inner] = (risk[inner] - branch[inner]) / (leaves[inner] - 1)
        t = weakest = int(np.flatnonzero(link <= link.min() + 1e-12)[0])
        more, fewer = risk[t] - branch[t], leaves[t] - 1
        inner[t : t + size[t]] = False  # t is a leaf now, and nothing is below it
        while t >= 0:
            branch[t], leaves[t] = branch[t] + more, leaves[t] - fewer
            t = parent[t]
        alpha = max(float(link[weakest]), path[-1].alpha)
        path.append(Step(alpha, weakest, float(branch[0]), int(leaves[0])))
    return path


def prune(
    tree: Tree,
    alpha: float,
    criterion: str = "gini",
    path: Sequence[Step] | None = None,
) -> Tree:
    """Return the smallest subtree that is worth its leaves at the price *alpha* of each.

    It minimises R(T) + α |T|; where *alpha* is itself the price of a cut, the cut is made.

    Args:
        tree: a grown tree, which stays as it is.
        alpha: the price of a leaf, 0 or more.
        criterion: the impurity that the tree was grown by.
        path: its pruning path, where that is known.

    Raises:
        ValueError: alpha is negative or no number.

    >>> from nlpcourse.learning.trees.cart import grow
    >>> tree = grow([[0], [1], [2], [3]], ["a", "a", "b", "a"])
    >>> prune(tree, 0.1).leaves, prune(tree, 0.2).leaves
    (3, 1)
    """
    if not alpha >= 0:
        raise ValueError(f"alpha is the price of a leaf, 0 or more, not {alpha!r}")
    path = pruning_path(tree, criterion) if path is None else path
    cut = {step.node for step in path if step.alpha <= alpha}
    smaller = Tree(tree.classes, tree.n_features)
    waiting = [(0, -1, "left")]
    while waiting:
        old, parent, side = waiting.pop()
        node = tree.nodes[old]
        new = smaller.add(node.counts, node.depth, parent, side)
        if old not in cut and node.split is not None:
            smaller.nodes[new] = replace(node, left=-1, right=-1)
            waiting += [(node.right, new, "right"), (node.left, new, "left")]
    return smaller
