"""Chapter 25's tasks, data, model, searches and the checks' hints."""

from __future__ import annotations

import pytest
import torch

from nlpcourse.neural.seq2seq import alignment as al
from nlpcourse.neural.seq2seq import forcing, recipes, translate
from nlpcourse.neural.seq2seq import pronunciation as pr
from nlpcourse.neural.seq2seq import translation as tr
from nlpcourse.neural.seq2seq.attention import make_score
from nlpcourse.neural.seq2seq.search import beam_search
from nlpcourse.neural.seq2seq.symbols import BEGIN, END, PAD, length_batches, pad

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
    assert translate.continue_from(doubling, [3, 6], [3]) == [3, 3, 6, 6]
    assert translate.continue_from(doubling, [3, 6], [6, 5])[:2] == [6, 5]


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


def test_possible_links_cost_nothing() -> None:
    sure, possible = frozenset({(0, 0)}), frozenset({(0, 0), (0, 1)})
    guess = [frozenset({(0, 0), (0, 1)})]
    assert al.alignment_error_rate(guess, [sure], [possible]) == 0.0
    assert al.alignment_error_rate(guess, [sure]) == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="nothing to rate"):
        al.alignment_error_rate([frozenset()], [frozenset()])


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
    assert len(recipes.RECIPES) == 4 * len(recipes.SEEDS)
    kept = [name for name, r in recipes.RECIPES.items() if r.keep_weights]
    assert sorted(kept) == sorted(
        [recipes.PRONOUNCER_NAME, recipes.TRANSLATOR_NAME, recipes.ALIGNER_NAME]
    )
    with_attention = recipes.RECIPES[recipes.TRANSLATOR_NAME]
    without = recipes.RECIPES[recipes.NO_ATTENTION_NAME]
    assert with_attention.plan == without.plan
