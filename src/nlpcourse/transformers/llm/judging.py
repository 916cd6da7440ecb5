"""A model as the judge of two answers, and what it leans to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlpcourse.transformers.gpt.llama import Smol
from nlpcourse.transformers.llm.chat import Message, chat_ids, spell
from nlpcourse.transformers.llm.scoring import next_log_probs

FILLING = (
    " This is an important concept, and experts in the field agree that it is "
    "widely used today."
)
"""What makes an answer longer and says nothing."""


def duel(question: str, first: str, second: str) -> list[Message]:
    """Return the question which of two answers is better.

    >>> print(duel("How many?", "Two.", "Three.")[0].content)
    Question: How many?
    Answer A: Two.
    Answer B: Three.
    Which answer is correct? Reply with A or B.
    """
    asked = (
        f"Question: {question}\nAnswer A: {first}\nAnswer B: {second}\n"
        "Which answer is correct? Reply with A or B."
    )
    return [Message("user", asked)]


@dataclass(frozen=True)
class Pair:
    """A question with a right and a wrong answer."""

    question: str
    right: str
    wrong: str


def preferences(smol: Smol, pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """Return for each pair ln p(A) − ln p(B) with the right answer first, and with it second.

    A judge without a leaning to a place would give numbers of opposite signs.

    Raises:
        ValueError: there is no pair.
    """
    if not pairs:
        raise ValueError("there is nothing to judge; give one pair or more")
    prompts = [duel(p.question, p.right, p.wrong) for p in pairs]
    prompts += [duel(p.question, p.wrong, p.right) for p in pairs]
    ids = [chat_ids(smol, messages) for messages in prompts]
    options = [spell(smol, letter)[0] for letter in "AB"]
    found = next_log_probs(smol.model, ids, options)
    leads = (found[:, 0] - found[:, 1]).tolist()
    return list(zip(leads[: len(pairs)], leads[len(pairs) :], strict=True))


@dataclass(frozen=True)
class Verdicts:
    """What a judge's preferences add up to, as shares of the pairs.

    Attributes:
        says_a: of all duels, in how many A was chosen.
        steady: both orders gave the same answer the prize.
        first_right: right when the right answer stood first.
        second_right: right when it stood second.
        both_orders: right by the mean of both orders.
    """

    says_a: float
    steady: float
    first_right: float
    second_right: float
    both_orders: float


def verdicts(leads: Sequence[tuple[float, float]]) -> Verdicts:
    """Count what a judge said in both orders.

    Args:
        leads: for each pair ln p(A) − ln p(B), the right answer first, then second.

    Raises:
        ValueError: there is no pair.

    >>> verdicts([(2.0, 1.0)])  # says A whatever stands there
    Verdicts(says_a=1.0, steady=0.0, first_right=1.0, second_right=0.0, both_orders=1.0)
    """
    if not leads:
        raise ValueError("no pair was judged; give one or more")
    n = len(leads)
    return Verdicts(
        says_a=sum((a > 0) + (b > 0) for a, b in leads) / (2 * n),
        steady=sum((a > 0) != (b > 0) for a, b in leads) / n,
        first_right=sum(a > 0 for a, _ in leads) / n,
        second_right=sum(b < 0 for _, b in leads) / n,
        both_orders=sum(a - b > 0 for a, b in leads) / n,
    )
