"""Two directions become one set of links: intersection, union, and what grows between them.

Source: Och and Ney (2003), section 4; Koehn et al. (2005), section 3, for growing.
"""

from __future__ import annotations

from nlpcourse.statistics.alignment.links import Links

NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


def turned(links: Links) -> Links:
    """Return links of the other direction as pairs of source and target again.

    >>> turned(frozenset({(0, 3)}))
    frozenset({(3, 0)})
    """
    return frozenset((j, i) for i, j in links)


def grow_diag(forward: Links, backward: Links) -> Links:
    """Start from what both directions say, and add neighbours that one of them says.

    A neighbour touches a link that is already in, at a side or a corner; it comes in if its
    source word or its target word has no link yet.

    >>> forward, backward = frozenset({(0, 0), (1, 1), (3, 2)}), frozenset({(0, 0)})
    >>> sorted(grow_diag(forward, backward))
    [(0, 0), (1, 1)]
    """
    links, union = set(forward & backward), forward | backward
    sources, targets = {i for i, _ in links}, {j for _, j in links}
    growing = True
    while growing:
        growing = False
        for i, j in sorted(union):
            if (i, j) not in links:
                continue
            for down, right in NEIGHBOURS:
                new = (i + down, j + right)
                free = new[0] not in sources or new[1] not in targets
                if new in union and new not in links and free:
                    links.add(new)
                    sources.add(new[0])
                    targets.add(new[1])
                    growing = True
    return frozenset(links)


def final(links: Links, more: Links, both: bool) -> Links:
    """Add links of words that have none: of both words without one, or of either.

    >>> sorted(final(frozenset({(0, 0)}), frozenset({(0, 1), (1, 2)}), both=True))
    [(0, 0), (1, 2)]
    """
    found = set(links)
    sources, targets = {i for i, _ in found}, {j for _, j in found}
    for i, j in sorted(more):
        free = i not in sources, j not in targets
        if all(free) if both else any(free):
            found.add((i, j))
            sources.add(i)
            targets.add(j)
    return frozenset(found)


def grow_diag_final(forward: Links, backward: Links) -> Links:
    """Grow, then add what either direction says of a word that still has no link.

    >>> forward, backward = frozenset({(0, 0), (0, 3)}), frozenset({(0, 0)})
    >>> sorted(grow_diag_final(forward, backward))
    [(0, 0), (0, 3)]
    """
    grown = grow_diag(forward, backward)
    return final(final(grown, forward, both=False), backward, both=False)


def grow_diag_final_and(forward: Links, backward: Links) -> Links:
    """Grow, then add what either direction says of two words that still have no link.

    >>> forward, backward = frozenset({(0, 0), (0, 3)}), frozenset({(0, 0), (5, 5)})
    >>> sorted(grow_diag_final_and(forward, backward))
    [(0, 0), (5, 5)]
    """
    grown = grow_diag(forward, backward)
    return final(final(grown, forward, both=True), backward, both=True)
