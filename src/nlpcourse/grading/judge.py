"""The judge: asks a student's code across the border, and decides by the release's own checks.

The checks run here, in the grader's process; the student's functions run in the sandbox.  A check
holds a stand-in that sends the arguments over and gets plain data back, so that what it compares
was made on this side: nothing that the student's code patches, prints or subclasses is here.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlpcourse.assets.cache import default_root
from nlpcourse.course.paths import data_dir
from nlpcourse.grading import gradients, largest, plain, sandbox, seeds
from nlpcourse.grading.wire import Silence, Wire

START_SECONDS = 60.0
"""How long the student's side may take until it listens."""


class Gone(Exception):
    """The student's side has ended or answers no more; the message says why."""


@dataclass(frozen=True)
class Mark:
    """What one exercise got.

    Attributes:
        exercise: such as ``"11.2"``.
        points: reached; a person may give parts of one.
        possible: the most.
        message: the check's question or fact, for the student.
        trouble: what kept the exercise from being judged; empty where it was.
    """

    exercise: str
    points: float
    possible: int
    message: str
    trouble: str = ""


@dataclass(frozen=True)
class Task:
    """One exercise of a release, as the judge needs it.

    Attributes:
        exercise: its number.
        points: the most that it gives.
        check: the source of its check cell, hidden tests and all.
        own: the student's own parameters, or a list of cases; None where they are the public ones.
    """

    exercise: str
    points: int
    check: str
    own: Any = None

    @property
    def name(self) -> str:
        """The name that the check looks at."""
        for node in ast.walk(ast.parse(self.check)):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "check"
            ):
                return ast.unparse(node.args[1])
        raise ValueError(
            f"the check of exercise {self.exercise} asks for no answer"
        )


@dataclass
class Student:
    """The student's side: a program in a sandbox that runs cells and answers calls.

    Args:
        package: the folder that :func:`student_package` wrote.
        limits: of the sandbox.
        confinement: what is asked of it.
        parameters: of the exercises that have some, by number.
        torch: whether to load PyTorch before the cells.
    """

    package: Path
    limits: sandbox.Limits = field(default_factory=sandbox.Limits)
    confinement: sandbox.Confinement = field(default_factory=sandbox.what_holds)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    torch: bool = False

    def __post_init__(self) -> None:
        """Start the program and wait until it listens."""
        here_in, there_out = os.pipe()
        there_in, here_out = os.pipe()
        self._functions: list[Callable[..., Any]] = []
        self._leaves: list[Any] = []
        self._sent: dict[str, int] = {}
        self.run_of = sandbox.start(
            _command(there_in, there_out),
            self.limits,
            self.confinement,
            readable=_readable(self.package),
            environment=_environment(self.package, self.torch),
            descriptors=(there_in, there_out),
        )
        os.close(there_in)
        os.close(there_out)
        self.wire = Wire(here_in, here_out)
        self._end = time.monotonic() + self.limits.seconds
        self._ask(
            {"do": "begin", "parameters": dict(self.parameters)}, START_SECONDS
        )

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell; return ``{"ok": True}`` or the kind, text and line of what was raised.

        Raises:
            Gone: it did not end in time, or ended the program.
        """
        return self._ask({"do": "run", "source": source})

    def answer(self, name: str) -> Any:
        """Return what a name stands for: a stand-in of a function, a value, or None.

        Raises:
            Gone: the program has ended.
            NotPlain: it is something that cannot cross.
        """
        found = self._ask({"do": "look", "name": name})
        if not found.get("ok"):
            raise plain.NotPlain(str(found.get("text", "")))
        if found.get("kind") in ("function", "type"):
            return StandIn(self, name, {"name": name})
        return found.get("value")

    def call(
        self,
        which: Mapping[str, Any],
        args: Sequence[Any],
        named: Mapping[str, Any],
    ) -> Any:
        """Call a function of the student's; its arguments are changed here as they were there.

        The generators of random numbers there go on where those here are, as they would if both
        were one program.

        Args:
            which: its name, or the number under which an earlier call gave it back.
            args: its arguments.
            named: those with a name.

        Raises:
            Gone: it did not end in time, or ended the program.
            Exception: of the kind that the function raised, where that is a built-in one.
        """
        self._leaves = gradients.leaves([list(args), dict(named)])
        watched = largest.watched()
        with largest.unseen():
            states = seeds.states()
            before = seeds.marks(states)
            request = {
                "do": "call",
                **which,
                "args": list(args),
                "named": dict(named),
                "states": None if before == self._sent else states,
                "watched": watched,
            }
            found = self._ask(request)
            self._sent = self._after(before, found.get("drew"))
        largest.show(found.get("largest"))
        if not found.get("ok"):
            raise raised(found)
        for mine, theirs in zip(args, found.get("args") or (), strict=False):
            _change(mine, theirs)
        return found.get("value")

    def _after(self, before: dict[str, int], drew: Any) -> dict[str, int]:
        """Let the generators of which the other side has drawn move on here, too.

        How far is not taken from there.  It is enough that a check which seeds them again is seen
        to have done so; a network that was made anew here has drawn as much as there.
        """
        same = set(before) - set(seeds.changed(before))
        for name in drew if isinstance(drew, list) else ():
            if isinstance(name, str) and name in same:
                seeds.move_on(name)
        return seeds.marks(seeds.states())

    def gradient(self, number: int, gradient: Any) -> Sequence[Any]:
        """Return the gradients of a call's arguments, given that of its output."""
        found = self._ask({"do": "grad", "number": number, "gradient": gradient})
        if not found.get("ok"):
            raise raised(found)
        return list(found.get("value") or ())

    def _ask(
        self, request: dict[str, Any], seconds: float | None = None
    ) -> dict[str, Any]:
        seconds = seconds or self._seconds()
        try:
            self.wire.send(plain.encode(request, self._keep), seconds)
        except Silence as error:
            raise self._gone(error) from None
        end = time.monotonic() + seconds
        while True:
            message = self._receive(max(0.01, end - time.monotonic()))
            if "call" not in message:
                return message
            self._call_back(message)

    def _call_back(self, message: dict[str, Any]) -> None:
        """Let the student's code call a function that a check has handed it."""
        answer: dict[str, Any]
        try:
            function = self._functions[int(message["call"])]
            value = function(*message["args"], **message["named"])
            answer = {"ok": True, "value": value}
        except Exception as error:
            answer = {"ok": False, "text": f"{type(error).__name__}: {error}"}
        try:
            self.wire.send(plain.encode(answer, self._keep), self._seconds())
        except Silence as error:
            raise self._gone(error) from None

    def _receive(self, seconds: float) -> dict[str, Any]:
        try:
            found = plain.decode(self.wire.receive(seconds), _Fetch(self))
        except Silence as error:
            raise self._gone(error) from None
        except plain.NotPlain as error:
            return {"ok": False, "kind": "NotPlain", "text": str(error)}
        return (
            found if isinstance(found, dict) else {"ok": False, "text": "no answer"}
        )

    def _seconds(self) -> float:
        return max(
            0.01, min(self.limits.call_seconds, self._end - time.monotonic())
        )

    def _keep(self, function: Callable[..., Any]) -> int:
        self._functions.append(function)
        return len(self._functions) - 1

    def _gone(self, error: Silence) -> Gone:
        why = self.run_of.ended
        if not why and self.run_of.process.poll() is None and "time" in str(error):
            whole = time.monotonic() >= self._end
            seconds = self.limits.seconds if whole else self.limits.call_seconds
            why = f"it gave no answer within {seconds:.0f} s"
        self.run_of.stop(why)
        self.run_of.process.wait()
        return Gone(self.run_of.ended or "it ended the program that runs it")

    def close(self) -> None:
        """End the program."""
        self.wire.close()
        self.run_of.close()

    def __enter__(self) -> Student:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End the program."""
        self.close()


class StandIn:
    """What a check holds in place of the student's function."""

    def __init__(
        self, student: Student, name: str, which: Mapping[str, Any]
    ) -> None:
        """Keep where to ask."""
        self._student, self._which = student, which
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Ask the student's side."""
        return self._student.call(self._which, args, named)


class _Fetch:
    """Makes what stands here for something that stayed on the student's side."""

    def __init__(self, student: Student) -> None:
        self._student = student

    def __call__(self, number: int) -> StandIn:
        """Return what stands for a function that a call gave back."""
        return StandIn(self._student, "the function", {"number": number})

    def tensor(self, number: int, value: Any) -> Any:
        """Return an output whose gradients can be asked for."""
        student = self._student
        leaves = student._leaves
        return gradients.connected(number, value, leaves, student.gradient)


def raised(found: Mapping[str, Any]) -> Exception:
    """Return the exception that the student's code raised, of its kind where that is built in.

    >>> raised({"kind": "ValueError", "text": "no"})
    ValueError('no')
    """
    kind = getattr(builtins, str(found.get("kind")), None)
    text = str(found.get("text", ""))[:500]
    if found.get("line"):
        text += f" (line {found['line']} of your cell)"
    if isinstance(kind, type) and issubclass(kind, Exception):
        with contextlib.suppress(Exception):
            return kind(text)
    return RuntimeError(f"{found.get('kind')}: {text}")


def _change(mine: Any, theirs: Any) -> None:
    """Let a list, map, set, array or tensor become what the student's code made of it."""
    if theirs is None:
        return
    with contextlib.suppress(Exception):
        if isinstance(mine, list):
            mine[:] = theirs
        elif isinstance(mine, dict | set) and mine != theirs:
            mine.clear()
            mine.update(theirs)
        elif hasattr(mine, "copy_"):
            mine.detach().copy_(theirs)
        elif hasattr(mine, "dtype"):
            mine[...] = theirs


def mark(task: Task, student: Student) -> Mark:
    """Return what an exercise gets: its check cell runs here, on what the student's side answers.

    Raises:
        Gone: the student's side has ended.
    """
    from nlpcourse.exercises import judge, using

    seeds.sow(set())
    printed = io.StringIO()
    own = {} if task.own is None else {task.exercise: task.own}
    try:
        answer = student.answer(task.name)
        with contextlib.redirect_stdout(printed):
            with using(own):
                verdict = judge(task.exercise, answer)
            if not verdict.passed:
                return _none(task, verdict.message)
            code = compile(task.check, f"check {task.exercise}", "exec")
            for case, part in _cases(task, answer):
                with using(case):
                    exec(code, {task.name: part})
    except Gone:
        raise
    except plain.NotPlain as error:
        question = "What kind of value does the exercise ask for?"
        return _none(task, f"Your answer cannot be read: {error}. {question}")
    except (
        AssertionError
    ):  # what it says may come from the student, or give a hidden case away
        return _none(task, "A further case fails.")
    except Exception as error:
        return _none(task, f"A further case raised {type(error).__name__}.")
    return Mark(task.exercise, task.points, task.points, verdict.message)


def _cases(task: Task, answer: Any) -> list[tuple[dict[str, Any], Any]]:
    """Return each case of a task with the answer to it."""
    from nlpcourse.exercises import answers_of

    if task.own is None:
        return [({}, answer)]
    if not isinstance(task.own, list):
        return [({task.exercise: task.own}, answer)]
    parts = answers_of(answer, len(task.own)) or []
    return [
        ({task.exercise: case}, p) for case, p in zip(task.own, parts, strict=True)
    ]


def _none(task: Task, message: str, trouble: str = "") -> Mark:
    return Mark(task.exercise, 0, task.points, message, trouble)


def _command(reading: int, writing: int) -> list[str]:
    return [
        sys.executable,
        "-u",
        "-W",
        "ignore",
        "-m",
        "nlpcourse.grading.student",
        str(reading),
        str(writing),
    ]


def _readable(package: Path) -> list[Path]:
    """Return what the student's side may read: interpreter, package, the course's data, assets."""
    return [*sandbox.interpreter(), package, data_dir(), default_root() / "assets"]


def _environment(package: Path, torch: bool) -> dict[str, str]:
    return {
        "HOME": "/home/student",
        "TMPDIR": "/tmp",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "IPYTHONDIR": "/tmp/ipython",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(package),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "NLPCOURSE_CACHE": str(default_root()),
        "NLPCOURSE_LIBRARIES": "torch" if torch else "",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_OFFLINE": "1",
        "MPLBACKEND": "agg",
    }


def names_needed(sources: Sequence[str]) -> set[str]:
    """Return the names that cells read and none of them makes, built-in ones left out.

    >>> sorted(names_needed(["y = x + len(z)", "x = 1", "for i in x: print(i)"]))
    ['x', 'z']
    """
    made: set[str] = set()
    needed: set[str] = set()
    for source in sources:
        for node in _walk(source):
            read, bound = _names(node)
            needed |= read - made - set(dir(builtins))
            made |= bound
    return needed


def imports_of(sources: Sequence[str]) -> dict[str, str]:
    """Return the names that cells import and bind in no other way, each with its import.

    >>> imports_of(["import math, os as system", "from re import findall", "math = 3"])
    {'system': 'import os as system', 'findall': 'from re import findall'}
    """
    found: dict[str, set[str]] = {}
    for source in sources:
        for node in _walk(source):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    name = (alias.asname or alias.name).split(".")[0]
                    one = (
                        ast.Import([alias])
                        if isinstance(node, ast.Import)
                        else ast.ImportFrom(node.module, [alias], node.level)
                    )
                    found.setdefault(name, set()).add(ast.unparse(one))
            else:
                for name in _names(node)[1]:
                    found.setdefault(name, set()).add("")
    return {
        name: next(iter(ways))
        for name, ways in found.items()
        if len(ways) == 1 and "" not in ways
    }


def names_bound(sources: Sequence[str]) -> set[str]:
    """Return the names that cells make.

    >>> sorted(names_bound(["x = 1", "def f(a): b = a"]))
    ['f', 'x']
    """
    return {n for s in sources for node in _walk(s) for n in _names(node)[1]}


def _walk(source: str) -> Iterator[ast.stmt]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in body:
        yield from _in_order(node)


def _in_order(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield what a statement does, one after the other: a loop binds its name, then it runs."""
    if isinstance(node, ast.For):
        yield _bare(node.iter)
        yield _bind(node.target)
        parts = [*node.body, *node.orelse]
    elif isinstance(node, ast.With):
        for item in node.items:
            yield _bare(item.context_expr)
            if item.optional_vars is not None:
                yield _bind(item.optional_vars)
        parts = node.body
    elif isinstance(node, ast.If | ast.While):
        yield _bare(node.test)
        parts = [*node.body, *node.orelse]
    elif isinstance(node, ast.Try):
        parts = list(node.body)
        for handler in node.handlers:
            if handler.type is not None:
                yield _bare(handler.type)
            if handler.name:
                yield _bind(ast.Name(handler.name, ast.Store()))
            parts += handler.body
        parts += [*node.orelse, *node.finalbody]
    else:
        yield node
        return
    for part in parts:
        yield from _in_order(part)


def _bare(expression: ast.expr) -> ast.stmt:
    return ast.fix_missing_locations(ast.Expr(expression))


def _bind(target: ast.expr) -> ast.stmt:
    return ast.fix_missing_locations(ast.Assign([target], ast.Constant(None)))


def _names(node: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names that a statement reads, and those that it binds at the top."""
    import symtable

    try:
        table = symtable.symtable(ast.unparse(node), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(), set()
    bound: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Import | ast.ImportFrom):
            bound |= {(a.asname or a.name).split(".")[0] for a in part.names}
    bound |= {
        s.get_name()
        for s in table.get_symbols()
        if s.is_assigned() or s.is_imported()
    }
    read: set[str] = set()
    waiting = [table]
    while waiting:
        scope = waiting.pop()
        for symbol in scope.get_symbols():
            free = symbol.is_global() or (scope is table and symbol.is_referenced())
            if free and symbol.is_referenced():
                read.add(symbol.get_name())
        waiting += scope.get_children()
    own = {node.name} if isinstance(node, ast.FunctionDef | ast.ClassDef) else set()
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        read.add(node.target.id)
    return read - own, bound
