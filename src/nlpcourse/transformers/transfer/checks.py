"""Instant checks of chapter 33, transfer learning with Hugging Face."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from nlpcourse.exercises import Hint, exercise, number, numbers, parameters
from nlpcourse.transformers.transfer.data import JUDGED

# ── 33.1 · what LoRA trains ───────────────────────────────────────────────────────────────────────


def draw_sizes(rng: random.Random) -> dict[str, int]:
    """Draw the sizes of an encoder and of its detours."""
    hidden = rng.choice([384, 768, 1024])
    return {
        "blocks": rng.choice([6, 12, 24]),
        "hidden": hidden,
        "feed_forward": 4 * hidden,
        "rank": rng.choice([2, 4, 8, 16]),
        "classes": rng.choice([2, 3, 8]),
    }


@exercise("33.1", parameters=draw_sizes, cases=3)
def trained_weights(answer: Any) -> str:
    """The number of weights that LoRA trains beside the query and expand layers, and the head."""
    p = parameters("33.1")
    blocks, hidden, wide, rank = (
        p[k] for k in ("blocks", "hidden", "feed_forward", "rank")
    )
    query, expand = rank * 2 * hidden, rank * (hidden + wide)
    head = hidden * p["classes"] + p["classes"]
    right = blocks * (query + expand) + head
    got = number(answer)
    if got is None or math.isnan(got):
        raise Hint(f"{answer!r:.60} is no number. How many weights are trained?")
    if got == right:
        whole = blocks * (hidden * hidden + hidden * wide)
        return (
            "The weights of the layers that these detours stand beside are "
            f"{whole / (right - head):.0f} times as many; with twice the rank it would be half "
            "of that."
        )
    questions = {
        right - head: "what of the linear layer on top, which is trained, too?",
        right - p["classes"]: "has the layer on top no offsets?",
        query + expand + head: "in how many blocks do detours stand?",
        blocks * 2 * query
        + head: "are both sides of the expanding layer equally wide?",
        blocks * (query + expand) // 2
        + head: "does a detour not have two tables, down and up?",
        blocks * (hidden * hidden + hidden * wide) + head: (
            "are these the frozen weights? What stands beside them?"
        ),
    }
    question = questions.get(
        int(got) if abs(got) < 1e15 else 0,
        "how many numbers has one table from many channels to few, and one back?",
    )
    raise Hint(f"For {p} you count {answer}: {question}")


# ── 33.2 · merging ────────────────────────────────────────────────────────────────────────────────


def _table(got: Any, shape: tuple[int, ...]) -> Tensor:
    """Return what came back as a table of *shape*."""
    if numbers(got) is None and not isinstance(got, Tensor):
        raise Hint(
            f"You gave back {got!r:.60}. Should it not be a table of numbers?"
        )
    found = torch.as_tensor(got).double()
    if tuple(found.shape) != shape:
        raise Hint(
            f"The weight has shape {shape}, what you gave back {tuple(found.shape)}. Can one "
            "take the other's place?"
        )
    return found


def _near(got: Tensor, wanted: Tensor) -> bool:
    return torch.allclose(got, wanted, rtol=1e-4, atol=1e-5)


@exercise("33.2")
def merge(answer: Callable[[Tensor, Tensor, Tensor, float], Tensor]) -> str:
    """One weight for a frozen layer and its detour."""
    generator = torch.Generator().manual_seed(33)
    for out, wide, rank, alpha in ((3, 4, 1, 2.0), (5, 2, 2, 8.0), (4, 4, 3, 1.0)):
        weight, down, up = (
            torch.randn(size, generator=generator)
            for size in ((out, wide), (rank, wide), (out, rank))
        )
        before = weight.clone()
        got = _table(answer(weight, down, up, alpha), (out, wide))
        if not torch.equal(weight, before):
            raise Hint(
                "The frozen weight was changed. Could you write into a copy?"
            )
        change = (up @ down).double()
        base = weight.double()
        if _near(got, base + alpha / rank * change):
            continue
        where = (
            f"With {out} outputs, {wide} inputs, rank {rank} and alpha {alpha:g}: "
        )
        mistakes = (
            (
                base + change,
                "the detour counts as it is. Where is alpha over rank?",
            ),
            (base + alpha * change, "what divides alpha?"),
            (alpha / rank * change, "and the frozen weight?"),
            (base - alpha / rank * change, "is the detour added or taken away?"),
            (base, "this is the frozen weight. Where is the detour?"),
        )
        for wrong, question in mistakes:
            if _near(got, wrong):
                raise Hint(where + question)
        raise Hint(
            where
            + "the numbers differ. What does x meet first, down or up, and how does a "
            "product of two tables say that?"
        )
    return (
        "Once merged, nothing tells that there ever was a detour: the network is as large and as "
        "fast as before. Keep down and up if you want to take the change out again."
    )


# ── 33.3 · eight bits ─────────────────────────────────────────────────────────────────────────────

ROWS: tuple[tuple[float, ...], ...] = (
    (0.5, -2.54),
    (1.27, 0.0, -0.635, 0.004),
    (0.0, 0.0, 0.0),
    (-3.0,),
    (1e-6, -2e-6, 1.5e-6),
    (100.0, 0.3, -0.5, 0.0),
)


@exercise("33.3")
def eight_bits(answer: Callable[[list[float]], tuple[Sequence[int], float]]) -> str:
    """Whole numbers from −127 to 127 and one scale for a row."""
    for row in ROWS:
        got = answer(list(row))
        if not isinstance(got, tuple | list) or len(got) != 2:
            raise Hint(
                f"For {list(row)} you gave {got!r:.60}. Do you return numbers and scale?"
            )
        whole, scale = numbers(got[0]), number(got[1])
        if whole is None or len(whole) != len(row) or scale is None:
            raise Hint(
                f"For {list(row)} you gave {got!r:.80}. Is there a whole number for each "
                "fraction, and one scale?"
            )
        _look_at_row(row, whole, scale)
    return (
        "The last row asked was 100, 0.3, -0.5 and 0, and it shows the price: one large weight "
        "sets the scale, and 0.3 becomes nothing. "
        "That is why every row has a scale of its own, and why outliers are what research on "
        "smaller numbers of bits is about."
    )


def _look_at_row(
    row: Sequence[float], whole: Sequence[float], scale: float
) -> None:
    """Ask a question where the numbers of a row are not the right ones."""
    where = f"For {list(row)} you gave {[float(w) for w in whole]} and the scale {scale:g}: "
    if not all(math.isfinite(w) for w in [*whole, scale]):
        raise Hint(
            where + "what do you divide by where the largest weight is zero?"
        )
    if any(w != round(w) for w in whole):
        raise Hint(where + "should the numbers not be whole?")
    if any(abs(w) > 127 for w in whole):
        raise Hint(where + "does a number outside −127 to 127 fit into eight bits?")
    largest = max(abs(v) for v in row)
    if largest == 0:
        if any(whole):
            raise Hint(where + "which whole number stands for zero?")
        return
    if not math.isclose(scale, largest / 127, rel_tol=1e-3):
        raise Hint(
            where + "which scale takes the weight farthest from zero to 127?"
        )
    if any(abs(w - v / scale) > 0.501 for w, v in zip(whole, row, strict=True)):
        raise Hint(
            where + "is each number the nearest whole one to weight over scale?"
        )


# ── 33.4 · learning from a teacher ────────────────────────────────────────────────────────────────


def _soft(logits: Sequence[float], temperature: float) -> list[float]:
    high = max(logits)
    parts = [math.exp((z - high) / temperature) for z in logits]
    return [part / sum(parts) for part in parts]


def _cross(teacher: Sequence[float], student: Sequence[float], t: float) -> float:
    said = _soft(student, t)
    return -sum(
        p * math.log(q) for p, q in zip(_soft(teacher, t), said, strict=True)
    )


@exercise("33.4")
def soft_loss(answer: Callable[[list[float], list[float], float], float]) -> str:
    """T² times the cross-entropy of the student's softened answers with the teacher's."""
    cases = (
        ([1.0, 3.0, 0.0], [0.5, 2.0, 0.2], 1.0),
        ([1.0, 3.0, 0.0], [0.5, 2.0, 0.2], 4.0),
        ([2.0, -1.0], [2.0, -1.0], 2.0),
        ([0.0, 0.0], [5.0, -5.0], 3.0),
    )
    for teacher, student, t in cases:
        got = number(answer(list(student), list(teacher), t))
        where = f"For the student's {student}, the teacher's {teacher} and temperature {t:g} "
        if got is None or math.isnan(got):
            raise Hint(where + "no number came back. What is the loss?")
        right = t * t * _cross(teacher, student, t)
        if math.isclose(got, right, rel_tol=1e-4, abs_tol=1e-5):
            continue
        where += f"you gave {float(got):.4f}: "
        own = _cross(teacher, teacher, t)
        mistakes = (
            (right / (t * t), "where is the square of the temperature?"),
            (t * t * _cross(student, teacher, t), "who teaches whom?"),
            (
                t * t * _cross(teacher, student, 1.0),
                "did you divide by the temperature first?",
            ),
            (-right, "is a loss not a surprise, minus the logarithm?"),
            (
                right - t * t * own,
                (
                    "this is the divergence, which is smaller by the teacher's own entropy. What "
                    "does the cross-entropy leave in?"
                ),
            ),
        )
        for wrong, question in mistakes:
            if math.isclose(got, wrong, rel_tol=1e-4, abs_tol=1e-5):
                raise Hint(where + question)
        raise Hint(where + "what are the softened probabilities of the two?")
    return (
        "Cross-entropy and divergence differ by the teacher's own entropy, which the student can't "
        "change: their gradients are the same. The square keeps the gradient's size where the "
        "temperature is high."
    )


# ── 33.5 · a model card ───────────────────────────────────────────────────────────────────────────

HEADINGS = ("Intended use", "Training data", "Evaluation", "Limits")


@exercise("33.5")
def card(answer: Callable[[], str]) -> str:
    """A model card of the film classifier that a stranger could rely on."""
    text = answer()
    if not isinstance(text, str) or not text.strip():
        raise Hint(
            f"You gave back {text!r:.40}. Can you return the card as one text?"
        )
    parts = re.split(r"(?m)^#+[ \t]+(.+?)[ \t]*$", text)
    found = {
        h.strip().lower(): b.strip()
        for h, b in zip(parts[1::2], parts[2::2], strict=True)
    }
    for heading in HEADINGS:
        body = found.get(heading.lower(), "")
        if len(re.findall(r"[^\W\d_]+", body)) < 8:
            raise Hint(
                f"What does a stranger learn under the heading '## {heading}'?"
            )
    if len({body.lower() for body in found.values() if body}) < len(HEADINGS):
        raise Hint("Two sections say the same. What is each of them for?")
    training, judged = found["training data"], found["evaluation"]
    if not re.search(r"\b512\b", training):
        raise Hint("How many labelled sentences was the network tuned with?")
    if not re.search(r"\b(?:rat(?:e|ed|ing|ings|ers)|mean)\b", training, re.I):
        raise Hint(
            "Where do the labels come from: critics' verdicts, or people's ratings?"
        )
    if not re.search(rf"\b{JUDGED}\b", judged):
        raise Hint("On how many sentences was the accuracy measured?")
    if not re.search(
        r"\b(?:[5-9]\d(?:\.\d+)?\s?(?:%|per cent|percent)|0\.[5-9]\d*)", judged
    ):
        raise Hint("What was the accuracy, as a percentage?")
    if not re.search(
        r"\b(?:not|never|no|only|un\w+|outside|English|films?)\b", found["limits"]
    ):
        raise Hint("For which texts should nobody trust the network?")
    return (
        "A card is read by people who will never see your notebook. Hugging Face's hub shows it "
        "as the model's front page; the lines between the dashes at its top are for machines."
    )
