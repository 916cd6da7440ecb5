"""The convolution and the network of chapter 24 against PyTorch's, values and gradients.

In 64-bit floats both sides agree to 1e-10.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from nlpcourse.neural.cnn import data
from nlpcourse.neural.cnn.convolution import (
    convolution_gradients,
    convolve,
    max_over_time,
)
from nlpcourse.neural.cnn.model import SentenceCNN

small = st.integers(min_value=1, max_value=6)
seeds = st.integers(min_value=0, max_value=2**32 - 1)


def draw(seed: int, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def assert_close(ours: Tensor, theirs: Tensor) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


@lru_cache(maxsize=1)
def real_batch() -> tuple[Tensor, Tensor, int]:
    train, test = data.movie_fold(0)
    vocabulary = data.Vocabulary.of(train.documents, least=3)
    rows = [vocabulary.encode(words) for words in test.documents[:60]]
    words, lengths = data.stack(rows)
    return words, lengths, len(vocabulary)


@given(small, st.integers(1, 12), small, small, small, st.integers(0, 5), seeds)
@settings(max_examples=50, deadline=None)
def test_convolution_equals_conv1d_forwards_and_backwards(
    batch: int, time: int, size: int, maps: int, width: int, margin: int, seed: int
) -> None:
    margin = max(margin, (width - time + 1) // 2)  # the filter must fit somewhere
    oracle = nn.Conv1d(size, maps, width, padding=margin).double()
    with torch.no_grad():
        oracle.weight.copy_(draw(seed, maps, size, width))
        oracle.bias.copy_(draw(seed + 1, maps))
    vectors = draw(seed + 2, batch, time, size).requires_grad_()
    expected = oracle(vectors.transpose(1, 2)).transpose(1, 2)
    ours = convolve(vectors, oracle.weight, oracle.bias, margin)
    assert_close(ours, expected)

    upstream = draw(seed + 3, *expected.shape)
    wanted = torch.autograd.grad(
        expected, [vectors, oracle.weight, oracle.bias], upstream
    )
    by_hand = convolution_gradients(
        vectors.detach(), oracle.weight.detach(), upstream, margin
    )
    for mine, theirs in zip(by_hand, wanted, strict=True):
        assert_close(mine, theirs)
    by_autograd = torch.autograd.grad(
        ours, [vectors, oracle.weight, oracle.bias], upstream
    )
    for mine, theirs in zip(by_autograd, wanted, strict=True):
        assert_close(mine, theirs)


def test_gradients_by_hand_on_real_sentences() -> None:
    words, _, rows = real_batch()
    table = draw(0, rows, 8)
    vectors = table[words].requires_grad_()
    oracle = nn.Conv1d(8, 5, 4, padding=3).double()
    expected = oracle(vectors.transpose(1, 2)).transpose(1, 2)
    upstream = draw(1, *expected.shape)
    wanted = torch.autograd.grad(
        expected, [vectors, oracle.weight, oracle.bias], upstream
    )
    mine = convolution_gradients(
        vectors.detach(), oracle.weight.detach(), upstream, margin=3
    )
    assert_close(convolve(vectors, oracle.weight, oracle.bias, margin=3), expected)
    for ours, theirs in zip(mine, wanted, strict=True):
        assert_close(ours, theirs)


class Conv1dNetwork(nn.Module):
    """The same network in PyTorch's layers, one sentence at a time: no padding at all."""

    def __init__(self, ours: SentenceCNN) -> None:
        super().__init__()
        rows, size = ours.embedding.weight.shape
        self.embedding = nn.Embedding(rows, size)
        self.convolutions = nn.ModuleList()
        for layer in ours.layers:
            maps, size, width = layer.weight.shape
            self.convolutions.append(
                nn.Conv1d(size, maps, width, padding=width - 1)
            )
        self.output = nn.Linear(ours.output.in_features, ours.output.out_features)
        self.double()
        weights = dict(ours.state_dict())
        self.load_state_dict(
            {k.replace("filters.", "convolutions."): v for k, v in weights.items()}
        )

    def forward(self, words: Tensor, lengths: Tensor) -> Tensor:
        scores = []
        for row, length in zip(words, lengths.tolist(), strict=True):
            vectors = self.embedding(row[:length]).T.unsqueeze(0)  # (1, size, time)
            pooled = [
                nn.functional.adaptive_max_pool1d(torch.relu(layer(vectors)), 1)
                for layer in self.convolutions
            ]
            scores.append(self.output(torch.cat(pooled, dim=1).squeeze(-1)))
        return torch.cat(scores)


def compare(ours: SentenceCNN, words: Tensor, lengths: Tensor) -> None:
    oracle = Conv1dNetwork(ours)
    mine, theirs = ours(words, lengths), oracle(words, lengths)
    assert_close(mine, theirs)
    upstream = draw(7, *mine.shape)
    got = torch.autograd.grad(mine, list(ours.parameters()), upstream)
    want = torch.autograd.grad(theirs, list(oracle.parameters()), upstream)
    for left, right in zip(got, want, strict=True):
        assert_close(left, right)


def test_the_whole_network_equals_conv1d_on_real_sentences() -> None:
    words, lengths, rows = real_batch()
    torch.manual_seed(0)
    ours = SentenceCNN(rows, 12, [3, 4, 5], 10, 2).double().eval()
    compare(ours, words, lengths)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), seeds)
@settings(max_examples=25, deadline=None)
def test_the_whole_network_equals_conv1d_on_any_lengths(
    lengths: list[int], seed: int
) -> None:
    torch.manual_seed(seed)
    ours = SentenceCNN(20, 4, [1, 2, 5], 3, 4).double().eval()
    rows = [torch.randint(1, 20, (length,)).tolist() for length in lengths]
    compare(ours, *data.stack(rows))


@given(small, st.integers(1, 9), small, seeds)
@settings(max_examples=25, deadline=None)
def test_pooling_equals_torchs(
    batch: int, time: int, filters: int, seed: int
) -> None:
    maps = draw(seed, batch, time, filters)
    values, places = max_over_time(maps)
    expected, where = nn.functional.max_pool1d(
        maps.transpose(1, 2), time, return_indices=True
    )
    assert torch.equal(values, expected.squeeze(-1))
    assert torch.equal(places, where.squeeze(-1))
