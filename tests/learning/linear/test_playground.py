"""Three models in the page: small resources, plain JSON, and the chapter's own numbers."""

import json

import numpy as np
import pytest

from nlpcourse import corpora
from nlpcourse.learning.linear import playground as room
from nlpcourse.learning.linear.features import counted, present, vocabulary
from nlpcourse.learning.linear.logistic import logistic_regression
from nlpcourse.learning.linear.many import counted_weights
from nlpcourse.learning.linear.rows import with_constant
from nlpcourse.learning.linear.svm import dual_coordinate_descent
from nlpcourse.page.views import render_views

TINY = {
    room.RESOURCE: json.dumps(
        {
            "features": "good\nnot\nnot good\ndull",
            "bias": [0.1, -0.2, 0.0],
            "weights": [
                [1000, -200, -900, -1500],
                [800, -100, -1200, -1000],
                [500, 0, -1100, -700],
            ],
        }
    ).encode()
}


def play(text, model=room.LOGISTIC, resources=TINY):
    result = room.run({"text": text, "model": model}, resources)
    json.dumps(result, allow_nan=False)
    assert render_views(result["views"])
    return result


def views(result, kind):
    return [view for view in result["views"] if view["kind"] == kind]


@pytest.mark.parametrize("model", room.NAMES)
def test_pushes_and_bias_add_up_to_the_score(model):
    scores, pushes = views(play("Not good, dull", model), "bars")
    total = next(i["value"] for i in scores["items"] if i["label"] == model)
    assert sum(i["value"] for i in pushes["items"]) == pytest.approx(
        total, abs=0.01
    )


def test_the_models_may_disagree_and_the_page_says_so():
    assert "All three say bad" in play("not good")["summary"]
    other = json.loads(TINY[room.RESOURCE])
    other["weights"][2] = [500, 0, 600, -700]
    packed = {room.RESOURCE: json.dumps(other).encode()}
    assert "They disagree" in play("not good", resources=packed)["summary"]


@pytest.mark.parametrize(
    "text", ["", "   ", "zebra", "<b>", "good " * 300, "🫨 é\u0301"]
)
def test_whatever_is_typed_gives_views(text):
    result = play(text, model="nonsense")
    assert views(result, "text")
    assert len(views(result, "bars")[0]["items"]) == 3


def test_markup_is_escaped():
    assert "<script>" not in render_views(play("<script>good</script>")["views"])


@pytest.mark.assets
def test_the_pages_weights_are_the_chapters_models():
    packed = room.RESOURCES[room.RESOURCE]()
    assert len(packed) < 500_000
    models = room.unpack(packed)
    rated = [r for r in corpora.sentiment_4("movie") if r.rating != 0]
    documents = [room.film_features(r.text) for r in rated]
    y = np.where([r.rating > 0 for r in rated], 1.0, -1.0)
    column_of = vocabulary(documents, room.LEAST)
    table = present(counted(documents, column_of))
    labels = ["good" if side > 0 else "bad" for side in y]
    counted_model = counted_weights(table, labels, ["bad", "good"])
    wide = with_constant(table)
    w, _ = dual_coordinate_descent(wide, y, room.MACHINE_STRENGTH, room.PASSES)
    expected = {
        room.MACHINE: wide.times(w),
        room.BAYES: np.diff(counted_model.scores(table), axis=1)[:, 0],
        room.LOGISTIC: logistic_regression(table, y, room.LOGISTIC_STRENGTH).scores(
            table
        ),
    }
    for name, scores in expected.items():
        for i in range(0, len(documents), 500):
            found = models[name].score(documents[i])
            assert found == pytest.approx(scores[i], abs=0.05)
    defaults = {field["name"]: field["value"] for field in room.INPUTS}
    assert len(json.dumps(room.run(defaults, {room.RESOURCE: packed}))) < 60_000
