"""A competition played through: five submissions, one of them malformed and one that cheats."""

import csv
import threading

import pytest

from nlpcourse.cli import main
from nlpcourse.practice.competition import baselines, host, tasks
from nlpcourse.practice.competition.drawing import Row
from nlpcourse.practice.competition.looking_up import Corpus
from nlpcourse.practice.competition.service import Service


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, ids, labels):
    lines = [f"{i},{label}\n" for i, label in zip(ids, labels, strict=True)]
    path.write_text("id,label\n" + "".join(lines), encoding="utf-8")
    return str(path)


@pytest.mark.assets
def test_five_submissions(tmp_path, capsys):
    """By the command alone, over the real service, on the real messages."""
    name, at, mine = "sms-spam", tmp_path / "host", tmp_path / "mine"
    host.found(at, host.Rules(name, limit=2))
    competition = host.Competition(at)
    with Service(competition) as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.05,))
        thread.start()
        try:
            play(name, at, mine, service.url, capsys)
        finally:
            service.shutdown()
            thread.join()


def play(name, at, mine, url, capsys):
    def say(*words):
        status = main(["compete", *words])
        done = capsys.readouterr()
        return status, done.out, done.err

    assert say("start", name, "--to", str(mine), "--server", url)[0] == 0
    train = [Row(**row) for row in read(mine / "train.csv")]
    test = [Row(**row, label="") for row in read(mine / "test.csv")]
    ids = [row.id for row in test]
    task = tasks.task(name)

    def submit(file, team):
        secret = say("team", name, team, "--at", str(at))[1].strip()
        return say("submit", name, file, "--team", team, "--token", secret)

    # one: the sample as it is; two and three: what the chapters teach
    status, out, _ = submit(str(mine / "sample_submission.csv"), "Ёж")
    assert status == 0
    assert "on the board: 0.0000" in out
    first = write(
        mine / "one.csv", ids, baselines.naive_bayes(task, train, test, 0.1)
    )
    assert say("check", name, first)[1].endswith("2000 rows\n")
    assert submit(first, "数据队")[0] == 0
    second = write(
        mine / "two.csv", ids, baselines.linear_model(task, train, test, 1)
    )
    assert submit(second, "Ada & Bo")[0] == 0
    # four: malformed; refused in one line, and nothing is logged
    before = host.Competition(at).log.read()
    broken = write(mine / "broken.csv", ids[:-3], ["ham"] * (len(ids) - 3))
    status, out, error = submit(broken, "Ада")
    assert (status, out) == (2, "")
    assert "3 of 2000 ids are missing" in error
    assert len(error.splitlines()) == 1
    assert host.Competition(at).log.read() == before
    # five: the cheat looks the labels up in the public corpus, and leads
    corpus = Corpus(tasks.items(name))
    looked_up = [corpus.exact(row.text) for row in test]
    assert None not in looked_up
    assert submit(write(mine / "cheat.csv", ids, looked_up), "lucky")[0] == 0
    public = say("board", name, "--server", url)[1].splitlines()
    assert public[0].split()[:3] == ["1", "1.0000", "lucky"]
    assert len(public) == 6
    # the private board is shut until the end; then the cheat has no place on it
    status, _, error = say("board", name, "--private", "--server", url)
    assert status == 2
    assert "at the end" in error
    assert say("end", name, "--at", str(at))[0] == 0
    private = say("board", name, "--private", "--server", url)[1].splitlines()
    assert "under review" in private[-1]
    assert "lucky" in private[-1]
    assert not any("review" in line for line in private[:-1])
    assert {line.split()[0] for line in private[:-1]} == {"1", "2", "3", "4", "5"}
    # the host has seen the cheat's program, and believes it: it has its place again
    assert say("clear", name, "lucky", "--at", str(at))[0] == 0
    private = say("board", name, "--private", "--server", url)[1].splitlines()
    assert private[0].split()[:3] == ["1", "1.0000", "lucky"]
    status, _, error = submit(first, "too late")
    assert status == 2
    assert "has ended" in error
    assert "none changed" in say("verify", name, "--at", str(at))[1]
    # who changes the log is found out
    log = at / "log.jsonl"
    log.write_text(
        log.read_text("utf-8").replace('"private": 0', '"private": 1'), "utf-8"
    )
    status, _, error = say("verify", name, "--at", str(at))
    assert status == 2
    assert "not what was written" in error
    assert say("board", name, "--server", url)[0] == 2


@pytest.mark.assets
def test_the_participants_files_hold_no_hidden_label(tmp_path):
    """Two draws of other labels for the same texts give a participant the same files."""
    at = tmp_path / "host"
    host.found(at, host.Rules("question-types"), answers=lambda task, drawn: {})
    competition = host.Competition(at)
    files = competition.bundle()
    train = {row["id"] for row in csv.DictReader(files["train.csv"].splitlines())}
    test = list(csv.DictReader(files["test.csv"].splitlines()))
    assert not train & {row["id"] for row in test}
    assert set(test[0]) == {"id", "text"}
    assert [row["id"] for row in test] == sorted(competition.gold)
    sample = csv.DictReader(files["sample_submission.csv"].splitlines())
    assert {row["label"] for row in sample} == {"ABBR"}
    assert competition.key.hex() not in str(files)
    assert (at / "key").stat().st_mode & 0o077 == 0
    assert at.stat().st_mode & 0o077 == 0
