"""A small competition: its folder, its host, and its service on a free port."""

import threading
from pathlib import Path

import pytest

from nlpcourse.practice.competition import host
from nlpcourse.practice.competition.service import Service
from small_competition import Clock, by_the_word, made_up

SIZES = {"train": 40, "public": 30, "private": 90}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The host's folder of a competition in which a team has three submissions a day."""
    monkeypatch.setattr(host, "items", lambda name: made_up())
    rules = host.Rules("sms-spam", limit=3, **SIZES)
    key = b"the same draw at every run of tests"
    host.found(tmp_path / "host", rules, key=key, answers=by_the_word)
    return tmp_path / "host"


@pytest.fixture
def competition(folder, clock):
    return host.Competition(folder, clock)


@pytest.fixture
def service(competition):
    """The service, running on a free port of this machine."""
    with Service(competition, seconds=2.0) as found:
        thread = threading.Thread(target=found.serve_forever, args=(0.05,))
        thread.start()
        yield found
        found.shutdown()
        thread.join()
