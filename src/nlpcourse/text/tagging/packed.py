"""A trained tagger in a small file: JSON, compressed, with whole numbers for weights.

No pickle: whoever loads one runs whatever it says.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict

from nlpcourse.text.tagging.perceptron import PerceptronTagger


def slim(
    tagger: PerceptronTagger, least: float, steps: int = 10
) -> PerceptronTagger:
    """Return a tagger without weights below *least* in size, the others rounded to 1/steps.

    Raises:
        ValueError: the least size is negative, or steps is below 1.

    >>> whole = PerceptronTagger({"bias": {"NN": 1.26, "VB": 0.1}}, {}, ["NN", "VB"])
    >>> slim(whole, 0.5).weights
    {'bias': {'NN': 1.3}}
    """
    if not least >= 0 or steps < 1:
        raise ValueError(
            f"least must be 0 or more and steps 1 or more, not {least} and {steps}"
        )
    weights = {}
    for clue, row in tagger.weights.items():
        kept = {
            t: round(w * steps) / steps for t, w in row.items() if abs(w) >= least
        }
        if kept := {t: w for t, w in kept.items() if w}:
            weights[clue] = kept
    return PerceptronTagger(weights, tagger.sure, tagger.tags)


def pack(tagger: PerceptronTagger, steps: int = 10) -> bytes:
    """Return a tagger as bytes; its weights must be multiples of 1/steps.

    Clues are sorted by kind, so that each kind is named once; those without weights are left out.

    Raises:
        ValueError: steps is below 1, or a word holds a line break.

    >>> whole = PerceptronTagger({"bias": {"NN": 1.5}}, {"the": "AT"}, ["AT", "NN"])
    >>> unpack(pack(whole)) == whole
    True
    """
    if steps < 1:
        raise ValueError(f"steps must be 1 or more, not {steps}")
    number = {tag: k for k, tag in enumerate(tagger.tags)}
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for clue, row in sorted(tagger.weights.items()):
        if "\n" in clue:
            raise ValueError(
                f"a word with a line break in it cannot be packed: {clue!r}"
            )
        if not row:
            continue
        pairs = (f"{number[tag]},{round(row[tag] * steps)}" for tag in sorted(row))
        kind, value = split(clue)
        kinds[kind].append(f"{value}\t{' '.join(pairs)}")
    packed = {
        "steps": steps,
        "tags": list(tagger.tags),
        "sure": dict(tagger.sure),
        "clues": {kind: "\n".join(lines) for kind, lines in kinds.items()},
    }
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 9)


KINDS = (
    "i suffix", "i pref1", "i-1 tag", "i-2 tag", "i tag+i-2 tag", "i word", "i-1 tag+i word",
    "i-1 word", "i-1 suffix", "i-2 word", "i+1 word", "i+1 suffix", "i+2 word",
)  # fmt: skip


def split(clue: str) -> tuple[str, str]:
    """Return the kind of a clue and its value.

    >>> split("i-1 tag+i word AT permit"), split("bias")
    (('i-1 tag+i word', 'AT permit'), ('bias', ''))
    """
    for kind in KINDS:
        if clue.startswith(kind + " "):
            return kind, clue[len(kind) + 1 :]
    return clue, ""


def unpack(data: bytes) -> PerceptronTagger:
    """Return the tagger that :func:`pack` wrote.

    Raises:
        ValueError: the bytes are no packed tagger.
    """
    try:
        found = json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
        steps, tags = found["steps"], found["tags"]
        weights = {}
        for kind, lines in found["clues"].items():
            for line in lines.split("\n"):
                value, _, pairs = line.rpartition("\t")
                clue = kind if kind == "bias" else f"{kind} {value}"
                numbers = (pair.split(",") for pair in pairs.split(" "))
                weights[clue] = {tags[int(k)]: int(w) / steps for k, w in numbers}
    except (
        zlib.error,
        UnicodeError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
    ) as error:
        raise ValueError(f"these bytes are no packed tagger: {error}") from None
    return PerceptronTagger(weights, found["sure"], tags)
