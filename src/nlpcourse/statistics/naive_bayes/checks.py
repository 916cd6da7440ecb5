"""Instant checks of chapter 11, Naive Bayes."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlpcourse.exercises import Hint, close, exercise, not_in_per_cent, parameters
from nlpcourse.statistics.naive_bayes.features import count
from nlpcourse.statistics.naive_bayes.models import MultinomialNaiveBayes

# ── 11.1 · the base rate ──────────────────────────────────────────────────────────────────────────


def draw_filter(rng: random.Random) -> dict[str, Any]:
    """Draw a filter and the stream of messages that it meets."""
    return {
        "spam_share": rng.choice([0.01, 0.02, 0.05]),
        "caught": rng.choice([0.9, 0.95, 0.99]),
        "blocked": rng.choice([0.01, 0.02, 0.05]),
    }


@exercise("11.1", parameters=draw_filter, cases=4)
def precision_of_filter(answer: object) -> str:
    """Bayes' rule for the class's own filter: P(spam | blocked), a number."""
    p = parameters("11.1")
    share, caught, blocked = p["spam_share"], p["caught"], p["blocked"]
    spam, ham = share * caught, (1 - share) * blocked
    right = spam / (spam + ham)
    if not close(answer, right):
        _ask_about_the_folder(answer, share, caught, blocked)
    return (
        "The rarer the spam, the more of the folder is ham, with the very same filter. Doctors "
        "know this as the base-rate fallacy: when an illness is rare, most of the people whom a "
        "good test calls ill can be well."
    )


def _ask_about_the_folder(
    answer: object, share: float, caught: float, blocked: float
) -> None:
    """Ask about the mistake that led to a wrong share."""
    spam, ham = share * caught, (1 - share) * blocked
    right = spam / (spam + ham)
    if close(answer, caught):
        raise Hint(
            "You gave back the share of spam that is caught. Of everything that lands in the "
            "spam folder, how much is ham?"
        )
    if close(answer, spam) or close(answer, spam + ham):
        raise Hint(
            f"With {answer!r} you speak of all messages. What must you divide the blocked spam "
            "by, to speak of the blocked messages alone?"
        )
    if close(answer, spam / (spam + share * blocked)) or close(
        answer, caught / (caught + blocked)
    ):
        raise Hint(
            "Did you weigh the blocked ham by the share of ham, which is 1 minus the share of "
            "spam?"
        )
    if close(answer, 1 - right):
        raise Hint("That is the share of ham in the folder. What is left?")
    not_in_per_cent(answer, right)
    raise Hint(
        f"With spam_share={share:g}, caught={caught:g}, blocked={blocked:g} your answer is "
        f"{answer!r}. Out of 1,000 messages, how many spam and how many ham end up blocked?"
    )


# ── 11.2 · smoothing ──────────────────────────────────────────────────────────────────────────────


@exercise("11.2")
def smoothed_probability(
    answer: Callable[[str, Mapping[str, int], int, float], float],
) -> str:
    """Add-alpha smoothing of one word's probability."""
    counts = {"free": 3, "call": 1}
    cases: list[tuple[str, int, float]] = [
        ("free", 5, 1.0), ("call", 5, 0.5), ("hello", 5, 1.0), ("hello", 40, 0.1), ("free", 2, 0.0),
    ]  # fmt: skip
    for word, size, alpha in cases:
        try:
            got = answer(word, dict(counts), size, alpha)
        except KeyError:
            raise Hint(
                f"{word!r} is not among the counts. Which count has a word that never occurred, "
                "and how do you ask a dictionary for it without an error?"
            ) from None
        n, total = counts.get(word, 0), sum(counts.values())
        right = (n + alpha) / (total + alpha * size)
        if close(got, right):
            continue
        if close(got, n / total) and alpha:
            raise Hint(
                "That is the share without smoothing. Where does alpha come in?"
            )
        if close(got, (n + alpha) / total):
            raise Hint(
                "You gave every word alpha extra occurrences. Did the total grow with them? Add up "
                "the probabilities of all words: do they make 1?"
            )
        if close(got, (n + alpha) / (total + alpha)):
            raise Hint(
                "The total grew by one alpha. How many words of the vocabulary were given one each?"
            )
        if close(got, (n + alpha) / (total + alpha * len(counts))):
            raise Hint(
                "Did you count only the words that this class has seen? The vocabulary also holds "
                "the words of the other class."
            )
        if close(got, (n + alpha) / (total + size)):
            raise Hint("Is the total right when alpha is not 1?")
        raise Hint(
            f"For {word!r}, a vocabulary of {size} words and alpha={alpha} you gave {got!r}. What "
            "are the numerator and the denominator, written as fractions?"
        )
    return (
        "With alpha = 1 this is Laplace's rule of succession. Pierre-Simon Laplace used it to ask "
        "how sure we may be that the sun will rise tomorrow."
    )


# ── 11.3 · log odds ───────────────────────────────────────────────────────────────────────────────

_SPAM = Counter({"free": 4, "call": 3, "prize": 2, "now": 1})
_HAM = Counter({"call": 2, "home": 4, "now": 3, "love": 3})


def _log_odds(
    document: Sequence[str], spam: Counter[str], ham: Counter[str], p: float
) -> float:
    vocabulary = set(spam) | set(ham)
    parts = [math.log(p / (1 - p))]
    for word in document:
        if word in vocabulary:
            in_spam = (spam[word] + 1) / (sum(spam.values()) + len(vocabulary))
            in_ham = (ham[word] + 1) / (sum(ham.values()) + len(vocabulary))
            parts.append(math.log(in_spam / in_ham))
    return math.fsum(parts)


@exercise("11.3")
def log_odds(
    answer: Callable[[Sequence[str], Counter[str], Counter[str], float], float],
) -> str:
    """The log odds of spam, for short and for very long documents."""

    def ask(document: list[str], p: float = 0.5) -> float:
        return answer(list(document), Counter(_SPAM), Counter(_HAM), p)

    empty = ask([], 0.2)
    if not close(empty, math.log(0.2 / 0.8)):
        if close(empty, math.log(0.2)):
            raise Hint(
                "An empty message gave log P(spam). Log odds compare two classes: what is taken "
                "away from it?"
            )
        raise Hint(
            f"An empty message with prior 0.2 gave {empty!r}. With no words to go by, what are the "
            "odds of spam against ham, and what is their logarithm?"
        )
    one = ask(["free"])
    if not close(one, _log_odds(["free"], _SPAM, _HAM, 0.5)):
        if close(one, math.log((4 + 1) / (0 + 1))):
            raise Hint(
                "Did you divide each count by its own class's smoothed total?"
            )
        raise Hint(
            f"The message 'free' gave {one!r}. What is the smoothed P(free | spam), and what is "
            "P(free | ham)? The vocabulary has six words."
        )
    twice = ask(["free", "free"])
    if not close(twice, _log_odds(["free", "free"], _SPAM, _HAM, 0.5)):
        raise Hint(
            "'free' came twice. Should it count twice in the multinomial model?"
        )
    strange = ask(["free", "zebra"])
    if not close(strange, _log_odds(["free"], _SPAM, _HAM, 0.5)):
        raise Hint(
            "'zebra' is in neither class's counts and changed the answer. What can a word say that "
            "neither class has ever seen?"
        )
    long = ask(["home", "love"] * 5000)
    if not close(long, _log_odds(["home", "love"] * 5000, _SPAM, _HAM, 0.5)):
        raise Hint(
            f"Ten thousand words gave {long!r}. Did you multiply probabilities, and take the "
            "logarithm of a product that had already become 0?"
        )
    rng = random.Random(3)
    for _ in range(20):
        document = rng.choices([*_SPAM, *_HAM, "zebra"], k=rng.randrange(12))
        p = rng.uniform(0.05, 0.95)
        if not close(ask(document, p), _log_odds(document, _SPAM, _HAM, p)):
            raise Hint(
                f"{' '.join(document)!r} with prior {p:.2f} is not right yet. Which word's "
                "contribution differs from log P(w | spam) − log P(w | ham)?"
            )
    return (
        "Alan Turing added up log odds in just this way at Bletchley Park. He called the unit the "
        "ban, after Banbury, where the sheets were printed on which the sums were made."
    )


# ── 11.4 · absent words ───────────────────────────────────────────────────────────────────────────


def _bernoulli(present: set[str], shares: Mapping[str, float]) -> float:
    return math.prod(p if word in present else 1 - p for word, p in shares.items())


@exercise("11.4")
def bernoulli_likelihood(
    answer: Callable[[Sequence[str], Mapping[str, float]], float],
) -> str:
    """P(d | c) of the Bernoulli model."""
    shares = {"call": 0.5, "free": 0.4, "love": 0.1}
    cases: list[list[str]] = [
        ["call"],
        [],
        ["call", "free", "love"],
        ["love", "call"],
    ]
    for document in cases:
        got, right = (
            answer(list(document), dict(shares)),
            _bernoulli(set(document), shares),
        )
        if close(got, right, abs=0):
            continue
        if close(got, math.prod(shares[w] for w in document)):
            raise Hint(
                f"{document!r} is missing some words of the vocabulary. How likely is it that a "
                "message of this class lacks them?"
            )
        if close(got, math.log(right)):
            raise Hint(
                "That is the logarithm. How do you get back to the probability itself?"
            )
        raise Hint(
            f"For {document!r} you gave {got!r}. Go through the vocabulary word by word: which "
            "factor does each give when it is present, which when it is absent?"
        )
    twice = answer(["call", "call"], dict(shares))
    if not close(twice, _bernoulli({"call"}, shares), abs=0):
        raise Hint(
            "'call' came twice. Does this model care how often a word occurs?"
        )
    try:
        strange = answer(["call", "zebra"], dict(shares))
    except KeyError:
        raise Hint(
            "'zebra' is not in the vocabulary. Should it count at all?"
        ) from None
    if not close(strange, _bernoulli({"call"}, shares)):
        raise Hint("'zebra' is not in the vocabulary. Should it change the answer?")
    rng = random.Random(4)
    for _ in range(10):
        table = {f"w{i}": rng.uniform(0.01, 0.99) for i in range(8)}
        document = rng.choices([*table], k=rng.randrange(10))
        got = answer(list(document), dict(table))
        if not close(got, _bernoulli(set(document), table), abs=0):
            raise Hint(
                f"For {document!r} and {table!r} you gave {got!r}. Which factor differs?"
            )
    return (
        "An empty message has a likelihood of its own in this model: the product of all the "
        "absences. The multinomial model has nothing to say about it but the prior."
    )


# ── 11.5 · features that see a negation ───────────────────────────────────────────────────────────

OPINIONS = [
    ("a good film", "pos"),
    ("good acting", "pos"),
    ("good fun", "pos"),
    ("a good story", "pos"),
    ("not bad", "pos"),
    ("not bad at all", "pos"),
    ("a bad film", "neg"),
    ("bad acting", "neg"),
    ("bad jokes", "neg"),
    ("a bad story", "neg"),
    ("not good", "neg"),
    ("not good at all", "neg"),
]
"""Twelve opinions to learn from; exercise 11.5 trains on them."""

JUDGED = [
    ("good music", "pos"),
    ("a good plot", "pos"),
    ("bad music", "neg"),
    ("a bad plot", "neg"),
    ("the plot is not good", "neg"),
    ("the plot is not bad", "pos"),
    ("not good music", "neg"),
    ("not bad music", "pos"),
]
"""Eight opinions to judge."""


def wrong_opinions(
    features: Callable[[list[str]], list[str]],
    judged: Sequence[tuple[str, str]] = JUDGED,
) -> list[tuple[str, str]]:
    """Return which of the *judged* opinions naive Bayes gets wrong, given these features."""

    def bag(text: str) -> list[str]:
        found = features(text.split())
        if isinstance(found, str):
            raise Hint(
                f"For {text!r} you gave back {found!r}. Is it a list of strings?"
            )
        bag_of = list(found)
        if not all(isinstance(feature, str) for feature in bag_of):
            raise Hint(
                f"For {text!r} you gave back {bag_of!r}. Is every feature a string?"
            )
        for feature in bag_of:
            if not any(word in feature.lower() for word in text.split()):
                raise Hint(
                    f"For {text!r} the feature {feature!r} names none of the words. How "
                    "would a reader of the model know what it saw?"
                )
        return bag_of

    documents = [bag(text) for text, _ in OPINIONS]
    model = MultinomialNaiveBayes(
        count(documents, [label for _, label in OPINIONS])
    )
    return [
        (text, gold) for text, gold in judged if model.predict(bag(text)) != gold
    ]


@exercise("11.5")
def negation_features(answer: Callable[[list[str]], list[str]]) -> str:
    """Any features at all, as long as naive Bayes then gets the opinions right."""
    if wrong := wrong_opinions(answer):
        text, gold = wrong[0]
        side = "positive" if gold == "pos" else "negative"
        share = f"{len(JUDGED) - len(wrong)} of {len(JUDGED)}"
        question = (
            "Can a feature tell 'good' after 'not' from 'good' alone?"
            if "not" in text.split()
            else "Do the plain words still count, beside your new features?"
        )
        raise Hint(f"{share} are right; {text!r} should be {side}. {question}")
    if any(len(answer(text.split())) == 0 for text, _ in JUDGED):
        raise Hint(
            "One of the opinions has no features at all. Did you mean to throw it away?"
        )
    return (
        "You have engineered a feature. Das and Chen marked every word between a negation and the "
        "next punctuation mark in 2001, to read what investors wrote about shares."
    )
