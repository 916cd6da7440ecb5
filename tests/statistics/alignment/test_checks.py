"""The checks of chapter 12 accept every right answer and point at each usual mistake."""

from __future__ import annotations

from fractions import Fraction

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import judge, parameters
from nlpcourse.statistics.alignment import checks, model1


def sets():
    p = parameters("12.2")
    return {tuple(x) for x in p["gold"]}, {tuple(x) for x in p["guessed"]}


def right_rate():
    gold, guessed = sets()
    return 1 - Fraction(2 * len(gold & guessed), len(gold) + len(guessed))


def share(source, word, table):
    parts = [table.get((s, word), 0) for s in source]
    return [part / sum(parts) for part in parts]


def one_round(pairs, table, normalise=True):
    counts, totals = {}, {}
    for source, target in pairs:
        for t in target:
            for s, part in zip(source, share(source, t, table), strict=True):
                counts[s, t] = counts.get((s, t), 0) + part
                totals[s] = totals.get(s, 0) + part
    return {k: c / totals[k[0]] if normalise else c for k, c in counts.items()}


def by_model_1(pairs):
    table = model1.train(pairs, 10)
    return [model1.best_links(pair, table) for pair in pairs]


test_right_answers_pass = each_passes(
    [
        ("12.1", share),
        ("12.1", lambda *a: tuple(share(*a))),
        ("12.2", right_rate()),
        ("12.2", float(right_rate())),
        ("12.3", one_round),
        ("12.4", by_model_1),
        ("12.4", lambda pairs: [sorted(links) for links in by_model_1(pairs)]),
    ]
)


def diagonal(pairs):
    return [{(k, k) for k in range(len(target))} for _, target in pairs]


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("12.1", lambda s, w, t: [t.get((x, w), 0) for x in s], "undivided"),
        ("12.1", lambda s, w, t: share(s, w, t)[::-1], "order"),
        ("12.2", 1 - right_rate(), "agreement"),
        ("12.2", 17, "how many"),
        ("12.3", lambda p, t: one_round(p, t, False), "add up to"),
        ("12.3", lambda p, t: t, "?"),
        ("12.3", lambda p, t: 3, "table"),
        ("12.4", diagonal, "error rate"),
        ("12.4", lambda pairs: 3, "list"),
        ("12.4", lambda pairs: [], "How many pairs"),
    ]
)


def test_one_sided_counts_meet_their_own_question():
    gold, guessed = sets()
    hits = len(gold & guessed)
    seen = {judge("12.2", 1 - hits / len(side)).message for side in (gold, guessed)}
    seen.add(judge("12.2", 1 - hits / (len(gold) + len(guessed))).message)
    assert all("?" in message for message in seen)


test_groups_have_numbers_of_their_own = groups_have_their_own("12.2", right_rate)


def test_the_invented_language_has_one_word_for_one():
    pairs, gold = checks.made_up(3)
    assert all(
        len(s) == len(t) == len(g) for (s, t), g in zip(pairs, gold, strict=True)
    )
    assert any(i != j for links in gold for i, j in links)
