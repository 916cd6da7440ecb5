"""Instant checks of chapter 09, N-gram language models."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlpcourse.exercises import Hint, close, exercise, number, parameters

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
            call = getattr(answer, "last_call", "Your code")
            raise Hint(
                f"{call} divided by zero. What did you count for the word before, "
                f"{before!r}?"
            ) from None
        pairs = Counter(itertools.pairwise(text))
        followed = sum(n for (first, _), n in pairs.items() if first == before)
        n = pairs[before, word]
        if close(got, n / followed):
            continue
        shown = f"In {' '.join(text)!r} the answer for {word!r} after {before!r}"
        if close(got, n / text.count(before)):
            raise Hint(
                f"{shown} is {got!r} with you. The text ends in {before!r}. Did "
                "anything follow it there?"
            )
        if text.count(word) and close(got, n / text.count(word)):
            raise Hint(
                f"{shown} is {got!r} with you: you divided by how often {word!r} occurs. "
                "Of all the times that what occurred is the share wanted?"
            )
        if close(got, n / len(text)) or close(got, n / (len(text) - 1)):
            raise Hint(
                f"That is the share of the pair among all pairs. Once {before!r} has "
                "been said, which pairs are still possible?"
            )
        if close(got, n):
            raise Hint("That is the count. A share of how many is it?")
        raise Hint(
            f"{shown} came out as {got!r}. Which words follow {before!r}, and how many "
            f"of them are {word!r}?"
        )
    return (
        "Andrei Markov did this by hand in 1913: among 20,000 letters of Pushkin's Eugene "
        "Onegin he counted how often a vowel or a consonant followed a vowel or a consonant. "
        "Chains of guesses like those of this chapter bear his name."
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
        if close(got, right):
            continue
        bits = -sum(math.log2(x) for x in p) / len(p)
        if close(got, bits) or close(got, bits * math.log(2)):
            raise Hint(
                "That is the cross-entropy, the mean surprise. Which power turns a mean "
                "logarithm back into a number of choices?"
            )
        if close(got, 2 ** (bits * math.log(2))) or close(got, math.exp(bits)):
            raise Hint(
                "Your logarithm and your power don't fit each other. Which number must "
                "you raise when the logarithm was the natural one, and which for bits?"
            )
        if close(got, sum(1 / x for x in p) / len(p)):
            raise Hint(
                "You took the mean of 1 / p. One impossible word should count how much? "
                "Which mean belongs to a product of probabilities?"
            )
        if close(got, len(p) / sum(p)):
            raise Hint(
                "You took the mean of the probabilities. A text's probability is their "
                "product: which mean belongs to a product?"
            )
        if close(got, 1 / math.prod(p)):
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
    if number(impossible) != math.inf:
        raise Hint(
            f"With one impossible word you gave {impossible!r}. Among how many choices is "
            "a word that can't happen?"
        )
    long = answer([1 / 1000] * 2000)
    if not close(long, 1000):
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
        if close(got, right):
            continue
        where = f"{word!r} in {' '.join(text)!r}"
        if close(got, len(ends) / len(pairs)) or close(
            got, text.count(word) / len(text)
        ):
            raise Hint(
                f"For {where} you counted every time. How many *different* words stand "
                "before it?"
            )
        if close(got, len(set(ends))):
            raise Hint(
                "That is the number of different words before it. Of how many different "
                "pairs in all? The shares of all words must sum to one."
            )
        if close(got, len(set(ends)) / len(pairs)):
            raise Hint(
                f"For {where} you divided by all pairs, repeats too. Do the shares of all "
                "words then sum to one?"
            )
        if close(got, len(set(ends)) / len(set(text))):
            raise Hint(
                "You divided by the number of different words. A common ending has many "
                "predecessors: do the shares of all words then sum to one?"
            )
        starts = {pair for pair in pairs if pair[0] == word}
        if close(got, len(starts) / len(set(pairs))):
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


# ── 09.4 · absolute discounting ───────────────────────────────────────────────────────────────────


def draw_context(rng: random.Random) -> dict[str, Any]:
    """Draw what followed a context, a discount, and what the shorter context says."""
    words = rng.sample(["rug", "mat", "tree", "roof", "sea", "moon"], 4)
    shares = rng.sample([0.1, 0.2, 0.3, 0.4], 4)
    return {
        "counts": {word: rng.randrange(1, 6) for word in words[:3]},
        "discount": rng.choice([0.5, 0.6, 0.75, 0.8]),
        "shorter": dict(zip(words, shares, strict=True)),
    }


def discounted(
    counts: Mapping[str, int], discount: float, shorter: Mapping[str, float]
) -> dict[str, float]:
    """Return P(word | context) by absolute discounting, for every word of *shorter*."""
    total = sum(counts.values())
    taken = discount * len(counts) / total
    return {
        word: max(counts.get(word, 0) - discount, 0) / total + taken * share
        for word, share in shorter.items()
    }


@exercise("09.4", parameters=draw_context, cases=1)
def share_out(answer: object) -> str:
    """The distribution after the class's own context, by absolute discounting."""
    p = parameters("09.4")
    counts, discount, shorter = p["counts"], p["discount"], p["shorter"]
    right, total = discounted(**p), sum(counts.values())
    if not isinstance(answer, Mapping):
        raise Hint(
            f"Your answer is {answer!r}. Is it a dictionary that gives every word of "
            "`shorter` its probability?"
        )
    if lacking := [word for word in shorter if word not in answer]:
        raise Hint(
            f"{lacking[0]!r} has no probability with you. Which words may follow, although "
            "they have not done so yet?"
        )
    if strange := [word for word in answer if word not in shorter]:
        raise Hint(
            f"{strange[0]!r} is no word of `shorter`. Where does it come from?"
        )
    for word, share in right.items():
        got, n = answer[word], counts.get(word, 0)
        if close(got, share):
            continue
        if close(got, n / total):
            raise Hint(
                f"For {word!r} you gave {got!r}, the relative frequency. What is taken off "
                "every count?"
            )
        if close(got, (n - discount) / total) or close(
            got, max(n - discount, 0) / total
        ):
            raise Hint(
                f"For {word!r} you gave {got!r}. To whom goes what was taken off, and how "
                "much of it to this word?"
            )
        one = max(n - discount, 0) / total + discount / total * shorter[word]
        if close(got, one):
            raise Hint(
                f"For {word!r} you gave {got!r}. Every different word gave a discount: how "
                "many different words were there?"
            )
        raise Hint(
            f"For {word!r}, seen {n} times of {total}, you gave {got!r}. What is left of "
            "its own count, and which share of all that was taken is handed to it?"
        )
    return (
        "The discount itself can be read off the text: it is about n1 / (n1 + 2 n2), where n1 "
        "n-grams occur once and n2 twice, as Ney, Essen and Kneser derived in 1994."
    )


# ── 09.5 · a better model ─────────────────────────────────────────────────────────────────────────

_LEARN_TEXT = (
    "the cat sat on the mat . the dog sat on the rug . the cat saw the dog . "
    "the dog saw the cat and ran . the old cat ran to the mat . a bird sat on the old "
    "tree . the bird saw a cat and sang . a dog ran to the tree and sat . the bird sang "
    "in the tree . the old dog slept on the rug . the cat slept on the mat . a cat ran ."
)
LEARN = _LEARN_TEXT.split()
"""What the model of exercise 09.5 may read."""

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
        p = number(model(word, before, followers)) or 0.0
        total += math.log(p) if p > 0 else -math.inf
    return math.exp(-total / (len(JUDGED) - 1))


def sum_is_not_one(
    model: Model, before: str, followers: Mapping[str, Mapping[str, int]]
) -> str:
    """Ask what is wrong with the model's probabilities after a word; nothing where all is right."""
    total = 0.0
    for word in followers:
        got = model(word, before, followers)
        share = number(got)
        if share is None or not share >= 0:
            return (
                f"P({word} | {before}) is {got!r} with you. Which number between 0 and 1 "
                "should it be?"
            )
        total += share
    if math.isclose(total, 1, abs_tol=1e-5):
        return ""
    return (
        f"After {before!r} your shares sum to {total:.4f}. What is taken off the seen words, "
        "and is exactly that handed to the others?"
    )


def _add_one(
    word: str, before: str, followers: Mapping[str, Mapping[str, int]]
) -> float:
    """Return the add-one estimate that exercise 09.5 asks to beat."""
    seen = followers[before]
    return (seen.get(word, 0) + 1) / (sum(seen.values()) + len(followers))


GOAL = 0.8 * perplexity_of(_add_one)
"""The perplexity to reach in exercise 09.5: a fifth less than add-one."""


@exercise("09.5")
def better_model(answer: Model) -> str:
    """Any model at all, if it is a distribution and its perplexity is low enough."""
    followers = followers_of(LEARN)
    for before in followers:
        question = sum_is_not_one(answer, before, followers)
        if question:
            raise Hint(question)
    reached = perplexity_of(answer)
    if reached == math.inf:
        raise Hint(
            "A word of the judged text is impossible for your model. Which words have "
            "nothing handed to them yet?"
        )
    if not reached <= GOAL:
        raise Hint(
            f"The perplexity is {reached:.2f}, and {GOAL:.2f} is the goal. Add-one hands "
            "every unseen word the same. Which words deserve more of it?"
        )
    return (
        f"Your perplexity is {reached:.2f}. On texts of every size that they tried, Chen and "
        "Goodman found the modified form of Kneser–Ney the best."
    )
