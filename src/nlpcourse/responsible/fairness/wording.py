"""The words of invented applications; the standard library alone, for the page.

The town has a river.  Whoever lives east of it mostly went to school and to a club there, and
likewise in the west; no text says where its writer lives.
"""

from __future__ import annotations

from collections.abc import Mapping

EAST, WEST = 0, 1
YEARS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
)
REFERENCES = {"thin": -1.0, "fair": 0.0, "good": 1.0}
COURSES = {"": 0.0, "bookkeeping": 0.8}
SCHOOLS = {EAST: ("Hillgate", "Oakfield"), WEST: ("Riverside", "Millbrook")}
CLUBS = {EAST: ("chess", "tennis"), WEST: ("rowing", "boxing")}


def application(
    years: int, references: str, course: str, school: str, club: str
) -> str:
    """Return the text of an application.

    Raises:
        ValueError: the years are not 0 to 9.

    >>> application(3, "good", "", "Hillgate", "chess")
    'Three years of practice. Good references. School: Hillgate. Club: chess.'
    """
    if not 0 <= years < len(YEARS):
        raise ValueError(f"0 to {len(YEARS) - 1} years, not {years}")
    unit = "year" if years == 1 else "years"
    parts = [f"{YEARS[years]} {unit} of practice", f"{references} references"]
    parts += [f"course in {course}"] if course else []
    parts += [f"school: {school}", f"club: {club}"]
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts)


def words_of(text: str) -> list[str]:
    """Return the words of an application in lower case, without marks, each once.

    >>> words_of("Good references. School: Hillgate. Good club.")
    ['good', 'references', 'school', 'hillgate', 'club']
    """
    cleaned = "".join(c if c.isalnum() else " " for c in text.lower())
    return list(dict.fromkeys(cleaned.split()))


def swapped(text: str, change: Mapping[str, str]) -> str:
    """Return a text with words exchanged, marks and capitals of the first letter kept.

    >>> swapped("School: Hillgate. Club: chess.", {"hillgate": "riverside"})
    'School: Riverside. Club: chess.'
    """
    out, word = [], ""
    for c in [*text, ""]:
        if c.isalnum():
            word += c
            continue
        new = change.get(word.lower(), word) if word else ""
        out += [new.capitalize() if word[:1].isupper() else new, c]
        word = ""
    return "".join(out)
