"""Chapter 29: positions, the model's masks, the search's step, the page, and the checks' hints."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from nlpcourse.checks import judge, parameters
from nlpcourse.neural.seq2seq.symbols import BEGIN, END
from nlpcourse.playgrounds import transformer as playground
from nlpcourse.playgrounds.models import Tensor, drive
from nlpcourse.playgrounds.views import render_views
from nlpcourse.transformers import transformer as tf
from nlpcourse.transformers.attention import causal_mask
from nlpcourse.transformers.transformer import positions, tasks


@pytest.fixture
def model() -> tf.Transformer:
    torch.manual_seed(0)
    return tf.Transformer(
        9, 7, size=8, heads=2, layers=2, inner=12, dropout=0.5
    ).eval()


SOURCE = torch.tensor([[3, 4, 5, 2], [6, 2, 0, 0]])
TARGET = torch.tensor([[1, 3, 4], [1, 5, 6]])


def test_the_future_of_the_answer_changes_nothing(model: tf.Transformer) -> None:
    before = model(SOURCE, TARGET)
    changed = TARGET.clone()
    changed[:, 2] = 2
    after = model(SOURCE, changed)
    torch.testing.assert_close(before[:, :2], after[:, :2])
    assert not torch.allclose(before[:, 2], after[:, 2])


def test_padding_of_the_source_changes_nothing(model: tf.Transformer) -> None:
    together = model(SOURCE, TARGET)[1]
    alone = model(SOURCE[1:, :2], TARGET[1:])[0]
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)


def test_the_order_of_the_source_matters(model: tf.Transformer) -> None:
    swapped = SOURCE[:, [1, 0, 2, 3]]
    assert not torch.allclose(model(SOURCE, TARGET)[0], model(swapped, TARGET)[0])


def test_one_table_reads_and_predicts(model: tf.Transformer) -> None:
    shared = tf.Transformer(9, 9, size=8, heads=2, layers=1, inner=8, shared=True)
    assert shared.source is None
    assert "source.weight" not in shared.state_dict()
    memory, real = model.encode(SOURCE)
    vectors = model.stacks.write(
        model.embed(TARGET, model.target), memory, causal_mask(3), real
    )
    expected = vectors @ model.target.weight.T
    torch.testing.assert_close(model(SOURCE, TARGET), expected)


def test_a_step_of_the_search_says_what_the_whole_says(
    model: tf.Transformer,
) -> None:
    memory, real = model.encode(SOURCE)
    state = (memory, real, TARGET[:, :2])
    log_p, (_, _, written) = tasks.next_step(model, TARGET[:, 2], state)
    whole = model(SOURCE, TARGET)[:, -1].log_softmax(dim=-1)
    torch.testing.assert_close(log_p, whole)
    assert torch.equal(written, TARGET)


def test_greedy_answers_are_those_of_the_plain_loop(model: tf.Transformer) -> None:
    sources = [[3, 4]]
    memory, real = model.encode(torch.tensor([[*sources[0], END]]))
    written = torch.tensor([[BEGIN]])
    by_hand: list[int] = []
    for _ in range(16):
        best = int(model.decode(written, memory, real)[0, -1].argmax())
        if best == END:
            break
        by_hand.append(best)
        written = torch.cat([written, torch.tensor([[best]])], dim=1)
    assert tasks.answers(model, sources)[0] == by_hand


@pytest.mark.parametrize("place", [0, 7, 300])
def test_a_shift_is_the_same_turn_everywhere(place: int) -> None:
    waves = positions.positional_encoding(400, 32).double()
    turn = positions.shift_matrix(5, 32).double()
    torch.testing.assert_close(
        waves[place] @ turn, waves[place + 5], atol=1e-4, rtol=1e-4
    )


def test_positions_are_the_papers_formula() -> None:
    waves = positions.positional_encoding(50, 6)
    for place, pair in ((0, 0), (7, 1), (49, 2)):
        angle = place / 10_000 ** (2 * pair / 6)
        assert float(waves[place, 2 * pair]) == pytest.approx(
            math.sin(angle), abs=1e-5
        )
        assert float(waves[place, 2 * pair + 1]) == pytest.approx(
            math.cos(angle), abs=1e-5
        )
    with pytest.raises(ValueError, match="must be even"):
        positions.positional_encoding(3, 5)


def test_the_schedule_peaks_where_its_curves_meet() -> None:
    rates = [tf.warm_up_rate(step, 64, 30) for step in range(1, 200)]
    assert max(rates) == rates[29]
    assert rates[14] == pytest.approx(rates[29] / 2)
    assert rates[119] == pytest.approx(rates[29] / 2)
    with pytest.raises(ValueError, match="counted from 1"):
        tf.warm_up_rate(0, 64, 30)


def test_without_a_last_norm_only_that_is_missing() -> None:
    torch.manual_seed(0)
    with_it = tf.Stacks(8, 2, 1, 8)
    without = tf.Stacks(8, 2, 1, 8, last_norm=False)
    weights = {k: v for k, v in with_it.state_dict().items() if "_norm" not in k}
    without.load_state_dict(weights)
    assert isinstance(without.encoder_norm, nn.Identity)
    x = torch.randn(1, 3, 8)
    torch.testing.assert_close(
        with_it.encoder_norm(without.read(x)), with_it.read(x)
    )


# ------------------------------------------------------------------------------- the hints


def wrong_answers() -> dict[str, tuple[str, Callable[..., Any], str]]:
    def centred(numbers: list[float]) -> list[float]:
        return [x - sum(numbers) / len(numbers) for x in numbers]

    def real(target: torch.Tensor, padding: int) -> torch.Tensor:
        return (target != padding)[:, None, None, :]

    return {
        "centred": ("29.1", centred, "brought to 1"),
        "no size": ("29.2", lambda s, c, w: min(s**-0.5, s * w**-1.5), "size"),
        "larger": (
            "29.2",
            lambda s, c, w: c**-0.5 * max(s**-0.5, s * w**-1.5),
            "larger",
        ),
        "padding alone": ("29.3", real, "see the last"),
        "causal alone": (
            "29.3",
            lambda t, p: causal_mask(t.shape[1])[None, None],
            "filling",
        ),
        "upside down": (
            "29.3",
            lambda t, p: ~(causal_mask(t.shape[1]) & real(t, p)),
            "upside down",
        ),
        "too large": (
            "29.4",
            lambda n: tf.Transformer(n, n, size=128, layers=2),
            "parameters",
        ),
    }


@pytest.mark.parametrize("name", sorted(wrong_answers()))
def test_a_wrong_answer_is_met_with_its_question(name: str) -> None:
    identifier, answer, part = wrong_answers()[name]
    verdict = judge(identifier, answer)
    assert not verdict.passed
    assert part in verdict.message
    assert "?" in verdict.message


def test_the_schedules_numbers_are_drawn() -> None:
    assert parameters("29.2")["warmup"] >= 400


# -------------------------------------------------------------------------- the playground

SYMBOLS = playground.RESOURCES[playground.SYMBOLS]


def speaker(call: Any) -> dict[str, Tensor]:
    """Says three sounds, then the end, and looks at one letter after the other."""
    step = call.feeds["written"].shape[1]
    letters = call.feeds["letters"].shape[1]
    chosen = END if step > 3 else 4 + step
    log_p = [-9.0] * 42
    log_p[chosen] = -0.1
    looks = [0.0] * letters
    looks[min(step, letters) - 1] = 1.0
    return {
        "log_probabilities": Tensor("float32", [1, 42], log_p),
        "weights": Tensor("float32", [1, 4, letters], looks * 4),
    }


@pytest.mark.parametrize(
    "word", ["cat", "don't", "", "x" * 30, "naïve", "two words", "A"]
)
@pytest.mark.parametrize("head", ["all", "2", "nine"])
def test_no_input_breaks_it(word: str, head: str) -> None:
    resources = {playground.SYMBOLS: SYMBOLS()}
    steps = playground.run({"word": word, "head": head}, resources)
    result = drive(steps, speaker)
    assert render_views(result["views"])
    assert result["summary"]


def test_an_answer_without_an_end_is_cut_off() -> None:
    def endless(call: Any) -> dict[str, Tensor]:
        outputs = speaker(call)
        row = [-9.0] * 42
        row[10] = -0.1
        return {**outputs, "log_probabilities": Tensor("float32", [1, 42], row)}

    resources = {playground.SYMBOLS: SYMBOLS()}
    result = drive(playground.run({"word": "cat"}, resources), endless)
    assert "cut off" in render_views(result["views"])
