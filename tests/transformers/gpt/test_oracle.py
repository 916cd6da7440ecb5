"""GPT: by hand against the library, values and gradients, and SmolLM2's weights in both."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F
from transformers.generation.logits_process import (
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from nlpcourse import corpora
from nlpcourse.transformers.attention.mechanism import attention, causal_mask
from nlpcourse.transformers.gpt import llama
from nlpcourse.transformers.gpt.gguf import GGUF
from nlpcourse.transformers.gpt.model import (
    GPT,
    Cache,
    GPTConfig,
    causal_attention,
    from_gpt2,
)
from nlpcourse.transformers.gpt.sampling import (
    Draw,
    generate,
    top_k,
    top_p,
    with_temperature,
)
from transformers import GPT2Config, GPT2LMHeadModel

few = settings(max_examples=25, deadline=None)


@st.composite
def both(draw: st.DrawFn) -> tuple[GPT, GPT2LMHeadModel, int]:
    """Draw sizes; return our model and the library's with the same weights, and a seed."""
    heads = draw(st.integers(1, 4))
    config = GPTConfig(
        vocabulary=draw(st.integers(5, 40)),
        context=draw(st.integers(6, 20)),
        size=heads * draw(st.integers(2, 8)),
        layers=draw(st.integers(1, 3)),
        heads=heads,
    )
    seed = draw(st.integers(0, 2**20))
    torch.manual_seed(seed)
    theirs = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=config.vocabulary,
            n_positions=config.context,
            n_embd=config.size,
            n_layer=config.layers,
            n_head=config.heads,
            activation_function="gelu_new",
            attn_implementation="eager",
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            bos_token_id=None,
            eos_token_id=None,
        )
    ).double()
    with torch.no_grad():  # larger weights, so that a mistake in any part shows
        for weight in theirs.parameters():
            weight.add_(0.2 * torch.randn_like(weight))
    ours = GPT(config).double()
    ours.load_state_dict(from_gpt2(theirs.state_dict()))
    return ours.eval(), theirs.eval(), seed


def some_ids(ours: GPT, seed: int, rows: int = 2) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    length = 2 + seed % (ours.config.context - 2)
    shape = (rows, length)
    return torch.randint(ours.config.vocabulary, shape, generator=generator)


@few
@given(both())
def test_logits_loss_and_gradients_are_gpt2s(
    case: tuple[GPT, GPT2LMHeadModel, int],
) -> None:
    ours, theirs, seed = case
    ids = some_ids(ours, seed)
    expected = theirs(ids, labels=ids)
    assert torch.allclose(ours(ids), expected.logits, rtol=0, atol=1e-10)
    loss = ours.loss(ids)
    # the library rounds the logits to single precision before its own loss
    assert loss.item() == pytest.approx(expected.loss.item(), abs=1e-5)
    reference = F.cross_entropy(
        expected.logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten()
    )
    assert loss.item() == pytest.approx(reference.item(), abs=1e-10)
    loss.backward()
    reference.backward()
    gradients = {
        name: weight.grad
        for name, weight in theirs.named_parameters()
        if weight.grad is not None
    }
    for name, gradient in from_gpt2(gradients).items():
        found = ours.get_parameter(name).grad
        assert torch.allclose(found, gradient, rtol=0, atol=1e-10), name


@few
@given(both(), st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_the_cache_changes_nothing(
    case: tuple[GPT, GPT2LMHeadModel, int], steps: list[int]
) -> None:
    ours, _, seed = case
    ids = some_ids(ours, seed)
    cache, found, place = Cache(), [], 0
    for step in [*steps, ids.shape[1]]:  # pieces of any length, the rest at last
        part = ids[:, place : place + step]
        if part.shape[1]:
            found.append(ours(part, cache))
        place += step
    assert cache.length == ids.shape[1]
    whole = torch.cat(found, dim=1)
    assert torch.allclose(whole, ours(ids), rtol=0, atol=1e-10)


@few
@given(both())
def test_greedy_generation_is_generate(
    case: tuple[GPT, GPT2LMHeadModel, int],
) -> None:
    ours, theirs, seed = case
    ids = some_ids(ours, seed, rows=1)[:, : ours.config.context - 3]
    length = ours.config.context - ids.shape[1]
    expected = theirs.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=length,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
    )
    for cached in (True, False):
        found = generate(ours, ids, length, cached=cached)
        assert found.tolist() == expected.tolist()


logits = st.lists(st.floats(-8, 8), min_size=2, max_size=30).map(
    lambda numbers: torch.tensor([numbers], dtype=torch.float64)
)


@few
@given(logits, st.floats(0.05, 5))
def test_temperature(scores: Tensor, temperature: float) -> None:
    expected = TemperatureLogitsWarper(temperature)(torch.zeros(1, 1), scores)
    assert torch.equal(with_temperature(scores, temperature), expected)


@few
@given(logits, st.integers(1, 40))
def test_top_k(scores: Tensor, k: int) -> None:
    expected = TopKLogitsWarper(k)(torch.zeros(1, 1), scores)
    assert torch.equal(top_k(scores, k), expected)


@few
@given(logits, st.floats(0.01, 0.99))
def test_top_p(scores: Tensor, p: float) -> None:
    shares = scores.softmax(-1).sort(descending=True).values[0]
    sums = shares.cumsum(0)
    assume(float((sums - p).abs().min()) > 1e-9)  # no tie with p itself
    assume(len(set(scores[0].tolist())) == scores.shape[1])  # nor among scores
    expected = TopPLogitsWarper(p)(torch.zeros(1, 1), scores)
    assert torch.equal(top_p(scores, p), expected)


@few
@given(logits, st.floats(0.1, 3), st.integers(1, 20), st.floats(0.05, 0.95))
def test_all_three_in_the_librarys_order(
    scores: Tensor, temperature: float, k: int, p: float
) -> None:
    assume(
        len({round(number, 6) for number in scores[0].tolist()}) == scores.shape[1]
    )
    warm = with_temperature(scores, temperature)
    kept = top_k(warm, k).softmax(-1).sort(descending=True).values[0].cumsum(0)
    assume(float((kept - p).abs().min()) > 1e-9)
    expected = scores
    for warper in (
        TemperatureLogitsWarper(temperature),
        TopKLogitsWarper(k),
        TopPLogitsWarper(p),
    ):
        expected = warper(torch.zeros(1, 1), expected)
    assert torch.equal(Draw(temperature, k, p).filtered(scores), expected)


@few
@given(st.integers(1, 9), st.integers(0, 6), st.integers(0, 1000))
def test_fused_attention_is_chapter_28s(new: int, old: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    shape = (2, 3, old + new, 4)
    q, k, v = torch.randn(3, *shape, generator=generator, dtype=torch.float64)
    expected, _ = attention(q, k, v, causal_mask(old + new))
    found = causal_attention(q[:, :, old:], k, v)
    assert torch.allclose(found, expected[:, :, old:], rtol=0, atol=1e-12)


# ------------------------------------------------------------------------- Llama and SmolLM2


@few
@given(
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(0, 2**20),
)
def test_llama_is_the_librarys(
    shared: int, group: int, half_head: int, seed: int
) -> None:
    torch.manual_seed(seed)
    heads = shared * group
    config = llama.LlamaConfig(
        vocabulary=17,
        context=32,
        size=heads * 2 * half_head,
        wide=11,
        layers=2,
        heads=heads,
        shared_heads=shared,
        base=100.0 + seed % 1000,
    )
    ours = llama.Llama(config)
    with torch.no_grad():
        for weight in ours.parameters():
            weight.add_(0.2 * torch.randn_like(weight))
    theirs = llama.to_transformers(ours)
    ids = torch.randint(config.vocabulary, (2, 3 + seed % 9))
    found, expected = ours(ids), theirs(ids).logits
    # the library computes its angles in single precision
    assert torch.allclose(found, expected, rtol=0, atol=1e-4)
    cache = Cache()
    parts = [ours(ids[:, :2], cache), ours(ids[:, 2:], cache)]
    assert torch.allclose(torch.cat(parts, dim=1), found, rtol=0, atol=1e-4)
    mine = ours.tokens.weight
    loss = F.cross_entropy(found[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
    other = F.cross_entropy(expected[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
    (gradient,) = torch.autograd.grad(loss, mine)
    (reference,) = torch.autograd.grad(other, theirs.model.embed_tokens.weight)
    assert torch.allclose(gradient, reference, rtol=0, atol=1e-4)


@pytest.fixture(scope="module")
def smol() -> llama.Smol:
    return llama.Smol()


@pytest.fixture(scope="module")
def theirs(smol: llama.Smol) -> Any:
    """Return the library's Llama with SmolLM2's weights."""
    return llama.to_transformers(smol.model)


def test_smollm2s_logits_are_the_librarys(smol: llama.Smol, theirs: Any) -> None:
    text = " ".join(corpora.gutenberg()["carroll-alice"].split()[200:260])
    ids = smol.encode(text)
    with torch.no_grad():
        found, expected = smol.model(ids), theirs(ids).logits
    assert float(expected.abs().max()) > 10
    assert torch.allclose(found, expected, rtol=0, atol=1e-3)
    assert torch.equal(found.argmax(-1), expected.argmax(-1))


def test_smollm2s_greedy_text_is_generates(smol: llama.Smol, theirs: Any) -> None:
    ids = smol.encode("The capital of France is")
    expected = theirs.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=12,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
    )
    assert generate(smol.model, ids, 12).tolist() == expected.tolist()


def test_the_tokenizer_gives_back_the_text(smol: llama.Smol) -> None:
    text = "In 1984, naïve Zoë said:\n\t“It’s 25% off!”  🙂"
    assert smol.decode(smol.encode(text)[0].tolist()) == text
    assert smol.texts[smol.encode(" 1984")[0, -1]] == "4"


def test_perplexity_of_the_library_is_ours(smol: llama.Smol, theirs: Any) -> None:
    ids = smol.encode("A cat sat on the mat.")
    with torch.no_grad():
        logits_ = smol.model(ids)[0, :-1]
        loss = F.cross_entropy(logits_, ids[0, 1:])
        expected = theirs(ids, labels=ids).loss
    assert math.exp(float(loss)) == pytest.approx(
        math.exp(float(expected)), rel=1e-4
    )


# ------------------------------------------------------------------------------ gguf's reader


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.sampled_from(["F32", "F16", "Q4_1", "Q8_0"]), min_size=1, max_size=4
    ),
    st.integers(0, 2**31 - 1),
    st.sampled_from([None, 8, 32, 64]),
)
def test_files_of_the_library_are_read_as_its_own_reader_does(
    tmp_path_factory: pytest.TempPathFactory,
    kinds: list[str],
    seed: int,
    align: int | None,
) -> None:
    library = pytest.importorskip("gguf")
    path = tmp_path_factory.getbasetemp() / "library.gguf"
    rng = np.random.default_rng(seed)
    writer = library.GGUFWriter(path, "toy")
    if align:
        writer.add_custom_alignment(align)
    writer.add_array("toy.names", ["a", "bé", ""])
    writer.add_array("toy.sizes", [1, -2, 3])
    writer.add_float32("toy.rate", 0.5)
    for place, kind in enumerate(kinds):
        values = rng.normal(size=(1 + place, 64)).astype(np.float32)
        stored = library.GGMLQuantizationType[kind]
        packed = library.quants.quantize(values, stored)
        writer.add_tensor(f"t{place}", packed, raw_dtype=stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    ours, theirs = GGUF(path), library.GGUFReader(path)
    assert ours.settings["toy.names"] == ["a", "bé", ""]
    assert ours.settings["toy.sizes"] == [1, -2, 3]
    assert list(ours.tensors) == [tensor.name for tensor in theirs.tensors]
    for tensor in theirs.tensors:
        expected = library.quants.dequantize(tensor.data, tensor.tensor_type)
        assert np.array_equal(ours.read(tensor.name), expected)


def test_smollm2s_tensors_are_the_librarys(smol: llama.Smol) -> None:
    library = pytest.importorskip("gguf")
    theirs = {
        tensor.name: tensor for tensor in library.GGUFReader(smol.file.path).tensors
    }
    assert set(theirs) == set(smol.file.tensors)
    for name in (
        "blk.0.attn_k.weight",
        "blk.29.ffn_down.weight",
        "output_norm.weight",
    ):
        tensor = theirs[name]
        expected = library.quants.dequantize(tensor.data, tensor.tensor_type)
        assert np.array_equal(smol.file.read(name), expected)
