"""A pattern that makes backtracking explode: `re`, our matcher by backtracking, our NFA and DFA.

    python benchmarks/automata.py            # about half a minute
    python benchmarks/automata.py --quick    # fewer letters

The pattern is `(a+)+b` and the texts are the letter a alone, so the answer is always no.  Times are
seconds of one core (``time.process_time``), the least of several calls.  Printed are the growth by
each letter more, for what grows with two to the power of the length, and the growth when the text
doubles, for what grows in a straight line; then the edit distance beside NLTK's.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable, Sequence

import nltk

from nlpcourse.statistics.automata import dfa, nfa
from nlpcourse.statistics.automata.backtracking import match
from nlpcourse.statistics.automata.distance import distance as edit_distance
from nlpcourse.statistics.automata.minimal import minimal
from nlpcourse.statistics.automata.speed import seconds_per_text

PATTERN = "(a+)+b"
TRIES = 5


def show_growth(
    name: str, accepts: Callable[[str], object], lengths: Sequence[int]
) -> None:
    """Print the seconds at each length, and by how much they grow."""
    seconds = [seconds_per_text(accepts, "a" * n, TRIES) for n in lengths]
    for n, spent in zip(lengths, seconds, strict=True):
        print(f"{name:22} {n:9,} letters  {spent:10.6f} s")
    ratio = seconds[-1] / seconds[-2]
    if lengths[-1] == 2 * lengths[-2]:
        print(f"{name:22} twice the letters take {ratio:.2f} times as long")
    else:
        a_letter = ratio ** (1 / (lengths[-1] - lengths[-2]))
        print(f"{name:22} a letter more takes {a_letter:.2f} times as long")


def compare_distances(pairs: Sequence[tuple[str, str]]) -> None:
    """Print how our edit distance compares with NLTK's on the same pairs."""
    spent = {}
    found = {}
    for name, distance in {
        "NLTK": nltk.edit_distance,
        "ours": edit_distance,
    }.items():
        begin = time.process_time()
        found[name] = [distance(one, other) for one, other in pairs]
        spent[name] = time.process_time() - begin
    if found["NLTK"] != found["ours"]:
        raise SystemExit("the two do not find the same distances")
    ratio = spent["NLTK"] / spent["ours"]
    print(f"edit distance of {len(pairs):,} pairs: {ratio:.1f} times NLTK's speed")


def main() -> None:
    """Measure, and print seconds and growth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    small, many = minimal(PATTERN), nfa.thompson(PATTERN)
    short = range(12, 17, 2) if quick else range(14, 23, 2)
    long = [500, 1000, 2000] if quick else [25_000, 50_000, 100_000]
    show_growth("re", re.compile(PATTERN).fullmatch, list(short))
    show_growth(
        "our backtracking", lambda text: match(PATTERN, text), list(short)[:3]
    )
    show_growth("our NFA", lambda text: nfa.accepts(many, text), long)
    show_growth("our smallest DFA", lambda text: dfa.accepts(small, text), long)
    rng = random.Random(0)
    words = [
        "".join(rng.choices("abcdefgh", k=rng.randint(3, 12))) for _ in range(2000)
    ]
    compare_distances(list(zip(words[::2], words[1::2], strict=True)))


if __name__ == "__main__":
    main()
