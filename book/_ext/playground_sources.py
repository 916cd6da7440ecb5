"""Which of the course's files a playground is made from, and a hash of them."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from nlpcourse.course import chapters

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "nlpcourse"


def module_file(playground: str) -> Path:
    """Return the file of a playground's module."""
    return PACKAGE.joinpath(
        *chapters.playground(playground).split(".")[1:]
    ).with_suffix(".py")


def imported_files(module_file: Path) -> Iterator[Path]:
    """Yield *module_file* and the course's files that it imports, directly or not."""
    seen: set[Path] = set()
    waiting = [module_file]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        yield path
        names: list[str] = []
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names += [
                    node.module,
                    *(f"{node.module}.{alias.name}" for alias in node.names),
                ]
        for name in names:
            if name.partition(".")[0] == "nlpcourse":
                place = PACKAGE.joinpath(*name.split(".")[1:])
                waiting += [place.with_suffix(".py"), place / "__init__.py"]


def hash_of(items: Iterable[tuple[str, bytes]]) -> str:
    """Return a short hash of named contents."""
    digest = hashlib.sha256()
    for name, content in items:
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]
