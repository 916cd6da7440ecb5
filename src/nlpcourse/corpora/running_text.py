"""Running text: books, articles, tales, dialogue, headlines, speeches, counts of words."""

from __future__ import annotations

import bz2
import gzip
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Literal

from nlpcourse.assets import path as asset_path
from nlpcourse.corpora.records import Headline, Lee, Line, Speech, Tale, WebCounts
from nlpcourse.corpora.tables import read_csv, read_table

WikitextSplit = Literal["train", "valid", "test"]


def gutenberg() -> dict[str, str]:
    """Return NLTK's 18 Project Gutenberg books, from a name such as ``"austen-emma"`` to its text.

    The files are Latin-1 and not UTF-8: in two of them, Chesterton's *Ball and the Cross* and
    *Julius Caesar*, a letter has an accent or is a ligature.
    """
    folder = asset_path("gutenberg") / "corpora" / "gutenberg"
    return {
        path.stem: path.read_text(encoding="latin-1")
        for path in sorted(folder.glob("*.txt"))
    }


def wikitext_2(split: WikitextSplit) -> str:
    """Return the raw text of a part of WikiText-2, as published: words apart by spaces, no <unk>.

    Raises:
        ValueError: *split* is not ``"train"``, ``"valid"`` or ``"test"``.
    """
    if split not in ("train", "valid", "test"):
        raise ValueError(f"split must be train, valid or test, not {split!r}")
    return gzip.decompress(
        (asset_path("wikitext-2") / f"{split}.raw.gz").read_bytes()
    ).decode()


@cache
def _wikitext_2_vocabulary() -> frozenset[str]:
    """Return the words that occur at least three times in the training text."""
    counts = Counter(wikitext_2("train").split())
    return frozenset(word for word, count in counts.items() if count >= 3)


def wikitext_2_tokens(split: WikitextSplit) -> list[str]:
    """Return WikiText-2 as published models saw it: rare words ``<unk>``, ``<eos>`` ends a line.

    A word is rare when the training text holds it fewer than three times (Merity et al. 2017,
    section 4.2).  The training part then has 33,278 types, the published number.
    """
    vocabulary = _wikitext_2_vocabulary()
    tokens: list[str] = []
    for line in wikitext_2(split).splitlines():
        tokens += [word if word in vocabulary else "<unk>" for word in line.split()]
        tokens.append("<eos>")
    return tokens


def tales() -> list[Tale]:
    """Return 54 tales of the brothers Grimm, then 3 of Andersen."""
    folder = asset_path("tales")
    grimm = [
        Tale("Grimm", row["Title"], row["ATU Topic"], row["Content"])
        for row in read_table(folder / "grimm-tales.tab")
    ]
    andersen = read_table(folder / "andersen.tab")
    return grimm + [
        Tale("Andersen", row["Title"], "", row["Content"]) for row in andersen
    ]


def transcripts() -> list[Line]:
    """Return the lines of dialogue of the series Friends, in order."""
    return [
        Line(
            row["Season & Episode"],
            row["Title"],
            row["Author"],
            row["Quote"].strip(),
        )
        for row in read_table(asset_path("transcripts") / "friends-transcripts.tab")
    ]


def headlines() -> list[Headline]:
    """Return the Guardian's headlines of January to July 2020."""
    packed = (asset_path("headlines") / "guardian_headlines.csv.bz2").read_bytes()
    return [
        Headline(row["Date"], row["Text"])
        for row in read_csv(bz2.decompress(packed).decode())
    ]


def conventions() -> list[Speech]:
    """Return the speeches at the two party conventions of 2012."""
    file = asset_path("conventions") / "political_data.csv"
    rows = read_csv(file.read_bytes().decode())
    return [Speech(row["party"], row["speaker"], row["text"]) for row in rows]


def _counts(path: Path) -> dict[str, int]:
    pairs = (
        line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()
    )
    return {key: int(count) for key, count in pairs}


def web_counts() -> WebCounts:
    """Return the counts of words and of pairs of words on the web of 2006."""
    folder = asset_path("web-counts")
    return WebCounts(
        _counts(folder / "count_1w.txt"), _counts(folder / "count_2w.txt")
    )


def norvig_text() -> str:
    """Return the text from which the corrector of Norvig's essay counts its words."""
    return (asset_path("norvig-text") / "big.txt").read_text(encoding="utf-8")


def misspellings() -> list[tuple[str, list[str]]]:
    """Return each misspelling of the list with the words that may have been meant."""
    text = (asset_path("misspellings") / "dictionary.txt").read_text("utf-8")
    found = []
    for line in text.splitlines():
        wrong, right = line.split("->")
        words = right.split(",")
        kept = (
            words[:-1] or words
        )  # after the last comma stands a remark, or nothing
        found.append((wrong, [word.strip() for word in kept]))
    return found


def lee() -> Lee:
    """Return Lee's 50 documents, the 300 background documents, and the human similarities.

    The file has the upper half of the table; the lower half is mirrored from it.
    """
    folder = asset_path("lee")
    lines = (
        (folder / "similarities0-1.txt").read_text(encoding="ascii").splitlines()
    )
    upper = [[float(cell) for cell in line.split()] for line in lines]
    size = range(len(upper))
    return Lee(
        (folder / "lee.cor").read_text(encoding="latin-1").splitlines(),
        (folder / "lee_background.cor").read_text(encoding="ascii").splitlines(),
        [[upper[min(i, j)][max(i, j)] for j in size] for i in size],
    )
