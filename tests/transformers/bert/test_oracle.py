"""Our encoder, tokenizer and heads beside Hugging Face's, on real text and on generated input."""

from __future__ import annotations

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import unicodedata
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from torch import Tensor

from nlpcourse import corpora
from nlpcourse.text.tokenization.wordpiece import bert_words
from nlpcourse.transformers.bert.classifier import mean_pool
from nlpcourse.transformers.bert.encoder import (
    Bert,
    BertConfig,
    load_pretrained,
    our_name,
)
from nlpcourse.transformers.bert.masking import IGNORED, Masking, hide
from nlpcourse.transformers.bert.pretraining import (
    MaskedLanguageModel,
    running_text,
)
from nlpcourse.transformers.bert.tokens import PieceTokenizer
from transformers import BertConfig as HFConfig
from transformers import (
    BertForMaskedLM,
    BertModel,
    BertTokenizerFast,
    DataCollatorForLanguageModeling,
)

TOLERANCE = 1e-5
VOCABULARY = 30522


@cache
def ours() -> Bert:
    return load_pretrained(corpora.minilm())


@cache
def theirs(attention: str = "eager", dtype: torch.dtype = torch.float32) -> Any:
    model = BertModel.from_pretrained(
        corpora.minilm(), attn_implementation=attention
    )
    return model.eval().to(dtype)


@cache
def tokenizer() -> PieceTokenizer:
    return PieceTokenizer.from_folder(corpora.minilm())


@cache
def their_tokenizer() -> Any:
    return BertTokenizerFast.from_pretrained(corpora.minilm())


@torch.no_grad()
def compare(ids: Tensor, mask: Tensor, segments: Tensor) -> None:
    """Every layer, every head and the pooler, at real tokens and at padding alike."""
    encoding = ours()(ids, mask, segments)
    reference = theirs()(
        input_ids=ids,
        attention_mask=mask,
        token_type_ids=segments,
        output_hidden_states=True,
        output_attentions=True,
    )
    assert len(encoding.hidden_states) == len(reference.hidden_states) == 7
    pairs = [
        *zip(encoding.hidden_states, reference.hidden_states, strict=True),
        *zip(encoding.attentions, reference.attentions, strict=True),
        (encoding.pooled, reference.pooler_output),
    ]
    for mine, hers in pairs:
        torch.testing.assert_close(mine, hers, atol=TOLERANCE, rtol=0)


def texts() -> list[str]:
    """Short and long real texts: questions, paragraphs with foreign scripts, a whole page."""
    questions = [example.text for example in corpora.trec().test[:48]]
    return questions + [p[:600] for p in running_text("valid")[:16]]


def test_every_layer_on_real_text_with_padding() -> None:
    batch = their_tokenizer()(texts(), padding=True, return_tensors="pt")
    assert (batch["attention_mask"].sum(dim=1) < batch["input_ids"].size(1)).any()
    compare(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])


def test_pairs_of_sentences_with_segments() -> None:
    first, second = zip(*pairwise(texts()[:20]), strict=True)
    batch = their_tokenizer()(
        list(first), list(second), padding=True, return_tensors="pt"
    )
    assert batch["token_type_ids"].max() == 1
    compare(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])


def test_the_longest_text_that_fits() -> None:
    ids = torch.tensor(
        [tokenizer().encode(" ".join(running_text("test")[:20]))[:512]]
    )
    assert ids.size(1) == 512
    compare(ids, torch.ones_like(ids), torch.zeros_like(ids))


@st.composite
def batches(draw: st.DrawFn) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, segments and masks with holes anywhere, as long as one token of each row is real."""
    rows, length = draw(st.integers(1, 3)), draw(st.integers(1, 24))

    def table(elements: st.SearchStrategy[int]) -> Tensor:
        row = st.lists(elements, min_size=length, max_size=length)
        return torch.tensor(draw(st.lists(row, min_size=rows, max_size=rows)))

    mask, place = table(st.integers(0, 1)), st.integers(0, length - 1)
    mask[torch.arange(rows), torch.tensor([draw(place) for _ in range(rows)])] = 1
    return table(st.integers(0, VOCABULARY - 1)), mask, table(st.integers(0, 1))


@settings(max_examples=25, deadline=None)
@given(batches())
def test_every_layer_on_generated_batches(
    batch: tuple[Tensor, Tensor, Tensor],
) -> None:
    compare(*batch)


def test_fused_attention_differs_by_rounding_alone() -> None:
    """In 64 bits our encoder equals Hugging Face's fused attention to 1e-10."""
    batch = their_tokenizer()(texts()[:32], padding=True, return_tensors="pt")
    model = load_pretrained(corpora.minilm()).double()
    with torch.no_grad():
        encoding = model(batch["input_ids"], batch["attention_mask"])
        reference = theirs("sdpa", torch.float64)(
            **batch, output_hidden_states=True
        )
    for mine, hers in zip(
        encoding.hidden_states, reference.hidden_states, strict=True
    ):
        torch.testing.assert_close(mine, hers, atol=1e-10, rtol=0)


sizes = st.builds(
    lambda heads, head_size, layers, vocabulary: BertConfig(
        vocabulary_size=vocabulary,
        hidden_size=heads * head_size,
        layers=layers,
        heads=heads,
        feed_forward_size=3 * heads * head_size,
        positions=12,
        dropout=0.0,
    ),
    heads=st.integers(1, 4),
    head_size=st.integers(2, 8),
    layers=st.integers(1, 3),
    vocabulary=st.integers(5, 40),
)


@settings(max_examples=10, deadline=None)
@given(sizes, st.integers(0, 2**31 - 1))
def test_masked_language_model_and_its_gradients(
    config: BertConfig, seed: int
) -> None:
    """Random sizes and weights: the same logits, the same loss, the same gradients."""
    torch.manual_seed(seed)
    reference = BertForMaskedLM(
        HFConfig(
            vocab_size=config.vocabulary_size,
            hidden_size=config.hidden_size,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            intermediate_size=config.feed_forward_size,
            max_position_embeddings=config.positions,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            pad_token_id=0,
        )
    )
    reference.set_attn_implementation("eager")
    model = MaskedLanguageModel(config)
    weights = {
        name.replace("cls.predictions.transform.dense", "transform")
        .replace("cls.predictions.transform.LayerNorm", "norm")
        .replace("cls.predictions.bias", "bias"): value
        for name, value in reference.state_dict().items()
        if "decoder" not in name
    }
    renamed = {
        f"bert.{our_name(n)}" if n.startswith("bert.") else n: v.clone()
        for n, v in weights.items()
    }
    missing, unexpected = model.load_state_dict(renamed, strict=False)
    assert set(missing) == {"bert.pooler.weight", "bert.pooler.bias"}
    assert not unexpected

    ids = torch.randint(config.vocabulary_size, (3, 12))
    targets = torch.where(torch.rand(3, 12) < 0.4, ids, IGNORED)
    targets[0, 0] = ids[0, 0]
    expected = reference(input_ids=ids, labels=targets)
    torch.testing.assert_close(model(ids), expected.logits, atol=TOLERANCE, rtol=0)
    loss = model.loss(ids, targets)
    torch.testing.assert_close(loss, expected.loss, atol=TOLERANCE, rtol=0)
    loss.backward()
    expected.loss.backward()
    hers = {
        f"bert.{our_name(n)}": p.grad
        for n, p in reference.named_parameters()
        if n.startswith("bert.")
    }
    compared = 0
    for name, parameter in model.named_parameters():
        if name in hers and hers[name] is not None:
            # Hugging Face's table gives no gradient to the row of the padding token (id 0) as
            # an input; the tied output layer still does.
            rows = (
                slice(1, None)
                if name.endswith("embeddings.words.weight")
                else slice(None)
            )
            torch.testing.assert_close(
                parameter.grad[rows], hers[name][rows], atol=TOLERANCE, rtol=0
            )
            compared += 1
    assert compared > 10 * config.layers


def test_wordpiece_ids_of_real_text() -> None:
    """Chapter 02's WordPiece with BERT's special tokens: the ids of all questions and a corpus."""
    split = corpora.trec()
    everything = [e.text for e in split.train + split.test] + running_text("valid")
    expected = their_tokenizer()(everything, verbose=False)["input_ids"]
    for text, ids in zip(everything, expected, strict=True):
        assert tokenizer().encode(text) == ids


# BERT's own code sets Chinese characters apart up to U+2CEAF without a gap, and so do we; Hugging
# Face's Rust code leaves out the first 256 characters of Extension E.
LEFT_OUT = range(0x2B820, 0x2B920)
letters = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z"])


def of_one_kind(character: str) -> bool:
    """Say whether Python's Unicode and the library's, which is older, agree on punctuation."""
    kind = unicodedata.category(character)[0]
    theirs = len(BertPreTokenizer().pre_tokenize_str(f"0{character}0")) > 1
    ours = kind in "PZ" or (kind == "S" and character.isascii())
    return ours == theirs


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        alphabet=letters.filter(lambda c: ord(c) not in LEFT_OUT and of_one_kind(c))
    )
)
@example("naïve 日本 0\U0002b920 ₿3")
def test_wordpiece_ids_of_generated_text(text: str) -> None:
    assume(
        not any(
            special in text
            for special in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
        )
    )
    assert tokenizer().encode(text) == their_tokenizer()(text)["input_ids"]


@pytest.mark.parametrize("code", [LEFT_OUT[0], LEFT_OUT[-1], 0x2E43])
def test_where_wordpiece_differs_it_follows_google(code: int) -> None:
    """The character is a word of its own, so that the digit before it keeps its piece."""
    unknown, digit = tokenizer().id_of["[UNK]"], tokenizer().id_of["0"]
    assert tokenizer().encode(f"0{chr(code)}")[1:-1] == [digit, unknown]
    assert their_tokenizer()(f"0{chr(code)}")["input_ids"][1:-1] == [unknown]


# Format characters that are younger than the library's Unicode, which keeps them.
YOUNGER = {0x890, 0x891, 0x8E2, 0x110CD, *range(0x13430, 0x13439)}


def test_what_the_library_drops_is_dropped_and_nothing_else() -> None:
    """Control and format characters, private use, and what this Python does not know yet."""
    clean = BertNormalizer()
    seen = dropped = 0
    for code in [0x1FAE8, *range(0, 0x3000), *range(0x3000, 0x110000, 61)]:
        character = chr(code)
        kind = unicodedata.category(character)
        if kind[0] != "C" or kind == "Cs" or code in YOUNGER:
            continue
        ours_ = bert_words(f"a{character}b") == ["ab"]
        assert ours_ == (clean.normalize_str(f"a{character}b") == "ab"), hex(code)
        seen, dropped = seen + 1, dropped + ours_
    assert 0 < dropped < seen


def test_a_character_younger_than_this_python_is_kept() -> None:
    """The shaking face came with Unicode 15."""
    text = "shaking \U0001fae8 face"
    assert tokenizer().encode(text) == their_tokenizer()(text)["input_ids"]
    assert bert_words(text) == ["shaking", "\U0001fae8", "face"]


def test_padded_batches_are_theirs() -> None:
    batch, expected = (
        tokenizer().batch(texts()),
        their_tokenizer()(texts(), padding=True, return_tensors="pt"),
    )
    assert torch.equal(batch.ids, expected["input_ids"])
    assert torch.equal(batch.mask, expected["attention_mask"])
    assert torch.equal(batch.segments, expected["token_type_ids"])


def test_mean_pool_on_generated_masks() -> None:
    """Against the plain average over the real tokens of each sentence alone."""
    hidden = torch.randn(5, 9, 4)
    lengths = [1, 9, 3, 5, 8]
    mask = torch.tensor([[int(t < n) for t in range(9)] for n in lengths])
    expected = torch.stack(
        [hidden[i, :n].mean(dim=0) for i, n in enumerate(lengths)]
    )
    torch.testing.assert_close(mean_pool(hidden, mask), expected)


@pytest.mark.parametrize("seed", [0, 1])
def test_masking_rates_are_those_of_the_library(seed: int) -> None:
    """Both hide the same shares of 200,000 tokens, within four standard errors."""
    torch.manual_seed(seed)
    rows = torch.randint(1000, 20000, (1000, 200))
    vocabulary = their_tokenizer().vocab_size
    inputs, targets = hide(
        rows,
        torch.ones_like(rows, dtype=torch.bool),
        Masking(
            mask_id=their_tokenizer().mask_token_id, vocabulary_size=vocabulary
        ),
        torch.Generator().manual_seed(seed),
    )
    collator = DataCollatorForLanguageModeling(
        their_tokenizer(), mlm_probability=0.15
    )
    their_inputs, their_targets = collator.torch_mask_tokens(rows.clone())
    for x, y in ((inputs, targets), (their_inputs, their_targets)):
        asked = y != IGNORED
        blank = (x == their_tokenizer().mask_token_id)[asked].double().mean()
        kept = (x == rows)[asked].double().mean()
        n = int(asked.sum())
        assert (
            abs(n / rows.numel() - 0.15) < 4 * (0.15 * 0.85 / rows.numel()) ** 0.5
        )
        assert abs(blank - 0.8) < 4 * (0.8 * 0.2 / n) ** 0.5
        assert abs(kept - 0.1) < 4 * (0.1 * 0.9 / n) ** 0.5 + 1 / vocabulary
        assert torch.equal(x[~asked], rows[~asked])
