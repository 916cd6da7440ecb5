"""The checks of chapter 07 accept every right answer and point at each usual mistake."""

import itertools
import re

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.statistics.automata.dfa import accepts
from nlpcourse.statistics.automata.minimal import minimal


def by_recursion(table, ends, text, state=0):
    if not text:
        return state in ends
    after = table.get((state, text[0]))
    return after is not None and by_recursion(table, ends, text[1:], after)


def no_arc_forgotten(table, ends, text):
    state = 0
    for char in text:
        state = table[state, char]
    return state in ends


def counted():
    p = parameters("07.2")
    machine = minimal(p["pattern"])
    texts = itertools.product("ab", repeat=p["length"])
    return sum(accepts(machine, "".join(text)) for text in texts)


def shorter_too():
    p = parameters("07.2")
    return sum(
        re.fullmatch(p["pattern"], "".join(t)) is not None
        for n in range(p["length"] + 1)
        for t in itertools.product("ab", repeat=n)
    )


def sets(arcs, ends, text):
    here = {0}
    for char in text:
        here = set().union(*(arcs.get((s, char), set()) for s in here))
    return not here.isdisjoint(ends)


def one_way_after_another(arcs, ends, text, state=0):
    if not text:
        return state in ends
    found = arcs.get((state, text[0]), ())
    return any(one_way_after_another(arcs, ends, text[1:], s) for s in found)


def first_way(arcs, ends, text):
    state = 0
    for char in text:
        found = sorted(arcs.get((state, char), ()))
        if not found:
            return False
        state = found[0]
    return state in ends


def ever(arcs, ends, text):
    here = {0}
    seen = set(here)
    for char in text:
        here = {t for s in here for t in arcs.get((s, char), ())}
        seen |= here
    return bool(seen & ends)


def rules(verb):
    if re.search("[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    if verb.endswith("e"):
        return verb + "d"
    if re.fullmatch("[^aeiou]*[aeiou][^aeiouwxy]", verb):
        return verb + verb[-1] + "ed"
    return verb + "ed"


def always_doubled(verb):
    return rules(verb) if verb[-1] in "eyxw" else verb + verb[-1] + "ed"


def learnt_by_heart(verb):
    from nlpcourse.statistics.automata.checks import VERBS

    return VERBS.get(verb, verb + "ed")


test_right_answers_pass = each_passes(
    [
        ("07.1", by_recursion),
        ("07.2", counted()),
        ("07.3", sets),
        ("07.4", rules),
    ]
)


def total():
    return 2 ** parameters("07.2")["length"]


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("07.1", lambda t, e, x: by_recursion(t, e, x) or x == "hah", "on the way"),
        (
            "07.1",
            no_arc_forgotten,
            "missing arc",
        ),
        ("07.1", lambda t, e, x: int(by_recursion(t, e, x)), "True or False"),
        (
            "07.1",
            lambda t, e, x: x != "" and by_recursion(t, e, x),
            "State 0 accepts",
        ),
        ("07.2", total(), "How many of them"),
        ("07.2", total() - counted(), "refuses"),
        ("07.2", shorter_too(), "shorter texts"),
        ("07.2", counted() / total(), "share"),
        ("07.2", counted() + 1, "length 2"),
        ("07.3", first_way, "both arcs"),
        ("07.3", ever, "still there"),
        (
            "07.3",
            lambda a, e, x: (len(x) < 9 and sets({**a}, e, x)) or len(x) > 9,
            "3",
        ),
        ("07.3", one_way_after_another, "set"),
        ("07.4", lambda v: v + "ed", "stop"),
        ("07.4", always_doubled, "need"),
        ("07.4", learnt_by_heart, "Another one"),
        ("07.4", lambda v: 3, "Is it a word"),
    ]
)


test_groups_have_numbers_of_their_own = groups_have_their_own("07.2", counted)
