"""Two languages, words and their sounds, pairs of words."""

from __future__ import annotations

import json
import re
from pathlib import Path

from nlpcourse.assets import path as asset_path
from nlpcourse.corpora.records import AlignedVerse, WordPair
from nlpcourse.corpora.running_text import gutenberg
from nlpcourse.corpora.tables import read_tsv


def tatoeba_es() -> list[tuple[str, str]]:
    """Return pairs of an English sentence and a Spanish translation, short ones first.

    One English sentence may stand in many pairs: split by it, not by pair.
    """
    text = (asset_path("tatoeba-es") / "spa.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.split("\n") if line)
    return [(english, spanish) for english, spanish, _ in rows]


def gnt_bsb() -> list[AlignedVerse]:
    """Return the verses of the Greek New Testament with a modern English version and gold links.

    A verse's id is book, chapter and verse, such as ``"40001001"`` for Matthew 1:1.  Left out are
    verses that one side does not have, and those that the two editions bound differently: there
    some link leaves its verse.
    """
    folder = asset_path("gnt-bsb")
    source: dict[str, dict[str, str]] = {}  # verse → token id → token
    target: dict[str, dict[str, str]] = {}
    for token, text in read_tsv(folder / "SBLGNT.tsv", "id", "text"):
        source.setdefault(token[1:9], {})[token] = text
    for token, verse, text in read_tsv(
        folder / "nt_BSB.tsv", "id", "source_verse", "text"
    ):
        target.setdefault(verse, {})[token] = text

    place = {  # token id → verse and position in it
        token: (verse, i)
        for side in (source, target)
        for verse, tokens in side.items()
        for i, token in enumerate(tokens)
    }
    links: dict[str, set[tuple[int, int]]] = {}
    torn: set[str] = set()
    alignment = json.loads((folder / "alignment.json").read_text(encoding="utf-8"))
    for record in alignment["records"]:
        for left in record["source"]:
            for right in record["target"]:
                (verse, i), (other, j) = place[left], place[right]
                links.setdefault(verse, set()).add((i, j))
                if verse != other:
                    torn |= {verse, other}
    return [
        AlignedVerse(
            verse,
            list(source[verse].values()),
            list(target[verse].values()),
            frozenset(pairs),
        )
        for verse, pairs in sorted(links.items())
        if verse not in torn
    ]


def _king_james() -> dict[str, str]:
    """Return the King James Bible of the asset gutenberg, from verse id to text."""
    text = gutenberg()["bible-kjv"]
    marks = list(re.finditer(r"(?<!\S)(\d+):(\d+)\s", text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    verses: dict[str, str] = {}
    book = 0
    for mark, end in zip(marks, ends, strict=True):
        chapter, verse = int(mark[1]), int(mark[2])
        book += (chapter, verse) == (1, 1)
        # a book's title may follow
        paragraph = text[mark.end() : end].split("\n\n")[0]
        verses[f"{book:02}{chapter:03}{verse:03}"] = " ".join(paragraph.split())
    return verses


def _berean() -> dict[str, str]:
    """Return the Berean Standard Bible, from verse id (of the English count) to text."""
    verses: dict[str, str] = {}
    for part in ("ot_BSB.tsv", "nt_BSB.tsv"):
        joined = True  # no space before the next token
        table = asset_path("kjv-bsb") / part
        for token, text, skip in read_tsv(table, "id", "text", "skip_space_after"):
            # a token's own id counts verses as English Bibles do
            verse = token[:8]
            space = "" if joined or verse not in verses else " "
            verses[verse] = verses.get(verse, "") + space + text
            joined = bool(skip)
    return verses


def kjv_bsb() -> list[tuple[str, str]]:
    """Return the verses that both Bibles have: the King James text and the Berean text."""
    old, new = _king_james(), _berean()
    return [(old[verse], new[verse]) for verse in sorted(old.keys() & new.keys())]


def cmudict() -> dict[str, list[list[str]]]:
    """Return the pronunciations of each word, as lists of ARPAbet sounds with stress."""
    sounds: dict[str, list[list[str]]] = {}
    text = (asset_path("cmudict") / "cmudict.dict").read_text(encoding="utf-8")
    for line in text.splitlines():
        word, *pronunciation = line.partition("#")[0].split()
        sounds.setdefault(re.sub(r"\(\d+\)$", "", word), []).append(pronunciation)
    return sounds


def analogies() -> dict[str, list[tuple[str, str, str, str]]]:
    """Return the analogy questions by section: the fourth word is the answer."""
    sections: dict[str, list[tuple[str, str, str, str]]] = {}
    text = (asset_path("analogies") / "questions-words.txt").read_text(
        encoding="utf-8"
    )
    for line in text.splitlines():
        if line.startswith(": "):
            section = sections.setdefault(line[2:], [])
        else:
            a, b, c, d = line.split()
            section.append((a, b, c, d))
    return sections


def _word_pairs(path: Path) -> list[WordPair]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return [
        WordPair(first, second, float(rating)) for first, second, rating in rows
    ]


def wordsim() -> list[WordPair]:
    """Return the pairs of WordSim-353 with their mean relatedness."""
    return _word_pairs(asset_path("wordsim") / "wordsim353.tsv")


def simlex() -> list[WordPair]:
    """Return the pairs of SimLex-999 with their mean similarity."""
    return _word_pairs(asset_path("simlex") / "simlex999.txt")
