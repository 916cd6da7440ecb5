"""Summaries of research papers, judged against what people wrote and marked."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import mean
from typing import Literal

from nlpcourse import corpora
from nlpcourse.neural.summarization.graph import cosine_table, lexrank, textrank
from nlpcourse.neural.summarization.luhn import luhn
from nlpcourse.neural.summarization.mmr import mmr, scaled
from nlpcourse.neural.summarization.oracle import greedy_oracle
from nlpcourse.neural.summarization.rouge import KINDS, rouge_of_tokens, tokens
from nlpcourse.neural.summarization.sumbasic import sumbasic
from nlpcourse.neural.summarization.words import (
    Words,
    content_words,
    in_order,
    inverse_frequencies,
)

COUNT = 3
"""Sentences of a summary: people wrote three."""

DAMPING = 0.85
THRESHOLD: float | None = None
BALANCE = 0.7
"""The last two were the best in ROUGE-1 and ROUGE-2 together on the validation papers."""


@dataclass(frozen=True, slots=True)
class Document:
    """A paper as a summarizer sees it, and the human summary.

    Attributes:
        id: of the paper.
        sentences: of abstract, introduction and conclusion, in this order.
        abstract: how many of them are the abstract's.
        words: content words of each sentence.
        tokens: of each sentence, as ROUGE cuts them.
        reference: tokens of the three human summaries, one after another.
        human: those three.
        marked: places of the sentences that people marked for any of the three aspects.
    """

    id: str
    sentences: list[str]
    abstract: int
    words: list[Words]
    tokens: list[Words]
    reference: Words
    human: list[str]
    marked: frozenset[int]


def document(paper: corpora.Paper) -> Document:
    """Return a paper as a document."""
    sentences = [s for section in paper.sections.values() for s in section]
    human = list(paper.summaries.values())
    return Document(
        paper.id,
        sentences,
        len(paper.sections["abstract"]),
        [content_words(sentence) for sentence in sentences],
        [tokens(sentence) for sentence in sentences],
        tokens(" ".join(human)),
        human,
        frozenset().union(*paper.marked.values()),
    )


@lru_cache(maxsize=3)
def documents(split: Literal["train", "val", "test"]) -> tuple[Document, ...]:
    """Return the papers of a split as documents."""
    return tuple(map(document, corpora.aclsum(split)))


@lru_cache(maxsize=1)
def idf() -> dict[str, float]:
    """Return the inverse document frequencies of the words of the training papers."""
    return inverse_frequencies(
        {word for words in document.words for word in words}
        for document in documents("train")
    )


Choice = Callable[[Document], list[int]]
"""A summarizer: it returns the places of the sentences that it takes."""


def lead(document: Document) -> list[int]:
    """Take the first sentences of the abstract."""
    return list(range(min(COUNT, document.abstract)))


def at_random(document: Document, seed: int = 0) -> list[int]:
    """Take any sentences."""
    generator = random.Random(f"{seed} {document.id}")
    places = range(len(document.sentences))
    return sorted(generator.sample(places, COUNT))


def end_of_abstract(document: Document) -> list[int]:
    """Take the last sentences of the abstract."""
    return list(range(max(document.abstract - COUNT, 0), document.abstract))


def by_luhn(document: Document) -> list[int]:
    """Take the sentences that score best with Luhn."""
    return in_order(luhn(document.words), COUNT)


def by_sumbasic(document: Document) -> list[int]:
    """Take the sentences that SumBasic takes, in the order of the text."""
    return sorted(sumbasic(document.words, COUNT))


def by_textrank(document: Document, damping: float = DAMPING) -> list[int]:
    """Take the sentences that score best with TextRank."""
    return in_order(textrank(document.words, damping), COUNT)


def by_lexrank(
    document: Document,
    threshold: float | None = THRESHOLD,
    damping: float = DAMPING,
) -> list[int]:
    """Take the sentences that score best with LexRank."""
    return in_order(lexrank(document.words, idf(), threshold, damping), COUNT)


def by_mmr(
    document: Document,
    balance: float = BALANCE,
    threshold: float | None = THRESHOLD,
) -> list[int]:
    """Take sentences that score well with LexRank and differ from those taken."""
    relevance = scaled(lexrank(document.words, idf(), threshold))
    similarity = cosine_table(document.words, idf())
    return sorted(mmr(relevance, similarity, balance, COUNT))


def by_oracle(document: Document) -> list[int]:
    """Take the sentences that the greedy oracle takes, who knows the human summary."""
    return greedy_oracle(document.reference, document.tokens, COUNT)


def within_abstract(document: Document, choice: Choice) -> list[int]:
    """Let a summarizer see the abstract alone."""
    n = document.abstract
    part = Document(
        document.id,
        document.sentences[:n],
        n,
        document.words[:n],
        document.tokens[:n],
        document.reference,
        document.human,
        document.marked,
    )
    return choice(part)


SYSTEMS: dict[str, Choice] = {
    "random": at_random,
    "Luhn": by_luhn,
    "SumBasic": by_sumbasic,
    "TextRank": by_textrank,
    "LexRank": by_lexrank,
    "MMR": by_mmr,
    "lead-3": lead,
    "oracle": by_oracle,
}


def rouge_scores(
    document: Document, places: Sequence[int], longest: int | None = None
) -> dict[str, float]:
    """Return ROUGE (F1, in points of a hundred) of the sentences at *places*.

    Args:
        document: a paper.
        places: of the sentences, in the order of the summary.
        longest: words of the summary that count, from its beginning; all where None.
    """
    said = [word for place in places for word in document.tokens[place]][:longest]
    return {
        kind: 100 * rouge_of_tokens(document.reference, said, kind).f1
        for kind in KINDS
    }


def share_marked(document: Document, places: Sequence[int]) -> float:
    """Return the share of the sentences at *places* that people marked."""
    return sum(place in document.marked for place in places) / len(places)


def judge(
    choice: Choice, papers: Sequence[Document], longest: int | None = None
) -> dict[str, list[float]]:
    """Return each paper's ROUGE scores, share of marked sentences and length in words.

    Args:
        choice: the summarizer.
        papers: what it summarizes.
        longest: words of a summary that ROUGE sees; all where None.
    """
    found: dict[str, list[float]] = {
        kind: [] for kind in (*KINDS, "marked", "words")
    }
    for paper in papers:
        places = choice(paper)
        for kind, value in rouge_scores(paper, places, longest).items():
            found[kind].append(value)
        found["marked"].append(share_marked(paper, places))
        found["words"].append(sum(len(paper.tokens[i]) for i in places))
    return found


def means(figures: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the mean of each figure over the papers."""
    return {name: mean(values) for name, values in figures.items()}
