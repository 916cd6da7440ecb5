"""A lock between processes that the operating system releases when its holder dies.

So there is no stale lock to judge or to remove: a killed fetch frees it.  The package `filelock`
does the work, also on file systems without locks, where it takes the lock file itself for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def file_lock(
    path: Path, on_wait: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Hold the lock at *path*; *on_wait* is called once if another process has it."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        on_wait()
        lock.acquire(poll_interval=0.1)
    try:
        yield
    finally:
        lock.release()
