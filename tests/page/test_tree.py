"""The view of a tree: where its labels stand, and its text alternative."""

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcourse.page.tree import _width, as_lists, brackets, layout, tree_svg
from nlpcourse.page.views import render_views

WORDS = st.text("abcé ", max_size=12)
TREES = st.recursive(
    WORDS,
    lambda inner: st.tuples(WORDS, st.lists(inner, min_size=1, max_size=3)).map(
        list
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=200)
@given(TREES)
def test_nothing_overlaps_and_parents_stand_between_their_children(tree):
    placed = layout(tree)
    by_level: dict[int, list[tuple[float, float]]] = {}
    for one in placed:
        half = _width(one.text) / 2
        assert one.x - half >= -1e-9
        by_level.setdefault(one.level, []).append((one.x - half, one.x + half))
    for level in by_level.values():
        level.sort()
        for (_, right), (left, _) in pairwise(level):
            assert right <= left + 1e-9
    assert sum(one.above is None for one in placed) == 1
    for one in placed:
        children = [c.x for c in placed if c.above == (one.x, one.level)]
        if children:
            assert min(children) - 1e-9 <= one.x <= max(children) + 1e-9


def test_a_tree_is_drawn_with_its_brackets_as_alternative():
    tree = as_lists("S", ["<a>"])
    html = render_views([{"kind": "tree", "tree": tree, "title": "Tree 1"}])
    assert "<figcaption>Tree 1</figcaption>" in html
    assert 'aria-label="(S &lt;a&gt;)"' in html
    assert "<a>" not in html
    assert len(re.findall("<path", html)) == 1
    assert brackets(as_lists("S", [])) == "(S ε)"
    assert tree_svg({"tree": "word", "alt": "one word"}).count("<text") == 1
