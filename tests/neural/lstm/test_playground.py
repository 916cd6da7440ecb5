"""Chapter 23's playground: its numbers are the trained model's, its choices as asked for."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse.neural.lstm import playground as room
from nlpcourse.page.models import Call, Outputs, Tensor, drive
from nlpcourse.page.views import render_views

WORDS = ["<eos>", "<unk>", "the", "cat", "sat", "on"]
RESOURCES = {room.WORDS: " ".join(WORDS).encode()}
DEFAULTS = {field["name"]: field["value"] for field in room.INPUTS}

Runner = Callable[[Call], Outputs]


def toy(call: Call) -> Outputs:
    """Answer that the word behind the last one in the list comes next, most likely."""
    read = call.feeds["words"].data
    after = (read[-1] + 1) % len(WORDS)
    weights = [8.0 if n == after else 1.0 for n in range(len(WORDS))]
    logs = [math.log(w / sum(weights)) for w in weights]
    return {"log_probabilities": Tensor("float32", [1, len(logs)], logs)}


def play(runner: Runner = toy, resources: Any = RESOURCES, **changes: Any) -> Any:
    return drive(room.run({**DEFAULTS, **changes}, resources), runner)


def view(result: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [v for v in result["views"] if v["kind"] == kind]
    return dict(found)


def continuation(result: dict[str, Any]) -> list[str]:
    return [t["text"] for t in view(result, "tokens")["tokens"] if t["group"] == 2]


def test_the_likeliest_word_is_written_when_only_one_is_kept() -> None:
    result = play(text="the", top_k=1)
    # the word behind "<eos>" would be <unk>, which is never written
    assert continuation(result)[:3] == ["cat", "sat", "on"]
    assert len(continuation(result)) == room.WRITTEN
    assert view(result, "bars")["items"] == [{"label": "cat", "value": 100.0}]


def test_the_model_reads_the_text_after_an_end_of_line() -> None:
    asked: list[Any] = []

    def note(call: Call) -> Outputs:
        asked.append(call.feeds["words"])
        return toy(call)

    play(note, text="The cat flies", top_k=1)
    assert asked[0].type == "int64"
    assert asked[0].data == [0, 2, 3, 1]
    assert list(asked[1].shape) == [1, 5]
    assert len(asked) == room.WRITTEN


def test_a_seed_repeats_a_continuation() -> None:
    one, again, other = (play(text="the", temperature=2, seed=s) for s in (3, 3, 4))
    assert continuation(one) == continuation(again)
    assert continuation(one) != continuation(other)


def test_a_word_outside_the_vocabulary_is_shown_and_said() -> None:
    result = play(text="the zorblax sat")
    assert "`zorblax`" in result["summary"]
    marked = [t for t in view(result, "tokens")["tokens"] if "label" in t]
    assert marked == [{"text": "zorblax", "group": 1, "label": "<unk>"}]


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""},
        {"text": " \n "},
        {"text": "<script>alert(1)</script>"},
        {"text": "cat " * 200},
        {"top_k": 0},
        {"top_k": None},
        {"top_p": 0},
        {"temperature": 0},
        {"seed": None},
        {"seed": -3},
    ],
)
def test_whatever_a_reader_types_gives_views(changes: dict[str, Any]) -> None:
    result = play(**changes)
    html = render_views(result["views"])
    assert html
    assert "<script>" not in html


logs = st.lists(st.floats(-20, 0), min_size=2, max_size=30)


@settings(max_examples=25, deadline=None)
@given(logs, st.floats(0.1, 2), st.integers(1, 40), st.floats(0.05, 1))
def test_what_is_kept_is_the_top_of_the_distribution(
    scores: list[float], temperature: float, top_k: int, top_p: float
) -> None:
    import torch

    found = room.kept(scores, temperature, top_k, top_p, never=0)
    hot = torch.tensor(scores, dtype=torch.float64) / temperature
    hot[0] = -math.inf
    chances = hot.softmax(0)
    assert 1 <= len(found) <= min(top_k, len(scores) - 1)
    assert sum(share for _, share in found) == pytest.approx(1)
    numbers = [n for n, _ in found]
    assert 0 not in numbers
    best = chances.sort(descending=True).values[: len(found)]
    assert chances[numbers].tolist() == pytest.approx(best.tolist())
    renormalised = (best / best.sum()).tolist()
    assert [share for _, share in found] == pytest.approx(renormalised)
    if top_p < 1 and len(found) < min(top_k, len(scores) - 1):
        assert float(best.sum()) >= top_p - 1e-9
    if (
        top_p < 1
    ):  # at 1 nothing is cut, and sums of shares round to 1 before the end
        assert float(best[:-1].sum()) < top_p + 1e-9 or len(found) == 1


@pytest.fixture(scope="module")
def files() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the playground's real model and vocabulary."""
    pytest.importorskip("onnxruntime", reason="the extra `book` brings onnxruntime")
    pytest.importorskip("onnxscript", reason="the extra `book` brings onnxscript")
    models = {name: make() for name, make in room.MODELS.items()}
    return models, {name: make() for name, make in room.RESOURCES.items()}


@pytest.mark.assets
@pytest.mark.parametrize(
    "text", ["the", "The castle was built by", "Mbappé zorblax 1999 Okanagan"]
)
def test_the_file_gives_the_trained_models_own_probabilities(
    files: tuple[dict[str, bytes], dict[str, bytes]], text: str
) -> None:
    import torch

    from nlpcourse.neural.lstm import recipes
    from nlpcourse.page.export import session_runner

    models, resources = files
    words = resources[room.WORDS].decode().split(" ")
    number = {word: n for n, word in enumerate(words)}
    read = [
        number["<eos>"],
        *(number.get(w, number["<unk>"]) for w in text.split()),
    ]
    read += [len(words) - 1]  # the rarest class, too
    call = Call(room.MODEL, {"words": Tensor("int64", [1, len(read)], read)})
    found = session_runner(models)(call)["log_probabilities"]
    trained, _ = recipes.load_language_model()
    with torch.no_grad():
        expected = trained.eval().next_log_probabilities(torch.tensor([read]))
    assert list(found.shape) == [1, len(words)]
    got = torch.tensor(found.data).reshape(found.shape)
    torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-4)
    assert float(got.exp().sum()) == pytest.approx(1, abs=1e-3)


@pytest.mark.assets
def test_the_page_is_light_and_the_default_speaks(
    files: tuple[dict[str, bytes], dict[str, bytes]],
) -> None:
    from nlpcourse.page.export import session_runner

    models, resources = files
    assert sum(map(len, [*models.values(), *resources.values()])) < 6_000_000
    result = play(session_runner(models), resources)
    assert len(json.dumps(result)) < 20_000
    assert "<unk>" not in continuation(result)
    assert "may be drawn" in result["summary"]
    assert view(result, "bars")["items"][0]["value"] > 10
