"""The chapter contract: what every chapter of the book must hold, in which order."""

from __future__ import annotations

import ast
import html
import importlib
import itertools
import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from nlpcourse.course import chapters, ledger, published
from nlpcourse.course import prose as prose_of_course
from nlpcourse.course.paths import data_dir, require_repository
from nlpcourse.notebooks import cells as notebooks_cells
from nlpcourse.notebooks import layout as scaffold
from nlpcourse.notebooks.cells import Cell, Notebook, without_glue

ROOT = require_repository("The chapter contract")
WRITTEN = chapters.written()

SECTIONS = [
    heading for heading in scaffold.HEADINGS if heading != "A concrete example"
]


@pytest.fixture(params=WRITTEN, ids=lambda c: c.stem)
def chapter(request: pytest.FixtureRequest) -> chapters.Chapter:
    return request.param


@pytest.fixture
def notebook(chapter: chapters.Chapter) -> Notebook:
    return notebooks_cells.read(chapter.notebook)


@pytest.fixture(
    params=[*(c.notebook for c in WRITTEN), *notebooks_cells.pages()],
    ids=lambda p: p.stem,
)
def reading(request: pytest.FixtureRequest) -> Notebook:
    """Return a chapter, or a page that is no chapter: what holds for all that one reads."""
    return notebooks_cells.read(request.param)


def code_cells(notebook: Notebook) -> list[Cell]:
    return [c for c in notebook["cells"] if c["cell_type"] == "code"]


def teaching_cells(notebook: Notebook) -> list[Cell]:
    """Return the code cells that are neither exercise, check, quiz nor widget."""
    return [
        c
        for c in code_cells(notebook)
        if not c["metadata"].get("nlpcourse")
        and not {"quiz", "widget"} & set(notebooks_cells.tags(c))
    ]


def prose(notebook: Notebook) -> str:
    return "\n\n".join(
        c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown"
    )


def plain_lines(notebook: Notebook) -> list[str]:
    """Return the lines of prose without code, mathematics, roles, directives, links and labels."""
    text = prose(notebook)
    text = re.sub(
        r"^(`{3,}|:{3,})\{?[\w-]*\}?.*\n(?:.*\n)*?\1[ \t]*$", "", text, flags=re.M
    )
    text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.S)
    text = re.sub(r"\$[^$\n]+\$", "MATH", text)
    text = re.sub(r"\{[\w:-]+\}`[^`]*`", "ROLE", text)
    text = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "CODE", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    text = re.sub(r"^\([\w.-]+\)=.*$", "", text, flags=re.M)
    return text.split("\n")


def test_four_places_have_a_folder_of_one_name(chapter: chapters.Chapter) -> None:
    assert chapter.notebook.is_file()
    for file in ("checks", "playground"):
        importlib.import_module(f"{chapter.module}.{file}")
    tests = ROOT / "tests" / chapter.package / chapter.room
    for kind in ("units", "oracle"):
        assert (tests / f"test_{kind}.py").is_file()
    for name in ("results.toml", "glossary.toml", "quiz.json", "references.bib"):
        assert (chapter.folder / name).is_file()


def test_a_chapters_package_imports_nothing(chapter: chapters.Chapter) -> None:
    """So that a playground in the page does not pull in PyTorch, and a name has one address."""
    source = importlib.import_module(chapter.module).__file__
    assert source is not None
    tree = ast.parse(Path(source).read_text(encoding="utf-8"))
    assert [type(node) for node in tree.body] == [ast.Expr], "a docstring alone"


def test_it_is_in_the_table_of_contents(chapter: chapters.Chapter) -> None:
    assert f"notebooks/{chapter.stem}" in (ROOT / "_toc.yml").read_text(
        encoding="utf-8"
    )


def test_label_title_and_card_open_the_chapter(
    chapter: chapters.Chapter, notebook: Notebook
) -> None:
    first = notebook["cells"][0]["source"]
    assert first.startswith(f"(chapter-{chapter.number})=\n# {chapter.title}")
    assert f"{{chapter-card}} {chapter.number}" in first


def test_sections_stand_in_order(notebook: Notebook) -> None:
    headings = re.findall(r"^## (.+)$", prose(notebook), flags=re.M)
    places = [headings.index(section) for section in SECTIONS]
    assert places == sorted(places), f"the order is {SECTIONS}"
    assert places[0] == 0
    assert places[1] >= 4, (
        "three sections or more must teach before the production library"
    )


def test_the_goals_are_a_list(notebook: Notebook) -> None:
    goals = (
        prose(notebook).split("## After this chapter you can")[1].split("\n## ")[0]
    )
    assert 3 <= len(re.findall(r"^[-*] ", goals, flags=re.M)) <= 7


def test_one_sentence_a_line(reading: Notebook) -> None:
    abbreviation = re.compile(
        r"\b(?:et al|e\.g|i\.e|cf|vs|Fig|Sec|Dr|Mr|Mrs|St|No|pp?|ch|Eq)\.$"
    )
    for line in plain_lines(reading):
        if line.startswith(("#", "|")):
            continue
        for match in re.finditer(r"(?<=[a-zE)*])([.?]) +(?=[A-Z][a-z])", line):
            before = line[: match.start() + 1]
            assert abbreviation.search(before), (
                f"two sentences on one line: {line!r}"
            )


def test_no_number_is_typed(reading: Notebook) -> None:
    """Measured and published figures come from the ledger or from glue.

    Small whole numbers of an example, years, and names with digits in them may stand.
    """
    name = re.compile(
        r"\b(?:UTF|Latin|ISO|BM|GPT|BERT|T5|cl|o|Brown|WikiText|TREC)-?\d[\w-]*\b"
    )
    for line in plain_lines(reading):
        rest = name.sub(
            "NAME", re.sub(r"^(#+ .*|\*\w+ · \d+ points?\*)$", "", line)
        )
        rest = re.sub(r"\b(?:1[6-9]|20)\d\d\b", "YEAR", rest)
        typed = re.findall(r"\d+(?:[.,]\d+)*\s?%|\b\d+[.,]\d+\b|\b\d{3,}\b", rest)
        assert not typed, f"typed numbers {typed} in {line!r}"


def test_words_that_do_not_help(reading: Notebook) -> None:
    for line in plain_lines(reading):
        assert not re.search(
            r"\b(?:simply|obviously|trivially)\b", line, flags=re.I
        ), line
        assert not re.search(r"\w!(?:\s|$)", line), line


def test_code_cells_are_short(reading: Notebook) -> None:
    for cell in teaching_cells(reading):
        folded = {"hide-input", "remove-input", "remove-cell"} & set(
            notebooks_cells.tags(cell)
        )
        limit = 40 if folded else 20  # folded cells draw figures
        assert len(cell["source"].splitlines()) <= limit, cell["source"]
    for cell in code_cells(reading):
        assert len(notebooks_cells.solution(cell["source"]).splitlines()) <= 30, (
            cell["source"]
        )


def test_no_algorithm_is_defined_outside_an_exercise(
    reading: Notebook,
) -> None:
    for cell in teaching_cells(reading):
        source = re.sub(r"^[%!].*$", "", cell["source"], flags=re.M)
        defined = [
            node.name
            for node in ast.walk(ast.parse(source))
            if isinstance(
                node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef
            )
        ]
        assert not defined, f"{defined} belongs in src/nlpcourse"


def test_source_is_rendered_from_the_module_below_its_equation(
    notebook: Notebook,
) -> None:
    shown, below_equation = 0, 0
    cells = notebook["cells"]
    for before, cell in itertools.pairwise(cells):
        if cell["cell_type"] == "code" and "show_source(" in cell["source"]:
            shown += 1
            text = before["source"] if before["cell_type"] == "markdown" else ""
            below_equation += "$$" in text or "{math}" in text
    assert shown >= 3
    assert below_equation >= 2


def test_it_ran_from_the_top(reading: Notebook) -> None:
    ran = [c for c in code_cells(reading) if c["source"].strip()]
    counts = [c["execution_count"] for c in ran]
    assert counts == list(range(1, len(ran) + 1)), "run `nlpcourse chapter run`"
    errors = [o for c in ran for o in c["outputs"] if o["output_type"] == "error"]
    expected = [c for c in ran if "raises-exception" in notebooks_cells.tags(c)]
    assert len(errors) == len(expected)


def test_it_is_in_normal_form(
    chapter: chapters.Chapter, notebook: Notebook
) -> None:
    assert notebooks_cells.formatted(notebook) == notebook, (
        f"run `nlpcourse chapter format {chapter}`"
    )
    assert chapter.notebook.stat().st_size < 1_000_000


def test_stored_outputs_name_no_place_of_one_machine(
    reading: Notebook,
) -> None:
    stored = json.dumps([c["outputs"] for c in code_cells(reading)])
    assert not re.search(r"/(?:home|root|Users|work|tmp)/", stored)
    assert "Warning" not in stored


@pytest.mark.parametrize("path", notebooks_cells.pages(), ids=lambda p: p.stem)
def test_a_page_is_in_normal_form_and_in_the_table_of_contents(path: Path) -> None:
    found = notebooks_cells.read(path)
    assert notebooks_cells.formatted(found) == found, (
        f"run `nlpcourse chapter format {path}`"
    )
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert f"notebooks/pages/{path.stem}" in contents


def test_figures_have_alternative_text(reading: Notebook) -> None:
    figures = 0
    for cell in code_cells(reading):
        for output in cell["outputs"]:
            data = output.get("data", {})
            assert "image/png" not in data, "show figures with plots.show"
            page = "".join(data.get("text/html", ""))
            for svg in re.findall(r"<svg [^>]*>", page):
                label = re.search(r'aria-label="([^"]+)"', svg)
                assert label, svg
                assert len(html.unescape(label.group(1)).split()) >= 6
                assert "stroke: #000000" not in page, (
                    "black can't be seen in the dark"
                )
                figures += 1
    assert figures >= 2


def test_a_learner_can_move_something(
    chapter: chapters.Chapter, notebook: Notebook
) -> None:
    assert any("widget" in notebooks_cells.tags(c) for c in code_cells(notebook))
    if chapter.live:
        assert "{playground}" in prose(notebook)


def test_exercises(chapter: chapters.Chapter, notebook: Notebook) -> None:
    found = notebooks_cells.exercises(notebook)
    assert [e.identifier for e in found] == [
        f"{chapter.number}.{k}" for k in range(1, len(found) + 1)
    ]
    levels = Counter(e.difficulty for e in found)
    assert levels["easy"] >= 2
    assert levels["medium"] >= 1
    assert levels["open"] >= 1
    assert (
        sum(levels.values()) == levels["easy"] + levels["medium"] + levels["open"]
    )
    for exercise in found:
        points = "1 point" if exercise.points == 1 else f"{exercise.points} points"
        assert f"*{exercise.difficulty} · {points}*" in exercise.prompt
        assert f"### Exercise {exercise.identifier} · " in exercise.prompt
        assert "### BEGIN HIDDEN TESTS" in exercise.check
    assert "parameters(" in "".join(e.answer + e.check for e in found)


def test_the_quiz(chapter: chapters.Chapter, notebook: Notebook) -> None:
    path = chapter.folder / "quiz.json"
    questions = json.loads(path.read_text(encoding="utf-8"))
    assert len(questions) == 5
    places = [
        [k for k, a in enumerate(question["answers"]) if a["correct"]]
        for question in questions
    ]
    assert len({p[0] for p in places if len(p) == 1}) >= 3, (
        "who knows one right answer's place must not know the others'"
    )
    for question in questions:
        assert any(a["correct"] for a in question["answers"])
        assert all(a.get("feedback") for a in question["answers"]), question[
            "question"
        ]
    assert any(
        f'quiz("{chapter.number}")' in c["source"] for c in code_cells(notebook)
    )


def test_terms_are_defined_and_linked(
    chapter: chapters.Chapter, notebook: Notebook
) -> None:
    path = chapter.folder / "glossary.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8")).values()
    terms = {entry["term"] for entry in entries}
    assert len(terms) >= 5
    linked = {
        m.group(2) or m.group(1)
        for m in re.finditer(
            r"\{term\}`([^`<]+?)(?: *<([^`>]*)>)?`", prose(notebook)
        )
    }
    assert terms <= linked, f"never linked in the chapter: {sorted(terms - linked)}"


def test_links_lead_to_terms_and_sources_that_exist(reading: Notebook) -> None:
    """The build of the book says so, too, some minutes later."""
    known = {
        entry["term"].lower()
        for path in prose_of_course.glossary_files()
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).values()
    }
    linked = {
        (m.group(2) or m.group(1)).lower()
        for m in re.finditer(
            r"\{term\}`([^`<]+?)(?: *<([^`>]*)>)?`", prose(reading)
        )
    }
    assert linked <= known, f"in no glossary: {sorted(linked - known)}"
    entries = {
        key
        for path in (data_dir() / "chapters").glob("*/references.bib")
        for key in re.findall(r"^@\w+\{([^,\s]+),", path.read_text("utf-8"), re.M)
    }
    cited = {
        key.strip()
        for keys in re.findall(r"\{cite:\w+\}`([^`]+)`", prose(reading))
        for key in keys.split(",")
    }
    assert cited <= entries, f"in no bibliography: {sorted(cited - entries)}"


def test_a_term_has_one_definition() -> None:
    owner: dict[str, Path] = {}
    for path in prose_of_course.glossary_files():
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).values():
            term = entry["term"].lower()
            assert term not in owner, (
                f"{term} is defined in {owner[term].parent.name} and in {path.parent.name}: "
                "link the earlier chapter's definition"
            )
            owner[term] = path
    assert len(owner) > 100


def test_a_source_has_one_entry() -> None:
    owner: dict[str, Path] = {}
    for path in sorted((data_dir() / "chapters").glob("*/references.bib")):
        for key in re.findall(r"^@\w+\{([^,\s]+),", path.read_text("utf-8"), re.M):
            assert key not in owner, (
                f"{key} stands in {owner[key].parent.name} and in {path.parent.name}: "
                "cite the earlier chapter's entry"
            )
            owner[key] = path
    assert len(owner) > 100


def test_every_result_is_recorded_and_has_a_source(
    chapter: chapters.Chapter, notebook: Notebook
) -> None:
    found = ledger.records(chapter.number)
    assert found
    sources = sorted((data_dir() / "chapters").glob("*/references.bib"))
    bibliography = "\n".join(path.read_text("utf-8") for path in sources)
    source = "\n".join(c["source"] for c in notebook["cells"])
    for entry in found:
        assert entry.id in source, (
            f"{entry.id} is in the ledger and not in the chapter"
        )
        assert entry.tolerance >= 0
        assert entry.protocol, entry.id
        assert entry.chosen_on in ledger.CHOSEN_ON, (
            f"{entry.id}: on which data were its settings chosen?"
        )
        assert entry.tolerance < entry.claim, (
            f"{entry.id}: a tolerance of {entry.tolerance:g} tests nothing of a difference "
            f"of {entry.claim:g}"
        )
        assert not re.search(
            r"test (?:score|set|text|part|data)[^;.]* in view", entry.protocol
        ), entry.id
        if entry.anchor is not None:
            assert entry.anchor_what, entry.id
            assert f"{{{entry.anchor_cite}," in bibliography, entry.id
    called = set(re.findall(r'record\(\s*"([^"]+)"', source))
    assert called <= {entry.id for entry in found}
    assert called, "the chapter checks no value against the ledger"
    assert any(entry.anchor is not None for entry in found)


def test_a_published_figure_is_quoted_with_its_source(
    chapter: chapters.Chapter,
) -> None:
    """It has a source in a bibliography, says where it was read, and somebody quotes it."""
    sources = sorted((data_dir() / "chapters").glob("*/references.bib"))
    bibliography = "\n".join(path.read_text("utf-8") for path in sources)
    read = "".join(c.notebook.read_text("utf-8") for c in WRITTEN)
    for figure in published.figures(chapter.number):
        assert f"{{{figure.cite}," in bibliography, figure.id
        assert len(figure.what.split()) >= 4, figure.id
        assert figure.where, figure.id
        assert figure.id in read, f"no chapter quotes {figure.id}"


def test_no_number_is_typed_behind_the_page(reading: Notebook) -> None:
    """What is glued is computed; what others published stands in published.toml."""
    for cell in code_cells(reading):
        source = re.sub(r"^[%!].*$", "", cell["source"], flags=re.M)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "glue":
                typed = [
                    argument.value
                    for argument in node.args[1:]
                    if isinstance(argument, ast.Constant)
                    and re.search(r"\d", str(argument.value))
                ]
                assert not typed, f"typed in glue: {typed} in {cell['source']}"


def test_time_and_memory_are_measured_and_within_limits(
    chapter: chapters.Chapter,
) -> None:
    cost = ledger.cost(chapter.number)
    assert 0 < cost.seconds <= 60
    assert 0 < cost.memory_mb <= 3000


def test_further_reading_cites(notebook: Notebook) -> None:
    reading = prose(notebook).split("## Further reading")[1]
    assert len(re.findall(r"\{cite(?::\w+)?\}`", reading)) >= 3


# ------------------------------------------------------------------ what a stranger stumbles over

NEURAL = "19"  # its terms are what every chapter with PyTorch presupposes
WIDEST = 84  # characters that fit beside the navigation at a width of 1280 pixels


def visible(cell: Cell) -> bool:
    return "remove-cell" not in notebooks_cells.tags(cell)


def before_exercises(notebook: Notebook) -> list[Cell]:
    """Return the visible cells from the goals' end to the exercises."""
    cells = [c for c in notebook["cells"] if visible(c)]
    end = next(
        i for i, c in enumerate(cells) if c["source"].startswith("## Exercises")
    )
    return cells[:end]


def shown_code(notebook: Notebook) -> list[str]:
    """Return every piece of code, shown source and printed text that a reader sees."""
    found = []
    for cell in code_cells(notebook):
        if not visible(cell):
            continue
        if "remove-input" not in notebooks_cells.tags(cell):
            found.append(notebooks_cells.solution(without_glue(cell["source"])))
        for output in cell["outputs"]:
            if output["output_type"] == "stream":
                found.append("".join(output["text"]))
            elif "text/markdown" in output.get("data", {}):
                markdown = "".join(output["data"]["text/markdown"])
                found += re.findall(r"```python\n(.*?)\n```", markdown, flags=re.S)
    return found


def glossary(chapter: chapters.Chapter) -> dict[str, str]:
    """Return the terms that the chapter must not use unexplained, each with its pattern."""
    found = {}
    for path in prose_of_course.glossary_files():
        owner = path.parent.name[:2]
        presupposed = owner == NEURAL and chapter.library == "torch"
        if owner > chapter.number and not presupposed:
            continue
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).values():
            if not entry.get("everyday"):
                plural = re.escape(entry["term"]).replace(r"\ ", r"[ -]")
                found[entry["term"]] = rf"(?<![\w-]){plural}(?:s|es)?(?![\w-])"
    return found


def test_no_term_comes_before_its_link(
    chapter: chapters.Chapter, notebook: Notebook
) -> None:
    """The first cell that uses a term of the glossary links it."""
    late = []
    cells = [
        c["source"]
        for c in before_exercises(notebook)
        if c["cell_type"] == "markdown"
    ]
    text = re.sub(
        r"^## After this chapter.*?(?=^## |\Z)",
        "",
        "\n\f\n".join(cells),
        flags=re.S | re.M,
    )
    text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.S)
    text = re.sub(r"^(`{3,}|:{3,})\{.*\n(?:.*\n)*?\1[ \t]*$", "", text, flags=re.M)
    text = re.sub(r"^#+ .*$", "", text, flags=re.M)
    text = re.sub(r"\{term\}`([^`]*)`", "\0\\1\0", text)
    text = re.sub(r"\{[\w:-]+\}`[^`]*`|\$[^$\n]+\$|`[^`]*`|\]\([^)]*\)", "", text)
    for term, pattern in glossary(chapter).items():
        for cell in text.split("\f"):
            links = re.findall(r"\0(?:[^\0<]*<)?([^\0<>]*?)>?\0", cell)
            if term in links:
                break
            if re.search(pattern, re.sub(r"\0[^\0]*\0", "", cell), flags=re.I):
                late.append(term)
                break
    assert not late, f"used before they are linked with {{term}}: {late}"


def test_nothing_scrolls_sideways(reading: Notebook) -> None:
    wide = [
        line
        for text in shown_code(reading)
        for line in text.splitlines()
        if len(line.rstrip()) > WIDEST
    ]
    assert not wide, "\n".join(wide)


def test_tables_are_narrow(reading: Notebook) -> None:
    for cell in code_cells(reading):
        for output in cell["outputs"]:
            page = "".join(output.get("data", {}).get("text/html", ""))
            if head := re.search(
                r'<table [^>]*class="dataframe".*?</tr>', page, flags=re.S
            ):
                assert head.group(0).count("<th") <= 8, cell["source"]


def test_every_helper_of_shown_source_is_explained(
    reading: Notebook,
) -> None:
    for cell in code_cells(reading):
        for output in cell["outputs"]:
            markdown = "".join(output.get("data", {}).get("text/markdown", ""))
            for line in markdown.partition("not shown above:")[2].splitlines():
                assert not line or len(line.partition(": ")[2].split()) >= 3, line


def test_figures_are_announced_and_their_drawing_is_folded(
    reading: Notebook,
) -> None:
    cells = [c for c in reading["cells"] if visible(c)]
    for before, cell in itertools.pairwise(cells):
        if cell["cell_type"] == "code" and "plots.show(" in cell["source"]:
            if "widget" in notebooks_cells.tags(cell):
                continue
            assert {"hide-input", "remove-input"} & set(
                notebooks_cells.tags(cell)
            ), cell["source"]
            assert before["cell_type"] == "markdown", (
                f"what is to be seen?\n{cell['source']}"
            )


def test_the_first_code_is_easy(notebook: Notebook) -> None:
    starts = [
        c
        for c in code_cells(notebook)
        if re.search(r"^start\(", c["source"], flags=re.M)
    ]
    assert starts
    assert not visible(starts[0]), "tag the cell that calls start() remove-cell"
    first = next(
        c
        for c in code_cells(notebook)
        if visible(c)
        and not {"remove-input", "hide-input"} & set(notebooks_cells.tags(c))
    )
    lines = without_glue(first["source"]).strip().splitlines()
    assert len(lines) <= 12, first["source"]


def test_results_do_not_crowd(notebook: Notebook) -> None:
    """Of the cells that show a result no two stand side by side; the rest are removed."""
    cells = [
        c for c in before_exercises(notebook) if "## Beside" not in c["source"]
    ]
    beside = next(
        (i for i, c in enumerate(notebook["cells"]) if "## Beside" in c["source"]),
        len(cells),
    )
    taught = [c for c in notebook["cells"][:beside] if visible(c)]
    for before, cell in itertools.pairwise(taught):
        both = all(
            c["cell_type"] == "code" and "record(" in c["source"]
            for c in (before, cell)
        )
        assert not both, cell["source"]


def test_no_larger_number_is_typed(notebook: Notebook) -> None:
    name = re.compile(
        r"\b[A-Za-z]+-?\d+[\w-]*\b|\b[Cc]hapters? \d\d\b|\b\d\d[–-]\d\d\b"
    )
    for cell in before_exercises(notebook):
        if cell["cell_type"] != "markdown":
            continue
        for line in plain_lines({"cells": [cell]}):
            rest = re.sub(r"\b(?:1[6-9]|20)\d\d\b", "YEAR", name.sub("NAME", line))
            rest = re.sub(r"^#+ .*$|\*[^*]*\*", "", rest)
            assert not re.search(r"(?<![\w-])\d{2,}\b", rest), (
                f"typed number in {line!r}"
            )


def test_what_is_timed_may_differ(reading: Notebook) -> None:
    """A cell that measures time stores outputs that no second run repeats."""
    timed = re.compile(r"\bseconds_per_\w+\(|process_time\(|perf_counter\(")
    for cell in code_cells(reading):
        if timed.search(cell["source"]):
            assert "nbval-ignore-output" in notebooks_cells.tags(cell), cell[
                "source"
            ]


def test_units_are_said_once(reading: Notebook) -> None:
    """A ledger role brings its unit along; the sentence must not add it again."""
    for role, identifier, rest in re.findall(
        r"\{(ledger|ledger-anchor)\}`([^`]+)`(.*)", prose(reading)
    ):
        unit = ledger.get(identifier).unit
        if unit and unit != "%":
            shown = f"{{{role}}}`{identifier}`{rest}"
            assert not rest.lstrip().startswith(unit.split()[0]), shown
        assert unit != "%" or not rest.lstrip().startswith(("%", "per cent"))


def test_metrics_can_be_told_apart(chapter: chapters.Chapter) -> None:
    names = Counter(entry.metric for entry in ledger.records(chapter.number))
    assert max(names.values()) == 1, [
        name for name, count in names.items() if count > 1
    ]


def test_the_page_plays(reading: Notebook) -> None:
    assert "{playground}" in prose(reading)
