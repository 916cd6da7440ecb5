"""Typed loaders: one function per asset, named after it; each fetches its asset on first use.

The data are pinned in `data/assets.toml`, which also holds the data cards.  What the loaders return is
plain Python (strings, lists, small dataclasses), or the path of a model's folder.  This module
imports the standard library alone.
"""

from __future__ import annotations

import base64
import csv
import gzip
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from nlpcourse.assets import path as asset_path

WikitextSplit = Literal["train", "valid", "test"]
SentimentDomain = Literal["movie", "tweets", "amazon", "nyt"]


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
class Split:
    """A data set with its usual division."""

    train: list[LabelledText]
    test: list[LabelledText]


# ── data for NLTK ─────────────────────────────────────────────────────────────────────────────────


def _nltk_data(name: str) -> Path:
    """Put the asset's folder, laid out as an nltk_data tree, on NLTK's path and return it."""
    import nltk.data  # NLTK reads only below the folders in this list

    folder = asset_path(name)
    if str(folder) not in nltk.data.path:
        nltk.data.path.insert(0, str(folder))
    return folder


def punkt() -> Path:
    """Make NLTK find the Punkt sentence splitter: afterwards ``nltk.sent_tokenize`` works."""
    return _nltk_data("punkt")


def stopwords() -> Path:
    """Make NLTK find its stop word lists: ``nltk.corpus.stopwords.words("english")``."""
    return _nltk_data("stopwords")


def wordnet() -> Path:
    """Make NLTK find WordNet 3.0: ``nltk.corpus.wordnet.synsets("dog")``."""
    return _nltk_data("wordnet")


# ── running text ──────────────────────────────────────────────────────────────────────────────────


def gutenberg() -> dict[str, str]:
    """Return NLTK's 18 Project Gutenberg books, from a name such as ``"austen-emma"`` to its text.

    The files are Latin-1 and not UTF-8, as Blake's and Milton's accented verbs show.
    """
    folder = asset_path("gutenberg") / "corpora" / "gutenberg"
    return {
        path.stem: path.read_text(encoding="latin-1").replace("\r\n", "\n")
        for path in sorted(folder.glob("*.txt"))
    }


def wikitext_2(split: WikitextSplit) -> str:
    """Return the raw text of a part of WikiText-2, as published: words apart by spaces, no <unk>.

    Raises:
        ValueError: *split* is not ``"train"``, ``"valid"`` or ``"test"``.
    """
    if split not in ("train", "valid", "test"):
        raise ValueError(f"split must be train, valid or test, not {split!r}")
    return gzip.decompress((asset_path("wikitext-2") / f"{split}.raw.gz").read_bytes()).decode()


@cache
def _wikitext_2_vocabulary() -> frozenset[str]:
    """Return the words that occur at least three times in the training text."""
    counts = Counter(wikitext_2("train").split())
    return frozenset(word for word, count in counts.items() if count >= 3)


def wikitext_2_tokens(split: WikitextSplit) -> list[str]:
    """Return WikiText-2 as the published models saw it: rare words ``<unk>``, lines end in ``<eos>``.

    A word is rare when the training text holds it fewer than three times (Merity et al. 2017,
    section 4.2).  The training part then has 33,278 types, the published number.
    """
    vocabulary = _wikitext_2_vocabulary()
    tokens: list[str] = []
    for line in wikitext_2(split).splitlines():
        tokens += [word if word in vocabulary else "<unk>" for word in line.split()]
        tokens.append("<eos>")
    return tokens


# ── labelled text ─────────────────────────────────────────────────────────────────────────────────


def brown() -> list[list[tuple[str, str]]]:
    """Return the tagged sentences of the Brown corpus: pairs of a word and its tag in capitals.

    They are those of ``nltk.corpus.brown.tagged_sents()``, in the same order.
    """
    folder = asset_path("brown") / "corpora" / "brown"
    sentences: list[list[tuple[str, str]]] = []
    for path in sorted(folder.glob("c[a-r][0-9][0-9]")):
        for line in path.read_text(encoding="latin-1").splitlines():
            if line.strip():
                pairs = (item.rpartition("/") for item in line.split())
                sentences.append([(word, tag.upper()) for word, _, tag in pairs])
    return sentences


def sms_spam() -> list[LabelledText]:
    """Return the text messages, each labelled ``"ham"`` or ``"spam"``."""
    with (asset_path("sms-spam") / "sms-spam.csv").open(encoding="utf-8", newline="") as file:
        return [
            LabelledText(row["text"], "spam" if row["spam"] == "1" else "ham")
            for row in csv.DictReader(file)
        ]


_SENTIMENT_FILES = {
    "movie": "movieReviewSnippets",
    "tweets": "tweets",
    "amazon": "amazonReviewSnippets",
    "nyt": "nytEditorialSnippets",
}


def sentiment_4(domain: SentimentDomain) -> list[RatedText]:
    """Return the sentences of a domain with the mean of about twenty people's ratings.

    The movie sentences are those of Pang and Lee (2005), rated anew: the labels are not the original
    fresh and rotten.

    Raises:
        ValueError: *domain* is not ``"movie"``, ``"tweets"``, ``"amazon"`` or ``"nyt"``.
    """
    if domain not in _SENTIMENT_FILES:
        raise ValueError(f"domain must be one of {', '.join(_SENTIMENT_FILES)}, not {domain!r}")
    file = asset_path("sentiment-4") / f"{_SENTIMENT_FILES[domain]}_GroundTruth.txt"
    rows = (line.split("\t") for line in file.read_text("utf-8").split("\n")[1:] if line)
    return [RatedText(text.strip(), float(rating), id_) for id_, rating, text in rows]


_TREC_COARSE = ("DESC", "ENTY", "ABBR", "HUM", "NUM", "LOC")
_TREC_TRAIN = 5452  # questions; the 500 that follow are the test set


def trec() -> Split:
    """Return the TREC questions with the kind of answer that they ask for.

    The labels are DESC (description), ENTY (entity), ABBR (abbreviation), HUM (human), NUM (number)
    and LOC (location).
    """
    with (asset_path("trec") / "trec.csv").open(encoding="utf-8", newline="") as file:
        questions = [
            LabelledText(row["text"], _TREC_COARSE[int(row["label-coarse"])])
            for row in csv.DictReader(file)
        ]
    return Split(questions[:_TREC_TRAIN], questions[_TREC_TRAIN:])


# ── models and vocabularies ───────────────────────────────────────────────────────────────────────


def gpt_bpe(name: Literal["cl100k_base", "o200k_base"] = "cl100k_base") -> dict[bytes, int]:
    """Return the merges of a GPT tokenizer: from a token's bytes to its rank, which is its id.

    Raises:
        ValueError: *name* is not one of the two vocabularies.
    """
    if name not in ("cl100k_base", "o200k_base"):
        raise ValueError(f"name must be cl100k_base or o200k_base, not {name!r}")
    lines = (asset_path("gpt-bpe") / f"{name}.tiktoken").read_bytes().splitlines()
    pairs = (line.split() for line in lines if line)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


def minilm() -> Path:
    """Return the folder of the encoder all-MiniLM-L6-v2.

    It holds ``config.json``, ``model.safetensors`` and the tokenizer's files, and is what
    ``transformers.AutoModel.from_pretrained`` takes.
    """
    return asset_path("minilm")
