"""What to beat: naive Bayes of chapter 11 and the linear model of chapter 13, trained at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlpcourse.learning.linear.features import (
    counted,
    fit_tf_idf,
    tokens,
    vocabulary,
)
from nlpcourse.learning.linear.logistic import LinearModel
from nlpcourse.learning.linear.many import (
    counted_weights,
    predicted,
    softmax_regression,
)
from nlpcourse.learning.linear.rows import Rows
from nlpcourse.practice.competition.drawing import Drawn, Row
from nlpcourse.practice.competition.tasks import Task

GOOD, BAD = "good", "bad"
NAIVE_BAYES, LINEAR = "naive Bayes (11)", "linear model (13)"


def classes_of(task: Task, rows: Sequence[Row]) -> list[str]:
    """Return the labels to train on: of ratings, whether they are above zero.

    Raises:
        ValueError: a rating is no number.

    >>> film = Task("films", "", "spearman")
    >>> classes_of(film, [Row("1", "fine", "1.5"), Row("2", "dull", "-0.5")])
    ['good', 'bad']
    """
    if task.labels:
        return [row.label for row in rows]
    return [GOOD if float(row.label) > 0 else BAD for row in rows]


def _answers(task: Task, model: LinearModel, table: Rows) -> list[str]:
    """Return labels, or, where numbers are asked for, how much more good than bad a text is."""
    if task.labels:
        return predicted(model, table, task.labels)
    scores = model.scores(table)
    return [f"{value:.6f}" for value in scores[:, 0] - scores[:, 1]]


Tables = tuple[Rows, Rows]
"""The features of the training rows and of the test's."""


def _words(train: Sequence[Row], test: Sequence[Row]) -> Tables:
    """Return the counts of the words that the training rows hold."""
    documents = [tokens(row.text) for row in train]
    column_of = vocabulary(documents)
    seen = counted(documents, column_of)
    return seen, counted((tokens(row.text) for row in test), column_of)


def _weighted(train: Sequence[Row], test: Sequence[Row], longest: int) -> Tables:
    """Return the TF-IDF of n-grams up to so many words."""
    features = fit_tf_idf([row.text for row in train], longest, sublinear=True)
    seen = features.table(row.text for row in train)
    return seen, features.table(row.text for row in test)


def _bayes(
    task: Task, train: Sequence[Row], tables: Tables, alpha: float
) -> list[str]:
    classes = task.labels or (GOOD, BAD)
    model = counted_weights(tables[0], classes_of(task, train), classes, alpha)
    return _answers(task, model, tables[1])


def _softmax(
    task: Task, train: Sequence[Row], tables: Tables, strength: float
) -> list[str]:
    classes, labels = task.labels or (GOOD, BAD), classes_of(task, train)
    model = softmax_regression(tables[0], labels, classes, strength, tolerance=1e-3)
    return _answers(task, model, tables[1])


def naive_bayes(
    task: Task, train: Sequence[Row], test: Sequence[Row], alpha: float = 1.0
) -> list[str]:
    """Return the answers of chapter 11's multinomial naive Bayes, one for each row of *test*.

    Raises:
        ValueError: a label has no training row, or alpha is not positive.
    """
    return _bayes(task, train, _words(train, test), alpha)


def linear_model(
    task: Task,
    train: Sequence[Row],
    test: Sequence[Row],
    longest: int = 2,
    strength: float = 1e-4,
) -> list[str]:
    """Return the answers of chapter 13's softmax regression on TF-IDF, one for each row of *test*.

    Raises:
        ValueError: a label has no training row, or the strength is not positive.
    """
    return _softmax(task, train, _weighted(train, test, longest), strength)


def baselines(task: Task, drawn: Drawn) -> dict[str, dict[str, str]]:
    """Return the answers of both baselines: name to id to label.

    Raises:
        ValueError: a label has no training row.
    """
    test = drawn.test
    ids = [row.id for row in test]
    answers = {
        NAIVE_BAYES: naive_bayes(task, drawn.train, test),
        LINEAR: linear_model(task, drawn.train, test),
    }
    return {
        name: dict(zip(ids, found, strict=True)) for name, found in answers.items()
    }


def systems(task: Task, drawn: Drawn) -> dict[str, list[str]]:
    """Return the answers of a dozen honest systems of chapters 11 and 13: name to labels.

    Raises:
        ValueError: the task asks for numbers, or a label has no training row.
    """
    if not task.labels:
        raise ValueError(f"{task.name} asks for numbers; choose a task with labels")
    train, test = drawn.train, drawn.test
    words = _words(train, test)
    found = {
        f"Bayes, α {alpha:g}": _bayes(task, train, words, alpha)
        for alpha in (0.03, 0.1, 0.3, 1, 3)
    }
    for longest, name in ((1, "words"), (2, "pairs")):
        tables = _weighted(train, test, longest)
        for strength in (1e-4, 3e-4, 1e-3):
            answers = _softmax(task, train, tables, strength)
            found[f"{name}, λ {strength:g}"] = answers
    return found


def right(gold: Sequence[str], answers: Sequence[Sequence[str]]) -> np.ndarray:
    """Return whether each of several submissions has each row right, (submissions, rows).

    Raises:
        ValueError: a submission has not as many rows as there are labels.

    >>> right(["a", "b"], [["a", "a"], ["a", "b"]]).tolist()
    [[True, False], [True, True]]
    """
    if any(len(answer) != len(gold) for answer in answers):
        raise ValueError(f"every submission has {len(gold)} rows, one a label")
    found = [[g == a for g, a in zip(gold, row, strict=True)] for row in answers]
    return np.array(found, dtype=bool).reshape(len(answers), len(gold))
