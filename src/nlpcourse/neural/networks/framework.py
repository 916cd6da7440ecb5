"""The deep averaging network in PyTorch: the same model, and the same weights where asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from nlpcourse.neural.networks.classifier import (
    DeepAveraging,
    Documents,
    drop_words,
    train,
)
from nlpcourse.neural.networks.optimizers import Adam
from nlpcourse.neural.networks.study import Settings, Split

PADDING = 0


def padded(documents: Documents) -> torch.Tensor:
    """Return documents (rows, longest) as torch's table reads them: numbers from 1, 0 behind.

    Raises:
        ValueError: there are no documents.

    >>> padded([[4, 0], [2]]).tolist()
    [[5, 1], [3, 0]]
    """
    if not len(documents):
        raise ValueError("a batch needs at least one document, and there is none")
    longest = max(1, *(len(document) for document in documents))
    return torch.tensor(
        [[w + 1 for w in d] + [PADDING] * (longest - len(d)) for d in documents]
    )


def deep_averaging(
    words: int, size: int, depth: int, classes: int, drop: float
) -> nn.Sequential:
    """Return an untrained deep averaging network of torch's own layers.

    Raises:
        ValueError: a size is below 1, or the depth below 0.
    """
    if min(words, size, classes) < 1 or depth < 0:
        raise ValueError(
            f"{words} words, {depth} layers of {size} and {classes} classes make no network"
        )
    table = nn.EmbeddingBag(words + 1, size, mode="mean", padding_idx=PADDING)
    nn.init.normal_(table.weight, 0, 0.1)
    layers: list[nn.Module] = [table]
    for _ in range(depth):
        layers += [nn.Linear(size, size), nn.ReLU(), nn.Dropout(drop)]
        nn.init.xavier_normal_(layers[-3].weight)  # type: ignore[arg-type]
        nn.init.zeros_(layers[-3].bias)  # type: ignore[arg-type]
    return nn.Sequential(*layers, nn.Linear(size, classes))


def twin(network: DeepAveraging) -> nn.Sequential:
    """Return torch's network with our network's weights, in double precision."""
    words, size = network.embedding.shape
    classes = network.output.bias.shape[0]
    model = deep_averaging(words, size, len(network.hidden), classes, network.drop)
    model = model.double()
    with torch.no_grad():
        model[0].weight[1:] = torch.tensor(network.embedding.data)  # type: ignore[operator]
        linear = [layer for layer in model if isinstance(layer, nn.Linear)]
        ours = [*network.hidden, network.output]
        for theirs, layer in zip(linear, ours, strict=True):
            theirs.weight.copy_(torch.tensor(layer.weight.data.T))
            theirs.bias.copy_(torch.tensor(layer.bias.data))
    return model


def said(model: nn.Module, documents: Documents) -> list[int]:
    """Return the most probable class of every document, with nothing dropped.

    Raises:
        ValueError: there are no documents.
    """
    model.eval()
    with torch.no_grad():
        found = model(padded(documents)).argmax(dim=-1)
    return [int(k) for k in found]


def share(gold: Sequence[int], found: Sequence[int]) -> float:
    """Return the share of classes that are right.

    Raises:
        ValueError: there are none, or not as many as found.
    """
    if not len(gold) or len(gold) != len(found):
        raise ValueError(
            f"{len(gold)} classes and {len(found)} answers don't match"
        )
    return sum(a == b for a, b in zip(gold, found, strict=True)) / len(gold)


def fit(settings: Settings, split: Split, classes: int, seed: int) -> nn.Sequential:
    """Return a network of torch's layers, trained like ours, with early stopping."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = deep_averaging(
        len(split.numbers), settings.size, settings.depth, classes, settings.drop
    )
    rule = torch.optim.AdamW(
        model.parameters(), settings.rate, weight_decay=settings.decay
    )
    documents, labels = split.train
    best, kept = -1.0, {k: v.clone() for k, v in model.state_dict().items()}
    for _ in range(settings.epochs):
        model.train()
        order = rng.permutation(len(documents))
        for start in range(0, len(order), settings.rows):
            chosen = order[start : start + settings.rows]
            read = [
                drop_words(documents[i], settings.word_drop, rng) for i in chosen
            ]
            gold = torch.tensor([labels[i] for i in chosen])
            rule.zero_grad()
            loss = nn.functional.cross_entropy(model(padded(read)), gold)
            torch.autograd.backward(loss)
            rule.step()
        right = share(split.validation[1], said(model, split.validation[0]))
        if right > best:
            best = right
            kept = {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept)
    return model.eval()


def apart(
    ours: DeepAveraging,
    theirs: nn.Sequential,
    documents: Documents,
    labels: Sequence[int],
    epochs: int,
    rows: int = 100,
    rate: float = 3e-3,
    decay: float = 0.1,
    seed: int = 0,
) -> list[float]:
    """Train our network and its twin side by side; return how far their losses are apart.

    Raises:
        ValueError: there are no documents, or not one label for each.
    """
    rule = Adam(ours.parameters, rate, decay=decay)
    their_rule = torch.optim.AdamW(theirs.parameters(), rate, weight_decay=decay)
    losses = train(ours, rule, documents, labels, epochs, rows, seed)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(epochs):
        order = rng.permutation(len(documents))
        for start in range(0, len(order), rows):
            chosen = order[start : start + rows]
            our_loss = next(losses)
            their_rule.zero_grad()
            logits = theirs(padded([documents[i] for i in chosen]))
            gold = torch.tensor([labels[i] for i in chosen])
            loss = nn.functional.cross_entropy(logits, gold)
            torch.autograd.backward(loss)
            their_rule.step()
            found.append(abs(loss.item() - our_loss))
    return found
