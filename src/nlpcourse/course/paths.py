"""Where the course keeps its files, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def repository_root() -> Path | None:
    """Return the root of the checkout that this package runs from, or None in a wheel."""
    root = _PACKAGE.parent.parent
    return root if (root / "data" / "chapters.toml").is_file() else None


def data_dir() -> Path:
    """Return the folder of manifests and of every chapter's data.

    In a checkout this is ``data/``; in an installed wheel it is ``nlpcourse/_data``.

    >>> (data_dir() / "chapters.toml").is_file()
    True
    """
    root = repository_root()
    return root / "data" if root else _PACKAGE / "_data"


def require_repository(what: str) -> Path:
    """Return the checkout's root, or raise with the reason why *what* needs one.

    Raises:
        RuntimeError: the package was installed as a wheel, which holds no notebooks.
    """
    root = repository_root()
    if root is None:
        raise RuntimeError(
            f"{what} needs a checkout of the course, and this package was installed as a wheel. "
            "Clone the repository and run the command there."
        )
    return root
