"""``nlpcourse project``: list the projects, lay one out, and check it by the rubric."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(subparsers: Commands) -> None:
    """Add ``nlpcourse project`` to the command's parser."""
    parser = subparsers.add_parser(
        "project", help="lay out a guided project, and check it by its rubric"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    show = verbs.add_parser("list", help="list the projects")
    show.set_defaults(func=_list)

    new = verbs.add_parser("new", help="lay out a project in a new folder")
    new.add_argument("name", help="search, language or moderation")
    new.add_argument("--to", type=Path, required=True, help="the folder")
    new.add_argument(
        "--author", default="", help="your name: the licence is then MIT, in it"
    )
    new.set_defaults(func=_new)

    check = verbs.add_parser(
        "check", help="mark the machine's part of the rubric (runs the project)"
    )
    check.add_argument("folder", type=Path, help="the project's")
    check.add_argument(
        "--seconds", type=float, default=120, help="for each of its programs (120)"
    )
    check.set_defaults(func=_check)


def _list(_: argparse.Namespace) -> int:
    from nlpcourse.practice.projects.tasks import PROJECTS

    for made in PROJECTS.values():
        chapters = " and ".join(made.chapters)
        print(f"{made.name:12}{made.title}; {made.metric}; chapters {chapters}")
    return 0


def _new(options: argparse.Namespace) -> int:
    from nlpcourse.practice.projects.starting import lay_out

    for path in lay_out(options.name, options.to, options.author):
        print(f"wrote {path}")
    print("next: read README.md, open notebook.ipynb, run pytest")
    return 0


def _check(options: argparse.Namespace) -> int:
    from nlpcourse.practice.projects.checking import check
    from nlpcourse.practice.projects.rubric import HUMAN, total

    marks = []
    for mark in check(options.folder, options.seconds):
        marks.append(mark)
        sign = "+" if mark.passed else "-"
        points = f"{mark.points}/{mark.criterion.points}"
        print(f"{sign} {points}  {mark.criterion.what}: {mark.why}", flush=True)
    got, most = total(marks)
    print(f"{got} of {most} points by machine; the rest needs a reader:")
    for criterion in HUMAN:
        print(f"  ?/{criterion.points}  {criterion.what}")
    return int(got < most)
