"""Checks of the exercises of chapter 31, GPT."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from nlpcourse.checks import Hint, exercise, parameters
from nlpcourse.transformers.gpt.language_models import (
    plays_alphabet,
    plays_split,
    token_costs,
)
from nlpcourse.transformers.gpt.model import GPT, GPTConfig
from nlpcourse.transformers.gpt.recipes import load_shakespeare
from nlpcourse.transformers.gpt.sampling import repeated_share

# the sizes of GPT-2's smallest model
GPT2 = (50_257, 1024, 768, 12)


@exercise("31.1")
def count_numbers(answer: Callable[[int, int, int, int], int]) -> str:
    """Count a GPT's parameters without making one."""
    for sizes in ((10, 6, 4, 1), (10, 6, 4, 3), (30, 9, 8, 2)):
        vocabulary, context, size, layers = sizes
        model = GPT(GPTConfig(vocabulary, context, size, layers, heads=2))
        right = sum(weight.numel() for weight in model.parameters())
        got = answer(*sizes)
        if got == right:
            continue
        shown = (
            f"For {vocabulary} tokens, {context} places, {size} channels, {layers} "
        )
        shown += f"block{'s' if layers > 1 else ''} you count {got}: "
        missing = right - got
        if missing == -vocabulary * size:
            raise Hint(f"{shown}does the table of tokens stand in the model twice?")
        if missing == context * size:
            raise Hint(f"{shown}what tells the model where a token stands?")
        if missing == 2 * size:
            raise Hint(f"{shown}which part comes after the last block?")
        if missing == layers * 9 * size:
            raise Hint(f"{shown}which numbers does a linear layer add at its end?")
        if missing == layers * 4 * size:
            raise Hint(
                f"{shown}what stands before attention and before the network?"
            )
        if layers > 1 and got == answer(vocabulary, context, size, 1):
            raise Hint(f"{shown}should three blocks count as much as one?")
        raise Hint(
            f"{shown}{abs(missing)} too {'few' if missing > 0 else 'many'}. Which "
            "matrices has a block, and what does each of its parts add?"
        )
    if answer(*GPT2) != 124_439_808:
        raise Hint("GPT-2's smallest model comes out wrong. Is anything rounded?")
    return (
        "With GPT-2's sizes your function gives 124,439,808, nearly a third of which is the "
        "table of tokens. The paper's first version said 117 million and was wrong."
    )


@exercise("31.2")
def cache_bytes(answer: Callable[[int, int, int, int], int]) -> str:
    """Say how much memory the keys and values of a text take."""
    layers, heads, size, tokens = 30, 3, 64, 1000
    got = answer(layers, heads, size, tokens)
    right = 2 * layers * heads * size * tokens * 2
    if got * 2 == right:
        raise Hint("Half of it. What does a head keep of a token beside its key?")
    if got == right * tokens:
        raise Hint(
            "Is anything kept for every pair of tokens, or once for each token?"
        )
    if got == right // 2 * 4:
        raise Hint("How many bytes has a number of 16 bits?")
    if got * layers == right:
        raise Hint("Can one block read the keys of another, or has each its own?")
    for other in ((1, 1, 1, 1), (12, 12, 64, 1024), (2, 3, 5, 7)):
        a, b, c, d = other
        if answer(*other) != 4 * a * b * c * d:
            raise Hint(
                f"For {a} blocks, {b} heads of {c} numbers and {d} tokens you say "
                f"{answer(*other)}. How many numbers are kept per token and block?"
            )
    if got != right:
        raise Hint(
            f"You say {got} for SmolLM2 after {tokens} tokens. Which part is off?"
        )
    return (
        "With a key and a value for each of its nine heads of queries SmolLM2's cache would be "
        "three times as large: that is what sharing keys and values buys."
    )


def _draw_min_p(rng: random.Random) -> dict[str, Any]:
    return {"seed": rng.randrange(1000), "share": rng.choice([0.05, 0.1, 0.2, 0.3])}


@exercise("31.3", parameters=_draw_min_p)
def min_p(answer: Callable[[Tensor, float], Tensor]) -> str:
    """Keep the tokens that are at least some share as likely as the likeliest."""
    p = parameters("31.3")
    generator = torch.Generator().manual_seed(p["seed"])
    logits = 2 * torch.randn(3, 12, generator=generator)
    for share in (p["share"], 0.5, 1.0, 0.001):
        got = answer(logits.clone(), share)
        shares = logits.softmax(dim=-1)
        keep = shares >= share * shares.max(dim=-1, keepdim=True).values
        if not isinstance(got, Tensor) or got.shape != logits.shape:
            raise Hint("What should come back? A tensor of the logits' own shape.")
        found = got.isfinite()
        if torch.equal(got, shares) or torch.equal(got, shares.where(keep, 0.0)):
            raise Hint("Those are probabilities. What does the next filter expect?")
        if bool((got[~keep] == 0).any()) and not bool((logits[~keep] == 0).any()):
            raise Hint(
                "A dropped token has the logit 0 in yours. What does the softmax make of "
                "0, and of which number does it make nothing?"
            )
        by_row = shares >= share * shares.max()
        if not torch.equal(keep, by_row) and torch.equal(found, by_row):
            raise Hint(
                "Each row is a text of its own. Over which axis did you take the maximum?"
            )
        absolute = shares >= share
        if not torch.equal(keep, absolute) and torch.equal(found, absolute):
            raise Hint(
                f"You keep what has a probability of {share}. Is that a share of the "
                "likeliest token's?"
            )
        if not torch.equal(found, keep):
            raise Hint(
                f"With a share of {share} you keep {found.sum(-1).tolist()} tokens in the "
                f"three rows. Is the likeliest kept, and does a tie with the bound count?"
            )
        if not torch.equal(got[keep], logits[keep]):
            raise Hint("The kept logits have changed. Should they?")
    return (
        "Top-p looks at the sum, this filter at each token beside the best one. It needs no "
        "sorting: a probability above p · max is a logit above max + ln p."
    )


Rule = Callable[[Tensor, Sequence[int]], int]


@lru_cache(maxsize=1)
def _model() -> GPT:
    return load_shakespeare()[0]


@torch.no_grad()
def write(rule: Rule, start: int, length: int, seed: int) -> list[int]:
    """Continue a stretch of the held-out play by the reader's rule."""
    model = _model()
    _, held_out = plays_split()
    ids: list[int] = held_out[start : start + 40].tolist()
    torch.manual_seed(seed)
    for _ in range(length):
        logits = model(torch.tensor([ids[-64:]]))[0, -1]
        number = rule(logits, ids)
        if not 0 <= int(number) < len(logits):
            raise Hint(f"You chose {number!r}. Is that the number of a character?")
        ids.append(int(number))
    return ids[40:]


@torch.no_grad()
def price(ids: Sequence[int]) -> float:
    """Return what a text costs a character, in nats, read in windows of 64."""
    rows = torch.tensor(ids[: len(ids) // 50 * 50]).view(-1, 50)
    return float(token_costs(_model(), rows).mean())


LOOPING, DEAR = 0.15, 1.75
"""Most repetition, and the highest price per character, that the last exercise allows."""


@exercise("31.4")
def keep_writing(answer: Rule) -> str:
    """Any rule that neither turns in circles nor writes nonsense."""
    alphabet = plays_alphabet()
    for start, seed in ((1000, 1), (9000, 2)):
        written = write(answer, start, 300, seed)
        text = alphabet.decode(written[:60]).replace("\n", "⏎")
        share, cost = repeated_share(written), price(written)
        if share > LOOPING:
            raise Hint(
                f"{share:.0%} of it stood there before (“{text}…”). What could keep the "
                "likeliest character from being chosen each time?"
            )
        if math.isnan(cost) or cost > DEAR:
            raise Hint(
                f"A character of yours costs the model {cost:.2f} nats, and {DEAR} are "
                f"allowed (“{text}…”). Which unlikely characters could be left out?"
            )
    return (
        "Between the loop and the nonsense lies a narrow band; people's own texts lie in it, "
        "which is what the inventors of top-p measured."
    )
