"""What a run needs of a release: keys that fit, exercises as handed out, names of results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import synthetic_class as synthetic
from nlpcourse.grading import prepare
from nlpcourse.grading import release as releases
from nlpcourse.grading.judge import Student, Task, mark
from nlpcourse.grading.prepare import Prepared
from nlpcourse.grading.release import Person, ReleaseFolder, Variant, digest_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("release")
    synthetic.write_release(made, [synthetic.Material("11")], synthetic.people(2))
    return made


@pytest.fixture(scope="module")
def contents(folder: Path) -> ReleaseFolder:
    return releases.read(folder)


@pytest.fixture(scope="module")
def prepared(folder: Path, contents: ReleaseFolder) -> Prepared:
    return prepare.prepare(folder, contents)["11"]


def test_a_chapter_is_prepared(prepared: Prepared) -> None:
    assert prepared.release.possible == prepared.handed.possible == 9
    assert prepared.titles["11.1"] == "What is in the spam folder?"
    assert set(prepared.titles) == {t.exercise for t in prepared.release.tasks}
    assert any("def " in source for source in prepared.solutions)


def test_other_exercises_than_those_handed_out_are_refused(
    folder: Path, contents: ReleaseFolder
) -> None:
    (handed,) = contents.chapters
    fewer = replace(handed, points=handed.points[:-1])
    with pytest.raises(ValueError, match="not what was handed out"):
        prepare.prepare(folder, replace(contents, chapters=(fewer,)))


def test_a_result_is_named_by_all_that_decides_it(prepared: Prepared) -> None:
    release = prepared.release
    name = prepare.job_key(prepared, "a" * 64, release)
    assert name == prepare.job_key(prepared, "a" * 64, release)
    drawn = {**release.parameters, "11.1": {"spam_share": 0.3}}
    others = [
        prepare.job_key(prepared, "b" * 64, release),
        prepare.job_key(prepared, "a" * 64, replace(release, parameters=drawn)),
        prepare.job_key(replace(prepared, digest="c" * 64), "a" * 64, release),
    ]
    assert len({name, *others}) == 4


def test_without_a_key_everybody_has_the_public_draws(
    prepared: Prepared, contents: ReleaseFolder
) -> None:
    person = Person("a", "A")
    found = prepare.drawn_for(prepared, person, contents, None)
    assert found is prepared.release


def test_a_key_fits_its_release(contents: ReleaseFolder, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"a key of the grader's own\n")
    digest = digest_of(b"a key of the grader's own")
    with_key = replace(contents, variant=Variant(True, digest))
    assert prepare.read_key(None, contents) is None
    assert prepare.read_key(path, with_key) == b"a key of the grader's own"
    with pytest.raises(ValueError, match="--variant-key"):
        prepare.read_key(None, with_key)
    with pytest.raises(ValueError, match="without a key"):
        prepare.read_key(path, contents)
    path.write_bytes(b"another")
    with pytest.raises(ValueError, match="is not the key"):
        prepare.read_key(path, with_key)


class Fake(Student):
    """A student's side that says what it is told to."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def answer(self, name: str) -> Any:
        return self.value


@pytest.mark.parametrize(
    "hidden",
    [
        'assert False, "the secret case"',
        'raise ValueError("the secret case")',
        'folder["the secret case"]',
    ],
)
def test_no_hidden_test_is_told(hidden: str, prepared: Prepared) -> None:
    (task, *_) = prepared.release.tasks
    p = prepared.release.parameters["11.1"]
    spam, ham = (
        p["spam_share"] * p["caught"],
        (1 - p["spam_share"]) * p["blocked"],
    )
    found = mark(
        Task(task.exercise, 1, f'check("11.1", folder) if 0 else 0\n{hidden}'),
        Fake(spam / (spam + ham)),
    )
    assert found.points == 0
    assert "secret" not in found.message
    assert "further case" in found.message
