"""What a vocabulary costs: bytes per token, and the premium of one language over another."""

from __future__ import annotations

from collections.abc import Iterable

from nlpcourse.text.tokenization.bpe import to_ranks
from nlpcourse.text.tokenization.fast import Tokenizer, train_fast
from nlpcourse.text.tokenization.gpt import gpt4_split, gpt4_tokenizer


def learn_tokenizer(texts: Iterable[str], n_merges: int) -> Tokenizer:
    """Cut *texts* as GPT-4 does, learn *n_merges* merges, and return their tokenizer.

    >>> learn_tokenizer(["low", "low lower"], n_merges=2).pieces("lowest")
    ['low', 'e', 's', 't']
    """
    chunks = [chunk.encode() for text in texts for chunk in gpt4_split(text)]
    return gpt4_tokenizer(to_ranks(train_fast(chunks, n_merges)))


def bytes_per_token(tokenizer: Tokenizer, text: str) -> float:
    """Return how many bytes of *text* in UTF-8 one token holds on average.

    Raises:
        ValueError: the text is empty.

    >>> bytes_per_token(learn_tokenizer(["ab ab"], n_merges=1), "abab")
    2.0
    """
    tokens = tokenizer.encode(text)
    if not tokens:
        raise ValueError("the text is empty; no token has a length")
    return sum(len(tokenizer.token_of[i]) for i in tokens) / len(tokens)


def premium(
    tokenizer: Tokenizer, original: Iterable[str], translation: Iterable[str]
) -> float:
    """Return how many times as many tokens *translation* needs as *original*.

    Args:
        tokenizer: counts the tokens.
        original: sentences, mostly in English.
        translation: the same sentences in the other language.

    Raises:
        ValueError: the original is empty, or one text was given in place of a list of texts.

    >>> premium(learn_tokenizer(["a book"], n_merges=5), ["a book"], ["un libro"])
    4.0
    """
    if isinstance(original, str) or isinstance(translation, str):
        raise ValueError("give two lists of sentences, not two texts")
    base, other = (
        sum(len(tokenizer.encode(text)) for text in side)
        for side in (original, translation)
    )
    if not base:
        raise ValueError("the original has no tokens; what should be compared?")
    return other / base
