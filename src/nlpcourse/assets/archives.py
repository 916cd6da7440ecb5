"""One way to read a wheel, an npm archive, and a folder: named streams of bytes."""

from __future__ import annotations

import tarfile
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO


class Archive(ABC):
    """Files by name; nothing is unpacked but what is asked for."""

    @abstractmethod
    def names(self) -> list[str]:
        """Return the names of all files."""

    @abstractmethod
    def open(self, name: str) -> IO[bytes]:
        """Return the bytes of a file as a stream."""

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        with self.open(name) as stream:
            return stream.read()


@dataclass
class WheelArchive(Archive):
    """A wheel, which is a zip file."""

    file: zipfile.ZipFile

    def names(self) -> list[str]:
        """Return the names of all files."""
        return [name for name in self.file.namelist() if not name.endswith("/")]

    def open(self, name: str) -> IO[bytes]:
        """Return the bytes of a file as a stream; the zip file's checksum is tested at its end."""
        return self.file.open(name)


@dataclass
class TarArchive(Archive):
    """What `npm pack` leaves: a compressed tar file."""

    file: tarfile.TarFile

    def names(self) -> list[str]:
        """Return the names of all regular files; links and devices are none."""
        return [member.name for member in self.file.getmembers() if member.isfile()]

    def open(self, name: str) -> IO[bytes]:
        """Return the bytes of a file as a stream."""
        stream = self.file.extractfile(name)
        if stream is None:
            raise KeyError(name)
        return stream


@dataclass
class FolderArchive(Archive):
    """Files that lie somewhere, under names of our own."""

    files: dict[str, Path]

    def names(self) -> list[str]:
        """Return the names of all files."""
        return list(self.files)

    def open(self, name: str) -> IO[bytes]:
        """Return the bytes of a file as a stream."""
        return self.files[name].open("rb")


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a wheel by its suffix, anything else as a tar file."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            yield WheelArchive(wheel)
    else:
        with tarfile.open(path) as tarball:
            yield TarArchive(tarball)
