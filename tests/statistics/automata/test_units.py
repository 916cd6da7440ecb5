"""Patterns, machines, edits and corrections by hand: small cases, edges, and bad input."""

import math
import random
import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse import corpora
from nlpcourse.statistics.automata import dfa, nfa
from nlpcourse.statistics.automata.backtracking import match
from nlpcourse.statistics.automata.dfa import compile_pattern, determinize
from nlpcourse.statistics.automata.distance import distance, distances, edits
from nlpcourse.statistics.automata.figures import draw_machine
from nlpcourse.statistics.automata.minimal import minimal, minimize, refine
from nlpcourse.statistics.automata.nfa import thompson
from nlpcourse.statistics.automata.operations import (
    counterexample,
    shortest,
    without,
)
from nlpcourse.statistics.automata.patterns import (
    LONGEST,
    MOST_LEAVES,
    MOST_NESTED,
    Chars,
    leaves,
    name,
    parse,
)
from nlpcourse.statistics.automata.spelling import (
    Channel,
    Lexicon,
    correct,
    nearest,
    neighbours,
    rival,
    slips,
    words,
)
from nlpcourse.statistics.automata.transducer import (
    Arc,
    Rule,
    Transducer,
    suffix_machine,
    transduce,
)

# ── patterns ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pattern", "clue"),
    [
        ("(a", "the bracket at 0 is never closed"),
        ("a)", "the bracket at 1 was never opened"),
        ("*a", "nothing stands before the *"),
        ("(|+)", "nothing stands before the +"),
        ("a|?", "nothing stands before the ?"),
        ("{2}", "nothing stands before the {"),
        ("a**", "follows a repeat"),
        ("a+?", "follows a repeat"),
        ("a{2}{3}", "follows a repeat"),
        ("a{", "no numbers follow the brace"),
        ("a{x}", "no numbers follow the brace"),
        ("a{²}", "no numbers follow the brace"),
        ("a{3,2}", "the wrong way round"),
        ("a{999999999}", "too large"),
        ("a{3000}", "repeat fewer times"),
        ("(a{50}){50}", "repeat fewer times"),
        ("[a", "the class at 0 is never closed"),
        ("[]", "the class at 0 is empty"),
        ("[^]", "the class at 0 is empty"),
        ("[z-a]", "the wrong way round"),
        ("[\\d-z]", "starts or ends with a class"),
        ("[\\D]", "can't stand in a class"),
        ("[\x00-\U0010ffff]", "characters"),
        ("\\", "nothing follows the backslash"),
        ("(a)\\1", "\\1 at 3"),
        ("\\bword", "\\b at 0"),
        ("(?=a)b", "beyond this engine"),
        ("^a$", "the whole string"),
    ],
)
def test_what_is_no_pattern_is_refused_with_a_reason(pattern, clue):
    with pytest.raises(ValueError, match=r"^in ") as caught:
        parse(pattern)
    assert clue in str(caught.value)
    assert "\n" not in str(caught.value)


def test_large_patterns_are_refused_before_the_work():
    started = time.process_time()
    for pattern in (
        "a" * (MOST_LEAVES + 1),
        "x" * 1_000_000,
        "(" * (MOST_NESTED + 1),
    ):
        with pytest.raises(ValueError, match=r"at most|more than|brackets within"):
            compile_pattern(pattern)
    assert time.process_time() - started < 5
    assert leaves(parse("(a|b){4}c{2,3}")) == 11
    assert LONGEST > MOST_LEAVES


def test_a_class_with_its_ranges_and_escapes():
    assert parse("[a-c\\d\\]-]") == Chars(frozenset("abc0123456789]-"))
    assert parse("[^\\n]") == parse(".")
    assert name(frozenset("ab\n ")) == "↵ ␣ a b"
    assert name(frozenset()) == "none"


# ── machines ──────────────────────────────────────────────────────────────────────────────────────


def test_thompsons_machine_grows_with_the_pattern_and_no_faster():
    sizes = [len(thompson("(a|b)*a" + "(a|b)" * n).arcs) for n in range(20)]
    steps = {b - a for a, b in pairwise(sizes)}
    assert len(steps) == 1
    for node in ("ab", "a|b", "a*", "(ab|c)*d"):
        assert all(len(arcs) <= 1 for arcs in thompson(node).arcs)


@pytest.mark.parametrize("n", range(1, 10))
def test_the_subset_construction_can_need_two_to_the_power_of_n_states(n):
    """Hopcroft, Motwani and Ullman, section 2.3.6: the n-th character from the end is 1."""
    pattern = "(1|[^1])*1" + "(1|[^1])" * (n - 1)
    assert len(minimal(pattern).table) == 2**n
    assert len(thompson(pattern).arcs) < 10 * n + 20


def test_too_many_states_are_refused_and_the_nfa_still_matches():
    pattern = "(a|b)*a(a|b){14}"
    started = time.process_time()
    with pytest.raises(ValueError, match="more than 2,000 states"):
        compile_pattern(pattern)
    with pytest.raises(ValueError, match="more than 10 states"):
        compile_pattern("a{20}", most_states=10)
    assert time.process_time() - started < 10
    many = thompson(pattern)
    assert nfa.accepts(many, "a" + "b" * 14)
    assert not nfa.accepts(many, "b" * 15)


def test_states_of_a_minimal_machine_are_told_apart_by_some_text():
    for pattern in ("(a|b)*abb", "colou?r|gr[ae]y", "(aa|bb)*", "[^a]*a?"):
        small = minimal(pattern)
        group = refine(small)
        assert sorted(group) == list(range(len(small.table)))


def test_machines_of_nothing_and_of_everything():
    nothing = without(compile_pattern("a"), compile_pattern("a"))
    assert len(nothing.table) == 1
    assert not nothing.accepting
    assert shortest(nothing) is None
    every = minimal("(.|\\n)*")
    assert len(every.table) == 1
    assert every == minimal("([^a]|a)*") == minimal("([^ab]|[ab])*")
    assert dfa.accepts(minimal(""), "")
    assert not dfa.accepts(minimal(""), "a")


def test_a_difference_is_shown_by_a_shortest_text():
    assert counterexample("(ha)+", "ha(ha)*") is None
    assert counterexample("[a-z]+", "[a-y]+") == "z"
    assert counterexample(".*", "[ -~]*") not in (None, "")
    assert counterexample("a{0,3}", "a{0,4}") == "aaaa"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "\ud800",
        "שלום",
        "e\u0301",
        "👩\u200d👩\u200d👧",
        "\x00",
        "a" * 1_000_000,
    ],
    ids=[
        "empty",
        "one",
        "surrogate",
        "hebrew",
        "combining",
        "emoji",
        "nul",
        "megabyte",
    ],
)
def test_any_text_gets_an_answer(text):
    every, letters = minimal("(.|\\n)*"), minimal("[a-z]*")
    assert dfa.accepts(every, text)
    assert dfa.accepts(letters, text) == (text == "" or set(text) == {"a"})
    literal = "".join("\\" + c if c in "\\.[](){}*+?|^$" else c for c in text[:50])
    assert dfa.accepts(minimal(literal), text[:50])


def test_patterns_that_make_backtracking_explode_stay_linear_here():
    explosive = ["(a|a)*b", "(a*)*b", "(a|aa)+b", "(a+)+b", "a?" * 25 + "a" * 25]
    for pattern in explosive:
        machine, many = minimal(pattern), thompson(pattern)
        assert not dfa.accepts(machine, "a" * 200_000)
        assert not nfa.accepts(many, "a" * 500)
        assert len(dfa.trace(machine, "a" * 100)) == 101
    with pytest.raises(ValueError, match="no answer after"):
        match("(a|a)*b", "a" * 100, most_steps=50_000)
    with pytest.raises(ValueError, match="201 characters"):
        match("a*", "a" * 201)


def test_steps_of_backtracking_double_and_those_of_the_machine_do_not():
    taken = [match("(a|a)*b", "a" * n)[1] for n in range(2, 12)]
    growth = [b / a for a, b in pairwise(taken)]
    assert all(1.9 < g < 2.6 for g in growth)
    control = [match("a*b", "a" * n)[1] for n in range(2, 12)]
    assert len({b - a for a, b in pairwise(control)}) == 1


def test_a_machine_can_be_drawn():
    figure = draw_machine(minimal("ha(ha)*"))
    texts = [t.get_text() for t in figure.axes[0].texts]
    assert {"0", "1", "2", "h", "a"} <= set(texts)


# ── transducers ───────────────────────────────────────────────────────────────────────────────────


def test_spelling_rules_forwards():
    spelt = {
        "s": {
            "fox": "foxes",
            "city": "cities",
            "boy": "boys",
            "church": "churches",
            "cat": "cats",
        },
        "ed": {
            "bake": "baked",
            "try": "tried",
            "play": "played",
            "agree": "agreed",
            "x": "xed",
        },
        "ing": {
            "bake": "baking",
            "lie": "lying",
            "see": "seeing",
            "dye": "dyeing",
            "go": "going",
        },
    }
    for suffix, pairs in spelt.items():
        machine = suffix_machine(suffix)
        for stem, form in pairs.items():
            assert transduce(machine, f"{stem}+{suffix}") == [form]


def test_a_machine_of_other_rules_and_one_that_runs_in_circles():
    machine = suffix_machine("er", [Rule("[a-z]*", "e", "er")])
    assert transduce(machine, "late+er") == ["later"]
    assert transduce(machine, "late") == []
    assert transduce(machine, "Späte+er") == []
    with pytest.raises(ValueError, match="no rules for the suffix 'xyz'"):
        suffix_machine("xyz")
    circle = Transducer(((Arc("", "a", 0),),), frozenset({0}))
    with pytest.raises(ValueError, match="circle"):
        transduce(circle, "")


# ── distance and spelling ─────────────────────────────────────────────────────────────────────────


def test_the_textbooks_distance():
    """Jurafsky and Martin: from intention to execution are five edits."""
    assert distance("intention", "execution") == 5
    assert distances("", "abc") == [[0, 1, 2, 3]]
    assert distance("", "") == 0
    assert edits("", "") == []
    with pytest.raises(ValueError, match="2,001 characters"):
        distance("a" * 2001, "")


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_the_distance_is_a_distance(a, b, c):
    assert (distance(a, b) == 0) == (a == b)
    assert distance(a, b) == distance(b, a)
    assert distance(a, c) <= distance(a, b) + distance(b, c)


@pytest.mark.assets
def test_norvigs_rule_gives_the_answers_of_his_essay():
    """His own unit tests, with his own text."""
    lexicon = Lexicon(Counter(words(corpora.norvig_text())))
    answers = {
        "speling": "spelling", "korrectud": "corrected", "bycycle": "bicycle",
        "inconvient": "inconvenient", "arrainged": "arranged", "peotry": "poetry",
        "peotryy": "poetry", "word": "word", "quintessential": "quintessential",
    }  # fmt: skip
    assert {wrong: nearest(lexicon, wrong) for wrong in answers} == answers
    assert words("This is a test. 123; A TEST this is.") == [
        "this", "is", "a", "test", "123", "a", "test", "this", "is",
    ]  # fmt: skip


def test_slips_keep_their_context():
    assert slips("access", "acess") == [("c", "c", "")]
    assert slips("the", "teh") == [("t", "he", "eh")]
    assert slips("cat", "cat") == []
    assert slips("cat", "kat") == [("", "c", "k")]


def scores(lexicon, channel, word):
    """Return the score of every candidate but the word itself, none left out."""
    return {
        w: channel.log_probability(w, word) + math.log(lexicon.counts[w])
        for w in lexicon.within(word, 2)
        if w != word
    }


def test_the_bound_leaves_no_better_candidate_out():
    rng = random.Random(1)

    def drawn(longest):
        return "".join(rng.choices("abcd", k=rng.randrange(1, longest)))

    lexicon = Lexicon({drawn(6): rng.randrange(1, 90) for _ in range(150)})
    pairs = [(drawn(5), drawn(5)) for _ in range(80)]
    channel = Channel(pairs, alpha=0.5)
    known = 0
    for _ in range(150):
        word = drawn(7)
        score = scores(lexicon, channel, word)
        other, lead = rival(lexicon, channel, word)
        if not score:
            assert (other, lead) == (word, -math.inf)
            continue
        best = max(score.values())
        assert score[other] == pytest.approx(best)
        if word in lexicon.counts:
            known += 1
            assert lead == pytest.approx(best - math.log(lexicon.counts[word]))
            edge = 1 / (
                1 + math.exp(lead)
            )  # below this share the word is left alone
            assert correct(lexicon, channel, word, edge * 0.99) == word
            assert correct(lexicon, channel, word, 1 - (1 - edge) * 0.99) == other
        else:
            assert lead == math.inf
            assert correct(lexicon, channel, word, 1e-9) == other
    assert known > 20


def test_the_probabilities_of_slips_sum_to_at_most_one():
    channel = Channel([("acess", "access"), ("teh", "the")], alpha=0.1)
    single = [w for w in neighbours("cat") if w != "cat"]
    total = math.fsum(math.exp(channel.log_probability("cat", w)) for w in single)
    assert 0 < total < 1
    assert channel.log_probability("cat", "cat") == 0
    likely, rare = (channel.log_probability("the", w) for w in ("teh", "thx"))
    assert likely > rare


@pytest.mark.parametrize(
    "word", ["", "x", "\ud800", "naïve", "ﬁ", "123", "שלום", "e\u0301"]
)
def test_any_word_gets_an_answer(word):
    lexicon, channel = Lexicon({"the": 5, "naive": 2}), Channel([])
    assert nearest(lexicon, word) in {"the", "naive", word}
    assert correct(lexicon, channel, word) in {"the", "naive", word}


def test_bad_arguments_of_the_corrector():
    with pytest.raises(ValueError, match="letters a to z"):
        Lexicon({})
    with pytest.raises(ValueError, match="letters a to z"):
        Lexicon({"a": 0})
    with pytest.raises(ValueError, match="above 0"):
        Channel([], alpha=0)
    lexicon = Lexicon({"a": 1})
    with pytest.raises(ValueError, match="between 0 and 1"):
        correct(lexicon, Channel([]), "a", share=1)
    with pytest.raises(ValueError, match="0 to 3"):
        lexicon.within("a", 4)
    with pytest.raises(ValueError, match="1,000,000 letters"):
        nearest(lexicon, "a" * 1_000_000)
    with pytest.raises(ValueError, match="61 letters"):
        neighbours("a" * 61)


def test_a_machine_of_one_state_a_thousand_times():
    machine = determinize(thompson("(a|b)*"))
    assert minimize(machine) == minimal("[ab]*")
