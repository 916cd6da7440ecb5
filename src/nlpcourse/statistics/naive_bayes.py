"""Naive Bayes for text: count words, turn counts into log probabilities, add them up.

The ladder, one idea a rung:

1. :func:`words` and :func:`with_bigrams` turn a text into a bag of features;
2. :func:`count` is the whole of training;
3. :class:`MultinomialNaiveBayes` models how often a word occurs,
   :class:`BernoulliNaiveBayes` whether it occurs at all;
4. :func:`log_sum_exp` and :func:`normalise` turn joint log probabilities into a posterior;
5. :func:`explain` says which word pushed which way, and by how much;
6. :func:`reliability` asks whether the probabilities mean what they say.

Words that no training text holds are ignored, as scikit-learn's ``CountVectorizer`` does.  What
this module does not handle: continuous features, weights of documents, missing labels.

This room uses the standard library alone: it also runs inside the page.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Protocol

from nlpcourse.evaluation import cross_validation_folds

Document = Sequence[str]
"""A document as naive Bayes sees it: its words, in any order."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]")


def words(text: str) -> list[str]:
    """Split a text into lower-case words and single punctuation marks.

    Punctuation is kept: ``!`` and ``£`` say much about a text message.

    >>> words("WINNER!! Don't miss £500")
    ['winner', '!', '!', "don't", 'miss', '£', '500']
    """
    return _WORD.findall(text.lower())


def with_bigrams(document: Document) -> list[str]:
    """Return the words of a document followed by its pairs of neighbours.

    >>> with_bigrams(["not", "good", "."])
    ['not', 'good', '.', 'not good', 'good .']
    """
    pairs = [f"{first} {second}" for first, second in pairwise(document)]
    return [*document, *pairs]


def once(document: Document) -> list[str]:
    """Return the document with every word kept once, in the order of first occurrence.

    >>> once(["free", "free", "call"])
    ['free', 'call']
    """
    return list(dict.fromkeys(document))


def unswallow(text: str, label: str) -> list[tuple[str, str]]:
    """Split a text that a broken file glued to the labelled lines after it; return (text, label).

    In the carrier's SMS file a stray quotation mark made eight messages swallow 737 others, each
    on a line of its own behind its label and a tab.

    >>> unswallow("Gud nite\\nspam\\tWIN a prize", "ham")
    [('Gud nite', 'ham'), ('WIN a prize', 'spam')]
    """
    first, *rest = re.split(r"\n(ham|spam)\t", text)
    return [(first, label), *zip(rest[1::2], rest[0::2], strict=True)]


@dataclass(frozen=True)
class Counts:
    """What the training texts leave behind.

    Attributes:
        documents: label to number of documents, N_c.
        words: label to word to number of occurrences, n_cw.
    """

    documents: Mapping[str, int]
    words: Mapping[str, Mapping[str, int]]

    @property
    def vocabulary(self) -> list[str]:
        """All words of all classes, in the order in which the training texts brought them."""
        return list(dict.fromkeys(chain.from_iterable(self.words.values())))


def count(documents: Iterable[Document], labels: Iterable[str]) -> Counts:
    """Count documents and words by label: the whole of training.

    Args:
        documents: each a sequence of words.
        labels: one for each document.

    Raises:
        ValueError: there are no documents, or not as many labels as documents.

    >>> counts = count([["free", "call"], ["call", "me"]], ["spam", "ham"])
    >>> counts.documents["spam"], counts.words["ham"]["call"]
    (1, 1)
    """
    n_documents: Counter[str] = Counter()
    n_words: dict[str, Counter[str]] = {}
    for document, label in zip(documents, labels, strict=True):
        n_documents[label] += 1
        n_words.setdefault(label, Counter()).update(document)
    if not n_documents:
        raise ValueError("no documents to count")
    return Counts(n_documents, n_words)


def log_sum_exp(log_values: Iterable[float]) -> float:
    """Return ``log(exp(a) + exp(b) + …)`` without underflow: the largest is taken out first.

    >>> log_sum_exp([-1000.0, -1000.0]) == -1000.0 + math.log(2)
    True
    """
    log_values = list(log_values)
    largest = max(log_values)
    if largest == -math.inf:
        return -math.inf
    total = math.fsum(math.exp(value - largest) for value in log_values)
    return largest + math.log(total)


def normalise(joint: Mapping[str, float]) -> dict[str, float]:
    """Turn joint log probabilities log P(c, d) into the posterior P(c | d).

    Raises:
        ValueError: every class has probability zero, which happens without smoothing.

    >>> posterior = normalise({"spam": -1000.0, "ham": -1000.0 - math.log(3)})
    >>> {label: round(p, 12) for label, p in posterior.items()}
    {'spam': 0.75, 'ham': 0.25}
    """
    evidence = log_sum_exp(joint.values())  # log P(d)
    if evidence == -math.inf:
        raise ValueError("every class has probability zero; smooth with alpha > 0")
    return {label: math.exp(a - evidence) for label, a in joint.items()}


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
        """Return P(c | d) for every class c; see :func:`normalise`."""
        return normalise(self.joint(document))

    def predict(self, document: Document) -> str:
        """Return the most probable class (the first in alphabetical order on a tie)."""
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


@dataclass(frozen=True)
class Contribution:
    """A word's push: *times* occurrences, each worth *weight* in log odds."""

    word: str
    times: int
    weight: float

    @property
    def push(self) -> float:
        """The word's whole contribution; above 0 it speaks for the first class."""
        return self.times * self.weight


@dataclass(frozen=True)
class Explanation:
    """Why a model prefers one class to another: parts that add up to the log odds."""

    prior: float
    contributions: list[Contribution]
    unknown: list[str]

    @property
    def log_odds(self) -> float:
        """The sum of all parts: log P(first | d) − log P(second | d)."""
        return math.fsum([self.prior, *(part.push for part in self.contributions)])


def explain(
    model: MultinomialNaiveBayes,
    document: Document,
    first: str,
    second: str,
) -> Explanation:
    """Split the log odds of two classes into the prior's and every word's share.

    A word's weight log P(w | first) − log P(w | second) is the log-count ratio of Wang and
    Manning (2012), section 2.1.

    Raises:
        KeyError: the model has no such class.

    >>> counts = count([["free", "call"], ["call", "me"]], ["spam", "ham"])
    >>> why = explain(MultinomialNaiveBayes(counts), ["free", "free", "lunch"], "spam", "ham")
    >>> [(part.word, part.times, round(part.push, 3)) for part in why.contributions], why.unknown
    ([('free', 2, 1.386)], ['lunch'])
    """
    log_a, log_b = model.log_likelihood[first], model.log_likelihood[second]
    prior = model.log_prior[first] - model.log_prior[second]
    parts, unknown = [], []
    for word, times in Counter(document).items():
        if word in log_a:
            weight = log_a[word] - log_b[word]
            parts.append(Contribution(word, times, weight))
        else:
            unknown.append(word)
    parts.sort(key=lambda part: (-part.push, part.word))
    return Explanation(prior, parts, unknown)


def telling_words(
    model: MultinomialNaiveBayes, first: str, second: str
) -> list[tuple[str, float]]:
    """Return every word with its weight, from most in favour of *first* to most of *second*."""
    log_a, log_b = model.log_likelihood[first], model.log_likelihood[second]
    return sorted(
        ((w, log_a[w] - log_b[w]) for w in log_a),
        key=lambda pair: (-pair[1], pair[0]),
    )


def out_of_fold(
    documents: Sequence[Document],
    labels: Sequence[str],
    train: Callable[[Counts], Classifier],
    folds: int = 10,
    seed: int = 0,
) -> list[dict[str, float]]:
    """Return every document's posterior from a model that has not seen that document.

    Args:
        documents: each a sequence of words.
        labels: one for each document.
        train: makes a model of the counts of the other folds.
        folds: number of parts of the cross-validation.
        seed: of the shuffle.
    """
    posteriors: list[dict[str, float]] = [{} for _ in documents]
    parts = cross_validation_folds(len(documents), folds, seed)
    for seen, held_out in parts:
        texts = [documents[i] for i in seen]
        model = train(count(texts, [labels[i] for i in seen]))
        for i in held_out:
            posteriors[i] = model.posterior(documents[i])
    return posteriors


def most_probable(posteriors: Iterable[Mapping[str, float]]) -> list[str]:
    """Return the most probable class of every posterior.

    >>> most_probable([{"ham": 0.3, "spam": 0.7}])
    ['spam']
    """
    return [
        max(sorted(posterior), key=posterior.__getitem__)
        for posterior in posteriors
    ]


@dataclass(frozen=True)
class ReliabilityBin:
    """Predictions of similar confidence: how sure they were on average, how often right."""

    confidence: float
    accuracy: float
    size: int


def reliability(
    confidences: Sequence[float], right: Sequence[bool], bins: int = 10
) -> list[ReliabilityBin]:
    """Group predictions by confidence in [0, 1]; leave out empty groups.

    A calibrated model has accuracy = confidence in every group.

    Source: DeGroot and Fienberg (1983); Guo et al. (2017), section 2.

    Raises:
        ValueError: the lengths differ, or a confidence lies outside [0, 1].

    >>> reliability([0.62, 0.68, 0.99], [True, False, True])[0]
    ReliabilityBin(confidence=0.65, accuracy=0.5, size=2)
    """
    if not all(0 <= confidence <= 1 for confidence in confidences):
        raise ValueError("a confidence lies between 0 and 1")
    groups: dict[int, list[tuple[float, bool]]] = {}
    for confidence, hit in zip(confidences, right, strict=True):
        place = min(int(confidence * bins), bins - 1)
        groups.setdefault(place, []).append((confidence, hit))
    return [_summary(group) for _, group in sorted(groups.items())]


def _summary(group: Sequence[tuple[float, bool]]) -> ReliabilityBin:
    """Return a group's mean confidence, the share that was right, and its size."""
    size = len(group)
    confidence = math.fsum(confidence for confidence, _ in group) / size
    return ReliabilityBin(confidence, sum(hit for _, hit in group) / size, size)


def calibration_error(groups: Sequence[ReliabilityBin]) -> float:
    """Return the mean gap between confidence and accuracy, weighted by size (ECE).

    Source: Guo et al. (2017), equation 3.

    >>> round(calibration_error([ReliabilityBin(0.9, 0.6, 10), ReliabilityBin(0.5, 0.5, 10)]), 12)
    0.15
    """
    total = sum(group.size for group in groups)
    gaps = (abs(g.confidence - g.accuracy) * g.size for g in groups)
    return math.fsum(gaps) / total
