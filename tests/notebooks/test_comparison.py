"""When a figure is the same as the stored one."""

from __future__ import annotations

import operator
import re

import matplotlib.pyplot as plt
import pytest

from nlpcourse import plots
from nlpcourse.course import ledger
from nlpcourse.notebooks.comparison import PIXELS, Shown, parts, same_figure


def figure(last: float = 3.0, label: str = "steps", colour: str = "#0072b2") -> str:
    fig, ax = plots.subplots(figsize=(5, 3))
    ax.plot([1, 2, 3], [1, 2, last], color=colour)
    ax.set(xlabel=label, xlim=(1, 3), ylim=(0, 4))
    svg = plots.to_svg(fig, "00-line", "A line that rises over three steps.")
    plt.close(fig)
    return plots.Figure(
        svg, "00-line", "A line that rises.", "Three."
    )._repr_html_()


def test_last_digits_and_the_names_that_follow_them_may_differ() -> None:
    assert figure(3.0) != figure(3.00001)
    assert same_figure(figure(3.0), figure(3.00001))
    assert Shown(figure(3.0)) == Shown(figure(3.00001))
    assert operator.ne(Shown(figure(3.0)), Shown(figure(3.00001))) is False


@pytest.mark.parametrize(
    "other",
    [
        figure(3.05),
        figure(label="words"),
        figure(colour="#d55e00"),
        figure().replace("A line that rises.", "A line that falls."),
        figure().replace("Three.", "Four."),
        re.sub(r"<path[^>]*>", "", figure(), count=1),
        "",
        "<svg></svg>",
    ],
    ids=[
        "height",
        "label",
        "colour",
        "alternative",
        "caption",
        "less",
        "none",
        "empty",
    ],
)
def test_what_a_reader_would_see_may_not(other: str) -> None:
    assert not same_figure(figure(), other)
    assert not same_figure(other, figure())
    assert Shown(figure()) != Shown(other)


def test_a_shift_of_a_pixel_is_the_limit() -> None:
    numbers = [k for k in range(-3, 4)]
    for by in numbers:
        moved = f'<svg><circle cx="{10 + by}"/></svg>'
        assert same_figure('<svg><circle cx="10"/></svg>', moved) == (
            abs(by) <= PIXELS
        )


def test_a_number_that_is_written_is_compared_letter_by_letter() -> None:
    written = "<svg><text x='1'>{}</text></svg>"
    assert not same_figure(written.format("0.31"), written.format("0.310001"))


def test_other_outputs_are_compared_letter_by_letter() -> None:
    assert Shown("loss 0.31") != Shown("loss 0.32")
    assert Shown("loss 0.31") == "loss 0.31"
    assert hash(Shown("a")) == hash("a")


def test_every_number_of_a_drawing_is_found() -> None:
    words, numbers, shades = parts(
        '<use xlink:href="#m1" x="1.5" y="-2e-05"/>'
        '<g id="m1" transform="translate(3 4)" style="fill: #010203; stroke-width: 2"/>'
    )
    assert numbers == (1.5, -2e-05, 3.0, 4.0, 2.0)
    assert shades == (1.0, 2.0, 3.0)
    assert words.count("name0") == 2


def test_a_result_within_its_tolerance_is_the_same() -> None:
    entry = ledger.records("11")[0]
    first = ledger.Comparison(entry, entry.value)
    second = ledger.Comparison(entry, entry.value + 3 * entry.tolerance)
    assert repr(first) != repr(second)
    for show in (repr, ledger.Comparison._repr_html_):
        assert Shown(show(first)) == Shown(show(second))
    other = ledger.Comparison(ledger.records("11")[1], entry.value)
    assert Shown(repr(first)) != Shown(repr(other))
    with pytest.raises(ledger.LedgerError, match=entry.id):
        ledger.record(entry.id, entry.value + 3 * entry.tolerance)
