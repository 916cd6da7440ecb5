"""Chapter 28: masks, heads, the small reader, and the hints of the checks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from answers import each_meets_its_question
from nlpcourse.exercises import judge, parameters
from nlpcourse.page.views import render_views
from nlpcourse.transformers.attention import mechanism, playground
from nlpcourse.transformers.attention.cost import multiplications
from nlpcourse.transformers.attention.mechanism import (
    MultiHeadAttention,
    causal_mask,
    padding_mask,
)
from nlpcourse.transformers.attention.reader import (
    Alphabet,
    NextCharacter,
    austen_alphabet,
    continue_text,
    held_out_windows,
    look_back,
    reading_loss,
)
from nlpcourse.transformers.attention.recipes import load_reader, read_for
from nlpcourse.transformers.attention.speed import seconds_to_mix, seconds_to_recur


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
    straight, _ = mechanism.attention(x, x, x)
    shuffled, _ = mechanism.attention(x[order], x[order], x[order])
    torch.testing.assert_close(shuffled, straight[order])


def test_under_a_causal_mask_the_future_changes_nothing() -> None:
    x = numbers(1, 6, 8)
    layer = MultiHeadAttention(8, 2).double()
    mask = causal_mask(6)
    before, weights = layer(x, x, x, mask)
    changed = x.clone()
    changed[:, 4:] += 5
    after, _ = layer(changed, changed, changed, mask)
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])
    assert float(weights.triu(1).abs().max()) == 0


def test_padding_changes_no_real_token() -> None:
    x = numbers(1, 4, 6)
    layer = MultiHeadAttention(6, 3).double()
    alone, _ = layer(x, x, x)
    padded = torch.cat([x, 9 * torch.ones(1, 2, 6, dtype=torch.float64)], dim=1)
    mask = padding_mask(torch.tensor([4]), 6)
    together, _ = layer(padded, padded, padded, mask)
    torch.testing.assert_close(together[:, :4], alone)


def test_a_row_that_sees_nothing_is_nan() -> None:
    mixed, _ = mechanism.attention(
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


def test_a_hidden_row_spoils_gradients_even_where_the_loss_leaves_it_out() -> None:
    """What the chapter says of NaN: the loss is a number, and two matrices are lost."""
    layer = MultiHeadAttention(4, 1)
    x = torch.ones(1, 2, 4)
    mixed, _ = layer(x, x, x, torch.tensor([[True, False], [False, False]]))
    loss = mixed[:, 0].sum()
    loss.backward()  # type: ignore[no-untyped-call]
    lost = {
        name for name, p in layer.named_parameters() if bool(p.grad.isnan().any())
    }
    assert bool(loss.isfinite())
    assert {"value.weight", "output.weight"} <= lost


# ------------------------------------------------------------------------------- the edges


@pytest.mark.parametrize(
    ("size", "heads"), [(10, 3), (8, 0), (8, -2), (0, 1), (0, 0), (4, 8)]
)
def test_heads_must_share_the_channels(size: int, heads: int) -> None:
    with pytest.raises(ValueError, match=f"a number of heads that divides {size}"):
        MultiHeadAttention(size, heads)


@pytest.mark.parametrize(
    ("query", "key", "value", "part"),
    [
        ((2, 3), (2, 4), (2, 4), "project both to one length"),
        ((2, 0), (2, 0), (2, 1), "at least one number"),
        ((2, 3), (0, 3), (0, 3), "nobody can be looked at"),
        ((2, 3), (4, 3), (5, 3), "every key needs its value"),
    ],
)
def test_what_can_not_be_compared_is_refused(
    query: tuple[int, ...], key: tuple[int, ...], value: tuple[int, ...], part: str
) -> None:
    with pytest.raises(ValueError, match=part):
        mechanism.attention(numbers(*query), numbers(*key), numbers(*value))


def test_nobody_looks_and_one_looks() -> None:
    x = numbers(3, 2)
    mixed, weights = mechanism.attention(x[:0], x, x)
    assert (mixed.shape, weights.shape) == ((0, 2), (0, 3))
    alone, weights = mechanism.attention(x[:1], x[:1], x[:1])
    torch.testing.assert_close(alone, x[:1])
    assert weights.tolist() == [[1.0]]


def test_masks_of_no_length_and_of_lists() -> None:
    assert causal_mask(0).shape == (0, 0)
    assert padding_mask([2, 1], 2).flatten(1).tolist() == [
        [True, True],
        [True, False],
    ]
    assert padding_mask([], 2).shape == (0, 1, 1, 2)
    with pytest.raises(ValueError, match="0 tokens or more, not -1"):
        causal_mask(-1)
    for lengths in ([0, 2], [4], [-1], [math.nan]):
        with pytest.raises(ValueError, match="leave empty texts out"):
            padding_mask(lengths, 3)


def test_costs_of_nothing() -> None:
    assert set(multiplications(0, 3).values()) == {0}
    with pytest.raises(ValueError, match="0 tokens or more"):
        multiplications(-1, 3)
    for measure in (seconds_to_mix, seconds_to_recur):
        assert measure(4, 2, turns=1) >= 0
        with pytest.raises(ValueError, match="1 or more of each"):
            measure(0, 2)
        with pytest.raises(ValueError, match="take 1 or more"):
            measure(4, 2, turns=0)


def test_an_alphabet_of_nothing_and_of_strangers() -> None:
    nothing = Alphabet("")
    assert len(nothing) == 1
    assert nothing.encode("ab").tolist() == [0, 0]
    assert nothing.encode("").dtype == torch.long
    for strange in (-1, 1):
        with pytest.raises(ValueError, match="no characters"):
            nothing.decode([strange])


def test_the_reader_refuses_what_it_can_not_read(reader: NextCharacter) -> None:
    with pytest.raises(ValueError, match="reads 1 to 6"):
        reader(torch.zeros(1, 7, dtype=torch.long))
    with pytest.raises(ValueError, match="reads 1 to 6"):
        reader(torch.zeros(1, 0, dtype=torch.long))
    with pytest.raises(ValueError, match="at least one character"):
        continue_text(reader, "", 3)
    with pytest.raises(ValueError, match="can't show a look 6 places back"):
        look_back(reader, torch.zeros(2, 6, dtype=torch.long), 6)
    with pytest.raises(ValueError, match="over no windows"):
        reading_loss(reader, torch.zeros(0, 7, dtype=torch.long))
    for context, count in ((32, 0), (32, 10**6), (0, 1), (-3, 1)):
        with pytest.raises(ValueError, match="the novel has 1 to"):
            held_out_windows(context, count)


def test_number_of_heads_changes_no_number_of_parameters() -> None:
    sizes = {
        sum(p.numel() for p in MultiHeadAttention(16, heads).parameters())
        for heads in (1, 2, 4, 16)
    }
    assert sizes == {4 * (16 * 16 + 16)}


def test_multiplications_are_those_of_the_products() -> None:
    """Count the multiplications of the products that the layer really makes."""
    from torch.utils.flop_counter import FlopCounterMode

    length, size = 12, 8
    x = numbers(1, length, size)
    layer = MultiHeadAttention(size, 2).double()
    with FlopCounterMode(display=False) as counter:
        layer(x, x, x)
    found = multiplications(length, size)
    # the counter counts a multiplication and an addition each
    assert counter.get_total_flops() == 2 * (found["mixing"] + found["projecting"])


def test_look_back_measures_distance() -> None:
    class TwoBack(torch.nn.Module):
        """Looks two back, always."""

        def forward(self, text: Tensor) -> tuple[Tensor, Tensor]:
            weights = torch.diag(torch.ones(text.shape[1] - 2), -2)
            return text, weights.expand(len(text), 1, -1, -1)

    found = look_back(TwoBack(), torch.zeros(3, 9), 4)  # type: ignore[arg-type]
    assert found.tolist() == [[0, 0, 1, 0, 0]]


@pytest.fixture
def reader() -> NextCharacter:
    torch.manual_seed(0)
    return NextCharacter(5, size=8, heads=2, context=6).eval()


def test_the_readers_loss_is_that_of_its_probabilities(
    reader: NextCharacter,
) -> None:
    windows = torch.randint(5, (7, 7), generator=torch.Generator().manual_seed(1))
    total = 0.0
    for row in windows:
        for t in range(6):
            scores, _ = reader(row[None, : t + 1])
            total -= float(scores[0, -1].log_softmax(0)[row[t + 1]].detach())
    assert reading_loss(reader, windows) == pytest.approx(total / 42, rel=1e-5)


def test_a_reader_that_peeks_learns_what_it_is_asked() -> None:
    """Seeing the answer it has a loss that no honest reader reaches."""
    model, losses = read_for(150, causal=False)
    windows = held_out_windows(32, 100)
    assert losses[-1] < 1.0
    assert reading_loss(model, windows, causal=False) < 1.0
    assert reading_loss(model, windows) > 3.0


def test_the_books_are_read_whole() -> None:
    windows = held_out_windows(32, 10)
    assert windows.shape == (10, 33)
    assert austen_alphabet().decode(windows[0].tolist()).startswith("[Persuasion")


# ------------------------------------------------------------------------------- the hints


def wrong_answers() -> dict[str, tuple[str, Any, str]]:
    length, window = (parameters("28.2")[name] for name in ("length", "window"))
    near = causal_mask(length) & ~causal_mask(length).tril(-window)

    def weights(query: Any, keys: Any, scale: float) -> Tensor:
        dots = torch.tensor(keys) @ torch.tensor(query) * scale
        return dots.softmax(0)

    def online(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return mechanism.attention(q, k, v, causal_mask(len(q)))[0]

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
        "sums to one, softly": (
            "28.1",
            lambda q, k, v: [1.0, 0.0, 0.0],
            "weights of",
        ),
        "upside down": ("28.2", ~near, "upside down"),
        "whole past": ("28.2", causal_mask(length), "itself count"),
        "ahead": ("28.2", near.T, "look ahead"),
        "not itself": ("28.2", near & ~torch.eye(length).bool(), "look at itself"),
        "too small": ("28.2", near[1:], "Who looks"),
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
            lambda q, k, v: mechanism.attention(q, k, v)[0],
            "future",
        ),
    }


test_a_wrong_answer_is_met_with_its_question = each_meets_its_question(
    wrong_answers().values()
)


def test_other_forms_of_a_right_answer_pass() -> None:
    p = parameters("28.2")
    near = [
        [0 <= i - j < p["window"] for j in range(p["length"])]
        for i in range(p["length"])
    ]

    def by_query(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        rows = [
            mechanism.attention(q[i : i + 1], k[: i + 1], v[: i + 1])[0]
            for i in range(len(q))
        ]
        return torch.cat(rows)

    assert judge("28.2", near).passed
    assert judge("28.2", np.array(near)).passed
    assert judge("28.2", torch.tensor(near).float()).passed
    assert judge("28.4", by_query).passed
    assert judge(
        "28.4", lambda q, k, v: by_query(q.float(), k.float(), v.float())
    ).passed
    assert judge("28.4", lambda q, k, v: by_query(q, k, v).tolist()).passed
    assert judge("28.3", lambda x, h: torch.stack(x.chunk(h, dim=-1), dim=1)).passed
    assert judge(
        "28.3", lambda x, h: np.stack(np.split(x.numpy(), h, -1), 1)
    ).passed


# -------------------------------------------------------------------------- the playground


@pytest.fixture(scope="module")
def resources() -> dict[str, bytes]:
    return {name: make() for name, make in playground.RESOURCES.items()}


def test_the_page_computes_what_torch_computes(resources: dict[str, bytes]) -> None:
    packed = playground.unpack(resources[playground.RESOURCE])
    model, _ = load_reader()
    text = "the carriage was at the d"
    scores, weights = model(austen_alphabet().encode(text)[None])
    for head in range(4):
        look = playground.look(packed, text, head, playground.CAUSAL, 1.0, True)
        torch.testing.assert_close(
            torch.tensor(look.weights), weights[0, head].detach(), atol=5e-3, rtol=0
        )
    best = playground.next_characters(packed, text)
    chances = scores[0, -1].softmax(0)
    assert best[0][0] == austen_alphabet().decode([int(chances.argmax())])
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
