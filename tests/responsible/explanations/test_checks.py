"""The checks of chapter 36 accept every right answer and point at each usual mistake."""

import numpy as np

from answers import (
    draw,
    each_meets_its_question,
    each_passes,
    groups_have_their_own,
)
from nlpcourse.exercises import judge, parameters, using
from nlpcourse.responsible.explanations.checks import shapley_of
from nlpcourse.responsible.explanations.gradients import integrated_gradients
from nlpcourse.responsible.explanations.occlusion import occlusion


def many(score):
    return lambda rows: np.array([score(list(row)) for row in rows])


def alone(score, count):
    return [
        score([float(i == j) for i in range(count)]) - score([0.0] * count)
        for j in range(count)
    ]


def along(slopes, count, steps, at=0.5, share=True):
    found = np.array([slopes([(k + at) / steps] * count) for k in range(steps)])
    return found.mean(axis=0) if share else found.sum(axis=0)


def plain_mean():
    p = parameters("36.2")
    scores, word = p["scores"], p["word"]
    others = [w for w in "abc" if w != word]
    sets = ["", *others, "".join(others)]
    return np.mean([scores["".join(sorted(s + word))] - scores[s] for s in sets])


test_right_answers_pass = each_passes(
    [
        ("36.1", lambda f, n: occlusion(many(f), n)),
        ("36.1", lambda f, n: tuple(occlusion(many(f), n).tolist())),
        ("36.3", lambda g, n, k: integrated_gradients(many(g), n, k)),
        ("36.3", lambda g, n, k: list(along(g, n, k))),
        ("36.4", lambda: (max, 2)),
        ("36.4", lambda: (lambda s: 3.0 * (sum(s) >= 1), 5)),
    ]
)

test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("36.1", lambda f, n: -occlusion(many(f), n), "signs"),
        ("36.1", alone, "blank text"),
        ("36.1", lambda f, n: [0.0] * n, "one dial at zero"),
        ("36.2", 1000.0, "six orders"),
        ("36.3", lambda g, n, k: g([1.0] * n), "end of the way"),
        ("36.3", lambda g, n, k: along(g, n, k, share=False), "added"),
        ("36.3", lambda g, n, k: along(g, n, k, at=1.0), "middle"),
        ("36.3", lambda g, n, k: [0.0] * n, "Where on the way"),
        ("36.4", lambda: (sum, 2), "Occlusion says"),
        ("36.4", lambda: (min, 3), "Occlusion says"),
        ("36.4", lambda: (lambda s: 0.0, 2), "rises by 0"),
        ("36.4", lambda: (max, 1), "2 to 8"),
        ("36.4", lambda: max, "two things"),
        ("36.4", lambda: (lambda s: "a", 2), "finite"),
    ]
)

test_groups_have_their_own = groups_have_their_own(
    "36.2", lambda: shapley_of(**parameters("36.2"))
)


def test_equal_weights_meet_a_question():
    met = 0
    for group in "abcdefgh":
        with using({"36.2": draw("36.2", group)}):
            verdict = judge("36.2", plain_mean())
        met += not verdict.passed and "same weight" in verdict.message
    assert met >= 6
