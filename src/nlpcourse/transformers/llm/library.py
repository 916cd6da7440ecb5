"""The same model under ``transformers``: its tokenizer with the chat template of the file."""

from __future__ import annotations

from typing import Any

from nlpcourse.transformers.gpt.llama import Smol
from nlpcourse.transformers.llm.chat import END, START

OTHER_MARKS = ("<|endoftext|>",)
PLAIN = 1
"""How a GGUF file numbers the kind of an ordinary token."""


def template(smol: Smol) -> str:
    """Return the chat template that the model's file carries, a Jinja program."""
    return str(smol.file.settings["tokenizer.chat_template"])


def tokenizer_of(smol: Smol) -> Any:
    """Return the model's tokenizer as the library's, which knows the marks and the template."""
    from tokenizers import Tokenizer

    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(smol.tokenizer.to_str()),
        bos_token=START,
        eos_token=END,
        pad_token=END,
        additional_special_tokens=list(OTHER_MARKS),
    )
    tokenizer.chat_template = template(smol)
    return tokenizer


def token_texts(smol: Smol) -> list[str]:
    """Return the text of every token; empty for a mark, and for a part of a character.

    A constraint on characters can't say anything about half of one, so such tokens are never
    allowed, and a pattern can use a rare character only where one token holds it whole.
    """
    kinds = smol.file.settings["tokenizer.ggml.token_type"]
    texts = [smol.decode([number]) for number in range(len(smol.texts))]
    return [
        "" if kind != PLAIN or "\ufffd" in text else text
        for text, kind in zip(texts, kinds, strict=True)
    ]
