"""Teacher forcing: pairs of sequences, a model of both halves, and its loss.

Batches hold pairs of like length, so that little of a batch is filling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse.neural.seq2seq.model import Decoder, Encoder, Seq2Seq
from nlpcourse.neural.seq2seq.search import beam_search, greedy_search
from nlpcourse.neural.seq2seq.symbols import (
    BEGIN,
    END,
    PAD,
    Epochs,
    length_batches,
    pad,
)

Pair = tuple[list[int], list[int]]


def build_model(config: Mapping[str, Any], inputs: int, outputs: int) -> Seq2Seq:
    """Return an untrained model of the sizes in *config*.

    Raises:
        KeyError: *config* lacks one of them.
    """
    encoder = Encoder(
        inputs,
        config["size"],
        config["hidden"],
        config["layers"],
        config["dropout"],
        config["lexical"],
    )
    decoder = Decoder(
        outputs,
        config["size"],
        config["hidden"],
        config["attention"],
        config["dropout"],
    )
    return Seq2Seq(encoder, decoder, config["shared"])


class Teaching:
    """Teacher forcing on pairs of sequences, in batches of like length.

    Args:
        config: sizes of the model, and ``rows`` of a batch.
        pairs: input and output numbers, without begin and end.
        inputs: symbols of the input.
        outputs: symbols of the output.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        pairs: Sequence[Pair],
        inputs: int,
        outputs: int,
    ) -> None:
        """Make the model and keep the pairs.

        Raises:
            ValueError: the pairs do not fill one batch.
        """
        self.epochs = Epochs([len(s) + len(t) for s, t in pairs], config["rows"])
        self.model: nn.Module = build_model(config, inputs, outputs)
        self.pairs = pairs

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return inputs (rows, inputs) and whole outputs (with begin, end)."""
        chosen = self.epochs.items(step)
        source = pad([self.pairs[k][0] for k in chosen])
        return source, pad([[BEGIN, *self.pairs[k][1], END] for k in chosen])

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean cross-entropy of the true next symbols."""
        return teacher_forcing_loss(model, *batch), ()

    def evaluate(self) -> dict[str, float]:
        """Return nothing: the tasks below know what to measure."""
        return {}


def teacher_forcing_loss(
    model: nn.Module, source: Tensor, target: Tensor
) -> Tensor:
    """Return the mean cross-entropy of each next symbol, given the true past.

    Args:
        model: takes inputs and outputs so far.
        source: inputs, (rows, inputs).
        target: true outputs with begin and end, (rows, outputs + 1).
    """
    logits = model(source, target[:, :-1]).logits  # (rows, outputs, symbols)
    return functional.cross_entropy(
        logits.flatten(0, 1), target[:, 1:].flatten(), ignore_index=PAD
    )


def write_all(
    model: Seq2Seq, sources: Sequence[list[int]], width: int, alpha: float = 1.0
) -> list[list[int]]:
    """Return the model's output for every input, by greedy or by beam search.

    Args:
        model: a trained model.
        sources: input numbers.
        width: of the beam.
        alpha: power of the length by which a beam's scores are divided.

    Raises:
        ValueError: an input is empty, or the width is below 1.
    """
    if width < 1 or not all(map(len, sources)):
        raise ValueError(
            f"width {width}, shortest input {min(map(len, sources), default=0)}: both "
            "must be 1 or more"
        )
    model.eval()
    outputs: list[list[int]] = [[] for _ in sources]
    batches = length_batches([len(s) for s in sources], 64, seed=0, shuffled=False)
    for chosen in batches:
        source = pad([sources[k] for k in chosen])
        longest = 2 * source.shape[1] + 10
        with torch.no_grad():
            state = model.start(source)
        if width == 1:
            written = greedy_search(model.step, state, BEGIN, END, longest)
        else:
            beams = beam_search(
                model.step, state, width, BEGIN, END, longest, alpha
            )
            written = [hypotheses[0].symbols for hypotheses in beams]
        for k, output in zip(chosen, written, strict=True):
            outputs[k] = output
    return outputs
