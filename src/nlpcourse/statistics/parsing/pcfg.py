"""Rules with probabilities: counted in trees, and the most probable tree of a sentence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nlpcourse.statistics.parsing.binary import REST
from nlpcourse.statistics.parsing.cyk import shortest_first
from nlpcourse.statistics.parsing.forest import MOST_WORDS
from nlpcourse.statistics.parsing.grammar import Grammar, Rule
from nlpcourse.statistics.parsing.trees import Tree

Part = tuple[str, int, int]


def rules_of(tree: Tree) -> Iterator[Rule]:
    """Yield the rules that made a tree, from the top.

    >>> from nlpcourse.statistics.parsing.trees import read_tree
    >>> print(*rules_of(read_tree("(S (NP you) (VP sleep))")), sep="; ")
    S → NP VP; NP → you; VP → sleep
    """
    names = (part if isinstance(part, str) else part.label for part in tree.parts)
    yield Rule(tree.label, tuple(names))
    for part in tree.parts:
        if isinstance(part, Tree):
            yield from rules_of(part)


def estimate(trees: Iterable[Tree]) -> Grammar:
    """Return the rules of trees with their shares among the rules of the same left side.

    Raises:
        ValueError: there is no tree, or the trees begin with different categories.

    >>> from nlpcourse.statistics.parsing.trees import read_tree
    >>> grammar = estimate(map(read_tree, ["(S (S a) b)", "(S a)"]))
    >>> [(str(rule), round(rule.probability, 2)) for rule in grammar.rules]
    [('S → S b', 0.33), ('S → a', 0.67)]
    """
    trees = list(trees)
    starts = {tree.label for tree in trees}
    if len(starts) != 1:
        raise ValueError(
            f"give trees of one start symbol; these have {len(starts)}"
        )
    uses = Counter(rule for tree in trees for rule in rules_of(tree))
    lefts = Counter[str]()
    for rule, n in uses.items():
        lefts[rule.left] += n
    return Grammar(
        starts.pop(),
        tuple(
            Rule(rule.left, rule.right, n / lefts[rule.left])
            for rule, n in uses.items()
        ),
    )


def require_probabilities(grammar: Grammar) -> None:
    """Refuse a grammar without probabilities, or whose shares do not sum to one.

    Raises:
        ValueError: a rule has no probability, or those of a category do not sum to one.
    """
    for rule in grammar.rules:
        if rule.probability is None:
            raise ValueError(
                f"{rule} has no probability; write one behind it: [0.5]"
            )
    for left, rules in grammar.by_left.items():
        total = math.fsum(rule.probability or 0.0 for rule in rules)
        if not math.isclose(total, 1, abs_tol=1e-6):
            raise ValueError(
                f"the probabilities of {left} sum to {total:.6g}; they must sum to 1"
            )


def log_probability(tree: Tree, grammar: Grammar) -> float:
    """Return the logarithm of a tree's probability, the product over its rules.

    It is minus infinity where a rule of the tree is none of the grammar.

    >>> from nlpcourse.statistics.parsing.grammar import read_grammar
    >>> from nlpcourse.statistics.parsing.trees import read_tree
    >>> grammar = read_grammar("S -> S b [0.25] | a [0.75]")
    >>> round(math.exp(log_probability(read_tree("(S (S a) b)"), grammar)), 4)
    0.1875
    """
    known = {(rule.left, rule.right): rule.probability for rule in grammar.rules}
    found = [known.get((r.left, r.right)) or 0.0 for r in rules_of(tree)]
    return math.fsum(map(math.log, found)) if all(found) else -math.inf


@dataclass(frozen=True)
class Best:
    """The best way to a symbol over a span: its log probability, and its parts."""

    score: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Weighted:
    """A grammar with probabilities in binary normal form.

    ``pairs`` as in :class:`.binary.Binary`, each with its log probability; ``alone`` leads from a
    symbol to the categories that it alone can become in one step, with the log probability and
    the symbols before and after it, which are empty; ``empty`` holds the best empty trees.
    """

    grammar: Grammar
    pairs: dict[tuple[str, str], list[tuple[str, float]]]
    alone: dict[str, list[tuple[str, float, tuple[str, ...], tuple[str, ...]]]]
    empty: dict[str, Best]


def weigh(grammar: Grammar) -> Weighted:
    """Return a grammar with probabilities in binary normal form.

    The first of the rules that one rule is cut into has its probability, the others have one.

    Raises:
        ValueError: a rule has no probability, or those of a category do not sum to one.
    """
    require_probabilities(grammar)
    rules: dict[tuple[str, tuple[str, ...]], float] = {}
    for rule in grammar.rules:
        if not rule.probability:
            continue
        left, right, score = rule.left, rule.right, math.log(rule.probability)
        while len(right) > 2:
            rest = REST.join(right[1:])
            rules[left, (right[0], rest)] = score
            left, right, score = rest, right[1:], 0.0
        rules[left, right] = score
    empty = _best_empty(rules)
    weighted = Weighted(grammar, {}, {}, empty)
    for (left, right), score in rules.items():
        if len(right) == 2:
            weighted.pairs.setdefault((right[0], right[1]), []).append(
                (left, score)
            )
        for k, symbol in enumerate(right):
            others = right[:k] + right[k + 1 :]
            if all(other in empty for other in others):
                paid = score + sum(empty[other].score for other in others)
                entry = (left, paid, right[:k], right[k + 1 :])
                weighted.alone.setdefault(symbol, []).append(entry)
    return weighted


def _best_empty(
    rules: dict[tuple[str, tuple[str, ...]], float],
) -> dict[str, Best]:
    """Return the best tree of nothing for each category that has one."""
    empty: dict[str, Best] = {}
    grown = True
    while grown:
        grown = False
        for (left, right), score in rules.items():
            if all(symbol in empty for symbol in right):
                total = score + sum(empty[symbol].score for symbol in right)
                if left not in empty or total > empty[left].score:
                    empty[left] = Best(total, tuple((s, 0, 0) for s in right))
                    grown = True
    return empty


Cells = dict[tuple[int, int], dict[str, Best]]


def viterbi(words: Sequence[str], weighted: Weighted) -> Cells:
    """Return for each span the best way to each symbol that can cover it.

    Args:
        words: the sentence; span ``(i, j)`` holds ``words[i:j]``.
        weighted: a grammar with probabilities in binary normal form.

    >>> from nlpcourse.statistics.parsing.grammar import read_grammar
    >>> cells = viterbi(["a", "b"], weigh(read_grammar("S -> S b [0.25] | a [0.75]")))
    >>> round(math.exp(cells[0, 2]["S"].score), 4)
    0.1875
    """
    cells: Cells = {}
    for i, j in shortest_first(len(words)):
        cell = {words[i]: Best(0.0, ())} if j - i == 1 else {}
        for k in range(i + 1, j):
            for one, first in cells[i, k].items():
                for other, second in cells[k, j].items():
                    for left, score in weighted.pairs.get((one, other), ()):
                        total = score + first.score + second.score
                        if left not in cell or total > cell[left].score:
                            cell[left] = Best(total, ((one, i, k), (other, k, j)))
        climb(cell, i, j, weighted)
        cells[i, j] = cell
    return cells


def climb(cell: dict[str, Best], i: int, j: int, weighted: Weighted) -> None:
    """Add to a cell what one of its symbols alone can become, as long as something gets better.

    A step never makes a tree more probable, so a way that comes back to where it was ends there.
    """
    waiting = list(cell)
    while waiting:
        symbol = waiting.pop()
        for left, score, before, after in weighted.alone.get(symbol, ()):
            total = cell[symbol].score + score
            if left not in cell or total > cell[left].score:
                parts = (
                    *((s, i, i) for s in before),
                    (symbol, i, j),
                    *((s, j, j) for s in after),
                )
                cell[left] = Best(total, parts)
                waiting.append(left)


def best_parse(
    words: Sequence[str], weighted: Weighted
) -> tuple[Tree, float] | None:
    """Return the most probable tree of a sentence with its log probability, or None.

    Raises:
        ValueError: the sentence has more than ``MOST_WORDS`` words.

    >>> from nlpcourse.statistics.parsing.grammar import read_grammar
    >>> weighted = weigh(read_grammar("S -> S S [0.1] | a [0.9]"))
    >>> tree, score = best_parse("a a".split(), weighted)
    >>> str(tree), round(math.exp(score), 3)
    ('(S (S a) (S a))', 0.081)
    """
    n, start = len(words), weighted.grammar.start
    if n > MOST_WORDS:
        raise ValueError(
            f"{n:,} words are too many; a parse has at most {MOST_WORDS} words"
        )
    cells = viterbi(words, weighted)
    found = (cells[0, n] if n else weighted.empty).get(start)
    if found is None:
        return None
    return _built((start, 0, n), cells, weighted), found.score


def _built(part: Part, cells: Cells, weighted: Weighted) -> Tree:
    """Return the tree of a part, following what each part consists of."""
    return Tree(part[0], tuple(_parts(part, cells, weighted)))


def _parts(part: Part, cells: Cells, weighted: Weighted) -> Iterator[Tree | str]:
    """Yield what a part consists of, the rests of cut rules put in place."""
    symbol, i, j = part
    best = cells[i, j][symbol] if i < j else weighted.empty[symbol]
    words = weighted.grammar.words
    for name, start, end in best.parts:
        inner = (name, start, end) if i < j else (name, i, i)
        if REST in name:
            yield from _parts(inner, cells, weighted)
        elif name in words:
            yield name
        else:
            yield _built(inner, cells, weighted)
