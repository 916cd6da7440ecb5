"""Two real processes at once, and one that is killed in the middle."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nlpcourse.assets import Cache

# A process with a slow transport: it writes half of the wheel, says so, waits for
# the file of its release, writes the rest.
PROCESS = """
import importlib.util, sys, time
from pathlib import Path

helpers, wheel, root, release = sys.argv[1:]
spec = importlib.util.spec_from_file_location("helpers", helpers)
module = importlib.util.module_from_spec(spec)
sys.modules["helpers"] = module
spec.loader.exec_module(module)

class Watcher(module.Silent):
    def say(self, line):
        print(line, flush=True)

def slow(carrier, folder, progress):
    content = Path(wheel).read_bytes()
    target = folder / carrier.file
    target.write_bytes(content[: len(content) // 2])
    print("half", flush=True)
    limit = time.monotonic() + 60
    while not Path(release).exists() and time.monotonic() < limit:
        time.sleep(0.02)
    target.write_bytes(content)
    return target

manifest = module.toy_assets(Path(wheel))
cache = module.Cache(manifest, root=Path(root), transport=slow, progress=Watcher())
print("folder", cache.path("toy-words"), flush=True)
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Return the file whose arrival lets a slow download go on."""
    return tmp_path / "release"


@pytest.fixture
def start(wheel: Path, cache: Cache, release: Path) -> Any:
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        helpers = Path(__file__).with_name("conftest.py")
        command = [
            sys.executable,
            "-c",
            PROCESS,
            str(helpers),
            str(wheel),
            str(cache.root),
        ]
        process = subprocess.Popen(
            [*command, str(release)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_two_processes_at_once_download_once(
    start: Any, cache: Cache, release: Path
) -> None:
    first = start()
    assert first.stdout.readline() == "half\n"
    second = start()
    assert "another process is fetching" in second.stdout.readline()
    release.touch()
    outputs = [process.communicate(timeout=60) for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0], outputs
    folder = f"folder {cache.folder('toy-words')}\n"
    assert [output for output, _ in outputs] == [folder, folder]  # no second "half"
    cache.verify("toy-words")


def test_a_killed_fetch_leaves_nothing_and_frees_the_lock(
    start: Any, cache: Cache, pip: Any, leftovers: Callable[[Path], list[str]]
) -> None:
    process = start()
    assert process.stdout.readline() == "half\n"
    process.kill()
    process.communicate()
    assert list((cache.root / "assets").iterdir()) == []
    assert cache.receipt("toy-words") is None
    # the half
    assert any(name.startswith("staging/") for name in leftovers(cache.root))

    cache.fetch(["toy-words"])  # not blocked by the dead process's lock
    cache.verify("toy-words")
    assert not any(name.startswith("staging/") for name in leftovers(cache.root))
