"""Chapter 25's tasks, data, model, searches and the checks' hints."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from nlpcourse.corpora.records import AlignedVerse
from nlpcourse.neural.seq2seq import alignment as al
from nlpcourse.neural.seq2seq import (
    backwards,
    bleu,
    counting,
    figures,
    forcing,
    recipes,
    teaching,
    translate,
)
from nlpcourse.neural.seq2seq import pronunciation as pr
from nlpcourse.neural.seq2seq import translation as tr
from nlpcourse.neural.seq2seq.attention import attend, make_score
from nlpcourse.neural.seq2seq.model import Decoder, Encoder
from nlpcourse.neural.seq2seq.search import beam_search, greedy_search, table_step
from nlpcourse.neural.seq2seq.symbols import (
    BEGIN,
    END,
    PAD,
    Symbols,
    length_batches,
    pad,
)

SMALL = {
    "size": 8,
    "hidden": 12,
    "layers": 1,
    "attention": "general",
    "dropout": 0.0,
    "lexical": False,
    "shared": False,
    "rows": 2,
}


def test_a_words_pronunciations_are_on_one_side() -> None:
    entries = {
        "read": [["R", "EH1", "D"], ["R", "IY1", "D"]],
        "red": [["R", "EH1", "D"], ["R", "EH0", "D"]],
        "a.": [["EY1"]],
    }
    clean = pr.clean(entries)
    assert clean == {
        "read": [("R", "EH", "D"), ("R", "IY", "D")],
        "red": [("R", "EH", "D")],
    }
    assert pr.pairs(clean)[1] == ("read", ("R", "IY", "D"))


@pytest.mark.assets
def test_the_pronunciation_split_is_fixed_and_apart() -> None:
    split = pr.pronunciations()
    parts = [set(split.train), set(split.validation), set(split.test)]
    assert [len(part) for part in parts][1:] == [2_500, 12_000]
    assert len(set.union(*parts)) == sum(map(len, parts))
    sounds = {s for said in split.test.values() for p in said for s in p}
    assert sounds == set(pr.ARPABET)
    first = min(split.test, key=pr.hashed)
    assert pr.hashed(first) < min(map(pr.hashed, split.train))


def test_error_rates_take_the_nearest_reference() -> None:
    lexicon = {"read": [("R", "EH", "D"), ("R", "IY", "D")], "a": [("AH",)]}
    right = pr.error_rates({"read": ["R", "IY", "D"], "a": ["AH"]}, lexicon)
    assert (right.phoneme, right.word) == (0.0, 0.0)
    wrong = pr.error_rates({"read": ["R", "IY"], "a": ["AH"]}, lexicon)
    assert wrong.phoneme == pytest.approx(1 / 4)
    assert wrong.word == pytest.approx(1 / 2)
    with pytest.raises(ValueError, match="at least one word"):
        pr.error_rates({}, lexicon)


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)],
)
def test_edit_distance(first: str, second: str, distance: int) -> None:
    assert pr.edit_distance(first, second) == distance


@pytest.mark.assets
def test_no_test_sentence_is_in_training() -> None:
    split = tr.sentences()
    train = {tr.bare(s.english) for s in split.train}
    for part, size in ((split.test, 4_000), (split.validation, 2_000)):
        assert len(part) == size
        assert not train & {tr.bare(s.english) for s in part}
    longest = max(len(s.english.split()) for s in split.train)
    assert longest <= tr.LONGEST


@pytest.mark.assets
def test_pieces_spell_any_text_again() -> None:
    pieces = tr.pieces()
    assert len(pieces) == tr.PIECES
    for text in ("I'd like to go.", "¿Qué?", "☃ zyxgirl", "  two   spaces "):
        assert pieces.decode(pieces.encode(text)) == tr.normalise(text)
    numbers = [BEGIN, *pieces.encode("Go on."), END, PAD]
    assert pieces.decode(numbers) == "Go on."
    assert "".join(pieces.spell(pieces.encode("Go on."))) == " Go on."


def test_bleu_takes_any_number_of_references() -> None:
    outputs = ["Ve allá, por favor.", "Sí, lo sé."]
    found = tr.corpus_bleu(outputs, [["Vete.", outputs[0]], [outputs[1]]])
    assert found == pytest.approx(100.0)
    with pytest.raises(ValueError, match="1 outputs but 2"):
        tr.corpus_bleu(["x"], [["x"], ["y"]])


def test_batches_hold_like_lengths_and_every_item_once() -> None:
    lengths = [5, 1, 4, 2, 3, 9, 8, 7, 6]
    batches = length_batches(lengths, rows=2, seed=3)
    flat = [k for batch in batches for k in batch]
    assert len(flat) == len(set(flat)) == 8
    assert all(abs(lengths[a] - lengths[b]) == 1 for a, b in batches)
    assert length_batches(lengths, 2, seed=3) == batches
    whole = length_batches(lengths, 4, seed=0, shuffled=False)
    assert sorted(k for batch in whole for k in batch) == list(range(9))


def test_unknown_scores_are_refused() -> None:
    with pytest.raises(ValueError, match="additive, dot, general"):
        make_score("cosine", 4)


def test_a_beam_needs_a_width() -> None:
    with pytest.raises(ValueError, match="not 0"):
        beam_search(lambda last, state: (last, state), (), 0, 1, 2, 3)


def learnt(attention: str = "general", lexical: bool = False) -> recipes.Seq2Seq:
    """A tiny model that has learnt to double its input's symbols."""
    torch.manual_seed(0)
    config = {**SMALL, "attention": attention, "lexical": lexical}
    pairs = [([a, b], [a, a, b, b]) for a in range(3, 7) for b in range(3, 7)]
    task = recipes.Teaching({**config, "rows": 16}, pairs, 7, 7)
    optimizer = torch.optim.Adam(task.model.parameters(), lr=0.02)
    for step in range(150):
        loss, _ = task.loss(task.model, task.batch(step), ())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert isinstance(task.model, recipes.Seq2Seq)
    return task.model.eval()


@pytest.fixture(scope="module")
def doubling() -> recipes.Seq2Seq:
    return learnt()


def test_a_tiny_model_learns_and_both_searches_write_it(
    doubling: recipes.Seq2Seq,
) -> None:
    sources = [[3, 6], [5, 4], [6, 6]]
    wanted = [[a, a, b, b] for a, b in sources]
    assert recipes.write_all(doubling, sources, width=1) == wanted
    assert recipes.write_all(doubling, sources, width=3) == wanted


def test_filling_changes_nothing(doubling: recipes.Seq2Seq) -> None:
    outputs = torch.tensor([[BEGIN, 3, 3]])
    alone = doubling(torch.tensor([[3, 6]]), outputs)
    beside = doubling(pad([[3, 6], [3, 4, 5, 6]]), torch.cat([outputs, outputs]))
    assert torch.allclose(beside.logits[:1], alone.logits, atol=1e-5)
    assert not beside.weights[0, :, 2:].any()


def test_free_running_is_judged_beside_teacher_forcing(
    doubling: recipes.Seq2Seq,
) -> None:
    pairs = [([3, 6], [3, 3, 6, 6]), ([5, 4], [5, 5, 4, 3])]
    forced, free = forcing.right_by_position(doubling, pairs, 5)
    assert forced[:3] == [1.0, 1.0, 1.0]
    assert free[:3] == [1.0, 1.0, 1.0]
    assert forced[3] == free[3] == 0.5


def test_a_forced_beginning_stays(doubling: recipes.Seq2Seq) -> None:
    assert forcing.continue_from(doubling, [3, 6], [3]) == [3, 3, 6, 6]
    assert forcing.continue_from(doubling, [3, 6], [6, 5])[:2] == [6, 5]


@pytest.mark.parametrize("lexical", [False, True])
def test_the_pages_pass_is_the_models_step(lexical: bool) -> None:
    model = learnt(lexical=lexical)
    whole = translate.NextPiece(model)
    source = torch.tensor([[3, 6]])
    written = torch.tensor([[BEGIN, 3, 3]])
    found, weights = whole(source, written)
    decoded = model(source, written)
    assert torch.allclose(found, decoded.logits[:, -1].log_softmax(1), atol=1e-5)
    assert torch.allclose(weights, decoded.weights[:, -1], atol=1e-5)


def test_no_attention_sees_the_input_through_the_summary_alone() -> None:
    model = recipes.build_model({**SMALL, "attention": "none"}, 7, 7).eval()
    memory, state = model.read(torch.tensor([[3, 6, 4]]))
    blank = memory._replace(states=torch.zeros_like(memory.states))
    outputs = torch.tensor([[BEGIN, 3]])
    first = model.decoder(outputs, memory, state)
    second = model.decoder(outputs, blank, state)
    assert first.weights is None
    assert torch.equal(first.logits, second.logits)


def test_weights_of_pieces_become_weights_of_words() -> None:
    weights = torch.tensor([[0.2, 0.3, 0.5], [0.6, 0.0, 0.4], [0.1, 0.1, 0.8]])
    found = al.word_weights(weights, [0, 0, 1], [0, 1, 1])
    expected = torch.tensor([[0.5, 0.5], [0.4, 0.6]])
    assert torch.allclose(found, expected)
    assert torch.allclose(found.sum(dim=1), torch.ones(2))


def test_word_pieces_know_their_words() -> None:
    pieces = al.WordPieces(["λόγος", "word", "words"] * 3, pieces=266)
    numbers, owners = pieces.encode(["λογος", "words"])
    assert owners[0] == 0
    assert owners[-1] == 1
    assert len(numbers) == len(owners) > 2
    assert pieces.cut("ΛΌΓΟΣ")[:2] == pieces.cut("λόγος")[:2]


def test_length_ranges_cover_every_sentence() -> None:
    chosen = [tr.Sentence("a " * n, ("a b c d e",)) for n in range(1, 31)]
    found = recipes.by_length(["a b c d e"] * 30, chosen)
    assert len(found) == len(recipes.LENGTHS)
    assert all(value == pytest.approx(100) for value in found.values())


def test_recipes_fit_their_budget() -> None:
    assert len(recipes.RECIPES) == (4 + 2 * 2) * len(recipes.SEEDS)
    kept = [name for name, r in recipes.RECIPES.items() if r.keep_weights]
    assert sorted(kept) == sorted(
        [recipes.PRONOUNCER_NAME, recipes.TRANSLATOR_NAME, recipes.ALIGNER_NAME]
    )
    with_attention = recipes.RECIPES[recipes.TRANSLATOR_NAME]
    without = recipes.RECIPES["seq2seq-tatoeba-no-attention-seed0"]
    assert with_attention.plan == without.plan


# ------------------------------------------------------- what the chapter says of outputs


@pytest.mark.assets
def test_the_first_words_are_unseen_and_two_of_them_wrong() -> None:
    split = pr.pronunciations()
    words = ["blorfing", "physicians", "plough", "breakthrough", "dreadnought"]
    assert not any(word in split.train for word in words)
    said = recipes.pronounce_all(recipes.load_pronouncer()[0], words)
    verdicts = [pr.beside_dictionary(w, said[w], split.test) for w in words]
    assert [verdict[0] for verdict in verdicts] == ["n", "✓", "✓", "✗", "✗"]


@pytest.mark.assets
def test_coche_looks_at_car_and_nuevo_at_new() -> None:
    found = translate.translate("She told me that she had bought a new car.")
    looks = {
        written.strip(): found.source[int(row.argmax())].strip()
        for written, row in zip(found.target, found.weights, strict=True)
    }
    assert (looks["coche"], looks["nuevo"]) == ("car", "new")
    assert found.target[-1] == "(end)"


@pytest.mark.assets
def test_a_wrong_first_sound_costs_more_than_a_true_one_gains() -> None:
    model, test = recipes.load_pronouncer()[0], pr.pronunciations().test
    single = [word for word in sorted(test) if len(test[word]) == 1][7::150]
    pairs = [(pr.LETTERS.encode(w), pr.SOUNDS.encode(test[w][0])) for w in single]
    found = forcing.rest_after_the_first(model, pairs)
    own, true, wrong = found.values()
    assert abs(true - own) < 0.1
    assert wrong < 0.75 * own
    rates = pr.error_rates(recipes.pronounce_all(model, single), test)
    forced, free = forcing.right_by_position(model, pairs, 6)
    assert rates.phoneme - forcing.wrong_with_true_past(model, pairs) < 0.04
    assert forced[0] == free[0]


@pytest.mark.assets
def test_repeated_syllables_are_miscounted_sooner() -> None:
    model = recipes.load_pronouncer()[0]
    for seed in (3, 4):
        kept = [counting.count_kept(model, 5, again, 30, seed) for again in (1, 0)]
        assert kept[0] + 0.4 < kept[1]
    assert counting.count_kept(model, 3, True, 30, seed=5) > 0.9


def test_one_vector_learns_more_slowly_and_falls_at_the_longest_words() -> None:
    def mean(kind: str, steps: int, *lengths: int) -> float:
        shares = backwards.share_right(kind, steps, lengths)
        assert sorted(shares) == [0, 1, 2]
        return sum(shares.values()) / 3

    middle = (8, 9, 10)
    short = mean("one-vector", 300, *middle)
    assert short + 0.3 < mean("attention", 300, *middle)
    assert short + 0.3 < mean("one-vector", 1500, *middle)
    longest = mean("one-vector", 1500, 14)
    assert longest + 0.1 < mean("attention", 1500, 14)
    assert longest + 0.1 < mean("one-vector", 1500, *middle)
    for kind in backwards.RATES:
        assert list(backwards.right_by_length(kind, 300)) == list(range(3, 15))


# ------------------------------------------------------------------------------- the edges

WEIGHTS = torch.ones(2, 3, 4) / 4
STATE = (torch.zeros(1),)
STEP = table_step(torch.full((3, 3), 1 / 3).log())
NO_VERSE = AlignedVerse("", [], [], frozenset())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Symbols("abc").encode("ax"), "no 'x'"),
        (lambda: pad([]), "at least one"),
        (lambda: length_batches([1], 0, seed=0), "not 0"),
        (lambda: make_score("dot", 0), "not 0"),
        (lambda: Encoder(5, 4, 3), "even"),
        (lambda: Encoder(5, 4, 0), "positive"),
        (lambda: Decoder(0, 4, 4), "positive"),
        (lambda: attend(WEIGHTS, WEIGHTS, torch.zeros(2, 4) > 0), "but filling"),
        (
            lambda: attend(WEIGHTS[..., :0], WEIGHTS[:, :0], WEIGHTS[:, 0, :0] > 0),
            "but",
        ),
        (lambda: teaching.Teaching(SMALL, [], 7, 7), "0 pairs"),
        (
            lambda: teaching.Teaching({**SMALL, "rows": 0}, [([3], [3])], 7, 7),
            "of 0",
        ),
        (lambda: beam_search(STEP, STATE, 1, 0, 1, 0), "at most 0"),
        (lambda: beam_search(STEP, STATE, 1, 0, 1, 3, alpha=math.nan), "alpha nan"),
        (lambda: bleu.bleu([], []), "0 outputs"),
        (lambda: bleu.bleu([["a"]], [[]]), "without a reference"),
        (lambda: bleu.ngrams(["a"], 0), "0 of"),
        (lambda: bleu.ngrams("a text", 2), "list of tokens"),
        (lambda: bleu.closest_length(["a"], []), "without a reference"),
        (lambda: bleu.chrf("a", "a", 0), "above zero"),
        (lambda: tr.corpus_bleu([], []), "a reference"),
        (lambda: tr.corpus_bleu(["x"], [[]]), "a reference"),
        (lambda: pr.error_rates({"a": ["AH"]}, {}), "no pronunciation of 'a'"),
        (lambda: pr.error_rates({"a": ["AH"]}, {"a": [()]}), "no pronunciation"),
        (lambda: al.links_of(torch.zeros(2, 0)), "no source word"),
        (lambda: translate.translate("  "), "nothing to translate"),
        (lambda: backwards.plan("two-vectors", 9), "one-vector"),
        (lambda: backwards.share_right("attention", 300, []), "nothing"),
        (lambda: backwards.share_right("attention", 300, [15]), "nothing"),
        (lambda: counting.made_up(0, True, 3, 0), "0 syllables"),
    ],
)
def test_what_can_not_be_is_refused_with_a_reason(
    call: Callable[[], Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_model_refuses_no_input_and_takes_arrays(
    doubling: recipes.Seq2Seq,
) -> None:
    with pytest.raises(ValueError, match="shortest input 0"):
        recipes.write_all(doubling, [[3], []], width=1)
    with pytest.raises(ValueError, match="width 0"):
        recipes.write_all(doubling, [[3]], width=0)
    with pytest.raises(ValueError, match="no input"):
        forcing.continue_from(doubling, [], [3])
    with pytest.raises(ValueError, match="0 pairs"):
        forcing.right_by_position(doubling, [], 3)
    with pytest.raises(ValueError, match="at least one"):
        forcing.wrong_with_true_past(doubling, [])
    with pytest.raises(ValueError, match="begin alike"):
        forcing.rest_after_the_first(doubling, [([3], [3, 3])])
    assert recipes.write_all(doubling, [], width=3) == []
    arrays = [np.array([3, 6]), np.array([5, 4])]
    for width in (1, 2):
        assert recipes.write_all(doubling, arrays, width) == [
            [3, 3, 6, 6],
            [5, 5, 4, 4],
        ]


def test_small_and_empty_things_have_their_right_value() -> None:
    assert length_batches([], 3, seed=0) == []
    assert greedy_search(STEP, STATE, 0, 1, longest=0) == [[]]
    assert pr.edit_distance([], []) == 0
    assert bleu.bleu([[]], [[["a"]]]).score == 0
    assert bleu.clipped_matches(np.array(["a", "a"]), [np.array(["a"])], 1) == 1
    one = table_step(torch.zeros(1, 1))  # a vocabulary of one, the end
    (found,) = beam_search(one, STATE, 3, 0, 0, 4)
    assert [h.symbols for h in found] == [[]]
    assert counting.made_up(2, True, 0, seed=1) == []


@pytest.mark.parametrize("looks", [None, (1, [0.1, 0.8, 0.1])])
def test_the_drawing_names_what_is_read_and_written(looks: Any) -> None:
    drawn = figures.network(list("cat"), ["K", "AE", "T"], looks)
    words = [text.get_text() for text in drawn.axes[0].texts]
    assert {"c", "K", "(begin)", "(end)", "encoder", "decoder"} <= set(words)
    assert ("80%" in words) == (looks is not None)


def test_heat_maps_fit_the_column() -> None:
    drawn = figures.attention(torch.rand(4, 13), list("abcd"), ["piece"] * 13)
    assert drawn.get_figwidth() <= 5
