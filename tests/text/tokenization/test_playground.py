"""What chapter 02 does in the page: its checks' questions and its playground."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from answers import draw, each_meets_its_question
from nlpcourse.exercises import judge, parameters
from nlpcourse.page.views import render_views
from nlpcourse.text.tokenization import playground


def merge_too_far(ids: list[int], pair: tuple[int, int], new_id: int) -> list[int]:
    merged, i = [], 0
    while i < len(ids):
        found = tuple(ids[i : i + 2]) == pair
        merged.append(new_id if found else ids[i])
        i += 1
    return merged


def merge_drops_the_last(
    ids: list[int], pair: tuple[int, int], new_id: int
) -> list[int]:
    merged, i = [], 0
    while i < len(ids) - 1:
        found = (ids[i], ids[i + 1]) == pair
        merged.append(new_id if found else ids[i])
        i += 2 if found else 1
    return merged


def first_pair(chunk: bytes, ranks: dict[bytes, int]) -> list[bytes]:
    parts = [bytes([byte]) for byte in chunk]
    i = 0
    while i + 1 < len(parts):
        if parts[i] + parts[i + 1] in ranks:
            parts[i : i + 2] = [parts[i] + parts[i + 1]]
            i = 0
        else:
            i += 1
    return parts


test_a_wrong_answer_is_met_with_the_question_that_fits = each_meets_its_question(
    [
        (
            "02.1",
            lambda ids: Counter(zip(ids[::2], ids[1::2], strict=False)),
            "loop stop",
        ),
        ("02.1", lambda ids: Counter(set(pairwise(ids))), "overlap"),
        (
            "02.1",
            lambda ids: Counter(tuple(sorted(p)) for p in pairwise(ids)),
            "order matter",
        ),
        ("02.1", lambda ids: Counter(pairwise([*ids, *ids[:1]])), "one id"),
        ("02.2", merge_too_far, "merged already"),
        ("02.2", merge_drops_the_last, "alone"),
        ("02.2", lambda ids, pair, new_id: list(ids), "last two"),
        ("02.4", first_pair, "lowest rank"),
        ("02.4", lambda chunk, ranks: [bytes([b]) for b in chunk], "born first"),
    ]
)


def test_a_right_answer_may_take_any_form() -> None:
    assert judge("02.1", lambda ids: Counter(pairwise(ids))).passed
    assert judge("02.3", tuple(map(_groups, parameters("02.3")["numbers"]))).passed


def _groups(number: str) -> tuple[str, ...]:
    """Cut from the right with one regular expression, and return a tuple."""
    size = parameters("02.3")["size"]
    return tuple(re.findall(rf"\d{{1,{size}}}(?=(?:\d{{{size}}})*$)", number))


def _from_the_left(number: str) -> list[str]:
    return re.findall(rf"\d{{1,{parameters('02.3')['size']}}}", number)


@pytest.mark.parametrize(
    ("group", "question"),
    [
        (_from_the_left, "from the left"),
        (lambda n: _groups(n)[::-1], "from left to right"),
        (
            lambda n: [part[::-1] for part in _from_the_left(n[::-1])],
            "left to right",
        ),
        (lambda n: ["", *_groups(n)], "empty group"),
        (lambda n: list(n), "only the first group shorter"),
        (lambda n: n, "only the first group shorter"),
    ],
)
def test_groups_that_are_none_are_met_with_the_question_that_fits(
    group: Callable[[str], Any], question: str
) -> None:
    verdict = judge("02.3", [group(n) for n in parameters("02.3")["numbers"]])
    assert not verdict.passed
    assert question in verdict.message
    assert "?" in verdict.message


@pytest.mark.assets
@pytest.mark.parametrize(
    ("answer", "question"),
    [
        (lambda en, es, budget: en, "look at the budget"),
        (lambda en, es, budget: en[:10], "could the rest teach"),
        (lambda en, es, budget: en[:1200], "Spanish needs"),
        (lambda en, es, budget: es[:1200], "English needs"),
        (lambda en, es, budget: en[:600] + es[:600], "Spanish needs"),
        (lambda en, es, budget: "".join(en), "list of sentences"),
        (lambda en, es, budget: ["mine"] * 9000, "one of the two lists"),
    ],
)
def test_an_unfair_choice_is_met_with_the_question_that_fits(
    answer: Callable[..., Any], question: str
) -> None:
    verdict = judge("02.5", answer)
    assert not verdict.passed
    assert question in verdict.message


def test_a_class_may_have_its_own_numbers() -> None:
    sizes, numbers = set(), set()
    for name in ("default", "A", "B", "C", "D", "E"):
        drawn = draw("02.3", name)
        sizes.add(drawn["size"])
        numbers.add(tuple(drawn["numbers"]))
    assert sizes == {2, 3, 4}
    assert len(numbers) == 6


INPUTS = {str(field["name"]): field["value"] for field in playground.INPUTS}


class TestPlayground:
    def test_it_shows_every_merge(self) -> None:
        result = playground.run(INPUTS, {})
        steps = result["views"][0]["steps"]
        assert len(steps) == 1 + int(str(INPUTS["merges"]))
        assert "Merge 1: `␣` + `s` → `␣s`, seen 10 times." in steps[1]["caption"]
        assert "tokens" in result["summary"]
        assert len(render_views(result["views"])) < 60_000

    def test_the_tokens_are_the_text(self) -> None:
        for text in (str(INPUTS["text"]), "日本 🙂", "a\ud800b", "`code`\n"):
            result = playground.run({"text": text, "merges": 5}, {})
            tokens = [token["text"] for token in result["views"][1]["tokens"]]
            if text.isascii() and "`" not in text:
                assert "".join(tokens) == text
            assert render_views(result["views"])

    @pytest.mark.parametrize("text", ["", "a", " ", "x" * 50_000])
    def test_it_bears_any_text(self, text: str) -> None:
        result = playground.run({"text": text, "merges": 60}, {})
        assert result["summary"]
        assert len(render_views(result["views"])) < 400_000

    @pytest.mark.assets
    def test_it_compares_with_gpt4(self) -> None:
        resources = {name: make() for name, make in playground.RESOURCES.items()}
        result = playground.run(INPUTS, resources)
        names = [row[0] for row in result["views"][-1]["rows"]]
        assert names == ["yours", "cl100k_base"]
        assert "GPT-4" in result["summary"]
