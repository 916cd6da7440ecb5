"""The course's path and the map of prerequisites, drawn from ``data/chapters.toml``.

Registers the directives ``{course-path}`` and ``{chapter-map}``.
"""

from __future__ import annotations

import html
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from nlpcourse.course import chapters
from nlpcourse.course.paths import data_dir


class _FromRegistry(SphinxDirective):
    """A directive whose result changes with the registry of chapters."""

    def link(self, chapter: chapters.Chapter | chapters.Guide) -> str:
        """Return the address of a chapter or a guide, relative to this page."""
        if isinstance(chapter, chapters.Guide):
            page = chapter.document
        else:
            page = f"notebooks/{chapter.stem}"
        builder = self.env.app.builder
        return str(builder.get_relative_uri(self.env.docname, page))

    def run(self) -> list[nodes.Node]:
        """Return the drawing as raw HTML and note what it was made from."""
        self.env.note_dependency(str(data_dir() / "chapters.toml"))
        self.env.note_dependency(__file__)
        return [nodes.raw("", self.draw() + self.progress(), format="html")]

    def progress(self) -> str:
        """Return the empty line in which the page's script says how far the reader is."""
        builder = self.env.app.builder
        page = builder.get_relative_uri(self.env.docname, "book/start/progress")
        return (
            '<p class="progress-all" hidden><span></span> '
            f'<a href="{page}">Your progress</a></p>'
        )

    def draw(self) -> str:
        """Return the HTML."""
        raise AttributeError("a subclass draws")


class CoursePath(_FromRegistry):
    """``{course-path}``: every part and chapter at a glance; written ones are links."""

    def draw(self) -> str:
        """Return one list of parts, each with its list of chapters."""
        out = ['<ol class="course-path" aria-label="The parts of the course">']
        for part in chapters.parts():
            mine = [c for c in chapters.all_chapters() if c.part == part.number]
            guides = [g for g in chapters.guides() if g.part == part.number]
            stops = [*map(self.stop, mine), *map(self.guide, guides)]
            items = "".join(f"<li>{stop}</li>" for stop in stops)
            ready = " has-written" if guides or any(c.written for c in mine) else ""
            out.append(
                f'<li class="path-part{ready}"><p class="path-title"><span>Part {part.number}'
                f"</span> {html.escape(part.title)}</p><ol>{items}</ol></li>"
            )
        return "".join([*out, "</ol>"])

    def stop(self, chapter: chapters.Chapter) -> str:
        """Return a chapter's entry: a link, or a muted name where it is not written yet."""
        name = f"<span>{chapter.number}</span> {html.escape(chapter.title)}"
        if not chapter.written:
            return f'<span class="path-stop">{name}</span>'
        mark = f'data-chapter="{chapter.number}"'
        return f'<a class="path-stop" {mark} href="{self.link(chapter)}">{name}</a>'

    def guide(self, guide: chapters.Guide) -> str:
        """Return the entry of a page without code."""
        name = html.escape(guide.title)
        return f'<a class="path-stop" href="{self.link(guide)}">{name}</a>'


class ChapterMap(_FromRegistry):
    """``{chapter-map}``: which chapter needs which, as an arc diagram and as a list."""

    ROW, LEFT, WIDTH = 25, 108, 440

    def draw(self) -> str:
        """Return the figure with its caption and text alternative."""
        shown, guides = chapters.all_chapters(), chapters.guides()
        place = {c.number: 20 + i * self.ROW for i, c in enumerate(shown)}
        arcs = "".join(
            self.arc(place[needed], place[chapter.number], chapter.written)
            for chapter in shown
            for needed in chapter.prerequisites
            if needed in place
        )
        dots = "".join(
            self.stop(chapter, place[chapter.number]) for chapter in shown
        )
        dots += "".join(
            self.guide(guide, 20 + i * self.ROW)
            for i, guide in enumerate(guides, start=len(shown))
        )
        height = 20 + (len(shown) + len(guides)) * self.ROW
        svg = (
            f'<svg viewBox="0 0 {self.WIDTH} {height}" width="{self.WIDTH}" height="{height}" '
            'role="group" aria-labelledby="map-title">'
            '<title id="map-title">The chapters one below the other; an arc joins each chapter '
            "to every chapter that it builds on. The list below says the same in words.</title>"
            f"{arcs}{dots}</svg>"
        )
        words = [*map(self.words, shown), *map(self.guide_in_words, guides)]
        return (
            f'<figure class="nlp-figure chapter-map">{svg}<figcaption>An arc joins a chapter to '
            "the ones it builds on. Filled dots are written; those at the end are pages without a "
            "number.</figcaption></figure>"
            '<details class="admonition fold"><summary class="admonition-title">The map in words'
            f"</summary><ul>{''.join(words)}</ul></details>"
        )

    def arc(self, start: int, end: int, written: bool) -> str:
        """Return one arc, wider the further it reaches."""
        reach = min(12 + 6.5 * ((end - start) / self.ROW), self.LEFT - 8)
        kind = "arc strong" if written else "arc"
        return (
            f'<path class="{kind}" d="M{self.LEFT} {start}C{self.LEFT - reach:.0f} {start} '
            f'{self.LEFT - reach:.0f} {end} {self.LEFT} {end}"/>'
        )

    def stop(self, chapter: chapters.Chapter, y: int) -> str:
        """Return a chapter's dot and name."""
        name = f'<tspan class="n">{chapter.number}</tspan> {html.escape(chapter.title)}'
        text = f'<text x="{self.LEFT + 12}" y="{y}" dy=".33em">{name}</text>'
        if not chapter.written:
            return f'<g class="planned"><circle cx="{self.LEFT}" cy="{y}" r="3.5"/>{text}</g>'
        return (
            f'<a data-chapter="{chapter.number}" href="{self.link(chapter)}">'
            f'<circle cx="{self.LEFT}" cy="{y}" r="5"/>{text}</a>'
        )

    def guide(self, guide: chapters.Guide, y: int) -> str:
        """Return the dot and the name of a page without code."""
        return (
            f'<a href="{self.link(guide)}"><circle cx="{self.LEFT}" cy="{y}" r="5"/>'
            f'<text x="{self.LEFT + 12}" y="{y}" dy=".33em">{html.escape(guide.title)}'
            "</text></a>"
        )

    def guide_in_words(self, guide: chapters.Guide) -> str:
        """Return a guide's line of the list."""
        name = html.escape(guide.title)
        return f'<li><a href="{self.link(guide)}">{name}</a> builds on no chapter.</li>'

    def words(self, chapter: chapters.Chapter) -> str:
        """Return one line of the list."""
        needs = [chapters.get(number) for number in chapter.prerequisites]
        after = (
            ", ".join(f"{c.number} {html.escape(c.title)}" for c in needs)
            or "no chapter"
        )
        name = f"{chapter.number} {html.escape(chapter.title)}"
        if chapter.written:
            mark = f'data-chapter="{chapter.number}"'
            name = f'<a {mark} href="{self.link(chapter)}">{name}</a>'
        return f"<li>{name} builds on {after}.</li>"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("course-path", CoursePath)
    app.add_directive("chapter-map", ChapterMap)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
