"""Units of chapter 02: properties that hold for every text, and the cases that bite."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse.text.tokenization import (
    bpe,
    cost,
    fast,
    gpt,
    sentences,
    special,
    unigram,
    wordpiece,
    words,
)

few_letters = st.text(alphabet="abc", min_size=1, max_size=12)
chunks = st.lists(few_letters.map(str.encode), max_size=30)
no_surrogates = st.text(st.characters(exclude_categories=["Cs"]))


class TestWords:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", []),
            ("U.S.A. won.", ["U.S.A.", "won", "."]),
            ("at 12:30, 1,000.50 m", ["at", "12:30", ",", "1,000.50", "m"]),
            ("the 3rd one", ["the", "3rd", "one"]),
            ("rock-'n'-roll", ["rock", "-", "'", "n", "'", "-", "roll"]),
            ("wait... what", ["wait", "...", "what"]),
            ("naïve_café 👋", ["naïve_café", "👋"]),
        ],
    )
    def test_cases(self, text: str, expected: list[str]) -> None:
        assert words.words(text) == expected

    @settings(deadline=None)
    @given(st.text())
    def test_nothing_but_white_space_is_lost(self, text: str) -> None:
        assert "".join(words.words(text)) == "".join(text.split())

    def test_no_tokens_have_no_rate(self) -> None:
        with pytest.raises(ValueError, match="no tokens"):
            words.unknown_rate([], {"a"})


class TestSentences:
    @settings(deadline=None)
    @given(st.text(alphabet="aB .!?'\"\n", max_size=60))
    def test_no_character_but_white_space_is_lost(self, text: str) -> None:
        joined = "".join(sentences.split_sentences(text))
        assert "".join(joined.split()) == "".join(text.split())

    def test_quotation_marks_stay_on_their_side(self) -> None:
        text = 'She said "No." Then she left.'
        assert sentences.split_sentences(text) == [
            'She said "No."',
            "Then she left.",
        ]

    def test_an_abbreviation_at_the_end_is_its_failure(self) -> None:
        text = "They came at 5 p.m. The door was shut."
        assert len(sentences.split_sentences(text, {"p.m"})) == 1

    def test_only_the_frequent_companions_of_a_stop_are_abbreviations(self) -> None:
        text = "Dr. Who saw the dog. The dog saw Dr. Who. A dog is a dog. " * 20
        assert list(sentences.learn_abbreviations(text)) == ["dr"]
        assert sentences.learn_abbreviations("") == {}


class TestPairs:
    def test_overlapping_pairs_are_counted_but_merged_once(self) -> None:
        assert bpe.count_pairs(["aaa"]) == {("a", "a"): 2}
        assert bpe.merge_pair("aaaa", ("a", "a"), "aa") == ["aa", "aa"]

    @settings(deadline=None)
    @given(few_letters, st.tuples(st.sampled_from("abc"), st.sampled_from("abc")))
    def test_merging_keeps_the_text_and_leaves_no_pair(
        self, text: str, pair: tuple[str, str]
    ) -> None:
        merged = bpe.merge_pair(text, pair, pair[0] + pair[1])
        assert "".join(merged) == text
        assert pair not in set(pairwise(merged))


class TestTraining:
    def test_ties_go_to_the_smallest_pair_of_ids(self) -> None:
        assert bpe.train([b"ba", b"ab"], 1) == [(b"a", b"b")]
        assert bpe.train([b" a", b"!a"], 1) == [(b"!", b"a")]  # id 0 before id 220

    def test_it_stops_when_nothing_is_left_to_merge(self) -> None:
        for train in (bpe.train, fast.train_fast):
            assert train([b"ab", b"c"], 10) == [(b"a", b"b")]
            assert train([], 10) == []
            assert train([b"ab"], 0) == []

    def test_two_pairs_may_spell_one_token(self) -> None:
        merges = [(b"a", b"b"), (b"b", b"c"), (b"ab", b"c"), (b"a", b"bc")]
        ranks = bpe.to_ranks(merges)
        assert ranks[b"abc"] == 258
        assert len(ranks) == 259

    @settings(deadline=None)
    @given(chunks, st.integers(0, 40))
    def test_fast_training_learns_the_same_merges(
        self, chunks: list[bytes], n: int
    ) -> None:
        assert fast.train_fast(chunks, n) == bpe.train(chunks, n)


class TestEncoding:
    @settings(deadline=None)
    @given(
        chunks,
        st.integers(0, 30),
        st.text(alphabet="abcd", min_size=1, max_size=200),
    )
    def test_the_heap_finds_the_same_tokens(
        self, chunks: list[bytes], n: int, text: str
    ) -> None:
        ranks = bpe.to_ranks(fast.train_fast(chunks, n))
        slow = bpe.encode_chunk(text.encode(), ranks)
        assert fast.encode_long_chunk(text.encode(), ranks) == slow
        assert b"".join(slow) == text.encode()

    @settings(deadline=None)
    @given(no_surrogates)
    def test_what_is_encoded_can_be_decoded(self, text: str) -> None:
        ranks = bpe.to_ranks(fast.train_fast([b"the", b" the", "é".encode()], 4))
        tokenizer = gpt.gpt4_tokenizer(ranks)
        assert tokenizer.decode(tokenizer.encode(text)) == text
        assert bpe.decode(tokenizer.encode(text), ranks) == text

    def test_a_megabyte_without_a_space_takes_no_hour(self) -> None:
        ranks = bpe.to_ranks([(b"a", b"a"), (b"aa", b"aa")])
        tokenizer = gpt.gpt4_tokenizer(ranks)
        assert tokenizer.encode("a" * 40_000) == [257] * 10_000

    def test_a_lone_surrogate_counts_as_the_replacement_character(self) -> None:
        tokenizer = gpt.gpt4_tokenizer(bpe.byte_ranks())
        assert tokenizer.decode(tokenizer.encode("a\ud800b")) == "a�b"

    def test_half_a_character_decodes_to_the_replacement_character(self) -> None:
        tokenizer = gpt.gpt4_tokenizer(bpe.byte_ranks())
        assert tokenizer.decode(tokenizer.encode("é")[:1]) == "�"

    def test_a_vocabulary_must_hold_all_bytes(self) -> None:
        with pytest.raises(ValueError, match=r"lacks the single bytes \[0, 1, 2"):
            fast.Tokenizer({b"a": 0}, split=lambda text: [text])

    def test_an_unknown_id_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="no token has the id 256"):
            gpt.gpt4_tokenizer(bpe.byte_ranks()).decode([256])
        with pytest.raises(ValueError, match="holds 0 tokens"):
            bpe.decode([0], {})


class TestSplit:
    @settings(deadline=None)
    @given(st.text())
    def test_the_chunks_are_the_text(self, text: str) -> None:
        assert "".join(gpt.gpt4_split(text)) == text

    @settings(deadline=None)
    @given(st.text(st.characters(max_codepoint=0xFFFF)))
    def test_a_smaller_alphabet_splits_the_same(self, text: str) -> None:
        assert gpt.gpt4_split(text) == gpt.gpt4_pattern(0x10FFFF).findall(text)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("we'll'", ["we", "'ll", "'"]),
            ("I'M", ["I", "'M"]),
            ("a  b", ["a", " ", " b"]),
            ("a \n b", ["a", " \n", " b"]),
            ("x == 1234", ["x", " ==", " ", "123", "4"]),
            ("end  ", ["end", "  "]),
            ("no.\n\nYes", ["no", ".\n\n", "Yes"]),
            (
                "\x1c\x1d",
                ["\x1c\x1d"],
            ),  # Python's \s takes these separators, Unicode does not
        ],
    )
    def test_cases(self, text: str, expected: list[str]) -> None:
        assert gpt.gpt4_split(text) == expected

    def test_no_letter_lies_beyond_the_scan(self) -> None:
        last = gpt.character_class("L", 0x10FFFF, gpt.NEW_LETTERS)[-1]
        assert ord(last) < gpt.BEYOND


class TestWordPiece:
    def test_a_long_word_is_unknown(self) -> None:
        vocabulary = {"a", "##a"}
        assert wordpiece.encode_word("a" * 100, vocabulary) == ["a", *["##a"] * 99]
        assert wordpiece.encode_word("a" * 101, vocabulary) == ["[UNK]"]

    @settings(deadline=None)
    @given(
        st.dictionaries(few_letters, st.integers(1, 9), max_size=8),
        st.integers(0, 12),
    )
    def test_a_trained_vocabulary_spells_its_words(
        self, counts: dict[str, int], n_merges: int
    ) -> None:
        vocabulary = wordpiece.train(counts, n_merges)
        assert len(set(vocabulary)) == len(vocabulary)
        for word in counts:
            pieces = wordpiece.encode_word(word, set(vocabulary))
            assert "".join(piece.removeprefix("##") for piece in pieces) == word


class TestUnigram:
    @settings(deadline=None)
    @given(few_letters, st.data())
    def test_viterbi_finds_the_best_of_all_ways(
        self, text: str, data: st.DataObject
    ) -> None:
        spans = [
            text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1)
        ]
        scores = {"a": -5.0, "b": -6.0, "c": -7.0}
        for piece in data.draw(st.lists(st.sampled_from(spans), max_size=6)):
            scores[piece] = data.draw(st.floats(-12, -1))
        best = max(_all_ways(text, scores))
        found = sum(scores[piece] for piece in unigram.segment(text, scores))
        assert found == pytest.approx(best)

    def test_a_text_that_cannot_be_spelt_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="cannot spell 'abc'"):
            unigram.segment("abc", {"a": -1.0, "b": -1.0})

    @settings(deadline=None)
    @given(st.dictionaries(few_letters, st.integers(1, 9), min_size=1, max_size=8))
    def test_expectation_maximisation_never_lowers_the_likelihood(
        self, counts: dict[str, int]
    ) -> None:
        pieces = {
            word[i:j]
            for word in counts
            for i in range(len(word))
            for j in (i + 1, i + 2)
        }
        scores = unigram.normalise(dict.fromkeys(pieces, 1.0))
        before = -math.inf
        for _ in range(4):
            after = sum(n * _likelihood(word, scores) for word, n in counts.items())
            assert after >= before - 1e-9
            before, scores = (
                after,
                unigram.normalise(unigram.expected_counts(counts, scores)),
            )

    @settings(deadline=None)
    @given(st.dictionaries(few_letters, st.integers(1, 9), min_size=1, max_size=8))
    def test_training_ends_at_its_size_and_spells_its_words(
        self, counts: dict[str, int]
    ) -> None:
        scores = unigram.train(counts, size=6)
        assert len(scores) <= 6
        assert sum(map(math.exp, scores.values())) == pytest.approx(1)
        for word in counts:
            assert "".join(unigram.segment(word, scores)) == word


def _all_ways(text: str, scores: dict[str, float]) -> list[float]:
    if not text:
        return [0.0]
    return [
        scores[text[:j]] + rest
        for j in range(1, len(text) + 1)
        if text[:j] in scores
        for rest in _all_ways(text[j:], scores)
    ]


def _likelihood(word: str, scores: dict[str, float]) -> float:
    return math.log(sum(map(math.exp, _all_ways(word, scores))))


class TestSpecial:
    TOKENIZER = fast.Tokenizer(bpe.byte_ranks(), split=lambda text: [text])

    @settings(deadline=None)
    @given(
        st.lists(st.sampled_from(["<end>", "<e>", "<", "end>", "é"])).map("".join)
    )
    def test_the_text_comes_back_read_with_trust_or_with_care(
        self, text: str
    ) -> None:
        names = {"<end>": 256, "<e>": 257}
        trusting = special.encode_special(text, self.TOKENIZER, names, names)
        careful = self.TOKENIZER.encode(text)
        for ids in (trusting, careful):
            assert special.decode_special(ids, self.TOKENIZER, names) == text
        assert trusting.count(256) == text.count("<end>")
        assert not {256, 257} & {*careful}

    def test_the_longest_name_wins(self) -> None:
        names = {"<a>": 256, "<a><b>": 257}
        ids = special.encode_special("<a><b>", self.TOKENIZER, names, names)
        assert ids == [257]

    def test_one_name_may_be_given_as_a_text(self) -> None:
        names = {"<a>": 256}
        assert special.encode_special("<a>", self.TOKENIZER, names, "<a>") == [256]


class TestCost:
    def test_it_counts_bytes_and_not_characters(self) -> None:
        tokenizer = gpt.gpt4_tokenizer(bpe.byte_ranks())
        assert cost.bytes_per_token(tokenizer, "寿司") == 1.0
        assert cost.premium(tokenizer, ["ab"], ["寿"]) == 1.5


BYTES = bpe.byte_ranks()
PLAIN = fast.Tokenizer(BYTES, split=lambda text: [text])
ONE = {"a": 0.0}  # a vocabulary of one piece, with its log probability


class TestEdges:
    """Empty, one, zero: the right value."""

    @pytest.mark.parametrize(
        ("got", "expected"),
        [
            (lambda: words.words(""), []),
            (lambda: words.vocabulary([], 5), set()),
            (lambda: words.vocabulary(["a"], 0), set()),
            (lambda: words.is_word(""), False),
            (lambda: words.checked_counts({}), {}),
            (lambda: sentences.split_sentences(""), []),
            (lambda: sentences.split_sentences("a"), ["a"]),
            (lambda: sentences.learn_abbreviations(""), {}),
            (lambda: sentences.learn_abbreviations("..."), {}),
            # a full stop after every word is no evidence of an abbreviation
            (lambda: sentences.learn_abbreviations("A."), {}),
            (lambda: sentences.learn_abbreviations("One. Two. One."), {}),
            (lambda: sentences.boundaries([]), set()),
            (lambda: sentences.detokenize([]), ""),
            (lambda: sentences.times_log(0, 0.0), 0.0),
            (lambda: bpe.count_pairs([]), {}),
            (lambda: bpe.count_pairs(["", "a"]), {}),
            (lambda: bpe.merge_pair([], (1, 2), 3), []),
            (lambda: bpe.merge_pair([1], (1, 2), 3), [1]),
            (lambda: bpe.merge_pair([1, 2], [1, 2], 3), [3]),
            (lambda: bpe.single_bytes(b""), []),
            (lambda: bpe.check_merges(0), None),
            (lambda: [*bpe.look_up([], {})], []),
            (lambda: gpt.gpt4_tokenizer(BYTES).pieces(""), []),
            (lambda: unigram.log_add(-math.inf, -math.inf), -math.inf),
            (lambda: unigram.log_add(-math.inf, 0.0), 0.0),
            (lambda: bpe.train([], 3), []),
            (lambda: bpe.train([b"", b"a"], 3), []),
            (lambda: fast.train_fast([b"", b"a"], 3), []),
            (lambda: bpe.to_ranks([]), BYTES),
            (lambda: bpe.encode_chunk(b"", {}), []),
            (lambda: bpe.encode_chunk(b"ab", {b"ab": 0}), [b"ab"]),
            (lambda: fast.encode_long_chunk(b"", {}), []),
            (lambda: fast.encode_long_chunk(b"ab", {b"ab": 0}), [b"ab"]),
            (lambda: bpe.decode([], {}), ""),
            (lambda: PLAIN.encode(""), []),
            (lambda: PLAIN.decode([]), ""),
            (lambda: gpt.gpt4_split(""), []),
            (lambda: gpt.gpt4_pattern(0).findall("a 1"), ["a", " ", "1"]),
            (lambda: gpt.read_ranks(b""), {}),
            (lambda: gpt.character_class("N", 0), ""),
            (lambda: special.encode_special("", PLAIN, {}), []),
            (lambda: special.encode_special("a", PLAIN, {}), [BYTES[b"a"]]),
            (lambda: special.decode_special([], PLAIN, {}), ""),
            (lambda: wordpiece.encode_word("", set()), []),
            (lambda: wordpiece.encode_word("a", set()), ["[UNK]"]),
            (lambda: wordpiece.encode_word("a", {"a"}), ["a"]),
            (lambda: wordpiece.bert_words(""), []),
            (lambda: wordpiece.bert_words("a\U0001fae8"), ["a\U0001fae8"]),
            (lambda: wordpiece.encode("", {"a"}), []),
            (lambda: wordpiece.pair_scores({}), {}),
            (lambda: wordpiece.pair_scores({("a", "##b"): 0}), {}),
            (lambda: wordpiece.train({}, 3), []),
            (lambda: wordpiece.train({"a": 1}, 3), ["a"]),
            (lambda: wordpiece.train({"ab": 0, "a": 1}, 3), ["a"]),
            (lambda: unigram.segment("", {}), []),
            (lambda: unigram.segment("aa", ONE), ["a", "a"]),
            (lambda: unigram.expected_counts({}, {}), {}),
            (lambda: unigram.expected_counts({"": 3}, ONE), {}),
            (lambda: unigram.expected_counts({"aa": 3}, ONE), {"a": 6.0}),
            (lambda: unigram.losses({}, {}), {}),
            (lambda: unigram.losses({}, ONE), {}),
            (lambda: unigram.normalise({"a": 3}), ONE),
            (lambda: unigram.train({"a": 1}, 5), ONE),
            (lambda: unigram.train({"a": 1}, 0), ONE),
            (lambda: unigram.log_likelihood([], {}), 0.0),
            (lambda: cost.learn_tokenizer([], 3).pieces("ab"), ["a", "b"]),
        ],
    )
    def test_a_right_value(self, got: Callable[[], Any], expected: Any) -> None:
        assert got() == expected

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda: words.vocabulary(["a"], -1), "-1 words"),
            (lambda: words.checked_counts({"a": -1}), "counted -1 times"),
            (lambda: words.checked_counts({"a": math.nan}), "nan times"),
            (lambda: sentences.abbreviation_score(1, 0, "", 0.1), "no letter"),
            (lambda: sentences.abbreviation_score(1, 0, "a", 5), "probability 5"),
            (lambda: sentences.abbreviation_score(-1, 0, "a", 0.5), "-1 events"),
            (lambda: sentences.abbreviation_score(1, 0, "a", math.nan), "nan"),
            (
                lambda: sentences.abbreviation_score(1, 0, "a", 0),
                "probability is 0",
            ),
            (
                lambda: sentences.abbreviation_score(1, 1, "a", 1),
                "probability is 0",
            ),
            (lambda: sentences.boundary_scores([], []), "no sentence ends"),
            (lambda: bpe.train(["low"], 1), "must be bytes and not 'low'"),
            (lambda: bpe.train(b"low", 1), "must be bytes and not 108"),
            (lambda: bpe.train([b"low"], -1), "n_merges is -1"),
            (lambda: bpe.train([b"low"], math.nan), "n_merges is nan"),
            (lambda: fast.train_fast(["low"], 1), "must be bytes"),
            (lambda: fast.train_fast([b"low"], -1), "n_merges is -1"),
            (lambda: bpe.encode_chunk("low", {}), "must be bytes"),
            (lambda: fast.encode_long_chunk("low", {}), "must be bytes"),
            (lambda: fast.Tokenizer({**BYTES, b"ab": 0}, list), "share 256 ids"),
            (lambda: gpt.character_class("", 10), "no category begins with ''"),
            (lambda: gpt.read_ranks(b"IQ== 0\nIQ=="), "line 2"),
            (lambda: gpt.read_ranks(b"? 0"), "line 1"),
            (lambda: special.encode_special("a", PLAIN, {}, {"<a>"}), "no special"),
            (lambda: special.decode_special([999], PLAIN, {}), "the id 999"),
            (lambda: wordpiece.train({"a": -1}, 1), "-1 times"),
            (lambda: wordpiece.train({"a": math.nan}, 1), "nan times"),
            (lambda: wordpiece.train({"a": 1}, -1), "n_merges is -1"),
            (lambda: unigram.segment("a", {}), "cannot spell 'a'"),
            (lambda: unigram.expected_counts({"b": 1}, ONE), "cannot spell 'b'"),
            (lambda: unigram.normalise({}), "no piece occurs"),
            (lambda: unigram.normalise({"a": 0.0}), "no piece occurs"),
            (lambda: unigram.normalise({"a": math.inf}), "inf times"),
            (lambda: unigram.losses({"ab": 1}, {"ab": -1.0}), "cannot spell 'ab'"),
            (lambda: unigram.first_pieces({}), "no piece occurs"),
            (lambda: unigram.train({}, 5), "no words to learn from"),
            (lambda: unigram.train({"": 2, "a": 0}, 5), "no words to learn from"),
            (lambda: unigram.train({"a": math.nan}, 5), "nan times"),
            (lambda: unigram.train({"ab": 1}, 5, keep=1.0), "keep is 1.0"),
            (lambda: unigram.train({"ab": 1}, 5, keep=math.nan), "keep is nan"),
            (lambda: cost.bytes_per_token(PLAIN, ""), "the text is empty"),
            (lambda: cost.premium(PLAIN, [], ["a"]), "no tokens"),
            (lambda: cost.premium(PLAIN, "a", ["a"]), "two lists"),
        ],
    )
    def test_one_clear_error(self, call: Callable[[], Any], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            call()

    def test_arrays_are_as_good_as_lists(self) -> None:
        ids = np.array([1, 2, 1, 2])
        assert bpe.merge_pair(ids, (1, 2), 3) == [3, 3]
        assert bpe.merge_pair(ids, np.array([1, 2]), 3) == [3, 3]
        assert bpe.count_pairs(np.array([[1, 2, 1]])) == {(1, 2): 1, (2, 1): 1}
        assert PLAIN.decode(np.array([64, 65])) == "ab"
        assert bpe.decode(np.array([64]), BYTES) == "a"
        assert bpe.train(np.array([b"ab", b"ab"]), 1) == [(b"a", b"b")]
        assert fast.train_fast(np.array([b"ab"]), 1) == [(b"a", b"b")]
        assert words.unknown_rate(np.array(["a", "b"]), {"a"}) == 0.5

    def test_every_public_function_is_tried_here(self) -> None:
        """Whoever adds one adds its edges."""
        with open(__file__, encoding="utf-8") as file:
            tried = file.read()
        for module in (
            words,
            sentences,
            bpe,
            fast,
            gpt,
            special,
            wordpiece,
            unigram,
            cost,
        ):
            short = module.__name__.rpartition(".")[2]
            for name, item in vars(module).items():
                ours = getattr(item, "__module__", "") == module.__name__
                if callable(item) and ours and not name.startswith("_"):
                    assert f"{short}.{name}(" in tried, f"{short}.{name}"
