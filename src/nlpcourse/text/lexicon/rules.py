"""VADER's rules about the words around a sentiment word, one function a rule.

What capitals, degree words and exclamation marks add comes from an experiment: Hutto and Gilbert
(2014), section 3.3, had people rate tweets with and without each cue (their Table 3). The factor
of a negation, the fading, the question marks and the lists of words stand in the code of
vaderSentiment 3.3.2 alone.
"""

from __future__ import annotations

from collections.abc import Sequence

CAPITALS = 0.733
"""What capitals add to a word's valence."""

DEGREE = 0.293
"""What *very* adds and *slightly* takes away."""

FADING = (1.0, 0.95, 0.9)
"""What is left of a degree word's push one, two and three words before the sentiment word."""

NEGATION = -0.74
"""By what a negation multiplies."""


def listed(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


BOOSTERS = listed(
    """absolutely amazingly awfully completely considerable considerably decidedly deeply effing
    enormous enormously entirely especially exceptional exceptionally extreme extremely fabulously
    flipping flippin frackin fracking fricking frickin frigging friggin fully fuckin fucking fuggin
    fugging greatly hella highly hugely incredible incredibly intensely major majorly more most
    particularly purely quite really remarkably so substantially thoroughly total totally
    tremendous tremendously uber unbelievably unusually utter utterly very"""
)
"""Degree words that add."""

PAIRS = frozenset({"just enough", "kind of", "sort of"})
"""Dampeners of two words."""

DAMPENERS = PAIRS | listed(
    """almost barely hardly kinda kindof kind-of less little marginal marginally occasional
    occasionally partly scarce scarcely slight slightly somewhat sorta sortof sort-of"""
)
"""Degree words that take away."""

NEGATIONS = listed(
    """aint arent cannot cant couldnt darent didnt doesnt ain't aren't can't couldn't daren't didn't
    doesn't dont hadnt hasnt havent isnt mightnt mustnt neither don't hadn't hasn't haven't isn't
    mightn't mustn't neednt needn't never none nope nor not nothing nowhere oughtnt shant shouldnt
    uhuh wasnt werent oughtn't shan't shouldn't uh-uh wasn't weren't without wont wouldnt won't
    wouldn't rarely seldom despite"""
)
"""Words that turn what follows; every word that holds *n't* does so, too."""

IDIOMS = {
    "the shit": 3.0,
    "the bomb": 3.0,
    "bad ass": 1.5,
    "badass": 1.5,
    "bus stop": 0.0,
    "yeah right": -2.0,
    "kiss of death": -1.5,
    "to die for": 3.0,
    "beating heart": 3.5,
}
"""Phrases whose valence is not that of their words."""


def louder(valence: float) -> float:
    """Return what a word in capitals adds to its valence: away from zero.

    >>> louder(1.9), louder(-2.5)
    (0.733, -0.733)
    """
    return CAPITALS if valence > 0 else -CAPITALS


def degree(word: str, valence: float, mixed_case: bool = False) -> float:
    """Return what a degree word adds to the valence of a word after it.

    Args:
        word: the word before, such as *very*; any other adds nothing.
        valence: of the sentiment word; a negative one is pushed down by *very*.
        mixed_case: whether capitals mean something in this sentence.

    >>> degree("very", 1.9), degree("slightly", 1.9), degree("very", -2.5), degree("the", 1.9)
    (0.293, -0.293, -0.293, 0.0)
    """
    lower = word.lower()
    if lower not in BOOSTERS and lower not in DAMPENERS:
        return 0.0
    push = DEGREE if lower in BOOSTERS else -DEGREE
    if valence < 0:
        push = -push
    if word.isupper() and mixed_case:
        push += louder(valence)
    return push


def negates(word: str) -> bool:
    """Return whether a word turns what follows it.

    >>> negates("not"), negates("Isn't"), negates("no"), negates("hardly")
    (True, True, False, False)
    """
    return word.lower() in NEGATIONS or "n't" in word.lower()


def negation(before: Sequence[str]) -> float:
    """Return the factor of a possible negation, given what lies between it and the sentiment word.

    Args:
        before: one to three lower-case words; the first is the possible negation, and the
            sentiment word follows the last.

    Raises:
        ValueError: there are no words before, or more than three.

    Source: Hutto and Gilbert (2014), section 3.2, rule 5; the exceptions are the code's own.

    >>> negation(["not"]), negation(["isn't", "very"]), negation(["never", "so"])
    (-0.74, -0.74, 1.25)
    """
    if not 1 <= len(before) <= 3:
        raise ValueError(f"need one to three words before, not {len(before)}")
    first, *rest = before
    so_or_this = [word in ("so", "this") for word in rest]
    if len(rest) == 1 and first == "never" and so_or_this[0]:
        return 1.25
    # as the library has it: "so" or "this" right before the word is enough
    if len(rest) == 2 and ((first == "never" and so_or_this[0]) or so_or_this[1]):
        return 1.25
    if first == "without" and "doubt" in rest:
        return 1.0
    return NEGATION if negates(first) else 1.0


def idiom(words: Sequence[str], i: int, valence: float) -> float:
    """Return the valence of word *i*, corrected where it stands in a phrase with its own.

    Args:
        words: the sentence in lower case.
        i: the place of a sentiment word with three words before it.
        valence: so far.

    Raises:
        ValueError: word *i* does not exist, or has fewer than three words before it.

    >>> idiom("it was the kiss of death".split(), 5, -2.9)
    -1.5
    """
    if not 3 <= i < len(words):
        raise ValueError(
            f"an idiom needs three words before word {i} of {len(words)}"
        )
    a, b, c, d = words[i - 3 : i + 1]
    behind = (f"{c} {d}", f"{b} {c} {d}", f"{b} {c}", f"{a} {b} {c}", f"{a} {b}")
    valence = next((IDIOMS[p] for p in behind if p in IDIOMS), valence)
    for end in (i + 2, i + 3):
        if end <= len(words):
            valence = IDIOMS.get(" ".join(words[i:end]), valence)
    for phrase in (
        f"{a} {b} {c}",
        f"{a} {b}",
        f"{b} {c}",
    ):  # "kind of", "just enough"
        valence -= DEGREE if phrase in PAIRS else 0.0
    return valence


def least(words: Sequence[str], i: int) -> float:
    """Return the factor of *least* before word *i*; *at least* and *very least* turn nothing.

    Args:
        words: the sentence in lower case.
        i: the place of a sentiment word.

    >>> least(["the", "least", "interesting"], 2), least(["at", "least", "interesting"], 2)
    (-0.74, 1.0)
    """
    if not 1 <= i < len(words) or words[i - 1] != "least":
        return 1.0
    return 1.0 if i > 1 and words[i - 2] in ("at", "very") else NEGATION


def contrast(words: Sequence[str], valences: Sequence[float]) -> list[float]:
    """Halve the valences before *but* and give those behind it half as much again.

    As in the library, each valence is looked for by its value, and the first that equals it is
    changed: where a halved valence equals another, one word is changed twice and one is left out.

    Args:
        words: the sentence in lower case.
        valences: one for each word.

    Raises:
        ValueError: there are not as many valences as words.

    Source: Hutto and Gilbert (2014), section 3.2, rule 4.

    >>> contrast(["good", "but", "slow"], [1.9, 0.0, -0.4])
    [0.95, 0.0, -0.6000000000000001]
    """
    if len(words) != len(valences):
        raise ValueError(
            f"{len(valences)} valences for {len(words)} words: each word needs one"
        )
    changed = list(valences)
    if "but" not in words:
        return changed
    middle = list(words).index("but")
    for k in range(len(changed)):
        first = changed.index(changed[k]) if changed[k] == changed[k] else k
        if first != middle:
            changed[first] *= 0.5 if first < middle else 1.5
    return changed


def emphasis(text: str) -> float:
    """Return what exclamation and question marks add to the whole, up to four and up to 0.96.

    >>> emphasis("good!!!!!"), emphasis("good?"), emphasis("good??"), emphasis("good?????")
    (1.168, 0.0, 0.36, 0.96)
    """
    questions = text.count("?")
    asked = 0.0 if questions < 2 else 0.18 * questions if questions <= 3 else 0.96
    return min(text.count("!"), 4) * 0.292 + asked
