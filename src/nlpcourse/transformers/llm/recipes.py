"""What SmolLM2 was asked, stored because it is slow.

    python -m nlpcourse.transformers.llm.recipes prompts-movies      # goes on where it was stopped

Each experiment's answers lie as one JSON file beside the chapter's results.  Everything is greedy
or scored, so that nothing is drawn; the chapter asks a small part again, and a test compares.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from nlpcourse.training.recipe import Recipe
from nlpcourse.transformers.gpt.llama import Smol
from nlpcourse.transformers.llm import (
    abilities,
    answering,
    injection,
    judging,
    retrieval,
    seen,
    trials,
)
from nlpcourse.transformers.llm.passages import book, questions
from nlpcourse.transformers.llm.store import keep, path, rounded, stored

RECIPES: dict[str, Recipe] = {}
"""Nothing is trained in this chapter."""

ZHAO_ORDERS = (0.543, 0.934)
"""Accuracy on SST-2 of GPT-3 2.7B with four examples in the worst and the best order.

Zhao et al. (2021), section 3.
"""
WANG_DUELS = (66, 80)
"""Queries on which one model beat another by the order of the answers, and of how many.

Wang et al. (2024), abstract.
"""
CARD_GSM8K = 0.014
"""GSM8K with five examples, SmolLM2-135M-Instruct's model card."""

PATIENCE = 540
"""Seconds after which an experiment stops and says that more is to be done."""


def _prompts(task: str) -> bool:
    """Ask a task under every prompt; return whether all is done."""
    name, begin = f"prompts-{task}", time.perf_counter()
    done = stored(name) if path(name).is_file() else []
    have = [row["condition"] for row in done]
    smol = Smol()
    for condition in trials.conditions(task):
        if asdict(condition) in have:
            continue
        if time.perf_counter() - begin > PATIENCE:
            return False
        start = time.perf_counter()
        found = trials.asked(smol, condition)
        done.append(
            {
                "condition": asdict(condition),
                "log_probs": rounded(found["log_probs"].tolist()),
                "content_free": rounded(found["content_free"].tolist()),
                "tokens": found["tokens"],
                "seconds": round(time.perf_counter() - start, 1),
            }
        )
        keep(name, done)
    return True


RANKED = 50
"""Passages of each ranking that are stored."""


def _rankings() -> bool:
    """Store both rankings of every question, and the vectors of all passages where they lack."""
    if not retrieval.vectors_file().is_file():
        retrieval.store_vectors()
    vectors = retrieval.Encoder()([q.text for q in questions()])
    rows = [
        {
            "words": retrieval.by_words(question.text, RANKED),
            "vectors": retrieval.by_vectors(vector, RANKED),
        }
        for question, vector in zip(questions(), vectors, strict=True)
    ]
    keep("rankings", rows)
    return True


KINDS = {"in the book's words": False, "in other words": True}
"""The two kinds of questions, and whether they avoid the book's words."""


def recall_curves(deepest: int = 10) -> dict[str, dict[str, list[float]]]:
    """Return recall at 1 to *deepest* of both rankings and of their fusion, by kind of question.

    Raises:
        ValueError: *deepest* is below 1.
    """
    if deepest < 1:
        raise ValueError(f"{deepest} passages hold nothing; look at 1 or more")
    held = stored("rankings")
    rankings = {
        "by words": [row["words"] for row in held],
        "by vectors": [row["vectors"] for row in held],
        "by both": [
            retrieval.reciprocal_rank_fusion([row["words"], row["vectors"]])
            for row in held
        ],
    }

    def recall(rows: list[list[int]], own: bool, k: int) -> float:
        found = [
            retrieval.found_within(ranking, question.gold, k)
            for question, ranking in zip(questions(), rows, strict=True)
            if question.own_words == own
        ]
        return sum(found) / len(found)

    return {
        kind: {
            name: [recall(rows, own, k) for k in range(1, deepest + 1)]
            for name, rows in rankings.items()
        }
        for kind, own in KINDS.items()
    }


SETTINGS = ("nothing", "gold", "found", "wrong")
"""What the model is given to answer from: nothing, the gold passage, the best found, another's."""


def given(number: int) -> dict[str, list[int]]:
    """Return the passages that a question is answered from, under each of the :data:`SETTINGS`.

    The best found is the first of both rankings fused; the wrong one answers the next question.
    A question in other words is answered from the found passage alone.
    """
    asked = questions()
    question = asked[number]
    first = stored("rankings")[number]
    fused = retrieval.reciprocal_rank_fusion([first["words"], first["vectors"]])
    other = asked[(number + 2) % len(asked)]
    if question.own_words:
        return {"found": fused[:1]}
    return {
        "nothing": [],
        "gold": [question.gold[0]],
        "found": fused[:1],
        "wrong": [other.gold[0]],
    }


def _answers() -> bool:
    """Let the model answer all questions; return whether all is done."""
    begin = time.perf_counter()
    done = stored("answers") if path("answers").is_file() else []
    have = {row["question"] for row in done}
    smol = Smol()
    prefixes = {p: answering.shown_before(smol, p) for p in (False, True)}
    for number, question in enumerate(questions()):
        if number in have:
            continue
        if time.perf_counter() - begin > PATIENCE:
            return False
        row: dict[str, object] = {"question": number}
        for setting, numbers in given(number).items():
            text = " ".join(book()[n].text for n in numbers)
            before = prefixes[bool(text)]
            said = answering.answer(smol, question.text, text, before)
            row[setting] = {"passages": numbers, "said": said}
        done.append(row)
        keep("answers", done)
    return True


def judged_answers() -> dict[str, tuple[list[bool], list[float]]]:
    """Return of each setting which stored answers are right, and the share that is supported.

    The setting of the questions in other words says so.
    """
    asked, found = questions(), dict[str, tuple[list[bool], list[float]]]()
    for row in stored("answers"):
        question = asked[row["question"]]
        for setting in SETTINGS:
            if setting not in row:
                continue
            said, numbers = row[setting]["said"], row[setting]["passages"]
            name = f"other words, {setting}" if question.own_words else setting
            right, support = found.setdefault(name, ([], []))
            right.append(answering.is_right(said, question.answers))
            source = " ".join(retrieval.searchable(book()[n]) for n in numbers)
            support.append(answering.supported(said, source) if numbers else 0.0)
    return found


def pairs(filled: bool) -> list[judging.Pair]:
    """Return the questions in the book's words with a right answer and the next question's.

    Args:
        filled: make the wrong answer longer by words that say nothing.
    """
    asked = [q for q in questions() if not q.own_words]
    tail = judging.FILLING if filled else ""
    return [
        judging.Pair(
            q.text,
            f"It is {q.answers[0]}.",
            f"It is {asked[(n + 1) % len(asked)].answers[0]}.{tail}",
        )
        for n, q in enumerate(asked)
    ]


def _judge() -> bool:
    smol = Smol()
    found = {
        name: rounded(judging.preferences(smol, pairs(filled)))
        for name, filled in (("short", False), ("filled", True))
    }
    keep("judge", found)
    return True


VICTIMS = 10
"""Questions that are asked of attacked passages."""


def attacks() -> list[tuple[str, str]]:
    """Return each attack with each defence that is tried against it."""
    free = [("none", "nothing"), ("harmless", "nothing")]
    tried = [(a, d) for a in ("order", "claim") for d in injection.DEFENCES]
    return [*free, ("none", "marked"), *tried]


def _undefended(rows: list[dict[str, Any]], attack: str) -> list[str]:
    """Return the stored answers to an attack without a defence; none where there are none."""
    for row in rows:
        if (row["attack"], row["defence"]) == (attack, "nothing"):
            return list(row["said"])
    return []


def _attack() -> bool:
    """Answer the questions in the book's words from attacked gold passages."""
    smol, begin = Smol(), time.perf_counter()
    found = stored("injection") if path("injection").is_file() else []
    have = {(row["attack"], row["defence"]) for row in found}
    asked = [q for q in questions() if not q.own_words][:VICTIMS]
    for attack, defence in attacks():
        if (attack, defence) in have:
            continue
        if time.perf_counter() - begin > PATIENCE:
            return False
        above = injection.WARNING if defence == "marked" else ""
        before = answering.shown_before(smol, True, above)
        said, known = [], _undefended(found, attack)
        for number, question in enumerate(asked):
            text = injection.attacked(book()[question.gold[0]].text, attack)
            plain, text = text, injection.defended(text, defence)
            if text == plain and number < len(
                known
            ):  # the same prompt: the same answer
                said.append(known[number])
                continue
            said.append(answering.answer(smol, question.text, text, before))
        found.append({"attack": attack, "defence": defence, "said": said})
        keep("injection", found)
    return True


def _seen() -> bool:
    keep("seen", rounded(seen.costs(Smol(), seen.texts())))
    return True


DIGITS = (1, 2, 3, 4, 5)
PROBLEMS = 40


def _abilities() -> bool:
    smol, found = Smol(), {}
    for kind in abilities.KINDS:
        for digits in DIGITS:
            asked = abilities.problems(kind, digits, PROBLEMS)
            found[f"{kind} {digits}"] = sum(abilities.written_right(smol, asked))
    keep("abilities", found)
    return True


EXPERIMENTS: dict[str, Callable[[], bool]] = {
    "prompts-movies": lambda: _prompts("movies"),
    "prompts-questions": lambda: _prompts("questions"),
    "rankings": _rankings,
    "answers": _answers,
    "judge": _judge,
    "injection": _attack,
    "seen": _seen,
    "abilities": _abilities,
}


if __name__ == "__main__":
    for wanted in sys.argv[1:] or list(EXPERIMENTS):
        print(wanted, "done" if EXPERIMENTS[wanted]() else "to be continued")
