"""The Python that the page calls, tested without a page: views, cells, and the static folder."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.course import chapters
from nlpcourse.exercises import Hint, exercise
from nlpcourse.notebooks.cells import exercises
from nlpcourse.page.graph import graph_svg, layout
from nlpcourse.page.runner import OUTPUT_LIMIT, run_cell
from nlpcourse.page.views import render_views

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))


@exercise("00.7")
def _double(answer: Any) -> str:
    """Ask for twice the number."""
    if answer(3) != 6:
        raise Hint("What is twice three?")
    return "Doubling adds a number to itself."


def outcome(source: str, check: str = "") -> tuple[dict[str, Any], str]:
    """Run a cell and return what came back and what it printed."""
    printed: list[str] = []
    return json.loads(run_cell(source, check, printed.append)), "".join(printed)


def test_a_cell_shows_its_last_value_and_its_prints() -> None:
    result, printed = outcome("print('a')\nprint('b')\n'x' * 3")
    assert result["value"] == "'xxx'"
    assert printed == "a\nb\n"
    assert result["error"] is None


@pytest.mark.parametrize(
    "check",
    ['check("00.7", f)', 'from nlpcourse.exercises import check; check("00.7", f)'],
)
def test_a_check_judges_the_cells_own_function(check: str) -> None:
    right, _ = outcome("def f(n):\n    return n + n\n", check)
    wrong, _ = outcome("def f(n):\n    return n\n", check)
    empty, _ = outcome("def f(n):\n    ...\n", check)
    absent, _ = outcome("g = 1\n", check)
    assert right["verdict"] == {
        "passed": True,
        "message": "Doubling adds a number to itself.",
    }
    assert wrong["verdict"] == {"passed": False, "message": "What is twice three?"}
    assert not empty["verdict"]["passed"]
    assert "`f`" in absent["verdict"]["message"]


def test_each_run_starts_afresh() -> None:
    outcome("left_over = 1")
    result, _ = outcome("left_over")
    assert "NameError" in result["error"]


def test_a_traceback_keeps_only_the_cells_lines() -> None:
    result, _ = outcome("def f(n):\n    return 1 / n\n\nf(0)\n")
    assert result["error"].splitlines() == [
        "  line 4",
        "    f(0)",
        "  line 2, in f",
        "    return 1 / n",
        "ZeroDivisionError: division by zero",
    ]


def test_a_recursion_without_end_is_told_in_short() -> None:
    result, _ = outcome("def f(n):\n    return f(n + 1)\n\nf(0)\n")
    assert "more calls like these" in result["error"]
    assert len(result["error"].splitlines()) < 12


def test_a_cell_that_leaves_does_not_take_the_page_with_it() -> None:
    result, _ = outcome("import sys\nsys.exit(3)")
    assert "SystemExit" in result["error"]


def test_output_without_end_is_cut() -> None:
    result, printed = outcome("for i in range(100_000):\n    print(i)")
    assert result["ok"]
    assert OUTPUT_LIMIT < len(printed) < OUTPUT_LIMIT + 100


ANY_VIEW = st.one_of(
    st.fixed_dictionaries({"kind": st.just("text"), "text": st.text()}),
    st.fixed_dictionaries(
        {
            "kind": st.just("tokens"),
            "title": st.text(),
            "alt": st.text(),
            "tokens": st.lists(
                st.fixed_dictionaries(
                    {
                        "text": st.text(),
                        "label": st.text(),
                        "group": st.integers(0, 50),
                    }
                ),
                max_size=3,
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("bars"),
            "unit": st.text(),
            "items": st.lists(
                st.fixed_dictionaries(
                    {
                        "label": st.text(),
                        "value": st.floats(-1e6, 1e6),
                        "note": st.text(),
                    }
                ),
                max_size=3,
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("table"),
            "title": st.text(),
            "columns": st.just(["a", "b"]),
            "rows": st.lists(
                st.tuples(st.text(), st.floats() | st.text()), max_size=3
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("graph"),
            "title": st.text(),
            "nodes": st.just([{"id": 0, "start": True}, {"id": 1, "label": "<b>"}]),
            "edges": st.lists(
                st.fixed_dictionaries(
                    {
                        "from": st.integers(0, 1),
                        "to": st.integers(0, 1),
                        "label": st.text(),
                        "active": st.booleans(),
                    }
                ),
                max_size=3,
            ),
        }
    ),
)


@given(st.lists(ANY_VIEW, max_size=3))
def test_no_text_of_the_reader_becomes_markup(views: list[dict[str, Any]]) -> None:
    allowed = {
        "p",
        "figure",
        "figcaption",
        "ol",
        "li",
        "span",
        "small",
        "br",
        "code",
        "div",
    }
    allowed |= {"table", "thead", "tbody", "tr", "th", "td"}
    allowed |= {"svg", "g", "path", "circle", "text"}
    for piece in render_views(views).split("<")[1:]:
        assert piece.lstrip("/").split(">")[0].split(" ")[0] in allowed


GRAPH = {
    "kind": "graph",
    "title": "A machine",
    "nodes": [
        {"id": 0, "start": True},
        {"id": 1, "active": True},
        {"id": 2, "accepting": True},
    ],
    "edges": [
        {"from": 0, "to": 1, "label": "h"},
        {"from": 1, "to": 2, "label": "a", "active": True},
        {"from": 2, "to": 1, "label": "h"},
        {"from": 1, "to": 1, "label": "x"},
    ],
}


def test_a_graph_is_drawn_with_every_arc_and_told_in_words() -> None:
    drawn = render_views([GRAPH])
    told = re.search(r'<svg [^>]*aria-label="([^"]+)"', drawn)
    assert told is not None
    assert told.group(1) == (
        "Start 0; 1 (active); end 2. Arcs: 0 to 1 with h; 1 to 2 with a; 2 to 1 with h; "
        "1 to 1 with x."
    )
    assert drawn.count("nlp-graph__edge") == 4
    assert drawn.count("nlp-graph--active") == 2
    assert drawn.count("<circle") == 4  # the end has two
    assert 'tabindex="0"' in drawn


def test_the_nodes_of_a_graph_keep_their_distance_and_stay_in_the_picture() -> None:
    ring: dict[str, Any] = {
        "nodes": [{"id": k} for k in range(9)],
        "edges": [
            {"from": a, "to": b}
            for a in range(9)
            for b in range(9)
            if a * b % 5 == 1
        ],
    }
    places = [*layout(ring["nodes"], ring["edges"]).values()]
    for k, (x, y) in enumerate(places):
        assert all(max(abs(x - u), abs(y - v)) > 50 for u, v in places[:k])
    svg = graph_svg(ring)
    left, top, width, height = map(
        float,
        re.search(r'viewBox="([^"]+)"', svg).group(1).split(),  # type: ignore[union-attr]
    )
    for x, y in places:
        assert left + 17 <= x <= left + width - 17
        assert top + 17 <= y <= top + height - 17


def test_an_arc_to_nowhere_is_named() -> None:
    with pytest.raises(ValueError, match="'7'"):
        graph_svg({"nodes": [{"id": 0}], "edges": [{"from": 0, "to": 7}]})


def test_a_graph_without_nodes_says_so() -> None:
    assert "Nothing to draw" in render_views([{"kind": "graph", "nodes": []}])


def test_an_unknown_view_is_named() -> None:
    with pytest.raises(ValueError, match="'pie'"):
        render_views([{"kind": "pie"}])


def extension(name: str) -> Any:
    """Import a module of the book's Sphinx extensions."""
    pytest.importorskip("sphinx", reason="Sphinx is not installed")
    return importlib.import_module(name)


def test_the_archive_depends_on_its_members_alone(tmp_path: Path) -> None:
    archive = extension("playground_archive")
    members = archive.wheel_members()
    for name in ("one.zip", "two.zip"):
        archive.write_archive(tmp_path / name, members)
    assert (tmp_path / "one.zip").read_bytes() == (
        tmp_path / "two.zip"
    ).read_bytes()


def test_the_archive_holds_the_wheels_own_members(tmp_path: Path) -> None:
    builder = pytest.importorskip(
        "hatchling.builders.wheel", reason="hatchling is not installed"
    )
    made = next(
        iter(builder.WheelBuilder(str(ROOT)).build(directory=str(tmp_path)))
    )
    with zipfile.ZipFile(made) as wheel:
        for name, content in extension("playground_archive").wheel_members():
            assert wheel.read(name) == content, f"{name} differs from the wheel's"


def test_the_archive_and_the_standard_library_are_all_that_the_page_needs(
    tmp_path: Path,
) -> None:
    archive = extension("playground_archive")
    archive.write_archive(tmp_path / "course.zip", archive.wheel_members())
    rooms = ["nlpcourse.page.runner", "nlpcourse.pages.same_text.playground"]
    for chapter in chapters.written():
        rooms.append(f"{chapter.module}.playground")
        notebook = nbformat.read(
            ROOT / "notebooks" / f"{chapter.stem}.ipynb", as_version=4
        )
        if any(cells.live for cells in exercises(notebook)):
            rooms.append(f"{chapter.module}.checks")
    script = (
        f"import importlib, sys\nsys.path.insert(0, {str(tmp_path / 'course.zip')!r})\n"
        f"for room in {rooms!r}:\n    importlib.import_module(room)\n"
        "assert 'course.zip' in sys.modules['nlpcourse.page.runner'].__file__\n"
    )
    alone = [sys.executable, "-I", "-S", "-c", script]
    ended = subprocess.run(alone, capture_output=True, text=True, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr


def test_an_import_is_followed_to_its_file() -> None:
    sources = extension("playground_sources")
    files = set(sources.imported_files(sources.module_file("naive_bayes")))
    assert sources.PACKAGE / "statistics/naive_bayes/models.py" in files


def test_a_form_of_an_unknown_type_is_refused() -> None:
    field = {"name": "x", "type": "colour", "label": "X"}
    with pytest.raises(ValueError, match="'colour'"):
        extension("playground_forms").field_html(field, "p")


PACKAGES = ["pyodide", "onnxruntime-web", "axe-core", "reveal.js", "mathjax"]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_pinned_package_is_the_one_of_the_lock_file(package: str) -> None:
    folder = ROOT / "book" / "playground"
    manifest = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    pins = json.loads((folder / "integrity.json").read_text(encoding="utf-8"))[
        package
    ]
    for_tests = pins.get("for") == "tests"
    kind = "devDependencies" if for_tests else "dependencies"
    version = manifest[kind][package]
    assert (
        pins["version"]
        == version
        == lock["packages"][f"node_modules/{package}"]["version"]
    )
    assert "for" in pins or version in pins["cdn"]
    assert set(pins["bytes"]) == set(pins["files"])
    assert not [entry for entry in lock["packages"].values() if "resolved" in entry]


def test_without_vendored_files_the_public_cdn_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = extension("playground_runtime")
    monkeypatch.setattr(runtime, "VENDOR", tmp_path / "nothing")
    integrity = extension("playground_resources").INTEGRITY
    pins = json.loads(integrity.read_text(encoding="utf-8"))
    for package, pinned in pins.items():
        if "for" in pinned:
            continue
        place = runtime.lay_out_runtime(tmp_path / "static", package, pinned)
        assert place == pinned["cdn"]


def test_a_model_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = extension("playground_models")
    made: list[tuple[str, str]] = []

    def make(playground: str, name: str) -> bytes:
        made.append((playground, name))
        return b"a network"

    monkeypatch.setattr(models, "make", make)
    monkeypatch.setattr(models, "MODELS", tmp_path)
    for _ in range(2):
        assert models.made_model("lstm", "next.onnx") == b"a network"
    assert made == [("lstm", "next.onnx")]
    changed = tmp_path / "export.py"
    changed.write_text("# another exporter")
    monkeypatch.setattr(models, "EXPORTER", changed)
    models.made_model("lstm", "next.onnx")
    assert len(made) == 2
    assert len(list(tmp_path.glob("*.onnx"))) == 1
