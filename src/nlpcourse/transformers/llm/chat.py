"""From a conversation to the text, and to the tokens, that an instructed model was trained on.

A language model continues a text.  That it answers is a habit of form: during its last training,
conversations were laid out in one way only, and what stands behind ``assistant`` was an answer.
The way is the model's *chat template*, which its file carries as a small Jinja program; here it is
in Python, and a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlpcourse.transformers.gpt.llama import Smol

START, END = "<|im_start|>", "<|im_end|>"
"""The marks around a turn; each is one token."""
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
"""What the template says first where the conversation does not begin with a system message."""
ROLES = ("system", "user", "assistant")


@dataclass(frozen=True)
class Message:
    """What one side says.

    >>> Message("teacher", "Hello.")
    Traceback (most recent call last):
    ValueError: nobody is called 'teacher'; the roles are system, user, assistant
    """

    role: str
    content: str

    def __post_init__(self) -> None:
        """Refuse a role that the model has never seen."""
        if self.role not in ROLES:
            raise ValueError(
                f"nobody is called {self.role!r}; the roles are {', '.join(ROLES)}"
            )


def with_system(messages: Sequence[Message]) -> list[Message]:
    """Return a conversation that begins with a system message, the model's own where none is.

    >>> with_system([Message("user", "Hello.")])[0].role
    'system'
    """
    if messages and messages[0].role != "system":
        return [Message("system", SYSTEM), *messages]
    return list(messages)


def render(messages: Sequence[Message], answer: bool = True) -> str:
    """Return a conversation as one text.

    Args:
        messages: what was said so far, in order.
        answer: end with the opening of the assistant's turn, so that it is continued.

    Source: the template in the model's file, ``tokenizer.chat_template``.

    >>> print(render([Message("system", "Be brief."), Message("user", "Hello.")]))
    <|im_start|>system
    Be brief.<|im_end|>
    <|im_start|>user
    Hello.<|im_end|>
    <|im_start|>assistant
    <BLANKLINE>
    """
    turns = [f"{START}{m.role}\n{m.content}{END}\n" for m in with_system(messages)]
    return "".join(turns) + (f"{START}assistant\n" if answer else "")


def chat_ids(
    smol: Smol, messages: Sequence[Message], answer: bool = True
) -> list[int]:
    """Return a conversation as ids: the marks are tokens, and no message can forge one.

    What a message holds is spelt as plain text, ``<|im_end|>`` included.

    Args:
        smol: the model, for its tokenizer.
        messages: what was said so far, in order.
        answer: end with the opening of the assistant's turn.
    """
    start, end = smol.texts.index(START), smol.texts.index(END)
    line = spell(smol, "\n")
    ids: list[int] = []
    for m in with_system(messages):
        ids += [start, *spell(smol, f"{m.role}\n{m.content}"), end, *line]
    return [*ids, start, *spell(smol, "assistant\n")] if answer else ids


def spell(smol: Smol, text: str) -> list[int]:
    """Return the ids of a text in which nothing is a mark."""
    ids: list[int] = smol.tokenizer.encode(text).ids
    return ids
