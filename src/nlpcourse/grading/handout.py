"""The notebook that students get, made by nbgrader's own preprocessors."""

from __future__ import annotations

import importlib
from typing import Any

from nlpcourse.exercises import STARTER_LINE
from nlpcourse.notebooks.cells import Notebook

CONFIG = f"""c = get_config()
c.CourseDirectory.course_id = "nlp"
c.ClearSolutions.code_stub = {{"python": "{STARTER_LINE}"}}
c.ExecutePreprocessor.timeout = 300
"""
"""``nbgrader_config.py`` of a course folder: the starter of the book, and time for a chapter."""


def student_notebook(source: Notebook) -> Notebook:
    """Return what ``nbgrader generate_assignment`` makes of an assignment's source.

    Solutions and hidden tests are gone, check cells are locked, and each cell of an exercise has
    the checksum by which ``nbgrader validate`` sees what was changed.

    Raises:
        RuntimeError: nbgrader is not installed.
    """
    import nbformat

    nbgrader = _nbgrader()
    steps = [
        nbgrader.LockCells,
        nbgrader.ClearSolutions,
        nbgrader.ClearOutput,
        nbgrader.CheckCellMetadata,
        nbgrader.ComputeChecksums,
        nbgrader.ClearHiddenTests,
        nbgrader.ClearMarkScheme,
        nbgrader.ComputeChecksums,
        nbgrader.CheckCellMetadata,
    ]
    from traitlets.config import Config

    config = Config({"ClearSolutions": {"code_stub": {"python": STARTER_LINE}}})
    notebook: Any = nbformat.from_dict(source)
    resources: Any = {}
    for step in steps:
        notebook, resources = step(config=config).preprocess(notebook, resources)
    made: Notebook = _plain(notebook)
    return made


def _nbgrader() -> Any:
    try:
        return importlib.import_module("nbgrader.preprocessors")
    except ImportError:
        raise RuntimeError(
            "a release needs nbgrader: `make instructor`, or `pip install 'nlpcourse[instructor]'`"
        ) from None


def _plain(value: Any) -> Any:
    """Return a notebook's nodes as plain dictionaries and lists."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value
