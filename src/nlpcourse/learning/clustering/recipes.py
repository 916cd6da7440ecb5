"""The sentence vectors that are stored with the chapter, and the command that makes them.

    python -m nlpcourse.learning.clustering.recipes     # about six minutes on one core

MiniLM reads every text once: the mean of its last hidden states over the text's pieces, scaled to
length 1, as the model's card says.  The numbers are kept in steps of 1/400, one byte each.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlpcourse.learning.clustering.points import Floats, unit_rows

STEPS = 400
"""Steps of a coordinate between 0 and 1; a coordinate of a unit vector here is below 0.31."""
PIECES = {"posts": 128, "headlines": 64}
"""Word pieces of each text that the model reads."""
GROUPS = ("alt.atheism", "talk.religion.misc", "comp.graphics", "sci.space")
"""The four newsgroups of scikit-learn's example."""


def _file(name: str) -> Path:
    from nlpcourse.course.paths import data_dir

    return data_dir() / "chapters" / "15_clustering" / f"minilm-{name}.npy"


def four_groups() -> tuple[list[str], list[str]]:
    """Return the posts of four newsgroups, training and test part alike, and their groups."""
    from nlpcourse import corpora

    split = corpora.newsgroups_20()
    chosen = [p for p in split.train + split.test if p.label in GROUPS]
    return [p.text for p in chosen], [p.label for p in chosen]


def headlines() -> list[str]:
    """Return the headlines of The Guardian, each once, with single spaces."""
    from nlpcourse import corpora

    texts = (" ".join(h.text.split()) for h in corpora.headlines())
    return list(dict.fromkeys(texts))


def sentence_vectors(name: str) -> Floats:
    """Return the stored vectors of ``"posts"`` (four groups) or ``"headlines"``, (n, 384).

    Raises:
        ValueError: there are no vectors of that name.
    """
    if name not in PIECES:
        raise ValueError(
            f"there are vectors of {', '.join(PIECES)}, not of {name!r}"
        )
    stored = np.load(_file(name), allow_pickle=False)
    return np.asarray(unit_rows(stored.astype(np.float64)))


def encode(texts: Sequence[str], pieces: int, rows: int = 32) -> Floats:
    """Return MiniLM's vector of every text, (n, 384), each of length 1.

    Args:
        texts: to read.
        pieces: how many word pieces of each the model reads.
        rows: texts in one batch.
    """
    import torch

    from nlpcourse import corpora
    from transformers import AutoModel, AutoTokenizer

    folder = corpora.minilm()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found = np.zeros((len(texts), model.config.hidden_size))
    for first in range(0, len(order), rows):
        batch = order[first : first + rows]
        read = tokenizer(
            [texts[i] for i in batch],
            padding=True,
            truncation=True,
            max_length=pieces,
            return_tensors="pt",
        )
        with torch.no_grad():
            hidden = model(**read).last_hidden_state  # (rows, pieces, 384)
        real = read["attention_mask"].unsqueeze(-1)
        found[batch] = (hidden * real).sum(dim=1) / real.sum(dim=1)
    return np.asarray(unit_rows(found))


def store() -> None:
    """Make the vectors of posts and headlines, and write their files."""
    for name, texts in (("posts", four_groups()[0]), ("headlines", headlines())):
        write(name, encode(texts, PIECES[name]))


def write(name: str, vectors: Floats) -> None:
    """Write vectors in steps of one byte."""
    steps = np.clip(np.rint(vectors * STEPS), -127, 127)
    np.save(_file(name), steps.astype(np.int8))


if __name__ == "__main__":
    store()
