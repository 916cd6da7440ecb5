"""word2vec by hand against PyTorch, SciPy and gensim."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from gensim.models import KeyedVectors, Word2Vec
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, spearmanr
from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.neural.word2vec import text
from nlpcourse.neural.word2vec.blocks import BlockLoss, SkipGram, block_gradients
from nlpcourse.neural.word2vec.gradients import (
    cbow_gradients,
    negative_sampling_loss,
    skipgram_gradients,
    update,
)
from nlpcourse.neural.word2vec.scores import agreement, answers, spearman
from nlpcourse.neural.word2vec.text import (
    draw,
    keep_probability,
    noise_distribution,
    pairs,
)
from nlpcourse.neural.word2vec.vectors import WordVectors

SEEDS = st.integers(0, 10_000)


def numbers(seed: int, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 3 * torch.randn(*shape, generator=generator, dtype=torch.float64)


@given(SEEDS, st.integers(1, 12), st.integers(0, 8))
@settings(max_examples=25, deadline=None)
def test_skipgram_gradients_are_autograds(
    seed: int, size: int, negatives: int
) -> None:
    centre = numbers(seed, size).requires_grad_()
    outputs = numbers(seed + 1, 1 + negatives, size).requires_grad_()
    wanted = torch.autograd.grad(
        negative_sampling_loss(centre, outputs), [centre, outputs]
    )
    for got, want in zip(
        skipgram_gradients(centre.detach(), outputs.detach()), wanted, strict=True
    ):
        assert torch.allclose(got, want, rtol=0, atol=1e-10)


@given(SEEDS, st.integers(1, 12), st.integers(1, 10), st.integers(0, 8))
@settings(max_examples=25, deadline=None)
def test_cbow_gradients_are_autograds(
    seed: int, size: int, words: int, negatives: int
) -> None:
    window = numbers(seed, words, size).requires_grad_()
    outputs = numbers(seed + 1, 1 + negatives, size).requires_grad_()
    loss = negative_sampling_loss(window.mean(dim=0), outputs)
    wanted = torch.autograd.grad(loss, [window, outputs])
    for got, want in zip(
        cbow_gradients(window.detach(), outputs.detach()), wanted, strict=True
    ):
        assert torch.allclose(got, want, rtol=0, atol=1e-10)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_the_loss_is_binary_cross_entropy(seed: int) -> None:
    centre, outputs = numbers(seed, 5), numbers(seed + 1, 4, 5)
    truth = torch.tensor([1.0, 0, 0, 0], dtype=torch.float64)
    want = nn.functional.binary_cross_entropy_with_logits(
        outputs @ centre, truth, reduction="sum"
    )
    assert float(negative_sampling_loss(centre, outputs)) == pytest.approx(
        float(want), abs=1e-10
    )


@given(SEEDS, st.lists(st.integers(0, 6), min_size=0, max_size=6))
@settings(max_examples=25, deadline=None)
def test_one_update_is_a_step_of_pytorchs_sgd(
    seed: int, negatives: list[int]
) -> None:
    """Also where a negative comes twice or equals the true word."""
    centres, contexts = numbers(seed, 7, 4), numbers(seed + 1, 7, 4)
    one = nn.Embedding.from_pretrained(centres.clone(), freeze=False)
    other = nn.Embedding.from_pretrained(contexts.clone(), freeze=False)
    optimizer = torch.optim.SGD([one.weight, other.weight], lr=0.3)
    company = torch.tensor([5, *negatives])
    negative_sampling_loss(one(torch.tensor(2)), other(company)).backward()
    optimizer.step()
    update(centres, contexts, (2, 5), negatives, rate=0.3)
    assert torch.allclose(centres, one.weight, rtol=0, atol=1e-10)
    assert torch.allclose(contexts, other.weight, rtol=0, atol=1e-10)


@st.composite
def stretches(draws: st.DrawFn) -> tuple[Tensor, Tensor, Tensor]:
    time = draws(st.integers(2, 14))
    words = draws(st.lists(st.integers(0, 5), min_size=time, max_size=time))
    begins = draws(st.lists(st.booleans(), min_size=time, max_size=time))
    reach = draws(st.lists(st.integers(1, 4), min_size=time, max_size=time))
    return (
        torch.tensor(words),
        torch.tensor(begins).long().cumsum(0),
        torch.tensor(reach),
    )


@given(SEEDS, stretches(), st.integers(1, 4), st.integers(0, 6))
@settings(max_examples=25, deadline=None)
def test_a_block_is_the_sum_of_its_pairs(
    seed: int, stretch: tuple[Tensor, Tensor, Tensor], drawn: int, negatives: int
) -> None:
    words, sentence, reach = stretch
    centres, contexts = numbers(seed, 6, 3), numbers(seed + 1, 6, 3)
    noise = torch.arange(drawn)
    want_centres, want_contexts = torch.zeros(6, 3), torch.zeros(6, 3)
    want_centres, want_contexts = want_centres.double(), want_contexts.double()
    loss, count = 0.0, 0
    for place in range(len(words)):
        for other in range(len(words)):
            apart = abs(place - other)
            same = sentence[place] == sentence[other]
            if not (same and 1 <= apart <= reach[place]):
                continue
            count += 1
            here, there = int(words[place]), int(words[other])
            v = centres[here]
            true = contexts[there : there + 1]
            loss += float(negative_sampling_loss(v, true))
            for_v, for_true = skipgram_gradients(v, true)
            want_centres[here] += for_v
            want_contexts[there] += for_true[0]
            for k in noise.tolist():  # every negative, worth negatives / drawn
                score = contexts[k] @ v
                share = negatives / drawn
                loss += share * float(-nn.functional.logsigmoid(-score))
                want_centres[here] += share * torch.sigmoid(score) * contexts[k]
                want_contexts[k] += share * torch.sigmoid(score) * v
    got = block_gradients(
        centres[words], contexts[words], contexts[noise], sentence, reach, negatives
    )
    assert float(got[0]) == pytest.approx(loss, abs=1e-9)
    assert int(got[4].sum()) == count
    if not count:
        return
    centres.requires_grad_()
    contexts.requires_grad_()
    mean = BlockLoss.apply(
        centres, contexts, words, noise, sentence, reach, negatives
    )
    for_centres, for_contexts = torch.autograd.grad(mean, [centres, contexts])
    assert float(mean.detach()) == pytest.approx(loss / count, abs=1e-10)
    assert torch.allclose(for_centres, want_centres / count, rtol=0, atol=1e-10)
    assert torch.allclose(for_contexts, want_contexts / count, rtol=0, atol=1e-10)


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_a_block_on_wikitext_is_what_autograd_finds(seed: int) -> None:
    corpus = text.wikitext()
    start = seed * 150
    words = corpus.words[start : start + 40] % 500
    sentence = corpus.sentence[start : start + 40]
    centres = numbers(seed, 500, 8).requires_grad_()
    contexts = numbers(seed + 1, 500, 8).requires_grad_()
    reach, noise = torch.full((40,), 3), torch.arange(20)
    near = (torch.arange(40)[:, None] - torch.arange(40)).abs()
    paired = (near > 0) & (near <= 3) & (sentence[:, None] == sentence)
    scores = centres[words] @ contexts[words].T  # (40, 40)
    loss = (-nn.functional.logsigmoid(scores) * paired).sum()
    wrong = -nn.functional.logsigmoid(-(centres[words] @ contexts[noise].T)).sum(
        dim=1
    )
    loss = (loss + (wrong * paired.sum(dim=1)).sum() * 5 / 20) / paired.sum()
    wanted = torch.autograd.grad(loss, [centres, contexts])
    got = BlockLoss.apply(centres, contexts, words, noise, sentence, reach, 5)
    for one, other in zip(
        torch.autograd.grad(got, [centres, contexts]), wanted, strict=True
    ):
        assert torch.allclose(one, other, rtol=0, atol=1e-10)


def test_negatives_follow_the_noise_distribution() -> None:
    counts = torch.tensor(text.wikitext().vocabulary.counts[:200]).double()
    noise = noise_distribution(counts)
    found = draw(noise, 200_000, torch.Generator().manual_seed(1))
    seen = torch.bincount(found, minlength=200).numpy()
    assert chisquare(seen, noise.numpy() * 200_000).pvalue > 0.01
    frequency = (counts / counts.sum()).numpy() * 200_000
    assert chisquare(seen, frequency).pvalue < 1e-6, "the power must show"


def test_every_reach_is_as_likely_as_any_other() -> None:
    """In a long sentence, a pair at distance d is drawn in (window − d + 1) of window cases."""
    generator = torch.Generator().manual_seed(2)
    found = pairs(range(12_000), 5, generator)
    distances = Counter(abs(one - other) for one, other in found)
    reach = [distances[d] / 2 - distances[d + 1] / 2 for d in range(1, 6)]
    total = sum(reach)
    assert chisquare(reach, [total / 5] * 5).pvalue > 0.01


def test_words_are_kept_as_often_as_they_should_be() -> None:
    counts = torch.tensor([40_000.0, 4_000.0, 400.0])
    keep = keep_probability(counts, 1e-2)
    generator = torch.Generator().manual_seed(3)
    running = torch.repeat_interleave(torch.arange(3), counts.long())
    kept = running[torch.rand(len(running), generator=generator) < keep[running]]
    seen = torch.bincount(kept, minlength=3)
    for word in range(2):
        expected = float(counts[word] * keep[word])
        rest = float(counts[word]) - expected
        observed = [int(seen[word]), int(counts[word]) - int(seen[word])]
        if rest > 1:
            assert chisquare(observed, [expected, rest]).pvalue > 0.01
    assert int(seen[2]) == 400


@pytest.fixture(scope="module")
def gensims() -> Word2Vec:
    model = Word2Vec(
        vector_size=4, min_count=5, sample=1e-3, ns_exponent=0.75, seed=1, workers=1
    )
    model.build_vocab(text.wikitext_sentences())
    return model


def test_vocabulary_subsampling_and_noise_are_gensims(gensims: Word2Vec) -> None:
    ours = text.wikitext().vocabulary
    theirs = gensims.wv
    assert set(theirs.index_to_key) == set(ours.words)
    counts = torch.tensor(ours.counts).double()
    keep = keep_probability(counts, 1e-3)
    cumulative = np.diff(np.concatenate([[0], gensims.cum_table / 2**31]))
    noise = noise_distribution(counts, 0.75)
    for word in ("the", "war", "guitar", ours.words[-1]):
        place = theirs.key_to_index[word]
        assert theirs.get_vecattr(word, "count") == ours.counts[ours[word]]
        kept = theirs.get_vecattr(word, "sample_int") / (2**32 - 1)
        assert float(keep[ours[word]]) == pytest.approx(kept, abs=1e-6)
        assert float(noise[ours[word]]) == pytest.approx(
            cumulative[place], abs=1e-7
        )


@given(st.lists(st.integers(0, 6), min_size=3, max_size=30), SEEDS)
@settings(max_examples=25, deadline=None)
def test_spearman_is_scipys(values: list[int], seed: int) -> None:
    """With many ties."""
    other = torch.randint(
        0, 5, (len(values),), generator=torch.Generator().manual_seed(seed)
    )
    if len(set(values)) == 1 or len(set(other.tolist())) == 1:
        return
    got = spearman(torch.tensor(values).double(), other.double())
    assert got == pytest.approx(spearmanr(values, other).statistic, abs=1e-10)


@pytest.fixture(scope="module")
def both() -> tuple[WordVectors, KeyedVectors]:
    """The same GloVe vectors in our hands and in gensim's."""
    glove = corpora.glove_50d()
    words, table = glove.words[:12_000], np.array(glove.vectors[:12_000])
    theirs = KeyedVectors(50)
    theirs.add_vectors(words, table)
    return WordVectors(words, torch.tensor(table)), theirs


def test_agreement_is_gensims_evaluate_word_pairs(
    both: tuple[WordVectors, KeyedVectors], tmp_path: Path
) -> None:
    ours, theirs = both
    for name, rated in (("ws", corpora.wordsim()), ("sl", corpora.simlex())):
        path = tmp_path / f"{name}.tsv"
        lines = [f"{p.first}\t{p.second}\t{p.rating}\n" for p in rated]
        path.write_text("".join(lines), encoding="utf-8")
        _, rank, missing = theirs.evaluate_word_pairs(str(path))
        got = agreement(ours, rated)
        assert got.correlation == pytest.approx(rank.statistic, abs=1e-5)
        assert 100 * (1 - got.used / got.asked) == pytest.approx(missing)


def test_answers_are_gensims_evaluate_word_analogies(
    both: tuple[WordVectors, KeyedVectors], tmp_path: Path
) -> None:
    ours, theirs = both
    sections = {
        name: questions[:150]
        for name, questions in corpora.analogies().items()
        if name in ("capital-common-countries", "family", "gram8-plural")
    }
    path = tmp_path / "questions.txt"
    path.write_text(
        "".join(
            f": {name}\n" + "".join(" ".join(q) + "\n" for q in questions)
            for name, questions in sections.items()
        ),
        encoding="utf-8",
    )
    _, found = theirs.evaluate_word_analogies(str(path))
    for section in found[:-1]:
        got = answers(ours, sections[section["section"]])
        assert got.right == len(section["correct"])
        assert got.used - got.right == len(section["incorrect"])
        assert got.right > 10


@given(st.tuples(*[st.integers(0, 3000)] * 3).filter(lambda t: len(set(t)) == 3))
@settings(max_examples=25, deadline=None)
def test_neighbours_and_analogies_are_gensims(
    both: tuple[WordVectors, KeyedVectors], chosen: tuple[int, int, int]
) -> None:
    ours, theirs = both
    a, b, c = (ours.words[number] for number in chosen)
    pairs_of = [
        (ours.nearest(a, 5), theirs.most_similar(a, topn=5)),
        (
            ours.analogy(a, b, c),
            theirs.most_similar(positive=[b, c], negative=[a], topn=5),
        ),
        (
            ours.analogy(a, b, c, method="multiply"),
            theirs.most_similar_cosmul(positive=[b, c], negative=[a], topn=5),
        ),
    ]
    for got, want in pairs_of:
        assert [word for word, _ in got] == [word for word, _ in want]
    for (_, one), (_, other) in zip(*pairs_of[0], strict=True):
        assert one == pytest.approx(other, abs=1e-5)


def test_a_model_learns_what_gensim_learns_from_the_same_toy_text() -> None:
    """Two topics that never meet: both programs must put each word nearer to its own."""
    generator = torch.Generator().manual_seed(0)
    topics = [[f"a{k}" for k in range(6)], [f"b{k}" for k in range(6)]]
    lines = [
        [topics[k % 2][int(n)] for n in torch.randint(6, (8,), generator=generator)]
        for k in range(400)
    ]
    theirs = Word2Vec(
        lines,
        vector_size=8,
        window=3,
        sg=1,
        min_count=1,
        epochs=20,
        seed=1,
        workers=1,
    ).wv
    corpus = text.number(lines, least=1)
    torch.manual_seed(0)
    counts = torch.tensor(corpus.vocabulary.counts)
    model = SkipGram(counts, 8, 3, 5, drawn=16, threshold=1.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(60):
        optimizer.zero_grad()
        model(corpus.words, corpus.sentence).backward()
        optimizer.step()
    ours = WordVectors(corpus.vocabulary.words, model.centres.detach())
    for word in ("a0", "b3"):
        for found in (
            [name for name, _ in ours.nearest(word, 5)],
            [name for name, _ in theirs.most_similar(word, topn=5)],
        ):
            assert {name[0] for name in found} == {word[0]}
