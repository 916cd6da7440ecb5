"""By hand against lime, shap, captum, autograd, SciPy and enumeration."""

import itertools
import math

import numpy as np
import pytest
import shap
import torch
from captum.attr import IntegratedGradients
from hypothesis import given, settings
from hypothesis import strategies as st
from lime.lime_base import LimeBase
from scipy.spatial.distance import jensenshannon
from scipy.stats import spearmanr
from sklearn.linear_model import Ridge
from torch import nn

from nlpcourse.responsible.explanations import (
    counterfactual,
    films,
    judging,
    plain,
    shapley,
    surrogate,
)
from nlpcourse.responsible.explanations.gradients import (
    gradient_times_input,
    integrated_gradients,
)
from nlpcourse.responsible.explanations.occlusion import occlusion
from nlpcourse.responsible.explanations.reader import Question, Reader, vectors_of
from nlpcourse.responsible.explanations.recipes import load_reader
from nlpcourse.responsible.explanations.slopes import WithSlopes

numbers = st.integers(-16, 16).map(lambda i: i / 8)


@pytest.fixture(scope="module")
def rows():
    return [r for r in films.sentences("test").rows if 8 <= len(r) <= 12][:4]


@pytest.fixture(scope="module")
def reader():
    return load_reader()


def made(seed, count):
    """A small network of dials, and its slopes by autograd."""
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(count, 6), nn.Tanh(), nn.Linear(6, 1)).double()

    def score(dials):
        with torch.no_grad():
            return net(torch.from_numpy(dials)).squeeze(1).numpy()

    def slopes(dials):
        s = torch.from_numpy(np.array(dials)).requires_grad_()
        return torch.autograd.grad(net(s).sum(), s)[0].numpy()

    return net, score, slopes


# --------------------------------------------------------------------------------------- LIME


def by_lime(masks, scores):
    width = 25.0
    base = LimeBase(lambda d: np.sqrt(np.exp(-(d**2) / width**2)), random_state=0)
    lengths = np.sqrt((masks**2).sum(axis=1) * masks.shape[1])
    cosine = np.divide(
        masks.sum(axis=1), lengths, out=np.zeros(len(masks)), where=lengths > 0
    )
    pairs = base.explain_instance_with_data(
        masks,
        scores[:, None],
        100 * (1 - cosine),
        0,
        masks.shape[1],
        feature_selection="none",
    )[1]
    return np.array([value for _, value in sorted(pairs)])


def test_lime_is_limes_under_the_same_masks(reader, rows):
    for words in rows:
        question = Question(reader, words)
        masks = surrogate.random_masks(len(words), 300, seed=1)
        ours = surrogate.lime(question, len(words), 300, seed=1)
        np.testing.assert_allclose(ours, by_lime(masks, question(masks)), atol=1e-6)


def test_the_texts_that_lime_asks_about_are_limes():
    """Its package blanks 1 to T words, each number as often, and keeps the first text whole."""
    masks = surrogate.random_masks(5, 6000, seed=0)
    assert masks[0].all()
    sizes = np.bincount(masks[1:].sum(axis=1).astype(int), minlength=6)
    assert sizes[5] == 0
    assert np.abs(sizes[:5] / 5999 - 0.2).max() < 0.02


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 999),
    st.integers(1, 6),
    st.integers(2, 30),
    st.sampled_from([0.1, 1.0, 5.0]),
)
def test_the_line_is_scikit_learns(seed, count, samples, penalty):
    chance = np.random.default_rng(seed)
    masks = chance.integers(0, 2, (samples, count)).astype(float)
    scores, weights = chance.normal(size=samples), chance.random(samples) + 0.01
    theirs = Ridge(alpha=penalty).fit(masks, scores, sample_weight=weights).coef_
    ours = surrogate.weighted_line(masks, scores, weights, penalty)
    np.testing.assert_allclose(ours, theirs, atol=1e-7)


# --------------------------------------------------------------------------------------- SHAP


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.integers(2, 6))
def test_all_sets_give_shapleys_values(seed, count):
    _, score, _ = made(seed, count)
    by_orders = np.zeros(count)
    orders = list(itertools.permutations(range(count)))
    for order in orders:
        dials = np.zeros((count + 1, count))
        for k, word in enumerate(order):
            dials[k + 1 :, word] = 1.0
        by_orders[list(order)] += np.diff(score(dials))
    exact = by_orders / len(orders)
    np.testing.assert_allclose(
        shapley.shapley_values(score, count), exact, atol=1e-9
    )
    np.testing.assert_allclose(
        shapley.kernel_shap(score, count, samples=2**count), exact, atol=1e-8
    )


def test_kernel_shap_is_shaps_under_the_same_sets(reader, rows):
    for words in rows:
        count, question = len(words), Question(reader, words)
        theirs = shap.KernelExplainer(question, np.zeros((1, count)))
        values = theirs.shap_values(
            np.ones((1, count)), nsamples=200, l1_reg=False, silent=True
        )[0]
        used = theirs.nsamplesAdded
        masks, weights = theirs.maskMatrix[:used], theirs.kernelWeights[:used]
        ends = question(np.array([[0.0] * count, [1.0] * count]))
        ours = shapley.solve(masks, weights, question(masks), *ends)
        np.testing.assert_allclose(ours, values, atol=1e-4)


def test_fewer_sets_come_near(reader, rows):
    question = Question(reader, rows[0])
    exact = shapley.shapley_values(question, len(rows[0]))
    near = shapley.kernel_shap(question, len(rows[0]), samples=200)
    assert np.abs(near - exact).max() < 0.2
    assert near.sum() == pytest.approx(exact.sum(), abs=1e-6)


# ----------------------------------------------------------------------------------- gradients


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.integers(1, 6))
def test_completeness(seed, count):
    _, score, slopes = made(seed, count)
    found = integrated_gradients(slopes, count, steps=400)
    ends = score(np.array([[0.0] * count, [1.0] * count]))
    assert found.sum() == pytest.approx(ends[1] - ends[0], abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.integers(1, 6), st.integers(2, 60))
def test_integrated_gradients_are_captums_on_made_networks(seed, count, steps):
    net, _, slopes = made(seed, count)
    theirs = IntegratedGradients(net).attribute(
        torch.ones(1, count, dtype=torch.double),
        n_steps=steps,
        method="riemann_middle",
        target=0,
    )
    ours = integrated_gradients(slopes, count, steps)
    np.testing.assert_allclose(ours, theirs[0].numpy(), atol=1e-9)


@pytest.mark.parametrize("kind", ["window", "lstm"])
def test_integrated_gradients_are_captums_on_words(kind, rows):
    model = load_reader(kind)
    for words in rows:
        x = vectors_of(words)[None]
        theirs = IntegratedGradients(
            lambda v, m=model: m(v, torch.ones(v.shape[:2]))
        ).attribute(x, n_steps=30, method="riemann_middle")
        ours = integrated_gradients(Question(model, words).slopes, len(words), 30)
        np.testing.assert_allclose(ours, theirs.sum(dim=-1)[0].numpy(), atol=1e-4)


def test_slopes_are_the_gradient_times_the_input(reader, rows):
    for words in rows:
        x = vectors_of(words)[None].requires_grad_()
        reader(x, torch.ones(1, len(words))).sum().backward()
        theirs = (x.grad * x).sum(dim=-1)[0].detach().numpy()
        ours = gradient_times_input(Question(reader, words).slopes, len(words))
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["none", "window"]),
    st.integers(0, 99),
    st.integers(1, 7),
    st.integers(1, 5),
)
def test_slopes_by_hand_are_autograds(mixer, seed, count, batch):
    torch.manual_seed(seed)
    net = WithSlopes(Reader(mixer, 8).double(), torch.randn(10, 50).double())
    ids = torch.randint(10, (count,))
    dials = torch.rand(batch, count).double().requires_grad_()
    scores, slopes = net(ids, dials)
    x = dials.unsqueeze(-1) * net.table[ids]
    expected = net.reader(x, torch.ones(batch, count))
    (theirs,) = torch.autograd.grad(expected.sum(), dials)
    torch.testing.assert_close(scores, expected)
    torch.testing.assert_close(slopes, theirs)


# -------------------------------------------------------------------------------- what is alike


@settings(max_examples=30, deadline=None)
@given(st.lists(numbers, min_size=2, max_size=6), numbers)
def test_where_words_add_up_all_five_agree(pushes, start):
    w = np.array(pushes)
    score = lambda s: start + s @ w  # noqa: E731
    slopes = lambda s: np.tile(w, (len(s), 1))  # noqa: E731
    n = len(w)
    for found in (
        occlusion(score, n),
        shapley.shapley_values(score, n),
        shapley.kernel_shap(score, n, samples=64),
        gradient_times_input(slopes, n),
        integrated_gradients(slopes, n, steps=3),
    ):
        np.testing.assert_allclose(found, w, atol=1e-6)
    masks = shapley.all_masks(n)
    line = surrogate.weighted_line(masks, score(masks), np.ones(len(masks)), 0.0)
    np.testing.assert_allclose(line, w, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=9))
def test_ranks_are_scipys(pairs):
    a, b = (np.array(v) for v in zip(*pairs, strict=True))
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        with pytest.raises(ValueError, match="constant"):
            judging.rank_correlation(a, b)
    else:
        assert judging.rank_correlation(a, b) == pytest.approx(
            spearmanr(a, b).statistic, abs=1e-9
        )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=6), st.integers(0, 99))
def test_divergence_is_scipys_and_two_words_keep_the_mean(shares, seed):
    a = (np.array(shares) + 0.1) / (np.array(shares) + 0.1).sum()
    chance = np.random.default_rng(seed)
    b = chance.dirichlet(np.ones(len(a)))
    assert counterfactual.divergence(a, b) == pytest.approx(
        jensenshannon(a, b) ** 2, abs=1e-9
    )
    g = chance.normal(size=len(a))
    other = counterfactual.two_words(a, g)
    assert other @ g == pytest.approx(a @ g, abs=1e-9)
    assert other.sum() == pytest.approx(1.0)
    assert (other >= -1e-12).all()
    assert counterfactual.divergence(a, np.abs(other)) <= math.log(2) + 1e-9


# ---------------------------------------------------------------------------- the page's twins


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.integers(2, 7), st.sampled_from([10, 40, 200]))
def test_the_pages_lines_are_the_chapters(seed, count, samples):
    _, score, _ = made(seed, count)
    masks = plain.lime_masks(count, samples, seed)
    table = np.array(masks)
    ours = surrogate.weighted_line(table, score(table), surrogate.proximity(table))
    np.testing.assert_allclose(
        plain.lime_line(masks, score(table).tolist()), ours, atol=1e-6
    )
    sets, weights = plain.shap_masks(count, samples, seed)
    table = np.array(sets)
    ends = score(np.array([[0.0] * count, [1.0] * count]))
    found = plain.shap_line(sets, weights, score(table).tolist(), *ends.tolist())
    expected = shapley.solve(table, np.array(weights), score(table), *ends)
    fitted = lambda v: table @ np.array(v)  # noqa: E731
    np.testing.assert_allclose(fitted(found), fitted(expected), atol=1e-6)
    assert sum(found) == pytest.approx(ends[1] - ends[0])
