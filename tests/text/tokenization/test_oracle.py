"""Chapter 02 against the production libraries, on real text and on generated text."""

from __future__ import annotations

import functools
import json
import math
import re
import unicodedata
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
    special,
    unigram,
    wordpiece,
)
from nlpcourse.text.tokenization.words import words

pytestmark = pytest.mark.assets

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
    oniguruma = gpt.CL100K_PATTERN.replace("$", r"\Z").replace("{1,3}+", "{1,3}")
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


@functools.cache
def hf_austen() -> Tokenizer:
    return hf_train(train_text(), 4000)


def test_the_merges_of_a_megabyte_of_austen_are_theirs() -> None:
    ours = fast.train_fast(
        [chunk.encode() for chunk in gpt.gpt4_split(train_text())], 4000
    )
    assert len(ours) == 4000
    assert ours == merges_of(hf_austen())


def test_the_textbook_loop_learns_the_same_merges_of_some_pages() -> None:
    text = train_text()[:16_000]
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
    theirs, text = hf_austen(), held_out()[:300_000]
    ours = gpt.gpt4_tokenizer(bpe.to_ranks(merges_of(theirs)))
    assert ours.encode(text) == theirs.encode(text).ids


# ── byte-pair encoding against tiktoken ───────────────────────────────────────────────────────────


@functools.cache
def cl100k() -> tuple[fast.Tokenizer, tiktoken.Encoding]:
    ranks = corpora.gpt_bpe("cl100k_base")
    theirs = tiktoken.Encoding(
        "cl100k_base",
        pat_str=gpt.CL100K_PATTERN,
        mergeable_ranks=ranks,
        special_tokens={},
    )
    return gpt.gpt4_tokenizer(ranks), theirs


def test_the_pattern_is_the_one_that_tiktoken_ships() -> None:
    import inspect

    from tiktoken_ext import openai_public

    assert gpt.CL100K_PATTERN in inspect.getsource(openai_public.cl100k_base)


def test_the_ids_of_a_megabyte_of_held_out_text_are_theirs() -> None:
    ours, theirs = cl100k()
    assert len(held_out()) == 1_000_000
    assert ours.encode(held_out()) == theirs.encode_ordinary(held_out())


def test_the_ids_of_every_letter_and_every_number_are_theirs() -> None:
    """Beyond ``gpt.BEYOND`` there is none, as a unit makes sure: there a share is enough."""
    ours, theirs = cl100k()
    codes = [*range(0xD800), *range(0xE000, gpt.BEYOND)]
    codes += range(gpt.BEYOND, 0x110000, 97)
    text = " ".join(map(chr, codes))
    assert ours.encode(text) == theirs.encode_ordinary(text)
    joined = "".join(map(chr, codes[::7]))
    assert ours.encode(joined) == theirs.encode_ordinary(joined)


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


# ── special tokens against tiktoken ───────────────────────────────────────────────────────────────


@functools.cache
def with_commands() -> tuple[fast.Tokenizer, tiktoken.Encoding]:
    ours, _ = cl100k()
    return ours, tiktoken.Encoding(
        "cl100k_base with special tokens",
        pat_str=gpt.CL100K_PATTERN,
        mergeable_ranks=dict(ours.ranks),
        special_tokens=special.CL100K,
    )


def test_the_special_tokens_are_those_that_tiktoken_ships() -> None:
    import inspect

    from tiktoken_ext import openai_public

    source = inspect.getsource(openai_public.cl100k_base)
    assert sorted(map(int, re.findall(r": (1\d{5}),", source))) == sorted(
        special.CL100K.values()
    )
    names = {openai_public.ENDOFTEXT, openai_public.FIM_PREFIX}
    names |= {openai_public.FIM_MIDDLE, openai_public.FIM_SUFFIX}
    assert special.CL100K.keys() == names | {openai_public.ENDOFPROMPT}


spelt = st.lists(
    st.sampled_from(
        [*special.CL100K, "a", " b", "<|", "endoftext", "|>", "\n", "寿"]
    )
).map("".join)


@settings(deadline=None)
@given(spelt, st.sets(st.sampled_from([*special.CL100K])))
def test_commands_are_read_and_refused_as_theirs_are(
    text: str, allowed: set[str]
) -> None:
    ours, theirs = with_commands()
    try:
        expected = theirs.encode(text, allowed_special=allowed)
    except ValueError:
        with pytest.raises(ValueError, match="spells the special token"):
            special.encode_special(text, ours, special.CL100K, allowed)
    else:
        ids = special.encode_special(text, ours, special.CL100K, allowed)
        assert ids == expected
        assert special.decode_special(ids, ours, special.CL100K) == text
    ordinary = theirs.encode(text, disallowed_special=())
    assert ours.encode(text) == ordinary


def test_hugging_face_reads_commands_in_any_text_unless_told_otherwise() -> None:
    """What the chapter says of that library."""
    theirs = Tokenizer(models.BPE({"a": 0, "<": 1, "e": 2, ">": 3}, []))
    theirs.add_special_tokens(["<e>"])
    assert theirs.encode("a<e>a").ids == [0, 4, 0]
    theirs.encode_special_tokens = True
    assert theirs.encode("a<e>a").ids == [0, 1, 2, 3, 0]


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
    text = books()[book][:120_000]
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


def test_the_words_of_bert_are_theirs_whatever_the_character() -> None:
    """Of the characters whose category has not changed since Unicode 3.2, and of those to come.

    On marks and punctuation of the years between, the tables of ``tokenizers`` are older.
    """
    normalizer = normalizers.BertNormalizer(lowercase=True)
    splitter = pre_tokenizers.BertPreTokenizer()
    old = unicodedata.ucd_3_2_0
    compared = 0
    for code in [*range(0x3500), *range(0xA000, 0xAC00), *range(0xE000, 0x1FC00)]:
        character = chr(code)
        category = unicodedata.category(character)
        # an emoji of a later Unicode than this Python's is kept, like any sign
        younger = category == "Cn" and code >= 0x1F000
        if younger or old.category(character) == category != "Cn":
            normal = normalizer.normalize_str(f"a{character}b")
            theirs = [word for word, _ in splitter.pre_tokenize_str(normal)]
            assert wordpiece.bert_words(f"a{character}b") == theirs, hex(code)
            compared += 1
    assert compared > 15_000


def test_the_words_of_bert_are_theirs() -> None:
    normalizer = normalizers.BertNormalizer(lowercase=True)
    splitter = pre_tokenizers.BertPreTokenizer()
    text = (
        books()["blake-poems"] + "🫨 Ünïcode, e\u0301galité! 東京 is_here\t\u200bok"
    )
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


def test_a_long_word_is_expected_as_often_as_it_stands() -> None:
    """Where the probability of the whole word is too small for a float."""
    scores = {"a": math.log(0.01), "aa": math.log(0.02), "b": math.log(0.97)}
    for length in (1, 10, 229, 230, 2_000):
        counts = unigram.expected_counts({"a" * length: 3}, scores)
        letters = sum(len(piece) * n for piece, n in counts.items())
        assert letters == pytest.approx(3 * length, rel=1e-9)


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


@functools.cache
def punkt_trainer() -> Any:
    from nltk.tokenize import punkt

    trainer: Any = punkt.PunktTrainer()
    trainer.train(emma(), finalize=False)
    return trainer


@functools.cache
def emma() -> str:
    return books()["austen-emma"][:250_000]


def test_the_scores_of_abbreviations_are_theirs() -> None:
    trainer = punkt_trainer()
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
    ours = sentences.learn_abbreviations(emma())
    assert {"mr", "mrs"} <= set(ours) & punkt_trainer().get_params().abbrev_types


def test_the_threshold_is_nltks() -> None:
    from nltk.tokenize import punkt

    assert punkt.PunktTrainer.ABBREV == sentences.THRESHOLD
