"""Trees, paths, votes and boosted stumps by hand against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.inspection import permutation_importance as their_permutation
from sklearn.tree import DecisionTreeClassifier

from nlpcourse import corpora
from nlpcourse.learning.trees.boosting import boost
from nlpcourse.learning.trees.cart import Tree, first, grow, heap_impurity
from nlpcourse.learning.trees.fast import columns, grow_sparse
from nlpcourse.learning.trees.forest import Forest
from nlpcourse.learning.trees.importance import (
    impurity_importance,
    permutation_importance,
)
from nlpcourse.learning.trees.prune import prune, pruning_path
from nlpcourse.learning.trees.questions import Heap, Item, grow_by_questions
from nlpcourse.learning.trees.ties import Follow

CRITERIA = ["gini", "entropy"]


def taken(theirs):
    """Return the questions of a tree of scikit-learn, in the order in which it grew."""
    inner = np.flatnonzero(theirs.children_left >= 0)
    return [(int(theirs.feature[i]), float(theirs.threshold[i])) for i in inner]


def assert_same_tree(ours: Tree, theirs, criterion: str) -> None:
    """Node for node: the same children, questions, counts and impurities."""
    assert len(ours.nodes) == theirs.node_count
    for k, node in enumerate(ours.nodes):
        assert (node.left, node.right) == (
            theirs.children_left[k],
            theirs.children_right[k],
        )
        n = theirs.weighted_n_node_samples[k]
        np.testing.assert_allclose(
            node.counts / node.n, theirs.value[k, 0], atol=1e-12
        )
        assert node.n == n
        assert heap_impurity(node.counts, criterion) / n == pytest.approx(
            theirs.impurity[k], abs=1e-12
        )
        if node.split is not None:
            assert node.split.feature == theirs.feature[k]
            assert node.split.threshold == pytest.approx(
                theirs.threshold[k], rel=1e-12, abs=1e-12
            )


def ends(alphas: np.ndarray) -> np.ndarray:
    """Return where each price ends: what has the same price may be cut in one or several steps."""
    alphas = np.asarray(alphas)
    return np.flatnonzero(np.append(np.diff(alphas) > 1e-9, True))


def assert_same_path(ours: Tree, criterion, theirs_path, make) -> None:
    """The same prices, and at the end of each price the same impurity and leaves."""
    path = pruning_path(ours, criterion)
    alphas = np.array([step.alpha for step in path])
    mine, other = ends(alphas), ends(theirs_path.ccp_alphas)
    np.testing.assert_allclose(
        alphas[mine], theirs_path.ccp_alphas[other], rtol=0, atol=1e-10
    )
    risks = np.array([step.risk for step in path])
    np.testing.assert_allclose(
        risks[mine], theirs_path.impurities[other], rtol=0, atol=1e-10
    )
    for k in mine[:: max(1, len(mine) // 6)]:
        price = alphas[k] + 2e-10  # past the rounding of either side
        assert prune(ours, price, criterion, path).leaves == path[k].leaves
        assert make(ccp_alpha=price).get_n_leaves() == path[k].leaves


# ── real questions ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def trec():
    questions = corpora.trec()
    vectorizer = CountVectorizer(token_pattern=r"\S+", binary=True, min_df=2)
    X = vectorizer.fit_transform([q.text for q in questions.train])
    return X, [q.label for q in questions.train]


@pytest.mark.assets
@pytest.mark.parametrize("criterion", CRITERIA)
def test_the_tree_of_trec_equals_scikit_learns(trec, criterion):
    X, y = trec
    theirs = DecisionTreeClassifier(criterion=criterion, random_state=0).fit(X, y)
    follow = Follow(taken(theirs.tree_))
    ours = grow_sparse(columns(X), y, criterion, choose=follow)
    assert_same_tree(ours, theirs.tree_, criterion)
    assert follow.asked == len(taken(theirs.tree_)) > 900
    assert (
        follow.asked - follow.ties > 100
    )  # there the one best split is taken by both


@pytest.mark.assets
def test_counts_of_words_divide_as_in_scikit_learn(trec):
    """Real and integer features: lengths, and how often a word occurs."""
    questions = corpora.trec().train[:1500]
    vectorizer = CountVectorizer(token_pattern=r"\S+", min_df=3)
    counts = vectorizer.fit_transform([q.text for q in questions]).toarray()
    lengths = np.array(
        [[len(q.text), len(q.text) / len(q.text.split())] for q in questions]
    )
    X, y = np.hstack([counts, lengths]), [q.label for q in questions]
    theirs = DecisionTreeClassifier(random_state=1, min_samples_leaf=2).fit(X, y)
    ours = grow_sparse(
        columns(X), y, min_leaf=2, choose=Follow(taken(theirs.tree_))
    )
    assert_same_tree(ours, theirs.tree_, "gini")
    assert any(t != round(t) and t % 0.5 for _, t in taken(theirs.tree_))


@pytest.mark.assets
@pytest.mark.parametrize("criterion", CRITERIA)
def test_the_pruning_path_of_trec_equals_scikit_learns(trec, criterion):
    X, y = trec
    theirs = DecisionTreeClassifier(criterion=criterion, random_state=0).fit(X, y)
    ours = grow_sparse(columns(X), y, criterion, choose=Follow(taken(theirs.tree_)))
    path = theirs.cost_complexity_pruning_path(X, y)

    def make(ccp_alpha):
        return DecisionTreeClassifier(
            criterion=criterion, random_state=0, ccp_alpha=ccp_alpha
        ).fit(X, y)

    assert_same_path(ours, criterion, path, make)


@pytest.mark.assets
def test_votes_equal_scikit_learns_when_told_its_samples(trec):
    X, y = trec
    X, y = X[:1500], y[:1500]
    table, dense = columns(X), X.toarray()
    theirs = RandomForestClassifier(4, max_features=None, random_state=3).fit(X, y)
    ours = Forest(list(theirs.classes_))
    for one, rows in zip(
        theirs.estimators_, theirs.estimators_samples_, strict=True
    ):
        follow = Follow(taken(one.tree_))
        tree = grow_sparse(table, y, choose=follow, rows=rows, classes=ours.classes)
        assert_same_tree(tree, one.tree_, "gini")
        ours.trees.append(tree)
    np.testing.assert_allclose(
        ours.shares(dense), theirs.predict_proba(X), atol=1e-12
    )


def without_twins(X):
    """Leave out features that are the same as an earlier one, or its opposite."""
    dense = X.toarray()
    flipped = np.where(dense[:1] > 0, 1 - dense, dense)
    _, kept = np.unique(flipped, axis=1, return_index=True)
    return X[:, np.sort(kept)]


@pytest.mark.assets
def test_boosted_stumps_of_trec_equal_scikit_learns():
    questions = corpora.trec().train[:2500]
    vectorizer = CountVectorizer(token_pattern=r"\S+", min_df=15)
    X = without_twins(vectorizer.fit_transform([q.text for q in questions]))
    y = [q.label for q in questions]
    theirs = GradientBoostingClassifier(
        n_estimators=40, max_depth=1, learning_rate=0.3
    ).fit(X, y)
    ours = boost(columns(X), y, rounds=40, rate=0.3)
    for stumps, row in zip(ours.rounds, theirs.estimators_, strict=True):
        for stump, one in zip(stumps, row, strict=True):
            assert stump.feature == one.tree_.feature[0]
            assert stump.threshold == pytest.approx(one.tree_.threshold[0])
    np.testing.assert_allclose(
        ours.scores(X.toarray()), theirs.decision_function(X), atol=1e-9
    )


# ── generated tables ──────────────────────────────────────────────────────────────────────────────

integers = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9),
    elements=st.integers(-2, 3).map(float),
)
reals = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9),
    elements=st.floats(-1e3, 1e3, width=32),
)


@st.composite
def tables(draw, cells):
    X = draw(cells)
    labels = st.lists(st.sampled_from("abc"), min_size=len(X), max_size=len(X))
    return X, draw(labels)


@settings(max_examples=60)
@given(
    tables(st.one_of(integers, reals)),
    st.sampled_from(CRITERIA),
    st.integers(1, 3),
    st.sampled_from([None, 1, 2]),
    st.integers(0, 5),
)
def test_made_up_trees_equal_scikit_learns(data, criterion, min_leaf, depth, seed):
    X, y = data
    theirs = DecisionTreeClassifier(
        criterion=criterion,
        min_samples_leaf=min_leaf,
        max_depth=depth,
        random_state=seed,
    )
    if len(set(y)) == 1:
        assert grow(X, y, criterion, depth, min_leaf).leaves == 1
        return
    theirs.fit(X, y)
    follow = Follow(taken(theirs.tree_))
    ours = grow(X, y, criterion, depth, min_leaf, choose=follow)
    assert_same_tree(ours, theirs.tree_, criterion)
    np.testing.assert_allclose(ours.shares(X), theirs.predict_proba(X), atol=1e-12)
    np.testing.assert_allclose(
        impurity_importance(ours), theirs.feature_importances_, atol=1e-9
    )


@settings(max_examples=40)
@given(tables(st.one_of(integers, reals)), st.sampled_from(CRITERIA))
def test_made_up_paths_equal_scikit_learns(data, criterion):
    X, y = data
    if len(set(y)) == 1:
        return

    def make(ccp_alpha=0.0):
        return DecisionTreeClassifier(
            criterion=criterion, random_state=0, ccp_alpha=ccp_alpha
        ).fit(X, y)

    theirs = make()
    ours = grow(X, y, criterion, choose=Follow(taken(theirs.tree_)))
    path = theirs.cost_complexity_pruning_path(X, y)
    assert_same_path(ours, criterion, path, make)


@settings(max_examples=60)
@given(
    tables(st.one_of(integers.map(np.abs), reals.map(np.abs))),
    st.sampled_from(CRITERIA),
    st.integers(1, 3),
)
def test_the_fast_tree_equals_the_definition(data, criterion, min_leaf):
    X, y = data
    slow = grow(X, y, criterion, min_leaf=min_leaf)
    fast = grow_sparse(columns(X), y, criterion, min_leaf=min_leaf)
    assert [
        n.split and (n.split.feature, n.split.threshold) for n in slow.nodes
    ] == [n.split and (n.split.feature, n.split.threshold) for n in fast.nodes]
    for one, other in zip(slow.nodes, fast.nodes, strict=True):
        assert one.counts.tolist() == other.counts.tolist()


@settings(max_examples=40)
@given(
    tables(integers.map(np.abs)),
    st.lists(st.integers(0, 8), min_size=1, max_size=12),
)
def test_a_sample_is_the_table_of_its_rows(data, rows):
    X, y = data
    rows = np.array([row % len(X) for row in rows])
    classes = sorted(set(y))
    sampled = grow_sparse(columns(X), y, rows=rows, classes=classes)
    taken_out = grow_sparse(columns(X[rows]), [y[i] for i in rows], classes=classes)
    assert [n.counts.tolist() for n in sampled.nodes] == [
        n.counts.tolist() for n in taken_out.nodes
    ]
    assert [n.split for n in sampled.nodes] == [n.split for n in taken_out.nodes]


words = st.frozensets(st.sampled_from("abcdef"), max_size=5)
heaps = st.lists(
    st.builds(Item, words, st.sampled_from(["x", "y", "z"])),
    min_size=1,
    max_size=14,
)


def as_table(items: list[Item]) -> tuple[np.ndarray, list[str]]:
    return (
        np.array(
            [[word in one.words for word in "abcdef"] for one in items], float
        ),
        [one.label for one in items],
    )


def preorder(heap: Heap) -> list[str]:
    return [heap.word, *(word for part in heap.parts for word in preorder(part))]


@settings(max_examples=60)
@given(heaps)
def test_the_pages_twin_grows_the_same_tree(items):
    X, y = as_table(items)
    tree = grow(X, y, choose=first)
    root = grow_by_questions(items, questions=100)
    asked = ["abcdef"[n.split.feature] if n.split else "" for n in tree.nodes]
    assert preorder(root) == asked


@settings(max_examples=40)
@given(heaps, st.integers(1, 6))
def test_the_pages_twin_grows_best_first_like_scikit_learn(items, questions):
    """As long as one question is the best of all leaves, both ask it."""
    X, y = as_table(items)
    if len(set(y)) == 1:
        return
    root = grow_by_questions(items, questions)
    theirs = DecisionTreeClassifier(max_leaf_nodes=questions + 1, random_state=0)
    tree = theirs.fit(X, y).tree_
    assert len(root.leaves()) == tree.n_leaves or any_tie(items, questions)
    if not any_tie(items, questions):
        found = sorted((len(leaf.items), leaf.label) for leaf in root.leaves())
        kept = np.flatnonzero(tree.children_left < 0)
        n = tree.n_node_samples[kept]
        label = theirs.classes_[tree.value[kept, 0].argmax(axis=1)]
        assert found == sorted(zip(n.tolist(), label.tolist(), strict=True))


def any_tie(items: list[Item], questions: int) -> bool:
    """Return whether two questions were equally good while the tree grew."""
    from nlpcourse.learning.trees.questions import candidates, next_question, tally

    root = Heap(list(items))
    for _ in range(questions):
        gains = sorted(
            len(leaf.items) * gain
            for leaf in root.leaves()
            if len(tally(leaf.items)) > 1
            for gain, _ in candidates(leaf.items)
        )
        if len(gains) > 1 and gains[-1] - gains[-2] < 1e-6:
            return True
        found = next_question(root)
        if found is None:
            return False
        found[1].ask(found[2])
    return False


@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_boosted_real_features_equal_scikit_learns(seed):
    """In the first round residuals have two values each, so few items would make ties."""
    rng = np.random.default_rng(seed)
    X = rng.gamma(1.0, size=(120, 4)) * (rng.random((120, 4)) < 0.7)
    y = np.array(["a", "b", "c"])[rng.integers(3, size=120)]
    orders = [
        GradientBoostingClassifier(n_estimators=8, max_depth=1, random_state=order)
        .fit(X, y)
        .decision_function(X)
        for order in range(4)
    ]
    assume(all(np.allclose(orders[0], other, atol=1e-8) for other in orders))
    ours = boost(columns(X), list(y), rounds=8)
    np.testing.assert_allclose(ours.scores(X), orders[0], atol=1e-8)


def test_permutation_importance_equals_scikit_learns_with_its_shuffles():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, size=(80, 3)).astype(float)
    y = [("a", "b")[int(row[0] + row[1] > 3)] for row in X]
    theirs = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y)
    found = their_permutation(theirs, X, y, n_repeats=4, random_state=5)
    seed = np.random.RandomState(5).randint(np.iinfo(np.int32).max + 1)
    for feature in range(3):
        state, order = np.random.RandomState(seed), np.arange(80)
        so_far, orders = np.arange(80), []
        for _ in range(4):
            state.shuffle(order)
            so_far = so_far[order]
            orders.append(so_far.copy())
        ours = permutation_importance(theirs.predict, X, y, feature, orders)
        np.testing.assert_allclose(ours, found.importances[feature], atol=1e-12)
