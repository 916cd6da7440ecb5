"""Instant checks of chapter 09, N-gram language models."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlpcourse.checks import Hint, exercise


def _close(got: object, expected: float) -> bool:
    return isinstance(got, int | float) and math.isclose(
        got, expected, rel_tol=1e-9, abs_tol=1e-12
    )


# ── 09.1 · relative frequency ─────────────────────────────────────────────────────────────────────

_ROSE_TEXT = "a rose is a rose is a rose"
_ROSE = _ROSE_TEXT.split()


@exercise("09.1")
def follows(answer: Callable[[Sequence[str], str, str], float]) -> str:
    """P(word | before) as a share of what followed *before*."""
    cases = [(_ROSE, "a", "rose"), (_ROSE, "rose", "is"), (_ROSE, "is", "rose")]
    rng = random.Random(9)
    for _ in range(20):
        text = rng.choices("abc", k=rng.randrange(4, 15))
        cases.append((text, rng.choice(text[:-1]), rng.choice("abc")))
    for text, before, word in cases:
        try:
            got = answer(list(text), before, word)
        except ZeroDivisionError:
            raise Hint(
                f"Your code divided by zero for {' '.join(text)!r} and the word before "
                f"{before!r}. What did you count there?"
            ) from None
        pairs = Counter(itertools.pairwise(text))
        followed = sum(n for (first, _), n in pairs.items() if first == before)
        n = pairs[before, word]
        if _close(got, n / followed):
            continue
        shown = f"In {' '.join(text)!r} the answer for {word!r} after {before!r}"
        if _close(got, n / text.count(before)):
            raise Hint(
                f"{shown} is {got:.3g} with you. The text ends in {before!r}. Did "
                "anything follow it there?"
            )
        if text.count(word) and _close(got, n / text.count(word)):
            raise Hint(
                f"You divided by how often {word!r} occurs. Of all the times that what "
                "occurred is the share wanted?"
            )
        if _close(got, n / len(text)) or _close(got, n / (len(text) - 1)):
            raise Hint(
                f"That is the share of the pair among all pairs. Once {before!r} has "
                "been said, which pairs are still possible?"
            )
        if _close(got, n):
            raise Hint("That is the count. A share of how many is it?")
        raise Hint(
            f"{shown} came out as {got!r}. Which words follow {before!r}, and how many "
            f"of them are {word!r}?"
        )
    return (
        "Andrei Markov did this by hand in 1913: he counted which of 20,000 letters of "
        "Pushkin's Eugene Onegin followed which. The chains of words of this chapter bear "
        "his name."
    )


# ── 09.2 · perplexity ─────────────────────────────────────────────────────────────────────────────


def draw_probabilities(rng: random.Random) -> dict[str, Any]:
    """Draw what a model gave to the words of two short texts."""
    choices = [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32]
    return {
        "first": [rng.choice(choices) for _ in range(4)],
        "second": [rng.choice(choices) for _ in range(6)],
    }


@exercise("09.2", parameters=draw_probabilities)
def text_perplexity(answer: Callable[[Sequence[float]], float]) -> str:
    """Perplexity from the probabilities of the words."""
    cases = [[1 / 2, 1 / 8], [1 / 6] * 5, [1.0], [0.9, 0.001, 0.2]]
    for p in cases:
        got, right = answer(list(p)), math.prod(p) ** (-1 / len(p))
        if _close(got, right):
            continue
        bits = -sum(math.log2(x) for x in p) / len(p)
        if _close(got, bits) or _close(got, bits * math.log(2)):
            raise Hint(
                "That is the cross-entropy, the mean surprise. Which power turns a mean "
                "logarithm back into a number of choices?"
            )
        if _close(got, 2 ** (bits * math.log(2))) or _close(got, math.exp(bits)):
            raise Hint(
                "Your logarithm and your power don't fit each other. Which number must "
                "you raise when the logarithm was the natural one, and which for bits?"
            )
        if _close(got, sum(1 / x for x in p) / len(p)):
            raise Hint(
                "You took the mean of 1 / p. One impossible word should count how much? "
                "Which mean belongs to a product of probabilities?"
            )
        if _close(got, len(p) / sum(p)):
            raise Hint(
                "You took the mean of the probabilities. A text's probability is their "
                "product: which mean belongs to a product?"
            )
        if _close(got, 1 / math.prod(p)):
            raise Hint(
                "That is one divided by the probability of the whole text. How do you "
                "share it out among the words?"
            )
        raise Hint(
            f"For {p} you gave {got!r}. What is the product, and what is its root?"
        )
    try:
        impossible = answer([0.5, 0.0, 0.5])
    except (ValueError, ZeroDivisionError):
        raise Hint(
            "One word has probability 0, and your code stops. How surprised is a model by "
            "what it called impossible?"
        ) from None
    if impossible != math.inf:
        raise Hint(
            f"With one impossible word you gave {impossible!r}. Among how many choices is "
            "a word that can't happen?"
        )
    long = answer([1 / 1000] * 2000)
    if not _close(long, 1000):
        raise Hint(
            f"Two thousand words of probability 1/1000 gave {long!r}. What becomes of a "
            "product of two thousand small numbers in a computer?"
        )
    return (
        "Fred Jelinek's group at IBM named this perplexity in 1977, to say how hard a task "
        "is for a speech recognizer: the number of words it must tell apart at each step."
    )


# ── 09.3 · continuation counts ────────────────────────────────────────────────────────────────────

_CITY_TEXT = "in San Francisco and San Francisco or near San Francisco near here"
_CITIES = _CITY_TEXT.split()


@exercise("09.3")
def continuation(answer: Callable[[Sequence[str], str], float]) -> str:
    """The share of all different pairs that end in the word."""
    cases = [(_CITIES, word) for word in ("Francisco", "near", "San", "here", "in")]
    rng = random.Random(3)
    for _ in range(20):
        text = rng.choices("abcd", k=rng.randrange(3, 20))
        cases.append((text, rng.choice(text)))
    for text, word in cases:
        pairs = list(itertools.pairwise(text))
        ends = [pair for pair in pairs if pair[1] == word]
        right = len(set(ends)) / len(set(pairs))
        got = answer(list(text), word)
        if _close(got, right):
            continue
        where = f"{word!r} in {' '.join(text)!r}"
        if _close(got, len(ends) / len(pairs)) or _close(
            got, text.count(word) / len(text)
        ):
            raise Hint(
                f"For {where} you counted every time. How many *different* words stand "
                "before it?"
            )
        if _close(got, len(set(ends))):
            raise Hint(
                "That is the number of different words before it. Of how many different "
                "pairs in all? The shares of all words must sum to one."
            )
        if _close(got, len(set(ends)) / len(pairs)):
            raise Hint(
                f"For {where} you divided by all pairs, repeats too. Do the shares of all "
                "words then sum to one?"
            )
        if _close(got, len(set(ends)) / len(set(text))):
            raise Hint(
                "You divided by the number of different words. A common ending has many "
                "predecessors: do the shares of all words then sum to one?"
            )
        starts = {pair for pair in pairs if pair[0] == word}
        if _close(got, len(starts) / len(set(pairs))):
            raise Hint(
                f"You counted what comes after {word!r}. Which side of the word says "
                "whether it turns up in many places?"
            )
        raise Hint(
            f"For {where} you gave {got!r}. Write down the different pairs: how many end "
            f"in {word!r}?"
        )
    return (
        "The same count, of different visitors and not of visits, is how Kneser and Ney "
        "kept 'Francisco' from turning up where no 'San' stands before it."
    )


# ── 09.4 · a better model ─────────────────────────────────────────────────────────────────────────

_LEARN_TEXT = (
    "the cat sat on the mat . the dog sat on the rug . the cat saw the dog . "
    "the dog saw the cat and ran . the old cat ran to the mat . a bird sat on the old "
    "tree . the bird saw a cat and sang . a dog ran to the tree and sat . the bird sang "
    "in the tree . the old dog slept on the rug . the cat slept on the mat . a cat ran ."
)
LEARN = _LEARN_TEXT.split()
"""What the model of exercise 09.4 may read."""

_JUDGED_TEXT = (
    "the bird sat on the mat . the old dog ran to the rug . a cat saw the bird . "
    "the dog sang and slept in the tree . the old bird slept on the tree . a dog saw "
    "a cat and ran ."
)
JUDGED = _JUDGED_TEXT.split()
"""What it is judged on."""

Model = Callable[[str, str, Mapping[str, Mapping[str, int]]], float]


def followers_of(text: Sequence[str]) -> dict[str, Counter[str]]:
    """Return word → the words that followed it → how often, with every word as a key."""
    found: dict[str, Counter[str]] = {word: Counter() for word in text}
    for before, word in itertools.pairwise(text):
        found[before][word] += 1
    return found


def perplexity_of(model: Model) -> float:
    """Return the perplexity of ``JUDGED`` under a model that has read ``LEARN``."""
    followers = followers_of(LEARN)
    total = 0.0
    for before, word in itertools.pairwise(JUDGED):
        p = model(word, before, followers)
        total += math.log(p) if p > 0 else -math.inf
    return math.exp(-total / (len(JUDGED) - 1))


def _add_one(
    word: str, before: str, followers: Mapping[str, Mapping[str, int]]
) -> float:
    """Return the add-one estimate that exercise 09.4 asks to beat."""
    seen = followers[before]
    return (seen.get(word, 0) + 1) / (sum(seen.values()) + len(followers))


GOAL = 0.8 * perplexity_of(_add_one)
"""The perplexity to reach in exercise 09.4: a fifth less than add-one."""


@exercise("09.4")
def better_model(answer: Model) -> str:
    """Any model at all, if it is a distribution and its perplexity is low enough."""
    followers = followers_of(LEARN)
    for before in followers:
        shares = [answer(word, before, followers) for word in followers]
        if min(shares) < 0:
            raise Hint(
                f"After {before!r} a share is negative. What took too much off?"
            )
        if not math.isclose(math.fsum(shares), 1, abs_tol=1e-9):
            raise Hint(
                f"After {before!r} your shares sum to {math.fsum(shares):.4f}. What is "
                "taken off the seen words, and is exactly that handed to the others?"
            )
    reached = perplexity_of(answer)
    if reached == math.inf:
        raise Hint(
            "A word of the judged text is impossible for your model. Which words have "
            "nothing handed to them yet?"
        )
    if reached > GOAL:
        raise Hint(
            f"The perplexity is {reached:.2f}, and {GOAL:.2f} is the goal. Add-one hands "
            "every unseen word the same. Which words deserve more of it?"
        )
    return (
        f"Your perplexity is {reached:.2f}. On so small a text a plain mixture can beat "
        "Kneser–Ney; Chen and Goodman found that the larger the text, the surer "
        "Kneser–Ney wins."
    )
