"""Instant checks of chapter 10, Hidden Markov models."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlpcourse.exercises import Hint, close, exercise, parameters, same_items
from nlpcourse.statistics.hmm.forward import likelihood
from nlpcourse.statistics.hmm.model import HiddenMarkovModel
from nlpcourse.statistics.hmm.viterbi import viterbi

Table = Mapping[str, Mapping[str, float]]

# ── 10.1 · a sum over four paths ──────────────────────────────────────────────────────────────────


def draw_fish(rng: random.Random) -> dict[str, Any]:
    """Draw the tables of a model with the tags N and V for the sentence 'fish fish'."""
    return {
        "start_N": rng.choice([0.5, 0.6, 0.7, 0.8]),
        "N_to_V": rng.choice([0.55, 0.65, 0.75, 0.85]),
        "V_to_N": rng.choice([0.6, 0.7, 0.9]),
        "fish_N": rng.choice([0.3, 0.4, 0.5]),
        "fish_V": rng.choice([0.1, 0.2, 0.25]),
    }


def fish_model(p: Mapping[str, float]) -> HiddenMarkovModel:
    """Return the model of exercise 10.1."""
    start = {"N": p["start_N"], "V": 1 - p["start_N"]}
    transition = {
        "N": {"N": 1 - p["N_to_V"], "V": p["N_to_V"]},
        "V": {"N": p["V_to_N"], "V": 1 - p["V_to_N"]},
    }
    emission = {"fish": {"N": p["fish_N"], "V": p["fish_V"]}}
    return HiddenMarkovModel(start, transition, emission)


@exercise("10.1", parameters=draw_fish, cases=2)
def fish_fish(answer: object) -> str:
    """P(fish fish): the sum over N N, N V, V N and V V."""
    model = fish_model(parameters("10.1"))
    words = ["fish", "fish"]
    paths = {
        path: model.joint(words, path) for path in itertools.product("NV", repeat=2)
    }
    if close(answer, max(paths.values())):
        raise Hint(
            "That is the best of the four paths. Which of the others could also have "
            "written the sentence?"
        )
    for path, p in paths.items():
        if close(answer, p):
            raise Hint(
                f"That is the path {' '.join(path)} alone. How many paths are there for "
                "two words and two tags?"
            )
    if close(answer, sum(paths.values()) / 4):
        raise Hint("You took the mean. Do the four stories exclude one another?")
    without = sum(
        model.start[a] * model.transition[a][b] for a, b in paths if (a, b) in paths
    )
    if close(answer, without):
        raise Hint(
            "The tags alone have probability 1 in all. Where does the word come in, "
            "and how often?"
        )
    if not close(answer, likelihood(model, words)):
        raise Hint(
            f"Your answer is {answer!r}. What is the probability of the path N V: start, "
            "word, step, word? And of the three others?"
        )
    return (
        "You have done by hand what the forward algorithm does. For forty words there "
        "would be more than a million million paths; it needs four products a word."
    )


# ── 10.2 · a transition probability ───────────────────────────────────────────────────────────────

_TAGS = [
    ["D", "N", "V", "D", "N"],
    ["N", "V", "N", "N"],
    ["D", "J", "N", "V"],
    ["N"],
    [],
]


@exercise("10.2")
def transition_probability(
    answer: Callable[[Sequence[Sequence[str]], str, str], float],
) -> str:
    """The share of one tag among those that follow another."""
    for before, after in (
        ("D", "N"), ("N", "V"), ("V", "N"), ("N", "N"), ("J", "D"), ("V", "V"),
    ):  # fmt: skip
        got = answer([list(tags) for tags in _TAGS], before, after)
        pairs = [pair for tags in _TAGS for pair in itertools.pairwise(tags)]
        left = sum(a == before for a, _ in pairs)
        both = pairs.count((before, after))
        if close(got, both / left):
            continue
        every = sum(tags.count(before) for tags in _TAGS)
        joined = [tag for tags in _TAGS for tag in tags]
        across = list(itertools.pairwise(joined))
        if close(got, across.count((before, after)) / max(1, joined.count(before))):
            raise Hint(
                "Where does a sentence end? Is the last tag of one followed by "
                "the first tag of the next, or does it step to anything at all?"
            )
        if close(got, both / every):
            raise Hint(
                f"For {before} to {after} you divided by all {before}. Does a tag that "
                "ends its sentence step to anything?"
            )
        if close(got, both / len(pairs)):
            raise Hint(
                "That is a share of all pairs. Of which pairs should it be a share?"
            )
        raise Hint(
            f"For {before} to {after} you gave {got!r}. How many pairs begin with "
            f"{before}, and how many of those go on to {after}?"
        )
    return (
        "Andrei Markov counted like this in 1913, by hand: vowels and consonants in "
        "twenty thousand letters of Pushkin's Eugene Onegin."
    )


# ── 10.3 · the best path ──────────────────────────────────────────────────────────────────────────


def random_tables(
    seed: int, states: str = "NVD", words: Sequence[str] = ("a", "b", "c")
) -> tuple[
    dict[str, float], dict[str, dict[str, float]], dict[str, dict[str, float]]
]:
    """Return start, transition and emission[state][word] of a model drawn at random.

    Raises:
        ValueError: there are no states or no words.
    """
    if not states or not words:
        raise ValueError("a model needs one state and one word at least")
    rng = random.Random(seed)

    def shares(keys: Sequence[str]) -> dict[str, float]:
        drawn = {key: rng.random() ** 3 + 0.01 for key in keys}
        return {key: n / sum(drawn.values()) for key, n in drawn.items()}

    start = shares(states)
    return (
        start,
        {s: shares(states) for s in start},
        {s: shares(words) for s in start},
    )


def _model(
    start: Mapping[str, float], transition: Table, emission: Table
) -> HiddenMarkovModel:
    by_word: dict[str, dict[str, float]] = {}
    for state, law in emission.items():
        for word, p in law.items():
            by_word.setdefault(word, {})[state] = p
    return HiddenMarkovModel(start, transition, by_word)


@exercise("10.3")
def best_path(
    answer: Callable[[Sequence[str], Mapping[str, float], Table, Table], list[str]],
) -> str:
    """The most probable path, also of a long sequence."""
    if not same_items(answer([], *random_tables(0)), []):
        raise Hint(
            "A sentence without words has a path without states. Is yours empty?"
        )
    for seed in range(40):
        tables = random_tables(seed)
        start, transition, emission = tables
        model = _model(*tables)
        words = random.Random(seed).choices("abc", k=1 + seed % 6)
        got, right = answer(list(words), *tables), viterbi(model, words)
        if same_items(got, right):
            continue
        single = [max(emission, key=lambda s: emission[s][w]) for w in words]
        greedy: list[str] = []
        for word in words:
            law = transition[greedy[-1]] if greedy else start
            greedy.append(max(law, key=lambda s: law[s] * emission[s][word]))
        if same_items(got, greedy):
            raise Hint(
                "You chose the best tag for each word as you went along. Can a later word "
                "show that an earlier choice was bad? What must you keep to change it?"
            )
        if same_items(got, single):
            raise Hint(
                "Each word got the state that emits it most. Where do the transitions "
                "come in?"
            )
        if same_items(got, right[::-1]):
            raise Hint(
                "Pointers lead from the last word to the first. Did you turn round?"
            )
        raise Hint(
            f"For {' '.join(words)!r} you gave {got!r}. For each state at a place: which "
            "state before it gives the largest product, and did you write it down?"
        )
    tables = random_tables(3)
    long = random.Random(5).choices("abc", k=3000)
    if not same_items(answer(list(long), *tables), viterbi(_model(*tables), long)):
        raise Hint(
            "Three thousand words went wrong. What becomes of a product of three thousand "
            "probabilities, and what would you add instead?"
        )
    return (
        "Andrew Viterbi published this in 1967 to decode radio signals full of noise. "
        "Mobile telephones and disk drives have used it since."
    )


# ── 10.4 · a word that nobody has seen ────────────────────────────────────────────────────────────

SEEN = [
    ("walking", "verb"), ("talked", "verb"), ("painting", "verb"), ("jumped", "verb"),
    ("singing", "verb"), ("wanted", "verb"), ("kindness", "noun"), ("station", "noun"),
    ("darkness", "noun"), ("nation", "noun"), ("happiness", "noun"), ("relation", "noun"),
    ("slowly", "adverb"), ("quickly", "adverb"), ("gladly", "adverb"), ("badly", "adverb"),
    ("helpful", "adjective"), ("famous", "adjective"), ("useful", "adjective"),
    ("nervous", "adjective"), ("careful", "adjective"), ("joyous", "adjective"),
]  # fmt: skip
"""Words with their tags, to learn from."""

NEW = [
    ("blogging", "verb"), ("texted", "verb"), ("googling", "verb"), ("laminated", "verb"),
    ("weirdness", "noun"), ("digitization", "noun"), ("madness", "noun"),
    ("virtually", "adverb"), ("oddly", "adverb"), ("playful", "adjective"),
    ("porous", "adjective"), ("hopeful", "adjective"),
]  # fmt: skip
"""Words to guess."""


def wrong_guesses(
    guess: Callable[[str, list[tuple[str, str]]], str],
    words: Sequence[tuple[str, str]],
    seen: Sequence[tuple[str, str]],
) -> list[tuple[str, str, object]]:
    """Return the words with the right and the guessed tag where they differ."""
    found = [(word, tag, guess(word, list(seen))) for word, tag in words]
    return [item for item in found if item[1] != item[2]]


@exercise("10.4")
def guess_tag(answer: Callable[[str, list[tuple[str, str]]], str]) -> str:
    """The tag of a new word, from words with tags; any method that learns is right."""
    tags = sorted({tag for _, tag in SEEN})
    turned = dict(zip(tags, tags[1:] + tags[:1], strict=True))
    first = answer("blogging", list(SEEN))
    if not isinstance(first, str) or first not in tags:
        raise Hint(
            f"For 'blogging' you gave {first!r}. Is it one of the tags in `seen`, as text?"
        )
    wrong = wrong_guesses(answer, NEW, SEEN)
    if len(wrong) > 2:
        word, tag, got = wrong[0]
        raise Hint(
            f"{len(wrong)} of {len(NEW)} words are wrong; {word!r} became {got!r}. What do "
            f"{word!r} and the words of `seen` that are tagged {tag} have in common?"
        )
    other = [(word, turned[tag]) for word, tag in SEEN]
    right = [(word, turned[tag]) for word, tag in NEW]
    if len(wrong_guesses(answer, right, other)) > 2:
        raise Hint(
            "With other tags in `seen` your guesses stay as they were. Do you learn from "
            "`seen`, or did you write the endings into the code?"
        )
    if not isinstance(answer("xyz", list(SEEN)), str):
        raise Hint(
            "'xyz' ends like no word that was seen. Which tag is a good guess then?"
        )
    return (
        "Endings matter most in languages such as Finnish or Turkish, where a word has very many "
        "forms, and more of the words of a new text were never seen before."
    )
