"""What a page says of itself: how long it takes to read, when it last changed, its numbers.

Figures and displayed equations of a chapter are numbered in their order (Figure 09.3, equation
(09.2)), and each number is a link to its own place, so that it can be pointed at.

Registers the events that keep the minutes in the environment; ``page_context`` asks for the rest.
"""

from __future__ import annotations

import datetime
import functools
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from nlpcourse.notebooks.effort import LINES_A_MINUTE, WORDS_A_MINUTE
from search import words_of

SHORT = 300
"""Words below which a page does not say how long it takes."""

FIGURE = re.compile(
    r'<figure class="nlp-figure" id="(figure-[^"]+)">(.*?)</figure>', re.DOTALL
)
EQUATION = re.compile(
    r'<div class="equation">\s*(<div class="equation-body">.*?</div>)\s*</div>',
    re.DOTALL,
)


def note_minutes(app: Sphinx, doctree: nodes.document) -> None:
    """Keep how many minutes the page takes that was just read (``doctree-read``)."""
    minutes_by_page(app.env)[app.env.docname] = minutes(doctree)


def forget_minutes(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget those of a page that is gone, or is read again (``env-purge-doc``)."""
    minutes_by_page(env).pop(docname, None)


def merge_minutes(
    app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
) -> None:
    """Take over those of pages that another process read (``env-merge-info``)."""
    theirs = minutes_by_page(other)
    minutes_by_page(env).update({d: theirs[d] for d in docnames if d in theirs})


def minutes_by_page(env: BuildEnvironment) -> dict[str, int]:
    """Return how many minutes each page takes to read; kept in the environment."""
    known: dict[str, int] = getattr(env, "nlpcourse_minutes", {})
    vars(env)["nlpcourse_minutes"] = known
    return known


def minutes(doctree: nodes.document) -> int:
    """Return how many minutes a page takes to read, or 0 for a short one."""
    sections = doctree.findall(nodes.section)
    prose = " ".join(w for s in sections for c in s.children for w in words_of(c))
    words = len(prose.split())
    lines = sum(
        len(block.astext().splitlines())
        for block in doctree.findall(nodes.literal_block)
        if block.get("language") in {"python", "ipython3", "ipython", "python3"}
    )
    if words < SHORT:
        return 0
    return max(1, round(words / WORDS_A_MINUTE + lines / LINES_A_MINUTE))


@functools.cache
def has_history(folder: Path) -> bool:
    """Return whether *folder* lies in a clone that knows its files' last changes."""
    if shutil.which("git") is None:
        return False
    asked = ["git", "rev-parse", "--is-shallow-repository"]
    done = subprocess.run(
        asked, cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode == 0 and done.stdout.strip() == "false"


def changed(source: Path) -> str:
    """Return the day of a file's last commit in words; nothing without a history."""
    if not has_history(source.parent):
        return ""
    asked = ["git", "log", "-1", "--format=%cs", "--", source.name]
    done = subprocess.run(
        asked, cwd=source.parent, capture_output=True, text=True, check=False
    )
    try:
        day = datetime.date.fromisoformat(done.stdout.strip())
    except ValueError:
        return ""
    return f"{day.day} {day:%B %Y}"


def facts(time: int, source: Path) -> str:
    """Return the line below a page's links: its reading time and its last change."""
    parts = []
    if time:
        parts.append(f"About {time} minute{'s' * (time > 1)} to read")
    if day := changed(source):
        parts.append(f"last changed on {day}")
    line = " · ".join(parts)
    return line[:1].upper() + line[1:]


def number(body: str, chapter: str) -> str:
    """Number the figures and the displayed equations of a page.

    Args:
        body: the page's HTML.
        chapter: the chapter's number, which stands before theirs; empty on other pages.
    """
    before = f"{chapter}." if chapter else ""
    count = {"figure": 0, "equation": 0}

    def figure(match: re.Match[str]) -> str:
        count["figure"] += 1
        name, inside = match.groups()
        link = f'<a class="figure-number" href="#{name}">Figure {before}{count["figure"]}</a>'
        if "<figcaption>" in inside:
            inside = inside.replace("<figcaption>", f"<figcaption>{link}", 1)
        else:
            inside += f"<figcaption>{link}</figcaption>"
        return f'<figure class="nlp-figure" id="{name}">{inside}</figure>'

    def equation(match: re.Match[str]) -> str:
        count["equation"] += 1
        shown = f"{before}{count['equation']}"
        name = f"equation-{shown.replace('.', '-')}"
        link = f'<a class="equation-number" href="#{name}">({shown})</a>'
        return f'<div class="equation" id="{name}">{match[1]}{link}</div>'

    return EQUATION.sub(equation, FIGURE.sub(figure, body))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events."""
    app.connect("doctree-read", note_minutes)
    app.connect("env-purge-doc", forget_minutes)
    app.connect("env-merge-info", merge_minutes)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
