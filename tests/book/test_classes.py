"""What the instructor's page says of a graded class is what the record holds."""

from __future__ import annotations

import importlib
import json
import re
import sys
from typing import Any

from nlpcourse.course.paths import data_dir, require_repository

sys.path.insert(0, str(require_repository("Testing the book") / "book" / "_ext"))
classes: Any = importlib.import_module("classes")


def test_the_table_holds_every_kind_and_its_numbers() -> None:
    record = json.loads((data_dir() / "grading.json").read_text("utf-8"))["class"]
    html = classes.class_html(record)
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", html)
    assert len(rows) == len(record["kinds"])
    counts = [int(re.findall(r"<td>([\d,]+)</td>", row)[0]) for _, row in rows]
    assert sum(counts) == record["submissions"]
    assert "None was lost" in html


def test_what_went_wrong_is_said() -> None:
    kind = {
        "kind": "a <b>",
        "submissions": 2000,
        "as constructed": 1,
        "points given": 3,
        "needs attention": 2,
    }
    record = {
        "submissions": 2000,
        "seconds": 61,
        "jobs": 2,
        "a_minute": 5.4,
        "memory_mb": 1500,
        "lost": 3,
        "as_constructed": 1,
        "kinds": [kind],
    }
    html = classes.class_html(record)
    assert "3 were lost" in html
    assert "a &lt;b&gt;" in html
    assert "<td>2,000</td><td>1</td><td>3</td><td>2</td>" in html


def test_the_comparison_says_both_speeds() -> None:
    record = {
        "submissions": 100,
        "chapter": "02",
        "a_minute": 60.2,
        "nbgrader_a_minute": 9.8,
        "times": 6.1,
        "same_marks": 100,
    }
    html = classes.beside_html(record)
    assert "60 a minute here and 10 by" in html


def test_the_attacks_are_counted_by_kind() -> None:
    outcomes = [
        ("fraud", "succeeded", "held"),
        ("fraud", "held", "held"),
        ("force", "succeeded", "not held"),
        ("escapes", "held by the box", "held"),
    ]
    record = {
        "versions": {"nbgrader": "9.9"},
        "box": {"memory_mb": 2500, "disk_mb": 160, "processes": 128},
        "attacks": [
            dict(zip(("kind", "nbgrader", "nlpcourse"), row, strict=True))
            for row in outcomes
        ],
    }
    html = classes.attacks_html(record)
    assert "4 attacks were tried" in html
    assert "held 3 of them" in html
    assert "(version 9.9) 2 succeeded" in html
    assert "held 1 of the attacks" in html
    assert "2,500 MB of memory" in html
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", html)
    counts = {head: re.findall(r"<td>(\d+)</td>", row) for head, row in rows}
    assert counts[classes.KINDS["fraud"]] == ["2", "1", "2"]
    assert counts[classes.KINDS["force"]] == ["1", "1", "0"]
    assert counts[classes.KINDS["escapes"]] == ["1", "0", "1"]


def test_half_right_work_is_added_up() -> None:
    record = {
        "01": {"submissions": 2, "same_marks": 2},
        "02": {"submissions": 2, "same_marks": 1},
    }
    html = classes.halves_html(record)
    assert "each of 2 chapters" in html
    assert "3 of 4 have the same marks" in html
