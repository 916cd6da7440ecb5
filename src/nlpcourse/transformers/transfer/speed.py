"""How long a step of LoRA takes with our detours and with peft's, and a text in each form."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.transformers.bert.encoder import load_pretrained
from nlpcourse.transformers.transfer.lora import add_lora


def one_step(model: nn.Module, ids: Tensor, mask: Tensor, rule: Any) -> None:
    """Take a step of AdamW; what is learnt does not matter."""
    rule.zero_grad()
    loss = model(ids, mask).last.square().mean()
    torch.autograd.backward(loss)
    rule.step()


def lora_models() -> dict[str, nn.Module]:
    """Return MiniLM with our detours and with peft's beside every query and value layer."""
    import peft

    ours = load_pretrained(corpora.minilm())
    add_lora(ours)
    config = peft.LoraConfig(
        r=8, lora_alpha=16, target_modules=["query", "value"], lora_dropout=0.0
    )
    theirs = peft.get_peft_model(load_pretrained(corpora.minilm()), config)
    return {"ours": ours, "peft": theirs}


def same_detours(seed: int = 0) -> tuple[nn.Module, Any]:
    """Return both networks with the same random tables in every detour, none of them zero."""
    models = lora_models()
    generator = torch.Generator().manual_seed(seed)
    named = dict(models["peft"].named_parameters())
    for name, weight in models["ours"].named_parameters():
        if not weight.requires_grad:
            continue
        layer, _, table = name.rpartition(".")
        part = {"down": "lora_A", "up": "lora_B"}[table]
        drawn = 0.05 * torch.randn(weight.shape, generator=generator)
        with torch.no_grad():
            weight.copy_(drawn)
            named[f"base_model.model.{layer}.{part}.default.weight"].copy_(drawn)
    return models["ours"].eval(), models["peft"].eval()


def lora_step_ratio(rounds: int = 3, steps: int = 2, rows: int = 16) -> float:
    """Return how many times as long a step of peft's takes as one of ours.

    Both are measured in turn, and each counts with its shortest round.

    Raises:
        ValueError: nothing is to be measured.
    """
    if min(rounds, steps, rows) < 1:
        raise ValueError("measure one round, one step and one text at least")
    models = lora_models()
    ids = torch.randint(1000, 20_000, (rows, 32))
    mask = torch.ones_like(ids)
    rules = {
        name: torch.optim.AdamW([p for p in m.parameters() if p.requires_grad])
        for name, m in models.items()
    }
    shortest = dict.fromkeys(models, float("inf"))
    for turn in range(rounds + 1):
        for name, model in models.items():
            began = time.process_time()
            for _ in range(steps):
                one_step(model.train(), ids, mask, rules[name])
            if turn:  # the first round warms up
                spent = time.process_time() - began
                shortest[name] = min(shortest[name], spent)
    return shortest["peft"] / shortest["ours"]


def seconds_a_text(
    models: Mapping[str, nn.Module],
    batches: Sequence[tuple[Tensor, Tensor]],
    rounds: int = 3,
) -> dict[str, float]:
    """Return the shortest processor seconds that each model takes for a text, measured in turn.

    Raises:
        ValueError: there is no batch, or no round.
    """
    if not len(batches) or rounds < 1:
        raise ValueError("measure one batch and one round at least")
    count = sum(len(ids) for ids, _ in batches)
    shortest = dict.fromkeys(models, float("inf"))
    with torch.no_grad():
        for turn in range(rounds + 1):
            for name, model in models.items():
                began = time.process_time()
                for ids, mask in batches:
                    model(ids, mask)
                if turn:
                    spent = (time.process_time() - began) / count
                    shortest[name] = min(shortest[name], spent)
    return shortest
