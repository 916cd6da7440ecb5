"""From a trained PyTorch module to an ONNX file that a page can load.

The file holds large weights in 16-bit floats and turns them into 32-bit ones when it is loaded, so
that it is half as large and loses what the course's checkpoints have lost anyway.
"""

from __future__ import annotations

import copy
import importlib
import logging
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlpcourse.course import chapters
from nlpcourse.page.models import Call, Outputs
from nlpcourse.page.models import Tensor as PageTensor

if TYPE_CHECKING:
    from torch import Tensor, nn

OPSET = 18
"""The version of ONNX's operators: PyTorch writes it natively, and onnxruntime-web knows it."""

LARGE = 1_000
"""Bytes from which on a weight is stored in 16-bit floats."""


class ExportError(RuntimeError):
    """The exported model does not compute what the module computes."""


def to_onnx(
    module: nn.Module,
    example_inputs: Mapping[str, Tensor],
    output_names: Sequence[str],
    dynamic: Mapping[str, Mapping[int, str]] | None = None,
    tolerance: float = 2e-3,
) -> bytes:
    """Return *module* as an ONNX file, checked against the module itself.

    The weights are rounded to 16 bits first; a checkpoint that was stored with ``half=True`` loses
    nothing by it.  The file turns them into 32-bit numbers when it is loaded and computes with
    these.  onnxruntime then answers the example, a longer and a shortest input, and its outputs
    must be those of the rounded module.

    Args:
        module: takes its inputs in the order of *example_inputs* and returns one tensor or a
            tuple of tensors.
        example_inputs: name → example; a dynamic axis must be at least 2 long, and the module
            must also take inputs that are a little longer.
        output_names: of the returned tensors, in order.
        dynamic: input name → axis → name of its length; equal names are equal lengths.
        tolerance: largest difference of an output, relative to its largest number.

    Returns:
        the file's content; the same for the same module and versions of the packages.

    Raises:
        ValueError: *dynamic* names no input, or the example is too short along a dynamic axis.
        ExportError: the module can't be exported, or outputs differ, for the example or for an
            input of other lengths.

    >>> import torch
    >>> class Twice(torch.nn.Module):
    ...     def forward(self, x):
    ...         return 2 * x
    >>> content = to_onnx(Twice(), {"x": torch.ones(3)}, ["y"], {"x": {0: "n"}})
    >>> call = Call("twice.onnx", {"x": PageTensor("float32", [2], [1.5, -4.0])})
    >>> session_runner({"twice.onnx": content})(call)["y"].data
    [3.0, -8.0]
    """
    dynamic = dynamic or {}
    lengths = _lengths(example_inputs, dynamic)
    rounded = _rounded(module)
    content = _halved(_exported(rounded, example_inputs, output_names, dynamic))
    runner = session_runner({"model.onnx": content})
    title = type(module).__name__
    for wanted in _trials(lengths):
        inputs = {
            name: _stretched(example, dynamic.get(name, {}), wanted)
            for name, example in example_inputs.items()
        }
        expected = _answer(rounded, inputs, wanted, needed=1 not in wanted.values())
        if expected is not None:
            where = ", ".join(f"{name} {size}" for name, size in wanted.items())
            what = f"{title}({where})"
            _compare(what, expected, inputs, output_names, runner, tolerance)
    return content


def _lengths(
    inputs: Mapping[str, Tensor], dynamic: Mapping[str, Mapping[int, str]]
) -> dict[str, int]:
    """Return the example's length along every dynamic axis, by the length's name."""
    lengths: dict[str, int] = {}
    for name, axes in dynamic.items():
        if name not in inputs:
            known = ", ".join(inputs)
            raise ValueError(f"dynamic names {name!r}; the inputs are {known}")
        for axis, label in axes.items():
            size = inputs[name].shape[axis]
            if size < 2:
                raise ValueError(
                    f"axis {axis} of the example {name!r} is {size} long; PyTorch takes a length "
                    "below 2 for a fixed one, so give a longer example"
                )
            if lengths.setdefault(label, size) != size:
                raise ValueError(
                    f"the length {label!r} is {lengths[label]} in one example and {size} in "
                    f"{name!r}"
                )
    return lengths


def _trials(lengths: Mapping[str, int]) -> list[dict[str, int]]:
    """Return the lengths to compare at: the example's, longer ones, the shortest."""
    if not lengths:
        return [{}]
    # no two lengths grow alike, so that one is not taken for the other
    longer = {name: n + 1 + i for i, (name, n) in enumerate(lengths.items())}
    return [dict(lengths), longer, dict.fromkeys(lengths, 1)]


def _rounded(module: nn.Module) -> nn.Module:
    """Return a copy of *module* for inference with its large weights rounded to 16 bits."""
    import torch

    rounded = copy.deepcopy(module).eval()
    with torch.no_grad():
        for weight in (*rounded.parameters(), *rounded.buffers()):
            if weight.dtype == torch.float32 and weight.nbytes > LARGE:
                half = weight.half().float()
                # what 16 bits cannot hold stays as it is
                if torch.equal(half.isfinite(), weight.isfinite()):
                    weight.copy_(half)
    return rounded


def _exported(
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    output_names: Sequence[str],
    dynamic: Mapping[str, Mapping[int, str]],
) -> bytes:
    """Return PyTorch's own export of *module*."""
    import torch

    labels = sorted({label for axes in dynamic.values() for label in axes.values()})
    dims = {label: torch.export.Dim(label, min=1, max=4096) for label in labels}
    shapes = tuple(
        {axis: dims[label] for axis, label in dynamic.get(name, {}).items()} or None
        for name in inputs
    )
    # PyTorch lays out the steps of recurrent layers, and so fixes their number, where it
    # remembers how it ran them before; it must not.
    for layer in (torch.ops.aten.lstm.input, torch.ops.aten.gru.input):
        getattr(layer, "_dispatch_cache", {}).clear()
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                module,
                tuple(inputs.values()),
                input_names=list(inputs),
                output_names=list(output_names),
                dynamic_shapes=shapes if dynamic else None,
                opset_version=OPSET,
                dynamo=True,
                optimize=True,
                verbose=False,
            )
            content: bytes = program.model_proto.SerializeToString()  # type: ignore[union-attr]
    except Exception as error:
        reason = error.__cause__ or error
        raise ExportError(
            f"PyTorch can't export {type(module).__name__}: {reason}"
        ) from error
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        for layer in (torch.ops.aten.lstm.input, torch.ops.aten.gru.input):
            getattr(layer, "_dispatch_cache", {}).clear()
    return content


def _answer(
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    lengths: Mapping[str, int],
    needed: bool,
) -> tuple[Tensor, ...] | None:
    """Return the module's own outputs; None where it takes no input that short."""
    import torch

    try:
        with torch.no_grad():
            outputs = module(*inputs.values())
    except Exception as error:
        if not needed:
            return None
        raise ExportError(
            f"{type(module).__name__} itself fails at the lengths {dict(lengths)}: {error}; "
            "choose a shorter example"
        ) from error
    return outputs if isinstance(outputs, tuple) else (outputs,)


def make(playground: str, name: str) -> bytes:
    """Return the model *name* of a playground, made in a process of its own.

    So the book's build stays small, and no model depends on those that were made before it.

    Raises:
        ExportError: the model can't be made; the message is the process's last words.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "model.onnx"
        command = [sys.executable, "-W", "ignore", "-m", "nlpcourse.page.export"]
        done = subprocess.run(
            [*command, playground, name, str(target)],
            capture_output=True,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            check=False,
        )
        if done.returncode or not target.is_file():
            last = [line for line in done.stderr.splitlines() if line.strip()][-1:]
            raise ExportError(
                f"model {name!r} of playground {playground!r}: {last}"
            )
        return target.read_bytes()


def _main(playground: str, name: str, target: str) -> None:
    """Make one model in this process and write it to *target*."""
    room = importlib.import_module(chapters.playground(playground))
    Path(target).write_bytes(room.MODELS[name]())


def _stretched(
    example: Tensor, axes: Mapping[int, str], lengths: Mapping[str, int]
) -> Tensor:
    """Return the example at other lengths, its own entries repeated in turn."""
    import torch

    for axis, label in axes.items():
        places = torch.arange(lengths[label]) % example.shape[axis]
        example = example.index_select(axis, places)
    return example


def _compare(
    what: str,
    expected: Sequence[Tensor],
    inputs: Mapping[str, Tensor],
    names: Sequence[str],
    runner: Callable[[Call], Outputs],
    tolerance: float,
) -> None:
    """Raise ExportError where onnxruntime's outputs are not the *expected* ones."""
    import torch

    if len(expected) != len(names):
        raise ExportError(
            f"{what} returns {len(expected)} tensors, and there are {len(names)} output names"
        )
    feeds = {name: page_tensor(value) for name, value in inputs.items()}
    try:
        found = runner(Call("model.onnx", feeds))
    except Exception as error:
        raise ExportError(f"onnxruntime can't run {what}: {error}") from error
    for name, value in zip(names, expected, strict=True):
        if list(found[name].shape) != list(value.shape):
            raise ExportError(
                f"output {name!r} of {what} has shape {list(found[name].shape)} in ONNX and "
                f"{list(value.shape)} in PyTorch"
            )
        got = torch.tensor(found[name].data, dtype=torch.float64)
        want = value.flatten().double()
        finite = want.isfinite()
        same = torch.equal(got[~finite].nan_to_num(), want[~finite].nan_to_num())
        largest = float(want[finite].abs().max()) if bool(finite.any()) else 0.0
        gaps = (got - want)[finite].abs()
        difference = float(gaps.max()) if gaps.numel() else 0.0
        if not same or not difference <= tolerance * max(1.0, largest):
            raise ExportError(
                f"output {name!r} of {what} differs by {difference:.3g} from PyTorch's"
            )


def page_tensor(value: Tensor) -> PageTensor:
    """Return a torch tensor as a playground's tensor.

    >>> import torch
    >>> page_tensor(torch.tensor([[1, 2]])).shape
    [1, 2]
    """
    kind = str(value.dtype).removeprefix("torch.")
    return PageTensor(kind, list(value.shape), value.flatten().tolist())


def _halved(content: bytes) -> bytes:
    """Return an ONNX file with large weights in 16 bits and nothing about its making.

    Every such weight gets a node that turns it into 32 bits again.  A table that would lose by it
    is none of the module's rounded weights, and stays as it is.
    """
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load_from_string(content)
    graph = model.graph
    casts = []
    for weight in graph.initializer:
        if weight.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(weight)
        if values.nbytes <= LARGE:
            continue
        with numpy.errstate(over="ignore"):
            half = values.astype(numpy.float16)
        if not numpy.array_equal(
            half.astype(numpy.float32), values, equal_nan=True
        ):
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(half, f"{name}.half"))
        casts.append(
            helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT)
        )
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    _strip(graph)
    model.doc_string = ""
    del model.metadata_props[:]
    for function in model.functions:
        function.doc_string = ""
        del function.metadata_props[:]
        _strip(function)
    model.producer_name, model.producer_version = "nlpcourse", ""
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _strip(graph: Any) -> None:
    """Drop remarks, paths and derived shapes from a graph or function, and from those within."""
    del graph.value_info[:]
    named = [*getattr(graph, "initializer", ()), *graph.node]
    for side in (graph.input, graph.output):
        named += [item for item in side if not isinstance(item, str)]
    for item in named:
        item.doc_string = ""
        del item.metadata_props[:]
    for node in graph.node:
        for attribute in node.attribute:
            attribute.doc_string = ""
            for inner in (attribute.g, *attribute.graphs):
                if inner.node:
                    inner.doc_string = ""
                    del inner.metadata_props[:]
                    _strip(inner)


def session_runner(models: Mapping[str, bytes]) -> Callable[[Call], Outputs]:
    """Return a function that answers a playground's calls with Python's onnxruntime.

    Args:
        models: file name → ONNX file; a session is made at a model's first call.

    Raises:
        KeyError: the playground calls a model that is not there.
        ValueError: it feeds other inputs than the model's.
    """
    import numpy
    import onnxruntime

    sessions: dict[str, Any] = {}

    def runner(call: Call) -> Outputs:
        if call.model not in models:
            raise KeyError(
                f"no model is called {call.model!r}; there are: {', '.join(models)}"
            )
        if call.model not in sessions:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.log_severity_level = 3
            sessions[call.model] = onnxruntime.InferenceSession(
                models[call.model], options, providers=["CPUExecutionProvider"]
            )
        session = sessions[call.model]
        wanted = [item.name for item in session.get_inputs()]
        if sorted(wanted) != sorted(call.feeds):
            raise ValueError(
                f"{call.model} takes {', '.join(wanted)} and was given {', '.join(call.feeds)}"
            )
        feeds = {
            name: numpy.array(tensor.data, dtype=tensor.type).reshape(tensor.shape)
            for name, tensor in call.feeds.items()
        }
        names = [output.name for output in session.get_outputs()]
        outputs = session.run(names, feeds)
        return {
            name: PageTensor(
                str(value.dtype), list(value.shape), value.flatten().tolist()
            )
            for name, value in zip(names, outputs, strict=True)
        }

    return runner


if __name__ == "__main__":
    _main(*sys.argv[1:])
