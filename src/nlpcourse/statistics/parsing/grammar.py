"""A context-free grammar: rules, how they are read from text, and sentences drawn from them."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cached_property

MOST_RULES = 5_000
"""Rules of one grammar."""

_SYMBOL = re.compile(r"'[^'\s]+'|\"[^\"\s]+\"|\[[^\]\s]*\]|\||[^\s|\[\]]+")
_EMPTY = {"ε", "∅"}


@dataclass(frozen=True)
class Rule:
    """A rule: a category may consist of the symbols on the right, with a probability."""

    left: str
    right: tuple[str, ...]
    probability: float | None = None

    def __str__(self) -> str:
        return f"{self.left} → {' '.join(self.right) or 'ε'}"


@dataclass(frozen=True)
class Grammar:
    """A start symbol and rules; a symbol that no rule has on its left is a word."""

    start: str
    rules: tuple[Rule, ...]

    @cached_property
    def by_left(self) -> dict[str, list[Rule]]:
        """The rules of each category, in the order of their first rule."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            found.setdefault(rule.left, []).append(rule)
        return found

    @property
    def categories(self) -> list[str]:
        """The symbols that have rules."""
        return list(self.by_left)

    @cached_property
    def words(self) -> set[str]:
        """The symbols that no rule has on its left."""
        used = {symbol for rule in self.rules for symbol in rule.right}
        return used - set(self.by_left)


def read_grammar(text: str) -> Grammar:
    """Read rules such as ``NP -> Det N | NP PP [0.2]``, one left side a line.

    ``→`` or ``->`` stands between the sides, ``|`` between alternatives, ``ε`` for nothing at all,
    and ``[0.2]`` after an alternative is its probability.  Quotes around words may stand or not.
    What follows ``#`` is a remark.  The first left side is the start symbol.

    Raises:
        ValueError: there is no rule, a line is none, a probability is no number from 0 to 1, a
            quoted word is also a category, or there are too many rules.

    >>> grammar = read_grammar("S -> NP VP\\nNP -> you | we\\nVP -> sleep")
    >>> grammar.start, len(grammar.rules), sorted(grammar.words)
    ('S', 4, ['sleep', 'we', 'you'])
    """
    rules: list[Rule] = []
    quoted: set[str] = set()
    for n, line in enumerate(text.split("\n"), start=1):
        line = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if line:
            rules += _read_line(n, line, quoted)
    if not rules:
        raise ValueError("there is no rule yet; write one such as S -> NP VP")
    if len(rules) > MOST_RULES:
        raise ValueError(
            f"{len(rules):,} rules are too many; a grammar holds {MOST_RULES:,}"
        )
    grammar = Grammar(rules[0].left, tuple(dict.fromkeys(rules)))
    if both := sorted(quoted & set(grammar.categories)):
        raise ValueError(
            f"{both[0]!r} is quoted as a word and has rules as a category; rename one"
        )
    return grammar


def _read_line(n: int, line: str, quoted: set[str]) -> list[Rule]:
    """Return the rules of one line; note the words that stand in quotes."""
    sides = re.split(r"\s*(?:->|→)\s*", line)
    left = sides[0].split()
    if len(sides) != 2 or len(left) != 1 or re.search(r"[|\[\]'\"]", left[0]):
        raise ValueError(
            f"line {n} is no rule: {line[:40]!r}; write it as NP -> Det N | NP PP"
        )
    rules: list[Rule] = []
    right: list[str] = []
    probability: float | None = None
    for part in [*_SYMBOL.findall(sides[1]), "|"]:
        if part == "|":
            rules.append(Rule(left[0], tuple(right), probability))
            right, probability = [], None
        elif part[0] == "[":
            probability = _probability(n, part)
        elif part not in _EMPTY:
            if part[0] in "'\"" and len(part) > 2:
                part = part[1:-1]
                quoted.add(part)
            right.append(part)
    return rules


def _probability(n: int, part: str) -> float:
    try:
        value = float(part[1:-1])
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ValueError(
            f"in line {n} {part} is no probability; write a number from 0 to 1"
        )
    return value


def as_nltk(grammar: Grammar) -> str:
    """Return a grammar as text that NLTK reads: words in quotes, the start symbol first.

    >>> as_nltk(read_grammar("S -> we VP\\nVP -> sleep [0.5] | ε [0.5]"))
    "S -> 'we' VP\\nVP -> 'sleep' [0.5]\\nVP ->  [0.5]"
    """
    lines = []
    for rule in sorted(grammar.rules, key=lambda rule: rule.left != grammar.start):
        right = [s if s in grammar.by_left else f"'{s}'" for s in rule.right]
        share = "" if rule.probability is None else f" [{rule.probability}]"
        lines.append(f"{rule.left} -> {' '.join(right)}{share}")
    return "\n".join(lines)


def generate(
    grammar: Grammar, seed: int = 0, longest: int = 20, tries: int = 1000
) -> list[str]:
    """Return a random sentence of a grammar, drawn rule by rule from the start symbol.

    Rules with probabilities are drawn by them, others with equal chances.

    Raises:
        ValueError: no sentence of at most *longest* words was drawn in so many tries.

    >>> generate(read_grammar("S -> a S b | c"), seed=3)
    ['a', 'c', 'b']
    """
    rng = random.Random(seed)
    rules = grammar.by_left
    for _ in range(tries):
        words: list[str] = []
        waiting = [grammar.start]  # symbols still to be written, the next one last
        steps = 0
        while waiting and len(words) + len(waiting) <= 3 * longest and steps < 500:
            symbol = waiting.pop()
            steps += 1
            if symbol not in rules:
                words.append(symbol)
                continue
            weights = [
                1.0 if r.probability is None else r.probability
                for r in rules[symbol]
            ]
            if not any(weights):
                break
            rule = rng.choices(rules[symbol], weights)[0]
            waiting += reversed(rule.right)
        else:
            if not waiting and len(words) <= longest:
                return words
    raise ValueError(
        f"no sentence of at most {longest} words in {tries} tries; allow longer ones"
    )
