"""The checks of chapter 35 accept every right answer and point at each usual mistake."""

import math

from sklearn.metrics import cohen_kappa_score

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters


def table():
    p = parameters("35.1")
    return p["both"], p["only_first"], p["only_second"], p["neither"]


def by_library():
    a, b, c, d = table()
    first = [1] * (a + b) + [0] * (c + d)
    second = [1] * a + [0] * b + [1] * c + [0] * d
    return cohen_kappa_score(first, second)


def observed():
    a, b, c, d = table()
    return (a + d) / (a + b + c + d)


def margins(posteriors):
    gaps = [sorted(row)[-1] - sorted(row)[-2] for row in posteriors]
    return gaps.index(min(gaps))


def together(votes, accuracies, silent=1.0):
    good = bad = 1.0
    for vote, accuracy in zip(votes, accuracies, strict=True):
        if vote == -1:
            good *= silent
        else:
            good *= accuracy if vote == 1 else 1 - accuracy
            bad *= 1 - accuracy if vote == 1 else accuracy
    return good / (good + bad)


def shared(word, documents, shares, size, alpha):
    pairs = list(zip(documents, shares, strict=True))
    top = sum(s * d.count(word) for d, s in pairs) + alpha
    return top / (sum(s * len(d) for d, s in pairs) + alpha * size)


def whole(word, documents, shares, size, alpha):
    return shared(word, documents, [1.0] * len(documents), size, alpha)


def total_whole(word, documents, shares, size, alpha):
    top = sum(s * d.count(word) for d, s in zip(documents, shares, strict=True))
    return (top + alpha) / (sum(map(len, documents)) + alpha * size)


def once(word, documents, shares, size, alpha):
    pairs = list(zip(documents, shares, strict=True))
    top = sum(s * (word in d) for d, s in pairs) + alpha
    return top / (sum(s * len(d) for d, s in pairs) + alpha * size)


def mood(text):
    happy = any(
        w in text for w in ("happy", "love", "great", "excited", "beautiful")
    )
    sad = any(
        w in text for w in ("hate", "sad", "worst", "ugh", "broken", "failed")
    )
    return 1 if happy and not sad else 0 if sad and not happy else -1


test_right_answers_pass = each_passes(
    [
        ("35.1", by_library()),
        ("35.2", margins),
        ("35.2", lambda rows: float(margins(rows))),
        ("35.3", together),
        ("35.4", shared),
        ("35.5", mood),
        ("35.5", lambda text: 1 if mood(text) == 1 else -1),
    ]
)

test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("35.1", observed(), "share on which they agree"),
        ("35.1", 2 * observed() - 1, "half of the time"),
        ("35.1", 100 * by_library(), "?"),
        ("35.1", 12.0, "?"),
        (
            "35.2",
            lambda rows: max(range(len(rows)), key=lambda i: max(rows[i])),
            "surest",
        ),
        (
            "35.2",
            lambda rows: min(range(len(rows)), key=lambda i: max(rows[i])),
            "torn",
        ),
        ("35.2", lambda rows: None, "?"),
        (
            "35.3",
            lambda v, a: together([1 - x if x >= 0 else x for x in v], a),
            "?",
        ),
        ("35.3", lambda v, a: together(v, a, silent=0.5), "abstention"),
        ("35.3", lambda v, a: sum(x == 1 for x in v) / len(v), "How often"),
        ("35.3", lambda v, a: math.nan, "?"),
        ("35.4", whole, "counted every document whole"),
        ("35.4", total_whole, "total of all words"),
        ("35.4", once, "once or twice"),
        ("35.5", lambda text: 1, "abstain"),
        ("35.5", lambda text: -1, "votes on 0"),
        ("35.5", lambda text: "happy", "Is it 1"),
        (
            "35.5",
            lambda text: 1 - mood(text) if mood(text) >= 0 else -1,
            "are right",
        ),
    ]
)

test_groups_have_their_own_table = groups_have_their_own("35.1", by_library)
