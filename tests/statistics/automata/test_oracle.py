"""The machines against Python's ``re``, and the edit distance against NLTK's."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics import edit_distance

from nlpcourse import corpora
from nlpcourse.statistics.automata import dfa, nfa
from nlpcourse.statistics.automata.backtracking import match
from nlpcourse.statistics.automata.dfa import compile_pattern
from nlpcourse.statistics.automata.distance import distance, edits
from nlpcourse.statistics.automata.minimal import minimal, minimize
from nlpcourse.statistics.automata.operations import (
    both,
    counterexample,
    product,
    shortest,
    without,
)
from nlpcourse.statistics.automata.spelling import Lexicon, neighbours, slips
from nlpcourse.statistics.automata.transducer import (
    RULES,
    invert,
    suffix_machine,
    transduce,
)

ATOMS = st.sampled_from(
    [
        "a",
        "b",
        "c",
        ".",
        "[ab]",
        "[^a]",
        r"\d",
        r"\W",
        "é",
        r"\.",
        r"\S",
        "[a-c]",
        r"[^b\d]",
        r"\n",
    ]
)
REPEATS = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,2}", "{1,}", "{,3}"])


def grow(inner):
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}|{p[1]})"),
        st.tuples(inner, REPEATS).map(lambda p: f"(?:{p[0]}){p[1]}"),
        inner.map(lambda p: f"(|{p})"),
    )


PATTERNS = st.recursive(ATOMS, grow, max_leaves=8)
TEXTS = st.lists(st.text("abc1.\né _\ud800", max_size=8), min_size=1, max_size=5)


def by_backtracking(pattern, text):
    try:
        return match(pattern, text, 20_000)[0]
    except ValueError:
        return "too long"


@settings(deadline=None, max_examples=300)
@given(PATTERNS, TEXTS)
def test_every_machine_agrees_with_re(pattern, texts):
    theirs = re.compile(pattern, re.ASCII)
    many, one = nfa.thompson(pattern), compile_pattern(pattern)
    small = minimize(one)
    for text in texts:
        expected = theirs.fullmatch(text) is not None
        assert nfa.accepts(many, text) == expected
        assert dfa.accepts(one, text) == expected
        assert dfa.accepts(small, text) == expected
        assert by_backtracking(pattern, text) in (expected, "too long")


@pytest.mark.assets
@pytest.mark.parametrize(
    "pattern",
    [
        r"[A-Z][a-z]+", r"\d{1,2}(st|nd|rd|th)", r"[a-z]*(ing|ed)", r"\w+-\w+", r"(\w+\.)+",
        r"[bcdfghklmnprsty]+", r".*[aeiou]{3}.*", r"(un|re)?[a-z]+(able|ible)",
    ],
)  # fmt: skip
def test_the_machine_agrees_with_re_on_the_words_of_three_books(pattern):
    books = corpora.gutenberg()
    words = {w for name in list(books)[:3] for w in re.findall(r"\S+", books[name])}
    theirs, ours = re.compile(pattern, re.ASCII), minimal(pattern)
    found = {w for w in words if dfa.accepts(ours, w)}
    assert found == {w for w in words if theirs.fullmatch(w)}
    assert found


def reverse(machine):
    """Reverse a machine and determinize it: two of these make it minimal (Brzozowski 1962)."""
    width, states = len(machine.table[0]), range(len(machine.table))
    start = frozenset(machine.accepting)
    number, table = {start: 0}, []
    for here in (queue := [start]):
        row = []
        for k in range(width):
            after = frozenset(s for s in states if machine.table[s][k] in here)
            if after not in number:
                number[after] = len(number)
                queue.append(after)
            row.append(number[after])
        table.append(tuple(row))
    ends = frozenset(n for here, n in number.items() if 0 in here)
    return dfa.Dfa(machine.column, tuple(table), ends)


@settings(deadline=None, max_examples=150)
@given(PATTERNS)
def test_the_minimal_machine_is_as_small_as_brzozowskis(pattern):
    machine = compile_pattern(pattern)
    theirs = reverse(reverse(machine))
    ours = minimize(machine)
    assert len(ours.table) == len(theirs.table)
    assert minimize(theirs) == ours == minimize(ours)


@settings(deadline=None, max_examples=150)
@given(PATTERNS, PATTERNS)
def test_one_language_has_one_machine(pattern, other):
    """Machines are equal exactly when no text tells the patterns apart."""
    told = counterexample(pattern, other)
    assert (minimal(pattern) == minimal(other)) == (told is None)
    if told is not None:
        one, two = re.compile(pattern, re.ASCII), re.compile(other, re.ASCII)
        assert (one.fullmatch(told) is None) != (two.fullmatch(told) is None)
    same = [f"({pattern})|({other})", f"({other})|({pattern})|({other})"]
    assert minimal(same[0]) == minimal(same[1])
    assert minimal(f"({pattern})*") == minimal(f"(({pattern})*({pattern})?)*")


@settings(deadline=None, max_examples=100)
@given(PATTERNS, PATTERNS, TEXTS)
def test_both_and_without_and_shortest_mean_what_they_say(pattern, other, texts):
    one, two = compile_pattern(pattern), compile_pattern(other)
    common, rest = both(one, two), without(one, two)
    either = product(one, two, lambda a, b: a or b)
    for text in texts:
        a, b = dfa.accepts(one, text), dfa.accepts(two, text)
        assert dfa.accepts(common, text) == (a and b)
        assert dfa.accepts(rest, text) == (a and not b)
        assert dfa.accepts(either, text) == (a or b)
        found = shortest(either)
        assert not (a or b) or (found is not None and len(found) <= len(text))


WORDS = st.text("abcd", max_size=9)


@settings(deadline=None, max_examples=400)
@given(WORDS, WORDS)
def test_the_distance_is_nltks_and_the_edits_lead_there(first, second):
    assert distance(first, second) == edit_distance(first, second)
    for swaps in (False, True):
        steps = edits(first, second, swaps)
        assert "".join(step.old for step in steps) == first
        assert "".join(step.new for step in steps) == second
        paid = [step for step in steps if step.kind != "keep"]
        assert len(paid) == distance(first, second, swaps)
        assert swaps <= (len(slips(first, second)) == len(paid))
        assert all(
            (step.kind == "keep") == (step.old == step.new) for step in steps
        )


@settings(deadline=None, max_examples=60)
@given(st.text("abc", min_size=1, max_size=5), st.text("abc", max_size=6))
def test_one_edit_with_swaps_is_a_neighbour(word, other):
    assert (distance(word, other, swaps=True) <= 1) == (other in neighbours(word))


@settings(deadline=None, max_examples=150)
@given(
    st.sets(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=25), WORDS
)
def test_the_walk_through_the_lexicon_finds_every_word_that_is_near(lexicon, word):
    words = Lexicon(dict.fromkeys(lexicon, 1))
    for most in range(4):
        found = words.within(word, most)
        paid = {other: distance(word, other, swaps=True) for other in lexicon}
        assert found == {other: n for other, n in paid.items() if n <= most}


def by_regular_expressions(stem, suffix):
    """The spelling rules a second time, as they would be written with ``re``."""
    if suffix == "s":
        if re.search(r"(s|x|z|ch|sh)$", stem):
            return stem + "es"
        return re.sub(r"(?<=[^aeiouy])y$", "ie", stem) + "s"
    if suffix == "ed":
        return re.sub(r"e$", "", re.sub(r"(?<=[^aeiouy])y$", "i", stem)) + "ed"
    if stem.endswith("ie"):
        return stem[:-2] + "ying"
    return re.sub(r"(?<=[^eoyi])e$", "", stem) + "ing"


@pytest.mark.parametrize("suffix", RULES)
def test_the_transducer_is_the_rules_forwards_and_backwards(suffix):
    machine = suffix_machine(suffix)
    backwards = invert(machine)

    @settings(deadline=None, max_examples=150)
    @given(st.text("abcehosyiz", min_size=1, max_size=6))
    def check(stem):
        spelt = by_regular_expressions(stem, suffix)
        assert transduce(machine, f"{stem}+{suffix}") == [spelt]
        assert f"{stem}+{suffix}" in transduce(backwards, spelt)

    check()
