"""fastText: one program for one model, a linear classifier of the mean of a text's vectors."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlpcourse.neural.cnn.data import TREC_LABELS, Vocabulary
from nlpcourse.neural.frameworks.by_hand import softmax
from nlpcourse.neural.frameworks.task import Floats, Questions

END = "</s>"


def train(
    questions: Questions,
    size: int,
    readings: int,
    rate: float,
    seed: int,
    least: int,
    ngrams: int = 1,
) -> Any:
    """Return a trained model; the texts go through a file, and the loop is the library's."""
    import fasttext

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = [
            f"__label__{TREC_LABELS[label]} {' '.join(words)}"
            for label, words in zip(
                questions.labels, questions.documents, strict=True
            )
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return fasttext.train_supervised(
            str(path), dim=size, epoch=readings, lr=rate, minCount=least,
            wordNgrams=ngrams, bucket=200_000 if ngrams > 1 else 0,
            seed=seed, thread=1, verbose=0,
        )  # fmt: skip


def probabilities(model: Any, documents: Sequence[Sequence[str]]) -> Floats:
    """Return the library's probabilities of every kind of question."""
    found = np.zeros((len(documents), len(TREC_LABELS)), dtype=np.float32)
    for row, words in zip(found, documents, strict=True):
        # through the binding, because predict() of the package asks for an older NumPy
        answers = model.f.predict(
            " ".join(words) + "\n", len(TREC_LABELS), 0.0, "strict"
        )
        for probability, label in answers:
            row[TREC_LABELS.index(label.removeprefix("__label__"))] = probability
    return found


def by_hand(model: Any, documents: Sequence[Sequence[str]]) -> Floats:
    """Return the same from the library's two tables: their rows' mean, a product, a softmax.

    Every text ends with a word of its own, and words without a row are left out.
    """
    number = {word: k for k, word in enumerate(model.get_words())}
    names = [label.removeprefix("__label__") for label in model.get_labels()]
    vectors, labels = model.get_input_matrix(), model.get_output_matrix()
    means = [
        vectors[[number[w] for w in [*words, END] if w in number]].mean(axis=0)
        for words in documents
    ]
    found = softmax((np.array(means) @ labels.T).astype(np.float32))
    return found[:, [names.index(label) for label in TREC_LABELS]]


def save(model: Any, folder: Path) -> None:
    """Write tables, dictionary and settings into one binary file."""
    model.save_model(str(folder / "model.bin"))


def load(folder: Path) -> Any:
    """Return the model again."""
    import fasttext

    return fasttext.load_model(str(folder / "model.bin"))


def tables(model: Any, vocabulary: Vocabulary) -> list[Floats]:
    """Return the library's tables in our words' and classes' order, and the end's vector.

    A word that the library does not know, such as padding, has a row of zeros and no mark.

    Returns:
        vectors (words, size), labels (classes, size), the end of a text (1, size), and 1 for
        each word that has a vector (words,).
    """
    number = {word: k for k, word in enumerate(model.get_words())}
    names = [label.removeprefix("__label__") for label in model.get_labels()]
    vectors, labels = model.get_input_matrix(), model.get_output_matrix()
    ours = np.zeros((len(vocabulary), vectors.shape[1]), dtype=np.float32)
    known = np.zeros(len(vocabulary), dtype=np.float32)
    for word, row in vocabulary.numbers.items():
        if word in number:
            ours[row], known[row] = vectors[number[word]], 1
    order = [names.index(label) for label in TREC_LABELS]
    return [ours, labels[order], vectors[[number[END]]], known]
