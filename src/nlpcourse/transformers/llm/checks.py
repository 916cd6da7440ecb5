"""Checks of the exercises of chapter 34, large language models in practice."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from nlpcourse.exercises import (
    Hint,
    close,
    exercise,
    number,
    parameters,
    same_items,
)
from nlpcourse.transformers.llm.chat import Message, render
from nlpcourse.transformers.llm.passages import questions
from nlpcourse.transformers.llm.retrieval import found_within
from nlpcourse.transformers.llm.speculative import expected_tokens
from nlpcourse.transformers.llm.store import stored

Turns = list[tuple[str, str]]

CONVERSATIONS: list[Turns] = [
    [("system", "Be brief."), ("user", "Hello.")],
    [("user", "Hello.")],
    [("system", ""), ("user", "One?"), ("assistant", "Two."), ("user", "Three?")],
]


def laid_out(turns: Turns) -> str:
    """Return the right answer of the first exercise."""
    return "".join(
        f"<|im_start|>{role}\n{text}<|im_end|>\n" for role, text in turns
    ) + ("<|im_start|>assistant\n")


@exercise("34.1")
def chat(answer: Callable[[Turns], str]) -> str:
    """Lay a conversation out for the model."""
    for turns in CONVERSATIONS:
        right, got = laid_out(turns), answer(list(turns))
        if isinstance(got, str) and got == right:
            continue
        if not isinstance(got, str):
            raise Hint(f"For {turns} you gave {got!r:.60}. Is that a text?")
        if got == right.removesuffix("<|im_start|>assistant\n"):
            raise Hint("Who is to speak next, and how would the model know?")
        if got == right.removesuffix("\n"):
            raise Hint("What stands between `assistant` and its first word?")
        if got.replace("\n", "") == right.replace("\n", ""):
            raise Hint("All marks are there. Behind which of them does a line end?")
        if "<|im_end|>" not in got:
            raise Hint("How does the model see where a turn ends?")
        place = next(
            (k for k, (a, b) in enumerate(zip(got, right, strict=False)) if a != b),
            min(len(got), len(right)),
        )
        raise Hint(
            f"Up to {right[:place][-20:]!r} it is right. What comes behind it, and what did you "
            f"put there ({got[place : place + 20]!r})?"
        )
    said = [Message(role, text) for role, text in CONVERSATIONS[0]]
    assert render(said) == laid_out(CONVERSATIONS[0])
    return (
        "That is all that makes a chat out of a language model: a layout that it has seen often. "
        "Where no system message is given, the template of this model adds its own."
    )


def _draw_round(rng: random.Random) -> dict[str, Any]:
    return {
        "rate": rng.choice([0.5, 0.6, 0.7, 0.8]),
        "proposed": rng.choice([2, 3, 4, 5]),
        "draft_cost": rng.choice([0.05, 0.1, 0.2]),
    }


def faster(p: dict[str, Any]) -> float:
    """Return the right answer of the second exercise (Leviathan and others, theorem 3.8)."""
    tokens = expected_tokens(p["rate"], p["proposed"])
    return float(tokens / (1 + p["proposed"] * p["draft_cost"]))


@exercise("34.2", parameters=_draw_round, cases=3)
def speedup(answer: Any) -> str:
    """Say how much faster a draft makes a model."""
    p = parameters("34.2")
    got, right = number(answer), faster(p)
    if got is None:
        raise Hint(
            f"{answer!r:.60} is no number. How many tokens come in the time of one?"
        )
    if close(got, right, 1e-3):
        return (
            f"{right:.2f} times as fast, as long as judging {p['proposed']} tokens takes no "
            "longer than writing one, which on one core it does."
        )
    tokens = expected_tokens(p["rate"], p["proposed"])
    if close(got, tokens, 1e-3):
        raise Hint(
            f"{got:.3g} tokens come from a round. How long does a round take?"
        )
    if close(got, 1 / right, 1e-3):
        raise Hint("Is that how much faster it is, or how much time is left?")
    if close(
        got, p["rate"] * p["proposed"] / (1 + p["proposed"] * p["draft_cost"]), 1e-3
    ):
        raise Hint(
            "When the first proposed token is refused, what of those behind it?"
        )
    if close(got, (tokens - 1) / (1 + p["proposed"] * p["draft_cost"]), 1e-3):
        raise Hint("Which token does a round bring even where nothing is kept?")
    raise Hint(
        f"You say {got:.3g}. How many tokens does a round bring on average, and how many passes of "
        "the large model does it cost, the drafts counted?"
    )


Follow = Callable[[list[str], list[str], str], Sequence[int]]

TABLES: list[tuple[list[str], list[str], str]] = [
    (["y", "ye", "yes", "n", "no", "es", "maybe"], ["yes", "no"], ""),
    (["y", "ye", "yes", "n", "no", "es", "maybe"], ["yes", "no"], "y"),
    (["a", "aa", "aaa", "b"], ["aaab"], "a"),
    (["a", "b", ""], ["ab"], "ab"),
    (["x", "spam", "ham", "sp", "m"], ["spam", "ham"], "ha"),
]


def may_follow(tokens: list[str], texts: list[str], so_far: str) -> list[int]:
    """Return the right answer of the third exercise."""
    return [
        n
        for n, token in enumerate(tokens)
        if token and any(text.startswith(so_far + token) for text in texts)
    ]


@exercise("34.3")
def follow(answer: Follow) -> str:
    """Say which tokens may come next, where all allowed texts are in a list."""
    for tokens, texts, so_far in TABLES:
        right = may_follow(tokens, texts, so_far)
        got = answer(list(tokens), list(texts), so_far)
        shown = f"For the tokens {tokens}, the texts {texts} and {so_far!r} so far "
        if isinstance(got, str | bytes) or not same_items(got, right):
            raise Hint(_of_tokens(got, right, tokens, shown))
    return (
        "A list of texts is the simplest machine there is. An automaton says the same for "
        "patterns whose texts nobody could list."
    )


def _of_tokens(got: Any, right: list[int], tokens: list[str], shown: str) -> str:
    try:
        found = [number(n) for n in got]
    except TypeError:
        return f"{shown}you gave {got!r:.60}. Is that a list of tokens' numbers?"
    if any(n is None for n in found):
        return f"{shown}you gave {got!r:.60}. Are those the numbers of tokens, and not texts?"
    extra = [n for n in found if n not in right]
    if any(
        n is not None and 0 <= n < len(tokens) and not tokens[int(n)] for n in extra
    ):
        return f"{shown}you allow an empty token. When would the text ever end?"
    if extra:
        named = [
            tokens[int(n)] if n is not None and 0 <= n < len(tokens) else n
            for n in extra
        ]
        return f"{shown}you allow {named}. Which allowed text begins like that?"
    missing = [tokens[n] for n in right if n not in found]
    return (
        f"{shown}you forbid {missing}. Does a token have to end where a text ends?"
    )


Fuse = Callable[[list[int], list[int]], Sequence[int]]
WITHIN = 3
"""A gold passage must be among so many."""


@lru_cache(maxsize=1)
def rankings() -> list[tuple[list[int], list[int]]]:
    """Return each question's two stored rankings: by words, by vectors."""
    return [(row["words"], row["vectors"]) for row in stored("rankings")]


def found_by(fuse: Fuse) -> int:
    """Return how many questions have a gold passage among the first of a fused ranking."""
    total = 0
    for question, (by_words, by_vectors) in zip(
        questions(), rankings(), strict=True
    ):
        fused = _ranking(
            fuse(list(by_words), list(by_vectors)), by_words, by_vectors
        )
        total += found_within(fused, question.gold, WITHIN)
    return total


def _ranking(got: Any, by_words: list[int], by_vectors: list[int]) -> list[int]:
    if isinstance(got, str | bytes) or not hasattr(got, "__iter__"):
        raise Hint(f"You gave {got!r:.60}. Is that a list of passages' numbers?")
    found = [number(n) for n in got]
    known = {*by_words, *by_vectors}
    strange = [n for n in found if n is None or n not in known]
    if strange:
        raise Hint(
            f"{strange[0]!r} stands in neither ranking. Where does it come from?"
        )
    if len(found) < WITHIN:
        raise Hint(
            f"You return {len(found)} passages. How many does the check look at?"
        )
    if len(set(found)) < len(found):
        raise Hint(
            "A passage stands in your ranking twice. Which of its places counts?"
        )
    return [int(n) for n in found if n is not None]


def words_alone(by_words: list[int], by_vectors: list[int]) -> list[int]:
    """Return the ranking by words."""
    return by_words


def vectors_alone(by_words: list[int], by_vectors: list[int]) -> list[int]:
    """Return the ranking by vectors."""
    return by_vectors


ALONE: tuple[Fuse, Fuse] = (words_alone, vectors_alone)


def needed() -> int:
    """Return how many questions a fused ranking must find: one more than the better one alone."""
    return max(found_by(one) for one in ALONE) + 1


@exercise("34.4")
def fuse(answer: Fuse) -> str:
    """Make one ranking of two that finds more than either."""
    got, least = found_by(answer), needed()
    if got < least:
        words, vectors = (found_by(one) for one in ALONE)
        raise Hint(
            f"Your ranking finds {got} of {len(rankings())}; words alone find {words}, vectors "
            f"alone {vectors}, and {least} are asked for. Where does yours put a passage that is "
            "the first of one ranking and far down in the other?"
        )
    return (
        f"Yours finds {got} of {len(rankings())}. These questions were in view while you chose; on "
        "new ones the gain may be smaller, and so may ours."
    )
