"""The trainings that are too long for the chapter, each kept with the log that made it.

    python -m nlpcourse.learning.crf.recipes brown-crf     # one reading; call it READINGS times
    python -m nlpcourse.learning.crf.recipes brown-memm    # likewise
    python -m nlpcourse.learning.crf.recipes tweets        # one split of five; call it five times

A call that is killed loses its own reading or split and nothing else.  All of it takes about half
an hour on one core; the chapter itself needs none of it.

These are no recipes of `nlpcourse train`: its loop takes the steps of a PyTorch optimizer, and here
L-BFGS is SciPy's and a step on a batch changes a few rows of a sparse table.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from nlpcourse.learning.crf.clues import clues
from nlpcourse.learning.crf.memm import MEMM, local_log_likelihood, train_memm
from nlpcourse.learning.crf.model import CRF, log_likelihood, train
from nlpcourse.learning.crf.packed import number_clues
from nlpcourse.learning.crf.stochastic import Climber, Shelf, read_once, shelve
from nlpcourse.learning.crf.stored import SmallCRF, dense, read, slim, write
from nlpcourse.statistics.hmm import model as hmm
from nlpcourse.statistics.hmm.fast import FastViterbi
from nlpcourse.statistics.hmm.tagging import SuffixGuesser, coarse_tag
from nlpcourse.statistics.hmm.tagging import train as train_hmm
from nlpcourse.text.entities.scoring import score_entities
from nlpcourse.text.entities.shift import split, without_copies
from nlpcourse.text.entities.spans import read_tags

RECIPES: dict[str, Any] = {}
"""None of PyTorch's: the trainings here are NumPy's."""

READINGS, RATE, ROWS, LEAST = 4, 0.1, 256, 3
SMALLEST = 0.06
"""Weights below it stay out of the stored tagger."""
BROWN = {
    "brown-crf": (clues, log_likelihood, CRF),
    "brown-memm": (clues, local_log_likelihood, MEMM),
}
PENALTIES = (0.0001, 0.001, 0.01, 0.1, 1.0)
"""On squared weights; of each split, the validation part chooses one for each kind of model."""
SPLITS, ITERATIONS = 5, 40
FITS: dict[str, Callable[..., CRF]] = {"crf": train, "memm": train_memm}
LEAST_TWEETS, LEAST_COARSE = 0.05, 0.3
Tagged = Sequence[tuple[str, str]]
Find = Callable[[Sequence[str]], list[list[str]]]


def folder() -> Path:
    """Return where the chapter keeps what was trained."""
    from nlpcourse.course.paths import data_dir

    return data_dir() / "chapters" / "17_crf"


def log_of(name: str) -> dict[str, Any]:
    """Return the log of a training."""
    path = folder() / f"{name}.json"
    if not path.is_file():
        raise ValueError(f"{name} is not trained; run this module with its name")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def _keep(name: str, log: dict[str, Any]) -> None:
    (folder() / f"{name}.json").write_text(
        json.dumps(log, indent=1) + "\n", "utf-8"
    )


def stored(name: str) -> SmallCRF:
    """Return a stored model."""
    return read((folder() / f"{name}.bin").read_bytes())


def brown_split() -> tuple[list[Tagged], list[Tagged]]:
    """Return Brown's sentences for training and for testing, those of chapters 04, 10 and 23."""
    from nlpcourse import corpora

    sentences: list[Tagged] = [tuple(s) for s in corpora.brown(marks=False)]
    return [s for k, s in enumerate(sentences) if k % 10 != 9], sentences[9::10]


def words_of(sentence: Tagged) -> list[str]:
    """Return a tagged sentence's words."""
    return [word for word, _ in sentence]


def tags_of(sentence: Tagged) -> list[str]:
    """Return a tagged sentence's tags."""
    return [tag for _, tag in sentence]


def accuracies(
    found: Sequence[Sequence[str]], test: Sequence[Tagged], known: set[str]
) -> dict[str, float]:
    """Return the share of right tags, on all words and on those outside *known*."""
    hits = [
        (tag == gold, word in known)
        for tags, sentence in zip(found, test, strict=True)
        for tag, (word, gold) in zip(tags, sentence, strict=True)
    ]
    new = [hit for hit, seen in hits if not seen]
    return {
        "accuracy": sum(hit for hit, _ in hits) / len(hits),
        "accuracy_new": sum(new) / max(1, len(new)),
        "words": len(hits),
        "new": len(new),
    }


def shelf_of(
    sentences: Sequence[Tagged], names: Sequence[str], find: Find, kept: Path
) -> tuple[Shelf, dict[str, int]]:
    """Return the sentences laid out, and the clues' numbers, made once and then read back."""
    path = kept / f"crf-shelf-{find.__name__}.npz"
    if not path.is_file():
        numbers = number_clues((find(words_of(s)) for s in sentences), LEAST)
        parts = []
        for i in range(0, len(sentences), 2000):
            some = sentences[i : i + 2000]
            x, y = [find(words_of(s)) for s in some], [tags_of(s) for s in some]
            parts.append(shelve(x, y, names, numbers))
        clues_ = sparse.vstack([part.clues for part in parts], "csr")
        np.savez(
            path,
            columns=clues_.indices,
            ends=clues_.indptr,
            gold=np.concatenate([part.gold for part in parts]),
            starts=np.cumsum([0, *map(len, sentences)]),
            numbers=np.array(list(numbers)),
        )
    held = np.load(path)
    numbers = {str(clue): i for i, clue in enumerate(held["numbers"])}
    ones = np.ones(len(held["columns"]), np.float32)
    shape = (len(held["gold"]), len(numbers))
    table = sparse.csr_matrix((ones, held["columns"], held["ends"]), shape)
    return Shelf(table, held["gold"], held["starts"]), numbers


def brown_reading(name: str) -> None:
    """Take one more reading of Brown's training sentences; after the last, store and measure."""
    from nlpcourse.assets.cache import default_root

    find, objective, kind = BROWN[name]
    train_part, test = brown_split()
    names = sorted({tag for s in train_part for _, tag in s})
    kept = default_root() / "training"
    kept.mkdir(parents=True, exist_ok=True)
    shelf, numbers = shelf_of(train_part, names, find, kept)
    climber, done = Climber.of(len(numbers), len(names)), []
    state = kept / f"crf-{name}.npz"
    if state.is_file():
        held = np.load(state)
        for field in vars(climber):
            setattr(climber, field, held[field])
        done = held["done"].tolist()
    began = time.process_time()
    value = read_once(climber, shelf, objective, RATE, ROWS, seed=len(done))
    done.append([value, time.process_time() - began])
    print(name, "reading", len(done), value, f"{done[-1][1]:.0f} s", flush=True)
    np.savez(state, done=np.array(done), **vars(climber))
    if len(done) < READINGS:
        return
    model = kind(names, numbers, climber.clue_weights, climber.step_weights)
    small = slim(model, SMALLEST)
    again = dense(small, "float32")
    again = kind(again.tags, again.numbers, again.clue_weights, again.step_weights)
    found = again.tag([find(words_of(s)) for s in test])
    known = {word for s in train_part for word, _ in s}
    log = {
        **accuracies(found, test, known),
        "log_likelihoods": [v for v, _ in done],
        "training_seconds": round(sum(s for _, s in done)),
        "clues": len(numbers),
        "weights_kept": sum(map(len, small.weights.values())),
        "settings": {
            "readings": len(done),
            "rate": RATE,
            "rows": ROWS,
            "least": LEAST,
        },
    }
    if name == "brown-crf":
        (folder() / f"{name}.bin").write_bytes(write(small))
    _keep(name, log)
    print(log)


def coarse() -> None:
    """Train and store the playground's model of word classes, on every third sentence."""
    train_part, test = brown_split()
    some = train_part[::3]
    x = [clues(words_of(s)) for s in some]
    y = [[coarse_tag(tag) for tag in tags_of(s)] for s in some]
    names = sorted({tag for row in y for tag in row})
    numbers = number_clues(x, LEAST)
    shelf, climber = (
        shelve(x, y, names, numbers),
        Climber.of(len(numbers), len(names)),
    )
    for reading in range(READINGS):
        value = read_once(climber, shelf, log_likelihood, RATE, ROWS, reading)
    small = slim(
        CRF(names, numbers, climber.clue_weights, climber.step_weights),
        LEAST_COARSE,
    )
    (folder() / "coarse-crf.bin").write_bytes(write(small))
    gold = [[(w, coarse_tag(t)) for w, t in s] for s in test]
    found = dense(small).tag([clues(words_of(s)) for s in test])
    known = {word for s in some for word, _ in s}
    log = {**accuracies(found, gold, known), "log_likelihood": value}
    _keep("coarse", {**log, "weights_kept": sum(map(len, small.weights.values()))})
    print(log)


def f1_on(tagger: CRF, texts: Sequence[Tagged]) -> float:
    """Return the F1 of entities of a tagger on tagged texts."""
    found = tagger.tag([clues(words_of(t)) for t in texts])
    return f1_of(found, texts)


def f1_of(found: Sequence[Sequence[str]], texts: Sequence[Tagged]) -> float:
    """Return the F1 of the entities that tags hold, beside the right tags' entities."""
    gold = [read_tags(tags_of(t)) for t in texts]
    return score_entities(gold, [read_tags(tags) for tags in found]).f1


def tweets_split() -> None:
    """Train on one more split of the tweets, choose the penalty, judge on the test part, once."""
    from nlpcourse import corpora

    path = folder() / "tweets.json"
    log: dict[str, Any] = (
        json.loads(path.read_text("utf-8")) if path.is_file() else {}
    )
    seed = len(log)
    if seed == SPLITS:
        return
    parts = split(without_copies(corpora.twitter_ner()), seed)
    x = [clues(words_of(t)) for t in parts.train]
    y = [tags_of(t) for t in parts.train]
    counts = hmm.count(parts.train)
    tagger = FastViterbi(train_hmm(counts, SuffixGuesser.of(counts)))
    hidden = [tagger.path(words_of(t)) for t in parts.test]
    found: dict[str, Any] = {"hmm": f1_of(hidden, parts.test)}
    log[str(seed)] = found
    for kind, fit in FITS.items():
        models = {c2: fit(x, y, c2, ITERATIONS) for c2 in PENALTIES}
        tried = {c2: f1_on(models[c2], parts.validation) for c2 in PENALTIES}
        best = max(PENALTIES, key=tried.__getitem__)
        found[kind] = f1_on(models[best], parts.test)
        found[f"{kind}-penalty"] = best
        found[f"{kind}-validation"] = list(tried.values())
        if kind == "crf" and seed == 0:
            small = slim(models[best], LEAST_TWEETS)
            (folder() / "tweets-crf.bin").write_bytes(write(small))
    _keep("tweets", log)
    print("split", seed, found, flush=True)


def main(names: Sequence[str]) -> None:
    """Train what is named, one piece of each."""
    for name in names:
        if name == "tweets":
            tweets_split()
        elif name == "coarse":
            coarse()
        elif name in BROWN:
            brown_reading(name)
        else:
            raise SystemExit(
                f"no training {name!r}; there are {', '.join(BROWN)}, tweets, coarse"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
