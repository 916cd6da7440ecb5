"""Admonitions that open and close without a script: those of class ``dropdown``.

Registers the node ``fold`` and the transform that makes it.
"""

from __future__ import annotations

import html
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator


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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the node and the transform."""
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_post_transform(FoldAdmonitions)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
