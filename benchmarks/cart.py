"""CART on 20 Newsgroups: ours in NumPy and scikit-learn's in Cython, in one run on one core.

    python benchmarks/cart.py             # a minute
    python benchmarks/cart.py --record    # also writes the results of chapter 14

The table holds how often each of the 5,000 words that tell most of the groups (chi squared on the
training posts) occurs in each of the 11,293 training posts.  Both grow until every leaf is pure or
can't be divided.  Times are seconds of the processor (``time.process_time``) from the sparse matrix
to the tree, the shortest of three runs in one process, ours and theirs in turn.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.tree import DecisionTreeClassifier

from nlpcourse import corpora
from nlpcourse.course import ledger
from nlpcourse.learning.trees.fast import columns, grow_sparse
from nlpcourse.learning.trees.ties import Follow


def seconds(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of one run, and its result."""
    started = time.process_time()
    result = run()
    return time.process_time() - started, result


def main() -> None:
    """Measure, compare, and record where that is asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--record", action="store_true")
    arguments.add_argument("--runs", type=int, default=3)
    asked = arguments.parse_args()
    posts = corpora.newsgroups_20().train
    y = [post.label for post in posts]
    X = CountVectorizer().fit_transform([post.text for post in posts])
    X = SelectKBest(chi2, k=5000).fit_transform(X, y).tocsc()
    print("posts, words, entries:", *X.shape, X.nnz, flush=True)
    ours, theirs = [], []
    for _ in range(asked.runs):
        spent, library = seconds(
            lambda: DecisionTreeClassifier(random_state=0).fit(X, y)
        )
        theirs.append(spent)
        spent, tree = seconds(lambda: grow_sparse(columns(X), y))
        ours.append(spent)
        print(f"scikit-learn {theirs[-1]:.2f} s, ours {ours[-1]:.2f} s", flush=True)
    inner = np.flatnonzero(library.tree_.children_left >= 0)
    taken = [
        (int(library.tree_.feature[i]), float(library.tree_.threshold[i]))
        for i in inner
    ]
    follow = Follow(taken)
    same = grow_sparse(columns(X), y, choose=follow)
    print(
        "leaves:",
        library.get_n_leaves(),
        same.leaves,
        "and by our own rule",
        tree.leaves,
    )
    print(f"questions: {follow.asked}, of which with equals: {follow.ties}")
    print(f"depth: {library.get_depth()} and {same.depth}")
    ratio = min(ours) / min(theirs)
    print(f"ratio: {ratio:.2f}")
    if asked.record:
        ledger.rerecord("14.speed-ratio", value=ratio)
        ledger.rerecord("14.speed-seconds", value=min(ours))


if __name__ == "__main__":
    main()
