"""Which tests a change can break, chapter by chapter: ``nlpcourse test``.

A chapter's tests are stale when one of these changed since they last passed: the chapter's own
folders (notebook, ``src``, ``tests``, ``data``), the code and the trained models of the chapters
that it builds on, or a shared room.  What changed is told by digests of names and contents, so a
renamed and a deleted file count, and the time of a file does not.

The digests of what passed lie in ``.stamps/tested.json`` of the checkout.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nlpcourse.course import chapters
from nlpcourse.course.chapters import Chapter
from nlpcourse.course.paths import require_repository

KINDS = ("units", "notebooks", "pages")
SHARED = "shared"
_IGNORED = {"__pycache__", "node_modules", ".ipynb_checkpoints"}


@dataclass(frozen=True)
class Job:
    """The tests of one kind of one chapter (or of all that is shared), and what they depend on.

    Attributes:
        kind: ``units``, ``notebooks`` or ``pages``.
        name: the chapter's stem, such as ``23_lstm``; a page's; or ``shared``.
        targets: what pytest is given, relative to the root.
        inputs: files and folders whose contents decide whether the tests are stale.
        missing: what a reader is told where the chapter's extra is not installed; else nothing.
    """

    kind: str
    name: str
    targets: tuple[str, ...]
    inputs: tuple[str, ...]
    missing: str = ""

    @property
    def key(self) -> str:
        """The name under which its digest is kept: tests that were skipped passed nothing."""
        return f"{self.kind}/{self.name}" + " without its extra" * bool(
            self.missing
        )


ROOMS = (
    "src/nlpcourse/__init__.py",
    "src/nlpcourse/assets",
    "src/nlpcourse/corpora",
    "src/nlpcourse/course",
    "src/nlpcourse/evaluation.py",
    "src/nlpcourse/exercises.py",
    "src/nlpcourse/in_notebook.py",
    "src/nlpcourse/notebooks",
    "src/nlpcourse/page",
    "src/nlpcourse/plots.py",
    "src/nlpcourse/training",
    "data/assets.toml",
    "data/chapters.toml",
    "pyproject.toml",
    "requirements.lock",
    "tests/answers.py",
    "tests/conftest.py",
)
"""What every chapter uses, and how the book is made."""

CONTRACT = (
    "tests/test_chapters.py",
    "tests/test_exercises.py",
    "tests/test_edges.py",
    "tests/test_imports.py",
    "tests/notebooks/test_forms.py",
)
"""What is asked of every chapter, one test a chapter, an exercise or a function."""

BOOK = ("book", "_config.yml", "_toc.yml", "tests/browser", "tests/test_book.py")


def built_on(chapter: Chapter) -> list[Chapter]:
    """Return the written chapters that *chapter* may import, in the order of the path.

    They are its prerequisites, and theirs.

    >>> [c.number for c in built_on(chapters.get("09"))]
    ['01', '02']
    """
    found = {c.number for c in chapters.needed([chapter.number]) if c != chapter}
    return [c for c in chapters.all_chapters() if c.number in found and c.written]


def _code(chapter: Chapter) -> str:
    return f"src/nlpcourse/{chapter.package}/{chapter.room}"


def _data(chapter: Chapter) -> str:
    return f"data/chapters/{chapter.stem}"


def _tests(chapter: Chapter) -> str:
    return f"tests/{chapter.package}/{chapter.room}"


def _notebook(chapter: Chapter) -> str:
    return f"notebooks/{chapter.stem}.ipynb"


def _foundations(chapter: Chapter) -> list[str]:
    """Return what a chapter takes over from others: code, models, results.

    The others are those that it builds on, and those whose code its notebook calls, a later
    chapter's model as a control among them.
    """
    path = require_repository("Testing") / _notebook(chapter)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    others = {c.number: c for c in built_on(chapter)}
    others |= {
        c.number: c
        for c in chapters.written()
        if f"{c.module}." in text and c.number != chapter.number
    }
    return [
        place for _, c in sorted(others.items()) for place in (_code(c), _data(c))
    ]


def jobs(kind: str) -> list[Job]:
    """Return all jobs of a kind: one a chapter, one a page, one for what is shared.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(
            f"there is no kind of test {kind!r}; there are {', '.join(KINDS)}"
        )
    written = chapters.written()
    found = []
    for chapter in written:
        own = (_code(chapter), _data(chapter), _notebook(chapter))
        below = tuple(_foundations(chapter))
        if kind == "units":
            targets: tuple[str, ...] = (_tests(chapter), _code(chapter), *CONTRACT)
            inputs = (*own, _tests(chapter), *below, *ROOMS, *CONTRACT)
        elif kind == "notebooks":
            targets = (_notebook(chapter),)
            inputs = (*own, *below, *ROOMS, "tests/nbval.cfg")
        else:
            targets = ("tests/test_book.py", "tests/browser")
            inputs = (*own, *below, *ROOMS, *BOOK)
        found.append(Job(kind, chapter.stem, targets, inputs, chapter.missing))
    everything = ("src", "data", "notebooks")
    for page in _pages():
        own = (f"notebooks/pages/{page}.ipynb", *everything[:2])
        if kind == "units":
            targets = (
                f"tests/pages/{page}",
                f"src/nlpcourse/pages/{page}",
                *CONTRACT,
            )
            inputs = (*own, *CONTRACT, f"tests/pages/{page}", *ROOMS)
        elif kind == "notebooks":
            targets, inputs = (own[0],), (*own, "tests/nbval.cfg")
        else:
            targets, inputs = ("tests/test_book.py", "tests/browser"), (*own, *BOOK)
        found.append(Job(kind, page, targets, inputs))
    if kind == "units":
        targets = tuple(_shared_tests())
        inputs = (
            *ROOMS,
            "src/nlpcourse/cli.py",
            "src/nlpcourse/grading",
            "data/grading.json",
            "data/grading-attacks.json",
            "benchmarks/attacks.py",
            "hub",
            *targets,
            "book",
            "data/chapters",
            "data/links.toml",
            "Makefile",
        )
        found.append(Job(kind, SHARED, targets, inputs))
    if kind == "pages":
        found.append(
            Job(
                kind,
                SHARED,
                ("tests/test_book.py", "tests/browser"),
                (
                    *BOOK,
                    *ROOMS,
                    "data/links.toml",
                    "data/grading.json",
                    "data/grading-attacks.json",
                ),
            )
        )
    return found


def _pages() -> list[str]:
    folder = require_repository("Testing") / "notebooks" / "pages"
    return sorted(path.stem for path in folder.glob("*.ipynb"))


def _shared_tests() -> Iterator[str]:
    """Yield the tests that belong to no chapter, and the shared rooms for their doctests."""
    root = require_repository("Testing")
    packages = {c.package for c in chapters.all_chapters()} | {"pages", "browser"}
    left_out = {
        *CONTRACT,
        "tests/answers.py",
        "tests/test_book.py",
        "tests/conftest.py",
        "tests/nbval.cfg",
    }
    for path in sorted((root / "tests").iterdir()):
        name = f"tests/{path.name}"
        if path.name in packages | _IGNORED or name in left_out:
            continue
        if path.is_dir():
            yield from (
                inner
                for inner in (
                    f"{name}/{p.name}" for p in sorted(path.glob("test_*.py"))
                )
                if inner not in CONTRACT
            )
        elif path.suffix == ".py":
            yield name
    for room in ROOMS:
        if room.startswith("src/"):
            yield room


@lru_cache(maxsize=4096)
def _digest_of_file(path: Path, _size: int, _modified: int) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def digest(inputs: Iterable[str], root: Path | None = None) -> str:
    """Return the digest of files and folders: of every name below them, and of its content."""
    root = root or require_repository("Testing")
    files: set[Path] = set()
    for name in inputs:
        path = root / name
        if path.is_dir():
            files |= {
                p
                for p in path.rglob("*")
                if p.is_file() and not _IGNORED & set(p.parts)
            }
        elif path.is_file():
            files.add(path)
    whole = hashlib.sha256(sys.version.encode())
    for path in sorted(files):
        state = path.stat()
        content = _digest_of_file(path, state.st_size, state.st_mtime_ns)
        whole.update(path.relative_to(root).as_posix().encode() + b"\0" + content)
    return whole.hexdigest()


def _record() -> Path:
    return require_repository("Testing") / ".stamps" / "tested.json"


def passed() -> dict[str, str]:
    """Return the digests of what passed, by key; nothing where the file is absent or damaged."""
    try:
        found = json.loads(_record().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def stale(kind: str) -> list[Job]:
    """Return the jobs of a kind whose tests have not passed on what is there now."""
    known = passed()
    return [job for job in jobs(kind) if known.get(job.key) != digest(job.inputs)]


def note(done: Iterable[tuple[str, str]]) -> None:
    """Keep the digests of jobs that passed, as pairs of key and digest."""
    path = _record()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    content = json.dumps({**passed(), **dict(done)}, indent=1, sort_keys=True)
    partial.write_text(content + "\n", encoding="utf-8")
    partial.replace(path)


def command(kind: str, todo: list[Job], workers: int) -> list[str]:
    """Return the pytest command that runs the jobs."""
    targets = list(dict.fromkeys(t for job in todo for t in job.targets))
    only = ",".join(job.name for job in todo)
    start = [sys.executable, "-m", "pytest", "-n", str(workers), "--dist"]
    if kind == "notebooks":
        nbval = ["--nbval", "--nbval-sanitize-with", "tests/nbval.cfg"]
        figures = ["-p", "nlpcourse.notebooks.comparison"]
        limits = ["--nbval-cell-timeout", "300", "-p", "no:cacheprovider"]
        return [*start, "loadfile", *nbval, *figures, *limits, *targets]
    if kind == "pages":
        return [*start, "loadgroup", "--only", only, *targets]
    return [*start, "loadfile", "--only", only, *targets]


def add_parser(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
) -> None:
    """Add ``nlpcourse test`` to the command's parser."""
    parser = subparsers.add_parser(
        "test", help="run the tests that a change can break, chapter by chapter"
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument(
        "--all", action="store_true", help="also what has passed before"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes at once (2)")
    parser.add_argument(
        "--list", action="store_true", help="name what would run, and run nothing"
    )
    parser.set_defaults(func=_run)


def _run(options: argparse.Namespace) -> int:
    todo = jobs(options.kind) if options.all else stale(options.kind)
    for job in todo:
        if job.missing and options.kind == "notebooks":
            print(f"left out: {job.missing}", flush=True)
    if options.kind == "notebooks":
        todo = [job for job in todo if not job.missing]
    names = (
        ", ".join(job.name for job in todo) or "nothing: all of it passed as it is"
    )
    print(f"{options.kind} to test: {names}", flush=True)
    if options.list or not todo:
        return 0
    digests = [(job.key, digest(job.inputs)) for job in todo]
    root = require_repository("Testing")
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    if options.kind == "pages":
        environment.setdefault("NLPCOURSE_REQUIRE_BOOK", "1")
    done = subprocess.run(
        command(options.kind, todo, max(1, options.jobs)),
        cwd=root,
        env=environment,
        check=False,
    )
    if done.returncode == 0:
        note(digests)
    return done.returncode
