"""Chapter 33 beside peft, PyTorch and onnxruntime: the same numbers, forward and backward."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import peft
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.transformers.bert.encoder import Bert, BertConfig, load_pretrained
from nlpcourse.transformers.transfer.adapter import Adapter, add_adapters
from nlpcourse.transformers.transfer.classify import pieces
from nlpcourse.transformers.transfer.data import division
from nlpcourse.transformers.transfer.distill import distillation_loss, soften
from nlpcourse.transformers.transfer.lora import LoRALinear, add_lora, merge_lora
from nlpcourse.transformers.transfer.quantize import (
    EightBitLinear,
    quantize_rows,
    restore_rows,
)

TOLERANCE = 1e-6


def beside_peft(model: nn.Module, rank: int, alpha: int) -> tuple[nn.Module, Any]:
    """Return the model with our detours and with peft's, the same random weights in both."""
    ours = copy.deepcopy(model)
    add_lora(ours, rank, alpha)
    config = peft.LoraConfig(
        r=rank,
        lora_alpha=alpha,
        target_modules=["query", "value"],
        lora_dropout=0.0,
    )
    theirs = peft.get_peft_model(copy.deepcopy(model), config)
    generator = torch.Generator().manual_seed(rank)
    named = dict(theirs.named_parameters())
    for name, layer in ours.named_modules():
        if isinstance(layer, LoRALinear):
            for mine, part in ((layer.down, "lora_A"), (layer.up, "lora_B")):
                drawn = torch.randn(mine.shape, generator=generator) * 0.1
                other = named[f"base_model.model.{name}.{part}.default.weight"]
                with torch.no_grad():
                    mine.copy_(drawn)
                    other.copy_(drawn)
    return ours, theirs


def gradients(model: nn.Module) -> dict[str, Tensor]:
    """Return the gradients under our names."""
    ours = {"lora_A.default.weight": "down", "lora_B.default.weight": "up"}
    found = {}
    for name, weight in model.named_parameters():
        if weight.grad is not None:
            for theirs, mine in ours.items():
                name = name.replace(theirs, mine)
            found[name.removeprefix("base_model.model.")] = weight.grad
    return found


def compare(ours: nn.Module, theirs: Any, ids: Tensor, mask: Tensor) -> None:
    """Compare forward, backward and merged weights, in double precision: float32 rounds a merged
    weight once more, by up to 2e-5 after six layers."""
    for model in (ours, theirs):
        model.double()
        model.zero_grad()
        model.eval()
    mine, other = ours(ids, mask).last, theirs(ids, mask).last
    assert torch.allclose(mine, other, atol=TOLERANCE)
    mine.square().mean().backward()
    other.square().mean().backward()
    first, second = gradients(ours), gradients(theirs)
    assert set(first) == set(second)
    assert all(name.endswith(("down", "up")) for name in first)
    assert any(grad.abs().max() > 0 for grad in first.values())
    for name, grad in first.items():
        assert torch.allclose(grad, second[name], atol=TOLERANCE), name
    merged = theirs.merge_and_unload()
    merge_lora(ours)
    wanted = merged.state_dict()
    assert set(ours.state_dict()) == set(wanted)
    for name, weight in ours.state_dict().items():
        assert torch.allclose(weight, wanted[name], atol=TOLERANCE), name
    assert torch.allclose(ours(ids, mask).last, mine, atol=1e-5)


def test_lora_is_pefts_on_minilm_and_real_stories() -> None:
    ours, theirs = beside_peft(load_pretrained(corpora.minilm()), 8, 16)
    texts = [text[:200] for text in division("stories").test.texts[:6]]
    batch = pieces().batch(texts)
    compare(ours, theirs, batch.ids, batch.mask)


@settings(max_examples=12)
@given(
    heads=st.sampled_from([1, 2]),
    layers=st.integers(1, 2),
    rank=st.integers(1, 4),
    alpha=st.integers(1, 32),
    length=st.integers(1, 5),
    seed=st.integers(0, 1000),
)
def test_lora_is_pefts_on_generated_encoders(
    heads: int, layers: int, rank: int, alpha: int, length: int, seed: int
) -> None:
    torch.manual_seed(seed)
    model = Bert(BertConfig(20, 8, layers, heads, 16, 10))
    ours, theirs = beside_peft(model, rank, alpha)
    ids = torch.randint(20, (2, length))
    mask = torch.ones_like(ids)
    mask[1, 1:] = 0
    compare(ours, theirs, ids, mask)


def test_training_by_lora_is_pefts_step_for_step() -> None:
    """The same first weights, the same texts: the same weights after five steps of AdamW."""
    torch.manual_seed(0)
    ours, theirs = beside_peft(Bert(BertConfig(20, 8, 1, 2, 16, 10)), 2, 4)
    ours.eval()
    theirs.eval()
    optimizers = [
        torch.optim.AdamW([p for p in m.parameters() if p.requires_grad], lr=1e-2)
        for m in (ours, theirs)
    ]
    for step in range(5):
        ids = torch.randint(
            20, (3, 4), generator=torch.Generator().manual_seed(step)
        )
        for model, optimizer in zip((ours, theirs), optimizers, strict=True):
            optimizer.zero_grad()
            model(ids).last.square().mean().backward()
            optimizer.step()
    assert torch.allclose(ours(ids).last, theirs(ids).last, atol=1e-5)


matrices = st.tuples(
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(0, 10_000),
    st.floats(1e-3, 1e3),
)


def drawn(sizes: tuple[int, int, int, float]) -> Tensor:
    rows, columns, seed, spread = sizes
    generator = torch.Generator().manual_seed(seed)
    return spread * torch.randn(rows, columns, generator=generator)


@given(matrices)
def test_eight_bits_are_torchs(sizes: tuple[int, int, int, float]) -> None:
    weight = drawn(sizes)
    numbers, scale = quantize_rows(weight)
    zeros = torch.zeros(len(weight), dtype=torch.int64)
    theirs = torch.quantize_per_channel(
        weight, scale.flatten().double(), zeros, 0, torch.qint8
    )
    halves = ((weight / scale).abs() % 1 - 0.5).abs() < 1e-4  # to either side
    assert bool(((numbers == theirs.int_repr()) | halves).all())
    ours = restore_rows(numbers, scale)
    assert (ours - weight).abs().max() <= 0.5001 * scale.max()
    assert torch.allclose(
        ours, theirs.dequantize(), atol=float(1.001 * scale.max())
    )


def test_eight_bits_are_torchs_on_every_weight_of_minilm() -> None:
    same, count = 0, 0
    for module in load_pretrained(corpora.minilm()).modules():
        if isinstance(module, nn.Linear):
            numbers, scale = quantize_rows(module.weight.detach())
            zeros = torch.zeros(len(numbers), dtype=torch.int64)
            theirs = torch.quantize_per_channel(
                module.weight.detach(),
                scale.flatten().double(),
                zeros,
                0,
                torch.qint8,
            )
            same += int((numbers == theirs.int_repr()).sum())
            count += numbers.numel()
    assert count > 10_000_000
    assert same / count > 0.999_99  # a half may be rounded to either side


def test_a_rounded_layer_is_torchs_functional_one() -> None:
    torch.manual_seed(3)
    layer, x = nn.Linear(7, 5), torch.randn(4, 7)
    numbers, scale = quantize_rows(layer.weight.detach())
    wanted = F.linear(x, numbers.float() * scale, layer.bias)
    assert torch.allclose(EightBitLinear(layer)(x), wanted, atol=TOLERANCE)


logits = st.tuples(
    st.integers(1, 5),
    st.integers(1, 6),
    st.integers(0, 10_000),
    st.sampled_from([0.1, 1.0, 30.0]),
)


@given(logits, st.floats(0.25, 16))
def test_the_distillation_loss_is_torchs(
    sizes: tuple[int, int, int, float], temperature: float
) -> None:
    student, teacher = (
        drawn((*sizes[:2], sizes[2] + k, sizes[3])).double().requires_grad_(k == 0)
        for k in range(2)
    )
    ours = distillation_loss(student, teacher, temperature)
    (grad,) = torch.autograd.grad(ours, student)
    theirs = temperature**2 * F.kl_div(
        F.log_softmax(student / temperature, dim=-1),
        F.log_softmax(teacher / temperature, dim=-1),
        reduction="batchmean",
        log_target=True,
    )
    (other,) = torch.autograd.grad(theirs, student)
    assert torch.allclose(ours, theirs, atol=1e-9)
    assert torch.allclose(grad, other, atol=1e-9)
    # Hinton et al., equation 2: the gradient of a row, before the mean over rows
    gap = soften(student, temperature) - soften(teacher, temperature)
    assert torch.allclose(grad, temperature * gap / len(student), atol=1e-9)


@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 1000), st.booleans())
def test_an_adapter_is_two_layers_and_a_way_around(
    channels: int, narrow: int, seed: int, trained: bool
) -> None:
    torch.manual_seed(seed)
    adapter, x = Adapter(channels, narrow), torch.randn(3, channels)
    if trained:
        nn.init.normal_(adapter.up.weight)
    plain = nn.Sequential(adapter.down, nn.GELU(), adapter.up)
    assert torch.allclose(adapter(x), x + plain(x), atol=TOLERANCE)


def test_adapters_that_are_zero_leave_minilm_alone() -> None:
    plain = load_pretrained(corpora.minilm())
    adapted = copy.deepcopy(plain)
    assert add_adapters(adapted, 16) == 12
    batch = pieces().batch(division("films").test.texts[:4])
    with torch.no_grad():
        before, after = (m(batch.ids, batch.mask).last for m in (plain, adapted))
    assert torch.equal(before, after)
    added = sum(p.numel() for p in adapted.parameters() if p.requires_grad)
    assert added == 12 * (2 * 384 * 16 + 384 + 16)


def test_a_head_is_scikit_learns() -> None:
    from sklearn.linear_model import LogisticRegression

    from nlpcourse.transformers.transfer.classify import fit_head

    generator = np.random.default_rng(0)
    for classes in (2, 3):
        vectors = generator.normal(size=(30, 4)).astype(np.float32)
        labels = [i % classes for i in range(30)]
        head = nn.Linear(4, classes)
        fit_head(head, torch.tensor(vectors), labels)
        theirs = LogisticRegression(max_iter=2000).fit(vectors, labels)
        with torch.no_grad():
            ours = head(torch.tensor(vectors)).softmax(dim=-1).numpy()
        assert ours == pytest.approx(theirs.predict_proba(vectors), abs=1e-5)
