"""Topic models and similarity: the instant checks of the exercises."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlpcourse.exercises import (
    Hint,
    all_close,
    close,
    exercise,
    left_alone,
    not_in_per_cent,
    parameters,
    same_items,
)
from nlpcourse.learning.topics.bm25 import InvertedIndex, best, bm25, lucene_idf

# ── 16.1 · words in common ────────────────────────────────────────────────────────────────────────

_POOL = [
    "storm",
    "ship",
    "island",
    "harbour",
    "match",
    "captain",
    "goal",
    "rain",
    "rescue",
    "crew",
]


def draw_texts(rng: random.Random) -> dict[str, Any]:
    """Draw two short texts that share some words."""
    size = rng.choice([4, 5])
    common = rng.choice([1, 2, 3])
    words = rng.sample(_POOL, 2 * size - common)
    first, second = words[:size], words[size - common :]
    repeated = rng.choice(first)
    rng.shuffle(second)
    return {"first": " ".join([*first, repeated]), "second": " ".join(second)}


@exercise("16.1", parameters=draw_texts, cases=6)
def words_in_common(answer: object) -> str:
    """Jaccard's coefficient of two short texts, a number."""
    p = parameters("16.1")
    first, second = p["first"].split(), p["second"].split()
    both, either = set(first) & set(second), set(first) | set(second)
    right = len(both) / len(either)
    if close(answer, len(both)):
        raise Hint(
            "You counted the words in common. By how many different words, of either text, must "
            "you divide them?"
        )
    if close(answer, len(both) / (len(set(first)) + len(set(second)))):
        raise Hint(
            "You divided by the sizes of both texts added up. Which words did that count twice?"
        )
    if close(answer, len(both) / (len(first) + len(second) - len(both))):
        raise Hint(
            "One word stands twice in the first text. Does a set hold it once or twice?"
        )
    if close(answer, 1 - right):
        raise Hint(
            "That is how far the two are apart. How much do they have in common?"
        )
    not_in_per_cent(answer, right)
    if not close(answer, right):
        raise Hint(
            f"For {p['first']!r} and {p['second']!r} your answer is {answer!r}. Which words are in "
            "both, and which are in either?"
        )
    return (
        "Paul Jaccard was a botanist: he compared the plants of alpine meadows in this way, and "
        "every meadow was a set of species."
    )


# ── 16.2 · an inverted index ──────────────────────────────────────────────────────────────────────


@exercise("16.2")
def inverted(
    answer: Callable[[Sequence[Sequence[str]]], Mapping[str, Sequence[int]]],
) -> str:
    """From a word to the numbers of the documents that hold it, in rising order."""
    documents = [["b", "a"], ["a", "a"], [], ["c", "a"]]
    got = answer([list(d) for d in documents])
    if not isinstance(got, Mapping):
        raise Hint(
            f"You gave back {got!r}. Can one look a word up in it, as in a dictionary?"
        )
    if set(got) != {"a", "b", "c"}:
        raise Hint(
            f"Your index has the entries {sorted(map(str, got))}. Which words do the documents "
            "hold?"
        )
    if same_items(got["a"], [0, 1, 1, 3]):
        raise Hint(
            "Document 1 holds 'a' twice and stands in your list twice. Should it?"
        )
    if same_items(got["a"], [1, 2, 4]):
        raise Hint("Do you number the documents from 1? Where does Python begin?")
    rng = random.Random(2)
    cases = [documents, []]
    cases += [
        [rng.choices("abcd", k=rng.randrange(5)) for _ in range(6)]
        for _ in range(8)
    ]
    for case in cases:
        got = answer([list(d) for d in case])
        right = {
            w: [i for i, d in enumerate(case) if w in d]
            for w in {w for d in case for w in d}
        }
        entries = set(got) if isinstance(got, Mapping) else None
        if entries != set(right):
            raise Hint(
                f"For {case!r} you gave {got!r}. Which words must be in the index?"
            )
        for word, places in right.items():
            if not same_items(got[word], places):
                raise Hint(
                    f"In {case!r} the word {word!r} stands in the documents {places}; you gave "
                    f"{got[word]!r}. Which is missing, or out of order?"
                )
    return (
        "A concordance of the Bible is such an index: it was made by hand in the 13th century, "
        "by friars in Paris who shared the work."
    )


# ── 16.3 · the angle between two bags ─────────────────────────────────────────────────────────────


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    dot = sum(n * b.get(w, 0) for w, n in a.items())
    lengths = math.sqrt(
        sum(n * n for n in a.values()) * sum(n * n for n in b.values())
    )
    return dot / lengths if lengths else 0.0


@exercise("16.3")
def cosine_of_bags(
    answer: Callable[[Mapping[str, float], Mapping[str, float]], float],
) -> str:
    """The cosine of two bags of words that are dictionaries."""
    a, b = {"ship": 2, "storm": 1}, {"ship": 1, "island": 2}
    try:
        got = answer(dict(a), dict(b))
    except KeyError as error:
        raise Hint(
            f"{error} stands in one bag and not in the other. Which count does it have there?"
        ) from None
    if not close(got, _cosine(a, b)):
        if close(got, 2):
            raise Hint(
                "That is the sum of the products. By which two lengths must it be divided?"
            )
        if close(got, 2 / 25) or close(got, 2 / (5 * 5)):
            raise Hint(
                "A length is the root of a sum of squares. Did you take the root?"
            )
        if close(got, 2 / 9) or close(got, 2 / (3 * 3)):
            raise Hint(
                "You divided by sums of counts. What is the length of a vector, after Pythagoras?"
            )
        if close(got, 1 / math.sqrt(4)) or close(got, 0.5):
            raise Hint(
                "Did you compare sets? How often does 'ship' stand in each bag?"
            )
        raise Hint(
            f"For {a!r} and {b!r} you gave {got!r}. Which words add something to the numerator, "
            "and what are the two lengths?"
        )
    try:
        empty = answer({}, dict(b))
    except ZeroDivisionError:
        raise Hint(
            "An empty bag has length 0, and you divided by it. What is its cosine to be?"
        ) from None
    if not close(empty, 0):
        raise Hint(
            f"An empty bag gave {empty!r}. It has nothing in common with any text: which number "
            "says that?"
        )
    rng = random.Random(5)
    for _ in range(20):
        x = {w: rng.randrange(1, 9) for w in rng.sample("abcdef", rng.randrange(7))}
        y = {w: rng.randrange(1, 9) for w in rng.sample("abcdef", rng.randrange(7))}
        if not close(answer(dict(x), dict(y)), _cosine(x, y)):
            raise Hint(
                f"For {x!r} and {y!r} the cosine is not right yet. Which words do the two share?"
            )
    return (
        "Gerard Salton's SMART system ranked documents by this angle in the sixties; the length "
        "of a document drops out, and that is the point."
    )


# ── 16.4 · one step of the sampler ────────────────────────────────────────────────────────────────


def _shares(
    in_document: Sequence[int],
    of_word: Sequence[int],
    totals: Sequence[int],
    topic: int,
    alpha: float,
    beta: float,
    n_words: int,
    remove: bool = True,
) -> list[float]:
    parts = []
    for k, (d, w, n) in enumerate(zip(in_document, of_word, totals, strict=True)):
        less = remove and k == topic
        top = (d - less + alpha) * (w - less + beta)
        parts.append(top / (n - less + n_words * beta))
    return [part / sum(parts) for part in parts]


@exercise("16.4")
def gibbs_step(answer: Callable[..., Sequence[float]]) -> str:
    """The distribution from which a word's topic is drawn anew."""
    case = ([2, 1], [1, 3], [4, 6], 0, 0.5, 0.1, 10)
    got, right = answer(*map(_copied, case)), _shares(*case)
    if not all_close(got, right):
        if all_close(got, _shares(*case, remove=False)):
            raise Hint(
                "The word still votes for the topic that it has. From which three counts must it "
                "be taken before the weights are computed?"
            )
        unscaled = _unscaled(case)
        if all_close(got, unscaled):
            raise Hint("Do your weights sum to 1? What must you divide them by?")
        if all_close(got, _only(case, document=True)) or all_close(
            got, _only(case, document=False)
        ):
            raise Hint(
                "One factor asks the document, one asks the word. Have you multiplied both?"
            )
        raise Hint(
            f"With the counts {case[0]}, {case[1]} and {case[2]}, topic {case[3]}, "
            f"alpha={case[4]}, beta={case[5]} and {case[6]} words you gave {got!r}. "
            "What are the counts without the word, and which fraction do they make for topic 1?"
        )
    kept = [list(part) if isinstance(part, list) else part for part in case]
    answer(*kept)
    left_alone(kept, [_copied(part) for part in case], "lists")
    rng = random.Random(8)
    for _ in range(15):
        n = rng.randrange(2, 5)
        topic = rng.randrange(n)
        in_document = [rng.randrange(5) for _ in range(n)]
        of_word = [rng.randrange(5) for _ in range(n)]
        in_document[topic] += 1
        of_word[topic] += 1
        totals = [w + rng.randrange(30) for w in of_word]
        now = (in_document, of_word, totals, topic, rng.uniform(0.05, 2), 0.01, 50)
        if not all_close(answer(*map(_copied, now)), _shares(*now)):
            raise Hint(
                f"For the counts {in_document}, {of_word} and {totals}, topic {topic}, it is not "
                "right yet. Which of the three counts has lost the word?"
            )
    return (
        "The sampler is named after the physicist Josiah Willard Gibbs, who died eight decades "
        "before Stuart and Donald Geman described it in 1984, to mend pictures."
    )


def _copied(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value


def _unscaled(case: tuple[Any, ...]) -> list[float]:
    in_document, of_word, totals, topic, alpha, beta, n_words = case
    return [
        (d - (k == topic) + alpha)
        * (w - (k == topic) + beta)
        / (n - (k == topic) + n_words * beta)
        for k, (d, w, n) in enumerate(
            zip(in_document, of_word, totals, strict=True)
        )
    ]


def _only(case: tuple[Any, ...], document: bool) -> list[float]:
    in_document, of_word, totals, topic, alpha, beta, n_words = case
    parts = []
    for k, (d, w, n) in enumerate(zip(in_document, of_word, totals, strict=True)):
        less = k == topic
        word = (w - less + beta) / (n - less + n_words * beta)
        parts.append(d - less + alpha if document else word)
    return [part / sum(parts) for part in parts]


# ── 16.5 · terms that find more ───────────────────────────────────────────────────────────────────

SHELF = [
    "Counting the words of spam trains a filter.",
    "Merges join pairs of letters into tokens.",
    "A tagger labels every noun and verb.",
    "Translators align the words of two languages.",
    "Grammars build trees over sentences.",
    "Networks learn weights by gradients.",
    "Smoothing lends probability to unseen pairs.",
    "Stems lose their endings.",
]
"""Eight notes on eight chapters; exercise 16.5 searches them."""

LOOKED_FOR = [
    ("tagging verbs", 2),
    ("translation of a language", 3),
    ("the grammar of a sentence", 4),
    ("learning with a network", 5),
    ("to count words", 0),
    ("the ending of a stem", 7),
    ("a smooth probability", 6),
    ("merging letters", 1),
]
"""Questions, each with the number of the note that should come first."""


def not_found(
    terms: Callable[[str], list[str]],
    questions: Sequence[tuple[str, int]] = LOOKED_FOR,
) -> list[tuple[str, int]]:
    """Return the questions whose note does not come first, alone, when BM25 ranks these terms."""

    def cut(text: str) -> list[str]:
        found = terms(text)
        if isinstance(found, str | bytes | Mapping) or not hasattr(
            found, "__iter__"
        ):
            raise Hint(
                f"For {text!r} you gave back {found!r}. Is it a list of strings?"
            )
        listed = list(found)
        for term in listed:
            if not isinstance(term, str):
                raise Hint(
                    f"For {text!r} you gave back {listed!r}. Is every term a string?"
                )
            if not term or term.lower()[:3] not in text.lower():
                raise Hint(
                    f"For {text!r} you gave the term {term!r}, whose beginning is not in the "
                    "text. How could it have come from there?"
                )
        return listed

    index = InvertedIndex([cut(text) for text in SHELF])
    idf = lucene_idf(index)
    missed = []
    for question, wanted in questions:
        top = best(bm25(index, cut(question), idf), 2)
        tied = len(top) == 2 and math.isclose(top[0][1], top[1][1])
        if not top or top[0][0] != wanted or tied:
            missed.append((question, wanted))
    return missed


@exercise("16.5")
def better_terms(answer: Callable[[str], list[str]]) -> str:
    """Any terms at all, as long as the search then finds every note."""
    if missed := not_found(answer):
        question, wanted = missed[0]
        found = len(LOOKED_FOR) - len(missed)
        shared = Counter(answer(question)) & Counter(answer(SHELF[wanted]))
        why = (
            "Which of their words mean the same and are spelt alike at the beginning?"
            if not shared
            else "Which other note shares terms with the question, and should it?"
        )
        raise Hint(
            f"{found} of {len(LOOKED_FOR)} are found. {question!r} should find "
            f"{SHELF[wanted]!r}. {why}"
        )
    return (
        "Search engines call this analysis: most cut off endings, and some index groups of "
        "letters, which also forgives typing errors."
    )
