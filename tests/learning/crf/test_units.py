"""The CRF by hand: the chapter's examples, its edges, and what is stored with it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse.learning.crf import chain, recipes
from nlpcourse.learning.crf.clues import clues, shape, word_alone
from nlpcourse.learning.crf.fast import forward_backward
from nlpcourse.learning.crf.label_bias import (
    best_by_tables,
    count_tables,
    error_on_rob,
    rib_rob,
    three_taggers,
    wrong_shares,
)
from nlpcourse.learning.crf.memm import train_memm
from nlpcourse.learning.crf.model import log_likelihood, prepare, train
from nlpcourse.learning.crf.packed import laid_out, number_clues, pack
from nlpcourse.learning.crf.stochastic import Climber, read_once, shelve
from nlpcourse.learning.crf.stored import SmallCRF, dense, read, slim, write

X = [[["a"], ["b"]], [["b"]], [["a"], ["a"], ["c"]], []]
Y = [["N", "V"], ["V"], ["N", "N", "V"], []]


def test_clues_look_at_neighbours_and_keep_inside_the_sentence():
    first, last = clues(["New", "York"])
    assert "right=york" in first
    assert "left=<" in first
    assert "right=>" in last
    assert clues([]) == []
    assert shape("") == ""
    assert word_alone([]) == []


@given(st.lists(st.text(max_size=6), max_size=8))
def test_every_word_has_clues_whatever_it_holds(words):
    found = clues(words)
    assert len(found) == len(words)
    assert all("bias" in word for word in found)


@given(st.lists(st.integers(0, 5), max_size=8))
def test_packing_keeps_every_word_once(lengths):
    sentences = [[[f"{i} {t}"] for t in range(n)] for i, n in enumerate(lengths)]
    numbers = number_clues(sentences)
    packed = pack(sentences, numbers)
    assert sum(packed.sizes) == sum(lengths)
    assert packed.sizes == sorted(packed.sizes, reverse=True)
    for sentence, row in zip(sentences, packed.rows, strict=True):
        for word, at in zip(sentence, row, strict=True):
            assert packed.clues[at].indices.tolist() == [numbers[word[0]]]
    flat = laid_out(packed, [[i] * n for i, n in enumerate(lengths)])
    for i, row in enumerate(packed.rows):
        assert (flat[row] == i).all()


def test_training_climbs_and_the_penalty_shrinks_the_weights():
    corpus, names, numbers = prepare(X, Y)
    zero = np.zeros((len(numbers), 2)), np.zeros((2, 2))
    start = log_likelihood(*zero, corpus)[0]
    assert start == pytest.approx(6 * math.log(0.5))  # six words, two tags alike
    sizes = []
    for c2 in (0.01, 1.0, 100.0):
        model = train(X, Y, c2)
        value = log_likelihood(model.clue_weights, model.step_weights, corpus)[0]
        assert value > start
        sizes.append(np.abs(model.clue_weights).sum())
    assert sizes == sorted(sizes, reverse=True)
    assert names == ["N", "V"]


def test_at_the_best_weights_expectation_and_observation_differ_by_the_penalty():
    c2 = 0.5
    corpus, _, _ = prepare(X, Y)
    model = train(X, Y, c2, iterations=1000, tolerance=1e-9)
    _, clues_up, steps_up = log_likelihood(
        model.clue_weights, model.step_weights, corpus
    )
    np.testing.assert_allclose(clues_up, 2 * c2 * model.clue_weights, atol=1e-6)
    np.testing.assert_allclose(steps_up, 2 * c2 * model.step_weights, atol=1e-6)


def test_a_model_of_one_tag_and_of_unknown_clues_answers():
    model = train([[["a"]]], [["N"]])
    assert model.tag([[["zzz"], []]]) == [["N", "N"]]
    assert model.marginals([["zzz"]]) == [{"N": 1.0}]
    assert model.tag([]) == []
    assert model.marginals([]) == []
    assert model.log_probability([], []) == 0
    both = train(X, Y)
    total = sum(
        math.exp(both.log_probability(X[0], [a, b])) for a in "NV" for b in "NV"
    )
    assert total == pytest.approx(1, abs=1e-12)


def test_the_most_probable_tag_of_each_word_has_the_largest_marginal():
    model = train(X, Y, 0.1)
    for sentence, found in zip(X, model.most_probable(X), strict=True):
        for (tag, share), row in zip(found, model.marginals(sentence), strict=True):
            assert share == pytest.approx(max(row.values()), abs=1e-12)
            assert row[tag] == max(row.values())
    assert model.most_probable([]) == []


def test_forbidden_tags_and_steps_get_no_share():
    never = -math.inf
    emissions, steps = [[0.0, 0.0], [0.0, never]], [[0.0, 0.0], [never, 0.0]]
    assert chain.marginals(emissions, steps) == [[1.0, 0.0], [1.0, 0.0]]
    assert chain.viterbi(emissions, steps) == [0, 0]
    with pytest.raises(ValueError, match="forbid every path"):
        chain.log_partition([[never, never]], steps)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: chain.forward([[0.0]], [[0.0, 0.0]]), "needs 1 scores"),
        (lambda: chain.forward([[math.nan]], [[0.0]]), "NaN or plus infinity"),
        (lambda: chain.viterbi([[0.0]], [[math.inf]]), "NaN or plus infinity"),
        (lambda: chain.forward([[]], []), "no tags"),
        (lambda: chain.path_score([[0.0]], [[0.0]], []), "1 tags from"),
        (lambda: chain.path_score([[0.0]], [[0.0]], [1]), "from 0 to 0"),
        (lambda: clues("a text"), "cut the text"),
        (lambda: word_alone("a text"), "cut the text"),
        (lambda: number_clues([], least=0), "1 or more"),
        (lambda: train([], []), "no tagged words"),
        (lambda: train([[]], [[]]), "no tagged words"),
        (lambda: train(X, Y[:1]), "4 sentences and tags for 1"),
        (lambda: train([[["a"]]], [["N", "V"]]), "sentence 0 has 1 words and 2 tags"),
        (lambda: train([["a"]], [["N"]]), "holds words"),
        (lambda: train(X, Y, c2=-1), "penalty"),
        (lambda: train(X, Y, c2=math.nan), "penalty"),
        (lambda: train(X, Y, iterations=0), "iterations"),
        (lambda: train_memm(X, Y, c2=math.inf), "penalty"),
        (lambda: train(X, Y).log_probability([["a"]], ["Q"]), "no tag 'Q'"),
        (lambda: train(X, Y).log_probability([["a"]], []), "0 to 1"),
        (lambda: train_memm(X, Y).log_probability([["a"]], []), "as many tags"),
        (lambda: read(b"nothing"), "no stored model"),
        (lambda: write(SmallCRF(["N"], {"a\n": {0: 1.0}}, [[0.0]])), "line break"),
        (lambda: write(SmallCRF(["N"], {"a": {0: 600.0}}, [[0.0]])), "too large"),
        (lambda: count_tables([]), "no tagged words"),
        (lambda: rib_rob(-1), "0 words or more"),
        (lambda: rib_rob(1, math.nan), "0 words or more"),
        (lambda: wrong_shares(list, []), "no tagged words"),
        (lambda: error_on_rob([]), "give shares"),
        (lambda: recipes.log_of("nothing"), "not trained"),
        (lambda: read_once(Climber.of(1, 1), shelve([[["a"]]], [["N"]], ["N"], {"a": 0}),
                           log_likelihood, rate=0), "rate must be above 0"),
    ],
)  # fmt: skip
def test_an_edge_that_has_no_answer_says_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_scores_of_steps_too_far_apart_are_refused():
    places = [slice(0, 1)]
    with pytest.raises(ValueError, match="apart"):
        forward_backward(np.zeros((1, 2)), np.array([[0.0, 900.0], [0, 0]]), places)
    with pytest.raises(ValueError, match="finite"):
        forward_backward(np.array([[np.nan]]), np.zeros((1, 1)), places)
    with pytest.raises(ValueError, match="no tags"):
        forward_backward(np.zeros((1, 0)), np.zeros((0, 0)), places)


def test_small_batches_climb_the_same_hill():
    rng = np.random.default_rng(0)
    x = [[[f"w{rng.integers(5)}"] for _ in range(4)] for _ in range(200)]
    y = [["AB"[int(word[0][1]) % 2] for word in s] for s in x]
    corpus, names, numbers = prepare(x, y)
    shelf, climber = shelve(x, y, names, numbers), Climber.of(len(numbers), 2)
    whole = shelf.batch(np.arange(len(x)), 2)[0]
    np.testing.assert_array_equal(whole.clue_counts, corpus.clue_counts)
    np.testing.assert_array_equal(whole.step_counts, corpus.step_counts)
    first = read_once(climber, shelf, log_likelihood, 0.5, rows=20, seed=0)
    for seed in range(1, 6):
        last = read_once(climber, shelf, log_likelihood, 0.5, rows=20, seed=seed)
    assert last > first / 3
    never = climber.clue_weights[numbers["w0"], names.index("B")]
    assert never == 0  # a pair that never stood together


def test_a_stored_model_is_the_same_model():
    model = train(X, Y, 0.1)
    small = slim(model, 0.0)
    assert read(write(small)) == small
    again = dense(small)
    for sentence in X:
        shares = [list(row.values()) for row in again.marginals(sentence)]
        np.testing.assert_allclose(small.marginals(sentence), shares, atol=1e-12)
        assert small.tag(sentence) == again.tag([sentence])[0]


def test_label_bias_by_hand():
    jordan = [("Jordan", "P"), ("Smith", "P'")]
    valley = [("Jordan", "L"), ("Valley", "L'")]
    data = [jordan] * 3 + [valley] * 2
    tables = count_tables(data)
    assert tables.chances("", "Jordan") == {"L": 0.4, "P": 0.6}
    assert tables.chances("P", "Valley") == {"P'": 1.0}  # whatever the word says
    assert best_by_tables(tables, ["Jordan", "Valley"]) == ["P", "P'"]
    taggers = three_taggers(data)
    for name in ("HMM", "CRF"):
        assert taggers[name](["Jordan", "Valley"]) == ["L", "L'"]
    assert wrong_shares(taggers["MEMM"], data) == (0.4, 0.4)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_rib_and_rob_as_in_the_paper(seed):
    taggers = three_taggers(rib_rob(2000, 0.5, seed))
    test = rib_rob(500, 0.5, seed + 1000)
    wrong = {name: wrong_shares(tagger, test) for name, tagger in taggers.items()}
    assert wrong["MEMM"][0] > 0.4
    assert wrong["CRF"][0] < 0.1
    assert wrong["HMM"][0] < 0.1
    # the middle letter decides: i or o in 29 of 32 words, a coin for the rest
    assert wrong["CRF"][0] == pytest.approx(2 / 32, abs=0.035)


def test_a_table_that_was_never_left_says_so():
    tables = count_tables([[("a", "N")]])
    with pytest.raises(ValueError, match="after 'N'"):
        tables.chances("N", "a")


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 30), st.floats(0, 1), st.integers(0, 5))
def test_drawn_words_repeat_with_their_seed(n, share, seed):
    assert rib_rob(n, share, seed) == rib_rob(n, share, seed)
    assert all(len(word) == 3 for word in rib_rob(n, share, seed))
