"""One word in many sentences: what context does to its vector.

The sentences are all those of WikiText-2's training text that hold *bank* in lower case.  Their
senses were tagged by hand for this course and are kept here as one letter for each occurrence, in
the order of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import normalize

from nlpcourse import corpora
from nlpcourse.transformers.bert.encoder import Bert, load_pretrained
from nlpcourse.transformers.bert.tokens import PieceTokenizer

# m: a place for money; r: the side of a river; s: a store of seed, food or blood; -: none of these
BANK_SENSES = (
    "mmmmrrmmmmrr-rmmrrrmmr--rrsmrrsrrrrrrrrrrrmmmmrrrmrrrrrsrrsrrrrrrrrrr--"
)
SENSES = {"m": "money", "r": "river", "s": "store"}


@dataclass(frozen=True)
class Occurrence:
    """A word in its context; ``words[place]`` is the word."""

    words: tuple[str, ...]
    place: int
    sense: str


def bank_occurrences(context: int = 12) -> list[Occurrence]:
    """Return every tagged *bank* of WikiText-2 with *context* words on each side of it."""
    text = corpora.wikitext_2("train")
    found = [m.start() + 1 for m in re.finditer(r" bank(?= )", text)]
    if len(found) != len(BANK_SENSES):
        raise ValueError(
            f"{len(found)} occurrences of bank, but {len(BANK_SENSES)} tags"
        )
    occurrences = []
    for start, letter in zip(found, BANK_SENSES, strict=True):
        if letter in SENSES:
            line_start = text.rfind("\n", 0, start) + 1
            before = text[line_start:start].split()[-context:]
            after = text[start : text.find("\n", start)].split()[: context + 1]
            occurrences.append(
                Occurrence((*before, *after), len(before), SENSES[letter])
            )
    return occurrences


@torch.no_grad()
def word_vectors(
    bert: Bert, tokenizer: PieceTokenizer, found: Sequence[Occurrence]
) -> Tensor:
    """Return the word's vector at every layer in every context, (layers + 1, occurrences, C).

    A word of several pieces gets the mean of their vectors.
    """
    batch = tokenizer.batch([" ".join(o.words) for o in found])
    # (L + 1, B, T, C)
    hidden = torch.stack(bert(batch.ids, batch.mask).hidden_states)
    vectors = []
    for i, o in enumerate(found):
        # without the closing [SEP]
        before = tokenizer.encode(" ".join(o.words[: o.place]))[:-1]
        pieces = len(tokenizer.encode(o.words[o.place])) - 2
        vectors.append(hidden[:, i, len(before) : len(before) + pieces].mean(dim=1))
    return torch.stack(vectors, dim=1)


def neighbour_agreement(vectors: Tensor, senses: Sequence[str]) -> float:
    """Return how often a vector's nearest other vector, by cosine, has the same sense.

    >>> v = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    >>> neighbour_agreement(v, ["money", "money", "river", "river"])
    1.0
    """
    unit = torch.nn.functional.normalize(vectors, dim=-1)
    similarity = unit @ unit.T
    similarity.fill_diagonal_(-2.0)  # nobody is its own neighbour
    nearest: list[int] = similarity.argmax(dim=-1).tolist()
    return sum(senses[i] == senses[j] for i, j in enumerate(nearest)) / len(senses)


def alikeness(word: str, sentences: Mapping[str, str]) -> pd.DataFrame:
    """Return the cosines between one word's vectors in several sentences.

    Args:
        word: occurs once in every sentence.
        sentences: name → text.

    Returns:
        one row per sentence, before MiniLM's first layer and after its last.
    """
    bert = load_pretrained(corpora.minilm())
    tokenizer = PieceTokenizer.from_folder(corpora.minilm())
    texts = {name: tuple(text.split()) for name, text in sentences.items()}
    found = [Occurrence(t, t.index(word), name) for name, t in texts.items()]
    layers = normalize(word_vectors(bert, tokenizer, found), dim=-1)
    cosines = {
        "before the first layer": layers[0] @ layers[0].T,
        "after the last": layers[-1] @ layers[-1].T,
    }
    names = list(sentences)
    return pd.concat({k: pd.DataFrame(v, names, names) for k, v in cosines.items()})
