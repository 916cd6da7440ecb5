"""A release's file: what goes in comes out, and damage is one clear error."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nlpcourse.course.files import DamagedFile
from nlpcourse.grading import release as release_module
from nlpcourse.grading.release import (
    Handed,
    Person,
    ReleaseFolder,
    Variant,
    Worth,
    digest_of,
    read,
    read_roster,
    write,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    student = tmp_path / "student" / "11_naive_bayes.ipynb"
    student.parent.mkdir()
    student.write_bytes(b"{}")
    handed = Handed(
        "11",
        "11_naive_bayes",
        (Worth("11.1", 2), Worth("11.2", 1)),
        "student/11_naive_bayes.ipynb",
        digest_of(b"{}"),
    )
    made = datetime(2026, 9, 1, 12, tzinfo=UTC)
    due = datetime(2026, 9, 8, 23, 59, tzinfo=UTC)
    roster = (Person("a1", "Ana Ünal", "a@b.c"), Person("b2", "Bo"))
    write(
        tmp_path, ReleaseFolder(made, (handed,), due, roster, Variant(True, "ab"))
    )
    return tmp_path


def test_what_goes_in_comes_out(folder: Path) -> None:
    found = read(folder)
    assert found.due == datetime(2026, 9, 8, 23, 59, tzinfo=UTC)
    assert found.chapter("11").possible == 3
    assert found.roster[0].name == "Ana Ünal"
    assert found.variant == Variant(True, "ab")
    write(folder, found)
    assert read(folder) == found
    assert [p.name for p in folder.iterdir()].count("release.partial") == 0


def test_another_chapter_is_named_with_those_that_there_are(folder: Path) -> None:
    with pytest.raises(KeyError, match="no chapter 12; it has 11"):
        read(folder).chapter("12")


def test_a_folder_without_the_file_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="is no release"):
        read(tmp_path)


DAMAGE: dict[str, Any] = {
    "another format": lambda d: d.update(format=2),
    "no chapters": lambda d: d.update(chapters=[]),
    "chapters of another kind": lambda d: d.update(chapters=7),
    "a chapter twice": lambda d: d.update(chapters=d["chapters"] * 2),
    "a path that escapes": lambda d: d["chapters"][0].update(student="../x.ipynb"),
    "an absolute path": lambda d: d["chapters"][0].update(student="/etc/passwd"),
    "a notebook that is gone": lambda d: d["chapters"][0].update(student="x.ipynb"),
    "another digest": lambda d: d["chapters"][0].update(digest="0" * 64),
    "no digest": lambda d: d["chapters"][0].pop("digest"),
    "points below nothing": lambda d: d["chapters"][0]["points"][0].update(
        points=-1
    ),
    "an exercise twice": lambda d: d["chapters"][0]["points"].append(
        d["chapters"][0]["points"][0]
    ),
    "no time": lambda d: d.update(made="tomorrow"),
    "a due date of another kind": lambda d: d.update(due=3),
    "a student twice": lambda d: d.update(roster=d["roster"] * 2),
    "a student without an id": lambda d: d["roster"][0].pop("id"),
    "a variant without its key": lambda d: d.update(variant={"salted": True}),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_one_clear_error(damage: str, folder: Path) -> None:
    path = folder / release_module.FILE
    found = json.loads(path.read_text("utf-8"))
    DAMAGE[damage](found)
    path.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(DamagedFile, match="make the release again"):
        read(folder)


def test_a_notebook_that_was_changed_is_named(folder: Path) -> None:
    (folder / "student" / "11_naive_bayes.ipynb").write_bytes(b"{ }")
    with pytest.raises(DamagedFile, match="11_naive_bayes"):
        read(folder)


ROSTERS = {
    "comma": "id,name,email\na1,Ana Ünal,a@b.c\n",
    "other order, semicolon, byte-order mark": "\ufeffEmail;ID;Name\na@b.c;a1;Ana Ünal\n",
    "first and last name": "ID\tFirst name\tLast name\tEmail\na1\tAna\tÜnal\ta@b.c\n\n",
}


@pytest.mark.parametrize("form", ROSTERS)
def test_a_roster_is_read_in_several_forms(form: str, tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(ROSTERS[form], encoding="utf-8")
    assert read_roster(path) == (Person("a1", "Ana Ünal", "a@b.c"),)


EXPORTS = {
    "Canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,11\n"
        "    Points Possible,,,,,9\n"
        '"Ünal, Ana",340934,u1,aunal,A,\n',
        Person(
            "340934",
            "Ünal, Ana",
            "",
            {"sis login id": "aunal", "sis user id": "u1", "canvas id": "340934"},
        ),
    ),
    "Moodle": (
        "First name,Surname,ID number,Email address\nAna,Ünal,77,a@b.c\n",
        Person("77", "Ana Ünal", "a@b.c", {"id number": "77"}),
    ),
    "Blackboard": (
        "Last Name\tFirst Name\tUsername\tStudent ID\nÜnal\tAna\taunal\t77\n",
        Person("aunal", "Ana Ünal", "", {"username": "aunal", "student id": "77"}),
    ),
    "Brightspace": (
        "OrgDefinedId,Username,Last Name,First Name,Email\n#77,#aunal,Ünal,Ana,a@b.c\n",
        Person(
            "aunal",
            "Ana Ünal",
            "a@b.c",
            {"username": "aunal", "orgdefinedid": "77"},
        ),
    ),
}


@pytest.mark.parametrize("platform", EXPORTS)
def test_what_a_platform_exports_is_a_roster(platform: str, tmp_path: Path) -> None:
    text, person = EXPORTS[platform]
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    assert read_roster(path) == (person,)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("id,name\n,Ana\n", "line 2"),
        ("id,name\na,Ana\na,Bo\n", "twice"),
        ("name\nAna\n", "no id"),
    ],
)
def test_a_roster_that_is_none_is_refused(
    text: str, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=why):
        read_roster(path)
