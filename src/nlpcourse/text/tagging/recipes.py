"""The tagger that is stored with the chapter: trained on nine tenths of the Brown corpus.

    python -m nlpcourse.text.tagging.recipes     # trains it anew, about two minutes, 1.4 GB

The split and the tags are those of the tagger in chapter 23.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from nlpcourse.text.tagging import fast
from nlpcourse.text.tagging.packed import pack, unpack
from nlpcourse.text.tagging.perceptron import PerceptronTagger, Tagged

READINGS, SEED = 5, 0
DECIMALS = 1000
"""Steps of a weight: the three decimals to which the average is rounded."""
FILE = "perceptron-brown-seed0.bin"


def _file() -> Path:
    from nlpcourse.course.paths import data_dir

    return data_dir() / "chapters" / "04_tagging" / FILE


def brown_split() -> tuple[list[Tagged], list[Tagged]]:
    """Return Brown's sentences for training and for testing: every tenth one is for testing."""
    from nlpcourse import corpora

    sentences: list[Tagged] = [tuple(s) for s in corpora.brown(marks=False)]
    return [s for k, s in enumerate(sentences) if k % 10 != 9], sentences[9::10]


@lru_cache(maxsize=1)
def stored_tagger() -> PerceptronTagger:
    """Return the tagger that is stored with the chapter."""
    return unpack(_file().read_bytes())


def store() -> None:
    """Train the tagger and write its file."""
    tagger = fast.train(brown_split()[0], READINGS, SEED)
    _file().write_bytes(pack(tagger, DECIMALS))


if __name__ == "__main__":
    store()
