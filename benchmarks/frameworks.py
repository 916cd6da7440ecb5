"""Chapter 27's programs, each in a process of its own: accuracy, seconds, memory, size.

    python benchmarks/frameworks.py --choose   # the grid of settings, on validation data alone
    python benchmarks/frameworks.py --record   # trains all programs over three seeds, some minutes,
                                               # and writes runs.json and the learnt weights
    python benchmarks/frameworks.py --clock    # measures the seconds of one training each again
    python benchmarks/frameworks.py            # shows what is recorded

Needs the extra: `make frameworks`.  Settings are chosen with the PyTorch program alone, and then
hold for all; fastText has its own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np

from nlpcourse.course import chapters
from nlpcourse.course.machine import peak_memory_mb
from nlpcourse.neural.frameworks import (
    by_hand,
    in_fasttext,
    in_pytorch,
    runner,
    study,
    task,
)
from nlpcourse.neural.frameworks.jobs import PROGRAMS

RATES, READINGS = (1e-3, 3e-3, 1e-2), (3, 6, 9)
FASTTEXT_RATES, FASTTEXT_READINGS = (0.1, 0.3, 1.0), (5, 10, 20)
PACKAGES = (
    "torch", "keras", "tensorflow-cpu", "allennlp-light", "spacy", "thinc",
    "fasttext-community", "numpy",
)  # fmt: skip


def choose() -> dict[str, dict[str, float]]:
    """Return the best settings on the validation questions, by the mean of three seeds."""
    data = task.trec(choice=True)
    grids: dict[str, dict[tuple[float, int], float]] = {"all": {}, "fastText": {}}
    for (
        rate
    ) in RATES:  # the rate is constant, so a long training holds the short ones
        found = {readings: [] for readings in READINGS}
        for seed in study.SEEDS:
            model, done = in_pytorch.build(task.draw(data.sizes, seed)), 0
            order = task.batches(len(data.train), task.ROWS, max(READINGS), seed)
            steps = list(order)
            training = in_pytorch.training(model, data.train, steps, rate)
            for number, _ in enumerate(training, start=1):
                done, rest = divmod(number, len(steps) // max(READINGS))
                if not rest and done in found:
                    answers = in_pytorch.probabilities(model, data.test.numbers)
                    found[done].append(by_hand.accuracy(answers, data.test.labels))
                    model.train()
        for readings, accuracies in found.items():
            grids["all"][rate, readings] = statistics.mean(accuracies)
    for rate, readings in itertools.product(FASTTEXT_RATES, FASTTEXT_READINGS):
        found = [
            fasttext(seed, True, rate, readings)["accuracy"] for seed in study.SEEDS
        ]
        grids["fastText"][rate, readings] = statistics.mean(found)
    chosen = {}
    for name, grid in grids.items():
        for (rate, readings), accuracy in grid.items():
            print(f"{name}, rate {rate:g}, {readings} readings: {accuracy:.4f}")
        chosen[name] = cheapest(grid, len(data.test))
    return chosen


def cheapest(grid: dict[tuple[float, int], float], judged: int) -> dict[str, float]:
    """Return the setting of fewest readings within one standard error of the best."""
    best = max(grid.values())
    least = best - (best * (1 - best) / judged) ** 0.5
    near = [setting for setting, accuracy in grid.items() if accuracy >= least]
    rate, readings = min(near, key=lambda setting: (setting[1], -grid[setting]))
    found = {"rate": rate, "readings": readings, "validation": grid[rate, readings]}
    return {**found, "best": best}


def fasttext(
    seed: int, choice: bool, rate: float, readings: int, to: str = ""
) -> dict[str, Any]:
    """Train fastText once; return what the other programs' job returns."""
    data = task.trec(choice)
    began = time.process_time()
    model = in_fasttext.train(
        data.train, task.SIZE, readings, rate, seed, task.LEAST
    )
    seconds = time.process_time() - began
    answers = in_fasttext.probabilities(model, data.test.documents)
    if to:
        np.savez(to, *in_fasttext.tables(model, data.vocabulary))
    return {
        "accuracy": by_hand.accuracy(answers, data.test.labels),
        "seconds": seconds,
        "memory_mb": peak_memory_mb(),
    }


def each_seed(name: str, **told: Any) -> list[dict[str, Any]]:
    """Train a program with every seed in one new process."""
    print(name, told, flush=True)
    jobs = [(name, "learn", {**told, "seed": seed}) for seed in study.SEEDS]
    if "to" in told:
        jobs = [(n, j, {**t, "to": t["to"] * (t["seed"] == 0)}) for n, j, t in jobs]
    found = runner.ask(jobs)
    print([round(run["accuracy"], 4) for run in found], flush=True)
    return found


def record() -> None:
    """Train what is not yet recorded, and write what came of it after every program."""
    path = chapters.get("27").folder / "runs.json"
    found: dict[str, Any] = {"ours": {}, "own": {}, "repaired": {}}
    if path.is_file():
        found = json.loads(path.read_text())

    def keep() -> None:
        path.write_text(json.dumps(found, indent=1) + "\n")

    if "chosen" not in found:
        found["chosen"] = choose()
        found["versions"] = {name: metadata.version(name) for name in PACKAGES}
        found["installed_mb"] = {
            name: round(study.installed_mb(kind.packages))
            for name, kind in PROGRAMS.items()
        }
        fast = study.installed_mb(["fasttext-community"])
        found["installed_mb"]["fastText"] = round(fast)
        keep()
    common, own = (
        {
            "rate": found["chosen"][name]["rate"],
            "readings": int(found["chosen"][name]["readings"]),
        }
        for name in ("all", "fastText")
    )
    for name in PROGRAMS:
        if name not in found["ours"]:
            found["ours"][name] = each_seed(name, **common)
            keep()
    name = "Keras on TensorFlow"
    if name not in found["repaired"]:
        found["repaired"][name] = each_seed(name, added_up=True, **common)
        keep()
    with tempfile.TemporaryDirectory() as place:
        to = str(Path(place) / "weights.npz")
        for name in [*PROGRAMS, "fastText"]:
            if name in found["own"] or name == "TensorFlow":
                continue
            if name == "fastText":
                runs = [
                    fasttext(seed, False, **own, to=to * (seed == 0))
                    for seed in study.SEEDS
                ]
            else:
                runs = each_seed(name, start="own", to=to, **common)
            keep_weights(name, list(np.load(to).values()))
            found["own"][name] = runs
            keep()


def clock() -> None:
    """Measure again the processor seconds of one training of every program, seed 0."""
    path = chapters.get("27").folder / "runs.json"
    found = json.loads(path.read_text())
    best = found["chosen"]["all"]
    told = {"rate": best["rate"], "readings": int(best["readings"])}
    for name in PROGRAMS:
        [run] = runner.ask([(name, "learn", told)])
        assert run["accuracy"] == found["ours"][name][0]["accuracy"], name
        found["ours"][name][0]["seconds"] = run["seconds"]
        for other in found["ours"][name][1:]:
            other.pop("seconds", None)
        print(f"{name}: {run['seconds']:.2f} s", flush=True)
        path.write_text(json.dumps(found, indent=1) + "\n")


def keep_weights(name: str, arrays: list[Any]) -> None:
    """Add the weights that a program learnt to those that are kept."""
    from safetensors.numpy import load_file, save_file

    path = chapters.get("27").folder / "own-weights.safetensors"
    kept = load_file(path) if path.is_file() else {}
    for k, array in enumerate(arrays):
        kept[f"{name}.{k}"] = np.ascontiguousarray(array.astype(np.float16))
    save_file(dict(sorted(kept.items())), path)
    path.chmod(0o644)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--clock", action="store_true")
    options = parser.parse_args()
    if options.choose:
        print(choose())
    if options.record:
        record()
    if options.clock:
        clock()
    if not options.choose:
        for kind in ("ours", "own", "repaired"):
            for name in study.runs()[kind]:
                row = study.row(kind, name)
                print(f"{kind:8} {name:20} {row.mean:.4f} ± {row.spread:.4f}, {row.seconds:5.2f} s "
                      f"{row.memory_mb:5.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
