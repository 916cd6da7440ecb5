"""VADER: a lexicon, five kinds of rules, and one number for a sentence, with every step kept.

The scores equal those of vaderSentiment 3.3.2 on any text, quirks included; the steps are ours.
It reads one sentence at a time; a long text's score is nearly always close to -1 or 1.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nlpcourse.text.lexicon.rules import (
    BOOSTERS,
    DAMPENERS,
    FADING,
    NEGATION,
    contrast,
    degree,
    emphasis,
    idiom,
    least,
    louder,
    negation,
)
from nlpcourse.text.lexicon.words import mixes_case, spell_emoji, split

RULES = ("capitals", "degree", "negation", "idiom", "but", "punctuation")
"""The rules that may be left out, each by its name."""


@dataclass(frozen=True)
class Step:
    """A rule that fired on a word.

    Attributes:
        rule: its name: ``"lexicon"`` for the word's own valence, or one of `RULES`.
        cause: the word or words that made it fire.
        valence: of the sentiment word, after the rule.
    """

    rule: str
    cause: str
    valence: float


@dataclass(frozen=True)
class Sentence:
    """A sentence in the forms that the rules ask for."""

    words: Sequence[str]
    lower: Sequence[str]
    mixed_case: bool
    off: Collection[str] = ()  # names of rules that are left out


@dataclass(frozen=True)
class Analysis:
    """What VADER says of a sentence, and why.

    Attributes:
        words: as they were cut.
        steps: for each word the rules that fired on it, the lexicon first; none for a word that
            the lexicon does not hold.
        valences: of each word, after all rules.
        emphasis: what exclamation and question marks add, away from zero.
        total: the sum of the valences and the emphasis.
        compound: the total squashed between -1 and 1, to four decimals.
    """

    words: Sequence[str]
    steps: Sequence[Sequence[Step]]
    valences: Sequence[float]
    emphasis: float
    total: float
    compound: float


def squash(total: float, alpha: float = 15.0) -> float:
    """Return a total of valences as a number between -1 and 1.

    Args:
        total: the sum of the valences of a sentence.
        alpha: what the square of a total must equal for a score of 0.71.

    Raises:
        ValueError: alpha is not above 0, or the total is not a finite number.

    Source: the function `normalize` of vaderSentiment 3.3.2.

    >>> round(squash(1.9), 4), squash(0), round(squash(-40), 4)
    (0.4404, 0.0, -0.9953)
    """
    if not alpha > 0 or not math.isfinite(alpha) or not math.isfinite(total):
        raise ValueError(
            f"alpha must be above 0 and the total finite, not {alpha} and {total}"
        )
    return total / math.sqrt(total * total + alpha)


def word_sum(text: str, valence: Mapping[str, float]) -> float:
    """Return the sum of the valences of a text's words, with no rule at all.

    Args:
        text: one sentence.
        valence: the lexicon, from a lower-case word to its valence.

    >>> word_sum("Not good, but cheap", {"good": 1.9, "cheap": 0.5})
    2.4
    """
    return math.fsum(valence.get(word.lower(), 0.0) for word in split(text))


def steps_of(
    sentence: Sentence, i: int, valence: Mapping[str, float]
) -> Iterator[Step]:
    """Yield the rules that fire on word *i*, in order, each with what it makes of the valence.

    The lexicon must hold the word; a degree word has no steps all the same.
    """
    words, lower, off = sentence.words, sentence.lower, sentence.off
    if not _speaks(lower, i):
        return
    value = valence[lower[i]]
    yield Step("lexicon", words[i], value)
    if "negation" not in off and (no := _no(lower, i, valence)) is not None:
        value, cause = no
        yield Step("negation", cause, value)
    if words[i].isupper() and sentence.mixed_case:
        value += louder(value)
        yield Step("capitals", words[i], value)
    for distance in range(1, min(3, i) + 1):
        if lower[i - distance] not in valence:  # else it speaks for itself
            for step in _before(sentence, i, distance, value):
                value = step.valence
                yield step
    if "negation" not in off and "least" not in valence and least(lower, i) != 1:
        yield Step("negation", words[i - 1], value * NEGATION)


def _before(
    sentence: Sentence, i: int, distance: int, value: float
) -> Iterator[Step]:
    """Yield what the word so many places before word *i* does to its valence."""
    words, lower, off = sentence.words, sentence.lower, sentence.off
    k = i - distance
    push = degree(words[k], value, sentence.mixed_case) * FADING[distance - 1]
    if push and "degree" not in off:
        value += push
        yield Step("degree", words[k], value)
    factor = negation(lower[k:i])
    if factor != 1 and "negation" not in off:
        value *= factor
        yield Step("negation", " ".join(words[k:i]), value)
    if distance == 3 and "idiom" not in off:
        phrase = idiom(lower, i, value)
        if phrase != value:
            yield Step("idiom", " ".join(words[k : i + 3]), phrase)


def _speaks(lower: Sequence[str], i: int) -> bool:
    """Return whether word *i* has a valence of its own: degree words and *kind of* have none."""
    kind_of = lower[i] == "kind" and lower[i + 1 : i + 2] == ["of"]
    return not kind_of and lower[i] not in BOOSTERS and lower[i] not in DAMPENERS


def _no(
    lower: Sequence[str], i: int, valence: Mapping[str, float]
) -> tuple[float, str] | None:
    """Return the valence that *no* makes of word *i* and which word is to blame, or None.

    *No* is in the lexicon; before a sentiment word it gives up its valence and negates instead.
    """
    value = valence[lower[i]]
    silenced = lower[i] == "no" and i + 1 < len(lower) and lower[i + 1] in valence
    near = "no" in lower[max(0, i - 2) : i]
    listed = i > 2 and lower[i - 3] == "no" and lower[i - 1] in ("or", "nor")
    if near or listed:
        return value * NEGATION, "no"
    return (0.0, lower[i + 1]) if silenced else None


def analyse(
    text: str,
    valence: Mapping[str, float],
    emoji: Mapping[str, str] | None = None,
    off: Collection[str] = (),
) -> Analysis:
    """Return what VADER says of a sentence, with the rules that fired.

    Args:
        text: one sentence.
        valence: the lexicon, from a lower-case word to its valence, −4 to 4.
        emoji: the names of emoji, which are read as words; by default none is known.
        off: names of `RULES` that are left out; by default none is.

    Raises:
        ValueError: *off* names a rule that does not exist.

    Source: Hutto and Gilbert (2014), sections 3.2 and 3.3; vaderSentiment 3.3.2.

    >>> analyse("The food is not good", {"good": 1.9}).compound
    -0.3412
    >>> analyse("The food is not good", {"good": 1.9}, off=["negation"]).compound
    0.4404
    """
    _require_rules(off)
    text = spell_emoji(text, emoji or {})
    words = split(text)
    lower = [word.lower() for word in words]
    mixed_case = mixes_case(words) and "capitals" not in off
    sentence = Sentence(words, lower, mixed_case, off)
    steps = [
        list(steps_of(sentence, i, valence)) if word in valence else []
        for i, word in enumerate(lower)
    ]
    valences = [s[-1].valence if s else 0.0 for s in steps]
    if "but" not in off:
        valences = contrast(lower, valences)
    marks = 0.0 if "punctuation" in off else emphasis(text)
    total = float(sum(valences))
    total += marks if total > 0 else -marks if total < 0 else 0.0
    compound = round(squash(total), 4)
    return Analysis(words, steps, valences, marks, total, compound)


def _require_rules(off: Collection[str]) -> None:
    """Refuse the name of a rule that does not exist."""
    unknown = [name for name in off if name not in RULES]
    if unknown:
        raise ValueError(
            f"no rule is called {unknown[0]!r}; there are {', '.join(RULES)}"
        )


def shares(analysis: Analysis) -> dict[str, float]:
    """Return how much of a sentence is positive, neutral and negative: the library's other scores.

    >>> shares(analyse("good, not slow", {"good": 1.9}))
    {'neg': 0.0, 'neu': 0.408, 'pos': 0.592}
    """
    positive = sum(v + 1 for v in analysis.valences if v > 0)
    negative = sum(1 - v for v in analysis.valences if v < 0)
    neutral = sum(v == 0 for v in analysis.valences)
    if positive > negative:
        positive += analysis.emphasis
    elif positive < negative:
        negative += analysis.emphasis
    whole = positive + negative + neutral or 1
    parts = {"neg": negative, "neu": neutral, "pos": positive}
    return {name: round(part / whole, 3) for name, part in parts.items()}
