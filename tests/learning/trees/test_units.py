"""Trees by hand: their edges, and what the chapter says of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.learning.trees.boosting import boost
from nlpcourse.learning.trees.cart import Split, grow, splits_of_feature
from nlpcourse.learning.trees.fast import columns, grow_sparse
from nlpcourse.learning.trees.forest import (
    bootstrap,
    grow_forest,
    out_of_bag,
)
from nlpcourse.learning.trees.importance import (
    impurity_importance,
    permutation_importance,
    shuffles,
)
from nlpcourse.learning.trees.impurity import entropy, gini
from nlpcourse.learning.trees.prune import prune, pruning_path
from nlpcourse.learning.trees.questions import gain, grow_by_questions, item
from nlpcourse.learning.trees.ties import Follow

counts = st.lists(st.integers(0, 50), min_size=1, max_size=6)


@given(counts)
def test_impurity_is_zero_when_pure_and_largest_when_even(found):
    alive = [n for n in found if n]
    for measure, top in (
        (gini, 1 - 1 / len(found)),
        (entropy, math.log2(len(found))),
    ):
        value = measure(found)
        assert -1e-12 <= value <= top + 1e-12
        assert (value < 1e-12) == (len(alive) < 2)
        assert measure([7] * len(found)) == pytest.approx(top)


@given(counts)
def test_gini_is_how_often_two_draws_differ(found):
    n = sum(found)
    if n:
        pairs = sum(a * (n - a) for a in found)
        assert gini(found) == pytest.approx(pairs / n**2)


@given(
    st.lists(
        st.tuples(st.sampled_from(["x", "y", "x y", "z"]), st.sampled_from("ab")),
        min_size=1,
        max_size=12,
    )
)
def test_no_question_makes_a_heap_more_mixed(pairs):
    heap = [item(text, label) for text, label in pairs]
    for word in "xyz":
        assert gain(heap, word, gini) >= -1e-12
        assert gain(heap, word, entropy) >= -1e-12


@pytest.mark.parametrize("measure", [gini, entropy])
@pytest.mark.parametrize("bad", [[-1, 2], [math.nan], [math.inf, 1]])
def test_counts_that_are_none_are_refused(measure, bad):
    with pytest.raises(ValueError, match="0 or more"):
        measure(bad)


X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [3.0, 0.0]])
Y = ["a", "a", "b", "b"]


@pytest.mark.parametrize(
    ("table", "labels", "words"),
    [
        (np.zeros((0, 2)), [], "table"),
        (np.zeros((2, 0)), ["a", "b"], "table"),
        (np.zeros(3), ["a"] * 3, "table"),
        ([[math.nan], [1]], ["a", "b"], "row 0"),
        ([[1], [math.inf]], ["a", "b"], "row 1"),
        ([[1e300], [1]], ["a", "b"], "32 bits"),
        (X, ["a"], "4 items and 1 labels"),
        ([[1], [1, 2]], ["a", "b"], "different lengths"),
    ],
)
def test_what_is_no_table_is_refused(table, labels, words):
    with pytest.raises(ValueError, match=words):
        grow(table, labels)
    with pytest.raises(ValueError, match=words):
        grow_sparse(columns(table), labels)


@pytest.mark.parametrize(
    "settings",
    [{"criterion": "gain"}, {"max_depth": -1}, {"min_leaf": 0}],
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=r"criterion|max_depth|leaf"):
        grow(X, Y, **settings)
    with pytest.raises(ValueError, match=r"criterion|max_depth|leaf"):
        grow_sparse(columns(X), Y, **settings)


def test_negative_numbers_need_the_dense_tree():
    assert grow(-X, Y).leaves > 1
    with pytest.raises(ValueError, match="use `grow`"):
        columns(-X)


def test_one_class_alone_is_a_leaf():
    for tree in (grow(X, ["a"] * 4), grow_sparse(columns(X), ["a"] * 4)):
        assert (tree.leaves, tree.depth) == (1, 0)
        assert tree.predict(X) == ["a"] * 4
        assert [step.leaves for step in pruning_path(tree)] == [1]
        assert impurity_importance(tree).tolist() == [0, 0]


def test_constant_features_and_doubled_points_leave_a_mixed_leaf():
    same = np.ones((4, 3))
    for tree in (grow(same, Y), grow_sparse(columns(same), Y)):
        assert tree.leaves == 1
        assert tree.shares(same).tolist() == [[0.5, 0.5]] * 4
    doubled = grow([[1], [1], [5]], ["a", "b", "b"])
    assert doubled.shares([[1], [9]]).tolist() == [[0.5, 0.5], [0, 1]]


def test_a_single_item_and_an_empty_document():
    assert grow([[3]], ["a"]).predict([[7]]) == ["a"]
    nothing = grow_sparse(columns([[0, 0], [0, 2]]), ["empty", "full"])
    assert nothing.predict([[0, 0], [0, 1.5]]) == ["empty", "full"]


def test_a_label_outside_the_classes_is_refused():
    with pytest.raises(ValueError, match="none of the classes"):
        grow_sparse(columns(X), Y, classes=["a", "c"])


def test_values_closer_than_scikit_learns_limit_are_not_told_apart():
    one_hot = np.eye(2)[[0, 1]]
    close, _ = splits_of_feature(np.array([0, 5e-8]), one_hot, "gini", 1)
    apart, _ = splits_of_feature(np.array([0, 5e-7]), one_hot, "gini", 1)
    assert (len(close), len(apart)) == (0, 1)


def test_a_very_deep_tree_grows_without_recursion():
    n = 1200
    values = np.arange(n)[:, None]
    labels = ["ab"[i % 2] for i in range(n)]
    tree = grow_sparse(columns(values), labels)
    assert tree.leaves == n
    assert pruning_path(tree)[-1].leaves == 1
    assert tree.predict(values) == labels


def test_xor_is_learnt_although_its_first_question_gains_nothing():
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    tree = grow(corners, ["n", "y", "y", "n"])
    assert tree.nodes[0].split == Split(0, 0.5, 0.0)
    assert tree.predict(corners) == ["n", "y", "y", "n"]


def test_following_finds_a_split_out_that_is_not_best():
    with pytest.raises(ValueError, match="none of the"):
        grow(X, Y, choose=Follow([(1, 0.5)]))
    with pytest.raises(ValueError, match="none of the"):
        grow(X, Y, choose=Follow([]))


@given(st.integers(0, 10**6), st.floats(0, 0.3))
def test_pruned_trees_are_nested_and_cost_least_at_their_price(seed, alpha):
    rng = np.random.default_rng(seed)
    tree = grow_sparse(
        columns(rng.integers(0, 4, (20, 3))), list(rng.choice(list("abc"), 20))
    )
    path = pruning_path(tree)
    alphas = [step.alpha for step in path]
    leaves = [step.leaves for step in path]
    assert alphas == sorted(alphas)
    assert leaves == sorted(leaves, reverse=True)
    small = prune(tree, alpha, path=path)
    cost = [step.risk + alpha * step.leaves for step in path]
    kept = next(s for s in reversed(path) if s.leaves == small.leaves)
    assert kept.risk + alpha * small.leaves == pytest.approx(min(cost), abs=1e-9)


@pytest.mark.parametrize("alpha", [-0.1, math.nan])
def test_a_price_below_zero_is_refused(alpha):
    with pytest.raises(ValueError, match="price"):
        prune(grow(X, Y), alpha)


def test_a_bootstrap_leaves_out_about_thirty_seven_in_a_hundred():
    rows = bootstrap(20_000, np.random.default_rng(0))
    assert 1 - len(set(rows.tolist())) / 20_000 == pytest.approx(
        math.exp(-1), abs=0.01
    )


@pytest.mark.parametrize(
    "settings", [{"trees": 0}, {"max_features": 0}, {"max_features": 3}]
)
def test_forests_refuse_what_they_cannot_grow(settings):
    with pytest.raises(ValueError, match=r"tree|max_features"):
        grow_forest(columns(X), Y, **settings)


def test_out_of_bag_refuses_a_class_that_the_forest_never_saw():
    forest = grow_forest(columns(X), ["a", "a", "a", "b"], trees=2)
    with pytest.raises(ValueError, match="'z' is none of the classes"):
        out_of_bag(forest, X, ["a", "a", "a", "z"])


def test_a_forest_may_miss_a_class_in_a_sample():
    forest = grow_forest(columns(X), ["a", "a", "a", "b"], trees=5, seed=1)
    assert all(tree.classes == ["a", "b"] for tree in forest.trees)
    assert forest.shares(X).sum(axis=1) == pytest.approx(1)


def test_out_of_bag_judges_only_by_trees_that_did_not_see_it():
    rng = np.random.default_rng(0)
    values = rng.random((60, 1))
    labels = list(rng.choice(list("ab"), 60))  # nothing to learn
    forest = grow_forest(columns(values), labels, trees=15)
    seen = np.mean(
        [a == b for a, b in zip(forest.predict(values), labels, strict=True)]
    )
    assert seen > 0.9
    found = out_of_bag(forest, values, labels)
    assert len(found) == 15
    assert max(found) < 0.75


def test_drawn_features_are_all_asked_in_the_end():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 2, (120, 12)).astype(float)
    labels = list(rng.choice(list("ab"), 120))
    forest = grow_forest(columns(values), labels, trees=10, max_features=1)
    roots = {tree.nodes[0].split.feature for tree in forest.trees}
    assert len(roots) >= 4


@pytest.mark.parametrize("rate", [0, -1, math.nan, math.inf])
def test_boosting_refuses_what_is_no_rate(rate):
    with pytest.raises(ValueError, match="rate"):
        boost(columns(X), Y, rounds=2, rate=rate)


def test_boosting_needs_two_classes_and_something_to_ask():
    with pytest.raises(ValueError, match="one class"):
        boost(columns(X), ["a"] * 4)
    with pytest.raises(ValueError, match="nothing to ask"):
        boost(columns(np.ones((4, 1))), Y)
    assert boost(columns(X), Y, rounds=0).predict(X) == ["a"] * 4


def test_boosting_lowers_the_loss_on_its_training_data():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 3, (80, 5)).astype(float)
    labels = ["abc"[int(a + b) % 3] for a, b in values[:, :2]]
    model = boost(columns(values), labels, rounds=30, rate=0.3)

    def loss(rounds):
        scores = model.scores(values, rounds)
        known = np.log(np.exp(scores).sum(axis=1))
        right = [scores[i, model.classes.index(k)] for i, k in enumerate(labels)]
        return float((known - right).mean())

    losses = [loss(n) for n in (0, 5, 15, 30)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.95 * losses[0]


def test_a_column_of_noise_leads_by_impurity_and_not_by_permutation():
    rng = np.random.default_rng(0)
    signal = rng.integers(2, size=400)
    labels = ["ab"[k ^ (rng.random() < 0.3)] for k in signal]
    table = np.column_stack([signal, rng.random(400)])
    tree = grow_sparse(columns(table[:200]), labels[:200])
    by_impurity = impurity_importance(tree)
    assert by_impurity[1] > by_impurity[0]
    orders = shuffles(200, 10)
    useful, noise = (
        np.mean(
            permutation_importance(
                tree.predict, table[200:], labels[200:], k, orders
            )
        )
        for k in (0, 1)
    )
    assert useful > 0.08
    assert abs(noise) < 0.06


def test_permutation_refuses_a_column_that_is_not_there():
    with pytest.raises(ValueError, match="columns 0 to 1"):
        permutation_importance(grow(X, Y).predict, X, Y, 2, shuffles(4, 1))
    with pytest.raises(ValueError, match="once or more"):
        shuffles(0, 1)


def test_growing_by_questions_stops_when_nothing_divides():
    root = grow_by_questions([item("x", "a"), item("x", "b")], 5)
    assert root.leaves() == [root]
    with pytest.raises(ValueError, match="one or more"):
        grow_by_questions([], 1)
    with pytest.raises(ValueError, match="0 or more"):
        grow_by_questions([item("x", "a")], -1)
