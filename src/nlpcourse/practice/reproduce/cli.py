"""``nlpcourse reproduction``: the empty form of a report, and what a filled one lacks."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(subparsers: Commands) -> None:
    """Add ``nlpcourse reproduction`` to the command's parser."""
    parser = subparsers.add_parser(
        "reproduction", help="write a report on a table that you reproduced"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    new = verbs.add_parser("new", help="write the empty form of a report")
    new.add_argument("--to", type=Path, required=True, help="the Markdown file")
    new.set_defaults(func=_new)
    check = verbs.add_parser("check", help="say what a report still lacks")
    check.add_argument("file", type=Path, help="the Markdown file")
    check.set_defaults(func=_check)


def _new(options: argparse.Namespace) -> int:
    from nlpcourse.practice.reproduce.report import form

    try:
        options.to.parent.mkdir(parents=True, exist_ok=True)
        with options.to.open("x", encoding="utf-8") as file:
            file.write(form())
    except FileExistsError:
        print(f"{options.to} is there already; choose another name")
        return 1
    print(f"wrote {options.to}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from nlpcourse.practice.reproduce.report import faults

    try:
        text = options.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{options.file} can't be read: {error}")
        return 1
    found = faults(text)
    print("\n".join(found) or "complete: every section is filled in")
    return 1 if found else 0
