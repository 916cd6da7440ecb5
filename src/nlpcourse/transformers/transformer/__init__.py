"""Chapter 29: the Transformer, a ladder of small files in the paper's order.

`positions` says where a token stands, `layers` builds one storey, `model` stacks them, `learning`
holds the paper's schedule and its smoothed loss, `tasks` and `recipes` train it to pronounce and
to translate.
"""

from nlpcourse.transformers.transformer.layers import (
    DecoderLayer,
    EncoderLayer,
    FeedForward,
    LayerNorm,
    Residual,
    layer_norm,
)
from nlpcourse.transformers.transformer.learning import (
    smoothed_cross_entropy,
    warm_up_rate,
)
from nlpcourse.transformers.transformer.model import (
    Stacks,
    Transformer,
    stacks_from_torch,
)
from nlpcourse.transformers.transformer.positions import positional_encoding
from nlpcourse.transformers.transformer.recipes import RECIPES

__all__ = [
    "RECIPES",
    "DecoderLayer",
    "EncoderLayer",
    "FeedForward",
    "LayerNorm",
    "Residual",
    "Stacks",
    "Transformer",
    "layer_norm",
    "positional_encoding",
    "smoothed_cross_entropy",
    "stacks_from_torch",
    "warm_up_rate",
]
