"""A lock between processes that the operating system releases when its holder dies.

So there is no stale lock to judge or to remove: a killed fetch frees it.  The lock file itself
stays (removing it would let two processes hold two files of one name).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: IO[bytes]) -> bool:
        try:
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:  # another process holds it
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def file_lock(
    path: Path, on_wait: Callable[[], None] = lambda: None
) -> Iterator[bool]:
    """Hold the lock at *path*; yield False where the file system has no locks.

    Without locks two fetches may download the same carrier twice, and nothing worse: what lands in
    the cache lands by an atomic rename.  *on_wait* is called once if another process has the lock.
    """
    with path.open("ab") as handle:
        waited = False
        try:
            while not _try_lock(handle):
                if not waited:
                    waited = True
                    on_wait()
                time.sleep(0.1)
        except OSError:  # ENOLCK, ENOTSUP: some network file systems
            yield False
            return
        yield True
        # Closing the handle releases the lock, here and when the process is killed.
