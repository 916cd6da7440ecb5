"""What chapter 02 does in the page: its checks' questions and its playground."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from nlpcourse.checks import judge, parameters
from nlpcourse.playgrounds import tokenization as playground
from nlpcourse.playgrounds.views import render_views


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


@pytest.mark.parametrize(
    ("identifier", "answer", "question"),
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
        (
            "02.3",
            lambda s, n: [s[i : i + n] for i in range(0, len(s), n)],
            "from the left",
        ),
        (
            "02.3",
            lambda s, n: re.findall(f".{{1,{n}}}", s[::-1]),
            "turn the string",
        ),
        ("02.4", first_pair, "lowest rank"),
        ("02.4", lambda chunk, ranks: [bytes([b]) for b in chunk], "born first"),
    ],
)
def test_a_wrong_answer_is_met_with_the_question_that_fits(
    identifier: str, answer: Callable[..., Any], question: str
) -> None:
    verdict = judge(identifier, answer)
    assert not verdict.passed
    assert question in verdict.message
    assert "?" in verdict.message


def test_a_right_answer_may_take_any_form() -> None:
    assert judge("02.1", lambda ids: Counter(pairwise(ids))).passed
    assert judge("02.3", _groups).passed


def _groups(number: str, size: int) -> tuple[str, ...]:
    """Cut from the right with one regular expression, and return a tuple."""
    return tuple(re.findall(rf"\d{{1,{size}}}(?=(?:\d{{{size}}})*$)", number))


def test_a_class_may_have_its_own_group_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = set()
    for name in ("default", "A", "B", "C", "D", "E"):
        monkeypatch.setenv("NLPCOURSE_VARIANT", name)
        sizes.add(parameters("02.3")["size"])
    assert sizes == {2, 3, 4}


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
