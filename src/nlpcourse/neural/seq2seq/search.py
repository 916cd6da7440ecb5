"""Greedy search and beam search for any decoder that takes one step at a time.

A *state* is a tuple of tensors whose first axis is rows (one row for each output
that is being written), so that rows can be copied and reordered.  A *step* takes
the last symbols and the state, and returns the log-probabilities of the next symbol
and the new state::

    step(last, state) -> (log_probabilities, new_state)    # (rows,), … -> (rows,
    symbols), …

A recurrent decoder keeps its cells' state and the encoder's outputs in it; a
Transformer may keep what it has written so far.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

State = tuple[Tensor, ...]
Step = Callable[[Tensor, State], tuple[Tensor, State]]


@dataclass(frozen=True)
class Hypothesis:
    """An output and how good it is.

    Attributes:
        symbols: without the beginning and the end.
        log_probability: of all its steps, the end among them.
        score: the log-probability after length normalisation; what the search sorts
            by.
    """

    symbols: list[int]
    log_probability: float
    score: float


def numbers_of(taken: tuple[Tensor, State]) -> tuple[Tensor, State]:
    """Return what a step returned, or refuse scores that are NaN.

    Raises:
        ValueError: there is one.
    """
    if bool(taken[0].isnan().any()):
        raise ValueError(
            "the decoder's scores hold NaN, so no symbol is the likeliest"
        )
    return taken


@torch.no_grad()
def greedy_search(
    step: Step, state: State, begin: int, end: int, longest: int
) -> list[list[int]]:
    """Write every output by always taking the likeliest next symbol.

    Args:
        step: the decoder, see the head of this file.
        state: before the first symbol; one row for each output.
        begin: the symbol that stands before every output.
        end: the symbol that ends one.
        longest: an output is cut off after so many symbols.

    Returns:
        The outputs, without *begin* and *end*.

    Raises:
        ValueError: a score of the decoder is NaN.
    """
    rows = len(state[0])
    last = torch.full((rows,), begin, device=state[0].device)
    outputs: list[list[int]] = [[] for _ in range(rows)]
    open_rows = set(range(rows))
    for _ in range(longest):
        log_probabilities, state = numbers_of(step(last, state))
        last = log_probabilities.argmax(dim=1)  # (rows,)
        for row in list(open_rows):
            if int(last[row]) == end:
                open_rows.remove(row)
            else:
                outputs[row].append(int(last[row]))
        if not open_rows:
            break
    return outputs


@torch.no_grad()
def beam_search(
    step: Step,
    state: State,
    width: int,
    begin: int,
    end: int,
    longest: int,
    alpha: float = 1.0,
) -> list[list[Hypothesis]]:
    """Carry *width* unfinished outputs on at every step; return the finished.

    Of all continuations of a row's outputs the best *width* are looked at: one that
    takes the end is finished, and the best *width* that do not are carried on.  A
    row is done when *width* outputs are finished.  An output is judged by its
    log-probability divided by its length (the end counts) to the power *alpha*: 0
    favours short outputs, 1 takes the mean per symbol.

    Args:
        step: the decoder, see the head of this file.
        state: before the first symbol; one row for each output.
        width: how many outputs are carried on; 1 is greedy search.
        begin: the symbol that stands before every output.
        end: the symbol that ends one.
        longest: an output is cut off after so many symbols.
        alpha: the power of the length.

    Returns:
        For every row its hypotheses, best first: at least one, at most *width* and
        those cut off.

    Raises:
        ValueError: the width or the longest length is below 1, *alpha* is no number, or a
            score of the decoder is NaN.

    Source: Sutskever, Vinyals and Le (2014), section 3.2; the normalisation is that
        of Cho et al. (2014), with the power of Wu et al. (2016), equation 14, in a
        simpler form.
    """
    if width < 1:
        raise ValueError(f"a beam needs a width of 1 or more, not {width}")
    if longest < 1 or not math.isfinite(alpha):
        raise ValueError(
            f"at most {longest} symbols, alpha {alpha}: nothing to search"
        )
    rows, device = len(state[0]), state[0].device
    first_of = torch.arange(rows, device=device).unsqueeze(1) * width  # (rows, 1)
    state = tuple(part.repeat_interleave(width, dim=0) for part in state)
    last = torch.full((rows * width,), begin, device=device)
    total = torch.full((rows, width), -torch.inf, device=device)
    total[:, 0] = 0.0  # one empty output at the start, not width equal ones
    written = torch.zeros(rows, width, 0, dtype=torch.long, device=device)
    finished: list[list[Hypothesis]] = [[] for _ in range(rows)]

    for length in range(1, longest + 1):
        log_probabilities, state = numbers_of(step(last, state))
        symbols = log_probabilities.shape[1]  # of (rows * width, symbols)
        grown = (total.view(-1, 1) + log_probabilities).view(rows, width * symbols)
        best, place = grown.topk(min(2 * width, width * symbols), dim=1)
        parent, symbol = place // symbols, place % symbols  # (rows, 2 width)

        ends = symbol == end
        for row, k in (ends & best.isfinite())[:, :width].nonzero().tolist():
            if len(finished[row]) < width:
                text = written[row, int(parent[row, k])].tolist()
                finished[row].append(
                    _hypothesis(text, float(best[row, k]), length, alpha)
                )

        total, kept = best.masked_fill(ends, -torch.inf).topk(width, dim=1)
        parent = parent.gather(1, kept)  # (rows, width)
        symbol = symbol.gather(1, kept)
        state = tuple(part[(first_of + parent).flatten()] for part in state)
        before = written.gather(
            1, parent.unsqueeze(2).expand(-1, -1, written.shape[2])
        )
        written = torch.cat([before, symbol.unsqueeze(2)], dim=2)
        last = symbol.flatten()
        done = [len(found) >= width for found in finished]
        if all(done) or not bool(total.isfinite().any()):
            break

    for row in range(rows):
        if len(finished[row]) < width:  # cut off at the longest length
            for k in total[row].isfinite().nonzero().flatten().tolist():
                text = written[row, k].tolist()
                finished[row].append(
                    _hypothesis(text, float(total[row, k]), len(text), alpha)
                )
        finished[row].sort(key=lambda hypothesis: -hypothesis.score)
    return finished


def _hypothesis(
    symbols: list[int], log_probability: float, length: int, alpha: float
) -> Hypothesis:
    """Return an output of *length* steps with its normalised score."""
    return Hypothesis(symbols, log_probability, log_probability / length**alpha)


def table_step(log_probabilities: Tensor) -> Step:
    """Return a step whose next symbol depends on the last one alone.

    Args:
        log_probabilities: of the next symbol (column) after each symbol (row).
    """

    def step(last: Tensor, state: State) -> tuple[Tensor, State]:
        return log_probabilities[last], state

    return step
