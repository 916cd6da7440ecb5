"""CBOW by hand against autograd and against gensim, on its own windows and negatives."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from gensim.models import Word2Vec
from gensim.models.word2vec_inner import train_batch_cbow
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import logsigmoid

from nlpcourse.neural.word2vec import text
from nlpcourse.neural.word2vec.blocks import BlockLoss
from nlpcourse.neural.word2vec.cbow import Cbow, cbow_block_gradients
from nlpcourse.neural.word2vec.gradients import (
    cbow_gradients,
    negative_sampling_loss,
)

SEEDS = st.integers(0, 10_000)


def numbers(seed: int, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 3 * torch.randn(*shape, generator=generator, dtype=torch.float64)


@given(SEEDS, st.integers(1, 14), st.integers(1, 4), st.integers(0, 6))
@settings(max_examples=25, deadline=None)
def test_a_stretch_is_the_sum_of_its_windows(
    seed: int, time: int, drawn: int, negatives: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    words = torch.randint(6, (time,), generator=generator)
    sentence = torch.randint(2, (time,), generator=generator).cumsum(0)
    reach = torch.randint(1, 5, (time,), generator=generator)
    table, others = numbers(seed, 6, 3), numbers(seed + 1, 6, 3)
    want, want_others = torch.zeros_like(table), torch.zeros_like(others)
    loss, guessed = 0.0, 0
    for place in range(time):
        near = [
            other
            for other in range(time)
            if 0 < abs(other - place) <= reach[place]
            and sentence[other] == sentence[place]
        ]
        if not near:
            continue
        guessed += 1
        window, true = words[near], words[place : place + 1]
        loss += float(negative_sampling_loss(table[window].mean(0), others[true]))
        for_window, for_true = cbow_gradients(table[window], others[true])
        want.index_add_(0, window, for_window)
        want_others.index_add_(0, true, for_true)
        for k in range(drawn):  # every negative, worth negatives / drawn
            # a false answer: the gradients with the true word and the negative, less the first
            both = torch.cat([others[true], others[k : k + 1]])
            both_window, both_others = cbow_gradients(table[window], both)
            share = negatives / drawn
            score = others[k] @ table[window].mean(0)
            loss += share * float(-logsigmoid(-score))
            want.index_add_(0, window, share * (both_window - for_window))
            want_others[k] += share * both_others[1]
    noise = torch.arange(drawn)
    got = cbow_block_gradients(
        table[words], others[words], others[noise], sentence, reach, negatives
    )
    assert float(got[0]) == pytest.approx(loss, abs=1e-9)
    assert int(got[4].sum()) == guessed
    if not guessed:
        return
    table.requires_grad_()
    others.requires_grad_()
    mean = BlockLoss.apply(
        table,
        others,
        words,
        noise,
        sentence,
        reach,
        negatives,
        cbow_block_gradients,
    )
    found = torch.autograd.grad(mean, [table, others])
    assert torch.allclose(found[0], want / guessed, rtol=0, atol=1e-10)
    assert torch.allclose(found[1], want_others / guessed, rtol=0, atol=1e-10)


def test_a_stretch_of_wikitext_is_what_autograd_finds() -> None:
    corpus = text.wikitext()
    words, sentence = corpus.words[600:680] % 500, corpus.sentence[600:680]
    table = numbers(0, 500, 8).requires_grad_()
    others = numbers(1, 500, 8).requires_grad_()
    reach, noise = torch.full((80,), 3), torch.arange(20)
    near = (torch.arange(80)[:, None] - torch.arange(80)).abs()
    paired = (near > 0) & (near <= 3) & (sentence[:, None] == sentence)
    size = paired.sum(1, keepdim=True)
    means = (paired.double() @ table[words]) / size.clamp(min=1)
    right = -logsigmoid((means * others[words]).sum(1))
    wrong = -logsigmoid(-(means @ others[noise].T)).sum(1) * 5 / 20
    asked = size[:, 0] > 0
    loss = (right + wrong)[asked].sum() / asked.sum()
    wanted = torch.autograd.grad(loss, [table, others])
    got = BlockLoss.apply(
        table, others, words, noise, sentence, reach, 5, cbow_block_gradients
    )
    for one, other in zip(
        torch.autograd.grad(got, [table, others]), wanted, strict=True
    ):
        assert torch.allclose(one, other, rtol=0, atol=1e-10)


def gensims_sigmoid(scores: Tensor) -> Tensor:
    """Read the sigmoid from a table of a thousand places between -6 and 6, as gensim does."""
    place = ((scores + 6) * 83).long()
    return ((place / 1000 * 2 - 1) * 6).sigmoid()


@pytest.mark.parametrize("seed", [0, 3, 5])
@pytest.mark.parametrize("as_gensim_reads_it", [False, True])
def test_steps_are_gensims_on_the_same_windows_and_negatives(
    seed: int, as_gensim_reads_it: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred words of real text, one step a word; gensim's generator is followed.

    gensim leaves out the division by the words of the window (the step of each is m times ours),
    and reads the sigmoid from a table; with that table the two agree to six digits.
    """
    lines = text.wikitext_sentences()[1000 + 40 * seed : 1040 + 40 * seed]
    model = Word2Vec(
        vector_size=6,
        window=4,
        min_count=1,
        sample=0,
        negative=3,
        ns_exponent=0,  # even noise: no negative is drawn twice for one word
        seed=seed,
    )
    model.build_vocab(lines)
    fill = np.random.default_rng(seed)
    for table in (model.wv.vectors, model.syn1neg):
        table[:] = fill.normal(size=table.shape, scale=0.5).astype(np.float32)
    ours = torch.tensor(model.wv.vectors), torch.tensor(model.syn1neg)
    start = tuple(table.clone() for table in ours)
    follow = copy.deepcopy(model.random)
    line = max(lines, key=len)[:100]
    room = np.zeros(6, dtype=np.float32), np.zeros(6, dtype=np.float32)
    train_batch_cbow(model, [line], 0.05, *room, False)

    drawn = 2**24 * follow.randint(0, 2**24) + follow.randint(0, 2**24)
    reach = 4 - follow.randint(0, 4, len(line))
    numbers_of = [model.wv.key_to_index[word] for word in line]
    if as_gensim_reads_it:
        monkeypatch.setattr(torch, "sigmoid", gensims_sigmoid)
    for place, word in enumerate(numbers_of):
        outputs = [word]
        for _ in range(3):
            dart = (drawn >> 16) % int(model.cum_table[-1])
            negative = int(np.searchsorted(model.cum_table, dart))
            outputs += [negative] if negative != word else []
            drawn = (drawn * 25214903917 + 11) % 2**48
        assert len(set(outputs)) == len(outputs), "gensim would step twice"
        low, high = max(0, place - reach[place]), place + reach[place] + 1
        near = numbers_of[low:place] + numbers_of[place + 1 : high]
        window, guessed = torch.tensor(near), torch.tensor(outputs)
        for_window, for_outputs = cbow_gradients(ours[0][window], ours[1][guessed])
        ours[0].index_add_(0, window, -0.05 * len(near) * for_window)
        ours[1].index_add_(0, guessed, -0.05 * for_outputs)
    theirs = torch.tensor(model.wv.vectors), torch.tensor(model.syn1neg)
    for got, want, before in zip(ours, theirs, start, strict=True):
        moved = float((want - before).abs().max())
        assert moved > 0.05
        nearly = 1e-6 if as_gensim_reads_it else 0.05 * moved
        assert float((got - want).abs().max()) < nearly


def test_it_learns_two_topics_that_never_meet() -> None:
    generator = torch.Generator().manual_seed(0)
    topics = [[f"a{k}" for k in range(6)], [f"b{k}" for k in range(6)]]
    lines = [
        [topics[k % 2][int(n)] for n in torch.randint(6, (8,), generator=generator)]
        for k in range(400)
    ]
    corpus = text.number(lines, least=1)
    torch.manual_seed(0)
    counts = torch.tensor(corpus.vocabulary.counts)
    model = Cbow(counts, 8, 3, 5, drawn=16, threshold=1.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(60):
        optimizer.zero_grad()
        model(corpus.words, corpus.sentence).backward()
        optimizer.step()
    table = torch.nn.functional.normalize(model.centres.detach(), dim=1)
    for word in ("a0", "b3"):
        near = (table @ table[corpus.vocabulary[word]]).argsort(descending=True)[:6]
        found = {corpus.vocabulary.words[int(n)][0] for n in near}
        assert found == {word[0]}
