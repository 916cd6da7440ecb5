"""The ``{data-cards}`` directive: one card for every asset of ``data/assets.toml``.

Each card is a section of its own with the anchor ``data-<name>``, so a page can link to it with
``{ref}`data-trec```.  A table of all assets stands before the cards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from nlpcourse.assets import Asset, load_manifest
from nlpcourse.assets.cache import megabytes
from nlpcourse.course import chapters
from nlpcourse.course.paths import data_dir


class DataCards(SphinxDirective):
    """Write the table of assets and their cards."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the table, then one section per asset."""
        self.env.note_dependency(str(data_dir() / "assets.toml"))
        self.env.note_dependency(str(data_dir() / "chapters.toml"))
        manifest = load_manifest()
        return [_overview(manifest), *(self._card(asset) for asset in manifest)]

    def _card(self, asset: Asset) -> nodes.section:
        label = f"data-{asset.name}"
        section = nodes.section(ids=[label], names=[label], classes=["data-card"])
        self.state.document.note_explicit_target(section, section)
        section += nodes.title("", "", *_inline(f"{asset.title} · `{asset.name}`"))
        section += _paragraph(asset.description)
        fields = nodes.field_list(classes=["data-card-fields"])
        for name, body in self._fields(asset):
            fields += nodes.field(
                "",
                nodes.field_name("", name),
                nodes.field_body("", nodes.paragraph("", "", *body)),
            )
        section += fields
        return section

    def _fields(self, asset: Asset) -> Iterable[tuple[str, Sequence[nodes.Node]]]:
        """Yield the lines of a card: a name and its text."""
        carrier = asset.carrier
        kind = "wheel" if carrier.kind == "wheel" else "npm package"
        licence = (
            f"{asset.licence}. {asset.licence_note}"
            if asset.licence_note
            else asset.licence
        )
        load = f"corpora.{asset.loader}"
        yield "Holds", _inline(asset.holds)
        yield "Language", _inline(asset.language)
        yield "Made by", _inline(asset.provenance)
        yield "Known flaws", _inline(asset.caveats)
        yield "Licence", _inline(licence)
        yield "Cite", _inline(asset.citation)
        yield (
            "Comes from",
            [
                nodes.reference(
                    "", urlsplit(asset.homepage).netloc, refuri=asset.homepage
                ),
                *_inline(
                    f", carried by the {kind} `{carrier.name}` {carrier.version}"
                ),
            ],
        )
        yield (
            "Size",
            _inline(
                f"{_size(carrier.size)} to download, {_size(asset.size)} on disk"
            ),
        )
        yield (
            "Load with",
            _inline(f"`{load}`, or `nlpcourse data fetch {asset.name}`"),
        )
        yield "Used in", self._chapters(asset.chapters)

    def _chapters(self, numbers: Sequence[str]) -> list[nodes.Node]:
        """Return the chapters' titles, linked where the chapter is written."""
        found: list[nodes.Node] = []
        for number in numbers:
            chapter = chapters.get(number)
            text = f"{number} {chapter.title}"
            if found:
                found.append(nodes.Text(", "))
            if not chapter.written:
                found.append(nodes.Text(text))
                continue
            target = f"/notebooks/{chapter.stem}"
            link = addnodes.pending_xref(
                "",
                refdomain="std",
                reftype="doc",
                reftarget=target,
                refexplicit=True,
                refwarn=True,
            )
            link += nodes.inline("", text, classes=["doc"])
            link["refdoc"] = self.env.docname
            found.append(link)
        return found


def _inline(text: str) -> list[nodes.Node]:
    """Turn text with `code` in backquotes into nodes."""
    return [
        nodes.literal("", part) if code else nodes.Text(part)
        for code, part in split_code(text)
        if part
    ]


def split_code(text: str) -> list[tuple[bool, str]]:
    """Split text at backquotes; tell of each part whether it is code.

    >>> split_code("say `print` twice")
    [(False, 'say '), (True, 'print'), (False, ' twice')]
    """
    return [(i % 2 == 1, part) for i, part in enumerate(re.split("`", text))]


def _size(size: int) -> str:
    """Write a number of bytes so that its unit stays on the same line."""
    return megabytes(size).replace(" ", "\N{NO-BREAK SPACE}")


def _paragraph(text: str) -> nodes.paragraph:
    return nodes.paragraph("", "", *_inline(text))


def _overview(assets: Iterable[Asset]) -> nodes.table:
    """Return the table of all assets, each name linked to its card."""
    head = ["Asset", "Holds", "Licence"]
    group = nodes.tgroup(cols=len(head))
    for width in (2, 5, 3):
        group += nodes.colspec(colwidth=width)
    group += nodes.thead("", _row(nodes.paragraph("", text) for text in head))
    body = nodes.tbody()
    for asset in assets:
        link = nodes.reference(
            "",
            "",
            nodes.literal("", asset.name),
            refid=f"data-{asset.name}",
            internal=True,
        )
        body += _row(
            [
                nodes.paragraph("", "", link),
                _paragraph(asset.holds),
                _paragraph(asset.licence),
            ]
        )
    group += body
    return nodes.table("", group, classes=["data-card-table"])


def _row(cells: Iterable[nodes.Node]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        row += nodes.entry("", cell)
    return row


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("data-cards", DataCards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
