"""Charts, trees and probabilities against NLTK's parsers, on sentences and on random grammars."""

import math
import random

import nltk
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from nltk.parse import (
    ChartParser,
    EarleyChartParser,
    InsideChartParser,
    ViterbiParser,
)

from nlpcourse.statistics.parsing.binary import binarize
from nlpcourse.statistics.parsing.cyk import accepts, fill
from nlpcourse.statistics.parsing.earley import earley, parts
from nlpcourse.statistics.parsing.fast import FastChart
from nlpcourse.statistics.parsing.forest import Forest
from nlpcourse.statistics.parsing.grammar import (
    Grammar,
    Rule,
    generate,
    read_grammar,
)
from nlpcourse.statistics.parsing.pcfg import (
    best_parse,
    log_probability,
    rules_of,
    weigh,
)
from nlpcourse.statistics.parsing.trees import Tree, leaves, spans

ENGLISH = """
S -> NP VP | S Conj S | Adv S
NP -> Det N | NP PP | NP Rel | we | you | NP Conj NP
Rel -> that VP
VP -> V NP | VP PP | V NP NP | V | Aux VP
PP -> P NP
Det -> the | a | my | ε
N -> dog | park | telescope | man | Adj N | N N
Adj -> old | small
V -> saw | gave | sleep | park | man
Aux -> will
Adv -> today
Conj -> and
P -> in | with | on
"""


def as_nltk(grammar):
    names = set(grammar.categories)

    def symbol(name):
        return nltk.Nonterminal(name) if name in names else name

    start = nltk.Nonterminal(grammar.start)
    if any(rule.probability is None for rule in grammar.rules):
        rules = [
            nltk.Production(symbol(r.left), [symbol(s) for s in r.right])
            for r in grammar.rules
        ]
        return nltk.CFG(start, rules)
    rules = [
        nltk.ProbabilisticProduction(
            symbol(r.left), [symbol(s) for s in r.right], prob=r.probability
        )
        for r in grammar.rules
    ]
    return nltk.PCFG(start, rules)


def from_nltk(tree):
    return Tree(
        tree.label(),
        tuple(p if isinstance(p, str) else from_nltk(p) for p in tree),
    )


def their_trees(parser, words):
    try:
        return [from_nltk(tree) for tree in parser.parse(words)]
    except ValueError:  # a word that is not of the grammar
        return []


def they_accept(parser, words):
    """Ask NLTK's chart: its lists of trees leave some out where a part can hold itself."""
    start = parser.grammar().start()
    try:
        chart = parser.chart_parse(words)
    except ValueError:  # a word that is not of the grammar
        return False
    return any(
        edge.is_complete()
        and edge.lhs() == start
        and edge.span() == (0, len(words))
        for edge in chart.edges()
    )


def forests(words, grammar):
    binary = binarize(grammar)
    charts = [
        fill(words, binary),
        FastChart(binary).chart(words),
        parts(earley(words, grammar)),
    ]
    return [Forest(words, grammar, chart, binary.empty) for chart in charts]


QUICK = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
    suppress_health_check=[HealthCheck.filter_too_much],
)

QUICK = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
    suppress_health_check=[HealthCheck.filter_too_much],
)

RULE = st.tuples(
    st.sampled_from("SAB"), st.lists(st.sampled_from("SABab"), max_size=3)
).map(lambda pair: Rule(pair[0], tuple(pair[1])))
GRAMMARS = st.lists(RULE, min_size=2, max_size=7).map(
    lambda rules: Grammar("S", tuple(dict.fromkeys(rules)))
)
SENTENCES = st.lists(st.sampled_from("abc"), max_size=5)


def test_two_trees_of_the_first_page():
    grammar = read_grammar(
        "S -> NP VP\nPP -> P NP\nNP -> Det N | Det N PP | I\nVP -> V NP | VP PP\n"
        "Det -> an | my\nN -> elephant | pajamas\nV -> shot\nP -> in"
    )
    words = ["I", "shot", "an", "elephant", "in", "my", "pajamas"]
    theirs = their_trees(ChartParser(as_nltk(grammar)), words)
    assert len(theirs) == 2
    for forest in forests(words, grammar):
        assert set(forest.trees()) == set(theirs)
        assert forest.count() == 2


@pytest.mark.parametrize("seed", range(12))
def test_english_sentences_have_nltks_trees(seed):
    grammar = read_grammar(ENGLISH)
    words = generate(grammar, seed, longest=9)
    theirs = their_trees(EarleyChartParser(as_nltk(grammar)), words)
    for forest in forests(words, grammar):
        assert forest.count() == len(set(theirs)) == len(theirs)
        assert sorted(map(str, forest.trees())) == sorted(map(str, theirs))
    shuffled = random.Random(seed).sample(words, len(words))
    for forest in forests(shuffled, grammar):
        found = their_trees(ChartParser(as_nltk(grammar)), shuffled)
        assert sorted(map(str, forest.trees())) == sorted(map(str, found))


@settings(QUICK, max_examples=250)
@given(GRAMMARS, SENTENCES)
def test_random_grammars_accept_what_nltk_accepts(grammar, words):
    """Left recursion, right recursion, cycles, empty rules and categories without rules."""
    theirs = as_nltk(grammar)
    expected = they_accept(EarleyChartParser(theirs), words)
    assert they_accept(ChartParser(theirs), words) == expected
    binary = binarize(grammar)
    assert accepts(words, binary) == expected
    assert FastChart(binary).accepts(words) == expected
    for forest in forests(words, grammar):
        assert (forest.count() > 0) == expected


@settings(QUICK, max_examples=250)
@given(GRAMMARS, SENTENCES)
def test_random_grammars_give_nltks_trees(grammar, words):
    by_cyk, by_fast, by_earley = forests(words, grammar)
    number = by_cyk.count()
    assert number == by_fast.count() == by_earley.count()
    assume(number < 300)  # finitely many
    found = list(by_cyk.trees())
    assert len(found) == len(set(found)) == number
    assert set(found) == set(by_earley.trees()) == set(by_fast.trees())
    assert set(found) == set(
        their_trees(EarleyChartParser(as_nltk(grammar)), words)
    )
    assert set(found) == set(their_trees(ChartParser(as_nltk(grammar)), words))


@settings(QUICK, max_examples=60)
@given(GRAMMARS, SENTENCES)
def test_a_cycle_gives_infinitely_many_trees_and_the_plain_ones_are_yielded(
    grammar, words
):
    forest = forests(words, grammar)[0]
    assume(math.isinf(forest.count()))
    rules = {(rule.left, rule.right) for rule in grammar.rules}
    found = []
    for tree in forest.trees(20_000):
        assert leaves(tree) == words
        assert {(r.left, r.right) for r in rules_of(tree)} <= rules
        assert tree.label == "S"
        found.append(tree)
        if len(found) == 20:
            break
    assert found or forest.steps == 0
    assert len(found) == len(set(found))


@settings(QUICK, max_examples=150)
@given(GRAMMARS, SENTENCES)
def test_the_fast_chart_is_the_chart(grammar, words):
    binary = binarize(grammar)
    slow, fast = fill(words, binary), FastChart(binary).chart(words)
    known = set(binary.above)
    assert fast == {s: found & known for s, found in slow.items() if found & known}


@settings(QUICK, max_examples=150)
@given(GRAMMARS, SENTENCES)
def test_earley_completes_nothing_that_cyk_does_not(grammar, words):
    chart = fill(words, binarize(grammar))
    for span, found in parts(earley(words, grammar)).items():
        assert found <= chart[span]


@st.composite
def weighted_grammars(draw, empties=False):
    smallest = 0 if empties else 1
    rules = {}
    for left in "SAB":
        rights = draw(
            st.lists(
                st.lists(
                    st.sampled_from("SABab"), min_size=smallest, max_size=3
                ).map(tuple),
                min_size=1,
                max_size=3,
                unique=True,
            )
        )
        weights = [draw(st.integers(1, 9)) for _ in rights]
        for right, weight in zip(rights, weights, strict=True):
            rules[left, right] = weight / sum(weights)
    return Grammar("S", tuple(Rule(a, b, p) for (a, b), p in rules.items()))


@settings(QUICK, max_examples=200)
@given(weighted_grammars(), SENTENCES)
def test_the_best_tree_has_the_probability_of_nltks(grammar, words):
    assume(words)
    found = best_parse(words, weigh(grammar))
    try:
        theirs = next(iter(ViterbiParser(as_nltk(grammar)).parse(words)), None)
    except ValueError:
        theirs = None
    assert (found is None) == (theirs is None)
    if found is not None and theirs is not None:
        tree, score = found
        assert math.exp(score) == pytest.approx(theirs.prob(), rel=1e-9)
        assert log_probability(tree, grammar) == pytest.approx(score, abs=1e-9)
        assert leaves(tree) == words


@settings(QUICK, max_examples=100)
@given(weighted_grammars(empties=True), SENTENCES)
def test_the_best_tree_is_the_best_of_all_trees(grammar, words):
    forest = forests(words, grammar)[0]
    found = best_parse(words, weigh(grammar))
    assert (found is None) == (forest.count() == 0)
    assume(forest.count() < 300 and found is not None)
    best = max(log_probability(tree, grammar) for tree in forest.trees())
    assert found[1] == pytest.approx(best, abs=1e-9)
    assert log_probability(found[0], grammar) == pytest.approx(best, abs=1e-9)


def test_a_treebank_grammar_has_nltks_probabilities():
    texts = ["(S (NP a) (VP b))", "(S (NP a c) (VP b))", "(S (NP a) (VP b (NP a)))"]
    from nlpcourse.statistics.parsing.pcfg import estimate
    from nlpcourse.statistics.parsing.trees import read_tree

    theirs = nltk.induce_pcfg(
        nltk.Nonterminal("S"),
        [p for t in texts for p in nltk.Tree.fromstring(t).productions()],
    )
    ours = estimate(map(read_tree, texts))
    assert {str(r).replace("→", "->"): r.probability for r in ours.rules} == {
        str(p).rsplit(" [", 1)[0].replace("'", ""): pytest.approx(p.prob())
        for p in theirs.productions()
    }


def test_nltks_inside_parser_ranks_the_telescopes_alike():
    grammar = read_grammar(
        "S -> NP VP [1.0]\nVP -> V NP [0.6] | VP PP [0.4]\n"
        "NP -> we [0.3] | Det N [0.5] | NP PP [0.2]\nPP -> P NP [1.0]\n"
        "Det -> the [1.0]\nN -> man [0.5] | telescope [0.5]\nV -> saw [1.0]\n"
        "P -> with [1.0]"
    )
    words = ["we", "saw", "the", "man", "with", "the", "telescope"]
    theirs = list(InsideChartParser(as_nltk(grammar)).parse(words))
    found = best_parse(words, weigh(grammar))
    assert found is not None
    assert len(theirs) == 2
    assert found[0] == from_nltk(max(theirs, key=lambda tree: tree.prob()))


@settings(QUICK, max_examples=100)
@given(
    st.recursive(st.sampled_from("ab"), lambda inner: st.lists(inner, max_size=3))
)
def test_spans_are_nltks_positions(nested):
    def built(part):
        return part if isinstance(part, str) else Tree("X", tuple(map(built, part)))

    tree = built(nested if isinstance(nested, list) else [nested])
    theirs = nltk.Tree.fromstring(str(tree))
    assert leaves(tree) == theirs.leaves()
    found = sorted(j - i for _, i, j in spans(tree))
    assert found == sorted(len(t.leaves()) for t in theirs.subtrees())
