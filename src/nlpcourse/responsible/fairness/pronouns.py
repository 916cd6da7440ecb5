"""He or she: what a text writes beside an occupation, and what a language model expects there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

SHE = frozenset(("she", "her", "hers", "herself"))
HE = frozenset(("he", "him", "his", "himself"))
FRAMES = (
    "The {occupation} said that",
    "The {occupation} was late because",
    "I met the {occupation} yesterday, and",
)


def pronoun_shares(
    sentences: Iterable[Sequence[str]], occupations: Sequence[str], least: int = 20
) -> dict[str, float]:
    """Return for each occupation which share of the pronouns in its sentences are *she*'s.

    Args:
        sentences: of words.
        occupations: words in lower case; *Carpenter*, the name, is not *carpenter*.
        least: pronouns that an occupation must have beside it; rarer ones are left out.

    Raises:
        ValueError: *least* is below 1.

    >>> pronoun_shares([["the", "nurse", "lost", "her", "hat"]], ["nurse"], least=1)
    {'nurse': 1.0}
    """
    if least < 1:
        raise ValueError(f"a share of {least} pronouns is none; give 1 or more")
    counts = {word: [0, 0] for word in occupations}
    for sentence in sentences:
        she = sum(word.lower() in SHE for word in sentence)
        he = sum(word.lower() in HE for word in sentence)
        if she or he:
            for word in counts.keys() & set(sentence):
                counts[word][0] += she
                counts[word][1] += he
    return {
        word: she / (she + he)
        for word, (she, he) in counts.items()
        if she + he >= least
    }


def sentences_of(words: Sequence[str]) -> list[list[str]]:
    """Cut running words at full stops.

    >>> sentences_of("He left . She stayed .".split())
    [['He', 'left'], ['She', 'stayed']]
    """
    found: list[list[str]] = [[]]
    for word in words:
        if word == ".":
            found.append([])
        else:
            found[-1].append(word)
    return [sentence for sentence in found if sentence]


def everyday_words(words: Sequence[str], least: int = 5) -> frozenset[str]:
    """Return words that are written in lower case more often than with a capital: no names.

    Raises:
        ValueError: *least* is below 1.
    """
    if least < 1:
        raise ValueError(f"words that occur {least} times are none; give 1 or more")
    counts = Counter(words)
    return frozenset(
        word
        for word, count in counts.items()
        if word.islower()
        and word.isalpha()
        and count >= least
        and count > counts[word.capitalize()]
    )


@torch.no_grad()
def preference(
    model: Callable[[Tensor], Tensor],
    encode: Callable[[str], Tensor],
    prompt: str,
    one: str = " she",
    other: str = " he",
) -> float:
    """Return log P(one | prompt) − log P(other | prompt) of a language model, in nats.

    Args:
        model: maps ids (1, T) to logits (1, T, V).
        encode: maps a text to ids (1, T).
        prompt: what stands before.
        one: a continuation of one token.
        other: another one.

    Raises:
        ValueError: a continuation is not one token.
    """
    tokens = [encode(text).flatten().tolist() for text in (one, other)]
    if any(len(ids) != 1 for ids in tokens):
        raise ValueError(f"{one!r} and {other!r} must be one token each")
    logits = model(encode(prompt))[0, -1].double()
    return float(logits[tokens[0][0]] - logits[tokens[1][0]])


def preferences(
    model: Callable[[Tensor], Tensor],
    encode: Callable[[str], Tensor],
    occupations: Sequence[str],
    frames: Sequence[str] = FRAMES,
) -> dict[str, list[float]]:
    """Return the preference for *she* after every frame, for every occupation."""
    return {
        word: [
            preference(model, encode, frame.format(occupation=word))
            for frame in frames
        ]
        for word in occupations
    }
