"""What stands in a page's ``<head>`` for search engines and previews: description, social card.

``page_context`` hands it to the template.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


def page_head(
    app: Sphinx, pagename: str, context: dict[str, Any], doctree: Any
) -> str:
    """Return the page's metadata as HTML."""
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
