"""A graph as inline SVG: nodes in layers from left to right, arcs with their labels.

The one view of :mod:`nlpcourse.page.views` that is a drawing: an automaton, a tree, a lattice.  Its
text alternative names every node and every arc, so nothing is said by the drawing alone; colours
come from the page's style sheet, and what is *active* is also drawn with a thicker line.

This room uses the standard library alone: it also runs inside the page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Graph = Mapping[str, Any]
Point = tuple[float, float]

RADIUS, ACROSS, DOWN, MARGIN = 17.0, 92.0, 74.0, 30.0
"""Of a node, between layers, between the nodes of a layer, and around it all, in pixels."""


def graph_svg(graph: Graph) -> str:
    """Return the drawing of a graph.

    Args:
        graph: ``nodes``, each with ``id`` and where it applies ``label``, ``start``,
            ``accepting`` and ``active``; ``edges``, each with ``from``, ``to`` and where it
            applies ``label`` and ``active``; ``alt``, or else :func:`told` is the alternative.

    Raises:
        ValueError: an edge comes from a node, or leads to one, that is not there.
    """
    nodes, edges = list(graph.get("nodes", ())), list(graph.get("edges", ()))
    place = layout(nodes, edges)
    pairs = {(str(edge["from"]), str(edge["to"])) for edge in edges}
    shapes, points = [], [*place.values()]
    for edge in sorted(edges, key=lambda edge: bool(edge.get("active"))):
        shape, top = _edge(edge, place, pairs)
        shapes.append(shape)
        points.append(top)
    shapes += [_node(node, place[str(node["id"])]) for node in nodes]
    left = min((x for x, _ in points), default=0.0) - MARGIN - RADIUS
    upper = min((y for _, y in points), default=0.0) - MARGIN
    width = max((x for x, _ in points), default=0.0) + MARGIN - left
    height = max((y for _, y in points), default=0.0) + MARGIN - upper
    alt = escape(str(graph.get("alt") or told(graph)))
    box = f"{left:.0f} {upper:.0f} {width:.0f} {height:.0f}"
    return (
        f'<svg class="nlp-graph__svg" role="img" aria-label="{alt}" viewBox="{box}" '
        f'width="{width:.0f}" height="{height:.0f}">{"".join(shapes)}</svg>'
    )


def told(graph: Graph) -> str:
    """Return a graph in words: its nodes, then its arcs.

    >>> told({"nodes": [{"id": 0, "start": True}, {"id": 1, "accepting": True, "active": True}],
    ...       "edges": [{"from": 0, "to": 1, "label": "a"}]})
    'Start 0; end 1 (active). Arcs: 0 to 1 with a.'
    """
    named = []
    for node in graph.get("nodes", ()):
        kinds = ["start"] * bool(node.get("start")) + ["end"] * bool(
            node.get("accepting")
        )
        mark = " (active)" if node.get("active") else ""
        named.append(
            f"{' and '.join(kinds)} {node.get('label', node['id'])}{mark}".strip()
        )
    label = {
        str(node["id"]): node.get("label", node["id"])
        for node in graph.get("nodes", ())
    }
    arcs = [
        f"{label[str(e['from'])]} to {label[str(e['to'])]}"
        + (f" with {e['label']}" if e.get("label") else "")
        for e in graph.get("edges", ())
        if str(e["from"]) in label and str(e["to"]) in label
    ]
    text = "; ".join(named)
    text = text[:1].upper() + text[1:]
    return f"{text}. Arcs: {'; '.join(arcs)}." if arcs else f"{text}."


def layout(
    nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]]
) -> dict[str, Point]:
    """Return where each node is drawn: its layer is its distance from a start.

    Within a layer nodes stand near those that lead to them.

    Raises:
        ValueError: an edge comes from a node, or leads to one, that is not there.
    """
    layer: dict[str, int] = {}
    known = [str(node["id"]) for node in nodes]
    for edge in edges:
        for end in (str(edge["from"]), str(edge["to"])):
            if end not in known:
                raise ValueError(f"an arc speaks of {end!r}, which is no node")
    starts = [str(node["id"]) for node in nodes if node.get("start")] or known[:1]
    waiting = [*starts, *known]  # what no start reaches begins a layer of its own
    for start in waiting:
        queue = [] if start in layer else [start]
        layer.setdefault(start, 0)
        for name in queue:
            for edge in edges:
                after = str(edge["to"])
                if str(edge["from"]) == name and after not in layer:
                    layer[after] = layer[name] + 1
                    queue.append(after)
    by_layer: dict[int, list[str]] = {}
    for name, depth in layer.items():
        by_layer.setdefault(depth, []).append(name)
    place: dict[str, Point] = {}
    for depth in sorted(by_layer):
        members = by_layer[depth]
        members.sort(key=lambda name: _pull(name, edges, place))
        middle = (len(members) - 1) / 2
        for k, name in enumerate(members):
            place[name] = (depth * ACROSS, (k - middle) * DOWN)
    return place


def _pull(
    name: str, edges: Sequence[Mapping[str, Any]], place: Mapping[str, Point]
) -> float:
    """Return the mean height of the nodes that lead to one and are placed already."""
    before = [
        place[str(e["from"])][1]
        for e in edges
        if str(e["to"]) == name and str(e["from"]) in place
    ]
    return sum(before) / len(before) if before else 0.0


def _node(node: Mapping[str, Any], at: Point) -> str:
    x, y = at
    state = " nlp-graph--active" if node.get("active") else ""
    inner = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS - 4}"/>'
        if node.get("accepting")
        else ""
    )
    arrow = (
        _line((x - RADIUS - 24, y), (x - RADIUS - 2, y))
        if node.get("start")
        else ""
    )
    text = escape(str(node.get("label", node["id"])))
    return (
        f'<g class="nlp-graph__node{state}">{arrow}'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"/>{inner}'
        f'<text x="{x:.1f}" y="{y:.1f}" dy="0.35em">{text}</text></g>'
    )


def _line(start: Point, end: Point) -> str:
    path = f"M{start[0]:.1f} {start[1]:.1f} L{end[0]:.1f} {end[1]:.1f}"
    return f'<path d="{path}"/>' + _tip(
        end, math.atan2(end[1] - start[1], end[0] - start[0])
    )


def _tip(at: Point, angle: float) -> str:
    """Return the head of an arrow that points in a direction."""
    corners = [at]
    for side in (angle + math.pi - 0.42, angle + math.pi + 0.42):
        corners.append((at[0] + 9 * math.cos(side), at[1] + 9 * math.sin(side)))
    path = " L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
    return f'<path class="nlp-graph__tip" d="M{path} Z"/>'


def _edge(
    edge: Mapping[str, Any],
    place: Mapping[str, Point],
    pairs: set[tuple[str, str]],
) -> tuple[str, Point]:
    """Return an arc with its label, and the point where the label stands."""
    one, other = str(edge["from"]), str(edge["to"])
    (x, y), (u, v) = place[one], place[other]
    if one == other:
        top = (x, y - 2.6 * RADIUS)
        start, end = (x - 9, y - RADIUS + 2), (x + 9, y - RADIUS + 2)
        path = (
            f"M{start[0]:.1f} {start[1]:.1f} C{x - 26:.1f} {y - 52:.1f} "
            f"{x + 26:.1f} {y - 52:.1f} {end[0]:.1f} {end[1]:.1f}"
        )
        drawn = f'<path d="{path}"/>' + _tip(end, 1.95)
        return _labelled(edge, drawn, top), top
    bend = _bend((u - x) / ACROSS, v - y, (other, one) in pairs)
    length = math.hypot(u - x, v - y)
    across = ((v - y) / length, -(u - x) / length)  # to the left of the way
    control = (
        (x + u) / 2 + 2 * bend * across[0],
        (y + v) / 2 + 2 * bend * across[1],
    )
    start, end = _rim((x, y), control), _rim((u, v), control)
    path = (
        f"M{start[0]:.1f} {start[1]:.1f} Q{control[0]:.1f} {control[1]:.1f} "
        f"{end[0]:.1f} {end[1]:.1f}"
    )
    drawn = f'<path d="{path}"/>' + _tip(
        end, math.atan2(end[1] - control[1], end[0] - control[0])
    )
    lift = 10 if bend >= 0 else -10
    top = (
        (x + u) / 2 + (bend + lift) * across[0],
        (y + v) / 2 + (bend + lift) * across[1],
    )
    return _labelled(edge, drawn, top), top


def _bend(layers: float, rise: float, both_ways: bool) -> float:
    """Return how far an arc bends away from the straight line, so that it passes other nodes."""
    if layers == 0:  # within a layer
        return 16 + 0.12 * abs(rise) if abs(rise) > DOWN + 1 or both_ways else 8
    if layers == 1:
        return 14 if both_ways else 0
    return 24 + 13 * abs(layers) if layers > 0 else 20 + 14 * abs(layers)


def _rim(centre: Point, towards: Point) -> Point:
    """Return the point of a node's rim in a direction."""
    angle = math.atan2(towards[1] - centre[1], towards[0] - centre[0])
    return (
        centre[0] + (RADIUS + 2) * math.cos(angle),
        centre[1] + (RADIUS + 2) * math.sin(angle),
    )


def _labelled(edge: Mapping[str, Any], drawn: str, at: Point) -> str:
    state = " nlp-graph--active" if edge.get("active") else ""
    label = escape(str(edge.get("label") or ""))
    text = (
        f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" dy="0.35em">{label}</text>'
        if label
        else ""
    )
    return f'<g class="nlp-graph__edge{state}">{drawn}{text}</g>'
