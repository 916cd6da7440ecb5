"""Chapter 32 against Hugging Face's T5, and against other ways to compute the same."""

from __future__ import annotations

import math
import random
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers.models.t5.modeling_t5 import T5Attention as TheirAttention
from transformers.models.t5.modeling_t5 import T5LayerNorm

from nlpcourse.neural.seq2seq.symbols import pad
from nlpcourse.transformers.gpt.llama import RMSNorm
from nlpcourse.transformers.t5 import recipes, tasks
from nlpcourse.transformers.t5.corruption import (
    corrupt,
    fill,
    random_spans,
    span_counts,
)
from nlpcourse.transformers.t5.hugging_face import (
    from_hugging_face,
    to_hugging_face,
)
from nlpcourse.transformers.t5.layers import EPSILON
from nlpcourse.transformers.t5.mixing import mixing_rates
from nlpcourse.transformers.t5.model import END, PAD, T5, T5Config, shift_right
from nlpcourse.transformers.t5.pretraining import loss_of
from nlpcourse.transformers.t5.relative import relative_bucket
from nlpcourse.transformers.t5.teaching import answer
from transformers import T5Config as TheirConfig
from transformers import T5ForConditionalGeneration

FORMS = [(False, True), (True, False), (False, False), (True, True)]


@given(
    half=st.integers(1, 40),
    ways=st.booleans(),
    beyond=st.integers(1, 400),
    spread=st.sampled_from([3, 50, 3000]),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=60, deadline=None)
def test_buckets_equal_the_librarys(
    half: int, ways: bool, beyond: int, spread: int, seed: int
) -> None:
    buckets = 4 * half if ways else 2 * half
    furthest = half + beyond
    generator = torch.Generator().manual_seed(seed)
    apart = torch.randint(-spread, spread + 1, (7, 11), generator=generator)
    theirs = TheirAttention._relative_position_bucket(
        apart, bidirectional=ways, num_buckets=buckets, max_distance=furthest
    )
    assert torch.equal(relative_bucket(apart, ways, buckets, furthest), theirs)


@given(size=st.integers(1, 9), seed=st.integers(0, 999), scale=st.floats(1e-3, 1e3))
@settings(max_examples=25, deadline=None)
def test_the_norm_equals_the_librarys(size: int, seed: int, scale: float) -> None:
    torch.manual_seed(seed)
    x = scale * torch.randn(3, 4, size)
    ours, theirs = RMSNorm(size, EPSILON), T5LayerNorm(size, EPSILON)
    gain = torch.randn(size)
    ours.weight.data, theirs.weight.data = gain, gain
    assert torch.allclose(ours(x), theirs(x), atol=1e-6)


def library(form: tuple[bool, bool], seed: int, **sizes: int) -> Any:
    """Return a model of the library with random weights, gains and biases included."""
    gated, tied = form
    torch.manual_seed(seed)
    theirs = T5ForConditionalGeneration(
        TheirConfig(
            vocab_size=50,
            **sizes,
            dropout_rate=0.1,
            feed_forward_proj="gated-gelu" if gated else "relu",
            tie_word_embeddings=tied,
            decoder_start_token_id=PAD,
        )
    )
    if not tied:
        theirs.lm_head.weight = torch.nn.Parameter(
            torch.randn(50, sizes["d_model"])
        )
    for name, weight in theirs.named_parameters():
        if "norm" in name or "bias" in name:
            torch.nn.init.normal_(weight, 1.0, 0.3)
    return theirs.eval()


def tokens(rows: int, length: int, seed: int) -> torch.Tensor:
    """Return rows of random tokens, filled up from random places on, never empty."""
    chance = random.Random(seed)
    drawn = [
        [chance.randrange(2, 50) for _ in range(chance.randint(1, length))]
        for _ in range(rows)
    ]
    return pad(drawn)


def close(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    """Compare to 1e-5 of the largest score."""
    ours, theirs = ours.detach(), theirs.detach()
    assert ours.shape == theirs.shape
    largest = max(1.0, float(theirs.abs().max()))
    assert float((ours - theirs).abs().max()) < 1e-5 * largest


@pytest.mark.parametrize("form", FORMS)
@given(
    seed=st.integers(0, 9999),
    heads=st.integers(1, 3),
    head_size=st.integers(1, 8),
    layers=st.integers(1, 3),
    length=st.integers(1, 40),
)
@settings(max_examples=6, deadline=None)
def test_scores_loss_and_gradients_equal_the_librarys(
    form: tuple[bool, bool],
    seed: int,
    heads: int,
    head_size: int,
    layers: int,
    length: int,
) -> None:
    theirs = library(
        form,
        seed,
        d_model=12,
        d_kv=head_size,
        d_ff=20,
        num_layers=layers,
        num_heads=heads,
        relative_attention_num_buckets=8,
        relative_attention_max_distance=20,
    )
    ours = from_hugging_face(theirs)
    source, gold = tokens(3, length, seed), tokens(3, 7, seed + 1)
    labels = gold.masked_fill(gold == PAD, -100)
    expected = theirs(
        input_ids=source, attention_mask=(source != PAD).long(), labels=labels
    )
    close(ours(source, shift_right(gold)), expected.logits)
    loss = loss_of(ours, source, gold)
    assert loss.item() == pytest.approx(expected.loss.item(), rel=1e-5)
    loss.backward()
    expected.loss.backward()
    for mine, yours in (
        (ours.table.weight, theirs.shared.weight),
        (
            ours.encoder.bias.table,
            theirs.encoder.block[0]
            .layer[0]
            .SelfAttention.relative_attention_bias.weight,
        ),
    ):
        assert mine.grad is not None
        close(mine.grad, yours.grad)


@pytest.mark.parametrize("form", FORMS)
def test_weights_go_to_the_library_and_come_back(
    form: tuple[bool, bool], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    gated, tied = form
    ours = T5(T5Config(50, 12, 4, 20, 2, 3, gated=gated, tied=tied)).eval()
    theirs = to_hugging_face(ours)
    back = from_hugging_face(theirs)
    assert back.state_dict().keys() == ours.state_dict().keys()
    for name, weight in ours.state_dict().items():
        assert torch.equal(back.state_dict()[name], weight), name
    theirs.save_pretrained(tmp_path)
    loaded = T5ForConditionalGeneration.from_pretrained(tmp_path).eval()
    source = tokens(2, 9, 5)
    close(
        ours(source, shift_right(source)),
        loaded(
            input_ids=source, attention_mask=source != PAD, labels=source
        ).logits,
    )


def test_the_trained_model_in_the_library() -> None:
    """Scores on real questions to 1e-5, and the same answers by the library's own search."""
    model, vocabulary, _ = recipes.load("t5-together-seed0")
    theirs = to_hugging_face(model)
    questions = [
        e.source for name in tasks.NAMES for e in tasks.task(name).test[:12]
    ]
    source = pad([[*vocabulary.encode(q), END] for q in questions])
    gold = pad([[*vocabulary.encode("an answer"), END]] * len(questions))
    with torch.no_grad():
        expected = theirs(
            input_ids=source, attention_mask=(source != PAD).long(), labels=gold
        ).logits
        close(model(source, shift_right(gold)), expected)
        written = theirs.generate(
            input_ids=source,
            attention_mask=(source != PAD).long(),
            max_new_tokens=30,
            do_sample=False,
            num_beams=1,
        )
    library_answers = [
        vocabulary.decode(row) for row in _until_end(written.tolist())
    ]
    assert answer(model, vocabulary, questions, longest=30) == library_answers


def _until_end(rows: list[list[int]]) -> list[list[int]]:
    return [row[: row.index(END)] if END in row else row for row in rows]


@given(
    length=st.integers(2, 60),
    rate=st.floats(0.01, 0.99),
    mean=st.floats(1.0, 12.0),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=100, deadline=None)
def test_what_was_cut_out_can_be_put_back(
    length: int, rate: float, mean: float, seed: int
) -> None:
    spans = random_spans(length, random.Random(seed), rate, mean)
    cut, count = span_counts(length, rate, mean)
    assert len(spans) == count
    assert sum(end - start for start, end in spans) == cut
    text = [f"w{i}" for i in range(length)]
    source, target = corrupt(text, spans, "<{}>".format)
    assert len(source) == length - cut + count
    assert len(target) == cut + count + 1
    sentinels = [f"<{i}>" for i in range(count + 1)]
    assert [t for t in source if t in sentinels] == sentinels[:-1]
    assert fill(source, target, sentinels) == text


def test_every_choice_of_spans_is_equally_likely() -> None:
    """Counted against all ways to cut six of nine tokens out in two spans that do not touch."""
    length, rate, mean = 9, 4 / 9, 2.0
    every = {
        ((a, b), (c, d))
        for a, b, c, d in combinations(range(length + 1), 4)
        if (b - a) + (d - c) == 4
    }
    chance = random.Random(0)
    draws = 20_000
    seen = Counter(
        tuple(random_spans(length, chance, rate, mean)) for _ in range(draws)
    )
    assert seen.keys() == every
    expected = draws / len(every)
    chi_square = sum((n - expected) ** 2 / expected for n in seen.values())
    freedom = len(every) - 1
    assert chi_square < freedom + 4 * math.sqrt(2 * freedom)


def test_how_much_is_cut_out_equals_the_published_code() -> None:
    """The rounding of ``random_spans_noise_mask``, with one token between two spans."""
    for length in range(2, 200):
        for rate, mean in ((0.15, 3.0), (0.5, 3.0), (0.25, 10.0), (0.1, 2.0)):
            cut = min(max(round(length * rate), 1), length - 1)
            spans = max(round(cut / mean), 1)
            assert span_counts(length, rate, mean) == (cut, spans)


@given(
    sizes=st.lists(st.integers(1, 10**7), min_size=1, max_size=8),
    limit=st.floats(1, 10**7),
    temperature=st.floats(0.5, 8),
)
@settings(max_examples=50, deadline=None)
def test_mixing_rates_are_the_papers_formula(
    sizes: list[int], limit: float, temperature: float
) -> None:
    powers = [min(size, limit) ** (1 / temperature) for size in sizes]
    expected = [power / sum(powers) for power in powers]
    assert mixing_rates(sizes, limit, temperature) == pytest.approx(expected)
    equal = [1 / len(sizes)] * len(sizes)
    assert mixing_rates(sizes, limit, 1e9) == pytest.approx(equal, abs=1e-6)
