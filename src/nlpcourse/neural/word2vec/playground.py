"""Neighbours and analogies in the page, from the vectors that the chapter trained.

The model is one table of vectors and three operations: gather the rows of the reader's words, add
them up with their signs, and take the cosine of the sum with every row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nlpcourse.page.models import Call, Steps, Tensor

TITLE = "Who is near, and what completes the pattern?"
DESCRIPTION = (
    "Type one word to see its neighbours, or three, `a b c`, to ask what is to `c` as `b` is to "
    "`a`. The vectors have read two million words of Wikipedia and nothing else. Try `november`, "
    "`hot`, `north`, `he she actor`, `england london japan`, and `man woman king`, which fails."
)
MODEL, WORDS = "word2vec.onnx", "word2vec-words.json"
SIZE = 10_000
"""How many words the page knows, the most frequent ones."""

INPUTS: list[dict[str, Any]] = [
    {
        "name": "words",
        "type": "text",
        "label": "One word, or three",
        "value": "see saw take",
        "maxlength": 80,
    },
    {
        "name": "top",
        "type": "range",
        "label": "How many to show",
        "min": 3,
        "max": 20,
        "step": 1,
        "value": 8,
    },
]


def _model() -> bytes:
    import torch
    from torch import nn

    from nlpcourse.neural.word2vec.recipes import load_vectors
    from nlpcourse.page.export import to_onnx

    class Nearness(nn.Module):
        """Cosines of a signed sum of unit vectors with every word's vector."""

        def __init__(self, units: torch.Tensor) -> None:
            super().__init__()
            self.units = nn.Parameter(units)  # (words, size)

        def forward(
            self, numbers: torch.Tensor, signs: torch.Tensor
        ) -> torch.Tensor:
            asked = (self.units[numbers] * signs.unsqueeze(1)).sum(dim=0)  # (size,)
            cosines: torch.Tensor = self.units @ (asked / asked.norm())  # (words,)
            return cosines

    return to_onnx(
        Nearness(load_vectors().only(SIZE).units),
        {
            "numbers": torch.tensor([1, 2, 3]),
            "signs": torch.tensor([-1.0, 1.0, 1.0]),
        },
        ["cosines"],
        {"numbers": {0: "asked"}, "signs": {0: "asked"}},
    )


def _words() -> bytes:
    from nlpcourse.neural.word2vec import text

    vocabulary = text.wikitext().vocabulary
    packed = {
        "words": vocabulary.words[:SIZE],
        "counts": vocabulary.counts[:SIZE],
    }
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()


MODELS = {MODEL: _model}
RESOURCES = {WORDS: _words}


@lru_cache(maxsize=2)
def _unpack(packed: bytes) -> tuple[list[str], list[int], dict[str, int]]:
    found = json.loads(packed)
    words = found["words"]
    return words, found["counts"], {word: n for n, word in enumerate(words)}


def read(text: str) -> list[str]:
    """Return the words of the reader's input in small letters; marks between them are dropped.

    >>> read("See : saw = Take : ?")
    ['see', 'saw', 'take']
    """
    parts = (part.strip(".,;:=?!") for part in re.split(r"[\s:=]+", text.lower()))
    return [part for part in parts if part]


def run(inputs: Mapping[str, Any], resources: Mapping[str, bytes]) -> Steps:
    """Answer the reader's one word or three.

    Args:
        inputs: ``words`` and ``top``; see ``INPUTS``.
        resources: the packed words.
    """
    words, counts, number = _unpack(resources[WORDS])
    asked = read(str(inputs.get("words", "")))
    top = max(1, min(50, int(inputs.get("top", 8))))
    if len(asked) not in (1, 3):
        return _say(
            f"You typed {len(asked)} words. One asks for neighbours; three, such as "
            "`he she actor`, ask for a fourth."
        )
    unknown = [word for word in asked if word not in number]
    if unknown:
        named = ", ".join(f"`{word}`" for word in unknown)
        return _say(
            f"No vector for {named}. The page knows the {len(words):,} most frequent words of its "
            "training text; a word it met too seldom has no company to be known by."
        )
    numbers = [number[word] for word in asked]
    last = asked[-1]
    outputs = yield _call(numbers[-1:], [1.0])
    near = _best(outputs["cosines"].data, numbers[-1:], words, top)
    views: list[dict[str, Any]] = []
    if len(asked) == 3:
        a, b, c = asked
        outputs = yield _call(numbers, [-1.0, 1.0, 1.0])
        found = _best(outputs["cosines"].data, numbers, words, top)
        verdict = f"`{a}` is to `{b}` as `{c}` is to … `{found[0][0]}`."
        views.append({"kind": "text", "text": verdict})
        views.append(_bars(f"Nearest to {b} − {a} + {c}", found))
        if found[0][0] == near[0][0]:
            lesson = (
                f"`{found[0][0]}` is also the nearest neighbour of `{c}` alone, so the pattern "
                "may have done little."
            )
        else:
            lesson = (
                f"The nearest neighbour of `{c}` alone is `{near[0][0]}`: here the pattern "
                "changed the answer."
            )
        views.append({"kind": "text", "text": lesson})
        summary = f"{verdict} {lesson}".replace("`", "")
    else:
        seen = counts[numbers[0]]
        verdict = f"`{last}` stands {seen:,} times in the training text."
        if seen < 30:
            verdict += (
                " That is little to learn a vector from, so trust these less."
            )
        views.append({"kind": "text", "text": verdict})
        names = ", ".join(word for word, _ in near[:5])
        summary = f"The nearest neighbours of {last} are {names}."
    views.append(_bars(f"Nearest to {last}", near))
    return {"views": views, "summary": summary}


def _say(text: str) -> dict[str, Any]:
    return {
        "views": [{"kind": "text", "text": text}],
        "summary": text.replace("`", ""),
    }


def _call(numbers: list[int], signs: list[float]) -> Call:
    size = [len(numbers)]
    feeds = {
        "numbers": Tensor("int64", size, numbers),
        "signs": Tensor("float32", size, signs),
    }
    return Call(MODEL, feeds)


def _best(
    cosines: Any, but: list[int], words: list[str], top: int
) -> list[tuple[str, float]]:
    """Return the words with the largest cosines, without those that were given."""
    order = sorted(range(len(words)), key=lambda n: -cosines[n])
    kept = [n for n in order[: top + len(but)] if n not in but][:top]
    return [(words[n], float(cosines[n])) for n in kept]


def _bars(title: str, found: list[tuple[str, float]]) -> dict[str, Any]:
    items = [{"label": word, "value": round(value, 3)} for word, value in found]
    named = ", ".join(f"{word} {value:.2f}" for word, value in found)
    return {
        "kind": "bars",
        "title": title,
        "unit": "cosine",
        "items": items,
        "alt": f"{title}: {named}.",
    }
