"""A tree against the right one: which brackets both have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from nlpcourse.statistics.parsing.trees import Tree, leaves


@dataclass(frozen=True)
class Scores:
    """What a comparison of brackets found, over all sentences together."""

    matched: int
    guessed: int
    right: int
    crossing: int
    exact: int
    sentences: int

    @property
    def precision(self) -> float:
        """The share of the guessed brackets that are right; 0 where none was guessed."""
        return self.matched / self.guessed if self.guessed else 0.0

    @property
    def recall(self) -> float:
        """The share of the right brackets that were guessed; 0 where there are none."""
        return self.matched / self.right if self.right else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.guessed + self.right
        return 2 * self.matched / both if both else 0.0


def brackets(tree: Tree, labelled: bool = True) -> Counter[tuple[str, int, int]]:
    """Return the brackets of a tree: label, begin and end of each category.

    A category that consists of one word is its part of speech and no bracket, and one that
    consists of nothing has no place.

    Source: Black et al. (1991).

    >>> from nlpcourse.statistics.parsing.trees import read_tree
    >>> sorted(brackets(read_tree("(S (NP (Det the) (N dog)) (VP (V barks)))")))
    [('NP', 0, 2), ('S', 0, 3), ('VP', 2, 3)]
    """
    found: Counter[tuple[str, int, int]] = Counter()

    def collect(tree: Tree, start: int) -> int:  # returns where the tree ends
        end = start
        for part in tree.parts:
            end = collect(part, end) if isinstance(part, Tree) else end + 1
        is_tag = len(tree.parts) == 1 and isinstance(tree.parts[0], str)
        if end > start and not is_tag:
            found[tree.label if labelled else "", start, end] += 1
        return end

    collect(tree, 0)
    return found


def compare(
    pairs: Iterable[tuple[Tree | None, Tree]], labelled: bool = True
) -> Scores:
    """Return how the brackets of guessed trees agree with those of the right ones.

    Args:
        pairs: for each sentence the guess, None where there is none, and the right tree.
        labelled: whether a bracket must also have the right label.

    Raises:
        ValueError: a guess is a tree of other words.

    >>> from nlpcourse.statistics.parsing.trees import read_tree
    >>> right = read_tree("(S (NP a) (VP (V b) (NP (NP c) (PP d e))))")
    >>> guess = read_tree("(S (NP a) (VP (VP (V b) (NP c)) (PP d e)))")
    >>> found = compare([(guess, right)])
    >>> found.matched, found.guessed, found.right, found.crossing
    (3, 4, 4, 1)
    """
    matched = guessed = right = crossing = exact = sentences = 0
    for guess, gold in pairs:
        sentences += 1
        wanted = brackets(gold, labelled)
        right += wanted.total()
        if guess is None:
            continue
        if leaves(guess) != leaves(gold):
            raise ValueError(
                "a guess is compared with a tree of the same words; these differ: "
                f"{leaves(guess)[:5]} and {leaves(gold)[:5]}"
            )
        found = brackets(guess, labelled)
        guessed += found.total()
        matched += (found & wanted).total()
        exact += found == wanted
        crossing += sum(
            n
            for one, n in found.items()
            if any(crosses(one, two) for two in wanted)
        )
    return Scores(matched, guessed, right, crossing, exact, sentences)


def crosses(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    """Return whether two brackets overlap with neither inside the other.

    >>> crosses(("", 0, 3), ("", 2, 5)), crosses(("", 0, 5), ("", 2, 5))
    (True, False)
    """
    (_, i, j), (_, k, m) = one, other
    return i < k < j < m or k < i < m < j
