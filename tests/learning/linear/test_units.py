"""Linear models by hand: textbook numbers, edges, and what they say of real texts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse import corpora
from nlpcourse.learning.linear import features, judging, kernels, many
from nlpcourse.learning.linear.hashing import hashed, murmur3
from nlpcourse.learning.linear.lbfgs import minimise
from nlpcourse.learning.linear.logistic import (
    LinearModel,
    gradient_descent,
    log_loss,
    logistic_regression,
    sigmoid,
)
from nlpcourse.learning.linear.proximal import (
    l1_logistic_regression,
    soft_threshold,
)
from nlpcourse.learning.linear.rows import rows_of, with_constant
from nlpcourse.learning.linear.svm import (
    dual_coordinate_descent,
    duality_gap,
    hinge_objective,
    pegasos,
)
from nlpcourse.statistics.naive_bayes.features import count
from nlpcourse.statistics.naive_bayes.models import MultinomialNaiveBayes

numbers = st.floats(-3, 3).map(lambda x: round(x, 2))
tables = st.lists(
    st.dictionaries(st.integers(0, 4), numbers, max_size=4), min_size=1, max_size=8
)
bags = st.lists(
    st.lists(st.sampled_from("abcdefg"), max_size=8), min_size=1, max_size=9
)


def problem(seed=0, n=40, d=6):
    """A table of small counts with an empty row, and labels that it half explains."""
    rng = np.random.default_rng(seed)
    dense = rng.integers(0, 3, (n, d)).astype(float)
    dense[0] = 0
    y = np.where(dense[:, 0] - dense[:, 1] + rng.normal(size=n) > 0, 1.0, -1.0)
    y[:2] = 1, -1
    table = rows_of([{j: v for j, v in enumerate(r) if v} for r in dense], d)
    return table, dense, y


# ------------------------------------------------------------------------------------- the table


@given(tables, st.integers(0, 10**6))
def test_products_are_those_of_the_dense_table(documents, seed):
    table = rows_of(documents, 5)
    dense, rng = table.dense(), np.random.default_rng(seed)
    w, r = rng.normal(size=(5, 2)), rng.normal(size=(len(documents), 2))
    np.testing.assert_allclose(table.times(w), dense @ w, atol=1e-12)
    np.testing.assert_allclose(table.transposed_times(r), dense.T @ r, atol=1e-12)
    np.testing.assert_allclose(table.times(w[:, 0]), dense @ w[:, 0], atol=1e-12)
    np.testing.assert_allclose(
        table.squared_lengths(), (dense**2).sum(1), atol=1e-12
    )


@given(tables, st.data())
def test_rows_and_columns_are_taken_as_numpy_takes_them(documents, data):
    table = rows_of(documents, 5)
    rows = data.draw(st.lists(st.integers(0, len(documents) - 1), max_size=6))
    columns = data.draw(st.lists(st.integers(0, 4), unique=True, max_size=5))
    np.testing.assert_array_equal(table.take(rows).dense(), table.dense()[rows])
    np.testing.assert_array_equal(
        table.keep(columns).dense(), table.dense()[:, columns]
    )
    one = np.ones((len(documents), 1))
    np.testing.assert_array_equal(
        with_constant(table).dense(), np.hstack([table.dense(), one])
    )


def test_a_column_outside_the_table_is_refused():
    with pytest.raises(ValueError, match="columns run from 0 to 1"):
        rows_of([{2: 1.0}], width=2)


def test_empty_texts_are_rows_of_zeros():
    model = features.fit_tf_idf(["gold up", ""])
    assert model.table(["", "silver", "gold"]).dense().tolist()[:2] == [
        [0, 0],
        [0, 0],
    ]
    assert model.table(["gold"]).squared_lengths() == pytest.approx([1])


def test_a_word_that_is_everywhere_keeps_weight_one():
    counts = features.counted([["a", "b"], ["a"]], {"a": 0, "b": 1})
    idf = features.inverse_document_frequency(counts)
    assert idf.tolist() == pytest.approx([1, math.log(3 / 2) + 1])


@given(bags)
def test_hashed_columns_depend_on_the_letters_alone(documents):
    whole = hashed(documents, 8).dense()
    for document, row in zip(documents, whole, strict=True):
        np.testing.assert_array_equal(hashed([document], 8).dense()[0], row)
    unsigned = hashed(documents, 8, signed=False).dense()
    assert (unsigned >= np.abs(whole)).all()
    assert unsigned.sum() == sum(map(len, documents))


# ------------------------------------------------------------------------------------- downhill


@pytest.mark.parametrize("seed", [0, 1])
def test_gradients_are_slopes(seed):
    table, _, y = problem(seed)
    rng = np.random.default_rng(seed)
    chosen = (
        many.signs([f"c{i % 3}" for i in range(len(y))], ["c0", "c1", "c2"]) > 0
    )
    for objective, size in (
        (log_loss(table, y, 0.1), 7),
        (many.softmax_loss(table, chosen, 0.1), 21),
    ):
        theta = rng.normal(size=size)
        _, gradient = objective(theta)
        for j in range(size):
            step = np.zeros(size)
            step[j] = 1e-6
            slope = (objective(theta + step)[0] - objective(theta - step)[0]) / 2e-6
            assert gradient[j] == pytest.approx(slope, abs=1e-8)


def test_both_descents_come_to_the_same_place():
    table, _, y = problem()
    objective = log_loss(table, y, 0.05)
    slow, values = gradient_descent(objective, np.zeros(7), 0.3, 4000)
    quick = minimise(objective, np.zeros(7))
    np.testing.assert_allclose(slow, quick, atol=1e-6)
    assert values[:500] == sorted(values[:500], reverse=True)


def test_too_long_steps_run_away_and_say_so():
    def bowl(theta):
        return float(theta @ theta), 2 * theta

    with (
        np.errstate(over="ignore"),
        pytest.raises(ValueError, match="smaller rate"),
    ):
        gradient_descent(bowl, np.ones(2), 1e3, 500)


@given(st.floats(-800, 800))
def test_the_sigmoid_never_overflows(score):
    p = sigmoid(np.array([score, -score]))
    assert p.sum() == pytest.approx(1, abs=1e-12)
    assert ((p >= 0) & (p <= 1)).all()


def test_stricter_models_have_smaller_weights():
    table, _, y = problem()
    sizes = [
        np.linalg.norm(logistic_regression(table, y, s).weights)
        for s in (0.001, 0.01, 0.1, 1.0, 10.0)
    ]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("strength", [0.003, 0.03])
def test_where_l1_stops_no_weight_pays_for_itself(seed, strength):
    """The conditions of an optimum: at zero the pull is below the price, elsewhere equal."""
    table, dense, y = problem(seed)
    model = l1_logistic_regression(table, y, strength, tolerance=1e-9)
    pull = -y * sigmoid(-y * model.scores(table)) / len(y)
    slope, zero = dense.T @ pull, model.weights == 0
    assert pull.sum() == pytest.approx(0, abs=1e-7)
    assert (np.abs(slope[zero]) <= strength + 1e-7).all()
    np.testing.assert_allclose(
        slope[~zero], -strength * np.sign(model.weights[~zero]), atol=1e-7
    )
    again = l1_logistic_regression(table, y, strength, model, tolerance=1e-9)
    np.testing.assert_allclose(again.weights, model.weights, atol=1e-6)


def test_l1_drops_features_one_after_the_other_and_l2_none():
    table, _, y = problem()
    strengths = (0.001, 0.03, 0.1, 1.0)
    left = [
        int((l1_logistic_regression(table, y, s).weights != 0).sum())
        for s in strengths
    ]
    assert left == sorted(left, reverse=True)
    assert left[0] == 6
    assert left[-1] == 0
    for s in strengths:
        assert (logistic_regression(table, y, s).weights != 0).all()


@given(
    st.lists(numbers, max_size=5), st.floats(0, 3), st.lists(numbers, max_size=9)
)
def test_the_soft_threshold_is_the_cheapest_point(w, by, others):
    """It makes ½ (v − w)² + by · |v| small: no other v does it for less."""
    w = np.array(w)
    best = soft_threshold(w, by)
    for v in others:
        cost = (v - w) ** 2 / 2 + by * np.abs(v)
        assert ((best - w) ** 2 / 2 + by * np.abs(best) <= cost + 1e-12).all()


# ---------------------------------------------------------------------------------- the machine


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_gap_bounds_what_is_left_to_gain(seed):
    table, _, y = problem(seed)
    table = with_constant(table)
    best = hinge_objective(
        dual_coordinate_descent(table, y, 0.01, 400)[0], table, y, 0.01
    )
    for passes in (1, 3, 10):
        w, alpha = dual_coordinate_descent(table, y, 0.01, passes, seed)
        left = hinge_objective(w, table, y, 0.01) - best
        assert -1e-9 <= left <= duality_gap(w, alpha, table, y, 0.01) + 1e-9
    assert alpha.min() >= 0
    assert alpha.max() <= 1 / (0.01 * len(y)) + 1e-12
    np.testing.assert_allclose(w, table.transposed_times(alpha * y), atol=1e-9)


def test_texts_without_force_can_be_left_out():
    table, _, y = problem()
    table = with_constant(table)
    w, alpha = dual_coordinate_descent(table, y, 0.01, 800)
    kept = np.flatnonzero(alpha > 0)
    assert len(kept) < len(y)
    again, _ = dual_coordinate_descent(
        table.take(kept), y[kept], 0.01 * len(y) / len(kept), 800
    )
    np.testing.assert_allclose(w, again, atol=1e-4)


def test_pegasos_comes_near_the_lowest_point():
    table, _, y = problem()
    table = with_constant(table)
    best = hinge_objective(
        dual_coordinate_descent(table, y, 0.1, 400)[0], table, y, 0.1
    )
    for seed in range(3):
        w = pegasos(table, y, 0.1, 20_000, seed)
        assert hinge_objective(w, table, y, 0.1) <= 1.02 * best


@pytest.mark.parametrize("seed", [0, 5])
def test_side_by_side_equals_one_machine_after_the_other(seed):
    table, _, _ = problem()
    labels = [f"c{i % 3}" for i in range(len(table))]
    classes = ["c0", "c1", "c2"]
    together = many.one_against_rest(table, labels, classes, 0.02, 7, seed)
    y, wide = many.signs(labels, classes), with_constant(table)
    for k in range(3):
        w, _ = dual_coordinate_descent(wide, y[:, k], 0.02, 7, seed)
        np.testing.assert_allclose(together.weights[:, k], w[:-1], atol=1e-9)
        assert together.bias[k] == pytest.approx(w[-1], abs=1e-9)


def test_a_kernel_of_plain_products_gives_the_linear_machine():
    table, dense, y = problem()
    w, alpha = dual_coordinate_descent(table, y, 0.05, 30, seed=3)
    force = kernels.kernel_dual_coordinate_descent(
        dense @ dense.T, y, 0.05, 30, seed=3
    )
    np.testing.assert_allclose(force, alpha, atol=1e-9)
    np.testing.assert_allclose(dense.T @ (force * y), w, atol=1e-9)


def test_no_line_tells_good_from_not_good():
    said = [["good"], ["not", "bad"], ["bad"], ["not", "good"]]
    dense = features.counted(said, features.vocabulary(said)).dense()
    y = np.array([1.0, 1.0, -1.0, -1.0])
    rng = np.random.default_rng(0)
    for _ in range(2000):  # no weights at all do it
        s = dense @ rng.normal(size=3) + rng.normal()
        assert not (s * y > 0).all()
    kernel = kernels.polynomial_kernel(dense, dense)
    force = kernels.kernel_dual_coordinate_descent(kernel, y, 0.001, 2000)
    assert (kernel @ (force * y) * y > 0.9).all()
    bell = kernels.gaussian_kernel(dense, dense)
    assert np.diag(bell).tolist() == pytest.approx([1] * 4)
    assert np.linalg.eigvalsh(bell).min() > 0


@given(bags.filter(lambda b: len(b) > 1 and any(b)))
def test_naive_bayes_is_a_linear_model(documents):
    labels = ["x" if i % 2 else "y" for i in range(len(documents))]
    column_of = features.vocabulary(documents)
    counts = features.counted(documents, column_of)
    found = many.counted_weights(counts, labels, ["x", "y"], alpha=0.5)
    theirs = MultinomialNaiveBayes(count(documents, labels), alpha=0.5)
    for document, scores in zip(documents, found.scores(counts), strict=True):
        assert scores.tolist() == pytest.approx(
            list(theirs.joint(document).values())
        )


# --------------------------------------------------------------------------------------- judging


@given(st.integers(5, 200), st.integers(0, 99))
def test_three_parts_hold_everything_once(n, seed):
    parts = judging.three_parts(n, seed=seed)
    assert sorted(i for part in parts for i in part) == list(range(n))


@given(st.lists(st.integers(0, 9), min_size=5, max_size=60), st.integers(0, 99))
def test_groups_stay_whole(groups, seed):
    taken = set(judging.whole_groups(groups, 0.3, seed))
    inside = {groups[i] for i in taken}
    assert taken == {i for i, group in enumerate(groups) if group in inside}
    assert len(taken) >= 0.3 * len(groups)


def test_a_bootstrap_of_equal_models_says_nothing():
    hits = [True, False, True] * 20
    assert judging.paired_bootstrap(hits, hits) == judging.Difference(0, 0, 0, 1)
    better = judging.paired_bootstrap([False] * 60, hits)
    assert better.low > 0
    assert better.against == 0


def test_features_chosen_too_early_find_what_is_not_there():
    """Classes are tossed: the leak gives more than 70 of 100, the honest way a coin."""
    rng = np.random.default_rng(7)
    dense = rng.random((120, 600)) < 0.05
    table = rows_of([dict.fromkeys(np.flatnonzero(r), 1.0) for r in dense], 600)
    coins = rng.choice([-1.0, 1.0], 120)
    peeked = judging.most_telling(table, coins, 60)
    early = judging.cross_validated(table, coins, lambda *_: peeked)
    honest = judging.cross_validated(
        table, coins, lambda rows, y: judging.most_telling(rows, y, 60)
    )
    assert early > 0.7
    assert 0.35 < honest < 0.65


@pytest.mark.assets
def test_posts_of_one_subject_begin_alike():
    posts = [d.text for d in corpora.newsgroups_20().train]
    threads = [judging.thread_of(post) for post in posts]
    shared = len(threads) - sum(n == 1 for n in _counts(threads).values())
    assert 0.7 < shared / len(posts) < 0.8


def _counts(items):
    found = {}
    for item in items:
        found[item] = found.get(item, 0) + 1
    return found


# ----------------------------------------------------------------------------------------- edges

TABLE, _, Y = problem()
NAN = rows_of([{0: math.nan}, {0: 1.0}], 1)
TWO = np.array([1.0, -1.0])


@pytest.mark.parametrize(
    ("call", "words_of_the_error"),
    [
        (lambda: features.n_grams("not good", 2), "into words first"),
        (lambda: features.n_grams(["a"], 0), "1 word or more"),
        (lambda: features.vocabulary(["a b"]), "sequence of features"),
        (lambda: features.vocabulary([["a"]], least=0), "1 document or more"),
        (lambda: features.counted(["a b"], {"a": 0}), "sequence of features"),
        (lambda: features.counted([["a"]], {"a": 1}), "0, 1, 2"),
        (lambda: features.fit_tf_idf("a text"), "list of texts"),
        (lambda: features.fit_tf_idf([]), "no feature is left"),
        (lambda: features.fit_tf_idf(["", "a"]), "no feature is left"),
        (lambda: features.fit_tf_idf(["one", "two"], least=2), "no feature is left"),
        (lambda: features.inverse_document_frequency(rows_of([], 1)), "no document"),
        (lambda: features.inverse_document_frequency(rows_of([{}], 1), False), "no document"),
        (lambda: hashed([["a"]], 0), "1 column or more"),
        (lambda: hashed(["a b"], 4), "into features first"),
        (lambda: murmur3("a", -1), "32 bits"),
        (lambda: log_loss(TABLE, Y[:3], 0.1), "40 rows and 3 labels"),
        (lambda: log_loss(TABLE, np.ones(40), 0.1), "both occur"),
        (lambda: log_loss(TABLE, np.arange(40.0), 0.1), "both occur"),
        (lambda: log_loss(NAN, TWO, 0.1), "NaN or infinity"),
        (lambda: log_loss(TABLE, Y, 0), "must be positive"),
        (lambda: log_loss(TABLE, Y, math.nan), "must be positive"),
        (lambda: gradient_descent(log_loss(TABLE, Y, 1), np.zeros(7), 0, 1), "rate must be"),
        (lambda: pegasos(TABLE, np.ones(40), 0.1, 10), "both occur"),
        (lambda: dual_coordinate_descent(NAN, TWO, 0.1), "NaN or infinity"),
        (lambda: dual_coordinate_descent(TABLE, Y, 0.1, -1), "passes must be 0 or more"),
        (lambda: pegasos(TABLE, Y, 0.1, -1), "steps must be 0 or more"),
        (lambda: kernels.kernel_dual_coordinate_descent(np.eye(2) * math.nan, TWO, 1), "NaN"),
        (lambda: many.signs(["a", "a"], ["a"]), "two classes or more"),
        (lambda: many.signs(["a", "c"], ["a", "b"]), "'b', 'c'"),
        (lambda: many.softmax_regression(NAN, ["a", "b"], ["a", "b"], 0.1), "NaN or infinity"),
        (lambda: many.softmax_regression(TABLE, ["a", "b"], ["a", "b"], 0.1), "40 rows and 2"),
        (lambda: many.one_against_rest(TABLE, ["a", "b"], ["a", "b"], 0.1), "40 rows and 2"),
        (lambda: many.one_against_rest(NAN, ["a", "b"], ["a", "b"], 0.1), "NaN or infinity"),
        (lambda: many.counted_weights(NAN, ["a", "b"], ["a", "b"], 0), "alpha must be"),
        (lambda: logistic_regression(TABLE, Y, 1).scores(NAN), "same vocabulary"),
        (lambda: soft_threshold(Y, -1), "0 or more"),
        (lambda: l1_logistic_regression(TABLE, Y, 0), "must be positive"),
        (lambda: l1_logistic_regression(NAN, TWO, 1), "NaN or infinity"),
        (lambda: l1_logistic_regression(TABLE, Y, 1, LinearModel(TWO, Y[0])), "to start from"),
        (lambda: kernels.gaussian_kernel(np.ones((1, 1)), np.ones((1, 1)), 0), "width"),
        (lambda: kernels.kernel_dual_coordinate_descent(np.ones((2, 3)), TWO, 1), "2 × 2"),
        (lambda: kernels.kernel_dual_coordinate_descent(np.eye(2), np.ones(2), 1), "both occur"),
        (lambda: judging.three_parts(2), "fill three parts"),
        (lambda: judging.three_parts(10, 0.6, 0.5), "leave a rest"),
        (lambda: judging.whole_groups(["a"], 1.5), "between 0 and 1"),
        (lambda: judging.paired_bootstrap([], []), "one or more"),
        (lambda: judging.paired_bootstrap([True], []), "1 and 0 outcomes"),
        (lambda: judging.paired_bootstrap([True], [True], samples=0), "1 or more"),
        (lambda: judging.mcnemar(-1, 2), "negative"),
        (lambda: judging.chi_square(TABLE, Y[:2]), "one class for every row"),
        (lambda: judging.most_telling(TABLE, Y, 0), "1 feature or more"),
    ],
)  # fmt: skip
def test_an_edge_that_has_no_answer_says_what_is_wrong(call, words_of_the_error):
    with pytest.raises(ValueError, match=words_of_the_error):
        call()


def test_edges_that_have_an_answer():
    assert features.tokens("") == features.n_grams([], 2) == []
    assert features.vocabulary([]) == {}
    assert judging.thread_of("") == judging.thread_of("re re") == ""
    assert judging.mcnemar(0, 0) == 1
    assert judging.mcnemar(1000, 0) == 2 / 2**1000
    constant = rows_of([{0: 1.0}, {0: 1.0}], 1)  # a feature that knows nothing
    assert logistic_regression(constant, TWO, 0.1).weights.tolist() == [0.0]
    same = rows_of([{0: 1.0}] * 4, 1)  # the same text in both classes
    model = logistic_regression(same, np.array([1.0, 1.0, 1.0, -1.0]), 1e-6)
    assert sigmoid(model.scores(same))[0] == pytest.approx(0.75, abs=1e-6)
    nothing = rows_of([{}, {}], 3)
    assert dual_coordinate_descent(nothing, TWO, 0.1)[0].tolist() == [0, 0, 0]
