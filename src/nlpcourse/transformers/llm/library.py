"""The same model under ``transformers``: its tokenizer with the chat template of the file."""

from __future__ import annotations

from typing import Any

from nlpcourse.transformers.gpt.llama import Smol
from nlpcourse.transformers.llm.chat import END, START

OTHER_MARKS = ("<|endoftext|>",)


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
