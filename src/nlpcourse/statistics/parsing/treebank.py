"""Trees to count rules in: phrases made of dependencies, and what a category stands under."""

from __future__ import annotations

from nlpcourse.statistics.parsing.perceptron import Sentence
from nlpcourse.statistics.parsing.transitions import is_projective, require_tree
from nlpcourse.statistics.parsing.trees import Tree

UNDER = "^"
"""Stands between a category and the one above it."""


def phrases(sentence: Sentence) -> Tree:
    """Return a dependency tree as a tree of phrases, with tags in place of words.

    A word and all that depends on it are a phrase.  It grows outwards from the word by one
    dependent at a time, first on the right and then on the left, and is named by the word's tag.

    Raises:
        ValueError: the heads are no tree, arcs cross, or there are no words.

    >>> sentence = Sentence(("we", "saw", "her"), ("PRON", "VERB", "PRON"), (2, 0, 2))
    >>> str(phrases(sentence))
    '(S (VERB+ (PRON+ PRON) (VERB+ (VERB+ VERB) (PRON+ PRON))))'
    """
    heads, tags = sentence.heads, sentence.tags
    require_tree(heads)
    if not heads or len(heads) != len(tags) or not is_projective(heads):
        raise ValueError(
            "phrases are made of words with tags and heads whose arcs do not cross"
        )

    def grown(word: int) -> Tree:
        label = f"{tags[word - 1]}+"
        tree = Tree(label, (tags[word - 1],))
        below = [w for w, head in enumerate(heads, start=1) if head == word]
        for right in (w for w in below if w > word):
            tree = Tree(label, (tree, grown(right)))
        for left in (w for w in reversed(below) if w < word):
            tree = Tree(label, (grown(left), tree))
        return tree

    return Tree(
        "S", tuple(grown(w) for w, head in enumerate(heads, start=1) if not head)
    )


def under(tree: Tree, above: str = "") -> Tree:
    """Return a tree whose categories also name the category that they stand under.

    Source: Johnson (1998), section 3.

    >>> from nlpcourse.statistics.parsing.trees import read_tree
    >>> str(under(read_tree("(S (NP you) (VP sleep))")))
    '(S (NP^S you) (VP^S sleep))'
    """
    label = f"{tree.label}{UNDER}{above}" if above else tree.label
    return Tree(
        label,
        tuple(
            p if isinstance(p, str) else under(p, tree.label) for p in tree.parts
        ),
    )


def plain(tree: Tree) -> Tree:
    """Return a tree without what :func:`under` added.

    >>> from nlpcourse.statistics.parsing.trees import read_tree
    >>> str(plain(read_tree("(S (NP^S you))")))
    '(S (NP you))'
    """
    return Tree(
        tree.label.split(UNDER)[0],
        tuple(p if isinstance(p, str) else plain(p) for p in tree.parts),
    )


def branching(tags: tuple[str, ...]) -> Tree:
    """Return the tree in which every phrase holds one word and the rest of the sentence.

    It knows nothing and is what a parser must beat; each phrase is named by its first word.

    Raises:
        ValueError: there are no words.

    >>> str(branching(("PRON", "VERB")))
    '(S (PRON+ (PRON+ PRON) (VERB+ VERB)))'
    """
    if not tags:
        raise ValueError("a tree needs at least one word")
    tree = Tree(f"{tags[-1]}+", (tags[-1],))
    for tag in reversed(tags[:-1]):
        tree = Tree(f"{tag}+", (Tree(f"{tag}+", (tag,)), tree))
    return Tree("S", (tree,))
