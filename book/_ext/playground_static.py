"""What the pages fetch for playgrounds and live exercises: ``_static/playground/``.

At the end of a build it is laid out:

========================  ====================================================================
``<hash>/``               the page's scripts and style sheet (``book/playground/js``)
``config.json``           where the rest is, with the hashes that the browser checks
``pyodide-<version>/``    Python itself, from ``_build/vendor`` (``scripts/vendor.py``); without
                          it, ``config.json`` names the public CDN
``onnxruntime-web-<…>/``  what runs the neural playgrounds' models, likewise
``nlpcourse-<…>.zip``     the members of the course's wheel that the page can use, under their
                          wheel names: the standard-library rooms, the checks, the playgrounds
``resources/``            the files that playgrounds declare as ``RESOURCES`` and ``MODELS``
========================  ====================================================================

Only ``<hash>/boot.js`` and the style sheet are loaded before the reader's click.  Registers these
for the pages that have something to bring to life, and a handler of ``build-finished``.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from live_exercise import LiveExerciseNode
from playground import PlaygroundNode
from playground_archive import wheel_members, write_archive
from playground_resources import INTEGRITY, made_by_docname, resource_store
from playground_runtime import lay_out_runtime
from playground_sources import ROOT, hash_of

SCRIPTS = ROOT / "book" / "playground" / "js"


def scripts() -> list[tuple[str, bytes]]:
    """Return the page's scripts and style sheet, by name."""
    return [
        (p.name, p.read_bytes()) for p in sorted(SCRIPTS.iterdir()) if p.is_file()
    ]


def add_script(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Have a page load the script and the style sheet, if it has something to bring to life."""
    if doctree is None:
        return
    if any(
        isinstance(n, PlaygroundNode | LiveExerciseNode) for n in doctree.findall()
    ):
        folder = f"playground/{app.config.nlpcourse_playground_scripts}"
        app.add_css_file(f"{folder}/playground.css")
        app.add_js_file(f"{folder}/boot.js", loading_method="defer")


def lay_out(app: Sphinx, exception: Exception | None) -> None:
    """Put into ``_static/playground/`` what the pages fetch, touching only what changed."""
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static" / "playground"
    folder = static / app.config.nlpcourse_playground_scripts
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in scripts():
        if not (folder / name).is_file():
            (folder / name).write_bytes(content)

    pins = json.loads(INTEGRITY.read_text(encoding="utf-8"))
    runtime = lay_out_runtime(static, "pyodide", pins["pyodide"])
    networks = lay_out_runtime(static, "onnxruntime-web", pins["onnxruntime-web"])
    members = wheel_members()
    course = f"nlpcourse-{hash_of(members)}.zip"
    if not (static / course).is_file():
        write_archive(static / course, members)
    wanted = {file for files in made_by_docname(app.env).values() for file in files}
    config = {
        "runtime": runtime,
        "integrity": pins["pyodide"]["files"],
        "info": pins["pyodide"]["info"],
        "networks": networks,
        "networksIntegrity": pins["onnxruntime-web"]["files"],
        "course": course,
        "files": sorted(wanted),
    }
    (static / "config.json").write_text(
        json.dumps(config, indent=2) + "\n", encoding="utf-8"
    )

    (static / "resources").mkdir(exist_ok=True)
    for file in sorted(wanted):
        if not (static / "resources" / file).is_file():
            shutil.copyfile(
                resource_store(app.env) / file, static / "resources" / file
            )

    keep = {folder.name, course, "config.json", "resources"}
    keep |= {runtime.rstrip("/"), networks.rstrip("/")}
    for path in static.iterdir():  # what earlier builds left
        if path.name not in keep:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (static / "resources").iterdir():
        if path.name not in wanted:
            path.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the folder's name and the events."""
    app.add_config_value(
        "nlpcourse_playground_scripts", hash_of(scripts()), "html", types=[str]
    )
    app.connect("html-page-context", add_script)
    app.connect("build-finished", lay_out)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
