"""The classifier of AllenNLP's modules, as they live on in allennlp-light."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

from nlpcourse.neural.cnn.data import PADDING
from nlpcourse.neural.frameworks import in_pytorch, retired
from nlpcourse.neural.frameworks.task import Sizes, Weights

probabilities = in_pytorch.probabilities
weights_of = in_pytorch.weights_of
train = in_pytorch.train
save = in_pytorch.save
steps = in_pytorch.steps


class Classifier(nn.Module):
    """An embedding, an encoder of sequences, a feed-forward block, a projection."""

    def __init__(self, words: int, size: int, hidden: int, classes: int) -> None:
        """Make the parts by the names that AllenNLP gave them."""
        super().__init__()
        retired.stand_in()
        from allennlp_light.modules.feedforward import FeedForward
        from allennlp_light.modules.seq2vec_encoders import BagOfEmbeddingsEncoder

        self.embedder = nn.Embedding(words, size, padding_idx=PADDING)
        self.encoder = BagOfEmbeddingsEncoder(size, averaged=True)
        self.feedforward = FeedForward(size, 1, hidden, nn.ReLU())
        self.projection = nn.Linear(hidden, classes)

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        """Return a score for every kind of question, (rows, classes)."""
        mean = self.encoder(self.embedder(numbers), mask=numbers != PADDING)
        scores: torch.Tensor = self.projection(self.feedforward(mean))
        return scores


def fresh(sizes: Sizes, seed: int) -> Classifier:
    """Return the classifier with its own initial weights.

    AllenNLP's ``Embedding`` did not move to allennlp-light; it drew by Glorot's rule
    (``torch.nn.init.xavier_uniform_``), and so does this.
    """
    torch.manual_seed(seed)
    model = Classifier(*sizes)
    nn.init.xavier_uniform_(model.embedder.weight)
    return model


def build(weights: Weights) -> Classifier:
    """Return the classifier with given weights."""
    model = fresh(weights.sizes, seed=0)
    with torch.no_grad():
        for theirs, ours in zip(model.parameters(), weights.arrays(), strict=True):
            flat = ours if ours is weights.table else ours.T
            theirs.copy_(torch.tensor(flat))
    return model


def load(folder: Path, sizes: Sizes) -> Any:
    """Return the model again."""
    model = Classifier(*sizes)
    model.load_state_dict(torch.load(folder / "model.pt", weights_only=True))
    return model


def configured(text: str, size: int = 64) -> str:
    """Return what a piece of an AllenNLP configuration makes, as text.

    Args:
        text: JSON with a ``type``, which is the name of an encoder of sequences, and the
            arguments that it is called with.
        size: numbers of a vector, which another part of the file would say.

    Raises:
        ValueError: the text is no such piece.
    """
    retired.stand_in()
    from allennlp_light.modules.seq2vec_encoders import Seq2VecEncoder

    try:
        told = json.loads(text)
        kind = told.pop("type")
    except (ValueError, AttributeError, KeyError, TypeError):
        raise ValueError(
            f"a configuration is a JSON object with a type, not {text!r}"
        ) from None
    encoder = Seq2VecEncoder.by_name(kind)(size, **told)
    shown = ", ".join(f"{key}={value}" for key, value in told.items())
    return f"{type(encoder).__name__}({size}, {shown})"
