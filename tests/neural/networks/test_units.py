"""Neural networks from zero: units, and what can be said without a library."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse.course.paths import require_repository
from nlpcourse.neural.networks import (
    classifier,
    framework,
    layers,
    optimizers,
    plane,
    studies,
    study,
)
from nlpcourse.neural.networks.expression import numbers_of, parsed
from nlpcourse.neural.networks.scalar import Value, backward, in_order, numerical
from nlpcourse.neural.networks.tensor import Tensor, unbroadcast

ROOT = require_repository("The test")


# ── scalars and expressions ───────────────────────────────────────────────────────────────────────


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_backwards_is_what_trying_finds(point):
    def run(v):
        return (v[0] * v[1] - v[2]).tanh() * v[0] + (v[2] * v[2]).sigmoid() / 2.0

    values = [Value(v) for v in point]
    backward(run(values))
    tried = numerical(lambda v: run([Value(n) for n in v]).number, list(point))
    assert [v.gradient for v in values] == pytest.approx(tried, abs=1e-6)


def test_a_second_sweep_does_not_add_to_the_first():
    x = Value(3.0)
    y = x * x
    backward(y)
    backward(y)
    assert x.gradient == 6.0


def test_a_long_chain_needs_no_deep_stack():
    x = Value(1.0)
    total = x
    for _ in range(5000):
        total = total + x
    backward(total)
    assert x.gradient == 5001.0
    assert len(in_order(total)) == 5001


@pytest.mark.parametrize("step", [0.0, -1.0, math.nan, math.inf])
def test_a_step_is_a_small_number_above_zero(step):
    with pytest.raises(ValueError, match="step"):
        numerical(lambda v: v[0], [1.0], step)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2 + 3 * 4", 14),
        ("-(2 - 5)", 3),
        ("2 ** -1", 0.5),
        ("2 ^ 3", 8),
        ("(-3) ** 2", 9),
        ("relu(-4)", 0),
        ("a / b", 2),
    ],
)
def test_expressions(text, number):
    assert parsed(text, {"a": 6.0, "b": 3.0}).number == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not an expression"),
        ("1 +", "not an expression"),
        ("a = 2", "not an expression"),
        ("zebra", "has no number"),
        ("__import__('os')", "functions are"),
        ("a.real", "neither a number"),
        ("'x' * 3", "neither a number"),
        ("True", "neither a number"),
        ("[1][0]", "neither a number"),
        ("(lambda: 1)()", "neither a number"),
        ("a ** a", "exponent"),
        ("2 ** 99", "left out"),
        ("(-2) ** 0.5", "left out"),
        ("0 ** -1", "no slope"),
        ("1 / 0", "divided by zero"),
        ("log(0)", "not defined"),
        ("exp(exp(9))", "too large"),
        ("exp(999)", "too large"),
        ("1e300 * 2", "too large"),
        ("tanh(1, 2)", "each of one number"),
        ("1 < 2", "neither a number"),
        ("(" * 150 + ")" * 150, "more than"),
    ],
)
def test_what_is_no_expression_is_told(text, told):
    with pytest.raises(ValueError, match=told):
        parsed(text, {"a": 1.0})


@pytest.mark.parametrize(
    "text", ["a", "a=", "=2", "2=a", "a=b", "tanh=1", "a=1e99", "a=nan"]
)
def test_what_gives_no_number_to_a_name(text):
    with pytest.raises(ValueError, match=r"a = 2|too large"):
        numbers_of(text)


def test_the_pages_modules_need_the_standard_library_alone():
    room = "nlpcourse.neural.networks"
    names = ("checks", "playground", "playground_graph")
    imports = ", ".join(f"{room}.{name}" for name in names)
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, '.'); import {imports}",
        ],
        cwd=Path(ROOT) / "src",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# ── tensors, layers, optimizers ───────────────────────────────────────────────────────────────────


def test_numpy_leaves_both_sides_to_the_tensor():
    t = Tensor([[1.0, 2.0]])
    for result in (np.ones((3, 1)) + t, np.ones((3, 1)) * t, 1 - t, 2 / t):
        assert isinstance(result, Tensor)
    fixed = np.array([[1.0], [3.0]]) @ t
    fixed.sum().backward()
    assert t.grad.tolist() == [[4.0, 4.0]]


def test_what_cannot_be_done_is_told():
    with pytest.raises(ValueError, match="two axes"):
        Tensor([1.0]) @ Tensor([1.0])
    with pytest.raises(ValueError, match="sum it first"):
        Tensor([1.0, 2.0]).backward()
    with pytest.raises(ValueError, match="repeated"):
        unbroadcast(np.ones((2, 3)), (2,))
    with pytest.raises(ValueError, match="one label a row"):
        layers.cross_entropy(Tensor([[1.0, 2.0]]), [0, 1])
    for strange in (-1, 2):  # −1 would be NumPy's last column
        with pytest.raises(ValueError, match="between 0 and 1"):
            layers.cross_entropy(Tensor([[1.0, 2.0]]), [strange])
    for make in (
        lambda: optimizers.SGD([], 0.0),
        lambda: optimizers.SGD([], 0.1, momentum=1.0),
        lambda: optimizers.Adam([], 0.1, decay=-1.0),
        lambda: optimizers.Adam([], 0.1, (1.0, 0.9)),
        lambda: layers.dropout(Tensor([1.0]), 1.0, None),
        lambda: layers.Linear(0, 1, np.random.default_rng(0)),
        lambda: study.build(study.Settings("nonsense"), 3, 2, 0),
        lambda: study.trec_split(apart=0),
        lambda: study.few_films(0, 1),
        lambda: framework.deep_averaging(0, 1, 1, 1, 0.0),
    ):
        with pytest.raises(ValueError, match=r"not|no |can't|too few|needs|share"):
            make()


def test_ties_of_the_largest_share_the_gradient():
    t = Tensor([2.0, 2.0, 1.0])
    t.max().backward()
    assert t.grad.tolist() == [0.5, 0.5, 0.0]


def test_logits_of_any_size_give_probabilities():
    found = layers.probabilities(np.array([[1e4, 0.0], [-1e4, -1e4]]))
    assert found.tolist() == [[1.0, 0.0], [0.5, 0.5]]


def test_dropout_keeps_the_mean_and_reads_everything_in_the_end():
    rows = Tensor(np.ones((400, 50)))
    rng = np.random.default_rng(0)
    dropped = layers.dropout(rows, 0.25, rng).data
    assert set(np.unique(dropped)) == {0.0, 1 / 0.75}
    assert dropped.mean() == pytest.approx(1.0, abs=0.02)
    assert layers.dropout(rows, 0.25, None) is rows


# ── classifiers ───────────────────────────────────────────────────────────────────────────────────


def test_the_order_of_words_is_nothing_to_either_reader():
    rng = np.random.default_rng(0)
    for network in (
        classifier.FeedForward(9, 4, 2, rng),
        classifier.DeepAveraging(9, 4, 2, 2, rng),
    ):
        one, other = classifier.scores(network, [[1, 5, 8], [8, 1, 5]])
        assert one == pytest.approx(other)


def test_an_empty_document_is_judged():
    network = classifier.DeepAveraging(5, 3, 1, 2, np.random.default_rng(0))
    assert np.isfinite(classifier.scores(network, [[], [1]])).all()


def test_in_a_batch_as_alone():
    network = classifier.DeepAveraging(9, 4, 2, 3, np.random.default_rng(0))
    documents = [[1, 2], [3], [4, 5, 6, 7, 8], []]
    together = classifier.scores(network, documents)
    alone = [classifier.scores(network, [d])[0] for d in documents]
    assert together == pytest.approx(np.array(alone))


def test_word_dropout_never_empties_a_document():
    rng = np.random.default_rng(0)
    lengths = [len(classifier.drop_words([1, 2, 3], 0.9, rng)) for _ in range(200)]
    assert set(lengths) == {1, 2, 3}
    assert classifier.drop_words([1, 2], 0.0, rng) == [1, 2]


def test_early_stopping_goes_back_to_the_best_reading():
    rng = np.random.default_rng(1)
    documents = [list(rng.integers(0, 40, 6)) for _ in range(120)]
    labels = [int(min(d) < 3) for d in documents]
    new = [list(rng.integers(0, 40, 6)) for _ in range(80)]
    gold = [int(min(d) < 3) for d in new]
    network = classifier.FeedForward(40, 8, 2, np.random.default_rng(0))
    adam = optimizers.Adam(network.parameters, 0.03)
    best = classifier.early_stopped(
        network, adam, (documents, labels), (new, gold), 12, 20
    )
    assert len(best.accuracy) == 12
    assert best.accuracy[best.epoch - 1] == max(best.accuracy)
    assert study.accuracy_on(network, (new, gold)) == max(best.accuracy)


@pytest.mark.parametrize("words", [[], [[1]]])
def test_training_needs_a_label_for_each_document(words):
    network = classifier.FeedForward(3, 2, 2, np.random.default_rng(0))
    with pytest.raises(ValueError, match="labels"):
        next(classifier.train(network, optimizers.SGD([], 1.0), words, [], 1, 5))


@pytest.mark.assets
def test_the_splits_are_those_of_chapter_13_and_share_nothing():
    from nlpcourse.learning.linear.judging import three_parts

    split = study.film_split(1)
    _, validation, test = three_parts(10568, seed=1)
    assert (len(split.validation[1]), len(split.test[1])) == (
        len(validation),
        len(test),
    )
    questions = study.trec_split()
    assert len(questions.validation[0]) == 1000
    assert len(questions.train[0]) + 1000 == 5452
    assert len(questions.test[0]) == 500


# ── what goes wrong ───────────────────────────────────────────────────────────────────────────────


def test_units_that_begin_alike_stay_alike():
    assert studies.begun(studies.alike(6, 0.5), "corners", steps=50).different == 1
    zero = studies.begun(studies.alike(6, 0.0), "corners", steps=50)
    assert zero.losses[-1] == pytest.approx(math.log(2))
    assert studies.begun(plane.PlaneNetwork.drawn(6), steps=50).different == 6


@pytest.mark.parametrize("seed", range(3))
def test_a_spread_in_the_middle_learns_and_the_ends_do_not(seed):
    after = {
        spread: studies.begun(
            studies.spread_wide(8, spread, seed), "corners", 1.0, 100
        )
        for spread in (0.01, 1.0, 100.0)
    }
    assert after[1.0].losses[-1] < 0.1
    assert after[0.01].losses[-1] > 0.5
    assert after[100.0].losses[-1] > 0.5
    assert after[100.0].stuck > 0.9 > after[1.0].stuck


def test_momentum_and_adam_get_further_in_the_valley():
    rates = [10**power for power in np.arange(-3, 0.6, 0.25)]

    def height(rule):
        x, y = studies.valley(rule, studies.best_rate(rule, rates, 30), 30)[-1]
        return x * x / 2 + 25 * y * y

    plain = height("gradient descent")
    assert height("momentum") < plain / 2
    assert height("Adam") < plain / 2


@pytest.mark.parametrize("seed", range(3))
def test_a_hidden_layer_learns_what_a_line_cannot(seed):
    data = plane.points("corners", 32, seed)
    bent = plane.PlaneNetwork.drawn(6, seed)
    straight = plane.PlaneNetwork.drawn(6, seed, "none")
    for network in (bent, straight):
        list(plane.training(network, data, 1.0, 300))
    assert bent.wrong(data) == 0
    assert straight.wrong(data) >= 8
