"""One sentence cut in four ways, for the chapter's first page."""

from __future__ import annotations

from functools import lru_cache

from nlpcourse import corpora
from nlpcourse.text.tokenization import gpt, wordpiece, words


@lru_cache(maxsize=1)
def bert_vocabulary() -> set[str]:
    """Return the pieces that BERT knows, from MiniLM's vocabulary file."""
    path = corpora.minilm() / "vocab.txt"
    return set(path.read_text("utf-8").splitlines())


def cut(sentence: str) -> dict[str, list[str]]:
    """Return the pieces of *sentence* by white space, by our rule, by GPT-4, by BERT.

    >>> {name: len(pieces) for name, pieces in cut("naïve tokens").items()}
    {'white space': 2, 'a regular expression': 2, 'GPT-4': 4, 'BERT': 3}
    """
    gpt4 = gpt.gpt4_tokenizer(corpora.gpt_bpe("cl100k_base"))
    return {
        "white space": sentence.split(),
        "a regular expression": words.words(sentence),
        "GPT-4": gpt4.pieces(sentence),
        "BERT": wordpiece.encode(sentence, bert_vocabulary()),
    }
