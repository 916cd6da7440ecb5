"""How good are the entities: precision, recall and F1 of whole entities, and errors by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from nlpcourse.evaluation import Scores
from nlpcourse.text.entities.spans import Entity

Texts = Sequence[Sequence[Entity]]
"""For each text its entities."""


def _same_texts(gold: Texts, predicted: Texts) -> None:
    """Refuse gold and predicted entities of differently many texts."""
    if len(gold) != len(predicted):
        raise ValueError(
            f"{len(gold)} texts have gold entities and {len(predicted)} predicted "
            "ones; give as many of both"
        )


def from_counts(right: int, claimed: int, real: int) -> Scores:
    """Return precision, recall and F1 from three counts; a share of nothing is 0.

    Raises:
        ValueError: more are right than claimed or real, or a count is negative.

    >>> from_counts(right=1, claimed=2, real=4)
    Scores(precision=0.5, recall=0.25, f1=0.3333333333333333)
    """
    if not 0 <= right <= min(claimed, real):
        raise ValueError(
            f"{right} right entities of {claimed} claimed and {real} real ones "
            "cannot be; count again"
        )
    precision = right / claimed if claimed else 0.0
    recall = right / real if real else 0.0
    f1 = 2 * right / (claimed + real) if right else 0.0
    return Scores(precision, recall, f1)


def score_entities(gold: Texts, predicted: Texts) -> Scores:
    """Return precision, recall and F1: an entity is right if start, end and type are.

    Raises:
        ValueError: there are not as many texts of both.

    >>> gold = [[Entity(0, 2, "person")], [Entity(3, 4, "movie")]]
    >>> score_entities(gold, [[Entity(0, 1, "person")], [Entity(3, 4, "movie")]])
    Scores(precision=0.5, recall=0.5, f1=0.5)
    """
    _same_texts(gold, predicted)
    right = claimed = real = 0
    for g, p in zip(gold, predicted, strict=True):
        right += len(set(g) & set(p))
        claimed += len(set(p))
        real += len(set(g))
    return from_counts(right, claimed, real)


def score_by_type(gold: Texts, predicted: Texts) -> dict[str, Scores]:
    """Return the scores of each type that occurs, in alphabetical order.

    >>> score_by_type([[Entity(0, 1, "movie")]], [[]])
    {'movie': Scores(precision=0.0, recall=0.0, f1=0.0)}
    """
    _same_texts(gold, predicted)
    kinds = sorted(
        {e.kind for texts in (gold, predicted) for t in texts for e in t}
    )
    return {
        kind: score_entities(
            [[e for e in text if e.kind == kind] for text in gold],
            [[e for e in text if e.kind == kind] for text in predicted],
        )
        for kind in kinds
    }


KINDS_OF_ERROR = (
    "missed",
    "invented",
    "wrong type",
    "wrong boundary",
    "both wrong",
)


def _overlap(one: Entity, other: Entity) -> int:
    """Return how many words two entities share; 0 or less for none."""
    return min(one.end, other.end) - max(one.start, other.start)


def error_kinds(
    gold: Sequence[Entity], predicted: Sequence[Entity]
) -> Counter[str]:
    """Count what became of one text's entities.

    Right ones go first.  Of the others, the pair that shares most words is taken, and so on: it
    has the wrong type, the wrong boundary, or both.  A gold entity left over is missed, a
    predicted one invented.

    >>> gold = [Entity(0, 2, "person"), Entity(5, 6, "movie")]
    >>> predicted = [Entity(0, 1, "person"), Entity(8, 9, "movie")]
    >>> sorted(error_kinds(gold, predicted).items())
    [('invented', 1), ('missed', 1), ('wrong boundary', 1)]
    """
    counts: Counter[str] = Counter()
    right = set(gold) & set(predicted)
    counts["right"] = len(right)
    left, claimed = set(gold) - right, set(predicted) - right
    pairs = [(g, p) for g in sorted(left) for p in sorted(claimed)]
    pairs = [(g, p) for g, p in pairs if _overlap(g, p) > 0]
    pairs.sort(key=lambda pair: (-_overlap(*pair), pair[0].kind != pair[1].kind))
    for g, p in pairs:
        if g in left and p in claimed:
            left.remove(g)
            claimed.remove(p)
            same_place = (g.start, g.end) == (p.start, p.end)
            counts[
                "wrong type"
                if same_place
                else "wrong boundary"
                if g.kind == p.kind
                else "both wrong"
            ] += 1
    counts["missed"], counts["invented"] = len(left), len(claimed)
    return +counts


def count_errors(gold: Texts, predicted: Texts) -> Counter[str]:
    """Count the right entities and the errors by kind over many texts.

    Raises:
        ValueError: there are not as many texts of both.

    >>> count_errors([[Entity(0, 1, "movie")], []], [[], []])
    Counter({'missed': 1})
    """
    _same_texts(gold, predicted)
    total: Counter[str] = Counter()
    for g, p in zip(gold, predicted, strict=True):
        total += error_kinds(g, p)
    return total
