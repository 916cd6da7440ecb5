"""Topics of a text that the model has not seen, and how well it foretells the text's words."""

from __future__ import annotations

import math
from collections.abc import Sequence

Shares = Sequence[Sequence[float]]
"""φ by word, (V, K): row w holds the probability of word w in each topic."""


def fold_in(
    document: Sequence[int], shares: Shares, alpha: float = 0.1, rounds: int = 50
) -> list[float]:
    """Return the topics' shares θ of a new document, the model's topics being fixed.

    Each word is dealt out over the topics in proportion to θ_k φ_kw; the parts of each topic,
    with alpha more, are the next θ.

    Args:
        document: the numbers of its words.
        shares: φ by word, (V, K).
        alpha: imagined words of every topic, above 0.
        rounds: how often to deal.

    Raises:
        ValueError: a word lies outside the table, the table is empty, or alpha is not above 0.

    Source: Hofmann (1999), folding in by EM, with a Dirichlet prior of alpha + 1.

    >>> [round(share, 3) for share in fold_in([0, 0, 1], [[0.9, 0.1], [0.1, 0.9]])]
    [0.688, 0.312]
    """
    _check_table(document, shares, alpha)
    n_topics = len(shares[0])
    theta = [1 / n_topics] * n_topics
    for _ in range(rounds if document else 0):
        parts = [alpha] * n_topics
        for w in document:
            joint = [t * p for t, p in zip(theta, shares[w], strict=True)]
            total = sum(joint) or 1.0
            parts = [part + j / total for part, j in zip(parts, joint, strict=True)]
        theta = [part / sum(parts) for part in parts]
    return theta


def _check_table(document: Sequence[int], shares: Shares, alpha: float) -> None:
    """Refuse an empty table, words outside it, and an alpha that is not above 0."""
    if not len(shares) or not len(shares[0]):
        raise ValueError("a model needs a topic and a word: the table is empty")
    if not 0 < alpha < math.inf:
        raise ValueError(f"alpha is above 0, not {alpha}")
    for w in document:
        if not 0 <= w < len(shares):
            raise ValueError(f"word {w} is not one of 0 to {len(shares) - 1}")


def completion_perplexity(
    documents: Sequence[Sequence[int]], shares: Shares, alpha: float = 0.1
) -> float:
    """Return the perplexity of every second word, given the topics of the words between them.

    The first, third … word of a document gives its θ; the others are foretold by
    Σ_k θ_k φ_kw.  A word's first occurrence elsewhere in the document may be among the known ones.

    Raises:
        ValueError: no document has two words, or a word has no probability at all.

    Source: Wallach, Murray, Salakhutdinov and Mimno (2009), document completion.

    >>> round(completion_perplexity([[0, 1], [1, 1]], [[0.5], [0.5]]), 6)
    2.0
    """
    logs: list[float] = []
    for document in documents:
        theta = fold_in(document[::2], shares, alpha)
        for w in document[1::2]:
            _check_table([w], shares, alpha)
            p = sum(t * share for t, share in zip(theta, shares[w], strict=True))
            if not p > 0:
                raise ValueError(f"word {w} has no probability; smooth the table")
            logs.append(math.log(p))
    if not logs:
        raise ValueError(
            "no document has a second word to foretell; give longer ones"
        )
    return math.exp(-sum(logs) / len(logs))
