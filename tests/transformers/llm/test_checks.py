"""The checks of chapter 34: right answers pass, usual mistakes meet a question that fits them."""

from __future__ import annotations

from typing import Any

from answers import each_meets_its_question, each_passes, groups_have_their_own
from nlpcourse.exercises import parameters
from nlpcourse.transformers.llm import checks
from nlpcourse.transformers.llm.retrieval import reciprocal_rank_fusion


def right_speedup() -> float:
    return checks.faster(parameters("34.2"))


def tokens_alone() -> float:
    p = parameters("34.2")
    return float((1 - p["rate"] ** (p["proposed"] + 1)) / (1 - p["rate"]))


def interleaved(words: list[int], vectors: list[int]) -> list[int]:
    return list(
        dict.fromkeys(n for pair in zip(words, vectors, strict=True) for n in pair)
    )


def whole_texts(tokens: list[str], texts: list[str], so_far: str) -> list[int]:
    return [n for n, token in enumerate(tokens) if so_far + token in texts]


def anywhere(tokens: list[str], texts: list[str], so_far: str) -> list[int]:
    return [
        n for n, t in enumerate(tokens) if t and any(t in text for text in texts)
    ]


def with_empty(tokens: list[str], texts: list[str], so_far: str) -> list[int]:
    starts = [text.startswith for text in texts]
    return [n for n, t in enumerate(tokens) if any(s(so_far + t) for s in starts)]


def as_tokens(tokens: list[str], texts: list[str], so_far: str) -> list[str]:
    return [tokens[n] for n in checks.may_follow(tokens, texts, so_far)] or ["a"]


def without_opening(turns: Any) -> str:
    return checks.laid_out(turns).removesuffix("<|im_start|>assistant\n")


test_right_answers_pass = each_passes(
    [
        ("34.1", checks.laid_out),
        ("34.2", right_speedup()),
        ("34.3", checks.may_follow),
        ("34.4", interleaved),
        ("34.4", lambda a, b: reciprocal_rank_fusion([a, b], 1)),
    ]
)

test_mistakes_meet_their_question = each_meets_its_question(
    [
        ("34.1", without_opening, "Who is to speak next"),
        ("34.1", lambda t: checks.laid_out(t).removesuffix("\n"), "its first word"),
        ("34.1", lambda t: checks.laid_out(t).replace("\n", ""), "does a line end"),
        ("34.1", lambda t: " ".join(text for _, text in t), "where a turn ends"),
        ("34.1", lambda t: "<|im_end|>", "What comes behind it"),
        ("34.1", lambda t: 3, "Is that a text"),
        ("34.2", tokens_alone(), "How long does a round take"),
        ("34.2", 1 / right_speedup(), "how much time is left"),
        ("34.2", "fast", "no number"),
        ("34.2", 17.0, "on average"),
        ("34.3", whole_texts, "have to end where a text ends"),
        ("34.3", anywhere, "begins like that"),
        ("34.3", with_empty, "an empty token"),
        ("34.3", as_tokens, "and not texts"),
        ("34.4", checks.words_alone, "first of one ranking"),
        (
            "34.4",
            lambda a, b: reciprocal_rank_fusion([a, b]),
            "first of one ranking",
        ),
        ("34.4", lambda a, b: [*a, *b], "twice"),
        ("34.4", lambda a, b: a[:2], "look at"),
        ("34.4", lambda a, b: [-1, -2, -3], "neither ranking"),
        ("34.4", lambda a, b: "abc", "list of passages"),
    ]
)

test_groups_draw_their_own_rounds = groups_have_their_own("34.2", right_speedup)
