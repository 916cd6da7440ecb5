"""A class that never was: submissions of which every mark is known before they are graded.

Correct, partly correct, wrong, untouched, hostile, malformed, renamed, without their checks, and in
the learner's copy; under the names that four platforms give them.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from attacks import ESCAPES, FORCE, FRAUD, STUBS
from nlpcourse.course import chapters
from nlpcourse.grading import release as releases
from nlpcourse.grading.judge import Task
from nlpcourse.grading.release import Handed, Person, ReleaseFolder, Worth
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.forms import learner_copy

SPOILS = {
    "writes fake messages into every pipe",
    "replaces the module that serves it",
}
"""Attacks that also break what is honest beside them."""

SLOW = {
    "sleeps without end",
    "loops in a function",
    "loops without end",
    "ignores signals and loops",
}
"""Attacks that only a limit of time ends."""

LONG = {
    *SLOW,
    "asks the judge without end",
    "starts threads without end",
    "forks without end",
    "patches built-in functions",
    "reads the solutions from the package",
    "takes all memory",
    "takes memory in one piece",
    "prints without end",
}
"""Attacks that take more than a moment."""


@dataclass
class Work:
    """One submission and what it must get.

    Attributes:
        kind: such as ``"partly correct"``.
        person: whose.
        chapter: its number.
        name: the path in the downloads.
        data: the file.
        points: by exercise.
        attention: whether it must be listed; None where an attack may or may not be.
    """

    kind: str
    person: Person
    chapter: str
    name: str
    data: bytes
    points: dict[str, int]
    attention: bool | None


@dataclass
class Material:
    """What the submissions to a chapter are made from."""

    number: str
    handed: dict[str, Any] = field(default_factory=dict)
    copy: dict[str, Any] = field(default_factory=dict)
    solutions: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chapter = chapters.get(self.number)
        notebook = cells.read(chapter.notebook)
        self.copy = learner_copy(notebook, chapter)
        self.handed = copy.deepcopy(self.copy)
        del self.handed["cells"][0]  # what only the learner's copy has
        for exercise in cells.exercises(notebook):
            name = Task(exercise.identifier, 0, exercise.check).name
            function = f"def {name}(" in exercise.solution
            junk = (
                f"def {name}(*given, **named):\n    return 87654321"
                if function
                else f"{name} = 87654321"
            )
            self.solutions[exercise.identifier] = exercise.solution
            self.wrong[exercise.identifier] = junk
            self.points[exercise.identifier] = exercise.points


def write_release(
    folder: Path, materials: Sequence[Material], people: Sequence[Person]
) -> None:
    """Write a release as `nlpcourse assign` does: the students' notebooks and `release.json`."""
    handed = []
    for material in materials:
        chapter = chapters.get(material.number)
        path = folder / "student" / f"{chapter.stem}.ipynb"
        cells.write(path, material.handed)
        handed.append(
            Handed(
                chapter.number,
                chapter.stem,
                tuple(Worth(e, p) for e, p in material.points.items()),
                f"student/{chapter.stem}.ipynb",
                releases.digest_of(path.read_bytes()),
            )
        )
    made = datetime(2026, 9, 1, tzinfo=UTC)
    due = datetime(2026, 10, 5, 12, tzinfo=UTC)
    releases.write(folder, ReleaseFolder(made, tuple(handed), due, tuple(people)))


def _filled(
    notebook: dict[str, Any],
    answers: dict[str, str],
    extra: Sequence[str] = (),
    checks: bool = True,
) -> bytes:
    """Return a notebook with answers in it."""
    out = copy.deepcopy(notebook)
    kept = []
    for cell in out["cells"]:
        own = cells.settings_of(cell)
        if not checks and "check" in own:
            continue
        if own.get("exercise") in answers:
            cell["source"] = answers[own["exercise"]]
        kept.append(cell)
    for place, source in enumerate(extra):
        cell = {"cell_type": "code", "id": f"own-{place}", "metadata": {}}
        kept.append(
            {**cell, "source": source, "outputs": [], "execution_count": None}
        )
    out["cells"] = kept
    return json.dumps(out).encode()


Maker = Callable[[Material, random.Random], tuple[bytes, dict[str, int], bool]]


def _correct(m: Material, _: random.Random) -> tuple[bytes, dict[str, int], bool]:
    return _filled(m.handed, m.solutions), dict(m.points), False


def _learner(m: Material, _: random.Random) -> tuple[bytes, dict[str, int], bool]:
    return _filled(m.copy, m.solutions), dict(m.points), False


def _no_checks(m: Material, _: random.Random) -> tuple[bytes, dict[str, int], bool]:
    return _filled(m.handed, m.solutions, checks=False), dict(m.points), False


def _partly(m: Material, rng: random.Random) -> tuple[bytes, dict[str, int], bool]:
    right = rng.sample(sorted(m.solutions), rng.randint(1, len(m.solutions) - 1))
    own = {e: m.solutions[e] for e in right}
    return _filled(m.handed, own), _points(m, right), False


def _wrong(m: Material, rng: random.Random) -> tuple[bytes, dict[str, int], bool]:
    right = rng.sample(sorted(m.solutions), rng.randint(0, len(m.solutions) - 1))
    own = {**m.wrong, **{e: m.solutions[e] for e in right}}
    return _filled(m.handed, own), _points(m, right), False


def _untouched(m: Material, _: random.Random) -> tuple[bytes, dict[str, int], bool]:
    return _filled(m.handed, {}), _points(m, []), True


def _broken(m: Material, rng: random.Random) -> tuple[bytes, dict[str, int], bool]:
    """A cell that is no Python, and one that raises: they cost themselves."""
    spoiled = rng.choice(sorted(m.solutions))
    own = {**m.solutions, spoiled: rng.choice(["def f(:\n  pass", "1 / 0"])}
    right = [e for e in m.solutions if e != spoiled]
    return _filled(m.handed, own), _points(m, right), False


def _malformed(
    m: Material, rng: random.Random
) -> tuple[bytes, dict[str, int], bool]:
    whole = _filled(m.handed, m.solutions)
    data = rng.choice(
        [b"", b"{", b"[1, 2]", b"\xff\xfe" * 50, whole[: len(whole) // 2], b"{}"]
    )
    return data, _points(m, []), True


def _points(m: Material, right: Sequence[str]) -> dict[str, int]:
    return {e: p if e in right else 0 for e, p in m.points.items()}


def hostile(attack: str, m: Material) -> tuple[bytes, dict[str, int]]:
    """Return a submission to chapter 11 with an attack, and one honest answer."""
    source = {**FRAUD, **FORCE, **ESCAPES}[attack]
    data = _filled(m.handed, {}, [STUBS, m.solutions["11.2"], source])
    return data, _points(m, ["11.2"])


KINDS: dict[str, tuple[Maker, int]] = {
    "correct": (_correct, 25),
    "partly correct": (_partly, 25),
    "wrong": (_wrong, 20),
    "untouched": (_untouched, 3),
    "a cell that fails": (_broken, 5),
    "learner's copy": (_learner, 4),
    "without its checks": (_no_checks, 4),
    "malformed": (_malformed, 4),
}
"""Each kind and how many of a hundred; the ten that are left are hostile."""


def _name(person: Person, stem: str, place: int, rng: random.Random) -> str:
    """Return the path that one of the platforms gives to a student's file."""
    given, family = person.name.split(" ", 1)
    slug = "".join(c for c in f"{family}{given}".lower() if c.isalnum())
    late = rng.choice(["", "", "_LATE"])
    return rng.choice(
        [
            f"{slug}{late}_{900_000 + place}_{300_000 + place}_{stem}.ipynb",
            f"{person.name}_{70_000 + place}_assignsubmission_file_/{stem}.ipynb",
            f"Chapter {stem[:2]}_{person.id}_attempt_2026-10-0{rng.randint(1, 9)}"
            f"-20-07-33_{stem} (1).ipynb",
            f"{place}-{place + 7} - {person.name} - Oct 4, 2026 1107 PM/{stem}.ipynb",
            f"{person.id}/{stem}/{stem}.ipynb",
        ]
    )


FIRST = ("Ana", "Bo", "Zoë", "Łukasz", "Mary-Jane", "王", "Omar", "Siân")
LAST = (
    "López",
    "O'Connor",
    "van der Berg",
    "Ångström",
    "小明",
    "Şahin",
    "Lee-Smith",
)


def people(count: int) -> list[Person]:
    """Return students; no two have one name."""
    found = []
    for place in range(count):
        name = f"{FIRST[place % len(FIRST)]} {LAST[place // 8 % len(LAST)]}"
        letters = "".join(chr(97 + int(c)) for c in str(place // 56))
        found.append(
            Person(f"st.{place:04}-x", f"{name} {letters}", f"s{place}@uni.example")
        )
    return found


def signed(data: bytes, person: Person) -> bytes:
    """Return a notebook with a student's name in it: no two that were worked on are the same."""
    notebook = json.loads(data)
    line = f"Handed in by {person.name} ({person.id})."
    cell = {"cell_type": "markdown", "id": "name", "metadata": {}, "source": line}
    notebook["cells"].append(cell)
    return json.dumps(notebook).encode()


def make_class(
    count: int,
    materials: Sequence[Material],
    seed: int = 0,
    slow: bool = True,
    attacks: float = 0.1,
) -> list[Work]:
    """Return as many submissions, each with the marks that it must get.

    Args:
        count: of submissions, each by a student of their own.
        materials: the chapters; each submission is to one of them, hostile ones to chapter 11.
        seed: of the draw.
        slow: whether there are attacks that only a limit of time ends.
        attacks: the share of hostile submissions.
    """
    rng = random.Random(seed)
    by_number = {m.number: m for m in materials}
    weights = [share for _, share in KINDS.values()]
    all_attacks = [*FRAUD, *FORCE, *ESCAPES]
    left = [a for a in all_attacks if a not in SPOILS and (slow or a not in LONG)]
    works: list[Work] = []
    for place, person in enumerate(people(count)):
        attention: bool | None
        if "11" in by_number and rng.random() < attacks:
            attack = left[len(works) % len(left)]
            data, points = hostile(attack, by_number["11"])
            number, kind = "11", f"hostile: {attack}"
            attention = True if attack in SLOW else None
        else:
            kind = rng.choices(list(KINDS), weights)[0]
            material = rng.choice(list(materials))
            data, points, attention = KINDS[kind][0](material, rng)
            number = material.number
        if kind not in ("untouched", "malformed"):
            data = signed(data, person)
        stem = chapters.get(number).stem
        name = _name(person, stem, place, rng)
        if kind == "correct" and rng.random() < 0.1:
            name = f"{person.id}/my final work ({place % 5}).ipynb"
            kind, attention = "renamed", True
        works.append(Work(kind, person, number, name, data, points, attention))
    return works


def write_class(folder: Path, works: Sequence[Work]) -> None:
    """Write all files as a platform's download."""
    for work in works:
        path = folder / work.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(work.data)
