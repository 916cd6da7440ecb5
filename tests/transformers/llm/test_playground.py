"""The playground: what is written fits, whatever a reader types gives views."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from nlpcourse.page.models import Call, Outputs, Tensor, drive
from nlpcourse.page.views import render_views
from nlpcourse.statistics.automata.dfa import accepts, compile_pattern
from nlpcourse.transformers.llm import playground as room

LETTERS = "\n abT.,é"


def even(call: Call) -> Outputs:
    """Every letter is as likely as any other."""
    assert call.feeds["ids"].shape == [1, len(call.feeds["ids"].data)]
    return {"logits": Tensor("float32", [1, len(LETTERS)], [0.0] * len(LETTERS))}


def play(
    runner: Callable[[Call], Outputs] = even,
    resources: dict[str, bytes] | None = None,
    **changed: Any,
) -> dict[str, Any]:
    inputs = {i["name"]: i["value"] for i in room.INPUTS} | changed
    stored = resources or {room.RESOURCE: json.dumps(LETTERS).encode()}
    result: dict[str, Any] = drive(room.run(inputs, stored), runner)
    return result


def written(result: dict[str, Any]) -> str:
    tokens = next(v for v in result["views"] if v["kind"] == "tokens")["tokens"]
    return "".join(t["text"] for t in tokens if t["group"])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("pattern", ["(ab)+T", "a|b", "T(a|b) (a|b)\\.", "a*"])
def test_a_whole_text_fits(pattern: str, seed: int) -> None:
    result = play(pattern=pattern, seed=seed)
    if "whole" in result["summary"] or "ended at once" in result["summary"]:
        assert accepts(compile_pattern(pattern), written(result))
    else:
        assert "length ran out" in result["summary"]


def test_even_chances_show_what_the_pattern_leaves() -> None:
    result = play(pattern="a|b", seed=0)
    table = next(v for v in result["views"] if v["kind"] == "table")
    assert table["rows"][0][1] == f"{2 / len(LETTERS):.1%}"


@pytest.mark.parametrize(
    "pattern", ["", "(", "a{", "[", "z", "\\", "ab" * 60, ".*", "é+"]
)
@pytest.mark.parametrize("prompt", ["", "  Ham. ", "☃", "a" * 60])
def test_whatever_a_reader_types_gives_views(pattern: str, prompt: str) -> None:
    result = play(pattern=pattern, prompt=prompt)
    assert result["summary"]
    assert "�" not in render_views(result["views"])


@pytest.mark.parametrize("temperature", ["", "hot", "nan", 0, -1, None, "1e999"])
def test_odd_sliders_are_met_with_words(temperature: Any) -> None:
    assert play(temperature=temperature)["summary"]


def test_the_page_is_light_and_asks_the_chapters_own_model() -> None:
    pytest.importorskip("onnxruntime", reason="the extra `book` brings onnxruntime")
    pytest.importorskip("onnxscript", reason="the extra `book` brings onnxscript")
    import torch

    from nlpcourse.page.export import session_runner
    from nlpcourse.transformers.gpt.recipes import load_shakespeare

    models = {name: make() for name, make in room.MODELS.items()}
    resources = {name: make() for name, make in room.RESOURCES.items()}
    assert sum(map(len, [*models.values(), *resources.values()])) < 6_000_000
    model, answer = load_shakespeare()[0], session_runner(models)

    def compared(call: Call) -> Outputs:
        found = answer(call)
        with torch.no_grad():
            logits = model(torch.tensor([call.feeds["ids"].data]))[0, -1]
        theirs = torch.tensor(list(found["logits"].data))
        assert torch.allclose(logits, theirs, atol=0.05)
        return found

    result = play(compared, resources)
    pattern = room.INPUTS[1]["value"]
    assert accepts(compile_pattern(pattern), written(result))
    assert len(json.dumps(result)) < 20_000
