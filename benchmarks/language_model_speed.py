"""Training a language model on 33,278 words: the full softmax and ours, side by side.

    python benchmarks/language_model_speed.py             # 30 seconds each, then 100 steps each
    python benchmarks/language_model_speed.py --parts     # where a step's time goes
    python benchmarks/language_model_speed.py --record    # also writes the chapter's results

Both are an LSTM of 192 units that reads 20 rows of 35 words a step with AdamW, as in
chapter 23.  The baseline has the usual output layer, one full row for every word, tied
to the table that reads the words, so that its parameters are not doubled; ours has the
adaptive softmax of ``nlpcourse.neural.rnn.language_model``.  Times are seconds of one
core (``time.process_time``); the two take turns, so that a busy machine slows both alike.
The same time and the same number of steps are two questions, so both are answered: what
one gets for half a minute, and what the cheaper layer costs where each step counts alike.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse import corpora
from nlpcourse.course import ledger
from nlpcourse.course.machine import peak_memory_mb
from nlpcourse.neural.lstm import recipes
from nlpcourse.neural.lstm.layers import open_forget_gates
from nlpcourse.neural.rnn import language_model as lm
from nlpcourse.neural.rnn.recipes import LanguageModelling
from nlpcourse.training.recipe import set_seed

TURN = 4.0  # seconds of one turn
EQUAL_STEPS = 100
VALIDATION = 10_000  # words


class FullSoftmax(nn.Module):
    """Tied table of full rows → LSTM → one score for every word."""

    rows_axis = 1

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        size, words = config["size"], config["cutoffs"][-1]
        self.table = nn.Embedding(words, size)
        self.lstm = nn.LSTM(size, size, config["layers"], batch_first=True)
        self.bias = nn.Parameter(torch.zeros(words))
        self.dropout = nn.Dropout(config["dropout"])
        open_forget_gates(self.lstm)
        nn.init.uniform_(self.table.weight, -0.1, 0.1)

    def forward(
        self, words: Tensor, following: Tensor, state: lm.State | None = None
    ) -> tuple[Tensor, lm.State]:
        outputs, state = self.lstm(self.dropout(self.table(words)), state)
        outputs = self.dropout(outputs).flatten(0, 1)
        scores = functional.linear(outputs, self.table.weight, self.bias)
        return functional.cross_entropy(scores, following.flatten()), state


@dataclass
class Trainee:
    """A model in training, its clock, and its losses."""

    name: str
    task: LanguageModelling
    optimizer: torch.optim.Optimizer
    carry: tuple[Tensor, ...] = ()
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)
    after_equal_steps: float = math.nan

    def step(self) -> None:
        began = time.process_time()
        step, model = len(self.losses), self.task.model
        model.train()
        torch.manual_seed(step)
        for group in self.optimizer.param_groups:
            group["lr"] = 4e-3 * min(1.0, (step + 1) / 100)  # a rise, then level
        loss, self.carry = self.task.loss(model, self.task.batch(step), self.carry)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        self.optimizer.step()
        self.losses.append(float(loss.detach()))
        self.seconds += time.process_time() - began

    @property
    def speed(self) -> float:
        """Words a second."""
        return (
            len(self.losses)
            * self.task.text.shape[0]
            * self.task.window
            / self.seconds
        )

    @property
    def parameters(self) -> int:
        return sum(p.numel() for p in self.task.model.parameters())


def trainee(
    name: str, build: Callable[[Mapping[str, Any]], Any], text: Tensor
) -> Trainee:
    set_seed(0)
    task = LanguageModelling(build, recipes.LANGUAGE_MODEL, text)
    return Trainee(
        name, task, torch.optim.AdamW(task.model.parameters(), weight_decay=0.0)
    )


def parts(text: Tensor) -> None:
    """Print where the time of one step of ours goes, in milliseconds."""
    one = trainee("ours", recipes.build_language_model, text)
    model: Any = one.task.model
    for _ in range(20):
        one.step()
    words, following, _ = one.task.batch(30)
    outputs, _ = model.hidden(words)
    flat = outputs.detach().flatten(0, 1).requires_grad_()
    vectors = model.embed(words).detach().requires_grad_()

    def loss() -> Tensor:
        return model(words, following)[0]

    def clip() -> None:
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)

    loss().backward()
    actions: dict[str, Callable[[], object]] = {
        "gather vectors, forwards and backwards": lambda: (
            model.embed(words).sum().backward()
        ),
        "LSTM, forwards and backwards": lambda: (
            model.read(vectors, None)[0].sum().backward()
        ),
        "adaptive softmax, forwards and backwards": lambda: model.softmax(
            flat, following.flatten()
        ).loss.backward(),
        "whole model, forwards and backwards": lambda: loss().backward(),
        "clipping": clip,
        "AdamW": one.optimizer.step,
    }
    for name, action in actions.items():
        action()
        began = time.process_time()
        for _ in range(20):
            action()
        print(f"  {name:<44}{(time.process_time() - began) * 50:8.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--seconds", type=float, default=30.0, help="of training, each"
    )
    parser.add_argument(
        "--parts", action="store_true", help="where a step's time goes"
    )
    parser.add_argument("--record", action="store_true", help="write to the ledger")
    options = parser.parse_args()
    torch.set_num_threads(1)
    vocabulary = lm.wikitext_vocabulary()
    text = vocabulary.encode(corpora.wikitext_2_tokens("train"))
    if options.parts:
        parts(text)
        return
    valid: Any = vocabulary.encode(corpora.wikitext_2_tokens("valid")[:VALIDATION])

    def cost(one: Trainee) -> float:
        model: Any = one.task.model
        return lm.text_perplexity(model, valid, rows=10, length=50)

    full = trainee("LSTM, full softmax, tied", FullSoftmax, text)
    ours = trainee(
        "LSTM, adaptive softmax, tied", recipes.build_language_model, text
    )
    both = (full, ours)

    def step(one: Trainee) -> None:
        one.step()
        if len(one.losses) == EQUAL_STEPS:
            one.after_equal_steps = cost(one)

    while min(one.seconds for one in both) < options.seconds:
        for one in both:
            until = one.seconds + TURN
            while one.seconds < min(until, options.seconds):
                step(one)
    steps = [len(one.losses) for one in both]
    speeds = [one.speed for one in both]
    seconds = [one.seconds for one in both]
    at_equal_time = [cost(one) for one in both]
    for one in both:  # the slower one has not taken as many steps yet
        while len(one.losses) < EQUAL_STEPS:
            step(one)
    print(
        f"{'':32}{'words/s':>9}{'steps':>7}{'parameters':>12}{'equal steps':>13}{'equal time':>12}"
    )
    for one, speed, taken, perplexity in zip(
        both, speeds, steps, at_equal_time, strict=True
    ):
        print(
            f"{one.name:<32}{speed:>9,.0f}{taken:>7}{one.parameters:>12,}"
            f"{one.after_equal_steps:>13.0f}{perplexity:>12.0f}"
        )
    print(f"ratio of speeds: {speeds[1] / speeds[0]:.1f}")
    print(
        f"(perplexities on {VALIDATION:,} validation words, after {EQUAL_STEPS} steps and "
        f"after {options.seconds:.0f} seconds of training)"
    )
    if options.record:
        record(
            speeds, seconds, at_equal_time, [one.after_equal_steps for one in both]
        )


def record(
    speeds: list[float],
    seconds: list[float],
    at_equal_time: list[float],
    after_equal_steps: list[float],
) -> None:
    """Write the numbers of both, the full softmax first, into the chapter's results."""
    where = (
        "benchmarks/language_model_speed.py, one run on one core, in turns, "
        f"{seconds[0]:.0f} seconds of processor time each: LSTM of 192 units, tied "
        "vectors, 33,278 words, 20 rows of 35 words a step, AdamW; "
    )
    at_time = f"perplexity on the first {VALIDATION:,} words of the validation text"
    at_steps = f"{at_time} after {EQUAL_STEPS} steps"
    faster = speeds[1] - speeds[0]
    apart = abs(at_equal_time[0] - at_equal_time[1])
    even = abs(after_equal_steps[0] - after_equal_steps[1])
    rows = [
        # key, metric, value, unit, format, tolerance, claim, protocol
        ("speed-full", "words a second in training, LSTM with the full softmax",
         speeds[0], "words/s", "{:,.0f}", 0.5 * speeds[0], faster, "speed"),
        ("speed-adaptive", "words a second in training, LSTM with the adaptive softmax",
         speeds[1], "words/s", "{:,.0f}", 0.5 * speeds[1], faster, "speed"),
        ("speed-ratio", "speed of training with the adaptive softmax relative to the full one",
         speeds[1] / speeds[0], "times", "{:.0f}", 0.4 * speeds[1] / speeds[0],
         speeds[1] / speeds[0] - 1, "speed"),
        ("speed-full-perplexity", "validation perplexity after half a minute, full softmax",
         at_equal_time[0], "", "{:,.0f}", 0.1 * at_equal_time[0], apart, at_time),
        ("speed-adaptive-perplexity",
         "validation perplexity after half a minute, adaptive softmax",
         at_equal_time[1], "", "{:.0f}", 0.1 * at_equal_time[1], apart, at_time),
        ("steps-full-perplexity",
         "validation perplexity after as many steps, full softmax",
         after_equal_steps[0], "", "{:.0f}", 0.2 * even, even, at_steps),
        ("steps-adaptive-perplexity",
         "validation perplexity after as many steps, adaptive softmax",
         after_equal_steps[1], "", "{:.0f}", 0.2 * even, even, at_steps),
    ]  # fmt: skip
    for key, metric, value, unit, shown, tolerance, claim, protocol in rows:
        ledger.rerecord(
            f"22.{key}",
            metric=metric,
            unit=unit,
            value=round(value, 2),
            tolerance=round(tolerance, 1),
            claim=round(claim, 1),
            chosen_on="validation",
            format=shown,
            seconds=round(sum(seconds)),
            memory_mb=round(peak_memory_mb()),
            protocol=where + protocol,
        )


if __name__ == "__main__":
    main()
