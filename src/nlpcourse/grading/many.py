"""Many jobs at once: on this machine, or on a cluster of Dask's; workers may be lost on the way.

Who asks gets each result as it comes.  A job whose grader ends over it is tried again once; then
it is a result without points, with the reason, and never silence.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from nlpcourse.grading import sandbox, work
from nlpcourse.grading.work import Job, Settings

TRIES = 2
"""How often a job is begun before it counts as one that ends its grader."""

COMPUTING = 120.0
"""Seconds that the judge's own computing may take beside what a submission may."""

SCHEDULER = 20.0
"""Seconds in which a scheduler answers."""

Result = tuple[Job, dict[str, Any]]


def on_this_machine(
    jobs: Sequence[Job], settings: Settings, workers: int
) -> Iterator[Result]:
    """Yield each job with its result, as it comes.

    Args:
        jobs: to be done.
        settings: how.
        workers: processes that judge; each has one submission's program beside it.

    Raises:
        NotConfined: the system cannot hold what a submission may do.
    """
    work.confinement_for(settings)
    if not jobs:
        return
    pool = _Pool(settings, min(workers, len(jobs)))
    try:
        yield from pool.run(jobs)
    finally:
        pool.close()


@dataclass
class _Worker:
    """A process that judges, and what it is at."""

    process: Any
    line: Connection
    job: Job | None = None
    since: float = 0.0


class _Pool:
    """Workers that stay warm, watched: one that ends or hangs is replaced."""

    def __init__(self, settings: Settings, count: int) -> None:
        self.settings = settings
        self.context = multiprocessing.get_context("spawn")
        self.seconds = 2 * settings.limits.seconds + COMPUTING
        self.workers = [self._start() for _ in range(count)]
        self.tries: dict[str, int] = {}

    def _start(self) -> _Worker:
        mine, theirs = self.context.Pipe()
        process = self.context.Process(
            target=serve, args=(theirs, self.settings), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, mine)

    def run(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """Yield results until every job has one."""
        waiting = deque(jobs)
        while waiting or any(w.job for w in self.workers):
            for worker in self.workers:
                if worker.job is None and waiting:
                    self._give(worker, waiting.popleft())
            lines = [w.line for w in self.workers if w.job is not None]
            ready = set(wait(lines, timeout=1.0))
            for place, worker in enumerate(self.workers):
                job = worker.job
                if job is None:
                    continue
                if worker.line in ready:
                    result = self._take(worker)
                elif time.monotonic() - worker.since > self.seconds:
                    result = work.failed(
                        job, f"its judging took more than {self.seconds:.0f} s"
                    )
                    self.workers[place] = self._replace(worker)
                else:
                    continue
                if result is None:  # the worker has ended
                    self.workers[place] = self._replace(worker)
                    if self.tries[job.key] < TRIES:
                        waiting.append(job)
                        continue
                    result = work.failed(job, "the grader ended over it, twice")
                yield job, result

    def _give(self, worker: _Worker, job: Job) -> None:
        self.tries[job.key] = self.tries.get(job.key, 0) + 1
        worker.job, worker.since = job, time.monotonic()
        with contextlib.suppress(OSError):  # it has ended, as the next look tells
            worker.line.send(job)

    def _take(self, worker: _Worker) -> dict[str, Any] | None:
        try:
            result: dict[str, Any] = worker.line.recv()
        except (EOFError, OSError):
            return None
        worker.job = None
        return result

    def _replace(self, worker: _Worker) -> _Worker:
        _end(worker)
        return self._start()

    def close(self) -> None:
        """End all workers, and with them what they run."""
        for worker in self.workers:
            _end(worker)


def _end(worker: _Worker) -> None:
    worker.line.close()
    worker.process.kill()
    worker.process.join()


def serve(line: Connection, settings: Settings) -> None:
    """Judge what comes along the line until it is closed: the body of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sandbox.what_holds()
    while True:
        try:
            job = line.recv()
        except (EOFError, OSError):
            return
        try:
            result = work.grade(job, settings)
        except Exception as error:  # a fault of the judge is told, too
            why = f"the judge failed: {type(error).__name__}: {error}"
            result = work.failed(job, why)
        line.send(result)


def on_a_cluster(
    jobs: Sequence[Job], settings: Settings, address: str
) -> Iterator[Result]:
    """Yield each job with its result, from the workers of a scheduler of Dask's.

    The workers need the course, as the grader does; notebooks travel to them in the jobs.

    Args:
        jobs: to be done.
        settings: how; its package is left aside, as each worker writes its own.
        address: of the scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises:
        RuntimeError: Dask is not installed, or nobody answers.
        NotConfined: a worker's system cannot hold what a submission may do.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise RuntimeError(
            "a cluster needs Dask's distributed: pip install 'nlpcourse[instructor]'"
        ) from None
    there = Settings(
        settings.limits, settings.allow_network, settings.allow_unconfined
    )
    try:
        client = distributed.Client(
            address, timeout=SCHEDULER, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError) as error:
        raise RuntimeError(f"no scheduler answers at {address} ({error})") from None
    with client:
        futures = {}
        for job in jobs:
            name = f"grade-{job.key}"
            futures[
                client.submit(
                    work.grade, job.carrying(), there, key=name, retries=1
                )
            ] = job
        for future in distributed.as_completed(list(futures), loop=client.loop):
            yield futures[future], _of(future, futures[future])
            future.release()


def _of(future: Any, job: Job) -> dict[str, Any]:
    """Return a future's result; one that ends its workers is a result without points."""
    try:
        result: dict[str, Any] = future.result()
    except work.NotConfined:
        raise
    except Exception as error:
        return work.failed(job, f"the grader ended over it: {type(error).__name__}")
    return result
