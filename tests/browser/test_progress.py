"""The reader's progress, the ways and the review: kept, shown, moved, forgotten, asked again."""

from __future__ import annotations

import datetime
import json
import math
from pathlib import Path
from typing import Any

import pytest

DAY = datetime.date(2026, 11, 29)
QUESTION = ".course-quiz fieldset"
LOAD = "() => nlpcourseProgress.load()"
MINE = {
    "read": {"11": "2026-11-20", "02": "2026-11-01"},
    "solved": {"11.1": "2026-11-20"},
    "answered": {"11-64f80b0b": False, "11-00000001": True},
    "cards": {
        "term:prior": {
            "n": 2,
            "ease": 2.5,
            "days": 6,
            "due": "2026-11-30",
            "seen": "2026-11-24",
            "first": "2026-11-23",
            "q": 5,
        }
    },
}


def on(watched: Any, day: datetime.date) -> None:
    """Set the clock of the reader's page to the evening of a day."""
    evening = datetime.datetime.combine(day, datetime.time(23, 30))
    watched.page.clock.set_fixed_time(evening)


def keep(watched: Any, state: dict[str, Any]) -> None:
    """Put what a reader has done into the browser's store, and draw the page again."""
    watched.page.evaluate(
        "state => localStorage.setItem('nlpcourse:progress', state)",
        json.dumps(state),
    )
    watched.page.reload()


def right_answer(fieldset: Any) -> None:
    """Choose the right answer of a question with one of them."""
    fieldset.locator('input[data-correct="true"]').check()


def test_what_was_done_is_kept_over_a_reload_and_shown(
    open_page: Any, site: str
) -> None:
    watched = open_page("notebooks/11_naive_bayes.html")
    page = watched.page
    on(watched, DAY)
    head = page.locator(".progress-here")
    total = page.locator(QUESTION).count()
    assert head.inner_text().startswith("Not marked as read · 0 of ")
    one = page.locator(QUESTION, has=page.locator('input[type="radio"]')).first
    one.locator('input[data-correct="false"]').first.check()
    assert f"0 of {total} questions" in head.inner_text()
    right_answer(one)
    assert f"1 of {total} questions" in head.inner_text()
    one.locator('input[data-correct="false"]').first.check()
    assert f"1 of {total} questions" in head.inner_text(), "found is found"
    read = page.get_by_role("button", name="I have read this chapter")
    read.click()
    assert read.get_attribute("aria-pressed") == "true"
    page.reload()
    assert head.inner_text().startswith("Read on 29 November 2026 · 0 of ")
    assert f"1 of {total} questions" in head.inner_text()

    page.goto(site + "book/start/map.html")
    link = page.locator('.chapter-map a[data-chapter="11"]')
    assert link.text_content().endswith("11 Naive Bayes · read")
    assert page.locator(".chapter-map .is-read").count() == 1
    line = page.locator(".progress-all")
    assert line.inner_text().startswith("1 chapter read, 0 exercises solved, 1 qu")
    page.goto(site)
    stop = page.locator('.course-path a[data-chapter="11"]')
    assert stop.inner_text().endswith(", read")

    page.goto(site + "notebooks/02_tokenization.html")
    box = page.get_by_label("I have solved 02.5 there")
    box.check()
    assert "1 of 5 exercises solved" in head.inner_text()
    page.goto(site + "notebooks/11_naive_bayes.html")
    read.click()
    assert head.inner_text().startswith("Not marked as read")
    page.goto(site + "book/start/progress.html")
    row = page.locator('[data-progress="02"]')
    assert row.inner_text().split("\t")[1:] == ["–", "1 of 5", "0 of 5"]
    watched.assert_quiet()


def test_a_file_is_saved_merged_and_loses_nothing(
    open_page: Any, tmp_path: Path
) -> None:
    watched = open_page("book/start/progress.html")
    page = watched.page
    on(watched, DAY)
    keep(watched, MINE)
    page.evaluate("() => localStorage.setItem('nlpcourse:exercise:11.1', '{}')")
    page.evaluate("() => localStorage.setItem('theme', 'light')")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save to a file").click()
    assert caught.value.suggested_filename == "nlpcourse-progress-2026-11-29.json"
    saved = tmp_path / "saved.json"
    caught.value.save_as(saved)
    found = json.loads(saved.read_text(encoding="utf-8"))
    assert found == {"format": "nlpcourse progress", "version": 1, **MINE}

    forget = page.get_by_role("button", name="Forget everything")
    forget.click()
    page.get_by_role("button", name="Keep it").click()
    assert page.evaluate(LOAD) == MINE
    forget.click()
    page.get_by_role("button", name="Forget it all").click()
    said = page.locator(".progress-said")
    said.filter(has_text="Everything is forgotten.").wait_for()
    assert page.evaluate("() => Object.keys(localStorage)") == ["theme"]
    assert page.locator('[data-progress="11"] td').nth(1).inner_text() == "–"

    card = {**MINE["cards"]["term:prior"], "seen": "2026-11-28", "n": 1, "days": 1}
    mine = {
        "read": {"11": "2026-11-25", "09": "2026-11-26"},
        "solved": {},
        "answered": {"11-64f80b0b": True, "11-00000001": False},
        "cards": {"term:prior": {**card, "first": "2026-11-28"}},
    }
    keep(watched, mine)
    page.locator(".progress-load input").set_input_files(saved)
    said.filter(has_text="Added").wait_for()
    assert said.inner_text() == "Added saved.json: 2 new entries."
    assert page.evaluate(LOAD) == {
        "read": {"11": "2026-11-20", "02": "2026-11-01", "09": "2026-11-26"},
        "solved": {"11.1": "2026-11-20"},
        "answered": {"11-64f80b0b": True, "11-00000001": True},
        "cards": {"term:prior": {**card, "first": "2026-11-23"}},
    }
    page.locator(".progress-load input").set_input_files(saved)
    said.filter(has_text="nothing new").wait_for()
    watched.assert_quiet()
    blobs = [url for url in watched.requests if url.startswith("blob:")]
    assert len(blobs) <= 1


def damaged() -> dict[str, bytes]:
    """Return files that are refused, by what is wrong with them."""
    head = {"format": "nlpcourse progress", "version": 1}
    good = {**head, **MINE}
    text = json.dumps(good)
    card = MINE["cards"]["term:prior"]
    wrong = {
        "another program's": {"cells": [], "nbformat": 4},
        "a list": [good],
        "nothing": None,
        "of a later version": {**good, "version": 2},
        "without a room": {**head, "read": {}, "solved": {}, "answered": {}},
        "a room that is a list": {**good, "read": []},
        "no such day": {**good, "read": {"11": "2026-02-30"}},
        "a day that is a number": {**good, "solved": {"11.1": 20261129}},
        "markup": {**good, "read": {"<img src=x>": "2026-11-20"}},
        "half a card": {**good, "cards": {"term:prior": {"n": 2}}},
        "an ease of words": {
            **good,
            "cards": {"term:prior": {**card, "ease": "2.5"}},
        },
        "an endless interval": {
            **good,
            "cards": {"term:prior": {**card, "days": 1e9}},
        },
    }
    found = {what: json.dumps(value).encode() for what, value in wrong.items()}
    prototype = text.replace('"02": ', '"__proto__": ', 1)
    return {
        **found,
        "cut": text[: len(text) // 2].encode(),
        "empty": b"",
        "no text": bytes(range(256)),
        "a prototype": prototype.encode(),
        "huge": b" " * 2_000_001,
    }


def test_a_damaged_or_foreign_file_is_refused_in_one_sentence(
    open_page: Any,
) -> None:
    watched = open_page("book/start/progress.html")
    page = watched.page
    keep(watched, MINE)
    said = page.locator(".progress-said")
    for what, content in damaged().items():
        page.evaluate(
            "() => { document.querySelector('.progress-said').textContent = ''; }"
        )
        page.locator(".progress-load input").set_input_files(
            {"name": "x.json", "mimeType": "application/json", "buffer": content}
        )
        said.filter(has_text="nothing was changed").wait_for()
        told = said.inner_text()
        assert told.endswith(", and nothing was changed."), what
        assert told.count(".") == 1, what
        assert page.evaluate(LOAD) == MINE, what
    watched.assert_quiet()


FULL = """Storage.prototype.setItem = () => {
  throw new DOMException("full", "QuotaExceededError");
};"""
SHUT = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("shut", "SecurityError"); },
});"""


@pytest.mark.parametrize("broken", [FULL, SHUT], ids=["full", "shut"])
def test_where_nothing_can_be_kept_one_sentence_says_so_and_all_else_works(
    open_page: Any, site: str, broken: str
) -> None:
    watched = open_page("book/start/map.html")
    page = watched.page
    page.context.add_init_script(broken)
    page.goto(site + "notebooks/11_naive_bayes.html")
    read = page.get_by_role("button", name="I have read this chapter")
    read.click()
    assert read.get_attribute("aria-pressed") == "true"
    told = "This browser keeps nothing"
    assert page.locator(".progress-read").inner_text().count(told) == 1
    right_answer(
        page.locator(QUESTION, has=page.locator('input[type="radio"]')).first
    )
    head = page.locator(".progress-here").inner_text()
    assert head.startswith("Read on ")
    assert "1 of " in head
    assert head.count(told) == 1
    # Sphinx's script that marks the words of a search asks for the store unguarded
    assert watched.errors in ([], ["shut"])
    assert watched.outside == watched.failed == []


def test_a_store_that_was_damaged_is_put_aside(open_page: Any) -> None:
    watched = open_page("book/start/progress.html")
    page = watched.page
    page.evaluate(
        "() => localStorage.setItem('nlpcourse:progress', '{\"read\": 7')"
    )
    page.reload()
    assert page.locator(".progress-told").inner_text().startswith("0 chapters read")
    aside = page.evaluate(
        "() => localStorage.getItem('nlpcourse:progress:damaged')"
    )
    assert aside == '{"read": 7'
    watched.assert_quiet()


# -- the review
def sm2(qualities: list[int]) -> list[int]:
    """Return the intervals of SM-2 as its author states them, after each of some answers."""
    ease, repetition, interval, found = 2.5, 0, 0, []
    for quality in qualities:
        if quality < 3:
            repetition = 0
        else:
            ease = max(1.3, ease - 0.8 + 0.28 * quality - 0.02 * quality**2)
        repetition += 1
        grown = math.ceil(round(interval * ease, 6))
        interval = {1: 1, 2: 6}.get(repetition, grown)
        found.append(interval)
    return found


ANSWERS = [
    [5] * 6,
    [4] * 6,
    [3] * 12,
    [5, 5, 1, 5, 5, 5],
    [4, 4, 4, 3, 1, 1, 4, 4, 4],
    [1, 3, 5, 3, 5, 3, 5],
]
SCHEDULE = """([qualities, start]) => {
  let card, day = start;
  return qualities.map((quality) => {
    card = nlpcourseReview.scheduled(card, quality, day);
    day = card.due;
    return [card.days, card.due];
  });
}"""


def test_the_intervals_are_those_of_sm_2_on_any_calendar(open_page: Any) -> None:
    watched = open_page("book/start/review.html", timezone_id="America/Sao_Paulo")
    for qualities in ANSWERS:
        start = datetime.date(2018, 11, 2)  # two days on, a day without a midnight
        found = watched.page.evaluate(SCHEDULE, [qualities, start.isoformat()])
        assert [days for days, _ in found] == sm2(qualities)
        for days, due in found:
            start += datetime.timedelta(days=days)
            assert due == start.isoformat()
    watched.assert_quiet()


def test_a_review_by_keyboard_over_several_days(
    open_page: Any, bars: Any, look: Any
) -> None:
    watched = open_page("book/start/review.html")
    page = watched.page
    on(watched, DAY)
    page.reload()
    said = page.locator(".review-said")
    card = page.locator("[data-card]:visible")
    assert "No chapter is marked as read yet" in said.inner_text()
    assert card.count() == 0
    keep(watched, {**MINE, "read": {"11": "2026-11-20"}, "cards": {}})
    assert said.inner_text() == "12 new."
    for number in range(12):
        assert card.count() == 1, "one at a time"
        if card.locator("summary:visible").count():
            card.locator("summary").focus()
            page.keyboard.press("Enter")
            page.wait_for_function("() => document.activeElement.matches('li p')")
            if number == 0:
                for theme in ("light", "dark"):
                    look(page, 390, theme)
                    assert bars(page, theme == "dark") == []
            presses = 1 if number == 1 else 3  # the second: not yet
            for _ in range(presses):
                page.keyboard.press("Tab")
            page.keyboard.press("Enter")
        else:
            right = card.locator('input[data-correct="true"]')
            for at in range(right.count()):
                right.nth(at).focus()
                page.keyboard.press("Space")
            card.get_by_role("button", name="Answer").press("Enter")
            assert card.locator('[data-correct="true"].quiz-feedback').count() == 1
            page.keyboard.press("Enter")  # Next has the focus
    assert said.inner_text().endswith("1 once more.")
    card.locator("summary").press("Enter")
    page.get_by_role("button", name="At once").press("Enter")
    assert "come on 30 November 2026" in said.inner_text()
    assert page.evaluate("() => document.activeElement.className") == "review-said"
    kept = page.evaluate(LOAD)["cards"]
    assert {c["due"] for c in kept.values()} == {"2026-11-30"}
    assert sorted({c["ease"] for c in kept.values()})[0] == 2.5

    on(watched, DAY + datetime.timedelta(days=1))
    page.reload()
    assert said.inner_text().startswith("12 cards due")
    first = card.get_attribute("data-card")
    card.locator("summary").press("Enter")
    page.get_by_role("button", name="At once").press("Enter")
    assert said.inner_text().startswith("The last card comes back in 6 days. 11 ca")
    assert page.evaluate(LOAD)["cards"][first]["due"] == "2026-12-06"
    watched.assert_quiet()


def test_without_javascript_it_is_a_list_and_a_table(
    open_page: Any, site: str
) -> None:
    watched = open_page("book/start/review.html", java_script_enabled=False)
    page = watched.page
    card = page.locator('[data-card="term:prior"]')
    assert card.is_visible()
    card.locator("summary").click()
    assert "before the text is read" in card.inner_text()
    assert not page.locator(".review").is_visible()
    page.goto(site + "book/start/paths.html")
    assert page.locator('[data-goal="11"]').is_visible()
    assert not page.locator(".finder").is_visible()
    page.goto(site + "book/start/progress.html")
    assert not page.locator(".progress-tools").is_visible()


def test_a_skill_leads_to_what_to_read_first(open_page: Any) -> None:
    watched = open_page("book/start/paths.html")
    page = watched.page
    keep(watched, {**MINE, "read": {"01": "2026-11-20"}})
    field = page.get_by_label("What do you want to be able to do?")
    way = page.locator(".finder-way")
    for text in ("perplexity", "n-gram language models", "9", "Perplex"):
        field.fill(text)
        field.press("Enter")
        stops = way.locator("li a").evaluate_all(
            "all => all.map((a) => a.dataset.chapter)"
        )
        assert stops == ["01", "02", "09"]
    assert "3 chapters" in way.inner_text()
    assert "are left of it" in way.inner_text()
    assert way.locator("a.is-read").count() == 1
    field.fill("zorblax")
    field.press("Enter")
    link = way.get_by_role("link")
    assert str(link.get_attribute("href")).endswith("search.html?q=zorblax")
    watched.assert_quiet()
