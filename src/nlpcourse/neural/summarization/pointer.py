"""A network that writes a word of its own, or points at a word of its input and copies it.

The encoder and the decoder are chapter 25's.  New are the switch and the mixture of two
distributions, over an extended vocabulary: the model's own words, then the strange words of the
input at hand.

Source: See, Liu and Manning (2017), "Get To The Point: Summarization with Pointer-Generator
Networks", section 2.2.  Their coverage (section 2.3) is left out.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from nlpcourse.neural.seq2seq.attention import attend
from nlpcourse.neural.seq2seq.model import Decoder, Encoder, Memory
from nlpcourse.neural.seq2seq.search import State
from nlpcourse.neural.summarization.verses import UNKNOWN


def mix(own: Tensor, weights: Tensor, switch: Tensor, places: Tensor) -> Tensor:
    """Mix the model's own distribution with that of copying.

    A word that stands at several places of the input gets the weights of all of them.

    Args:
        own: probabilities of the model's own words, (rows, outputs, words).
        weights: attention on the places of the input, (rows, outputs, inputs).
        switch: probability of writing a word of its own, (rows, outputs, 1).
        places: the extended number of the word at each place, (rows, inputs).

    Returns:
        Probabilities over the extended vocabulary, (rows, outputs, words + strange).

    Raises:
        ValueError: the shapes don't fit, or a place has no number.

    Source: See, Liu and Manning (2017), equation 9.

    >>> own = torch.tensor([[[0.9, 0.1]]])
    >>> weights, places = torch.tensor([[[0.5, 0.25, 0.25]]]), torch.tensor([[2, 1, 2]])
    >>> mixed = mix(own, weights, torch.tensor([[[0.6]]]), places)
    >>> [round(chance, 2) for chance in mixed.flatten().tolist()]
    [0.54, 0.16, 0.3]
    """
    _check(own, weights, switch, places)
    strange = max(int(places.max()) + 1 - own.shape[2], 0) if places.numel() else 0
    mixed = torch.cat([switch * own, own.new_zeros(*own.shape[:2], strange)], dim=2)
    index = places.unsqueeze(1).expand_as(weights)  # (rows, outputs, inputs)
    return mixed.scatter_add(2, index, (1 - switch) * weights)


def _check(own: Tensor, weights: Tensor, switch: Tensor, places: Tensor) -> None:
    """Refuse shapes that don't fit each other, and places that are no numbers of words."""
    fits = own.dim() == weights.dim() == switch.dim() == 3 and places.dim() == 2
    if not (
        fits
        and own.shape[:2] == weights.shape[:2] == switch.shape[:2]
        and weights.shape[::2] == places.shape
        and switch.shape[2] == 1
    ):
        raise ValueError(
            f"own words {tuple(own.shape)}, attention {tuple(weights.shape)}, switch "
            f"{tuple(switch.shape)} and places {tuple(places.shape)} don't fit; give (rows, "
            "outputs, words), (rows, outputs, inputs), (rows, outputs, 1) and (rows, inputs)"
        )
    if places.is_floating_point() or (places.numel() and int(places.min()) < 0):
        raise ValueError("the places hold whole numbers of words, from 0 on")


def probability_of(
    target: Tensor, own: Tensor, weights: Tensor, switch: Tensor, places: Tensor
) -> Tensor:
    """Return the mixture's probability of one word at each step, without the whole mixture.

    Args:
        target: extended numbers, (rows, outputs); the others as in :func:`mix`.

    Returns:
        (rows, outputs), what :func:`mix` holds at *target*.

    Raises:
        ValueError: the shapes don't fit.
    """
    _check(own, weights, switch, places)
    words = own.shape[2]
    if target.shape != own.shape[:2] or target.is_floating_point() or not words:
        raise ValueError(
            f"the target {tuple(target.shape)} needs a word's number at each of the steps "
            f"{tuple(own.shape[:2])}"
        )
    written = own.gather(2, target.clamp(max=words - 1).unsqueeze(2)).squeeze(2)
    written = written * (target < words)
    here = places.unsqueeze(1) == target.unsqueeze(2)  # (rows, outputs, inputs)
    copied = (weights * here).sum(dim=2)
    switch = switch.squeeze(2)
    return switch * written + (1 - switch) * copied


class Step(NamedTuple):
    """What the decoder makes of the outputs so far; shapes as in :func:`mix`."""

    own: Tensor
    weights: Tensor
    switch: Tensor
    state: tuple[Tensor, Tensor]


class PointerGenerator(nn.Module):
    """Chapter 25's encoder and decoder, and a switch between writing and copying.

    Args:
        symbols: words of the vocabulary, the special ones among them.
        size: numbers per word.
        hidden: numbers per state.
        dropout: share of the numbers dropped while training.
        copying: False leaves the switch at "write", and nothing else differs.
    """

    def __init__(
        self,
        symbols: int,
        size: int,
        hidden: int,
        dropout: float = 0.0,
        copying: bool = True,
    ) -> None:
        """Draw the weights; raise ValueError where a size can't be."""
        super().__init__()
        self.encoder = Encoder(symbols, size, hidden, 1, dropout, lexical=True)
        self.decoder = Decoder(symbols, size, hidden, "general", dropout)
        self.encoder.embedding = self.decoder.embedding
        self.switch = nn.Linear(2 * hidden + size, 1) if copying else None
        self.symbols = symbols

    def decode(
        self, outputs: Tensor, memory: Memory, state: tuple[Tensor, Tensor]
    ) -> Step:
        """Read *outputs* (rows, outputs), strange words as ``UNKNOWN``; score what follows."""
        part = self.decoder
        assert part.score is not None
        vectors = part.dropout(part.embedding(outputs))
        states, state = part.lstm(vectors, state)  # (rows, outputs, hidden)
        scores = part.score(states, memory.states)
        context, weights = attend(scores, memory.states, memory.mask)
        both = torch.cat([context, states], dim=2)
        mixed = part.dropout(torch.tanh(part.combine(both)))
        own = (mixed @ part.embedding.weight.T + part.bias).softmax(dim=2)
        if self.switch is None:
            switch = own.new_ones(*own.shape[:2], 1)
        else:
            switch = self.switch(torch.cat([both, vectors], dim=2)).sigmoid()
        return Step(own, weights, switch, state)

    def forward(self, source: Tensor, outputs: Tensor) -> Step:
        """Score every next word where the past is known (teacher forcing)."""
        memory = self.encoder(source)
        return self.decode(
            outputs, memory, self.decoder.first_state(memory.summary)
        )

    def start(self, source: Tensor, places: Tensor) -> State:
        """Return the state that a search starts from, rows on axis 0."""
        memory = self.encoder(source)
        h, c = self.decoder.first_state(memory.summary)
        return h.transpose(0, 1), c.transpose(0, 1), *memory, places

    def step(self, last: Tensor, state: State) -> tuple[Tensor, State]:
        """Write or copy one word more: the step that chapter 25's searches ask for."""
        h, c, *memory, places = state
        cells = h.transpose(0, 1).contiguous(), c.transpose(0, 1).contiguous()
        known = last.masked_fill(last >= self.symbols, UNKNOWN).unsqueeze(1)
        own, weights, switch, (h, c) = self.decode(known, Memory(*memory), cells)
        chances = mix(own, weights, switch, places)[:, -1]  # (rows, extended words)
        state = (h.transpose(0, 1), c.transpose(0, 1), *memory, places)
        return chances.clamp(min=1e-30).log(), state
