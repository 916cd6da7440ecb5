"""By hand against every framework: forward, the steps of training, the optimizer alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.course import chapters
from nlpcourse.neural.frameworks import (
    adam,
    by_hand,
    in_fasttext,
    in_pytorch,
    jobs,
    task,
)
from nlpcourse.neural.frameworks.task import Questions, Sizes, Weights

GRADIENTS = [1e-8, 1.0, -0.3, 1e-7, 0.5]
NAMES = list(jobs.PROGRAMS)


@pytest.mark.extra("27")
@pytest.mark.parametrize("name", NAMES)
def test_the_same_weights_give_the_same_probabilities(
    name: str, answers: dict[str, Any]
) -> None:
    assert answers[f"compare {name}"]["forward"] < 1e-5


@pytest.mark.extra("27")
@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_training_is_the_step_by_hand(
    name: str, answers: dict[str, Any]
) -> None:
    found = answers[f"compare {name}"]
    assert found["after"] < 1e-5
    if (
        name != "spaCy"
    ):  # its loss is a mean square, and its gradients are not that loss's
        assert found["losses"] == pytest.approx(found["by_hand"], abs=1e-5)
    assert found["by_hand"][-1] < found["by_hand"][0]


@pytest.mark.extra("27")
@pytest.mark.parametrize("name", NAMES)
def test_a_frameworks_optimizer_goes_where_its_definition_goes(
    name: str, answers: dict[str, Any]
) -> None:
    rule = jobs.rule_of(name, 1e-3)
    tolerance = (
        1e-6 if name == "spaCy" else 1e-7
    )  # Thinc and learning rates have 32 bits
    expected = adam.path(rule, GRADIENTS, 1.0)
    assert answers[f"walk {name}"] == pytest.approx(expected, abs=tolerance)
    other = replace(rule, hat=not rule.hat, epsilon=1e-4)
    assert adam.path(other, GRADIENTS, 1.0) != pytest.approx(expected, abs=1e-6)


@pytest.mark.extra("27")
@pytest.mark.parametrize("name", [name for name in NAMES if name != "TensorFlow"])
def test_decoupled_decay_agrees(name: str, answers: dict[str, Any]) -> None:
    rule = replace(jobs.rule_of(name, 1e-3), decay=0.1)
    expected = adam.path(rule, GRADIENTS, 1.0)
    # Thinc shrinks the weight after the step and not before it, and computes in 32 bits
    tolerance = 1e-6 if name == "spaCy" else 2e-7
    assert answers[f"decay {name}"] == pytest.approx(expected, abs=tolerance)


@pytest.mark.extra("27")
@pytest.mark.parametrize("name", NAMES)
def test_a_saved_model_answers_as_before(
    name: str, answers: dict[str, Any]
) -> None:
    kept = answers[f"keep {name}"]
    assert kept["apart"] < 1e-6
    assert kept["bytes"] > 700_000
    assert kept["files"] >= 1


@pytest.mark.extra("27")
def test_keras_on_tensorflow_is_mended_by_adding_up(
    answers: dict[str, Any],
) -> None:
    mended, own = answers["mended"], answers["compare Keras on TensorFlow"]
    other = answers["compare Keras on PyTorch"]
    assert mended["after"] < 1e-5
    assert mended["losses"] == pytest.approx(other["losses"], abs=1e-5)
    assert abs(own["losses"][-1] - other["losses"][-1]) > 1e-3
    assert own["losses"][0] == pytest.approx(other["losses"][0], abs=1e-6)


@pytest.mark.extra("27")
def test_old_words_say_the_same(answers: dict[str, Any]) -> None:
    table = np.arange(10, dtype=np.float32).reshape(5, 2)
    expected = by_hand.means(table, np.array([[2, 4, 0], [1, 1, 1]]))
    assert answers["session"] == expected.tolist()
    assert answers["configured"] == "BagOfEmbeddingsEncoder(64, averaged=True)"


@pytest.mark.extra("27")
def test_a_mean_over_padding_is_another_mean(answers: dict[str, Any]) -> None:
    assert (
        answers["mask"]["with the mask"] < 1e-6 < 1e-3 < answers["mask"]["without"]
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Weights, task.Integers, task.Integers]:
    sizes = Sizes(*(draw(st.integers(2, 5)) for _ in range(4)))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    arrays = [
        rng.normal(0, 1, a.shape).astype(np.float32)
        for a in task.draw(sizes, seed).arrays()
    ]
    rows, longest = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    numbers = rng.integers(1, sizes.words, (rows, longest))
    for row in numbers:
        row[rng.integers(1, longest + 1) :] = 0
    return Weights(*arrays), numbers, rng.integers(0, sizes.classes, rows)


@given(cases())
def test_forward_and_gradients_are_autograds(
    case: tuple[Weights, task.Integers, task.Integers],
) -> None:
    weights, numbers, labels = case
    model = in_pytorch.build(weights)
    assert np.allclose(
        in_pytorch.probabilities(model, numbers),
        by_hand.forward(weights, numbers),
        atol=1e-5,
    )
    loss = torch.nn.functional.cross_entropy(
        model(torch.tensor(numbers)), torch.tensor(labels)
    )
    torch.autograd.backward(loss)
    ours, found = by_hand.loss_and_gradients(weights, numbers, labels)
    assert ours == pytest.approx(float(loss.detach()), abs=1e-4)
    table, *others = (
        p.grad.numpy() for p in model.parameters() if p.grad is not None
    )
    assert np.allclose(table, found.table, atol=1e-5)
    for theirs, gradient in zip(others, found.others, strict=True):
        assert np.allclose(theirs.T, gradient, atol=1e-5)
    # added up, the rows of the single readings are the table's gradient
    summed = np.zeros_like(found.table)
    np.add.at(summed, found.words, found.rows)
    assert np.allclose(summed, found.table, atol=1e-6)


@given(
    st.lists(st.floats(-10, 10, allow_subnormal=False), min_size=1, max_size=8),
    st.floats(-2, 2),
    st.floats(0, 0.5),
    st.booleans(),
)
def test_our_adam_is_torchs_on_any_gradients(
    gradients: list[float], start: float, decay: float, decoupled: bool
) -> None:
    rule = adam.Rule(rate=0.01, decay=decay, decoupled=decoupled)
    theirs = in_pytorch.steps(gradients, start, 0.01, decay, decoupled)
    assert adam.path(rule, gradients, start) == pytest.approx(theirs, abs=1e-9)


def test_fasttexts_answers_are_a_mean_a_product_and_a_softmax() -> None:
    data = task.trec(choice=True)
    part = Questions(
        data.train.numbers[:800],
        data.train.labels[:800],
        data.train.documents[:800],
    )
    model = in_fasttext.train(part, 16, 3, 0.5, seed=1, least=2)
    asked = [*data.test.documents[:100], ["zzz"], ["what"]]
    expected = in_fasttext.probabilities(model, asked)
    found = in_fasttext.by_hand(model, asked)
    assert (
        np.abs(found - expected).max() < 1e-4
    )  # the library's exponential is from a table
    assert (found.argmax(axis=1) == expected.argmax(axis=1)).all()


def test_the_extra_of_this_chapter_is_what_it_needs() -> None:
    assert chapters.get("27").needs == ("keras", "tensorflow", "allennlp_light")
