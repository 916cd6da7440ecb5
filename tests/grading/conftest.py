"""A package for the student's side, made once, and a release to grade against."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nlpcourse.course import chapters
from nlpcourse.grading import one, sandbox
from nlpcourse.grading.package import write_student_package
from nlpcourse.notebooks import cells

QUICK = sandbox.Limits(
    seconds=40,
    call_seconds=10,
    cpu_seconds=20,
    memory_mb=600,
    disk_mb=32,
    file_mb=8,
)


@pytest.fixture
def quick() -> sandbox.Limits:
    """Return limits under which honest work is marked and nothing takes long."""
    return QUICK


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_student_package(tmp_path_factory.mktemp("student"))


@pytest.fixture(scope="session")
def release() -> one.Release:
    return one.release_of(chapters.get("11"))


@pytest.fixture(scope="session")
def solutions() -> dict[str, str]:
    found = cells.exercises(cells.read(chapters.get("11").notebook))
    return {e.identifier: e.solution for e in found}


Grade = Callable[..., one.Result]


def notebook_of(sources: list[str]) -> dict[str, Any]:
    return {
        "nbformat": 4,
        "cells": [
            {"cell_type": "code", "id": str(k), "metadata": {}, "source": source}
            for k, source in enumerate(sources)
        ],
    }


@pytest.fixture
def grade(package: Path, release: one.Release) -> Grade:
    def run(*sources: str, limits: sandbox.Limits = QUICK) -> one.Result:
        return one.grade_one(notebook_of(list(sources)), release, package, limits)

    return run
