"""Kim's network: word vectors, filters, the largest answer of each, a verdict."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nlpcourse.neural.cnn.convolution import Convolution, max_over_time
from nlpcourse.neural.cnn.data import PADDING, Vocabulary, in_order, stack


def limit_norms(weight: Tensor, largest: float) -> None:
    """Shorten, in place, every row of *weight* that is longer than *largest*.

    Raises:
        ValueError: the limit is not above zero, or the weights are no rows of fractions.

    Source: Kim (2014), section 2.1.

    >>> rows = torch.tensor([[6.0, 8.0], [0.6, 0.8]])
    >>> limit_norms(rows, 5.0)
    >>> rows.tolist()
    [[3.0, 4.0], [0.6000000238418579, 0.800000011920929]]
    """
    if not largest > 0:
        raise ValueError(f"the largest norm is above zero, not {largest}")
    if weight.dim() != 2 or not weight.is_floating_point():
        raise ValueError(
            f"weights are rows of fractions, not {weight.dtype} "
            f"of shape {tuple(weight.shape)}"
        )
    with torch.no_grad():
        norms = weight.norm(dim=1, keepdim=True)
        weight.mul_((largest / norms.clamp(min=1e-12)).clamp(max=1.0))


class SentenceCNN(nn.Module):
    """A classifier of sentences by convolution and pooling.

    Source: Kim (2014), section 2 and figure 1.
    """

    def __init__(
        self,
        words: int,
        size: int,
        widths: Sequence[int],
        maps: int,
        classes: int,
        dropout: float = 0.5,
        input_dropout: float = 0.0,
        largest_norm: float = 3.0,
        spread: float = 0.5,
    ) -> None:
        """Make the model.

        Args:
            words: rows of the table of word vectors; row 0, padding, stays zero.
            size: numbers in a word's vector.
            widths: words that a filter sees, one entry per kind of filter.
            maps: filters of each width.
            classes: how many there are to choose from.
            dropout: share of the pooled answers dropped while training.
            input_dropout: share of the word vectors' numbers dropped in training.
            largest_norm: of each class's weights; longer ones are cut back.
            spread: word vectors begin uniform between −spread and spread.

        Raises:
            ValueError: a size is below one, or there is no width.
        """
        if min([words, size, maps, classes, *widths], default=0) < 1 or not widths:
            raise ValueError(
                f"words {words}, size {size}, widths {list(widths)}, maps {maps} and classes "
                f"{classes} are all one or more, and there is a width"
            )
        super().__init__()
        self.embedding = nn.Embedding(words, size, padding_idx=PADDING)
        with torch.no_grad():
            self.embedding.weight.uniform_(-spread, spread)
            self.embedding.weight[PADDING] = 0.0
        self.filters = nn.ModuleList(
            Convolution(size, maps, width) for width in widths
        )
        self.output = nn.Linear(maps * len(widths), classes)
        self.dropout = nn.Dropout(dropout)
        self.input_dropout = nn.Dropout(input_dropout)
        self.largest_norm = largest_norm

    @property
    def layers(self) -> list[Convolution]:
        """The filters, one layer for each width."""
        return [f for f in self.filters if isinstance(f, Convolution)]

    def pooled(
        self, words: Tensor, lengths: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return each filter's largest answer and its place, both (batch, filters).

        Place *p* of a filter *w* wide is the window that ends with word *p*, so it
        begins with word *p − w + 1*.

        Args:
            words: numbers of the words, (batch, time).
            lengths: (batch,); without them, padding counts as text.
        """
        vectors = self.input_dropout(self.embedding(words))  # (batch, time, size)
        found = []
        for convolution in self.layers:
            maps = convolution(vectors)  # (batch, time + width − 1, maps)
            real = None if lengths is None else lengths + convolution.width - 1
            found.append(max_over_time(maps, real))
        values = torch.cat([value for value, _ in found], dim=1)
        places = torch.cat([place for _, place in found], dim=1)
        return torch.relu(values), places

    def forward(self, words: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return one score per class, (batch, classes)."""
        if self.training:
            limit_norms(self.output.weight, self.largest_norm)
        features, _ = self.pooled(words, lengths)
        scores: Tensor = self.output(self.dropout(features))
        return scores


@torch.no_grad()
def predict(
    model: nn.Module,
    vocabulary: Vocabulary,
    documents: Sequence[Sequence[str]],
    rows: int = 200,
) -> Tensor:
    """Return the classes' probabilities of every document, (documents, classes).

    Raises:
        ValueError: there is no document.
    """
    if not len(documents):
        raise ValueError("there is no document to judge; give at least one")
    model.eval()
    device = next(model.parameters()).device
    numbers = [vocabulary.encode(document) for document in documents]
    found: list[Tensor] = [torch.empty(0)] * len(documents)
    for chosen in in_order([len(n) for n in numbers], rows):
        words, lengths = stack([numbers[i] for i in chosen])
        scores = model(words.to(device), lengths.to(device))
        for i, row in zip(chosen, scores.softmax(dim=-1).cpu(), strict=True):
            found[i] = row
    return torch.stack(found)
