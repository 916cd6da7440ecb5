"""The class report: where students fail, who needs attention, and what looks alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from nlpcourse import plots
from nlpcourse.grading import pages
from nlpcourse.grading.export import title
from nlpcourse.grading.items import Item, items
from nlpcourse.grading.manual import number
from nlpcourse.grading.pages import text
from nlpcourse.grading.release import Handed
from nlpcourse.grading.run import Graded, Row, own_cells
from nlpcourse.grading.similarity import Pair, similar

LISTED = 100
"""Pairs that are listed at the most."""


def write(path: Path, graded: Graded) -> None:
    """Write the report as one page of HTML that needs nothing else."""
    parts = [_summary(graded)]
    parts += [_chapter(graded, handed) for handed in graded.contents.chapters]
    parts.append(_attention(graded))
    pages.write(path, pages.page("Class report", "\n".join(parts)))


def _summary(graded: Graded) -> str:
    handed_in = [row for row in graded.rows if row.submission is not None]
    rows = []
    for handed in graded.contents.chapters:
        points = _totals(graded.of_chapter(handed.number))
        mean = sum(points) / len(points) if points else 0.0
        late = sum(
            row.submission is not None and row.submission.late
            for row in graded.of_chapter(handed.number)
        )
        cells = (
            title(handed),
            len(points),
            late,
            f"{mean:.1f} of {handed.possible}",
        )
        rows.append(cells if points else (title(handed), 0, 0, "–"))
    table = pages.table(
        ("Chapter", "Handed in", "Late", "Mean points"), rows, (1, 2, 3)
    )
    seconds = sum(row.seconds for row in handed_in)
    return (
        f"{table}\n<p>{len(handed_in)} submissions, graded in {seconds:,.0f} s of work; "
        f"{text(graded.confinement)}.</p>"
    )


def _totals(rows: Sequence[Row]) -> list[float]:
    return [row.points for row in rows if row.points is not None]


def _chapter(graded: Graded, handed: Handed) -> str:
    rows = [row for row in graded.of_chapter(handed.number) if row.marks]
    heading = f"<h2>{text(title(handed))}</h2>"
    if not rows:
        return f"{heading}\n<p>Nobody has handed in this chapter.</p>"
    most = {worth.exercise: worth.points for worth in handed.points}
    found = items([[mark.points for mark in row.marks] for row in rows], most)
    titles = graded.prepared[handed.number].titles
    table = pages.table(
        ("Exercise", "Title", "Solved", "Discrimination", "What it was asked most"),
        [
            (
                item.exercise,
                titles.get(item.exercise, ""),
                f"{item.solved:.0%}",
                "–"
                if item.discrimination is None
                else f"{item.discrimination:.2f}",
                _most_asked(rows, item.exercise),
            )
            for item in found
        ],
        (2, 3),
    )
    legend = (
        "<p>Solved is the share of submissions with all points. Discrimination is the "
        "point-biserial correlation with the points of the other exercises: near 0, the exercise "
        "does not tell strong work from weak; below 0, look at its check.</p>"
    )
    figures = _difficulty(found, handed) + _spread(_totals(rows), handed)
    return "\n".join(
        [heading, figures, table, legend, _alike(graded, handed, rows)]
    )


def _most_asked(rows: Sequence[Row], exercise: str) -> str:
    asked = Counter(
        mark.message
        for row in rows
        for mark in row.marks
        if mark.exercise == exercise and not mark.points
    )
    if not asked:
        return ""
    message, count = asked.most_common(1)[0]
    return f"{count} × {message[:200]}"


def _difficulty(found: Sequence[Item], handed: Handed) -> str:
    figure, axes = plots.subplots(figsize=(7.0, 0.6 + 0.4 * len(found)))
    names = [item.exercise for item in reversed(found)]
    shares = [100 * item.solved for item in reversed(found)]
    axes.barh(names, shares, color=plots.PALETTE[0])
    axes.set_xlim(0, 100)
    axes.set_xlabel("solved by, per cent of submissions")
    said = "; ".join(f"{item.exercise}: {item.solved:.0%}" for item in found)
    alt = f"Bars of the share of submissions that solve each exercise: {said}."
    return _figure(figure, f"solved-{handed.number}", alt)


def _spread(points: Sequence[float], handed: Handed) -> str:
    counted = Counter(round(value) for value in points)
    steps = range(handed.possible + 1)
    figure, axes = plots.subplots(figsize=(7.0, 2.4))
    axes.bar(list(steps), [counted[k] for k in steps], color=plots.PALETTE[1])
    axes.set_xlabel("points")
    axes.set_ylabel("submissions")
    said = "; ".join(f"{k}: {counted[k]}" for k in steps if counted[k])
    alt = f"Bars of how many submissions have how many points: {said}."
    return _figure(figure, f"points-{handed.number}", alt)


def _figure(figure: object, name: str, alt: str) -> str:
    import matplotlib.pyplot as plt

    svg = plots.to_svg(figure, name, alt)
    plt.close(figure)
    label = f'<svg role="img" aria-label="{text(alt)}" '
    return f"<figure>\n{svg.replace('<svg ', label, 1)}\n</figure>\n"


def alike(graded: Graded, handed: Handed, rows: Sequence[Row]) -> list[Pair]:
    """Return pairs of a chapter's submissions that share more than chance would."""
    prepared = graded.prepared[handed.number]
    cells = {row.person.id: own_cells(row, prepared.release) for row in rows}
    return similar(cells, prepared.solutions)


def _alike(graded: Graded, handed: Handed, rows: Sequence[Row]) -> str:
    pairs = alike(graded, handed, rows)
    heading = "<h3>Alike: a place to look, not a verdict</h3>"
    if not pairs:
        return f"{heading}\n<p>No two submissions share more than chance would.</p>"
    table = pages.table(
        ("One", "Other", "Shared", "Of the shorter"),
        [(p.one, p.other, p.shared, f"{p.share:.0%}") for p in pairs[:LISTED]],
        (2, 3),
    )
    more = len(pairs) - LISTED
    rest = f"<p>{more} more pairs are not listed.</p>" if more > 0 else ""
    return f"{heading}\n{table}\n{rest}"


def _attention(graded: Graded) -> str:
    rows: list[tuple[str, ...]] = [
        (
            row.person.id,
            row.person.name,
            row.chapter.number,
            "" if row.points is None else number(row.points),
            "; ".join(row.attention),
        )
        for row in graded.rows
        if row.attention
    ]
    rows += [("", path, "", "", why) for path, why in graded.collection.trouble]
    if not rows:
        return "<h2>Needs attention</h2>\n<p>Nothing does.</p>"
    header = ("Student", "Name or file", "Chapter", "Points", "Why")
    return f"<h2>Needs attention</h2>\n{pages.table(header, rows, (3,))}"
