"""``nlpcourse compete``: the participant's four verbs, and the host's five."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(
    subparsers: Commands,
) -> None:
    """Add ``nlpcourse compete`` to the command's parser."""
    parser = subparsers.add_parser(
        "compete", help="take part in a competition with a hidden test, or host one"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_participant(verbs)
    _add_host(verbs)


def _verb(verbs: Commands, name: str, what: str) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=what)
    parser.add_argument("name", help="sms-spam, film-ratings or question-types")
    return parser


def _add_participant(
    verbs: Commands,
) -> None:
    server = "http://127.0.0.1:8039"
    start = _verb(
        verbs, "start", "write train, test and sample submission to a folder"
    )
    start.add_argument("--to", type=Path, required=True, help="the folder")
    start.add_argument("--server", default=server, help=f"its address ({server})")
    start.set_defaults(func=_start)

    check = _verb(
        verbs, "check", "say what is wrong with a submission, if anything"
    )
    submit = _verb(verbs, "submit", "hand in a submission")
    for parser in (check, submit):
        parser.add_argument("file", type=Path, help="CSV with the header id,label")
        parser.add_argument(
            "--folder", type=Path, help="what `start` made (the file's own folder)"
        )
    check.set_defaults(func=_check)
    submit.add_argument("--team", required=True, help="your team's name")
    submit.add_argument("--token", required=True, help="what your host gave you")
    submit.set_defaults(func=_submit)

    board = _verb(verbs, "board", "show the leaderboard")
    board.add_argument("--server", default=server, help=f"its address ({server})")
    board.add_argument("--private", action="store_true", help="after the end")
    board.set_defaults(func=_board)


def _add_host(
    verbs: Commands,
) -> None:
    host = _verb(verbs, "host", "make a competition, if need be, and serve it here")
    host.add_argument("--port", type=int, default=8039, help="on 127.0.0.1 (8039)")
    host.add_argument("--limit", type=int, default=5, help="submissions a day (5)")
    host.add_argument(
        "--step", type=float, default=0.0, help="of the Ladder (0: none)"
    )
    host.add_argument(
        "--perturb", action="store_true", help="change the test's texts a little"
    )
    host.add_argument("--fresh", type=Path, help="your own texts: CSV text,label")
    team = _verb(verbs, "team", "print a team's token")
    team.add_argument("team", help="its name, in any script")
    end = _verb(verbs, "end", "take no more submissions, open the private board")
    clear = _verb(
        verbs, "clear", "give a team whose code you have seen its place back"
    )
    clear.add_argument("team", help="its name")
    verify = _verb(verbs, "verify", "check that nobody has changed the log")
    for parser, func in (
        (host, _host),
        (team, _team),
        (end, _end),
        (clear, _clear),
        (verify, _verify),
    ):
        parser.add_argument(
            "--at", type=Path, required=True, help="the host's own folder"
        )
        parser.set_defaults(func=func)


def _start(options: argparse.Namespace) -> int:
    from nlpcourse.practice.competition import client

    for path in client.start(options.name, options.to, options.server):
        print(f"wrote {path}")
    return 0


def _folder(options: argparse.Namespace) -> Path:
    return Path(options.folder or options.file.parent)


def _check(options: argparse.Namespace) -> int:
    from nlpcourse.practice.competition import client

    rows = client.check(options.name, options.file, _folder(options))
    print(f"{options.file.name} is in order: {rows} rows")
    return 0


def _submit(options: argparse.Namespace) -> int:
    from nlpcourse.practice.competition import client

    receipt = client.submit(
        options.name, options.file, _folder(options), options.team, options.token
    )
    print(
        f"this submission: {receipt['told']:.4f}; {receipt['team']} on the board: "
        f"{receipt['shown']:.4f}; "
        f"{receipt['left_today']} submissions left today"
    )
    print(f"receipt {receipt['number']}: {receipt['seal']}")
    return 0


def _board(options: argparse.Namespace) -> int:
    from nlpcourse.practice.competition import client

    for line in client.board(options.name, options.server, options.private):
        print(line)
    return 0


def _opened(options: argparse.Namespace):  # type: ignore[no-untyped-def]
    from nlpcourse.practice.competition.host import Competition
    from nlpcourse.practice.competition.tasks import task

    task(options.name)
    competition = Competition(options.at)
    if competition.rules.task != options.name:
        raise ValueError(
            f"{options.at} holds {competition.rules.task}, not {options.name}"
        )
    return competition


def _fresh(file: Path | None, labels: tuple[str, ...]):  # type: ignore[no-untyped-def]
    """Return the host's own texts.

    Raises:
        ValueError: the file is no CSV with the columns text and label, or a label is unknown.
    """
    from nlpcourse.practice.competition.tasks import Item

    if file is None:
        return []
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    for row in rows:
        if not row.get("text") or not row.get("label"):
            raise ValueError(
                f"{file} needs the columns text and label, both filled"
            )
        if labels and row["label"] not in labels:
            raise ValueError(
                f"{file}: {row['label']!r} is none of {', '.join(labels)}"
            )
    return [Item(row["text"], row["label"]) for row in rows]


def _host(options: argparse.Namespace) -> int:
    from nlpcourse.practice.competition.host import Rules, found
    from nlpcourse.practice.competition.service import Service
    from nlpcourse.practice.competition.tasks import task

    kind = task(options.name)
    if not (options.at / "key").exists():
        rules = Rules(options.name, options.limit, options.step, options.perturb)
        found(options.at, rules, _fresh(options.fresh, kind.labels))
        print(f"made a competition in {options.at}: keep its key to yourself")
    competition = _opened(options)
    if not 0 <= options.port < 65536:
        raise ValueError(f"a port lies between 0 and 65535, not {options.port}")
    with Service(competition, options.port) as service:
        print(
            f"serving {options.name} at {service.url}; stop with Ctrl-C", flush=True
        )
        service.serve_forever()
    return 0


def _team(options: argparse.Namespace) -> int:
    from nlpcourse.practice.competition.drawing import token

    print(token(_opened(options).key, options.team))
    return 0


def _end(options: argparse.Namespace) -> int:
    competition = _opened(options)
    competition.end()
    print("ended: the private board is open")
    return 0


def _clear(options: argparse.Namespace) -> int:
    _opened(options).clear(options.team)
    print(f"{options.team} has its place")
    return 0


def _verify(options: argparse.Namespace) -> int:
    entries = _opened(options).log.read()
    last = entries[-1]["seal"][:12] if entries else "none"
    print(f"{len(entries)} entries, none changed; the last seal begins {last}")
    return 0
