"""The machine's part of the rubric: it runs the project and looks, and believes no report."""

from __future__ import annotations

import csv
import json
import random
import shutil
import tempfile
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from nlpcourse.practice.projects import documents
from nlpcourse.practice.projects.material import Material, Row, as_csv, material
from nlpcourse.practice.projects.near import leaks
from nlpcourse.practice.projects.ratio import gain_interval, interval, score
from nlpcourse.practice.projects.rubric import MACHINE, Criterion, Mark
from nlpcourse.practice.projects.running import Done, run_python
from nlpcourse.practice.projects.starting import lay_out, templates
from nlpcourse.practice.projects.tasks import Part, Project, project

GIVEN = "tests/test_given.py"
COPIES = 5
"""From so many test texts on, a file is a copy of the test data."""
LICENCES = (
    "MIT License",
    "Apache License",
    "GNU ",
    "BSD ",
    "Mozilla Public",
    "ISC",
)
NOTEBOOK = (
    "import sys, nbformat, nbclient\n"
    "found = nbformat.read(sys.argv[1], 4)\n"
    "nbclient.NotebookClient(found, kernel_name='python3', timeout=None).execute()\n"
)
_SKIPPED = shutil.ignore_patterns(
    ".git", ".venv", "venv", "__pycache__", ".pytest_cache", ".ipynb_checkpoints",
    "*.egg-info", "node_modules",
)  # fmt: skip


class Fault(Exception):
    """Why a criterion gets no points."""


@dataclass
class Checked:
    """A project's folder while it is checked: what is run is run once, on copies.

    Attributes:
        folder: the project's own; nothing in it is changed.
        scratch: an empty folder for copies.
        seconds: that each run may take.
    """

    folder: Path
    scratch: Path
    seconds: float = 120
    project: Project = field(init=False)

    def __post_init__(self) -> None:
        """Find out which project it is.

        Raises:
            ValueError: the folder holds none.
        """
        try:
            text = (self.folder / "pyproject.toml").read_text(encoding="utf-8")
            name = tomllib.loads(text)["tool"]["nlpcourse"]["project"]
        except (OSError, ValueError, KeyError, TypeError):
            raise ValueError(
                f"{self.folder} is no project: pyproject.toml must name one under [tool.nlpcourse]"
            ) from None
        self.project = project(str(name))

    @cached_property
    def material(self) -> Material:
        """The data as they were laid out."""
        return material(self.project.name)

    def read(self, place: str) -> str:
        """Return a file's text, or say that it is missing.

        Raises:
            Fault: it is not there, or no text.
        """
        try:
            return (self.folder / place).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise Fault(f"there is no {place} that can be read") from None

    def copy(self, name: str) -> Path:
        """Copy the project to the scratch folder."""
        place = self.scratch / name
        shutil.copytree(self.folder, place, symlinks=True, ignore=_SKIPPED)
        return place

    # ------------------------------------------------------------------------- predictions

    @cached_property
    def asked(self) -> list[Row]:
        """The validation and the test rows, mixed: the program isn't told which is which."""
        rows = [*self.material.validation, *self.material.test]
        random.Random(38).shuffle(rows)
        return rows

    def predict(
        self, place: Path, order: Sequence[Row], *options: str
    ) -> list[str]:
        """Return what a project predicts for rows whose gold and names it does not get.

        Raises:
            Fault: it failed, took too long, or answered other rows.
        """
        for part in ("validation", "test"):
            (place / "data" / f"{part}.csv").unlink(missing_ok=True)
        hidden = [Row(f"r{i}", row.text, "") for i, row in enumerate(order)]
        (place / "asked.csv").write_text(
            as_csv(hidden, gold=False), encoding="utf-8"
        )
        done = run_python(
            [
                "-m",
                self.project.package,
                "predict",
                "asked.csv",
                "said.csv",
                *options,
            ],
            place,
            self.seconds,
            hash_seed=1 + int(place.name == "again"),
        )
        if done.status != 0:
            raise Fault(f"predict failed: {done.why}")
        try:
            with (place / "said.csv").open(encoding="utf-8", newline="") as file:
                said = {
                    row["id"]: row["prediction"] for row in csv.DictReader(file)
                }
            return [said[row.id] or "" for row in hidden]
        except (OSError, KeyError, ValueError, csv.Error):
            raise Fault("predict wrote no prediction for some row") from None

    @cached_property
    def predicted(self) -> dict[str, str] | Fault:
        """What the model predicts, by row, or why not; the test data were not at hand."""
        return self._by_id(lambda: self.predict(self.copy("once"), self.asked))

    @cached_property
    def baseline(self) -> dict[str, str] | Fault:
        """What the baseline predicts: that of a starter laid out anew, not the project's own."""
        place = self.scratch / "baseline"
        lay_out(self.project.name, place)
        return self._by_id(lambda: self.predict(place, self.asked, "--baseline"))

    def _by_id(self, make: Callable[[], list[str]]) -> dict[str, str] | Fault:
        try:
            said = make()
        except Fault as fault:
            return fault
        return {row.id: guess for row, guess in zip(self.asked, said, strict=True)}

    def parts(
        self, rows: Sequence[Row], said: dict[str, str] | Fault
    ) -> list[Part]:
        """Return what each row adds to the score.

        Raises:
            Fault: there are no predictions.
        """
        if isinstance(said, Fault):
            raise said
        return [self.project.part(row.gold, said[row.id]) for row in rows]

    # ----------------------------------------------------------------------------- reports

    def reported(self, *names: str) -> Any:
        """Return an entry of results.json.

        Raises:
            Fault: there is none.
        """
        try:
            found = json.loads(self.read("results.json"))
            for name in names:
                found = found[name]
        except (ValueError, KeyError, TypeError):
            raise Fault(f"results.json has no {' → '.join(names)}") from None
        return found

    def reported_number(self, *names: str) -> float:
        """Return a number of results.json.

        Raises:
            Fault: there is none.
        """
        found = self.reported(*names)
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise Fault(f"results.json: {' → '.join(names)} is no number")
        return float(found)


def again(checked: Checked) -> str:
    """Train and predict a second time, with another hash seed and the rows turned round."""
    first = checked.predicted
    if isinstance(first, Fault):
        raise first
    turned = checked.asked[::-1]
    said = checked.predict(checked.copy("again"), turned)
    differ = sum(
        first[row.id] != guess for row, guess in zip(turned, said, strict=True)
    )
    if differ:
        raise Fault(
            f"{differ} of {len(turned)} predictions differ; what is drawn, or kept?"
        )
    return f"{len(turned)} predictions twice the same"


def baseline(checked: Checked) -> str:
    """Compare with the baseline on the validation data."""
    rows = checked.material.validation
    after = checked.parts(rows, checked.predicted)
    before = checked.parts(rows, checked.baseline)
    low, high = gain_interval(before, after)
    told = f"{score(before):.3f} → {score(after):.3f}, gain between {low:+.3f} and {high:+.3f}"
    if low <= 0:
        raise Fault(f"{told}: it could be chance")
    return told


def result(checked: Checked) -> str:
    """Compute the test score anew, and compare with results.json and the README."""
    parts = checked.parts(checked.material.test, checked.predicted)
    names = ("score", "low", "high")
    told = [checked.reported_number("test", name) for name in names]
    ours = [score(parts), *interval(parts)]
    if checked.reported_number("test", "n") != len(parts):
        raise Fault(f"the test data have {len(parts)} rows")
    if abs(told[0] - ours[0]) > 0.0005:
        raise Fault(
            f"results.json says {told[0]:.4f}, the program gets {ours[0]:.4f}"
        )
    room = 0.25 * (ours[2] - ours[1])
    if any(abs(a - b) > room for a, b in zip(told[1:], ours[1:], strict=True)):
        raise Fault(f"the interval is about {ours[1]:.3f} to {ours[2]:.3f}")
    text = documents.parts(checked.read("README.md")).get("Result", "")
    missing = [
        n for n, v in zip(names, told, strict=True) if not documents.quotes(text, v)
    ]
    if missing:
        raise Fault(f"the README's Result does not say {', '.join(missing)}")
    return f"{told[0]:.3f}, between {told[1]:.3f} and {told[2]:.3f}"


def slices(checked: Checked) -> str:
    """Compute the score of each slice anew, and compare with results.json."""
    rows = checked.material.test
    parts = checked.parts(rows, checked.predicted)
    for name, belongs in checked.project.slices.items():
        chosen = [
            p
            for row, p in zip(rows, parts, strict=True)
            if belongs(row.text, row.gold)
        ]
        told = checked.reported_number("test", "slices", name, "score")
        n = checked.reported_number("test", "slices", name, "n")
        if n != len(chosen) or abs(told - score(chosen)) > 0.0005:
            raise Fault(
                f"“{name}” has {len(chosen)} rows and a score of {score(chosen):.3f}"
            )
    return f"{len(checked.project.slices)} slices, as computed"


def tests(checked: Checked) -> str:
    """Run the tests; the given ones as they were given."""
    place = checked.copy("tests")
    given = dict(templates(checked.project.name))[GIVEN]
    (place / GIVEN).parent.mkdir(exist_ok=True)
    (place / GIVEN).write_text(given, encoding="utf-8")
    report = checked.scratch / "report.xml"
    done = run_python(
        [
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--junitxml={report}",
            "tests",
        ],
        place,
        checked.seconds,
    )
    wanted = given.count("\ndef test_")
    ours, own, bad = _counted(report, done)
    if bad:
        raise Fault(f"{len(bad)} tests do not pass, first {bad[0]}")
    if ours < wanted:
        raise Fault(f"{ours} of {wanted} given tests ran")
    if own < 2:
        raise Fault(f"the given tests pass, and {own} of your own; write 2 or more")
    return f"{ours} given tests and {own} of your own pass"


def _counted(report: Path, done: Done) -> tuple[int, int, list[str]]:
    """Return how many given and own tests there were, and which did not pass."""
    if done.status is None:
        raise Fault("the tests ran out of time")
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        missing = "No module named pytest" in done.output
        raise Fault("pip install pytest" if missing else done.why) from None
    given = [case for case in cases if "test_given" in case.get("classname", "")]
    bad = [str(case.get("name")) for case in cases if len(case)]
    if done.status and not bad:
        raise Fault(f"pytest failed: {done.why}")
    passed = [case for case in cases if not len(case)]
    return len(given), len([case for case in passed if case not in given]), bad


def leak(checked: Checked) -> str:
    """Look for test data in the training data and in every other file; the model ran without."""
    if isinstance(checked.predicted, Fault):
        raise checked.predicted
    laid_out = checked.material.files()
    for name, text in laid_out.items():
        if name != "train.csv" and checked.read(f"data/{name}") != text:
            raise Fault(f"data/{name} is not as it was laid out")
    if (found := checked.read("data/train.csv")) != laid_out["train.csv"]:
        _added(checked, found)
    texts = {r.text for r in checked.material.test if len(r.text) >= 20}
    for path in _files(
        checked.folder, {f"data/{name}" for name in laid_out} - {"data/train.csv"}
    ):
        content = path.read_text("utf-8", "ignore")
        if sum(text in content for text in texts) >= COPIES:
            raise Fault(f"{path.relative_to(checked.folder)} holds test texts")
    return "training data and files hold no test texts"


def _added(checked: Checked, found: str) -> None:
    """Refuse rows that were added to the training data and are nearly in the others."""
    known = {row.text for row in checked.material.train}
    try:
        added = [r["text"] or "" for r in csv.DictReader(found.splitlines())]
    except KeyError:
        raise Fault("data/train.csv has no column text") from None
    fresh = [text for text in added if text not in known]
    hidden = [row.text for row in checked.asked]
    if pairs := leaks(fresh, hidden):
        twin = fresh[pairs[0][0]][:60]
        raise Fault(
            f"{len(pairs)} pairs of training and hidden rows are alike: {twin!r}"
        )


def _files(folder: Path, known: set[str]) -> Iterator[Path]:
    """Yield the project's files that could hold data."""
    skipped = {".git", ".venv", "venv", "__pycache__", "node_modules"}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if (
            path.is_file()
            and place.as_posix() not in known
            and not skipped & set(place.parts)
        ):
            yield path


def readme(checked: Checked) -> str:
    """Look at the README's parts."""
    if faults := documents.readme_faults(checked.read("README.md")):
        raise Fault("; ".join(faults))
    return "all parts are there"


def card(checked: Checked) -> str:
    """Look at the model card's answers."""
    if faults := documents.card_faults(checked.read("MODEL_CARD.md")):
        raise Fault("; ".join(faults))
    return "no question is open"


def licence(checked: Checked) -> str:
    """Look for a licence that is known."""
    text = checked.read("LICENSE")
    name = next((name for name in LICENCES if name in text[:200]), None)
    if name is None or "No licence has been chosen" in text or len(text) < 400:
        raise Fault("LICENSE holds no licence that is known; choose one")
    if any(
        mark in text
        for mark in ("<year>", "[year]", "[fullname]", "<name of author>")
    ):
        raise Fault("the licence's year and name are not filled in")
    return name.strip()


def notebook(checked: Checked) -> str:
    """Run the notebook from the top, if it holds more than it was given."""
    given = _code(dict(templates(checked.project.name))["notebook.ipynb"])
    own = [
        cell for cell in _code(checked.read("notebook.ipynb")) if cell not in given
    ]
    if len(own) < 2:
        raise Fault(
            f"the notebook has {len(own)} code cells of your own; write 2 or more"
        )
    place = checked.copy("notebook")
    done = run_python(["-c", NOTEBOOK, "notebook.ipynb"], place, checked.seconds)
    if done.status != 0:
        raise Fault(f"the notebook fails: {done.why}")
    return "it runs from the top"


def _code(text: str) -> list[str]:
    """Return the code cells of a notebook that are not empty."""
    try:
        cells = [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
        sources = ["".join(cell["source"]).strip() for cell in cells]
    except (ValueError, KeyError, TypeError):
        raise Fault("notebook.ipynb is no notebook") from None
    return [source for source in sources if source]


CHECKS: dict[str, Callable[[Checked], str]] = {
    "tests": tests, "again": again, "leak": leak, "baseline": baseline, "result": result,
    "slices": slices, "readme": readme, "card": card, "licence": licence, "notebook": notebook,
}  # fmt: skip


def mark(checked: Checked, criterion: Criterion) -> Mark:
    """Return what one criterion gets."""
    try:
        return Mark(criterion, True, CHECKS[criterion.key](checked))
    except Fault as fault:
        return Mark(criterion, False, str(fault))


def check(folder: Path, seconds: float = 120) -> Iterator[Mark]:
    """Yield the machine's marks of a project, one after the other.

    Args:
        folder: the project's; nothing in it is changed.
        seconds: that each of its programs may take.

    Raises:
        ValueError: the folder holds no project.
    """
    with tempfile.TemporaryDirectory(prefix="nlpcourse-project-") as scratch:
        checked = Checked(folder.resolve(), Path(scratch), seconds)
        for criterion in MACHINE:
            yield mark(checked, criterion)
