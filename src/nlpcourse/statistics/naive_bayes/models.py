"""The two models: how often a word occurs (multinomial), and whether it occurs (Bernoulli).

Both turn counts into log probabilities, add them up for a document, and get back from the sums
to a posterior with :func:`normalise`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Protocol

from nlpcourse.statistics.naive_bayes.features import (
    Counts,
    Document,
    require_words,
)


def log_sum_exp(log_values: Iterable[float]) -> float:
    """Return ``log(exp(a) + exp(b) + …)`` without underflow: the largest is taken out first.

    The sum of nothing is 0, so the logarithm of nothing is minus infinity.

    >>> log_sum_exp([-1000.0, -1000.0]) == -1000.0 + math.log(2)
    True
    """
    log_values = list(log_values)
    largest = max(log_values, default=-math.inf)
    if math.isinf(largest):
        return largest
    total = math.fsum(math.exp(value - largest) for value in log_values)
    return largest + math.log(total)


def normalise(joint: Mapping[str, float]) -> dict[str, float]:
    """Turn joint log probabilities log P(c, d) into the posterior P(c | d).

    Raises:
        ValueError: every class has probability zero, which happens without smoothing;
            there are no classes; or a value is no logarithm of a probability.

    >>> posterior = normalise({"spam": -1000.0, "ham": -1000.0 - math.log(3)})
    >>> {label: round(p, 12) for label, p in posterior.items()}
    {'spam': 0.75, 'ham': 0.25}
    """
    _require_logs(joint)
    evidence = log_sum_exp(joint.values())  # log P(d)
    if evidence == -math.inf:
        raise ValueError("every class has probability zero; smooth with alpha > 0")
    return {label: math.exp(a - evidence) for label, a in joint.items()}


def _require_logs(joint: Mapping[str, float]) -> None:
    """Refuse no classes, and a value that is infinite above or no number."""
    if not joint:
        raise ValueError("no classes to compare")
    for label, a in joint.items():
        if not a < math.inf:
            raise ValueError(f"log P of class {label!r} is {a!r}: not a logarithm")


def _log(value: float) -> float:
    """Return the natural logarithm, minus infinity for zero."""
    return math.log(value) if value > 0 else -math.inf


def _log_share(part: float, total: float) -> float:
    """Return log(part / total), minus infinity for nothing out of nothing."""
    return _log(part / total) if total else -math.inf


def _log_priors(
    counts: Counts, prior: Mapping[str, float] | None
) -> dict[str, float]:
    """Return log P(c): the share of documents with label c, or the given prior."""
    if prior is None:
        total = sum(counts.documents.values())
        return {
            label: _log(n / total) for label, n in sorted(counts.documents.items())
        }
    if set(prior) != set(counts.documents):
        raise ValueError(
            f"the prior has {sorted(prior)}, the counts {sorted(counts.documents)}"
        )
    if min(prior.values()) < 0 or not math.isclose(sum(prior.values()), 1.0):
        raise ValueError(
            f"a prior is a set of shares that sum to 1, not {dict(prior)}"
        )
    return {label: _log(prior[label]) for label in sorted(prior)}


def _require_smoothing(alpha: float) -> None:
    """Refuse a number of imagined occurrences that is negative or no number."""
    if not 0 <= alpha < math.inf:
        raise ValueError(
            f"alpha is a number of imagined occurrences, 0 or more, not {alpha!r}"
        )


class _Bayes:
    """What both models do with their joint log probabilities."""

    def joint(self, document: Document) -> dict[str, float]:
        """Return log P(c, d) for every class c, in alphabetical order; each model has its own."""
        raise TypeError(
            f"{type(self).__name__} does not say how likely a document is"
        )

    def posterior(self, document: Document) -> dict[str, float]:
        """Return P(c | d) for every class c; see :func:`normalise`.

        Raises:
            ValueError: the document is a text that was not cut into words.
        """
        require_words(document)
        return normalise(self.joint(document))

    def predict(self, document: Document) -> str:
        """Return the most probable class (the first in alphabetical order on a tie).

        Raises:
            ValueError: the document is a text that was not cut into words.
        """
        require_words(document)
        joint = self.joint(document)
        return max(joint, key=joint.__getitem__)


class MultinomialNaiveBayes(_Bayes):
    """A document is drawn word by word from its class's distribution over the vocabulary.

    Source: McCallum and Nigam (1998), section 2.2; Manning, Raghavan and Schütze (2008),
    section 13.2.  Equal to scikit-learn's ``MultinomialNB``.
    """

    def __init__(
        self,
        counts: Counts,
        alpha: float = 1.0,
        prior: Mapping[str, float] | None = None,
    ) -> None:
        """Turn counts into log probabilities.

        Args:
            counts: of the training texts.
            alpha: imagined occurrences of every word in every class (1 is Laplace's rule).
            prior: P(c) by label; the share of each label in the training texts by default.

        Raises:
            ValueError: alpha is negative, or the prior has other labels or no sum of 1.
        """
        _require_smoothing(alpha)
        vocabulary = counts.vocabulary
        self.log_prior = _log_priors(counts, prior)
        self.log_likelihood: dict[str, dict[str, float]] = {}
        for label in self.log_prior:
            n = counts.words[label]
            total = sum(n.values()) + alpha * len(vocabulary)
            # words of the same count share one probability
            log_p = {k: _log_share(k + alpha, total) for k in {0, *n.values()}}
            seen = {word: log_p[k] for word, k in n.items()}
            unseen = dict.fromkeys(vocabulary, log_p[0])
            self.log_likelihood[label] = unseen | seen

    def joint(self, document: Document) -> dict[str, float]:
        """Return log P(c) + Σ log P(w | c) for every class c; unknown words are ignored."""
        scores = {}
        for label, log_prior in self.log_prior.items():
            log_p = self.log_likelihood[label]
            known = (log_p[word] for word in document if word in log_p)
            scores[label] = math.fsum([log_prior, *known])
        return scores


class BernoulliNaiveBayes(_Bayes):
    """Every word of the vocabulary flips a coin of its class: in the document or not.

    Unlike the multinomial model it also counts the words that are *absent*, and it doesn't care
    how often a word occurs.

    Source: McCallum and Nigam (1998), section 2.1.  Equal to scikit-learn's ``BernoulliNB``.
    """

    def __init__(
        self,
        counts: Counts,
        alpha: float = 1.0,
        prior: Mapping[str, float] | None = None,
    ) -> None:
        """Turn document counts into log probabilities.

        Args:
            counts: of documents that went through :func:`once`.
            alpha: imagined documents with, and as many without, every word.
            prior: P(c) by label; the share of each label in the training texts by default.

        Raises:
            ValueError: a word was counted twice in a document; alpha or the prior is wrong.
        """
        _require_smoothing(alpha)
        vocabulary = counts.vocabulary
        self.log_prior = _log_priors(counts, prior)
        self.log_present: dict[str, dict[str, float]] = {}
        self.log_absent: dict[str, dict[str, float]] = {}
        for label in self.log_prior:
            n, n_documents = counts.words[label], counts.documents[label]
            if max(n.values(), default=0) > n_documents:
                raise ValueError(
                    "a word was counted twice in one document; apply `once` first"
                )
            total = n_documents + 2 * alpha
            share = {word: (n.get(word, 0) + alpha) / total for word in vocabulary}
            self.log_present[label] = {word: _log(p) for word, p in share.items()}
            # log1p(-p), not log(1 - p): thousands of rare words would add up their lost digits
            self.log_absent[label] = {
                word: math.log1p(-p) if p < 1 else -math.inf
                for word, p in share.items()
            }
        self._empty_document = {
            label: math.fsum(log_q.values())
            for label, log_q in self.log_absent.items()
        }

    def joint_by_definition(self, document: Document) -> dict[str, float]:
        """Return log P(c, d) word by word through the whole vocabulary, as the equation says."""
        present = set(document)
        scores = {}
        for label, log_prior in self.log_prior.items():
            log_p, log_q = self.log_present[label], self.log_absent[label]
            coins = (log_p[w] if w in present else log_q[w] for w in log_p)
            scores[label] = math.fsum([log_prior, *coins])
        return scores

    def joint(self, document: Document) -> dict[str, float]:
        """Return log P(c, d): the empty document's, mended for the few words that are present.

        It equals :meth:`joint_by_definition` and touches the document's words only.
        """
        scores = {}
        for label, log_prior in self.log_prior.items():
            log_p, log_q = self.log_present[label], self.log_absent[label]
            empty = self._empty_document[label]
            if empty == -math.inf:  # no smoothing: mending would be ∞ − ∞
                return self.joint_by_definition(document)
            present = (w for w in set(document) if w in log_p)
            mended = (log_p[w] - log_q[w] for w in present)
            scores[label] = math.fsum([log_prior, empty, *mended])
        return scores


class Classifier(Protocol):
    """What both models offer."""

    def posterior(self, document: Document) -> dict[str, float]:
        """Return P(c | d) for every class c."""
