"""Latent Dirichlet allocation and its collapsed Gibbs sampler (standard library only).

Every word of every document has a topic.  The sampler visits the words one after the other, takes
a word's topic away, and draws it anew from its distribution given all others.
"""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass
class State:
    """An assignment of topics to words, with its counts.

    Attributes:
        documents: each the numbers of its words, w.
        topics: the topic z of every word, in the same shape.
        by_document: n_dk, how many words of document d have topic k, (D, K).
        by_word: n_wk, how often word w has topic k, (V, K).
        totals: n_k, how many words have topic k, (K,).
        alpha: imagined words of every topic in every document.
        beta: imagined occurrences of every word in every topic.
    """

    documents: list[list[int]]
    topics: list[list[int]]
    by_document: list[list[int]]
    by_word: list[list[int]]
    totals: list[int]
    alpha: float
    beta: float


def start(
    documents: Sequence[Sequence[int]],
    n_words: int,
    n_topics: int,
    alpha: float = 0.1,
    beta: float = 0.01,
    seed: int = 0,
) -> State:
    """Give every word a topic at random, and count.

    Args:
        documents: each the numbers of its words, from 0 to *n_words* − 1.
        n_words: size of the vocabulary, V.
        n_topics: K.
        alpha: of the topics in a document, above 0.
        beta: of the words in a topic, above 0.
        seed: of the draw.

    Raises:
        ValueError: a size or a prior is not above 0, or a word lies outside the vocabulary.

    >>> state = start([[0, 1, 1], []], n_words=2, n_topics=3)
    >>> sum(state.totals), [sum(row) for row in state.by_document]
    (3, [3, 0])
    """
    check_model(documents, n_words, n_topics, alpha, beta)
    rng = random.Random(seed)
    drawn = [[rng.randrange(n_topics) for _ in document] for document in documents]
    return counted(documents, drawn, n_words, n_topics, alpha, beta)


def check_model(
    documents: Sequence[Sequence[int]],
    n_words: int,
    n_topics: int,
    alpha: float,
    beta: float,
) -> None:
    """Refuse sizes and priors that are not above 0, and words outside the vocabulary."""
    if n_topics < 1 or n_words < 1:
        raise ValueError(
            f"a model needs a topic and a word, not {n_topics} topics and {n_words} words"
        )
    if not (0 < alpha < math.inf and 0 < beta < math.inf):
        raise ValueError(f"alpha and beta are above 0, not {alpha} and {beta}")
    for document in documents:
        for word in document:
            if not 0 <= word < n_words:
                raise ValueError(f"word {word} is not one of 0 to {n_words - 1}")


def counted(
    documents: Sequence[Sequence[int]],
    topics: Sequence[Sequence[int]],
    n_words: int,
    n_topics: int,
    alpha: float,
    beta: float,
) -> State:
    """Count an assignment that is given.

    Raises:
        ValueError: a size, a prior, a word or a topic is out of its range, or the topics have
            another shape than the words.
    """
    check_model(documents, n_words, n_topics, alpha, beta)
    if [len(d) for d in documents] != [len(z) for z in topics]:
        raise ValueError("every word has one topic: the two lists differ in shape")
    for assigned in topics:
        for k in assigned:
            if not 0 <= k < n_topics:
                raise ValueError(f"topic {k} is not one of 0 to {n_topics - 1}")
    by_document = [[0] * n_topics for _ in documents]
    by_word = [[0] * n_topics for _ in range(n_words)]
    totals = [0] * n_topics
    for d, (document, assigned) in enumerate(zip(documents, topics, strict=True)):
        for w, k in zip(document, assigned, strict=True):
            by_document[d][k] += 1
            by_word[w][k] += 1
            totals[k] += 1
    return State(
        [list(d) for d in documents],
        [list(z) for z in topics],
        by_document,
        by_word,
        totals,
        alpha,
        beta,
    )


def weights(state: State, d: int, w: int) -> list[float]:
    """Return for every topic how likely word *w* of document *d* has it, up to a factor.

    The word itself must have been taken out of the counts.

    Source: Griffiths and Steyvers (2004), equation 5.
    """
    smoothing = len(state.by_word) * state.beta  # V β
    return [
        (n_dk + state.alpha) * (n_wk + state.beta) / (n_k + smoothing)
        for n_dk, n_wk, n_k in zip(
            state.by_document[d], state.by_word[w], state.totals, strict=True
        )
    ]


def change(state: State, d: int, w: int, k: int, by: int) -> None:
    """Add *by* (1 or −1) to the three counts of word *w* of document *d* under topic *k*."""
    state.by_document[d][k] += by
    state.by_word[w][k] += by
    state.totals[k] += by


def sweep(state: State, rng: random.Random) -> None:
    """Visit every word once: take its topic away, draw it anew given all others.

    >>> state = start([[0, 0, 1], [2, 2]], n_words=3, n_topics=2)
    >>> sweep(state, random.Random(1))
    >>> sum(state.totals)
    5
    """
    for d, document in enumerate(state.documents):
        for i, w in enumerate(document):
            change(state, d, w, state.topics[d][i], -1)
            cumulative = list(accumulate(weights(state, d, w)))
            drawn = rng.random() * cumulative[-1]
            k = bisect(cumulative, drawn, hi=len(cumulative) - 1)
            state.topics[d][i] = k
            change(state, d, w, k, 1)


def log_joint(state: State) -> float:
    """Return log P(w, z): how likely words and topics are together, in nats.

    Both sets of distributions, topics in documents and words in topics, are integrated out.

    Source: Griffiths and Steyvers (2004), equations 2 and 3.

    >>> state = counted([[0, 0]], [[0, 0]], n_words=2, n_topics=1, alpha=1, beta=1)
    >>> round(math.exp(log_joint(state)), 6)  # 1/2 for the first word, 2/3 for the second
    0.333333
    """
    n_words, n_topics = len(state.by_word), len(state.totals)
    total = 0.0
    for row in state.by_document:
        total += _log_dirichlet(row, sum(row), n_topics, state.alpha)
    for k, n_k in enumerate(state.totals):
        column = [row[k] for row in state.by_word]
        total += _log_dirichlet(column, n_k, n_words, state.beta)
    return total


def _log_dirichlet(
    counts: Sequence[int], total: int, size: int, prior: float
) -> float:
    """Return the log probability of a sequence with these counts under a Dirichlet prior."""
    parts = Counter(n for n in counts if n)
    seen = sum(
        times * (math.lgamma(n + prior) - math.lgamma(prior))
        for n, times in parts.items()
    )
    return math.lgamma(size * prior) - math.lgamma(total + size * prior) + seen


def word_shares(state: State) -> list[list[float]]:
    """Return φ by word, (V, K): column k holds the words' probabilities in topic k.

    Source: Griffiths and Steyvers (2004), equation 6.

    >>> state = counted([[0, 0, 1]], [[0, 0, 0]], 2, 1, alpha=0.1, beta=0.5)
    >>> word_shares(state)
    [[0.625], [0.375]]
    """
    smoothing = len(state.by_word) * state.beta
    sums = [n_k + smoothing for n_k in state.totals]
    return [
        [(n + state.beta) / total for n, total in zip(row, sums, strict=True)]
        for row in state.by_word
    ]


def topic_shares(state: State) -> list[list[float]]:
    """Return θ, (D, K): row d holds the topics' shares of document d.

    Source: Griffiths and Steyvers (2004), equation 7.

    >>> topic_shares(counted([[0, 0]], [[0, 1]], 1, 2, alpha=1, beta=1))
    [[0.5, 0.5]]
    """
    smoothing = len(state.totals) * state.alpha
    return [
        [(n + state.alpha) / (sum(row) + smoothing) for n in row]
        for row in state.by_document
    ]


def top_words(
    shares: Sequence[Sequence[float]], vocabulary: Sequence[str], n: int = 10
) -> list[list[str]]:
    """Return the *n* most probable words of every topic, in alphabetical order on a tie.

    Raises:
        ValueError: the vocabulary has another size than the table.

    >>> top_words([[0.2, 0.5], [0.8, 0.5]], ["ball", "vote"], n=1)
    [['vote'], ['ball']]
    """
    if len(shares) != len(vocabulary):
        raise ValueError(f"{len(shares)} rows but {len(vocabulary)} words")
    if not shares:
        return []
    order = [
        sorted(range(len(shares)), key=lambda w: (-shares[w][k], vocabulary[w]))
        for k in range(len(shares[0]))
    ]
    return [[vocabulary[w] for w in ranked[: max(n, 0)]] for ranked in order]
