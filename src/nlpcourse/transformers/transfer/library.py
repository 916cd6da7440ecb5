"""What Hugging Face's libraries need of us: files, a model that reads the mean, a model card."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers.modeling_outputs import SequenceClassifierOutput

from nlpcourse import corpora
from nlpcourse.evaluation import accuracy
from nlpcourse.transformers.bert.classifier import Classifier, mean_pool
from nlpcourse.transformers.bert.encoder import Bert, our_name
from nlpcourse.transformers.transfer.classify import fit_head
from nlpcourse.transformers.transfer.data import Texts
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    PreTrainedTokenizerBase,
)


def write_lines(texts: Texts, path: Path) -> Path:
    """Write labelled texts as a file of one JSON object a line, as ``load_dataset`` reads it."""
    rows = (
        json.dumps({"text": text, "label": texts.names[label]}, ensure_ascii=False)
        for text, label in zip(texts.texts, texts.labels, strict=True)
    )
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return path


class MeanClassifier(BertForSequenceClassification):  # type: ignore[misc]
    """Hugging Face's classifier, but for one thing: it reads the mean of the tokens' vectors."""

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        labels: Tensor | None = None,
        **kwargs: Any,
    ) -> SequenceClassifierOutput:
        """Return logits, and the loss where there are labels, as the library's classes do."""
        hidden = self.bert(
            input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        if attention_mask is None:
            attention_mask = torch.ones(hidden.shape[:2])
        pooled = self.dropout(mean_pool(hidden, attention_mask))
        logits = self.classifier(pooled)
        loss = None if labels is None else F.cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)


def library_classifier(texts: Texts) -> MeanClassifier:
    """Return MiniLM with an untrained head for the classes of some texts, in the library's form."""
    names = texts.names
    model: MeanClassifier = MeanClassifier.from_pretrained(
        corpora.minilm(),
        num_labels=len(names),
        id2label=dict(enumerate(names)),
        label2id={name: number for number, name in enumerate(names)},
    )
    return model


def in_library_form(model: Classifier, names: Sequence[str]) -> MeanClassifier:
    """Return the library's model with our classifier's weights, detours merged before."""
    ours = model.bert.state_dict()
    config = BertConfig.from_pretrained(corpora.minilm())
    config.num_labels = len(names)
    config.id2label = dict(enumerate(names))
    config.label2id = {name: number for number, name in enumerate(names)}
    found = MeanClassifier(config)
    with torch.no_grad():
        for name, weight in found.bert.state_dict().items():
            if our_name(name) in ours:
                weight.copy_(ours[our_name(name)])
        found.classifier.weight.copy_(model.head.weight)
        found.classifier.bias.copy_(model.head.bias)
    found.eval()
    return found


def pieces_a_word(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]
) -> float:
    """Return how many pieces a tokenizer of Hugging Face's makes of a word, on average.

    Raises:
        ValueError: the texts hold no word.
    """
    count = sum(len(text.split()) for text in texts)
    if not count:
        raise ValueError("the texts hold no word to count the pieces of")
    return sum(len(tokenizer.tokenize(text)) for text in texts) / count


@torch.no_grad()
def probe_with(
    tokenizer: PreTrainedTokenizerBase, bert: Bert, known: Texts, asked: Texts
) -> float:
    """Return the accuracy of a linear probe whose texts were cut by this tokenizer.

    Raises:
        ValueError: a class has no labelled text.
    """
    found = []
    for texts in (known, asked):
        told = tokenizer(
            texts.texts,
            padding=True,
            truncation=True,
            max_length=32,
            return_tensors="pt",
        )
        ids, mask = told["input_ids"], told["attention_mask"]
        found.append(mean_pool(bert(ids, mask).last, mask))
    head = torch.nn.Linear(bert.config.hidden_size, len(known.names))
    fit_head(head, found[0], known.labels)
    return accuracy(asked.labels, head(found[1]).argmax(dim=-1).tolist())


ELSEWHERE = """
import json, sys
from transformers import AutoTokenizer, TextClassificationPipeline
from nlpcourse.transformers.transfer.library import MeanClassifier
model = MeanClassifier.from_pretrained(sys.argv[1])
pipe = TextClassificationPipeline(
    model=model, tokenizer=AutoTokenizer.from_pretrained(sys.argv[1])
)
print(json.dumps(pipe(json.loads(sys.argv[2]), truncation=True)))
"""


def asked_elsewhere(folder: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Load a saved model in a new process without network, and return what it says of texts.

    Raises:
        RuntimeError: the process fails; the message is its last line.
        subprocess.TimeoutExpired: it has not answered after some minutes.
    """
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            ELSEWHERE,
            str(folder),
            json.dumps(texts),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,  # seconds
        env={
            **os.environ,
            "HF_HUB_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "false",
        },
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"the new process says: {done.stderr.strip().splitlines()[-1]}"
        )
    found: list[dict[str, Any]] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


SECTIONS = (
    "Intended use",
    "Training data",
    "Evaluation",
    "Limits",
)
"""What a card must say at least, after Mitchell et al. (2019)."""


def model_card(
    title: str, facts: Mapping[str, Any], sections: Mapping[str, str]
) -> str:
    """Return a model card: facts for machines above, sections for people below.

    Args:
        title: of the model.
        facts: keys and values of the header, such as ``license``.
        sections: heading → text.

    Raises:
        ValueError: a section of :data:`SECTIONS` is missing or empty.

    >>> parts = {name: "Say it." for name in SECTIONS}
    >>> print(model_card("Films", {"license": "mit"}, parts).splitlines()[1])
    license: mit
    """
    if missing := [s for s in SECTIONS if not sections.get(s, "").strip()]:
        raise ValueError(f"the card says nothing under {', '.join(missing)}")
    header = [
        f"{key}: {json.dumps(value).strip(chr(34))}" for key, value in facts.items()
    ]
    body = [f"## {name}\n\n{text.strip()}\n" for name, text in sections.items()]
    return "\n".join(["---", *header, "---", "", f"# {title}", "", *body])


def sections_of(card: str) -> dict[str, str]:
    """Return the headings of a card and what stands below each.

    >>> sections_of("# A\\n## Limits\\nFew labels.\\n")
    {'Limits': 'Few labels.'}
    """
    parts = re.split(r"(?m)^##[ \t]+(.+?)[ \t]*$", card)
    return {
        h.strip(): t.strip() for h, t in zip(parts[1::2], parts[2::2], strict=True)
    }
