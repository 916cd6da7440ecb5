"""Running somebody's program: in its own folder, for so long and no longer.

This is no sandbox.  The program may do on this machine whatever you may; check your own projects,
and a stranger's only where it can do no harm.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST = 4000
"""Characters of what a program said that are kept, its last ones."""
_LEFT_OUT = (
    "PYTEST_ADDOPTS",
    "PYTEST_CURRENT_TEST",
    "PYTEST_PLUGINS",
    "PYTHONPATH",
)


@dataclass(frozen=True)
class Done:
    """How a program ended: its exit status (none if it ran out of time), and what it said last."""

    status: int | None
    output: str

    @property
    def why(self) -> str:
        """The last line that it said, or that it ran out of time."""
        if self.status is None:
            return "it ran out of time"
        lines = self.output.strip().splitlines()
        return lines[-1].strip()[:200] if lines else f"it ended with {self.status}"


def run_python(
    arguments: Sequence[str], folder: Path, seconds: float = 120, hash_seed: int = 0
) -> Done:
    """Run Python in a folder from whose ``src`` it imports; end it, children and all, in time.

    Args:
        arguments: of Python.
        folder: where it runs.
        seconds: that it may take.
        hash_seed: of Python's hashes, on which the order of sets depends.

    Raises:
        ValueError: there is no time.
    """
    if not seconds > 0:
        raise ValueError(f"a program needs some time, not {seconds} seconds")
    environment = {k: v for k, v in os.environ.items() if k not in _LEFT_OUT}
    environment |= {
        "PYTHONPATH": str(folder / "src"),
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # not what else this machine has installed
    }
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status: int | None = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end(process)
        size = said.seek(0, os.SEEK_END)
        said.seek(max(0, size - LONGEST))
        return Done(status, said.read().decode("utf-8", "replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and whatever it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
