"""What the pages look like beyond the theme's template.

* mathematics as MathML, set at build time (``texmath``), numbered and linked;
* the context that the template needs: description, social card, launch links, page contents;
* the course's path and the map of prerequisites, drawn from ``data/chapters.toml``;
* foldable admonitions without a script;
* only the stylesheets and scripts that a page uses.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from nlpcourse.course import chapters
from nlpcourse.course.paths import data_dir
from reading import (
    facts,
    forget_minutes,
    merge_minutes,
    minutes_by_page,
    note_minutes,
    number,
)
from texmath import TexError, to_mathml

LOGGER = logging.getLogger(__name__)

# Sphinx and its extensions add these to every page; course.css and course.js replace them.
LEFT_OUT = re.compile(
    r"pygments\.css|basic\.css|mystnb\.[0-9a-f]+\.css|mystnb\.css|sphinx-design\.min\.css"
    r"|design-tabs\.js|translations\.js"
)


# -- mathematics
def _mathml(node: nodes.Element, *, display: bool) -> str:
    try:
        return to_mathml(node.astext(), display=display)
    except TexError as error:
        LOGGER.warning(
            "formula: %s", error, location=node, type="face", subtype="math"
        )
        return f"<code>{html.escape(node.astext())}</code>"


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    self.body.append(_mathml(node, display=False))
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula with its number and a link to it."""
    self.body.append(self.starttag(node, "div", CLASS="equation"))
    parts = [part for part in node.astext().split("\n\n") if part.strip()]
    self.body.append('<div class="equation-body">')
    for part in parts:
        piece = nodes.math_block(part, part)
        piece.source, piece.line = node.source, node.line
        self.body.append(_mathml(piece, display=True))
    self.body.append("</div>")
    if node["number"]:
        number = get_node_equation_number(self, node)
        target = node["ids"][0] if node["ids"] else ""
        label = f"Link to equation {number}"
        self.body.append(
            f'<a class="equation-number" href="#{target}" aria-label="{label}">({number})</a>'
        )
    self.body.append("</div>\n")
    raise nodes.SkipNode


# -- foldable admonitions
class fold(nodes.General, nodes.Element):
    """An admonition that opens and closes."""


class FoldAdmonitions(SphinxPostTransform):
    """Turn admonitions of class ``dropdown`` into ``<details>``."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Replace the nodes of this document."""
        for node in list(self.document.findall(nodes.Admonition)):
            if not isinstance(node, nodes.Element) or "dropdown" not in node.get(
                "classes", []
            ):
                continue
            title = next(iter(node.findall(nodes.title)), None)
            text = (
                title.astext() if title is not None else node.tagname.capitalize()
            )
            kept = [child for child in node.children if child is not title]
            classes = [
                c for c in node["classes"] if c not in {"dropdown", "toggle"}
            ]
            new = fold(
                "",
                *kept,
                title=text,
                classes=[*classes, node.tagname],
                ids=node["ids"],
            )
            node.replace_self(new)


def visit_fold(self: HTML5Translator, node: fold) -> None:
    """Open a ``<details>``."""
    self.body.append(self.starttag(node, "details", CLASS="admonition fold"))
    self.body.append(
        f'<summary class="admonition-title">{html.escape(node["title"])}</summary>\n'
    )


def depart_fold(self: HTML5Translator, node: fold) -> None:
    """Close it."""
    self.body.append("</details>\n")


# -- the path and the map
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


class Buttons(SphinxDirective):
    """``{buttons}``: a row of links that look like what they are, the first one foremost.

    The body holds one ``[text](page)``, ``[text](page#anchor)`` or ``[text](#anchor)`` a line, with
    pages named from the root of the book.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the row as raw HTML; warn where a page is not there."""
        out = []
        for line in filter(None, (str(line).strip() for line in self.content)):
            found = re.fullmatch(r"\[(.+)\]\(([^#)]*)(#[^)]*)?\)", line)
            if found is None:
                raise self.error(f"not [text](page): {line}")
            text, page, anchor = found.groups(default="")
            if page and page not in self.env.found_docs:
                LOGGER.warning("no page %r", page, location=self.get_location())
            builder = self.env.app.builder
            address = (
                builder.get_relative_uri(self.env.docname, page) if page else ""
            )
            out.append(f'<a href="{address}{anchor}">{html.escape(text)}</a>')
        row = f'<div class="buttons"><p>{"".join(out)}</p></div>'
        return [nodes.raw("", row, format="html")]


# -- context of a page
def _first_paragraph(doctree: nodes.document) -> str:
    """Return the opening of the text, for search engines and previews."""
    for paragraph in doctree.findall(nodes.paragraph):
        inside = [type(parent).__name__ for parent in _ancestors(paragraph)]
        text = " ".join(paragraph.astext().split())
        boxed = {"container", "note", "warning", "admonition", "list_item", "entry"}
        if len(text) > 60 and not boxed & set(inside):
            return text if len(text) <= 200 else text[:199].rsplit(" ", 1)[0] + "…"
    return ""


def _ancestors(node: nodes.Node) -> Iterator[nodes.Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def _head(app: Sphinx, pagename: str, context: dict[str, Any], doctree: Any) -> str:
    tags = str(context.get("metatags", "")).strip()
    found = re.search(r'<meta content="([^"]*)"[^>]*name="description"', tags)
    text = found.group(1) if found else ""
    if not found:
        text = html.escape(_first_paragraph(doctree) if doctree else "", quote=True)
        text = (
            text
            or "A page of nlpcourse, an interactive course in natural language processing."
        )
        tags += f'\n  <meta name="description" content="{text}">'
    title = html.escape(
        re.sub(r"<[^>]+>", "", str(context.get("title", ""))), quote=True
    )
    tags += (
        f'\n  <meta property="og:type" content="article">'
        f'\n  <meta property="og:site_name" content="nlpcourse">'
        f'\n  <meta property="og:title" content="{title}">'
        f'\n  <meta property="og:description" content="{text}">'
        '\n  <meta name="twitter:card" content="summary_large_image">'
        '\n  <meta name="theme-color" media="(prefers-color-scheme: light)" content="#fdfcf9">'
        '\n  <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#14171a">'
    )
    base = app.config.html_baseurl.rstrip("/")
    if base:
        tags += (
            f'\n  <meta property="og:url" content="{base}/{pagename}.html">'
            f'\n  <meta property="og:image" content="{base}/_static/social-card.png">'
            '\n  <meta property="og:image:alt" content="The word unbelievable, cut into tokens">'
            f'\n  <link rel="canonical" href="{base}/{pagename}.html">'
        )
    return tags


LEARNERS_BRANCH = "learner"
"""The branch that Binder and Colab open."""


def _launch(
    app: Sphinx, pagename: str, context: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the links that open a chapter's notebook elsewhere."""
    options = app.config.html_theme_options
    buttons = options.get("launch_buttons") or {}
    organisation, _, name = (
        options.get("repository_url", "").rstrip("/").rpartition("/")
    )
    owner = organisation.rsplit("/", 1)[-1]
    # the learner's copies, which publication writes: the source holds its solutions
    branch = LEARNERS_BRANCH
    where = quote(f"{pagename}.ipynb")
    found = []
    if binder := (buttons.get("binderhub_url") or "").rstrip("/"):
        url = f"{binder}/v2/gh/{owner}/{name}/{branch}?urlpath=lab/tree/{where}"
        found.append({"text": "Open in Binder", "url": url, "outside": True})
    if colab := (buttons.get("colab_url") or "").rstrip("/"):
        url = f"{colab}/github/{owner}/{name}/blob/{branch}/{where}"
        found.append({"text": "Open in Colab", "url": url, "outside": True})
    if context.get("sourcename"):
        url = context["pathto"](f"_sources/{context['sourcename']}", resource=True)
        found.append(
            {"text": "Download the notebook", "url": url, "download": True}
        )
    return found


def _contents(doctree: nodes.document) -> str:
    """Return the list of the page's sections, where there is more than one."""
    top = next(iter(doctree.findall(nodes.section)), None)
    sections = (
        [s for s in top.children if isinstance(s, nodes.section)] if top else []
    )
    if len(sections) < 2:
        return ""
    items = "".join(
        f'<li><a href="#{s["ids"][0]}">{html.escape(s.next_node(nodes.title).astext())}</a></li>'
        for s in sections
    )
    return f"<ul>{items}</ul>"


def _own_ids(body: str) -> str:
    """Drop the ids that drawings do not use, and make the others differ between drawings."""
    count = 0

    def mend(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        drawing = match.group()
        used = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', drawing))
        names = {name for pair in used for name in pair if name}
        for value in re.findall(
            r'aria-(?:labelledby|describedby)="([^"]+)"', drawing
        ):
            names |= set(value.split())

        def one(found: re.Match[str]) -> str:
            return f' id="d{count}-{found[1]}"' if found[1] in names else ""

        drawing = re.sub(r'\sid="([^"]+)"', one, drawing)
        drawing = re.sub(r"url\(#([^)]+)\)", rf"url(#d{count}-\1)", drawing)
        drawing = re.sub(r'href="#([^"]+)"', rf'href="#d{count}-\1"', drawing)
        return re.sub(
            r'(aria-(?:labelledby|describedby))="([^"]+)"',
            lambda m: f'{m[1]}="{" ".join(f"d{count}-{n}" for n in m[2].split())}"',
            drawing,
        )

    return re.sub(r"<svg\b.*?</svg>", mend, body, flags=re.DOTALL)


def page_context(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: Any,
) -> None:
    """Give the template what it needs, and take from the page what it does not use."""
    notebook = str(context.get("page_source_suffix", "")) == ".ipynb"
    options = app.config.html_theme_options
    repository = options.get("repository_url", "").rstrip("/")
    context["face_head"] = _head(app, pagename, context, doctree)
    context["face_is_notebook"] = notebook
    context["face_launch"] = _launch(app, pagename, context) if notebook else []
    context["face_repository"] = repository
    context["face_edit"] = ""
    if repository and doctree is not None:
        branch = options.get("repository_branch") or "main"
        suffix = context.get("page_source_suffix", ".md")
        context["face_edit"] = f"{repository}/edit/{branch}/{pagename}{suffix}"
    context["face_toc"] = _contents(doctree) if doctree is not None else ""
    context["face_facts"] = ""
    known = re.match(r"notebooks/(\d\d)_", pagename)
    context["face_chapter"] = known[1] if known else ""
    if doctree is not None and "/reference/" not in pagename:
        source = Path(app.env.doc2path(pagename))
        time = minutes_by_page(app.env).get(pagename, 0)
        context["face_facts"] = facts(time, source)
    for key in ("css_files", "script_files"):
        kept = [
            f
            for f in context[key]
            if not LEFT_OUT.search(str(getattr(f, "filename", f)))
        ]
        context[key] = kept
    for script in context["script_files"]:
        if getattr(script, "filename", None) and not {"async", "defer"} & set(
            script.attributes
        ):
            script.attributes["defer"] = "defer"
    if context.get("body"):
        context["body"] = _finish(context["body"])
        if notebook:
            context["body"] = number(context["body"], context["face_chapter"])


def _finish(body: str) -> str:
    """Mend the page's HTML where neither Sphinx nor a stylesheet can."""
    body = body.replace('<table class="docutils', '<table class="data docutils')
    # A head without a word heads nothing.
    body = re.sub(
        r"<th\b([^>]*)>\s*(?:<p>\s*</p>)?\s*</th>",
        lambda m: f"<td{re.sub(r' *scope=.[a-z]+.', '', m[1])}></td>",
        body,
    )
    # A list's entries have a role that is deprecated, and its links back are none.
    body = body.replace(' role="doc-biblioentry"', "")
    body = body.replace('<div role="list" class="citation-list">', "<div>")
    # The name of what opens is what one reads on it.
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    tables = re.compile(r'(<table\b(?! class="nlp-).*?</table>)', re.DOTALL)
    body = tables.sub(r'<div class="table-scroll">\1</div>', body)
    body = _own_ids(body)
    # Names and brackets have the colour of the text: they need no element of their own.
    body = re.sub(r'<span class="(?:n|p|w)">([^<]*)</span>', r"\1", body)
    # A comma or a full stop stays with the formula before it.
    formula = re.compile(
        r"(\(?<math>(?:(?!</math>).)*</math>[,.;:?!)]+)", re.DOTALL
    )
    return formula.sub(r'<span class="together">\1</span>', body)


def write_entrance(app: Sphinx, error: Exception | None) -> None:
    """Write the landing page a second time, as the site's own ``index.html``."""
    if error or app.builder.format != "html":
        return
    outdir = Path(app.outdir)
    landing = outdir / f"{app.config.root_doc}.html"
    folder = landing.relative_to(outdir).parent.as_posix()

    def moved(match: re.Match[str]) -> str:
        name, address = match.groups()
        if address.startswith("#") or re.match(r"[a-z]+:", address):
            return match.group()
        return f'{name}="{posixpath.normpath(posixpath.join(folder, address))}"'

    text = landing.read_text(encoding="utf-8")
    text = re.sub(r'\b(href|src|action)="([^"]+)"', moved, text)
    text = text.replace('data-content_root="../"', 'data-content_root="./"')
    (outdir / "index.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer, the directives and the events."""
    app.add_html_math_renderer(
        "mathml", (visit_math, None), (visit_math_block, None)
    )
    # Jupyter Book sets it for an extension
    app.add_config_value("comments_config", {}, "html")
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_post_transform(FoldAdmonitions)
    app.add_directive("course-path", CoursePath)
    app.add_directive("chapter-map", ChapterMap)
    app.add_directive("buttons", Buttons)
    app.connect("doctree-read", note_minutes)
    app.connect("env-purge-doc", forget_minutes)
    app.connect("env-merge-info", merge_minutes)
    app.connect("html-page-context", page_context, priority=900)
    app.connect("build-finished", write_entrance, priority=100)
    app.add_css_file("course.css", priority=200)
    app.add_js_file("course.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
