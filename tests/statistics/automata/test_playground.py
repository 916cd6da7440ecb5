"""The machines in the page: plain JSON, small, helpful, and the chapter's own."""

import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.statistics.automata import playground as room
from nlpcourse.statistics.automata.dfa import accepts
from nlpcourse.statistics.automata.minimal import minimal


def play(pattern, text="", machine=room.MINIMAL):
    result = room.run({"pattern": pattern, "text": text, "machine": machine}, {})
    json.dumps(result, allow_nan=False).encode()
    html = render_views(result["views"])
    html.encode()
    return result, html


def steps(result):
    return next(v for v in result["views"] if v["kind"] == "steps")["steps"]


def active(step):
    return {node["id"] for node in step["views"][0]["nodes"] if node["active"]}


def test_the_defaults_step_through_the_smallest_machine():
    result, html = play(*(f["value"] for f in room.INPUTS))
    assert result["summary"] == (
        "`ha(ha)*` refuses the text `hahah`. A shortest text that it accepts: `ha`."
    )
    assert [active(step) for step in steps(result)] == [
        {0},
        {1},
        {2},
        {1},
        {2},
        {1},
    ]
    assert "A text may end here." in steps(result)[2]["caption"]
    assert html.count("<svg") == 6
    assert len(html) < 40_000


@pytest.mark.parametrize("machine", [room.MINIMAL, room.SUBSETS, room.THOMPSON])
@pytest.mark.parametrize("text", ["", "ha", "haha", "hax", "é"])
def test_every_machine_says_the_same(machine, text):
    result, _ = play("ha(ha)*", text, machine)
    last = steps(result)[-1]
    assert ("may end here" in last["caption"]) == accepts(minimal("ha(ha)*"), text)


def test_a_machine_that_can_go_nowhere_is_in_no_state():
    result, _ = play("ha(ha)*", "hax")
    assert "in no state" in steps(result)[-1]["caption"]
    assert active(steps(result)[-1]) == set()


@pytest.mark.parametrize(
    "pattern", ["(", "a**", "[", "\\1", "x{9999}", "^a", "((((((" * 20]
)
def test_what_is_no_pattern_is_met_with_a_sentence(pattern):
    result, _ = play(pattern, "abc")
    assert result["summary"].startswith("No machine: in ")
    assert "Traceback" not in result["summary"]


def test_a_pattern_of_too_many_states_is_matched_by_its_nfa():
    result, html = play("(a|b)*a(a|b){12}", "a" + "b" * 12)
    assert result["summary"].startswith("No DFA: ")
    assert "may end here" in steps(result)[-1]["caption"]
    assert "too many states to be drawn" in html


@pytest.mark.parametrize(
    "pattern", ["", " ", "`", "é|שלום", "\ud800", "e\u0301*", "👩\u200d👧", ".*"]
)
@pytest.mark.parametrize(
    "text", ["", "`\n\t ", "\ud800", "é" * 300, "👩\u200d👧", "<b>"]
)
def test_whatever_is_typed_gives_views(pattern, text):
    for machine in (room.MINIMAL, room.SUBSETS, room.THOMPSON, "nonsense"):
        result, html = play(pattern, text, machine)
        assert result["summary"]
        assert "<b>" not in html
        assert len(html) < 250_000


def test_a_language_without_texts_is_said_to_be_one():
    result, _ = play("[^\\s\\d]", "a")
    assert "accepts the text `a`" in result["summary"]


def test_the_drawing_is_told_in_words():
    _, html = play("a|b", "b")
    assert "Start 0; end 1 (active). Arcs: 0 to 1 with a b." in html
