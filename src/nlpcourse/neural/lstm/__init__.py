"""Chapter 23: LSTM and GRU, a ladder of small files.

`cells` takes one step, `layers` walks a sequence, `distance` measures how far a gradient reaches,
`language_model` and `tagger` do the two tasks, `recipes` says how ``nlpcourse train`` trains them.
"""

from nlpcourse.neural.lstm.cells import ChoGRUCell, GRUCell, LSTMCell, PlainCell
from nlpcourse.neural.lstm.layers import (
    Recurrent,
    from_torch,
    open_forget_gates,
    unroll,
)
from nlpcourse.neural.lstm.recipes import RECIPES

__all__ = [
    "RECIPES",
    "ChoGRUCell",
    "GRUCell",
    "LSTMCell",
    "PlainCell",
    "Recurrent",
    "from_torch",
    "open_forget_gates",
    "unroll",
]
