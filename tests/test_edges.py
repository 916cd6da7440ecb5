"""Every public function at the edges of its arguments: the right kind of answer, or one ValueError.

The functions are found, not listed: those of every chapter and of the shared rooms whose
arguments are numbers, texts, sequences, mappings, arrays or tensors. Each is called with empty,
single, zero, negative, large and NaN values of its arguments' types. It may answer, or raise a
ValueError in words (or an error that its docstring names). Anything else, an IndexError from
within, a division by zero, a KeyError without a word, is a fault.
"""

from __future__ import annotations

import collections.abc as cabc
import importlib
import inspect
import itertools
import math
import pkgutil
import random
import re
import signal
import types
import typing
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import nlpcourse
from nlpcourse.course import chapters

SHARED = ("assets", "corpora", "course", "grading", "notebooks", "page", "training")
"""The shared rooms; what they take as ``Any``, as JSON holds it, says too little to be tried."""
ROOMS = [
    "nlpcourse.evaluation",
    "nlpcourse.exercises",
    *(f"nlpcourse.{room}" for room in SHARED),
    *(f"nlpcourse.{c.package}.{c.room}" for c in chapters.written()),
    *(f"nlpcourse.pages.{page.name}" for page in chapters.pages()),
]
LEFT_OUT = {
    "checks", "figures", "playground", "recipes", "speed", "cli", "__main__",
    "confine", "links", "transport", "comparison", "export", "seeds",
    "in_allennlp", "in_fasttext", "in_keras", "in_spacy", "in_tensorflow", "old",
}  # fmt: skip
"""Modules that are tested as a whole elsewhere: exercises, drawings, trainings, clocks, commands,
programs of frameworks that have processes of their own, and what reaches outside: into the network,
into the kernel's name spaces, into other tests' random states."""
WRITERS = {
    "training.registry.train",
    "course.changed.note",
    "course.ledger.rerecord",
}
"""Functions that write into the course's own files."""

CALLS = 40
"""Combinations of arguments that are tried of one function."""

INTEGERS = [0, 1, -1, 2, 1000]
FLOATS = [0.0, 1.0, -1.0, 0.5, 95.0, math.nan, math.inf]
TEXTS = ["", "a", " ", "a a", "é\u0301🫨", "\ud800"]


_SHAPES = re.compile(
    r"\b(?:size|shape|dim|dimension|dtype|scalar type)\w*\b", re.IGNORECASE
)


class Unknown(Exception):
    """A type for which there is no pool of edges."""


def pool(kind: Any) -> list[Any]:
    """Return the edges of a type.

    Raises:
        Unknown: it is none of the types that are tried.
    """
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind is int:
        return list(INTEGERS)
    if kind is float:
        return list(FLOATS)
    if kind is str:
        return list(TEXTS)
    if kind is bytes:
        return [b"", b"a", b"\xff"]
    if kind is bool:
        return [True, False]
    if kind in (cabc.Hashable, object, Any):
        return ["a", "b", 1, None]
    if kind is type(None):
        return [None]
    if kind is Tensor:
        return [
            torch.zeros(0), torch.zeros(1), torch.zeros(0, 0), torch.zeros(1, 1), torch.zeros(1, 0),
            torch.zeros(1, 1, 1), torch.full((2,), math.nan), torch.zeros(0, dtype=torch.long),
            torch.zeros(1, dtype=torch.long), torch.zeros(1, 1, dtype=torch.long),
        ]  # fmt: skip
    if kind is np.ndarray:
        return [
            np.zeros(0),
            np.zeros(1),
            np.zeros((0, 0)),
            np.zeros((1, 1)),
            np.full(2, np.nan),
        ]
    if kind is Counter or origin is Counter:
        return [Counter(), Counter({pool(inner[0])[1] if inner else "a": 1})]
    if origin in (typing.Union, types.UnionType):
        return [value for part in inner for value in pool(part)]
    if origin is typing.Literal:
        return [*inner, "nonsense"]
    if origin is tuple and inner and inner[-1] is not Ellipsis:
        parts = [pool(part) for part in inner]
        return [tuple(part[k % len(part)] for part in parts) for k in range(4)]
    sequences = {
        list,
        tuple,
        cabc.Sequence,
        cabc.Iterable,
        cabc.Collection,
        cabc.Iterator,
    }
    if origin in sequences:
        parts = pool(inner[0])
        found: list[Any] = [
            [],
            *([part] for part in parts[:3]),
            parts[:2],
            [parts[0]] * 3,
        ]
        if inner[0] in (int, float):
            found += [
                np.array([], dtype=inner[0]),
                np.array(parts[:2], dtype=inner[0]),
            ]
        if origin is tuple:
            return [tuple(value) for value in found]
        return (
            [iter(value) for value in found] if origin is cabc.Iterator else found
        )
    if origin in (set, frozenset, cabc.Set):
        return [
            origin() if origin is not cabc.Set else set(),
            set(pool(inner[0])[:1]),
        ]
    if origin in (dict, cabc.Mapping):
        keys, values = pool(inner[0]), pool(inner[1])
        return [
            {},
            {keys[1 % len(keys)]: values[0]},
            {keys[0]: values[1 % len(values)]},
        ]
    raise Unknown(str(kind))


def modules() -> Iterator[types.ModuleType]:
    """Yield the modules of all chapters and of the shared rooms."""
    for name in ROOMS:
        package = importlib.import_module(name)
        yield package
        for found in pkgutil.iter_modules(getattr(package, "__path__", [])):
            if found.name not in LEFT_OUT:
                yield importlib.import_module(f"{name}.{found.name}")


def edges_of(
    signature: inspect.Signature, hints: dict[str, Any]
) -> Iterator[tuple[str, list[Any]]]:
    """Yield the edges of a function's arguments; one of an unknown type keeps its default."""
    for key, parameter in signature.parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        try:
            yield key, pool(hints[key])
        except Unknown:
            if parameter.default is parameter.empty:
                raise


def functions() -> Iterator[tuple[str, Callable[..., Any], dict[str, list[Any]]]]:
    """Yield every public function that can be tried, with the edges of its arguments."""
    names = {"Tensor": Tensor, "nn": nn, "np": np, "torch": torch, "Path": Path}
    for module in modules():
        shared = module.__name__.split(".")[1] in SHARED
        for name, function in vars(module).items():
            ours = (
                inspect.isfunction(function)
                and function.__module__ == module.__name__
            )
            if not ours or name.startswith("_"):
                continue
            try:
                hints = typing.get_type_hints(function, {**names, **vars(module)})
                signature = inspect.signature(function)
                if shared and "typing.Any" in str(hints):
                    continue
                pools = dict(edges_of(signature, hints))
            except (Unknown, NameError, KeyError, TypeError):
                continue
            address = f"{module.__name__.removeprefix('nlpcourse.')}.{name}"
            if pools and address not in WRITERS:
                yield address, function, pools


def combinations(
    pools: dict[str, list[Any]], seed: str
) -> Iterator[dict[str, Any]]:
    """Yield at most `CALLS` combinations of the edges, the same at every run."""
    sizes = math.prod(map(len, pools.values()))
    if sizes <= CALLS:
        for values in itertools.product(*pools.values()):
            yield dict(zip(pools, values, strict=True))
        return
    rng = random.Random(seed)
    for _ in range(CALLS):
        yield {key: rng.choice(values) for key, values in pools.items()}


def documented(function: Callable[..., Any]) -> set[str]:
    """Return the names of the errors that a docstring promises."""
    text = inspect.getdoc(function) or ""
    return set(
        re.findall(
            r"^ +(\w+(?:Error|Exception|Stop\w+)|Hint):", text, flags=re.MULTILINE
        )
    )


FOUND = list(functions())


class TooLong(BaseException):
    """A call that went on for seconds where there was nothing to do."""


def stop(*_: Any) -> None:
    raise TooLong


@pytest.mark.parametrize(
    ("address", "function", "pools"), FOUND, ids=[address for address, *_ in FOUND]
)
def test_an_edge_gives_an_answer_or_a_reason(
    address: str, function: Callable[..., Any], pools: dict[str, list[Any]]
) -> None:
    faults: dict[str, str] = {}
    promised = documented(function)
    previous = signal.signal(signal.SIGALRM, stop)
    try:
        for arguments in combinations(pools, address):
            shown = ", ".join(
                f"{key}={value!r}" for key, value in arguments.items()
            )[:160]
            signal.setitimer(signal.ITIMER_REAL, 60)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    answer = function(**arguments)
                    if inspect.isgenerator(answer):
                        list(itertools.islice(answer, 50))
            except ValueError as error:
                if len(str(error).split()) < 3:
                    faults.setdefault("ValueError without words", shown)
            except TooLong:
                faults.setdefault("it does not end", shown)
            except (RuntimeError, IndexError) as error:
                # PyTorch's own words about shapes are a reason, where tensors were given
                told = _SHAPES.search(str(error)) and any(
                    isinstance(value, Tensor) for value in arguments.values()
                )
                if type(error).__name__ not in promised and not told:
                    faults.setdefault(
                        f"{type(error).__name__}: {error}"[:200], shown
                    )
            except Exception as error:
                if type(error).__name__ not in promised:
                    faults.setdefault(
                        f"{type(error).__name__}: {error}"[:200], shown
                    )
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, previous)
    found = "\n".join(f"{fault}\n    for {call}" for fault, call in faults.items())
    # a lone surrogate among the arguments would break the report itself
    assert not faults, found.encode("ascii", "backslashreplace").decode()


def test_many_functions_are_tried() -> None:
    assert len(FOUND) >= 900
    packages = {address.split(".")[0] for address, *_ in FOUND}
    assert {"text", "statistics", "neural", "transformers", *SHARED} <= packages
    assert nlpcourse.__version__
