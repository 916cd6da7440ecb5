"""A syllabus: what to read and hand in week by week, from prerequisites and measured times."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nlpcourse.course import chapters
from nlpcourse.course.chapters import Chapter
from nlpcourse.notebooks.effort import (
    effort,
    exercises_of,
    hours,
    reading_minutes,
    sittings,
)


def way_to(goals: Sequence[str]) -> list[Chapter]:
    """Return the written chapters that goals need, each after what it builds on.

    Args:
        goals: chapters, or the names of routes; without any, every written chapter.

    Raises:
        KeyError: a goal is neither.
    """
    routes = {route.name: route.goals for route in chapters.routes()}
    wanted = [c.number for c in chapters.written()] if not goals else []
    for goal in goals:
        if goal in routes:
            wanted += routes[goal]
            continue
        try:
            wanted.append(chapters.require_written(goal).number)
        except KeyError as error:
            known = ", ".join(routes)
            raise KeyError(f"{error.args[0]}; routes are: {known}") from None
    return [c for c in chapters.needed(wanted) if c.written]


def minutes_of(chapter: Chapter) -> float:
    """Return what a chapter takes a student, in minutes."""
    return effort(chapter, reading_minutes(chapter)).minutes


def syllabus(
    goals: Sequence[str],
    weeks: int,
    minutes: Callable[[Chapter], float] = minutes_of,
) -> str:
    """Return a syllabus as Markdown, weeks as equal as the order of the chapters lets them be.

    Args:
        goals: as :func:`way_to` takes them.
        weeks: how many there are, from 1.
        minutes: what a chapter takes.

    Raises:
        KeyError: a goal is unknown.
        ValueError: there is no week.
    """
    if weeks < 1:
        raise ValueError(f"a course of {weeks} weeks? It needs one at least")
    way = way_to(goals)
    takes = [minutes(chapter) for chapter in way]
    sizes = sittings(takes, weeks)
    longest, start, rows, releases = 0.0, 0, [], []
    for week, size in enumerate(sizes, start=1):
        here, spent = way[start : start + size], sum(takes[start : start + size])
        start += size
        longest = max(longest, spent)
        names = "<br>".join(f"{c.number} {c.title}" for c in here)
        points = sum(e.points for c in here for e in exercises_of(c))
        rows.append(f"| {week} | {names} | {hours(spent)} | {points} |")
        numbers = " ".join(c.number for c in here)
        releases.append(f"nlpcourse assign {numbers} --out week-{week:02}")
    free = ""
    if len(sizes) < weeks:
        free = (
            f"From week {len(sizes) + 1} on nothing new is read: the weeks are free for a project, "
            "or for another goal.\n\n"
        )
    table = "\n".join(rows)
    return (
        f"# Syllabus: {len(way)} chapters in {weeks} weeks\n\n"
        f"All of it takes a student about {hours(sum(takes))}, the longest week "
        f"{hours(longest)}.\n"
        "Reading is reckoned from words and lines of code, exercises and questions are allowances, "
        "and the notebooks' own time is measured.\n\n"
        f"| Week | Chapters | Hours | Points |\n| ---: | --- | ---: | ---: |\n{table}\n\n{free}"
        "Each week's chapters are released with one command:\n\n"
        "```console\n" + "".join(f"$ {line}\n" for line in releases) + "```\n"
    )
