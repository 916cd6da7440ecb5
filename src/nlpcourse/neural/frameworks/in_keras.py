"""The classifier in Keras 3, on TensorFlow or on PyTorch: layers, and a loop that is there.

``KERAS_BACKEND`` is read when Keras is imported, so each backend needs a process of its own; and
nothing here imports Keras before it is called.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from nlpcourse.neural.frameworks.task import (
    Floats,
    Integers,
    Questions,
    Sizes,
    Weights,
)


def fresh(sizes: Sizes, seed: int, masked: bool = True) -> Any:
    """Return the classifier with Keras' own initial weights.

    Args:
        sizes: of the classifier.
        seed: of the draw.
        masked: whether number 0 is padding; False is the mistake that the chapter shows.
    """
    import keras
    from keras import layers

    words, size, hidden, classes = sizes
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            layers.Embedding(words, size, mask_zero=masked),
            layers.GlobalAveragePooling1D(),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ]
    )
    model.build((None, None))
    return model


def build(weights: Weights, masked: bool = True) -> Any:
    """Return the classifier with given weights."""
    model = fresh(weights.sizes, seed=0, masked=masked)
    model.set_weights(weights.arrays())
    return model


def weights_of(model: Any) -> Weights:
    """Return the weights as arrays."""
    return Weights(*model.get_weights())


def probabilities(model: Any, numbers: Integers) -> Floats:
    """Return the probabilities of every kind of question."""
    found: Floats = model.predict(numbers, verbose=0)
    return found


def train(
    model: Any,
    questions: Questions,
    order: Iterable[Integers],
    rate: float,
    epsilon: float | None = None,
    added_up: bool = False,
) -> list[float]:
    """Train in place; return each batch's loss.

    Args:
        model: of :func:`build` or :func:`fresh`.
        questions: to learn from.
        order: which of them each batch holds.
        rate: the learning rate.
        epsilon: Adam's; Keras' own where None.
        added_up: let the optimizer see each word's gradient added up (:func:`adding_up`).
    """
    import keras

    kind = adding_up() if added_up else keras.optimizers.Adam
    model.compile(
        optimizer=kind(rate, epsilon=epsilon or 1e-7),
        loss="sparse_categorical_crossentropy",
    )
    losses = []
    for chosen in order:
        model.reset_metrics()
        loss = model.train_on_batch(
            questions.numbers[chosen], questions.labels[chosen]
        )
        losses.append(float(np.asarray(loss)))
    return losses


def adding_up() -> Any:
    """Return Keras' Adam for TensorFlow, with each word's gradient added up first.

    TensorFlow hands over the gradient of a table as a list of rows, one for each time that a
    word was read. Keras squares every row of that list by itself.
    """
    import keras
    import tensorflow as tf

    class AddingUp(keras.optimizers.Adam):  # type: ignore[misc]
        def apply(self, grads: Any, trainable_variables: Any = None) -> None:
            grads = [tf.convert_to_tensor(gradient) for gradient in grads]
            super().apply(grads, trainable_variables)

    return AddingUp


def save(model: Any, folder: Path) -> None:
    """Write layers and weights into one file."""
    model.save(folder / "model.keras")


def load(folder: Path, sizes: Sizes) -> Any:
    """Return the model again; the file knows its sizes."""
    import keras

    return keras.saving.load_model(folder / "model.keras")


def steps(
    gradients: list[float],
    start: float,
    rate: float,
    decay: float = 0.0,
    decoupled: bool = True,
) -> list[float]:
    """Return where Keras' Adam, or AdamW, goes along given gradients.

    Raises:
        ValueError: decay within the gradient was asked for, which Keras' Adam does not have.
    """
    import keras

    if decay and not decoupled:
        raise ValueError("weight_decay of Keras' optimizers is always decoupled")
    kind = keras.optimizers.AdamW if decay else keras.optimizers.Adam
    more = {"weight_decay": decay} if decay else {}
    optimizer = kind(rate, **more)
    weight = keras.Variable(np.array([start]), dtype="float64")
    optimizer.build([weight])
    found = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(np.array([gradient]))])
        found.append(float(keras.ops.convert_to_numpy(weight)[0]))
    return found
