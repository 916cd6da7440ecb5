"""A trained model in a small file, and its twin that needs the standard library alone.

Small weights are left out, the others become whole steps of 1/64; the names of the clues are one
text, the numbers one row of bytes.  No pickle: whoever loads one runs whatever it says.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlpcourse.learning.crf import chain

if TYPE_CHECKING:
    from nlpcourse.learning.crf.model import CRF

STEPS = 64
"""Steps of a weight to the unit."""
LARGEST = 2**15 - 1


@dataclass(frozen=True)
class SmallCRF:
    """A CRF whose weights lie in dictionaries: the twin of `model.CRF`.

    Attributes:
        tags: their names.
        weights: of each clue, the tags' numbers with their weights; others are zero.
        steps: from the row's tag to the column's.
    """

    tags: list[str]
    weights: Mapping[str, Mapping[int, float]]
    steps: list[list[float]]

    def emissions(self, sentence: Sequence[Sequence[str]]) -> list[list[float]]:
        """Return the scores of each word's tags, from the weights of its clues."""
        found = []
        for word in sentence:
            row = [0.0] * len(self.tags)
            for clue in dict.fromkeys(word):
                for tag, weight in self.weights.get(clue, {}).items():
                    row[tag] += weight
            found.append(row)
        return found

    def marginals(self, sentence: Sequence[Sequence[str]]) -> list[list[float]]:
        """Return P(tag | all words) at each word."""
        return chain.marginals(self.emissions(sentence), self.steps)

    def tag(self, sentence: Sequence[Sequence[str]]) -> list[str]:
        """Return the best path."""
        path = chain.viterbi(self.emissions(sentence), self.steps)
        return [self.tags[y] for y in path]


def write(small: SmallCRF) -> bytes:
    """Return a model as bytes; its weights become multiples of 1/64.

    Raises:
        ValueError: more than 256 tags, a weight of 512 or more, or a clue with a line break.

    >>> small = SmallCRF(["N", "V"], {"w=fish": {1: 0.5}}, [[0.0, 1.0], [0.0, 0.0]])
    >>> read(write(small)) == small
    True
    """
    if len(small.tags) > 256:
        raise ValueError(f"a file has room for 256 tags, not {len(small.tags)}")
    names = sorted(small.weights)
    if any("\n" in name for name in names):
        raise ValueError("a clue with a line break in it can't be written")
    rows = [dict(sorted(small.weights[name].items())) for name in names]
    values = [w for row in rows for w in row.values()]
    whole = [
        round(w * STEPS) for w in [*values, *(w for r in small.steps for w in r)]
    ]
    if any(abs(w) > LARGEST for w in whole):
        raise ValueError("a weight is too large; 512 is the most that a file holds")
    head = {"tags": small.tags, "clues": names, "weights": len(values)}
    text = json.dumps(head, ensure_ascii=False).encode("utf-8", "surrogatepass")
    sizes = array("B", map(len, rows))
    columns = array("B", (tag for row in rows for tag in row))
    return zlib.compress(
        len(text).to_bytes(4, "little")
        + text
        + sizes.tobytes()
        + columns.tobytes()
        + _bytes_of(whole),
        9,
    )


def _bytes_of(whole: Sequence[int]) -> bytes:
    """Return whole numbers of 16 bits: first all low bytes, then all high ones, for the packer."""
    numbers = array("h", whole)
    if sys.byteorder == "big":
        numbers.byteswap()
    raw = numbers.tobytes()
    return raw[::2] + raw[1::2]


def read(data: bytes) -> SmallCRF:
    """Return the model that :func:`write` wrote.

    Raises:
        ValueError: the bytes are no model.
    """
    try:
        raw = zlib.decompress(data)
        start = 4 + int.from_bytes(raw[:4], "little")
        head = json.loads(raw[4:start].decode("utf-8", "surrogatepass"))
        tags, names, n = head["tags"], head["clues"], head["weights"]
        sizes = raw[start : start + len(names)]
        columns = raw[start + len(names) : start + len(names) + n]
        rest = raw[start + len(names) + n :]
        half = n + len(tags) ** 2
        if len(rest) != 2 * half or sum(sizes) != n:
            raise ValueError("a part is missing")
        numbers = array(
            "h",
            bytes(b for p in zip(rest[:half], rest[half:], strict=True) for b in p),
        )
    except (zlib.error, UnicodeError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"these bytes are no stored model: {error}") from None
    if sys.byteorder == "big":
        numbers.byteswap()
    weights, place = {}, 0
    for name, size in zip(names, sizes, strict=True):
        row = range(place, place + size)
        weights[name] = {columns[i]: numbers[i] / STEPS for i in row}
        place += size
    k = len(tags)
    steps = [
        [w / STEPS for w in numbers[n + k * i : n + k * i + k]] for i in range(k)
    ]
    return SmallCRF(tags, weights, steps)


def slim(model: CRF, least: float) -> SmallCRF:
    """Return a model without the clues' weights below *least* in size, in whole steps of 1/64."""
    import numpy as np

    rounded = np.round(model.clue_weights.astype(np.float64) * STEPS) / STEPS
    kept = (np.abs(model.clue_weights) >= least) & (rounded != 0)
    weights = {}
    for name, row in model.numbers.items():
        tags = np.flatnonzero(kept[row]).tolist()
        if tags:
            weights[name] = {t: float(rounded[row, t]) for t in tags}
    steps = np.round(model.step_weights.astype(np.float64) * STEPS) / STEPS
    return SmallCRF(list(model.tags), weights, steps.tolist())


def dense(small: SmallCRF, dtype: str = "float64") -> CRF:
    """Return the same model with NumPy's tables."""
    import numpy as np

    from nlpcourse.learning.crf.model import CRF

    numbers = {name: i for i, name in enumerate(small.weights)}
    table = np.zeros((len(numbers), len(small.tags)), dtype)
    for row, weights in zip(table, small.weights.values(), strict=True):
        row[list(weights)] = list(weights.values())
    return CRF(list(small.tags), numbers, table, np.array(small.steps, dtype))
