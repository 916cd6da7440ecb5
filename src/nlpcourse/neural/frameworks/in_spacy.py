"""The classifier as a component of a spaCy pipeline, of Thinc's layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlpcourse.neural.cnn.data import TREC_LABELS
from nlpcourse.neural.frameworks.task import (
    Floats,
    Integers,
    Questions,
    Sizes,
    Weights,
)

ARCHITECTURE = "nlpcourse.MeanOfWords.v1"


def network(table: dict[int, int], size: int, hidden: int, classes: int) -> Any:
    """Return the network of Thinc's layers, from tokens to probabilities.

    Args:
        table: the number of each word, by spaCy's hash of it; any other word is number 1.
        size: numbers in a word's vector.
        hidden: units of the hidden layer.
        classes: kinds of question.
    """
    from spacy.ml.featureextractor import FeatureExtractor
    from thinc.api import (
        Embed,
        Relu,
        Softmax,
        chain,
        list2ragged,
        reduce_mean,
        remap_ids_v2,
        with_array,
    )

    vectors: Any = chain(
        remap_ids_v2(table, default=1, column=0),
        Embed(size, len(table) + 2, column=0),
    )
    return chain(
        FeatureExtractor(["ORTH"]),
        list2ragged(),
        with_array(vectors),
        reduce_mean(),
        Relu(hidden, size),
        Softmax(classes, hidden),
    )


def register() -> None:
    """Tell spaCy the network's name, so that a saved pipeline can be loaded by it."""
    import spacy

    if ARCHITECTURE in spacy.registry.architectures:
        return

    @spacy.registry.architectures(ARCHITECTURE)  # type: ignore[untyped-decorator]
    def mean_of_words(words: list[str], size: int, hidden: int, nO: int) -> Any:
        from spacy.strings import get_string_id

        table = {get_string_id(word): k for k, word in enumerate(words, start=2)}
        return network(table, size, hidden, nO)


def fresh(words: Sequence[str], sizes: Sizes, seed: int) -> Any:
    """Return a pipeline with Thinc's own initial weights.

    Args:
        words: of the vocabulary, in the order of their numbers.
        sizes: of the classifier.
        seed: of the draw.
    """
    import spacy
    from spacy.training import Example

    register()
    spacy.util.fix_random_seed(seed)
    nlp = spacy.blank("en")
    model = {
        "@architectures": ARCHITECTURE,
        "words": list(words),
        "size": sizes.size,
        "hidden": sizes.hidden,
        "nO": sizes.classes,
    }
    textcat = nlp.add_pipe("textcat", config={"model": model})
    for label in TREC_LABELS:
        textcat.add_label(label)
    first = document(nlp, list(words[:1]) or ["?"])
    cats = {"cats": {label: float(not k) for k, label in enumerate(TREC_LABELS)}}
    nlp.initialize(lambda: [Example.from_dict(first, cats)])
    return nlp


def document(nlp: Any, words: Sequence[str]) -> Any:
    """Return a text as spaCy's document, of our words and not of its own tokens."""
    from spacy.tokens import Doc

    return Doc(nlp.vocab, words=list(words))


def layers(nlp: Any) -> list[tuple[Any, str]]:
    """Return the layers that hold weights, each with the name of one of them."""
    nodes = {node.name: node for node in nlp.get_pipe("textcat").model.walk()}
    return [
        (nodes["embed"], "E"),
        (nodes["relu"], "W"),
        (nodes["relu"], "b"),
        (nodes["softmax"], "W"),
        (nodes["softmax"], "b"),
    ]


def build(weights: Weights, words: Sequence[str]) -> Any:
    """Return a pipeline with given weights."""
    nlp = fresh(words, weights.sizes, seed=0)
    for (node, name), array in zip(layers(nlp), weights.arrays(), strict=True):
        flat = array if name == "E" else np.ascontiguousarray(array.T)
        node.set_param(name, flat.copy())
    return nlp


def weights_of(nlp: Any) -> Weights:
    """Return the weights as arrays."""
    found = [(name, node.get_param(name)) for node, name in layers(nlp)]
    return Weights(
        *(array.copy() if name == "E" else array.T.copy() for name, array in found)
    )


def probabilities(nlp: Any, documents: Sequence[Sequence[str]]) -> Floats:
    """Return the probabilities of every kind of question."""
    docs = [document(nlp, words) for words in documents]
    found = [doc.cats for doc in nlp.get_pipe("textcat").pipe(docs)]
    return np.array(
        [[cats[label] for label in TREC_LABELS] for cats in found], dtype=np.float32
    )


def train(
    nlp: Any,
    questions: Questions,
    order: Iterable[Integers],
    rate: float,
    epsilon: float | None = None,
    own: bool = False,
) -> list[float]:
    """Train in place; return each batch's loss, which is a mean square of differences here.

    Args:
        nlp: the pipeline.
        questions: to learn from.
        order: which of them each batch holds.
        rate: the learning rate.
        epsilon: Adam's.
        own: keep the gradient clipping of Thinc's Adam, as spaCy does.
    """
    from spacy.training import Example
    from thinc.api import Adam

    optimizer = Adam(
        rate,
        eps=epsilon or 1e-8,
        grad_clip=1.0 if own else 0.0,
        L2=0.0,
        use_averages=False,
    )
    examples = [
        Example.from_dict(
            document(nlp, words),
            {"cats": {name: float(name == kind) for name in TREC_LABELS}},
        )
        for words, kind in zip(
            questions.documents,
            (TREC_LABELS[k] for k in questions.labels),
            strict=True,
        )
    ]
    losses = []
    for chosen in order:
        found = nlp.update([examples[k] for k in chosen], sgd=optimizer, losses={})
        losses.append(float(found["textcat"]))
    return losses


def save(nlp: Any, folder: Path) -> None:
    """Write the whole pipeline: configuration, vocabulary, weights."""
    nlp.to_disk(folder / "model")


def load(folder: Path, sizes: Sizes) -> Any:
    """Return the pipeline again; its configuration asks for the architecture by its name."""
    import spacy

    register()
    return spacy.load(folder / "model")


def steps(
    gradients: list[float],
    start: float,
    rate: float,
    decay: float = 0.0,
    decoupled: bool = True,
) -> list[float]:
    """Return where Thinc's Adam goes along given gradients."""
    from thinc.api import Adam

    optimizer = Adam(
        rate,
        L2=decay,
        L2_is_weight_decay=decoupled,
        grad_clip=0,
        use_averages=False,
    )
    weight = np.array([start], dtype=np.float32)
    found = []
    for gradient in gradients:
        weight, _ = optimizer(
            (0, "w"), weight, np.array([gradient], dtype=np.float32)
        )
        found.append(float(weight[0]))
    return found
