"""Chapter 28: masks, heads, the small reader, and the hints of the checks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from nlpcourse.checks import judge, parameters
from nlpcourse.playgrounds import attention as playground
from nlpcourse.playgrounds.views import render_views
from nlpcourse.transformers import attention as att


def numbers(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@given(length=st.integers(1, 9), seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_without_positions_a_shuffled_text_gives_the_shuffled_answer(
    length: int, seed: int
) -> None:
    x = numbers(length, 4, seed=seed)
    order = torch.randperm(length, generator=torch.Generator().manual_seed(seed))
    straight, _ = att.attention(x, x, x)
    shuffled, _ = att.attention(x[order], x[order], x[order])
    torch.testing.assert_close(shuffled, straight[order])


def test_under_a_causal_mask_the_future_changes_nothing() -> None:
    x = numbers(1, 6, 8)
    layer = att.MultiHeadAttention(8, 2).double()
    mask = att.causal_mask(6)
    before, weights = layer(x, x, x, mask)
    changed = x.clone()
    changed[:, 4:] += 5
    after, _ = layer(changed, changed, changed, mask)
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])
    assert float(weights.triu(1).abs().max()) == 0


def test_padding_changes_no_real_token() -> None:
    x = numbers(1, 4, 6)
    layer = att.MultiHeadAttention(6, 3).double()
    alone, _ = layer(x, x, x)
    padded = torch.cat([x, 9 * torch.ones(1, 2, 6, dtype=torch.float64)], dim=1)
    mask = att.padding_mask(torch.tensor([4]), 6)
    together, _ = layer(padded, padded, padded, mask)
    torch.testing.assert_close(together[:, :4], alone)


def test_a_row_that_sees_nothing_is_nan() -> None:
    mixed, _ = att.attention(
        numbers(2, 3),
        numbers(2, 3),
        numbers(2, 3),
        torch.tensor([[True, True], [False, False]]),
    )
    assert mixed.isnan().tolist() == [[False] * 3, [True] * 3]


def test_dot_products_grow_as_the_root_of_the_length() -> None:
    for depth in (4, 64, 1024):
        dots = (numbers(4000, depth) * numbers(4000, depth, seed=1)).sum(dim=1)
        assert float(dots.std()) == pytest.approx(math.sqrt(depth), rel=0.05)


def test_errors_say_what_to_do() -> None:
    with pytest.raises(ValueError, match="a number of heads that divides 10"):
        att.MultiHeadAttention(10, 3)
    with pytest.raises(ValueError, match="project both to one length"):
        att.attention(numbers(2, 3), numbers(2, 4), numbers(2, 4))
    with pytest.raises(ValueError, match="leave empty texts out"):
        att.padding_mask(torch.tensor([0, 2]), 3)


def test_number_of_heads_changes_no_number_of_parameters() -> None:
    sizes = {
        sum(p.numel() for p in att.MultiHeadAttention(16, heads).parameters())
        for heads in (1, 2, 4, 16)
    }
    assert sizes == {4 * (16 * 16 + 16)}


def test_multiplications_are_those_of_the_products() -> None:
    """Count the multiplications of the products that the layer really makes."""
    from torch.utils.flop_counter import FlopCounterMode

    length, size = 12, 8
    x = numbers(1, length, size)
    layer = att.MultiHeadAttention(size, 2).double()
    with FlopCounterMode(display=False) as counter:
        layer(x, x, x)
    found = att.multiplications(length, size)
    # the counter counts a multiplication and an addition each
    assert counter.get_total_flops() == 2 * (found["mixing"] + found["projecting"])


def test_look_back_measures_distance() -> None:
    class TwoBack(torch.nn.Module):
        """Looks two back, always."""

        def forward(self, text: Tensor) -> tuple[Tensor, Tensor]:
            weights = torch.diag(torch.ones(text.shape[1] - 2), -2)
            return text, weights.expand(len(text), 1, -1, -1)

    found = att.look_back(TwoBack(), torch.zeros(3, 9), 4)  # type: ignore[arg-type]
    assert found.tolist() == [[0, 0, 1, 0, 0]]


@pytest.fixture
def reader() -> att.NextCharacter:
    torch.manual_seed(0)
    return att.NextCharacter(5, size=8, heads=2, context=6).eval()


def test_the_readers_loss_is_that_of_its_probabilities(
    reader: att.NextCharacter,
) -> None:
    windows = torch.randint(5, (7, 7), generator=torch.Generator().manual_seed(1))
    total = 0.0
    for row in windows:
        for t in range(6):
            scores, _ = reader(row[None, : t + 1])
            total -= float(scores[0, -1].log_softmax(0)[row[t + 1]].detach())
    assert att.reading_loss(reader, windows) == pytest.approx(total / 42, rel=1e-5)


def test_a_reader_that_peeks_learns_what_it_is_asked() -> None:
    """Seeing the answer it has a loss that no honest reader reaches."""
    model, losses = att.read_for(150, causal=False)
    windows = att.held_out_windows(32, 100)
    assert losses[-1] < 1.0
    assert att.reading_loss(model, windows, causal=False) < 1.0
    assert att.reading_loss(model, windows) > 3.0


def test_the_books_are_read_whole() -> None:
    windows = att.held_out_windows(32, 10)
    assert windows.shape == (10, 33)
    assert (
        att.austen_alphabet().decode(windows[0].tolist()).startswith("[Persuasion")
    )


# ------------------------------------------------------------------------------- the hints


def wrong_answers() -> dict[str, tuple[str, Callable[..., Any], str]]:
    def weights(query: Any, keys: Any, scale: float) -> Tensor:
        dots = torch.tensor(keys) @ torch.tensor(query) * scale
        return dots.softmax(0)

    def online(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return att.attention(q, k, v, att.causal_mask(len(q)))[0]

    return {
        "unscaled": (
            "28.1",
            lambda q, k, v: (weights(q, k, 1.0) @ torch.tensor(v)).tolist(),
            "divided",
        ),
        "weights": (
            "28.1",
            lambda q, k, v: weights(q, k, 0.5).tolist(),
            "weights of",
        ),
        "best": (
            "28.1",
            lambda q, k, v: v[int(weights(q, k, 1.0).argmax())],
            "second best",
        ),
        "upside down": (
            "28.2",
            lambda n, w: ~(att.causal_mask(n) & ~att.causal_mask(n).tril(-w)),
            "upside down",
        ),
        "whole past": ("28.2", lambda n, w: att.causal_mask(n), "window"),
        "ahead": (
            "28.2",
            lambda n, w: (att.causal_mask(n) & ~att.causal_mask(n).tril(-w)).T,
            "look ahead",
        ),
        "view alone": (
            "28.3",
            lambda x, h: x.view(x.shape[0], h, x.shape[1], -1),
            "borders",
        ),
        "not moved": (
            "28.3",
            lambda x, h: x.view(*x.shape[:2], h, -1),
            "third axis",
        ),
        "whole table": ("28.4", online, "a few at a time"),
        "sees all": (
            "28.4",
            lambda q, k, v: att.attention(q, k, v)[0],
            "future",
        ),
    }


@pytest.mark.parametrize("name", sorted(wrong_answers()))
def test_a_wrong_answer_is_met_with_its_question(name: str) -> None:
    identifier, answer, part = wrong_answers()[name]
    verdict = judge(identifier, answer)
    assert not verdict.passed
    assert part in verdict.message
    assert "?" in verdict.message


def test_other_forms_of_a_right_answer_pass() -> None:
    def nested(length: int, window: int) -> list[list[bool]]:
        return [[0 <= i - j < window for j in range(length)] for i in range(length)]

    def by_query(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        rows = [
            att.attention(q[i : i + 1], k[: i + 1], v[: i + 1])[0]
            for i in range(len(q))
        ]
        return torch.cat(rows)

    assert judge("28.2", nested).passed
    assert judge("28.4", by_query).passed
    assert judge("28.3", lambda x, h: torch.stack(x.chunk(h, dim=-1), dim=1)).passed
    assert parameters("28.2")["window"] >= 2


# -------------------------------------------------------------------------- the playground


@pytest.fixture(scope="module")
def resources() -> dict[str, bytes]:
    return {name: make() for name, make in playground.RESOURCES.items()}


def test_the_page_computes_what_torch_computes(resources: dict[str, bytes]) -> None:
    packed = playground.unpack(resources[playground.RESOURCE])
    model, _ = att.load_reader()
    text = "the carriage was at the d"
    scores, weights = model(att.austen_alphabet().encode(text)[None])
    for head in range(4):
        look = playground.look(packed, text, head, playground.CAUSAL, 1.0, True)
        torch.testing.assert_close(
            torch.tensor(look.weights), weights[0, head].detach(), atol=5e-3, rtol=0
        )
    best = playground.next_characters(packed, text)
    chances = scores[0, -1].softmax(0)
    assert best[0][0] == att.austen_alphabet().decode([int(chances.argmax())])
    assert best[0][1] == pytest.approx(float(chances.max()), abs=0.02)


def test_the_playground_shows_and_explains(resources: dict[str, bytes]) -> None:
    defaults = {field["name"]: field["value"] for field in playground.INPUTS}
    result = playground.run(defaults, resources)
    page = render_views(result["views"])
    assert "nlp-heatmap" in page
    assert len(result["summary"].split()) > 10
    assert len(resources[playground.RESOURCE]) < 1_000_000


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""},
        {"text": "x"},
        {"text": "日本 emoji 🙂"},
        {"text": "a" * 500},
        {"mask": "none"},
        {"order": "no"},
        {"sharpness": 0},
        {"head": "9"},
        {"sharpness": "much"},
    ],
)
def test_no_input_breaks_it(
    resources: dict[str, bytes], changes: dict[str, Any]
) -> None:
    defaults = {field["name"]: field["value"] for field in playground.INPUTS}
    result = playground.run({**defaults, **changes}, resources)
    assert render_views(result["views"])
    assert result["summary"]
