"""Figures of others: each with its source, quoted by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlpcourse.course import chapters, prose, published


def test_a_figure_is_quoted_as_its_source_prints_it() -> None:
    figure = published.get("24.kim-random")
    assert (figure.value, figure.cite, figure.seen) == (
        "76.1%",
        "kim-2014",
        "source",
    )
    assert published.number("24.kim-random") == pytest.approx(0.761)
    text = prose.expand("It is {published}`24.kim-random`.", {}, lambda c: c.title)
    assert text == "It is 76.1%."


def test_all_figures_of_all_chapters_are_whole() -> None:
    found = [
        f for c in chapters.all_chapters() for f in published.figures(c.number)
    ]
    assert len(found) >= 20
    assert {f.seen for f in found} <= set(published.SEEN)


@pytest.mark.parametrize("identifier", ["24.nothing", "99.kim", "kim", ""])
def test_an_unknown_figure_is_named(identifier: str) -> None:
    with pytest.raises(
        published.PublishedError, match=r"figure|no chapter|chapter"
    ):
        published.get(identifier)


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ('value = "1"', "missing or unknown"),
        (
            'value = "1"\nwhat = "w"\ncite = "c"\nwhere = "p"\nseen = "somewhere"',
            "was seen",
        ),
        (
            'value = "1"\nwhat = "w"\ncite = "c"\nwhere = "p"\nseen = "source"\nmore = 1',
            "more",
        ),
    ],
)
def test_an_incomplete_figure_is_refused(
    table: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "published.toml"
    path.write_text(f"[one]\n{table}\n", encoding="utf-8")
    monkeypatch.setattr(published, "_path", lambda number: path)
    with pytest.raises(published.PublishedError, match=what):
        published.get("24.one")


def test_a_range_is_not_a_number() -> None:
    with pytest.raises(published.PublishedError, match="not one number"):
        published.number("10.merialdo-none")
