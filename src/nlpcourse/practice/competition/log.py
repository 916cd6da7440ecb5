"""A log to which one can add and nothing else: an entry is signed with the one before it."""

from __future__ import annotations

import hmac
import json
import os
from pathlib import Path
from typing import Any

from nlpcourse.practice.competition.drawing import keyed

Entry = dict[str, Any]


class Tampered(ValueError):
    """The log is not what was written."""


def seal(key: bytes, entry: Entry, before: str) -> str:
    """Return the signature of an entry that follows the one with the signature *before*.

    Raises:
        ValueError: the key is short, or the entry holds what JSON does not.

    >>> one = seal(b"k" * 16, {"team": "ada", "score": 0.9}, "")
    >>> one == seal(b"k" * 16, {"score": 0.9, "team": "ada"}, ""), len(one)
    (True, 64)
    """
    content = {name: value for name, value in entry.items() if name != "seal"}
    return keyed(key, "log", before, json.dumps(content, sort_keys=True))


def verify(key: bytes, entries: list[Entry]) -> None:
    """Refuse entries of which one was changed, left out, put in, or moved.

    What can't be seen in the entries alone is that the last ones are missing: that is why every
    team keeps its receipt.

    Raises:
        Tampered: a signature is not that of its entry at its place.
    """
    before = ""
    for number, entry in enumerate(entries, start=1):
        expected = seal(key, entry, before)
        if not hmac.compare_digest(str(entry.get("seal", "")), expected):
            raise Tampered(
                f"entry {number} of the log is not what was written; don't trust it"
            )
        before = expected


class Log:
    """The signed entries of a file, one a line; whoever appends holds the competition's lock."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path, self.key = path, key

    def read(self) -> list[Entry]:
        """Return all entries, verified.

        Raises:
            Tampered: as :func:`verify`; or a line is no entry.
        """
        if not self.path.exists():
            return []
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
            entries = [json.loads(line) for line in lines]
        except ValueError:
            entries = [{}]
        if not all(isinstance(entry, dict) for entry in entries):
            entries = [{}]
        verify(self.key, entries)
        return entries

    def append(self, entry: Entry) -> Entry:
        """Sign an entry, write it behind the others down to the disk, and return it.

        Raises:
            Tampered: the log before it is not what was written.
        """
        entries = self.read()
        signed = {**entry, "number": len(entries) + 1}
        signed["seal"] = seal(
            self.key, signed, entries[-1]["seal"] if entries else ""
        )
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(signed, sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return signed
