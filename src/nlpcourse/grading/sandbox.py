"""A process tree that sees nothing of the class, and that ends when it is told to.

On Linux the program gets namespaces of its own: its processes are all that it can see and signal,
it has no network, and its root is made anew from what it needs to run (interpreter, libraries, the
course's data), all read-only, with an empty home and a small disk in memory.  Where the system
refuses some of that, :func:`what_holds` says so, and nothing runs unless the caller allows it.

Sources: the manual pages namespaces(7), user_namespaces(7), mount(2), pivot_root(2), prctl(2),
setrlimit(2).
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/alternatives",
)
"""What every program of the system needs, where it is there."""

FIRST_USER, USERS = 2_000_000, 1_000_000
"""Numbers of users that no system gives to anybody; a grader with the right to takes one a run."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        seconds: of the wall clock, from start to end.
        call_seconds: of the wall clock, for one cell or one call of a function.
        cpu_seconds: of processor time of one process.
        memory_mb: resident, of all processes together.
        disk_mb: written to the disk in memory, home and temporary files.
        file_mb: the largest file.
        processes: at once, threads included.
        open_files: of one process.
        output_mb: printed; what comes after it ends the run.
    """

    seconds: float = 300
    call_seconds: float = 60
    cpu_seconds: int = 240
    memory_mb: int = 3000
    disk_mb: int = 256
    file_mb: int = 128
    processes: int = 128
    open_files: int = 256
    output_mb: int = 16


@dataclass(frozen=True)
class Confinement:
    """What the system lets a sandbox confine.

    Attributes:
        files: a root of its own, without the class's files.
        network: none.
        processes: none seen but its own; all end with the first.
        user: another than the grader's, or no rights outside.
        why: what the system answered where something is missing.
    """

    files: bool
    network: bool
    processes: bool
    user: bool
    why: str = ""

    @property
    def whole(self) -> bool:
        """Whether all of it holds."""
        return self.files and self.network and self.processes and self.user

    def text(self) -> str:
        """Return one line on what holds and what does not."""
        parts = {
            "files": self.files,
            "network": self.network,
            "processes": self.processes,
            "user": self.user,
        }
        missing = [name for name, there in parts.items() if not there]
        if not missing:
            return "confined: files, network, processes, user"
        return f"not confined: {', '.join(missing)} ({self.why})"


NOTHING = Confinement(False, False, False, False, "asked for")


@dataclass
class Run:
    """A program in its sandbox.

    Attributes:
        process: the first process of the tree.
        printed: what it wrote to its standard output and error, cut at the limit.
        ended: why it was stopped, where it was.
    """

    process: subprocess.Popen[bytes]
    limits: Limits
    printed: bytearray = field(default_factory=bytearray)
    ended: str = ""
    _done: threading.Event = field(default_factory=threading.Event)

    def stop(self, why: str = "") -> None:
        """End every process of the tree."""
        if why and not self.ended:
            self.ended = why
        # First what stands inside: with the first process of a namespace end all others of it.
        for number in [*_children(self.process.pid), self.process.pid]:
            for kill in (os.kill, os.killpg):
                try:
                    kill(number, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    continue

    def close(self) -> int:
        """End the tree and wait for it; return the exit status of its first process."""
        self._done.set()
        self.stop()
        return self.process.wait()


def start(
    command: Sequence[str],
    limits: Limits,
    confinement: Confinement,
    readable: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
    descriptors: Sequence[int] = (),
) -> Run:
    """Start a program in a sandbox.

    Args:
        command: what to run, its first word an absolute path inside the sandbox.
        limits: what it may use.
        confinement: what of :func:`what_holds` to ask for.
        readable: files and folders of the system that it may read, beside :data:`SYSTEM`.
        environment: its whole environment; nothing of the caller's is handed on.
        descriptors: open ones that it inherits.
    """
    plan = {
        "command": list(command),
        "readable": [str(path) for path in readable],
        "environment": dict(environment or {}),
        "files": confinement.files,
        "network": confinement.network,
        "processes": confinement.processes,
        "limits": vars(limits),
        # Of its own, because the system counts processes by user.
        "user": FIRST_USER + secrets.randbelow(USERS),
    }
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(__file__).with_name("confine.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"NLPCOURSE_DESCRIPTORS": ",".join(map(str, descriptors))},
        pass_fds=tuple(descriptors),
        start_new_session=True,
    )
    assert child.stdin is not None
    child.stdin.write(json.dumps(plan).encode())
    child.stdin.close()
    run = Run(child, limits)
    threading.Thread(target=_listen, args=(run,), daemon=True).start()
    threading.Thread(target=_watch, args=(run,), daemon=True).start()
    return run


def _listen(run: Run) -> None:
    """Keep what is printed up to the limit; stop what prints without end."""
    assert run.process.stdout is not None
    most = run.limits.output_mb * 2**20
    total = 0
    while part := run.process.stdout.read1(2**16):  # type: ignore[attr-defined]
        total += len(part)
        room = min(most, 2**20) - len(run.printed)
        run.printed += part[: max(0, room)]
        if total > most:
            run.stop(f"it printed more than {run.limits.output_mb} MB")
            return


def _watch(run: Run) -> None:
    """Stop a tree that is out of time or memory."""
    end = time.monotonic() + run.limits.seconds
    while not run._done.wait(0.1) and run.process.poll() is None:
        if time.monotonic() > end:
            run.stop(f"it ran for more than {run.limits.seconds:.0f} s")
        used = _resident_mb(run.process.pid)
        if used > run.limits.memory_mb:
            run.stop(f"it used more than {run.limits.memory_mb:,} MB of memory")


def _resident_mb(first: int) -> float:
    """Return the resident memory of a process and all that come from it."""
    total, waiting = 0.0, [first]
    page = os.sysconf("SC_PAGE_SIZE") / 2**20
    while waiting:
        number = waiting.pop()
        try:
            statm = Path(f"/proc/{number}/statm").read_text()
            total += int(statm.split()[1]) * page
        except (OSError, ValueError, IndexError):
            continue
        waiting += _children(number)
    return total


def _children(number: int) -> list[int]:
    """Return the processes that a process of this machine has started and that run."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{number}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except (OSError, ValueError):
        return found
    return found


@lru_cache(maxsize=1)
def what_holds() -> Confinement:
    """Try a sandbox with a harmless program; return what of it the system allows.

    >>> isinstance(what_holds().whole, bool)
    True
    """
    if not sys.platform.startswith("linux"):
        return Confinement(
            False, False, False, False, f"{sys.platform} has no namespaces of Linux"
        )
    whole = Confinement(True, True, True, True)
    why = _try(whole)
    if why == "fine":
        return whole
    found = {}
    for name in ("files", "network", "processes"):
        asked = Confinement(True, name == "network", name == "processes", True)
        found[name] = _try(asked) == "fine"
    return Confinement(
        found["files"], found["network"], found["processes"], found["files"], why
    )


def _try(confinement: Confinement) -> str:
    code = "print('fine')"
    with tempfile.TemporaryDirectory() as empty:
        run = start(
            [sys.executable, "-I", "-S", "-c", code],
            Limits(seconds=20, cpu_seconds=10),
            confinement,
            readable=interpreter(),
            environment={"HOME": empty},
        )
        run.process.wait()
        time.sleep(0.05)
        run.close()
    lines = run.printed.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no answer"


def interpreter() -> list[Path]:
    """Return the folders that this interpreter and its packages need."""
    wanted = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    wanted |= {str(Path(sys.executable).resolve().parent.parent)}
    found: list[Path] = []
    for folder in sorted(Path(name).absolute() for name in wanted):
        inside = any(
            folder.is_relative_to(other) for other in (*found, *map(Path, SYSTEM))
        )
        if not inside and folder != Path("/"):
            found.append(folder)
    return found


def output_of(run: Run) -> str:
    """Return what a run has printed, as text."""
    seen = -1
    while seen < len(run.printed):  # what is still in the pipe
        seen = len(run.printed)
        time.sleep(0.02)
    return bytes(run.printed).decode("utf-8", errors="replace")
