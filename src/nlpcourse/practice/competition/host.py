"""The host's side: the key, the hidden labels, the limits, the log and the two boards."""

from __future__ import annotations

import csv
import datetime
import hashlib
import hmac
import io
import json
import math
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nlpcourse.assets.locks import file_lock
from nlpcourse.practice.competition.drawing import (
    Drawn,
    Row,
    draw,
    keyed,
    label_of,
    team_name,
    token,
)
from nlpcourse.practice.competition.ladder import next_report
from nlpcourse.practice.competition.log import Entry, Log
from nlpcourse.practice.competition.looking_up import hits_where_others_fail
from nlpcourse.practice.competition.ranking import shared_ranks
from nlpcourse.practice.competition.scoring import score, spearman
from nlpcourse.practice.competition.submission import read_submission
from nlpcourse.practice.competition.tasks import (
    TASKS,
    Item,
    Task,
    items,
    plain,
    task,
)

Baselines = Callable[[Task, Drawn], Mapping[str, Mapping[str, str]]]
"""What hands in first: the task and the draw to name to id to label."""

HARD_ROWS, ALARM = 10, 0.9
"""A submission is looked at that has this share right of so many rows that all baselines miss."""


class Refused(ValueError):
    """A submission that was understood and is not taken."""


@dataclass(frozen=True)
class Rules:
    """What the host lays down before the first submission.

    Attributes:
        task: which of the three.
        limit: submissions a team may make a day (UTC).
        step: η of the Ladder; with 0 a team is told every score, and the board shows the best.
        perturbed: whether the test's texts are changed.
        train, public, private: rows of the parts.
    """

    task: str
    limit: int = 5
    step: float = 0.0
    perturbed: bool = False
    train: int = 3000
    public: int = 600
    private: int = 1400


@dataclass(frozen=True)
class Line:
    """A line of a board: equal scores share a place; a team that is looked at has none yet."""

    place: int | None
    team: str
    score: float
    submissions: int


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def found(
    folder: Path,
    rules: Rules,
    fresh: Iterable[Item] = (),
    answers: Baselines | None = None,
    key: bytes = b"",
) -> Competition:
    """Draw a key, lay down the rules, and let the baselines hand in first.

    Args:
        folder: the host's own; made here, for the host's eyes alone.
        rules: of the competition.
        fresh: texts that the host wrote and labelled: they join the private rows.
        answers: what computes the baselines; chapter 11's and 13's where nothing is given.
        key: the secret, drawn here where none is given; give one only for a page or a test that
            must come out the same again.

    Raises:
        ValueError: the folder holds a competition, or a rule can't be kept.
    """
    if not (rules.limit >= 1 and 0 <= rules.step < 0.5):
        raise ValueError(
            f"allow 1 submission a day or more, and a step from 0 to 0.5, not {rules.limit} and "
            f"{rules.step}"
        )
    kind = task(rules.task)
    if (folder / "key").exists():
        raise ValueError(
            f"{folder} already holds a competition; choose another folder"
        )
    fresh = list(fresh)
    _require_fresh(kind, fresh)
    key, written = key or secrets.token_bytes(32), [asdict(item) for item in fresh]
    first = (answers or _usual)(kind, _drawn(rules, key, written))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # the log and the fresh labels are the host's alone
    descriptor = os.open(
        folder / "key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
    )
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    content = {"rules": asdict(rules), "fresh": written, "baselines": first}
    (folder / "competition.json").write_text(
        json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    competition = Competition(folder)
    for name, labels in first.items():
        competition.enter(name, labels, kind="baseline")
    return competition


def _require_fresh(kind: Task, fresh: list[Item]) -> None:
    """Refuse own texts that repeat one another or the corpus, and labels that are none."""
    seen = {plain(item.text) for item in items(kind.name)} if fresh else set()
    for item in fresh:
        if plain(item.text) in seen:
            raise ValueError(
                f"{item.text[:40]!r} is not fresh: it stands there already"
            )
        seen.add(plain(item.text))
        read_submission(f"id,label\na,{item.label}".encode(), ["a"], kind.labels)


def _usual(kind: Task, drawn: Drawn) -> dict[str, dict[str, str]]:
    """Return chapter 11's and chapter 13's answers; NumPy is imported only here."""
    from nlpcourse.practice.competition.baselines import baselines

    return baselines(kind, drawn)


def _drawn(rules: Rules, key: bytes, fresh: Iterable[Mapping[str, str]]) -> Drawn:
    """Return the draw of a key, with the host's own texts among the private rows."""
    drawn = draw(
        items(rules.task),
        key,
        rules.train,
        rules.public,
        rules.private,
        rules.perturbed,
    )
    own = tuple(
        Row(keyed(key, "id", row["text"])[:12], row["text"], row["label"])
        for row in fresh
    )
    return Drawn(drawn.train, drawn.public, drawn.private + own)


def _csv(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


class Competition:
    """A competition in the host's folder; several processes and threads may use it at once."""

    def __init__(
        self, folder: Path, now: Callable[[], datetime.datetime] = _now
    ) -> None:
        if not (folder / "key").exists():
            raise ValueError(
                f"{folder} holds no competition; make one with `nlpcourse compete host`"
            )
        stored = json.loads((folder / "competition.json").read_text("utf-8"))
        self.folder, self.now = folder, now
        self.key = (folder / "key").read_bytes()
        self.rules = Rules(**stored["rules"])
        self.task = TASKS[self.rules.task]
        self.baselines: dict[str, dict[str, str]] = stored["baselines"]
        self.drawn = _drawn(self.rules, self.key, stored["fresh"])
        self.gold = {row.id: row.label for row in self.drawn.test}
        self.log = Log(folder / "log.jsonl", self.key)

    # ------------------------------------------------------------------- what a participant gets

    def bundle(self) -> dict[str, str]:
        """Return the participant's files by name: no hidden label is among them."""
        usual = self.task.labels[0] if self.task.labels else "0"
        test = self.drawn.test
        about = {
            "task": self.rules.task,
            "question": self.task.question,
            "metric": self.task.metric,
            "labels": self.task.labels,
            "limit": self.rules.limit,
            "step": self.rules.step,
        }
        return {
            "train.csv": _csv(
                ("id", "text", "label"),
                ((r.id, r.text, r.label) for r in self.drawn.train),
            ),
            "test.csv": _csv(("id", "text"), ((r.id, r.text) for r in test)),
            "sample_submission.csv": _csv(
                ("id", "label"), ((r.id, usual) for r in test)
            ),
            "competition.json": json.dumps(about, ensure_ascii=False, indent=1),
        }

    # ------------------------------------------------------------------------------ submissions

    def submit(self, team: str, shown: str, raw: bytes) -> Entry:
        """Check, score and log a submission; return the team's receipt.

        The same answers of the same team again cost nothing and change nothing.

        Args:
            team: its name, in any script.
            shown: its token.
            raw: the file.

        Raises:
            ValueError: the name or the file is not in order.
            Refused: the token is another's, the day's limit is reached, or the end has come.
        """
        name = team_name(team)
        if not hmac.compare_digest(shown.encode(), token(self.key, name).encode()):
            raise Refused(
                f"this is not the token of team {name!r}; ask your host for it"
            )
        answers = read_submission(raw, self.gold.keys(), self.task.labels)
        return self.enter(name, answers)

    def enter(
        self, name: str, answers: Mapping[str, str], kind: str = "submission"
    ) -> Entry:
        """Score and log answers that were checked; return the receipt.

        Raises:
            Refused: as :meth:`submit`.
        """
        print_ = hashlib.sha256(
            json.dumps(answers, sort_keys=True).encode()
        ).hexdigest()
        entry = {
            "kind": kind,
            "team": name,
            "fingerprint": print_,
            "public": self._score(self.drawn.public, answers),
            "private": self._score(self.drawn.private, answers),
            "looked_at": kind != "baseline" and self._alarm(answers),
        }
        with self._locked():
            entries = self.log.read()
            mine = [e for e in entries if (e["team"], e["kind"]) == (name, kind)]
            for earlier in mine:
                if earlier["fingerprint"] == print_:
                    return self._receipt(earlier, mine)
            self._require_open(entries, mine, kind)
            before = mine[-1]["shown"] if mine else -math.inf
            value = float(str(entry["public"]))
            entry["shown"] = next_report(round(value, 4), before, self.rules.step)
            entry["told"] = entry["shown"] if self.rules.step else round(value, 4)
            entry["at"] = self.now().isoformat(timespec="seconds")
            entry = self.log.append(entry)
        return self._receipt(entry, [*mine, entry])

    def _locked(self) -> Any:
        return file_lock(self.folder / "lock")

    def _score(self, rows: Iterable[Row], answers: Mapping[str, str]) -> float:
        rows = list(rows)
        gold, guessed = [r.label for r in rows], [answers[r.id] for r in rows]
        return round(score(self.task.metric, gold, guessed), 6)

    def _require_open(
        self, entries: list[Entry], mine: list[Entry], kind: str
    ) -> None:
        if any(e["kind"] == "end" for e in entries):
            raise Refused("the competition has ended; look at the private board")
        today = self.now().date().isoformat()
        used = sum(e["at"].startswith(today) for e in mine)
        if kind == "submission" and used >= self.rules.limit:
            raise Refused(
                f"{used} of {self.rules.limit} submissions of today are used; come back after "
                "midnight UTC"
            )

    def _alarm(self, answers: Mapping[str, str]) -> bool:
        """Return whether answers are so good that a person should look at how they were made."""
        if self.task.labels:
            hits, hard = hits_where_others_fail(
                self.gold, answers, self.baselines.values()
            )
            return hard >= HARD_ROWS and hits >= ALARM * hard
        return self._score(self.drawn.private, answers) > self.ceiling

    @cached_property
    def ceiling(self) -> float:
        """Return how well half of the raters put the private sentences in the others' order."""
        private = {row.id: row.label for row in self.drawn.private}
        other = {
            keyed(self.key, "id", item.text)[:12]: item
            for item in items(self.rules.task)
        }
        ids = [i for i in private if i in other]
        halves = [float(label_of(other[i], self.key, 0)) for i in ids]
        return spearman([float(private[i]) for i in ids], halves)

    def _receipt(self, entry: Entry, mine: list[Entry]) -> Entry:
        """Return what a team may know of its entry: nothing that is private."""
        names = ("number", "team", "at", "told", "shown", "seal")
        today = self.now().date().isoformat()
        used = sum(e["at"].startswith(today) for e in mine)
        left = max(0, self.rules.limit - used)
        return {**{name: entry[name] for name in names}, "left_today": left}

    # ---------------------------------------------------------------------------------- boards

    @property
    def ended(self) -> bool:
        """Whether the host has ended the competition."""
        return any(e["kind"] == "end" for e in self.log.read())

    def end(self) -> None:
        """End the competition: no submission is taken any more, and the private board opens."""
        with self._locked():
            if not self.ended:
                at = self.now().isoformat(timespec="seconds")
                self.log.append({"kind": "end", "team": "", "at": at})

    def clear(self, team: str) -> None:
        """Give a team that was looked at its place back: its code was seen, and is in order.

        Raises:
            ValueError: the name is none, or no team of that name has handed in.
        """
        name = team_name(team)
        with self._locked():
            if not any(e["team"] == name for e in self.log.read()):
                raise ValueError(
                    f"no team {name!r} has handed in; look at the board"
                )
            at = self.now().isoformat(timespec="seconds")
            self.log.append({"kind": "clear", "team": name, "at": at})

    def board(self, private: bool = False) -> list[Line]:
        """Return the public board, or, after the end, the private one.

        On the private board a team stands with the submission that first reached its best score on
        the public one.  There a team that is looked at has no place until it has handed in its
        code; the public board does not tell, for that, too, would be an answer about hidden rows.

        Raises:
            Refused: the private board is asked for before the end.
        """
        entries = self.log.read()
        if private and not any(e["kind"] == "end" for e in entries):
            raise Refused("the private board opens at the end of the competition")
        by_team: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry["kind"] not in ("end", "clear"):
                by_team.setdefault(entry["team"], []).append(entry)
        cleared = {entry["team"] for entry in entries if entry["kind"] == "clear"}
        rows = []
        for team, mine in by_team.items():
            best = next(e for e in mine if e["shown"] == mine[-1]["shown"])
            value = round(best["private"], 4) if private else best["shown"]
            looked_at = private and team not in cleared
            looked_at = looked_at and any(e["looked_at"] for e in mine)
            rows.append((looked_at, -value, best["number"], team, len(mine)))
        rows.sort()
        places = shared_ranks([-value for looked, value, *_ in rows if not looked])
        shown: list[int | None] = [*places, *[None] * (len(rows) - len(places))]
        return [
            Line(place, team, -value, count)
            for place, (_, value, _, team, count) in zip(shown, rows, strict=True)
        ]
