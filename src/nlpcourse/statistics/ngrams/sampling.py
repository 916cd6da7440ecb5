"""Letting a model write, and finding what it copied."""

from __future__ import annotations

import random
from collections.abc import Container, Sequence

from nlpcourse.statistics.ngrams.counts import mask, require_words
from nlpcourse.statistics.ngrams.smoothing import AbsoluteDiscounting


def draw_word(
    model: AbsoluteDiscounting, context: Sequence[str], generator: random.Random
) -> str:
    """Draw the next word from the model's probabilities.

    The mixture says how: draw from what followed the context, each word as often as its
    discounted count; what was taken off stands for "ask the next shorter context".
    """
    known = tuple(mask(context, model.vocabulary))
    known = known[max(0, len(known) - model.order + 1) :]
    while True:
        if seen := model.followers.get(known):
            words: list[str | None] = [*seen, None]
            weights = [n - model.discount for n in seen.values()]
            taken_off = model.discount * len(seen)
            word = generator.choices(words, [*weights, taken_off])[0]
            if word is not None:
                return word
        if not known:  # below the empty context all words are equally likely
            return generator.choice(sorted(model.vocabulary))
        known = known[1:]


def sample(
    model: AbsoluteDiscounting,
    start: Sequence[str],
    length: int,
    seed: int = 0,
    never: Container[str] = (),
) -> list[str]:
    """Continue *start* by *length* words drawn from the model.

    Args:
        model: an absolute discounting or Kneser–Ney model.
        start: the first words; they may be unknown, and there may be none.
        length: how many words to add.
        seed: of the random numbers.
        never: words that are drawn again, such as ``<unk>``.

    Raises:
        ValueError: the length is negative, the start was not cut into words, or every
            word of the vocabulary is one that is never written.
    """
    if length < 0:
        raise ValueError(f"the length is a number of words, not {length}")
    require_words(start)
    never = {never} if isinstance(never, str) else never
    if all(word in never for word in model.vocabulary):
        raise ValueError("no word of the vocabulary may be written")
    generator = random.Random(seed)
    text = list(start)
    while len(text) < len(start) + length:
        word = draw_word(model, text, generator)
        if word not in never:
            text.append(word)
    return text


def longest_copy(text: Sequence[str], source: Sequence[str]) -> list[str]:
    """Return the longest stretch of *text* that stands word for word in *source*.

    Raises:
        ValueError: one of them was not cut into words.

    >>> longest_copy("or not to be or".split(), "to be or not to be".split())
    ['or', 'not', 'to', 'be']
    """
    require_words(text)
    require_words(source)
    book, longest = f" {' '.join(source)} ", 0
    place = 0
    for start in range(len(text)):
        while start + longest < len(text):
            stretch = f" {' '.join(text[start : start + longest + 1])} "
            if stretch not in book:
                break
            longest, place = longest + 1, start
    return list(text[place : place + longest])
