"""A chapter's notebook with numbers of a student's own: in the prompt, the starter and the check.

An exercise that declares ``cases`` asks for its answer in each of so many cases.  The solution
stays what it is, in a loop over the cases:

>>> print(own_answer('p = parameters("11.1")\\nx = p["a"]', "11.1", "x", [{"a": 1}, {"a": 2}]))
cases = given("11.1", [
    {'a': 1},
    {'a': 2},
])
every_answer = []
for p in cases:
    x = p["a"]
    every_answer.append(x)
x = every_answer
"""

from __future__ import annotations

import copy
import pprint
import re
import textwrap
from collections.abc import Mapping
from typing import Any

from nlpcourse.exercises import Given
from nlpcourse.grading.judge import Task
from nlpcourse.notebooks.cells import Notebook, settings_of

_HIDDEN = re.compile(
    r"^### BEGIN HIDDEN TESTS\n(.*?)^### END HIDDEN TESTS$",
    re.MULTILINE | re.DOTALL,
)


def own_notebook(notebook: Notebook, drawn: Mapping[str, Given]) -> Notebook:
    """Return a chapter's notebook in which exercises have the parameters *drawn*."""
    out = copy.deepcopy(notebook)
    cells = out["cells"]
    checks = {str(settings_of(c).get("check")): c for c in cells}
    for place, cell in enumerate(cells):
        exercise = str(settings_of(cell).get("exercise"))
        if exercise not in drawn:
            continue
        own, check = drawn[exercise], checks[exercise]
        name = Task(exercise, 0, check["source"]).name
        cell["source"] = own_answer(cell["source"], exercise, name, own)
        check["source"] = own_check(check["source"], exercise, name, own)
        prompt = next(
            c for c in reversed(cells[:place]) if c["cell_type"] == "markdown"
        )
        prompt["source"] = f"{prompt['source'].rstrip()}\n\n{told(own)}"
    return out


def own_answer(source: str, exercise: str, name: str, own: Given) -> str:
    """Return an answer cell, solution and all, that holds its own numbers.

    Args:
        source: the cell, with a line ``p = parameters("11.1")``.
        exercise: its number.
        name: what the check looks at.
        own: its parameters, or a list of them.

    Raises:
        ValueError: the cell has no such line.
    """
    source = source.replace(
        "from nlpcourse.exercises import parameters",
        "from nlpcourse.exercises import given",
    )
    call = re.compile(rf'^p = parameters\("{re.escape(exercise)}"\)', re.MULTILINE)
    before, found, after = _cut(call, source)
    if not found:
        raise ValueError(f"exercise {exercise}: no line `p = parameters(…)`")
    if not isinstance(own, list):
        return f"{before}{_given('p', 'given', exercise, own)}{after}"
    comment, _, body = after.partition("\n")
    body = textwrap.indent(body.strip("\n"), "    ")
    return (
        f"{before}{_given('cases', 'given', exercise, own)}\n"
        f"every_answer = []\nfor p in cases:{comment}\n{body}\n"
        f"    every_answer.append({name})\n{name} = every_answer"
    )


def own_check(source: str, exercise: str, name: str, own: Given) -> str:
    """Return a check cell whose hidden tests have their own numbers, whatever the notebook says.

    Raises:
        ValueError: there are no numbers.
    """
    _require(own)
    give = "nlpcourse.exercises.given"
    first = f"import nlpcourse.exercises\n\n{_given('own_cases', give, exercise, own)}\n"
    if not isinstance(own, list):
        return _HIDDEN.sub(lambda m: _block(first + m[1]), source)
    first += (
        f'verdict = nlpcourse.exercises.judge("{exercise}", {name})\n'
        f"assert verdict.passed, verdict.message\nevery_answer = list({name})\n"
        f"for case, {name} in zip(own_cases, every_answer, strict=True):\n"
        f'    {give}("{exercise}", case)\n'
    )
    last = f'{name} = every_answer\n{give}("{exercise}", own_cases)\n'
    return _HIDDEN.sub(
        lambda m: _block(first + textwrap.indent(m[1], "    ") + last), source
    )


def _block(tests: str) -> str:
    return f"### BEGIN HIDDEN TESTS\n{tests}### END HIDDEN TESTS"


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, str, str]:
    found = pattern.search(text)
    if found is None:
        return text, "", ""
    return text[: found.start()], found[0], text[found.end() :]


def _given(name: str, function: str, exercise: str, own: Given) -> str:
    """Return the statement that gives an exercise its parameters, as it stands in a cell."""
    if not isinstance(own, list):
        return f'{name} = {function}("{exercise}", {_shown(own)})'
    same = {
        key: value
        for key, value in own[0].items()
        if len(repr(value)) > 60 and all(case[key] == value for case in own)
    }
    rows = [{k: v for k, v in case.items() if k not in same} for case in own]
    shown = [textwrap.indent(_shown(row), "    ") for row in rows]
    first = ""
    if same:
        first = f"same = {_shown(same)}\n"
        shown = [row.replace("{", "{**same, ", 1) for row in shown]
    lines = "".join(f"{row},\n" for row in shown)
    return f'{first}{name} = {function}("{exercise}", [\n{lines}])'


def _shown(value: Any) -> str:
    return pprint.pformat(value, width=76, compact=True, sort_dicts=False)


def _require(own: Given) -> None:
    if not own:
        raise ValueError("numbers of one's own are one case or more, not none")


def told(own: Given) -> str:
    """Return what the prompt says of its own numbers.

    >>> print(told({"a": 1}))
    **Numbers of your own.** `p` holds other numbers than your neighbour's.
    <BLANKLINE>
    | `a` |
    | --- |
    | 1 |

    Raises:
        ValueError: there are no numbers.
    """
    _require(own)
    cases = own if isinstance(own, list) else [own]
    if isinstance(own, list):
        text = (
            f"**Numbers of your own.** Answer in {_word(len(cases))} cases, with other numbers "
            "than your neighbour's. In the loop `p` is one case after the other, and what your "
            "code makes of it is put into a list, which is your answer."
        )
    else:
        text = "**Numbers of your own.** `p` holds other numbers than your neighbour's."
    if all(isinstance(v, int | float) for case in cases for v in case.values()):
        keys = list(cases[0])
        rows = [
            [f"`{key}`" for key in keys],
            ["---"] * len(keys),
            *([str(case[key]) for key in keys] for case in cases),
        ]
        table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
        return f"{text}\n\n{table}"
    return text


def _word(number: int) -> str:
    words = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return words[number - 2] if 2 <= number <= 10 else str(number)
