"""Losing count: made-up words of one syllable, repeated, and of many different ones."""

from __future__ import annotations

import random

from nlpcourse.neural.seq2seq import pronunciation
from nlpcourse.neural.seq2seq.model import Seq2Seq
from nlpcourse.neural.seq2seq.teaching import write_all

CONSONANTS, VOWELS = "bdfgklmnprtvz", "aio"


def made_up(syllables: int, repeated: bool, words: int, seed: int) -> list[str]:
    """Return words of consonant and vowel in turn: one syllable again, or any.

    Raises:
        ValueError: a word would have no syllables.

    >>> made_up(3, True, 1, seed=1), made_up(3, False, 1, seed=1)
    (['fofofo'], ['fozaka'])
    """
    if syllables < 1:
        raise ValueError(f"a word of {syllables} syllables is none; give 1 or more")
    rng = random.Random(seed)

    def syllable() -> str:
        return rng.choice(CONSONANTS) + rng.choice(VOWELS)

    if repeated:
        return [syllable() * syllables for _ in range(words)]
    return ["".join(syllable() for _ in range(syllables)) for _ in range(words)]


def count_kept(
    model: Seq2Seq, syllables: int, repeated: bool, words: int = 40, seed: int = 0
) -> float:
    """Return how often a made-up word comes out with all its consonants, none more.

    Args:
        model: a pronouncer.
        syllables: of every word.
        repeated: one syllable again and again, or any.
        words: that are tried.
        seed: of the words.

    Raises:
        ValueError: there are no syllables or no words.
    """
    if words < 1:
        raise ValueError(f"{words} words: there is nothing to count")
    tried = made_up(syllables, repeated, words, seed)
    outputs = write_all(model, [pronunciation.LETTERS.encode(w) for w in tried], 1)
    kept = 0
    for output in outputs:
        sounds = pronunciation.SOUNDS.decode(output)
        kept += sum(sound[0] not in "AEIOU" for sound in sounds) == syllables
    return kept / words
