"""The course's own Sphinx extension: what turns chapters and data files into pages.

* A notebook is rendered as ``nlpcourse.notebooks.forms.book_page`` gives it: numbers filled in,
  starter shown, solution folded, quiz native.
* On prose pages the same roles (``{ledger}`…```) work, and ``{results-table}``,
  ``{glossary-list}`` and ``{link-list}`` are written from ``data/``.
"""

from __future__ import annotations

import html
import json
import re
import zlib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from nlpcourse.course import chapters, ledger, links, prose, published
from nlpcourse.course.files import read_json, read_toml
from nlpcourse.course.prose import glossary_files
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.forms import book_page

_BLOCK = re.compile(
    r"^```\{(results-table|glossary-list|link-list)\}[ \t]*\n(?:.*\n)*?```[ \t]*$",
    re.M,
)


def read_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Expand a page's source before it is parsed (the ``source-read`` event)."""
    path = Path(app.env.doc2path(docname))
    if path.suffix == ".ipynb" and path.parent.name == "pages":
        _depend_on_all(app, "results.toml")
        _depend_on_all(app, "published.toml")
        page = book_page(cells.read(path))
        source[0] = json.dumps(page, ensure_ascii=False)
        return
    if path.suffix == ".ipynb":
        chapter = chapters.get(path.stem)
        _depend(app, chapter.folder / "quiz.json")
        for needed in (chapter.number, *chapter.prerequisites):
            _depend(app, chapters.get(needed).folder / "results.toml")
            _depend(app, chapters.get(needed).folder / "published.toml")
        page = book_page(cells.read(path), chapter)
        source[0] = json.dumps(page, ensure_ascii=False)
        return
    if prose.quotes_ledger(source[0]) or "{results-table}" in source[0]:
        _depend_on_all(app, "results.toml")
        _depend_on_all(app, "published.toml")
    if "{glossary-list}" in source[0]:
        _depend_on_all(app, "glossary.toml")
    if "{link-list}" in source[0]:
        _depend(app, links.list_file())
    blocks = {**_BLOCKS, "link-list": lambda: links.listing(docname)}
    text = _BLOCK.sub(lambda m: blocks[m.group(1)](), source[0])
    source[0] = prose.expand(text, {}, lambda c: f"{{doc}}`/notebooks/{c.stem}`")


def _depend(app: Sphinx, path: Path) -> None:
    if path.is_file():
        app.env.note_dependency(str(path))


def _depend_on_all(app: Sphinx, name: str) -> None:
    for chapter in chapters.written():
        _depend(app, chapter.folder / name)


def _results() -> str:
    """Write one table a chapter: each record with its conditions, beside its anchor."""
    lines = []
    for chapter in chapters.written():
        entries = ledger.records(chapter.number)
        published = any(entry.anchor is not None for entry in entries)
        columns = ["result", "ours", *(["published"] if published else [])]
        lines += [
            f"## {chapter.number} · {chapter.title}",
            "",
            f"{{doc}}`Open the chapter </notebooks/{chapter.stem}>`. {_cost_line(chapter.number)}",
            "",
            "````{container} results",
            _row(columns),
            _row(["---"] * len(columns)),
            *(_row(_result_cells(entry)[: len(columns)]) for entry in entries),
            "````",
            "",
            *_quoted(chapter.number),
        ]
    return "\n".join(lines)


def _quoted(number: str) -> list[str]:
    """Return the lines of what a chapter quotes from others, of other data or sizes."""
    found = published.figures(number)
    if not found:
        return []
    lines = ["Figures of others that the chapter quotes, with what differs:", ""]
    for figure in found:
        source = f"{{cite:t}}`{figure.cite}`, {figure.where}"
        hand = "" if figure.seen == "source" else ", second-hand"
        lines.append(f"- **{figure.value}** {figure.what} ({source}{hand})")
    return [*lines, ""]


def _row(cells: list[str]) -> str:
    inside = " | ".join(
        " ".join(cell.split()).replace("|", "\\|") for cell in cells
    )
    return f"| {inside} |"


def _cost_line(number: str) -> str:
    cost = ledger.cost(number)
    return f"The whole notebook takes {cost.seconds:.0f} s and {cost.memory_mb:.0f} MB on one core."


def _result_cells(entry: ledger.Record) -> list[str]:
    """Return a record's name with its conditions, its value, and its anchor where it has one."""
    conditions = [entry.protocol]
    if entry.chosen_on == "published":
        conditions.append("settings as published")
    elif entry.chosen_on not in ("", "nothing"):
        conditions.append(f"settings chosen on {entry.chosen_on} data")
    conditions.append(f"checked {_tolerance(entry)}")
    told = "; ".join(part.rstrip(". ") for part in conditions if part)
    name = f"{entry.metric}{_note(f'{told}. `{entry.id}`')}"
    ours = entry.text()
    if entry.seeds:
        ours += _note(f"± {entry.spread_text()}, {len(entry.seeds)} seeds")
    if entry.anchor is None:
        return [name, ours, ""]
    source = entry.anchor_what
    if entry.anchor_cite:
        source += f" {{cite:p}}`{entry.anchor_cite}`"
    if entry.anchor_protocol:
        source += f"; {entry.anchor_protocol}"
    return [name, ours, entry.text(entry.anchor) + _note(source)]


def _tolerance(entry: ledger.Record) -> str:
    text = entry.tolerance_text()
    if "e+" in text:  # a large number is written out
        text = f"± {float(f'{entry.tolerance:.2g}'):,.0f}"
    return f"to {text}" if entry.tolerance else text


def _note(text: str) -> str:
    return f' <span class="result-note">{text}</span>' if text.strip() else ""


def _glossary() -> str:
    """Write all chapters' terms as one glossary, in alphabetical order.

    Raises:
        ValueError: two chapters define the same term.
    """
    terms: dict[str, dict[str, str]] = {}
    for path in glossary_files():
        for entry in read_toml(path).values():
            if entry["term"].lower() in terms:
                raise ValueError(
                    f"{path}: the term {entry['term']!r} is already defined"
                )
            terms[entry["term"].lower()] = entry
    lines = ["```{glossary}"]
    for _, entry in sorted(terms.items()):
        chapter = chapters.get(entry["chapter"])
        where = f"chapter {chapter.number}, planned"
        if chapter.written:
            title = f"{chapter.number} {chapter.title}"
            where = f"{{doc}}`{title} </notebooks/{chapter.stem}>`"
        lines += [entry["term"], f"  {entry['definition']} ({where})", ""]
    return "\n".join([*lines, "```"])


_BLOCKS = {"results-table": _results, "glossary-list": _glossary}


class OwnExercise(SphinxDirective):
    """``{own-exercise} NN.N``: says where an exercise is solved that the page cannot carry."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the sentence; the page's script adds a box to tick."""
        text = (
            f'<p class="own-exercise" data-exercise="{html.escape(self.arguments[0])}">'
            "<em>This one needs libraries or data that a page can't carry: solve it in your own "
            "copy of the notebook, where its check answers at once.</em></p>"
        )
        return [nodes.raw("", text, format="html")]


class Quiz(SphinxDirective):
    """``{quiz} NN``: a chapter's questions as native form controls."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the quiz as raw HTML."""
        path = chapters.get(self.arguments[0]).folder / "quiz.json"
        self.env.note_dependency(str(path))
        questions = read_json(path, list)
        body = "".join(
            question_html(self.arguments[0], number, question)
            for number, question in enumerate(questions, start=1)
        )
        return [
            nodes.raw("", f'<div class="course-quiz">{body}</div>', format="html")
        ]


def question_id(chapter: str, question: dict[str, Any]) -> str:
    """Return the name under which a reader's answer is kept: that of its wording, not its place.

    >>> question_id("11", {"question": "What is the prior?"})
    '11-64f80b0b'
    """
    return f"{chapter}-{zlib.crc32(question['question'].encode()):08x}"


def question_html(chapter: str, number: int, question: dict[str, Any]) -> str:
    """Return one question as native form controls, with its answer folded.

    Args:
        chapter: the chapter's number.
        number: the question's place in the quiz, from 1.
        question: an entry of ``quiz.json``.
    """
    name = f"quiz-{chapter}-{number}"
    title = f"<legend><span>Question {number}</span> {inline(question['question'])}</legend>"
    hint = ""
    if question["type"] == "numeric":
        rules = html.escape(json.dumps(question["answers"]), quote=True)
        controls = (
            f'<label>Your number <input type="text" inputmode="decimal" name="{name}" '
            f'data-rules="{rules}"></label> <button type="button">Answer</button>'
        )
    else:
        many = question["type"] == "many_choice"
        hint = "<p>More than one answer may be right.</p>" if many else ""
        controls = "".join(
            f'<label><input type="{"checkbox" if many else "radio"}" name="{name}" '
            f'data-correct="{str(answer["correct"]).lower()}" '
            f'data-feedback="{html.escape(inline(answer.get("feedback", "")), quote=True)}"> '
            f"<span>{inline(answer['answer'])}</span></label>"
            for answer in question["answers"]
        )
    right = "".join(
        f"<li>{inline(str(a.get('answer', a.get('value', a.get('range', '')))))}"
        f" {inline(a.get('feedback', ''))}</li>"
        for a in question["answers"]
        if a["correct"]
    )
    return (
        f'<fieldset data-question="{question_id(chapter, question)}">{title}{hint}{controls}'
        '<p class="quiz-feedback" role="status" aria-live="polite"></p>'
        f"<details><summary>Show the answer</summary><ul>{right}</ul></details></fieldset>"
    )


def inline(text: str) -> str:
    """Escape a text and set its `code`."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def _list_references(app: Sphinx, config: Any) -> None:
    """Hand every chapter's bibliography to sphinxcontrib-bibtex."""
    root = Path(app.srcdir)
    config.bibtex_bibfiles = [
        str(path.relative_to(root))
        for path in sorted((root / "data/chapters").glob("*/references.bib"))
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register directives and events."""
    app.add_directive("quiz", Quiz)
    app.add_directive("own-exercise", OwnExercise)
    app.connect("source-read", read_source)
    app.connect("config-inited", _list_references, priority=100)
    app.add_js_file("quiz.js", loading_method="defer")
    app.add_js_file("progress.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
