"""What ``nlpcourse train`` trains for this chapter."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from nlpcourse import corpora
from nlpcourse.neural.rnn import characters as chars
from nlpcourse.neural.rnn import language_model as lm
from nlpcourse.training import registry
from nlpcourse.training.checkpoints import CheckpointError
from nlpcourse.training.recipe import Plan, Recipe
from nlpcourse.training.registry import read_log


class LanguageModelling:
    """Truncated backpropagation through time over the training text of WikiText-2.

    The text is cut into ``rows`` texts that are read side by side, a window of
    ``window`` words at a step; the state goes on from window to window, the gradient
    does not.
    """

    def __init__(
        self,
        build: Callable[[Mapping[str, Any]], lm.TiedLanguageModel],
        config: Mapping[str, Any],
        tokens: Tensor | None = None,
    ) -> None:
        """Make the model and number the text.

        Args:
            build: makes the model from *config*.
            config: besides what *build* reads, ``rows`` and ``window``.
            tokens: the text as numbers, (tokens,); WikiText-2's where None.
        """
        model = build(config)
        self.model: nn.Module = model
        self.rows_axis = model.rows_axis
        self.window: int = config["window"]
        if tokens is None:
            tokens = lm.wikitext_vocabulary().encode(
                corpora.wikitext_2_tokens("train")
            )
        self.text = lm.columns(tokens, config["rows"])  # (rows, time)
        # per reading of the text
        self.windows = (self.text.shape[1] - 1) // self.window

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return words, following words (rows, window), and if the text begins (rows,)."""
        start = step % self.windows * self.window
        words = self.text[:, start : start + self.window]
        following = self.text[:, start + 1 : start + 1 + self.window]
        return words, following, torch.full((len(words),), start == 0)

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean loss, and the state cut off from its history, rows on axis 0."""
        words, following, begins = batch
        state = None
        if carry and not begins.all():  # a text that begins anew has no state
            state = tuple(
                part.movedim(0, self.rows_axis).contiguous() for part in carry
            )
        loss, state = model(words, following, state)
        return loss, tuple(
            part.detach().movedim(self.rows_axis, 0).contiguous() for part in state
        )

    def evaluate(self) -> dict[str, float]:
        """Return the perplexities of the validation and test texts, each in one piece."""
        assert isinstance(self.model, lm.TiedLanguageModel)
        vocabulary = lm.wikitext_vocabulary()
        return {
            f"{split}_perplexity": lm.text_perplexity(
                self.model, vocabulary.encode(corpora.wikitext_2_tokens(split))
            )
            for split in ("valid", "test")
        }


def build_language_model(config: Mapping[str, Any]) -> lm.PlainLanguageModel:
    """Return an untrained language model of the sizes in *config*."""
    return lm.PlainLanguageModel(
        config["size"],
        config["layers"],
        config["cutoffs"],
        config["div_value"],
        config["dropout"],
    )


class CharacterModelling:
    """Truncated backpropagation through time over the first nine tenths of a book."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the model and number the book."""
        train, self.valid, self.alphabet = chars.book()
        self.model: nn.Module = chars.CharacterModel(
            len(self.alphabet), config["hidden"]
        )
        self.window: int = config["window"]
        self.text = lm.columns(self.alphabet.encode(train), config["rows"])
        self.windows = (self.text.shape[1] - 1) // self.window

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return characters, following ones (rows, window), if the text begins (rows,)."""
        start = step % self.windows * self.window
        numbers = self.text[:, start : start + self.window]
        following = self.text[:, start + 1 : start + 1 + self.window]
        return numbers, following, torch.full((len(numbers),), start == 0)

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean loss, and the state cut off from its history (rows, 1, hidden)."""
        numbers, following, begins = batch
        begun = bool(carry) and not begins.all()
        state = carry[0].transpose(0, 1).contiguous() if begun else None
        scores, _, state = model(numbers, state)
        loss = functional.cross_entropy(scores.flatten(0, 1), following.flatten())
        return loss, (state.detach().transpose(0, 1).contiguous(),)

    def evaluate(self) -> dict[str, float]:
        """Return the cost of the book's last tenth in bits per character."""
        assert isinstance(self.model, chars.CharacterModel)
        bits = chars.bits_per_character(
            self.model.weights(), self.alphabet, self.valid
        )
        return {"valid_bits_per_character": bits}


LANGUAGE_MODEL: dict[str, Any] = {
    "data": "wikitext-2",
    "size": 192,
    "recurrent_start": "orthogonal",
    "layers": 1,
    "cutoffs": [1000, 6000, 33278],
    "div_value": 3.0,
    "dropout": 0.1,
    "rows": 20,
    "window": 35,
}

CHARACTERS: dict[str, Any] = {
    "data": "gutenberg",
    "book": chars.BOOK,
    "hidden": 320,
    "rows": 32,
    "window": 50,
}
SEEDS = (0, 1, 2)
LANGUAGE_MODEL_NAME = "rnn-wikitext2-seed0"
CHARACTERS_NAME = "rnn-char-moby"


def wikitext_budget(seed: int) -> Plan:
    """Return the plan that every recurrent model of WikiText-2 is trained by.

    One plan for chapters 22 and 23, so that their perplexities can be compared.
    """
    return Plan(
        seed=seed,
        steps=4000,  # one and a third readings of the text
        learning_rate=4e-3,
        warmup=100,
        clip=0.5,
        interval=50,
    )


def _language_model_recipe(seed: int) -> Recipe:
    return Recipe(
        build=functools.partial(LanguageModelling, build_language_model),
        config=LANGUAGE_MODEL,
        plan=wikitext_budget(seed),
        half=True,
        keep_weights=seed == 0,
        about=f"plain recurrent language model on WikiText-2, seed {seed}",
    )


RECIPES = {
    **{f"rnn-wikitext2-seed{seed}": _language_model_recipe(seed) for seed in SEEDS},
    CHARACTERS_NAME: Recipe(
        build=CharacterModelling,
        config=CHARACTERS,
        plan=Plan(
            seed=0,
            steps=5000,  # seven readings of the text
            learning_rate=3e-3,
            warmup=100,
            clip=1.0,
            interval=100,
        ),
        half=True,
        about="plain recurrent model of the characters of Moby Dick",
    ),
}


def load_language_model() -> tuple[lm.PlainLanguageModel, dict[str, Any]]:
    """Return the trained language model of this chapter and the log of its training."""
    model = build_language_model(LANGUAGE_MODEL)
    return registry.load_model(
        LANGUAGE_MODEL_NAME, model, RECIPES[LANGUAGE_MODEL_NAME]
    )


def load_character_model() -> tuple[chars.CharacterModel, dict[str, Any]]:
    """Return the trained character model of this chapter and the log of its training."""
    _, _, alphabet = chars.book()
    model = chars.CharacterModel(len(alphabet), CHARACTERS["hidden"])
    return registry.load_model(CHARACTERS_NAME, model, RECIPES[CHARACTERS_NAME])


def language_model_logs() -> list[dict[str, Any]]:
    """Return the logs of the language model's trainings, one for each finished seed."""
    found = []
    for seed in SEEDS:
        try:
            found.append(read_log(f"rnn-wikitext2-seed{seed}"))
        except CheckpointError:
            continue
    return found
