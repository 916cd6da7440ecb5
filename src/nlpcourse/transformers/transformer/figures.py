"""The chapter's larger figures: what is drawn, apart from what is said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from nlpcourse import plots
from nlpcourse.neural.seq2seq.pronunciation import LETTERS, SOUNDS
from nlpcourse.neural.seq2seq.symbols import BEGIN, END
from nlpcourse.transformers.transformer.model import Transformer
from nlpcourse.transformers.transformer.tasks import answers


def looks(model: Transformer, word: str) -> Any:
    """Draw where the model looks in *word* for each of its sounds, heads averaged."""
    source = [*LETTERS.encode(word), END]
    (written,) = answers(model, [source[:-1]])
    with torch.no_grad():
        model(torch.tensor([source]), torch.tensor([[BEGIN, *written]]))
    weights = model.look_across[0].mean(dim=0)  # (sounds + end, letters + end)
    fig, axis = plots.subplots(figsize=(5, 3.6))
    axis.imshow(weights, vmin=0)
    axis.set_xticks(range(len(source)), [*word, "end"])
    axis.set_yticks(range(len(written) + 1), [*SOUNDS.decode(written), "end"])
    axis.grid(False)
    return fig


def side_by_side(
    means: Mapping[str, Sequence[float]], spreads: Mapping[str, Sequence[float]]
) -> Any:
    """Draw two panels of bars with error bars: words wrong and BLEU, Transformer and LSTM."""
    fig, axes = plots.subplots(1, 2, figsize=(7, 2.8))
    titles = ("words wrong, CMUdict (%)", "BLEU, English to Spanish")
    for place, (axis, title) in enumerate(zip(axes, titles, strict=True)):
        names = list(means)
        axis.bar(
            names,
            [means[name][place] for name in names],
            yerr=[spreads[name][place] for name in names],
            capsize=4,
            color=plots.PALETTE[: len(names)],
        )
        axis.set_ylabel(title)
    return fig
