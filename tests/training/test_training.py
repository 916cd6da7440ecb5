"""The training room: resuming after a kill, refusing other configurations, writing atomically."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from nlpcourse.course import chapters
from nlpcourse.training import checkpoints, registry
from nlpcourse.training.checkpoints import (
    LARGEST_CHECKPOINT,
    LARGEST_TOGETHER,
    CheckpointError,
    train_recipe,
)
from nlpcourse.training.cli import bytes_together
from nlpcourse.training.loop import fit
from nlpcourse.training.recipe import ConfigurationError, Plan, Recipe
from nlpcourse.training.registry import load, load_model
from nlpcourse.training.state import (
    Progress,
    load_state,
    save_state,
    write_atomically,
)


class Remembering(nn.Module):
    """A small LSTM with dropout: it has weights, randomness and a carried state to lose."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(2, size, batch_first=True)
        self.dropout = nn.Dropout(0.3)
        self.last = nn.Linear(size, 1)

    def forward(self, x: Tensor, y: Tensor, state: Any) -> tuple[Tensor, Any]:
        outputs, state = self.lstm(x, state)
        return ((self.last(self.dropout(outputs)) - y) ** 2).mean(), state


class Toy:
    """A running sum; rows carry their state from step to step."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.model: nn.Module = Remembering(config["size"])
        self.pause = float(os.environ.get("TOY_PAUSE", "0"))

    def batch(self, step: int) -> tuple[Tensor, ...]:
        time.sleep(self.pause)
        x = torch.randn(4, 5, 2, generator=torch.Generator().manual_seed(step))
        return x, x.sum(-1, keepdim=True).cumsum(1)

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        state = tuple(part.transpose(0, 1).contiguous() for part in carry) or None
        loss, state = model(*batch, state)
        return loss, tuple(
            part.detach().transpose(0, 1).contiguous() for part in state
        )

    def evaluate(self) -> dict[str, float]:
        loss, _ = self.model(*self.batch(10_000), None)
        return {"loss": float(loss)}


def recipe(**changes: Any) -> Recipe:
    plan = Plan(seed=3, steps=60, learning_rate=0.01, warmup=5, interval=10)
    return dataclasses.replace(Recipe(Toy, {"size": 4}, plan, half=True), **changes)


def comparable(log: dict[str, Any]) -> dict[str, Any]:
    """Everything in a log that does not depend on the clock or on the process."""
    timed = {"training_seconds", "evaluation_seconds", "peak_memory_mb"}
    return {key: value for key, value in log.items() if key not in timed}


def test_same_seed_same_numbers_and_another_seed_others(tmp_path: Path) -> None:
    one = train_recipe("one", recipe(), tmp_path / "a", tmp_path / "s")
    again = train_recipe("one", recipe(), tmp_path / "b", tmp_path / "s")
    assert comparable(one) == comparable(again)
    assert (tmp_path / "a/one.safetensors").read_bytes() == (
        tmp_path / "b/one.safetensors"
    ).read_bytes()
    other = recipe(plan=dataclasses.replace(recipe().plan, seed=4))
    assert (
        train_recipe("one", other, tmp_path / "c", tmp_path / "s")["losses"]
        != one["losses"]
    )


class Slope:
    """One weight whose loss is twice its value: its gradient is 2 everywhere."""

    def __init__(self) -> None:
        self.model: nn.Module = nn.Linear(1, 1, bias=False)
        nn.init.ones_(self.model.weight)  # type: ignore[arg-type]

    def batch(self, step: int) -> tuple[Tensor, ...]:
        return (torch.full((1, 1), 2.0),)

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        return model(*batch).sum(), ()

    def evaluate(self) -> dict[str, float]:
        return {}


def test_plain_descent_walks_by_gradients() -> None:
    plan = Plan(seed=0, steps=5, learning_rate=0.1, clip=1e9, optimizer="sgd")
    task = Slope()
    fit(task, plan)
    walked = 2 * sum(plan.rate(step) for step in range(5))
    weight: Any = task.model.weight
    assert float(weight) == pytest.approx(1 - walked)


def test_an_optimizer_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="the optimizers are adamw, sgd"):
        Plan(seed=0, steps=1, learning_rate=0.1, optimizer="adam")
    with pytest.raises(ValueError, match="weight decay is for adamw"):
        Plan(seed=0, steps=1, learning_rate=0.1, weight_decay=1.0, optimizer="sgd")


def test_only_another_optimizer_is_another_setting() -> None:
    plain = recipe(plan=dataclasses.replace(recipe().plan, optimizer="sgd"))
    assert "plan.optimizer" not in recipe().settings()
    assert plain.settings()["plan.optimizer"] == "sgd"
    assert plain.digest() != recipe().digest()


RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from types import SimpleNamespace
from test_training import recipe
from nlpcourse.training.checkpoints import train_recipe
folder = Path(sys.argv[2])
train_recipe("toy", recipe(), folder / "checkpoints", folder / "state")
"""


def test_killed_run_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    """SIGKILL at three moments; what comes out in the end equals a run that was left alone."""
    whole = train_recipe(
        "toy", recipe(), tmp_path / "whole", tmp_path / "whole-state"
    )
    folder = tmp_path / "killed"
    state = folder / "state" / "toy.safetensors"
    command = [sys.executable, "-c", RUN, str(Path(__file__).parent), str(folder)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TOY_PAUSE": "0.02"}
    seen = []
    for kill_after in (0.01, 0.15):  # seconds after a new state appeared
        before = state.stat().st_mtime_ns if state.is_file() else 0
        process = subprocess.Popen(command, env=environment)
        try:
            deadline = time.monotonic() + 60
            while not (state.is_file() and state.stat().st_mtime_ns > before):
                assert process.poll() is None, (
                    "the run ended before it could be killed"
                )
                assert time.monotonic() < deadline
                time.sleep(0.005)
            time.sleep(kill_after)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert process.returncode == -signal.SIGKILL
        assert not (folder / "checkpoints").exists()
        seen.append(load_state(state, "toy", recipe()).step)
    assert 0 < seen[0] < seen[1] < recipe().plan.steps, seen
    resumed = train_recipe(
        "toy", recipe(), folder / "checkpoints", folder / "state"
    )
    assert comparable(resumed) == comparable(whole)
    assert (folder / "checkpoints/toy.safetensors").read_bytes() == (
        tmp_path / "whole/toy.safetensors"
    ).read_bytes()
    assert not state.exists()


def test_killed_between_weights_and_log_is_finished_from_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_at_the_log(path: Path, content: bytes) -> None:
        if path.suffix == ".json":
            raise KeyboardInterrupt
        write_atomically(path, content)

    monkeypatch.setattr(checkpoints, "write_atomically", fail_at_the_log)
    with pytest.raises(KeyboardInterrupt):
        train_recipe("toy", recipe(), tmp_path, tmp_path / "state")
    assert (tmp_path / "toy.safetensors").is_file()
    with pytest.raises(CheckpointError, match="nlpcourse train toy"):
        load("toy", recipe(), tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(Toy, "batch", None)  # no step is taken again
    monkeypatch.setattr(Toy, "evaluate", lambda self: {"loss": 0.0})
    train_recipe("toy", recipe(), tmp_path, tmp_path / "state")
    load("toy", recipe(), tmp_path)


def test_finished_training_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = train_recipe("toy", recipe(), tmp_path, tmp_path / "state")
    monkeypatch.setattr(Toy, "batch", None)
    assert train_recipe("toy", recipe(), tmp_path, tmp_path / "state") == first


def test_other_configuration_is_refused_with_the_difference(tmp_path: Path) -> None:
    train_recipe("toy", recipe(), tmp_path, tmp_path / "state")
    before = (tmp_path / "toy.safetensors").read_bytes()
    wider = recipe(config={"size": 6})
    message = r"config\.size is 4 there and 6 in the recipe.*train toy --fresh"
    with pytest.raises(ConfigurationError, match=message):
        train_recipe("toy", wider, tmp_path, tmp_path / "state")
    with pytest.raises(ConfigurationError, match=message):
        load("toy", wider, tmp_path)
    assert (tmp_path / "toy.safetensors").read_bytes() == before
    log = train_recipe("toy", wider, tmp_path, tmp_path / "state", fresh=True)
    assert log["settings"]["config.size"] == 6
    load("toy", wider, tmp_path)


def test_state_of_another_configuration_is_refused(tmp_path: Path) -> None:
    task = Toy({"size": 4})
    states: list[Progress] = []
    fit(task, recipe().plan, save=states.append)
    save_state(tmp_path / "toy.safetensors", recipe(), states[-1])
    longer = recipe(plan=dataclasses.replace(recipe().plan, steps=90))
    with pytest.raises(ConfigurationError, match=r"plan\.steps is 60 there and 90"):
        train_recipe("toy", longer, tmp_path / "checkpoints", tmp_path)


def test_write_is_atomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "weights"
    write_atomically(path, b"old")

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new and longer")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["weights"]


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    train_recipe("toy", recipe(), tmp_path, tmp_path / "state")
    path = tmp_path / "toy.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x00\x01"[:1])
    with pytest.raises(CheckpointError, match="not the file that"):
        load("toy", recipe(), tmp_path)


def test_load_gives_the_rounded_weights_that_were_evaluated(tmp_path: Path) -> None:
    log = train_recipe("toy", recipe(), tmp_path, tmp_path / "state")
    tensors, read = load("toy", recipe(), tmp_path)
    assert read == log
    assert all(tensor.dtype == torch.float32 for tensor in tensors.values())
    task = Toy({"size": 4})
    task.model, read = load_model("toy", task.model, recipe(), tmp_path)
    assert read == log
    assert not task.model.training
    assert task.evaluate() == log["metrics"]
    with pytest.raises(RuntimeError, match="size mismatch"):
        load_model("toy", Toy({"size": 5}).model, recipe(), tmp_path)


def test_log_tells_how_it_was_made(tmp_path: Path) -> None:
    log = train_recipe("toy", recipe(), tmp_path, tmp_path / "state")
    assert [entry["step"] for entry in log["losses"]] == [10, 20, 30, 40, 50, 60]
    assert log["losses"][-1]["loss"] < log["losses"][0]["loss"]
    assert log["digest"] == recipe().digest()
    assert log["bytes"] == (tmp_path / "toy.safetensors").stat().st_size
    assert {"torch", "python", "nlpcourse"} <= set(log["versions"])
    assert log["peak_memory_mb"] > 50
    assert json.loads((tmp_path / "toy.json").read_text()) == log


def test_further_seed_keeps_the_log_alone(tmp_path: Path) -> None:
    light = recipe(keep_weights=False)
    log = train_recipe("toy", light, tmp_path, tmp_path / "state")
    assert log["sha256"] is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["state", "toy.json"]
    with pytest.raises(CheckpointError, match="only the log"):
        load("toy", light, tmp_path)
    assert train_recipe("toy", light, tmp_path, tmp_path / "state") == log


def test_too_large_a_checkpoint_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "LARGEST_CHECKPOINT", 100)
    with pytest.raises(CheckpointError, match="the course allows 100"):
        train_recipe("toy", recipe(), tmp_path / "c", tmp_path / "state")
    assert not (tmp_path / "c").exists()


def test_gradients_are_clipped() -> None:
    class Exploding(Toy):
        def loss(self, model: nn.Module, batch: Any, carry: Any) -> Any:
            loss, carry = super().loss(model, batch, carry)
            return loss * 1e6, carry

    norms: list[float] = []
    task = Exploding({"size": 4})
    plan = Plan(seed=0, steps=3, learning_rate=0.0, clip=0.5, interval=1)

    def save(progress: Progress) -> None:
        squares = [
            (p.grad**2).sum() for p in task.model.parameters() if p.grad is not None
        ]
        norms.append(float(torch.stack(squares).sum().sqrt()))

    fit(task, plan, save=save)
    assert norms == pytest.approx([0.5, 0.5, 0.5], rel=1e-3)


def test_two_processes_train_what_one_trains(tmp_path: Path) -> None:
    """The same recipe under ``accelerate``'s launcher, on two processes that share each batch."""
    script = tmp_path / "two.py"
    script.write_text(
        "import sys, dataclasses\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\n"
        "from test_training import recipe, train_recipe, no_dropout\n"
        "folder = Path(sys.argv[1])\n"
        "train_recipe('toy', no_dropout(), folder / 'checkpoints', folder / 'state')\n",
        encoding="utf-8",
    )
    command = [
        sys.executable,
        "-m",
        "accelerate.commands.launch",
        "--cpu",
        "--num_processes",
        "2",
    ]
    options = [
        "--num_machines",
        "1",
        "--mixed_precision",
        "no",
        "--main_process_port",
        "0",
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, *options, str(script), str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    two = json.loads((tmp_path / "checkpoints/toy.json").read_text())
    one = train_recipe(
        "toy", no_dropout(), tmp_path / "one", tmp_path / "one-state"
    )
    for mine, theirs in zip(one["losses"], two["losses"], strict=True):
        assert mine["loss"] == pytest.approx(theirs["loss"], rel=1e-4)
    assert one["metrics"]["loss"] == pytest.approx(two["metrics"]["loss"], rel=1e-3)


class NoDropout(Toy):
    """Dropout differs between processes by design; without it one process equals two."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        for module in self.model.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0


def no_dropout() -> Recipe:
    return recipe(build=NoDropout)


def test_unknown_recipe_is_named_with_those_that_exist() -> None:
    with pytest.raises(
        KeyError, match=r"no recipe is called 'lstm'.*lstm-wikitext2-seed0"
    ):
        registry.train("lstm")


BY_BENCHMARKS = {"own-weights"}
"""Weights that no recipe of ours can train: other frameworks did (benchmarks/frameworks.py)."""


def test_committed_checkpoints_are_small_and_of_their_recipes() -> None:
    known = registry.recipes()
    for chapter in chapters.written():
        for path in chapter.folder.glob("*.safetensors"):
            assert path.stat().st_size <= LARGEST_CHECKPOINT
            if path.stem not in BY_BENCHMARKS:
                load(path.stem, known[path.stem])
    assert 0 < bytes_together() <= LARGEST_TOGETHER


def write_logs(folder: Path, metrics: dict[str, dict[str, float]]) -> None:
    """Write logs with these metrics, as a training would leave them."""
    for name, found in metrics.items():
        log = {
            "metrics": found,
            "training_seconds": 10.0 + len(found),
            "peak_memory_mb": 300,
            **dict.fromkeys(("digest", "losses", "settings", "sha256"), ""),
        }
        (folder / f"{name}.json").write_text(json.dumps(log), encoding="utf-8")


def test_a_summary_holds_what_a_record_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        registry, "_owner", lambda name: SimpleNamespace(folder=tmp_path)
    )
    write_logs(tmp_path, {f"x-seed{s}": {"loss": 1.0 + s} for s in range(3)})
    assert registry.over_seeds("x", "loss") == {0: 1.0, 1: 2.0, 2: 3.0}
    assert registry.summary("x", "loss") == {
        "measured": 2.0,
        "spread": 1.0,
        "seeds": [0, 1, 2],
        "seconds": 11,
        "memory_mb": 300,
    }
    with pytest.raises(KeyError, match="no metric 'bleu'; it has loss"):
        registry.summary("x", "bleu")


def test_one_seed_has_no_spread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        registry, "_owner", lambda name: SimpleNamespace(folder=tmp_path)
    )
    write_logs(tmp_path, {"y-seed0": {"loss": 1.0}})
    with pytest.raises(CheckpointError, match="two or more"):
        registry.summary("y", "loss")
    with pytest.raises(CheckpointError, match="nlpcourse train z-seed0"):
        registry.summary("z", "loss")
