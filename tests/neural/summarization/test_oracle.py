"""By hand against the libraries: rouge-score, NLTK's stemmer, networkx's PageRank."""

import random

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer

from nlpcourse.neural.summarization import rouge, study
from nlpcourse.neural.summarization.graph import (
    cosine_table,
    lexrank,
    power_iteration,
    textrank,
    textrank_graph,
)
from nlpcourse.neural.summarization.stemmer import stem

PORTER = PorterStemmer()
WORDS = [
    "graph",
    "graphs",
    "ranking",
    "ranked",
    "the",
    "of",
    "sentence",
    "F1",
    "don't",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)


@pytest.mark.parametrize("stemming", [True, False])
@given(reference=TEXTS, candidate=TEXTS)
def test_generated_pairs_equal_rouge_score(stemming, reference, candidate):
    scorer = RougeScorer(
        ["rouge1", "rouge2", "rouge3", "rougeL"], use_stemmer=stemming
    )
    theirs = scorer.score(reference, candidate)
    cut = [rouge.tokens(text, stemming) for text in (reference, candidate)]
    for kind in ("1", "2", "3", "L"):
        ours = rouge.rouge_of_tokens(*cut, kind)
        assert tuple(ours) == pytest.approx(
            tuple(theirs[f"rouge{kind}"]), abs=1e-12
        )


def test_real_pairs_equal_rouge_score():
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
    for paper in study.documents("train")[:25]:
        for human, said in zip(paper.human, paper.sentences, strict=False):
            theirs, ours = scorer.score(human, said), rouge.rouge(human, said)
            for kind in rouge.KINDS:
                assert tuple(ours[kind]) == pytest.approx(
                    tuple(theirs[f"rouge{kind}"]), abs=1e-12
                )


@given(
    reference=st.lists(st.lists(st.sampled_from("abcd"), max_size=5), max_size=3),
    candidate=st.lists(st.lists(st.sampled_from("abcd"), max_size=5), max_size=3),
)
def test_summaries_of_several_sentences_equal_rouge_score(reference, candidate):
    scorer = RougeScorer(["rougeLsum"])
    texts = [
        "\n".join(" ".join(s) for s in side) for side in (reference, candidate)
    ]
    theirs = scorer.score(*texts)["rougeLsum"]
    ours = rouge.rouge_lsum(reference, candidate)
    assert tuple(ours) == pytest.approx(tuple(theirs), abs=1e-12)


def test_real_words_are_stemmed_as_nltk_does():
    words = {
        word
        for split in ("train", "val", "test")
        for paper in study.documents(split)
        for sentence in paper.sentences
        for word in rouge.tokens(sentence, stemming=False)
    }
    assert len(words) > 10_000
    assert [w for w in sorted(words) if stem(w) != PORTER.stem(w)] == []


STEMS = [
    "gener",
    "fa",
    "ho",
    "tr",
    "happ",
    "sens",
    "relat",
    "con",
    "y",
    "control",
    "log",
]
ENDS = [
    "ies",
    "ied",
    "ing",
    "ed",
    "eed",
    "s",
    "sses",
    "y",
    "ly",
    "alli",
    "fulli",
    "bli",
    "logi",
    "ational",
    "tional",
    "ization",
    "ousness",
    "e",
    "er",
    "ement",
    "ion",
    "ll",
    "ical",
    "ative",
]


@settings(max_examples=500)
@given(st.sampled_from(STEMS), st.lists(st.sampled_from(ENDS), max_size=2))
def test_made_up_words_are_stemmed_as_nltk_does(start, ends):
    word = start + "".join(ends)
    assert stem(word) == PORTER.stem(word)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.floats(0, 0.95), st.integers(0, 10**6))
def test_any_graph_equals_networkx(size, damping, seed):
    rng = random.Random(seed)
    weights = [
        [rng.choice([0.0, rng.random()]) for _ in range(size)] for _ in range(size)
    ]
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(size))
    for i, row in enumerate(weights):
        graph.add_edges_from((i, j, {"weight": w}) for j, w in enumerate(row) if w)
    theirs = networkx.pagerank(graph, alpha=damping, tol=1e-13, max_iter=2000)
    ours = power_iteration(weights, damping, tolerance=1e-12)
    assert ours == pytest.approx([theirs[i] for i in range(size)], abs=1e-8)


def test_real_graphs_equal_networkx():
    for paper in study.documents("val")[:8]:
        for weights, ours in (
            (textrank_graph(paper.words), textrank(paper.words)),
            (
                cosine_table(paper.words, study.idf()),
                lexrank(paper.words, study.idf(), threshold=None),
            ),
        ):
            graph = networkx.DiGraph()
            graph.add_nodes_from(range(len(weights)))
            for i, row in enumerate(weights):
                graph.add_edges_from(
                    (i, j, {"weight": w}) for j, w in enumerate(row) if w
                )
            theirs = networkx.pagerank(graph, tol=1e-12)
            assert ours == pytest.approx(
                [theirs[i] for i in range(len(ours))], abs=1e-8
            )


def test_lins_own_examples():
    first = ["police", "killed", "the", "gunman"]
    assert rouge.rouge_l(first, ["police", "kill", "the", "gunman"]).f1 == 0.75
    assert rouge.rouge_l(first, ["the", "gunman", "kill", "police"]).f1 == 0.5
    assert rouge.rouge_l(first, ["the", "gunman", "police", "killed"]).f1 == 0.5
    two, three, four = (
        rouge.rouge_n(first, text.split(), 2).f1
        for text in (
            "police kill the gunman",
            "the gunman kill police",
            "the gunman police killed",
        )
    )
    assert two == three < four
    union = rouge.rouge_lsum(
        [["w1", "w2", "w3", "w4", "w5"]],
        [["w1", "w2", "w6", "w7", "w8"], ["w1", "w3", "w8", "w9", "w5"]],
    )
    assert union.recall == 4 / 5
