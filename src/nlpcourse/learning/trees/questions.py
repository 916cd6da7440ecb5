"""Trees that ask whether a word is in the text, grown one question at a time.

The small twin of :mod:`nlpcourse.learning.trees.cart` for yes-or-no questions about words; it needs
the standard library alone, so it also grows in the page.  A test holds it equal to the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from nlpcourse.learning.trees.impurity import Impurity, gini

CLOSE = 1e-9
"""Gains that differ by less are equal; then the word that comes first in the alphabet is asked."""


@dataclass(frozen=True)
class Item:
    """A text as the tree sees it: which words it holds, and its label."""

    words: frozenset[str]
    label: str


def item(text: str, label: str) -> Item:
    """Return a text, cut at white space, in lower case, with its label.

    >>> sorted(item("Who was Galileo ?", "human").words)
    ['?', 'galileo', 'was', 'who']
    """
    return Item(frozenset(text.lower().split()), label)


def tally(heap: Iterable[Item]) -> Counter[str]:
    """Count the labels of a heap."""
    return Counter(one.label for one in heap)


def divide(heap: Iterable[Item], word: str) -> tuple[list[Item], list[Item]]:
    """Return the items without the word, and those with it."""
    no: list[Item] = []
    yes: list[Item] = []
    for one in heap:
        (yes if word in one.words else no).append(one)
    return no, yes


def gain(heap: Sequence[Item], word: str, impurity: Impurity = gini) -> float:
    """Return by how much a question about a word lowers the impurity of a heap.

    Source: Breiman, Friedman, Olshen and Stone (1984), chapter 2.

    Raises:
        ValueError: there is nothing in the heap.

    >>> heap = [item("who sang", "human"), item("who won", "human"), item("how many", "number")]
    >>> round(gain(heap, "who"), 3), round(gain(heap, "sang"), 3)
    (0.444, 0.111)
    """
    if not heap:
        raise ValueError("an empty heap can't be divided; give it an item or more")
    left = 0.0
    for part in divide(heap, word):
        left += len(part) / len(heap) * impurity(tally(part).values())
    return impurity(tally(heap).values()) - left


def candidates(
    heap: Sequence[Item], impurity: Impurity = gini
) -> list[tuple[float, str]]:
    """Return the gain of every word that some of the items hold and others don't, best first.

    Of equal gains the first word in the alphabet comes first.

    >>> heap = [item("who sang", "human"), item("how many", "number")]
    >>> [word for _, word in candidates(heap)]
    ['how', 'many', 'sang', 'who']
    """
    held = Counter(word for one in heap for word in one.words)
    dividing = [word for word, n in held.items() if n < len(heap)]
    found = [(gain(heap, word, impurity), word) for word in dividing]
    return sorted(found, key=lambda pair: (-round(pair[0] / CLOSE), pair[1]))


@dataclass
class Heap:
    """A node: its items, and once it has asked its question, the heaps for no and for yes."""

    items: list[Item]
    word: str = ""
    parts: list[Heap] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The commonest label (of equally common ones the first in the alphabet)."""
        counts = tally(self.items)
        return min(counts, key=lambda label: (-counts[label], label))

    def leaves(self) -> list[Heap]:
        """Return the heaps that ask nothing, from no to yes."""
        if not self.parts:
            return [self]
        return [leaf for part in self.parts for leaf in part.leaves()]

    def ask(self, word: str) -> None:
        """Divide the heap by a question."""
        self.word = word
        self.parts = [Heap(part) for part in divide(self.items, word)]

    def find(self, words: Collection[str]) -> Heap:
        """Return the leaf at which a text with these words arrives."""
        here = self
        while here.parts:
            here = here.parts[here.word in words]
        return here


def mixed(root: Heap, impurity: Impurity = gini) -> float:
    """Return the impurity that is left in the leaves, each weighed by its share of the items."""
    n = len(root.items)
    return sum(
        len(leaf.items) / n * impurity(tally(leaf.items).values())
        for leaf in root.leaves()
    )


def next_question(
    root: Heap, words: Collection[str] | None = None, impurity: Impurity = gini
) -> tuple[float, Heap, str] | None:
    """Return the question that lowers the whole tree's impurity most, and the leaf to ask.

    Args:
        root: the tree so far.
        words: the only ones that may be asked; all by default.
        impurity: what is to be lowered.

    Returns:
        The gain for the whole tree, the leaf and the word; None where no leaf that is mixed
        can be divided.
    """
    best: tuple[float, Heap, str] | None = None
    for leaf in root.leaves():
        if len(tally(leaf.items)) < 2:
            continue
        for found, word in candidates(leaf.items, impurity):
            if words is None or word in words:
                whole = found * len(leaf.items) / len(root.items)
                if best is None or whole > best[0] + CLOSE:
                    best = (whole, leaf, word)
                break
    return best


def grow_by_questions(
    items: Sequence[Item], questions: int, impurity: Impurity = gini
) -> Heap:
    """Grow a tree by so many questions, each the one that lowers its impurity most.

    Raises:
        ValueError: there are no items, or the number of questions is negative.

    >>> root = grow_by_questions([item("who sang", "human"), item("how far", "number")], 5)
    >>> root.word, [leaf.label for leaf in root.leaves()]
    ('far', ['human', 'number'])
    """
    if not items:
        raise ValueError("a tree grows from items; give it one or more")
    if questions < 0:
        raise ValueError(f"the tree can't ask {questions} questions; ask 0 or more")
    root = Heap(list(items))
    for _ in range(questions):
        found = next_question(root, None, impurity)
        if found is None:
            break
        _, leaf, word = found
        leaf.ask(word)
    return root
