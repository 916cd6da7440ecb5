"""Special tokens: ids that no merge makes, and the text that tries to spell one.

A model's vocabulary holds a few ids beyond its merges, for what no text should say: *the document
ends here*, *the assistant speaks now*.  Each has a written form, such as ``<|endoftext|>``, so that
a program can put it into a prompt.  A reader can type the same letters; whoever encodes the
reader's text decides whether they are letters or a command.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from nlpcourse.text.tokenization.bpe import look_up
from nlpcourse.text.tokenization.fast import Tokenizer

CL100K = {
    "<|endoftext|>": 100_257,
    "<|fim_prefix|>": 100_258,
    "<|fim_middle|>": 100_259,
    "<|fim_suffix|>": 100_260,
    "<|endofprompt|>": 100_276,
}
"""The special tokens of ``cl100k_base``, as ``tiktoken`` 0.14 lists them."""


def encode_special(
    text: str,
    tokenizer: Tokenizer,
    special: Mapping[str, int],
    allowed: Collection[str] = (),
) -> list[int]:
    """Return the ids of *text*, reading the *allowed* special tokens as commands.

    Any other special token in the text is refused, as ``tiktoken`` does by default.  To read all of
    them as the letters that they are, call ``tokenizer.encode``.

    Args:
        text: what to encode.
        tokenizer: encodes what lies between the special tokens.
        special: from the written form of each special token to its id.
        allowed: the written forms that may be commands in this text.

    Raises:
        ValueError: *allowed* names what is no special token, or the text spells one that is not
            allowed.

    >>> from nlpcourse.text.tokenization.bpe import byte_ranks
    >>> tokenizer = Tokenizer(byte_ranks(), split=lambda text: [text])
    >>> encode_special("a<end>", tokenizer, {"<end>": 256}, allowed={"<end>"})
    [64, 256]
    >>> encode_special("a<end>", tokenizer, {"<end>": 256})
    Traceback (most recent call last):
    ...
    ValueError: the text spells the special token '<end>'; allow it or read it as text
    """
    allowed = {allowed} if isinstance(allowed, str) else set(allowed)
    if unknown := sorted(allowed - special.keys()):
        raise ValueError(f"{unknown} are no special tokens; there are {[*special]}")
    for name in special.keys() - allowed:
        if name in text:
            raise ValueError(
                f"the text spells the special token {name!r}; "
                "allow it or read it as text"
            )
    if not allowed:
        return tokenizer.encode(text)
    longest_first = sorted(allowed, key=len, reverse=True)
    commands = "|".join(map(re.escape, longest_first))
    ids: list[int] = []
    for part in re.split(f"({commands})", text):
        ids += [special[part]] if part in allowed else tokenizer.encode(part)
    return ids


def decode_special(
    ids: Iterable[int], tokenizer: Tokenizer, special: Mapping[str, int]
) -> str:
    """Return the text of *ids*, special tokens in their written form.

    Raises:
        ValueError: an id that neither the vocabulary nor *special* has.

    >>> from nlpcourse.text.tokenization.bpe import byte_ranks
    >>> tokenizer = Tokenizer(byte_ranks(), split=lambda text: [text])
    >>> decode_special([64, 256], tokenizer, {"<end>": 256})
    'a<end>'
    """
    written = {i: name.encode("utf-8") for name, i in special.items()}
    data = b"".join(look_up(ids, {**tokenizer.token_of, **written}))
    return data.decode("utf-8", errors="replace")
