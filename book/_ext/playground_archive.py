"""The archive that the page imports the course from: what it can use of the course's wheel."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from playground_sources import PACKAGE, ROOT

PAGE_ROOMS = (
    "*.py",
    "course/*.py",
    "page/*.py",
    "text/**/*.py",
    "statistics/**/*.py",
    "learning/**/*.py",
    "responsible/**/*.py",
    "practice/**/*.py",
    "neural/summarization/*.py",
    "*/__init__.py",
    "*/*/__init__.py",
    "*/*/playground.py",
    "neural/networks/*.py",
    "neural/glove/subwords.py",
    "transformers/t5/corruption.py",
    "transformers/t5/vocabulary.py",
    "transformers/llm/machines.py",
)
"""Of the course's package, what a page can use: the standard library is enough for it."""


def wheel_members() -> list[tuple[str, bytes]]:
    """Return what the page can use of the course's wheel, under the names it has there."""
    chosen = {path for room in PAGE_ROOMS for path in PACKAGE.glob(room)}
    chosen.add(PACKAGE / "py.typed")
    found = [
        (f"nlpcourse/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes())
        for path in chosen
        if path.is_file()
    ]
    registry = ROOT / "data" / "chapters.toml"
    found.append(("nlpcourse/_data/chapters.toml", registry.read_bytes()))
    return sorted(found)


def write_archive(path: Path, members: list[tuple[str, bytes]]) -> None:
    """Write a zip file whose bytes depend on its members alone."""
    part = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(
        part, "w", zipfile.ZIP_DEFLATED, compresslevel=9
    ) as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    os.replace(part, path)
