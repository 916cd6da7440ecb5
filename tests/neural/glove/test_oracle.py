"""GloVe and fastText by hand against PyTorch, SciPy, gensim and the fastText library."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import fasttext
import numpy as np
import pytest
import torch
from gensim.models import FastText
from gensim.models.fasttext_inner import compute_ngrams_bytes, ft_hash_bytes
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import svds

from nlpcourse import corpora
from nlpcourse.neural.glove import glove as gl
from nlpcourse.neural.glove.classifier import (
    Features,
    Model,
    probabilities,
    step,
    train,
)
from nlpcourse.neural.glove.cooccurrence import count, meetings
from nlpcourse.neural.glove.fasttext import (
    Subwords,
    SubwordSkipGram,
    SubwordVectors,
)
from nlpcourse.neural.glove.pmi import (
    positive_information,
    sampling_loss,
    truncated_svd,
)
from nlpcourse.neural.glove.subwords import buckets_of, fnv1a, ngrams
from nlpcourse.neural.word2vec.counting import shifted_information
from nlpcourse.neural.word2vec.text import number, wikitext_sentences

SEEDS = st.integers(0, 10_000)
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Zs", "Cc")),
    min_size=1,
    max_size=12,
)


@given(
    st.lists(st.lists(st.sampled_from("abcde"), max_size=9), min_size=1),
    st.integers(1, 5),
)
@settings(max_examples=40, deadline=None)
def test_the_sparse_table_is_what_meetings_finds(
    lines: list[list[str]], window: int
) -> None:
    if not any(lines):
        return
    corpus = number(lines, least=1)
    types = len(corpus.vocabulary)
    want = np.zeros((types, types))
    for line in lines:
        for (one, other), value in meetings(line, window).items():
            want[corpus.vocabulary[one], corpus.vocabulary[other]] += value
    got = count(corpus.words, corpus.sentence, types, window)
    assert np.allclose(got.toarray(), want, atol=1e-5)


@given(SEEDS, st.integers(1, 20), st.integers(1, 8))
@settings(max_examples=25, deadline=None)
def test_gloves_gradients_are_autograds(seed: int, pairs: int, size: int) -> None:
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    word, company, biases = draw(pairs, size), draw(pairs, size), draw(pairs)
    counts = draw(pairs).exp() * 10
    weights = gl.weight(counts, most=12)
    leaves = [part.clone().requires_grad_() for part in (word, company, biases)]
    wanted = torch.autograd.grad(gl.loss(*leaves, counts, weights), leaves)
    for got, want in zip(
        gl.gradients(word, company, biases, counts, weights), wanted, strict=True
    ):
        assert torch.allclose(got, want, rtol=0, atol=1e-10)


def test_reading_all_pairs_is_a_run_of_pytorchs_adagrad() -> None:
    """On counts of real text, with rows that come many times in a step."""
    corpus = number(wikitext_sentences()[:60], least=3)
    types = len(corpus.vocabulary)
    counts = count(corpus.words, corpus.sentence, types, window=4)
    model = gl.GloVe(counts, 6, most=10, seed=3)
    for table in (model.words, model.company):
        table.values, table.squares = table.values.double(), table.squares.double()
    leaves = [
        table.values.clone().requires_grad_()
        for table in (model.words, model.company)
    ]
    optimizer = torch.optim.Adagrad(
        leaves, lr=0.05, initial_accumulator_value=1.0, eps=0
    )
    twin = gl.GloVe(counts, 6, most=10, seed=3)  # draws the same orders
    for _ in range(2):
        means = list(model.read(200, rate=0.05))
        order = torch.randperm(len(twin.rows), generator=twin.generator)
        for chosen, mean in zip(order.split(200), means, strict=True):
            optimizer.zero_grad()
            word, company = (
                leaves[0][model.rows[chosen]],
                leaves[1][model.columns[chosen]],
            )
            loss = gl.loss(
                word[:, :-1],
                company[:, :-1],
                word[:, -1] + company[:, -1],
                model.counts[chosen],
                model.weights[chosen],
            )
            assert float(loss.detach()) / len(chosen) == pytest.approx(
                mean, rel=1e-6
            )
            loss.backward()
            optimizer.step()
    assert torch.allclose(model.words.values, leaves[0], rtol=0, atol=1e-9)
    assert torch.allclose(model.company.values, leaves[1], rtol=0, atol=1e-9)


@given(SEEDS, st.integers(2, 6))
@settings(max_examples=15, deadline=None)
def test_singular_values_are_scipys(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = csr_matrix(rng.random((40, 30)) * (rng.random((40, 30)) < 0.3))
    left, values, right = truncated_svd(matrix, size, rounds=30)
    _, want, _ = svds(matrix, k=size)
    assert np.allclose(values, np.sort(want)[::-1], atol=1e-5)
    assert np.allclose(left.T @ left, np.eye(size), atol=1e-8)
    assert np.allclose(matrix @ right, left * values, atol=1e-2 * values[0])


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_information_is_what_its_definition_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 5, (6, 6)).astype(float)
    table[0, 1] = 3
    got = positive_information(csr_matrix(table), power=1).toarray()
    for i in range(6):
        for j in range(6):
            joint = table[i, j] / table.sum()
            chance = table[i].sum() / table.sum() * table[:, j].sum() / table.sum()
            want = max(0.0, math.log(joint / chance)) if joint else 0.0
            assert got[i, j] == pytest.approx(want, abs=1e-9)


def test_no_scores_have_a_smaller_loss_than_the_shifted_information() -> None:
    generator = torch.Generator().manual_seed(0)
    counts = torch.rand(7, 7, generator=generator, dtype=torch.float64) * 20
    noise = torch.softmax(
        torch.rand(7, generator=generator, dtype=torch.float64), 0
    )
    best = shifted_information(counts, noise, 3)
    least = sampling_loss(best, counts, noise, 3)
    for _ in range(20):
        other = best + 0.3 * torch.randn(
            7, 7, generator=generator, dtype=torch.float64
        )
        assert sampling_loss(other, counts, noise, 3) > least


@given(WORDS)
@settings(max_examples=100, deadline=None)
def test_ngrams_and_hashes_are_gensims(word: str) -> None:
    assert fnv1a(word) == ft_hash_bytes(word.encode())
    for shortest, longest in ((3, 6), (1, 3), (4, 4)):
        got = [part.encode() for part in ngrams(word, shortest, longest)]
        want = list(compute_ngrams_bytes(word, shortest, longest))
        assert sorted(got) == sorted(want)


@pytest.fixture(scope="module")
def gensims() -> FastText:
    greek = [[w.lower() for w in verse.source] for verse in corpora.gnt_bsb()[:150]]
    lines = wikitext_sentences()[:300] + greek
    return FastText(
        lines,
        vector_size=8,
        min_count=2,
        bucket=500,
        sg=1,
        epochs=2,
        seed=1,
        workers=1,
    )


@given(WORDS)
@settings(max_examples=60, deadline=None)
def test_vectors_of_any_word_are_gensims(gensims: FastText, word: str) -> None:
    theirs = gensims.wv
    subwords = Subwords(theirs.index_to_key, buckets=500)
    ours = SubwordVectors(
        subwords,
        torch.tensor(np.concatenate([theirs.vectors_vocab, theirs.vectors_ngrams])),
    )
    for asked in (
        word,
        "λόγος",
        "λόγοις",
        "the",
        "thee",
        "unthinkable",
        theirs.index_to_key[50],
    ):
        want = theirs.get_vector(asked)
        assert np.allclose(ours.of(asked).numpy(), want, atol=1e-6), asked
    known = torch.tensor(theirs.vectors)
    assert torch.allclose(ours.vectors, known, rtol=0, atol=1e-6)


def test_the_models_centres_are_means_of_parts_and_train_like_autograds() -> None:
    """The gradient through a block is that of the same loss written out by PyTorch."""
    corpus = number([list("abcab"), list("bcdda")], least=1)
    subwords = Subwords(corpus.vocabulary.words, buckets=7, shortest=1, longest=2)
    torch.manual_seed(0)
    counts = torch.tensor(corpus.vocabulary.counts)
    model = SubwordSkipGram(
        subwords, counts, 5, 2, 3, drawn=4, threshold=1.0
    ).double()
    model.contexts.data = torch.randn(len(counts), 5, dtype=torch.float64)
    torch.manual_seed(1)
    loss = model(corpus.words, corpus.sentence)
    loss.backward()
    torch.manual_seed(1)  # the same draws once more
    torch.rand(len(corpus.words))
    reach = torch.randint(1, 3, corpus.words.shape)
    ends = model.noise.cumsum(0)
    noise = torch.searchsorted(
        ends, torch.rand(4, dtype=torch.float64) * ends[-1], right=True
    ).clamp(max=len(ends) - 1)
    parts = model.parts.detach().clone().requires_grad_()
    contexts = model.contexts.detach().clone().requires_grad_()
    words, line = corpus.words.tolist(), corpus.sentence.tolist()
    total, pairs = torch.zeros((), dtype=torch.float64), 0
    for i, word in enumerate(words):
        centre = parts[subwords.rows(corpus.vocabulary.words[word])].mean(dim=0)
        for j, other in enumerate(words):
            if i == j or line[i] != line[j] or abs(i - j) > int(reach[i]):
                continue
            pairs += 1
            total = total - torch.nn.functional.logsigmoid(centre @ contexts[other])
            wrong = torch.nn.functional.logsigmoid(
                -(contexts[noise] @ centre)
            ).sum()
            total = total - wrong * 3 / 4
    (total / pairs).backward()
    assert float(loss.detach()) == pytest.approx(
        float(total.detach()) / pairs, abs=1e-10
    )
    assert torch.allclose(model.parts.grad, parts.grad, rtol=0, atol=1e-10)
    assert torch.allclose(model.contexts.grad, contexts.grad, rtol=0, atol=1e-10)


@pytest.fixture(scope="module")
def questions(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, list[tuple[str, str]]]:
    path = tmp_path_factory.mktemp("trec") / "train.txt"
    data = [(q.label, q.text.lower()) for q in corpora.trec().train[:1200]]
    path.write_text(
        "".join(f"__label__{a} {b}\n" for a, b in data), encoding="utf-8"
    )
    return path, data


def ours_like(library, texts: list[str], **how) -> tuple[Features, Model]:  # type: ignore[no-untyped-def]
    """Our features numbered as the library numbers them, and its first tables."""
    features = Features(texts, **how)
    assert sorted(features.words) == sorted(library.get_words())
    features.renumber(library.get_words())
    names = [name.removeprefix("__label__") for name in library.get_labels()]
    parts = torch.tensor(library.get_input_matrix())
    return features, Model(parts, torch.zeros(len(names), parts.shape[1]), names)


@pytest.mark.parametrize(
    ("options", "how"),
    [
        ({}, {}),
        ({"wordNgrams": 3, "bucket": 900}, {"words": 3, "buckets": 900}),
        (
            {"minn": 2, "maxn": 4, "bucket": 700},
            {"characters": (2, 4), "buckets": 700},
        ),
    ],
    ids=["words", "word n-grams", "characters"],
)
def test_two_readings_one_text_at_a_time_leave_the_librarys_tables(
    questions: tuple[Path, list[tuple[str, str]]],
    options: dict[str, int],
    how: dict[str, object],
) -> None:
    """From the library's own first table, in its order, with its rate: equal weights."""
    path, data = questions
    settings_ = {"dim": 6, "thread": 1, "verbose": 0, "minCount": 1, **options}
    before = fasttext.train_supervised(str(path), lr=0.0, epoch=1, **settings_)
    after = fasttext.train_supervised(str(path), lr=0.4, epoch=2, **settings_)
    features, model = ours_like(before, [text for _, text in data], **how)
    coded = [features.rows(text) for _, text in data]
    tokens = [len(text.split()) + 2 for _, text in data]  # with label and end
    seen, waiting, turn = 0, 0, 0
    while seen < 2 * sum(tokens):
        rate = 0.4 * (1 - seen / (2 * sum(tokens)))
        k = turn % len(data)
        step(model, coded[k], model.names.index(data[k][0]), rate)
        waiting, turn = waiting + tokens[k], turn + 1
        if waiting > 100:  # the library looks at its clock after so many words
            seen, waiting = seen + waiting, 0
    assert np.allclose(model.parts.numpy(), after.get_input_matrix(), atol=2e-5)
    assert np.allclose(model.labels.numpy(), after.get_output_matrix(), atol=2e-5)
    for text in ("who wrote hamlet ?", "how far is the moon ?", "zyzzyva qwrt"):
        names, shares = after.predict(text, k=len(model.names))
        want = {
            name.removeprefix("__label__"): p
            for name, p in zip(names, shares, strict=True)
        }
        got = probabilities(model, features.rows(text))
        for name, value in zip(model.names, got.tolist(), strict=True):
            assert value == pytest.approx(want[name], abs=1e-4)


@given(SEEDS, st.integers(1, 6))
@settings(max_examples=20, deadline=None)
def test_many_texts_at_once_are_one_step_of_autograd(seed: int, texts: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    parts = torch.randn(9, 4, generator=generator, dtype=torch.float64)
    labels = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    coded = [
        torch.randint(0, 9, (int(n),), generator=generator).tolist()
        for n in torch.randint(1, 6, (texts,), generator=generator)
    ]
    truth = torch.randint(0, 3, (texts,), generator=generator)
    leaves = [parts.clone().requires_grad_(), labels.clone().requires_grad_()]
    means = torch.stack([leaves[0][rows].mean(dim=0) for rows in coded])
    loss = torch.nn.functional.cross_entropy(
        means @ leaves[1].T, truth, reduction="sum"
    )
    for_parts, for_labels = torch.autograd.grad(loss, leaves)
    model = Model(parts.clone(), labels.clone(), list("abc"))
    (mean,) = train(model, coded, truth.tolist(), 1, rate=0.3, block=texts)
    assert mean == pytest.approx(float(loss.detach()) / texts, abs=1e-10)
    assert torch.allclose(model.parts, parts - 0.3 * for_parts, rtol=0, atol=1e-10)
    assert torch.allclose(
        model.labels, labels - 0.3 * for_labels, rtol=0, atol=1e-10
    )


def test_buckets_are_shared_fairly() -> None:
    """A hash that favoured some buckets would let their n-grams collide more often."""
    seen: dict[int, int] = defaultdict(int)
    for line in wikitext_sentences()[:400]:
        for word in set(line):
            for bucket in set(buckets_of(word, 64)):
                seen[bucket] += 1
    assert len(seen) == 64
    assert max(seen.values()) < 2 * min(seen.values())
