"""Chapter 22's models, measurements and the checks' hints."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from nlpcourse.checks import judge
from nlpcourse.neural.rnn import by_hand, characters, distance, recipes, speed
from nlpcourse.neural.rnn import language_model as lm
from nlpcourse.playgrounds import rnn as page
from nlpcourse.playgrounds.models import Call, drive
from nlpcourse.playgrounds.models import Tensor as PageTensor
from nlpcourse.playgrounds.views import render_views


@pytest.fixture
def model() -> lm.PlainLanguageModel:
    torch.manual_seed(0)
    return lm.PlainLanguageModel(
        size=8, layers=2, cutoffs=[5, 12, 30], div_value=2.0
    ).eval()


class Stateless(lm.TiedLanguageModel):
    """The smallest reader: each word alone."""

    rows_axis = 0

    def __init__(self) -> None:
        super().__init__(4, [5, 12, 30], 2.0)
        self.draw_vectors()

    def read(
        self, vectors: Tensor, state: lm.State | None
    ) -> tuple[Tensor, lm.State]:
        return vectors.tanh(), ()


def test_any_reader_makes_a_language_model() -> None:
    torch.manual_seed(0)
    model = Stateless().eval()
    text = torch.randint(30, (50,), generator=torch.Generator().manual_seed(0))
    task = recipes.LanguageModelling(
        lambda config: Stateless(), {"rows": 2, "window": 5}, text
    )
    loss, carry = task.loss(task.model, task.batch(0), ())
    assert carry == ()
    assert float(loss.detach()) == pytest.approx(math.log(30), abs=1.5)
    together = lm.text_perplexity(model, text, length=7)
    assert together == pytest.approx(
        lm.text_perplexity(model, text, length=7, carry=False), rel=1e-5
    )
    with pytest.raises(TypeError, match="how it reads"):
        lm.TiedLanguageModel(4, [5, 12, 30], 2.0)(text[None], text[None])


def test_perplexity_does_not_depend_on_the_windows(
    model: lm.PlainLanguageModel,
) -> None:
    tokens = torch.randint(30, (41,), generator=torch.Generator().manual_seed(1))
    cost = 0.0
    for t in range(1, 41):
        log_p = model.next_log_probabilities(tokens[None, :t]).detach()
        cost -= float(log_p[0, tokens[t]])
    for length in (7, 100):
        assert lm.text_perplexity(model, tokens, length=length) == pytest.approx(
            math.exp(cost / 40), rel=1e-5
        )


def test_recurrent_matrices_begin_as_rotations(
    model: lm.PlainLanguageModel,
) -> None:
    for layer in range(2):
        matrix = getattr(model.rnn, f"weight_hh_l{layer}").detach()
        assert by_hand.spectral_radius(matrix) == pytest.approx(1.0, abs=1e-5)


def test_the_state_goes_on_and_the_gradient_does_not() -> None:
    config = {**recipes.LANGUAGE_MODEL, "size": 12, "cutoffs": [5, 12, 30]}
    config |= {"rows": 2, "window": 3, "dropout": 0.0}
    tokens = torch.randint(30, (26,), generator=torch.Generator().manual_seed(1))
    torch.manual_seed(0)
    task = recipes.LanguageModelling(recipes.build_language_model, config, tokens)
    _, carry = task.loss(task.model, task.batch(0), ())
    assert [tuple(part.shape) for part in carry] == [(2, 1, 12)]
    assert not carry[0].requires_grad
    on, _ = task.loss(task.model, task.batch(1), carry)
    anew, _ = task.loss(task.model, task.batch(1), ())
    assert float(on.detach()) != pytest.approx(float(anew.detach()), abs=1e-6)


def test_more_context_is_read_as_given(model: lm.PlainLanguageModel) -> None:
    text = torch.randint(30, (6, 9), generator=torch.Generator().manual_seed(1))
    (found,) = distance.perplexity_by_context(model, text, [3])
    log_p = model.next_log_probabilities(text[:, 5:8]).detach()
    cost = -log_p.gather(1, text[:, 8:]).mean()
    assert found == pytest.approx(math.exp(float(cost)), rel=1e-5)


def test_radius_is_what_was_asked_for_and_seeds_differ() -> None:
    one, other = (
        by_hand.draw_weights(3, 20, 2, seed, radius=1.3) for seed in (0, 1)
    )
    assert by_hand.spectral_radius(one["U"]) == pytest.approx(1.3, rel=1e-4)
    assert not torch.equal(one["U"], other["U"])


def test_gradients_vanish_below_and_explode_above() -> None:
    inputs = 0.1 * torch.randn(4, 60, 5, generator=torch.Generator().manual_seed(0))
    reach = {}
    for radius in (0.7, 2.0):
        weights = by_hand.draw_weights(5, 64, 2, seed=0, radius=radius)
        found = distance.gradient_by_distance(weights, inputs)
        reach[radius] = float(found[50] / found[0])
    assert reach[0.7] < 1e-5
    assert reach[2.0] > 10


def test_training_by_hand_learns_only_with_clipping() -> None:
    alphabet = characters.Alphabet("abcd ")
    text = alphabet.encode("abcd dcba " * 400).view(8, 500)
    weights = by_hand.draw_weights(5, 24, 5, seed=0)
    run = characters.train_by_hand(weights, text, alphabet, 150, longest=1.0)
    assert run.losses[0] > 1.5
    assert run.losses[-1] < 0.1
    assert weights["U"] is not run.weights["U"]
    again = characters.train_by_hand(weights, text, alphabet, 3, longest=1.0)
    assert again.losses == run.losses[:3]


def test_clipping_leaves_short_gradients_alone() -> None:
    gradients = {"U": torch.tensor([0.3, 0.4])}
    assert torch.equal(by_hand.clip(gradients, 1.0)["U"], gradients["U"])
    assert by_hand.norm(by_hand.clip(gradients, 0.1)) == pytest.approx(0.1)


def test_writing_is_repeatable_and_sharpens() -> None:
    alphabet = characters.Alphabet("abc")
    weights = by_hand.draw_weights(3, 8, 3, seed=0)
    first = characters.write(weights, alphabet, "ab", 30, seed=1)
    assert first == characters.write(weights, alphabet, "ab", 30, seed=1)
    assert first != characters.write(weights, alphabet, "ab", 30, seed=2)
    cold = {characters.write(weights, alphabet, "ab", 9, 1e-4, s) for s in range(3)}
    assert len(cold) == 1
    with pytest.raises(ValueError, match="temperature above 0"):
        characters.write(weights, alphabet, "", 5)
    with pytest.raises(ValueError, match="has no"):
        alphabet.encode("xyz")


def test_the_fused_character_model_holds_the_weights_of_the_equations() -> None:
    torch.manual_seed(0)
    model = characters.CharacterModel(5, 7)
    numbers = torch.tensor([[0, 3, 1]])
    with torch.no_grad():
        scores, outputs, state = model(numbers)
    weights = model.weights()
    states = by_hand.forward(
        weights, nn.functional.one_hot(numbers, 5).float(), torch.zeros(1, 7)
    )
    assert torch.allclose(outputs, states[:, 1:], atol=1e-6)
    assert torch.allclose(state[0], states[:, -1], atol=1e-6)
    ours = states[:, 1:] @ weights["V"].T + weights["a"]
    assert torch.allclose(scores, ours, atol=1e-5)


def test_from_torch_refuses_what_is_not_built() -> None:
    with pytest.raises(ValueError, match="only tanh"):
        by_hand.from_torch(nn.RNN(2, 3, nonlinearity="relu", batch_first=True))
    with pytest.raises(ValueError, match="one direction"):
        by_hand.from_torch(nn.RNN(2, 3, bidirectional=True, batch_first=True))


def test_a_graph_without_detach_grows_by_the_window() -> None:
    layer = nn.RNN(2, 3, batch_first=True)
    state, grown, cut = None, [], []
    for detach in (False, True):
        state = None
        for _ in range(3):
            outputs, state = layer(torch.zeros(1, 4, 2), state)
            (cut if detach else grown).append(distance.graph_size(outputs.sum()))
            state = state.detach() if detach else state
    assert grown[0] < grown[1] < grown[2]
    assert cut[1] == cut[2]


def test_ratio_counts_what_it_is_given() -> None:
    def spin(turns: int) -> Callable[[], None]:
        return lambda: [math.sqrt(k) for k in range(turns)] and None

    assert speed.ratio(spin(400_000), spin(40_000), repeats=3) > 3


# ------------------------------------------------------------------ the checks' hints


def separately(gradients: list[Tensor], longest: float) -> list[Tensor]:
    return [g * min(1.0, longest / float(g.norm())) for g in gradients]


def stretched(gradients: list[Tensor], longest: float) -> list[Tensor]:
    whole = math.sqrt(sum(float((g**2).sum()) for g in gradients))
    return [g * longest / whole for g in gradients]


def in_place(gradients: list[Tensor], longest: float) -> list[Tensor]:
    for g in gradients:
        g /= 5
    return gradients


def gaussian(inputs: int, hidden: int, radius: float) -> dict[str, Tensor]:
    return by_hand.draw_weights(inputs, hidden, 1, seed=0, radius=radius)


@pytest.mark.parametrize(
    ("identifier", "answer", "question"),
    [
        ("22.1", lambda W, U, b, x, h: x @ W.T + h @ U.T + b, "between −1 and 1"),
        ("22.1", lambda W, U, b, x, h: torch.tanh(x @ W.T + b), "forgets"),
        (
            "22.1",
            lambda W, U, b, x, h: torch.tanh(x @ W.T + h @ U + b),
            "other way",
        ),
        ("22.1", lambda W, U, b, x, h: torch.tanh(x @ W.T + h @ U.T), "unused"),
        ("22.2", lambda f, s: math.log(s) / math.log(f), "whole number"),
        (
            "22.2",
            lambda f, s: (
                math.inf if f >= 1 else math.floor(math.log(s) / math.log(f))
            ),
            "below",
        ),
        (
            "22.2",
            lambda f, s: next((n for n in range(1, 9999) if f**n < s), 0),
            "ever get smaller",
        ),
        ("22.3", lambda U, new, dh: dh @ U, "tanh"),
        ("22.3", lambda U, new, dh: (dh * (1 - new**2)) @ U.T, "which of the two"),
        ("22.3", lambda U, new, dh: (dh @ U) * (1 - new**2), "order"),
        ("22.4", separately, "direction"),
        ("22.4", stretched, "longer"),
        ("22.4", in_place, "write into"),
        ("22.4", lambda gs, n: [g.clamp(-n, n) for g in gs], "by itself"),
        ("22.5", lambda i, h: gaussian(i, h, 0.5), "smaller"),
        ("22.5", lambda i, h: gaussian(i, h, 2.5), "larger"),
        (
            "22.5",
            lambda i, h: {
                "W": torch.zeros(h, i),
                "U": torch.eye(h),
                "b": torch.zeros(h),
            },
            "nothing is read",
        ),
        ("22.5", lambda i, h: {"W": torch.zeros(h, i)}, "names"),
    ],
)
def test_a_wrong_answer_is_met_with_a_question_that_points_at_it(
    identifier: str, answer: Callable[..., Any], question: str
) -> None:
    verdict = judge(identifier, answer)
    assert not verdict.passed
    assert question in verdict.message
    assert "?" in verdict.message


@pytest.mark.parametrize("turn", ["identity", "rotation", "orthogonal"])
def test_there_is_more_than_one_way_to_reach_further(turn: str) -> None:
    def weights(inputs: int, hidden: int) -> dict[str, Tensor]:
        torch.manual_seed(0)
        U = torch.eye(hidden)
        if turn == "rotation":
            U = U.roll(1, dims=0)
        if turn == "orthogonal":
            U = torch.nn.init.orthogonal_(torch.empty(hidden, hidden))
        return {
            "W": 0.01 * torch.randn(hidden, inputs),
            "U": U,
            "b": torch.zeros(hidden),
        }

    assert judge("22.5", weights).passed


@pytest.mark.assets
def test_the_trained_models_load_and_work() -> None:
    model, log = recipes.load_language_model()
    vocabulary = lm.wikitext_vocabulary()
    tokens = vocabulary.encode(lm.corpora.wikitext_2_tokens("test")[:4000])
    ours = lm.text_perplexity(model, tokens, rows=4, length=50)
    assert ours < lm.unigram_perplexity(vocabulary, tokens) / 3
    assert log["metrics"]["test_perplexity"] < 250
    letters, log = recipes.load_character_model()
    _, valid, alphabet = characters.book()
    bits = characters.bits_per_character(
        letters.weights(), alphabet, valid[:20_000]
    )
    assert bits < 2.6
    assert log["metrics"]["valid_bits_per_character"] < 2.5


# ------------------------------------------------------------------ the playground


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
