"""The report of a reproduction, as Markdown, from what was found; and its empty form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nlpcourse.evaluation import mean_and_spread
from nlpcourse.practice.reproduce.printed import last_digit, steps_off
from nlpcourse.practice.reproduce.spread import could_be

SAME, RUN, OFF, NONE = (
    "to the last digit",
    "could be one more run",
    "differs",
    "not done",
)


@dataclass(frozen=True)
class Cell:
    """One figure of the table: what was printed, and what came out here in each run.

    *why* says what stands in the way where there is no run; *of* says of how many runs the printed
    figure is the mean.
    """

    name: str
    printed: str
    runs: Sequence[float] = ()
    why: str = ""
    of: int = 1

    @property
    def verdict(self) -> str:
        """Return one of the four verdicts, which are decided before the runs."""
        if not self.runs:
            return NONE
        if steps_off(mean_and_spread(self.runs)[0], self.printed) == 0:
            return SAME
        several = len(self.runs) > 1
        if several and could_be(self.runs, self.printed, more=self.of):
            return RUN
        return OFF


@dataclass(frozen=True)
class Choice:
    """What the paper leaves open: a question, the answers tried, the one taken, and its ground."""

    question: str
    tried: Sequence[str]
    taken: str
    ground: str


@dataclass(frozen=True)
class Reproduction:
    """All that a report holds."""

    paper: str
    table: str
    said: Sequence[str]
    choices: Sequence[Choice]
    cells: Sequence[Cell]
    differences: Sequence[str] = ()
    claims: Mapping[str, str] = field(default_factory=dict)


SECTIONS = (
    "What the paper says",
    "What it does not say",
    "What differs here",
    "The table, figure by figure",
    "What became of its claims",
    "How to run this again",
)
"""The headings of a report, in order."""


def tally(cells: Sequence[Cell]) -> dict[str, int]:
    """Count the verdicts, in the order from the best to the worst.

    >>> tally([Cell("a", "0.5", [0.5]), Cell("b", "0.5")])
    {'to the last digit': 1, 'could be one more run': 0, 'differs': 0, 'not done': 1}
    """
    found = [cell.verdict for cell in cells]
    return {verdict: found.count(verdict) for verdict in (SAME, RUN, OFF, NONE)}


def _number(cell: Cell) -> str:
    if not cell.runs:
        return cell.why or "—"
    digits = max(0, -int(last_digit(cell.printed).as_tuple().exponent)) + 1
    mean, spread = mean_and_spread(cell.runs)
    runs = (
        f" ± {spread:.{digits}f} ({len(cell.runs)} runs)"
        if len(cell.runs) > 1
        else ""
    )
    return f"{mean:.{digits}f}{runs}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    safe = [[str(part).replace("|", "\\|") for part in row] for row in rows]
    lines = [head, ["---"] * len(head), *safe]
    return [f"| {' | '.join(line)} |" for line in lines]


def markdown(found: Reproduction, again: str) -> str:
    """Return a report as Markdown.

    Args:
        found: what was reproduced.
        again: the commands that run all of it again.

    Raises:
        ValueError: there is no figure.
    """
    if not found.cells:
        raise ValueError(
            "a report without a figure reports nothing; give one cell or more"
        )
    choices = [
        (c.question, ", ".join(c.tried), c.taken, c.ground) for c in found.choices
    ]
    cells = [(c.name, c.printed, _number(c), c.verdict) for c in found.cells]
    counted = "; ".join(f"{n} {name}" for name, n in tally(found.cells).items())
    parts = (
        [f"- {line}" for line in found.said],
        _table(("question", "tried", "taken", "on what ground"), choices),
        [f"- {line}" for line in found.differences]
        or ["- nothing that we know of"],
        [
            *_table(("figure", "printed", "here", "verdict"), cells),
            "",
            f"Of {len(found.cells)} figures: {counted}.",
        ],
        [f"- *{claim}*: {fate}" for claim, fate in found.claims.items()],
        ["```console", again, "```"],
    )
    lines = [f"# Reproduction of {found.table} of {found.paper}"]
    for heading, part in zip(SECTIONS, parts, strict=True):
        lines += ["", f"## {heading}", "", *part]
    return "\n".join(lines) + "\n"


HINTS = (
    "- FILL IN: one line for each sentence of the paper that decides a number, with its page.",
    "| question | tried | taken | on what ground |\n| --- | --- | --- | --- |\n"
    "| FILL IN: what is left open? | all answers you tried | one | never because the test score "
    "was higher |",
    "- FILL IN: data, vectors, versions, machines that are not those of the paper, and the "
    "measured effect of each.",
    "Decide the verdicts before the runs: to the last digit, could be one more run, differs, not "
    "done.\n\n| figure | printed | here | verdict |\n| --- | --- | --- | --- |\n"
    "| FILL IN: row and column | 0.00 | mean ± spread (runs) | |",
    "- FILL IN: each sentence that the paper builds on the table, and whether it stands.",
    "```console\nFILL IN: one command, on a fresh copy, with the versions it needs\n```",
)
"""What the empty form asks for under each heading."""


def form(
    paper: str = "FILL IN: authors, year, title", table: str = "Table N"
) -> str:
    """Return the empty form of a report.

    >>> form("Kim (2014)", "Table 2").splitlines()[0]
    '# Reproduction of Table 2 of Kim (2014)'
    """
    lines = [f"# Reproduction of {table} of {paper}"]
    for heading, hint in zip(SECTIONS, HINTS, strict=True):
        lines += ["", f"## {heading}", "", hint]
    return "\n".join(lines) + "\n"


def faults(text: str) -> list[str]:
    """Return what a report still lacks, one line for each fault.

    >>> faults(form("Kim (2014)", "Table 2"))[0]
    "'What the paper says' still holds FILL IN"
    """
    found = []
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    if "FILL IN" in parts[0]:
        found.append("the title still holds FILL IN")
    for heading in SECTIONS:
        body = sections.get(heading)
        if body is None:
            found.append(f"the section {heading!r} is missing")
        elif not body.strip():
            found.append(f"{heading!r} is empty")
        elif "FILL IN" in body:
            found.append(f"{heading!r} still holds FILL IN")
    table = sections.get(SECTIONS[3], "")
    rows = [
        r for r in re.findall(r"^\|(.+)\|$", table, flags=re.M) if "---" not in r
    ]
    for row in rows[1:]:
        verdict = row.split("|")[-1].strip()
        if verdict not in (SAME, RUN, OFF, NONE):
            found.append(f"{verdict!r} is no verdict, in the row {row.strip()!r}")
    return found
