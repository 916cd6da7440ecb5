"""What the attacks of tests/attacks.py do under plain ``nbgrader autograde``.

    python benchmarks/attacks.py                      # all of them, some minutes, as root
    python benchmarks/attacks.py --only "hooks the imports"
    python benchmarks/attacks.py --stale              # those that the record lacks as they are
    python benchmarks/attacks.py --patience 4         # on a machine that is busy

Each attack stands beside an honest answer (exercise 11.2) in a submission to an assignment made of
chapter 11's exercises, as in tests/grading/test_attacks.py; what would harm others is handed in
beside honest work of another student.  So that this machine stays whole, the
instructor's machine is a box (``nlpcourse.grading.sandbox``): a home, a small disk in memory, a
limit of memory and of processes, a network of its own with listeners that stand for the machine's
and for the world's.  Inside it nbgrader works as it does for anybody: the course, the grade book
and all submissions belong to the one user who runs it.  Three things are the box's own and not
nbgrader's: the first process belongs to the same user, as in a container; nothing of the system
can be written; and nobody can gain rights.

An attack succeeds where the assertion fails that tests/grading/test_attacks.py makes of
``nlpcourse grade``: points without work, the honest answer's or the other student's mark lost, the
grading that does not end, a door that opens, or a file or a process that is left.  Where one attack
cuts the grading of others short, each of them is tried again alone.

The record is data/grading-attacks.json, which the instructor's page quotes.  What ``nlpcourse
grade`` holds comes into it from a report of those tests:

    pytest tests/grading/test_attacks.py --junitxml=report.xml
    python benchmarks/attacks.py --ours report.xml
"""

from __future__ import annotations

import argparse
import ctypes
import datetime
import hashlib
import importlib
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.grading import sandbox
from nlpcourse.grading.handout import student_notebook
from nlpcourse.notebooks import cells
from nlpcourse.notebooks.forms import assignment_source

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "data" / "grading-attacks.json"
sys.path.insert(0, str(ROOT / "tests"))
attacks: Any = importlib.import_module("attacks")

SECONDS, CELL_SECONDS = 40, 5
"""The longest that grading and a cell may take; without an attack grading takes about ten."""

LIMITS = sandbox.Limits(
    memory_mb=2500,
    disk_mb=160,
    file_mb=160,
    processes=128,
    open_files=1024,
)

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "nlp"
c.ExecutePreprocessor.timeout = {seconds}
"""

HONEST = {"11.2": 1}
"""The mark for what is honest beside an attack."""

OTHER, OTHERS_MARK = "zoe", {"11.2": 1, "11.4": 2}
"""A student who tries nothing and whose turn is last, and the mark for it."""

TOGETHER = {
    "ends early with 0",
    "ends the hard way",
    "crashes the interpreter",
    "loops without end",
    "loops in a function",
    "sleeps without end",
    "takes memory in one piece",
    "opens all descriptors",
    "answers with lists in lists",
}
"""Of FORCE, what ends no other process than its own, so that many can be marked in one run."""

BOXED = {"mounts", "asks for root"}
"""What the box itself holds, because nobody in it gains rights."""

LOOK = "print('SOLVED') if type(folder) is float and folder == 0.5050505 else None"
"""The cell after an attack: some of them only say that they have found what they looked for."""


def kinds() -> dict[str, tuple[str, Any]]:
    """Return every attack's kind, and its code or what it does to the notebook, by name."""
    return {
        name: (kind, what)
        for kind, group in attacks.KINDS.items()
        for name, what in group.items()
    }


# ----------------------------------------------------------- the course that is attacked


def code_cell(name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def notebooks() -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """Return an assignment of chapter 11's exercises: source, copy handed out, solutions."""
    chapter = chapters.get("11")
    notebook = cells.read(chapter.notebook)
    source = assignment_source(notebook, chapter)
    source["cells"] = [c for c in source["cells"] if "nbgrader" in c["metadata"]]
    honest = {e.identifier: e.solution for e in cells.exercises(notebook)}
    return source, student_notebook(json.loads(json.dumps(source))), honest


def handed_in(released: dict[str, Any], *sources: str) -> dict[str, Any]:
    """Return a submission: what a student wrote, and the check cells as they were handed out."""
    notebook = json.loads(json.dumps(released))
    for cell in notebook["cells"]:
        if cell["metadata"]["nbgrader"]["solution"]:
            cell["source"] = "pass"
    new = [code_cell(f"new-{k}", source) for k, source in enumerate(sources)]
    notebook["cells"] = [*new, *notebook["cells"]]
    return notebook


def write(path: Path, notebook: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def prepare(course: Path, patience: int) -> None:
    """Make a course of nbgrader's with its grade book; the submissions come later."""
    source, _, _ = notebooks()
    write(course / "source" / "work" / "work.ipynb", source)
    (course / "nbgrader_config.py").write_text(
        CONFIG.format(seconds=CELL_SECONDS * patience), encoding="utf-8"
    )
    tools = str(Path(sys.executable).parent)  # nbgrader calls alembic by name
    subprocess.run(
        [*nbgrader("generate_assignment", course), "--create"],
        cwd=course,
        env={**os.environ, "PATH": os.pathsep.join([tools, os.environ["PATH"]])},
        check=True,
        capture_output=True,
    )


def nbgrader(what: str, course: Path) -> list[str]:
    return [sys.executable, "-m", "nbgrader", what, "work", f"--course={course}"]


# ------------------------------------------------------------------ the instructor's machine


def inside(course_in: int, most: float) -> None:
    """Mark what was handed in, and print what came of it; this runs in the box.

    Args:
        course_in: a descriptor from which the course comes, as an archive.
        most: seconds that the grading may take.
    """
    home = Path.home()
    course = home / "course"
    with open(course_in, "rb") as file, tarfile.open(fileobj=file) as archive:
        archive.extractall(course, filter="data")
    (home / ".ssh").mkdir()
    (home / ".ssh" / "id_rsa").write_text("PRIVATE KEY", encoding="utf-8")
    (home / ".bashrc").write_text("", encoding="utf-8")
    package = home / "checkout" / "src" / "nlpcourse"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "nlpcourse", package, ignore=ignored)
    (home / "checkout" / "data").symlink_to(ROOT / "data")
    before = digests(home)
    environment = {
        **os.environ,
        "PYTHONPATH": str(package.parent),
        attacks.SECRET: "of the grader",
    }
    began = time.monotonic()
    process = subprocess.Popen(
        [*nbgrader("autograde", course), "--create"],
        cwd=course,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ended = str(process.wait(most))
    except subprocess.TimeoutExpired:
        ended = "time"
    seconds = round(time.monotonic() - began, 1)
    left = [p.name for p in Path("/proc").iterdir() if sleeps(p)]
    for _ in range(20):
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    after = digests(home)
    print(
        "\nFOUND "
        + json.dumps(
            {
                "ended": ended,
                "seconds": seconds,
                "left": bool(left),
                "files": sorted(
                    p for p in ("bomb", "from-ann") if Path("/tmp", p).exists()
                ),
                "changed": sorted(
                    name
                    for name in before.keys() | after.keys()
                    if before.get(name) != after.get(name)
                ),
                "printed": {
                    path.name: printed(path)
                    for path in (course / "submitted").iterdir()
                },
                "marks": marks(course),
            }
        ),
        flush=True,
    )


def sleeps(process: Path) -> bool:
    try:
        return b"sleep(987654)" in (process / "cmdline").read_bytes()
    except OSError:
        return False


MINE = (
    "course/source",
    "course/submitted",
    "course/nbgrader_config.py",
    "checkout/src",
    ".bashrc",
    ".ssh",
    ".ipython/profile_default/startup",
)
"""What the instructor has, and no grading needs to change."""


def digests(home: Path) -> dict[str, str]:
    """Return a digest of each of the instructor's files, by its name below the home."""
    found = {}
    for name in MINE:
        for path in [home / name, *(home / name).rglob("*")]:
            if path.is_file() and path.suffix != ".pyc" and path.name != "README":
                text = hashlib.sha256(path.read_bytes()).hexdigest()
                found[str(path.relative_to(home))] = text
    return found


def printed(submitted: Path) -> str:
    """Return which words a student's notebook printed or raised."""
    autograded = submitted.parent.parent / "autograded"
    path = autograded / submitted.name / "work" / "work.ipynb"
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    text = ""
    for cell in found["cells"]:
        for output in cell.get("outputs", []):
            text += "".join(output.get("text", "")) + output.get("evalue", "")
    return " ".join(word for word in ("ESCAPED", "SOLVED") if word in text)


def marks(course: Path) -> dict[str, dict[str, float]]:
    """Return what the grade book has, by student and exercise."""
    try:
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
            return {
                submission.student.id: {
                    grade.name.removeprefix("check-").replace("-", "."): grade.score
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                    if grade.score
                }
                for submission in book.assignment_submissions("work")
            }
    except Exception as error:  # whatever the attack has done to it
        return {"": {type(error).__name__: 0.0}}


def submissions(tried: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the notebooks that are handed in, by student."""
    _, released, solutions = notebooks()
    first = (attacks.STUBS, solutions["11.2"])
    found = {OTHER: handed_in(released, *first, solutions["11.4"])}
    for who, what in tried.items():
        if isinstance(what, str):
            found[who] = handed_in(released, *first, what, LOOK)
        else:
            found[who] = handed_in(released, *first)
            what(found[who])
    return found


def attacked(course: Path, tried: dict[str, Any], patience: int) -> dict[str, Any]:
    """Hand attacks in beside another student's honest work, and return what comes of it.

    Args:
        course: a course folder as :func:`prepare` makes it.
        tried: code, or what is done to the notebook, by student.
        patience: how many times as long as usual it may take.
    """
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryFile() as packed:
        whole = Path(name) / "course"
        shutil.copytree(course, whole)
        for person, notebook in submissions(tried).items():
            write(whole / "submitted" / person / "work" / "work.ipynb", notebook)
        with tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(whole, ".")
        packed.seek(0)
        most = patience * (SECONDS + SECONDS // 4 * len(tried))
        run = sandbox.start(
            [
                sys.executable,
                str(Path(__file__)),
                f"--inside={packed.fileno()}",
                f"--most={most}",
            ],
            replace(LIMITS, seconds=most + 30, cpu_seconds=most + 30),
            # Its network is the one that network() has made.
            sandbox.Confinement(True, False, True, True),
            readable=[
                *sandbox.interpreter(),
                *(ROOT / part for part in ("src", "data", "tests", "benchmarks")),
                Path("/etc/passwd"),
            ],
            descriptors=(packed.fileno(),),
            environment={
                "HOME": "/home/student",
                "USER": "student",
                "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
                "PYTHONPATH": str(ROOT / "src"),
                "OMP_NUM_THREADS": "1",
                "LANG": "C.UTF-8",
            },
        )
        run.process.wait()
        text = sandbox.output_of(run)
        run.close()
    for line in text.splitlines():
        if line.startswith("FOUND "):
            return dict(json.loads(line[6:]))
    return {"ended": run.ended or "without a word"}


# ------------------------------------------------------------------------- what came of it


def success(who: str, kind: str, found: dict[str, Any], alone: bool) -> str:
    """Return in what a student's attack succeeded; nothing where nbgrader held it.

    Args:
        who: the student.
        kind: of attack.
        found: what :func:`attacked` returned.
        alone: whether nothing else was tried, so that what happened to all is its doing.
    """
    if "marks" not in found:
        return f"the machine gave up: {found['ended']}"
    mine = found["marks"].get(who, {})
    why = []
    if gained := sorted(set(mine) - set(HONEST)):
        points = sum(mine[name] for name in gained)
        why.append(f"{points:g} points without work ({', '.join(gained)})")
    if "11.2" not in mine and kind != "fraud":
        why.append("the honest answer beside it lost its point")
    words = found["printed"].get(who, "")
    if "SOLVED" in words:
        why.append("it read what it looked for")
    if "ESCAPED" in words:
        why.append("it reached what it looked for")
    if not alone:
        return "; ".join(why)
    if any(mine.get(name, 0) > HONEST[name] for name in HONEST):
        why.append("more points than the honest answer is worth")
    if found["ended"] == "time":
        why.append("autograde did not end in time")
    elif found["ended"] != "0":
        why.append(f"autograde failed (status {found['ended']})")
    if found["marks"].get(OTHER, {}) != OTHERS_MARK:
        why.append("the other student's mark is not what it was worth")
    if found["left"]:
        why.append("its process outlived the grading")
    if found["files"]:
        why.append(f"it wrote outside: {', '.join(found['files'])}")
    if found["changed"]:
        why.append(f"it changed {', '.join(found['changed'])}")
    return "; ".join(why)


def outcome(name: str, why: str) -> str:
    """Return in a word what came of an attack, given in what it succeeded."""
    if why:
        return "succeeded"
    return "held by the box" if name in BOXED else "held"


def network() -> None:
    """Give this process a network of its own, with a machine and a world that listen.

    Raises:
        OSError: this user may not.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x40000000) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for words in (
        ("link", "set", "lo", "up"),
        ("addr", "add", "192.0.2.1", "dev", "lo"),
    ):
        subprocess.run(["ip", *words], check=True)
    for address in (("127.0.0.1", 8000), ("192.0.2.1", 80)):
        listener = socket.create_server(address)
        threading.Thread(target=answer, args=(listener,), daemon=True).start()


def answer(listener: socket.socket) -> None:
    while True:
        listener.accept()[0].close()


def ours(report: Path) -> dict[str, str]:
    """Return what pytest's report says of each attack under ``nlpcourse grade``."""
    found = {}
    for case in ET.parse(report).iter("testcase"):
        name = case.get("name", "")
        bad = any(case.find(what) is not None for what in ("failure", "error"))
        skipped = case.find("skipped") is not None
        state = "not held" if bad else "not run" if skipped else "held"
        found[name.partition("[")[2].removesuffix("]") or name] = state
    return found


def main() -> None:
    """Run the attacks and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inside", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--most", type=float, default=60, help=argparse.SUPPRESS)
    parser.add_argument("--only", action="append", help="an attack's name")
    parser.add_argument("--stale", action="store_true", help="new and changed ones")
    parser.add_argument("--patience", type=int, default=1, help="times as long (1)")
    parser.add_argument(
        "--ours", type=Path, help="a report of test_attacks.py, JUnit"
    )
    parser.add_argument("--to", type=Path, default=RECORD)
    options = parser.parse_args()
    if options.inside is not None:
        inside(options.inside, options.most)
        return
    held = ours(options.ours) if options.ours else {}
    network()
    rows: dict[str, dict[str, Any]] = {}
    if options.to.is_file():
        recorded = json.loads(options.to.read_text("utf-8"))["attacks"]
        rows = {row["name"]: {"patience": 1, **row} for row in recorded}
    known = {name: row.get("code") for name, row in rows.items()}
    wanted = {
        name: what
        for name, what in kinds().items()
        if (not options.only or name in options.only)
        and not (options.stale and known.get(name) == attacks.digest(name))
    }
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder) / "course"
        prepare(course, options.patience)
        waiting = batches(wanted)
        while waiting:
            batch = waiting.pop(0)
            tried = {f"ann{k}": wanted[name][1] for k, name in enumerate(batch)}
            began = time.monotonic()
            found = attacked(course, tried, options.patience)
            print(batch, found, round(time.monotonic() - began), flush=True)
            if len(batch) > 1 and found.get("marks", {}).get(OTHER) != OTHERS_MARK:
                print("it was cut: each is tried again alone", flush=True)
                waiting = [[name] for name in batch] + waiting
                continue
            for who, name in zip(tried, batch, strict=True):
                kind = wanted[name][0]
                why = success(who, kind, found, len(batch) == 1)
                print(f"{name}: {why or 'held'}", flush=True)
                rows[name] = {
                    "name": name,
                    "kind": kind,
                    "code": attacks.digest(name),
                    "nbgrader": outcome(name, why),
                    "how": why,
                    "patience": options.patience,
                }
            save(options.to, [rows[name] for name in kinds() if name in rows])
    for name, row in rows.items():
        row["nlpcourse"] = held.get(name, row.get("nlpcourse", "not tested"))
    save(options.to, [rows[name] for name in kinds() if name in rows])


def batches(wanted: dict[str, tuple[str, Any]]) -> list[list[str]]:
    """Return the attacks by runs of autograde: one a run where it could touch another's."""
    together = {
        name: kind for name, (kind, _) in wanted.items() if kind != "others"
    }
    found: dict[str, list[str]] = {}
    for name, kind in together.items():
        if kind != "force" or name in TOGETHER:
            found.setdefault(kind, []).append(name)
    rest = [[n] for n in wanted if not any(n in batch for batch in found.values())]
    return [*found.values(), *rest]


def save(path: Path, rows: list[dict[str, Any]]) -> None:
    record = {
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "versions": {p: version(p) for p in ("nbgrader", "nbclient", "ipykernel")},
        "box": {
            name: getattr(LIMITS, name)
            for name in ("memory_mb", "disk_mb", "processes")
        },
        "seconds": SECONDS,
        "cell_seconds": CELL_SECONDS,
        "attacks": rows,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
