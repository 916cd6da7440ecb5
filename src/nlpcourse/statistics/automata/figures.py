"""Drawings of the chapter: machines, and the table of an edit distance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from nlpcourse import plots
from nlpcourse.page.graph import layout
from nlpcourse.statistics.automata.dfa import Dfa
from nlpcourse.statistics.automata.distance import distances, edits
from nlpcourse.statistics.automata.graphs import dfa_graph, nfa_graph
from nlpcourse.statistics.automata.nfa import Nfa

RADIUS = 0.24


def draw_machine(machine: Dfa | Nfa) -> Any:
    """Return a figure of one machine, without its traps."""
    figure, axes = plots.subplots(figsize=(5, 1.2))
    draw_on(axes, machine)
    return figure


def draw_machines(named: Mapping[str, Dfa | Nfa]) -> Any:
    """Return a figure of several machines, one below the other, each with its title."""
    figure, axes = plots.subplots(len(named), figsize=(7, 1.3 * len(named)))
    for ax, (title, machine) in zip(axes, named.items(), strict=True):
        draw_on(ax, machine, width=12.3)
        ax.set_title(title)
    return figure


def draw_on(ax: Any, machine: Dfa | Nfa, width: float = 5.0) -> None:
    """Draw a machine on axes: arcs with labels, a double ring where a text may end."""
    nothing: frozenset[int] = frozenset()
    graph = (
        dfa_graph(machine)
        if isinstance(machine, Dfa)
        else nfa_graph(machine, nothing)
    )
    nodes, edges = graph["nodes"], graph["edges"]
    place = {k: (x / 92, -y / 92) for k, (x, y) in layout(nodes, edges).items()}
    pairs = {(e["from"], e["to"]) for e in edges}
    points = list(place.values())
    for edge in edges:
        both_ways = (edge["to"], edge["from"]) in pairs
        points.append(_arc(ax, edge, place, both_ways))
    for node in nodes:
        _node(ax, node, *place[str(node["id"])])
    right, low = max(x for x, _ in points) + 0.4, min(y for _, y in points) - 0.35
    ax.set(xlim=(-0.65, max(right, width - 0.65)))
    ax.set(ylim=(min(low, -0.5), max(0.4, *(y + 0.2 for _, y in points))))
    ax.set_aspect("equal", anchor="W")
    ax.axis("off")


def _node(ax: Any, node: Mapping[str, Any], x: float, y: float) -> None:
    from matplotlib.patches import Circle

    ink = ax.xaxis.label.get_color()
    for ring in (RADIUS, RADIUS - 0.05) if node["accepting"] else (RADIUS,):
        ax.add_patch(Circle((x, y), ring, fill=False, ec=ink, lw=1))
    ax.text(x, y, str(node["id"]), ha="center", va="center")
    if node["start"]:
        arrow = {"arrowstyle": "-|>", "color": ink}
        ax.annotate("", (x - RADIUS, y), (x - 0.6, y), arrowprops=arrow)


def _arc(
    ax: Any,
    edge: Mapping[str, Any],
    place: Mapping[str, tuple[float, float]],
    both_ways: bool,
) -> tuple[float, float]:
    """Draw an arc and its label; return where the label stands."""
    from matplotlib.patches import FancyArrowPatch

    (x, y), (u, v) = place[str(edge["from"])], place[str(edge["to"])]
    if edge["from"] == edge["to"]:
        start, end, bend, gap = (x - 0.1, y + 0.22), (x + 0.1, y + 0.22), -1.9, 0.0
        label = (x, y + 0.62)
    else:
        start, end, gap = (x, y), (u, v), 9.0
        bend = _bend(u - x, both_ways)
        label = ((x + u + bend * (v - y)) / 2, (y + v - bend * (u - x)) / 2)
        label = (label[0], label[1] + (-0.15 if bend and u >= x else 0.15))
    arrow = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=9,
        color=ax.xaxis.label.get_color(),
        lw=1,
        connectionstyle=f"arc3,rad={bend}",
        shrinkA=gap,
        shrinkB=gap,
    )
    ax.add_patch(arrow)
    ax.text(*label, edge["label"], ha="center", va="center")
    return label


def _bend(layers: float, both_ways: bool) -> float:
    """Return how much an arc bends: more, the more nodes it has to pass."""
    if abs(layers) < 1.5:
        return 0.3 if both_ways else 0.0
    return 0.33


def draw_distances(first: str, second: str) -> Any:
    """Return a figure of the table of an edit distance, with the way back marked."""
    table = distances(first, second)
    figure, ax = plots.subplots(figsize=(5, 0.42 * (len(first) + 3)))
    i = j = 0
    way = [(0, 0)]
    for edit in edits(first, second):
        i, j = i + len(edit.old), j + len(edit.new)
        way.append((i, j))
    for y, row in enumerate(table):
        for x, number in enumerate(row):
            bold = "bold" if (y, x) in way else "normal"
            ax.text(x, y, str(number), ha="center", va="center", fontweight=bold)
    for (a, b), (c, d) in pairwise(way):
        ax.plot(
            [b, d],
            [a, c],
            lw=13,
            alpha=0.3,
            color=plots.PALETTE[0],
            solid_capstyle="round",
        )
    _label(ax, first, second)
    return figure


def _label(ax: Any, first: Sequence[str], second: Sequence[str]) -> None:
    """Write the letters of two words along the sides of a table."""
    ax.set(
        xticks=range(len(second) + 1), yticks=range(len(first) + 1),
        xticklabels=["", *second], yticklabels=["", *first],
        xlim=(-0.6, len(second) + 0.6), ylim=(len(first) + 0.6, -0.6),
    )  # fmt: skip
    ax.xaxis.tick_top()
    ax.grid(visible=False)
    for side in ax.spines.values():
        side.set_visible(False)
    ax.tick_params(length=0)
