"""Chapter 23's models: the language model, the tagger, the measurements and the checks' hints."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from answers import each_meets_its_question
from nlpcourse.exercises import judge, parameters
from nlpcourse.neural.lstm import checks, speed
from nlpcourse.neural.lstm import distance as far
from nlpcourse.neural.lstm import gates as watch
from nlpcourse.neural.lstm import language_model as lm
from nlpcourse.neural.lstm import recipes as rec
from nlpcourse.neural.lstm import tagger as pos
from nlpcourse.neural.lstm.cells import GRUCell, LSTMCell
from nlpcourse.neural.lstm.layers import (
    Recurrent,
    from_torch,
    open_forget_gates,
    unroll,
)
from nlpcourse.training.registry import read_log


@pytest.fixture
def model() -> lm.LanguageModel:
    torch.manual_seed(0)
    return lm.LanguageModel(
        size=8, layers=1, cutoffs=[5, 12, 30], div_value=2.0
    ).eval()


def test_the_vectors_that_read_are_those_that_predict(
    model: lm.LanguageModel,
) -> None:
    """Within a class of words, log-probabilities differ as h · E[a] and h · E[b] do."""
    words = torch.arange(30).view(1, 30)
    table = model.embed(words)[0]  # (30, size)
    h = torch.randn(8)
    log_p = model.softmax.log_prob(h.unsqueeze(0))[0].detach()
    table = table.detach()
    for a, b in [(0, 4), (5, 11), (12, 29)]:
        assert float(log_p[a] - log_p[b]) == pytest.approx(
            float(h @ (table[a] - table[b])), abs=1e-5
        )
    assert float(log_p.exp().sum()) == pytest.approx(1.0, abs=1e-5)


def test_vectors_do_not_depend_on_their_neighbours(model: lm.LanguageModel) -> None:
    alone = torch.cat(
        [model.embed(torch.tensor([[w]])) for w in (3, 29, 3, 7)], dim=1
    )
    assert torch.allclose(model.embed(torch.tensor([[3, 29, 3, 7]])), alone)


def test_perplexity_is_that_of_the_whole_distribution(
    model: lm.LanguageModel,
) -> None:
    tokens = torch.randint(30, (41,), generator=torch.Generator().manual_seed(1))
    cost = 0.0
    for t in range(1, 41):
        cost -= float(
            model.next_log_probabilities(tokens[None, :t])[0, tokens[t]].detach()
        )
    expected = math.exp(cost / 40)
    assert lm.text_perplexity(model, tokens, length=7) == pytest.approx(
        expected, rel=1e-5
    )
    assert lm.text_perplexity(model, tokens, length=100) == pytest.approx(
        expected, rel=1e-5
    )
    forgetful = lm.text_perplexity(model, tokens, length=7, carry=False)
    assert forgetful != pytest.approx(expected, rel=1e-5)


def test_windows_cover_every_following_word_once() -> None:
    text = lm.columns(torch.arange(23), rows=2)
    seen = torch.cat([following for _, following in lm.windows(text, 4)], dim=1)
    assert seen.tolist() == text[:, 1:].tolist()
    for words, following in lm.windows(text, 4):
        assert (following - words == 1).all()


def test_sampling_is_repeatable_avoids_unknown_and_sharpens(
    model: lm.LanguageModel,
) -> None:
    names = [lm.UNKNOWN, *(f"w{n}" for n in range(1, 30))]
    vocabulary = lm.Vocabulary(
        word for n, word in enumerate(names) for _ in range(30 - n)
    )
    first = lm.sample(model, vocabulary, ["w1"], 40, seed=3)
    assert first == lm.sample(model, vocabulary, ["w1"], 40, seed=3)
    assert first != lm.sample(model, vocabulary, ["w1"], 40, seed=4)
    assert lm.UNKNOWN not in first
    cold = {
        tuple(lm.sample(model, vocabulary, ["w1"], 10, 1e-4, seed))
        for seed in range(3)
    }
    assert len(cold) == 1, "near temperature 0 every seed takes the likeliest word"
    with pytest.raises(ValueError, match="temperature above 0"):
        lm.sample(model, vocabulary, ["w1"], 5, temperature=0)


def test_one_training_step_forgets_only_where_a_text_begins() -> None:
    config = {
        **rec.LANGUAGE_MODEL,
        "size": 8,
        "cutoffs": [5, 12, 30],
        "rows": 2,
        "window": 3,
    }
    tokens = torch.randint(30, (26,), generator=torch.Generator().manual_seed(1))
    task = rec.LanguageModelling({**config, "dropout": 0.0}, tokens)
    assert task.windows == 4
    assert [bool(task.batch(k)[2].all()) for k in range(5)] == [
        True,
        False,
        False,
        False,
        True,
    ]
    carry: tuple[Tensor, ...] = ()
    for step in range(task.windows):
        _, carry = task.loss(task.model, task.batch(step), carry)
        assert not any(part.requires_grad for part in carry)
    begun, _ = task.loss(task.model, task.batch(0), carry)
    anew, _ = task.loss(task.model, task.batch(0), ())
    assert float(begun.detach()) == pytest.approx(float(anew.detach()), abs=1e-6)
    later, _ = task.loss(task.model, task.batch(1), carry)
    forgot, _ = task.loss(task.model, task.batch(1), ())
    assert float(later.detach()) != pytest.approx(float(forgot.detach()), abs=1e-6)


def test_open_forget_gates_begin_at_the_same_value_in_both_forms() -> None:
    fused = nn.LSTM(3, 4, batch_first=True)
    open_forget_gates(fused, 2.0)
    cell = from_torch(fused).cells[0]
    assert isinstance(cell, LSTMCell)
    twin = LSTMCell(3, 4)
    twin.open_forget_gate(2.0)
    for one in (cell, twin):
        bias = one.bias_ih + one.bias_hh
        assert torch.allclose(bias[4:8], torch.full((4,), 2.0))


def test_from_torch_refuses_what_is_not_built() -> None:
    with pytest.raises(ValueError, match="only batch-first"):
        from_torch(nn.LSTM(3, 4))
    with pytest.raises(ValueError, match="no projection"):
        from_torch(nn.LSTM(3, 4, proj_size=2, batch_first=True))


def test_gradient_by_distance_equals_one_backward_pass_per_text() -> None:
    torch.manual_seed(1)
    layer = far.lstm(3, 4)
    inputs = torch.randn(2, 6, 3)
    measured = far.gradient_by_distance(layer, inputs)
    norms = torch.zeros(2, 6)
    for row in range(2):
        x = inputs[row : row + 1].clone().requires_grad_()
        layer(x)[0][:, -1].sum().backward()
        assert x.grad is not None
        norms[row] = x.grad[0].norm(dim=-1)
    assert torch.allclose(measured, norms.mean(0).flip(0), atol=1e-6)


def test_gradient_vanishes_in_the_plain_cell_and_not_behind_open_gates() -> None:
    torch.manual_seed(0)
    inputs = torch.randn(8, 60, 16)
    plain = far.gradient_by_distance(far.plain(16, 32), inputs)
    kept = far.gradient_by_distance(far.lstm(16, 32, forget_bias=5.0), inputs)
    assert float(plain[50] / plain[0]) < 1e-6
    assert float(kept[50] / kept[0]) > 0.1


def test_bracket_texts_are_what_they_say() -> None:
    words, closer = far.bracket_batch(50, 9, torch.Generator().manual_seed(0))
    assert words.shape == (50, 10)
    assert (words[:, 0] == closer).all()
    assert closer.unique().tolist() == [0, 1, 2, 3]
    assert int(words[:, 1:].min()) >= 4
    assert int(words.max()) < 16


def test_gates_kept_open_learn_what_the_plain_cell_does_not() -> None:
    settings = {"learning_rate": 0.003}
    plain = far.learn_to_close(far.plain, 30, seed=0, steps=150, settings=settings)
    kept = far.learn_to_close(
        lambda i, h: far.lstm(i, h, 5.0), 30, 0, 150, settings
    )
    assert plain.accuracy < 0.6
    assert kept.accuracy > 0.95


SENTENCES: list[pos.Tagged] = [
    [("The", "AT"), ("dog", "NN"), ("runs", "VBZ")],
    [("the", "AT"), ("run", "NN")],
    [("They", "PPSS"), ("run", "VB")],
    [("They", "PPSS"), ("run", "VB"), ("1961", "CD")],
]


def test_most_frequent_tags() -> None:
    best, fallback = pos.most_frequent_tags(SENTENCES)
    assert best["run"] == "VB"
    assert fallback in {"AT", "NN", "PPSS", "VB"}


def test_unknown_guises_get_number_zero() -> None:
    tables = pos.Tables.of(SENTENCES, least=2)
    words, endings, shapes = tables.read(["run", "dog", "zzz"]).T.tolist()
    assert words[0] > 0
    assert words[1] == words[2] == 0
    assert endings[0] == words[0] or endings[0] > 0
    assert shapes[0] == shapes[1] == shapes[2] > 0
    assert tables.tag_numbers(["NN", "no such tag"])[1] == pos.IGNORE


def test_a_sentence_is_tagged_the_same_alone_and_beside_a_longer_one() -> None:
    tables = pos.Tables.of(SENTENCES, least=1)
    torch.manual_seed(0)
    sizes = [len(t) for t in tables.guises]
    model = pos.Tagger(sizes, [6, 4, 3], 5, len(tables.tags)).eval()
    short, long = (
        tables.read(["They", "run"]),
        tables.read(["The", "dog", "runs", "1961"]),
    )
    beside = model(pos.pad([short, long]), torch.tensor([2, 4]))
    alone = model(short[None], torch.tensor([2]))
    assert torch.allclose(beside[0, :2], alone[0], atol=1e-6)


def test_tagger_learns_its_sentences_by_heart() -> None:
    tables = pos.Tables.of(SENTENCES, least=1)
    torch.manual_seed(0)
    sizes = [len(t) for t in tables.guises]
    model = pos.Tagger(sizes, [6, 4, 3], 8, len(tables.tags))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    features = pos.pad([tables.read([w for w, _ in s]) for s in SENTENCES])
    gold = pos.pad(
        [tables.tag_numbers(t for _, t in s) for s in SENTENCES], pos.IGNORE
    )
    lengths = torch.tensor([len(s) for s in SENTENCES])
    for _ in range(120):
        scores = model(features, lengths)
        loss = nn.functional.cross_entropy(scores.flatten(0, 1), gold.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    predicted = pos.tag(model, tables, [[w for w, _ in s] for s in SENTENCES])
    assert pos.tagging_accuracy(predicted, SENTENCES) == 1.0


def test_buckets_hold_every_sentence_at_most_once_and_like_lengths() -> None:
    lengths = [k % 17 + 1 for k in range(203)]
    batches = pos.length_buckets(lengths, rows=10, seed=5)
    flat = [k for batch in batches for k in batch]
    assert len(batches) == 20
    assert len(set(flat)) == 200
    assert (
        max(
            max(lengths[k] for k in b) - min(lengths[k] for k in b) for b in batches
        )
        <= 2
    )
    assert batches != pos.length_buckets(lengths, rows=10, seed=6)


@pytest.mark.assets
def test_brown_is_split_as_the_chapter_says() -> None:
    train, test = pos.brown_split()
    assert (len(train), len(test)) == (51606, 5734)
    tags = {tag for sentence in train + test for _, tag in sentence}
    assert len(tags) < 200
    assert not any(
        tag.startswith("FW-") or tag.endswith(("-TL", "-HL", "-NC")) for tag in tags
    )


@pytest.mark.assets
def test_vocabulary_has_the_published_size() -> None:
    vocabulary = lm.wikitext_vocabulary()
    assert len(vocabulary) == 33_278 == rec.LANGUAGE_MODEL["cutoffs"][-1]
    assert vocabulary.counts == sorted(vocabulary.counts, reverse=True)


@pytest.mark.assets
def test_the_trained_models_load_and_work() -> None:
    model, log = rec.load_language_model()
    vocabulary = lm.wikitext_vocabulary()
    tokens = vocabulary.encode(lm.corpora.wikitext_2_tokens("test")[:5000])
    ours = lm.text_perplexity(model, tokens)
    assert ours < lm.unigram_perplexity(vocabulary, tokens) / 3
    assert log["metrics"]["test_perplexity"] < 400
    tagger, tables, log = rec.load_tagger()
    _, test = pos.brown_split()
    predicted = pos.tag(tagger, tables, [[w for w, _ in s] for s in test[:300]])
    assert pos.tagging_accuracy(predicted, test[:300]) > 0.9
    assert log["metrics"]["test_accuracy"] > 0.9


# ------------------------------------------------------------------------------ the checks' hints


def plain_lstm(inputs: int, hidden: int) -> nn.LSTM:
    return nn.LSTM(inputs, hidden, batch_first=True)


def keep_nothing(layer: nn.LSTM, inputs: Tensor, window: int) -> list[Tensor]:
    return [layer(part)[0] for part in inputs.split(window, dim=1)]


def keep_all(layer: nn.LSTM, inputs: Tensor, window: int) -> list[Tensor]:
    pieces, state = [], None
    for part in inputs.split(window, dim=1):
        outputs, state = layer(part, state)
        pieces.append(outputs)
    return pieces


def detach_half(layer: nn.LSTM, inputs: Tensor, window: int) -> list[Tensor]:
    pieces, state = [], None
    for part in inputs.split(window, dim=1):
        outputs, (h, c) = layer(part, state)
        state = (h.detach(), c)
        pieces.append(outputs)
    return pieces


def drop_the_rest(layer: nn.LSTM, inputs: Tensor, window: int) -> list[Tensor]:
    return keep_all(layer, inputs[:, : inputs.shape[1] // window * window], window)


def without_gradient(layer: nn.LSTM, inputs: Tensor, window: int) -> list[Tensor]:
    with torch.no_grad():
        return keep_all(layer, inputs, window)


def swapped(cell: LSTMCell, x: Tensor, state: Any) -> Any:
    h, c = state
    gate = cell.gates(x, h)
    c = gate.forget * c + (1 - gate.forget) * gate.candidate
    return c, gate.output * torch.tanh(c)


def uncoupled(cell: LSTMCell, x: Tensor, state: Any) -> Any:
    return cell(x, state)


def no_tanh(cell: LSTMCell, x: Tensor, state: Any) -> Any:
    h, c = state
    gate = cell.gates(x, h)
    c = gate.forget * c + (1 - gate.forget) * gate.candidate
    return gate.output * c, c


BIAS = parameters("23.1")["bias"]
HALF = math.log(0.5) / math.log(1 / (1 + math.exp(-BIAS)))


test_a_wrong_answer_is_met_with_a_question_that_points_at_it = (
    each_meets_its_question(
        [
            ("23.1", math.log(0.5) / math.log(BIAS), "function"),
            ("23.1", -HALF, "sign"),
            ("23.1", 1 + math.exp(BIAS), "on average"),
            ("23.1", round(HALF), "round"),
            ("23.1", "many", "number of steps"),
            ("23.1", 10 * HALF, "after n"),
            (
                "23.2",
                lambda k, i, h, n, b: (
                    {"rnn": 1, "lstm": 4, "gru": 3}[k] * h * (i + h + 1)
                ),
                "biases",
            ),
            (
                "23.2",
                lambda k, i, h, n, b: (
                    {"rnn": 1, "lstm": 4, "gru": 3}[k] * h * (i + h + 2)
                ),
                "cells",
            ),
            ("23.3", swapped, "order"),
            ("23.3", uncoupled, "LSTM itself"),
            ("23.3", no_tanh, "which"),
            ("23.4", keep_nothing, "empty memory"),
            ("23.4", keep_all, "still runs"),
            ("23.4", detach_half, "how many tensors"),
            ("23.4", drop_the_rest, "last"),
            ("23.4", without_gradient, "no_grad"),
            ("23.5", plain_lstm, "after 80 steps"),
            (
                "23.5",
                lambda i, h: nn.LSTM(i, h, batch_first=True, bidirectional=True),
                "one direction",
            ),
            ("23.5", lambda i, h: nn.Linear(i, h), "Linear"),
        ]
    )
)


def test_recurrent_stack_has_as_many_cells_as_layers_and_directions() -> None:
    assert len(Recurrent(LSTMCell, 3, 4, layers=3, bidirectional=True).cells) == 6


def test_a_trace_ends_where_the_fused_layer_ends(model: lm.LanguageModel) -> None:
    names = [lm.UNKNOWN, *(f"w{n}" for n in range(1, 30))]
    vocabulary = lm.Vocabulary(
        word for n, word in enumerate(names) for _ in range(30 - n)
    )
    words = ["w1", "w29", "w7"]
    seen = watch.trace(model, vocabulary, words)
    _, (_, c) = model.hidden(vocabulary.encode(words).unsqueeze(0))
    assert torch.allclose(seen.memory[-1], c[0, 0], atol=1e-6)
    other = watch.Trace(seen.input, seen.forget, seen.output, seen.memory.clone())
    other.memory[:, 3] += 5.0
    assert watch.steadiest_difference(seen, other, slice(0, 3)) == 3
    chances = watch.probability_of(model, vocabulary, words, "w2")
    last = model.next_log_probabilities(vocabulary.encode(words).unsqueeze(0))[
        0, vocabulary["w2"]
    ]
    assert chances[-1] == pytest.approx(float(last.detach().exp()), abs=1e-6)


def test_ratio_takes_turns_and_leaves_out_the_first() -> None:
    turns: list[str] = []

    def work(name: str, size: int) -> None:
        turns.append(name)
        sum(range(size))

    found = speed.ratio(
        lambda: work("a", 600_000), lambda: work("b", 100_000), repeats=3
    )
    assert turns == ["a", "b"] * 4
    assert found > 1


def test_slowdowns_run_on_small_models(model: lm.LanguageModel) -> None:
    fused = nn.LSTM(4, 4, batch_first=True)
    assert (
        speed.loop_slowdown(
            from_torch(fused), fused, torch.randn(2, 30, 4), repeats=1
        )
        > 0
    )
    words = torch.randint(30, (2, 9), generator=torch.Generator().manual_seed(0))
    assert speed.softmax_share(model, words[:, :-1], words[:, 1:], repeats=1) > 0
    assert all(p.grad is not None for p in fused.parameters())


@pytest.mark.parametrize("name", rec.RECIPES)
def test_the_committed_logs_are_those_of_the_recipes(name: str) -> None:
    log = read_log(name)
    assert log["digest"] == rec.RECIPES[name].digest()
    assert log["losses"][-1]["step"] == rec.RECIPES[name].plan.steps
    assert log["losses"][-1]["loss"] < log["losses"][0]["loss"]


# ------------------------------------------------------------------------------- edges


WATCHED = watch.Trace(*[torch.zeros(3, 2) for _ in range(4)])
TABLES = pos.Tables.of(SENTENCES, least=1)


def small_tagger() -> pos.Tagger:
    torch.manual_seed(0)
    return pos.Tagger(
        [len(t) for t in TABLES.guises], [6, 4, 3], 5, len(TABLES.tags)
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m: LSTMCell(0, 3), "1 number or more"),
        (lambda m: LSTMCell(3, 0), "1 number or more"),
        (lambda m: Recurrent(LSTMCell, 3, 4, layers=0), "1 layer or more"),
        (lambda m: unroll(LSTMCell(3, 2), torch.zeros(2, 0, 3)), "1 step or more"),
        (lambda m: unroll(LSTMCell(3, 2), torch.zeros(2, 3)), "1 step or more"),
        (
            lambda m: unroll(
                LSTMCell(3, 2), torch.zeros(2, 4, 3), lengths=torch.tensor([4])
            ),
            "2 lengths from 1 to 4",
        ),
        (
            lambda m: unroll(
                LSTMCell(3, 2), torch.zeros(2, 4, 3), lengths=torch.tensor([5, 0])
            ),
            "lengths from 1 to 4",
        ),
        (lambda m: far.gradient_by_distance(far.gru(3, 2), torch.zeros(1, 0, 3)), "1 step"),
        (lambda m: far.gradient_by_distance(nn.GRU(3, 2), torch.zeros(1, 4, 3)), "batch-first"),
        (
            lambda m: far.gradient_by_distance(
                nn.GRU(3, 2, batch_first=True, bidirectional=True), torch.zeros(1, 4, 3)
            ),
            "one direction",
        ),
        (lambda m: far.bracket_batch(0, 3, torch.Generator()), "1 row or more"),
        (lambda m: far.bracket_batch(1, -1, torch.Generator()), "distance of 0 or more"),
        (lambda m: watch.trace(m, lm.Vocabulary([lm.UNKNOWN]), []), "1 word or more"),
        (lambda m: watch.trace(m, lm.Vocabulary([lm.UNKNOWN]), "the"), "1 word or more"),
        (
            lambda m: watch.probability_of(m, lm.Vocabulary([lm.UNKNOWN]), [], "a"),
            "1 word or more",
        ),
        (lambda m: watch.memories(m, torch.zeros(2, 0, dtype=torch.long)), "rows, time"),
        (lambda m: watch.steadiest_difference(WATCHED, WATCHED, slice(0, 1)), "two words"),
        (lambda m: watch.inside_brackets(torch.zeros(3), 1, 2, 0), "rows, time"),
        (lambda m: watch.agreement(torch.ones(2), torch.ones(2), 0.5), "same everywhere"),
        (lambda m: watch.agreement(torch.ones(2), torch.ones(3), 0.5), "can't tell"),
        (lambda m: pos.most_frequent_tags([]), "no tagged words"),
        (lambda m: pos.pad([]), "no sentences"),
        (lambda m: pos.length_buckets([1, 2], 0, seed=0), "1 row or more"),
        (lambda m: pos.tag(small_tagger(), TABLES, ["The run"]), "list of words"),
        (lambda m: pos.tag(small_tagger(), TABLES, [["a"]], rows=0), "1 row or more"),
        (lambda m: pos.tagging_accuracy([], []), "no words"),
        (lambda m: pos.tagging_accuracy([["NN"]], []), "shorter"),
    ],
)  # fmt: skip
def test_an_edge_that_has_no_answer_says_what_is_wrong(
    call: Callable[[lm.LanguageModel], Any], words: str, model: lm.LanguageModel
) -> None:
    with pytest.raises(ValueError, match=words):
        call(model)


def test_two_layers_are_not_watched_as_one() -> None:
    deep = lm.LanguageModel(size=8, layers=2, cutoffs=[5, 12, 30], div_value=2.0)
    with pytest.raises(ValueError, match="one layer"):
        watch.memories(deep, torch.zeros(1, 2, dtype=torch.long))


def test_edges_that_have_an_answer() -> None:
    assert pos.tag(small_tagger(), TABLES, []) == []
    alone, nothing = pos.tag(small_tagger(), TABLES, [["run"], []])
    assert (len(alone), nothing) == (1, [])
    assert tuple(TABLES.read([]).shape) == (0, 3)
    assert pos.shape("") == ""
    words, closer = far.bracket_batch(2, 0, torch.Generator().manual_seed(0))
    assert words.squeeze(1).tolist() == closer.tolist()
    outputs, (h,) = unroll(GRUCell(3, 2), torch.zeros(1, 1, 3))
    assert torch.equal(outputs[:, 0], h)


def test_the_same_layer_is_trained_once_for_check_and_marks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trained = []

    def learn(
        layer: Callable[..., Any], *, seed: int, **kwargs: Any
    ) -> far.Attempt:
        trained.append(seed)
        return far.Attempt((0.1,), 1.0)

    monkeypatch.setattr(far, "learn_to_close", learn)
    monkeypatch.setattr(checks, "_reached", {})
    assert judge("23.5", plain_lstm).passed
    assert judge("23.5", plain_lstm).passed
    assert trained == [11, 12]
    assert judge("23.5", far.gru).passed
    assert trained == [11, 12] * 2, "another layer is trained anew"
