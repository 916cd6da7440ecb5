"""What the loaders return: small records without methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text and its class."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class RatedText:
    """A text and the mean of what people rated it, from −4 (most negative) to 4."""

    text: str
    rating: float
    id: str


@dataclass(frozen=True, slots=True)
class SentimentLexicon:
    """Words with their valence, from −4 to 4, and the English names of emoji.

    *ratings* holds the ten single ratings of each word, whose mean the valence is.
    """

    valence: dict[str, float]
    ratings: dict[str, list[int]]
    emoji: dict[str, str]


@dataclass(frozen=True, slots=True)
class Split:
    """A data set with its usual division."""

    train: list[LabelledText]
    test: list[LabelledText]


@dataclass(frozen=True, slots=True)
class Tale:
    """A tale; *group* is its place in the Aarne–Thompson–Uther index, empty for Andersen's."""

    author: str
    title: str
    group: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of dialogue; *episode* is a season and a number, such as ``"0101"``."""

    episode: str
    title: str
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline and its date, year first."""

    date: str
    text: str


@dataclass(frozen=True, slots=True)
class Speech:
    """A speech, who gave it, and for which party."""

    party: str
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """A snippet about a film: *label* is ``"fresh"``, ``"rotten"``, or ``"plot"`` for a summary."""

    text: str
    label: str
    film: str


@dataclass(frozen=True, slots=True)
class WebCounts:
    """How often words, and pairs of words joined by a space, stood on the web."""

    words: dict[str, int]
    pairs: dict[str, int]


@dataclass(frozen=True, slots=True)
class Lee:
    """Lee's documents; ``similarities[i][j]`` is how alike people found i and j, from 0 to 1."""

    documents: list[str]
    background: list[str]
    similarities: list[list[float]]


@dataclass(frozen=True, slots=True)
class Paper:
    """A research paper in sentences, and what people wrote and marked.

    *sections* maps ``"abstract"``, ``"introduction"`` and ``"conclusion"``, in this order, to
    sentences whose words and marks stand apart.  *summaries* maps ``"challenge"``, ``"approach"``
    and ``"outcome"`` to one sentence; *marked* maps each of them to the places of the sentences
    that people marked for it, counted over all sections.
    """

    id: str
    title: str
    sections: dict[str, list[str]]
    summaries: dict[str, str]
    marked: dict[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class AlignedVerse:
    """A verse in two languages; a link (i, j) joins source token i to target token j."""

    id: str
    source: list[str]
    target: list[str]
    links: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class WordPair:
    """Two words and what people rated them, from 0 to 10."""

    first: str
    second: str
    rating: float


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Words, most frequent first, and their vectors, one a row."""

    words: list[str]
    vectors: npt.NDArray[np.float32]  # (words, dimensions)
