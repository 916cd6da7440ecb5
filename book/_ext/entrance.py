"""The site's own ``index.html``: the landing page once more, at the root of the book.

Registers a handler of ``build-finished``.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx


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
    """Register the event."""
    app.connect("build-finished", write_entrance, priority=100)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
