"""A small carrier with two assets, and the transports that tests put in pip's place."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from nlpcourse.assets import Asset, Cache, Carrier, Manifest, Member
from nlpcourse.assets.manifest import listing_sha256
from nlpcourse.assets.progress import Progress, Silent

FILES = {
    "toy/words.txt": b"one\ntwo\n" * 50_000,
    "toy/set/a.txt": b"a",
    "toy/set/deep/b.txt": b"b",
    "toy/set/c.csv": b"not of the set",
}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def make_wheel(path: Path, files: dict[str, bytes]) -> Path:
    """Write a wheel that pip accepts."""
    info = "toy_carrier-1.0.dist-info"
    extra = {
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: toy-carrier\nVersion: 1.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in (files | extra).items():
            wheel.writestr(zipfile.ZipInfo(name), content)
    return path


def toy_assets(wheel: Path) -> Manifest:
    content = wheel.read_bytes()
    carrier = Carrier(
        "toy-carrier", "wheel", "1.0", wheel.name, sha256(content), len(content)
    )
    words = FILES["toy/words.txt"]
    card = {
        "loader": "words", "chapters": ("01",), "holds": "", "licence": "", "citation": "",
        "homepage": "the toy's home", "description": "", "language": "", "provenance": "",
        "caveats": "",
    }  # fmt: skip
    listing = {"data/a.txt": sha256(b"a"), "data/deep/b.txt": sha256(b"b")}
    return Manifest(
        [
            Asset(
                name="toy-words",
                title="Words",
                carrier=carrier,
                members=(
                    Member("toy/words.txt", "words.txt", sha256(words), len(words)),
                ),
                **card,
            ),
            Asset(
                name="toy-set",
                title="Set",
                carrier=carrier,
                members=(
                    Member("toy/set/*.txt", "data/", listing_sha256(listing), 2, 2),
                ),
                **card,
            ),
        ]
    )


@dataclass
class FakePip:
    """A transport that copies a file, changed by *damage*, and counts how often it was asked."""

    wheel: Path
    damage: Callable[[bytes], bytes] = field(default=lambda content: content)
    calls: int = 0

    def __call__(self, carrier: Carrier, folder: Path, progress: Progress) -> Path:
        self.calls += 1
        target = folder / carrier.file
        target.write_bytes(self.damage(self.wheel.read_bytes()))
        return target


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    return make_wheel(folder / "toy_carrier-1.0-py3-none-any.whl", FILES)


@pytest.fixture
def pip(wheel: Path) -> FakePip:
    return FakePip(wheel)


@pytest.fixture
def cache(tmp_path: Path, wheel: Path, pip: FakePip) -> Cache:
    return Cache(
        toy_assets(wheel), root=tmp_path / "cache", transport=pip, progress=Silent()
    )


@pytest.fixture
def broken_member(cache: Cache) -> Cache:
    """The same cache, where the manifest pins another hash for a file of the (right) wheel."""
    words, toy_set = cache.manifest
    member = replace(words.members[0], sha256="0" * 64)
    return replace(
        cache, manifest=Manifest([replace(words, members=(member,)), toy_set])
    )


def left_in(root: Path) -> list[str]:
    """Return what lies under *root* apart from the empty folders and locks of the cache."""
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    )


@pytest.fixture
def leftovers() -> Callable[[Path], list[str]]:
    return left_in
