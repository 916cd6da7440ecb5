"""The results ledger: measured values bound to tolerances and published anchors.

One file per chapter, ``data/chapters/11_naive_bayes/results.toml``, one table per record;
``11.movie-accuracy`` is the table ``[movie-accuracy]`` of that file.  The table ``[chapter]`` holds
the time and memory of the whole chapter.  Values are written by commands, never by hand.
"""

from __future__ import annotations

import html
import os
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlpcourse.course import chapters
from nlpcourse.course.files import read_toml
from nlpcourse.course.paths import data_dir, require_repository

RERECORD_VARIABLE = "NLPCOURSE_RERECORD"


CHOSEN_ON = ("validation", "training", "published", "nothing")
"""Where settings may come from: never from the data that the value is measured on."""


class LedgerError(ValueError):
    """A record is missing or incomplete, or a value left its tolerance."""


@dataclass(frozen=True)
class Record:
    """One result: value with tolerance and spread over seeds, beside its published anchor.

    ``chosen_on`` says on which data the settings behind the value were chosen (one of
    :data:`CHOSEN_ON`); ``claim`` is the smallest difference, in the value's unit, that the prose
    makes something of, and the tolerance is smaller.
    """

    id: str
    metric: str
    value: float
    tolerance: float
    unit: str = ""
    spread: float = 0.0
    seeds: tuple[int, ...] = ()
    format: str = "{:.3g}"
    seconds: float = 0.0
    memory_mb: float = 0.0
    protocol: str = ""
    anchor: float | None = None
    anchor_what: str = ""
    anchor_cite: str = ""
    anchor_protocol: str = ""
    chosen_on: str = ""
    claim: float = 0.0

    @property
    def chapter(self) -> str:
        """The chapter's number, such as ``"11"``."""
        return self.id.split(".", 1)[0]

    def text(self, number: float | None = None) -> str:
        """Return *number* (the record's value by default) in the record's format and unit."""
        number = self.value if number is None else number
        percent = self.format.rstrip("}").endswith("%")
        zero = "0%" if percent else "0"
        shown = zero if number == 0 else self.format.format(number)
        bare = self.unit in ("", "%") or shown.endswith(self.unit)
        return shown if bare else f"{shown} {self.unit}"

    def spread_text(self) -> str:
        """Return the spread over seeds in the record's format, such as ``0.4%``."""
        return self.format.format(self.spread)

    def tolerance_text(self) -> str:
        """Return the tolerance with the digits that it needs, such as ``± 0.05%``."""
        percent = self.format.rstrip("}").endswith("%")
        shown = (
            f"{100 * self.tolerance:.2g}%" if percent else f"{self.tolerance:.2g}"
        )
        return f"± {shown}" if self.tolerance else "exactly"


@dataclass(frozen=True)
class ChapterCost:
    """What a whole chapter takes on one core with its assets cached."""

    seconds: float
    memory_mb: float


def _path(chapter: str) -> Path:
    root = data_dir() / "chapters"
    for folder in sorted(root.glob(f"{chapter}_*")):
        return folder / "results.toml"
    try:
        return root / chapters.get(chapter).stem / "results.toml"
    except KeyError as error:
        raise LedgerError(error.args[0]) from None


@lru_cache(maxsize=64)
def _load(path: Path, _modified: int) -> dict[str, Any]:
    return read_toml(path)


def _tables(chapter: str) -> dict[str, Any]:
    path = _path(chapter)
    return _load(path, path.stat().st_mtime_ns) if path.is_file() else {}


def get(identifier: str) -> Record:
    """Return the record *identifier*, such as ``"11.movie-accuracy"``.

    Raises:
        LedgerError: there is no such record (the message lists the chapter's records), or it
            lacks a field that it must have.
    """
    chapter, _, key = identifier.partition(".")
    tables = _tables(chapter)
    if key not in tables or key == "chapter":
        have = (
            ", ".join(f"{chapter}.{k}" for k in tables if k != "chapter")
            or "none yet"
        )
        raise LedgerError(
            f"the ledger has no record {identifier!r}; chapter {chapter} has: {have}"
        )
    known = {f.name for f in fields(Record)} - {"id"}
    table = tables[key]
    if unknown := set(table) - known:
        raise LedgerError(
            f"record {identifier!r} has unknown fields {sorted(unknown)}"
        )
    if missing := {"metric", "value", "tolerance", "chosen_on"} - set(table):
        raise LedgerError(f"record {identifier!r} lacks {sorted(missing)}")
    if (chosen := table["chosen_on"]) not in CHOSEN_ON:
        raise LedgerError(
            f"record {identifier!r} was chosen on {chosen!r}; a result may enter the book whose "
            f"settings were chosen on {', '.join(CHOSEN_ON)}"
        )
    return Record(
        id=identifier, **{**table, "seeds": tuple(table.get("seeds", ()))}
    )


def records(chapter: str) -> list[Record]:
    """Return all records of a chapter, in the order of its file."""
    return [get(f"{chapter}.{key}") for key in _tables(chapter) if key != "chapter"]


def cost(chapter: str) -> ChapterCost:
    """Return the measured time and memory of a chapter.

    Raises:
        LedgerError: the chapter was never measured; the message names the command.
    """
    table = _tables(chapter).get("chapter")
    if table is None:
        raise LedgerError(
            f"chapter {chapter} was never measured; run `nlpcourse measure {chapter}`"
        )
    return ChapterCost(table["seconds"], table["memory_mb"])


def value(identifier: str) -> float:
    """Return the recorded value."""
    return get(identifier).value


def anchor(identifier: str) -> float:
    """Return the published figure beside a record.

    Raises:
        LedgerError: the record has no anchor.
    """
    published = get(identifier).anchor
    if published is None:
        raise LedgerError(f"record {identifier!r} has no anchor")
    return published


class Comparison:
    """A measured value beside its record and anchor, as the notebook shows it."""

    def __init__(self, entry: Record, measured: float) -> None:
        """Keep the record and the value measured now."""
        self.entry = entry
        self.measured = measured

    def _rows(self) -> list[tuple[str, str]]:
        entry = self.entry
        recorded = f"{entry.text()} {entry.tolerance_text()}"
        if entry.seeds and entry.spread:
            recorded += (
                f", spread {entry.spread_text()} over {len(entry.seeds)} seeds"
            )
        rows = [("now", entry.text(self.measured)), ("on record", recorded)]
        if entry.anchor is not None:
            rows.append(
                ("published", f"{entry.text(entry.anchor)} · {entry.anchor_what}")
            )
        return rows

    def __repr__(self) -> str:
        head = f"{self.entry.id} ({self.entry.metric})"
        return "\n".join(
            [head, *(f"  {name}: {text}" for name, text in self._rows())]
        )

    def _repr_html_(self) -> str:
        parts = [html.escape(self.entry.metric)]
        parts += [
            f"<b>{name}</b> {html.escape(text)}" for name, text in self._rows()
        ]
        line = "&ensp; ".join(f"<span>{part}</span>" for part in parts)
        return (
            f'<p class="nlp-ledger" title="{html.escape(self.entry.id)}">{line}</p>'
        )


def record(identifier: str, measured: float, **measured_fields: Any) -> Comparison:
    """Compare a value measured now with its record; return both beside the anchor for display.

    Under ``nlpcourse measure NN --rerecord`` the value (and *measured_fields*, such as
    ``spread`` and ``seeds``) replaces the recorded one instead.

    Raises:
        LedgerError: the value left the record's tolerance.
    """
    if os.environ.get(RERECORD_VARIABLE):
        rerecord(identifier, value=float(measured), **measured_fields)
    entry = get(identifier)
    distance = abs(measured - entry.value)
    if not distance <= entry.tolerance:
        raise LedgerError(
            f"{identifier} is {measured!r} now, {entry.value!r} in the ledger: {distance:.3g} "
            f"apart where {entry.tolerance:.3g} is allowed. If the change is meant, run "
            f"`nlpcourse measure {entry.chapter} --rerecord` and say why in the commit."
        )
    return Comparison(entry, measured)


def rerecord(identifier: str, **new: Any) -> None:
    """Write fields of a record (or of ``NN.chapter``); other fields and comments stay.

    Raises:
        RuntimeError: outside a checkout.
        LedgerError: a field that no record has.
    """
    import tomlkit

    require_repository("Re-recording a result")
    chapter, _, key = identifier.partition(".")
    known = {f.name for f in fields(Record)} - {"id"}
    if unknown := set(new) - known:
        raise LedgerError(
            f"record {identifier!r} can't have fields {sorted(unknown)}"
        )
    path = _path(chapter)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    document = tomlkit.parse(text)
    if key not in document:
        document[key] = tomlkit.table()
    table: Any = document[key]
    for name, item in new.items():
        if hasattr(item, "item"):  # a NumPy or torch scalar
            item = item.item()
        table[name] = list(item) if isinstance(item, tuple) else item
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(tomlkit.dumps(document), encoding="utf-8")
    partial.replace(path)
