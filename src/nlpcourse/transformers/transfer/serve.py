"""A classifier as a file for onnxruntime: 32-bit, and with its weights in eight bits."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from nlpcourse.transformers.bert.classifier import Classifier
from nlpcourse.transformers.transfer.classify import pieces


class Served(nn.Module):
    """A classifier without the checks of its input, which an ONNX file can't hold."""

    def __init__(self, model: Classifier) -> None:
        """Take over a classifier's parts."""
        super().__init__()
        self.embeddings, self.blocks = model.bert.embeddings, model.bert.blocks
        self.head = model.head

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the logits, (B, classes), of ids (B, T) and a mask (B, T)."""
        x = self.embeddings(ids, torch.zeros_like(ids))  # (B, T, C)
        for block in self.blocks:
            x, _ = block(x, mask.bool())
        weights = mask.unsqueeze(-1).to(x.dtype)
        logits: Tensor = self.head((x * weights).sum(dim=1) / weights.sum(dim=1))
        return logits


def export(model: Classifier, path: Path) -> Path:
    """Write a classifier as an ONNX file that takes batches of any size; return its path."""
    ids = torch.tensor([[101, 2023, 2143, 102], [101, 2919, 102, 0]])
    rows, places = (torch.export.Dim(name, max=512) for name in ("rows", "places"))
    shapes = {0: rows, 1: places}
    loud = [
        logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "onnx_ir")
    ]
    for logger in loud:
        logger.setLevel(logging.ERROR)
    with (
        torch.no_grad(),
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Served(model).eval(),
            (ids, (ids > 0).long()),
            path,
            input_names=["ids", "mask"],
            output_names=["logits"],
            dynamic_shapes=(shapes, shapes),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    return path


def eight_bits(path: Path, target: Path) -> Path:
    """Write a copy of an ONNX file with its weights in eight bits; return its path.

    onnxruntime rounds the layers' inputs to eight bits, too, while it runs, and multiplies whole
    numbers.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    level = logging.root.level
    logging.root.setLevel(
        logging.ERROR
    )  # it recommends a step that changes nothing here
    try:
        quantize_dynamic(
            path, target, per_channel=True, weight_type=QuantType.QInt8
        )
    finally:
        logging.root.setLevel(level)
    return target


class Session(nn.Module):
    """An ONNX file that is called like the classifier it was made from."""

    def __init__(self, path: Path) -> None:
        """Load a file, on one core."""
        import onnxruntime

        super().__init__()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self.session: Any = onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"]
        )

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the logits, (B, classes)."""
        feeds = {"ids": ids.numpy(), "mask": mask.numpy()}
        return torch.from_numpy(self.session.run(None, feeds)[0])


def say(model: nn.Module, texts: Sequence[str]) -> list[list[float]]:
    """Return the classes' probabilities of every text.

    Raises:
        ValueError: there is no text, or one text in place of several.
    """
    if isinstance(texts, str) or not len(texts):
        raise ValueError(f"{texts!r}: give a list of one text or more")
    batch = pieces().batch(texts)
    with torch.no_grad():
        found: list[list[float]] = model(batch.ids, batch.mask).softmax(-1).tolist()
    return found
