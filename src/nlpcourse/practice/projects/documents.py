"""What a machine can tell of a README and a model card (standard library only)."""

from __future__ import annotations

import re

README = ("Result", "Run it", "Data", "How it works", "What goes wrong")
"""The parts of a README; its first lines, before any of them, say what the project is."""
CARD = (
    "Details",
    "Intended use",
    "Out of scope",
    "Data",
    "Metrics",
    "Slices",
    "Caveats",
)
"""The questions of a model card, after Mitchell and others (2019)."""
SHORTEST = 12
"""Different words that a part has at least."""
CARD_SHORTEST = 6
"""Different words that an answer of a model card has at least."""

_CODE = re.compile(r"^(`{3,}).*?^\1[ \t]*$", re.DOTALL | re.MULTILINE)
_TODO = re.compile(r"\bTODO\b")
_QUESTION = re.compile(r"\*\*[^*\n]+\?\*\*")


def parts(markdown: str) -> dict[str, str]:
    """Return the text below each heading of the second level; "" is what stands before them.

    Code blocks are left out: a line in them that begins with # is no heading.

    >>> parts("# Name\\nIt finds.\\n## Run it\\nSo.")
    {'': 'It finds.', 'Run it': 'So.'}
    """
    text = _CODE.sub("", markdown)
    first, *rest = re.split(r"^## +(.+?)[ \t#]*$", text, flags=re.MULTILINE)
    found = {"": re.sub(r"^# .*$", "", first, flags=re.MULTILINE).strip()}
    for heading, body in zip(rest[::2], rest[1::2], strict=True):
        found[heading] = body.strip()
    return found


def different_words(text: str) -> int:
    """Return how many different words a text has, questions in bold left out.

    >>> different_words("**Who?** Ann and Bo and Ann.")
    3
    """
    return len(set(re.findall(r"\w+", _QUESTION.sub("", text).casefold())))


def _faults(markdown: str, wanted: tuple[str, ...], least: int) -> list[str]:
    found = parts(markdown)
    faults = []
    for name in wanted:
        shown = f"“{name}”" if name else "the beginning"
        if name not in found:
            faults.append(f"there is no part “## {name}”")
        elif _TODO.search(found[name]):
            faults.append(f"{shown} still says TODO")
        elif (n := different_words(found[name])) < least:
            faults.append(f"{shown} has {n} different words; say more")
    return faults


def readme_faults(markdown: str) -> list[str]:
    """Return what a README lacks, in words; nothing if it has all parts.

    >>> readme_faults("# Finder")[:2]
    ['the beginning has 0 different words; say more', 'there is no part “## Result”']
    """
    return _faults(markdown, ("", *README), SHORTEST)


def card_faults(markdown: str) -> list[str]:
    """Return which questions of a model card are unanswered; nothing if none is.

    >>> len(card_faults("")) == len(CARD)
    True
    """
    return _faults(markdown, CARD, CARD_SHORTEST)


def quotes(text: str, value: float) -> bool:
    """Return whether a text holds a number, to two or three digits or in per cent.

    >>> [quotes(t, 0.5731) for t in ("0.573", "57.3 %", "about .57", "0.58", "10.573")]
    [True, True, True, False, False]
    """
    if not -1e6 < value < 1e6:
        return False
    forms = {f"{value:.3f}", f"{value:.2f}", f"{100 * value:.1f}"}
    forms |= {form.removeprefix("0") for form in forms if form.startswith("0.")}
    return any(
        re.search(rf"(?<![\d.]){re.escape(form)}(?!\d)", text) for form in forms
    )
