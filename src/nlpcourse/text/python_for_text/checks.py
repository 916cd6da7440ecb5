"""Instant checks of chapter 01, Python for text."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from nlpcourse.exercises import (
    Hint,
    close,
    exercise,
    not_in_per_cent,
    number,
    parameters,
)

# ── 01.1 · bytes ──────────────────────────────────────────────────────────────────────────────────

_EDGES = "\x00\x7f\x80\u07ff\u0800\uffff\U00010000\U0010ffff"


@exercise("01.1")
def utf8_length(answer: Callable[[str], int]) -> str:
    """The number of bytes in UTF-8."""
    if not close(answer(""), 0):
        raise Hint("How many bytes does an empty text need?")
    if not close(answer("naive"), 5):
        raise Hint(
            f"For 'naive' you gave {answer('naive')!r}. Its letters lie below 128: how many bytes "
            "does each need?"
        )
    if close(answer("naïve"), 5):
        raise Hint(
            "'naïve' gave 5. Did you count code points where bytes were asked?"
        )
    for text, right in [("ï", 2), ("€", 3), ("🎧", 4), ("e\u0301", 3)]:
        if not close(got := answer(text), right):
            points = " and ".join(str(ord(c)) for c in text)
            raise Hint(
                f"For {text!r}, with the code point {points}, you gave {got!r}. Between which of "
                "the borders does it lie?"
            )
    for character in _EDGES:
        if not close(got := answer(character), len(character.encode())):
            raise Hint(
                f"The code point {ord(character)} gave {got!r}. It lies right at a border: is the "
                "border itself below or above?"
            )
    rng = random.Random(11)
    for _ in range(40):
        text = "".join(rng.choices("aé€🎧ß中\u0301", k=rng.randrange(12)))
        if not close(got := answer(text), len(text.encode())):
            raise Hint(
                f"For {text!r} you gave {got!r}. Do you add up all its characters?"
            )
    return (
        "That is why a text's length can be asked without encoding it, and why a database column "
        "of 20 bytes may hold a name of 20 letters or one of 5."
    )


# ── 01.2 · once ───────────────────────────────────────────────────────────────────────────────────

_RHYMES = (
    "row row row your boat gently down the stream merrily merrily merrily merrily life is but a "
    "dream twinkle twinkle little star how I wonder what you are up above the world so high like "
    "a diamond in the sky the itsy bitsy spider climbed up the water spout down came the rain and "
    "washed the spider out"
)
_ROWS = _RHYMES.split(" ")


def draw_words(rng: random.Random) -> dict[str, Any]:
    """Draw a stretch of rhymes whose share of single words is no round number."""
    while True:
        size = rng.randrange(24, 44)
        start = rng.randrange(len(_ROWS) - size)
        found = _ROWS[start : start + size]
        counts = Counter(found)
        once = sum(n == 1 for n in counts.values())
        if once / len(counts) not in (0.5, 1.0) and len(counts) < len(found) - 2:
            return {"words": found}


@exercise("01.2", parameters=draw_words, cases=3)
def share_once(answer: Any) -> str:
    """The share of the types that occur once."""
    found = parameters("01.2")["words"]
    counts = Counter(found)
    once, types = sum(n == 1 for n in counts.values()), len(counts)
    right = once / types
    if close(answer, once):
        raise Hint(
            f"{once} words occur once. Of how many different words: what is the share?"
        )
    if close(answer, once / len(found)):
        raise Hint(
            f"You divided by {len(found)}, the words of the text. How many *different* words does "
            "it have?"
        )
    if close(answer, types / len(found)):
        raise Hint(
            "That is the number of different words divided by the number of words. Which of the "
            "different words occur only once?"
        )
    if close(answer, 1 - right):
        raise Hint("That is the share of words that come again. What is the rest?")
    not_in_per_cent(answer, right)
    if not close(answer, right):
        raise Hint(
            f"Your answer is {answer!r:.60}. When you count the words with a Counter, how many of "
            "its values are 1, and how many values has it?"
        )
    return (
        "Words that occur once in a text are called hapax legomena, Greek for 'said once'. In "
        "Moby-Dick they are more than four in ten of all different words."
    )


# ── 01.3 · unscramble ─────────────────────────────────────────────────────────────────────────────

_WHOLE = [
    "naïve",
    "São Paulo",
    "Zürich – Genève",
    "日本語",
    "5 € for a café",
    "Ã¯",
    "👩🏽‍🚀",
]


@exercise("01.3")
def unscramble(answer: Callable[[str], str]) -> str:
    """UTF-8 that was read as Latin-1 comes back; what was whole stays whole."""
    if answer("naÃ¯ve") == "naÃ¯ve":
        raise Hint(
            "'naÃ¯ve' came back unchanged. Which bytes do its characters have in Latin-1, and what "
            "do these bytes say in UTF-8?"
        )
    if answer("naÃ¯ve") != "naïve":
        raise Hint(
            f"'naÃ¯ve' became {answer('naÃ¯ve')!r:.60}. First back to the bytes: which encoding "
            "was the text read in?"
        )
    for text in ("", "plain letters"):
        if answer(text) != text:
            raise Hint(
                f"{text!r} was whole. Why did it become {answer(text)!r:.60}?"
            )
    for text in _WHOLE:
        broken = text.encode().decode("latin-1")
        if (got := _asked(answer, broken)) != text:
            raise Hint(
                f"{broken!r} should become {text!r} and became {got!r:.60}. Which byte is lost?"
            )
    for text in ["naïve", "Genève", "日本語", "5 €", "é", "\ud800"]:
        if (got := _asked(answer, text)) != text:
            raise Hint(
                f"{text!r} was whole, and you gave {got!r:.60}. What happens when it can't be "
                "written in Latin-1, or its bytes are no UTF-8?"
            )
    return (
        "Text broken in this way is called mojibake, Japanese for 'changed characters'. The "
        "library ftfy mends many forms of it, even text that was broken twice."
    )


def _asked(answer: Callable[[str], str], text: str) -> Any:
    """Return the answer, or a question where it can't encode or decode."""
    try:
        return answer(text)
    except UnicodeError as error:
        raise Hint(
            f"On {text!r} your function raised {type(error).__name__}. What does the error tell "
            "you about the text, and what should come back?"
        ) from None


# ── 01.4 · the exponent ───────────────────────────────────────────────────────────────────────────


def _exponent(counts: Sequence[int], minimum: int, shift: float = 0.5) -> float:
    kept = [x for x in counts if x >= minimum]
    return 1 + len(kept) / math.fsum(math.log(x / (minimum - shift)) for x in kept)


@exercise("01.4")
def exponent(answer: Callable[[list[int], int], float]) -> str:
    """The exponent in closed form, nearly that of maximum likelihood."""
    counts = [1, 1, 1, 2, 2, 3, 5, 9, 20]
    cases = [(counts, 1), (counts, 2), ([4, 4, 7, 40], 4), ([6, 8, 100], 6)]
    for values, minimum in cases:
        got, right = answer(list(values), minimum), _exponent(values, minimum)
        if close(got, right):
            continue
        shown = f"For {values} with minimum={minimum} you gave {got!r:.40}."
        if close(got, right - 1):
            raise Hint(f"{shown} What is added to the fraction?")
        if close(got, 1 / (right - 1)) or close(got, 1 + 1 / (right - 1)):
            raise Hint(f"{shown} Which part of the fraction stands below?")
        below = [max(x, 1e-9) for x in values]
        everything = 1 + len(below) / math.fsum(
            math.log(x / (minimum - 0.5)) for x in below
        )
        if close(got, everything):
            raise Hint(f"{shown} Do counts below the minimum belong to the tail?")
        if minimum > 1 and close(got, _exponent(values, minimum, 0.0)):
            raise Hint(f"{shown} What is taken from the minimum before you divide?")
        if close(got, 1 + (right - 1) * math.log(10)):
            raise Hint(f"{shown} Is your logarithm the natural one?")
        raise Hint(
            f"{shown} How many counts reach the minimum, and what is the sum of the logarithms of "
            "each divided by the minimum less one half?"
        )
    rng = random.Random(14)
    for _ in range(20):
        minimum = rng.randrange(1, 9)
        values = [int(minimum / rng.random()) for _ in range(rng.randrange(3, 30))]
        values += [1] * rng.randrange(4)
        got = answer(list(values), minimum)
        if not close(got, _exponent(values, minimum)):
            raise Hint(
                f"For {values} with minimum={minimum} you gave {got!r:.40}. Which counts did you "
                "use?"
            )
    return (
        "The half is there because counts are whole numbers. The formula is good from a minimum of "
        "about six; below that, the zeta function of this chapter is needed."
    )


# ── 01.5 · richness ───────────────────────────────────────────────────────────────────────────────

LENGTHS = (500, 2_000, 8_000, 20_000)
VOCABULARIES = {"poor": 600, "rich": 3_000}


def writer(size: int, length: int, seed: int) -> list[str]:
    """Return a text of *length* words by a writer who knows *size* words."""
    rng = random.Random(seed)
    weights = [1 / (rank + 20) for rank in range(1, size + 1)]
    return rng.choices([f"w{k}" for k in range(size)], weights, k=length)


def scores(
    answer: Callable[[list[str]], float], seed: int = 0
) -> dict[str, list[float]]:
    """Return the measure's values for both writers' texts, short ones first.

    Raises:
        Hint: a value is no number from 0 to 1.
    """
    found: dict[str, list[float]] = {name: [] for name in VOCABULARIES}
    for name, size in VOCABULARIES.items():
        for k, length in enumerate(LENGTHS):
            text = writer(size, length, seed=10 * seed + k)
            value = number(answer(list(text)))
            if value is None or not 0 <= value <= 1:
                raise Hint(
                    f"For a text of {length:,} words your measure is not a number from 0 to 1. "
                    "What share could it be?"
                )
            found[name].append(value)
    return found


@exercise("01.5")
def richness(answer: Callable[[list[str]], float]) -> str:
    """A measure of vocabulary that the length of the text does not decide."""
    all_new, all_same = [f"w{k}" for k in range(600)], ["w"] * 600
    high, low = number(answer(list(all_new))), number(answer(list(all_same)))
    if high is None or low is None or not 0 <= low < high <= 1:
        raise Hint(
            f"600 different words gave {high!r}, the same word 600 times {low!r}. Which should be "
            "larger, and do both lie between 0 and 1?"
        )
    for seed in range(3):
        found = scores(answer, seed)
        poor, rich = found["poor"], found["rich"]
        if max(poor) >= min(rich):
            i, j = poor.index(max(poor)), rich.index(min(rich))
            raise Hint(
                f"A writer of {VOCABULARIES['poor']:,} words scored {max(poor):.3f} with a text of "
                f"{LENGTHS[i]:,} words, one of {VOCABULARIES['rich']:,} words only {min(rich):.3f} "
                f"with {LENGTHS[j]:,}. How could you look at the same length of every text?"
            )
    return (
        "George Udny Yule proposed such a measure in 1944, his K: how often are two words that are "
        "drawn from the text at random the same? Another way is to average the type-token ratio "
        "over windows of one length."
    )
