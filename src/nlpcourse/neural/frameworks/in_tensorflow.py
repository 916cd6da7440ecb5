"""The classifier in TensorFlow alone: variables, a tape, and a loop of your own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nlpcourse.neural.frameworks.task import (
    Floats,
    Integers,
    Questions,
    Sizes,
    Weights,
)


def build(weights: Weights) -> Any:
    """Return a module that holds given weights."""
    import tensorflow as tf

    model = tf.Module()
    model.table = tf.Variable(weights.table)
    model.hidden, model.hidden_bias = map(
        tf.Variable, (weights.hidden, weights.hidden_bias)
    )
    model.output, model.output_bias = map(
        tf.Variable, (weights.output, weights.output_bias)
    )
    return model


def scores(model: Any, numbers: Any) -> Any:
    """Return a score for every kind of question, (rows, classes)."""
    import tensorflow as tf

    words = tf.cast(numbers > 0, tf.float32)[..., None]  # (rows, longest, 1)
    summed = tf.reduce_sum(tf.gather(model.table, numbers) * words, axis=1)
    mean = summed / tf.maximum(tf.reduce_sum(words, axis=1), 1.0)
    hidden = tf.nn.relu(mean @ model.hidden + model.hidden_bias)
    return hidden @ model.output + model.output_bias


def weights_of(model: Any) -> Weights:
    """Return the weights as arrays."""
    names = ("table", "hidden", "hidden_bias", "output", "output_bias")
    return Weights(*(getattr(model, name).numpy() for name in names))


def probabilities(model: Any, numbers: Integers) -> Floats:
    """Return the probabilities of every kind of question."""
    import tensorflow as tf

    if hasattr(
        model, "signatures"
    ):  # what `load` returns: a graph, without our code
        (answers,) = model.signatures["serving_default"](
            tf.constant(numbers)
        ).values()
    else:
        answers = tf.nn.softmax(scores(model, tf.constant(numbers)))
    found: Floats = answers.numpy()
    return found


def train(
    model: Any,
    questions: Questions,
    order: Iterable[Integers],
    rate: float,
    epsilon: float | None = None,
) -> list[float]:
    """Train in place with TensorFlow's first Adam; return each batch's loss."""
    import tensorflow as tf

    optimizer = tf.compat.v1.train.AdamOptimizer(rate, epsilon=epsilon or 1e-8)
    variables = model.trainable_variables

    def step(numbers: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels, scores(model, numbers)
            )
            loss = tf.reduce_mean(each)
        gradients = tape.gradient(loss, variables)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    run = tf.function(step)  # a graph of it, made at the first call
    numbers, labels = tf.constant(questions.numbers), tf.constant(questions.labels)
    return [
        float(run(tf.gather(numbers, chosen), tf.gather(labels, chosen)))
        for chosen in order
    ]


def save(model: Any, folder: Path) -> None:
    """Write a SavedModel: weights, and the graph that computes with them."""
    import tensorflow as tf

    row_of_words = tf.TensorSpec([None, None], tf.int64)

    def serve(numbers: Any) -> Any:
        return tf.nn.softmax(scores(model, numbers))

    served = tf.function(serve, input_signature=[row_of_words])
    tf.saved_model.save(model, str(folder / "model"), signatures=served)


def load(folder: Path, sizes: Sizes) -> Any:
    """Return the model again; its graph needs no code of ours, and knows its sizes."""
    import tensorflow as tf

    return tf.saved_model.load(str(folder / "model"))


def steps(
    gradients: list[float],
    start: float,
    rate: float,
    decay: float = 0.0,
    decoupled: bool = True,
) -> list[float]:
    """Return where TensorFlow's first Adam goes along given gradients.

    Raises:
        ValueError: decay was asked for, which it does not have.
    """
    import tensorflow as tf

    if decay:
        raise ValueError("tf.compat.v1.train.AdamOptimizer has no weight decay")
    optimizer = tf.compat.v1.train.AdamOptimizer(rate)
    weight = tf.Variable([start], dtype=tf.float64)
    found = []
    for gradient in gradients:
        optimizer.apply_gradients([(tf.constant([gradient], tf.float64), weight)])
        found.append(float(weight.numpy()[0]))
    return found
