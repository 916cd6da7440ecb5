"""The files that a page's playgrounds fetch: kept between builds, named by their hash, weighed.

Which page uses which is kept in the environment; registers the events that keep it up to date.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from playground_sources import ROOT

INTEGRITY = ROOT / "book" / "playground" / "integrity.json"
"""The pinned packages, with the hash and the bytes of each of their files."""
SIZES: dict[str, int] = {}
"""Bytes of the resources that this build keeps, by the name of the file."""


def keep_resource(env: BuildEnvironment, name: str, data: bytes) -> str:
    """Store a resource under a name that holds its hash, and return that name."""
    stem, dot, suffix = name.partition(".")
    file = f"{stem}-{hashlib.sha256(data).hexdigest()[:12]}{dot}{suffix}"
    SIZES[file] = len(data)
    target = resource_store(env) / file
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{file}.{os.getpid()}")
        part.write_bytes(data)
        os.replace(part, target)
    return file


def resource_store(env: BuildEnvironment) -> Path:
    """Return where resources are kept between builds, beside the doctrees."""
    return Path(env.doctreedir) / "playground-resources"


def made_by_docname(env: BuildEnvironment) -> dict[str, set[str]]:
    """Return the resource files that each page uses, kept in the environment."""
    made: dict[str, set[str]] = getattr(env, "nlpcourse_resources", {})
    vars(env)["nlpcourse_resources"] = made
    return made


def what_a_click_loads(files: Iterable[str]) -> list[tuple[str, int]]:
    """Return the files that a first click loads, each with its bytes.

    Args:
        files: a playground's resources and models, as ``keep_resource`` named them.
    """
    pins = json.loads(INTEGRITY.read_text(encoding="utf-8"))
    own = [(name, SIZES[name]) for name in files]
    packages = ["pyodide"]
    if any(name.endswith(".onnx") for name, _ in own):
        packages.append("onnxruntime-web")
    shared = [
        (Path(name).name, size)
        for package in packages
        for name, size in pins[package]["bytes"].items()
    ]
    return [*shared, *own]


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page's resources before it is read again."""
    made_by_docname(env).pop(docname, None)


def merge(
    app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
) -> None:
    """Take over the resources of pages that another process read."""
    made = made_by_docname(env)
    made.update(
        {d: files for d, files in made_by_docname(other).items() if d in docnames}
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the events."""
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
