"""Progress bars on standard error, or silence."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol


class Progress(Protocol):
    """What a download or an unpacking tells whoever watches."""

    def watch(
        self, label: str, size: int, measure: Callable[[], int]
    ) -> AbstractContextManager[None]:
        """Return a context in which *measure* is polled for the bytes done of *size*."""

    def say(self, line: str) -> None:
        """Report one line."""


class Silent:
    """No bar and no line."""

    @contextmanager
    def watch(
        self, label: str, size: int, measure: Callable[[], int]
    ) -> Iterator[None]:
        """Do nothing."""
        yield

    def say(self, line: str) -> None:
        """Do nothing."""


class Bars:
    """A tqdm bar that polls a few times a second, from a thread; lines beside it."""

    def __init__(self, seconds: float = 0.2) -> None:
        self.seconds = seconds

    @contextmanager
    def watch(
        self, label: str, size: int, measure: Callable[[], int]
    ) -> Iterator[None]:
        """Show a bar until the context ends."""
        from tqdm import tqdm

        stop = threading.Event()
        with tqdm(
            total=size,
            desc=label,
            unit="B",
            unit_scale=True,
            leave=False,
            file=sys.stderr,
        ) as bar:

            def poll() -> None:
                while not stop.wait(self.seconds):
                    bar.update(min(measure(), size) - bar.n)

            thread = threading.Thread(target=poll, daemon=True)
            thread.start()
            try:
                yield
            finally:
                stop.set()
                thread.join()

    def say(self, line: str) -> None:
        """Print a line on standard error."""
        print(line, file=sys.stderr, flush=True)


def default_progress() -> Progress:
    """Return bars where somebody watches: a terminal, or a notebook's kernel.

    The environment variable ``NLPCOURSE_PROGRESS`` decides where it is set: 0 is silence, 1 bars.
    """
    wish = os.environ.get("NLPCOURSE_PROGRESS", "")
    watched = sys.stderr.isatty() or "ipykernel" in sys.modules
    return Bars() if wish == "1" or (wish != "0" and watched) else Silent()


def folder_size(folder: Path) -> int:
    """Return the bytes in *folder* now; files may come and go meanwhile."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_size
            except OSError:  # gone between the listing and the look
                continue
    return total
