"""One word in many sentences: what context does to its vector.

The sentences are all those of WikiText-2's training text that hold *bank* in lower case.  Their
senses were tagged by hand for this course and are kept here as one letter for each occurrence, in
the order of the text.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import normalize

from nlpcourse import corpora
from nlpcourse.transformers.bert.classifier import embed
from nlpcourse.transformers.bert.encoder import Bert, load_pretrained
from nlpcourse.transformers.bert.tokens import PieceTokenizer

# m: a place for money; r: the side of a river; s: a store of seed, food or blood; -: none of these
BANK_SENSES = (
    "mmmmrrmmmmrr-rmmrrrmmr--rrsmrrsrrrrrrrrrrrmmmmrrrmrrrrrsrrsrrrrrrrrrr--"
)
SENSES = {"m": "money", "r": "river", "s": "store"}


@dataclass(frozen=True)
class Occurrence:
    """A word in its context: ``words[place]``, in the article of that number."""

    words: tuple[str, ...]
    place: int
    sense: str
    article: int = 0


def bank_occurrences(context: int = 12) -> list[Occurrence]:
    """Return every tagged *bank* of WikiText-2 with *context* words on each side of it."""
    text = corpora.wikitext_2("train")
    found = [m.start() + 1 for m in re.finditer(r" bank(?= )", text)]
    if len(found) != len(BANK_SENSES):
        raise ValueError(
            f"{len(found)} occurrences of bank, but {len(BANK_SENSES)} tags"
        )
    titles = [m.start() for m in re.finditer(r"(?m)^ = [^=]+ = $", text)]
    occurrences = []
    for start, letter in zip(found, BANK_SENSES, strict=True):
        if letter in SENSES:
            line_start = text.rfind("\n", 0, start) + 1
            before = text[line_start:start].split()[-context:]
            after = text[start : text.find("\n", start)].split()[: context + 1]
            occurrences.append(
                Occurrence(
                    (*before, *after),
                    len(before),
                    SENSES[letter],
                    bisect(titles, start),
                )
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


@torch.no_grad()
def neighbours_mean(
    bert: Bert, tokenizer: PieceTokenizer, found: Sequence[Occurrence]
) -> Tensor:
    """Return the mean of the other words' entries in the table of pieces, (occurrences, C).

    No layer is asked: this is what a bag of the neighbours knows.
    """
    table = bert.embeddings.words.weight
    means = []
    for o in found:
        others = " ".join((*o.words[: o.place], *o.words[o.place + 1 :]))
        means.append(table[tokenizer.encode(others)[1:-1]].mean(dim=0))
    return torch.stack(means)


def neighbour_agreement(
    vectors: Tensor, senses: Sequence[str], groups: Sequence[int] | None = None
) -> float:
    """Return how often a vector's nearest other vector, by cosine, has the same sense.

    Args:
        vectors: (occurrences, C).
        senses: of each occurrence.
        groups: the nearest one is looked for in other groups alone; where None, anywhere.

    Raises:
        ValueError: there are fewer than two vectors, one without a sense, one that is no
            direction, or one without any other to compare with.

    >>> v = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    >>> neighbour_agreement(v, ["money", "money", "river", "river"])
    1.0
    """
    if len(vectors) != len(senses) or len(senses) < 2:
        raise ValueError(
            f"{len(vectors)} vectors and {len(senses)} senses; give two or more of both"
        )
    if not bool(vectors.isfinite().all()):
        raise ValueError("a vector holds something that is no number")
    unit = normalize(vectors, dim=-1)
    similarity = unit @ unit.T
    group = torch.arange(len(senses)) if groups is None else torch.tensor(groups)
    same = group[:, None] == group  # nobody is its own neighbour
    if bool(same.all(dim=1).any()):
        raise ValueError("all vectors are of one group; give two groups or more")
    nearest: list[int] = similarity.masked_fill(same, -2.0).argmax(dim=-1).tolist()
    return sum(senses[i] == senses[j] for i, j in enumerate(nearest)) / len(senses)


# a sentence, its denial, one more word that changes little, the same in other words
DENIALS = [
    (
        "The film was good.",
        "The film was not good.",
        "The film was very good.",
        "I enjoyed the movie a lot.",
    ),
    (
        "The drug is safe for children.",
        "The drug is not safe for children.",
        "The drug is quite safe for children.",
        "Kids can take this medicine without danger.",
    ),
    (
        "The water is safe to drink.",
        "The water is not safe to drink.",
        "The water is now safe to drink.",
        "You can have a glass from the tap with no worry.",
    ),
    (
        "She likes her job.",
        "She does not like her job.",
        "She does really like her job.",
        "Her work makes her happy.",
    ),
    (
        "The train stops in Ulm.",
        "The train does not stop in Ulm.",
        "The train does always stop in Ulm.",
        "You can get off at Ulm station.",
    ),
    (
        "The contract is valid.",
        "The contract is not valid.",
        "The contract is still valid.",
        "The agreement holds.",
    ),
    (
        "The patient was infected.",
        "The patient was not infected.",
        "The patient was badly infected.",
        "The virus was found in his blood.",
    ),
    (
        "The bridge is open.",
        "The bridge is not open.",
        "The bridge is now open.",
        "Cars can cross the river here again.",
    ),
]


@torch.no_grad()
def cosines_to(bert: Bert, tokenizer: PieceTokenizer) -> pd.DataFrame:
    """Return how near each sentence's denial, harmless variant and paraphrase are to it."""
    rows = {}
    for texts in DENIALS:
        unit = normalize(embed(bert, tokenizer, texts), dim=-1)
        rows[texts[0]] = (unit[1:] @ unit[0]).tolist()
    return pd.DataFrame(rows, ["its denial", "one more word", "a paraphrase"]).T


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
