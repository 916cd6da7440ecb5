"""Ways through the course, what a reader has done of it, and what is asked again.

* ``{ways}`` draws the routes of ``data/chapters.toml``, each with its chapters, days or weeks and
  hours; ``{way-to}`` lists for every chapter what to read first, and lets a reader choose one;
* ``{progress-table}`` lists what there is to do, for ``_static/progress.js`` to fill in;
* ``{review-cards}`` lists every term and question of the written chapters, for
  ``_static/review.js`` to ask again.

Hours are those of :mod:`nlpcourse.notebooks.effort`, with the reading time of the built page.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from course import inline, question_html, question_id
from nlpcourse.course import chapters
from nlpcourse.course.chapters import Chapter, Route
from nlpcourse.course.files import read_toml
from nlpcourse.course.paths import data_dir
from nlpcourse.notebooks.effort import (
    effort,
    exercises_of,
    hours,
    quiz_of,
    sittings,
)
from reading import minutes_by_page
from search import short_names


# -- what is known once every page was read
class Later(nodes.General, nodes.Element):
    """A place that is filled when the reading time of every page is known."""


class _Later(SphinxDirective):
    """A directive whose result needs the reading time of every page."""

    kind: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """Return a place that ``fill`` fills, on a page that every build reads again."""
        self.env.note_reread()
        return [Later("", kind=self.kind)]


class Ways(_Later):
    """``{ways}``: the routes, each as a table of days or weeks."""

    kind = "ways"


class WayTo(_Later):
    """``{way-to}``: what to read first for each chapter, and a field to choose one by its skill."""

    kind = "way-to"


class Book:
    """The written chapters with their addresses from one page, and with what they take."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        """Read what each written chapter takes."""
        self.app, self.docname = app, docname
        known = minutes_by_page(app.env)
        self.efforts = {
            c.number: effort(c, known.get(f"notebooks/{c.stem}", 0))
            for c in chapters.written()
        }

    def minutes(self, chapter: Chapter) -> float:
        """Return what a chapter takes; nothing where it is planned."""
        found = self.efforts.get(chapter.number)
        return found.minutes if found else 0.0

    def to(self, page: str) -> str:
        """Return the address of a page of the book."""
        return str(self.app.builder.get_relative_uri(self.docname, page))

    def link(self, chapter: Chapter) -> str:
        """Return a chapter's name: a link, or a muted name where it is planned."""
        name = f"{chapter.number} {html.escape(chapter.title)}"
        if not chapter.written:
            return f'<span class="muted">{name}, planned</span>'
        page = self.to(f"notebooks/{chapter.stem}")
        return f'<a data-chapter="{chapter.number}" href="{page}">{name}</a>'


def table(heads: Sequence[str], rows: Sequence[str]) -> str:
    """Return a table of the book, of rows that are HTML."""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return (
        f'<table class="docutils data ways"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def route_html(route: Route, book: Book) -> str:
    """Return one route: what it is for, its days or weeks, and the hours of each."""
    way = chapters.needed(route.goals)
    sizes = sittings([book.minutes(c) for c in way], route.sittings)
    rows, start = [], 0
    for number, size in enumerate(sizes, start=1):
        here = way[start : start + size]
        start += size
        rows.append(
            f"<tr><td>{route.sitting.capitalize()} {number}</td>"
            f"<td>{'<br>'.join(map(book.link, here))}</td>"
            f"<td>{hours(sum(map(book.minutes, here)))}</td></tr>"
        )
    whole = sum(map(book.minutes, way))
    heads = (route.sitting.capitalize(), "Chapters", "Hours")
    return (
        f"<p>{html.escape(route.what)} "
        f"It is {len(way)} chapters in {len(sizes)} {route.sitting}s, {hours(whole)} together.</p>"
        f"{table(heads, rows)}"
    )


def ways_html(book: Book) -> list[nodes.Node]:
    """Return a section for each route, so that the contents of the page name it."""
    out: list[nodes.Node] = []
    for route in chapters.routes():
        section = nodes.section(ids=[f"way-{route.name}"], names=[route.name])
        section += nodes.title("", route.title)
        section += nodes.raw("", route_html(route, book), format="html")
        out.append(section)
    return out


def goals() -> list[tuple[str, str]]:
    """Return every name that a reader may look for, each with the number of its chapter.

    They are the chapters' titles and the terms of the glossary with their initials, of written
    chapters alone.
    """
    found = [(c.title, c.number) for c in chapters.written()]
    for entry in terms():
        if chapters.get(entry["chapter"]).written:
            names = [*short_names(entry["term"]), *entry.get("also", [])]
            found += [(name, entry["chapter"]) for name in names]
    return found


def terms() -> Iterator[dict[str, Any]]:
    """Yield the terms of the written chapters, in the order of the path."""
    for chapter in chapters.written():
        yield from read_toml(chapter.folder / "glossary.toml").values()


def way_to_html(book: Book) -> list[nodes.Node]:
    """Return the field to choose from, and the table of what to read first."""
    rows = []
    for chapter in chapters.written():
        before = [c for c in chapters.needed([chapter.number]) if c != chapter]
        whole = sum(map(book.minutes, [*before, chapter]))
        own = math.ceil(book.minutes(chapter))
        rows.append(
            f'<tr data-goal="{chapter.number}" data-minutes="{own}" '
            f'data-before="{" ".join(c.number for c in before)}"><td>{book.link(chapter)}</td>'
            f"<td>{', '.join(c.number for c in before) or 'nothing'}</td>"
            f"<td>{hours(whole)}</td></tr>"
        )
    names = json.dumps(goals(), ensure_ascii=False).replace("</", "<\\/")
    text = (
        '<form class="finder" hidden><label for="goal">What do you want to be able to do?</label>'
        '<span><input id="goal" list="goals" autocomplete="off" spellcheck="false" '
        'placeholder="a term or a chapter"><button type="submit">Show the way</button></span>'
        '<datalist id="goals"></datalist></form>'
        f'<div class="finder-way" role="status" data-search="{book.to("search")}"></div>'
        f'<script type="application/json" id="goal-names">{names}</script>'
        f"{table(('To reach', 'Read first, in this order', 'In all'), rows)}"
    )
    return [nodes.raw("", text, format="html")]


FILL = {"ways": ways_html, "way-to": way_to_html}


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Fill the places of a page (the ``doctree-resolved`` event)."""
    for place in list(doctree.findall(Later)):
        place.replace_self(FILL[place["kind"]](Book(app, docname)))


# -- what a reader has done
class ProgressTable(SphinxDirective):
    """``{progress-table}``: the written chapters with what there is to do in each."""

    def run(self) -> list[nodes.Node]:
        """Return the table; the page's script fills it in."""
        rows = []
        for chapter in chapters.written():
            self.env.note_dependency(str(chapter.notebook))
            self.env.note_dependency(str(chapter.folder / "quiz.json"))
            page = self.env.app.builder.get_relative_uri(
                self.env.docname, f"notebooks/{chapter.stem}"
            )
            name = f"{chapter.number} {html.escape(chapter.title)}"
            rows.append(
                f'<tr data-progress="{chapter.number}"><td><a href="{page}">{name}</a></td>'
                f'<td data-what="read">–</td>'
                f'<td data-what="solved">{len(exercises_of(chapter))}</td>'
                f'<td data-what="answered">{len(quiz_of(chapter))}</td></tr>'
            )
        heads = ("Chapter", "Read", "Exercises", "Quiz")
        return [nodes.raw("", table(heads, rows), format="html")]


# -- what is asked again
def slug(term: str) -> str:
    """Return the name under which a term's card is kept.

    >>> slug("naive Bayes"), slug("k-means++")
    ('naive-bayes', 'k-means-plus-plus')
    """
    return re.sub(r"[^\w]+", "-", term.lower().replace("+", " plus")).strip("-")


def cards_html(chapter: Chapter, page: str) -> str:
    """Return a chapter's cards: its terms, then the questions of its quiz."""
    shown = [
        f'<li data-card="term:{slug(entry["term"])}"><details><summary>'
        f"{html.escape(entry['term'])}</summary><p>{inline(entry['definition'])}</p></details></li>"
        for entry in read_toml(chapter.folder / "glossary.toml").values()
    ]
    shown += [
        f'<li data-card="quiz:{question_id(chapter.number, question)}" class="course-quiz">'
        f"{question_html(chapter.number, number, question)}</li>"
        for number, question in enumerate(quiz_of(chapter), start=1)
    ]
    return (
        f'<section class="review-chapter" data-chapter-cards="{chapter.number}">'
        f'<h3><a href="{page}">{chapter.number} {html.escape(chapter.title)}</a></h3>'
        f"<ul>{''.join(shown)}</ul></section>"
    )


class ReviewCards(SphinxDirective):
    """``{review-cards}``: every term and question, a plain list that a script asks card by card."""

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        out = []
        self.env.note_dependency(str(data_dir() / "chapters.toml"))
        for chapter in chapters.written():
            for name in ("quiz.json", "glossary.toml"):
                self.env.note_dependency(str(chapter.folder / name))
            page = self.env.app.builder.get_relative_uri(
                self.env.docname, f"notebooks/{chapter.stem}"
            )
            out.append(cards_html(chapter, page))
        body = f'<div class="review-cards">{"".join(out)}</div>'
        return [nodes.raw("", body, format="html")]


SCRIPTS = {"book/start/paths": "ways.js", "book/start/review": "review.js"}
"""By the page the script that it alone loads."""


def add_script(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Have a page load the script that brings it to life."""
    if pagename in SCRIPTS:
        app.add_js_file(SCRIPTS[pagename], loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives and the events."""
    app.add_node(Later)
    app.add_directive("ways", Ways)
    app.add_directive("way-to", WayTo)
    app.add_directive("progress-table", ProgressTable)
    app.add_directive("review-cards", ReviewCards)
    app.connect("doctree-resolved", fill)
    app.connect("html-page-context", add_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
