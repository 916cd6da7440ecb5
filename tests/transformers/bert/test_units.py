"""The parts of chapter 30 on their own: masks, pairs, pools, tokenizers, tasks, senses."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse import corpora
from nlpcourse.training import loop, registry
from nlpcourse.training.recipe import Plan
from nlpcourse.transformers.bert.classifier import (
    FrozenTask,
    QuestionTask,
    deal,
    embed,
    mean_pool,
)
from nlpcourse.transformers.bert.encoder import (
    Bert,
    BertConfig,
    attention,
    load_pretrained,
)
from nlpcourse.transformers.bert.masking import (
    IGNORED,
    Masking,
    hide,
    next_sentence_pairs,
    shared_words,
)
from nlpcourse.transformers.bert.pretraining import (
    ByteTokenizer,
    MaskedLanguageTask,
    restore,
    running_text,
    sinusoids,
    windows,
)
from nlpcourse.transformers.bert.recipes import RECIPES
from nlpcourse.transformers.bert.senses import (
    BANK_SENSES,
    bank_occurrences,
    neighbour_agreement,
    word_vectors,
)
from nlpcourse.transformers.bert.tokens import PieceTokenizer

TINY = BertConfig(
    30, hidden_size=8, layers=2, heads=2, feed_forward_size=16, positions=16
)
SMALL: dict[str, Any] = {
    "masking": "dynamic",
    "copies": 1,
    "vocabulary": 500,
    "length": 16,
    "batch_size": 8,
    "layers": 1,
    "hidden_size": 16,
    "heads": 2,
    "dropout": 0.0,
    "initial_spread": 0.06,
}


# ── the encoder ───────────────────────────────────────────────────────────────────────────────────


def test_attention_rows_add_up_to_one_and_see_no_masked_token() -> None:
    x = torch.randn(2, 3, 5, 4)  # (B, nh, T, hs)
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0]]).bool()[:, None, None, :]
    mixed, weights = attention(x, x, x, mask)
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(2, 3, 5))
    assert weights[1, :, :, 2:].eq(0).all()
    assert mixed.shape == x.shape


def test_padding_changes_nothing_with_a_mask_and_something_without() -> None:
    torch.manual_seed(0)
    model = Bert(TINY).eval()
    alone = torch.tensor([[3, 4, 5]])
    padded = torch.tensor([[3, 4, 5, 0, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 0, 0, 0]])
    expected = model(alone).last
    torch.testing.assert_close(model(padded, mask).last[:, :3], expected)
    assert not torch.allclose(model(padded).last[:, :3], expected, atol=1e-4)


def test_order_matters_only_through_the_positions() -> None:
    torch.manual_seed(0)
    model = Bert(TINY).eval()
    ids, shuffled = torch.tensor([[3, 4, 5, 6]]), torch.tensor([[6, 4, 5, 3]])
    assert not torch.allclose(
        model(ids).last[0, 1], model(shuffled).last[0, 1], atol=1e-4
    )
    torch.nn.init.zeros_(model.embeddings.positions.weight)
    torch.testing.assert_close(model(ids).last[0, 1], model(shuffled).last[0, 1])


def test_a_batch_that_cannot_be_encoded_is_refused() -> None:
    model = Bert(TINY)
    with pytest.raises(
        ValueError, match="17 tokens, but the model has 16 positions"
    ):
        model(torch.zeros(1, 17, dtype=torch.long))
    with pytest.raises(ValueError, match="padding only"):
        model(
            torch.zeros(2, 3, dtype=torch.long),
            torch.tensor([[1, 1, 1], [0, 0, 0]]),
        )
    with pytest.raises(ValueError, match="not a multiple of heads"):
        BertConfig(hidden_size=10, heads=4)


def test_a_weight_that_is_missing_is_named(tmp_path: Any) -> None:
    from safetensors.torch import load_file, save_file

    folder = corpora.minilm()
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    tensors = load_file(folder / "model.safetensors")
    del tensors["encoder.layer.2.attention.self.key.bias"]
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(RuntimeError, match=r"blocks\.2\.attention\.key\.bias"):
        load_pretrained(tmp_path)


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────


def test_pairs_get_two_segments_and_padding_none() -> None:
    tokenizer = PieceTokenizer(
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "yes", "no"]
    )
    batch = tokenizer.pad_together(
        [tokenizer.encode("yes", "no no"), tokenizer.encode("no")]
    )
    assert batch.ids.tolist() == [[2, 5, 3, 6, 6, 3], [2, 6, 3, 0, 0, 0]]
    assert batch.mask.tolist() == [[1] * 6, [1, 1, 1, 0, 0, 0]]
    assert batch.segments.tolist() == [[0, 0, 0, 1, 1, 1], [0] * 6]


def test_a_vocabulary_without_special_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[MASK\]"):
        PieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "yes"])


def test_byte_tokenizer_survives_the_checkpoint() -> None:
    text = "\n".join(running_text("valid")[:200])
    tokenizer = ByteTokenizer.learn(text, 600)
    again = ByteTokenizer.from_merge_ids(tokenizer.merge_ids())
    sample = "Der Käfer naïve 日本 🤗 the <mask> of the game"
    assert again.encode(sample) == tokenizer.encode(sample)
    assert again.merges == tokenizer.merges
    assert tokenizer.blank in tokenizer.encode(sample)
    assert tokenizer.size == 600


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_byte_tokenizer_has_no_unknown_text(text: str) -> None:
    tokenizer = ByteTokenizer([(b"t", b"h"), (b"th", b"e"), (b" ", b"the")])
    if "<mask>" not in text:
        ids = tokenizer.encode(text)
        assert tokenizer.bpe.decode(ids[1:-1]) == text


def test_windows_hold_the_running_text() -> None:
    tokenizer = ByteTokenizer([(b"t", b"h"), (b"th", b"e")])
    rows = windows(["the theme", " of the day"], tokenizer, 6)
    assert (rows[:, 0] == tokenizer.start).all()
    assert (rows[:, -1] == tokenizer.end).all()
    inner = [i for row in rows.tolist() for i in row[1:-1]]
    assert "the theme of the day".startswith(tokenizer.bpe.decode(inner))


# ── masks and pairs ───────────────────────────────────────────────────────────────────────────────


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.0, 1.0))
def test_hide_asks_only_where_it_may(seed: int, rate: float) -> None:
    ids = torch.arange(5, 65).reshape(3, 20)
    hideable = ids % 3 != 0
    masking = Masking(mask_id=1, vocabulary_size=70, rate=rate)
    inputs, targets = hide(
        ids, hideable, masking, torch.Generator().manual_seed(seed)
    )
    asked = targets != IGNORED
    assert not (asked & ~hideable).any()
    assert torch.equal(inputs[~asked], ids[~asked])
    assert torch.equal(targets[asked], ids[asked])
    again = hide(ids, hideable, masking, torch.Generator().manual_seed(seed))
    assert torch.equal(inputs, again[0])


def test_next_sentence_pairs_are_half_true() -> None:
    documents = [[f"{d}.{s}" for s in range(5)] for d in "abc"]
    pairs = next_sentence_pairs(documents, 200)
    assert sum(p.is_next for p in pairs) == 100
    for pair in pairs:
        (d1, s1), (d2, s2) = pair.first.split("."), pair.second.split(".")
        assert pair.is_next == (d1 == d2 and int(s2) == int(s1) + 1)
        assert pair.is_next or d1 != d2
    with pytest.raises(ValueError, match="two documents"):
        next_sentence_pairs([["a", "b"], ["c"]], 2)


def test_shared_words_counts_content_words_once() -> None:
    assert (
        shared_words("The river Thames rose", "A river is the Thames , the river")
        == 2
    )


# ── tasks ─────────────────────────────────────────────────────────────────────────────────────────


@cache
def small_text() -> tuple[ByteTokenizer, torch.Tensor]:
    paragraphs = running_text("valid")[:200]
    tokenizer = ByteTokenizer.learn("\n".join(paragraphs), 500)
    return tokenizer, windows(paragraphs, tokenizer, 16)


def masked_task(rows: int = 40, **changes: Any) -> MaskedLanguageTask:
    tokenizer, text = small_text()
    torch.manual_seed(0)
    return MaskedLanguageTask(
        {**SMALL, **changes}, text[:rows], text[-64:], tokenizer
    )


def test_dynamic_masks_change_from_visit_to_visit_and_static_ones_do_not() -> None:
    steps = 40 // SMALL["batch_size"]

    def seen(
        task: MaskedLanguageTask, epoch: int
    ) -> dict[tuple[int, ...], tuple[int, ...]]:
        """From the true row to what was asked of it."""
        rows = {}
        for step in range(epoch * steps, (epoch + 1) * steps):
            inputs, targets = task.batch(step)
            true = torch.where(targets == IGNORED, inputs, targets)
            for row, target in zip(true.tolist(), targets.tolist(), strict=True):
                rows[tuple(row)] = tuple(target)
        return rows

    dynamic, static = masked_task(), masked_task(masking="static", copies=1)
    assert seen(static, 0) == seen(static, 1)
    first, second = seen(dynamic, 0), seen(dynamic, 1)
    assert first.keys() == second.keys()
    assert sum(first[row] == second[row] for row in first) < len(first) / 4
    two = masked_task(masking="static", copies=2)
    assert seen(two, 0) == seen(two, 2) != seen(two, 1)


def test_unknown_masking_is_refused() -> None:
    with pytest.raises(ValueError, match="static or dynamic"):
        masked_task(masking="none")


def test_a_few_steps_of_masked_language_modelling_learn_something() -> None:
    task = masked_task(rows=400)
    before = task.evaluate()["loss"]
    loop.fit(task, Plan(seed=0, steps=60, learning_rate=3e-3))
    after = task.evaluate()
    assert after["loss"] < before - 0.3
    assert 0 <= after["accuracy"] <= 1
    assert after["perplexity"] == pytest.approx(
        torch.tensor(after["loss"]).exp().item()
    )


def test_a_checkpoint_gives_back_model_and_tokenizer() -> None:
    task = masked_task()
    filler = restore(task.model.state_dict(), SMALL)
    (guesses,) = filler.guesses("The game <mask> good", count=3)
    assert len(guesses) == 3
    assert guesses[0][1] >= guesses[1][1] >= guesses[2][1] > 0
    assert filler.tokenizer.merges == small_text()[0].merges
    with pytest.raises(ValueError, match="<mask>"):
        filler.guesses("no blank here")


def test_questions_are_dealt_once_each_and_by_length() -> None:
    lengths = [i * 7919 % 40 for i in range(3000)]
    batches = deal(lengths, 32, seed=3)
    flat = [i for batch in batches for i in batch]
    assert len(flat) == len(set(flat)) == 3000 // 32 * 32
    spread = [
        max(lengths[i] for i in b) - min(lengths[i] for i in b) for b in batches
    ]
    assert sum(spread) / len(spread) < 10
    assert deal(lengths, 32, seed=3) == batches != deal(lengths, 32, seed=4)


def test_question_task_reads_the_published_division() -> None:
    task = QuestionTask({"pretrained": True, "batch_size": 4, "limit": 40})
    assert task.names == ["ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"]
    assert len(task.rows) == 40
    assert len(task.test) == 500
    ids, mask, labels = task.batch(0)
    assert ids.shape == mask.shape
    assert len(labels) == 4
    held_out = QuestionTask(
        {"pretrained": False, "batch_size": 4, "held_out": 10, "limit": 40}
    )
    assert held_out.test == corpora.trec().train[-10:]


def test_frozen_vectors_separate_questions_after_a_second_of_training() -> None:
    torch.manual_seed(0)
    task = FrozenTask({"batch_size": 32, "limit": 300})
    loop.fit(task, Plan(seed=0, steps=200, learning_rate=1e-2))
    assert task.evaluate()["accuracy"] > 0.6


def test_embed_does_not_depend_on_the_company() -> None:
    folder = corpora.minilm()
    bert, tokenizer = load_pretrained(folder), PieceTokenizer.from_folder(folder)
    texts = [
        "Who was Galileo ?",
        "What is an atom made of , and who found it out ?",
        "Why ?",
    ]
    together = embed(bert, tokenizer, texts)
    alone = torch.cat([embed(bert, tokenizer, [text]) for text in texts])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=0)


def test_recipes_are_registered() -> None:
    known = registry.recipes()
    assert set(RECIPES) <= set(known)
    for name in (
        "bert-wikitext2-dynamic",
        "bert-trec-finetuned-seed0",
        "bert-trec-scratch-seed2",
    ):
        assert name in known


# ── senses ────────────────────────────────────────────────────────────────────────────────────────


def test_every_bank_is_tagged() -> None:
    found = bank_occurrences()
    assert len(found) == sum(letter != "-" for letter in BANK_SENSES)
    assert all(o.words[o.place] == "bank" for o in found)


def test_the_vector_of_a_word_is_the_row_of_its_piece() -> None:
    folder = corpora.minilm()
    bert, tokenizer = load_pretrained(folder), PieceTokenizer.from_folder(folder)
    found = bank_occurrences()[:3]
    vectors = word_vectors(bert, tokenizer, found)
    for i, o in enumerate(found):
        row = tokenizer.encode(" ".join(o.words))
        place = row.index(tokenizer.id_of["bank"])
        with torch.no_grad():
            alone = bert(torch.tensor([row])).last[0, place]
        torch.testing.assert_close(vectors[-1, i], alone, atol=1e-4, rtol=0)


def test_neighbours_by_hand() -> None:
    vectors = torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.8, 0.3]])
    assert neighbour_agreement(vectors, ["a", "a", "b"]) == pytest.approx(2 / 3)


def test_mean_pool_of_one_token_is_the_token() -> None:
    hidden = torch.randn(1, 3, 4)
    torch.testing.assert_close(
        mean_pool(hidden, torch.tensor([[0, 1, 0]])), hidden[:, 1]
    )


# ── edges ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    [
        "vocabulary_size",
        "hidden_size",
        "layers",
        "heads",
        "feed_forward_size",
        "positions",
        "segments",
    ],
)
def test_sizes_of_nothing_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"needs {name} of 1 or more, not 0"):
        BertConfig(**{name: 0})


def test_a_vocabulary_of_one_and_a_token_of_one() -> None:
    one = Bert(BertConfig(1, 2, 1, 1, 1, 1, 1)).eval()
    assert one(torch.zeros(1, 1, dtype=torch.long)).last.shape == (1, 1, 2)
    with pytest.raises(ValueError, match="dropout is a share"):
        BertConfig(dropout=-0.1)


def test_batches_of_another_shape_are_refused() -> None:
    model = Bert(TINY)
    with pytest.raises(ValueError, match="put one sentence in brackets"):
        model(torch.tensor([1, 2]))
    with pytest.raises(ValueError, match="without a token"):
        model(torch.zeros(1, 0, dtype=torch.long))
    with pytest.raises(
        ValueError, match=r"mask has shape \(1, 2\), the ids \(1, 3\)"
    ):
        model(torch.tensor([[1, 2, 3]]), torch.tensor([[1, 1]]))
    tokenizer = PieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    assert tokenizer.batch([""]).ids.tolist() == [[2, 3]]
    for rows in ([], [[]], [[1], []]):
        with pytest.raises(ValueError, match="a batch needs rows"):
            tokenizer.pad_together(rows)
    assert embed(model, tokenizer, []).shape == (0, 8)
    with pytest.raises(ValueError, match="is one text; put it in brackets"):
        embed(model, tokenizer, "Why ?")
    for size in (0, -1):
        with pytest.raises(ValueError, match="texts is none; give 1 or more"):
            embed(model, tokenizer, ["a"], batch_size=size)
        with pytest.raises(ValueError, match="texts is none; give 1 or more"):
            deal([1, 2], size, seed=0)
    assert deal([], 4, seed=0) == deal([1, 2], 4, seed=0) == []


def test_shares_that_cannot_be_are_refused() -> None:
    for wrong in ({"rate": 1.5}, {"rate": -0.1}, {"rate": float("nan")}):
        with pytest.raises(ValueError, match="the rate is a share"):
            Masking(1, 10, **wrong)
    for wrong in ({"blank": 0.95}, {"random": -0.1}, {"blank": float("nan")}):
        with pytest.raises(ValueError, match="shares that add up"):
            Masking(1, 10, **wrong)
    with pytest.raises(ValueError, match="vocabulary of 1 or more"):
        Masking(1, 0)
    nothing = torch.zeros(0, 4, dtype=torch.long)
    inputs, targets = hide(nothing, nothing > 0, Masking(1, 5), torch.Generator())
    assert inputs.shape == targets.shape == (0, 4)
    with pytest.raises(ValueError, match="-1 pairs"):
        next_sentence_pairs([["a", "b"], ["c", "d"]], -1)


def test_what_has_no_mean_and_no_neighbour_is_refused() -> None:
    with pytest.raises(ValueError, match="padding only has no mean"):
        mean_pool(torch.zeros(1, 2, 3), torch.zeros(1, 2))
    for vectors, senses in ((torch.ones(1, 2), ["a"]), (torch.ones(2, 2), ["a"])):
        with pytest.raises(ValueError, match="give two or more of both"):
            neighbour_agreement(vectors, senses)
    with pytest.raises(ValueError, match="no number"):
        neighbour_agreement(torch.full((2, 2), float("nan")), ["a", "b"])


def test_vocabularies_and_rows_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="259 ids can't hold"):
        ByteTokenizer.learn("text", 259)
    bare = ByteTokenizer([])
    assert bare.merge_ids().shape == (0, 2)
    assert bare.encode("") == [bare.start, bare.end]
    assert ByteTokenizer.from_merge_ids(bare.merge_ids()).encode(
        "a"
    ) == bare.encode("a")
    with pytest.raises(ValueError, match="row of 2 ids"):
        windows(["text"], bare, 2)
    assert windows([], bare, 4).shape == (0, 4)
    with pytest.raises(ValueError, match="2 places of 3 channels"):
        sinusoids(2, 3)
    filler = restore(masked_task().model.state_dict(), SMALL)
    for count in (0, 501):
        with pytest.raises(ValueError, match="guesses can't be given"):
            filler.guesses("The <mask>", count)
