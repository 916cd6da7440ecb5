"""The data of the three projects, dealt into parts that share no near duplicates.

Dealing takes a while, so what it came to lies in ``dealt.json``: for each project a letter for
every row, and for the search the pairs of parallel verses.  ``store`` makes the file, and a test
makes it anew.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from nlpcourse import corpora
from nlpcourse.assets import path as asset_path
from nlpcourse.corpora.tables import read_tsv
from nlpcourse.course.paths import data_dir
from nlpcourse.practice.projects.groups import deal, groups
from nlpcourse.practice.projects.near import near_duplicates
from nlpcourse.practice.projects.tasks import project
from nlpcourse.statistics.naive_bayes.features import unswallow

WORDS = 6
"""Words of a verse that somebody remembers."""
FIRST = "The book of the generation of Jesus Christ"
"""How the New Testament begins in the version of 1611."""
SIZES = {
    "search": (4000, 500, 1000),
    "language": (1000, 500, 1000),
    "moderation": (2000, 1000, 1500),
}
"""Rows for training, validation and test."""


@dataclass(frozen=True)
class Row:
    """A row of a project's data."""

    id: str
    text: str
    gold: str


@dataclass(frozen=True)
class Material:
    """A project's rows by part, and the documents to search in where there are any."""

    train: tuple[Row, ...]
    validation: tuple[Row, ...]
    test: tuple[Row, ...]
    collection: tuple[Row, ...] = ()

    def files(self) -> dict[str, str]:
        """Return the files of the folder ``data`` by name."""
        found = {
            f"{part}.csv": as_csv(getattr(self, part))
            for part in ("train", "validation", "test")
        }
        if self.collection:
            found["collection.csv"] = as_csv(self.collection, gold=False)
        return found


def as_csv(rows: Iterable[Row], gold: bool = True) -> str:
    """Return rows as the text of a CSV file, with or without what is to be found."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "text", "gold"] if gold else ["id", "text"])
    writer.writerows(
        [row.id, row.text, row.gold] if gold else [row.id, row.text] for row in rows
    )
    return out.getvalue()


PARTS = {"t": "train", "v": "validation", "e": "test"}
"""The letters of ``dealt.json``; ``-`` is a row that is left over."""


@lru_cache(maxsize=3)
def material(name: str) -> Material:
    """Return the data of a project.

    Raises:
        ValueError: there is no such project.
    """
    project(name)
    if name == "search":
        return search_material()
    return _put_together(name, messages() if name == "moderation" else _language())


def search_material(seed: int = 0) -> Material:
    """Return the search project's data, with another draw of six words for another seed.

    Raises:
        ValueError: *seed* is negative.
    """
    if seed < 0:
        raise ValueError(f"a seed is 0 or more, not {seed}")
    stored = json.loads(_file().read_text(encoding="utf-8"))
    return _put_together("search", *_search(stored["parallel"], seed))


def _put_together(
    name: str, rows: Sequence[Row], collection: tuple[Row, ...] = ()
) -> Material:
    stored = json.loads(_file().read_text(encoding="utf-8"))
    dealt = {
        part: tuple(
            row
            for row, own in zip(rows, stored[name], strict=True)
            if own == letter
        )
        for letter, part in PARTS.items()
    }
    return Material(**dealt, collection=collection)


def _file() -> Path:
    return data_dir() / "chapters" / "38_projects" / "dealt.json"


def store() -> None:
    """Deal the rows of every project and write down how."""
    found: dict[str, object] = {"parallel": parallel_verses()}
    for name in SIZES:
        found[name] = dealt_letters(name)
    _file().write_text(json.dumps(found, separators=(",", ":")) + "\n", "utf-8")


def parallel_verses() -> list[tuple[int, int]]:
    """Return the pairs of verses that are near duplicates in the modern version."""
    return [(i, j) for i, j, _ in near_duplicates(_verses()[1])]


def dealt_letters(name: str) -> str:
    """Deal a project's rows; return one letter for each, so that no two parts share a copy.

    Raises:
        ValueError: there is no such project.
    """
    project(name)
    rows = {
        "search": lambda: _search([])[0],
        "language": _language,
        "moderation": messages,
    }[name]()
    columns = [[row.text for row in rows]]
    if name == "search":
        columns += [list(version) for version in _verses()]
    alike = chain.from_iterable(near_duplicates(column) for column in columns)
    grouped = groups(len(rows), [(i, j) for i, j, _ in alike])
    letters = ["-"] * len(rows)
    for letter, part in zip(PARTS, deal(grouped, SIZES[name]), strict=True):
        for i in part:
            letters[i] = letter
    return "".join(letters)


@lru_cache(maxsize=1)
def _verses() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the verses of the New Testament in the old and in the modern version."""
    verses = corpora.kjv_bsb()
    start = next(i for i, (old, _) in enumerate(verses) if old.startswith(FIRST))
    old, new = zip(*verses[start:], strict=True)
    return old, new


def _search(
    parallel: Iterable[Sequence[int]], seed: int = 0
) -> tuple[list[Row], tuple[Row, ...]]:
    old, new = _verses()
    gains = [{i: 2} for i in range(len(new))]
    for i, j in parallel:  # a parallel verse is worth half
        gains[i][j] = gains[j][i] = 1
    rng, rows = random.Random(seed), []
    for i, verse in enumerate(old):
        gold = " ".join(f"v{j}:{gain}" for j, gain in sorted(gains[i].items()))
        rows.append(Row(f"q{i}", remembered(verse, rng), gold))
    return rows, tuple(Row(f"v{i}", text, "") for i, text in enumerate(new))


def remembered(verse: str, rng: random.Random, words: int = WORDS) -> str:
    """Return so many words in a row of a verse, from a random place.

    Raises:
        ValueError: *words* is below 1.

    >>> remembered("Jesus wept.", random.Random(0))
    'Jesus wept.'
    """
    if words < 1:
        raise ValueError(f"nobody searches with {words} words; give 1 or more")
    found = verse.split()
    first = rng.randrange(max(1, len(found) - words + 1))
    return " ".join(found[first : first + words])


def _language() -> list[Row]:
    verses: dict[str, list[tuple[str, str]]] = {}
    file = asset_path("gnt-bsb") / "SBLGNT.tsv"
    for token, text, pos in read_tsv(file, "id", "text", "pos"):
        verses.setdefault(token[1:9], []).append((text, pos))
    return [
        Row(verse, " ".join(t for t, _ in tokens), " ".join(p for _, p in tokens))
        for verse, tokens in sorted(verses.items())
    ]


def messages() -> list[Row]:
    """Return all text messages, each once, on one line."""
    pairs = chain.from_iterable(
        unswallow(item.text, item.label) for item in corpora.sms_spam()
    )
    return [
        Row(f"m{i}", " ".join(text.split()), label)
        for i, (text, label) in enumerate(dict.fromkeys(pairs))
    ]
