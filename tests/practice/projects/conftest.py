"""Projects laid out once a session, as they are given and as somebody has finished them."""

import json
import re
import shutil
from pathlib import Path

import pytest

from nlpcourse.practice.projects import starting
from nlpcourse.practice.projects.documents import CARD
from nlpcourse.practice.projects.running import run_python
from nlpcourse.practice.projects.tasks import PROJECTS

SOLUTIONS = Path(__file__).with_name("solutions")
OWN = '''"""Tests of our own."""

from {package}.data import DATA, Row, read, write
from {package}.scoring import score


def test_what_is_written_is_read_again(tmp_path):
    write(tmp_path / "out.csv", {{"a": "b, c", "d": ""}})
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines()[1] == 'a,"b, c"'


def test_gold_scores_one():
    rows = read(DATA / "train.csv")[:50]
    said = [" ".join(i.split(":")[0] for i in sorted(row.gold.split(), key=lambda i: -int(i[-1])))
            if ":" in row.gold else row.gold for row in rows]
    assert score([row.gold for row in rows], said) in (0.0, 1.0)
'''
WORDS = (
    "We count words of the training rows and add their weights; the two settings were chosen "
    "among six on the validation rows, never on the test rows."
)


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory):
    """Return a function that gives the folder of a starter; nobody writes into it."""
    made: dict[str, Path] = {}

    def give(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("given") / name
            starting.lay_out(name, made[name])
        return made[name]

    return give


@pytest.fixture(scope="session")
def finished(laid_out, tmp_path_factory):
    """Return a function that gives the folder of a finished project; nobody writes into it."""
    made: dict[str, Path] = {}

    def give(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("finished") / name
            shutil.copytree(laid_out(name), made[name])
            finish(name, made[name])
        return made[name]

    return give


def finish(name: str, place: Path) -> None:
    """Do what somebody does who finishes a project."""
    package = PROJECTS[name].package
    shutil.copy(SOLUTIONS / f"{name}.txt", place / "src" / package / "model.py")
    (place / "tests" / "test_own.py").write_text(
        OWN.format(package=package), "utf-8"
    )
    (place / "LICENSE").write_text(starting.MIT.format(year=2026, author="Ann Bo"))
    done = run_python(["-m", package, "report", "--test"], place, 120)
    assert done.status == 0, done.output
    told = json.loads((place / "results.json").read_text("utf-8"))["test"]
    text = (place / "README.md").read_text("utf-8")
    result = "It reaches {score:.3f} on the test rows, between {low:.3f} and {high:.3f}. "
    text = text.replace(
        "TODO: the score", result.format(**told) + WORDS + " the score"
    )
    text = re.sub(r"TODO: .*", WORDS, text)
    (place / "README.md").write_text(text, "utf-8")
    answers = "".join(f"## {part}\n\n{WORDS}\n\n" for part in CARD)
    (place / "MODEL_CARD.md").write_text(f"# Model card\n\n{answers}", "utf-8")
    notebook = json.loads((place / "notebook.ipynb").read_text("utf-8"))
    for k, source in enumerate(
        (f"from {package}.model import Model", "print(Model.__name__)")
    ):
        cell = {
            "cell_type": "code",
            "id": f"own-{k}",
            "metadata": {},
            "source": source,
        }
        notebook["cells"].append({**cell, "execution_count": None, "outputs": []})
    (place / "notebook.ipynb").write_text(json.dumps(notebook), "utf-8")
