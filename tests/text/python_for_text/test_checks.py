"""What the exercises of chapter 01 ask, and which right answers they let through."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters


def listed():
    return parameters("01.2")["words"]


def right_share():
    counts = Counter(listed())
    return Fraction(sum(n == 1 for n in counts.values()), len(counts))


def by_table(text):
    return sum(len(chr(ord(c)).encode()) for c in text)


def mend(text):
    if all(ord(c) < 256 for c in text):
        data = bytes(map(ord, text))
        again = data.decode("utf-8", errors="replace")
        return again if "\ufffd" not in again else text
    return text


def closed_form(counts, minimum):
    kept = [x for x in counts if x >= minimum]
    return 1 + len(kept) / (
        math.log(math.prod(kept)) - len(kept) * math.log(minimum - 0.5)
    )


def exponent(shift=0.5, log=math.log, all_counts=False, one=1):
    def answer(counts, minimum):
        kept = [x for x in counts if all_counts or x >= minimum]
        return one + len(kept) / sum(log(x / (minimum - shift)) for x in kept)

    return answer


def first_five_hundred(words):
    return len(set(words[:500])) / 500


def simpson(words):
    counts, n = Counter(words), len(words)
    return 1 - sum(c * (c - 1) for c in counts.values()) / (n * (n - 1))


test_right_answers_pass = each_passes(
    [
        ("01.1", by_table),
        ("01.2", right_share()),
        ("01.2", float(right_share())),
        ("01.3", mend),
        ("01.4", closed_form),
        ("01.5", first_five_hundred),
        ("01.5", simpson),
    ]
)


def share_of(function):
    counts = Counter(listed())
    return function(
        sum(n == 1 for n in counts.values()), len(counts), len(listed())
    )


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("01.1", len, "code points"),
        ("01.1", lambda text: 2 * len(text), "below 128"),
        ("01.1", lambda text: 1 + len(text), "empty"),
        (
            "01.1",
            lambda text: sum(1 if ord(c) < 128 else 2 for c in text),
            "borders",
        ),
        (
            "01.1",
            lambda text: sum(
                1 + (ord(c) > 128) + (ord(c) > 2048) + (ord(c) > 65536)
                for c in text
            ),
            "border itself",
        ),
        ("01.2", share_of(lambda once, types, words: once), "what is the share"),
        ("01.2", share_of(lambda once, types, words: once / words), "*different*"),
        ("01.2", share_of(lambda once, types, words: types / words), "only once"),
        ("01.2", share_of(lambda once, types, words: 1 - once / types), "the rest"),
        (
            "01.2",
            share_of(lambda once, types, words: 100 * once / types),
            "per cent",
        ),
        ("01.2", 0.123, "Counter"),
        ("01.3", lambda text: text, "unchanged"),
        ("01.3", lambda text: text.encode().decode("latin-1"), "encoding"),
        ("01.3", lambda text: "naïve", "whole"),
        ("01.3", lambda text: text.encode("latin-1").decode(), "raised"),
        (
            "01.3",
            lambda text: text.encode("latin-1", "ignore").decode("utf-8", "ignore"),
            "was whole",
        ),
        ("01.4", exponent(one=0), "added"),
        ("01.4", lambda c, m: 1 + 1 / (exponent()(c, m) - 1), "stands below"),
        ("01.4", exponent(all_counts=True), "belong to the tail"),
        ("01.4", exponent(log=math.log10), "natural"),
        ("01.4", lambda c, m: 2.0, "one half"),
        ("01.5", lambda words: len(set(words)) / len(words), "same length"),
        ("01.5", lambda words: min(1, len(set(words)) / 5000), "same length"),
        ("01.5", lambda words: len(set(words)), "between 0 and 1"),
        ("01.5", lambda words: 0.5, "larger"),
        ("01.5", lambda words: words, "larger"),
    ]
)


test_groups_have_numbers_of_their_own = groups_have_their_own("01.2", right_share)
