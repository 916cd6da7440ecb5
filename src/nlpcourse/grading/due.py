"""When work is due: a date, a time, and the zone in which it is meant."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def read_due(text: str) -> datetime:
    """Return the time that *text* names.

    It is a date and a time with an offset from UTC, or with the name of a zone after a blank.

    Raises:
        ValueError: it is none, or it lacks its zone; the message says what to write.

    >>> read_due("2026-10-14 23:59 Europe/Berlin").isoformat()
    '2026-10-14T23:59:00+02:00'
    >>> read_due("2026-10-14T23:59-05:00").isoformat()
    '2026-10-14T23:59:00-05:00'
    """
    words = text.split()
    zone = None
    if words and (words[-1][:1].isalpha() and len(words) > 1):
        name = words.pop()
        try:
            zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(
                f"--due: {name!r} is no time zone; write one such as Europe/Berlin or UTC"
            ) from None
    try:
        found = datetime.fromisoformat(" ".join(words))
    except ValueError:
        raise ValueError(
            f"--due: {text!r} is no time; write one such as '2026-10-14 23:59 Europe/Berlin'"
        ) from None
    if ":" not in text:
        raise ValueError(
            f"--due: {text!r} has no time of day; write one such as '{words[0]} 23:59 UTC'"
        )
    if zone is not None and found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    if found.tzinfo is None:
        raise ValueError(
            f"--due: {text!r} has no time zone; add one, such as '{text} Europe/Berlin' or "
            f"'{text}+02:00'"
        )
    return found
