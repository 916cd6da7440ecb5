"""From text to the tensors that the encoder reads: pieces, special tokens, padding, masks.

The pieces are chapter 02's WordPiece; a test holds the ids equal to Hugging Face's tokenizer.
What it leaves out: truncation (a text that is too long is refused by the encoder, not cut), and
special tokens written in the text (``[MASK]`` is read as a bracket, a word and a bracket; ask
for a blank with ``encode(..., blank=word)``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from nlpcourse.text.tokenization.wordpiece import bert_words, encode_word


@dataclass
class Batch:
    """Sentences of different lengths in one rectangle.

    All three are (B, T) integers: piece ids, 1 for a real piece and 0 for padding, and 0 for the
    first sentence and 1 for the second.
    """

    ids: Tensor
    mask: Tensor
    segments: Tensor


class PieceTokenizer:
    """WordPiece with BERT's special tokens around it.

    >>> vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "no", "token", "##s", "!"]
    >>> tokenizer = PieceTokenizer(vocabulary)
    >>> tokenizer.pieces(tokenizer.encode("No tokens!"))
    ['[CLS]', 'no', 'token', '##s', '!', '[SEP]']
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = list(vocabulary)
        self.id_of = {piece: i for i, piece in enumerate(vocabulary)}
        missing = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"} - set(self.id_of)
        if missing:
            raise ValueError(
                f"the vocabulary lacks the special tokens {sorted(missing)}"
            )
        self.pad, self.cls, self.sep = (
            self.id_of[t] for t in ("[PAD]", "[CLS]", "[SEP]")
        )
        self._word = lru_cache(maxsize=50_000)(self._encode_word)

    @classmethod
    def from_folder(cls, folder: Path) -> PieceTokenizer:
        """Read a published model's ``vocab.txt``, one piece per line, the line number its id."""
        return cls((folder / "vocab.txt").read_text(encoding="utf-8").splitlines())

    def _encode_word(self, word: str) -> list[int]:
        return [self.id_of[piece] for piece in encode_word(word, self.id_of.keys())]

    def encode(self, text: str, second: str | None = None) -> list[int]:
        """Return the ids of ``[CLS] text [SEP]``, or of ``[CLS] text [SEP] second [SEP]``."""
        ids = [self.cls]
        for part in (text,) if second is None else (text, second):
            ids += [i for word in bert_words(part) for i in self._word(word)] + [
                self.sep
            ]
        return ids

    def pieces(self, ids: Iterable[int]) -> list[str]:
        """Return the pieces that the ids stand for."""
        return [self.vocabulary[i] for i in ids]

    def batch(self, texts: Sequence[str]) -> Batch:
        """Encode texts and pad them on the right to the longest."""
        return self.pad_together([self.encode(text) for text in texts])

    def pad_together(self, rows: Sequence[Sequence[int]]) -> Batch:
        """Pad rows of ids on the right to the longest and note which are real.

        Raises:
            ValueError: there is no row, or an empty one.
        """
        if not rows or not all(len(row) for row in rows):
            raise ValueError(
                "a batch needs rows, and every row a token; leave empty ones out"
            )
        longest = max(len(row) for row in rows)
        ids = torch.full((len(rows), longest), self.pad)  # (B, T)
        mask = torch.zeros_like(ids)
        segments = torch.zeros_like(ids)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
            mask[i, : len(row)] = 1
            if self.sep in row:
                segments[i, row.index(self.sep) + 1 : len(row)] = (
                    1  # all after the first [SEP]
                )
        return Batch(ids, mask, segments)
