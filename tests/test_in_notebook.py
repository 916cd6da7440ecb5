"""What a notebook calls to show things, and what the prose quotes."""

from __future__ import annotations

import re

import pytest

from nlpcourse import exercises as checks
from nlpcourse import in_notebook as chapter
from nlpcourse import plots
from nlpcourse.course import ledger, prose
from nlpcourse.exercises import Hint, Verdict


def test_source_without_docstrings_keeps_every_other_line() -> None:
    source = (
        'class A:\n    """Doc."""\n\n    x = 1\n\n    def f(self):\n        """One.\n\n'
        '        Two.\n        """\n        text = "not a docstring"\n        return text\n'
    )
    assert chapter._without_docstrings(source) == (
        "class A:\n    x = 1\n\n    def f(self):\n"
        '        text = "not a docstring"\n        return text'
    )


def test_shown_source_is_the_modules() -> None:
    shown = chapter.show_source(plots.subplots, plots.use_style, docstring=True)
    assert "def subplots" in shown.text
    assert '"""Make the course' in shown.text
    assert shown._repr_markdown_().startswith("```python\n")


def figure(name: str) -> str:
    figure, axes = plots.subplots()
    axes.plot([1, 2, 3], label="a line")
    axes.bar([0, 1], [1, 2], yerr=[0.2, 0.4], capsize=4)  # whiskers are black
    axes.set_title("title")
    axes.legend()
    axes.text(1, 2, "word", color=plots.PALETTE[1])
    return plots.to_svg(figure, name, "A line that rises from one to three")


def test_figures_take_the_pages_colours_and_are_the_same_each_time() -> None:
    svg = figure("x")
    assert svg == figure("x")
    assert "#000000" not in svg
    assert "#010203" not in svg
    assert "currentColor" in svg
    assert plots.PALETTE[1].lower() in svg.lower()
    assert "<style" not in svg
    assert not re.search(r"DejaVu", svg)


def test_figures_need_alternative_text_and_stay_small() -> None:
    small, _ = plots.subplots()
    with pytest.raises(ValueError, match="alternative text"):
        plots.to_svg(small, "x", "plot")
    large, axes = plots.subplots()
    axes.scatter(range(20000), range(20000))
    with pytest.raises(ValueError, match="thin the points"):
        plots.to_svg(large, "x", "Far too many points on a line")


def test_shown_figure_escapes_its_text() -> None:
    shown = plots.Figure("<svg viewBox='0 0 1 1'></svg>", "x", 'a "b" <c>', "d & e")
    page = shown._repr_html_()
    assert 'aria-label="a &quot;b&quot; &lt;c&gt;"' in page
    assert "<figcaption>d &amp; e</figcaption>" in page


def test_prose_quotes_the_ledger(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "chapters" / "99_a_test"
    folder.mkdir(parents=True)
    (folder / "results.toml").write_text(
        '[x]\nmetric = "m"\nvalue = 0.5\ntolerance = 0.1\nspread = 0.01\nseeds = [0, 1, 2]\n'
        'format = "{:.1%}"\nanchor = 0.6\nanchor_what = "A paper"\nseconds = 12.3\n'
        'chosen_on = "nothing"\n'
        '[y]\nmetric = "m"\nvalue = 12.0\ntolerance = 0.1\nunit = "s"\n'
        'chosen_on = "nothing"\n'
    )
    monkeypatch.setattr(ledger, "data_dir", lambda: tmp_path)
    text = (
        "{ledger}`99.x` {ledger-spread}`99.x` {ledger-seeds}`99.x` {ledger-anchor}`99.x` "
        "{ledger-what}`99.x` {ledger-seconds}`99.x` {ledger}`99.y` {glue}`n`"
    )
    expanded = prose.expand(text, {"n": "four"}, lambda c: c.title)
    assert expanded == "50.0% 1.0% 3 60.0% A paper 12 s 12 s four"
    with pytest.raises(prose.ProseError, match="no anchor"):
        prose.expand("{ledger-anchor}`99.y`", {}, lambda c: c.title)
    with pytest.raises(ledger.LedgerError, match=r"99\.z"):
        prose.expand("{ledger}`99.z`", {}, lambda c: c.title)


@pytest.fixture
def doubling(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(checks, "_registry", {})

    @checks.exercise("98.1", parameters=lambda rng: {"n": rng.randint(0, 10**9)})
    def double(answer):
        if answer(3) != 6:
            raise Hint("What is twice three?")
        return "It is a shift by one bit."

    return "98.1"


def fails(_: int) -> int:
    return 1 // 0


def test_every_wrong_answer_is_met_with_a_question(doubling: str) -> None:
    wrong = [
        None,
        ...,
        lambda x: None,
        lambda x: ...,
        lambda x: x,
        fails,
        17,
        lambda: 6,
    ]
    for answer in wrong:
        verdict = checks.judge(doubling, answer)
        assert not verdict.passed
        assert "?" in verdict.message
    assert "ZeroDivisionError" in checks.judge(doubling, fails).message


def test_an_answer_of_the_wrong_kind_is_not_called_an_error(doubling: str) -> None:
    @checks.exercise("98.2")
    def listing(answer):
        if sorted(answer()) != [1, 2]:
            raise Hint("Which two numbers?")
        return "A list it is."

    message = checks.judge("98.2", lambda: 0.5).message
    assert "gave back 0.5" in message
    assert "raised" not in message


def test_a_right_answer_teaches_one_more_fact(doubling: str) -> None:
    assert checks.judge(doubling, lambda x: 2 * x) == Verdict(
        True, "It is a shift by one bit."
    )


def test_an_unknown_exercise_is_named(doubling: str) -> None:
    with pytest.raises(KeyError, match=r"98\.7"):
        checks.judge("98.7", 1)


def test_given_parameters_hold_while_they_are_used(doubling: str) -> None:
    public = checks.parameters(doubling)
    assert checks.parameters(doubling) == public
    with checks.using({doubling: {"n": 77}}):
        assert checks.parameters(doubling) == {"n": 77}
        checks.parameters(doubling)["n"] = 0
        assert checks.parameters(doubling) == {"n": 77}
    assert checks.parameters(doubling) == public


def test_several_cases_are_judged_one_after_the_other(doubling: str) -> None:
    right = [lambda x: 2 * x] * 2
    with checks.using({doubling: [{"n": 1}, {"n": 2}]}):
        assert checks.judge(doubling, right).passed
        wrong = checks.judge(doubling, [right[0], lambda x: x + 1])
        assert not wrong.passed
        assert wrong.message.startswith("Case 2 of 2: ")
        for shape in (right[0], right[:1], 7, "ab", None):
            verdict = checks.judge(doubling, shape)
            assert not verdict.passed
            assert "?" in verdict.message


def _double(number: int) -> int:
    """Return twice the number."""
    return 2 * number


def test_shown_source_explains_the_helpers_that_the_page_has_not_shown() -> None:
    from nlpcourse.statistics.naive_bayes.models import (
        MultinomialNaiveBayes,
        normalise,
    )

    chapter.start("11")
    shown = chapter.show_source(MultinomialNaiveBayes.posterior)
    assert set(shown.helpers) == {"joint", "normalise", "require_words"}
    assert shown.helpers["normalise"].startswith("turn")
    assert "- `joint`: " in shown._repr_markdown_()

    chapter.show_source(normalise)
    again = chapter.show_source(MultinomialNaiveBayes.posterior)
    left = {"joint", "require_words"}
    assert set(again.helpers) == left, "normalise is on the page by now"


def test_an_argument_with_the_name_of_a_function_is_no_helper() -> None:
    from nlpcourse.text.stemming.porter import measure, stem
    from nlpcourse.text.tagging.ladder import always

    chapter.start("04")
    assert chapter.show_source(always).helpers == {}, "tag is an argument there"
    assert set(chapter.show_source(measure).helpers) == {"pattern"}
    assert chapter.show_source(stem).helpers


def test_functions_of_libraries_and_tests_are_no_helpers() -> None:
    def twice(number: int) -> int:
        return _double(number) + len(re.escape(str(number)))

    assert chapter.show_source(twice).helpers == {}
