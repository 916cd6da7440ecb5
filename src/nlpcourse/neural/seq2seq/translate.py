"""One sentence through the trained translator, with all that it looked at.

Also the pass that the page runs: the whole input and what is written so far go in,
the next piece's log-probabilities and attention come out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import torch
from torch import Tensor, nn

from nlpcourse.neural.seq2seq import recipes, translation
from nlpcourse.neural.seq2seq.model import Seq2Seq
from nlpcourse.neural.seq2seq.search import beam_search, greedy_search
from nlpcourse.neural.seq2seq.symbols import BEGIN, END

LONGEST = 60  # pieces of a translation
WIDEST = 100  # of a beam


@dataclass(frozen=True)
class Translation:
    """A translation and how it came about.

    Attributes:
        text: the translation.
        source: the input's pieces.
        target: the output's pieces, the end among them.
        weights: attention, (target pieces, source pieces).
        probabilities: of each target piece, given those before it.
    """

    text: str
    source: list[str]
    target: list[str]
    weights: Tensor
    probabilities: list[float]


@lru_cache(maxsize=1)
def translator() -> Seq2Seq:
    """Return this chapter's trained translator, loaded once."""
    return recipes.load_translator()[0]


@torch.no_grad()
def translate(
    sentence: str, width: int = 1, model: Seq2Seq | None = None
) -> Translation:
    """Translate one English sentence into Spanish.

    Args:
        sentence: in English.
        width: of the beam; 1 is greedy search.
        model: with the pieces of this chapter; the trained translator where None.

    Raises:
        ValueError: the sentence is empty, or the width is not from 1 to 100.
    """
    if not 1 <= width <= WIDEST:
        raise ValueError(
            f"a beam of {width} is none of 1 to {WIDEST}; choose another"
        )
    if not sentence.strip():
        raise ValueError("there is nothing to translate; give at least one word")
    numbers = translation.pieces().encode(sentence)
    model = (model or translator()).eval()
    source = torch.tensor([numbers])
    if width == 1:
        state = model.start(source)
        (written,) = greedy_search(model.step, state, BEGIN, END, LONGEST)
    else:
        state = model.start(source)
        (beam,) = beam_search(model.step, state, width, BEGIN, END, LONGEST)
        written = beam[0].symbols
    return look_back(model, numbers, written)


def look_back(
    model: Seq2Seq, numbers: list[int], written: list[int]
) -> Translation:
    """Force *written* through the model; collect attention and probabilities."""
    pieces = translation.pieces()
    decoded = model(torch.tensor([numbers]), torch.tensor([[BEGIN, *written]]))
    said = torch.tensor([*written, END])
    found = decoded.logits[0].softmax(dim=1)[torch.arange(len(said)), said]
    return Translation(
        pieces.decode(written),
        pieces.spell(numbers),
        pieces.spell(said.tolist()),
        cast(Tensor, decoded.weights)[0],
        found.tolist(),
    )


@torch.no_grad()
def attention_while_writing(
    model: Seq2Seq, source: Sequence[int], output: Sequence[int]
) -> Tensor:
    """Return the attention at every step: a row for each symbol written.

    Args:
        model: with attention.
        source: input numbers.
        output: output numbers, without begin and end.

    Returns:
        (outputs + 1, inputs); the last row belongs to the end.
    """
    model.eval()
    decoded = model(torch.tensor([[*source]]), torch.tensor([[BEGIN, *output]]))
    return cast(Tensor, decoded.weights)[0]


class NextPiece(nn.Module):
    """The trained translator as one pass without state, for the page.

    Args:
        model: the trained translator.
    """

    def __init__(self, model: Seq2Seq) -> None:
        """Keep the model."""
        super().__init__()
        self.model = model

    def forward(self, source: Tensor, written: Tensor) -> tuple[Tensor, Tensor]:
        """Return the next piece's log-probabilities and attention.

        Args:
            source: the same input in every row, without filling, (rows, inputs).
            written: outputs so far, which begin with ``BEGIN``, (rows, outputs).

        Returns:
            (rows, pieces) and (rows, inputs).
        """
        encoder, decoder = self.model.encoder, self.model.decoder
        vectors = encoder.embedding(source)
        states, (last, _) = encoder.lstm(vectors)
        memory = encoder.remember(states, last, vectors, source >= 0)
        state = decoder.first_state(memory.summary)
        logits, weights, _ = decoder(written, memory, state)
        return logits[:, -1].log_softmax(dim=1), weights[:, -1]
