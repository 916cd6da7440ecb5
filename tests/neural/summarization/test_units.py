"""The parts of chapter 26 on inputs small enough to work by hand."""

import math
from functools import partial
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlpcourse.neural.seq2seq.search import beam_search, greedy_search
from nlpcourse.neural.summarization import study
from nlpcourse.neural.summarization.faithful import (
    count_errors,
    names,
    numbers,
    unsupported,
)
from nlpcourse.neural.summarization.graph import (
    lexrank,
    one_round,
    overlap,
    power_iteration,
    textrank,
)
from nlpcourse.neural.summarization.luhn import cluster_score, luhn
from nlpcourse.neural.summarization.mmr import mmr, scaled
from nlpcourse.neural.summarization.oracle import exact_oracle, greedy_oracle, worth
from nlpcourse.neural.summarization.pointer import (
    PointerGenerator,
    mix,
    probability_of,
)
from nlpcourse.neural.summarization.sumbasic import sumbasic
from nlpcourse.neural.summarization.verses import UNKNOWN, Vocabulary, cut
from nlpcourse.neural.summarization.words import (
    content_words,
    cosine,
    in_order,
    inverse_frequencies,
    sentences_of,
    weigh,
)

SENTENCES = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=7)


def test_a_cluster_ends_where_the_gap_is_too_wide():
    words = ["s", "x", "x", "x", "x", "s", "x", "x", "x", "x", "x", "s", "s"]
    assert cluster_score(words, {"s"}, gap=4) == pytest.approx(2.0)  # the last two
    assert cluster_score(words, {"s"}, gap=5) == pytest.approx(16 / 13)
    assert cluster_score(["x"], {"s"}) == 0


@given(SENTENCES)
def test_luhns_best_cluster_is_the_best_of_all(sentences):
    def slow(words, significant):
        best = 0.0
        for i in range(len(words)):
            for j in range(i, len(words)):
                hits = [k for k in range(i, j + 1) if words[k] in significant]
                steps = [b - a for a, b in pairwise(hits)]
                if (
                    hits
                    and hits[0] == i
                    and hits[-1] == j
                    and max(steps, default=1) <= 5
                ):
                    best = max(best, len(hits) ** 2 / (j - i + 1))
        return best

    counts = {w: sum(s.count(w) for s in sentences) for s in sentences for w in s}
    significant = {word for word, n in counts.items() if n >= 2}
    # a cluster that goes on is never left half-way: ours looks at beginnings of runs alone
    for got, words in zip(luhn(sentences), sentences, strict=True):
        assert got <= slow(words, significant) + 1e-12
        assert (got > 0) == any(word in significant for word in words)


def test_sumbasic_squares_what_was_said():
    sentences = [["a", "a"], ["a", "b"], ["b", "b"]]
    # p(a) = p(b) = 1/2: the first word of the alphabet, then b, since a is 1/4 now
    assert sumbasic(sentences, 3) == [0, 2, 1]
    assert sumbasic([[], ["a"]], 3) == [1]
    with pytest.raises(ValueError, match="one sentence"):
        sumbasic(sentences, 0)


def test_overlap_by_hand():
    a, b = ["x", "y", "z"], ["y", "z"]
    assert overlap(a, b) == pytest.approx(2 / (math.log(3) + math.log(2)))
    assert overlap(["x"], ["x"]) == 0


@given(SENTENCES)
def test_shares_of_the_walk_sum_to_one(sentences):
    for scores in (
        textrank(sentences),
        lexrank(sentences, inverse_frequencies(sentences)),
    ):
        assert sum(scores) == pytest.approx(1 if sentences else 0)
    shares = textrank(sentences)
    from nlpcourse.neural.summarization.graph import textrank_graph

    if sentences:
        assert one_round(textrank_graph(sentences), shares, 0.85) == pytest.approx(
            shares, abs=1e-8
        )


def test_a_graph_that_is_none_is_refused():
    with pytest.raises(ValueError, match="square"):
        power_iteration([[0.0, 1.0]])
    with pytest.raises(ValueError, match="0 or more"):
        power_iteration([[math.nan]])
    with pytest.raises(ValueError, match="below 1"):
        power_iteration([[1.0]], damping=1.0)
    assert power_iteration([]) == []


@given(st.integers(1, 6), st.floats(0, 1), st.randoms(use_true_random=False))
def test_mmr_takes_the_best_at_each_step(size, balance, rng):
    relevance = [rng.random() for _ in range(size)]
    similarity = [[rng.random() for _ in range(size)] for _ in range(size)]
    taken = mmr(relevance, similarity, balance, size)
    assert sorted(taken) == list(range(size))
    for k, chosen in enumerate(taken):
        gains = [
            balance * relevance[i]
            - (1 - balance) * max([similarity[i][j] for j in taken[:k]], default=0)
            for i in taken[k:]
        ]
        assert gains[0] == max(gains), chosen


def test_scaled_and_in_order():
    assert scaled([0, 0]) == [0, 0]
    assert in_order([1, 3, 2, 3], 3) == [1, 2, 3]
    with pytest.raises(ValueError, match="not 0"):
        in_order([1.0], 0)


@given(SENTENCES, st.lists(st.sampled_from("abc"), min_size=1, max_size=6))
def test_no_greedy_choice_beats_the_exact_one(sentences, reference):
    greedy = greedy_oracle(reference, sentences, 2)
    exact = exact_oracle(reference, sentences, 2)

    def of(places):
        return worth(reference, [w for i in places for w in sentences[i]])

    assert of(greedy) <= of(exact) + 1e-12
    alone = max((of([i]) for i in range(len(sentences))), default=0)
    assert of(greedy) >= alone - 1e-12


def test_greedy_misses_what_exact_finds():
    reference = ["a", "b", "c", "d"]
    sentences = [["a", "b", "x"], ["c", "d", "x"], ["a", "b", "c", "x", "y"]]
    assert worth(reference, ["a", "b", "x", "c", "d", "x"]) == pytest.approx(
        worth(
            reference,
            [
                w
                for i in exact_oracle(reference, sentences, 2)
                for w in sentences[i]
            ],
        )
    )


def test_words_and_sentences():
    assert sentences_of("See Fig. 3. It works!") == ["See Fig. 3.", "It works!"]
    assert content_words("The 3 models are used.") == ["model"]
    assert cosine({}, {"a": 1.0}) == 0
    assert weigh(["a", "new"], {"a": 1.0, "b": 3.0}) == {"a": 1.0, "new": 3.0}


def test_names_and_numbers():
    assert numbers("In 2020 we had 1,000 and 2.5.") == ["2020", "1000", "2.5"]
    assert names("Hello World. It is BERT, and GPT-2.") == [
        "World",
        "BERT",
        "GPT-2",
    ]
    assert unsupported("We use BERTs.", "we use Bert") == []
    assert unsupported("It gains 3.", "It gains 13.") == ["3"]
    assert count_errors([]) == (0, 0)


def random_parts(rows=2, outputs=3, inputs=4, words=5, seed=0):
    torch.manual_seed(seed)
    own = torch.rand(rows, outputs, words).softmax(2)
    weights = torch.rand(rows, outputs, inputs).softmax(2)
    switch = torch.rand(rows, outputs, 1)
    places = torch.randint(0, words + 2, (rows, inputs))
    return own, weights, switch, places


@pytest.mark.parametrize("seed", range(5))
def test_the_mixture_equals_a_loop_over_all_words(seed):
    own, weights, switch, places = random_parts(seed=seed)
    got = mix(own, weights, switch, places)
    for r in range(2):
        for t in range(3):
            for w in range(got.shape[2]):
                p = float(switch[r, t, 0])
                right = p * float(own[r, t, w]) if w < 5 else 0.0
                for i in range(4):
                    if int(places[r, i]) == w:
                        right += (1 - p) * float(weights[r, t, i])
                assert float(got[r, t, w]) == pytest.approx(right, abs=1e-6)
    assert torch.allclose(got.sum(2), torch.ones(2, 3))
    target = torch.randint(0, got.shape[2], (2, 3))
    expected = got.gather(2, target.unsqueeze(2)).squeeze(2)
    assert torch.allclose(
        probability_of(target, own, weights, switch, places), expected
    )


def test_parts_that_do_not_fit_are_refused():
    own, weights, switch, places = random_parts()
    with pytest.raises(ValueError, match="don't fit"):
        mix(own, weights, switch, places[:, :2])
    with pytest.raises(ValueError, match="from 0 on"):
        mix(own, weights, switch, places - 9)
    with pytest.raises(ValueError, match="target"):
        probability_of(
            torch.zeros(1, 1, dtype=torch.long), own, weights, switch, places
        )


def small(copying=True):
    torch.manual_seed(1)
    return PointerGenerator(8, 6, 8, copying=copying).eval()


def test_step_by_step_equals_all_at_once():
    model, known = small(), torch.tensor([[1, 4, 5, UNKNOWN]])
    source, places = torch.tensor([[4, 3, 5]]), torch.tensor([[4, 8, 5]])
    own, weights, switch, _ = model(source, known)
    whole = mix(own, weights, switch, places).log()
    state = model.start(source, places)
    for t, last in enumerate((1, 4, 5, 8)):  # 8 is the copied word, read as unknown
        logs, state = model.step(torch.tensor([last]), state)
        assert torch.allclose(logs, whole[:, t], atol=1e-5)


def test_without_copying_strange_words_have_no_chance():
    model = small(copying=False)
    source, places = torch.tensor([[4, 3, 5]]), torch.tensor([[4, 8, 5]])
    state = model.start(source, places)
    logs, _ = model.step(torch.tensor([1]), state)
    assert float(logs[0, 8].exp()) < 1e-20
    assert float(logs[0, :8].exp().sum()) == pytest.approx(1)


def test_the_searches_of_chapter_25_take_it():
    model = small()
    source, places = (
        torch.tensor([[4, 3, 5], [6, 0, 0]]),
        torch.tensor([[4, 8, 5], [6, 0, 0]]),
    )
    state = model.start(source, places)
    greedy = greedy_search(model.step, state, 1, 2, 6)
    beams = beam_search(model.step, state, 1, 1, 2, 6)
    assert [found[0].symbols for found in beams] == greedy


def test_vocabulary_and_verses():
    few = Vocabulary(["king"])
    ids, extended, strange = few.extend(cut("Zur the king of Zur."))
    assert ids == [3, 3, 4, 3, 3, 3]
    assert extended == [5, 6, 4, 7, 5, 8]
    assert few.decode(few.target(["Zur", "Og"], strange), strange) == [
        "Zur",
        "(unknown)",
    ]


def test_documents_of_papers():
    paper = study.documents("val")[0]
    assert (
        paper.abstract
        <= len(paper.sentences)
        == len(paper.words)
        == len(paper.tokens)
    )
    assert study.lead(paper) == [0, 1, 2]
    inside = study.within_abstract(paper, study.by_textrank)
    assert set(inside) <= set(range(paper.abstract))
    assert 0 <= study.share_marked(paper, [0, 1]) <= 1
    assert study.at_random(paper, 1) == study.at_random(paper, 1)
    for choice in (
        study.end_of_abstract,
        *study.SYSTEMS.values(),
    ):
        places = choice(paper)
        assert places == sorted(set(places))
        assert 1 <= len(places) <= study.COUNT


def test_settings_are_the_best_on_validation_papers():
    """The threshold and the balance of the chapter, against others that were tried."""
    papers = study.documents("val")

    def worth_of(choice):
        found = study.means(study.judge(choice, papers))
        return found["1"] + found["2"]

    chosen = worth_of(study.by_lexrank)
    for threshold in (0.1, 0.2):
        other = partial(study.by_lexrank, threshold=threshold)
        assert worth_of(other) < chosen, threshold
    chosen = worth_of(study.by_mmr)
    for balance in (0.5, 0.9):
        assert worth_of(partial(study.by_mmr, balance=balance)) < chosen, balance


@pytest.mark.parametrize(
    "call",
    [
        lambda: in_order([math.nan, 1.0], 1),
        lambda: mmr([math.nan], [[1.0]], 0.5, 1),
        lambda: mmr([1.0], [[math.nan]], 0.5, 1),
        lambda: scaled([math.nan, 1.0]),
        lambda: scaled([-1.0, -2.0]),
    ],
)
def test_a_score_that_is_no_number_gives_no_order(call):
    with pytest.raises(ValueError, match="number"):
        call()


def test_rouge_sees_a_summary_only_so_far():
    paper = study.documents("test")[0]
    whole = study.judge(study.lead, [paper])
    length = int(whole["words"][0])
    assert study.judge(study.lead, [paper], longest=length) == whole
    assert study.judge(study.lead, [paper], longest=5)["1"] < whole["1"]
