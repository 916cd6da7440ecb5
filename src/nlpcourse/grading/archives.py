"""What lies in a folder of downloads, zip files in zip files included; nothing is unpacked to disk.

A name in an archive is a stranger's: one that leads out of it, or is a link, is refused.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from nlpcourse.grading.one import LARGEST

DEEPEST = 3
"""Archives in archives in archives."""

MEMBERS = 50_000
"""Of one archive."""

ARCHIVE = 4 * 2**30
"""Bytes that the members of one archive may have together."""

INNER = 200 * 2**20
"""Bytes of an archive in an archive, which is held in memory."""

LONGEST = 1_000
"""Letters of a path in an archive."""

LEFT_ASIDE = {"__MACOSX", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", ".git"}
"""What programs leave behind, and no student hands in."""


@dataclass(frozen=True)
class Found:
    """A file of the downloads.

    Attributes:
        levels: its path; one part for each archive that it lies in, and one inside the last.
        data: its bytes, cut one byte behind the most that is read; empty where it has *trouble*.
        trouble: why it was not read.
    """

    levels: tuple[str, ...]
    data: bytes = b""
    trouble: str = ""

    @property
    def path(self) -> str:
        """The whole path, for people."""
        return "/".join(self.levels)


def walk(folder: Path) -> Iterator[Found]:
    """Yield every file below a folder, or in an archive, in the order of their names.

    Raises:
        FileNotFoundError: there is no such folder or archive.
    """
    if folder.is_file() and folder.suffix.lower() == ".zip":
        with folder.open("rb") as file:
            yield from _archive(file, (folder.name,))
        return
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder or zip file {folder}")
    for root, folders, names in os.walk(folder):
        for name in [*folders]:
            if name in LEFT_ASIDE:
                folders.remove(name)
            elif (Path(root) / name).is_symlink():
                folders.remove(name)
                names.append(name)
        folders.sort()
        for name in sorted(set(names) - LEFT_ASIDE):
            path = Path(root) / name
            yield from _file(path, path.relative_to(folder).as_posix())


def _file(path: Path, name: str) -> Iterator[Found]:
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            yield Found((name,), trouble="it is a symbolic link")
        elif not stat.S_ISREG(mode):
            yield Found((name,), trouble="it is no plain file")
        elif name.lower().endswith(".zip"):
            with path.open("rb") as file:
                yield from _archive(file, (name,))
        else:
            with path.open("rb") as file:
                yield Found((name,), file.read(LARGEST + 1))
    except OSError as error:
        yield Found((name,), trouble=f"it cannot be opened ({error.strerror})")


def _archive(file: IO[bytes], levels: tuple[str, ...]) -> Iterator[Found]:
    if len(levels) > DEEPEST:
        yield Found(levels, trouble=f"archives lie more than {DEEPEST} deep")
        return
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS:
                yield Found(
                    levels, trouble=f"the archive has more than {MEMBERS:,} files"
                )
                return
            if sum(member.file_size for member in members) > ARCHIVE:
                yield Found(
                    levels,
                    trouble=f"the archive unpacks to more than {ARCHIVE:,} bytes",
                )
                return
            for member in sorted(members, key=lambda m: m.filename):
                yield from _member(archive, member, levels)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError):
        yield Found(levels, trouble="the archive is damaged")


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, levels: tuple[str, ...]
) -> Iterator[Found]:
    name = member.filename.replace("\\", "/")
    inside = (*levels, name)
    parts = PurePosixPath(name).parts
    if member.is_dir() or not parts or LEFT_ASIDE & set(parts):
        return
    if len(name) > LONGEST:
        yield Found((*levels, f"{name[:80]}…"), trouble="its name is too long")
    elif name.startswith("/") or ".." in parts or ":" in parts[0]:
        yield Found(inside, trouble="its path leads out of the archive")
    elif stat.S_ISLNK(member.external_attr >> 16):
        yield Found(inside, trouble="it is a symbolic link in an archive")
    elif member.flag_bits & 1:
        yield Found(inside, trouble="it is locked with a password")
    else:
        inner = name.lower().endswith(".zip")
        most = INNER if inner else LARGEST
        try:
            with archive.open(member) as file:
                data = file.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError):
            yield Found(inside, trouble="it is damaged in its archive")
            return
        except NotImplementedError:
            yield Found(inside, trouble="it is packed in an unknown way")
            return
        if inner and len(data) > most:
            yield Found(inside, trouble="the archive in the archive is too large")
        elif inner:
            yield from _archive(io.BytesIO(data), inside)
        else:
            yield Found(inside, data)
