"""The ``{graded-class}`` directive: what grading a class took, from the run's own record.

``benchmarks/grading.py`` writes ``data/grading.json``; the instructor's page quotes it here, so
that no figure on it is typed.
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
        return [nodes.raw("", text, format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("graded-class", GradedClass)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
