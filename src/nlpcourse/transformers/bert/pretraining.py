"""Pre-training by filling in blanks: the head, the text, the task, and how long it takes.

The tokenizer is chapter 02's byte-pair encoding, trained on the training text: RoBERTa's choice,
which has no unknown tokens.  The network is BERT's, made small enough for one core.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.text.tokenization.bpe import Merge, byte_ranks, to_ranks
from nlpcourse.text.tokenization.fast import Tokenizer, train_fast
from nlpcourse.text.tokenization.gpt import gpt4_split
from nlpcourse.transformers.bert.encoder import Bert, BertConfig, initialize
from nlpcourse.transformers.bert.masking import IGNORED, Masking, hide


class MaskedLanguageModel(nn.Module):
    """The encoder with a head that names the token at every place.

    The last layer shares its weights with the word embeddings: what a token means and what
    calls for it are one vector.
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.bert = Bert(config)
        self.transform = nn.Linear(config.hidden_size, config.hidden_size)
        self.gelu = nn.GELU()
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_epsilon)
        self.bias = nn.Parameter(torch.zeros(config.vocabulary_size))
        initialize(self.transform, config.initial_spread)

    def name(self, x: Tensor) -> Tensor:
        """Turn vectors (…, C) into logits over the vocabulary, (…, V)."""
        x = self.norm(self.gelu(self.transform(x)))
        return F.linear(x, self.bert.embeddings.words.weight, self.bias)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the logits of every token at every place, (B, T, V)."""
        return self.name(self.bert(ids, mask).last)

    def loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Return the mean cross-entropy at the places asked about; the others cost no work."""
        asked = targets != IGNORED  # (B, T)
        logits = self.name(self.bert(inputs).last[asked])  # (number asked, V)
        return F.cross_entropy(logits, targets[asked])


class ByteTokenizer:
    """Chapter 02's byte-pair tokenizer with four special tokens after its own ids.

    >>> tokenizer = ByteTokenizer([(b"t", b"h"), (b"th", b"e")])
    >>> tokenizer.words(tokenizer.encode("the"))
    ['<s>', 'the', '</s>']
    """

    SPECIAL = ("<s>", "</s>", "<pad>", "<mask>")

    def __init__(self, merges: Iterable[Merge]) -> None:
        self.merges = list(merges)
        self.bpe = Tokenizer(to_ranks(self.merges), gpt4_split)
        self.size = 256 + len(self.merges) + len(self.SPECIAL)
        self.start, self.end, self.pad, self.blank = range(self.size - 4, self.size)

    @classmethod
    def learn(cls, text: str, size: int) -> ByteTokenizer:
        """Learn a vocabulary of *size* ids, the 256 bytes and four special tokens included.

        Raises:
            ValueError: the bytes and special tokens alone are more.
        """
        if size < 256 + len(cls.SPECIAL):
            raise ValueError(
                f"{size} ids can't hold the 256 bytes and {len(cls.SPECIAL)} special tokens; "
                "ask for more"
            )
        chunks = (chunk.encode() for chunk in gpt4_split(text))
        return cls(train_fast(chunks, size - 256 - len(cls.SPECIAL)))

    def encode(self, text: str) -> list[int]:
        """Return the ids of ``<s> text </s>``; a blank is written ``<mask>``."""
        parts = [self.bpe.encode(part) for part in text.split("<mask>")]
        ids = parts[0]
        for part in parts[1:]:
            ids = [*ids, self.blank, *part]
        return [self.start, *ids, self.end]

    def words(self, ids: Iterable[int]) -> list[str]:
        """Return each token as text, ``�`` where it holds half a character."""
        special = dict(
            zip(range(self.size - 4, self.size), self.SPECIAL, strict=True)
        )
        return [special[i] if i in special else self.bpe.decode([i]) for i in ids]

    def merge_ids(self) -> Tensor:
        """Return the merges as pairs of ids, (number of merges, 2), to keep in a checkpoint."""
        ranks = self.bpe.ranks
        pairs = [[ranks[a], ranks[b]] for a, b in self.merges]
        return torch.tensor(pairs, dtype=torch.int32).view(-1, 2)

    @classmethod
    def from_merge_ids(cls, pairs: Tensor) -> ByteTokenizer:
        """Undo :meth:`merge_ids`."""
        tokens = list(byte_ranks())
        known = set(tokens)
        merges = []
        for a, b in pairs.tolist():
            merges.append((tokens[a], tokens[b]))
            if (joined := tokens[a] + tokens[b]) not in known:
                known.add(joined)
                tokens.append(joined)
        return cls(merges)


def running_text(split: Literal["train", "valid", "test"]) -> list[str]:
    """Return WikiText-2's paragraphs without the headings and the empty lines."""
    lines = corpora.wikitext_2(split).splitlines()
    return [
        line.rstrip()
        for line in lines
        if line.strip() and not line.startswith(" = ")
    ]


@lru_cache(maxsize=1)
def wikitext_tokenizer(size: int) -> ByteTokenizer:
    """Learn the tokenizer from WikiText-2's training text (some seconds)."""
    return ByteTokenizer.learn("\n".join(running_text("train")), size)


def show_draw(
    tokenizer: ByteTokenizer, line: str, masking: Masking, seed: int
) -> list[str]:
    """Return what one draw of blanks shows of a line: a dot where it asks nothing."""
    ids = torch.tensor([tokenizer.encode(line)])
    chance = torch.Generator().manual_seed(seed)
    inputs, targets = hide(ids, ids < masking.vocabulary_size, masking, chance)
    shown = tokenizer.words(inputs[0].tolist())
    asked = (targets[0] != IGNORED).tolist()
    return [word if ask else "·" for word, ask in zip(shown, asked, strict=True)]


def windows(
    paragraphs: Iterable[str], tokenizer: ByteTokenizer, length: int
) -> Tensor:
    """Cut running text into rows of *length* ids, ``<s>`` first and ``</s>`` last, (N, T).

    Rows run over the ends of paragraphs, and of articles, as RoBERTa's do.  What does not fill a
    row at the end is left out.

    Raises:
        ValueError: a row has no place between its ends.
    """
    if length < 3:
        raise ValueError(
            f"a row of {length} ids has no place between its ends; give 3 or more"
        )
    ids = [i for paragraph in paragraphs for i in tokenizer.bpe.encode(paragraph)]
    inner = length - 2
    rows = torch.tensor(ids[: len(ids) // inner * inner]).view(-1, inner)
    ends = (
        torch.full((len(rows), 1), tokenizer.start),
        torch.full((len(rows), 1), tokenizer.end),
    )
    return torch.cat([ends[0], rows, ends[1]], dim=1)


def sinusoids(length: int, size: int) -> Tensor:
    """Return the Transformer's table of positions, (length, size): sines and cosines.

    Source: Vaswani et al. (2017), section 3.5.

    >>> sinusoids(2, 4)[0].tolist()
    [0.0, 1.0, 0.0, 1.0]

    Raises:
        ValueError: *size* is odd, so that a sine has no cosine, or one is negative.
    """
    if size % 2 or size < 0 or length < 0:
        raise ValueError(
            f"{length} places of {size} channels can't be; give an even number of channels"
        )
    places = torch.arange(length).unsqueeze(1)  # (length, 1)
    # (length, size / 2)
    angles = places * 10000 ** (-torch.arange(0, size, 2) / size)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


class FillInBlanks(nn.Module):
    """A masked language model together with the merges of its tokenizer: one checkpoint.

    The table of positions is learnt, as BERT's is, but starts from sinusoids: a head can then
    look one place to the left early on, where from random vectors it takes long to find out how.
    """

    def __init__(self, config: BertConfig, merges: Tensor) -> None:
        super().__init__()
        self.model = MaskedLanguageModel(config)
        positions = self.model.bert.embeddings.positions.weight
        positions.data = config.initial_spread * sinusoids(*positions.shape)
        self.register_buffer("merges", merges)

    def forward(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Return the loss."""
        return self.model.loss(inputs, targets)


class MaskedLanguageTask:
    """Masked-language modelling for the training room.

    Args:
        config: ``masking`` is "dynamic", which draws the blanks of a row anew at each visit, or
            "static", which draws them ``copies`` times before training and visits the copies in
            turn; further ``batch_size``, and the sizes that :func:`model_config` reads.
        rows: the training text, (N, T).
        validation: the text to evaluate on, (M, T).
        tokenizer: that made both.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        rows: Tensor,
        validation: Tensor,
        tokenizer: ByteTokenizer,
    ) -> None:
        if config["masking"] not in ("static", "dynamic"):
            raise ValueError(
                f"masking must be static or dynamic, not {config['masking']!r}"
            )
        self.masking = Masking(
            tokenizer.blank, tokenizer.size - len(tokenizer.SPECIAL)
        )
        self.batch_size = int(config["batch_size"])
        self.seed = torch.initial_seed()
        self.rows, self.validation = rows, validation
        copies = int(config["copies"]) if config["masking"] == "static" else 0
        self.copies = [
            self.hide(rows, 11_000_003 * (self.seed + 1) + k) for k in range(copies)
        ]
        self.model: nn.Module = FillInBlanks(
            model_config(config), tokenizer.merge_ids()
        )

    def hide(self, rows: Tensor, seed: int) -> tuple[Tensor, Tensor]:
        """Hide tokens of rows; the special tokens at both ends are never asked about."""
        generator = torch.Generator().manual_seed(seed)
        return hide(
            rows, rows < self.masking.vocabulary_size, self.masking, generator
        )

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return inputs and targets of a step, both (B, T)."""
        size = self.batch_size
        epoch, place = divmod(step, len(self.rows) // size)
        shuffle = torch.Generator().manual_seed(1_000_003 * self.seed + epoch)
        chosen = torch.randperm(len(self.rows), generator=shuffle)[place * size :][
            :size
        ]
        if not self.copies:
            return self.hide(self.rows[chosen], 7_000_003 * (self.seed + 1) + step)
        inputs, targets = self.copies[epoch % len(self.copies)]
        return inputs[chosen], targets[chosen]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the loss of a batch; nothing is carried over."""
        return model(*batch), ()

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Return loss, perplexity and accuracy at blanks of the validation text, drawn once."""
        device = next(self.model.parameters()).device
        model: Any = self.model.cpu().get_submodule("model")
        loss, hits, asked = 0.0, 0, 0
        for k, rows in enumerate(torch.split(self.validation, 64)):
            inputs, targets = self.hide(rows, k)
            places = targets != IGNORED
            logits = model.name(model.bert(inputs).last[places])
            gold = targets[places]
            loss += float(F.cross_entropy(logits, gold, reduction="sum"))
            hits += int((logits.argmax(dim=-1) == gold).sum())
            asked += len(gold)
        self.model.to(device)
        mean = loss / asked
        return {
            "loss": mean,
            "perplexity": math.exp(mean),
            "accuracy": hits / asked,
        }


def model_config(config: Mapping[str, Any]) -> BertConfig:
    """Return the encoder's sizes from a recipe's configuration.

    Raises:
        ValueError: a size is missing.
    """
    needed = ("vocabulary", "hidden_size", "layers", "heads", "length")
    for name in (*needed, "dropout", "initial_spread"):
        if name not in config:
            raise ValueError(f"the configuration lacks {name!r}; see recipes.SIZES")
    return BertConfig(
        vocabulary_size=config["vocabulary"],
        hidden_size=config["hidden_size"],
        layers=config["layers"],
        heads=config["heads"],
        feed_forward_size=4 * config["hidden_size"],
        positions=config["length"],
        dropout=config["dropout"],
        initial_spread=config["initial_spread"],
    )


@lru_cache(maxsize=2)
def wikitext_rows(
    split: Literal["train", "valid", "test"], size: int, length: int
) -> Tensor:
    """Return a part of WikiText-2 as rows of *length* ids of the vocabulary of *size*."""
    return windows(running_text(split), wikitext_tokenizer(size), length)


def masked_language_task(config: Mapping[str, Any]) -> MaskedLanguageTask:
    """Set up masked-language modelling on WikiText-2, on its first ``windows`` rows if given."""
    model_config(config)  # refuses what is missing before the text is cut
    size, length = int(config["vocabulary"]), int(config["length"])
    rows = wikitext_rows("train", size, length)[: config.get("windows")]
    validation = wikitext_rows("valid", size, length)
    return MaskedLanguageTask(config, rows, validation, wikitext_tokenizer(size))


def restore(tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> Filler:
    """Build model and tokenizer from the tensors of a checkpoint."""
    filler = FillInBlanks(model_config(config), tensors["merges"])
    filler.load_state_dict(dict(tensors))
    return Filler(
        filler.model.eval(), ByteTokenizer.from_merge_ids(tensors["merges"])
    )


@dataclass(frozen=True)
class Filler:
    """A trained masked language model with its tokenizer."""

    model: MaskedLanguageModel
    tokenizer: ByteTokenizer

    @torch.no_grad()
    def guesses(self, text: str, count: int = 5) -> list[list[tuple[str, float]]]:
        """Return for each ``<mask>`` of *text* the best tokens with their probabilities.

        Raises:
            ValueError: the text has no blank or is too long for the model's positions, or
                *count* is no number of tokens.
        """
        if not 1 <= count <= self.tokenizer.size:
            raise ValueError(
                f"{count} guesses can't be given; ask for 1 to {self.tokenizer.size}"
            )
        ids = torch.tensor([self.tokenizer.encode(text)])
        places = (ids[0] == self.tokenizer.blank).nonzero().flatten()
        if not len(places):
            raise ValueError("write <mask> where the model is to fill in a word")
        chances = self.model(ids)[0, places].softmax(dim=-1)
        best = chances.topk(count, dim=-1)
        return [
            list(
                zip(
                    self.tokenizer.words(row.tolist()), values.tolist(), strict=True
                )
            )
            for row, values in zip(best.indices, best.values, strict=True)
        ]
