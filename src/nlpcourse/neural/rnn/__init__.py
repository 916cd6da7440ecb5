"""Chapter 22: recurrent networks, a ladder of small files.

`by_hand` reads forwards and goes back through time without automatic gradients,
`characters` trains a model of letters with it, `distance` measures how far gradients
travel, `language_model` predicts words, `recipes` says how ``nlpcourse train`` trains.
"""

from nlpcourse.neural.rnn.by_hand import (
    backward,
    clip,
    draw_weights,
    forward,
    from_torch,
    loss_and_gradients,
    spectral_radius,
    step,
)
from nlpcourse.neural.rnn.recipes import RECIPES

__all__ = [
    "RECIPES",
    "backward",
    "clip",
    "draw_weights",
    "forward",
    "from_torch",
    "loss_and_gradients",
    "spectral_radius",
    "step",
]
