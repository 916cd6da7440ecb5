"""Ask a framework in a process of its own, and get plain data back.

Keras reads ``KERAS_BACKEND`` once, when it is imported, and TensorFlow and PyTorch in one process
share its memory and its threads; so each engine gets its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.neural.frameworks.jobs import JOBS, program

Question = tuple[str, str, dict[str, Any]]
"""A program, a job of :data:`jobs.JOBS`, and what the job is told."""


def ask(questions: Sequence[Question]) -> list[Any]:
    """Return the answers to questions of one engine, from one new process.

    Args:
        questions: programs of the same engine, jobs, and the jobs' arguments.

    Raises:
        ValueError: there is no question, no such program or job, or two engines were asked.
        RuntimeError: the frameworks are not installed, or the process failed; its last line
            is told.
    """
    engines = {program(name).engine for name, _, _ in questions}
    if len(engines) != 1:
        raise ValueError(
            f"one process holds one engine, and these ask {len(engines)}: "
            f"{sorted(engines)}"
        )
    if unknown := {job for _, job, _ in questions} - set(JOBS):
        raise ValueError(f"no job {sorted(unknown)}; there are {', '.join(JOBS)}")
    if missing := chapters.get("27").missing:
        raise RuntimeError(missing)
    environment = {
        **os.environ,
        "KERAS_BACKEND": engines.pop(),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", __name__],
        input=json.dumps(list(questions)),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        last = (done.stderr.strip().splitlines() or ["no word of it"])[-1]
        raise RuntimeError(f"the process of the frameworks failed: {last}")
    answers: list[Any] = json.loads(lines[-1])
    return answers


def ask_all(questions: Mapping[str, Question]) -> dict[str, Any]:
    """Return the answers by name, from one new process for each engine that is asked.

    Raises:
        ValueError: there is no such program or job.
        RuntimeError: as :func:`ask`.
    """
    groups: dict[str, list[str]] = {}
    for key, (name, _, _) in questions.items():
        groups.setdefault(program(name).engine, []).append(key)
    found: dict[str, Any] = {}
    for keys in groups.values():
        found |= zip(keys, ask([questions[key] for key in keys]), strict=True)
    return found


def main() -> None:
    """Read questions from the standard input, and write their answers as one line."""
    questions = json.load(sys.stdin)
    answers = [JOBS[job](name, **told) for name, job, told in questions]
    print("\n" + json.dumps(answers))


if __name__ == "__main__":
    main()
