"""Numbers of a student's own, drawn from the grader's key.

    parameters(key, "anna", "11", "11.1")

The key never leaves the grader: a draw is a keyed hash (HMAC-SHA-256) of student, chapter and
exercise, so that nobody can tell from a notebook what another one holds, and the judge draws anew
whatever the notebook says.
"""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from nlpcourse.course import chapters
from nlpcourse.exercises import Given, find
from nlpcourse.grading import one
from nlpcourse.grading.cases import own_notebook
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.cells import (
    Notebook,
    settings_of,
    starter,
    without_glue,
)

CLASS = ""
"""The student of a class whose students all have the same numbers."""

SHORTEST = 16
"""Bytes of a key; a shorter one could be guessed from a notebook."""


def read_key(path: Path) -> bytes:
    """Return the key that a file holds, blanks at its ends aside.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the key is too short.
    """
    try:
        key = path.read_bytes().strip()
    except FileNotFoundError:
        raise FileNotFoundError(
            f"there is no key at {path}; make one with `python -c 'import secrets; "
            f"print(secrets.token_hex())' > {path}` and keep it to yourself"
        ) from None
    if len(key) < SHORTEST:
        raise ValueError(
            f"the key in {path} has {len(key)} bytes; it needs {SHORTEST}, or it can be guessed"
        )
    return key


def parameters(key: bytes, student: str, chapter: str, exercise: str) -> Given:
    """Return a student's parameters of an exercise: one draw, or a list where it has cases.

    Args:
        key: the grader's.
        student: the identifier in the roster; :data:`CLASS` where all have the same.
        chapter: its number.
        exercise: its number.

    Raises:
        KeyError: there is no such exercise, or its answer does not depend on a draw.
    """
    found = find(exercise)
    if found.draw is None or not found.cases:
        raise KeyError(f"the answer of exercise {exercise!r} depends on no draw")
    message = "\0".join((student, chapter, exercise)).encode("utf-8")
    seed = hmac.new(key, message, hashlib.sha256).digest()
    rng = random.Random(int.from_bytes(seed))
    drawn = [found.draw(rng) for _ in range(found.cases)]
    return drawn if found.cases > 1 else drawn[0]


def of_chapter(key: bytes, student: str, chapter: str) -> dict[str, Given]:
    """Return a student's parameters of all exercises of a chapter whose answer depends on them.

    Raises:
        KeyError: no chapter is called that; the message lists them.
    """
    exercises = cells.exercises(_exercises_of(chapter))
    return {
        e.identifier: parameters(key, student, chapter, e.identifier)
        for e in exercises
        if find(e.identifier).cases
    }


def release_for(number: str, key: bytes, student: str) -> one.Release:
    """Return what the judge needs for one student's copy of a chapter.

    Args:
        number: the chapter's.
        key: the grader's.
        student: the identifier in the roster; :data:`CLASS` where all have the same.

    Raises:
        KeyError: no chapter is called that; the message lists them.
    """
    return with_own(number, of_chapter(key, student, number))


def with_own(number: str, drawn: Mapping[str, Given]) -> one.Release:
    """Return what the judge needs for a copy of a chapter with parameters of its own.

    Raises:
        KeyError: no chapter is called that; the message lists them.
    """
    public = _public(number)
    notebook = own_notebook(_exercises_of(number), drawn)
    starters = {
        one.digest(without_glue(starter(cell["source"])))
        for cell in notebook["cells"]
        if settings_of(cell).get("exercise") in drawn
    }
    return replace(
        public,
        given=public.given | starters,
        tasks=tuple(replace(t, own=drawn.get(t.exercise)) for t in public.tasks),
    )


@lru_cache(maxsize=64)
def _public(number: str) -> one.Release:
    return one.release_of(chapters.get(number))


@lru_cache(maxsize=64)
def _exercises_of(number: str) -> Notebook:
    """Return the cells of a chapter's exercises, which a class asks for again and again."""
    found = cells.read(chapters.get(number).notebook)
    kept = [
        cell
        for cell in found["cells"]
        if "(exercise-" in cell["source"]
        or {"exercise", "check"} & set(settings_of(cell))
    ]
    return {**found, "cells": kept}
