"""What the theme's template is given of a page, and which stylesheets and scripts it keeps.

Every value that the template reads under ``page_…`` comes from here.  Registers the handler of
``html-page-context``, ``course.css`` and ``course.js``.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from finishing import finish
from launch_links import launch_links
from page_head import page_head
from reading import facts, minutes_by_page, number

# Sphinx and its extensions add these to every page; course.css and course.js replace them.
LEFT_OUT = re.compile(
    r"pygments\.css|basic\.css|mystnb\.[0-9a-f]+\.css|mystnb\.css|sphinx-design\.min\.css"
    r"|design-tabs\.js|translations\.js"
)


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
    context["page_head"] = page_head(app, pagename, context, doctree)
    context["page_is_notebook"] = notebook
    context["page_launch"] = (
        launch_links(app, pagename, context) if notebook else []
    )
    context["page_repository"] = repository
    context["page_edit"] = ""
    if repository and doctree is not None:
        branch = options.get("repository_branch") or "main"
        suffix = context.get("page_source_suffix", ".md")
        context["page_edit"] = f"{repository}/edit/{branch}/{pagename}{suffix}"
    context["page_toc"] = _contents(doctree) if doctree is not None else ""
    context["page_facts"] = ""
    known = re.match(r"notebooks/(\d\d)_", pagename)
    context["page_chapter"] = known[1] if known else ""
    if doctree is not None and "/reference/" not in pagename:
        source = Path(app.env.doc2path(pagename))
        time = minutes_by_page(app.env).get(pagename, 0)
        context["page_facts"] = facts(time, source)
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
        context["body"] = finish(context["body"])
        if notebook:
            context["body"] = number(context["body"], context["page_chapter"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the event, the stylesheet and the script of every page."""
    # Jupyter Book sets it for an extension
    app.add_config_value("comments_config", {}, "html")
    app.connect("html-page-context", page_context, priority=900)
    app.add_css_file("course.css", priority=200)
    app.add_js_file("course.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
