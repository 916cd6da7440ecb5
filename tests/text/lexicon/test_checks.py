"""The checks of chapter 06 accept every right answer and point at each usual mistake."""

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import judge, parameters
from nlpcourse.text.lexicon.checks import GENERAL
from nlpcourse.text.lexicon.vader import squash


def looked_up(words, valence):
    return sum(valence[w.lower()] for w in words if w.lower() in valence)


def drawn():
    p = parameters("06.2")
    push = 0.293 if p["booster"] == "very" else -0.293
    return p["valence"], push, 0.292 * p["exclamation_marks"]


def by_hand():
    v, push, marks = drawn()
    return round(squash((v + push) * -0.74 - marks), 4)


def window(words, i, valence, negations):
    count = sum(w.lower() in negations for w in words[max(i - 3, 0) : i])
    return valence * (-0.74) ** count


def means(rated, lexicon, least=2):
    found = {}
    for text, rating in rated:
        for word in set(text.split()):
            found.setdefault(word, []).append(rating)
    learnt = {w: sum(r) / len(r) for w, r in found.items() if w in lexicon}
    return {**lexicon, **learnt}


test_right_answers_pass = each_passes(
    [
        ("06.1", looked_up),
        ("06.2", by_hand()),
        ("06.3", window),
        ("06.4", means),
    ]
)


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("06.1", lambda w, v: sum(v[x] for x in w), "KeyError"),
        ("06.1", lambda w, v: sum(v.get(x, 0) for x in w), "capitals"),
        ("06.1", lambda w, v: looked_up(set(w), v), "twice"),
        ("06.1", lambda w, v: looked_up(w, v) / max(len(w), 1), "mean"),
        (
            "06.2",
            (lambda v, b, m: (v + b) * -0.74 - m)(*drawn()),
            "That is the sum",
        ),
        (
            "06.2",
            (lambda v, b, m: squash((v + b) * -0.74 + m))(*drawn()),
            "Which way",
        ),
        (
            "06.2",
            (lambda v, b, m: squash((v + b) * -0.74))(*drawn()),
            "exclamation",
        ),
        ("06.2", (lambda v, b, m: squash(v * -0.74 - m))(*drawn()), "What does"),
        ("06.2", (lambda v, b, m: squash(v + b + m))(*drawn()), "negation"),
        ("06.2", (lambda v, b, m: squash(v * -0.74 + b - m))(*drawn()), "first"),
        ("06.3", lambda w, i, v, n: v, "By what"),
        ("06.3", lambda w, i, v, n: -v if set(w[:i]) & n else v, "a little less"),
        (
            "06.3",
            lambda w, i, v, n: window(w[max(i - 2, 0) :], min(i, 2), v, n),
            "three",
        ),
        ("06.3", lambda w, i, v, n: v * (-0.74 if set(w[:i]) & n else 1), "window"),
        ("06.4", lambda rated, lexicon: lexicon, "rated"),
        ("06.4", lambda rated, lexicon: [1], "dictionary"),
        ("06.4", lambda rated, lexicon: dict.fromkeys(lexicon, 9), "between"),
    ]
)


def test_a_lexicon_that_does_not_learn_is_found_out():
    memorised = means(
        __import__("nlpcourse.text.lexicon.checks", fromlist=["RATED"]).RATED,
        GENERAL,
    )
    verdict = judge("06.4", lambda rated, lexicon: dict(memorised))
    assert not verdict.passed
    assert "turned round" in verdict.message


test_groups_have_numbers_of_their_own = groups_have_their_own("06.2", by_hand)
