"""Chapter 22's playground, with PyTorch in the place of the page's runtime."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from nlpcourse.neural.rnn import by_hand, characters, recipes
from nlpcourse.neural.rnn import playground as page
from nlpcourse.page.models import Call, drive
from nlpcourse.page.models import Tensor as PageTensor
from nlpcourse.page.views import render_views


def play(inputs: dict[str, Any]) -> dict[str, Any]:
    """Run the page's program with PyTorch in the place of the page's runtime."""
    model, _ = recipes.load_character_model()
    weights = model.weights()
    _, _, alphabet = characters.book()

    def runner(call: Call) -> dict[str, PageTensor]:
        number = torch.tensor(list(call.feeds["number"].data))
        state = torch.tensor(list(call.feeds["state"].data)).view(1, -1)
        new = by_hand.step(weights, alphabet.one_hot(number), state)
        scores = new @ weights["V"].T + weights["a"]
        found = {"scores": scores, "new_state": new}
        return {
            name: PageTensor("float32", list(value.shape), value[0].tolist())
            for name, value in found.items()
        }

    resources = {name: make() for name, make in page.RESOURCES.items()}
    return drive(page.run(inputs, resources), runner)


@pytest.mark.assets
def test_the_page_expects_what_the_model_expects() -> None:
    found = play({item["name"]: item["value"] for item in page.INPUTS})
    kinds = [view["kind"] for view in found["views"]]
    assert kinds == ["bars", "tokens", "heatmap", "text"]
    model, _ = recipes.load_character_model()
    _, _, alphabet = characters.book()
    text = page.INPUTS[0]["value"]
    with torch.no_grad():
        scores = model(alphabet.encode(text)[None])[0][0, -1]
    best = float(scores.softmax(-1).max())
    assert found["views"][0]["items"][0]["value"] == pytest.approx(
        100 * best, abs=0.05
    )
    assert len(found["views"][1]["tokens"]) == len(text)
    assert render_views(found["views"])


@pytest.mark.assets
@pytest.mark.parametrize("text", ["", "   ", "é漢字", "x", "Whale é " * 40])
def test_the_page_survives_any_text(text: str) -> None:
    found = play({"text": text, "temperature": 0.2})
    assert found["summary"]
    assert render_views(found["views"])
