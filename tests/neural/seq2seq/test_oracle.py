"""Chapter 25 by hand against PyTorch, sacrebleu, NLTK and brute force."""

from __future__ import annotations

import itertools

import pytest
import sacrebleu
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse.neural.seq2seq import translation as tr
from nlpcourse.neural.seq2seq.attention import (
    AdditiveScore,
    DotScore,
    GeneralScore,
    attend,
)
from nlpcourse.neural.seq2seq.bleu import bleu, chrf
from nlpcourse.neural.seq2seq.model import Decoder, Encoder, Memory, Seq2Seq
from nlpcourse.neural.seq2seq.search import State, beam_search, greedy_search
from nlpcourse.neural.seq2seq.symbols import BEGIN, END, PAD, pad

quick = settings(max_examples=25, deadline=None)
sizes = st.tuples(
    st.integers(1, 4), st.integers(1, 5), st.integers(1, 6), st.integers(1, 7)
)


def draw(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(
        *shape, generator=generator, dtype=torch.float64
    ).requires_grad_()


def ragged_mask(rows: int, inputs: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, inputs + 1, (rows, 1), generator=generator)
    return torch.arange(inputs).unsqueeze(0) < lengths


# ------------------------------------------------------------------------------- attention


@quick
@given(sizes, st.integers(0, 999), st.booleans())
def test_dot_attention_is_pytorchs(
    shape: tuple[int, int, int, int], seed: int, masked: bool
) -> None:
    rows, outputs, inputs, size = shape
    states, memory = (
        draw(rows, outputs, size, seed=seed),
        draw(rows, inputs, size, seed=seed + 1),
    )
    mask = ragged_mask(rows, inputs, seed) if masked else None
    ours, weights = attend(
        DotScore()(states, memory),
        memory,
        torch.ones(rows, inputs, dtype=torch.bool) if mask is None else mask,
    )
    theirs = functional.scaled_dot_product_attention(
        states,
        memory,
        memory,
        attn_mask=None if mask is None else mask.unsqueeze(1),
        scale=1.0,
    )
    assert torch.allclose(ours, theirs, atol=1e-10)
    assert torch.allclose(weights.sum(dim=2), torch.ones(rows, outputs).double())
    direction = draw(rows, outputs, size, seed=seed + 2).detach()
    for mine, other in zip(
        torch.autograd.grad((ours * direction).sum(), (states, memory)),
        torch.autograd.grad((theirs * direction).sum(), (states, memory)),
        strict=True,
    ):
        assert torch.allclose(mine, other, atol=1e-10)


@quick
@given(sizes, st.integers(0, 999))
def test_additive_and_general_scores_equal_a_loop(
    shape: tuple[int, int, int, int], seed: int
) -> None:
    rows, outputs, inputs, size = shape
    torch.manual_seed(seed)
    additive, general = AdditiveScore(size).double(), GeneralScore(size).double()
    states, memory = (
        draw(rows, outputs, size, seed=seed),
        draw(rows, inputs, size, seed=seed + 1),
    )
    w, u, v = (
        additive.of_state.weight,
        additive.of_memory.weight,
        additive.judge.weight[0],
    )
    ours = additive(states, memory)
    turned = general(states, memory)
    loop = torch.empty(rows, outputs, inputs, dtype=torch.float64)
    for b, t, s in itertools.product(range(rows), range(outputs), range(inputs)):
        hidden = torch.tanh(w @ states[b, t] + u @ memory[b, s])
        loop[b, t, s] = v @ hidden
    assert torch.allclose(ours, loop, atol=1e-10)
    einsum = torch.einsum("bth,hk,bsk->bts", states, general.turn.weight, memory)
    assert torch.allclose(turned, einsum, atol=1e-10)
    parameters = (states, memory, w, u, additive.judge.weight)
    direction = draw(rows, outputs, inputs, seed=seed + 2).detach()
    mine = torch.autograd.grad((ours * direction).sum(), parameters)
    other = torch.autograd.grad((loop * direction).sum(), parameters)
    for a, b in zip(mine, other, strict=True):
        assert torch.allclose(a, b, atol=1e-10)


# --------------------------------------------------------------------------------- decoder


def small(attention: str, seed: int = 0, lexical: bool = False) -> Seq2Seq:
    torch.manual_seed(seed)
    encoder = Encoder(9, 5, 6, lexical=lexical)
    return Seq2Seq(encoder, Decoder(8, 5, 6, attention)).double().eval()


def by_cells(decoder: Decoder, outputs: Tensor, memory: Memory) -> Tensor:
    """The decoder built anew from nn.LSTMCell, one row and one step at a time."""
    cell = nn.LSTMCell(5, 6).double()
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    for name in names:
        setattr(cell, name, getattr(decoder.lstm, f"{name}_l0"))
    rows = []
    for b in range(len(outputs)):
        h, c = torch.tanh(decoder.start(memory.summary[b])).split(6)
        steps = []
        inputs = memory.states[b, : int(memory.mask[b].sum())]
        for symbol in outputs[b]:
            h, c = cell(decoder.embedding.weight[symbol], (h, c))
            context = memory.summary[b]
            if decoder.score is not None:
                scores = torch.stack(
                    [
                        decoder.score(h[None, None], s[None, None])[0, 0, 0]
                        for s in inputs
                    ]
                )
                shares = torch.exp(scores) / torch.exp(scores).sum()
                context = (shares[:, None] * inputs).sum(dim=0)
            mixed = torch.tanh(decoder.combine(torch.cat([context, h])))
            steps.append(decoder.embedding.weight @ mixed + decoder.bias)
        rows.append(torch.stack(steps))
    return torch.stack(rows)


@pytest.mark.parametrize("attention", ["additive", "dot", "general", "none"])
def test_teacher_forcing_equals_a_loop_of_cells(attention: str) -> None:
    model = small(attention)
    source = torch.tensor([[3, 4, 5, 6], [7, 8, PAD, PAD]])
    outputs = torch.tensor([[BEGIN, 3, 4], [BEGIN, 7, 5]])
    memory, _ = model.read(source)
    fused = model(source, outputs).logits
    cells = by_cells(model.decoder, outputs, memory)
    assert torch.allclose(fused, cells, atol=1e-10)
    wanted = list(model.decoder.parameters())
    mine = torch.autograd.grad(fused.square().sum(), wanted, retain_graph=True)
    other = torch.autograd.grad(cells.square().sum(), wanted)
    for a, b in zip(mine, other, strict=True):
        assert torch.allclose(a, b, atol=1e-8)


@pytest.mark.parametrize("attention", ["additive", "general", "none"])
def test_writing_step_by_step_equals_the_whole_pass(attention: str) -> None:
    model = small(attention, lexical=True)
    source = torch.tensor([[3, 4, 5, 6], [7, 8, PAD, PAD]])
    outputs = torch.tensor([[BEGIN, 3, 4, 6], [BEGIN, 7, 5, 3]])
    whole = model(source, outputs).logits.log_softmax(dim=2)
    state = model.start(source)
    for t in range(outputs.shape[1]):
        found, state = model.step(outputs[:, t], state)
        assert torch.allclose(found, whole[:, t], atol=1e-10)


def test_the_encoder_is_nn_lstm_without_the_filling() -> None:
    model = small("dot")
    source = torch.tensor([[3, 4, 5, 6], [7, 8, PAD, PAD]])
    memory = model.encoder(source)
    for row, length in ((0, 4), (1, 2)):
        vectors = model.encoder.embedding(source[row : row + 1, :length])
        outputs, (last, _) = model.encoder.lstm(vectors)
        assert torch.allclose(memory.states[row, :length], outputs[0], atol=1e-10)
        assert torch.allclose(
            memory.summary[row], torch.cat([last[0, 0], last[1, 0]]), atol=1e-10
        )


# ---------------------------------------------------------------------------------- search


def markov(seed: int, rows: int, symbols: int) -> tuple[Tensor, State]:
    """Random log-probabilities that depend on the row, the last symbol and the time."""
    generator = torch.Generator().manual_seed(seed)
    table = 2 * torch.randn(rows, 6, symbols, symbols, generator=generator)
    return table.log_softmax(dim=3), (torch.arange(rows), torch.zeros(rows).long())


def stepper(table: Tensor):  # type: ignore[no-untyped-def]
    def step(last: Tensor, state: State) -> tuple[Tensor, State]:
        row, time = state
        return table[row, time, last], (row, time + 1)

    return step


def score_of(table: Tensor, row: int, text: tuple[int, ...]) -> float:
    total, last = 0.0, 0
    for time, symbol in enumerate(text):
        total += float(table[row, time, last, symbol])
        last = symbol
    return total


@quick
@given(
    st.integers(0, 10_000),
    st.integers(1, 3),
    st.integers(2, 4),
    st.sampled_from([0.0, 0.7, 1.0]),
)
def test_a_beam_that_holds_everything_equals_brute_force(
    seed: int, rows: int, symbols: int, alpha: float
) -> None:
    """Symbol 0 begins, symbol 1 ends; at most three steps."""
    longest = 3
    table, state = markov(seed, rows, symbols)
    found = beam_search(
        stepper(table), state, symbols**longest, 0, 1, longest, alpha
    )
    for row in range(rows):
        everything = []
        for length in range(1, longest + 1):
            for text in itertools.product(range(symbols), repeat=length):
                ended = text[-1] == 1
                if 1 in text[:-1] or not (ended or length == longest):
                    continue
                p = score_of(table, row, text)
                kept = list(text[:-1] if ended else text)
                everything.append((p / length**alpha, kept, p))
        everything.sort(key=lambda item: -item[0])
        assert len(found[row]) == len(everything)
        best = found[row][0]
        assert best.symbols == everything[0][1]
        assert best.score == pytest.approx(everything[0][0], abs=1e-5)
        assert sorted(h.log_probability for h in found[row]) == pytest.approx(
            sorted(p for _, _, p in everything), abs=1e-5
        )


@quick
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(2, 6))
def test_a_beam_of_one_is_greedy(seed: int, rows: int, symbols: int) -> None:
    table, state = markov(seed, rows, symbols)
    greedy = greedy_search(stepper(table), state, 0, 1, 5)
    beams = beam_search(stepper(table), state, 1, 0, 1, 5)
    assert [beam[0].symbols for beam in beams] == greedy


@quick
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_rows_do_not_disturb_each_other(seed: int, width: int) -> None:
    table, state = markov(seed, 3, 5)
    together = beam_search(stepper(table), state, width, 0, 1, 5)
    for row in range(3):
        alone = beam_search(
            stepper(table[row : row + 1]),
            (torch.zeros(1).long(), torch.zeros(1).long()),
            width,
            0,
            1,
            5,
        )[0]
        assert [h.symbols for h in together[row]] == [h.symbols for h in alone]


def test_the_models_beam_of_one_is_its_greedy_search() -> None:
    model = small("general", seed=3)
    source = pad([[3, 4, 5], [6, 7], [8]])
    greedy = greedy_search(model.step, model.start(source), BEGIN, END, 12)
    beams = beam_search(model.step, model.start(source), 1, BEGIN, END, 12)
    assert [beam[0].symbols for beam in beams] == greedy


# ------------------------------------------------------------------------------------ BLEU

tokens = st.lists(
    st.sampled_from(["a", "b", "c", "d", "e", "."]), min_size=1, max_size=12
)


def sacre(outputs: list[list[str]], references: list[list[list[str]]]) -> float:
    most = max(map(len, references))
    streams = [
        [" ".join(r[k]) if k < len(r) else None for r in references]
        for k in range(most)
    ]
    texts = [" ".join(output) for output in outputs]
    return float(
        sacrebleu.corpus_bleu(
            texts, streams, smooth_method="none", tokenize="none", force=True
        ).score
    )


@quick
@given(
    st.lists(
        st.tuples(tokens, st.lists(tokens, min_size=1, max_size=3)),
        min_size=1,
        max_size=6,
    )
)
def test_bleu_is_sacrebleus_on_drawn_sentences(
    drawn: list[tuple[list[str], list[list[str]]]],
) -> None:
    outputs = [output for output, _ in drawn]
    references = [refs for _, refs in drawn]
    assert 100 * bleu(outputs, references).score == pytest.approx(
        sacre(outputs, references), abs=1e-8
    )


@pytest.mark.assets
def test_bleu_is_sacrebleus_on_real_translations() -> None:
    """One translation of a sentence is judged by the sentence's other ones."""
    several = [s.spanish for s in tr.sentences().test if len(s.spanish) > 1]
    outputs = [list(texts[0].split()) for texts in several]
    references = [[text.split() for text in texts[1:]] for texts in several]
    ours = bleu(outputs, references)
    assert 100 * ours.score == pytest.approx(sacre(outputs, references), abs=1e-8)
    assert 0 < ours.score < 0.6


letters = st.text(st.sampled_from("abcñ .\u00a0"), max_size=20)


@quick
@given(letters, letters, st.sampled_from([1, 2, 3]))
def test_chrf_is_sacrebleus_on_drawn_texts(
    output: str, reference: str, beta: int
) -> None:
    theirs = sacrebleu.metrics.CHRF(beta=beta).sentence_score(output, [reference])
    assert 100 * chrf(output, reference, beta) == pytest.approx(
        theirs.score, abs=1e-10
    )


@pytest.mark.assets
def test_chrf_is_sacrebleus_on_real_translations() -> None:
    metric = sacrebleu.metrics.CHRF()
    several = [s.spanish for s in tr.sentences().test if len(s.spanish) > 1][::10]
    for one, other, *_ in several:
        theirs = metric.sentence_score(one, [other]).score
        assert 100 * chrf(one, other) == pytest.approx(theirs, abs=1e-10)
