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


SETTINGS = ("nothing", "gold", "found", "wrong")
"""What the model is given to answer from: nothing, the gold passage, the best found, another's."""


def given(number: int) -> dict[str, list[int]]:
    """Return the passages that a question is answered from, under each of the :data:`SETTINGS`.

    The best found is the first of both rankings fused; the wrong one answers the next question.
    A question in other words is answered from the gold and the found passage alone.
    """
    asked = questions()
    question = asked[number]
    first = stored("rankings")[number]
    fused = retrieval.reciprocal_rank_fusion([first["words"], first["vectors"]])
    other = asked[(number + 2) % len(asked)]
    if question.own_words:
        return {"gold": [question.gold[0]], "found": fused[:1]}
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
    for number, question in enumerate(questions()):
        if number in have:
            continue
        if time.perf_counter() - begin > PATIENCE:
            return False
        row: dict[str, object] = {"question": number}
        for setting, numbers in given(number).items():
            text = " ".join(book()[n].text for n in numbers)
            said = answering.answer(smol, question.text, text)
            row[setting] = {"passages": numbers, "said": said}
        done.append(row)
        keep("answers", done)
    return True


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


VICTIMS = 16
"""Questions that are asked of attacked passages."""


def attacks() -> list[tuple[str, str]]:
    """Return each attack with each defence that is tried against it."""
    free = [("none", "nothing"), ("harmless", "nothing")]
    tried = [(a, d) for a in ("order", "claim") for d in injection.DEFENCES]
    return [*free, ("none", "marked"), *tried]


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
        said = []
        for question in asked:
            text = injection.attacked(book()[question.gold[0]].text, attack)
            text = injection.defended(text, defence)
            said.append(answering.answer(smol, question.text, text, above))
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
