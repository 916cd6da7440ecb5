"""``nlpcourse grade``: a folder of downloads in, the marks of a class out."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlpcourse.grading.run import Graded

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(commands: Commands) -> None:
    """Add ``nlpcourse grade`` to the command's parser."""
    parser = commands.add_parser(
        "grade", help="grade what a class has handed in, each submission confined"
    )
    parser.add_argument(
        "submitted",
        type=Path,
        help="a folder or zip file, as your platform gives it",
    )
    parser.add_argument(
        "--release", type=Path, required=True, help="what `nlpcourse assign` made"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("marks"),
        help="folder of the marks (marks/)",
    )
    parser.add_argument(
        "--jobs", type=_count, help="submissions at a time (one a core)"
    )
    parser.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="of Dask's, for a cluster",
    )
    parser.add_argument(
        "--variant-key", type=Path, metavar="FILE", help="the key of the release"
    )
    parser.add_argument(
        "--manual", type=Path, metavar="FILE", help="marks that a person has given"
    )
    parser.add_argument(
        "--again", action="store_true", help="grade what has been graded, too"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    _add_limits(parser)
    parser.set_defaults(func=_grade)


def _add_limits(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what a submission may use")
    group.add_argument(
        "--seconds", type=_count, default=300, help="from start to end (300)"
    )
    group.add_argument(
        "--call-seconds", type=_count, default=60, help="a cell or a call (60)"
    )
    group.add_argument(
        "--memory", type=_count, default=3000, metavar="MB", help="of memory (3000)"
    )
    group.add_argument(
        "--allow-network",
        action="store_true",
        help="grade where the system cannot take the network away",
    )
    group.add_argument(
        "--allow-unconfined",
        action="store_true",
        help="grade where it cannot hide files and processes",
    )


def _count(text: str) -> int:
    found = int(text)
    if found < 1:
        raise argparse.ArgumentTypeError(f"{text} is not one or more")
    return found


def _grade(options: argparse.Namespace) -> int:
    from nlpcourse.grading import manual, prepare, run, sandbox, work
    from nlpcourse.grading import release as releases

    limits = sandbox.Limits(
        seconds=options.seconds,
        call_seconds=options.call_seconds,
        cpu_seconds=options.seconds,
        memory_mb=options.memory,
    )
    settings = work.Settings(
        limits, options.allow_network, options.allow_unconfined
    )
    key = prepare.read_key(options.variant_key, releases.read(options.release))
    if not options.scheduler:
        print(work.confinement_for(settings).text(), file=sys.stderr)
    began = time.monotonic()
    graded = run.grade_class(
        options.submitted,
        options.release,
        options.out,
        settings,
        options.jobs,
        options.scheduler,
        key,
        options.again,
        not options.quiet,
    )
    if options.manual is not None:
        given = manual.read_form(options.manual, graded)
        graded = replace(graded, rows=manual.with_manual(graded.rows, given))
    _write(options.out, graded)
    _say(options.out, graded, time.monotonic() - began)
    return 0


def _write(out: Path, graded: Graded) -> None:
    from nlpcourse.grading import export, feedback, gradebook, manual, report

    export.write_all(out, graded)
    manual.write_form(out / "manual-form.csv", graded)
    feedback.write_all(out / "feedback", graded)
    report.write(out / "report.html", graded)
    if gradebook.there_is_one():
        gradebook.write(out / "gradebook.db", graded)


def _say(out: Path, graded: Graded, seconds: float) -> None:
    handed_in = [row for row in graded.rows if row.submission is not None]
    attention = [row for row in graded.rows if row.attention]
    trouble = graded.collection.trouble
    print(f"graded {len(handed_in)} submissions in {seconds:.0f} s")
    if attention or trouble:
        print(
            f"needs attention: {len(attention) + len(trouble)}; see {out / 'marks.csv'}"
        )
        for row in attention[:10]:
            print(f"  {row.person.id}, {row.chapter.number}: {row.attention[0]}")
        for path, why in trouble[: max(0, 10 - len(attention))]:
            print(f"  {path}: {why}")
    print(f"wrote {out}: marks, feedback, report.html")
