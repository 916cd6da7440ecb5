"""What one program is asked to do, inside its own process: compare, learn, step, keep."""

from __future__ import annotations

import importlib
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from nlpcourse.course.machine import peak_memory_mb
from nlpcourse.neural.frameworks import adam, by_hand, task
from nlpcourse.neural.frameworks.task import Floats, Questions, Task, Weights


@dataclass(frozen=True)
class Program:
    """One way to write the classifier.

    Attributes:
        module: its file.
        engine: what computes for it; a process holds one engine.
        packages: what pip installs for it, its engine included.
        adam: whose definition of Adam it follows.
        scale: the rows of a batch where it adds up a batch's gradients, else 1.
        apart: whether its Adam squares each reading of a word by itself.
    """

    module: str
    engine: str
    packages: tuple[str, ...]
    adam: str
    scale: float = 1.0
    apart: bool = False


PROGRAMS: dict[str, Program] = {
    "PyTorch": Program("in_pytorch", "torch", ("torch",), "PyTorch"),
    "Keras on TensorFlow": Program(
        "in_keras", "tensorflow", ("keras", "tensorflow-cpu"), "Keras", apart=True
    ),
    "Keras on PyTorch": Program("in_keras", "torch", ("keras", "torch"), "Keras"),
    "TensorFlow": Program(
        "in_tensorflow", "tensorflow", ("tensorflow-cpu",), "TensorFlow 1"
    ),
    "AllenNLP": Program(
        "in_allennlp", "torch", ("allennlp-light", "torch"), "PyTorch"
    ),
    "spaCy": Program("in_spacy", "torch", ("spacy",), "spaCy", float(task.ROWS)),
}
"""The programs of the one classifier; fastText, which has another, stands beside them."""


def program(name: str) -> Program:
    """Return a program by its name.

    Raises:
        ValueError: there is none of that name.

    >>> program("spaCy").packages
    ('spacy',)
    """
    if name not in PROGRAMS:
        raise ValueError(f"no program {name!r}; there are {', '.join(PROGRAMS)}")
    return PROGRAMS[name]


def _module(name: str) -> ModuleType:
    return importlib.import_module(
        f"nlpcourse.neural.frameworks.{program(name).module}"
    )


def rule_of(name: str, rate: float) -> adam.Rule:
    """Return the definition of Adam that a program follows, with a learning rate.

    Raises:
        ValueError: there is none of that name.
    """
    return replace(adam.RULES[program(name).adam], rate=rate)


def _build(name: str, weights: Weights, data: Task) -> Any:
    words = [list(data.vocabulary.numbers)] if name == "spaCy" else []
    return _module(name).build(weights, *words)


def _fresh(name: str, data: Task, seed: int) -> Any:
    words = [list(data.vocabulary.numbers)] if name == "spaCy" else []
    return _module(name).fresh(*words, data.sizes, seed)


def _answers(name: str, model: Any, questions: Questions) -> Floats:
    asked = questions.documents if name == "spaCy" else questions.numbers
    found: Floats = _module(name).probabilities(model, asked)
    return found


ASKED = 200
"""Validation questions that are asked where programs are compared."""


def _some(questions: Questions) -> Questions:
    return Questions(
        questions.numbers[:ASKED],
        questions.labels[:ASKED],
        questions.documents[:ASKED],
    )


def compare(
    name: str, seed: int = 0, count: int = 30, added_up: bool = False
) -> dict[str, Any]:
    """Return how far a program is from the work by hand, before and after some steps.

    Both begin with the same weights and read the same batches; each is given its own Adam.

    Args:
        name: of the program.
        seed: of weights and order.
        count: steps.
        added_up: repair Keras' Adam on TensorFlow (:func:`in_keras.adding_up`).

    Returns:
        ``forward`` and ``after``, the largest differences between probabilities of validation
        questions; ``losses`` of the program and ``by_hand``.
    """
    data = task.trec(choice=True)
    weights = task.draw(data.sizes, seed)
    order = list(task.batches(len(data.train), task.ROWS, 1, seed))[:count]
    model, some = _build(name, weights, data), _some(data.test)
    before = _answers(name, model, some)
    more: dict[str, Any] = {"added_up": True} if added_up else {}
    losses = _module(name).train(model, data.train, order, task.RATE, **more)
    after = _answers(name, model, some)
    own, expected = by_hand.train(
        weights,
        data.train,
        order,
        rule_of(name, task.RATE),
        program(name).scale,
        program(name).apart and not added_up,
    )
    first = by_hand.forward(weights, some.numbers)
    last = by_hand.forward(own, some.numbers)
    return {
        "forward": float(np.abs(before - first).max()),
        "after": float(np.abs(after - last).max()),
        "losses": losses,
        "by_hand": expected,
    }


def learn(
    name: str,
    seed: int = 0,
    start: str = "ours",
    readings: int = task.READINGS,
    rate: float = task.RATE,
    choice: bool = False,
    added_up: bool = False,
    to: str = "",
) -> dict[str, Any]:
    """Train a program's classifier in full; return what came of it and what it cost.

    Args:
        name: of the program.
        seed: of weights and order.
        start: "ours" for the weights that all are given, "own" for the framework's.
        readings: of all questions.
        rate: the learning rate.
        choice: judge a thousand of the training questions and not the test questions.
        added_up: repair Keras' Adam on TensorFlow (:func:`in_keras.adding_up`).
        to: a file for the learnt weights, if they are wanted.

    Raises:
        ValueError: *start* is neither, or TensorFlow is asked for weights of its own.
    """
    if start not in ("ours", "own") or (start == "own" and name == "TensorFlow"):
        raise ValueError(f"{name} has no initial weights {start!r}")
    data = task.trec(choice)
    if start == "own":
        model = _fresh(name, data, seed)
    else:
        model = _build(name, task.draw(data.sizes, seed), data)
    order = list(task.batches(len(data.train), task.ROWS, readings, seed))
    more: dict[str, Any] = {"added_up": True} if added_up else {}
    if name == "spaCy" and start == "own":
        more["own"] = True
    began = time.process_time()
    losses = _module(name).train(model, data.train, order, rate, **more)
    seconds = time.process_time() - began
    if to:
        arrays = _module(name).weights_of(model).arrays()
        np.savez(to, *[array.astype(np.float16) for array in arrays])
    found = _answers(name, model, data.test)
    per_reading = len(losses) // readings
    return {
        "accuracy": by_hand.accuracy(found, data.test.labels),
        "seconds": seconds,
        "memory_mb": peak_memory_mb(),
        "losses": [
            float(np.mean(losses[k : k + per_reading]))
            for k in range(0, len(losses), per_reading)
        ],
    }


def walk(
    name: str,
    gradients: list[float],
    start: float = 0.0,
    rate: float = 1e-3,
    decay: float = 0.0,
    decoupled: bool = True,
) -> list[float]:
    """Return where a framework's own optimizer goes along given gradients."""
    found: list[float] = _module(name).steps(
        gradients, start, rate, decay, decoupled
    )
    return found


def keep(name: str, seed: int = 0) -> dict[str, Any]:
    """Save a classifier, load it again and ask both; return files, bytes and the difference."""
    data = task.trec(choice=True)
    model, some = _build(name, task.draw(data.sizes, seed), data), _some(data.test)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _module(name).save(model, folder)
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        again = _module(name).load(folder, data.sizes)
        apart = _answers(name, again, some) - _answers(name, model, some)
        return {
            "files": len(files),
            "bytes": sum(path.stat().st_size for path in files),
            "apart": float(np.abs(apart).max()),
        }


def without_mask(name: str, seed: int = 0) -> dict[str, float]:
    """Return how far Keras' probabilities are from those by hand, with the mask and without.

    Raises:
        ValueError: the program is not of Keras.
    """
    if program(name).module != "in_keras":
        raise ValueError(f"only Keras has a mask to leave out, not {name}")
    data = task.trec(choice=True)
    weights = task.draw(data.sizes, seed)
    some = _some(data.test)
    right = by_hand.forward(weights, some.numbers)
    found = {}
    for masked in (True, False):
        model = _module(name).build(weights, masked)
        wrong = _answers(name, model, some) - right
        found["with the mask" if masked else "without"] = float(np.abs(wrong).max())
    return found


def session(name: str, numbers: list[list[int]]) -> list[list[float]]:
    """Return means by a session of TensorFlow 1 (:func:`old.session`).

    Raises:
        ValueError: the program is not TensorFlow.
    """
    if program(name).module != "in_tensorflow":
        raise ValueError(f"only TensorFlow had sessions, not {name}")
    from nlpcourse.neural.frameworks import old

    return old.session(numbers)


def configured(name: str, text: str) -> str:
    """Return what a piece of an AllenNLP configuration makes (:func:`in_allennlp.configured`).

    Raises:
        ValueError: the program is not AllenNLP, or the text no such piece.
    """
    if program(name).module != "in_allennlp":
        raise ValueError(f"only AllenNLP's files say what they make, not {name}'s")
    from nlpcourse.neural.frameworks import in_allennlp

    return in_allennlp.configured(text)


JOBS: Mapping[str, Callable[..., Any]] = {
    "compare": compare,
    "learn": learn,
    "walk": walk,
    "keep": keep,
    "without_mask": without_mask,
    "session": session,
    "configured": configured,
}
