"""What grading a class took, and which attacks it held, from the runs' own records.

``{graded-class}`` quotes ``data/grading.json``, which ``benchmarks/grading.py`` writes, and
``{tried-attacks}`` quotes ``data/grading-attacks.json``, which ``benchmarks/attacks.py`` writes, so
that no figure on the instructor's page is typed.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from nlpcourse.course.paths import data_dir

COLUMNS = ("submissions", "as constructed", "points given", "needs attention")


def class_html(found: Mapping[str, Any]) -> str:
    """Return sentence and table of a graded class.

    Args:
        found: ``class`` of the record.
    """
    minutes = found["seconds"] / 60
    text = (
        f"{found['submissions']:,} made-up submissions by as many students were graded in "
        f"{minutes:.0f} minutes with {found['jobs']} processes, {found['a_minute']:.0f} a "
        f"minute, in at most {found['memory_mb']:,} MB of memory. {_lost(found['lost'])}, and "
        f"{found['as_constructed']:,} have the marks that they were made for."
    )
    rows = [
        _row(row["kind"], [row[name] for name in COLUMNS]) for row in found["kinds"]
    ]
    heads = (
        "kind",
        "submissions",
        "marks as made",
        "points given",
        "need attention",
    )
    return f"<p>{text}</p>{_table(heads, rows)}"


def beside_html(found: Mapping[str, Any]) -> str:
    """Return a sentence on the same submissions under nbgrader.

    Args:
        found: ``nbgrader`` of the record.
    """
    return (
        f"<p>The same {found['submissions']} honest submissions to chapter {found['chapter']}, "
        f"side by side: {found['a_minute']:.0f} a minute here and "
        f"{found['nbgrader_a_minute']:.0f} by <code>nbgrader autograde</code>, which is "
        f"{found['times']:.0f} times as many, with the same marks for {found['same_marks']}.</p>"
    )


def halves_html(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a sentence on half right submissions under nbgrader.

    Args:
        found: ``halves`` of the record, by chapter.
    """
    count = sum(row["submissions"] for row in found.values())
    same = sum(row["same_marks"] for row in found.values())
    return (
        f"<p>Two half right submissions to each of {len(found)} chapters, so made that every "
        "exercise is solved in one and left in the other, were marked by both: "
        f"{same} of {count} have the same marks.</p>"
    )


KINDS = {
    "fraud": "points without the work",
    "escapes": "doors out of the program",
    "force": "programs that end, hang or fill the machine",
    "others": "harm to others, and gain from them",
    "tampered": "changed check cells",
}
"""What the kinds of attacks are called."""


def attacks_html(record: Mapping[str, Any]) -> str:
    """Return sentences and table of the attacks that were tried.

    Args:
        record: as ``benchmarks/attacks.py`` writes it.
    """
    rows = record["attacks"]
    boxed = sum(row["nbgrader"] == "held by the box" for row in rows)
    box = record["box"]
    text = (
        f"{len(rows)} attacks were tried, each beside an honest answer. "
        f"<code>nlpcourse grade</code> held {_held(rows)} of them; under "
        f"<code>nbgrader autograde</code> (version {record['versions']['nbgrader']}) "
        f"{_through(rows)} succeeded."
    )
    table = [
        _row(KINDS[kind], [len(some), _through(some), _held(some)])
        for kind in KINDS
        if (some := [row for row in rows if row["kind"] == kind])
    ]
    heads = ("kind", "tried", "nbgrader let through", "nlpcourse held")
    around = (
        "nbgrader ran in a box that stands for an instructor's machine: one user owns the course, "
        "the grade book and all submissions, and there is a network. Three things are the box's "
        "own. Its first process belongs to that user, as in a container. Nothing of the system "
        f"can be written and nobody gains rights, which is what held {boxed} of the attacks. And "
        f"it ends with {box['memory_mb']:,} MB of memory, {box['disk_mb']:,} MB of disk or "
        f"{box['processes']:,} processes, where another machine ends later."
    )
    return f"<p>{text}</p>{_table(heads, table)}<p>{around}</p>"


def _through(rows: Sequence[Mapping[str, Any]]) -> int:
    return sum(row["nbgrader"] == "succeeded" for row in rows)


def _held(rows: Sequence[Mapping[str, Any]]) -> int:
    return sum(row["nlpcourse"] == "held" for row in rows)


def _lost(count: int) -> str:
    return "None was lost" if not count else f"{count} were lost"


def _row(kind: str, numbers: Sequence[int]) -> str:
    cells = "".join(f"<td>{number:,}</td>" for number in numbers)
    return f'<tr><th scope="row">{html.escape(kind)}</th>{cells}</tr>'


def _table(heads: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return (
        f'<table class="docutils data"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


class GradedClass(SphinxDirective):
    """Write what the record says."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the sentences and the table."""
        path = data_dir() / "grading.json"
        self.env.note_dependency(str(path))
        record = json.loads(path.read_text("utf-8"))
        text = class_html(record["class"])
        if "nbgrader" in record:
            text += beside_html(record["nbgrader"])
        if "halves" in record:
            text += halves_html(record["halves"])
        return [nodes.raw("", text, format="html")]


class TriedAttacks(SphinxDirective):
    """Write what the record of the attacks says."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the sentences and the table."""
        path = data_dir() / "grading-attacks.json"
        self.env.note_dependency(str(path))
        record = json.loads(path.read_text("utf-8"))
        return [nodes.raw("", attacks_html(record), format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("graded-class", GradedClass)
    app.add_directive("tried-attacks", TriedAttacks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
