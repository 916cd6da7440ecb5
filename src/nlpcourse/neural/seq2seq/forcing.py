"""Teacher forcing against free running, and what a forced wrong beginning does."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from nlpcourse.neural.seq2seq.model import Seq2Seq
from nlpcourse.neural.seq2seq.search import greedy_search
from nlpcourse.neural.seq2seq.symbols import BEGIN, END, PAD, pad
from nlpcourse.neural.seq2seq.teaching import Pair, write_all


@torch.no_grad()
def right_by_position(
    model: Seq2Seq, pairs: Sequence[Pair], positions: int
) -> tuple[list[float], list[float]]:
    """Return how often each position is right: with the true past, with its own.

    Args:
        model: a trained model.
        pairs: inputs and true outputs, numbers without begin and end.
        positions: how many, from the first.

    Returns:
        Two lists of shares between 0 and 1: teacher forcing, free running.
        Positions past the end of a true output do not count.

    Raises:
        ValueError: there are no pairs, or fewer positions than one.
    """
    if not pairs or positions < 1:
        raise ValueError(
            f"{len(pairs)} pairs at {positions} positions: there is nothing to compare"
        )
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


@torch.no_grad()
def wrong_with_true_past(model: Seq2Seq, pairs: Sequence[Pair]) -> float:
    """Return the share of sounds that are wrong although all before them are true.

    Args:
        model: a trained model.
        pairs: inputs and true outputs, numbers without begin and end; the end that the
            model must write does not count.

    Raises:
        ValueError: there are no pairs.
    """
    if not pairs:
        raise ValueError("no pairs to compare; give at least one")
    model.eval()
    target = pad([[BEGIN, *right, END] for _, right in pairs])
    logits = model(pad([left for left, _ in pairs]), target[:, :-1]).logits
    true = target[:, 1:]
    wrong = (logits.argmax(dim=2) != true)[true > END]
    return float(wrong.float().mean())


@torch.no_grad()
def continue_from(
    model: Seq2Seq, source: Sequence[int], prefix: Sequence[int], longest: int = 60
) -> list[int]:
    """Force *prefix* on the decoder and let it write the rest; return all.

    Args:
        model: a trained model.
        source: input numbers.
        prefix: output numbers that it must begin with.
        longest: at most so many symbols more.

    Raises:
        ValueError: there is no input.
    """
    if not source:
        raise ValueError("there is no input to read; give at least one symbol")
    state = model.start(torch.tensor([list(source)]))
    last = BEGIN
    for symbol in prefix:
        _, state = model.step(torch.tensor([last]), state)
        last = symbol
    (rest,) = greedy_search(model.step, state, last, END, longest)
    return [*prefix, *rest]


def rest_after_the_first(model: Seq2Seq, pairs: Sequence[Pair]) -> dict[str, float]:
    """Return how often all that follows the first symbol is right, by that symbol.

    The first symbol is left to the model, or forced on it: the true one, or a wrong
    one, which is that of the nearest later pair that begins otherwise.

    Args:
        model: a trained model.
        pairs: inputs and true outputs, numbers without begin and end.

    Raises:
        ValueError: all true outputs begin alike, so that none is wrong elsewhere.
    """
    firsts = [right[0] for _, right in pairs]
    if len(set(firsts)) < 2:
        raise ValueError(
            "all outputs begin alike; give pairs that begin differently"
        )
    right = {"its own first sound": 0, "the true one": 0, "a wrong one": 0}
    for place, (source, true) in enumerate(pairs):
        later = (*firsts[place + 1 :], *firsts)
        wrong = next(first for first in later if first != true[0])
        for name, prefix in zip(right, ([], [true[0]], [wrong]), strict=True):
            right[name] += continue_from(model, source, prefix)[1:] == true[1:]
    return {name: count / len(pairs) for name, count in right.items()}
