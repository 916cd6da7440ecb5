"""The participant's side: fetch the files, check a submission, hand it in, look at the board."""

from __future__ import annotations

import csv
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from nlpcourse.practice.competition.drawing import Row, team_name
from nlpcourse.practice.competition.submission import LARGEST, read_submission
from nlpcourse.practice.competition.tasks import task

SERVER = "http://127.0.0.1:8039"
SECONDS, MOST = 30.0, 16_000_000
"""How long, and how many bytes of, an answer of the service is waited for."""

RECEIPT = {"number", "team", "told", "shown", "seal", "left_today"}

FILES = ("train.csv", "test.csv", "sample_submission.csv", "competition.json")


def ask(
    server: str,
    path: str,
    fields: Set[str] = frozenset(),
    body: bytes | None = None,
    token: str = "",
) -> dict[str, Any]:
    """Ask the service and return what it answers.

    Args:
        server: its address.
        path: what is asked for.
        fields: what a competition's answer has.
        body: what is handed in, if anything.
        token: the team's.

    Raises:
        ValueError: the address is none, nobody answers there, or the service refuses.
    """
    if urlsplit(server).scheme not in ("http", "https"):
        raise ValueError(
            f"a server's address begins with http://, not {server[:40]!r}"
        )
    head = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(server.rstrip("/") + path, body, head)
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with straight.open(request, timeout=SECONDS) as answer:
            found = json.loads(answer.read(MOST))
    except urllib.error.HTTPError as error:
        raise ValueError(_told(error)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise ValueError(
            f"no competition answers at {server} ({reason}); is `nlpcourse compete host` running?"
        ) from None
    if not isinstance(found, dict) or not fields <= found.keys():
        raise ValueError(
            f"what answers at {server} is no competition; look at the address"
        )
    return found


def _told(error: urllib.error.HTTPError) -> str:
    """Return the service's own words, if it has any."""
    try:
        return str(json.loads(error.read(MOST))["error"])
    except (ValueError, KeyError, TypeError):
        return f"the server answers {error.code}; is it a competition's?"


def start(name: str, folder: Path, server: str = SERVER) -> list[Path]:
    """Write the competition's files into a folder and return their paths.

    Raises:
        ValueError: there is no such competition, the server has another, or files are in the way.
    """
    task(name)
    there = [file for file in FILES if (folder / file).exists()]
    if there:
        raise ValueError(
            f"{folder} already holds {there[0]}; choose another folder"
        )
    bundle = ask(server, "/bundle", set(FILES))
    about = json.loads(bundle["competition.json"])
    if about["task"] != name:
        raise ValueError(
            f"the server at {server} hosts {about['task']}, not {name}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    bundle["competition.json"] = json.dumps(
        {**about, "server": server}, ensure_ascii=False, indent=1
    )
    for file in FILES:
        (folder / file).write_text(bundle[file], encoding="utf-8", newline="")
    return [folder / file for file in FILES]


def read_rows(folder: Path) -> tuple[list[Row], list[Row]]:
    """Return the rows of a participant's train.csv, and those of test.csv with empty labels.

    Raises:
        OSError: the folder holds no such files.
    """
    parts = []
    for name in FILES[:2]:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            parts.append([Row(**{"label": "", **r}) for r in csv.DictReader(file)])
    return parts[0], parts[1]


def write_submission(file: Path, answers: Mapping[str, str]) -> Path:
    """Write answers, id to label, as a submission, and return its path.

    Raises:
        OSError: there is no such folder.
    """
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerows([("id", "label"), *answers.items()])
    return file


def about(folder: Path, name: str) -> dict[str, Any]:
    """Return what a participant's folder says about its competition.

    Raises:
        ValueError: it is no such folder, or that of another competition.
    """
    try:
        found = dict(json.loads((folder / "competition.json").read_text("utf-8")))
    except (OSError, ValueError):
        raise ValueError(
            f"{folder} is no competition's folder; make one with `nlpcourse compete start {name}`"
        ) from None
    if found.get("task") != task(name).name:
        raise ValueError(f"{folder} belongs to {found.get('task')}, not to {name}")
    return found


def check(name: str, file: Path, folder: Path) -> int:
    """Check a submission without handing it in; return its number of rows.

    Raises:
        ValueError: something is wrong with the file; the message says what.
    """
    rules = about(folder, name)
    with (folder / "test.csv").open(encoding="utf-8", newline="") as test:
        ids = [row["id"] for row in csv.DictReader(test)]
    return len(read_submission(_bytes(file), ids, rules["labels"]))


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def submit(
    name: str, file: Path, folder: Path, team: str, token: str
) -> dict[str, Any]:
    """Check a submission and hand it in; return the receipt.

    Raises:
        ValueError: as :func:`check`, or the service refuses.
    """
    check(name, file, folder)
    path = f"/submit?team={quote(team_name(team))}"
    server = about(folder, name)["server"]
    return ask(server, path, RECEIPT, _bytes(file), token)


def board(name: str, server: str = SERVER, private: bool = False) -> list[str]:
    """Return the lines of a board as text.

    Raises:
        ValueError: no such competition is hosted there, or its private board is still shut.
    """
    path = "/board?private" if private else "/board"
    answer = ask(server, path, {"task", "lines"})
    if answer["task"] != task(name).name:
        raise ValueError(
            f"the server at {server} hosts {answer['task']}, not {name}"
        )
    return [board_line(**line) for line in answer["lines"]]


def board_line(place: int | None, team: str, score: float, submissions: int) -> str:
    """Return a line of a board; a team without a place is being looked at.

    >>> board_line(1, "ada", 0.91, 3)
    '  1   0.9100   ada (3)'
    """
    rank = "—" if place is None else str(place)
    late = "   under review: hand in your code" if place is None else ""
    return f"{rank:>3}   {score:.4f}   {team} ({submissions}){late}"
