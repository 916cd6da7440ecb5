"""Drawings of the chapter: trees, charts, arcs, and how many trees a sentence has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpcourse import plots
from nlpcourse.page.tree import LETTER, as_lists, layout
from nlpcourse.statistics.parsing.binary import REST
from nlpcourse.statistics.parsing.trees import Tree


def draw_trees(trees: Sequence[Tree], notes: Sequence[str]) -> Any:
    """Return a figure of trees, one below the other, each with a note above it."""
    levels = [
        1 + max(p.level for p in layout(as_lists(t.label, t.parts))) for t in trees
    ]
    figure, axes = plots.subplots(
        len(trees),
        figsize=(7, 0.52 * sum(levels) + 0.7 * len(trees)),
        height_ratios=levels,
        squeeze=False,
    )
    for ax, tree, note in zip(axes[:, 0], trees, notes, strict=True):
        _draw_tree(ax, tree)
        ax.set_title(note)
    return figure


def _draw_tree(ax: Any, tree: Tree) -> None:
    ink = ax.xaxis.label.get_color()
    placed = layout(as_lists(tree.label, tree.parts))
    for one in placed:
        if one.above is not None:
            x, level = one.above
            ax.plot([x, one.x], [-level - 0.25, 0.3 - one.level], color=ink, lw=0.8)
        weight = "normal" if one.word else "bold"
        ax.text(
            one.x, -one.level, one.text, ha="center", va="center",
            color=ink, fontweight=weight,
        )  # fmt: skip
    right = max(p.x + len(p.text) * LETTER / 2 for p in placed)
    ax.set(xlim=(0, right + 8), ylim=(-max(p.level for p in placed) - 0.4, 0.4))
    ax.axis("off")


def draw_chart(
    words: Sequence[str],
    chart: Mapping[tuple[int, int], set[str]],
    marked: set[str],
) -> Any:
    """Return a figure of a chart: row i and column j hold what covers words i to j.

    Args:
        words: the sentence.
        chart: for each span what covers it.
        marked: categories whose cells are filled.
    """
    n = len(words)
    figure, ax = plots.subplots(figsize=(7, 0.62 * n + 0.9))
    for i in range(n):
        for j in range(i + 1, n + 1):
            found = [s.replace(REST, "+") for s in sorted(chart.get((i, j), ()))]
            on = bool(marked & chart.get((i, j), set()))
            box = plots.PALETTE[0] if on else "none"
            ax.add_patch(_box(j - 0.5, i - 0.5, box, ax.xaxis.label.get_color()))
            ax.text(j, i, "\n".join(found), ha="center", va="center")
    ax.set(
        xticks=range(1, n + 1), xticklabels=words, yticks=range(n), yticklabels=words,
        xlim=(0.4, n + 0.6), ylim=(n - 0.4, -0.6),
    )  # fmt: skip
    ax.set_xlabel("last word of the span")
    ax.set_ylabel("first word")
    ax.grid(visible=False)
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    return figure


def _box(x: float, y: float, fill: str, ink: str) -> Any:
    from matplotlib.patches import Rectangle

    alpha = None if fill == "none" else 0.3
    return Rectangle(
        (x, y), 1, 1, facecolor=fill, edgecolor=ink, alpha=alpha, lw=0.5
    )


def draw_arcs(
    sentences: Sequence[Sequence[str]],
    heads: Sequence[Sequence[int]],
    labels: Sequence[Sequence[str]],
    titles: Sequence[str] = (),
) -> Any:
    """Return a figure of dependency trees, one below the other: arcs from the head to each word.

    Args:
        sentences: the words of each.
        heads: of each word the place of its head, from 1; 0 is the root.
        labels: of each word what is written on its arc.
        titles: one for each sentence, or none.
    """
    tallest = [max(abs(w - h) for w, h in enumerate(one, 1) if h) for one in heads]
    figure, axes = plots.subplots(
        len(sentences),
        figsize=(7, sum(0.45 * t + 1.2 for t in tallest)),
        height_ratios=[0.45 * t + 1.2 for t in tallest],
        squeeze=False,
    )
    for k, (ax, words) in enumerate(zip(axes[:, 0], sentences, strict=True)):
        places = _places(words, heads[k], labels[k])
        for place, word, head, label in zip(
            places, words, heads[k], labels[k], strict=True
        ):
            ax.text(place, -0.25, word, ha="center", va="top")
            if not head:
                ax.text(place, -1.0, label, ha="center", va="top", style="italic")
        for at, (head, label) in enumerate(zip(heads[k], labels[k], strict=True)):
            if head:
                far = abs(at + 1 - head)
                _draw_arc(ax, places[at], places[head - 1], far, label)
        if titles:
            ax.set_title(titles[k])
        ax.set(xlim=(0, places[-1] + places[0]), ylim=(-1.9, tallest[k] + 0.9))
        ax.axis("off")
    return figure


def _places(
    words: Sequence[str], heads: Sequence[int], labels: Sequence[str]
) -> list[float]:
    """Return where words stand, in letters: neither they nor labels between neighbours touch."""
    wide = [max(map(len, word.split("\n"))) for word in words]
    places = [1 + max(wide[0], wide[-1]) / 2]
    for k in range(1, len(words)):
        over = [labels[d] for d, h in ((k - 1, k), (k, k - 1)) if heads[d] == h + 1]
        room = [
            (wide[k - 1] + wide[k]) / 2 + 2,
            *(len(label) + 5 for label in over),
        ]
        places.append(places[-1] + max(room))
    return places


def _draw_arc(ax: Any, word: float, head: float, height: int, label: str) -> None:
    """Draw an arc with steep sides from a head to a word: labels have room below it."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    start = head + (0.6 if word > head else -0.6)
    middle, reach, top = (start + word) / 2, 0.75 * (word - start) / 2, 0.1 + height
    steep = 0.1 + 0.75 * height
    points = [
        (start, 0.1), (start, steep), (middle - reach, top), (middle, top),
        (middle + reach, top), (word, steep), (word, 0.1),
    ]  # fmt: skip
    path = Path(points, [Path.MOVETO, *[Path.CURVE4] * 6])
    ax.add_patch(PathPatch(path, fill=False, edgecolor=plots.PALETTE[0], lw=1.5))
    ax.plot(word, 0.1, "v", color=plots.PALETTE[0], ms=6)
    ax.text(middle, top + 0.05, label, ha="center", va="bottom")


def draw_counts(lengths: Sequence[int], counts: Sequence[int | float]) -> Any:
    """Return a figure of the number of trees against the number of words, one dot a sentence."""
    figure, ax = plots.subplots(figsize=(5, 3))
    ax.scatter(lengths, counts, s=14, color=plots.PALETTE[0])
    ax.set(yscale="log", xlabel="words of the sentence", ylabel="trees")
    return figure


def draw_attachment(
    names: Sequence[str], by_distance: Sequence[Mapping[str, float]]
) -> Any:
    """Return a figure of the share of right heads by distance, one line for each parser."""
    figure, ax = plots.subplots(figsize=(5, 3))
    for k, (name, shares) in enumerate(zip(names, by_distance, strict=True)):
        ax.plot(
            list(shares), list(shares.values()), marker="osD^"[k % 4],
            color=plots.PALETTE[k], label=name,
        )  # fmt: skip
    ax.set(
        xlabel="words from the head (silver)", ylabel="share with the right head",
        ylim=(0, 1.02),
    )  # fmt: skip
    ax.legend()
    return figure
