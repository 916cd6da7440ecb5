"""Chapter 39's parts: files with every fault, the log under attack, limits, ties, threads."""

import http.client
import json
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.cli import main
from nlpcourse.practice.competition import client, host, scoring, tasks
from nlpcourse.practice.competition.climbing import (
    climb,
    climbed,
    coin_answers,
    hill_climb,
    kept_by_progress,
    kept_by_score,
    loss,
    majority,
    race,
    tune_by_board,
)
from nlpcourse.practice.competition.drawing import (
    draw,
    keyed,
    label_of,
    perturb,
    team_name,
    token,
)
from nlpcourse.practice.competition.ladder import (
    guarantee,
    ladder,
    takes_the_lead,
    to_step,
)
from nlpcourse.practice.competition.log import Log, Tampered
from nlpcourse.practice.competition.looking_up import Corpus, found_share
from nlpcourse.practice.competition.submission import (
    LARGEST,
    SubmissionError,
    read_submission,
)
from small_competition import by_the_word, made_up

KEY = b"a key of the tests, 32 bytes long"
IDS = ["a1", "b2", "c3"]
LABELS = ["ham", "spam"]
GOOD = b"id,label\na1,ham\nb2,spam\nc3,ham\n"


# ------------------------------------------------------------------------------ submissions


@pytest.mark.parametrize(
    "raw",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.rstrip(),
        GOOD + b"\n\n",
        b'"id","label"\n"a1","ham"\n"b2","spam"\n"c3","ham"\n',
        b"id,label\nc3,ham\na1, ham \nb2,spam\n",
    ],
)
def test_a_file_in_order_is_read(raw):
    assert read_submission(raw, IDS, LABELS) == {
        "a1": "ham",
        "b2": "spam",
        "c3": "ham",
    }


FAULTS = [
    (b"", "empty"),
    (b" \n\n", "empty"),
    (b"x" * (LARGEST + 1), "may have"),
    (GOOD.decode().encode("utf-16"), "UTF-8"),
    (GOOD.replace(b"ham", b"h\xe4m"), "byte 13 is not UTF-8"),
    (GOOD.replace(b"ham", b"h\0m"), "zero bytes"),
    (b"a1,ham\nb2,spam\nc3,ham\n", "first line"),
    (GOOD.replace(b"id,label", b"label,id"), "first line"),
    (GOOD.replace(b"id,label", b"id;label"), "first line"),
    (GOOD.replace(b"a1,ham", b"a1"), "line 2 has 1 fields"),
    (GOOD.replace(b"a1,ham", b"a1,ham,0.9"), "line 2 has 3 fields"),
    (GOOD.replace(b"b2", b"a1"), "line 3: 'a1' stands twice"),
    (GOOD.replace(b"b2", b"z9"), "line 3: 'z9' is no id"),
    (GOOD.replace(b"b2,spam\n", b""), "1 of 3 ids are missing, such as 'b2'"),
    (GOOD.replace(b"spam", b"Spam"), "'Spam' is none of ham, spam"),
    (GOOD.replace(b"spam", b""), "'' is none of"),
    (b'id,label\na1,"ham\nb2,spam\nc3,ham\n', "quotation mark"),
    (b'id,label\na1,"ham"x\n', "no CSV"),
]


@pytest.mark.parametrize(("raw", "words"), FAULTS)
def test_a_faulty_file_is_told_what_is_wrong(raw, words):
    with pytest.raises(SubmissionError, match=words):
        read_submission(raw, IDS, LABELS)


@pytest.mark.parametrize("label", ["nan", "inf", "-inf", "", "good", "1e999"])
def test_a_number_must_be_finite(label):
    raw = f"id,label\na1,{label}\n".encode()
    with pytest.raises(SubmissionError, match="finite number"):
        read_submission(raw, ["a1"])
    assert read_submission(b"id,label\na1,-1.5e2\n", ["a1"]) == {"a1": "-1.5e2"}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(raw):
    fault = "none"
    try:
        read_submission(raw, IDS, LABELS)
    except SubmissionError as error:
        fault = str(error)
    assert fault != "none"
    assert len(fault.split()) >= 5


# ------------------------------------------------------------------------------- drawing


def test_the_key_draws_and_another_draws_otherwise():
    items = made_up()
    one, again, other = (draw(items, k, 40, 30, 90) for k in (KEY, KEY, KEY[::-1]))
    assert one == again
    assert {r.text for r in one.public} != {r.text for r in other.public}
    assert {r.id for r in one.test}.isdisjoint(r.id for r in other.test)
    texts = [r.text for r in (*one.train, *one.test)]
    assert len(set(texts)) == 160
    # the order of the test's rows says nothing about which are public
    public = {r.id for r in one.public}
    places = [i for i, row in enumerate(one.test) if row.id in public]
    assert min(places) < 15
    assert max(places) > 105


def test_parts_that_touch_are_told_apart():
    assert keyed(KEY, "ab", "c") != keyed(KEY, "a", "bc")
    with pytest.raises(ValueError, match="16 bytes"):
        keyed(b"short", "a")


def test_half_of_the_raters_label_train_and_the_others_the_test():
    item = tasks.Item("fine", "1", tuple(range(20)))
    halves = [float(label_of(item, KEY, half)) for half in (0, 1)]
    assert sum(halves) / 2 == pytest.approx(9.5)
    assert halves[0] != halves[1]


def test_a_perturbed_text_is_another_and_nearly_the_same():
    text = "Call 0800 123 now to win the big prize of your life"
    changed = perturb(text, KEY)
    assert changed != text
    assert changed == perturb(text, KEY)
    assert len(changed.split()) == len(text.split()) - 1
    assert "0" in changed


@pytest.mark.parametrize(
    "name", ["Ada", "数据队", "Ёж", "ทีมหนึ่ง", "فريق", "a" * 40, "R2 & D2!"]
)
def test_names_of_any_script(name):
    assert token(KEY, name) == token(KEY, f"  {name.upper()} ")


@pytest.mark.parametrize(
    "name", ["", " ", "a" * 41, "a\u202eb", "a\0b", "!!!", "\ud800x", "a\u200bb"]
)
def test_names_that_can_not_be_seen(name):
    with pytest.raises(ValueError, match="team's name"):
        team_name(name)


# ------------------------------------------------------------------------------- the host


def file_of(answers):
    return (
        "id,label\n" + "".join(f"{i},{a}\n" for i, a in answers.items())
    ).encode()


def answers_of(competition, wrong=0):
    """The hidden labels, with so many public and private ones turned round."""
    turned = {"ham": "spam", "spam": "ham"}
    rows = (*competition.drawn.public[:wrong], *competition.drawn.private[:wrong])
    return competition.gold | {r.id: turned[r.label] for r in rows}


def enter(competition, team, wrong):
    raw = file_of(answers_of(competition, wrong))
    return competition.submit(team, token(competition.key, team), raw)


def test_the_baselines_are_in_first_and_computed(competition):
    lines = competition.board()
    assert {line.team for line in lines} == {"baseline ham", "baseline spam"}
    gold = [competition.gold[r.id] for r in competition.drawn.public]
    for line in lines:
        said = [
            competition.baselines[line.team][r.id] for r in competition.drawn.public
        ]
        found = scoring.score("F1 of spam", gold, said)
        assert line.score == pytest.approx(
            found, abs=1e-4
        )  # the board has four digits


def test_a_day_has_its_limit_and_ends_at_midnight(competition, clock):
    for k in range(3):
        receipt = enter(competition, "ada", 9 - k)
        assert receipt["left_today"] == 2 - k
    with pytest.raises(host.Refused, match="3 of 3"):
        enter(competition, "ada", 1)
    enter(competition, "bo", 1)  # another team has its own
    clock.forward(2)
    assert enter(competition, "ada", 1)["left_today"] == 2


def test_the_same_answers_again_cost_nothing(competition):
    first = enter(competition, "ada", 5)
    entries = competition.log.read()
    for _ in range(5):
        again = enter(competition, "ADA", 5)
        assert again == first
    assert competition.log.read() == entries


def test_a_receipt_tells_nothing_private(competition):
    assert set(enter(competition, "ada", 5)) == {
        "number", "team", "at", "told", "shown", "seal", "left_today",
    }  # fmt: skip


def test_nobody_hands_in_for_another(competition):
    raw = file_of(answers_of(competition))
    for wrong in ("", "x", token(competition.key, "bo"), "\u00e9"):
        with pytest.raises(host.Refused, match="token"):
            competition.submit("ada", wrong, raw)


def test_equal_scores_share_a_place(competition):
    for team in ("ada", "bo"):
        enter(competition, team, 2)
    enter(competition, "cy", 3)
    lines = [(line.team, line.place) for line in competition.board()]
    assert lines[:3] == [("ada", 1), ("bo", 1), ("cy", 3)]


def test_the_private_board_takes_the_best_public_submission(competition):
    enter(competition, "ada", 4)
    enter(competition, "ada", 12)
    with pytest.raises(host.Refused, match="end"):
        competition.board(private=True)
    told = [e["told"] for e in competition.log.read() if e["team"] == "ada"]
    assert told[0] > told[1]
    competition.end()
    competition.end()
    line = next(x for x in competition.board(private=True) if x.team == "ada")
    logged = [e for e in competition.log.read() if e["team"] == "ada"]
    assert line.score == round(logged[0]["private"], 4)
    assert len([e for e in competition.log.read() if e["kind"] == "end"]) == 1
    with pytest.raises(host.Refused, match="ended"):
        enter(competition, "bo", 3)


def test_too_good_is_looked_at_and_the_public_board_does_not_tell(competition):
    enter(competition, "lucky", 0)
    hard = [
        i
        for i, gold in competition.gold.items()
        if all(answers[i] != gold for answers in competition.baselines.values())
    ]
    assert len(hard) >= host.HARD_ROWS
    missed = dict.fromkeys(hard[: len(hard) // 3])
    baseline = competition.baselines["baseline ham"]
    honest = competition.gold | {i: baseline[i] for i in missed}
    competition.submit("honest", token(competition.key, "honest"), file_of(honest))
    assert all(line.place for line in competition.board())
    competition.end()
    held = [line.team for line in competition.board(private=True) if not line.place]
    assert held == ["lucky"]
    competition.clear("Lucky")
    assert competition.board(private=True)[0].team == "lucky"
    with pytest.raises(ValueError, match="nobody"):
        competition.clear("nobody")


def test_the_ladder_on_the_board(folder, clock):
    competition = host.Competition(folder, clock)
    competition.rules = replace(competition.rules, step=0.1, limit=9)
    shown = [enter(competition, "ada", k)["shown"] for k in (9, 8, 7, 6, 2)]
    real = [e["public"] for e in competition.log.read() if e["team"] == "ada"]
    assert shown == [
        pytest.approx(1 - r) for r in ladder([1 - r for r in real], 0.1)
    ]
    assert len(set(shown)) < len(set(real)) == 5


def test_fresh_texts_are_private_and_unknown_to_the_corpus(tmp_path, monkeypatch):
    monkeypatch.setattr(host, "items", lambda name: made_up())
    own = [tasks.Item("never seen before by anybody", "ham")]
    rules = host.Rules("sms-spam", train=40, public=30, private=80)
    competition = host.found(tmp_path / "h", rules, own, by_the_word)
    assert len(competition.drawn.private) == 81
    assert "never seen" in competition.bundle()["test.csv"]
    corpus = Corpus(made_up())
    found = [corpus.near(row.text) for row in competition.drawn.private]
    assert found_share(found) == 80 / 81


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (tasks.Item("Message 3 says prize to you now!", "spam"), "not fresh"),
        (tasks.Item("brand new", "eggs"), "none of"),
    ],
)
def test_own_texts_are_new_and_labelled(tmp_path, monkeypatch, item, words):
    monkeypatch.setattr(host, "items", lambda name: made_up())
    rules = host.Rules("sms-spam", train=40, public=30, private=80)
    with pytest.raises(ValueError, match=words):
        host.found(tmp_path / "h", rules, [item], by_the_word)
    twice = [tasks.Item("new", "ham"), tasks.Item("NEW.", "ham")]
    with pytest.raises(ValueError, match="not fresh"):
        host.found(tmp_path / "h", rules, twice, by_the_word)


def test_a_folder_holds_one_competition(folder):
    with pytest.raises(ValueError, match="already holds"):
        host.found(folder, host.Rules("sms-spam"), answers=by_the_word)


@pytest.mark.parametrize(
    "change", [{"limit": 0}, {"step": -0.1}, {"step": 0.7}, {"public": 999}]
)
def test_rules_that_can_not_be_kept(tmp_path, monkeypatch, change):
    monkeypatch.setattr(host, "items", lambda name: made_up())
    rules = replace(
        host.Rules("sms-spam", train=40, public=30, private=80), **change
    )
    with pytest.raises(ValueError, match=r"allow 1|can't give"):
        host.found(tmp_path / "h", rules, answers=by_the_word)
    assert not (tmp_path / "h").exists()


# --------------------------------------------------------------------------------- the log


def entries(path):
    log = Log(path, KEY)
    for k in range(4):
        log.append({"team": "ada", "score": k / 10})
    return path.read_text("utf-8").splitlines(keepends=True)


@pytest.mark.parametrize(
    "attack",
    [
        lambda lines: [lines[0].replace("0.0", "0.9"), *lines[1:]],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines, '{"team": "bo", "score": 1.0}\n'],
        lambda lines: [*lines, "not JSON\n"],
        lambda lines: [*lines, "3\n"],
        lambda lines: lines[1:],
    ],
)
def test_a_changed_log_is_found_out(tmp_path, attack):
    path = tmp_path / "log"
    path.write_text("".join(attack(entries(path))), "utf-8")
    with pytest.raises(Tampered):
        Log(path, KEY).read()
    with pytest.raises(Tampered):
        Log(path, KEY).append({"team": "ada"})


def test_what_a_cut_log_needs_is_a_receipt(tmp_path):
    """The last lines can be taken away unseen; a team's receipt shows that they are missing."""
    path = tmp_path / "log"
    lines = entries(path)
    receipt = json.loads(lines[-1])["seal"]
    path.write_text("".join(lines[:-1]), "utf-8")
    assert receipt not in [e["seal"] for e in Log(path, KEY).read()]


def test_another_key_does_not_open_it(tmp_path):
    entries(tmp_path / "log")
    with pytest.raises(Tampered):
        Log(tmp_path / "log", KEY[::-1]).read()


# ------------------------------------------------------------------------------ the service


def test_all_at_once_nobody_is_lost_and_the_limit_holds(
    competition, service, tmp_path
):
    client.start("sms-spam", tmp_path / "p", service.url)
    teams = ["ada", "bo", "cy", "数据队"]

    def one(k):
        team, wrong = teams[k % 4], 1 + k // 4
        file = tmp_path / f"{k}.csv"
        file.write_bytes(file_of(answers_of(competition, wrong)))
        secret = token(competition.key, team)
        try:
            return client.submit("sms-spam", file, tmp_path / "p", team, secret)
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(20)))
    receipts = [a for a in answers if isinstance(a, dict)]
    assert len(receipts) == 12
    assert all("3 of 3" in a for a in answers if isinstance(a, str))
    logged = [e for e in competition.log.read() if e["kind"] == "submission"]
    assert sorted(r["seal"] for r in receipts) == sorted(e["seal"] for e in logged)
    assert [e["number"] for e in competition.log.read()] == list(range(1, 15))


def raw_request(service, head, body=b""):
    with socket.create_connection(service.server_address, timeout=10) as place:
        place.sendall(head + body)
        found = b""
        while part := place.recv(65536):
            found += part
    return found


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /board HTTP/1.0\r\nHost: 127.0.0.1:1\r\n\r\n", b"200"),
        (b"GET /key HTTP/1.0\r\nHost: 127.0.0.1:1\r\n\r\n", b"400"),
        (b"GET /../key HTTP/1.0\r\nHost: 127.0.0.1:1\r\n\r\n", b"400"),
        (b"GET /board?private HTTP/1.0\r\nHost: 127.0.0.1:1\r\n\r\n", b"403"),
        (b"GET /board HTTP/1.0\r\nHost: evil.example:80\r\n\r\n", b"403"),
        (b"GET /board HTTP/1.0\r\n\r\n", b"403"),
        (b"POST /submit HTTP/1.0\r\nHost: localhost:1\r\n\r\n", b"400"),
        (b"POST /submit HTTP/1.0\r\nHost: localhost:1\r\nContent-Length: -5\r\n\r\n", b"400"),
        (b"POST /submit HTTP/1.0\r\nHost: localhost:1\r\nContent-Length: 9999999\r\n\r\n", b"400"),
        (b"POST /elsewhere HTTP/1.0\r\nHost: localhost:1\r\nContent-Length: 0\r\n\r\n", b"400"),
        (b"DELETE /board HTTP/1.0\r\nHost: localhost:1\r\n\r\n", b"501"),
    ],
)  # fmt: skip
def test_the_service_answers_what_it_is_asked_and_no_more(service, head, status):
    assert raw_request(service, head).split()[1] == status


def test_who_announces_more_than_comes_is_dropped(service):
    """And the service lives on."""
    start = time.monotonic()
    head = (
        b"POST /submit HTTP/1.0\r\nHost: localhost:1\r\nContent-Length: 500\r\n\r\n"
    )
    raw_request(service, head, b"id,label")
    assert time.monotonic() - start < 8
    assert client.board("sms-spam", service.url)


def test_a_fault_of_a_file_comes_back_in_words(service):
    secret = token(service.competition.key, "ada")
    with pytest.raises(ValueError, match="first line"):
        client.ask(service.url, "/submit?team=ada", set(), b"nonsense\n", secret)
    with pytest.raises(ValueError, match="token"):
        client.ask(service.url, "/submit?team=ada", set(), GOOD, "nonsense")


def test_it_listens_on_this_machine_alone(service):
    assert service.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("status", [b"404 No", b"200 OK"])
@pytest.mark.parametrize(
    "answer", [b"", b"not JSON", b"[1]", b"{}", b'{"error": 3}']
)
def test_a_server_that_is_none_is_told_so(answer, status):
    with socket.create_server(("127.0.0.1", 0)) as place:

        def once():
            there, _ = place.accept()
            there.recv(1000)
            there.sendall(b"HTTP/1.0 " + status + b"\r\n\r\n" + answer)
            there.close()

        threading.Thread(target=once).start()
        port = place.getsockname()[1]
        with pytest.raises(ValueError, match=r"competition|^3$"):
            client.ask(f"http://127.0.0.1:{port}", "/board", {"lines"})
    for nowhere in ("ftp://x", "", f"http://127.0.0.1:{port}"):
        with pytest.raises(ValueError, match=r"http|answers"):
            client.ask(nowhere, "/board")


# ------------------------------------------------------------------------------ the command


def test_wrong_words_are_told_in_one_line(service, tmp_path, capsys):
    mine = tmp_path / "mine"
    assert (
        main(
            [
                "compete",
                "start",
                "sms-spam",
                "--to",
                str(mine),
                "--server",
                service.url,
            ]
        )
        == 0
    )
    sample, at = (
        str(mine / "sample_submission.csv"),
        str(service.competition.folder),
    )
    capsys.readouterr()
    wrong = [
        ["start", "nonsense", "--to", str(tmp_path / "x")],
        ["start", "sms-spam", "--to", str(mine), "--server", service.url],
        ["start", "film-ratings", "--to", str(tmp_path / "x"), "--server", service.url],
        ["start", "sms-spam", "--to", str(tmp_path / "x"), "--server", "http://127.0.0.1:9"],
        ["check", "sms-spam", str(mine / "train.csv")],
        ["check", "sms-spam", str(mine / "missing.csv")],
        ["check", "film-ratings", sample],
        ["check", "sms-spam", sample, "--folder", str(tmp_path)],
        ["submit", "sms-spam", sample, "--team", "ada", "--token", "wrong"],
        ["submit", "sms-spam", sample, "--team", "\u202e", "--token", "wrong"],
        ["board", "film-ratings", "--server", service.url],
        ["board", "sms-spam", "--private", "--server", service.url],
        ["team", "sms-spam", "ada", "--at", str(mine)],
        ["team", "film-ratings", "ada", "--at", at],
        ["verify", "nonsense", "--at", at],
        ["host", "sms-spam", "--at", at, "--port", "99999"],
        ["host", "sms-spam", "--at", at, "--port", str(service.server_address[1])],
        ["host", "sms-spam", "--at", str(tmp_path / "n"), "--fresh", sample],
        ["host", "sms-spam", "--at", str(tmp_path / "n"), "--limit", "0"],
    ]  # fmt: skip
    for words in wrong:
        assert main(["compete", *words]) == 2, words
        error = capsys.readouterr().err
        assert len(error.strip().splitlines()) == 1, error
        assert error.startswith("nlpcourse: "), error
    assert main(["compete", "check", "sms-spam", sample]) == 0


def test_http_head_of_the_answer_says_what_it_is(service):
    place = http.client.HTTPConnection(*service.server_address)
    place.request("GET", "/bundle")
    answer = place.getresponse()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert set(json.loads(answer.read())) == set(client.FILES)


# ------------------------------------------------------------------------------- climbing


def test_climbing_lifts_the_board_and_nothing_else():
    """Beside the expected height, and beside a board that says nothing: the control."""
    rng = random.Random(5)
    hidden = coin_answers(3000, rng)
    seen, unseen = hidden[:1000], hidden[1000:]

    def board(answers):
        return [loss(seen, a[:1000]) for a in answers]

    vote = climb(board, kept_by_score, 3000, 150)
    assert loss(seen, vote[:1000]) == pytest.approx(climbed(1000, 150), abs=0.035)
    assert loss(unseen, vote[1000:]) == pytest.approx(0.5, abs=0.035)
    blind = climb(lambda answers: [0.5] * len(answers), kept_by_score, 3000, 150)
    assert loss(seen, blind[:1000]) == pytest.approx(0.5, abs=0.05)


def better(new, best):
    return sum(new) < sum(best)


def test_small_steps_climb_the_best_so_far_and_the_free_ladder_but_no_fixed_step():
    hidden = coin_answers(3000, random.Random(8))

    def end(moved):
        found = hill_climb(moved, hidden, 1000, 200, 45, seed=1)
        return loss(hidden[:1000], found[:1000]), loss(hidden[1000:], found[1000:])

    def by_steps(new, best):
        return sum(new) / 1000 < to_step(sum(best) / 1000, 0.05) - 0.05

    plain, free, fixed = map(end, (better, takes_the_lead, by_steps))
    assert plain[0] < free[0] < fixed[0]
    assert fixed[0] > 0.46
    assert all(abs(fresh - 0.5) < 0.04 for _, fresh in (plain, free, fixed))
    assert end(lambda new, best: False)[0] == pytest.approx(0.5, abs=0.04)


def test_tuning_by_the_board_lifts_the_public_rows_alone():
    rng = random.Random(4)
    gold = rng.choices("ab", k=2000)
    mine = [g if rng.random() < 0.8 else "x" for g in gold]
    other = [g if rng.random() < 0.6 else "x" for g in gold]

    def right(labels, part):
        return sum(a == g for a, g in zip(labels[part], gold[part], strict=True))

    public, private = slice(0, 500), slice(500, 2000)
    *_, tuned = tune_by_board(lambda x: right(x, public), mine, other, 200)
    assert right(tuned, public) > right(mine, public) + 10
    assert right(tuned, private) < right(mine, private)
    *_, same = tune_by_board(lambda x: 0, mine, other, 200)
    assert same == mine
    *_, alone = tune_by_board(lambda x: right(x, public), mine, mine, 5)
    assert alone == mine


def test_the_ladder_tells_the_climber_less():
    races = [race(1000, 1000, 150, seed) for seed in range(3)]
    for found in races:
        assert found.plain < found.ladder
        assert abs(found.plain_fresh - 0.5) < 0.06
        assert abs(found.ladder_fresh - 0.5) < 0.06


@pytest.mark.parametrize("call", [
    lambda: climb(len, kept_by_score, 0, 1), lambda: race(1, 1, 1), lambda: majority([]),
    lambda: majority([[1], [1, 0]]), lambda: loss([], []), lambda: coin_answers(-1, random),
    lambda: climbed(0, 1), lambda: ladder([0.5], -1), lambda: ladder([float("nan")], 0.1),
    lambda: guarantee(0, 1, 0.1), lambda: guarantee(1, 1, 0), lambda: found_share([]),
])  # fmt: skip
def test_what_can_not_be_computed_is_refused(call):
    with pytest.raises(ValueError, match=r"give|take|vote|can't|between"):
        call()


def test_a_board_without_progress_leaves_the_first_guess():
    assert kept_by_progress([0.5, 0.5]) == []
    first = coin_answers(9, random.Random(3))
    assert climb(lambda a: [0.5] * len(a), kept_by_progress, 9, 4, seed=3) == first
