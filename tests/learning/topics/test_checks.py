"""The checks of chapter 16 accept every right answer and point at each usual mistake."""

import math
from collections import defaultdict

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.learning.topics.checks import LOOKED_FOR, SHELF, not_found


def texts():
    p = parameters("16.1")
    return p["first"].split(), p["second"].split()


def jaccard():
    a, b = map(set, texts())
    return len(a & b) / len(a | b)


def with_sets(documents):
    index = defaultdict(set)
    for i, document in enumerate(documents):
        for word in document:
            index[word].add(i)
    return {word: sorted(places) for word, places in index.items()}


def twice(documents):
    index = {}
    for i, document in enumerate(documents):
        for word in document:
            index.setdefault(word, []).append(i)
    return index


def cosine(a, b):
    dot = sum(a[w] * b[w] for w in a.keys() & b.keys())
    norm = math.hypot(*a.values()) * math.hypot(*b.values())
    return dot / norm if norm else 0


def without_length(a, b):
    return sum(n * b.get(w, 0) for w, n in a.items())


def step(d, w, n, topic, alpha, beta, size):
    own = [int(k == topic) for k in range(len(d))]
    parts = [
        (x - o + alpha) * (y - o + beta) / (z - o + size * beta)
        for x, y, z, o in zip(d, w, n, own, strict=True)
    ]
    return [p / math.fsum(parts) for p in parts]


def forgetful(d, w, n, topic, alpha, beta, size):
    parts = [
        (x + alpha) * (y + beta) / (z + size * beta)
        for x, y, z in zip(d, w, n, strict=True)
    ]
    return [p / sum(parts) for p in parts]


def changing(d, w, n, topic, alpha, beta, size):
    answer = step(d, w, n, topic, alpha, beta, size)
    d[topic] -= 1
    return answer


def unscaled(d, w, n, topic, alpha, beta, size):
    answer = []
    for k in range(len(d)):
        o = int(k == topic)
        answer.append(
            (d[k] - o + alpha) * (w[k] - o + beta) / (n[k] - o + size * beta)
        )
    return answer


def document_only(d, w, n, topic, alpha, beta, size):
    parts = [x - (k == topic) + alpha for k, x in enumerate(d)]
    return [p / sum(parts) for p in parts]


def beginnings(text):
    return [word.strip(".")[:4] for word in text.lower().split()]


def four_letters(text):
    return [w[i : i + 4] for w in plain(text) for i in range(len(w) - 3)]


def without_endings(text):
    long = [word for word in plain(text) if len(word) > 3]
    return tuple(word.removesuffix("s").removesuffix("ing") for word in long)


def plain(text):
    return text.lower().replace(".", "").split()


test_right_answers_pass = each_passes(
    [
        ("16.1", jaccard()),
        ("16.2", with_sets),
        ("16.3", cosine),
        ("16.4", step),
        ("16.5", beginnings),
        ("16.5", four_letters),
        ("16.5", without_endings),
    ]
)


def both():
    a, b = map(set, texts())
    return len(a & b)


test_usual_mistakes_meet_a_question = each_meets_its_question(
    [
        ("16.1", both(), "either text"),
        ("16.1", 100 * jaccard(), "per cent"),
        ("16.1", 1 - jaccard(), "in common"),
        ("16.1", both() / sum(len(set(t)) for t in texts()), "count twice"),
        ("16.1", both() / (sum(map(len, texts())) - both()), "set hold"),
        ("16.1", 17, "in either"),
        ("16.2", twice, "stands in your list twice"),
        ("16.2", lambda d: {w: [i + 1 for i in p] for w, p in with_sets(d).items()},
         "from 1"),
        ("16.2", lambda d: sorted(with_sets(d).items()), "dictionary"),
        ("16.2", lambda d: {}, "Which words"),
        ("16.3", lambda a, b: sum(a[w] * b[w] for w in a), "not in the other"),
        ("16.3", without_length, "divided"),
        ("16.3", lambda a, b: without_length(a, b) / (
            sum(n * n for n in a.values()) * sum(n * n for n in b.values())), "root"),
        ("16.3", lambda a, b: without_length(a, b) / (sum(a.values()) * sum(b.values())),
         "Pythagoras"),
        ("16.3", lambda a, b: len(a.keys() & b.keys()) / math.sqrt(len(a) * len(b)),
         "sets"),
        ("16.3", lambda a, b: without_length(a, b) / (
            math.hypot(*a.values()) * math.hypot(*b.values())), "empty bag"),
        ("16.4", forgetful, "still votes"),
        ("16.4", unscaled, "sum to 1"),
        ("16.4", document_only, "multiplied both"),
        ("16.4", changing, "changed the lists"),
        ("16.5", plain, "spelt alike"),
        ("16.5", lambda text: text, "list"),
        ("16.5", lambda text: [w[::-1] + "x" for w in plain(text)], "not in the text"),
        ("16.5", lambda text: [1, 2], "string"),
        ("16.5", lambda text: [], "found"),
    ]
)  # fmt: skip


def test_plain_words_miss_some_notes_and_no_note_is_out_of_reach():
    missed = not_found(plain)
    assert 3 <= len(missed) < len(LOOKED_FOR)
    assert not not_found(beginnings)
    assert {wanted for _, wanted in LOOKED_FOR} == set(range(len(SHELF)))


test_groups_have_numbers_of_their_own = groups_have_their_own("16.1", jaccard)
