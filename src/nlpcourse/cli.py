"""The ``nlpcourse`` command."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from nlpcourse import __version__
from nlpcourse.course import chapters


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status.

    0 is done; 1 is a check that found something (a notebook out of form, a test that failed);
    2 is a command that could not be carried out, with one line that says why.
    """
    parser: argparse.ArgumentParser = _Parser(
        prog="nlpcourse", description="Tools of the NLP course."
    )
    parser.add_argument(
        "--version", action="version", version=f"nlpcourse {__version__}"
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND"
    )
    for room in (
        "nlpcourse.assets.cli",
        "nlpcourse.training.cli",
        "nlpcourse.course.changed",
        "nlpcourse.course.links",
        "nlpcourse.practice.competition.cli",
        "nlpcourse.practice.projects.cli",
        "nlpcourse.practice.reproduce.cli",
        "nlpcourse.grading.teach",
        "nlpcourse.grading.command",
    ):
        importlib.import_module(room).add_parser(commands)
    _add_chapter(commands)
    _add_measure(commands)
    _add_learner(commands)
    options = parser.parse_args(arguments)
    try:
        return int(options.func(options))
    except BrokenPipeError:  # `nlpcourse … | head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyError, ValueError, RuntimeError, OSError) as error:
        print(f"nlpcourse: {_in_one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("nlpcourse: stopped", file=sys.stderr)
        return 130


class _Parser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong with a command."""

    def error(self, message: str) -> NoReturn:
        """Print the line and leave with 2."""
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def _in_one_line(error: Exception) -> str:
    """Return what an error says, without the quotes of a KeyError, on one line."""
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}"
    message = error.args[0] if isinstance(error, KeyError) and error.args else error
    return " ".join(str(message).split())


def _add_chapter(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    parser = commands.add_parser("chapter", help="lay out, format and run chapters")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    show = verbs.add_parser("list", help="list the chapters of the path")
    show.set_defaults(func=_chapter_list)

    toc = verbs.add_parser("toc", help="write _toc.yml from data/chapters.toml")
    toc.set_defaults(func=_chapter_toc)

    new = verbs.add_parser(
        "new", help="lay out notebook, module, check and tests under one name"
    )
    new.add_argument(
        "number", help="a planned chapter of data/chapters.toml, such as 09"
    )
    new.set_defaults(func=_chapter_new)

    form = verbs.add_parser(
        "format", help="bring notebooks into the course's normal form"
    )
    _add_names(form)
    form.add_argument(
        "--check", action="store_true", help="change nothing; fail if it would"
    )
    form.set_defaults(func=_chapter_format)

    run = verbs.add_parser("run", help="execute notebooks in place, from the top")
    _add_names(run)
    run.set_defaults(func=_chapter_run)


def _add_names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "chapter",
        nargs="*",
        help="numbers or names, such as 02 or naive_bayes; or a page's path",
    )
    parser.add_argument("--all", action="store_true", help="every written chapter")


def _names(options: argparse.Namespace) -> list[str]:
    names = (
        [c.number for c in chapters.written()]
        if options.all
        else list(options.chapter)
    )
    if not names:
        raise ValueError("name a chapter, or say --all")
    return names


def _chapter_list(_: argparse.Namespace) -> int:
    for chapter in chapters.all_chapters():
        print(
            f"{chapter.number}  {'written' if chapter.written else 'planned'}  {chapter.title}"
        )
    return 0


def _chapter_toc(_: argparse.Namespace) -> int:
    from nlpcourse.course import toc

    print(f"wrote {toc.write()}")
    return 0


def _chapter_new(options: argparse.Namespace) -> int:
    from nlpcourse.notebooks import layout as scaffold

    for path in scaffold.lay_out(chapters.get(options.number)):
        print(f"laid out {path}")
    return 0


def _notebook(name: str) -> Path:
    """Return the notebook of a chapter, or the path of a page that is no chapter."""
    return (
        Path(name)
        if name.endswith(".ipynb")
        else chapters.require_written(name).notebook
    )


def _paths(options: argparse.Namespace) -> list[tuple[str, Path]]:
    """Return names and notebooks of what was asked for; ``--all`` takes the pages, too."""
    from nlpcourse.notebooks import cells

    found = [(name, _notebook(name)) for name in _names(options)]
    if options.all:
        found += [(path.as_posix(), path) for path in cells.pages()]
    return found


def _chapter_format(options: argparse.Namespace) -> int:
    from nlpcourse.notebooks import cells

    status = 0
    for name, path in _paths(options):
        before = cells.read(path)
        after = cells.formatted(before)
        if after == before:
            continue
        if options.check:
            print(
                f"{path.name} is not in normal form; run `nlpcourse chapter format {name}`"
            )
            status = 1
        else:
            cells.write(path, after)
    return status


def _chapter_run(options: argparse.Namespace) -> int:
    from nlpcourse.notebooks import run as notebooks_run

    absent = {c.notebook: c.missing for c in chapters.written() if c.missing}
    for _, path in _paths(options):
        if path in absent:
            _leave_out(absent[path], options.all)
            continue
        cost = notebooks_run.run(path)
        print(f"{path.name}: {cost.seconds:.1f} s, {cost.memory_mb:.0f} MB")
    return 0


def _leave_out(missing: str, all_of_them: bool) -> None:
    """Say what a chapter lacks; raise RuntimeError where it was asked for by name."""
    if not all_of_them:
        raise RuntimeError(missing)
    print(f"left out: {missing}")


def _add_measure(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    parser = commands.add_parser(
        "measure",
        help="run chapters on one core and record time and memory in the ledger",
    )
    _add_names(parser)
    parser.add_argument(
        "--rerecord",
        action="store_true",
        help="replace the recorded results by today's, too",
    )
    parser.set_defaults(func=_measure)


def _measure(options: argparse.Namespace) -> int:
    from nlpcourse.course import ledger
    from nlpcourse.notebooks import run as notebooks_run

    for name in _names(options):
        chapter = chapters.require_written(name)
        if chapter.missing:
            _leave_out(chapter.missing, options.all)
            continue
        extra = {ledger.RERECORD_VARIABLE: "1"} if options.rerecord else None
        cost = notebooks_run.run(chapter.notebook, pin=True, environment=extra)
        ledger.rerecord(
            f"{chapter.number}.chapter",
            seconds=round(cost.seconds, 1),
            memory_mb=round(cost.memory_mb),
        )
        print(
            f"{chapter.stem}: {cost.seconds:.1f} s, {cost.memory_mb:.0f} MB on one core"
        )
    return 0


def _add_learner(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    parser = commands.add_parser(
        "learner", help="write the learner's copies (solutions out)"
    )
    parser.add_argument(
        "chapter", nargs="*", help="all written chapters by default"
    )
    parser.add_argument(
        "--to", type=Path, default=Path("learner"), help="folder (learner/)"
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace copies already there"
    )
    parser.set_defaults(func=_learner)


def _learner(options: argparse.Namespace) -> int:
    from nlpcourse.notebooks.forms import write_learner_copies

    names = options.chapter or [c.number for c in chapters.written()]
    done = write_learner_copies(names, options.to, options.overwrite)
    for path in done:
        print(f"wrote {path}")
    if len(done) < len(names):
        print(
            f"left {len(names) - len(done)} copies as they are: they hold your work"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
