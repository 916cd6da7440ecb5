"""The playgrounds: without JavaScript, after the click, and from the keyboard."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from browser.living import (
    PATIENCE,
    PLAIN,
    Exercise,
    bring_to_life,
    live_exercises,
    redrawn,
    wrong_answer,
)
from nlpcourse.course import chapters
from nlpcourse.page.models import drive
from nlpcourse.page.views import render_views

SOON = 30  # seconds from the click; about 4 on a machine at rest
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True}
PLACES = {
    **{c.room: f"notebooks/{c.stem}.html" for c in chapters.written()},
    **{p.name: f"notebooks/pages/{p.name}.html" for p in chapters.pages()},
    "networks-graph": "notebooks/19_networks.html",
}
"""By the playground's name the page that holds it."""


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, book: Path) -> tuple[str, str]:
    """Return a playground's name and the page that holds it."""
    name: str = request.param
    if not (book / PLACES[name]).is_file():
        pytest.fail(f"the book has no page {PLACES[name]}")
    return name, PLACES[name]


def test_the_static_views_are_there_without_javascript(
    open_page: Any, place: tuple[str, str]
) -> None:
    name, address = place
    watched = open_page(address, java_script_enabled=False)
    section = watched.page.locator(f"#play-{name}")
    assert section.locator(".nlp-views .nlp-view").first.is_visible()
    assert section.locator(".nlp-view").first.is_visible()
    assert not section.locator(".nlp-start").is_visible()
    assert watched.outside == []


LIVING = sorted({*PLACES.values(), *live_exercises()})
"""Every page on which something comes to life."""


def draws_what_the_build_drew(page: Any, name: str) -> float:
    """Bring a playground to life, assert that it draws the same, and return its seconds."""
    section = page.locator(f"#play-{name}")
    built = section.locator(".nlp-views").evaluate(PLAIN)
    said = section.locator(".nlp-summary").inner_text()
    seconds = bring_to_life(page, name)
    assert section.locator(".nlp-views").evaluate(PLAIN) == built
    assert section.locator(".nlp-summary").inner_text() == said
    return seconds


def fits_a_phone(page: Any, name: str) -> None:
    """Assert that a living playground is no wider than a phone, and a finger meets its parts."""
    assert page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    controls = page.locator(
        f"#play-{name} button:visible, #play-{name} :is(input, select, textarea):visible"
    )
    heights = controls.evaluate_all(
        "all => all.map((e) => e.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) >= 40, "targets that a finger misses"


def is_hinted_at_and_passed(exercise: Exercise, cells: Any) -> None:
    """Assert that the starter and a wrong answer get a question, and the solution its lesson."""
    exercise.start()
    exercise.press("Check")
    hint = exercise.settled("failed")
    assert hint.startswith("Not yet."), "the starter itself must not pass"

    exercise.write(wrong_answer(cells))
    exercise.press("Check")
    hint = exercise.settled("failed")
    assert "?" in hint, f"{cells.identifier}: a hint is a question"

    exercise.write(cells.solution)
    exercise.press("Check")
    lesson = exercise.settled("passed")
    assert lesson.startswith("✓ Right.")
    assert len(lesson) > len("✓ Right. ")
    print(f"{cells.identifier}: {hint!r} … {lesson!r}")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("place", map(Path, LIVING), ids=str)
def test_what_a_page_holds_comes_to_life(
    open_page: Any, book: Path, place: Path
) -> None:
    """One visit and one start of Python for all that lives on a page, on a phone.

    Each playground draws soon what the build drew, and fits; each exercise hints at what is wrong
    and passes what is right, and the reader's progress knows it.  Only a slow start is repeated,
    twice at most.
    """
    address = place.as_posix()
    if not (book / place).is_file():
        pytest.fail(f"the book has no page {address}")
    watched = open_page(address, **PHONE)
    names = [name for name, home in PLACES.items() if home == address]
    taken = [draws_what_the_build_drew(watched.page, name) for name in names][:1]
    for name in names:
        fits_a_phone(watched.page, name)
    exercises = live_exercises().get(address, [])
    for cells in exercises:
        is_hinted_at_and_passed(Exercise(watched, cells.identifier), cells)
    if exercises:
        head = watched.page.locator(".progress-here").inner_text()
        assert f" · {len(exercises)} of " in head
    watched.assert_quiet()
    while taken and min(taken) > SOON and len(taken) < 3:
        taken.append(bring_to_life(open_page(address).page, names[0]))
    assert not taken or min(taken) < SOON


@pytest.fixture(scope="module")
def tokens(open_once: Any) -> Any:
    """Return the page of chapter 02, its playground alive."""
    watched = open_once(PLACES["tokenization"])
    bring_to_life(watched.page, "tokenization")
    return watched


@pytest.fixture(scope="module")
def bayes(open_once: Any) -> Any:
    """Return the page of chapter 11, its playground alive."""
    watched = open_once(PLACES["naive_bayes"])
    bring_to_life(watched.page, "naive_bayes")
    return watched


@pytest.mark.xdist_group("tokens")
def test_tokens_follow_the_readers_text(tokens: Any) -> None:
    watched, page = tokens, tokens.page
    section = page.locator("#play-tokenization")

    redrawn(
        page,
        "tokenization",
        lambda s: s.locator("textarea").fill("aaab aaab zebra aaab"),
    )
    views = section.locator(".nlp-views").inner_text()
    assert "zebra" in "".join(
        section.locator(".nlp-token > span").all_inner_texts()
    )
    assert "aaab" in views

    steps = section.locator(".nlp-steps").first
    assert steps.locator(".nlp-steps__count").inner_text().startswith("1 / ")
    before = steps.locator(".nlp-step:not([hidden])").inner_text()
    steps.get_by_role("button", name="Next step").click()
    assert steps.locator(".nlp-steps__count").inner_text().startswith("2 / ")
    assert steps.locator(".nlp-step:not([hidden])").inner_text() != before

    redrawn(
        page, "tokenization", lambda s: s.locator('input[name="merges"]').fill("0")
    )
    assert steps.locator(".nlp-steps__count").inner_text() == "1 / 1"

    redrawn(
        page, "tokenization", lambda s: s.locator(".nlp-start").click()
    )  # Start again
    assert section.locator("textarea").input_value() != "aaab aaab zebra aaab"
    watched.assert_quiet()


@pytest.mark.xdist_group("bayes")
def test_the_verdict_follows_the_readers_message(bayes: Any) -> None:
    watched, page = bayes, bayes.page
    section = page.locator("#play-naive_bayes")
    summaries = []
    for message in (
        "Are you home? Call me when you get there, love",
        "FREE prize! Claim cash now",
    ):
        redrawn(
            page, "naive_bayes", lambda s, m=message: s.locator("textarea").fill(m)
        )
        summaries.append(section.locator(".nlp-summary").inner_text())
    assert "ham" in summaries[0]
    assert "spam" in summaries[1]
    assert section.locator(".nlp-bars tbody tr").count() > 2
    watched.assert_quiet()


@pytest.mark.xdist_group("tokens")
def test_text_that_looks_like_markup_stays_text(tokens: Any) -> None:
    watched = tokens
    text = "<img src=x onerror=alert(1)> <b>&amp;</b>"
    redrawn(
        watched.page, "tokenization", lambda s: s.locator("textarea").fill(text)
    )
    views = watched.page.locator("#play-tokenization .nlp-views")
    assert views.locator("img, b").count() == 0
    assert "<" in "".join(views.locator(".nlp-token > span").all_inner_texts())
    watched.assert_quiet()


def tamper(route: Any) -> None:
    """Answer a request with one comment more than the file has."""
    response = route.fetch()
    route.fulfill(response=response, body=response.body() + b"\n// another byte")


def test_the_weight_is_said_before_the_click_and_kept_for_the_next_visit(
    open_page: Any,
) -> None:
    watched = open_page(PLACES["lstm"])
    page = watched.page
    status = page.locator("#play-lstm .nlp-status")
    page.wait_for_function(
        "() => document.querySelector('#play-lstm .nlp-status').textContent.includes('MB')"
    )
    said = int("".join(filter(str.isdigit, status.inner_text())))
    before = len(watched.requests)
    bring_to_life(page, "lstm")
    loaded = [u for u in watched.requests[before:] if "/_static/playground/" in u]
    heavy = [
        u
        for u in loaded
        if not u.endswith((".js", "config.json")) or "pyodide" in u
    ]
    page.wait_for_function(  # what is put away is there a moment later
        "n => caches.open('nlpcourse').then((c) => c.keys()).then((k) => k.length >= n)",
        arg=len(set(heavy)),
    )
    sizes = page.evaluate(
        """async () => {
          const store = await caches.open("nlpcourse");
          const all = await Promise.all((await store.keys()).map((key) => store.match(key)));
          const blobs = await Promise.all(all.map((kept) => kept.blob()));
          return blobs.reduce((sum, {size}) => sum + size, 0);
        }"""
    )
    assert abs(sizes / 1e6 - said) < 1.5, "what was said is what was loaded"

    page.reload()
    page.locator("#play-lstm .nlp-status", has_text="Loads nothing").wait_for()
    refused: list[str] = []

    def refuse(route: Any) -> None:
        refused.append(route.request.url)
        route.abort()

    for pattern in (
        "**/*.wasm",
        "**/*.zip",
        "**/*.onnx",
        "**/pyodide*",
        "**/*.json",
    ):
        page.context.route(pattern, refuse)
    bring_to_life(page, "lstm")
    assert [url for url in refused if not url.endswith("config.json")] == []
    assert watched.outside == []


def test_another_runtime_than_the_pinned_one_is_refused(
    open_page: Any, site: str
) -> None:
    watched = open_page(PLACES["naive_bayes"])
    page = watched.page
    section = page.locator("#play-naive_bayes")

    page.context.route("**/pyodide.asm.js", tamper)
    section.locator(".nlp-start").click()
    page.wait_for_selector(
        '#play-naive_bayes[data-state="failed"]', timeout=PATIENCE * 1000
    )
    assert "could not be" in section.locator(".nlp-status").inner_text()
    assert section.locator(".nlp-views .nlp-view").first.is_visible()

    page.context.unroute("**/pyodide.asm.js", tamper)
    bring_to_life(page, "naive_bayes")  # the same button tries again
    assert watched.outside == []


def model_and_resources(book: Path, page: Any, name: str) -> tuple[Any, Any]:
    """Return the very files that the page fetches, by the names that Python calls them."""
    section = page.locator(f"#play-{name}")
    folder = book / "_static" / "playground" / "resources"
    return tuple(  # type: ignore[return-value]
        {
            known: (folder / file).read_bytes()
            for known, file in json.loads(section.get_attribute(attribute))
        }
        for attribute in ("data-models", "data-resources")
    )


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("lstm", {"text": "He played for the zorblax", "temperature": "1.3"}),
        ("bert", {"text": "He ___ born in ___ .", "count": "5"}),
        (
            "same_text",
            {"one": "I did not like the end.", "other": "I liked the end."},
        ),
    ],
)
def test_a_network_in_the_page_answers_as_in_python(
    book: Path, open_page: Any, name: str, changes: dict[str, str]
) -> None:
    export = pytest.importorskip("nlpcourse.page.export")
    pytest.importorskip("onnxruntime", reason="the extra `book` brings onnxruntime")
    watched = open_page(PLACES[name])
    page = watched.page
    section = page.locator(f"#play-{name}")
    models, resources = model_and_resources(book, page, name)
    room = importlib.import_module(chapters.playground(name))
    values = {field["name"]: field["value"] for field in room.INPUTS}
    static = section.locator(".nlp-views").evaluate(PLAIN)
    bring_to_life(page, name)
    for field, value in changes.items():
        kind = type(values[field])
        redrawn(
            page,
            name,
            lambda s, f=field, v=value: s.locator(f'[name="{f}"]').fill(v),
        )
        values[field] = kind(float(value)) if kind is not str else value
    values = {
        key: float(value) if key == "temperature" else value
        for key, value in {**values, **changes}.items()
    }
    expected = drive(room.run(values, resources), export.session_runner(models))
    page.evaluate(
        """html => {
          const place = document.createElement("div");
          place.id = "expected";
          place.innerHTML = html;
          document.body.append(place);
        }""",
        render_views(expected["views"]),
    )
    drawn = section.locator(".nlp-views").evaluate(PLAIN)
    assert drawn == page.locator("#expected").evaluate(PLAIN)
    assert drawn != static
    said = page.locator(f"#play-{name} .nlp-summary").inner_text()
    assert said == expected["summary"].replace("`", "")
    watched.assert_quiet()


def test_a_network_that_is_not_the_pinned_one_is_refused_in_words(
    open_page: Any,
) -> None:
    watched = open_page(PLACES["bert"])
    page = watched.page
    section = page.locator("#play-bert")

    page.context.route("**/ort*.mjs", tamper)
    section.locator(".nlp-start").click()
    page.wait_for_selector(
        '#play-bert[data-state="error"]', timeout=PATIENCE * 1000
    )
    assert (
        "network could not be asked" in section.locator(".nlp-status").inner_text()
    )
    assert section.locator(".nlp-views .nlp-view").first.is_visible()

    page.context.unroute("**/ort*.mjs", tamper)
    section.locator('[name="text"]').fill(
        "He ___ born ."
    )  # the next change tries again
    page.wait_for_selector(
        '#play-bert[data-state="ready"]', timeout=PATIENCE * 1000
    )
    assert watched.outside == []


@pytest.mark.xdist_group("bayes")
def test_a_playground_without_models_loads_no_network(bayes: Any) -> None:
    assert [
        u for u in bayes.requests if "onnx" in u or "ort" in u.split("/")[-1]
    ] == []


@pytest.mark.xdist_group("bayes")
def test_what_came_to_life_bars_nobody(
    bayes: Any, axe: str, bars: Any, look: Any
) -> None:
    if not axe:
        pytest.skip("axe-core is not here: `python scripts/vendor.py` brings it")
    identifier = live_exercises()[PLACES["naive_bayes"]][0].identifier
    exercise = Exercise(bayes, identifier)
    exercise.start()
    exercise.press("Check")
    exercise.settled("failed")
    for theme in ("light", "dark"):
        look(bayes.page, 1280, theme)
        assert bars(bayes.page, theme == "dark") == []


def test_a_playground_is_reached_and_worked_from_the_keyboard(
    open_page: Any,
) -> None:
    watched = open_page(PLACES["tokenization"])
    page = watched.page
    page.locator("#play-tokenization").scroll_into_view_if_needed()
    button = page.locator("#play-tokenization .nlp-start")
    for _ in range(400):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    else:
        pytest.fail("Tab does not reach the playground's button")
    page.keyboard.press("Enter")
    page.wait_for_selector(
        '#play-tokenization[data-state="ready"]', timeout=PATIENCE * 1000
    )
    focused = "() => document.activeElement.getAttribute('name') ?? document.activeElement.tagName"
    assert page.evaluate(focused) == "text"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "merges"
    section = page.locator("#play-tokenization")
    was = section.locator('input[name="merges"]').input_value()
    redrawn(page, "tokenization", lambda _: page.keyboard.press("ArrowRight"))
    assert section.locator('input[name="merges"]').input_value() == str(
        int(was) + 1
    )
    page.keyboard.press("Tab")
    assert button.evaluate("element => element === document.activeElement")
    watched.assert_quiet()
