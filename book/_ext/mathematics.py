"""Mathematics as MathML, set at build time (``texmath``); a displayed formula with its number.

Registers the renderer ``mathml``, which ``html_math_renderer`` names in ``_config.yml``.
"""

from __future__ import annotations

import html
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from texmath import TexError, to_mathml

LOGGER = logging.getLogger(__name__)


def _mathml(node: nodes.Element, *, display: bool) -> str:
    try:
        return to_mathml(node.astext(), display=display)
    except TexError as error:
        LOGGER.warning("formula: %s", error, location=node, type="mathematics")
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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer."""
    app.add_html_math_renderer(
        "mathml", (visit_math, None), (visit_math_block, None)
    )
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
