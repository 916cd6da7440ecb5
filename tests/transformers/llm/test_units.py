"""The pieces of chapter 34 alone, on input that Hypothesis makes and on the real model."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse.statistics.automata.dfa import accepts, compile_pattern
from nlpcourse.statistics.automata.samples import random_pattern
from nlpcourse.statistics.parsing.earley import earley
from nlpcourse.statistics.parsing.grammar import read_grammar
from nlpcourse.transformers.gpt.llama import Llama, LlamaConfig
from nlpcourse.transformers.gpt.model import Cache
from nlpcourse.transformers.gpt.sampling import GREEDY, Draw, generate
from nlpcourse.transformers.llm import (
    answering,
    injection,
    judging,
    machines,
    passages,
    retrieval,
    scoring,
)
from nlpcourse.transformers.llm import constraint as con
from nlpcourse.transformers.llm import speculative as spec
from nlpcourse.transformers.llm.calibration import accuracy, calibrated, shares
from nlpcourse.transformers.llm.fast import FastLlama

V = 30
SIZES = LlamaConfig(
    V, context=256, size=32, wide=48, layers=2, heads=4, shared_heads=2
)


def small(seed: int = 0) -> Llama:
    torch.manual_seed(seed)
    model = Llama(SIZES).double().eval()
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    return model


# ------------------------------------------------------------------------------------ scoring


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(0, V - 1), min_size=1, max_size=9),
        min_size=1,
        max_size=7,
    ),
    st.lists(st.integers(0, V - 1), max_size=6),
    st.integers(1, 4),
)
def test_a_lent_prefix_changes_nothing(
    texts: list[list[int]], prefix: list[int], rows: int
) -> None:
    model = small()
    options = [0, 5, 7]
    got = scoring.next_log_probs(
        model, texts, options, scoring.read(model, prefix), rows
    )
    for row, text in zip(got, texts, strict=True):
        with torch.no_grad():
            logits = model(torch.tensor([prefix + text]))[0, -1]
        assert torch.allclose(
            row.double(), logits.log_softmax(-1)[options], atol=1e-5
        )


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, V - 1), min_size=1, max_size=8), st.integers(1, 6))
def test_scored_ends_are_what_greedy_search_would_write(
    prompt: list[int], length: int
) -> None:
    model = small(1)
    written = generate(model, torch.tensor([prompt]), length, GREEDY)[0].tolist()
    other = [*written[:-1], (written[-1] + 1) % V]
    (costs, likeliest), (_, unlikely) = scoring.continuation_costs(
        model, [written, other], [len(prompt)] * 2
    )
    assert bool(likeliest.all())
    assert not bool(unlikely.all())
    with torch.no_grad():
        logits = model(torch.tensor([written]))[0, len(prompt) - 1 : -1]
    wanted = torch.tensor(written[len(prompt) :])
    by_hand = -logits.log_softmax(-1)[torch.arange(length), wanted]
    assert torch.allclose(costs, by_hand)


def test_a_cache_of_several_texts_is_not_lent() -> None:
    model = small()
    cache = Cache()
    scoring.states(model, torch.tensor([[1], [2]]), cache)
    with pytest.raises(ValueError, match="one text's cache"):
        scoring.lent(cache, 3)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(0, V - 1), min_size=1, max_size=5),
        min_size=1,
        max_size=4,
    )
)
def test_the_fast_twin_scores_alike(parts: list[list[int]]) -> None:
    model = small(3)
    twin = FastLlama(model, 20)
    read: list[int] = []
    for part in parts:
        scores = twin.read(part)
        read += part
        with torch.no_grad():
            assert torch.allclose(scores, model(torch.tensor([read]))[0, -1])
    with pytest.raises(ValueError, match="room"):
        twin.read([0] * 21)


# -------------------------------------------------------------------------------- calibration


@given(st.integers(1, 6), st.integers(2, 5), st.integers(0, 10**6))
def test_calibration_is_the_papers_matrix(n: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, free = rng.normal(size=(n, k)), rng.normal(size=(3, k))
    p_hat = np.exp(p) / np.exp(p).sum(-1, keepdims=True)
    p_cf = (np.exp(free) / np.exp(free).sum(-1, keepdims=True)).mean(0)
    q = p_hat @ np.linalg.inv(np.diag(p_cf)).T
    got = calibrated(torch.tensor(p), torch.tensor(free)).numpy()
    assert np.allclose(got, q / q.sum(-1, keepdims=True))
    assert (got.argmax(-1) == q.argmax(-1)).all()


def test_a_prompt_that_says_nothing_gets_even_shares() -> None:
    free = torch.randn(1, 4)
    assert torch.allclose(calibrated(free, free), torch.full((1, 4), 0.25))
    assert accuracy(shares(torch.tensor([[1.0, 0.0]])), [0]) == 1.0


# ---------------------------------------------------------------------------------- constraint

LETTERS = "abc"
tokens = st.lists(
    st.text(LETTERS, min_size=1, max_size=3), min_size=1, max_size=7, unique=True
)


def language(pattern: str, longest: int) -> set[str]:
    machine = compile_pattern(pattern)
    return {
        "".join(text)
        for size in range(longest + 1)
        for text in itertools.product(LETTERS, repeat=size)
        if accepts(machine, "".join(text))
    }


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), tokens, st.text(LETTERS, max_size=3))
def test_masks_are_what_filtering_all_texts_leaves(
    seed: int, vocabulary: list[str], so_far: str
) -> None:
    """A token is allowed exactly where some accepted text goes on with it."""
    pattern = random_pattern(random.Random(seed), depth=2)
    texts = {t for t in language(pattern, 9) if t.startswith(so_far)}
    try:
        machine = machines.Pattern(pattern)
    except ValueError:
        return  # no text fits at all
    state = machines.walk(machine, machine.start, so_far)
    if state is None:
        assert not texts
        return
    states = len(machine.dfa.table)
    fast = machines.allowed_fast(machine, state, machines.Trie.of(vocabulary))
    assert machines.allowed(machine, state, vocabulary) == fast
    expected = [
        n for n, token in enumerate(vocabulary)
        if any(t.startswith(so_far + token) for t in texts)
    ]  # fmt: skip
    if (
        states <= 9 - 3 - 3
    ):  # every live state's way to an end fits into nine letters
        assert fast == expected
    else:
        assert set(expected) <= set(fast)
    assert machine.may_end(state) == (so_far in texts)


GRAMMAR = "S -> a S b | c | S c"


@settings(max_examples=30, deadline=None)
@given(tokens, st.text(LETTERS, max_size=4))
def test_a_grammar_allows_what_can_be_completed(
    vocabulary: list[str], so_far: str
) -> None:
    grammar = read_grammar(GRAMMAR)
    machine = machines.Sentences(grammar)

    def whole(text: str) -> bool:
        return any(
            item.next is None and item.start == 0 and item.rule.left == "S"
            for item in earley(text, grammar)[-1]
        )

    def begins(text: str) -> bool:  # close every open bracket with b
        depth = text.count("a") - text.count("b")
        return any(
            whole(text + middle + "b" * max(depth, 0)) for middle in ("", "c")
        )

    state = machines.walk(machine, machine.start, so_far)
    assert (state is not None) == begins(so_far)
    if state is not None:
        assert machines.allowed(machine, state, vocabulary) == [
            n for n, token in enumerate(vocabulary) if begins(so_far + token)
        ]
        assert machine.may_end(state) == whole(so_far)


def toy(size: int, seed: int) -> machines.Chances:
    known: dict[tuple[int, ...], list[float]] = {}

    def chances(ids: tuple[int, ...]) -> list[float]:
        if ids not in known:
            drawn = random.Random(f"{seed} {ids}")
            raw = [drawn.random() ** 2 + 0.01 for _ in range(size)]
            known[ids] = [r / sum(raw) for r in raw]
        return known[ids]

    return chances


def test_masking_allows_the_same_texts_as_filtering_and_weighs_them_otherwise() -> (
    None
):
    vocabulary = ["a", "b", "ab", "c"]
    pattern, model = "ab|ac", toy(5, 3)
    mask = machines.by_mask(model, machines.Pattern(pattern), vocabulary, 4)
    dfa = compile_pattern(pattern)
    kept = machines.by_filter(model, lambda t: accepts(dfa, t), vocabulary, 4)
    assert {t for t, p in mask.items() if p} == {t for t, p in kept.items() if p}
    assert math.isclose(sum(mask.values()), 1)
    assert math.isclose(sum(kept.values()), 1)
    assert max(abs(mask[t] - kept[t]) for t in mask) > 0.01


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100), st.sampled_from(["(ab)+c", "a?b?c", "(a|b)(a|b)c"]))
def test_what_is_written_fits(seed: int, pattern: str) -> None:
    vocabulary = [*"abc", "ab", "bc", "", *[f"x{n}" for n in range(V - 6)]]
    got = con.write(
        small(), [1], machines.Pattern(pattern), vocabulary, 5, 30, Draw(), seed
    )
    assert not got.ended or accepts(compile_pattern(pattern), got.text)
    assert got.text == "".join(vocabulary[n] for n in got.ids)
    assert all(0 <= k <= 1 + 1e-6 for k in got.kept)


# --------------------------------------------------------------------------------- speculative


def fixed(size: int, seed: int) -> spec.Toy:
    return toy(size, seed)


@pytest.mark.parametrize("proposed", [0, 1, 2, 3])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_round_has_the_models_own_distribution(proposed: int, seed: int) -> None:
    """Exactly: every chance of draft, acceptance and refusal is tried."""
    p, q = fixed(3, seed), fixed(3, seed + 50)
    got = spec.completed(spec.all_outcomes(p, q, proposed), p, proposed + 1)
    for ids, chance in got.items():
        own = math.prod(p(ids[:k])[token] for k, token in enumerate(ids))
        assert math.isclose(chance, own, abs_tol=1e-12)
    assert math.isclose(sum(got.values()), 1)


@pytest.mark.parametrize("rate", [0.3, 0.6, 0.9])
def test_the_expected_tokens_are_those_of_all_outcomes(rate: float) -> None:
    """With the same p and q at every place, equation 1 is the mean length of a round."""
    p, q = [rate, 1 - rate], [1.0, 0.0]
    alpha = float(spec.acceptance(torch.tensor(p), torch.tensor(q)))
    outcomes = spec.all_outcomes(lambda _: p, lambda _: q, 3)
    mean = sum(len(ids) * chance for ids, chance in outcomes.items())
    assert math.isclose(mean, spec.expected_tokens(alpha, 3), rel_tol=1e-6)


def test_drawn_texts_follow_the_model() -> None:
    """Three thousand texts of three tokens, drawn with a draft, against the exact distribution."""
    torch.manual_seed(0)
    table = torch.softmax(2 * torch.randn(4, 4, dtype=torch.float64), -1)
    offered = torch.softmax(torch.randn(4, 4), -1)

    def model(ids: torch.Tensor, cache: Cache | None = None) -> torch.Tensor:
        if cache is not None:
            cache.extend(0, ids[:, None, :, None], ids[:, None, :, None])
        return table[ids].log()

    draft = spec.Bigrams([0, 1], 4)
    draft.table = offered
    counts: dict[tuple[int, ...], int] = {}
    n = 3000
    for seed in range(n):
        got = spec.speculate(model, [0], 3, draft, 2, Draw(), seed).ids
        counts[tuple(got[1:])] = counts.get(tuple(got[1:]), 0) + 1
    square = 0.0
    for a, b, c in itertools.product(range(4), repeat=3):
        expected = n * float(table[0, a] * table[a, b] * table[b, c])
        square += (counts.get((a, b, c), 0) - expected) ** 2 / expected
    assert (
        square < 103.4
    )  # chi squared with 63 degrees of freedom, one in a thousand


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(0, V - 1), min_size=1, max_size=8),
    st.integers(0, 12),
    st.integers(0, 5),
)
def test_greedy_speculation_writes_what_generate_writes(
    prompt: list[int], length: int, proposed: int
) -> None:
    model = small(2)
    got = spec.speculate(model, prompt, length, spec.look_up(V), proposed)
    want = generate(model, torch.tensor([prompt]), length, GREEDY)[0].tolist()
    assert got.ids == want
    assert got.passes <= max(length, 1)
    assert got.kept <= got.proposed


def test_an_end_stops_it() -> None:
    model = small(2)
    whole = spec.speculate(model, [1, 2], 8, spec.look_up(V)).ids
    end = whole[4]
    short = spec.speculate(model, [1, 2], 8, spec.look_up(V), end=end).ids
    assert short == whole[: whole.index(end, 2) + 1]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.integers(0, 5))
def test_a_copy_stood_there_before(ids: list[int], number: int) -> None:
    found = spec.copied(ids, number)
    assert len(found) <= number
    if found:
        text = ",".join(map(str, ids)) + ","
        assert ",".join(map(str, found)) + "," in text


# ----------------------------------------------------------------- retrieval, judging and others


@given(
    st.lists(st.permutations(list(range(6))), min_size=1, max_size=4),
    st.floats(0, 100),
)
def test_fusion_adds_up_reciprocal_ranks(
    rankings: list[list[int]], k: float
) -> None:
    scores = {d: sum(1 / (k + r.index(d) + 1) for r in rankings) for d in range(6)}
    got = retrieval.reciprocal_rank_fusion(rankings, k)
    assert sorted(got) == list(range(6))
    for one, other in itertools.pairwise(got):
        assert scores[one] >= scores[other] - 1e-12


def test_the_stored_vectors_are_minilms() -> None:
    some = [3, 177, 600]
    texts = [retrieval.searchable(passages.book()[n]) for n in some]
    made = retrieval.Encoder()(texts)
    cosines = (made * retrieval.vectors()[some]).sum(-1)
    assert (cosines > 0.995).all()


def test_every_gold_passage_holds_its_answer() -> None:
    book, asked = passages.book(), passages.questions()
    assert len(asked) == 48
    for question in asked:
        for number in question.gold:
            said = retrieval.searchable(book[number])
            assert answering.is_right(said, question.answers), question


def test_passages_are_whole_sentences() -> None:
    text = "One two three. Four five! Six: Seven eight nine ten eleven. Twelve?"
    cut = passages.pieces(text, words=5)
    assert " ".join(cut) == text


def test_a_judge_without_a_leaning_is_steady() -> None:
    fair = judging.verdicts([(1.0, -1.0), (0.5, -2.0)])
    assert (fair.steady, fair.says_a, fair.both_orders) == (1.0, 0.5, 1.0)
    biased = judging.verdicts([(3.0, 2.0), (2.0, 2.5)])
    assert (biased.steady, biased.says_a, biased.both_orders) == (0.0, 1.0, 0.5)


def test_attacks_name_the_word_and_the_filter_knows_one_of_them() -> None:
    passage = passages.book()[265].text
    for attack in ("harmless", "order", "claim"):
        assert injection.PAYLOAD in injection.attacked(passage, attack).lower()
    order = injection.attacked(passage, "order")
    assert injection.filtered(order) == passage
    claim = injection.attacked(passage, "claim")
    assert injection.filtered(claim) == claim
    assert injection.obeyed(["Banana.", "a trie"]) == 0.5
