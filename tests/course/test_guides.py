"""The pages without code: where they stand, and what they claim."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from nlpcourse.course import chapters, ledger, toc
from nlpcourse.course.paths import require_repository

ROOT = require_repository("Testing the guides")
GUIDES = pytest.mark.parametrize("guide", chapters.guides(), ids=lambda g: g.name)


def text_of(guide: chapters.Guide) -> str:
    return (ROOT / f"{guide.document}.md").read_text(encoding="utf-8")


def test_files_and_registry_name_the_same_pages() -> None:
    folders = {guide.folder for guide in chapters.guides()}
    files = {p for folder in folders for p in (ROOT / "book" / folder).glob("*.md")}
    assert files == {ROOT / f"{guide.document}.md" for guide in chapters.guides()}


@GUIDES
def test_a_guide_stands_in_the_contents_with_its_part(
    guide: chapters.Guide,
) -> None:
    contents = toc.table_of_contents()
    part = next(p for p in chapters.parts() if p.number == guide.part)
    after = contents.partition(f'caption: "{part.number} · {part.title}"')[2]
    mine = after.partition("caption:")[0]
    assert f"- file: book/parts/{part.page}\n" in mine
    assert f'- file: {guide.document}\n        title: "{guide.title}"' in mine
    assert text_of(guide).count(f"\n# {guide.title}\n") == 1


@GUIDES
def test_a_guide_points_at_written_chapters_alone(guide: chapters.Guide) -> None:
    numbers = re.findall(r"<[a-z-]+-(\d\d)>`", text_of(guide))
    assert numbers
    for number in set(numbers):
        assert chapters.get(number).written, number


@GUIDES
def test_a_guide_has_one_sentence_a_line_and_no_shouting(
    guide: chapters.Guide,
) -> None:
    body = text_of(guide).split("---\n", 2)[2]
    lines = [x for x in body.splitlines() if not re.match(r"[\d|>-]|:::|#", x)]
    prose = [line for line in lines if "{ref}`Chapter" not in line]
    two = [x for x in prose if re.search(r"[a-z)*]\. [A-Z]", x)]
    assert two == []
    assert "!" not in body
    assert "\N{EM DASH}" not in body


def test_twenty_questions_each_lead_into_a_chapter() -> None:
    text = (ROOT / "book/practice/work.md").read_text(encoding="utf-8")
    boxes = re.findall(
        r"^:::\{admonition\} (\d+) · ([^\n]+)\n(.*?)^:::$", text, re.M | re.S
    )
    assert [int(number) for number, _, _ in boxes] == list(range(1, 21))
    places = Counter()
    for _, question, answer in boxes:
        assert len(question.split()) <= 20
        assert len(answer.split()) <= 45
        [number] = re.findall(
            r"\{ref\}`Chapter \d+ <[a-z-]+-(\d\d)>`$", answer, re.M
        )
        places[chapters.get(number).part] += 1
    assert set(places) >= {0, 1, 2, 3, 4, 5}


@pytest.mark.assets
def test_most_of_the_humans_mistakes_on_tweets_are_zeros() -> None:
    """What the worked reading says of the paper's surprise."""
    from nlpcourse import corpora

    means_of_zero = mistakes = zeros = 0
    rated = corpora.sentiment_4_ratings("tweets")
    for ratings in rated:
        total = sum(ratings)
        means_of_zero += total == 0
        wrong = [r for r in ratings if r * total <= 0 and not r == total == 0]
        mistakes += len(wrong)
        zeros += wrong.count(0)
    assert means_of_zero < 0.002 * len(rated), "a mean is almost never zero"
    assert zeros > 0.75 * mistakes


def test_what_the_worked_reading_says_of_the_ledger() -> None:
    """By correlation no better than one person, by F1 better; films the other way; the release."""

    def pair(name: str) -> tuple[float, float]:
        found = ledger.get(f"06.{name}")
        assert found.anchor is not None
        return found.value, found.anchor

    assert pair("tweets-f1")[1] > pair("tweets-humans-f1")[1] + 0.1
    assert pair("tweets-r")[1] <= pair("tweets-humans-r")[1]
    assert pair("movie-f1")[1] < pair("movie-humans-f1")[1] - 0.2
    for name in ("tweets-humans-r", "tweets-humans-f1", "release-f1"):
        entry = ledger.get(f"06.{name}")
        assert entry.text() == entry.text(entry.anchor), "the paper's figure"
    assert pair("tweets-f1")[0] < pair("tweets-f1")[1]


def test_the_part_page_names_every_guide() -> None:
    for guide in chapters.guides():
        page = Path(ROOT / f"book/parts/{guide.folder}.md").read_text(
            encoding="utf-8"
        )
        assert f"{{doc}}`/{guide.document}`" in page
