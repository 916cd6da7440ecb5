"""What ``nlpcourse train`` trains for chapter 36, three seeds of each.

- *explanations-window*, *-none*, *-lstm*: good or bad, by what a word sees beside itself;
- *explanations-uniform*: the same with an LSTM whose attention is held equal for all words;
- *explanations-longer*: the first of them, trained ten times as long, one seed;
- *explanations-shortcut*, *-control*: a planted word, which says the answer, or says nothing;
- *explanations-minilm*: good or bad, a linear layer on MiniLM's vectors;
- *explanations-notes*: who dies in the made clinic;
- *explanations-probe-...*: parts of speech, or tags drawn at random, from a layer of MiniLM.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from nlpcourse.responsible.explanations.films import FilmTask
from nlpcourse.responsible.explanations.minilm import HeadTask
from nlpcourse.responsible.explanations.notes import NoteTask
from nlpcourse.responsible.explanations.probing import ProbeTask
from nlpcourse.responsible.explanations.reader import Reader
from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe

SEEDS = (0, 1, 2)
BASE: dict[str, Any] = {
    "data": "sentiment-4 movie, ratings within 0.5 of 0 left out",
    "mixer": "window",
    "hidden": 32,
    "uniform": False,
    "plant": "none",
    "batch_size": 64,
    "blanks": 0.5,
}
KINDS: dict[str, dict[str, Any]] = {
    "window": {},
    "none": {"mixer": "none"},
    "lstm": {"mixer": "lstm"},
    "uniform": {"mixer": "lstm", "uniform": True},
    "shortcut": {"plant": "shortcut"},
    "control": {"plant": "control"},
}
ABOUT = {
    "window": "a word and its neighbours",
    "none": "each word alone",
    "lstm": "an LSTM over the text",
    "uniform": "an LSTM, attention held equal",
    "shortcut": "a word planted in good sentences alone",
    "control": "a word planted anywhere",
}


def _film(kind: str, seed: int, steps: int = 800) -> Recipe:
    return Recipe(
        build=FilmTask,
        config={**BASE, **KINDS[kind], "draw": seed},
        plan=Plan(seed, steps, 3e-3, warmup=20, weight_decay=0.1, interval=100),
        half=True,
        about=f"good or bad films: {ABOUT[kind]}, {steps:,} steps, seed {seed}",
    )


PROBED = (0, 2, 4, 6)
HIDDEN = {"linear": 0, "mlp": 256}
NOTES: dict[str, Any] = {"patients": 4000, "hidden": 16, "batch_size": 64}


def _head(seed: int) -> Recipe:
    return Recipe(
        build=HeadTask,
        config={"train": 3000, "test": 1500, "draw": seed, "batch_size": 64},
        plan=Plan(seed, 1000, 1e-2, warmup=20, interval=100),
        half=True,
        about=f"good or bad films, a linear layer on MiniLM's vectors, seed {seed}",
    )


def _notes(seed: int) -> Recipe:
    return Recipe(
        build=NoteTask,
        config={**NOTES, "draw": seed},
        plan=Plan(seed, 1500, 5e-3, warmup=20, interval=100),
        half=True,
        about=f"who dies in a made clinic, from its notes, seed {seed}",
    )


def probe_name(layer: int, shape: str, control: bool, seed: int) -> str:
    """Return the name of a probe's recipe."""
    what = "control" if control else "tags"
    return f"explanations-probe-{what}-layer{layer}-{shape}-seed{seed}"


def _probe(layer: int, shape: str, control: bool, seed: int) -> Recipe:
    return Recipe(
        build=ProbeTask,
        config={
            "layer": layer,
            "hidden": HIDDEN[shape],
            "control": control,
            "draw": seed,
            "batch_size": 256,
        },
        plan=Plan(seed, 800, 3e-3, warmup=20, interval=200),
        keep_weights=False,
        about=f"layer {layer}, {shape}, {'drawn' if control else 'Brown'} tags, seed {seed}",
    )


PROBES = [
    (layer, shape, control, seed)
    for layer in PROBED
    for shape in HIDDEN
    for control in (False, True)
    for seed in SEEDS
]
RECIPES: dict[str, Recipe] = {
    **{f"explanations-{k}-seed{s}": _film(k, s) for k in KINDS for s in SEEDS},
    "explanations-longer-seed0": _film("window", 0, steps=8000),
    **{f"explanations-minilm-seed{seed}": _head(seed) for seed in SEEDS},
    **{f"explanations-notes-seed{seed}": _notes(seed) for seed in SEEDS},
    **{probe_name(*probe): _probe(*probe) for probe in PROBES},
}


def load_reader(kind: str = "window", seed: int = 0) -> Reader:
    """Return a trained network.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
    name = f"explanations-{kind}-seed{seed}"
    config = RECIPES[name].config
    model = Reader(config["mixer"], config["hidden"], config["uniform"])
    model.load_state_dict(registry.load(name, RECIPES[name])[0])
    return model.eval()


def load_longer() -> Reader:
    """Return the network with a window that was trained ten times as long."""
    name = "explanations-longer-seed0"
    model = Reader("window", RECIPES[name].config["hidden"])
    model.load_state_dict(registry.load(name, RECIPES[name])[0])
    return model.eval()


def load_head(seed: int = 0) -> dict[str, Tensor]:
    """Return weight and bias of the layer on MiniLM's vectors."""
    name = f"explanations-minilm-seed{seed}"
    return dict(registry.load(name, RECIPES[name])[0])


def load_clinic(seed: int = 0) -> Reader:
    """Return the network that read the clinic's notes."""
    name = f"explanations-notes-seed{seed}"
    model = Reader("none", RECIPES[name].config["hidden"])
    model.load_state_dict(registry.load(name, RECIPES[name])[0])
    return model.eval()


def probed(layer: int, shape: str, control: bool) -> list[float]:
    """Return a probe's accuracy on test sentences, for every seed."""
    names = (probe_name(layer, shape, control, seed) for seed in SEEDS)
    return [registry.read_log(name)["metrics"]["accuracy"] for name in names]
