"""Collecting: every platform's names, every odd file; each ends where a person finds it."""

from __future__ import annotations

import io
import json
import stat
import unicodedata
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlpcourse.grading import archives, names
from nlpcourse.grading.collect import UNKNOWN, Collection, collect, number_of
from nlpcourse.grading.names import Roster, forms, parse, simple
from nlpcourse.grading.release import Handed, Person, ReleaseFolder

PEOPLE = (
    Person("alopez", "Ana María López", "alopez@uni.example"),
    Person("jo.van-der-berg", "Jo van der Berg"),
    Person("s3", "Zoë Ångström"),
    Person("s4", "王 小明"),
    Person("s5", "Mary-Jane O'Connor"),
    Person("340940", "Max Meier", "", {"sis user id": "u77"}),
    Person("s7", "Kim Lee"),
    Person("s8", "Kim Lee"),
)
CHAPTERS = (
    Handed("02", "02_tokenization", (), "student/02.ipynb", "0" * 64),
    Handed("11", "11_naive_bayes", (), "student/11.ipynb", "0" * 64),
)
DUE = datetime(2026, 10, 5, 21, 0).astimezone()
RELEASE = ReleaseFolder(DUE, CHAPTERS, DUE, PEOPLE)


def notebook(number: str = "11", text: str = "") -> bytes:
    mark = {"nbgrader": {"grade_id": f"exercise-{number}-1"}}
    cell = {"cell_type": "code", "metadata": mark, "source": text}
    return json.dumps({"cells": [cell]}).encode()


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def gather(
    tmp_path: Path, files: dict[str, bytes], release: ReleaseFolder = RELEASE
) -> Collection:
    folder = tmp_path / "submitted"
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return collect(folder, release, tmp_path / "store")


def who(found: Collection) -> dict[str, str]:
    return {s.person.id: s.chapter.number for s in found.submissions}


# Each name and whose it is.
NAMES = {
    "Canvas": {
        "lopezanamara_340934_208490284_11_naive_bayes.ipynb": "",  # a letter is gone
        "lópezanamaría_340934_208490284_11_naive_bayes.ipynb": "alopez",
        "vanderbergjo_LATE_340935_208490285_11_naive_bayes-2.ipynb": "jo.van-der-berg",
        "ångströmzoë_340936_208490286_my work (1).ipynb": "s3",
        "王小明_340937_208490287_11_naive_bayes.ipynb": "s4",
        "oconnormaryjane_340938_208490288_11_naive_bayes.ipynb": "s5",
        "meiermax_340940_208490289_11.ipynb": "340940",
        "leekim_340941_208490290_11.ipynb": "",  # there are two
        "anon_AbC12_208490291_11.ipynb": "",
    },
    "Moodle, folders": {
        "Ana María López_54321_assignsubmission_file_/11_naive_bayes.ipynb": "alopez",
        "Jo van der Berg_54322_assignsubmission_file/a b/11_naive_bayes.ipynb": "jo.van-der-berg",
        "Team 4-Mary-Jane O'Connor_54323_assignsubmission_file_/x.ipynb": "s5",
        "Participant_77_assignsubmission_file_/11.ipynb": "",
    },
    "Moodle, one folder": {
        "Zoë Ångström_54324_assignsubmission_file_11_naive_bayes.ipynb": "s3",
    },
    "Blackboard": {
        "Chapter 11_alopez_attempt_2026-10-05-20-07-33_11_naive_bayes.ipynb": "alopez",
        "HW_11_jo.van-der-berg_attempt_2026-10-05-20-07-33_work.ipynb": "jo.van-der-berg",
        "Chapter 11_nobody_attempt_2026-10-05-20-07-33_work.ipynb": "",
    },
    "Brightspace": {
        "152711-351765 - Ana María López - Oct 5, 2026 907 PM/11_naive_bayes.ipynb": "alopez",
        "152712-351765 - Mary-Jane O'Connor - October 5, 2026 1224 PM - work.ipynb": "s5",
        "1-2 - Zoë Ångström - Sept 1, 2026 1 AM/11.ipynb": "s3",
    },
    "nbgrader": {
        "alopez/11_naive_bayes/11_naive_bayes.ipynb": "alopez",
        "jo.van-der-berg/11_naive_bayes/11_naive_bayes.ipynb": "jo.van-der-berg",
    },
    "by hand": {
        "alopez-11_naive_bayes.ipynb": "alopez",
        "jo.van-der-berg 11_naive_bayes (1).ipynb": "jo.van-der-berg",
        "group a/Zoë Ångström/11_naive_bayes.ipynb": "s3",
        "s4.ipynb": "s4",
        "u77/final.ipynb": "340940",
    },
}


@pytest.mark.parametrize("platform", NAMES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_of_platforms_lead_to_their_students(
    platform: str, form: str, tmp_path: Path
) -> None:
    files = NAMES[platform]
    if form == "NFD":  # what a Mac makes of a name
        files = {unicodedata.normalize("NFD", k): v for k, v in files.items()}
    found = gather(tmp_path, {name: notebook(text=name) for name in files}, RELEASE)
    got = {s.path: s.person.id for s in found.submissions}
    for name, person in files.items():
        assert got[name] == person or (
            not person and got[name].startswith(UNKNOWN)
        ), name
    assert not found.trouble


def test_a_zip_is_read_like_the_folder_in_it(tmp_path: Path) -> None:
    for platform, files in NAMES.items():
        whole = packed({name: notebook(text=name) for name in files})
        one = gather(tmp_path / platform, {"submissions.zip": whole})
        wanted = sorted(p for p in files.values() if p)
        got = [s.person.id for s in one.submissions]
        assert sorted(p for p in got if not p.startswith(UNKNOWN)) == wanted, (
            platform
        )


def test_students_may_hand_in_archives(tmp_path: Path) -> None:
    inner = packed({"work/11_naive_bayes.ipynb": notebook()})
    files = {
        "lópezanamaría_340934_208490284_work.zip": inner,
        "s3.zip": inner,
        "Jo van der Berg_54322_assignsubmission_file_/all.zip": inner,
    }
    assert set(who(gather(tmp_path, files))) == {"alopez", "s3", "jo.van-der-berg"}


def test_the_latest_attempt_counts_and_the_others_are_named(tmp_path: Path) -> None:
    early = "Chapter 11_alopez_attempt_2026-10-04-20-07-33_11.ipynb"
    late = "Chapter 11_alopez_attempt_2026-10-06-01-00-00_11.ipynb"
    files = {
        early: notebook(text="1"),
        late: notebook(text="2"),
        "ångströmzoë_340936_99_11.ipynb": notebook(text="3"),
        "ångströmzoë_LATE_340936_100_11-1.ipynb": notebook(text="4"),
        "s4/11_naive_bayes (2).ipynb": notebook(text="5"),
        "s4/11_naive_bayes (10).ipynb": notebook(text="6"),
    }
    found = {s.person.id: s for s in gather(tmp_path, files).submissions}
    assert (found["alopez"].path, found["alopez"].others) == (late, (early,))
    assert found["alopez"].late
    assert found["s3"].path.endswith("100_11-1.ipynb")
    assert found["s3"].late
    assert found["s4"].path.endswith("(10).ipynb")
    assert not found["s4"].late
    assert len(found) == 3


def test_attempts_that_cannot_be_told_apart_are_said(tmp_path: Path) -> None:
    files = {
        "s4/a/11.ipynb": notebook(text="1"),
        "s4/b/11.ipynb": notebook(text="2"),
    }
    (one,) = gather(tmp_path, files).submissions
    assert any("cannot be told" in note for note in one.notes)
    assert len(one.others) == 1


def test_nbgraders_time_says_whether_it_is_late(tmp_path: Path) -> None:
    after = (DUE.astimezone(UTC) + timedelta(hours=1)).strftime(
        "%Y-%m-%d %H:%M:%S.5 UTC"
    )
    files = {
        "s3/11_naive_bayes/11_naive_bayes.ipynb": notebook(),
        "s3/11_naive_bayes/timestamp.txt": after.encode(),
    }
    (one,) = gather(tmp_path, files).submissions
    assert one.late
    assert one.time is not None


def test_the_chapter_comes_from_what_is_in_it(tmp_path: Path) -> None:
    files = {
        "s3/final version.ipynb": notebook("02"),
        "s4/11_naive_bayes.ipynb": b"{ damaged",
        "s5/11_naive_bayes.ipynb.txt": notebook("11"),
        "s7/homework.ipynb": notebook("12"),
        "s8/homework.ipynb": b"{}",
        "alopez/02_tokenization.ipynb": notebook("02"),
        "alopez/11_naive_bayes.ipynb": notebook("11"),
    }
    found = gather(tmp_path, files)
    by = {(s.person.id, s.chapter.number): s for s in found.submissions}
    assert set(by) == {
        ("s3", "02"),
        ("s4", "11"),
        ("s5", "11"),
        ("alopez", "02"),
        ("alopez", "11"),
    }
    assert by["s3", "02"].notes == ("it was renamed: final version.ipynb",)
    assert not by["alopez", "11"].notes
    reasons = dict(found.trouble)
    assert "not released" in reasons["s7/homework.ipynb"]
    assert "no exercise" in reasons["s8/homework.ipynb"]
    assert (PEOPLE[0], CHAPTERS[0]) not in found.missing
    assert (PEOPLE[2], CHAPTERS[1]) in found.missing


def test_nothing_is_lost(tmp_path: Path) -> None:
    """Every file is a submission, another attempt, no notebook, or in trouble with a reason."""
    files = {name: notebook(text=name) for part in NAMES.values() for name in part}
    files |= {
        "s3/report.pdf": b"%PDF",
        "Chapter 11_s4_attempt_2026-10-05-20-07-33.txt": b"comment",
        "s5/11_naive_bayes/empty.ipynb": b"",
        "s5/broken.zip": b"PK nothing",
        "s5/huge.ipynb": b" " * (archives.LARGEST + 5),
    }
    found = gather(tmp_path, files)
    listed = [s.path for s in found.submissions]
    listed += [other for s in found.submissions for other in s.others]
    listed += [path for path, _ in found.trouble + found.aside]
    assert sorted(listed) == sorted(files)


def test_what_lies_in_no_folder_of_the_archive_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in (
            "../../s3/11.ipynb",
            "/etc/11.ipynb",
            "C:\\s3\\11.ipynb",
            "a/../../b.ipynb",
        ):
            archive.writestr(zipfile.ZipInfo(name), notebook())
        link = zipfile.ZipInfo("s3/link.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("s4/11_naive_bayes.ipynb", notebook())
    found = gather(tmp_path, {"all.zip": out.getvalue()})
    assert who(found) == {"s4": "11"}
    reasons = [reason for _, reason in found.trouble]
    assert sum("leads out" in reason for reason in reasons) == 4
    assert sum("symbolic link" in reason for reason in reasons) == 1
    assert not (tmp_path / "s3").exists()


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "submitted" / "s3"
    folder.mkdir(parents=True)
    (tmp_path / "secret.ipynb").write_bytes(notebook())
    (folder / "11_naive_bayes.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (folder / "all").symlink_to(tmp_path)
    found = collect(tmp_path / "submitted", RELEASE, tmp_path / "store")
    assert not found.submissions
    assert {path for path, _ in found.trouble} == {
        "s3/11_naive_bayes.ipynb",
        "s3/all",
    }


def test_a_bomb_costs_little(tmp_path: Path) -> None:
    inner = b"0"
    for _ in range(6):
        inner = packed({"again.zip": inner})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("s3/11_naive_bayes.ipynb", b" " * (archives.LARGEST * 3))
    found = gather(tmp_path, {"s4.zip": inner, "s3.zip": out.getvalue()})
    assert any("deep" in reason for _, reason in found.trouble)
    (huge,) = found.submissions
    assert huge.file is None
    assert "more than" in huge.notes[0]


def test_without_a_roster_everybody_is_who_they_say(tmp_path: Path) -> None:
    release = ReleaseFolder(DUE, CHAPTERS)
    files = {
        "lopezana_340934_1_11.ipynb": notebook(text="1"),
        "leekim_340941_2_11.ipynb": notebook(text="2"),
        "leekim_340942_3_11.ipynb": notebook(text="3"),
        "Ana López_54321_assignsubmission_file_/11.ipynb": notebook(text="4"),
        "HW_11_a_doe_attempt_2026-10-05-20-07-33_x.ipynb": notebook(text="5"),
        "HW_11_b_doe_attempt_2026-10-05-20-07-33_x.ipynb": notebook(text="6"),
        "group a/ana/11.ipynb": notebook(text="7"),
        "group a/bo/11.ipynb": notebook(text="8"),
    }
    found = gather(tmp_path, files, release)
    assert len(found.submissions) == len(files)
    assert not any(s.others for s in found.submissions)


def test_a_number_beside_another_students_name_decides_nothing() -> None:
    roster = Roster(PEOPLE)
    named = parse("ångströmzoë_340940_12_11.ipynb")
    assert roster.find(named) is None
    assert {p.id for p in roster.several(named)} == {"s3", "340940"}


def test_a_folder_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no folder"):
        collect(tmp_path / "nowhere", RELEASE, tmp_path / "store")


@example("\\")
@given(st.text(min_size=1, max_size=60).map(lambda t: t.replace("\0", "") or "a"))
def test_any_name_says_something(name: str) -> None:
    named = parse(f"{name}.ipynb")
    assert named.who
    assert named.key


@given(st.lists(st.text("abcé ", min_size=1, max_size=5), min_size=1, max_size=4))
def test_a_name_is_found_in_any_turn(parts: list[str]) -> None:
    words = " ".join(parts).split()
    for k in range(len(words)):
        turned = " ".join([*words[k:], *words[:k]])
        assert simple(turned) in forms(" ".join(words))


def test_the_number_of_a_chapter_is_found_in_several_ways() -> None:
    assert number_of(notebook("02")) == "02"
    plain = {"cells": [{"source": ['check("11.2", f)\n'], "metadata": {}}]}
    assert number_of(json.dumps(plain).encode()) == "11"
    for damaged in (b"", b"{", b"[]", b'{"cells": 3}', b'{"cells": [3]}', b"\xff"):
        assert number_of(damaged) == ""


@pytest.mark.parametrize(
    ("stem", "wanted"),
    [
        ("11_naive_bayes", ("11_naive_bayes", 0)),
        ("11_naive_bayes (3)", ("11_naive_bayes", 3)),
        ("11_naive_bayes-Copy2", ("11_naive_bayes", 2)),
        ("11_naive_bayes copy", ("11_naive_bayes", 1)),
    ],
)
def test_copies_are_told(stem: str, wanted: tuple[str, int]) -> None:
    assert names.copy_number(stem) == wanted
