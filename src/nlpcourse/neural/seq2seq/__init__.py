"""Chapter 25: sequence to sequence with attention, a ladder of small files.

`symbols` numbers letters, sounds and pieces; `pronunciation`, `translation` and
`alignment` are the three tasks with their data, splits and measures; `attention`
scores and weighs; `model` joins an encoder and a decoder; `search` writes outputs;
`bleu` judges them; `recipes` says how ``nlpcourse train`` trains; `translate` walks
one sentence through the trained translator.
"""

from nlpcourse.neural.seq2seq.attention import (
    AdditiveScore,
    DotScore,
    GeneralScore,
    attend,
)
from nlpcourse.neural.seq2seq.model import Decoder, Encoder, Memory, Seq2Seq
from nlpcourse.neural.seq2seq.recipes import RECIPES
from nlpcourse.neural.seq2seq.search import beam_search, greedy_search

__all__ = [
    "RECIPES",
    "AdditiveScore",
    "Decoder",
    "DotScore",
    "Encoder",
    "GeneralScore",
    "Memory",
    "Seq2Seq",
    "attend",
    "beam_search",
    "greedy_search",
]
