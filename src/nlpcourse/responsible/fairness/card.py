"""A model card: what a model is, for what it is meant, and what was measured, from the ledger.

Source: Mitchell et al. (2019) for the card; Bender and Friedman (2018)
for the statement about the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nlpcourse.course.ledger import Record

SECTIONS = ("Details", "Intended use", "Out of scope", "Data", "Metrics", "Caveats")
STATEMENT = (
    "Curation",
    "Language variety",
    "Speakers",
    "Annotators",
    "Situation",
    "Text characteristics",
)


def metric_line(record: Record) -> str:
    """Return one measured figure with its spread, its protocol, and what chose its settings."""
    shown = record.format.format(record.value)
    if record.spread:
        spread = record.format.format(record.spread)
        shown += f" (± {spread} over {len(record.seeds)} seeds)"
    chosen = f"Chosen on: {record.chosen_on}."
    return f"- {record.metric}: {shown}. {record.protocol}. {chosen}"


def model_card(
    name: str, sections: Mapping[str, str], records: Sequence[Record]
) -> str:
    """Return a model card as Markdown.

    Args:
        name: of the model.
        sections: words for every section but *Metrics*.
        records: what was measured.

    Raises:
        ValueError: a section is empty or unknown, or nothing was measured.
    """
    wanted = [section for section in SECTIONS if section != "Metrics"]
    empty = [section for section in wanted if not sections.get(section, "").strip()]
    unknown = sorted(set(sections) - set(wanted))
    if empty or unknown or not records:
        raise ValueError(
            f"a card needs words for {empty}, knows no {unknown}, and has "
            f"{len(records)} results; it needs one or more"
        )
    lines = [f"# Model card: {name}"]
    for section in SECTIONS:
        lines += ["", f"## {section}", ""]
        lines += (
            [metric_line(record) for record in records]
            if section == "Metrics"
            else [sections[section].strip()]
        )
    return "\n".join(lines) + "\n"


def data_statement(name: str, answers: Mapping[str, str]) -> str:
    """Return a data statement as Markdown; what is not known is said to be unknown.

    Raises:
        ValueError: a question is asked that the statement doesn't have.

    >>> print(data_statement("notes", {"Curation": "all of them"}).splitlines()[3])
    - Language variety: unknown
    """
    unknown = sorted(set(answers) - set(STATEMENT))
    if unknown:
        raise ValueError(
            f"a data statement has no {unknown}; it has {list(STATEMENT)}"
        )
    lines = [f"## Data statement: {name}", ""]
    lines += [
        f"- {q}: {answers.get(q, '').strip() or 'unknown'}" for q in STATEMENT
    ]
    return "\n".join(lines) + "\n"
