"""Chapter 29: positions, the model's masks, the search's step, the page, and the checks' hints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import nn

from answers import each_meets_its_question
from nlpcourse.exercises import parameters
from nlpcourse.neural.seq2seq.symbols import BEGIN, END
from nlpcourse.page.models import Tensor, drive
from nlpcourse.page.views import render_views
from nlpcourse.transformers.attention.mechanism import causal_mask
from nlpcourse.transformers.transformer import playground, positions, tasks
from nlpcourse.transformers.transformer.backwards import Backwards, speller
from nlpcourse.transformers.transformer.joined import edits_by_length
from nlpcourse.transformers.transformer.layers import layer_norm
from nlpcourse.transformers.transformer.learning import (
    smoothed_cross_entropy,
    smoothed_target,
    warm_up_rate,
)
from nlpcourse.transformers.transformer.model import Stacks, Transformer
from nlpcourse.transformers.transformer.speed import seconds_per_step


@pytest.fixture
def model() -> Transformer:
    torch.manual_seed(0)
    return Transformer(
        9, 7, size=8, heads=2, layers=2, inner=12, dropout=0.5
    ).eval()


SOURCE = torch.tensor([[3, 4, 5, 2], [6, 2, 0, 0]])
TARGET = torch.tensor([[1, 3, 4], [1, 5, 6]])


def test_the_future_of_the_answer_changes_nothing(model: Transformer) -> None:
    before = model(SOURCE, TARGET)
    changed = TARGET.clone()
    changed[:, 2] = 2
    after = model(SOURCE, changed)
    torch.testing.assert_close(before[:, :2], after[:, :2])
    assert not torch.allclose(before[:, 2], after[:, 2])


def test_padding_of_the_source_changes_nothing(model: Transformer) -> None:
    together = model(SOURCE, TARGET)[1]
    alone = model(SOURCE[1:, :2], TARGET[1:])[0]
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)


def test_the_order_of_the_source_matters(model: Transformer) -> None:
    swapped = SOURCE[:, [1, 0, 2, 3]]
    assert not torch.allclose(model(SOURCE, TARGET)[0], model(swapped, TARGET)[0])


def test_one_table_reads_and_predicts(model: Transformer) -> None:
    shared = Transformer(9, 9, size=8, heads=2, layers=1, inner=8, shared=True)
    assert shared.source is None
    assert "source.weight" not in shared.state_dict()
    memory, real = model.encode(SOURCE)
    vectors = model.stacks.write(
        model.embed(TARGET, model.target), memory, causal_mask(3), real
    )
    expected = vectors @ model.target.weight.T
    torch.testing.assert_close(model(SOURCE, TARGET), expected)


def test_a_step_of_the_search_says_what_the_whole_says(
    model: Transformer,
) -> None:
    memory, real = model.encode(SOURCE)
    state = (memory, real, TARGET[:, :2])
    log_p, (_, _, written) = tasks.next_step(model, TARGET[:, 2], state)
    whole = model(SOURCE, TARGET)[:, -1].log_softmax(dim=-1)
    torch.testing.assert_close(log_p, whole)
    assert torch.equal(written, TARGET)


def test_greedy_answers_are_those_of_the_plain_loop(model: Transformer) -> None:
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
    rates = [warm_up_rate(step, 64, 30) for step in range(1, 200)]
    assert max(rates) == rates[29]
    assert rates[14] == pytest.approx(rates[29] / 2)
    assert rates[119] == pytest.approx(rates[29] / 2)
    with pytest.raises(ValueError, match="counted from 1"):
        warm_up_rate(0, 64, 30)


def test_without_a_last_norm_only_that_is_missing() -> None:
    torch.manual_seed(0)
    with_it = Stacks(8, 2, 1, 8)
    without = Stacks(8, 2, 1, 8, last_norm=False)
    weights = {k: v for k, v in with_it.state_dict().items() if "_norm" not in k}
    without.load_state_dict(weights)
    assert isinstance(without.encoder_norm, nn.Identity)
    x = torch.randn(1, 3, 8)
    torch.testing.assert_close(
        with_it.encoder_norm(without.read(x)), with_it.read(x)
    )


def test_an_answer_that_is_not_moved_sees_itself(model: Transformer) -> None:
    """The last mistake of the chapter: no mask hides the token from itself."""
    before = model(SOURCE, TARGET)
    changed = TARGET.clone()
    changed[:, 1] = 6
    changes = (model(SOURCE, changed) - before).abs().sum(dim=-1)  # (B, T)
    assert float(changes[0, 0]) == 0
    assert float(changes[0, 1]) > 0


def test_batches_are_moved_by_one_place() -> None:
    task = Backwards(speller(1), seed=0, rows=3)
    source, so_far, following = task.batch(0)
    assert so_far[:, 0].tolist() == [BEGIN] * 3
    assert torch.equal(so_far[:, 1:], following[:, :-1])
    word = source[0][source[0] > END].tolist()
    assert following[0][following[0] > END].tolist() == word[::-1]


# ------------------------------------------------------------------------------- the edges


def test_stacks_need_layers_and_heads_that_divide() -> None:
    for heads, layers, part in (
        (2, 0, "1 layer or more"),
        (0, 1, "0 heads"),
        (3, 1, "3 heads"),
    ):
        with pytest.raises(ValueError, match=part):
            Stacks(8, heads, layers, 8)


@pytest.mark.parametrize(
    ("layers", "size"), [(0, 32), (13, 32), (1, 0), (1, 30), (1, 1000)]
)
def test_a_speller_is_small(layers: int, size: int) -> None:
    with pytest.raises(ValueError, match="take 1 to 12 layers"):
        speller(layers, size=size)


def test_a_text_longer_than_the_positions_is_refused() -> None:
    small = Transformer(9, 9, size=8, heads=2, layers=1, inner=8, longest=3)
    long = torch.ones(1, 4, dtype=torch.long)
    assert small(long[:, :3], long[:, :3]).shape == (1, 3, 9)
    for source, target in ((long, long[:, :2]), (long[:, :2], long)):
        with pytest.raises(
            ValueError, match="4 tokens, and the model has 3 positions"
        ):
            small(source, target)


def test_layer_norm_of_one_number_and_of_none() -> None:
    assert layer_norm(torch.ones(2, 1), torch.ones(1), torch.ones(1)).tolist() == [
        [1.0],
        [1.0],
    ]
    for size, gains in ((0, 0), (3, 2), (3, 1)):
        with pytest.raises(ValueError, match="equally many"):
            layer_norm(torch.ones(2, size), torch.ones(gains), torch.ones(gains))


def test_positions_of_no_length_and_of_no_size() -> None:
    assert positions.positional_encoding(0, 4).shape == (0, 4)
    for size in (-2, 0, 1, 7):
        with pytest.raises(ValueError, match="must be even, and 2 or more"):
            positions.positional_encoding(3, size)
        with pytest.raises(ValueError, match="must be even, and 2 or more"):
            positions.shift_matrix(3, size)
    with pytest.raises(ValueError, match="0 positions or more"):
        positions.positional_encoding(-1, 4)


def test_schedule_and_loss_refuse_what_has_no_meaning() -> None:
    for size, warmup in ((0, 10), (10, 0), (-4, 10)):
        with pytest.raises(ValueError, match="both must be 1 or more"):
            warm_up_rate(1, size, warmup)
    scores = torch.zeros(2, 3)
    for gold, smoothing in (
        ([0, 0], 0.1),
        ([1, 2], -0.1),
        ([1, 2], 1.5),
        ([1, 2], math.nan),
    ):
        with pytest.raises(ValueError, match="at least one token must count"):
            smoothed_cross_entropy(scores, torch.tensor(gold), smoothing, ignore=0)
    for tokens, gold in ((3, 3), (3, -1), (0, 0)):
        with pytest.raises(ValueError, match="tokens are numbered from 0"):
            smoothed_target(tokens, gold, 0.1)


def test_answers_to_nothing_and_with_no_beam(model: Transformer) -> None:
    assert tasks.answers(model, []) == []
    assert tasks.pronounce(model, []) == {}
    assert len(tasks.answers(model, [[]])) == 1
    for width, rows, longest in ((0, 1, 1), (1, 0, 1), (1, 1, 0)):
        with pytest.raises(ValueError, match="each must be 1 or more"):
            tasks.answers(model, [[3]], width, rows, longest)
    with pytest.raises(ValueError, match="take 1 or more"):
        seconds_per_step(None, turns=0)


def test_edits_of_joined_words_by_their_length() -> None:
    def spell(words: Sequence[str]) -> dict[str, list[str]]:
        return {word: list(word)[:14] for word in words}  # loses what is beyond

    found = edits_by_length(spell, ["abcdef", "gh", "a" * 9, "b" * 9, "left over"])
    assert found == {"up to 12": 0.0, "16–18": 4 / 18, "all": 4 / 26}
    for words in ([], ["one"], ["", "a"]):
        with pytest.raises(ValueError, match="two words or more"):
            edits_by_length(spell, words)


# ------------------------------------------------------------------------------- the hints


def wrong_answers() -> dict[str, tuple[str, Any, str]]:
    p = parameters("29.2")
    size, warmup, steps = p["size"], p["warmup"], p["steps"]

    def centred(numbers: list[float]) -> list[float]:
        return [x - sum(numbers) / len(numbers) for x in numbers]

    def real(target: torch.Tensor, padding: int) -> torch.Tensor:
        return (target != padding)[:, None, None, :]

    return {
        "centred": ("29.1", centred, "brought to 1"),
        "as it came": ("29.1", lambda numbers: numbers, "as it went in"),
        "zeros": ("29.1", lambda numbers: [0.0] * len(numbers), "You say 0"),
        "no size": (
            "29.2",
            [min(s**-0.5, s * warmup**-1.5) for s in steps],
            "channels",
        ),
        "larger": (
            "29.2",
            [size**-0.5 * max(s**-0.5, s * warmup**-1.5) for s in steps],
            "larger",
        ),
        "one rate": ("29.2", warm_up_rate(1, size, warmup), "list of 4 rates"),
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
            lambda n: Transformer(n, n, size=128, layers=2),
            "parameters",
        ),
    }


test_a_wrong_answer_is_met_with_its_question = each_meets_its_question(
    wrong_answers().values()
)


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
