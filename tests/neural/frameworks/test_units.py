"""The parts of chapter 27 alone: the task, the definitions of Adam, the runner, the counting."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.course import changed, chapters
from nlpcourse.neural.frameworks import (
    adam,
    by_hand,
    jobs,
    retired,
    runner,
    study,
    task,
)
from nlpcourse.neural.frameworks.task import Sizes


def test_the_order_is_the_seeds_and_every_question_is_read_once() -> None:
    first, again = (list(task.batches(103, 10, 2, seed=5)) for _ in range(2))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert len(first) == 20
    reading = np.concatenate(first[:10])
    assert len(set(reading.tolist())) == 100
    assert (np.concatenate(first[10:]) != reading).any()
    other = next(task.batches(103, 10, 2, seed=6))
    assert (other != first[0]).any()


def test_the_task_is_chapter_24s_with_rare_words_as_unknown() -> None:
    whole, choice = task.trec(), task.trec(choice=True)
    assert (len(whole.train), len(whole.test)) == (5452, 500)
    assert (len(choice.train), len(choice.test)) == (4452, 1000)
    assert whole.train.numbers.shape[1] == whole.test.numbers.shape[1]
    assert (whole.train.numbers == 1).any()
    assert whole.train.numbers.max() == len(whole.vocabulary) - 1
    lengths = (whole.train.numbers > 0).sum(axis=1)
    assert [len(d) for d in whole.train.documents] == lengths.tolist()


def test_drawn_weights_keep_their_bounds() -> None:
    weights = task.draw(Sizes(500), seed=1)
    assert np.abs(weights.table).max() <= 0.05
    assert np.abs(weights.table).max() > 0.04
    bound = (6 / 128) ** 0.5
    assert 0.9 * bound < np.abs(weights.hidden).max() <= bound
    assert not weights.hidden_bias.any()
    assert not weights.output_bias.any()
    assert weights.sizes == Sizes(500)


def test_the_hats_epsilon_shrinks_to_the_plain_one() -> None:
    hat = adam.Rule(epsilon=1e-7, hat=True)
    values = [adam.effective_epsilon(hat, n) for n in (1, 10, 100, 1000, 100_000)]
    assert values == sorted(values, reverse=True)
    assert values[0] == pytest.approx(1e-7 / 0.001**0.5)
    assert values[-1] == pytest.approx(1e-7)


@given(st.floats(1e-9, 10), st.integers(1, 50))
def test_the_hat_is_the_plain_rule_with_the_epsilon_that_counts(
    gradient: float, number: int
) -> None:
    hat = adam.Rule(rate=0.1, epsilon=1e-7, hat=True)
    plain = replace(hat, hat=False, epsilon=adam.effective_epsilon(hat, number))
    mean, square = 0.3 * gradient, 0.2 * gradient**2
    one, *_ = adam.step(hat, 1.0, gradient, mean, square, number)
    other, *_ = adam.step(plain, 1.0, gradient, mean, square, number)
    assert one == pytest.approx(other, rel=1e-9)


def test_squares_apart_are_smaller_where_readings_agree() -> None:
    found = by_hand.Gradients(
        np.array([[0.0], [3.0], [0.0]], dtype=np.float32),
        [],
        np.array([[1.0], [2.0], [1.0], [-1.0]], dtype=np.float32),
        np.array([1, 1, 2, 2]),
    )
    assert by_hand.squared_apart(found).tolist() == [[0.0], [5.0], [2.0]]


def test_training_by_hand_learns_and_leaves_the_first_weights_alone() -> None:
    data = task.trec(choice=True)
    weights = task.draw(data.sizes, 0)
    before = weights.table.copy()
    order = list(task.batches(len(data.train), 50, 1, 0))[:20]
    after, losses = by_hand.train(weights, data.train, order, adam.Rule(rate=0.01))
    assert (weights.table == before).all()
    assert losses[-1] < losses[0] - 0.1
    rare = after.table[0] == before[0]
    assert rare.all(), "padding must not move"


def test_the_stand_in_is_used_where_tango_is_empty() -> None:
    needed = retired.stand_in()
    assert "tango.common.exceptions" in sys.modules or not needed
    assert retired.stand_in() == needed, "asked twice"
    with pytest.raises(ValueError, match="no Registrable is called"):
        retired.Registrable.by_name("nobody")


def test_the_runner_refuses_before_it_starts_a_process() -> None:
    with pytest.raises(ValueError, match="one engine"):
        runner.ask([("PyTorch", "keep", {}), ("TensorFlow", "keep", {})])
    with pytest.raises(ValueError, match="one engine"):
        runner.ask([])
    with pytest.raises(ValueError, match="no program"):
        runner.ask([("Theano", "keep", {})])
    with pytest.raises(ValueError, match="no job"):
        runner.ask([("PyTorch", "sing", {})])


def test_what_is_missing_is_said_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chapters, "find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="make frameworks"):
        runner.ask([("PyTorch", "keep", {})])
    assert "keras" in chapters.get("27").missing
    assert not chapters.get("11").missing


def test_the_jobs_own_refusals() -> None:
    with pytest.raises(ValueError, match="no initial weights"):
        jobs.learn("TensorFlow", start="own")
    with pytest.raises(ValueError, match="no initial weights"):
        jobs.learn("PyTorch", start="mine")


def test_lines_and_megabytes_are_counted() -> None:
    for name in study.names():
        assert 15 < study.lines_of(name) < 150
    small = study.installed_mb(["numpy"])
    assert 10 < small < 200
    assert study.installed_mb(["numpy", "numpy"]) == small
    with pytest.raises(ValueError, match="is not installed"):
        study.installed_mb(["no-such-package-of-ours"])


def test_the_extra_is_one_that_pip_knows() -> None:
    import tomllib

    root = Path(changed.require_repository("This test"))
    known = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    for chapter in chapters.all_chapters():
        if chapter.extra:
            assert chapter.extra in known["optional-dependencies"]
            assert f"{chapter.extra}:" in (root / "Makefile").read_text("utf-8")


@pytest.mark.parametrize("labels", [[], [0], [0, 1, 1]])
def test_every_question_has_a_label(labels: list[int]) -> None:
    weights = task.draw(Sizes(4, 2, 2, 2), seed=0)
    questions = np.array([[1, 2], [3, 0]])
    with pytest.raises(ValueError, match="label"):
        by_hand.loss_and_gradients(weights, questions, np.array(labels, dtype=int))
