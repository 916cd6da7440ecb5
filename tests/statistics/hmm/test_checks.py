"""The checks of chapter 10 accept every right answer and point at each usual mistake."""

import itertools
import math
from collections import Counter
from fractions import Fraction

import pytest

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.statistics.hmm.checks import random_tables


def by_fractions():
    p = {key: Fraction(str(value)) for key, value in parameters("10.1").items()}
    start = {"N": p["start_N"], "V": 1 - p["start_N"]}
    step = {
        "NN": 1 - p["N_to_V"], "NV": p["N_to_V"],
        "VN": p["V_to_N"], "VV": 1 - p["V_to_N"],
    }  # fmt: skip
    fish = {"N": p["fish_N"], "V": p["fish_V"]}
    return {
        a + b: start[a] * fish[a] * step[a + b] * fish[b]
        for a, b in itertools.product("NV", repeat=2)
    }


PATHS = by_fractions()


def share(sequences, before, after):
    pairs = Counter(pair for tags in sequences for pair in itertools.pairwise(tags))
    left = sum(n for (a, _), n in pairs.items() if a == before)
    return Fraction(pairs[before, after], left)


def share_of_all(sequences, before, after):
    every = sum(list(tags).count(before) for tags in sequences)
    return share_count(sequences, before, after) / every


def share_count(sequences, before, after):
    return sum(
        (a, b) == (before, after)
        for tags in sequences
        for a, b in itertools.pairwise(tags)
    )


def share_across(sequences, before, after):
    return share_of_all(
        [[tag for tags in sequences for tag in tags]], before, after
    )


def share_of_pairs(sequences, before, after):
    return share_count(sequences, before, after) / sum(
        max(0, len(tags) - 1) for tags in sequences
    )


def path_by_logs(words, start, transition, emission, combine=None):
    best, pointers = {}, []
    for word in words:
        column, pointer = {}, {}
        for s in start:
            if pointers:
                ways = {r: best[r] + math.log(transition[r][s]) for r in start}
            else:
                ways = {s: math.log(start[s])}
            pointer[s] = max(ways, key=ways.get)
            column[s] = ways[pointer[s]] + math.log(emission[s][word])
        best = column
        pointers.append(pointer)
    if not words:
        return ()
    state, path = max(best, key=best.get), []
    for pointer in reversed(pointers):
        path.append(state)
        state = pointer[state]
    return tuple(path[::-1])


def path_by_products(words, start, transition, emission):
    best = {s: (start[s], ()) for s in start}
    for k, word in enumerate(words):
        best = {
            s: max(
                (
                    p * (transition[r][s] if k else r == s) * emission[s][word],
                    (*q, s),
                )
                for r, (p, q) in best.items()
            )
            for s in start
        }
    return list(max(best.values())[1])


def greedy(words, start, transition, emission):
    path = []
    for word in words:
        law = transition[path[-1]] if path else start
        path.append(max(law, key=lambda s: law[s] * emission[s][word]))
    return path


def single(words, start, transition, emission):
    return [max(emission, key=lambda s: emission[s][w]) for w in words]


def by_last_letters(word, seen, n=2):
    votes = Counter(tag for other, tag in seen if other[-n:] == word[-n:])
    return (votes or Counter(tag for _, tag in seen)).most_common(1)[0][0]


def longest_common_end(word, seen):
    def common(other):
        pairs = zip(reversed(word), reversed(other), strict=False)
        return len(list(itertools.takewhile(lambda ab: ab[0] == ab[1], pairs)))

    return max(seen, key=lambda pair: common(pair[0]))[1]


def written_in(word, seen):
    ends = {
        "ing": "verb",
        "ed": "verb",
        "ness": "noun",
        "ion": "noun",
        "ly": "adverb",
    }
    found = [tag for end, tag in ends.items() if word.endswith(end)]
    return found[0] if found else "adjective"


test_right_answers_pass = each_passes(
    [
        ("10.1", sum(PATHS.values())),
        ("10.1", float(sum(PATHS.values()))),
        ("10.2", share),
        ("10.3", path_by_logs),
        ("10.4", by_last_letters),
        ("10.4", longest_common_end),
    ]
)


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("10.1", max(PATHS.values()), "best of the four"),
        ("10.1", min(PATHS.values()), "alone"),
        ("10.1", sum(PATHS.values()) / 4, "mean"),
        ("10.1", 1.0, "word come in"),
        ("10.1", 0.77, "path N V"),
        ("10.2", share_of_all, "Is the last tag"),
        ("10.2", share_across, "the next"),
        ("10.2", share_of_pairs, "all pairs"),
        ("10.2", lambda s, a, b: 0.3, "How many pairs"),
        ("10.3", greedy, "as you went along"),
        ("10.3", single, "transitions"),
        ("10.3", lambda w, *t: list(path_by_logs(w, *t))[::-1], "turn round"),
        ("10.3", path_by_products, "Three thousand"),
        ("10.3", lambda w, *t: ["N"] * len(w), "largest product"),
        ("10.3", lambda w, *t: list(path_by_logs(w, *t)) or ["N"], "without words"),
        ("10.4", lambda w, seen: "noun", "in common"),
        ("10.4", lambda w, seen: 3, "one of the tags"),
        ("10.4", written_in, "learn from"),
    ]
)


test_groups_have_numbers_of_their_own = groups_have_their_own(
    "10.1", lambda: sum(by_fractions().values())
)


def test_tables_are_distributions():
    start, transition, emission = random_tables(1)
    for law in (start, *transition.values(), *emission.values()):
        assert sum(law.values()) == pytest.approx(1)
    with pytest.raises(ValueError, match="one state"):
        random_tables(1, "")
