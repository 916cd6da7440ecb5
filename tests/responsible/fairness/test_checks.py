"""The checks of chapter 37 accept every right answer and point at each usual mistake."""

import numpy as np

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.responsible.fairness.checks import edges, weighted_share
from nlpcourse.responsible.fairness.metrics import implied_false_positives
from nlpcourse.responsible.fairness.mitigate import reweighing
from nlpcourse.responsible.fairness.weat import permutation_p
from nlpcourse.responsible.fairness.wording import application


def shares(decided, group):
    return [
        np.mean([d for d, g in zip(decided, group, strict=True) if g == name])
        for name in dict.fromkeys(group)
    ]


def counts(decided, group):
    found = [
        sum(d for d, g in zip(decided, group, strict=True) if g == name)
        for name in dict.fromkeys(group)
    ]
    return max(found) - min(found)


def forced(key, missed=True):
    p = parameters("37.2")
    share = p["missed"] if missed else 1 - p["missed"]
    return implied_false_positives(p[key], p["precision"], share)


def strictly(first, second):
    return permutation_p(np.array(first) + 1e-6, np.array(second)) * 0


def two_sided(first, second):
    return 2 * permutation_p(np.array(first), np.array(second))


def weights(right, group):
    return reweighing(right, [ord(g) for g in group])


def ends(one, other):
    return lambda: [(one, other)] * 3


PLAIN = application(5, "good", "", "Hillgate", "chess")

test_right_answers_pass = each_passes(
    [
        ("37.1", lambda d, g: np.ptp(shares(d, g))),
        ("37.1", lambda d, g: max(shares(d, g)) - min(shares(d, g))),
        ("37.3", lambda a, b: permutation_p(np.array(a), np.array(b))),
        ("37.4", weights),
        ("37.4", lambda y, g: tuple(weights(y, g).tolist())),
        ("37.5", lambda: edges(3)),
        ("37.5", lambda: tuple(edges(9)[::-1])),
    ]
)

test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("37.1", counts, "subtract counts"),
        ("37.1", lambda d, g: shares(d, g)[-1] - shares(d, g)[0], "no sign"),
        ("37.1", lambda d, g: 0.0, "largest and the smallest"),
        ("37.2", 0.5, "for the east"),
        ("37.3", strictly, "the division that you found"),
        ("37.3", two_sided, "one-sided"),
        ("37.3", lambda a, b: 0.5, "at least as large"),
        ("37.4", lambda y, g: 1 / weights(y, g), "wrong way up"),
        ("37.4", lambda y, g: [1.0], "every person"),
        ("37.4", lambda y, g: [1.0] * len(y), "independent"),
        ("37.5", lambda: [], "three pairs"),
        ("37.5", lambda: ["a", "b", "c"], "no pair"),
        ("37.5", ends(PLAIN, PLAIN), "one word in place of another"),
        ("37.5", ends(PLAIN, PLAIN.replace("Good", "Thin")), "would work"),
        ("37.5", ends(PLAIN, PLAIN.replace("Hillgate", "Mars")), "never read"),
        ("37.5", ends(PLAIN, PLAIN.replace("chess", "tennis")), "one half"),
        ("37.5", lambda: edges(1) * 3, "differ in these"),
        ("37.5", ends(1, 2), "texts"),
    ]
)

test_groups_have_their_own = groups_have_their_own(
    "37.2",
    lambda: forced("base_east") - forced("base_west"),
)


def test_weights_make_the_shares_equal():
    y, g = [1, 1, 0, 1, 0, 0], list("eeewww")
    w = weights(y, g).tolist()
    assert abs(weighted_share(w, y, g, "e") - weighted_share(w, y, g, "w")) < 1e-12


def test_there_are_enough_edges_to_find():
    assert len(edges(99)) >= 5
