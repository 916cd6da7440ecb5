"""Pages of HTML that hold strangers' words: everything is escaped, and nothing in them runs."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from pathlib import Path

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; }
body { padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .6rem; }
th, td { text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
h2 { margin-top: 2.5rem; }
.full { border-left: .3rem solid #009E73; }
.none { border-left: .3rem solid #D55E00; }
.part { border-left: .3rem solid #E69F00; }
figure { margin: 1rem 0; }
svg { max-width: 100%; height: auto; }
"""

# Nothing is loaded and nothing runs, whatever a message holds.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def text(value: object) -> str:
    """Return a value as text of a page.

    >>> text("<b>&")
    '&lt;b&gt;&amp;'
    """
    found = str(value).encode("utf-8", "replace").decode("utf-8")
    return html.escape("".join(c for c in found if c.isprintable() or c in "\n\t"))


def page(title: str, body: str, language: str = "en") -> str:
    """Return a whole page; *body* is HTML, whose strangers' words are escaped already."""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{text(title)}</h1>\n{body}\n</body>\n</html>\n"
    )


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    numbers: Iterable[int] = (),
) -> str:
    """Return a table; every cell is escaped.

    Args:
        header: the columns.
        rows: the cells.
        numbers: places of columns that hold numbers.
    """
    right = set(numbers)

    def cell(tag: str, place: int, value: object) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        kind = ' class="number"' if place in right else ""
        return f"<{tag}{scope}{kind}>{text(value)}</{tag}>"

    head = "".join(cell("th", k, name) for k, name in enumerate(header))
    body = "\n".join(
        "<tr>" + "".join(cell("td", k, v) for k, v in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def write(path: Path, content: str) -> None:
    """Write a page at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(content, encoding="utf-8", errors="replace")
    partial.replace(path)
