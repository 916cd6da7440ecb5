"""The look of every figure: one style, one colour-blind-safe palette, inline and dark-proof.

Figures are shown as inline SVG.  Text and axes take the colour of the surrounding page
(``currentColor``), so that the same figure reads in the light and in the dark.
"""

from __future__ import annotations

import html
import io
import re
from typing import Any

# Okabe and Ito (2008), Color Universal Design; blue, vermilion, green, orange, purple, sky, yellow.
PALETTE = [
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#E69F00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
]
SEQUENTIAL = "cividis"
DIVERGING = "PuOr"

_INK = (
    "#010203"  # stands for the page's own text colour until the figure is written
)
_LARGEST = 200_000  # bytes

COLUMN = 355
"""Pixels of the column that a phone gives to a figure."""
SMALLEST = 9.2
"""Pixels of a figure's text in that column; on a desk, where it is wider, about 15."""

STYLE: dict[str, Any] = {
    "figure.figsize": (7.0, 3.6),
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "axes.facecolor": "none",
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.titlecolor": _INK,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": _INK,
    "grid.alpha": 0.15,
    "grid.linewidth": 0.6,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "font.size": 10,
    "image.cmap": SEQUENTIAL,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
}


def use_style() -> None:
    """Make the course's style the default of Matplotlib in this process."""
    import matplotlib
    from cycler import cycler

    matplotlib.rcParams.update(STYLE)
    matplotlib.rcParams["axes.prop_cycle"] = cycler(color=PALETTE)


def subplots(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
    """Return Matplotlib's figure and axes in the course's style (arguments as ``plt.subplots``)."""
    import matplotlib.pyplot as plt

    use_style()
    figure, axes = plt.subplots(*args, **kwargs)
    return figure, axes


class Figure:
    """An inline SVG with alternative text and caption."""

    def __init__(self, svg: str, name: str, alt: str, caption: str) -> None:
        """Keep the parts; ``_repr_html_`` joins them."""
        self.svg = svg
        self.name = name
        self.alt = alt
        self.caption = caption

    def __repr__(self) -> str:
        return f"Figure {self.name}: {self.alt}"

    def _repr_html_(self) -> str:
        label = html.escape(self.alt, quote=True)
        svg = self.svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
        caption = (
            f"<figcaption>{html.escape(self.caption)}</figcaption>"
            if self.caption
            else ""
        )
        return f'<figure class="nlp-figure" id="figure-{self.name}">{svg}{caption}</figure>'


def show(figure: Any, name: str, alt: str, caption: str = "") -> None:
    """Display a Matplotlib figure as inline SVG and close it.

    Args:
        figure: a Matplotlib figure.
        name: the figure's name in the book, starting with the chapter's number.
        alt: what is to be seen, for a reader who does not see it.
        caption: what to notice, below the figure.

    Raises:
        ValueError: the alternative text is missing or the SVG is larger than 200 KB.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display

    svg = to_svg(figure, name, alt)
    plt.close(figure)
    display(Figure(svg, name, alt, caption))


def set_one_size(figure: Any) -> None:
    """Give all text of a figure the one size that can be read on a phone.

    A figure takes the width of its column, so the size in points follows the figure's width: on
    the page the text of a figure of seven inches is as large as that of a figure of five.
    """
    from matplotlib.text import Text

    size = SMALLEST * figure.get_figwidth() * 72 / COLUMN
    for axes in figure.axes:
        axes.tick_params(which="both", labelsize=size)
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_offset_text().set_fontsize(size)
    for text in figure.findobj(Text):
        text.set_fontsize(size)


def to_svg(figure: Any, name: str, alt: str) -> str:
    """Return the figure as SVG text whose ink is ``currentColor``; see :func:`show`."""
    import matplotlib

    if len(alt.split()) < 4:
        raise ValueError(
            f"figure {name!r} needs alternative text that says what is to be seen"
        )
    set_one_size(figure)
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
        figure.savefig(
            buffer, format="svg", metadata={"Date": None, "Creator": None}
        )
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # lines that nobody gave a colour, such as the whiskers of bars, are black: ink, too
    svg = svg.replace("stroke: #000000", f"stroke: {_INK}")
    svg = svg.replace(_INK, "currentColor")
    # Matplotlib's style sheet would reach the whole page; its two rules go onto the root instead.
    svg = re.sub(
        r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, count=1, flags=re.DOTALL
    )
    svg = re.sub(r"font(-family)?: ('[^;\"]*|[^;\"]*?px '[^;\"]*)", _page_font, svg)
    svg = re.sub(r' width="[^"]*pt" height="[^"]*pt"', "", svg, count=1)
    svg = svg.replace(
        "<svg ", '<svg stroke-linejoin="round" fill="currentColor" ', 1
    )
    svg = re.sub(r"\n\s*", "\n", svg)
    if len(svg.encode()) > _LARGEST:
        raise ValueError(
            f"figure {name!r} is {len(svg.encode()) // 1000} KB; thin the points or rasterize "
            f"them (limit {_LARGEST // 1000} KB)"
        )
    return svg


def _page_font(declaration: re.Match[str]) -> str:
    """Keep the size that Matplotlib gave a text and leave the family to the page."""
    size = re.search(r"([\d.]+)px", declaration.group(0))
    return f"font-size: {size.group(1)}px" if size else "font-family: inherit"
