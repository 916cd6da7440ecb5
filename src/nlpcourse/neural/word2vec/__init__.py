"""Chapter 20: word2vec, a ladder of small files.

`text` makes numbers of words and draws what the model reads, `counting` counts company,
`gradients` has one update by hand, `blocks` has many at once, `vectors` asks the result for
neighbours and analogies, `scores` compares it with what people say, `recipes` says how
``nlpcourse train`` trains it.
"""

from nlpcourse.neural.word2vec.gradients import (
    cbow_gradients,
    negative_sampling_loss,
    skipgram_gradients,
    update,
)
from nlpcourse.neural.word2vec.recipes import RECIPES, load_vectors
from nlpcourse.neural.word2vec.text import (
    Vocabulary,
    draw,
    keep_probability,
    noise_distribution,
    pairs,
)
from nlpcourse.neural.word2vec.vectors import WordVectors

__all__ = [
    "RECIPES",
    "Vocabulary",
    "WordVectors",
    "cbow_gradients",
    "draw",
    "keep_probability",
    "load_vectors",
    "negative_sampling_loss",
    "noise_distribution",
    "pairs",
    "skipgram_gradients",
    "update",
]
