"""What the frameworks answered, asked once: a process of an engine takes seconds to start."""

from __future__ import annotations

from typing import Any

import pytest

from nlpcourse.course import chapters
from nlpcourse.neural.frameworks import runner
from nlpcourse.neural.frameworks.jobs import PROGRAMS

GRADIENTS = [1e-8, 1.0, -0.3, 1e-7, 0.5]
STEPS = 12


@pytest.fixture(scope="session")
def answers() -> dict[str, Any]:
    """Return what every program says of each job."""
    if missing := chapters.get("27").missing:
        pytest.skip(missing)
    jobs: dict[str, runner.Question] = {}
    steps = {"gradients": GRADIENTS, "start": 1.0}
    for name in PROGRAMS:
        jobs[f"compare {name}"] = (name, "compare", {"count": STEPS})
        jobs[f"keep {name}"] = (name, "keep", {})
        jobs[f"walk {name}"] = (name, "walk", steps)
        if name != "TensorFlow":
            jobs[f"decay {name}"] = (name, "walk", {**steps, "decay": 0.1})
    keras = "Keras on TensorFlow"
    jobs["mended"] = (keras, "compare", {"count": STEPS, "added_up": True})
    jobs["mask"] = ("Keras on PyTorch", "without_mask", {})
    jobs["session"] = ("TensorFlow", "session", {"numbers": [[2, 4, 0], [1, 1, 1]]})
    file = '{"type": "bag_of_embeddings", "averaged": true}'
    jobs["configured"] = ("AllenNLP", "configured", {"text": file})
    return runner.ask_all(jobs)
