"""Answers to questions about the book, with and without its passages, and how they are judged."""

from __future__ import annotations

import re
from collections.abc import Collection

import torch

from nlpcourse.transformers.gpt.llama import Smol
from nlpcourse.transformers.gpt.model import Cache
from nlpcourse.transformers.llm.chat import spell
from nlpcourse.transformers.llm.scoring import lent, read, states

LONGEST = 10
"""Tokens of an answer."""
SHOWN = (
    (
        "A stove that burns wood needs a chimney. The channel that leads the smoke away is "
        "called a flue, and older houses have several.",
        "What is the channel that leads the smoke away called?",
        "flue",
    ),
    (
        "Sailors once measured their speed with a rope. Every mark on it was a knot, and the "
        "unit has kept the name.",
        "What was a mark on the rope?",
        "knot",
    ),
)
"""Two texts with a question and its answer, none of them from the book."""
_EVERYDAY = (
    "a an and are as at be by called can do for from has have how in is it its known may "
    "named not of on one or so that the their these they this those to used was we what "
    "when where which who will with you"
)
EVERYDAY = frozenset(_EVERYDAY.split())
"""Words that say nothing about where an answer comes from."""


def layout(question: str, passage: str = "", answer: str = "") -> str:
    """Return a question to be answered, below the passage to answer from where there is one.

    >>> print(layout("What is a trie?", "A trie is a tree."))
    Text: A trie is a tree.
    Question: What is a trie?
    Answer:
    """
    text = f"Text: {passage}\n" if passage else ""
    return f"{text}Question: {question}\nAnswer:" + (f" {answer}" if answer else "")


def examples(with_passages: bool) -> str:
    """Return the two shown questions with their answers, with or without their texts.

    >>> print(examples(False))
    Question: What is the channel that leads the smoke away called?
    Answer: flue
    <BLANKLINE>
    Question: What was a mark on the rope?
    Answer: knot
    <BLANKLINE>
    <BLANKLINE>
    """
    rows = (
        layout(question, passage if with_passages else "", answer)
        for passage, question, answer in SHOWN
    )
    return "".join(f"{row}\n\n" for row in rows)


def shown_before(smol: Smol, with_passages: bool, above: str = "") -> Cache:
    """Return the cache of the solved examples, below a text of your own.

    It may be lent to any number of answers.
    """
    return read(smol.model, spell(smol, above + examples(with_passages)))


@torch.no_grad()
def answer(
    smol: Smol,
    question: str,
    passage: str = "",
    prefix: Cache | None = None,
    longest: int = LONGEST,
) -> str:
    """Return the likeliest answer, token by token, to the end of its line.

    Args:
        smol: the model.
        question: what is asked.
        passage: what is to be answered from; nothing where it is empty.
        prefix: the cache of what stands above, by default of the examples (:func:`shown_before`).
        longest: tokens of an answer.
    """
    cache = lent(prefix or shown_before(smol, bool(passage)), 1)
    fresh = torch.tensor([spell(smol, layout(question, passage))])
    written: list[int] = []
    for _ in range(longest):
        last = states(smol.model, fresh, cache)[0, -1]
        token = int((smol.model.tokens.weight @ last).argmax())
        written.append(token)
        if "\n" in smol.decode([token]):
            break
        fresh = torch.tensor([[token]])
    return smol.decode(written).split("\n")[0].strip()


def is_right(said: str, accepted: Collection[str]) -> bool:
    """Return whether an answer holds one of the accepted ones; case and hyphens do not matter.

    Raises:
        ValueError: nothing is accepted.

    >>> is_right("It is called Skip gram.", ["skip-gram"])
    True
    """
    if not accepted:
        raise ValueError("no answer is accepted; give one or more")
    plain = _plain(said)
    return any(f" {_plain(a)}" in f" {plain}" for a in accepted)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def supported(said: str, source: str) -> float:
    """Return the share of an answer's content words that its source holds; 1 if it has none.

    A word counts as held where the source has it or a word that begins or ends alike.

    >>> supported("It is called a trie.", "Such a machine is called a trie.")
    1.0
    >>> supported("It is a hash table.", "Such a machine is called a trie.")
    0.0
    """
    content = [w for w in _plain(said).split() if w not in EVERYDAY]
    held = {_stem(word) for word in _plain(source).split()}
    found = [_stem(word) in held for word in content]
    return sum(found) / len(found) if found else 1.0


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word
