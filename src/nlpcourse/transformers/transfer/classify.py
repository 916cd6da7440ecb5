"""Ways from a pre-trained encoder to a classifier, for the training room.

*Frozen*: a linear layer is fitted to the vectors of the labelled texts, and no step is taken.
*LoRA*, *adapters*, *top*: from there on, the layer is trained together with detours, adapters or
all weights of the last blocks; what the blocks below say of a text never changes, so it is
computed once.  *Full*: every weight may change, and each step goes through all blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcourse import corpora
from nlpcourse.evaluation import accuracy
from nlpcourse.neural.cnn.data import in_order
from nlpcourse.training.loop import fit
from nlpcourse.training.recipe import Plan
from nlpcourse.transformers.bert.classifier import Classifier, deal, mean_pool
from nlpcourse.transformers.bert.encoder import (
    Bert,
    initialize,
    load_pretrained,
)
from nlpcourse.transformers.bert.tokens import PieceTokenizer
from nlpcourse.transformers.transfer.adapter import add_adapters
from nlpcourse.transformers.transfer.data import LONGEST, Texts, division, labelled
from nlpcourse.transformers.transfer.lora import add_lora, trained

WARM_UP = 4
"""Steps over which the learning rate rises."""

WAYS = ("frozen", "lora", "adapters", "top", "full")


@lru_cache(maxsize=1)
def pieces() -> PieceTokenizer:
    """Return the tokenizer of MiniLM."""
    return PieceTokenizer.from_folder(corpora.minilm())


def cut(row: Sequence[int], longest: int) -> list[int]:
    """Keep the first pieces of a text and the mark at its end, *longest* in all.

    Raises:
        ValueError: there is no room for a piece between the two marks.

    >>> cut([101, 7, 8, 9, 102], 4)
    [101, 7, 8, 102]
    """
    if longest < 3:
        raise ValueError(f"{longest} places leave none for a piece; give 3 or more")
    return list(row) if len(row) <= longest else [*row[: longest - 1], row[-1]]


def encode(texts: Sequence[str], longest: int) -> list[list[int]]:
    """Return each text's pieces, cut to *longest*; see :func:`cut`."""
    if isinstance(texts, str):
        raise ValueError(f"{texts!r} is one text; put it in brackets")
    tokenizer = pieces()
    # a piece has a letter at least: what lies further on is cut off anyway
    return [cut(tokenizer.encode(text[: 40 * longest]), longest) for text in texts]


def fit_head(head: nn.Linear, vectors: Tensor, labels: Sequence[int]) -> None:
    """Fit a linear layer to frozen vectors, in place, by scikit-learn's logistic regression.

    Raises:
        ValueError: a class has no text.
    """
    from sklearn.linear_model import LogisticRegression

    if sorted(set(labels)) != list(range(head.out_features)):
        raise ValueError(
            f"{head.out_features} classes need a text each; there are {sorted(set(labels))}"
        )
    fitted = LogisticRegression(max_iter=2000).fit(vectors.numpy(), list(labels))
    weight = torch.tensor(fitted.coef_, dtype=torch.float32)
    offset = torch.tensor(fitted.intercept_, dtype=torch.float32)
    if len(weight) == 1:  # two classes: one row of log odds, halved to either side
        weight = torch.cat([-weight, weight]) / 2
        offset = torch.cat([-offset, offset]) / 2
    with torch.no_grad():
        head.weight.copy_(weight)
        head.bias.copy_(offset)


class TextClassifier(Classifier):
    """Chapter 30's classifier, which stores and loads the weights that are trained, and no more."""

    def vectors(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return one vector a text, (B, C), which the linear layer reads."""
        return mean_pool(self.bert(ids, mask).last, mask)

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """Return the weights that training changes."""
        return trained(self)

    def load_state_dict(
        self,
        state_dict: Mapping[str, Any],
        strict: bool = True,
        assign: bool = False,
    ) -> Any:
        """Load the weights that training changes; the others stay as they are.

        Raises:
            KeyError: one is missing, or there is one too many.
        """
        own = {n: p for n, p in self.named_parameters() if p.requires_grad}
        if set(own) != set(state_dict):
            raise KeyError(f"other weights than {', '.join(sorted(own)[:4])}, …")
        with torch.no_grad():
            for name, weight in own.items():
                weight.copy_(state_dict[name])
        return None


def trained_blocks(bert: Bert, count: int) -> nn.ModuleList:
    """Return the last *count* blocks of an encoder.

    Raises:
        ValueError: it has not so many, or *count* is below one.
    """
    if not 1 <= count <= len(bert.blocks):
        raise ValueError(
            f"{count} of {len(bert.blocks)} blocks: choose one or more"
        )
    return bert.blocks[len(bert.blocks) - count :]


def build_classifier(config: Mapping[str, Any], classes: int) -> TextClassifier:
    """Return an encoder with a linear layer on top, made ready for a way.

    Args:
        config: ``way`` and the sizes of its parts; see :class:`FewLabels`.
        classes: how many there are to choose from.

    Raises:
        ValueError: there is no such way.
    """
    way, folder = config.get("way"), corpora.minilm()
    if way not in WAYS:
        raise ValueError(f"the ways are {', '.join(WAYS)}, not {way!r}")
    bert = load_pretrained(folder)
    model = TextClassifier(bert, classes)
    bert.pooler.requires_grad_(False)  # the mean is read, not the pooler
    if way == "full":
        return model
    bert.requires_grad_(False)
    last = trained_blocks(bert, config["blocks"])
    if way == "lora":
        add_lora(last, config["rank"], config["alpha"])
    elif way == "adapters":
        add_adapters(last, config["narrow"])
    elif way == "top":
        last.requires_grad_(True)
    return model


class Lower(nn.Module):
    """An encoder up to its last blocks: what it says of each token, where nothing is trained."""

    def __init__(self, bert: Bert, count: int) -> None:
        """Leave the last *count* blocks away."""
        super().__init__()
        self.embeddings = bert.embeddings
        self.blocks = bert.blocks[: len(bert.blocks) - count]

    def forward(self, ids: Tensor, mask: Tensor) -> list[Tensor]:
        """Return the vectors (T, C) of every text, its padding cut off."""
        x = self.embeddings(ids, torch.zeros_like(ids))
        for block in self.blocks:
            x, _ = block(x, mask.bool())
        counts = mask.sum(dim=1).tolist()
        return [row[:count].clone() for row, count in zip(x, counts, strict=True)]


class Upper(nn.Module):
    """The last blocks of a classifier and its linear layer, on vectors computed before.

    Its stored weights are those of the whole classifier that are trained.
    """

    def __init__(self, whole: TextClassifier, count: int) -> None:
        """Take the last *count* blocks."""
        super().__init__()
        self.whole, self.count = whole, count

    def vectors(self, x: Tensor, mask: Tensor) -> Tensor:
        """Return one vector a text, (B, C), of vectors (B, T, C)."""
        for block in trained_blocks(self.whole.bert, self.count):
            x, _ = block(x, mask.bool())
        return mean_pool(x, mask)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Return the logits, (B, classes), of vectors (B, T, C)."""
        pooled = self.whole.dropout(self.vectors(x, mask))
        logits: Tensor = self.whole.head(pooled)
        return logits

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """Return the weights that training changes."""
        return self.whole.state_dict()

    def load_state_dict(
        self,
        state_dict: Mapping[str, Any],
        strict: bool = True,
        assign: bool = False,
    ) -> Any:
        """Load the weights that training changes."""
        return self.whole.load_state_dict(state_dict)


def together(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Pad texts' vectors (T, C) to one length; return them, (B, T, C), and the mask (B, T).

    Raises:
        ValueError: there is no text.

    >>> x, mask = together([torch.ones(2, 3), torch.ones(1, 3)])
    >>> tuple(x.shape), mask.tolist()
    ((2, 2, 3), [[1, 1], [1, 0]])
    """
    if not len(rows) or any(row.dim() != 2 or not len(row) for row in rows):
        raise ValueError(
            "a batch needs texts, each a table with a row for every token"
        )
    mask = [torch.ones(len(row), dtype=torch.long) for row in rows]
    pad = nn.utils.rnn.pad_sequence
    return pad(list(rows), batch_first=True), pad(mask, batch_first=True)


@torch.no_grad()
def read(model: nn.Module, rows: Sequence[Sequence[int]]) -> list[Any]:
    """Return what *model* says of every row of ids, rows of like length together.

    Args:
        model: takes ids (B, T) and a mask (B, T), and returns something for each text.
        rows: ids, one list a text.
    """
    found: list[Any] = [None] * len(rows)
    for chosen in in_order([len(row) for row in rows], 32):
        batch = pieces().pad_together([rows[i] for i in chosen])
        for i, row in zip(chosen, model(batch.ids, batch.mask), strict=True):
            found[i] = row
    return found


@lru_cache(maxsize=6)
def lower_vectors(
    task: str, count: int | str, draw: int, blocks: int, kind: str
) -> tuple[list[Tensor], Texts]:
    """Return the vectors below the last blocks, and the texts: labelled ones, or those to judge.

    Args:
        task: see :func:`division`.
        count: labelled texts.
        draw: which ones.
        blocks: how many are left away.
        kind: "known", or the name of a part of the division.
    """
    part = division(task)
    known = kind == "known"
    texts = labelled(part, count, draw) if known else getattr(part, kind)
    with torch.random.fork_rng(
        devices=[]
    ):  # remembered or not, the next draw is the same
        bert = load_pretrained(corpora.minilm())
    rows = encode(texts.texts, LONGEST[task])
    return read(Lower(bert, blocks), rows), texts


class FewLabels:
    """A task with few labels, for the training room.

    Config:
        task: "films" or "stories".
        way: one of :data:`WAYS`.
        labels: how many texts of the training part are labelled; "all" for every text that is no
            test text, those for choosing settings included.
        draw: which ones.
        batch_size: texts a step.
        blocks: how many of the last blocks are trained, or get something trained.
        rank, alpha: of LoRA's detours; narrow: of the adapters.
        judged: the part of the division that the accuracy is measured on.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config = dict(config)
        self.known, self.judged = (
            self._texts("known"),
            self._texts(config["judged"]),
        )
        self.labels = torch.tensor(self.known.labels)
        self.batch_size = min(config["batch_size"], len(self.known))
        self.draw = int(config["draw"])
        self.model: nn.Module = self._built()

    def _texts(self, kind: str) -> Texts:
        c, known = self.config, kind == "known"
        chosen = (c["labels"], c["draw"]) if known else (0, 0)
        vectors, texts = lower_vectors(c["task"], *chosen, c["blocks"], kind)
        if known:
            self.inputs: Sequence[Any] = vectors
        else:
            self.judged_inputs: Sequence[Any] = vectors
        return texts

    def _built(self) -> nn.Module:
        whole = build_classifier(self.config, len(self.known.names))
        upper = Upper(whole, self.config["blocks"]).eval()
        fit_head(
            whole.head, self._outputs(upper.vectors, self.inputs), self.known.labels
        )
        return upper

    def _stack(self, inputs: Sequence[Any]) -> tuple[Tensor, Tensor]:
        return together(inputs)

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Return vectors, mask and labels of a step; every reading deals the texts out anew."""
        steps = len(self.inputs) // self.batch_size
        reading, place = divmod(step, steps)
        lengths = [len(row) for row in self.inputs]
        seed = 1000 * self.draw + reading
        chosen = deal(lengths, self.batch_size, seed)[place]
        return *self._stack([self.inputs[i] for i in chosen]), self.labels[chosen]

    def loss(
        self, model: nn.Module, batch: tuple[Tensor, ...], carry: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Return the cross-entropy of a batch; nothing is carried over."""
        x, mask, labels = batch
        return F.cross_entropy(model(x, mask), labels), ()

    @torch.no_grad()
    def _outputs(
        self, model: Callable[[Tensor, Tensor], Tensor], inputs: Sequence[Any]
    ) -> Tensor:
        found: list[Tensor] = [torch.empty(0)] * len(inputs)
        for chosen in in_order([len(row) for row in inputs], 32):
            rows = model(*self._stack([inputs[i] for i in chosen]))
            for i, row in zip(chosen, rows, strict=True):
                found[i] = row
        return torch.stack(found)

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on the texts that the task is judged by."""
        self.model.eval()
        best = self._outputs(self.model, self.judged_inputs).argmax(dim=-1)
        return {"accuracy": accuracy(self.judged.labels, best.tolist())}


class AllWeights(FewLabels):
    """A task with few labels, for which every weight of the encoder may change.

    Config: as for :class:`FewLabels`, with the way ``"full"``.
    """

    def _texts(self, kind: str) -> Texts:
        part, known = division(self.config["task"]), kind == "known"
        texts: Texts = (
            labelled(part, self.config["labels"], self.config["draw"])
            if known
            else getattr(part, kind)
        )
        rows = encode(texts.texts, LONGEST[self.config["task"]])
        if known:
            self.inputs = rows
        else:
            self.judged_inputs = rows
        return texts

    def _built(self) -> nn.Module:
        whole = build_classifier(self.config, len(self.known.names)).eval()
        fit_head(
            whole.head, self._outputs(whole.vectors, self.inputs), self.known.labels
        )
        return whole

    def _stack(self, inputs: Sequence[Any]) -> tuple[Tensor, Tensor]:
        batch = pieces().pad_together(inputs)
        return batch.ids, batch.mask


class AfterAnother(FewLabels):
    """A task that is learnt after another one, by the same weights.

    Config: as for :class:`FewLabels`; and ``first``, the task that came before, ``first_steps`` and
    ``rate``, how it was trained.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        first = FewLabels({**config, "task": config["first"]})
        plan = Plan(
            seed=int(config["draw"]),
            steps=config["first_steps"],
            learning_rate=config["rate"],
            warmup=WARM_UP,
        )
        fit(first, plan)
        self.first, self.before = first, first.evaluate()["accuracy"]
        super().__init__(config)

    def _built(self) -> nn.Module:
        assert isinstance(self.first.model, Upper)
        whole = self.first.model.whole
        self.first_head = whole.head
        whole.head = nn.Linear(whole.bert.config.hidden_size, len(self.known.names))
        initialize(whole.head)
        return Upper(whole, self.config["blocks"])

    def evaluate(self) -> dict[str, float]:
        """Return the accuracy on the second task, and on the first before and after it."""
        found = super().evaluate()
        assert isinstance(self.model, Upper)
        whole = self.model.whole
        second, whole.head = whole.head, self.first_head
        self.first.model = self.model
        after = self.first.evaluate()["accuracy"]
        whole.head = second
        return {**found, "first_before": self.before, "first_after": after}


def judge(model: nn.Module, texts: Texts, longest: int) -> float:
    """Return the accuracy of a classifier of ids and mask on labelled texts."""
    model.eval()
    found = torch.stack(read(model, encode(texts.texts, longest)))
    return accuracy(texts.labels, found.argmax(dim=-1).tolist())
