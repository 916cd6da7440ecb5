"""The tagger that is stored with the chapter: trained on nine tenths of the Brown corpus.

    python -m nlpcourse.text.tagging.recipes     # trains it anew, about two minutes, 1.4 GB

The same seed gives the same file to the byte.  Beside the weights it keeps a log: the mistakes of
every reading, time, memory and the file's hash.
The split and the tags are those of the tagger in chapter 23.
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlpcourse.text.tagging import fast
from nlpcourse.text.tagging.packed import pack, unpack
from nlpcourse.text.tagging.perceptron import PerceptronTagger, Tagged

READINGS, SEED = 5, 0
DECIMALS = 1000
"""Steps of a weight: the three decimals to which the average is rounded."""
FILE = "perceptron-brown-seed0.bin"


def stored_file() -> Path:
    """Return where the trained tagger lies; its log lies beside it."""
    from nlpcourse.course.paths import data_dir

    return data_dir() / "chapters" / "04_tagging" / FILE


def brown_split() -> tuple[list[Tagged], list[Tagged]]:
    """Return Brown's sentences for training and for testing: every tenth one is for testing."""
    from nlpcourse import corpora

    sentences: list[Tagged] = [tuple(s) for s in corpora.brown(marks=False)]
    return [s for k, s in enumerate(sentences) if k % 10 != 9], sentences[9::10]


def log_of_training() -> dict[str, Any]:
    """Return the log that is stored beside the tagger: what made the file, and its hash."""
    found: dict[str, Any] = json.loads(
        stored_file().with_suffix(".json").read_text(encoding="utf-8")
    )
    return found


@lru_cache(maxsize=1)
def stored_tagger() -> PerceptronTagger:
    """Return the tagger that is stored with the chapter."""
    return unpack(stored_file().read_bytes())


def store() -> None:
    """Train the tagger, and write its file and its log."""
    from nlpcourse import __version__
    from nlpcourse.course.machine import peak_memory_mb
    from nlpcourse.text.tagging.mistakes import report

    train, test = brown_split()
    mistakes: list[int] = []
    began = time.perf_counter()
    learner, sure, tags = fast.study(train, READINGS, SEED, mistakes.append)
    tagger = PerceptronTagger(learner.average(), sure, tags)
    seconds = time.perf_counter() - began
    content = pack(tagger, DECIMALS)
    said = [tagger.tag([word for word, _ in s]) for s in test]
    log = {
        "name": stored_file().stem,
        "about": "averaged perceptron on nine tenths of the Brown corpus, tags without marks",
        "settings": {"readings": READINGS, "seed": SEED, "decimals": DECIMALS},
        "metrics": {"test_accuracy": report(test, said, set()).words},
        "sentences": len(train),
        "words": sum(map(len, train)),
        "mistakes": mistakes,  # of each reading, while learning
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "training_seconds": round(seconds, 1),
        "peak_memory_mb": round(peak_memory_mb()),
        "device": "cpu",
        "versions": {
            "nlpcourse": __version__,
            "python": platform.python_version(),
        },
    }
    stored_file().write_bytes(content)
    text = json.dumps(log, indent=1) + "\n"
    stored_file().with_suffix(".json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    store()
