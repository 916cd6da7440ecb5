"""An encoder that reads, a decoder that writes, and attention between them.

The decoder follows Luong, Pham and Manning (2015) without input feeding: its LSTM
depends on the outputs before, never on what it attended to.  So in training, where
the outputs are known, the whole sequence goes through the fused LSTM at once;
writing goes step by step through the same weights.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nlpcourse.neural.lstm.layers import open_forget_gates
from nlpcourse.neural.seq2seq.attention import attend, make_score
from nlpcourse.neural.seq2seq.search import State
from nlpcourse.neural.seq2seq.symbols import PAD, lengths_of


class Memory(NamedTuple):
    """What the encoder leaves of an input.

    Attributes:
        states: one vector for every input symbol, (rows, inputs, hidden).
        mask: which of them are no filling, (rows, inputs).
        summary: one vector for the whole input, (rows, hidden).
    """

    states: Tensor
    mask: Tensor
    summary: Tensor


class Decoded(NamedTuple):
    """What the decoder makes of the outputs so far.

    Attributes:
        logits: scores of the next symbol at every step, (rows, outputs, symbols).
        weights: attention at every step, (rows, outputs, inputs); None without
            attention.
        state: of the LSTM after the last step.
    """

    logits: Tensor
    weights: Tensor | None
    state: tuple[Tensor, Tensor]


class Encoder(nn.Module):
    """Embedding and an LSTM that reads both ways.

    Args:
        symbols: of the input.
        size: numbers per symbol.
        hidden: numbers per state, half of them from each direction.
        layers: of the LSTM.
        dropout: share of the numbers dropped while training.
        lexical: add the symbol's own vector to each state, so that attention sees
            the word beside what surrounds it.
    """

    def __init__(
        self,
        symbols: int,
        size: int,
        hidden: int,
        layers: int = 1,
        dropout: float = 0.0,
        lexical: bool = False,
    ) -> None:
        """Draw the weights; raise ValueError where a size can't be."""
        super().__init__()
        if min(symbols, size, layers) < 1 or hidden < 2 or hidden % 2:
            raise ValueError(
                f"{symbols} symbols, size {size}, hidden {hidden}, {layers} layers: all "
                "must be positive, and hidden even, half for each direction"
            )
        self.embedding = nn.Embedding(symbols, size, padding_idx=PAD)
        self.lstm = nn.LSTM(
            size,
            hidden // 2,
            layers,
            batch_first=True,
            bidirectional=True,
            dropout=dropout if layers > 1 else 0.0,
        )
        self.dropout = nn.Dropout(dropout)
        self.own = nn.Linear(size, hidden, bias=False) if lexical else None
        open_forget_gates(self.lstm)

    def forward(self, source: Tensor) -> Memory:
        """Read *source* (rows, inputs), filled up with ``PAD``."""
        vectors = self.dropout(self.embedding(source))
        packed = pack_padded_sequence(
            vectors, lengths_of(source), batch_first=True, enforce_sorted=False
        )
        outputs, (last, _) = self.lstm(packed)
        states, _ = pad_packed_sequence(outputs, batch_first=True)
        return self.remember(states, last, vectors, source != PAD)

    def remember(
        self, states: Tensor, last: Tensor, vectors: Tensor, mask: Tensor
    ) -> Memory:
        """Join both directions' last states into the summary."""
        if self.own is not None:
            states = states + self.own(vectors)
        summary = torch.cat([last[-2], last[-1]], dim=1)  # (rows, hidden)
        return Memory(self.dropout(states), mask, summary)


class Decoder(nn.Module):
    """Embedding, LSTM, attention or none, and scores for the next symbol.

    Without attention every step gets the encoder's summary where it would get its
    context, so that nothing else differs.

    Args:
        symbols: of the output.
        size: numbers per symbol; the same vectors read and predict.
        hidden: numbers per state.
        attention: ``"additive"``, ``"dot"``, ``"general"`` or ``"none"``.
        dropout: share of the numbers dropped while training.
    """

    def __init__(
        self,
        symbols: int,
        size: int,
        hidden: int,
        attention: str = "general",
        dropout: float = 0.0,
    ) -> None:
        """Draw the weights; raise ValueError where a size can't be."""
        super().__init__()
        if min(symbols, size, hidden) < 1:
            raise ValueError(
                f"{symbols} symbols, size {size}, hidden {hidden}: all must be positive"
            )
        self.embedding = nn.Embedding(symbols, size, padding_idx=PAD)
        nn.init.normal_(self.embedding.weight, std=size**-0.5)
        self.lstm = nn.LSTM(size, hidden, batch_first=True)
        self.start = nn.Linear(hidden, 2 * hidden)
        self.score = None if attention == "none" else make_score(attention, hidden)
        self.combine = nn.Linear(2 * hidden, size)
        self.bias = nn.Parameter(torch.zeros(symbols))
        self.dropout = nn.Dropout(dropout)
        open_forget_gates(self.lstm)

    def first_state(self, summary: Tensor) -> tuple[Tensor, Tensor]:
        """Return the state before the first output, from the encoder's summary."""
        h, c = torch.tanh(self.start(summary)).chunk(
            2, dim=1
        )  # (rows, hidden) each
        return h.unsqueeze(0).contiguous(), c.unsqueeze(0).contiguous()

    def forward(
        self, outputs: Tensor, memory: Memory, state: tuple[Tensor, Tensor]
    ) -> Decoded:
        """Read *outputs* (rows, outputs) from ``BEGIN`` on; score what follows."""
        vectors = self.dropout(self.embedding(outputs))
        states, state = self.lstm(vectors, state)  # (rows, outputs, hidden)
        if self.score is None:
            context = memory.summary.unsqueeze(1).expand_as(states)
            weights = None
        else:
            scores = self.score(states, memory.states)
            context, weights = attend(scores, memory.states, memory.mask)
        both = torch.cat([context, states], dim=2)
        mixed = torch.tanh(self.combine(both))  # (rows, outputs, size)
        mixed = self.dropout(mixed)
        return Decoded(mixed @ self.embedding.weight.T + self.bias, weights, state)


class Seq2Seq(nn.Module):
    """Encoder and decoder.

    Args:
        encoder: reads the input.
        decoder: writes the output.
        shared: both sides have one table of vectors (one vocabulary for both).
    """

    def __init__(
        self, encoder: Encoder, decoder: Decoder, shared: bool = False
    ) -> None:
        """Keep the parts."""
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        if shared:
            encoder.embedding = decoder.embedding

    def read(self, source: Tensor) -> tuple[Memory, tuple[Tensor, Tensor]]:
        """Return the memory of *source* (rows, inputs) and the first state."""
        memory = self.encoder(source)
        return memory, self.decoder.first_state(memory.summary)

    def forward(self, source: Tensor, outputs: Tensor) -> Decoded:
        """Score every next symbol where the past is known (teacher forcing)."""
        memory, state = self.read(source)
        decoded: Decoded = self.decoder(outputs, memory, state)
        return decoded

    def start(self, source: Tensor) -> State:
        """Return the state that a search starts from, rows on axis 0."""
        memory, (h, c) = self.read(source)
        return h.transpose(0, 1), c.transpose(0, 1), *memory

    def step(self, last: Tensor, state: State) -> tuple[Tensor, State]:
        """Write one symbol more: the step that ``search`` asks for."""
        h, c, *memory = state
        cells = h.transpose(0, 1).contiguous(), c.transpose(0, 1).contiguous()
        logits, _, (h, c) = self.decoder(last.unsqueeze(1), Memory(*memory), cells)
        log_probabilities = logits[:, -1].log_softmax(dim=1)  # (rows, symbols)
        return log_probabilities, (h.transpose(0, 1), c.transpose(0, 1), *memory)
