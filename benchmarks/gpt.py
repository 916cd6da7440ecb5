"""GPT: ours and the library's side by side, and generation with and without the cache.

    python benchmarks/gpt.py            # measures, about a minute
    python benchmarks/gpt.py --record   # also writes the ledger of chapter 31

Both models have the sizes of nanoGPT's configuration for a CPU and the same weights; they take
turns, so that a busy machine slows both alike.  Times are seconds of one core
(``time.process_time``), the best of some turns.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
from torch.nn import functional as F

from nlpcourse.course import ledger
from nlpcourse.neural.lstm import recipes as lstm
from nlpcourse.transformers.gpt import recipes
from nlpcourse.transformers.gpt.model import GPT, GPTConfig, from_gpt2
from nlpcourse.transformers.gpt.sampling import generate
from nlpcourse.transformers.transformer.speed import seconds_per_step
from transformers import GPT2Config, GPT2LMHeadModel

ROWS, VOCABULARY = 12, 65
SIZES = GPTConfig(VOCABULARY, context=64, size=128, layers=4, heads=4)
LONG = GPTConfig(VOCABULARY, context=512, size=128, layers=4, heads=4)


def theirs_of(config: GPTConfig) -> GPT2LMHeadModel:
    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=config.vocabulary,
            n_positions=config.context,
            n_embd=config.size,
            n_layer=config.layers,
            n_head=config.heads,
            activation_function="gelu_new",
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            bos_token_id=None,
            eos_token_id=None,
            attn_implementation="sdpa",
        )
    )


def best(actions: list[Callable[[], object]], turns: int) -> list[float]:
    times: list[list[float]] = [[] for _ in actions]
    for turn in range(turns + 1):
        for action, kept in zip(actions, times, strict=True):
            began = time.process_time()
            action()
            if turn:
                kept.append(time.process_time() - began)
    return [min(kept) for kept in times]


def training_step(
    model: torch.nn.Module, logits: Callable[[torch.Tensor], torch.Tensor]
) -> Callable[[], object]:
    ids = torch.randint(VOCABULARY, (ROWS, SIZES.context + 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)

    def step() -> None:
        loss = F.cross_entropy(
            logits(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten()
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--record", action="store_true", help="write the results to the ledger"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)

    theirs = theirs_of(SIZES)
    ours = GPT(SIZES)
    ours.load_state_dict(from_gpt2(theirs.state_dict()))
    ids = torch.randint(VOCABULARY, (2, SIZES.context))
    if not torch.allclose(ours(ids), theirs(ids).logits, atol=1e-4):
        raise SystemExit("the two models disagree: no ratio means anything")
    tokens = ROWS * SIZES.context
    our_s, their_s = best(
        [
            training_step(ours, ours),
            training_step(theirs, lambda x: theirs(x, use_cache=False).logits),
        ],
        turns=25,
    )
    print(f"training: ours {tokens / our_s:,.0f} tokens a second")
    print(
        f"          GPT2LMHeadModel {tokens / their_s:,.0f}, {their_s / our_s:.2f} ×"
    )

    library = theirs_of(LONG).eval()
    model = GPT(LONG).eval()
    model.load_state_dict(from_gpt2(library.state_dict()))
    prompt, length = torch.randint(VOCABULARY, (1, 1)), LONG.context - 1

    def by_library() -> torch.Tensor:
        return library.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=length,
            do_sample=False,
            pad_token_id=0,
        )

    if not torch.equal(by_library(), generate(model, prompt, length)):
        raise SystemExit("the two generators disagree: no ratio means anything")
    with_s, without_s, library_s = best(
        [
            lambda: generate(model, prompt, length),
            lambda: generate(model, prompt, length, cached=False),
            by_library,
        ],
        turns=2,
    )
    print(
        f"generating {length} tokens: with the cache {length / with_s:,.0f} a second"
    )
    print(
        f"  without it {length / without_s:,.0f}, generate() {length / library_s:,.0f}"
    )

    other = lstm.RECIPES["lstm-wikitext2-seed0"]
    tasks = (recipes.Words(recipes.WORDS), other.build(other.config))
    costs = [seconds_per_step(task) for task in tasks]
    print(f"a step of the GPT over words: {costs[0] / costs[1]:.2f} × the LSTM's")

    if options.record:
        where = (
            "benchmarks/gpt.py, one run on one core, best turns of processor time"
        )

        def put(key: str, value: float) -> None:
            ledger.rerecord(f"31.{key}", value=round(value, 3))

        put("speed-training-ratio", their_s / our_s)
        put("speed-cache-ratio", without_s / with_s)
        put("speed-generate-ratio", library_s / with_s)
        put("step-cost", costs[0] / costs[1])
        print(f"recorded: {where}")


if __name__ == "__main__":
    main()
