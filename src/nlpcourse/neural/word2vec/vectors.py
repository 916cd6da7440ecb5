"""What word vectors are asked: who is near, and what is to c as b is to a."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import torch
from torch import Tensor


class WordVectors:
    """Words and their vectors, most frequent word first.

    Attributes:
        words: the words.
        vectors: one row a word, as trained, (words, size).
        units: the same rows, each scaled to length 1, (words, size).

    >>> vectors = WordVectors(["a", "b", "c"], torch.tensor([[1.0, 0], [2, 0], [0, 1]]))
    >>> vectors.nearest("a", 1)
    [('b', 1.0)]
    """

    def __init__(self, words: Sequence[str], vectors: Tensor) -> None:
        """Scale every vector to length 1; a vector of zeros stays zero.

        Raises:
            ValueError: there are not as many words as vectors.
        """
        if len(words) != len(vectors):
            raise ValueError(
                f"{len(words)} words but {len(vectors)} vectors: one row for each word"
            )
        self.words = list(words)
        self.vectors = vectors
        self.units = torch.nn.functional.normalize(vectors, dim=1)
        self._number = {word: number for number, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._number

    def number(self, word: str) -> int:
        """Return the row of a word.

        Raises:
            KeyError: the word has no vector.
        """
        if word not in self._number:
            raise KeyError(
                f"{word!r} has no vector: it is too rare, or spelt another way "
                "(all words are in small letters)"
            )
        return self._number[word]

    def __getitem__(self, word: str) -> Tensor:
        """Return the vector of a word, (size,)."""
        return self.vectors[self.number(word)]

    def similarity(self, one: str, other: str) -> float:
        """Return the cosine of the angle between two words' vectors."""
        return float(self.units[self.number(one)] @ self.units[self.number(other)])

    def best(
        self, scores: Tensor, but: Iterable[str], top: int
    ) -> list[tuple[str, float]]:
        """Return the *top* words by their scores (words,), leaving out those in *but*.

        There are fewer where the vocabulary is smaller.

        Raises:
            ValueError: *top* is below one.
        """
        if top < 1:
            raise ValueError(f"ask for one word or more, not {top}")
        left_out = {self.number(word) for word in but}
        allowed = scores.clone()
        allowed[list(left_out)] = -torch.inf
        values, numbers = allowed.topk(min(top, len(self) - len(left_out)))
        chosen = zip(numbers.tolist(), values.tolist(), strict=True)
        return [(self.words[number], value) for number, value in chosen]

    def nearest(self, word: str, top: int = 10) -> list[tuple[str, float]]:
        """Return the *top* words whose vectors point most nearly where *word*'s does."""
        cosines = self.units @ self.units[self.number(word)]  # (words,)
        return self.best(cosines, [word], top)

    def analogy(
        self,
        a: str,
        b: str,
        c: str,
        top: int = 5,
        method: Literal["add", "multiply"] = "add",
    ) -> list[tuple[str, float]]:
        """Return what might be to *c* as *b* is to *a*; none of the three is an answer.

        Source: Mikolov et al. (2013a), section 4 (``"add"``); Levy and Goldberg (2014),
        equation 4 (``"multiply"``).

        Raises:
            ValueError: another method was asked for.
        """
        if method not in ("add", "multiply"):
            raise ValueError(f"the method is 'add' or 'multiply', not {method!r}")
        to_a, to_b, to_c = (
            self.units @ self.units[self.number(word)] for word in (a, b, c)
        )
        scores = to_b - to_a + to_c  # the cosine with b − a + c, but for a constant
        if method == "multiply":
            near_a, near_b, near_c = (1 + to_a) / 2, (1 + to_b) / 2, (1 + to_c) / 2
            scores = near_b * near_c / (near_a + 1e-6)
        return self.best(scores, [a, b, c], top)

    def sentence(self, words: Iterable[str]) -> tuple[list[str], Tensor]:
        """Return the words of a sentence that have vectors, and these, (known words, size).

        >>> vectors = WordVectors(["a", "b"], torch.eye(2))
        >>> vectors.sentence("A strange b".split())[0]
        ['a', 'b']
        """
        known = [word.lower() for word in words if word.lower() in self._number]
        return known, self.vectors[[self._number[word] for word in known]]

    def only(self, words: int) -> WordVectors:
        """Return the vectors of the most frequent *words* words."""
        return WordVectors(self.words[:words], self.vectors[:words])
