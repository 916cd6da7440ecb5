"""The checks of chapter 11 accept every right answer and point at each usual mistake."""

import math
from fractions import Fraction
from itertools import pairwise

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.statistics.naive_bayes.features import with_bigrams


def by_fractions(document, spam, ham, p):
    vocabulary = spam.keys() | ham.keys()
    odds = Fraction(p) / (1 - Fraction(p))
    for word in document:
        if word in vocabulary:
            odds *= Fraction(spam[word] + 1, sum(spam.values()) + len(vocabulary))
            odds /= Fraction(ham[word] + 1, sum(ham.values()) + len(vocabulary))
    bits = odds.numerator.bit_length() - odds.denominator.bit_length()
    return math.log(odds / Fraction(2) ** bits) + bits * math.log(2)


def by_multiplying(document, spam, ham, p):
    vocabulary = set(spam) | set(ham)
    known = [w for w in document if w in vocabulary]
    a = p * math.prod(
        (spam[w] + 1) / (sum(spam.values()) + len(vocabulary)) for w in known
    )
    b = (1 - p) * math.prod(
        (ham[w] + 1) / (sum(ham.values()) + len(vocabulary)) for w in known
    )
    return math.log(a / b) if a and b else -math.inf


def after_not(bag):
    seen, found = False, []
    for word in bag:
        found.append(f"not {word}" if seen else word)
        seen = seen or word == "not"
    return found


def pairs_apart(bag):
    return [*bag, *(f"{a}…{b}" for i, a in enumerate(bag) for b in bag[i + 1 :])]


def extra_after_not(bag):
    return [*bag, *(f"!{b}" for a, b in pairwise(bag) if a == "not")]


def coin_by_coin(document, shares):
    likelihood = 1.0
    for word in shares:
        likelihood *= shares[word] if word in document else 1 - shares[word]
    return likelihood


def class_numbers():
    return parameters("11.1").values()


def bayes():
    spam_share, caught, blocked = class_numbers()
    return 1 / (1 + (1 - spam_share) * blocked / (spam_share * caught))


def mistaken(formula):
    return formula(*class_numbers())


def smooth(word, counts, size, alpha):
    return (dict(counts) | {word: counts.get(word, 0)})[word] / (
        sum(counts.values()) + alpha * size
    ) + alpha / (sum(counts.values()) + alpha * size)


test_right_answers_pass = each_passes(
    [
        ("11.1", bayes()),
        ("11.2", smooth),
        ("11.3", by_fractions),
        ("11.4", coin_by_coin),
        ("11.5", after_not),
        ("11.5", with_bigrams),
        ("11.5", pairs_apart),
        ("11.5", extra_after_not),
    ]
)


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("11.1", mistaken(lambda s, c, b: c), "spam folder"),
        ("11.1", mistaken(lambda s, c, b: s * c), "divide"),
        ("11.1", mistaken(lambda s, c, b: c / (c + b)), "share of ham"),
        ("11.1", 1 - bayes(), "left"),
        ("11.1", 100 * bayes(), "per cent"),
        ("11.1", 0.5, "1,000"),
        ("11.2", lambda w, n, v, a: n.get(w, 0) / sum(n.values()), "alpha"),
        (
            "11.2",
            lambda w, n, v, a: (n[w] + a) / (sum(n.values()) + a * v),
            "not among",
        ),
        ("11.2", lambda w, n, v, a: (n.get(w, 0) + a) / sum(n.values()), "make 1"),
        (
            "11.2",
            lambda w, n, v, a: (n.get(w, 0) + a) / (sum(n.values()) + a),
            "one alpha",
        ),
        (
            "11.2",
            lambda w, n, v, a: (n.get(w, 0) + a) / (sum(n.values()) + v),
            "not 1",
        ),
        (
            "11.2",
            lambda w, n, v, a: (n.get(w, 0) + a) / (sum(n.values()) + a * len(n)),
            "other",
        ),
        ("11.3", by_multiplying, "Ten thousand"),
        ("11.3", lambda d, s, h, p: by_fractions(d, s, h, 0.5), "prior 0.2"),
        ("11.3", lambda d, s, h, p: math.log(p), "taken away"),
        ("11.3", lambda d, s, h, p: by_fractions(set(d), s, h, p), "twice"),
        ("11.4", lambda d, s: math.prod(s[w] for w in d), "missing"),
        ("11.4", lambda d, s: math.log(coin_by_coin(d, s)), "logarithm"),
        (
            "11.4",
            lambda d, s: coin_by_coin(d, s) * 0.5 ** (len(d) - len(set(d))),
            "twice",
        ),
        ("11.5", lambda bag: bag, "not"),
        ("11.5", lambda bag: with_bigrams(bag)[len(bag) :], "right"),
        ("11.5", lambda bag: " ".join(bag), "list"),
        ("11.5", lambda bag: None, "return"),
        ("11.5", lambda bag: list(range(len(bag))), "string"),
        ("11.5", lambda bag: [word[::-1] + "x" for word in bag], "names none"),
    ]
)


test_groups_have_numbers_of_their_own = groups_have_their_own("11.1", bayes)
