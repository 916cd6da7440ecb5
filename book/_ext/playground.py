"""Sphinx extension: playgrounds and live exercises in the page.

Two directives::

    ```{playground} tokenization
    ```

    ```{live-exercise} 02.1
    :check: check("02.1", count_pairs)

    def count_pairs(ids):
        ...  # your code here
    ```

``playground`` calls ``run`` of the chapter's ``playground.py`` with the form's default values
and draws the views into the page, so that the page is complete without JavaScript; a button brings
the form to life.  A playground with ``MODELS`` is a generator that calls neural networks; the build
answers with Python's onnxruntime, the page with onnxruntime-web (``nlpcourse.page.models``).
``live-exercise`` shows the starter; a button turns it into an editor.

At the end of a build the extension lays out ``_static/playground/``:

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

Only ``<hash>/boot.js`` and the style sheet are loaded before the reader's click.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import importlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxTranslator
from sphinx.util.typing import OptionSpec

from nlpcourse.course import chapters
from nlpcourse.page.export import make, session_runner
from nlpcourse.page.models import Call, Outputs, drive

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "book" / "playground" / "js"
INTEGRITY = ROOT / "book" / "playground" / "integrity.json"
VENDOR = ROOT / "_build" / "vendor"
PACKAGE = ROOT / "src" / "nlpcourse"
EXPORTER = PACKAGE / "page" / "export.py"
MODELS = ROOT / "_build" / "models"
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
SIZES: dict[str, int] = {}
"""Bytes of the resources that this build keeps, by the name of the file."""
HEAVIEST = 120_000
"""Bytes of static HTML that a playground may add to its chapter."""

logger = logging.getLogger(__name__)


class PlaygroundNode(nodes.General, nodes.Element):
    """A playground drawn as HTML; its children are the text for every other kind of output."""


class LiveExerciseNode(nodes.General, nodes.Element):
    """A live exercise around its highlighted starter."""


# ------------------------------------------------------------------ the playground directive


def field_html(field: dict[str, Any], prefix: str) -> str:
    """Return one input of a playground's form as HTML.

    Args:
        field: an entry of ``INPUTS``: ``name``, ``type`` (text, textarea, number, range, select or
            checkbox), ``label``, ``value``; also ``min``, ``max``, ``step``, ``options``, ``help``.
        prefix: begins the ids, so that they are unique in the page.

    Raises:
        ValueError: the type is unknown.
    """
    name, kind, value = (
        str(field["name"]),
        str(field["type"]),
        field.get("value", ""),
    )
    identifier = escape(f"{prefix}-{name}")
    attributes = f'id="{identifier}" name="{escape(name)}" autocomplete="off"'
    for key in ("min", "max", "step", "maxlength"):
        if key in field:
            attributes += f' {key}="{escape(str(field[key]))}"'
    label = f'<label for="{identifier}">{escape(str(field["label"]))}'
    shape = ""
    if kind == "textarea":
        shape = " nlp-field--wide"
        rows = int(field.get("rows", 3))
        text = escape(str(value))
        control = f'<textarea {attributes} rows="{rows}" spellcheck="false">\n{text}</textarea>'
    elif kind == "select":
        options = []
        for option in field["options"]:
            known, shown = (
                option if isinstance(option, list | tuple) else (option, option)
            )
            chosen = " selected" if known == value else ""
            options.append(
                f'<option value="{escape(str(known))}"{chosen}>{escape(str(shown))}'
            )
        control = f"<select {attributes}>{''.join(options)}</select>"
    elif kind == "checkbox":
        shape = " nlp-field--check"
        control = (
            f'<input type="checkbox" {attributes}{" checked" if value else ""}>'
        )
    elif kind in {"text", "number", "range"}:
        shape = " nlp-field--wide" if kind == "text" else ""
        control = f'<input type="{kind}" {attributes} value="{escape(str(value))}">'
        if kind == "range":
            label += f"<output>{escape(str(value))}</output>"
    else:
        raise ValueError(f"the input {name!r} has the unknown type {kind!r}")
    note = (
        f'<p class="nlp-field__help">{escape(str(field["help"]))}</p>'
        if "help" in field
        else ""
    )
    return f'<div class="nlp-field{shape}">{label}</label>{control}{note}</div>'


def playground_html(
    name: str,
    room: Any,
    result: dict[str, Any],
    files: dict[str, str],
    models: dict[str, str],
) -> str:
    """Return a playground as static HTML, ready to be brought to life.

    Args:
        name: the playground's name.
        room: its module, for ``TITLE``, ``DESCRIPTION`` and ``INPUTS``.
        result: what ``run`` gave for the default inputs.
        files: the resources' names, each with the file that the page fetches.
        models: likewise of the neural networks that it calls.
    """
    from nlpcourse.page.views import closing, prose, render_views

    fields = "".join(field_html(field, f"play-{name}") for field in room.INPUTS)
    resources = escape(json.dumps(list(files.items())))
    networks = escape(json.dumps(list(models.items())))
    loads = escape(
        json.dumps(what_a_click_loads([*files.values(), *models.values()]))
    )
    return (
        f'<section class="nlp-play" id="play-{name}" data-playground="{name}" '
        f'data-resources="{resources}" data-models="{networks}" data-loads="{loads}" '
        f'aria-labelledby="play-{name}-title">'
        f'<div class="nlp-head"><p class="nlp-kicker">Playground</p>'
        f'<p class="nlp-title" role="heading" aria-level="3" id="play-{name}-title">'
        f'{prose(room.TITLE)}</p><p class="nlp-what">{prose(room.DESCRIPTION)}</p></div>'
        f'<form class="nlp-form" aria-labelledby="play-{name}-title">'
        f"<fieldset disabled>{fields}</fieldset></form>"
        f'<div class="nlp-bar"><button type="button" class="nlp-button nlp-start" hidden>'
        f'Play with it</button><span class="nlp-status" role="status" aria-live="polite">'
        f"<noscript>Shown here for the inputs above; with JavaScript you can change them."
        f'</noscript></span></div><div class="nlp-views">{render_views(result["views"])}</div>'
        f'<p class="nlp-summary" aria-live="polite">{closing(result)}</p>'
        f"</section>\n"
    )


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


class Playground(SphinxDirective):
    """``{playground} NAME``: a playground, drawn for its default inputs."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Run the playground, keep its resources, and return its node."""
        name = self.arguments[0].strip()
        try:
            room = importlib.import_module(chapters.playground(name))
            resources = {
                key: make() for key, make in getattr(room, "RESOURCES", {}).items()
            }
            inputs = {
                field["name"]: field.get("value", "") for field in room.INPUTS
            }
            models = {
                key: made_model(name, key) for key in getattr(room, "MODELS", {})
            }
            runner = session_runner(models) if models else refuse
            result = drive(room.run(inputs, resources), runner)
            files = {
                key: keep_resource(self.env, key, data)
                for key, data in resources.items()
            }
            networks = {
                key: keep_resource(self.env, key, data)
                for key, data in models.items()
            }
            html = playground_html(name, room, result, files, networks)
        except Exception as error:
            raise self.error(
                f"playground {name!r}: {type(error).__name__}: {error}"
            ) from error
        if len(html) > HEAVIEST:
            logger.warning(
                "playground %r adds %d bytes to its page; give it smaller default inputs",
                name,
                len(html),
                location=self.get_location(),
            )
        sources = (
            model_sources(name) if models else imported_files(module_file(name))
        )
        for path in sources:
            self.env.note_dependency(str(path))
        mine = made_by_docname(self.env).setdefault(self.env.docname, set())
        mine.update(files.values(), networks.values())
        node = PlaygroundNode(html=html)
        for text in (room.TITLE, room.DESCRIPTION, result.get("summary", "")):
            node += nodes.paragraph("", str(text))
        return [node]


def module_file(playground: str) -> Path:
    """Return the file of a playground's module."""
    return PACKAGE.joinpath(
        *chapters.playground(playground).split(".")[1:]
    ).with_suffix(".py")


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


def made_by_docname(env: BuildEnvironment) -> dict[str, set[str]]:
    """Return the resource files that each page uses, kept in the environment."""
    made: dict[str, set[str]] = getattr(env, "nlpcourse_resources", {})
    vars(env)["nlpcourse_resources"] = made
    return made


def resource_store(env: BuildEnvironment) -> Path:
    """Return where resources are kept between builds, beside the doctrees."""
    return Path(env.doctreedir) / "playground-resources"


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


# ------------------------------------------------------------------ the live exercise


def live_exercise(identifier: str, starter: str, check: str) -> LiveExerciseNode:
    """Return the node of a live exercise; also for extensions that render notebooks' exercises.

    Args:
        identifier: the exercise's number, such as ``02.1``.
        starter: the code that the learner starts with.
        check: the source of the check's call, such as ``check("02.1", count_pairs)``.
    """
    code = starter.strip("\n") + "\n"
    block = nodes.literal_block(
        code, code, language="python", classes=["nlp-starter-code"]
    )
    return LiveExerciseNode(
        "", block, exercise=identifier, starter=code, check=check.strip()
    )


class LiveExercise(SphinxDirective):
    """``{live-exercise} ID``: an editor with the starter, Run, Check and Reset."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[OptionSpec] = {"check": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Return the exercise's node."""
        if not self.content:
            raise self.error("a live exercise needs its starter code as content")
        check = self.options.get("check", "")
        try:
            ast.parse(check)
        except SyntaxError as error:
            raise self.error(
                f"the check {check!r} is not Python: {error.msg}"
            ) from error
        return [
            live_exercise(self.arguments[0].strip(), "\n".join(self.content), check)
        ]


# ------------------------------------------------------------------ writing


def visit_playground_html(self: SphinxTranslator, node: PlaygroundNode) -> None:
    """Write the playground's HTML and leave its text alternative out."""
    self.body.append(node["html"])
    raise nodes.SkipNode


def visit_exercise_html(self: SphinxTranslator, node: LiveExerciseNode) -> None:
    """Open the exercise around its starter."""
    name = escape(node["exercise"])
    self.body.append(
        f'<section class="nlp-exercise" id="live-{name.replace(".", "-")}" '
        f'aria-label="Live exercise {name}" data-exercise="{name}" '
        f'data-starter="{escape(node["starter"])}" data-check="{escape(node["check"])}" '
        f'data-loads="{escape(json.dumps(what_a_click_loads([])))}">'
        '<div class="nlp-starter">'
    )


def depart_exercise_html(self: SphinxTranslator, node: LiveExerciseNode) -> None:
    """Close the exercise with its button and its line of status."""
    self.body.append(
        '</div><div class="nlp-bar"><button type="button" class="nlp-button nlp-start" hidden>'
        'Try it here</button><span class="nlp-status" role="status" aria-live="polite">'
        "<noscript>With JavaScript you can solve this in the page.</noscript></span></div>"
        "</section>\n"
    )


def pass_by(self: SphinxTranslator, node: nodes.Element) -> None:
    """Write nothing of its own: the children say it all."""


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


# ------------------------------------------------------------------ laying out the static folder


def hash_of(items: Iterable[tuple[str, bytes]]) -> str:
    """Return a short hash of named contents."""
    digest = hashlib.sha256()
    for name, content in items:
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def scripts() -> list[tuple[str, bytes]]:
    """Return the page's scripts and style sheet, by name."""
    return [
        (p.name, p.read_bytes()) for p in sorted(SCRIPTS.iterdir()) if p.is_file()
    ]


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


def is_as_pinned(path: Path, pinned: str) -> bool:
    """Return whether a file is there and has the pinned subresource-integrity hash."""
    if not path.is_file():
        return False
    digest = hashlib.sha384(path.read_bytes()).digest()
    return pinned == "sha384-" + base64.b64encode(digest).decode("ascii")


NOTICES = {
    "pyodide": "Pyodide {version}, Mozilla Public License 2.0.\n"
    "Source: https://github.com/pyodide/pyodide\n",
    "onnxruntime-web": """\
ONNX Runtime Web {version}
Source: https://github.com/microsoft/onnxruntime

MIT License

Copyright (c) Microsoft Corporation

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
""",
}
"""What stands beside the packages that the book carries along."""


def lay_out_runtime(static: Path, package: str, pins: dict[str, Any]) -> str:
    """Copy a vendored package into the book and return its folder; else return its CDN."""
    folder = f"{package}-{pins['version']}"
    source, target = VENDOR / folder, static / folder
    if all(
        is_as_pinned(target / name, pinned)
        for name, pinned in pins["files"].items()
    ):
        return f"{folder}/"
    if not all(
        is_as_pinned(source / name, pinned)
        for name, pinned in pins["files"].items()
    ):
        return str(pins["cdn"])
    for name in pins["files"]:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
    notice = NOTICES[package].format(version=pins["version"])
    (target / "NOTICE.txt").write_text(notice, encoding="utf-8")
    return f"{folder}/"


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
    """Register the directives, the nodes and the static folder."""
    app.add_config_value(
        "nlpcourse_playground_scripts", hash_of(scripts()), "html", types=[str]
    )
    plain = (pass_by, pass_by)
    app.add_node(
        PlaygroundNode,
        html=(visit_playground_html, pass_by),
        latex=plain,
        text=plain,
        man=plain,
    )
    app.add_node(
        LiveExerciseNode,
        html=(visit_exercise_html, depart_exercise_html),
        latex=plain,
        text=plain,
        man=plain,
    )
    app.add_directive("playground", Playground)
    app.add_directive("live-exercise", LiveExercise)
    app.connect("html-page-context", add_script)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    app.connect("build-finished", lay_out)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
