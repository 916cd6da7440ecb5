"""What is made from marks: tables, feedback, report, grade book; strangers' words stay words."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from made_up_marks import EVIL, GOT, HANDED, PEOPLE, a_class
from nlpcourse.grading import export, feedback, gradebook, manual, pages, report
from nlpcourse.grading.items import items, point_biserial
from nlpcourse.grading.run import Graded
from nlpcourse.grading.tables import safe


@pytest.fixture
def graded(tmp_path: Path) -> Graded:
    return a_class(tmp_path)


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def as_dicts(rows: list[Sequence[str]]) -> list[dict[str, str]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_marks_hold_everybody_and_every_file(graded: Graded) -> None:
    rows = as_dicts(export.marks(graded))
    by = {row["student"]: row for row in rows}
    assert [by[p.id]["points"] for p in PEOPLE] == ["5", "2", "1", "0", ""]
    assert by["a1"]["11.2"] == "1"
    assert by["d4"]["late"] == "late"
    assert by["d4"]["others"] == "old.ipynb"
    assert by["d4"]["needs attention"] == "the file is empty"
    assert by["e5"]["needs attention"] == "nothing was handed in"
    assert by[""]["file"] == "lost/x.ipynb"
    assert "leads out" in by[""]["needs attention"]


def test_no_cell_is_a_formula(graded: Graded, tmp_path: Path) -> None:
    export.write_all(tmp_path, graded)
    for name in ("marks.csv", "files.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [c for c in cells if c.startswith(("=", "@", "+"))]


@given(st.text(max_size=30))
def test_a_safe_text_is_one_line_and_no_formula(text: str) -> None:
    found = safe(text)
    assert not found.startswith(("=", "+", "-", "@"))
    assert "\n" not in found
    found.encode("utf-8")


def test_files_say_what_became_of_each(graded: Graded) -> None:
    rows = {
        row["file"]: row["what became of it"]
        for row in as_dicts(export.files(graded))
    }
    assert rows["a1/=1+1.ipynb"] == "graded"
    assert rows["old.ipynb"] == "an attempt that does not count"
    assert rows["e5/report.pdf"] == "no notebook"
    assert rows["lost/x.ipynb"].startswith("needs attention")


def test_canvas_finds_what_its_importer_looks_for(graded: Graded) -> None:
    header, possible, *rows = export.canvas(graded)
    assert tuple(header[:5]) == (
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
    )
    assert possible[0].strip() == "Points Possible"
    assert possible[5] == "5"
    assert rows[0][:4] == ("Ana Ünal", "900", "u1", "")
    assert rows[1][2] == "b2"
    assert [row[5] for row in rows] == ["5", "2", "1", "", ""]  # no silent 0
    assert len({len(row) for row in (header, possible, *rows)}) == 1


def test_moodle_gets_a_grade_with_its_feedback(graded: Graded) -> None:
    rows = as_dicts(export.moodle(graded, HANDED))
    assert [row["ID number"] for row in rows] == ["a1", "b2", "c3"]
    name = export.title(HANDED)
    assert [row[name] for row in rows] == ["5", "2", "1"]
    assert "11.1: 2 of 2. A fact." in rows[0][f"{name} (feedback)"]


def test_feedback_is_one_page_a_student_and_holds_no_script(
    graded: Graded, tmp_path: Path
) -> None:
    paths = feedback.write_all(tmp_path / "feedback", graded)
    assert len(paths) == len({p.name.lower() for p in paths}) == len(GOT)
    for path, person in zip(paths, PEOPLE, strict=False):
        text = path.read_text("utf-8")
        page = Page(text)
        assert "script" not in page.tags
        assert "default-src 'none'" in text
        assert "Two & more" in page.text
        others = [p for p in PEOPLE if p not in (person, PEOPLE[1])]
        assert not [p for p in others if p.name in page.text]
    assert EVIL in Page(paths[1].read_text("utf-8")).text
    assert "5 of 5 points" in Page(paths[0].read_text("utf-8")).text


@given(st.text(max_size=40))
def test_any_text_stays_text(text: str) -> None:
    found = Page(pages.page(text, pages.table([text], [[text]])))
    assert set(found.tags) <= {
        *("html", "head", "meta", "title", "style", "body", "h1"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }


@given(st.lists(st.text(min_size=1, max_size=20), unique=True, max_size=20))
def test_no_two_students_share_a_file(students: list[str]) -> None:
    names = [feedback.file_name(student) for student in students]
    assert len({name.lower() for name in names}) == len(students)
    assert not [n for n in names if "/" in n or n.startswith(".") or not n]


def test_the_report_says_where_students_fail(
    graded: Graded, tmp_path: Path
) -> None:
    report.write(tmp_path / "report.html", graded)
    text = (tmp_path / "report.html").read_text("utf-8")
    page = Page(text)
    assert "script" not in page.tags
    assert page.tags.count("svg") == 2
    for said in (
        "50%",
        "25%",
        "nothing was handed in",
        "place to look",
        "confined: all",
    ):
        assert said in page.text
    assert "submissions that solve each exercise: 11.1: 50%" in text
    assert len(text) < 200_000


# ------------------------------------------------------------------------------ items


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=40)
)
def test_discrimination_is_scipys(pairs: list[tuple[bool, int]]) -> None:
    solved, scores = [p for p, _ in pairs], [s for _, s in pairs]
    found = point_biserial(solved, scores)
    if len(set(solved)) < 2 or len(set(scores)) < 2:
        assert found is None
        return
    wanted = scipy.stats.pointbiserialr(solved, scores).statistic
    assert math.isclose(found or 0.0, wanted, abs_tol=1e-9)


@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), max_size=20))
def test_items_are_shares_and_leave_themselves_out(points: list[list[int]]) -> None:
    most = {"11.1": 2, "11.2": 2, "11.3": 2}
    for place, item in enumerate(items(points, most)):
        assert 0 <= item.solved <= 1
        assert item.students == len(points)
        solved = [row[place] == 2 for row in points]
        rest = [sum(row) - row[place] for row in points]
        assert item.discrimination == point_biserial(solved, rest)


def test_edges_of_items() -> None:
    assert items([], {"11.1": 2})[0].discrimination is None
    with pytest.raises(ValueError, match="do not fit"):
        point_biserial([True], [])
    with pytest.raises(ValueError, match="no number"):
        point_biserial([True, False], [math.nan, 1])


# ------------------------------------------------------------------------- marks by hand


def test_open_work_is_marked_by_hand_and_read_back(
    graded: Graded, tmp_path: Path
) -> None:
    form = tmp_path / "form.csv"
    assert manual.write_form(form, graded) == len(GOT)
    assert (
        manual.with_manual(graded.rows, manual.read_form(form, graded))
        == graded.rows
    )
    with form.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["exercise"] for row in rows} == {"11.3"}
    rows[1]["points"], rows[1]["comment"] = "1.5", "Well argued."
    rows[2]["points"] = ""
    with form.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, manual.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    marked = manual.with_manual(graded.rows, manual.read_form(form, graded))
    assert [row.points for row in marked] == [5, 3.5, 1, 0, None]
    assert marked[1].marks[2].message == "Well argued."
    again = replace(graded, rows=marked)
    assert as_dicts(export.marks(again))[1]["11.3"] == "1.5"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nobody,11.3,1", "nobody"),
        ("a1,12.1,1", "no exercise"),
        ("a1,11.3,3", "0 to 2"),
        ("a1,11.3,-1", "0 to 2"),
        ("a1,11.3,nan", "0 to 2"),
        ("a1,11.3,many", "no number"),
        ("a1,11.3,1\na1,11.3,2", "twice"),
    ],
)
def test_a_wrong_line_is_named(
    line: str, why: str, graded: Graded, tmp_path: Path
) -> None:
    form = tmp_path / "form.csv"
    form.write_text(f"student,exercise,points\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=why):
        manual.read_form(form, graded)
    form.write_text("student,exercise\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column points"):
        manual.read_form(form, graded)


# --------------------------------------------------------------------------- nbgrader


@pytest.mark.skipif(
    not gradebook.there_is_one(), reason="nbgrader is not installed"
)
def test_nbgraders_book_has_the_same_marks(graded: Graded, tmp_path: Path) -> None:
    from nbgrader.api import Gradebook

    path = tmp_path / "gradebook.db"
    gradebook.write(path, graded)
    gradebook.write(path, graded)  # a second time changes nothing
    book = Gradebook(f"sqlite:///{path}")
    try:
        (assignment,) = book.assignments
        assert assignment.max_score == HANDED.possible
        found = {
            s.student.id: s.score for s in book.assignment_submissions(HANDED.stem)
        }
        cell = book.find_grade("check-11-1", HANDED.stem, HANDED.stem, "a1")
        assert cell.auto_score == 2
        assert len(book.students) == len(PEOPLE)
    finally:
        book.close()
    assert found == {student: sum(points) for student, points in GOT.items()}
