"""The commands of an instructor: ``assign``, ``validate``, ``syllabus`` and ``slides``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parser(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands; each sets ``func``, from arguments to exit status."""
    _add_assign(commands)
    _add_validate(commands)
    _add_syllabus(commands)
    _add_slides(commands)


def _add_assign(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser(
        "assign", help="release chapters to a class: notebooks, nbgrader, Otter"
    )
    parser.add_argument(
        "chapter", nargs="+", help="numbers or names, such as 02 11"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the release, a new one"
    )
    parser.add_argument(
        "--due",
        help="date, time and zone, such as '2026-10-14 23:59 Europe/Berlin'",
    )
    parser.add_argument(
        "--roster", type=Path, help="CSV file of the students: id, name, email"
    )
    parser.add_argument(
        "--variant-key",
        type=Path,
        metavar="FILE",
        help="draw numbers from this key: of their own for each student of the roster",
    )
    parser.set_defaults(func=_assign)


def _assign(options: argparse.Namespace) -> int:
    from nlpcourse.grading import assign, due, release, variants

    roster: tuple[release.Person, ...] = ()
    if options.roster is not None:
        roster = release.read_roster(options.roster)
        if not roster:
            raise ValueError(f"{options.roster} names no student")
    key = None
    if options.variant_key is not None:
        key = variants.read_key(options.variant_key)
    group = assign.Class(
        due=None if options.due is None else due.read_due(options.due),
        roster=roster,
        key=key,
    )
    assign.assign(options.chapter, options.out, group)
    return 0


def _add_validate(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser(
        "validate", help="before handing in: run a notebook and ask its checks"
    )
    parser.add_argument("notebook", type=Path)
    parser.set_defaults(func=_validate)


def _validate(options: argparse.Namespace) -> int:
    from nlpcourse.grading import validate

    said = validate.validate(options.notebook)
    for line in said:
        print(line)
    return 0 if all(line.passed for line in said) else 1


def _add_syllabus(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser(
        "syllabus", help="a course of so many weeks, from prerequisites and times"
    )
    parser.add_argument("--weeks", type=int, default=12, help="how many (12)")
    parser.add_argument(
        "--goal",
        action="append",
        default=[],
        metavar="NAME",
        help="a chapter or a route to be reached; may be said again (all chapters)",
    )
    parser.add_argument("--out", type=Path, help="file (the screen)")
    parser.set_defaults(func=_syllabus)


def _syllabus(options: argparse.Namespace) -> int:
    from nlpcourse.grading.syllabus import syllabus

    text = syllabus(options.goal, options.weeks)
    if options.out is None:
        print(text, end="")
        return 0
    with options.out.open("x", encoding="utf-8") as file:  # never over another
        file.write(text)
    print(f"wrote {options.out}")
    return 0


def _add_slides(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser(
        "slides", help="write a chapter's slides, which open without a network"
    )
    parser.add_argument("chapter")
    parser.add_argument("--out", type=Path, required=True, help="folder")
    parser.set_defaults(func=_slides)


def _slides(options: argparse.Namespace) -> int:
    from nlpcourse.grading.slides import write_slides

    print(f"wrote {write_slides(options.chapter, options.out)}")
    return 0
