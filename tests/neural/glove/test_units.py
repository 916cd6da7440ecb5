"""Chapter 21's pieces on small input: what is counted, packed, looked up and refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from nlpcourse.corpora.records import LabelledText
from nlpcourse.course.files import DamagedFile
from nlpcourse.neural.glove import classifier, figures, lookup, recipes
from nlpcourse.neural.glove import glove as gl
from nlpcourse.neural.glove.cooccurrence import count, meetings
from nlpcourse.neural.glove.fasttext import (
    Subwords,
    SubwordSkipGram,
    SubwordVectors,
    pack,
    unpack,
)
from nlpcourse.neural.glove.pmi import (
    positive_information,
    squeezed,
    svd_vectors,
    truncated_svd,
)
from nlpcourse.neural.glove.subwords import buckets_of, ngrams
from nlpcourse.neural.word2vec import text
from nlpcourse.neural.word2vec.text import number
from nlpcourse.neural.word2vec.vectors import WordVectors
from nlpcourse.training.checkpoints import train_recipe
from nlpcourse.training.loop import fit
from nlpcourse.training.recipe import Plan, Recipe
from nlpcourse.training.registry import load

TINY: dict[str, Any] = {
    **recipes.CONFIG,
    "least": 1,
    "buckets": 60,
    "size": 6,
    "drawn": 8,
    "threshold": 1.0,
    "stretch": 20,
}


def two_topics() -> list[list[str]]:
    """Two topics in sentences of their own; their words share an ending."""
    generator = torch.Generator().manual_seed(0)
    return [
        [f"{'abel' if k % 2 else 'zuki'}{'xyzuv'[int(n)]}" for n in row]
        for k in range(60)
        for row in [torch.randint(5, (9,), generator=generator)]
    ]


class Toy(recipes.SubwordSkipGramming):
    """The recipe's task on two topics."""

    def __init__(self, config: Any) -> None:
        super().__init__(config, number(two_topics(), 1))

    def evaluate(self) -> dict[str, float]:
        return {"near": self.vectors().near("abelx", 1)[0][1]}


def test_meetings_end_with_the_sentence() -> None:
    corpus = number([["a", "b"], ["c", "a"]], least=1)
    table = count(corpus.words, corpus.sentence, 3, window=5).toarray()
    place = [corpus.vocabulary[word] for word in "abc"]
    assert table[place[1], place[2]] == 0
    assert table[place[0], place[1]] == 1
    assert meetings(["a", "a"], 1) == {("a", "a"): 2.0}


def test_pairs_that_never_met_have_no_information() -> None:
    table = csr_matrix(np.array([[0.0, 5.0], [5.0, 0.0]]))
    assert positive_information(table).nnz == 2


def test_weighed_counts_separate_topics_without_training() -> None:
    corpus = number(two_topics(), least=1)
    types = len(corpus.vocabulary)
    counts = count(corpus.words, corpus.sentence, types, window=4)
    made = svd_vectors(corpus.vocabulary.words, positive_information(counts), 3)
    assert {word[0] for word, _ in made.nearest("abelx", 4)} == {"a"}


def test_gloves_loss_falls_and_its_vectors_separate_topics() -> None:
    corpus = number(two_topics(), least=1)
    counts = count(corpus.words, corpus.sentence, len(corpus.vocabulary), window=4)
    model = gl.GloVe(counts, 4, most=10, seed=0)
    losses = [sum(model.read(8, 0.1)) for _ in range(30)]
    assert losses[-1] < 0.5 * losses[0]
    alike = gl.GloVe(counts, 4, most=None, seed=0)
    assert bool((alike.weights == 1).all())


def test_ratios_are_of_probabilities() -> None:
    table = csr_matrix(
        np.array([[0.0, 3.0, 1.0], [3.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    )
    got = gl.probability_ratios(table, 0, 1, [2])
    assert got[0] == pytest.approx(1.0)


def test_bags_are_the_rows_of_each_word() -> None:
    words = ["a", "abel", "zukix"]
    subwords = Subwords(words, buckets=9)
    rows, begins = subwords.bags(torch.tensor([2, 0]))
    assert rows[: int(begins[1])].tolist() == subwords.rows("zukix")
    assert rows[int(begins[1]) :].tolist() == subwords.rows("a")
    assert subwords.rows("abelz")[0] >= len(words)


def test_packing_keeps_each_number_to_half_a_step() -> None:
    table = torch.randn(20, 8)
    back = unpack(*pack(table))
    step = table.abs().amax(dim=1, keepdim=True) / 127
    assert bool(((back - table).abs() <= step / 2 + 1e-6).all())
    assert torch.equal(unpack(*pack(torch.zeros(2, 3))), torch.zeros(2, 3))


def test_a_trained_checkpoint_comes_back(tmp_path: Any) -> None:
    recipe = Recipe(
        Toy, TINY, Plan(seed=0, steps=120, learning_rate=0.05, clip=1e9)
    )
    log = train_recipe("toy", recipe, tmp_path, tmp_path / "state")
    tensors, _ = load("toy", recipe, tmp_path)
    assert tensors["codes"].dtype == torch.int8
    task = Toy(TINY)
    task.model.eval()
    task.model.load_state_dict(tensors)
    assert task.evaluate()["near"] == pytest.approx(
        log["metrics"]["near"], abs=1e-6
    )


def test_training_brings_an_unseen_word_to_its_topic() -> None:
    task = Toy(TINY)
    losses = fit(
        task, Plan(seed=0, steps=250, learning_rate=0.05, clip=1e9, interval=50)
    ).losses
    assert losses[-1]["loss"] < 0.8 * losses[0]["loss"]
    vectors = task.vectors()
    assert "abelw" not in vectors
    assert {word[0] for word, _ in vectors.near("abelw", 4)} == {"a"}


def test_found_counts_first_and_ten() -> None:
    subwords = Subwords(["aaa", "bbb"], buckets=50)
    vectors = lookup.untrained(subwords, 16)
    found = lookup.find(vectors, [("aaa", {"aaa"}), ("bbb", {"aaa"})])
    assert (found.first, found.ten, found.asked) == (0.5, 1.0, 2)


def test_misspellings_are_unknown_and_what_is_meant_is_known() -> None:
    words = ["government", "receive", "the"]
    asked = lookup.misspelt(words, every=1)
    assert ("goverment", {"government"}) in asked
    assert all(word not in words and meant <= set(words) for word, meant in asked)


def test_unseen_greek_forms_come_with_seen_forms_of_their_lemma() -> None:
    training, asked = lookup.greek()
    seen = {word for verse in training for word in verse}
    assert len(asked) > 500
    for word, right in asked:
        assert word not in seen
        assert right <= seen
    lemmas = lookup.gnt_lemmas()
    word, right = asked[0]
    assert all(lemmas[word] & lemmas[form] for form in right)


def test_letters_in_common() -> None:
    vectors = WordVectors(["songs", "song", "rain"], torch.eye(3) + 0.1)
    assert lookup.shared_letters(vectors, ["songs"], top=2) == 0.5


def test_a_classifier_learns_and_an_unknown_word_is_half_and_half() -> None:
    texts = [LabelledText("good fine", "yes"), LabelledText("bad poor", "no")] * 20
    features = classifier.Features([text.text for text in texts])
    model = classifier.learn(features, texts, size=4, readings=20, rate=0.5, seed=0)
    assert classifier.accuracy(model, features, texts) == 1.0
    assert classifier.probabilities(model, []).tolist() == [0.5, 0.5]


def test_word_ngrams_are_pairs_in_order() -> None:
    one = classifier.word_ngram_buckets(["a", "b", "c"], 2, 10**9)
    other = classifier.word_ngram_buckets(["b", "a", "c"], 2, 10**9)
    assert len(one) == 2
    assert set(one) != set(other)
    assert len(classifier.word_ngram_buckets(["a", "b", "c"], 3, 10**9)) == 3


def test_the_squares_of_all_columns_are_all() -> None:
    table = csr_matrix(np.array([[0.0, 2.0], [0.0, 0.0]]))
    assert figures.column_shares(table).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    "call",
    [
        lambda: meetings(["a"], 0),
        lambda: count(torch.tensor([0]), torch.tensor([0, 1]), 1, 1),
        lambda: count(torch.tensor([3]), torch.tensor([0]), 2, 1),
        lambda: positive_information(csr_matrix((2, 2))),
        lambda: truncated_svd(csr_matrix(np.eye(3)), 4),
        lambda: squeezed(torch.tensor([[0.0, float("-inf")]]), 1),
        lambda: gl.weight(torch.ones(1), most=0),
        lambda: gl.GloVe(csr_matrix(np.eye(2)), 0, 10, 0),
        lambda: ngrams("a", 4, 3),
        lambda: buckets_of("a", 0),
        lambda: classifier.Features([]),
        lambda: classifier.new_model(1, "a", 0, 0),
        lambda: classifier.accuracy(classifier.new_model(1, "a", 1, 0), None, []),  # type: ignore[arg-type]
        lambda: lookup.find(lookup.untrained(Subwords(["a"], 3), 2), []),
        lambda: lookup.misspelt(["a"], 0),
        lambda: lookup.without_vector([["a"]], []),
        lambda: SubwordVectors(Subwords(["a"], 3), torch.zeros(2, 2)),
        lambda: SubwordSkipGram(Subwords(["a"], 3), torch.ones(1), 0, 1, 1, 1, 1.0),
    ],
)
def test_what_makes_no_sense_is_refused(call: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        call()


@pytest.mark.parametrize("content", ["", '{"losses": [1', "[1]"])
def test_a_damaged_log_is_named(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipes, "folder", lambda: tmp_path)
    with pytest.raises(FileNotFoundError, match="no seed"):
        recipes.logs_of("x")
    (tmp_path / "x-seed1.json").write_text(content)
    with pytest.raises(DamagedFile, match=r"x-seed1\.json is damaged"):
        recipes.logs_of("x")


def test_the_logs_are_of_the_settings_in_the_recipes() -> None:
    for log in recipes.logs_of("glove-wikitext2"):
        assert len(log["losses"]) == recipes.READINGS
        assert json.dumps(log["metrics"])
    words = recipes.load_glove_vectors().words
    assert words == text.wikitext(recipes.LEAST).vocabulary.words


def test_the_misfit_is_the_error_of_the_logarithms() -> None:
    table = csr_matrix(np.array([[0.0, 3.0], [20.0, 0.0]]))
    model = gl.GloVe(table, 2, most=10, seed=0)
    with torch.no_grad():
        model.words.values.zero_()
        model.company.values.zero_()
    assert gl.misfit(model, 10) == pytest.approx(float(np.log(20)))
    with pytest.raises(ValueError, match="no pair"):
        gl.misfit(model, 50)
