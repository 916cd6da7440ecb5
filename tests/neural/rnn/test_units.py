"""Chapter 22's models and measurements, and what they do at the edges."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nlpcourse.neural.rnn import (
    by_hand,
    characters,
    distance,
    figures,
    recipes,
    speed,
)
from nlpcourse.neural.rnn import language_model as lm


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


# ------------------------------------------------------------------------------------ edges

ONE = by_hand.draw_weights(1, 1, 1, seed=0)
READ = torch.zeros(2, 3, 1)
LETTERS = characters.Alphabet("a")
WORDS = lm.Vocabulary(["a", "b", "<unk>"])


def test_the_smallest_cell_reads_and_goes_back() -> None:
    for time in (0, 1):
        read = torch.ones(1, time, 1)
        states = by_hand.forward(ONE, read, torch.zeros(1, 1))
        assert states.shape == (1, time + 1, 1)
        found = by_hand.backward(ONE, read, states, torch.ones(1, time, 1))
        assert found["inputs"].shape == read.shape
        assert found["start"].abs().max() <= 1 or time
    assert by_hand.stack([], read, []) == []
    assert by_hand.norm({}) == 0.0
    assert by_hand.mask_of([0, 2], time=2).tolist() == [[0, 0], [1, 1]]
    assert LETTERS.encode("").tolist() == []
    assert LETTERS.decode(np.array([0, 0])) == "aa"
    assert characters.write(ONE, LETTERS, "a", 3) == "aaa"
    assert characters.write(ONE, LETTERS, "a", 0) == ""
    assert WORDS.decode(np.array([0])) == ["<unk>"]
    assert lm.unigram_perplexity(WORDS, [0, 1]) == pytest.approx(3.0)
    assert lm.shuffled_lines([], seed=0) == []
    assert lm.columns(np.arange(4), 2).tolist() == [[0, 1], [2, 3]]
    assert by_hand.spectral_radius(np.eye(2)) == pytest.approx(1.0)


def test_a_gradient_beyond_32_bits_has_a_length_and_no_scale_mends_nan() -> None:
    long = {"U": torch.tensor([3e25, 4e25])}
    assert by_hand.norm(long) == pytest.approx(5e25, rel=1e-6)
    assert by_hand.norm(by_hand.clip(long, 1.0)) == pytest.approx(1.0)
    for bad in (math.nan, math.inf):
        with pytest.raises(ValueError, match="can't clip"):
            by_hand.clip({"U": torch.tensor([bad, 1.0])}, 1.0)
    for longest in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="can't clip"):
            by_hand.clip(long, longest)
    assert by_hand.clip({"U": torch.zeros(2)}, 1.0)["U"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: by_hand.draw_weights(0, 1, 1, 0), "sizes of at least 1"),
        (lambda: by_hand.draw_weights(1, 1, 1, 0, math.nan), "radius"),
        (lambda: by_hand.spectral_radius(torch.zeros(0, 0)), "square"),
        (lambda: by_hand.spectral_radius(torch.zeros(2, 3)), "square"),
        (lambda: by_hand.largest_singular_value(torch.tensor([[math.nan]])), "NaN"),
        (lambda: by_hand.mask_of(torch.tensor([4]), 3), "between 0 and 3"),
        (
            lambda: by_hand.prediction_loss(
                ONE, torch.zeros(0, 1, 1), torch.zeros(0, 1, dtype=torch.long)
            ),
            "no step to predict",
        ),
        (lambda: by_hand.from_torch(nn.RNN(1, 1), 1), "no layer 1"),
        (lambda: characters.Alphabet(""), "at least one character"),
        (lambda: LETTERS.decode([-1]), "numbered from 0 to 0"),
        (
            lambda: characters.train_by_hand(
                ONE, LETTERS.encode("aaa")[None], LETTERS, 1, 3
            ),
            "no window of 3",
        ),
        (lambda: characters.bits_per_character(ONE, LETTERS, "aaa", 2), "rows"),
        (lambda: characters.bits_per_character(ONE, LETTERS, "", 1), "rows"),
        (lambda: characters.write(ONE, LETTERS, "a", 3, math.nan), "temperature"),
        (lambda: characters.write(ONE, LETTERS, "a", -1), "length"),
        (lambda: distance.gradient_by_distance(ONE, READ[:, :0]), "texts to read"),
        (lambda: distance.gradient_by_distance(ONE, READ[:0]), "texts to read"),
        (
            lambda: distance.parts_by_distance(
                ONE, READ[:0], torch.zeros(0).long()
            ),
            "texts to read",
        ),
        (
            lambda: distance.truncated_agreement(
                ONE, READ, torch.zeros(2).long(), [0]
            ),
            "can't go back",
        ),
        (
            lambda: distance.truncated_agreement(
                ONE, READ, torch.zeros(2).long(), [4]
            ),
            "can't go back",
        ),
        (lambda: distance.factor_per_step(torch.ones(5)), "no distances"),
        (lambda: distance.factor_per_step(torch.zeros(60)), "no factor"),
        (
            lambda: distance.factor_per_step(torch.full((60,), math.nan)),
            "no factor",
        ),
        (lambda: lm.Vocabulary([])["a"], "no <unk>"),
        (lambda: WORDS.decode([-1]), "numbered from 0 to 2"),
        (lambda: lm.TiedLanguageModel(4, [30], 2.0), "a class of frequent"),
        (lambda: Stateless().embed(torch.tensor([30])), "numbered from 0 to 29"),
        (lambda: Stateless().embed(torch.tensor([-1])), "numbered from 0 to 29"),
        (lambda: lm.columns(torch.arange(3), 0), "can't be cut"),
        (lambda: lm.columns(torch.arange(3), 4), "can't be cut"),
        (lambda: list(lm.windows(torch.zeros(1, 3), 0)), "at least one word"),
        (
            lambda: lm.text_perplexity(Stateless(), torch.arange(3), 2),
            "rows of two",
        ),
        (lambda: lm.unigram_perplexity(WORDS, torch.tensor([])), "positive"),
        (lambda: lm.sample(Stateless(), WORDS, [], 3), "prompt"),
        (lambda: lm.sample(Stateless(), WORDS, ["a"], 3, math.nan), "temperature"),
        (
            lambda: lm.sample(Stateless(), lm.Vocabulary(["<unk>"]), ["a"], 3),
            "two words",
        ),
        (
            lambda: distance.perplexity_by_context(
                Stateless(), torch.zeros(2, 3).long(), [3]
            ),
            "no contexts",
        ),
        (
            lambda: distance.influence_by_distance(
                Stateless(), torch.zeros(2, 1).long()
            ),
            "two words a row",
        ),
        (lambda: speed.ratio(lambda: None, lambda: None, 0), "one turn"),
        (lambda: figures.averaged([1.0], 0), "at least one number"),
    ],
)
def test_an_edge_is_met_with_one_sentence(
    call: Callable[[], object], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        call()


# ------------------------------------------------------------------------------ the explosion


def test_slopes_can_make_a_product_larger_and_singular_values_limit_it() -> None:
    U = 2.5 * torch.tensor([[1.0, -1.0], [1.0, -1.0]])
    states = torch.tensor([[0.0, math.sqrt(0.5)]]).expand(21, 2)  # slopes 1 and ½
    product = torch.eye(2)
    for step in distance.jacobians({"U": U}, states):
        product = step @ product
    assert by_hand.spectral_radius(U) == pytest.approx(0.0, abs=1e-3)
    norm = float(torch.linalg.matrix_norm(product, 2))
    assert norm == pytest.approx(274.3, rel=1e-3)
    assert norm <= by_hand.largest_singular_value(U) ** 20


def test_the_parts_by_distance_add_up_to_the_gradient() -> None:
    """With one text and one unit the lengths are the parts themselves."""
    weights = by_hand.draw_weights(3, 1, 3, seed=1)
    read = torch.eye(3)[torch.tensor([[0, 2, 1, 1]])]
    following = torch.tensor([2])
    parts = distance.parts_by_distance(weights, read, following)
    states = by_hand.forward(weights, read, torch.zeros(1, 1))
    _, wanted, _ = by_hand.prediction_loss(weights, states[:, -1:], following[None])
    asked = torch.zeros(1, 4, 1)
    asked[:, -1:] = wanted
    whole = by_hand.backward(weights, read, states, asked)["U"]
    assert len(parts) == 4
    assert parts[3] == 0.0  # the first step reads a state of zeros
    for k in range(1, 4):
        cut = by_hand.backward(
            weights, read[:, -k:], states[:, -k - 1 :], asked[:, -k:]
        )["U"]
        rest = by_hand.backward(
            weights, read[:, 5 - k :], states[:, 5 - k :], asked[:, 5 - k :]
        )["U"]
        assert parts[k - 1] == pytest.approx(float((cut - rest).abs()), abs=1e-7)
    assert float(cut) == pytest.approx(float(whole), abs=1e-7)


def test_more_texts_in_front_change_the_state_alone(
    model: lm.PlainLanguageModel,
) -> None:
    text = torch.randint(30, (6, 9), generator=torch.Generator().manual_seed(1))
    (whole,) = distance.perplexity_by_context(model, text, [8])
    (split,) = distance.perplexity_by_context(model, text, [3], text[:, :5])
    assert split == pytest.approx(whole, rel=1e-5)


def test_influence_is_the_gradient_of_the_cost(
    model: lm.PlainLanguageModel,
) -> None:
    text = torch.randint(30, (1, 5), generator=torch.Generator().manual_seed(1))
    found = distance.influence_by_distance(model, text)
    vectors = model.embed(text[:, :-1]).detach()
    nudge = torch.zeros_like(vectors)
    nudge[0, 1] = torch.randn(8, generator=torch.Generator().manual_seed(2))

    def cost(size: float) -> float:
        outputs, _ = model.read(vectors + size * nudge, None)
        return -float(model.softmax(outputs[:, -1], text[:, -1]).output)

    with torch.no_grad():
        slope = (cost(1e-2) - cost(-1e-2)) / 2e-2
    assert found.shape == (4,)
    assert abs(slope) <= float(found[2] * nudge.norm()) * 1.05 + 1e-3
