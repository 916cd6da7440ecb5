"""BLEU by hand, clipped n-gram precision and a penalty for brevity; and chrF beside it.

Source: Papineni et al. (2002), sections 2.1 to 2.3, and Popović (2015).  What this file does not
handle: cutting a text into tokens, which changes the score, and smoothing of a
precision that is zero.  ``sacrebleu`` does both in one fixed way, which is why
reported scores should come from it (Post 2018).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Tokens = Sequence[str]


def ngrams(tokens: Tokens, n: int) -> Counter[tuple[str, ...]]:
    """Count the runs of *n* tokens.

    Raises:
        ValueError: *n* is below 1, or the tokens are a text that nobody has cut.

    >>> ngrams("a a b a a".split(), 2).most_common(1)
    [(('a', 'a'), 2)]
    """
    if n < 1 or isinstance(tokens, str):
        raise ValueError(f"{n} of {tokens!r}: give a list of tokens, and 1 or more")
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def clipped_matches(output: Tokens, references: Sequence[Tokens], n: int) -> int:
    """Count the n-grams of *output* that a reference holds, as often as one does.

    >>> clipped_matches("the the the".split(), ["the cat the mat".split()], 1)
    2
    """
    most: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        most |= ngrams(reference, n)  # the larger of two counts
    return (ngrams(output, n) & most).total()  # the smaller of two counts


def closest_length(output: Tokens, references: Sequence[Tokens]) -> int:
    """Return the length of the reference nearest in length; of two, the shorter.

    Raises:
        ValueError: there is no reference.

    >>> closest_length("a b c".split(), ["a b".split(), "a b c d".split()])
    2
    """
    if not len(references):
        raise ValueError("an output without a reference can't be judged; give one")
    return min((abs(len(r) - len(output)), len(r)) for r in references)[1]


@dataclass(frozen=True)
class Bleu:
    """A score and its parts: four precisions and the penalty, all from 0 to 1."""

    score: float
    precisions: tuple[float, ...]
    brevity_penalty: float


def bleu(outputs: Sequence[Tokens], references: Sequence[Sequence[Tokens]]) -> Bleu:
    """Return the BLEU of a whole test set: all sums first, then the divisions.

    Args:
        outputs: the tokens of each sentence's translation.
        references: for each sentence the tokens of every reference translation.

    Raises:
        ValueError: the numbers of outputs and of sentences differ, or are zero, or a
            sentence has no reference.

    >>> bleu(["no lo sé .".split()], [["no lo sé .".split()]]).score
    1.0
    """
    if len(outputs) != len(references) or not len(outputs):
        raise ValueError(f"{len(outputs)} outputs for {len(references)} sentences")
    wanted = sum(map(closest_length, outputs, references))
    both = list(zip(outputs, references, strict=True))
    precisions = []
    for n in (1, 2, 3, 4):
        matches = sum(clipped_matches(output, refs, n) for output, refs in both)
        possible = sum(max(0, len(output) - n + 1) for output in outputs)
        precisions.append(matches / possible if possible else 0.0)
    written = sum(map(len, outputs))
    penalty = (
        1.0 if written >= wanted else math.exp(1 - wanted / max(written, 1e-9))
    )
    score = 0.0
    if min(precisions) > 0:
        score = penalty * math.exp(sum(map(math.log, precisions)) / 4)
    return Bleu(score, tuple(precisions), penalty)


def chrf(output: str, reference: str, beta: float = 2.0) -> float:
    """Return the chrF of one output: an F-score of runs of one to six characters.

    Args:
        output: the translation, as a text; spaces are left out.
        reference: what it is compared with.
        beta: how many times as much recall counts as precision.

    Returns:
        a share from 0 to 1; lengths of which either text has no run are left out.

    Raises:
        ValueError: *beta* is not above zero.

    Source: Popović (2015), with beta 2 as in sacrebleu.

    >>> round(chrf("abc", "abd"), 3)
    0.389
    """
    if not beta > 0:
        raise ValueError(f"beta weighs recall and is above zero, not {beta}")
    precisions, recalls = [], []
    for n in range(1, 7):
        ours = ngrams([*"".join(output.split())], n)
        theirs = ngrams([*"".join(reference.split())], n)
        if ours and theirs:
            matches = (ours & theirs).total()
            precisions.append(matches / ours.total())
            recalls.append(matches / theirs.total())
    if not sum(precisions):
        return 0.0
    precision, recall = (sum(p) / len(p) for p in (precisions, recalls))
    return (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
