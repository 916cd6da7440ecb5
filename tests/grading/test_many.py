"""Workers that are killed, that hang, that are a cluster: the same marks, or a reason."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nlpcourse.grading import many, one, sandbox, work
from nlpcourse.grading.work import Job, Settings

pytestmark = pytest.mark.skipif(
    not sandbox.what_holds().whole,
    reason=f"this system confines nothing: {sandbox.what_holds().why}",
)

LIMITS = sandbox.Limits(seconds=40, cpu_seconds=20, memory_mb=600, disk_mb=32)
SLOW = "import time\ntime.sleep(3)"


def job(name: str, sources: list[str], release: one.Release) -> Job:
    code = [
        {"cell_type": "code", "id": str(k), "metadata": {}, "source": source}
        for k, source in enumerate(sources)
    ]
    return Job(name, release, None, json.dumps({"cells": code}).encode())


def points(result: dict[str, Any]) -> dict[str, int]:
    return {m["exercise"]: m["points"] for m in result["marks"] if m["points"]}


@pytest.fixture
def settings(package: Path) -> Settings:
    return Settings(LIMITS, package=package)


@pytest.fixture
def jobs(release: one.Release, solutions: dict[str, str]) -> list[Job]:
    return [
        job("all", list(solutions.values()), release),
        job("slow", [SLOW, solutions["11.2"]], release),
        job("none", ["folder = 1"], release),
        replace(job("empty", [], release), data=b""),
    ]


WANTED = {"all": 9, "slow": 1, "none": 0, "empty": 0}


def totals(results: Iterator[many.Result]) -> dict[str, int]:
    return {one.key: sum(points(result).values()) for one, result in results}


def kill_one_soon(found: list[int]) -> threading.Thread:
    """Kill a worker while it is at work."""

    def kill() -> None:
        for _ in range(200):
            time.sleep(0.1)
            children = multiprocessing.active_children()
            if children and sandbox._children(children[0].pid or 0):
                found.append(children[0].pid or 0)
                children[0].kill()
                return

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_a_worker_that_is_killed_costs_nothing(
    jobs: list[Job], settings: Settings
) -> None:
    killed: list[int] = []
    thread = kill_one_soon(killed)
    assert totals(many.on_this_machine(jobs, settings, 1)) == WANTED
    thread.join()
    assert killed
    assert not multiprocessing.active_children()


def test_what_ends_or_holds_its_grader_is_told(
    release: one.Release,
    solutions: dict[str, str],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def with_check(source: str) -> one.Release:
        tasks = [replace(t, check=f"{t.check}\n{source}") for t in release.tasks]
        return replace(release, tasks=tuple(tasks))

    monkeypatch.setattr(many, "COMPUTING", 4.0)
    few = replace(settings, limits=replace(LIMITS, seconds=3))
    cells = [solutions["11.2"]]
    jobs = [
        job("ends", cells, with_check("import os; os._exit(3)")),
        job("hangs", cells, with_check("while True: pass")),
        job("fine", cells, release),
    ]
    found = {one.key: result for one, result in many.on_this_machine(jobs, few, 1)}
    assert "ended over it" in found["ends"]["attention"]
    assert "took more than" in found["hangs"]["attention"]
    assert points(found["fine"]) == {"11.2": 1}
    for name in ("ends", "hangs"):
        assert all(mark["trouble"] for mark in found[name]["marks"])


def test_no_jobs_are_done_at_once(settings: Settings) -> None:
    assert list(many.on_this_machine([], settings, 2)) == []


def test_a_cluster_gives_the_same_marks_though_a_worker_is_killed(
    jobs: list[Job], settings: Settings
) -> None:
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
        silence_logs=50,
    )
    with cluster:
        address = cluster.scheduler_address
        killed: list[int] = []

        def kill() -> None:
            for _ in range(300):
                time.sleep(0.1)
                at_work = [
                    w.process.process.pid
                    for w in cluster.workers.values()
                    if w.process and sandbox._children(w.process.process.pid)
                ]
                if at_work:
                    killed.append(at_work[0])
                    os.kill(at_work[0], 9)
                    return

        thread = threading.Thread(target=kill)
        thread.start()
        found = totals(many.on_a_cluster(jobs, settings, address))
        thread.join()
    assert killed
    assert found == WANTED


def test_a_cluster_that_is_not_there_is_one_clear_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "SCHEDULER", 1.0)
    pytest.importorskip("distributed")
    with pytest.raises(RuntimeError, match="no scheduler answers"):
        list(many.on_a_cluster([], settings, "tcp://127.0.0.1:9"))


# ----------------------------------------------------------------- what the system confines


@pytest.mark.parametrize(
    ("missing", "allowed"),
    [("network", "allow_network"), ("files", "allow_unconfined")],
)
def test_what_the_system_does_not_confine_is_refused_unless_allowed(
    missing: str, allowed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sandbox.Confinement(True, True, True, True)
    less = replace(whole, **{missing: False}, why="not here")  # type: ignore[arg-type]
    monkeypatch.setattr(sandbox, "what_holds", lambda: less)
    with pytest.raises(work.NotConfined, match="not here"):
        work.confinement_for(Settings())
    found = work.confinement_for(Settings(**{allowed: True}))  # type: ignore[arg-type]
    assert missing in found.text()


# ---------------------------------------------------------------------------- stored results


def test_a_stored_result_is_read_back_or_not_at_all(
    jobs: list[Job], tmp_path: Path
) -> None:
    result = work.failed(jobs[0], "a reason")
    work.write(tmp_path, result)
    assert work.read(tmp_path, jobs[0]) == result
    assert work.read(tmp_path, jobs[1]) is None
    path = tmp_path / "all.json"
    whole = path.read_text("utf-8")
    for text in (whole[:-20], "[]", "{}", whole.replace('"11.2"', '"11.9"')):
        path.write_text(text, encoding="utf-8")
        assert work.read(tmp_path, jobs[0]) is None
    assert [p.name for p in tmp_path.iterdir()] == ["all.json"]
