"""Grammars, trees, brackets and moves, one by one, bad input included."""

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse.statistics.parsing.binary import binarize, cut, nullable
from nlpcourse.statistics.parsing.bracketing import brackets, compare
from nlpcourse.statistics.parsing.cyk import accepts, fill
from nlpcourse.statistics.parsing.earley import earley, next_words, parts
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
    estimate,
    log_probability,
    weigh,
)
from nlpcourse.statistics.parsing.perceptron import Sentence, predict, train
from nlpcourse.statistics.parsing.transitions import (
    State,
    attachment,
    is_projective,
    moves_to,
    parse,
    require_tree,
)
from nlpcourse.statistics.parsing.treebank import branching, phrases, plain, under
from nlpcourse.statistics.parsing.trees import leaves, read_tree, spans

# ── grammars ──────────────────────────────────────────────────────────────────────────────────────


def test_a_grammar_is_read_with_quotes_remarks_and_probabilities():
    grammar = read_grammar(
        "# greeting\nS → 'hello' \"NAME\" [0.5] | hi [.5]  # short\n\nNAME2 -> Kim"
    )
    assert grammar.start == "S"
    assert [str(rule) for rule in grammar.rules] == [
        "S → hello NAME",
        "S → hi",
        "NAME2 → Kim",
    ]
    assert [rule.probability for rule in grammar.rules] == [0.5, 0.5, None]
    assert grammar.words == {"hello", "NAME", "hi", "Kim"}


@pytest.mark.parametrize("text", ["S -> ", "S -> ε", "S -> ∅", "S ->"])
def test_an_empty_right_side_is_an_empty_rule(text):
    assert read_grammar(text).rules == (Rule("S", ()),)
    assert accepts([], binarize(read_grammar(text)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rule yet"),
        ("# nothing", "no rule yet"),
        ("S", "line 1 is no rule"),
        ("S -> a -> b", "line 1 is no rule"),
        ("A B -> c", "line 1 is no rule"),
        ("-> c", "line 1 is no rule"),
        ("S -> a [x]", "no probability"),
        ("S -> a [1.5]", "no probability"),
        ("S -> a [-1]", "no probability"),
        ("S -> a [nan]", "no probability"),
        ("S -> 'A'\nA -> b", "quoted as a word"),
        ("\n".join(f"A{n} -> a" for n in range(5001)), "too many"),
    ],
)
def test_what_is_no_grammar_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        read_grammar(text)


def test_sentences_are_drawn_by_probabilities_and_are_of_the_grammar():
    grammar = read_grammar("S -> a S b [0.3] | c [0.7]")
    binary = binarize(grammar)
    drawn = [generate(grammar, seed) for seed in range(200)]
    assert all(accepts(words, binary) for words in drawn)
    assert 110 < sum(words == ["c"] for words in drawn) < 170
    assert generate(grammar, 7) == generate(grammar, 7)


@pytest.mark.parametrize(
    "text", ["S -> S a", "S -> S", "S -> a a a a", "S -> a [0]"]
)
def test_a_grammar_without_short_sentences_says_so(text):
    with pytest.raises(ValueError, match="no sentence of at most 3 words"):
        generate(read_grammar(text), longest=3, tries=20)


# ── charts ────────────────────────────────────────────────────────────────────────────────────────


def test_long_rules_share_their_rests():
    rules = cut(read_grammar("S -> a B C D | x B C D\nB -> b\nC -> c\nD -> d"))
    assert rules.count(("B C D", ("B", "C D"))) == 1
    assert max(len(right) for _, right in rules) == 2


def test_binary_normal_form_grows_by_a_rule_for_each_symbol():
    long = Grammar("S", (Rule("S", tuple("abcdefghij")),))
    assert len(cut(long)) == 9


def test_nothing_comes_of_nothings():
    assert nullable([("A", ("B",)), ("B", ("A",))]) == frozenset()
    assert nullable([("A", ("B", "B")), ("B", ())]) == {"A", "B"}


@pytest.mark.parametrize(
    "words", ["", "x", "\ud800", "e\u0301 👩\u200d👧", "שלום", "x" * 1_000_000]
)
def test_unknown_words_have_no_tree(words):
    grammar = read_grammar("S -> S S | a")
    binary = binarize(grammar)
    assert not accepts(words.split(), binary)
    assert not FastChart(binary).accepts(words.split())
    assert not parts(earley(words.split(), grammar))


def test_the_empty_sentence_has_a_tree_where_the_grammar_lets_it():
    for text, expected in {
        "S -> a | ε": 1,
        "S -> a": 0,
        "S -> A A\nA -> | ": 1,
    }.items():
        grammar = read_grammar(text)
        binary = binarize(grammar)
        assert Forest([], grammar, {}, binary.empty).count() == expected
        assert FastChart(binary).accepts([]) == bool(expected)


def test_sixty_words_take_cubic_time_and_count_beyond_any_list():
    grammar = read_grammar("S -> S S | a")
    binary = binarize(grammar)
    begin = time.process_time()
    forest = Forest(
        ["a"] * 60, grammar, FastChart(binary).chart(["a"] * 60), binary.empty
    )
    assert forest.count() == math.comb(118, 59) // 60
    assert next(forest.trees()).label == "S"
    assert time.process_time() - begin < 10


def test_too_long_a_sentence_is_refused_before_its_trees_are_read():
    grammar = read_grammar("S -> S a | a")
    with pytest.raises(ValueError, match="at most 100"):
        Forest(["a"] * 101, grammar, {}, frozenset())
    weighted = weigh(read_grammar("S -> S a [0.5] | a [0.5]"))
    with pytest.raises(ValueError, match="at most 100"):
        best_parse(["a"] * 101, weighted)
    assert best_parse(["a"] * 100, weighted)[1] == pytest.approx(
        100 * math.log(0.5)
    )


def test_a_circle_is_counted_as_infinite_only_where_it_is_used():
    grammar = read_grammar("S -> a | b A\nA -> A | c")
    binary = binarize(grammar)

    def count(text):
        words = text.split()
        return Forest(words, grammar, fill(words, binary), binary.empty).count()

    assert count("a") == 1
    assert count("b c") == math.inf
    assert count("c") == 0


def test_earley_says_what_may_come_next():
    grammar = read_grammar("S -> NP VP\nNP -> NP PP | we\nVP -> sleep\nPP -> here")
    columns = earley(["we"], grammar)
    assert next_words(columns[0], grammar) == ["we"]
    assert next_words(columns[1], grammar) == ["here", "sleep"]
    assert str(columns[0][0]) == "S → • NP VP from 0"


def test_earley_finds_fewer_parts_than_cyk():
    grammar = read_grammar("S -> a B\nB -> b\nC -> a b")
    words = ["a", "b"]
    assert fill(words, binarize(grammar))[0, 2] == {"S", "C"}
    assert parts(earley(words, grammar))[0, 2] == {"S"}


# ── probabilities ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "said"),
    [("S -> a", "has no probability"), ("S -> a [0.5] | b [0.4]", "sum to 0.9")],
)
def test_probabilities_must_be_there_and_sum_to_one(text, said):
    with pytest.raises(ValueError, match=said):
        weigh(read_grammar(text))


def test_a_circle_of_probability_one_ends():
    grammar = read_grammar("S -> A [1]\nA -> S [0.5] | a [0.5]")
    tree, score = best_parse(["a"], weigh(grammar))
    assert str(tree) == "(S (A a))"
    assert math.exp(score) == pytest.approx(0.5)


def test_a_rule_of_probability_zero_is_never_used():
    assert best_parse(["a"], weigh(read_grammar("S -> a [0] | b [1]"))) is None


def test_a_tree_of_other_rules_has_probability_zero():
    grammar = read_grammar("S -> a [1]")
    assert log_probability(read_tree("(S b)"), grammar) == -math.inf


def test_a_treebank_needs_trees_of_one_start():
    for trees in ([], [read_tree("(S a)"), read_tree("(T a)")]):
        with pytest.raises(ValueError, match="one start symbol"):
            estimate(trees)


# ── trees and brackets ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text", ["", "S", "(S", "S)", "()", "(S a))", "((S a))", "(S a) b"]
)
def test_what_is_no_tree_is_refused(text):
    with pytest.raises(ValueError, match="no tree"):
        read_tree(text)


NESTED = st.recursive(
    st.sampled_from("ab"),
    lambda inner: st.lists(inner, min_size=1, max_size=3),
    max_leaves=8,
)


def written(part):
    return part if isinstance(part, str) else f"(X {' '.join(map(written, part))})"


@settings(deadline=None, max_examples=100)
@given(st.lists(NESTED, min_size=1, max_size=3))
def test_trees_read_back_and_agree_with_themselves(nested):
    tree = read_tree(written(nested))
    assert read_tree(str(tree)) == tree
    found = compare([(tree, tree)])
    assert found.exact == 1
    assert found.crossing == 0
    assert found.matched == found.right == brackets(tree).total()
    inner = [s for s in spans(tree) if s[2] - s[1] > 1]
    assert all(tuple(span) in brackets(tree) for span in inner)
    assert plain(under(tree)) == tree


def test_scores_of_a_corpus_are_summed_before_they_are_divided():
    right = read_tree("(S (A a b) (B c d))")
    guess = read_tree("(S a (C b c) d)")
    found = compare([(guess, right), (right, right), (None, right)])
    assert (found.matched, found.guessed, found.right) == (4, 5, 9)
    assert found.precision == pytest.approx(4 / 5)
    assert found.recall == pytest.approx(4 / 9)
    assert found.f1 == pytest.approx(2 * 4 / 14)
    assert (found.crossing, found.exact, found.sentences) == (1, 1, 3)
    assert compare([(guess, right)], labelled=False).matched == 1


def test_no_guess_and_no_brackets_give_zeros():
    tree = read_tree("(S a)")
    found = compare([(None, tree)])
    assert (found.precision, found.recall, found.f1) == (0, 0, 0)


def test_trees_of_other_words_are_not_compared():
    with pytest.raises(ValueError, match="same words"):
        compare([(read_tree("(S a)"), read_tree("(S b)"))])


# ── dependencies ──────────────────────────────────────────────────────────────────────────────────


@st.composite
def projective_heads(draw):
    """Heads of a random projective tree: by random moves."""
    n = draw(st.integers(1, 9))
    rng = draw(st.randoms(use_true_random=False))
    return parse(n, lambda state: rng.choice(state.legal()))


@settings(deadline=None, max_examples=200)
@given(projective_heads())
def test_random_moves_make_projective_trees_and_the_oracle_finds_them_again(heads):
    require_tree(heads)
    assert is_projective(heads)
    state, moves = State.of(len(heads)), []
    for before, move in moves_to(heads):
        assert before.legal().count(move) == 1
        moves.append(move)
        state.move(move)
    assert state.heads[1:] == heads
    assert len(moves) == 2 * len(heads)


@settings(deadline=None, max_examples=100)
@given(projective_heads())
def test_phrases_of_dependencies_have_a_bracket_for_each_arc(heads):
    n = len(heads)
    tags = tuple("XYZ"[w % 3] for w in range(n))
    tree = phrases(Sentence(tags, tags, tuple(heads)))
    assert leaves(tree) == list(tags)
    arcs = sum(head > 0 for head in heads)
    assert brackets(tree).total() == arcs + 1
    assert leaves(branching(tags)) == list(tags)


@pytest.mark.parametrize("heads", [[2, 3, 1], [1], [5], [-1], [2, 1, 0]])
def test_what_is_no_tree_of_dependencies_is_refused(heads):
    with pytest.raises(ValueError, match=r"head|circles"):
        require_tree(heads)


def test_crossing_arcs_have_no_moves():
    with pytest.raises(ValueError, match="cross"):
        list(moves_to([4, 4, 5, 0, 4]))


def test_a_move_that_is_not_possible_is_refused():
    state = State.of(1)
    for move in ("left", "right", "jump"):
        with pytest.raises(ValueError, match="these are: shift"):
            state.move(move)
    with pytest.raises(ValueError, match="-1 words"):
        State.of(-1)
    assert parse(0, lambda state: "shift") == []


def test_ten_thousand_words_are_parsed_in_linear_time():
    begin = time.process_time()
    assert len(parse(10_000, lambda state: state.legal()[-1])) == 10_000
    assert time.process_time() - begin < 5


def test_a_perceptron_learns_a_rule_that_words_decide():
    """Verbs are roots, all else hangs on the verb: two moves that a tag tells apart."""
    sentences = [
        Sentence(("a",) * n, ("N",) * k + ("V",) + ("N",) * (n - k - 1),
                 tuple(0 if w == k else k + 1 for w in range(n)))
        for n in range(2, 7) for k in range(n)
    ]  # fmt: skip
    weights = train(sentences, epochs=15)
    guesses = [predict(weights, s) for s in sentences]
    assert attachment(guesses, [s.heads for s in sentences]) == 1
    assert train(sentences, epochs=2) == train(sentences, epochs=2)
    assert train(sentences, 2, seed=1) != train(sentences, 2, seed=0)


def test_training_needs_sentences_and_rounds():
    sentence = Sentence(("a",), ("N",), (0,))
    for given_, epochs in (([], 1), ([sentence], 0)):
        with pytest.raises(ValueError, match="at least one"):
            train(given_, epochs)
    with pytest.raises(ValueError, match="cross"):
        train([Sentence(("a",) * 5, ("N",) * 5, (4, 4, 5, 0, 4))], 1)


def test_attachment_needs_the_same_sentences():
    for guesses, right in (([[0]], []), ([[0]], [[2, 0]]), ([], [])):
        with pytest.raises(ValueError, match=r"same sentences|no words"):
            attachment(guesses, right)
