"""Checks of the exercises of chapter 31, GPT."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from nlpcourse.exercises import Hint, exercise, number, numbers, parameters
from nlpcourse.transformers.gpt.language_models import (
    plays_alphabet,
    plays_split,
    token_costs,
)
from nlpcourse.transformers.gpt.model import GPT, Cache, GPTConfig
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
        got = number(answer(*sizes))
        if got == right:
            continue
        if got is None:
            raise Hint(
                f"For {sizes} you gave {answer(*sizes)!r:.60}. Is that a number of parameters?"
            )
        shown = (
            f"For {vocabulary} tokens, {context} places, {size} channels, {layers} "
        )
        shown += f"block{'s' if layers > 1 else ''} you count {got:g}: "
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
        if layers > 1 and got == number(answer(vocabulary, context, size, 1)):
            raise Hint(f"{shown}should three blocks count as much as one?")
        raise Hint(
            f"{shown}{abs(missing):g} too {'few' if missing > 0 else 'many'}. Which "
            "matrices has a block, and what does each of its parts add?"
        )
    if number(answer(*GPT2)) != 124_439_808:
        raise Hint(
            f"For GPT-2's smallest model, {GPT2}, you count {answer(*GPT2)}. Is anything rounded?"
        )
    return (
        "With GPT-2's sizes your function gives 124,439,808, nearly a third of which is the "
        "table of tokens. The paper says 117 million; its authors corrected that later."
    )


def _draw_cache(rng: random.Random) -> dict[str, Any]:
    """Draw the sizes of a decoder whose heads of queries share keys and values."""
    shared = rng.choice([3, 4, 5, 8])
    return {
        "layers": rng.choice([16, 24, 30, 32]),
        "query_heads": shared * rng.choice([3, 4]),
        "key_heads": shared,
        "head_size": rng.choice([64, 96, 128]),
        "tokens": rng.choice([2048, 4096, 8192]),
    }


@exercise("31.2", parameters=_draw_cache, cases=4)
def cache_bytes(answer: Any) -> str:
    """Say how much memory the keys and values of a text take."""
    p = parameters("31.2")
    vectors = p["layers"] * p["key_heads"] * p["tokens"]
    right = 2 * 2 * vectors * p["head_size"]
    got = number(answer)
    if got is None:
        raise Hint(f"{answer!r:.60} is no number. How many bytes are there?")
    if got == right:
        group = p["query_heads"] // p["key_heads"]
        return (
            f"With a key and a value for every head of queries the cache would be {group} times "
            "as large: that is what sharing keys and values buys."
        )
    group = p["query_heads"] / p["key_heads"]
    questions = {
        right / 2: "half of it. What does a head keep of a token beside its key?",
        right
        * group: "which heads keep something, those of queries or those of keys?",
        right * group / 2: "which heads keep something, and is it keys alone?",
        right
        * p[
            "tokens"
        ]: "is anything kept for every pair of tokens, or once for each?",
        right * 2: "how many bytes has a number of 16 bits?",
        right * 8: "is that in bits or in bytes?",
        right
        / p[
            "layers"
        ]: "can one block read the keys of another, or has each its own?",
        right / p["head_size"]: "of how many numbers is a key?",
    }
    question = questions.get(got, "how many numbers are kept per token and block?")
    raise Hint(f"For {p} you say {answer}: {question}")


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
        if numbers(got) is None:
            raise Hint(
                f"You gave {got!r:.60}. What should come back for every logit?"
            )
        if tuple(getattr(got, "shape", ())) != tuple(logits.shape):
            raise Hint("What should come back? A table of the logits' own shape.")
        _look_at_kept(torch.as_tensor(got), logits, share)
    return (
        "Top-p looks at the sum, this filter at each token beside the best one. It needs no "
        "sorting: a probability above p · max is a logit above max + ln p."
    )


def _look_at_kept(got: Tensor, logits: Tensor, share: float) -> None:
    """Make sure that the right logits are kept as they are, and all others are −∞."""
    shares = logits.softmax(dim=-1)
    keep = shares >= share * shares.max(dim=-1, keepdim=True).values
    where = f"With a share of {share} "
    if bool(got.isnan().any()):
        raise Hint(f"{where}some of your logits are not numbers. Where from?")
    if torch.equal(got, shares) or torch.equal(got, shares.where(keep, 0.0)):
        raise Hint("Those are probabilities. What does the next filter expect?")
    if bool((got[~keep] == 0).any()) and not bool((logits[~keep] == 0).any()):
        raise Hint(
            "A dropped token has the logit 0 in yours. What does the softmax make of 0, and of "
            "which number does it make nothing?"
        )
    found = got != -math.inf
    by_row = shares >= share * shares.max()
    if not torch.equal(keep, by_row) and torch.equal(found, by_row):
        raise Hint(
            "Each row is a text of its own. Over which axis did you take the maximum?"
        )
    absolute = shares >= share
    if not torch.equal(keep, absolute) and torch.equal(found, absolute):
        raise Hint(
            f"You keep what has a probability of {share}. Is that a share of the likeliest "
            "token's?"
        )
    if not torch.equal(found, keep):
        raise Hint(
            f"{where}you keep {found.sum(-1).tolist()} tokens in the three rows, and "
            f"{keep.sum(-1).tolist()} are as likely as that. Is the likeliest kept, and does a "
            "tie with the bound count?"
        )
    if not torch.allclose(got[keep].float(), logits[keep], rtol=1e-5):
        raise Hint(f"{where}the kept logits have changed. Should they?")


Rule = Callable[[Tensor, Sequence[int]], int]

LOOPING, DEAR = 0.15, 1.75
"""Most repetition, and the highest price per character, that the last exercise allows."""
LENGTH, EARLY = 150, 60
"""Characters that a rule writes, and after how many a hopeless one is stopped."""


@lru_cache(maxsize=1)
def _model() -> GPT:
    return load_shakespeare()[0]


@torch.no_grad()
def write(
    rule: Rule, starts: Sequence[int], length: int, seed: int
) -> list[list[int]]:
    """Continue stretches of the held-out play by the reader's rule, all a step at a time.

    The model reads with a cache; whenever its window is full, it reads the last half anew.
    """
    model = _model()
    half = model.config.context // 2
    _, held_out = plays_split()
    texts: list[list[int]] = [held_out[k : k + 40].tolist() for k in starts]
    torch.manual_seed(seed)
    for step in range(length):
        if step % half == 0:
            cache, fresh = Cache(), torch.tensor([ids[-half:] for ids in texts])
        logits = model(fresh, cache)[:, -1]  # (texts, V)
        for row, ids in zip(logits, texts, strict=True):
            ids.append(_character(rule(row, list(ids)), len(row)))
        rule = getattr(rule, "answer", rule)  # to watch every call would take long
        fresh = torch.tensor([ids[-1:] for ids in texts])
        if step == EARLY:
            for ids in texts:
                _look_for_loops(ids[40:], 0.5)
    return [ids[40:] for ids in texts]


def _character(chosen: Any, count: int) -> int:
    """Return what a rule chose after making sure that it is the number of a character."""
    found = number(chosen)
    if found is None or not 0 <= found < count or found != int(found):
        raise Hint(
            f"You chose {chosen!r:.60}. Is that the number of one of {count} characters?"
        )
    return int(found)


def _look_for_loops(written: Sequence[int], most: float) -> None:
    share = repeated_share(written)
    if share > most:
        text = plays_alphabet().decode(list(written[:60])).replace("\n", "⏎")
        raise Hint(
            f"{share:.0%} of it stood there before (“{text}…”). What could keep the likeliest "
            "character from being chosen each time?"
        )


@torch.no_grad()
def price(ids: Sequence[int]) -> float:
    """Return what a text costs a character, in nats, read in windows of 64."""
    rows = torch.tensor(ids[: len(ids) // 50 * 50]).view(-1, 50)
    return float(token_costs(_model(), rows).mean())


@exercise("31.4")
def keep_writing(answer: Rule) -> str:
    """Any rule that neither turns in circles nor writes nonsense."""
    judge_scenes(answer, (1000, 9000), seed=1)
    return (
        "Between the loop and the nonsense lies a narrow band. Holtzman and others measured that "
        "people's own texts are no likelier than that, and made top-p to stay there."
    )


def judge_scenes(answer: Rule, starts: Sequence[int], seed: int) -> None:
    """Let a rule continue some scenes; ask a question where one loops or is nonsense."""
    for written in write(answer, starts, LENGTH, seed):
        _look_for_loops(written, LOOPING)
        cost = price(written)
        if not cost <= DEAR:
            text = plays_alphabet().decode(written[:60]).replace("\n", "⏎")
            raise Hint(
                f"A character of yours costs the model {cost:.2f} nats, and {DEAR} are allowed "
                f"(“{text}…”). Which unlikely characters could be left out?"
            )
