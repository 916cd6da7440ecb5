"""A made clinic: notes on patients, who died, and who would have died without the clinic's care.

All of it is invented by a seeded generator; no figure in it is a medical one.  Asthma makes the
illness more dangerous, and the clinic therefore treats people with asthma at once, so that fewer
of them die.  The notes say nothing about the treatment.

Source: the trap is the one that Caruana and others (2015), section 1, tell of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcourse.learning.linear.rows import Array
from nlpcourse.responsible.explanations.judging import probability
from nlpcourse.responsible.explanations.reader import (
    Reader,
    padded,
    scores_of,
)
from nlpcourse.responsible.explanations.words import words_of

AGES = ("thirties", "forties", "fifties", "sixties", "seventies", "eighties")
SIGNS = {"fever": 0.3, "cough": 0.0, "confusion": 1.2, "breathlessness": 1.0}
PAST = {"asthma": 0.8, "diabetes": 0.5, "allergy": 0.0}
CARE = 2.4
"""How much the clinic's care lowers the log-odds of death of those with asthma."""


@dataclass(frozen=True)
class Patients:
    """Notes, who died, and each one's risk with the clinic's care and without."""

    notes: list[str]
    died: Array
    risk: Array
    untreated: Array


def note(age: str, signs: Sequence[str], past: Sequence[str]) -> str:
    """Return a note.

    >>> note("sixties", ["fever"], ["asthma"])
    'patient in the sixties with fever . history of asthma .'

    Raises:
        ValueError: the clinic knows no such age, sign or history.
    """
    strange = {age} - set(AGES) | set(signs) - set(SIGNS) | set(past) - set(PAST)
    if strange:
        raise ValueError(f"the clinic knows nothing of {sorted(strange)}")
    found = " and ".join(signs) or "no complaint"
    history = " and ".join(past) or "good health"
    return f"patient in the {age} with {found} . history of {history} ."


def patients(count: int, seed: int) -> Patients:
    """Return so many made patients.

    Raises:
        ValueError: *count* is below 1.
    """
    if count < 1:
        raise ValueError(f"{count} patients are none; give 1 or more")
    chance = np.random.default_rng(seed)
    notes, with_care, without = [], [], []
    for _ in range(count):
        age = int(chance.integers(len(AGES)))
        signs = [s for s in SIGNS if chance.random() < 0.4]
        past = [p for p in PAST if chance.random() < 0.25]
        danger = -3.6 + 0.45 * age + sum(SIGNS[s] for s in signs)
        danger += sum(PAST[p] for p in past)
        notes.append(note(AGES[age], signs, past))
        without.append(danger)
        with_care.append(danger - CARE * ("asthma" in past))
    risk = probability(np.array(with_care))
    died = (chance.random(count) < risk).astype(float)
    return Patients(notes, died, risk, probability(np.array(without)))


class NoteTask:
    """Who died, for the training room.

    Config: ``patients``, ``draw``, ``hidden``, ``batch_size``.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the patients and the network."""
        self.config = config
        made = patients(config["patients"], seed=config["draw"])
        self.x, self.real = padded([words_of(text) for text in made.notes])
        self.died = torch.from_numpy(made.died).float()
        self.model: nn.Module = Reader("none", config["hidden"])

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return vectors, some of them blanked, marks and answers of patients drawn at random."""
        size = int(self.config["batch_size"])
        chance = torch.Generator().manual_seed(
            1_000_003 * self.config["draw"] + step
        )
        rows = torch.randint(len(self.x), (size,), generator=chance)
        return self.x[rows], self.real[rows], self.died[rows]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the log loss of a batch; nothing is carried over."""
        x, real, died = batch
        return F.binary_cross_entropy_with_logits(model(x, real), died), ()

    def evaluate(self) -> dict[str, float]:
        """Return how well the risks are told, on new patients: error with care, and without."""
        made = patients(2000, seed=1000 + self.config["draw"])
        found = probability(
            scores_of(self.model.cpu().eval(), [words_of(t) for t in made.notes])
        )
        asthma = np.array(["asthma" in text for text in made.notes])
        return {
            "error": float(np.abs(found - made.risk).mean()),
            "asthma_said": float(found[asthma].mean()),
            "asthma_with_care": float(made.risk[asthma].mean()),
            "asthma_without": float(made.untreated[asthma].mean()),
        }


@lru_cache(maxsize=4)
def seen(seed: int, count: int) -> dict[str, int]:
    """Return how many of so many training patients each sign and history was noted for."""
    found = dict.fromkeys((*AGES, *SIGNS, *PAST), 0)
    for text in patients(count, seed).notes:
        for word in set(words_of(text)) & set(found):
            found[word] += 1
    return found
