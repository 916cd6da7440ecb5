"""Labelling functions for film sentences: what a person who knows film reviews could write down.

The word lists were written by thinking of how critics write, before anything was counted.  Which
of them became rules was decided with the labels of the pool in view: a first list with a rule for
negations misled the label model, because *not* and *good* stand together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nlpcourse.responsible.scarce_labels.votes import ABSTAIN, Rule
from nlpcourse.statistics.naive_bayes.features import words

BAD, GOOD = 0, 1


def pattern_of(phrases: str) -> re.Pattern[str]:
    """Return a pattern that finds one of these words or phrases, whatever its case.

    Args:
        phrases: separated by commas.

    Raises:
        ValueError: there are none.
    """
    wanted = [phrase.strip() for phrase in phrases.split(",") if phrase.strip()]
    if not wanted:
        raise ValueError("name one word or more, separated by commas")
    inside = "|".join(map(re.escape, wanted))
    return re.compile(rf"(?<!\w)(?:{inside})(?!\w)", flags=re.IGNORECASE)


def either(good: str, bad: str) -> Rule:
    """Return a rule that votes for the side whose words stand in a text, and abstains at both.

    Args:
        good, bad: words and phrases, separated by commas.

    Raises:
        ValueError: a side has no words.

    >>> rule = either("fun, a joy", "dull")
    >>> rule("It is a joy"), rule("How dull"), rule("dull fun"), rule("A film")
    (1, 0, -1, -1)
    """
    for_good, for_bad = pattern_of(good), pattern_of(bad)

    def rule(text: str) -> int:
        sides = bool(for_good.search(text)), bool(for_bad.search(text))
        return {(True, False): GOOD, (False, True): BAD}.get(sides, ABSTAIN)

    return rule


def by_lexicon(
    valence: Mapping[str, float], without: str = "", gap: float = 0.5
) -> Rule:
    """Return a rule that adds up the valences of a text's words and abstains near zero.

    Args:
        valence: how good or bad each word is.
        without: words that other rules look at, separated by commas; they are passed over.
        gap: how far from zero the sum must be.

    >>> by_lexicon({"fun": 2.3, "war": -2.9}, without="fun")("Fun at war")
    0
    """
    passed = {word.strip() for word in without.split(",")}

    def rule(text: str) -> int:
        total = sum(valence.get(w, 0.0) for w in words(text) if w not in passed)
        return GOOD if total > gap else BAD if total < -gap else ABSTAIN

    return rule


PRAISE = (
    "good, great, best, better, wonderful, excellent, brilliant, perfect, superb"
)
BLAME = "bad, worst, worse, awful, terrible, poor, poorly, horrible, mess, stupid"
TOUCHED = (
    "moving, touching, heartfelt, powerful, beautiful, beautifully, poignant, warm, tender, "
    "honest, heart"
)
BORED = "boring, bore, dull, tedious, slow, flat, bland, lifeless, pointless, tired, predictable"
AMUSED = "funny, hilarious, charming, delightful, entertaining, enjoyable, witty, fun, clever"
CHEAP = (
    "contrived, cliche, cliches, silly, shallow, lame, cheesy, forced, unfunny, generic, "
    "formula, derivative"
)
DRAWN_IN = (
    "fascinating, compelling, engaging, gripping, riveting, intelligent, rich, absorbing, "
    "provocative, worth, must, one of the, performance, performances, love"
)
LET_DOWN = "too, so little, not enough, should have, could have, would have, if only, instead"
LISTED = ", ".join(
    (PRAISE, BLAME, TOUCHED, BORED, AMUSED, CHEAP, DRAWN_IN, LET_DOWN)
)


def by_length(text: str) -> int:
    """Vote for good where a sentence has more than twenty words, else for bad: a poor rule."""
    return GOOD if len(text.split()) > 20 else BAD


def by_person(text: str) -> int:
    """Vote for bad where *I*, *you* or *we* speaks, else for good: as poor a rule."""
    return BAD if pattern_of("I, you, we, my, your").search(text) else GOOD


def film_rules(valence: Mapping[str, float]) -> dict[str, Rule]:
    """Return seven rules for film sentences, each with its name; the last one is a poor one.

    Args:
        valence: a lexicon's, such as VADER's.
    """
    return {
        "praise or blame": either(PRAISE, BLAME),
        "touched or bored": either(TOUCHED, BORED),
        "amused or not": either(AMUSED, CHEAP),
        "drawn in or let down": either(DRAWN_IN, LET_DOWN),
        "lexicon": by_lexicon(valence, without=LISTED),
        "and or but": either("and", "but, though, although, than"),
        "length": by_length,
    }
