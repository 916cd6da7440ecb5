"""A row of links that look like buttons.

Registers the directive ``{buttons}``.
"""

from __future__ import annotations

import html
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LOGGER = logging.getLogger(__name__)


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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("buttons", Buttons)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
