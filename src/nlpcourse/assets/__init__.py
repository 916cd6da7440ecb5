"""Assets: the data and models that the chapters use, pinned, fetched, verified and cached.

`manifest` reads `data/assets.toml`; `transport` and `origin` download; `cache` checks and keeps;
`cli` is the `nlpcourse data` command.  Chapters use the loaders of `nlpcourse.corpora`.
"""

from __future__ import annotations

from pathlib import Path

from nlpcourse.assets.cache import Cache
from nlpcourse.assets.errors import AssetError
from nlpcourse.assets.manifest import (
    Asset,
    Carrier,
    Manifest,
    Member,
    load_manifest,
)

__all__ = [
    "Asset",
    "AssetError",
    "Cache",
    "Carrier",
    "Manifest",
    "Member",
    "load_manifest",
    "path",
]


def path(name: str) -> Path:
    """Return the folder of the asset *name*; fetch it on first use.

    At its first use in a process every file of the asset is hashed and compared with the manifest,
    so that a byte that changed on the disk is never read as data.

    Raises:
        AssetError: it could not be fetched, or a file of it is damaged; says why and what to do.
    """
    cache = Cache(load_manifest())
    folder = cache.path(name)
    if folder not in _verified:
        cache.verify(name)
        _verified.add(folder)
    return folder


_verified: set[Path] = set()
"""Folders of assets that this process has hashed."""
