"""Chapter 33's playground: what it shows is what the two small networks say."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from nlpcourse.page.models import Call, Outputs, Tensor, drive
from nlpcourse.page.views import render_views
from nlpcourse.transformers.transfer import playground as room

DEFAULTS = {field["name"]: field["value"] for field in room.INPUTS}
RESOURCES = {room.RESOURCE: json.dumps("a film good").encode()}


def toy(call: Call) -> Outputs:
    """Answer by the number of known words."""
    known = sum(number != room.UNKNOWN for number in call.feeds["words"].data)
    return {"logits": Tensor("float32", [1, 2], [0.0, float(known)])}


def play(runner: Any = toy, resources: Any = RESOURCES, **changes: Any) -> Any:
    return drive(room.run({**DEFAULTS, **changes}, resources), runner)


def bars(result: dict[str, Any]) -> list[float]:
    (view,) = [v for v in result["views"] if v["kind"] == "bars"]
    return [item["value"] for item in view["items"]]


def test_both_networks_are_asked() -> None:
    asked: list[Any] = []

    def note(call: Call) -> Outputs:
        asked.append((call.model, call.feeds["words"].data))
        return toy(call)

    play(note, text="A good novel")
    assert asked == [(model, [2, 4, 1]) for model in room.MODELS]


def test_a_high_temperature_is_nearer_to_one_half() -> None:
    cold, warm = (bars(play(text="a good film", temperature=t)) for t in (1, 8))
    assert all(50 < w < c for c, w in zip(cold, warm, strict=True))


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_to_read_is_said(text: str) -> None:
    (view,) = play(text=text)["views"]
    assert "?" in view["text"]


@pytest.mark.parametrize(
    "text", ["x", "good " * 500, "é 😀", "<b>good</b>", "日本", "\ud83d film"]
)
def test_whatever_a_reader_types_gives_views(text: str) -> None:
    html = render_views(play(text=text)["views"])
    assert "<b>" not in html


@pytest.fixture(scope="module")
def files() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the playground's real models and vocabulary."""
    pytest.importorskip("onnxscript", reason="the extra `book` brings onnxscript")
    models = {name: make() for name, make in room.MODELS.items()}
    return models, {name: make() for name, make in room.RESOURCES.items()}


def test_what_it_shows_is_what_the_networks_say(
    files: tuple[dict[str, bytes], dict[str, bytes]],
) -> None:
    from nlpcourse.page.export import session_runner
    from nlpcourse.statistics.naive_bayes.features import words
    from nlpcourse.transformers.transfer import recipes
    from nlpcourse.transformers.transfer.student import vocabulary_of

    models, resources = files
    assert sum(map(len, [*models.values(), *resources.values()])) < 6_000_000
    vocabulary = vocabulary_of("films", recipes.CNN["least"])
    for text in (room.INPUTS[0]["value"], "Dull, long and without a single laugh."):
        found = bars(play(session_runner(models), resources, text=text))
        numbers = torch.tensor([vocabulary.encode(words(text))])
        for value, name in zip(
            found, (recipes.LABELLED_STUDENT, recipes.STUDENT), strict=True
        ):
            with torch.no_grad():
                network = recipes.load_student(name)
                logits = network(numbers, torch.tensor([numbers.shape[1]]))
            wanted = 100 * float(logits.softmax(dim=-1)[0, 1])
            assert value == pytest.approx(wanted, abs=0.5)
