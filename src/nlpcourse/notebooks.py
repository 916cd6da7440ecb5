"""Chapters as notebooks: one source, four forms.

The notebook in ``notebooks/`` holds prompts, solutions, checks and hidden tests.  From it come
the learner's copy and the instructor's release (solutions out, numbers in) and the book's page
(starter shown, solution folded).
"""

from __future__ import annotations

import ast
import copy
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlpcourse import chapters, prose
from nlpcourse.chapter import GLUE_MIME
from nlpcourse.checks import STARTER_LINE
from nlpcourse.paths import require_repository

Notebook = dict[str, Any]
Cell = dict[str, Any]

_SOLUTION = re.compile(
    r"^(?P<indent>[ \t]*)### BEGIN SOLUTION[ \t]*\n.*?^[ \t]*### END SOLUTION[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_HIDDEN = re.compile(
    r"\n*^[ \t]*### BEGIN HIDDEN TESTS[ \t]*\n.*?^[ \t]*### END HIDDEN TESTS[ \t]*\n?",
    re.MULTILINE | re.DOTALL,
)
_MARKER = re.compile(
    r"^[ \t]*### (BEGIN|END) (SOLUTION|HIDDEN TESTS)[ \t]*\n?", re.MULTILINE
)


def read(path: Path) -> Notebook:
    """Return a notebook as JSON with every cell's source joined to one string."""
    notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
    return notebook


def pages() -> list[Path]:
    """Return the notebooks that are no chapters, in ``notebooks/pages/`` of the checkout."""
    folder = require_repository("Finding the pages") / "notebooks" / "pages"
    return sorted(folder.glob("*.ipynb"))


def write(path: Path, notebook: Notebook) -> None:
    """Write a notebook atomically, in the layout that gives small differences."""
    out = copy.deepcopy(notebook)
    for cell in out["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(
        json.dumps(out, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    partial.replace(path)


def starter(source: str) -> str:
    """Return what a learner gets of a solution cell.

    >>> print(starter("def f():\\n    ### BEGIN SOLUTION\\n    return 1\\n    ### END SOLUTION"))
    def f():
        ...  # your code here
    """
    return _SOLUTION.sub(lambda m: m["indent"] + STARTER_LINE, source)


def solution(source: str) -> str:
    """Return a solution or check cell without its markers and hidden tests."""
    return _MARKER.sub("", _HIDDEN.sub("\n", source)).strip("\n")


@dataclass(frozen=True)
class ExerciseCells:
    """The cells of one exercise."""

    identifier: str
    difficulty: str
    points: int
    live: bool
    prompt: str
    answer: str
    check: str

    @property
    def starter(self) -> str:
        """What the learner starts from."""
        return starter(self.answer)

    @property
    def solution(self) -> str:
        """The solution, without markers."""
        return solution(self.answer)

    @property
    def visible_check(self) -> str:
        """The check cell without its hidden tests."""
        return solution(self.check)


def _settings(cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = cell.get("metadata", {}).get("nlpcourse", {})
    return found


def exercises(notebook: Notebook) -> list[ExerciseCells]:
    """Return the exercises of a notebook, in order.

    Raises:
        ValueError: an answer cell lacks its prompt above or its check below.
    """
    found = []
    cells = notebook["cells"]
    for i, cell in enumerate(cells):
        identifier = _settings(cell).get("exercise")
        if identifier is None:
            continue
        settings = _settings(cell)
        prompt = next(
            (c for c in reversed(cells[:i]) if c["cell_type"] == "markdown"), None
        )
        label = f"(exercise-{identifier.replace('.', '-')})="
        if prompt is None or label not in prompt["source"]:
            raise ValueError(
                f"exercise {identifier}: no prompt above it starts with {label}"
            )
        check = next(
            (c for c in cells[i:] if _settings(c).get("check") == identifier), None
        )
        if check is None:
            raise ValueError(f"exercise {identifier}: no cell below has its check")
        found.append(
            ExerciseCells(
                identifier,
                settings["difficulty"],
                settings["points"],
                bool(settings.get("live")),
                prompt["source"],
                cell["source"],
                check["source"],
            )
        )
    return found


def tags(cell: Cell) -> list[str]:
    """Return a cell's tags."""
    found: list[str] = cell.get("metadata", {}).get("tags", [])
    return found


def glued(notebook: Notebook) -> dict[str, str]:
    """Return the texts that the notebook's stored outputs hand to its prose."""
    found = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            bundle = output.get("data", {}).get(GLUE_MIME)
            if bundle:
                found[bundle["name"]] = bundle["text"]
    return found


def without_glue(source: str) -> str:
    """Return a cell without the calls that only hand its numbers to the prose.

    >>> print(without_glue("n = 2\\nglue('02-n', n)\\nprint(n)"))
    n = 2
    print(n)
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a cell with a magic command
        return source
    drop: set[int] = set()
    for node in statements:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "glue":
            drop.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    kept = [
        line for i, line in enumerate(source.splitlines(), start=1) if i not in drop
    ]
    return "\n".join(kept).strip("\n") if drop else source


def formatted(notebook: Notebook) -> Notebook:
    """Return the notebook in the course's normal form: metadata, cell names, nbgrader's marks."""
    out = copy.deepcopy(notebook)
    out["nbformat"], out["nbformat_minor"] = 4, 5
    out["metadata"] = {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    for i, cell in enumerate(out["cells"]):
        kept = {
            k: v for k, v in cell.get("metadata", {}).items() if k in _KEPT_METADATA
        }
        cell["metadata"] = kept
        settings = _settings(cell)
        cell["id"] = f"cell-{i:03}"
        if identifier := settings.get("exercise"):
            cell["id"] = f"exercise-{identifier.replace('.', '-')}"
            kept["nbgrader"] = _nbgrader(cell["id"], solution=True, points=None)
        if identifier := settings.get("check"):
            cell["id"] = f"check-{identifier.replace('.', '-')}"
            points = next(
                _settings(c)["points"]
                for c in out["cells"]
                if _settings(c).get("exercise") == identifier
            )
            kept["nbgrader"] = _nbgrader(cell["id"], solution=False, points=points)
        if cell["cell_type"] == "code":
            found = set(tags(cell))
            if "show_source(" in cell["source"]:
                found.add("remove-input")
            if found & {"quiz", "widget"}:
                found.add("nbval-ignore-output")
                cell["outputs"] = []
            if found:
                kept["tags"] = sorted(found)
            cell.setdefault("outputs", [])
            cell.setdefault("execution_count", None)
    return out


_KEPT_METADATA = {"tags", "nlpcourse", "editable", "slideshow", "mystnb"}


def _nbgrader(grade_id: str, solution: bool, points: int | None) -> dict[str, Any]:
    marks: dict[str, Any] = {
        "grade": not solution,
        "grade_id": grade_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        marks["points"] = points
    return marks


def _page_link(chapter: chapters.Chapter) -> str:
    return f"[{chapter.title}]({chapter.stem}.ipynb)"


def learner_copy(notebook: Notebook) -> Notebook:
    """Return the copy that a learner works in.

    Solutions, hidden tests and outputs are gone; the prose shows its numbers.
    """
    out = _readable(notebook)
    for cell in out["cells"]:
        if cell["cell_type"] == "code":
            source = without_glue(starter(cell["source"]))
            cell["source"] = _HIDDEN.sub("\n", source).rstrip("\n")
            cell["metadata"].pop("nbgrader", None)
            cell["metadata"].pop("tags", None)
    return out


def assignment_source(notebook: Notebook, variant: str | None = None) -> Notebook:
    """Return the source of an nbgrader assignment: solutions, hidden tests and marks stay in.

    ``nbgrader generate_assignment`` takes them out for the release.

    Args:
        notebook: a chapter with stored outputs.
        variant: the class's variant; it draws the parameters of the exercises that have some.
    """
    out = _readable(notebook)
    if variant is not None:
        source = f'import os\n\nos.environ["NLPCOURSE_VARIANT"] = {variant!r}'
        first: Cell = {
            "cell_type": "code",
            "id": "variant",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        out["cells"].insert(1, first)
    return out


def _readable(notebook: Notebook) -> Notebook:
    """Return the notebook for JupyterLab: prose with its numbers, plain Markdown, no outputs."""
    out = copy.deepcopy(notebook)
    numbers = glued(notebook)
    for cell in out["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = plain_markdown(
                prose.expand(cell["source"], numbers, _page_link)
            )
        else:
            cell["outputs"], cell["execution_count"] = [], None
    return out


def plain_markdown(text: str) -> str:
    """Turn MyST that JupyterLab does not read into plain Markdown.

    >>> plain_markdown("(chapter-02)=\\n# Title\\nA {term}`token <tokens>` and {term}`word`.")
    '# Title\\nA *token* and *word*.'
    >>> plain_markdown("{cite:t}`kiss-strunk-2006` repeat it {cite:p}`sennrich-2016, minbpe`.")
    'Kiss & Strunk (2006) repeat it (Sennrich 2016; Minbpe).'
    """
    text = re.sub(r"^\([\w.-]+\)=[ \t]*\n", "", text, flags=re.MULTILINE)
    text = _PLAYGROUND.sub(
        "*The page of this chapter in the book has a playground here.*", text
    )
    text = _BLOCK.sub(_plain_block, text)
    text = re.sub(r"\{term\}`([^`<]+?)(?: *<[^`>]*>)?`", r"*\1*", text)
    text = re.sub(r"\{(?:ref|doc|numref)\}`([^`<]+?)(?: *<[^`>]*>)?`", r"\1", text)
    text = re.sub(r"\{cite(:\w+)?\}`([^`]+)`", _plain_citation, text)
    return re.sub(r"\{(?:eq|math)\}`([^`]+)`", r"$\1$", text)


def _plain_citation(match: re.Match[str]) -> str:
    """Spell out a citation from its keys, such as ``kiss-strunk-2006``."""
    in_text = match.group(1) == ":t"
    spelt = []
    for key in re.split(r",\s*", match.group(2)):
        found = re.fullmatch(r"([a-z-]+?)-(\d{4})(?:-\w+)?", key)
        names = " & ".join(
            part.capitalize() for part in (found[1] if found else key).split("-")
        )
        year = found[2] if found else ""
        spelt.append(
            f"{names} ({year})" if in_text and year else f"{names} {year}".strip()
        )
    return ", ".join(spelt) if in_text else f"({'; '.join(spelt)})"


_PLAYGROUND = re.compile(
    r"^(`{3,}|:{3,})\{playground\} *\S+[ \t]*\n(?:.*\n)*?\1[ \t]*$", re.MULTILINE
)
_BLOCK = re.compile(
    r"^(`{3,}|:{3,})\{(\w+)\} *(.*)\n((?:.*\n)*?)\1[ \t]*$", re.MULTILINE
)


def _plain_block(match: re.Match[str]) -> str:
    _, kind, title, body = match.groups()
    body = re.sub(r"^:[\w-]+:.*\n", "", body, flags=re.MULTILINE).strip("\n")
    if kind == "math":
        return f"$$\n{body}\n$$"
    heading = title or kind.capitalize()
    quoted = "\n".join(f"> {line}" for line in body.splitlines())
    return f"> **{heading}**\n>\n{quoted}"


def book_page(
    notebook: Notebook, chapter: chapters.Chapter | None = None
) -> Notebook:
    """Return the notebook as the book renders it.

    A chapter shows the starter of an exercise, folds its solution, and has its quiz as
    native controls; a page that is no chapter (``notebooks/pages/``) has neither.
    """
    out = copy.deepcopy(notebook)
    numbers = glued(notebook)
    by_id = {e.identifier: e for e in exercises(notebook)}
    cells: list[Cell] = []
    for cell in out["cells"]:
        settings = _settings(cell)
        if cell["cell_type"] == "markdown":
            text = prose.expand(cell["source"], numbers, _page_link, _framed_card)
            cells.append({**cell, "source": text})
        elif "exercise" in settings:
            cells.append(
                _markdown(cell, exercise_block(by_id[settings["exercise"]]))
            )
        elif "check" in settings or "widget" in tags(cell):
            continue
        elif "quiz" in tags(cell) and chapter is not None:
            cells.append(_markdown(cell, f"```{{quiz}} {chapter.number}\n```"))
        else:
            cell["outputs"] = [
                o for o in cell["outputs"] if GLUE_MIME not in o.get("data", {})
            ]
            cell["source"] = without_glue(cell["source"])
            if cell["source"]:
                cells.append(cell)
    out["cells"] = cells
    return out


def _framed_card(text: str) -> str:
    return f":::{{div}} chapter-card\n{text}\n:::"


def _markdown(cell: Cell, text: str) -> Cell:
    return {
        "cell_type": "markdown",
        "id": cell["id"],
        "metadata": {},
        "source": text,
    }


def exercise_block(cells: ExerciseCells) -> str:
    """Return the MyST block of an exercise: an editor or the starter, and the folded solution."""
    if cells.live:
        lines = [line for line in cells.visible_check.splitlines() if line.strip()]
        check = "; ".join(lines)
        opening = f"````{{live-exercise}} {cells.identifier}\n:check: {check}"
        editor = f"{opening}\n\n{cells.starter}\n````"
    else:
        editor = (
            f"````python\n{cells.starter}\n````\n\n"
            "*This one needs libraries or data that a page can't carry: solve it in your own copy "
            "of the notebook, where its check answers at once.*"
        )
    return (
        f"{editor}\n\n````{{dropdown}} Solution of {cells.identifier}\n"
        f":class-container: solution\n```python\n{cells.solution}\n```\n````"
    )


def run(
    path: Path,
    write_back: bool = True,
    pin: bool = False,
    environment: dict[str, str] | None = None,
) -> Cost:
    """Execute a notebook from the top in a new kernel, one thread; return its cost.

    Args:
        path: the notebook.
        write_back: store the outputs in place; cells tagged ``quiz`` or ``widget`` run but store
            nothing.
        pin: bind the kernel to one core, where the system can.
        environment: variables to add.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed.
    """
    code = (
        "import json, sys; from nlpcourse.notebooks import _execute; "
        "from pathlib import Path; _execute(Path(sys.argv[1]), *(a == '1' for a in sys.argv[2:]))"
    )
    env = {**os.environ, "OMP_NUM_THREADS": "1", **(environment or {})}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            str(path),
            str(int(write_back)),
            str(int(pin)),
        ],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"{path.name} did not run to its end; the error stands above"
        )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return Cost(found["seconds"], found["memory_mb"])


@dataclass(frozen=True)
class Cost:
    """Wall time in seconds and peak memory of the kernel in megabytes."""

    seconds: float
    memory_mb: float


_PEAK = (
    "import resource, sys\n"
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss"
    " / (1e6 if sys.platform == 'darwin' else 1e3))"
)


def _execute(path: Path, write_back: bool, pin: bool) -> None:
    """Run in a process of its own and print the cost as JSON; see :func:`run`."""
    import nbformat
    from nbclient import NotebookClient

    if pin and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    source = formatted(read(path))
    node = nbformat.from_dict(source)
    client = NotebookClient(
        node,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    started = time.perf_counter()
    with client.setup_kernel():
        for index, cell in enumerate(node.cells):
            client.execute_cell(cell, index)
        seconds = time.perf_counter() - started
        probe = nbformat.v4.new_code_cell(_PEAK)
        node.cells.append(probe)
        client.execute_cell(probe, len(node.cells) - 1, store_history=False)
        memory = float(probe.outputs[0]["text"])
        node.cells.pop()
    if write_back:
        write(path, _tidy(json.loads(nbformat.writes(node))))
    print(json.dumps({"seconds": seconds, "memory_mb": memory}))


def _tidy(notebook: Notebook) -> Notebook:
    """Drop what differs between two runs of the same notebook, and join streams."""
    for cell in notebook["cells"]:
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
        cell["metadata"].pop("execution", None)
        if cell["cell_type"] == "code" and {"quiz", "widget"} & set(tags(cell)):
            cell["outputs"] = []
    return formatted(notebook)


def write_learner_copies(
    names: Iterable[str], target: Path, overwrite: bool = False
) -> list[Path]:
    """Write the learner's copies of chapters to *target*; return those written.

    A copy that is already there is the learner's work: it is left alone unless *overwrite*.
    """
    done = []
    for name in names:
        chapter = chapters.get(name)
        path = target / f"{chapter.stem}.ipynb"
        if overwrite or not path.exists():
            write(path, learner_copy(read(chapter.notebook)))
            done.append(path)
    return done


def write_assignment(name: str, course: Path, variant: str | None = None) -> Path:
    """Write ``source/STEM/STEM.ipynb`` into an nbgrader course folder; return its path.

    Raises:
        FileExistsError: the assignment is there; delete it first if it is to be replaced.
    """
    chapter = chapters.get(name)
    path = course / "source" / chapter.stem / f"{chapter.stem}.ipynb"
    if path.exists():
        raise FileExistsError(
            f"{path} is there; delete it first if it is to be replaced"
        )
    write(path, assignment_source(read(chapter.notebook), variant))
    return path
