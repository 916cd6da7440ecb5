"""What ``nlpcourse train`` trains for this chapter: three seeds of each of three models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpcourse.corpora.running_text import WikitextSplit
from nlpcourse.training import registry
from nlpcourse.training.recipe import Plan, Recipe
from nlpcourse.transformers.gpt import language_models as lm
from nlpcourse.transformers.gpt.model import GPT, GPTConfig

SPLITS: tuple[WikitextSplit, ...] = ("valid", "test")
OVERLAP = 4
"""Windows move on by this part of the context, so that hardly a token lacks words before it."""


class NextToken:
    """Windows of a long text in a random order, each read once before any is read again.

    The windows begin at another place in every reading, so that no token stands at the
    beginning of its window each time.
    """

    def __init__(
        self, config: Mapping[str, Any], model: nn.Module, ids: Tensor
    ) -> None:
        """Keep the model and the text.

        Args:
            config: holds ``rows``, ``context`` and ``draw``, the seed of the order.
            model: what is trained.
            ids: (tokens,), the text.
        """
        self.model = model
        self.config = config
        self.ids = ids
        self.per_reading = (len(ids) // config["context"] - 2) // config["rows"]
        self._reading, self._starts = -1, torch.zeros(0)

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return windows with the token that follows each: (rows, context + 1)."""
        reading, place = divmod(step, self.per_reading)
        rows, context = self.config["rows"], self.config["context"]
        if reading != self._reading:
            chance = torch.Generator()
            chance.manual_seed(1_000_003 * self.config["draw"] + reading)
            offset = torch.randint(context, (1,), generator=chance)
            windows = self.per_reading * rows
            order = torch.randperm(windows, generator=chance)
            self._reading, self._starts = reading, offset + context * order
        starts = self._starts[place * rows : (place + 1) * rows]
        return (self.ids[starts[:, None] + torch.arange(context + 1)],)

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean cross-entropy of the next tokens; nothing is carried over."""
        (ids,) = batch
        logits = model(ids[:, :-1])  # (B, T, V)
        return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten()), ()

    def evaluate(self) -> dict[str, float]:
        """Say nothing; the tasks below measure what they are after."""
        return {}


def gpt_config(config: Mapping[str, Any], vocabulary: int) -> GPTConfig:
    """Return the sizes of a model from a recipe's settings."""
    return GPTConfig(
        vocabulary,
        config["context"],
        config["size"],
        config["layers"],
        config["heads"],
        config["dropout"],
        config.get("spread", 0.02),
        config.get("token_spread", 0.02),
    )


class Shakespeare(NextToken):
    """Character by character through the first nine tenths of three plays."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the model and number the text."""
        sizes = gpt_config(config, len(lm.plays_alphabet()))
        super().__init__(config, GPT(sizes), lm.plays_split()[0])

    def evaluate(self) -> dict[str, float]:
        """Return the loss on the last tenth, in windows that do not overlap."""
        model, context = self.model, self.config["context"]
        assert isinstance(model, GPT)
        costs = lm.sliding_costs(
            lambda ids: lm.token_costs(model, ids),
            lm.plays_split()[1],
            context,
            context,
            rows=64,
        )
        return {"validation_loss": float(costs.mean())}


def build_word_gpt(config: Mapping[str, Any]) -> lm.WordGPT:
    """Return an untrained word-level model of the sizes in *config*."""
    return lm.WordGPT(
        config["context"],
        config["size"],
        config["layers"],
        config["heads"],
        config["cutoffs"],
        config["div_value"],
        config["dropout"],
        config["spread"],
        config["scale"],
    )


class Words(NextToken):
    """Word by word through WikiText-2."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Make the model and number the text."""
        ids, _ = lm.split_ids("train", None)
        super().__init__(config, build_word_gpt(config), ids)

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the mean cross-entropy under the adaptive softmax."""
        (ids,) = batch
        loss, _ = model(ids[:, :-1], ids[:, 1:])
        return loss, ()

    def evaluate(self) -> dict[str, float]:
        """Return the perplexities of the validation and test texts."""
        assert isinstance(self.model, lm.WordGPT)
        found = {}
        for split in SPLITS:
            ids, words = lm.split_ids(split, None)
            context = self.config["context"]
            costs = lm.sliding_costs(
                self.model.costs, ids, context, context // OVERLAP
            )
            found[f"{split}_perplexity"] = lm.word_perplexity(costs, words)
        return found


class PiecesTask(NextToken):
    """Piece by piece through WikiText-2."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Learn the pieces, make the model and number the text."""
        self.pieces = lm.wikitext_pieces(config["pieces"])
        sizes = gpt_config(config, len(self.pieces))
        model = lm.PieceGPT(sizes, self.pieces.as_tensor())
        super().__init__(config, model, lm.split_ids("train", self.pieces)[0])

    def evaluate(self) -> dict[str, float]:
        """Return perplexities per word, and per piece of the test text."""
        model, context = self.model, self.config["context"]
        assert isinstance(model, GPT)
        found = {}
        for split in SPLITS:
            ids, words = lm.split_ids(split, self.pieces)
            costs = lm.sliding_costs(
                lambda windows: lm.token_costs(model, windows),
                ids,
                context,
                context // OVERLAP,
            )
            found[f"{split}_perplexity"] = lm.word_perplexity(costs, words)
            found[f"{split}_pieces_per_word"] = len(costs) / words
        return found


SHAKESPEARE: dict[str, Any] = {
    "data": "gutenberg, three plays",
    "context": 64,
    "size": 128,
    "layers": 4,
    "heads": 4,
    "dropout": 0.0,
    "rows": 12,
    "draw": 0,
}
WORDS: dict[str, Any] = {
    "data": "wikitext-2",
    "context": 35,
    "size": 192,
    "layers": 2,
    "heads": 6,
    "cutoffs": [1000, 6000, 33278],
    "div_value": 3.0,
    "dropout": 0.0,
    "spread": 0.04,
    "scale": 4.0,
    "rows": 20,  # windows of 35 words, as chapter 23's LSTM
    "draw": 0,
}
PIECES: dict[str, Any] = {
    "data": "wikitext-2",
    "pieces": 4096,
    "context": 96,
    "size": 192,
    "layers": 2,
    "heads": 4,
    "dropout": 0.0,
    "spread": 0.04,
    "token_spread": 0.1,
    "rows": 11,
    "draw": 0,
}
SEEDS = (0, 1, 2)
NANOGPT_LOSS = 1.88
"""The validation loss that nanoGPT's README names for its sizes for a CPU, on its own text."""


def _recipe(
    build: Callable[[Mapping[str, Any]], NextToken],
    config: Mapping[str, Any],
    plan: Plan,
    about: str,
) -> Recipe:
    return Recipe(
        build=build,
        config={**config, "draw": plan.seed},
        plan=plan,
        half=True,
        keep_weights=plan.seed == 0,
        about=f"{about}, seed {plan.seed}",
    )


def _recipes(seed: int) -> dict[str, Recipe]:
    plays = Plan(seed, 2000, 3e-3, warmup=100, weight_decay=0.1, interval=50)
    # 4,000 steps of 700 words, as chapter 23's LSTM; 3,725 of pieces hold as many words
    words = Plan(seed, 4000, 4e-3, warmup=200, interval=50)
    pieces = Plan(seed, 3725, 4e-3, warmup=200, interval=50)
    return {
        f"gpt-shakespeare-seed{seed}": _recipe(
            Shakespeare,
            SHAKESPEARE,
            plays,
            "GPT over the characters of three plays",
        ),
        f"gpt-wikitext2-seed{seed}": _recipe(
            Words, WORDS, words, "GPT over the words of WikiText-2"
        ),
        f"gpt-wikitext2-pieces-seed{seed}": _recipe(
            PiecesTask, PIECES, pieces, "GPT over pieces of the words of WikiText-2"
        ),
    }


RECIPES = {name: made for seed in SEEDS for name, made in _recipes(seed).items()}


def load_shakespeare() -> tuple[GPT, dict[str, Any]]:
    """Return the trained model of characters and the log of its training."""
    name = "gpt-shakespeare-seed0"
    model = GPT(gpt_config(SHAKESPEARE, len(lm.plays_alphabet())))
    return registry.load_model(name, model, RECIPES[name])


def load_words() -> tuple[lm.WordGPT, dict[str, Any]]:
    """Return the trained model of words and the log of its training."""
    name = "gpt-wikitext2-seed0"
    return registry.load_model(name, build_word_gpt(WORDS), RECIPES[name])


def load_pieces() -> tuple[lm.PieceGPT, lm.Pieces, dict[str, Any]]:
    """Return the trained model of pieces, its vocabulary, and the log of its training."""
    name = "gpt-wikitext2-pieces-seed0"
    tensors, log = registry.load(name, RECIPES[name])
    sizes = gpt_config(PIECES, PIECES["pieces"])
    model = lm.PieceGPT(sizes, tensors["merges"])
    model.load_state_dict(tensors)
    return model.eval(), model.pieces(), log
