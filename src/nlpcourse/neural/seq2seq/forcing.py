"""Teacher forcing against free running: how right is each."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from nlpcourse.neural.seq2seq.model import Seq2Seq
from nlpcourse.neural.seq2seq.recipes import write_all
from nlpcourse.neural.seq2seq.symbols import BEGIN, END, PAD, pad


@torch.no_grad()
def right_by_position(
    model: Seq2Seq, pairs: Sequence[tuple[list[int], list[int]]], positions: int
) -> tuple[list[float], list[float]]:
    """Return how often each position is right: with the true past, with its own.

    Args:
        model: a trained model.
        pairs: inputs and true outputs, numbers without begin and end.
        positions: how many, from the first.

    Returns:
        Two lists of shares between 0 and 1: teacher forcing, free running.
        Positions past the end of a true output do not count.
    """
    model.eval()
    source = pad([left for left, _ in pairs])
    target = pad([[BEGIN, *right, END] for _, right in pairs])
    forced = model(source, target[:, :-1]).logits.argmax(dim=2)  # (rows, outputs)
    written = write_all(model, [left for left, _ in pairs], width=1)
    longest = target.shape[1]
    free = pad([[*text, END][:longest] + [PAD] * longest for text in written])
    true = target[:, 1:]
    counted = true != PAD
    shares = []
    for guess in (forced, free[:, : true.shape[1]]):
        right = ((guess == true) & counted).sum(dim=0) / counted.sum(dim=0)
        shares.append(right[:positions].tolist())
    return shares[0], shares[1]
