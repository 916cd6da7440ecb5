"""The neural networks that a playground calls: made at build time, kept until a source changes."""

from __future__ import annotations

import os
from pathlib import Path

from nlpcourse.course import chapters
from nlpcourse.page.export import make
from nlpcourse.page.models import Call, Outputs
from playground_sources import PACKAGE, ROOT, hash_of, imported_files, module_file

EXPORTER = PACKAGE / "page" / "export.py"
MODELS = ROOT / "_build" / "models"


def refuse(call: Call) -> Outputs:
    """Answer the call of a playground that declares no models."""
    raise ValueError(f"the playground calls {call.model!r} and has no MODELS")


def model_sources(playground: str) -> list[Path]:
    """Return the files that a playground's models are made from.

    They are the playground's module and the course's files that it imports, also those that only
    its ``make`` imports; the exporter; and the logs of these chapters' checkpoints, which hold
    the hashes of their weights.
    """
    sources = sorted(imported_files(module_file(playground)))
    folders = {path.parent for path in sources}
    logs = [
        log
        for chapter in chapters.written()
        if PACKAGE / chapter.package / chapter.room in folders
        for log in sorted(chapter.folder.glob("*.json"))
        if log.name != "quiz.json"
    ]
    return [*sources, EXPORTER, *logs]


def made_model(playground: str, name: str) -> bytes:
    """Return a model of a playground; made anew only when its sources changed."""
    sources = model_sources(playground)
    key = hash_of((path.name, path.read_bytes()) for path in sources)
    kept = MODELS / f"{Path(name).stem}-{key}.onnx"
    if not kept.is_file():
        content = make(playground, name)
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_name(f".{kept.name}.{os.getpid()}")
        part.write_bytes(content)
        os.replace(part, kept)
        for old in kept.parent.glob(f"{Path(name).stem}-*.onnx"):
            if old != kept:
                old.unlink()
    return kept.read_bytes()
