"""The index of the search: sections, pages, and the terms with the chapter that teaches them.

``search-index.js`` is written when the build ends; ``_static/search.js`` reads it in the reader's
browser.  A section holds its prose, the captions and alternative texts of its figures, and of its
formulas the words (``softmax``), but neither code nor output.
"""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from nlpcourse.course import chapters
from nlpcourse.course.prose import glossary_files

SMALL = {"a", "an", "and", "for", "in", "of", "on", "over", "the", "to", "with"}
FORMULA_WORD = re.compile(
    r"\\(?:mathrm|text|operatorname|mathit)\{([A-Za-z][A-Za-z -]{2,})\}"
)
FIGURE = re.compile(
    r'aria-label="([^"]*)"|<figcaption>(.*?)</figcaption>', re.DOTALL
)

Section = tuple[str, str, str]  # anchor, title, text


def words_of(node: nodes.Node) -> Iterator[str]:
    """Yield what a reader reads in *node*, sections inside it and code left out."""
    if isinstance(node, nodes.section | nodes.literal_block | nodes.comment):
        return
    if isinstance(node, nodes.math | nodes.math_block):
        yield " ".join(FORMULA_WORD.findall(node.astext())) or "…"
    elif isinstance(node, nodes.raw):
        if "<figure" in node.astext():
            for label, caption in FIGURE.findall(node.astext()):
                yield html.unescape(re.sub(r"<[^>]+>", "", label or caption)) + " "
    elif isinstance(node, addnodes.pending_xref) and "cite" in str(
        node.get("reftype", "")
    ):
        return
    elif isinstance(node, nodes.Text):
        yield str(node)
    elif isinstance(node, nodes.Element):
        for child in node.children:
            yield from words_of(child)
        if not isinstance(node, nodes.Inline):
            yield " "


def sections_of(doctree: nodes.document) -> Iterator[Section]:
    """Yield every section of a page, and every entry of a glossary, with its own text."""
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title)
        if title is None or not section["ids"]:
            continue
        own = [
            child
            for child in section.children
            if not isinstance(child, nodes.title | addnodes.glossary)
        ]
        text = " ".join(
            "".join(w for child in own for w in words_of(child)).split()
        )
        yield str(section["ids"][0]), " ".join(title.astext().split()), text
        for glossary in section.children:
            if not isinstance(glossary, addnodes.glossary):
                continue
            for item in glossary.findall(nodes.definition_list_item):
                term = item.next_node(nodes.term)
                told = item.next_node(nodes.definition)
                if term is not None and told is not None:
                    yield str(term["ids"][0]), term.astext(), told.astext()


def short_names(term: str) -> list[str]:
    """Return a term with the initials that it goes by.

    >>> short_names("byte-pair encoding"), short_names("token")
    (['byte-pair encoding', 'BPE'], ['token'])
    """
    initials = [w[0].upper() for w in re.split(r"[\s–-]+", term) if w not in SMALL]
    return [term, "".join(initials)] if len(initials) > 1 else [term]


def glossary() -> Iterator[dict[str, Any]]:
    """Yield every entry of the glossary."""
    for path in glossary_files():
        yield from tomllib.loads(path.read_text(encoding="utf-8")).values()


def order(env: BuildEnvironment) -> list[str]:
    """Return the book's pages in the order in which one reads them."""
    root = str(env.app.config.root_doc)
    found, waiting = [], [root]
    while waiting:
        page = waiting.pop(0)
        if page not in found:
            found.append(page)
            waiting = [*env.toctree_includes.get(page, []), *waiting]
    return found


def kind_of(page: str) -> str:
    """Say whether a page teaches, leads to what teaches, or lists."""
    if page.startswith("notebooks/"):
        return "chapter"
    return "reference" if page.startswith("book/reference/") else "page"


def teacher(entry: dict[str, Any], texts: dict[str, str]) -> str:
    """Return the page that teaches a term: its chapter, or until that is written the next best.

    That is the written chapter that says it most often for its length.
    """
    chapter = chapters.get(entry["chapter"])
    if chapter.written:
        return f"notebooks/{chapter.stem}"
    word = re.compile(rf"\b{re.escape(entry['term'])}s?\b", re.IGNORECASE)
    counts = Counter(
        {
            page: 1000 * len(word.findall(text)) / len(text)
            for page, text in texts.items()
            if text and kind_of(page) == "chapter"
        }
    )
    best = counts.most_common(1)
    return best[0][0] if best and best[0][1] > 0 else ""


def index(env: BuildEnvironment) -> dict[str, Any]:
    """Return the whole index."""
    pages, sections, texts = [], [], {}
    glossary_page, anchors = "", {}
    for number, page in enumerate(names := order(env)):
        doctree = env.get_doctree(page)
        title = " ".join(env.titles[page].astext().split())
        if known := re.match(r"notebooks/(\d\d)_", page):
            title = f"{known[1]} {title}"
        pages.append([f"{page}.html", title, kind_of(page)])
        texts[page] = ""
        for anchor, heading, text in sections_of(doctree):
            sections.append([number, anchor, heading, text])
            texts[page] += f"{text}\n"
            if page.endswith("/glossary"):
                glossary_page = f"{page}.html"
                anchors[heading.lower()] = anchor
    terms = []
    for entry in glossary():
        taught = teacher(entry, texts)
        anchor = anchors.get(entry["term"].lower(), "")
        terms.append(
            [
                [*short_names(entry["term"]), *entry.get("also", [])],
                entry["definition"],
                names.index(taught) if taught in names else -1,
                anchor,
            ]
        )
    return {
        "pages": pages,
        "sections": sections,
        "terms": terms,
        "glossary": glossary_page,
    }


def write_index(app: Sphinx, error: Exception | None) -> None:
    """Write the index beside the page of the search."""
    if error or app.builder.format != "html":
        return
    found = json.dumps(index(app.env), ensure_ascii=False, separators=(",", ":"))
    target = Path(app.outdir) / "search-index.js"
    target.write_text(f"nlpcourseSearch.load({found});\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event."""
    app.connect("build-finished", write_index)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
