"""What the page's worker calls: play a playground, run a learner's cell, check an answer.

Everything goes in and comes out as JSON, so that the page's script needs to know nothing of
Python's objects.  The learner's code runs in a fresh namespace each time; what it prints is handed
on as it is printed and cut when it grows without end; a traceback keeps the learner's own lines.

This room uses the standard library alone: it also runs inside the page.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import json
import linecache
import re
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nlpcourse import exercises
from nlpcourse.course import chapters
from nlpcourse.exercises import Verdict
from nlpcourse.page.models import Call, Steps, Tensor, asked, finished
from nlpcourse.page.views import closing, render_views

CELL = "<your code>"
OUTPUT_LIMIT = 20_000
"""Characters of output that a cell may print before the rest is dropped."""

Send = Callable[[str], object]


_running: list[Steps] = []
"""The neural playground that waits for a model's outputs; at most one."""


def play(module: str, inputs: str, resources: dict[str, bytes]) -> str:
    """Run a playground on the reader's inputs and return its views as HTML, in JSON.

    Args:
        module: the playground's name, such as ``tokenization``.
        inputs: the values of the form, a JSON object.
        resources: the files that the build made for this playground.

    Returns:
        a JSON object with ``html`` and ``summary`` (HTML, too); or with ``error``, a line for
        the reader; or with ``call`` and ``feeds``, a question to a model, whose outputs
        :func:`resume` takes.
    """
    _running.clear()
    try:
        room = importlib.import_module(chapters.playground(module))
        result = room.run(json.loads(inputs), resources)
        if isinstance(result, dict):
            return _drawn(result)
        _running.append(result)
        return _asked(asked(next(result)))
    except StopIteration as end:
        return _drawn(end.value)
    except Exception as error:
        return _told(error)


def resume(outputs: Iterable[tuple[str, str, Sequence[int], bytes]]) -> str:
    """Hand a model's outputs to the waiting playground; return as :func:`play` does.

    Args:
        outputs: for each output its name, its type, its shape, and its numbers as bytes.
    """
    try:
        if not _running:
            raise RuntimeError("no playground waits for a model's outputs")
        found = {
            name: Tensor.from_bytes(kind, shape, bytes(content))
            for name, kind, shape, content in outputs
        }
        return _asked(asked(_running[0].send(found)))
    except StopIteration as end:
        return _drawn(end.value)
    except Exception as error:
        return _told(error)


def _drawn(result: dict[str, Any]) -> str:
    """Return a playground's result as HTML, in JSON."""
    _running.clear()
    try:
        html = render_views(finished(result)["views"])
        summary = closing(result)
    except Exception as error:
        return _told(error)
    return json.dumps({"html": html, "summary": summary})


def _told(error: Exception) -> str:
    """Return a line about an error, in JSON."""
    _running.clear()
    return json.dumps({"error": f"{type(error).__name__}: {error}"})


def _asked(call: Call) -> str:
    """Return a playground's call of a model in JSON."""
    feeds = {
        name: {"type": t.type, "shape": list(t.shape), "data": list(t.data)}
        for name, t in call.feeds.items()
    }
    return json.dumps({"call": call.model, "feeds": feeds})


class _Output(io.TextIOBase):
    """Standard output of a cell: handed on line by line at first, then in pieces; cut at the end.

    A line is handed on as soon as it is printed, so that it is there when a loop follows that
    never ends; a cell that prints a great deal has its lines gathered.
    """

    def __init__(
        self, send: Send, single_lines: int = 200, seconds_between: float = 0.1
    ) -> None:
        self._send = send
        self._singles = single_lines
        self._between = seconds_between
        self._pending: list[str] = []
        self._last = time.monotonic()
        self._room = OUTPUT_LIMIT

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._room > 0:
            kept = text[: self._room]
            self._room -= len(kept)
            self._pending.append(kept)
            if self._room == 0:
                self._pending.append("\n… the rest of the output is not shown.\n")
            if (
                self._room == 0
                or (self._singles > 0 and "\n" in text)
                or self._is_time()
            ):
                self.flush()
        return len(text)

    def _is_time(self) -> bool:
        return time.monotonic() - self._last >= self._between

    def flush(self) -> None:
        if self._pending:
            self._send("".join(self._pending))
            self._singles -= 1
            self._pending = []
        self._last = time.monotonic()


def run_cell(source: str, check: str, send: Send) -> str:
    """Run a learner's cell in a fresh namespace and, where *check* is given, check the answer.

    Args:
        source: what the learner wrote.
        check: the check's source, such as ``check("02.1", count_pairs)``; empty to run only.
        send: receives what the cell prints, piece by piece.

    Returns:
        a JSON object with ``ok`` (the cell ran to its end), ``value`` (the last expression's
        ``repr``, as a notebook shows it), ``error`` (the traceback of the learner's own lines)
        and ``verdict`` (``passed``, ``message``) where there was a check.

    >>> json.loads(run_cell("a = 2\\na * 21", "", print))["value"]
    '42'
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    output = _Output(send)
    outcome: dict[str, Any] = {
        "ok": False,
        "value": None,
        "error": None,
        "verdict": None,
    }
    linecache.cache[CELL] = (
        len(source),
        None,
        source.splitlines(keepends=True),
        CELL,
    )
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            value = _execute(source, namespace)
            outcome["ok"] = True
            if value is not None and not check:
                outcome["value"] = repr(value)[:OUTPUT_LIMIT]
            if check:
                verdict = _judge(check, namespace)
                outcome["verdict"] = {
                    "passed": verdict.passed,
                    "message": verdict.message,
                }
        except (
            BaseException
        ) as error:  # also SystemExit: a cell must not end the page's Python
            outcome["error"] = own_traceback(error)
        output.flush()
    return json.dumps(outcome)


def _execute(source: str, namespace: dict[str, Any]) -> Any:
    """Execute *source* and return the value of its last line where that is an expression."""
    tree = ast.parse(source, CELL)
    last = None
    if tree.body and isinstance(final := tree.body[-1], ast.Expr):
        tree.body.pop()
        last = ast.Expression(final.value)
    exec(compile(tree, CELL, "exec"), namespace)
    return None if last is None else eval(compile(last, CELL, "eval"), namespace)


def _judge(check: str, namespace: dict[str, Any]) -> Verdict:
    """Evaluate the check's source in the learner's namespace and return what it says."""
    verdicts: list[Verdict] = []

    def keep(identifier: str, answer: Any) -> None:
        verdicts.append(exercises.judge(identifier, answer))

    spoken = exercises.check
    exercises.check = keep  # a check's source may import the name again
    try:
        scope = {**namespace, "check": keep}
        value = _execute(check, scope)
    except NameError as error:
        name = re.search(r"name '([^']+)'", str(error))
        if name is None or name.group(1) in namespace:
            raise
        return Verdict(
            False,
            f"Is `{name.group(1)}` defined in your cell? The check looks for that very name.",
        )
    finally:
        exercises.check = spoken
    if isinstance(value, Verdict):
        verdicts.append(value)
    if not verdicts:
        raise RuntimeError("the check gave no verdict")
    failed = [verdict for verdict in verdicts if not verdict.passed]
    return failed[0] if failed else verdicts[-1]


def own_traceback(error: BaseException) -> str:
    """Return the traceback with only the learner's own lines, the machinery's left out."""
    if isinstance(error, SyntaxError) and error.filename == CELL:
        return "".join(traceback.format_exception_only(error)).replace(
            f'File "{CELL}", ', ""
        )
    summary = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in summary if frame.filename == CELL]
    repeated = len(own) > 8  # a recursion without end
    shown = own[:2] + own[-2:] if repeated else own
    lines = []
    for number, frame in enumerate(shown):
        if repeated and number == 2:
            lines.append(f"  … {len(own) - 4} more calls like these\n")
        where = "" if frame.name == "<module>" else f", in {frame.name}"
        lines.append(f"  line {frame.lineno}{where}\n    {frame.line}\n")
    last = "".join(traceback.format_exception_only(error))
    if isinstance(error, ModuleNotFoundError):
        last += (
            "The page runs Python's standard library and this course's own modules; "
            "other packages need the notebook.\n"
        )
    return "".join(lines) + last
