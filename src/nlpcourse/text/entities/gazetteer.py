"""A gazetteer: names in a list, found in a text by the longest match.

What it does not handle: a name that is not in the list, and a name that is also a common word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from nlpcourse.text.entities.spans import Entity, read_tags

END = ""
"""The key under which a node of the tree keeps the type of the name that ends there."""

Node = dict[str, "Node | str"]


def build_tree(names: Mapping[str, str]) -> Node:
    """Return a tree of words: names that begin alike share their beginning.

    Args:
        names: from a name, its words with a space between, to its type.

    Raises:
        ValueError: a name has no words.

    >>> build_tree({"New York": "place", "New York Times": "paper"})
    {'new': {'york': {'': 'place', 'times': {'': 'paper'}}}}
    """
    root: Node = {}
    for name, kind in names.items():
        words = name.lower().split()
        if not words:
            raise ValueError("a name has no words; leave the empty entry out")
        node = root
        for word in words:
            below = node.setdefault(word, {})
            assert isinstance(below, dict)  # only END leads to a type
            node = below
        node[END] = kind
    return root


def all_matches(tree: Node, words: Sequence[str]) -> list[Entity]:
    """Return every name of the tree in *words*, also names within names; capitals don't matter.

    >>> tree = build_tree({"New York": "place", "New York Times": "paper"})
    >>> [match[:2] for match in all_matches(tree, "the New York Times".split())]
    [(1, 3), (1, 4)]
    """
    found = []
    for start in range(len(words)):
        node: Node | str | None = tree
        for end in range(start, len(words) + 1):
            if not isinstance(node, dict):
                break
            kind = node.get(END)
            if isinstance(kind, str):
                found.append(Entity(start, end, kind))
            if end < len(words):
                node = node.get(words[end].lower() or " ")
    return found


def longest(matches: Iterable[Entity]) -> list[Entity]:
    """Return matches that do not overlap: the longest first, of equals the one further left.

    >>> longest([Entity(1, 3, "place"), Entity(1, 4, "paper"), Entity(3, 5, "film")])
    [Entity(start=1, end=4, kind='paper')]
    """
    taken: set[int] = set()
    kept = []
    for match in sorted(matches, key=lambda m: (m.start - m.end, m.start)):
        if taken.isdisjoint(range(match.start, match.end)):
            taken.update(range(match.start, match.end))
            kept.append(match)
    return sorted(kept)


def find_names(tree: Node, words: Sequence[str]) -> list[Entity]:
    """Return the names of the tree in *words* by the longest match.

    >>> find_names(build_tree({"New York": "place"}), ["In", "NEW", "York"])
    [Entity(start=1, end=3, kind='place')]
    """
    return longest(all_matches(tree, words))


Tagged = Sequence[Sequence[tuple[str, str]]]


def collect_names(texts: Tagged) -> dict[str, str]:
    """Return every name of tagged texts with the type that it has most often.

    >>> collect_names([[("in", "O"), ("New", "B-place"), ("York", "I-place")]])
    {'new york': 'place'}
    """
    types: dict[str, Counter[str]] = {}
    for text in texts:
        for start, end, kind in read_tags([tag for _, tag in text]):
            name = " ".join(word.lower() for word, _ in text[start:end])
            types.setdefault(name, Counter())[kind] += 1
    return {name: counts.most_common(1)[0][0] for name, counts in types.items()}


def reliability(names: Mapping[str, str], texts: Tagged) -> dict[str, float]:
    """Return for each name how often a match of it in *texts* is that entity, as a share.

    A name that the texts do not hold gets 0.

    >>> texts = [[("may", "B-person")], [("may", "O")]]
    >>> reliability({"may": "person"}, texts)
    {'may': 0.5}
    """
    tree = build_tree(names)
    seen: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for text in texts:
        words = [word for word, _ in text]
        gold = set(read_tags([tag for _, tag in text]))
        for match in find_names(tree, words):
            name = " ".join(words[match.start : match.end]).lower()
            seen[name] += 1
            right[name] += match in gold
    return {name: right[name] / max(1, seen[name]) for name in names}
