"""The links that open a chapter's notebook elsewhere: Binder, Colab, a download.

``page_context`` hands them to the template.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sphinx.application import Sphinx

LEARNERS_BRANCH = "learner"
"""The branch that Binder and Colab open."""


def launch_links(
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
