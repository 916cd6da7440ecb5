"""Views as HTML: the one renderer of the book's build and of the page.

A playground's ``run`` returns views as plain JSON.  The book's build renders them into the static
page, and the page renders them again, with this very module, after every change of an input; so
what a reader sees without JavaScript is what a reader sees with it.

Every view may carry ``title`` (a caption) and ``alt`` (its text alternative).  The kinds are
``text``, ``tokens``, ``table``, ``bars``, ``steps``, ``heatmap``, ``graph``, ``tree`` and
``plane``.
All text is escaped; a `` `…` `` within prose becomes code.

This room uses the standard library alone: it also runs inside the page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, TypeGuard

from nlpcourse.page.graph import graph_svg, told
from nlpcourse.page.plane import plane_svg
from nlpcourse.page.tree import tree_svg

View = Mapping[str, Any]

TOKEN_COLOURS = 8
"""How many colours the tokens' groups go round before they repeat."""

PHONE = 44
"""Characters of names and numbers that stand side by side in a heat map on a phone."""

CROWDED = ((20, " nlp-heatmap--dense"), (7, " nlp-heatmap--many"))
"""Columns above which a heat map shows its numbers as colours: everywhere, and on a phone."""

SHORT_LABEL = 18
"""Characters of a bar's label that stay on one line."""

_VISIBLE = {"\n": "↵", "\t": "→", "\r": "␍", "\u00a0": "⍽"}


def render_views(views: Sequence[View]) -> str:
    """Return the HTML of *views*, one after another.

    Raises:
        ValueError: a view has no kind, or one that this book does not know.

    >>> render_views([{"kind": "text", "text": "A `pair` and a <tag>."}])
    '<p class="nlp-view nlp-text">A <code>pair</code> and a &lt;tag&gt;.</p>'
    """
    return "".join(_render(view) for view in views)


def _render(view: View) -> str:
    kind = view.get("kind")
    renderer = _RENDERERS.get(str(kind))
    if renderer is None:
        known = ", ".join(sorted(_RENDERERS))
        raise ValueError(f"no view of the kind {kind!r}; the kinds are {known}")
    return renderer(view)


def prose(text: object) -> str:
    """Return *text* escaped, with `` `…` `` turned into code.

    >>> prose("Is `a < b`?")
    'Is <code>a &lt; b</code>?'
    """
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escape(str(text)))


def is_said(summary: str, views: Sequence[View]) -> bool:
    """Return whether the views already say every sentence of a playground's summary.

    >>> is_said("It is 2. It was 1.", [{"kind": "text", "text": "It is 2. It was 1."}])
    True
    """
    said = " ".join(
        str(v.get("text", "")) for v in views if v.get("kind") == "text"
    )
    plain = " ".join(said.replace("`", "").split())
    sentences = re.split(r"(?<=[.!?]) ", " ".join(summary.replace("`", "").split()))
    return all(sentence in plain for sentence in sentences)


def closing(result: Mapping[str, Any]) -> str:
    """Return the line below a playground's views as HTML.

    A line that repeats the views is for those who hear the page: it tells what a change did.
    """
    summary = str(result.get("summary", ""))
    hidden = " nlp-hidden" if is_said(summary, result.get("views", ())) else ""
    return (
        f'<span class="nlp-said{hidden}">{prose(summary)}</span>' if summary else ""
    )


def _figure(view: View, kind: str, body: str) -> str:
    """Wrap *body* in a figure with the view's caption and text alternative."""
    title = str(view.get("title") or "")
    alt = str(view.get("alt") or "")
    label = f' aria-label="{escape(alt)}"' if alt else ""
    caption = f"<figcaption>{prose(title)}</figcaption>" if title else ""
    return f'<figure class="nlp-view nlp-{kind}"{label}>{caption}{body}</figure>'


def _text(view: View) -> str:
    paragraphs = [
        part for part in str(view.get("text", "")).split("\n\n") if part.strip()
    ]
    body = "".join(
        f'<p class="nlp-view nlp-text">{prose(part.strip()).replace(chr(10), "<br>")}</p>'
        for part in paragraphs
    )
    return _figure(view, "prose", body) if view.get("title") else body


def _visible(text: str) -> str:
    """Return a token's text with the white space that it holds made visible.

    A space stays a space for a reader who copies the line; the style sheet marks it.

    >>> _visible(" low")
    '<span class="nlp-space"> </span>low'
    """
    shown = escape(
        "".join(_VISIBLE.get(character, character) for character in text)
    )
    return shown.replace(" ", '<span class="nlp-space"> </span>') or "∅"


def _tokens(view: View) -> str:
    tokens = list(view.get("tokens", ()))
    if not tokens:
        return _figure(view, "tokens", '<p class="nlp-empty">No tokens yet.</p>')
    chips = []
    for token in tokens:
        text, label = str(token.get("text", "")), str(token.get("label") or "")
        group = token.get("group")
        colour = "" if group is None else f" nlp-c{int(group) % TOKEN_COLOURS}"
        under = f"<small>{escape(label)}</small>" if label else ""
        chips.append(
            f'<li class="nlp-token{colour}"><span>{_visible(text)}</span>{under}</li>'
        )
        if "\n" in text:  # the line of chips breaks where the text does
            chips.append('<li class="nlp-break" aria-hidden="true"></li>')
    return _figure(
        view, "tokens", f'<ol class="nlp-tokens__line">{"".join(chips)}</ol>'
    )


def _number(value: object, decimals: int = 0, signed: bool = False) -> str:
    """Return a value as short text: whole numbers whole, others with so many decimals.

    >>> _number(1234567), _number(0.5, decimals=2), _number(-2.5, 1, signed=True), _number("x")
    ('1,234,567', '0.50', '−2.5', 'x')
    """
    if not _is_number(value):
        return str(value)
    places = 0 if isinstance(value, int) else decimals
    text = f"{value:{'+' if signed else ''},.{places}f}"
    return text.replace("-", "−")


def _decimals(values: Sequence[object]) -> int:
    """Return how many decimals show three digits of the largest of *values*, or fewer.

    Fewer, where the last ones would be zeros in all of them.

    >>> _decimals([0.5, 2.25]), _decimals([0.25]), _decimals([120.5]), _decimals([0.012345])
    (2, 2, 1, 4)
    """
    sizes = [abs(float(value)) for value in values if _is_number(value)]
    finite = [size for size in sizes if math.isfinite(size)]
    largest = max(finite, default=0.0)
    most = next(
        (
            d
            for d, least in ((0, 1000), (1, 100), (2, 1), (3, 0.1))
            if largest >= least
        ),
        4,
    )
    shown = (d for d in range(most) if all(_is_short(size, d) for size in finite))
    return next(shown, most)


def _is_short(value: float, decimals: int) -> bool:
    """Return whether so many decimals leave nothing of *value* out.

    >>> _is_short(0.25, 2), _is_short(0.25, 1)
    (True, False)
    """
    return math.isclose(value, round(value, decimals), abs_tol=1e-9)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _looks_numeric(value: object) -> bool:
    text = value.strip() if isinstance(value, str) else ""
    return (
        _is_number(value) or re.fullmatch(r"[-−+]?[\d.,]+\s?%?", text) is not None
    )


def _scroll(view: View, inner: str) -> str:
    """Wrap a wide thing so that it scrolls by itself, also from the keyboard.

    Where nothing is beyond the edge, the page's script takes the stop of the Tab key out again.
    """
    name = escape(str(view.get("title") or view.get("alt") or "Table"))
    return f'<div class="nlp-scroll" tabindex="0" role="group" aria-label="{name}">{inner}</div>'


def _table(view: View) -> str:
    columns = [str(column) for column in view.get("columns", ())]
    rows = [list(row) for row in view.get("rows", ())]
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(
                f"a row of {len(row)} cells under {len(columns)} columns: {row!r}"
            )
    below = [[row[i] for row in rows] for i in range(len(columns))]
    decimals = [
        _decimals([v for v in cells if isinstance(v, float)]) for cells in below
    ]
    numeric = [bool(cells) and all(map(_looks_numeric, cells)) for cells in below]

    def side(i: int) -> str:
        return ' class="nlp-number"' if numeric[i] else ""

    head = "".join(
        f'<th scope="col"{side(i)}>{prose(c)}</th>' for i, c in enumerate(columns)
    )
    lines = []
    for row in rows:
        cells = "".join(
            f"<td{side(i)}>{_number(cell, decimals[i]) if _is_number(cell) else prose(cell)}</td>"
            for i, cell in enumerate(row)
        )
        lines.append(f"<tr>{cells}</tr>")
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    return _figure(view, "table", _scroll(view, table))


def _bars(view: View) -> str:
    items = list(view.get("items", ()))
    if not items:
        return _figure(
            view, "bars", '<p class="nlp-empty">Nothing to show yet.</p>'
        )
    values = [float(item.get("value", 0.0)) for item in items]
    diverging = min(values) < 0
    decimals = _decimals(values)
    largest = max(abs(value) for value in values) or 1.0
    unit = str(view.get("unit") or "")
    rows = []
    for item, value in zip(items, values, strict=True):
        width = 100 * abs(value) / largest
        side = "minus" if value < 0 else "plus"
        shown = _number(item.get("value", 0.0), decimals, signed=diverging)
        if unit == "%":
            shown += "\u202f%"
        note = (
            f'<span class="nlp-meter__note">{prose(item["note"])}</span>'
            if item.get("note")
            else ""
        )
        label = str(item.get("label", ""))
        short = ' class="nlp-short"' if len(label) <= SHORT_LABEL else ""
        bar = f'<span class="nlp-meter__{side}" style="--w:{width:.1f}%"></span>'
        rows.append(
            f'<tr><th scope="row"{short}>{prose(label)}</th>'
            f'<td class="nlp-meter"><span class="nlp-meter__track" aria-hidden="true">'
            f"{bar if value else ''}"
            f'</span>{note}</td><td class="nlp-number">{shown}</td></tr>'
        )
    shape = " nlp-bars--diverging" if diverging else ""
    head = (
        f'<thead class="nlp-hidden"><tr><th scope="col">Item</th><td></td>'
        f'<th scope="col">{escape(unit or "Value")}</th></tr></thead>'
    )
    axis = f'<p class="nlp-unit">{prose(unit)}</p>' if unit and unit != "%" else ""
    table = f'<table class="nlp-bars__table{shape}">{head}<tbody>{"".join(rows)}</tbody></table>'
    return _figure(view, "bars", table + axis)


def _steps(view: View) -> str:
    """Render every step in order; the page's script then shows one at a time."""
    steps = [
        f'<li class="nlp-step"><p class="nlp-step__caption">{prose(step.get("caption", ""))}</p>'
        f"{render_views(step.get('views', ()))}</li>"
        for step in view.get("steps", ())
    ]
    if not steps:
        return _figure(view, "steps", '<p class="nlp-empty">No steps to show.</p>')
    return _figure(
        view, "steps", f'<ol class="nlp-steps__list">{"".join(steps)}</ol>'
    )


def _heatmap(view: View) -> str:
    rows = [str(row) for row in view.get("rows", ())]
    columns = [str(column) for column in view.get("columns", ())]
    values = [[float(value) for value in row] for row in view.get("values", ())]
    flat = [value for row in values for value in row]
    largest = max((abs(value) for value in flat), default=0.0) or 1.0
    decimals = _decimals(flat)
    head = "".join(
        f'<th scope="col"><span>{prose(column)}</span></th>' for column in columns
    )
    lines = []
    for name, row in zip(rows, values, strict=True):
        cells = []
        for value in row:
            strength = round(100 * abs(value) / largest)
            side = " nlp-heat--minus" if value < 0 else ""
            cells.append(
                f'<td class="nlp-heat{side}" style="--h:{strength}%">'
                f"<span>{_number(value, decimals)}</span></td>"
            )
        lines.append(f'<tr><th scope="row">{prose(name)}</th>{"".join(cells)}</tr>')
    many = next((name for n, name in CROWDED if len(columns) > n), "")
    longest = max((len(row.replace("`", "")) for row in rows), default=0)
    if longest + sum(max(len(column), 4) + 1.5 for column in columns) > PHONE:
        many = many or " nlp-heatmap--many"
    table = (
        f'<table class="nlp-heatmap__table{many}" style="--rows:{longest}">'
        f"<thead><tr><td></td>{head}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table>"
    )
    return _figure(view, "heatmap", _scroll(view, table))


def _graph(view: View) -> str:
    if not view.get("nodes"):
        return _figure(view, "graph", '<p class="nlp-empty">Nothing to draw.</p>')
    drawn = {**view, "alt": view.get("alt") or told(view)}
    return _figure(
        {"title": view.get("title")}, "graph", _scroll(view, graph_svg(drawn))
    )


def _tree(view: View) -> str:
    return _figure(
        {"title": view.get("title")}, "tree", _scroll(view, tree_svg(view))
    )


def _plane(view: View) -> str:
    return _figure({"title": view.get("title")}, "plane", plane_svg(view))


_RENDERERS: dict[str, Callable[[View], str]] = {
    "text": _text,
    "tokens": _tokens,
    "table": _table,
    "bars": _bars,
    "steps": _steps,
    "heatmap": _heatmap,
    "graph": _graph,
    "tree": _tree,
    "plane": _plane,
}
