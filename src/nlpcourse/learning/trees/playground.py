"""A tree in the page that grows question by question: the tree's own questions, or the reader's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse.learning.trees.examples import (
    KIND_LINES,
    OPINION_LINES,
    labelled_lines,
)
from nlpcourse.learning.trees.impurity import IMPURITIES, Impurity
from nlpcourse.learning.trees.questions import (
    Heap,
    Item,
    candidates,
    grow_by_questions,
    item,
    mixed,
    next_question,
    tally,
)

TITLE = "Grow a tree of questions"
DESCRIPTION = (
    "The tree asks whether a word is in the sentence, one question at a time, always the one that "
    "leaves the least mixed heaps. Step through its growth. Then choose praise and blame, let it "
    "ask three questions, and beat it with three of yours; you may ask a word twice, in two heaps."
)
KINDS, OPINIONS, OWN = "kinds", "opinions", "own"

INPUTS: list[dict[str, Any]] = [
    {
        "name": "sentences",
        "type": "select",
        "label": "Sentences",
        "options": [
            (KINDS, "what is asked for"),
            (OPINIONS, "praise and blame"),
            (OWN, "your own, below"),
        ],
        "value": KINDS,
    },
    {
        "name": "asks",
        "type": "select",
        "label": "Who asks?",
        "options": [("tree", "the tree"), ("you", "you, with the words below")],
        "value": "tree",
    },
    {
        "name": "questions",
        "type": "range",
        "label": "Questions the tree may ask",
        "min": 0,
        "max": 8,
        "step": 1,
        "value": 3,
    },
    {
        "name": "words",
        "type": "text",
        "label": "Your words, one question each",
        "value": "who how where",
        "maxlength": 120,
    },
    {
        "name": "criterion",
        "type": "select",
        "label": "Impurity",
        "options": [("gini", "Gini"), ("entropy", "entropy (bits)")],
        "value": "gini",
    },
    {
        "name": "new",
        "type": "text",
        "label": "A new sentence to sort",
        "value": "who invented the telephone",
        "maxlength": 120,
    },
    {
        "name": "text",
        "type": "textarea",
        "label": "Your own sentences: label, colon, sentence",
        "value": KIND_LINES,
        "maxlength": 2000,
    },
]

MOST_LINES = 40
"""Sentences that the tree reads; further ones are left out, and the page says so."""

MOST_QUESTIONS = 8
SHOWN = 7
"""Candidates whose gain is drawn."""

LONGEST = 14
"""Letters of a label or word in the drawing."""


def read(text: str) -> tuple[list[Item], list[str]]:
    """Return the labelled sentences of a text, and what the reader should know of its lines.

    >>> items, notes = read("person: who sang\\nno label here")
    >>> len(items), notes
    (1, ['One line has no label and colon before its sentence, so it is left out.'])
    """
    items, without = labelled_lines(text)
    notes = []
    if without:
        some = "One line has" if without == 1 else f"{without} lines have"
        their = (
            "its sentence, so it is"
            if without == 1
            else "the sentence, so they are"
        )
        notes.append(f"{some} no label and colon before {their} left out.")
    if len(items) > MOST_LINES:
        notes.append(f"The tree reads the first {MOST_LINES} sentences.")
    return items[:MOST_LINES], notes


def run(
    inputs: Mapping[str, Any], resources: Mapping[str, bytes]
) -> dict[str, Any]:
    """Grow the tree and show every step of it.

    Args:
        inputs: see ``INPUTS``.
        resources: none.
    """
    own = str(inputs.get("text", KIND_LINES))
    lines = {KINDS: KIND_LINES, OPINIONS: OPINION_LINES}
    items, notes = read(lines.get(str(inputs.get("sentences", KINDS)), own))
    if not items:
        help_text = (
            "There is nothing to grow from yet. Write lines such as `person: who wrote hamlet`, a "
            "label, a colon and a sentence."
        )
        return {
            "views": [{"kind": "text", "text": help_text}],
            "summary": help_text,
        }
    criterion = str(inputs.get("criterion", "gini"))
    impurity = IMPURITIES.get(criterion, IMPURITIES["gini"])
    if inputs.get("asks") == "you":
        asked = [
            w.strip("?,;.") for w in str(inputs.get("words", "")).lower().split()
        ]
        asked = [word for word in asked if word][:MOST_QUESTIONS]
        root, steps, unanswered = reader_asks(items, asked, impurity)
        if unanswered:
            notes.append(
                f"No mixed heap can be divided by {_named(unanswered)}, so "
                f"{'it was' if len(unanswered) == 1 else 'they were'} not asked."
            )
    else:
        questions = _whole(inputs.get("questions", 3))
        root, steps = tree_asks(items, questions, impurity)
    verdict = told(root, items, impurity, inputs.get("asks") == "you")
    views: list[dict[str, Any]] = [{"kind": "text", "text": verdict}]
    views.append({"kind": "steps", "title": "Question by question", "steps": steps})
    if str(inputs.get("new", "")).strip():
        views.append({"kind": "text", "text": way(root, str(inputs["new"]))})
    views += [{"kind": "text", "text": note} for note in notes]
    return {"views": views, "summary": verdict}


def _whole(value: Any) -> int:
    """Return a number of questions between 0 and the most that the page draws."""
    try:
        return max(0, min(MOST_QUESTIONS, int(float(value))))
    except (TypeError, ValueError, OverflowError):
        return 3


def tree_asks(
    items: list[Item], questions: int, impurity: Impurity
) -> tuple[Heap, list[dict[str, Any]]]:
    """Let the tree ask; return it and its steps."""
    root = Heap(items)
    steps = [_step("Before any question.", root, impurity)]
    for k in range(1, questions + 1):
        found = next_question(root, None, impurity)
        if found is None:
            break
        steps.append(_asked(k, root, found, impurity))
    return root, steps


def reader_asks(
    items: list[Item], words: Sequence[str], impurity: Impurity
) -> tuple[Heap, list[dict[str, Any]], list[str]]:
    """Ask the reader's words, each of the leaf where it gains most; return those unasked, too."""
    root = Heap(items)
    steps, unanswered = [_step("Before any question.", root, impurity)], []
    for word in words:
        found = next_question(root, [word], impurity)
        if found is None:
            unanswered.append(word)
        else:
            steps.append(_asked(len(steps), root, found, impurity))
    return root, steps, unanswered


def _asked(
    k: int, root: Heap, found: tuple[float, Heap, str], impurity: Impurity
) -> dict[str, Any]:
    """Ask a question, and return the step that shows the tree after it."""
    gain, leaf, word = found
    size = len(leaf.items)
    leaf.ask(word)
    caption = (
        f"Question {k}: `{word}`? It divides a heap of {size} into {len(leaf.parts[0].items)} "
        f"without and {len(leaf.parts[1].items)} with the word, and takes {gain:.3f} off."
    )
    return _step(caption, root, impurity)


def _step(caption: str, root: Heap, impurity: Impurity) -> dict[str, Any]:
    views: list[dict[str, Any]] = [
        {"kind": "tree", "tree": drawn(root), "alt": in_words(root)}
    ]
    bars = next_bars(root, impurity)
    if bars:
        views.append(bars)
    left = mixed(root, impurity)
    return {"caption": f"{caption} Impurity left: {left:.3f}.", "views": views}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _heap_text(heap: Heap) -> str:
    """Return a leaf in short: its labels, the commonest first, with their counts."""
    counts = sorted(tally(heap.items).items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [f"{_short(label)} {n}" for label, n in counts[:2]]
    return " · ".join(shown) + (" …" if len(counts) > 2 else "")


def drawn(heap: Heap) -> Any:
    """Return a tree as the page draws it: a question, below it *no* and *yes*, and so on down."""
    if not heap.parts:
        return _heap_text(heap)
    sides = zip(("no", "yes"), heap.parts, strict=True)
    return [
        f"{_short(heap.word)}?",
        [[side, [drawn(part)]] for side, part in sides],
    ]


def in_words(heap: Heap) -> str:
    """Return a tree as a sentence: its text alternative."""
    if not heap.parts:
        return _heap_text(heap)
    no, yes = (in_words(part) for part in heap.parts)
    return f"Is {heap.word} in it? If not: {no}. If so: {yes}"


def next_bars(root: Heap, impurity: Impurity) -> dict[str, Any] | None:
    """Return what each of the best next questions would take off the whole tree's impurity."""
    found: list[tuple[float, str, int]] = []
    for leaf in root.leaves():
        if len(tally(leaf.items)) > 1:
            share = len(leaf.items) / len(root.items)
            found += [
                (gain * share, word, len(leaf.items))
                for gain, word in candidates(leaf.items, impurity)
            ]
    if not found:
        return None
    found.sort(key=lambda one: (-round(one[0], 9), one[1]))
    items = [
        {
            "label": f"`{word}`",
            "value": round(gain, 4),
            "note": f"in a heap of {size}",
        }
        for gain, word, size in found[:SHOWN]
    ]
    return {
        "kind": "bars",
        "title": "What each next question would take off",
        "unit": "impurity of the whole tree",
        "items": items,
        "alt": "; ".join(f"{word} {gain:.3f}" for gain, word, _ in found[:SHOWN]),
    }


def told(root: Heap, items: list[Item], impurity: Impurity, reader: bool) -> str:
    """Say what is left, and beside it what the tree alone would have left."""
    asked = len(root.leaves()) - 1
    start, left = mixed(Heap(items), impurity), mixed(root, impurity)
    times = "1 question" if asked == 1 else f"{asked} questions"
    text = (
        f"{len(items)} sentences, impurity {start:.3f} before any question and {left:.3f} after "
        f"{times}."
    )
    if len(tally(items)) == 1:
        return f"{text} There is one label only, so there is nothing to ask."
    if not reader:
        done = next_question(root, None, impurity) is None
        return f"{text} No heap is left that a word could divide." if done else text
    own = mixed(grow_by_questions(items, asked, impurity), impurity)
    text = f"{text} The tree leaves {own:.3f} after as many."
    if asked == 0:
        return f"{text} Write a word or more to ask."
    if left < own - 1e-9:
        return f"{text} You beat it: the best question now need not be the best beginning."
    if left > own + 1e-9:
        return f"{text} It is ahead of you."
    return f"{text} You are even."


def way(root: Heap, text: str) -> str:
    """Say which way a new sentence takes, and what its leaf says."""
    words, here, turns = item(text, "").words, root, []
    while here.parts:
        yes = here.word in words
        turns.append(f"`{here.word}`? {'yes' if yes else 'no'}")
        here = here.parts[yes]
    counts = tally(here.items)
    share = f"{counts[here.label]} of {len(here.items)} in its heap"
    asked = "; ".join(turns) or "no question was asked"
    return f"The new sentence: {asked}. The tree says {here.label} ({share})."


def _named(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
