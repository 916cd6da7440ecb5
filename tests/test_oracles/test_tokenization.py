"""Chapter 02 against the production libraries, on real text and on generated text."""

from __future__ import annotations

import functools
import json
import math
from typing import Any

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import (
    Regex,
    Tokenizer,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)

from nlpcourse import corpora
from nlpcourse.text.tokenization import (
    bpe,
    fast,
    gpt,
    sentences,
    unigram,
    wordpiece,
)
from nlpcourse.text.tokenization.words import words

pytestmark = pytest.mark.assets

PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++%s|\s*[\r\n]|\s+(?!\S)|\s"
)
every_character = st.characters()  # surrogates too
# What the pattern treats in its own way, so that it meets often.
tricky = st.sampled_from(
    [*" \n\r\t'sSſtTlLvVeErRdDmM123½²٣aé.,-!?字🙂", "\x1c", "\x85", "\u2028", "ǅ"]
)
unicode_text = st.text(st.one_of(tricky, every_character), max_size=60)


@functools.cache
def books() -> dict[str, str]:
    return corpora.gutenberg()


@functools.cache
def train_text() -> str:
    return (books()["austen-emma"] + books()["austen-persuasion"])[:1_000_000]


@functools.cache
def held_out() -> str:
    names = (
        "chesterton-ball",
        "chesterton-thursday",
        "carroll-alice",
        "bryant-stories",
    )
    return "".join(books()[name] for name in names)[:1_000_000]


# ── byte-pair encoding against Hugging Face tokenizers ────────────────────────────────────────────


def hf_train(text: str, n_merges: int) -> Tokenizer:
    # Oniguruma, their engine, reads {1,3}+ as ({1,3})+ and would glue digits without end.
    oniguruma = (PATTERN % r"\Z").replace("{1,3}+", "{1,3}")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(oniguruma), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=256 + n_merges,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer


def merges_of(tokenizer: Tokenizer) -> list[tuple[bytes, bytes]]:
    ranks = list(bpe.byte_ranks())
    written = [chr(token[0]) for token in ranks[:188]] + [
        chr(256 + i) for i in range(68)
    ]
    byte_of = dict(zip(written, ranks, strict=True))
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [
        (
            b"".join(map(byte_of.__getitem__, left)),
            b"".join(map(byte_of.__getitem__, right)),
        )
        for left, right in merges
    ]


def test_the_order_of_the_bytes_is_theirs() -> None:
    vocabulary = hf_train("", 0).get_vocab()
    written = sorted(vocabulary, key=vocabulary.__getitem__)
    ours = [chr(token[0]) for token in list(bpe.byte_ranks())[:188]]
    assert written == ours + [chr(256 + i) for i in range(68)]
    assert sorted(written) == sorted(pre_tokenizers.ByteLevel.alphabet())


@pytest.mark.parametrize("n_merges", [512, 4000])
def test_the_merges_of_a_megabyte_of_austen_are_theirs(n_merges: int) -> None:
    theirs = merges_of(hf_train(train_text(), n_merges))
    ours = fast.train_fast(
        [chunk.encode() for chunk in gpt.gpt4_split(train_text())], n_merges
    )
    assert len(ours) == n_merges
    assert ours == theirs


def test_the_textbook_loop_learns_the_same_merges_of_a_chapter() -> None:
    text = train_text()[:30_000]
    chunks = [chunk.encode() for chunk in gpt.gpt4_split(text)]
    assert bpe.train(chunks, 60) == merges_of(hf_train(text, 60))


@settings(deadline=None)
@given(st.text(alphabet="ab é1\n", max_size=80))
def test_the_merges_of_generated_text_are_theirs(text: str) -> None:
    """Up to the first merge whose token another pair has spelt before.

    From there on ``tokenizers`` keeps old counts of pairs that it has merged; ours are exact.
    """
    theirs = merges_of(hf_train(text, 30))
    ours = fast.train_fast([chunk.encode() for chunk in gpt.gpt4_split(text)], 30)
    tokens = [left + right for left, right in ours]
    fresh = next(
        (i for i, token in enumerate(tokens) if token in tokens[:i]), len(tokens)
    )
    assert ours[:fresh] == theirs[:fresh]
    if fresh == len(ours):
        assert len(theirs) == len(ours)


def test_trained_tokenizers_agree_on_held_out_text() -> None:
    theirs = hf_train(train_text(), 2000)
    ours = gpt.gpt4_tokenizer(bpe.to_ranks(merges_of(theirs)))
    assert ours.encode(held_out()) == theirs.encode(held_out()).ids


# ── byte-pair encoding against tiktoken ───────────────────────────────────────────────────────────


@functools.cache
def cl100k() -> tuple[fast.Tokenizer, tiktoken.Encoding]:
    ranks = corpora.gpt_bpe("cl100k_base")
    theirs = tiktoken.Encoding(
        "cl100k_base",
        pat_str=PATTERN % "$",
        mergeable_ranks=ranks,
        special_tokens={},
    )
    return gpt.gpt4_tokenizer(ranks), theirs


def test_the_pattern_is_the_one_that_tiktoken_ships() -> None:
    import inspect

    from tiktoken_ext import openai_public

    assert PATTERN % "$" in inspect.getsource(openai_public.cl100k_base)


def test_the_ids_of_a_megabyte_of_held_out_text_are_theirs() -> None:
    ours, theirs = cl100k()
    assert len(held_out()) == 1_000_000
    assert ours.encode(held_out()) == theirs.encode_ordinary(held_out())


def test_the_ids_of_every_character_are_theirs() -> None:
    ours, theirs = cl100k()
    assigned = [chr(code) for code in range(0x33480) if not 0xD800 <= code < 0xE000]
    for text in (" ".join(assigned), "".join(map(chr, range(0xE000, 0x110000)))):
        assert ours.encode(text) == theirs.encode_ordinary(text)


@settings(max_examples=1000, deadline=None)
@given(unicode_text)
def test_the_ids_of_generated_text_are_theirs(text: str) -> None:
    ours, theirs = cl100k()
    ids = ours.encode(text)
    assert ids == theirs.encode_ordinary(text)
    assert ours.decode(ids) == theirs.decode(ids)


@settings(deadline=None)
@given(st.text(alphabet="etaoinshrdlu", min_size=60, max_size=400))
def test_the_ids_of_words_without_end_are_theirs(text: str) -> None:
    ours, theirs = cl100k()
    assert ours.encode(text) == theirs.encode_ordinary(text)


# ── WordPiece against Hugging Face tokenizers ─────────────────────────────────────────────────────


@functools.cache
def bert() -> tuple[set[str], Tokenizer]:
    theirs = Tokenizer.from_file(str(corpora.minilm() / "tokenizer.json"))
    theirs.no_truncation()
    theirs.no_padding()
    return set(theirs.get_vocab()), theirs


@pytest.mark.parametrize(
    "book", ["carroll-alice", "whitman-leaves", "milton-paradise"]
)
def test_the_pieces_of_a_book_are_theirs(book: str) -> None:
    vocabulary, theirs = bert()
    text = books()[book]
    encoding = theirs.encode(text, add_special_tokens=False)
    assert wordpiece.encode(text, vocabulary) == encoding.tokens


@settings(deadline=None)
@given(
    st.text(st.characters(max_codepoint=0x17F, exclude_characters="İ"), max_size=80)
)
def test_the_pieces_of_generated_text_are_theirs(text: str) -> None:
    """In Latin script: elsewhere the two libraries' editions of Unicode differ."""
    vocabulary, theirs = bert()
    encoding = theirs.encode(text, add_special_tokens=False)
    assert wordpiece.encode(text, vocabulary) == encoding.tokens


@settings(deadline=None)
@given(
    st.sets(st.text(alphabet="ab#", min_size=1, max_size=4), min_size=1),
    st.text(alphabet="ab#", min_size=1, max_size=110),
)
def test_any_vocabulary_gives_their_pieces(vocabulary: set[str], word: str) -> None:
    ids = {piece: i for i, piece in enumerate(sorted(vocabulary | {"[UNK]"}))}
    theirs = Tokenizer(
        models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100)
    )
    assert wordpiece.encode_word(word, ids.keys()) == theirs.encode(word).tokens


def test_the_words_of_bert_are_theirs() -> None:
    normalizer = normalizers.BertNormalizer(lowercase=True)
    splitter = pre_tokenizers.BertPreTokenizer()
    text = books()["blake-poems"] + "Ünïcode, e\u0301galité! 東京 is_here\t\u200bok"
    theirs = [
        word
        for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text))
    ]
    assert wordpiece.bert_words(text) == theirs


# ── Unigram against Hugging Face tokenizers ───────────────────────────────────────────────────────


def hf_unigram(scores: dict[str, float]) -> Tokenizer:
    return Tokenizer(models.Unigram([("<unk>", -100.0), *scores.items()], 0, False))


def test_the_best_way_to_cut_the_words_of_a_book_is_theirs() -> None:
    counts: dict[str, int] = {}
    for word in words(books()["carroll-alice"]):
        counts["▁" + word] = counts.get("▁" + word, 0) + 1
    scores = unigram.train(counts, size=800, seed_size=2000)
    theirs = hf_unigram(scores)
    for word in counts:
        assert unigram.segment(word, scores) == theirs.encode(word).tokens


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(alphabet="abc", min_size=2, max_size=5), st.floats(-20, -1)
    ),
    st.text(alphabet="abc", min_size=1, max_size=40),
)
def test_the_best_way_to_cut_generated_text_is_theirs(
    pieces: dict[str, float], text: str
) -> None:
    scores = {"a": -3.0, "b": -4.0, "c": -5.0, **pieces}
    theirs = hf_unigram(scores).encode(text).tokens
    ours = unigram.segment(text, scores)
    if ours != theirs:  # two ways may be equally probable up to rounding
        likelihoods = [math.fsum(scores[p] for p in way) for way in (ours, theirs)]
        assert likelihoods[0] == pytest.approx(likelihoods[1], rel=1e-12)


# ── Punkt against NLTK ────────────────────────────────────────────────────────────────────────────


def test_the_scores_of_abbreviations_are_theirs() -> None:
    from nltk.tokenize import punkt

    trainer: Any = punkt.PunktTrainer()
    trainer.train(books()["austen-emma"], finalize=False)
    types = list(trainer._type_fdist)
    total = trainer._type_fdist.N()
    share = trainer._num_period_toks / total
    theirs = {
        word: score
        for word, score, _ in trainer._reclassify_abbrev_types(types)
        if not word.endswith(".")
    }
    compared = 0
    for word, score in theirs.items():
        with_stop, without = (
            trainer._type_fdist[word + "."],
            trainer._type_fdist[word],
        )
        if with_stop and with_stop + without < total:
            ours = sentences.abbreviation_score(with_stop, without, word, share)
            # NLTK adds 1e-8 inside a log
            assert ours == pytest.approx(score, rel=1e-5, abs=1e-9)
            compared += 1
    assert compared > 500


def test_the_commonest_abbreviations_are_found_by_both() -> None:
    from nltk.tokenize import punkt

    trainer: Any = punkt.PunktTrainer()
    trainer.train(books()["austen-emma"])
    ours = sentences.learn_abbreviations(books()["austen-emma"])
    assert {"mr", "mrs"} <= set(ours) & trainer.get_params().abbrev_types
