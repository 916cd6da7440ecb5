"""Chapter 22's word-level language model, read by an LSTM."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.neural.lstm.layers import open_forget_gates
from nlpcourse.neural.rnn.language_model import (
    END,
    UNKNOWN,
    State,
    TiedLanguageModel,
    Vocabulary,
    columns,
    sample,
    text_perplexity,
    unigram_perplexity,
    wikitext_vocabulary,
    windows,
)

__all__ = [
    "END",
    "UNKNOWN",
    "LanguageModel",
    "Vocabulary",
    "columns",
    "corpora",
    "sample",
    "text_perplexity",
    "unigram_perplexity",
    "wikitext_vocabulary",
    "windows",
]


class LanguageModel(TiedLanguageModel):
    """Word vectors → LSTM → adaptive softmax over the same vectors.

    Args:
        size: numbers per word vector, and per state of the LSTM.
        layers: of the LSTM.
        cutoffs: ends of the classes of frequent words, and last the vocabulary's size.
        div_value: by how much each rarer class is narrower than the one before.
        dropout: share of the numbers dropped before and after the LSTM while training.
    """

    def __init__(
        self,
        size: int,
        layers: int,
        cutoffs: Sequence[int],
        div_value: float,
        dropout: float = 0.0,
    ) -> None:
        """Draw the weights; the forget gates begin open."""
        super().__init__(size, cutoffs, div_value, dropout)
        self.lstm = nn.LSTM(size, size, layers, batch_first=True)
        open_forget_gates(self.lstm)
        self.draw_vectors()

    def read(self, vectors: Tensor, state: State | None) -> tuple[Tensor, State]:
        """Read *vectors* (batch, time, size); the state is ``(h, c)``."""
        outputs, state = self.lstm(vectors, state)
        return outputs, state
