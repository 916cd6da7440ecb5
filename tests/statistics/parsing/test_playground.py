"""The chart in the page: plain JSON, helpful, and the chapter's own."""

import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.statistics.parsing import playground as room


def play(grammar, sentence):
    result = room.run({"grammar": grammar, "sentence": sentence}, {})
    json.dumps(result, allow_nan=False).encode()
    html = render_views(result["views"])
    html.encode()
    return result, html


def kinds(result):
    return [view["kind"] for view in result["views"]]


def test_the_defaults_draw_two_trees_and_fill_the_chart():
    result, html = play(*(field["value"] for field in room.INPUTS))
    assert result["summary"] == "The sentence has 2 trees."
    assert kinds(result) == ["text", "steps", "tree", "tree"]
    steps = result["views"][1]["steps"]
    assert len(steps) == 7
    assert "`shot an elephant` is VP" in steps[2]["caption"]
    assert steps[-1]["views"][0]["rows"][0][-1] == "S"
    assert html.count("<svg") == 2
    assert "Tree 1: (S (NP I)" in html
    assert len(html) < 60_000


def test_a_grammar_with_probabilities_ranks_its_trees():
    grammar = "S -> S S [0.25] | a [0.75]"
    result, _ = play(grammar, "a a a")
    trees = [view for view in result["views"] if view["kind"] == "tree"]
    assert [view["title"] for view in trees] == [
        "Tree 1, probability 0.0264",
        "Tree 2, probability 0.0264",
    ]


def test_rests_of_rules_are_shown_as_what_they_are():
    result, _ = play("S -> a b c", "a b c")
    assert "`b c` is b+c" in result["views"][1]["steps"][1]["caption"]


def test_a_cycle_has_infinitely_many_trees_and_the_plain_ones_are_drawn():
    result, _ = play("S -> S | A\nA -> S | a", "a")
    assert "infinitely many" in result["summary"]
    assert kinds(result).count("tree") == 1


def test_left_recursion_and_empty_rules_are_no_trouble():
    assert play("S -> S a | ε", "a a a")[0]["summary"].endswith("1 tree.")
    assert play("S -> a S |", "")[0]["summary"].endswith("1 tree.")


def test_many_trees_are_counted_and_some_are_drawn():
    result, html = play("S -> S S | a", "a " * 12)
    assert result["summary"].startswith(
        "The sentence has 58,786 trees. The first 12"
    )
    assert kinds(result).count("tree") == room.DRAWN
    assert len(html) < 150_000


def test_a_refused_sentence_is_told_where_it_leaves_the_grammar():
    grammar = room.GROUCHO
    assert (
        "expects `elephant`, `pajamas`" in play(grammar, "I shot my")[0]["summary"]
    )
    assert (
        "Nothing goes on with `shot`" in play(grammar, "I shot shot")[0]["summary"]
    )
    assert "expects `I`, `an`, `my`" in play(grammar, "")[0]["summary"]
    assert "expects no word here" in play("S -> S a", "a")[0]["summary"]


@pytest.mark.parametrize(
    "text", ["", "NP", "-> a", "S -> a [2]", "A B -> c", "S = a"]
)
def test_what_is_no_grammar_is_met_with_a_sentence(text):
    result, _ = play(text, "a")
    assert result["summary"].startswith("No grammar: ")


def test_too_much_is_said_to_be_too_much():
    assert "12 words" in play("S -> a", "a " * 13)[0]["summary"]
    many = "\n".join(f"A{n} -> a" for n in range(300))
    assert "200 rules" in play(many, "a")[0]["summary"]


@pytest.mark.parametrize(
    "grammar",
    [
        "S -> `",
        "S -> <b> | é | שלום",
        "S -> \ud800",
        "S -> S S S | S S | S | ε | a",
    ],
)
@pytest.mark.parametrize("sentence", ["", "`", "<b>", "\ud800", "a a a", "x" * 200])
def test_whatever_is_typed_gives_views(grammar, sentence):
    result, html = play(grammar, sentence)
    assert result["summary"]
    assert "<b>" not in html
    assert "Traceback" not in html
