"""The chart of a sentence: NLTK's ChartParser, CYK as shown, its fast twin, and Earley.

    python benchmarks/parsing.py            # some seconds

One grammar and the same sentences, drawn from it with fixed seeds; times are seconds of one core
(``time.process_time``), the best of several rounds in one process.  NLTK's `chart_parse` is
compared: the chart without its trees.  All charts must agree, or no ratio is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import nltk

from nlpcourse.statistics.parsing.binary import binarize
from nlpcourse.statistics.parsing.cyk import fill
from nlpcourse.statistics.parsing.earley import earley, parts
from nlpcourse.statistics.parsing.fast import FastChart
from nlpcourse.statistics.parsing.grammar import as_nltk, generate, read_grammar

GRAMMAR = """
S -> NP VP | S Conj S
NP -> Det N | NP PP | NP Rel | we | NP Conj NP
Rel -> that VP
VP -> V NP | VP PP | V NP NP | V
PP -> P NP
Det -> the | a
N -> dog | park | telescope | Adj N
Adj -> old | small
V -> saw | gave
Conj -> and
P -> in | with
"""
SENTENCES, ROUNDS = 60, 5


def seconds(
    function: Callable[[list[str]], Any], sentences: list[list[str]]
) -> float:
    """Return the seconds of one core for all sentences, the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for sentence in sentences:
            function(sentence)
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    grammar = read_grammar(GRAMMAR)
    binary = binarize(grammar)
    fast = FastChart(binary)
    library = nltk.ChartParser(nltk.CFG.fromstring(as_nltk(grammar)))
    every = (generate(grammar, seed, longest=24) for seed in range(1000))
    sentences = [words for words in every if len(words) >= 8][:SENTENCES]
    for words in sentences:
        chart = fill(words, binary)
        assert fast.chart(words).items() <= chart.items()
        whole = parts(earley(words, grammar))[0, len(words)]
        assert "S" in whole <= chart[0, len(words)]
        assert library.chart_parse(words).num_edges() > 0
    rivals: dict[str, Callable[[list[str]], Any]] = {
        "NLTK ChartParser": library.chart_parse,
        "CYK, as shown": lambda words: fill(words, binary),
        "CYK, fast twin": fast.fill,
        "Earley": lambda words: earley(words, grammar),
    }
    taken = {
        name: seconds(function, sentences) for name, function in rivals.items()
    }
    print(f"{len(sentences)} sentences, {sum(map(len, sentences))} words")
    for name, each in taken.items():
        ratio = taken["NLTK ChartParser"] / each
        print(f"{name:18} {1000 * each:8.1f} ms   {ratio:6.1f} times NLTK's speed")


if __name__ == "__main__":
    main()
