"""What ``nlpcourse train`` trains for this chapter.

One small language model learns to write film opinions.  From it start three ways of steering,
one training without a penalty, which goes wrong on purpose, and one with ten times the updates, of
which only the log is kept.  Of the others, seed 0 keeps its weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcourse.learning.reinforcement import objectives
from nlpcourse.learning.reinforcement.rewards import (
    distinct_share,
    praised,
    reward_model,
)
from nlpcourse.learning.reinforcement.writer import (
    LONGEST,
    UNKNOWN,
    Written,
    log_probs_of,
    opinions,
    vocabulary,
    write,
)
from nlpcourse.statistics.naive_bayes.features import words
from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe
from nlpcourse.transformers.gpt.model import GPT, Cache, GPTConfig

Batch = tuple[Tensor, ...]

# ------------------------------------------------------------------------------- the writer

WRITER: dict[str, Any] = {
    "data": "sentiment-4, movie",
    "words": 1000,
    "context": 16,
    "size": 48,
    "layers": 1,
    "heads": 4,
    "dropout": 0.0,
    "spread": 0.04,
    "token_spread": 0.1,
    "rows": 32,
    "held_out": 1000,
    "sharpen": 0.8,
}
WRITER_NAME = "writer-films-seed0"


def build_writer(config: Mapping[str, Any]) -> GPT:
    """Return an untrained writer of the sizes in *config*."""
    return GPT(
        GPTConfig(
            config["words"] + 2,
            config["context"],
            config["size"],
            config["layers"],
            config["heads"],
            config["dropout"],
            config["spread"],
            config["token_spread"],
        )
    )


class Writing:
    """Learn to write film opinions: chapter 31's next-word loss on every sentence."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Number the sentences, cut at the context; keep the last ones to measure on."""
        self.config = config
        known, longest = vocabulary(config["words"]), config["context"]
        documents = [known.encode(words(one.text))[:longest] for one in opinions()]
        self.ids = torch.zeros(len(documents), longest + 1, dtype=torch.long)
        self.mask = torch.zeros(len(documents), longest)
        for row, document in enumerate(documents):
            self.ids[row, 1 : len(document) + 1] = torch.tensor(document)
            self.mask[row, : len(document) + 1] = 1  # the end counts, where it fits
        self.mask *= self.ids[:, 1:] != UNKNOWN
        self.model: nn.Module = build_writer(config)
        self.train_rows = len(documents) - config["held_out"]

    def batch(self, step: int) -> Batch:
        """Return sentences drawn at random, ids (rows, T + 1) and mask (rows, T)."""
        chance = torch.Generator().manual_seed(step)
        rows = torch.randint(
            self.train_rows, (self.config["rows"],), generator=chance
        )
        return self.ids[rows], self.mask[rows]

    def loss(
        self, model: nn.Module, batch: Batch, carry: Batch
    ) -> tuple[Tensor, Batch]:
        """Return the mean cross-entropy of the known words."""
        ids, mask = batch
        logits = model(ids[:, :-1])
        costs = F.cross_entropy(
            logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none"
        )
        return (costs.view_as(mask) * mask).sum() / mask.sum(), ()

    def evaluate(self) -> dict[str, float]:
        """Return the mean cost of a known word of the sentences kept apart, in nats."""
        rows = slice(self.train_rows, None)
        batch = self.ids[rows], self.mask[rows]
        loss, _ = self.loss(self.model, batch, ())
        return {"held_out_loss": float(loss)}


@lru_cache(maxsize=1)
def _untuned() -> tuple[dict[str, Tensor], dict[str, Any]]:
    return registry.load(WRITER_NAME, RECIPES[WRITER_NAME])


def load_writer() -> GPT:
    """Return the untuned writer, a new copy each time.

    Its logits are divided by 0.8 once and for all (in the last layer norm), which makes the
    likely words likelier; this sharper model is what everything else starts from.
    """
    tensors, _ = _untuned()
    writer = build_writer({**WRITER, "dropout": 0.0})
    writer.load_state_dict(tensors)
    with torch.no_grad():
        writer.decoder.norm.weight.div_(WRITER["sharpen"])
        writer.decoder.norm.bias.div_(WRITER["sharpen"])
    return writer.eval()


# ------------------------------------------------------------------------------- steering


class Steered(nn.Module):
    """A policy, and on the way what its texts were worth and how far it had moved."""

    curve: Tensor

    def __init__(self, policy: GPT, entries: int) -> None:
        """Start from the untuned writer with an empty curve."""
        super().__init__()
        self.policy = policy
        self.register_buffer("curve", torch.zeros(entries, 2))

    def forward(self, ids: Tensor, cache: Cache | None = None) -> Tensor:
        """Return the policy's logits."""
        logits: Tensor = self.policy(ids, cache)
        return logits


class Steering:
    """What all ways of steering share: the untuned model, the reward, the curve."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Copy the untuned writer; it is the policy's start and its reference."""
        self.config = config
        self.reference = load_writer()
        self.reward = reward_model(config["afforded"])
        entries = config["updates"] // config["every"]
        self.model: nn.Module = Steered(load_writer(), entries)

    def batch(self, step: int) -> Batch:
        """Return the step's number, once for each row: the texts are written in the loss."""
        return (torch.full((self.config["rows"],), step),)

    def write(self, model: nn.Module, count: int) -> tuple[Written, Tensor, Tensor]:
        """Let the policy write; return texts, rewards (B,) and the untuned model's log π (B,)."""
        written = write(model, count)
        with torch.no_grad():
            reference = log_probs_of(self.reference, written).sum(dim=1)
        return written, self.reward(written), reference

    def note(
        self, step: int, written: Written, reward: Tensor, reference: Tensor
    ) -> None:
        """Put a point of the curve down: mean reward, mean distance."""
        place, rest = divmod(step, self.config["every"])
        if rest == 0:
            moved = written.log_probs.sum(dim=1) - reference
            assert isinstance(self.model, Steered)
            self.model.curve[place] = torch.stack([reward.mean(), moved.mean()])

    def evaluate(self) -> dict[str, float]:
        """Return what 1,024 texts of the steered policy are, and the curve."""
        assert isinstance(self.model, Steered)
        torch.manual_seed(1_000)
        parts = [self.write(self.model, 256) for _ in range(4)]
        texts = [vocabulary().document(row) for w, *_ in parts for row in w.ids]
        moved = torch.cat([w.log_probs.sum(1) - ref for w, _, ref in parts])
        found = {
            "reward": float(torch.cat([r for _, r, _ in parts]).mean()),
            "kl": float(moved.mean()),
            "praised": praised(texts),
            "distinct": distinct_share(texts),
        }
        for place, (reward, kl) in enumerate(self.model.curve.tolist()):
            step = place * self.config["every"]
            found[f"reward_at_{step:03}"] = reward
            found[f"kl_at_{step:03}"] = kl
        return found


class Reinforce(Steering):
    """REINFORCE with the other texts of the batch as baseline, and a price on distance."""

    def loss(
        self, model: nn.Module, batch: Batch, carry: Batch
    ) -> tuple[Tensor, Batch]:
        """Write new texts, reward them, push their probabilities."""
        written, reward, reference = self.write(model, self.config["rows"])
        self.note(int(batch[0][0]), written, reward, reference)
        moved_from = written.log_probs.sum(dim=1)
        worth = objectives.penalised(
            reward, moved_from, reference, self.config["beta"]
        )
        log_prob = log_probs_of(model, written).sum(dim=1)
        return objectives.reinforce_loss(
            log_prob, objectives.leave_one_out(worth)
        ), ()


class PPO(Steering):
    """PPO's clipped ratio: several updates on the same texts."""

    def loss(
        self, model: nn.Module, batch: Batch, carry: Batch
    ) -> tuple[Tensor, Batch]:
        """Write new texts every few updates; in between learn again from the old ones."""
        step = int(batch[0][0])
        if step % self.config["reuse"] == 0:
            written, reward, reference = self.write(model, self.config["rows"])
            self.note(step, written, reward, reference)
            worth = objectives.penalised(
                reward, written.log_probs.sum(dim=1), reference, self.config["beta"]
            )
            advantage = objectives.leave_one_out(worth)
            advantage = advantage / advantage.std()
            carry = (written.ids, written.log_probs, written.mask, advantage)
        ids, old, mask, advantage = carry
        new = log_probs_of(model, Written(ids, old, mask))
        return objectives.clipped_loss(
            new, old, advantage, mask, self.config["clip"]
        ), carry


class DPO(Steering):
    """DPO on pairs of the untuned model's texts: nothing is written while it learns."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Write pairs, and let the reward prefer one of each by Bradley and Terry's rule."""
        super().__init__(config)
        torch.manual_seed(config["draw"])
        halves = [
            [self.write(self.reference, 256) for _ in range(config["pairs"] // 256)]
            for _ in range(2)
        ]
        one, two = (_joined(half) for half in halves)
        first = torch.rand(config["pairs"]) < torch.sigmoid(one[3] - two[3])
        self.pairs = [
            (torch.where(first[:, None], a, b), torch.where(first[:, None], b, a))
            for a, b in zip(one[:3], two[:3], strict=True)
        ]

    def batch(self, step: int) -> Batch:
        """Return pairs drawn at random: number of the step, and of each pair."""
        rows = self.config["rows"]
        chance = torch.Generator().manual_seed(
            1_000_003 * self.config["draw"] + step
        )
        chosen = torch.randint(self.config["pairs"], (rows,), generator=chance)
        return torch.full((rows,), step), chosen

    def loss(
        self, model: nn.Module, batch: Batch, carry: Batch
    ) -> tuple[Tensor, Batch]:
        """Return DPO's loss; now and then look at what the policy writes by now."""
        step, chosen = int(batch[0][0]), batch[1]
        if step % self.config["every"] == 0:
            self.note(step, *self.write(model, 64))
        sums = []
        for side in (0, 1):
            ids, reference, mask = (pair[side][chosen] for pair in self.pairs)
            part = log_probs_of(model, Written(ids, reference, mask))
            sums.append((part.sum(dim=1), reference.sum(dim=1)))
        (good, good_before), (bad, bad_before) = sums
        return objectives.dpo_loss(
            good, bad, good_before, bad_before, self.config["beta"]
        ), ()


def _joined(parts: list[tuple[Written, Tensor, Tensor]]) -> list[Tensor]:
    """Return ids, log π of each word, mask and reward of all parts together."""
    return [
        torch.cat([w.ids for w, *_ in parts]),
        torch.cat([w.log_probs for w, *_ in parts]),
        torch.cat([w.mask for w, *_ in parts]),
        torch.cat([r for _, r, _ in parts]),
    ]


STEERING: dict[str, Any] = {
    "writer": WRITER_NAME,
    "longest": LONGEST,
    "afforded": 400,
    "rows": 32,
    "every": 4,
    "beta": 1.0,
}
SEEDS = (0, 1, 2)
UPDATES = 80


def _steered(
    build: Any, seed: int, settings: dict[str, Any], rate: float, about: str
) -> Recipe:
    settings = dict(settings)
    keep = settings.pop("keep", seed == 0)
    config = {**STEERING, "updates": UPDATES, "draw": seed, **settings}
    return Recipe(
        build=build,
        config=config,
        plan=Plan(seed, config["updates"], rate, warmup=5, interval=20),
        half=True,
        keep_weights=keep,
        about=f"{about}, seed {seed}",
    )


def _recipes(seed: int) -> dict[str, Recipe]:
    return {
        f"steer-reinforce-seed{seed}": _steered(
            Reinforce, seed, {}, 1e-3, "REINFORCE with a price on distance"
        ),
        f"steer-ppo-seed{seed}": _steered(
            PPO, seed, {"clip": 0.2, "reuse": 4}, 1e-3, "PPO"
        ),
        f"steer-dpo-seed{seed}": _steered(
            DPO, seed, {"pairs": 2048, "every": 20}, 1e-3, "DPO"
        ),
        f"steer-free-seed{seed}": _steered(
            Reinforce, seed, {"beta": 0.0}, 1e-3, "REINFORCE without a price"
        ),
        f"steer-patient-seed{seed}": _steered(
            Reinforce,
            seed,
            {"updates": 10 * UPDATES, "every": 40, "keep": False},
            1e-3,
            "REINFORCE with ten times the updates",
        ),
    }


RECIPES = {
    WRITER_NAME: Recipe(
        build=Writing,
        config=WRITER,
        plan=Plan(0, 600, 1e-2, warmup=30, weight_decay=0.1, interval=50),
        half=True,
        about="a small GPT over the words of film opinions",
    ),
    **{name: made for seed in SEEDS for name, made in _recipes(seed).items()},
}


def load_steered(name: str) -> GPT:
    """Return the policy of a steering whose weights were kept, such as ``"reinforce"``.

    Raises:
        KeyError: there is no such steering.
    """
    tensors, _ = registry.load(f"steer-{name}-seed0")
    policy = load_writer()
    prefix = "policy."
    policy.load_state_dict(
        {
            k.removeprefix(prefix): v
            for k, v in tensors.items()
            if k.startswith(prefix)
        }
    )
    return policy.eval()


def curve_of(log: Mapping[str, Any]) -> list[tuple[int, float, float]]:
    """Return the curve of a training from its log: texts written before, reward, distance.

    Raises:
        ValueError: the log holds no curve.
    """
    settings, metrics = log["settings"], log["metrics"]
    per_update = settings["config.rows"] / settings.get("config.reuse", 1)
    steps = sorted(int(key[-3:]) for key in metrics if key.startswith("reward_at_"))
    if not steps:
        raise ValueError("the log holds no curve; is it one of a steering?")
    return [
        (
            round(step * per_update),
            metrics[f"reward_at_{step:03}"],
            metrics[f"kl_at_{step:03}"],
        )
        for step in steps
    ]
