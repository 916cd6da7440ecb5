"""The finished example on three draws of queries: which gains stay, and which come and go.

A draw takes other six words of each verse; everything is learnt, chosen and scored anew.  One takes
half a minute, so what they came to lies in ``draws.json``, which ``store`` makes.
"""

from __future__ import annotations

import json
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from nlpcourse.course.paths import data_dir
from nlpcourse.practice.projects.finding import Finder, judged, partners
from nlpcourse.practice.projects.material import Material, search_material
from nlpcourse.practice.projects.ratio import gain_interval, score

SEEDS = (0, 1, 2)
GRID = tuple(product((0.5, 0.8, 1.2, 1.5), (0.5, 0.75, 1.0)))
"""Pairs of k1 and b that are tried."""


def learnt_from(data: Material) -> dict[str, str]:
    """Return the partners of old words that the training queries teach."""
    verses = {row.id: row.text for row in data.collection}
    return partners([(row.text, verses[f"v{row.id[1:]}"]) for row in data.train])


def study(data: Material, seed: int) -> dict[str, Any]:
    """Return scores and gains of the four systems on both parts of one draw.

    Args:
        data: of :func:`~nlpcourse.practice.projects.material.search_material`.
        seed: of the draw, to be noted.
    """
    finder, learnt = Finder(row.text for row in data.collection), learnt_from(data)
    tried = {
        pair: score(judged(finder.set(learnt, *pair), data.validation))
        for pair in GRID
    }
    k1, b = max(tried, key=tried.__getitem__)
    systems = [finder, finder.set(learnt), finder.set(learnt, k1, b)]
    found: dict[str, Any] = {"seed": seed, "k1": k1, "b": b}
    for part in ("validation", "test"):
        rows = getattr(data, part)
        parts = [judged(finder, rows, words_only=True)]
        parts += [judged(system, rows) for system in systems]
        found[part] = {
            "scores": [score(one) for one in parts],
            "gains": [gain_interval(one, other) for one, other in pairwise(parts)],
        }
    return found


def _file() -> Path:
    return data_dir() / "chapters" / "38_projects" / "draws.json"


def store() -> None:
    """Run the study for every seed and write down what it came to."""
    text = json.dumps(
        [study(search_material(seed), seed) for seed in SEEDS], indent=1
    )
    _file().write_text(text + "\n", encoding="utf-8")


def stored() -> list[dict[str, Any]]:
    """Return the studies of the three draws."""
    found: list[dict[str, Any]] = json.loads(_file().read_text(encoding="utf-8"))
    return found
