"""Answers to questions about the book, with and without its passages, and how they are judged."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import torch

from nlpcourse.transformers.gpt.llama import Smol
from nlpcourse.transformers.gpt.model import Cache
from nlpcourse.transformers.llm.chat import END, Message, chat_ids
from nlpcourse.transformers.llm.scoring import states

LONGEST = 16
"""Tokens of an answer."""
SYSTEM = "You answer questions about language processing in one short sentence."
_EVERYDAY = (
    "a an and are as at be by called can do for from has have how in is it its known may "
    "named not of on one or so that the their these they this those to used was we what "
    "when where which who will with you"
)
EVERYDAY = frozenset(_EVERYDAY.split())
"""Words that say nothing about where an answer comes from."""


def conversation(question: str, passages: Sequence[str] = ()) -> list[Message]:
    """Return the question as a conversation, with passages to answer from where there are some.

    >>> print(conversation("What is a trie?", ["A trie is a tree."])[1].content)
    Text: A trie is a tree.
    <BLANKLINE>
    Answer from the text. What is a trie?
    """
    if not passages:
        return [Message("system", SYSTEM), Message("user", question)]
    texts = "\n\n".join(f"Text: {text}" for text in passages)
    asked = f"{texts}\n\nAnswer from the text. {question}"
    return [Message("system", SYSTEM), Message("user", asked)]


@torch.no_grad()
def answer(smol: Smol, messages: Sequence[Message], longest: int = LONGEST) -> str:
    """Return the likeliest answer, token by token, to the end of the turn."""
    end = smol.texts.index(END)
    cache, fresh = Cache(), torch.tensor([chat_ids(smol, messages)])
    written: list[int] = []
    for _ in range(longest):
        last = states(smol.model, fresh, cache)[0, -1]
        token = int((smol.model.tokens.weight @ last).argmax())
        if token == end:
            break
        written.append(token)
        fresh = torch.tensor([[token]])
    return smol.decode(written).strip()


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
