"""Chapter 38's playground: the chapter's own rubric, whatever a reader pastes."""

import json

import pytest

from nlpcourse.page.views import render_views
from nlpcourse.practice.projects import playground as room
from nlpcourse.practice.projects.documents import (
    CARD,
    README,
    card_faults,
    readme_faults,
)
from nlpcourse.practice.projects.starting import templates

FILLER = "one two three four five six seven eight nine ten eleven twelve"


def play(**inputs):
    usual = {field["name"]: field["value"] for field in room.INPUTS}
    result = room.run({**usual, **inputs}, {})
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    assert result["summary"]
    return result


def rows(result):
    return {row[0]: row[2] for row in result["views"][0]["rows"]}


def test_the_example_can_be_mended():
    found = rows(play())
    assert found["Result"] == "yes"
    assert found["Run it"] == "no"
    assert found["What goes wrong"] == "no"
    text = (
        room.EXAMPLE.replace("TODO", FILLER) + f"\n## What goes wrong\n{FILLER}\n"
    )
    done = play(text=text)
    assert set(rows(done).values()) == {"yes"}
    assert "Now find a reader" in done["summary"]


def test_the_starters_own_texts_have_every_part_and_every_fault():
    files = dict(templates("moderation"))
    readme = rows(play(text=files["README.md"]))
    card = rows(play(text=files["MODEL_CARD.md"], kind="card"))
    assert list(readme) == ["the beginning", *README]
    assert list(card) == list(CARD)
    assert set(readme.values()) == set(card.values()) == {"no"}


@pytest.mark.parametrize("kind", ["readme", "card", "nonsense", None])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ud800",
        "<script>x</script>",
        "## " * 900,
        "```\n# a\n",
        "数" * 8000,
        None,
    ],
)
def test_whatever_is_pasted_gives_views(kind, text):
    html = render_views(play(kind=kind, text=text)["views"])
    assert "<script>" not in html


@pytest.mark.parametrize("kind", ["readme", "card"])
@pytest.mark.parametrize(
    "text", [room.EXAMPLE, "", "## Data\nTODO", f"{FILLER}\n## Result\n{FILLER}"]
)
def test_the_table_and_the_faults_agree(kind, text):
    faults = card_faults(text) if kind == "card" else readme_faults(text)
    found = list(rows(play(kind=kind, text=text)).values())
    assert found.count("no") == len(faults)
