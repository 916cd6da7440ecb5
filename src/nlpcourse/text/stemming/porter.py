"""Porter's stemmer (1980) as the paper tells it: five steps, each a short table of rules.

A rule cuts a suffix off or puts another in its place, if what stands before the suffix, the stem,
meets a condition.  Of each table at most one rule fires: among those whose suffix fits, the one
with the longest suffix is asked, and no other.

Source: M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980, pages 130–137.  Its
author has changed the algorithm since; NLTK calls this version ``ORIGINAL_ALGORITHM``.

What this file does not handle: words that are not English, irregular forms (*ran*), prefixes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

# ── what the conditions ask of a stem ─────────────────────────────────────────────────────────────


def pattern(stem: str) -> str:
    """Return *stem* with ``c`` for each consonant and ``v`` for each vowel.

    The vowels are a, e, i, o, u, and a y that follows a consonant.  All else is a consonant.

    Source: Porter (1980), section 2.

    >>> pattern("toy"), pattern("syzygy")
    ('cvc', 'cvcvcv')
    """
    kinds: list[str] = []
    for letter in stem:
        after_consonant = bool(kinds) and kinds[-1] == "c"
        is_vowel = letter in "aeiou" or (letter == "y" and after_consonant)
        kinds.append("v" if is_vowel else "c")
    return "".join(kinds)


def measure(stem: str) -> int:
    """Return Porter's measure m: how often a vowel is followed by a consonant.

    Source: Porter (1980), section 2.

    >>> [measure(word) for word in ("tree", "trouble", "troubles")]
    [0, 1, 2]
    """
    return pattern(stem).count("vc")


def has_vowel(stem: str) -> bool:
    """Return whether the stem holds a vowel (Porter's ``*v*``).

    >>> has_vowel("plaster"), has_vowel("bl")
    (True, False)
    """
    return "v" in pattern(stem)


def ends_double(stem: str) -> bool:
    """Return whether the stem ends in the same consonant twice (Porter's ``*d``).

    >>> ends_double("hopp"), ends_double("free")
    (True, False)
    """
    return len(stem) > 1 and stem[-1] == stem[-2] and pattern(stem)[-1] == "c"


def ends_cvc(stem: str) -> bool:
    """Return whether the stem ends like *hop*: consonant, vowel, consonant (Porter's ``*o``).

    The last consonant must not be w, x or y.

    >>> ends_cvc("hop"), ends_cvc("fail"), ends_cvc("snow")
    (True, False, False)
    """
    return pattern(stem).endswith("cvc") and stem[-1] not in "wxy"


def longer_than(m: int) -> Callable[[str], bool]:
    """Return the condition that a stem's measure is more than *m*.

    >>> longer_than(0)("tree"), longer_than(0)("oat")
    (False, True)
    """
    return lambda stem: measure(stem) > m


def always(stem: str) -> bool:
    """Return True: the rule has no condition.

    >>> always("anything")
    True
    """
    return True


# ── rules ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Rule:
    """One line of the paper: ``(condition) suffix → replacement``."""

    suffix: str
    replacement: str
    condition: Callable[[str], bool]
    told: str  # the condition in the paper's notation

    def __str__(self) -> str:
        condition = f"({self.told}) " if self.told else ""
        return f"{condition}{self.suffix or '…'} → {self.replacement or '∅'}"


def rules(
    lines: str, condition: Callable[[str], bool] = always, told: str = ""
) -> tuple[Rule, ...]:
    """Read rules as the paper prints them: ``suffix→replacement``, apart by spaces.

    Raises:
        ValueError: a line has no arrow.

    >>> print(*rules("sses→ss s→"))
    sses → ss s → ∅
    """
    parts = [line.partition("→") for line in lines.split()]
    for suffix, arrow, _ in parts:
        if not arrow:
            raise ValueError(
                f"the rule {suffix!r} has no arrow; write suffix→other"
            )
    return tuple(Rule(old, new, condition, told) for old, _, new in parts)


def find(table: Iterable[Rule], word: str) -> Rule | None:
    """Return the rule that fires on *word*, if any.

    Of the rules whose suffix ends the word, the one with the longest suffix is asked; when its
    condition fails, no other is tried.

    Source: Porter (1980), section 2: "only one is obeyed, and this will be the one with the
    longest matching S1".

    >>> print(find(STEP_1A, "caresses"), find(STEP_1A, "caress"), find(STEP_1A, "care"), sep=", ")
    sses → ss, ss → ss, None
    """
    fitting = [rule for rule in table if word.endswith(rule.suffix)]
    if not fitting:
        return None
    longest = max(fitting, key=lambda rule: len(rule.suffix))
    stem = word[: len(word) - len(longest.suffix)]
    return longest if longest.condition(stem) else None


def _shortened(stem: str) -> bool:
    """Return whether a doubled last letter is to be single again: not l, s or z."""
    return ends_double(stem) and stem[-1] not in "lsz"


def _needs_e(stem: str) -> bool:
    """Return whether a short stem lost its e, as in *fil(ing)*."""
    return measure(stem) == 1 and ends_cvc(stem)


def _can_lose_e(stem: str) -> bool:
    """Return whether a last e can go: the stem is long, or does not end like *hop*."""
    return measure(stem) > 1 or (measure(stem) == 1 and not ends_cvc(stem))


def _before_ion(stem: str) -> bool:
    """Return whether *ion* is a suffix here: after s or t."""
    return measure(stem) > 1 and stem[-1] in "st"


STEP_1A = rules("sses→ss ies→i ss→ss s→")
STEP_1B = (
    *rules("eed→ee", longer_than(0), "m>0"),
    *rules("ed→ ing→", has_vowel, "*v*"),
)
STEP_1B_MEND = rules("at→ate bl→ble iz→ize")
STEP_1C = rules("y→i", has_vowel, "*v*")
STEP_2 = rules(
    "ational→ate tional→tion enci→ence anci→ance izer→ize abli→able alli→al "
    "entli→ent eli→e ousli→ous ization→ize ation→ate ator→ate alism→al "
    "iveness→ive fulness→ful ousness→ous aliti→al iviti→ive biliti→ble",
    longer_than(0),
    "m>0",
)
STEP_3 = rules(
    "icate→ic ative→ alize→al iciti→ic ical→ic ful→ ness→", longer_than(0), "m>0"
)
STEP_4 = (
    *rules(
        "al→ ance→ ence→ er→ ic→ able→ ible→ ant→ ement→ ment→ ent→ ou→ ism→ "
        "ate→ iti→ ous→ ive→ ize→",
        longer_than(1),
        "m>1",
    ),
    *rules("ion→", _before_ion, "m>1 and (*s or *t)"),
)
STEP_5A = rules("e→", _can_lose_e, "m>1 or (m=1 and not *o)")
STEP_5B = rules("ll→l", lambda stem: measure(stem + "l") > 1, "m>1 and *d and *l")

STEPS = {
    "1a": STEP_1A,
    "1b": STEP_1B,
    "1c": STEP_1C,
    "2": STEP_2,
    "3": STEP_3,
    "4": STEP_4,
    "5a": STEP_5A,
    "5b": STEP_5B,
}
"""The tables in their order; the mend of step 1b follows only on some of its rules."""


# ── the algorithm ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Firing:
    """A rule that fired: in which step, on what, and what came of it."""

    step: str
    rule: Rule
    before: str
    after: str


def fire(step: str, rule: Rule, word: str) -> Firing:
    """Apply a rule that fits *word*.

    >>> fire("1a", STEP_1A[0], "caresses").after
    'caress'
    """
    stem = word[: len(word) - len(rule.suffix)]
    return Firing(step, rule, word, stem + rule.replacement)


def mend(word: str) -> Firing | None:
    """Mend what cutting *ed* or *ing* left: *conflat*, *hopp*, *fil*.

    Source: Porter (1980), step 1b, second table.

    >>> [mend(word).after for word in ("conflat", "hopp", "fil")]
    ['conflate', 'hop', 'file']
    """
    if rule := find(STEP_1B_MEND, word):
        return fire("1b", rule, word)
    if _shortened(word):
        last = word[-1]
        rule = Rule(last * 2, last, always, "*d and not (*l or *s or *z)")
    elif _needs_e(word):
        rule = Rule("", "e", always, "m=1 and *o")
    return fire("1b", rule, word) if rule else None


def trace(word: str) -> list[Firing]:
    """Return the rules that fire on *word*, in order; capitals are made small first.

    >>> [f"{f.step}: {f.after}" for f in trace("generalizations")]
    ['1a: generalization', '2: generalize', '3: general', '4: gener']
    """
    firings: list[Firing] = []
    word = word.lower()
    for step, table in STEPS.items():
        rule = find(table, word)
        if rule is None:
            continue
        firings.append(fire(step, rule, word))
        word = firings[-1].after
        if rule.suffix in ("ed", "ing") and (mended := mend(word)):
            firings.append(mended)
            word = mended.after
    return firings


def stem(word: str) -> str:
    """Return the stem that Porter's algorithm leaves of *word*.

    >>> [stem(word) for word in ("connect", "connected", "connecting", "connections")]
    ['connect', 'connect', 'connect', 'connect']
    """
    firings = trace(word)
    return firings[-1].after if firings else word.lower()
