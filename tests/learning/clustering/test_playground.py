"""The page's k-means: plain JSON whatever a reader types, and the chapter's own figures."""

import json
import subprocess
import sys

import numpy as np
import pytest

from nlpcourse.course.paths import require_repository
from nlpcourse.learning.clustering import plain
from nlpcourse.learning.clustering import playground as room
from nlpcourse.learning.clustering.kmeans import lloyd
from nlpcourse.page.views import render_views

DEFAULTS = {field["name"]: field["value"] for field in room.INPUTS}


def play(**changed):
    result = room.run({**DEFAULTS, **changed}, {})
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def views(result, kind):
    return [view for view in result["views"] if view["kind"] == kind]


def test_the_defaults_sort_three_subjects():
    result = play()
    final = [row[-1][0] for row in views(result, "table")[0]["rows"]]
    assert final == sorted(final)
    assert set(final) == {"A", "B", "C"}
    values = [item["value"] for item in views(result, "bars")[0]["items"]]
    assert values == sorted(values, reverse=True)
    assert "nothing moves" in result["summary"]


@pytest.mark.parametrize("k", [2, 3, 5])
@pytest.mark.parametrize("vectors", [room.COUNTS, room.WEIGHTS])
def test_the_page_shows_the_chapters_objective(k, vectors):
    lines = room.SENTENCES.split("\n")
    points = plain.vectors([plain.words(s) for s in lines], vectors == room.WEIGHTS)
    terms = sorted({t for p in points for t in p})
    table = np.array([[p.get(t, 0.0) for t in terms] for p in points])
    chosen = room.first_centres(points, k, draw=4)
    steps = plain.lloyd(points, [points[i] for i in chosen])
    start = (
        table[steps[0].labels] * 0
    )  # the page's own first assignment, without ties
    start = np.array(
        [
            table[[i for i, c in enumerate(steps[0].labels) if c == j]].mean(axis=0)
            for j in range(k)
        ]
    )
    assert len(start) == k
    ours = lloyd(table, start)
    assert steps[-1].labels == ours.labels.tolist()
    shown = views(play(k=k, vectors=vectors), "bars")[0]["items"][-1]["value"]
    assert shown == pytest.approx(ours.objective, abs=6e-4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "the of and",
        "one",
        "same words\nsame words\nsame words",
        "!!!\n???",
        "a\x00b\n<b>",
    ],
)
@pytest.mark.parametrize("k", [2, 6])
def test_too_few_sentences_are_answered_in_words(text, k):
    result = play(text=text, k=k)
    assert "clusters need" in result["summary"]


def test_many_lines_and_silent_lines_are_named():
    text = "\n".join([f"word{i} other{i % 3}" for i in range(50)] + ["the of"])
    result = play(text=text, k="4", draw="2")
    assert any("Left out" in view["text"] for view in views(result, "text"))
    assert len(views(result, "table")[0]["rows"]) == room.MOST
    silent = play(text=room.SENTENCES + "\nthe of and")
    assert any("1 line without" in view["text"] for view in views(silent, "text"))


def test_every_draw_gives_views():
    ends = {play(draw=d)["views"][2]["items"][-1]["value"] for d in range(1, 21)}
    assert len(ends) > 1, "another draw must be able to end elsewhere"


def test_markup_is_escaped():
    html = render_views(
        play(text="<script>alert</script> one\ntwo three\nfour five")["views"]
    )
    assert "<script>" not in html


def test_playground_and_checks_run_without_numpy():
    code = (
        "import sys; sys.path.insert(0, '.'); "
        "import nlpcourse.learning.clustering.playground, nlpcourse.learning.clustering.checks"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=require_repository("The test") / "src",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
