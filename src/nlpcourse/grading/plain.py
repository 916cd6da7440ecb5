"""Values as plain data, for a border across which no code travels.

Numbers, texts, collections, arrays, tensors, and the records and networks that the course itself
defines are written as JSON and read back.  Reading makes nothing but these: no import, no
attribute, no call that the text names, apart from the classes of a fixed list.  An object that is
none of these is refused on the side that wanted to send it.
"""

from __future__ import annotations

import base64
import dataclasses
import importlib
import json
import math
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

DEEPEST = 64
"""Lists in lists in lists …: how far they may go."""

LARGEST = 64 * 2**20
"""Bytes of a message; a longer one is refused before it is read."""

DIGITS = 4_000
"""Decimal digits of a whole number."""

NETWORKS = ("LSTM", "GRU", "RNN", "Linear", "Embedding", "Conv1d")
"""Layers of PyTorch that may cross: their settings, and their weights as tensors."""


class NotPlain(ValueError):
    """A value that cannot cross the border, or a message that holds none."""


Send = Callable[[Any], int]
Fetch = Callable[[int], Any]


def encode(value: Any, send_function: Send | None = None) -> bytes:
    """Return *value* as a message.

    Args:
        value: plain data, or a function where *send_function* is given.
        send_function: keeps a function on this side and returns the number under which the other
            side may call it.

    Raises:
        NotPlain: something in it is no plain data, too deep or too large.

    >>> decode(encode({"a": (1, 2.5, float("inf"))}))
    {'a': (1, 2.5, inf)}
    """
    text = json.dumps(
        _pack(value, send_function, 0), ensure_ascii=True, allow_nan=False
    )
    if len(text) > LARGEST:
        raise NotPlain(
            f"the value takes {len(text):,} bytes; {LARGEST:,} may cross"
        )
    return text.encode("ascii")


def decode(message: bytes, fetch_function: Fetch | None = None) -> Any:
    """Return the value of a message.

    Args:
        message: as :func:`encode` writes it, or anything that a stranger sent.
        fetch_function: makes what stands for a function of the other side.

    Raises:
        NotPlain: it is no such message.
    """
    if len(message) > LARGEST:
        raise NotPlain(
            f"the message has {len(message):,} bytes; {LARGEST:,} may cross"
        )
    try:
        return _unpack(json.loads(message.decode("ascii")), fetch_function, 0)
    except NotPlain:
        raise
    except Exception as error:  # whatever a stranger's message does to a parser
        raise NotPlain(f"that is no plain data ({type(error).__name__})") from None


# ------------------------------------------------------------------------------ writing


def _pack(value: Any, send: Send | None, depth: int) -> Any:
    if depth > DEEPEST:
        raise NotPlain(f"the value is nested more than {DEEPEST} deep")
    kind = type(value)
    if value is None or kind is bool:
        return value
    if value is Ellipsis:
        return {"t": "ellipsis"}
    if kind in _SCALARS:
        return _SCALARS[kind](value)
    if kind in _SEQUENCES:
        return {
            "t": _SEQUENCES[kind],
            "v": [_pack(v, send, depth + 1) for v in value],
        }
    if kind in _MAPPINGS:
        pairs = [
            [_pack(k, send, depth + 1), _pack(v, send, depth + 1)]
            for k, v in value.items()
        ]
        return {"t": _MAPPINGS[kind], "v": pairs}
    packed = _pack_array(value, send)
    if packed is not None:
        return packed
    if (name := _record_name(kind)) is not None:
        return {"t": "record", "c": name, "v": _fields(value, send, depth)}
    if (name := network_name(kind)) is not None:
        return _pack_network(value, name, send, depth)
    if isinstance(value, int | float | str | bytes | list | tuple | dict | set):
        return _pack(
            _bare(value), send, depth
        )  # a subclass is sent as what it is at heart
    if callable(value) and send is not None:
        return {"t": "function", "v": send(value)}
    raise NotPlain(f"a {kind.__name__} is no plain data")


def _bare(value: Any) -> Any:
    """Return the built-in value inside a subclass, without asking the subclass."""
    if isinstance(value, int):
        return int.__add__(value, 0)
    if isinstance(value, float):
        return float.__add__(value, 0.0)
    if isinstance(value, str):
        return str.__add__(value, "")
    if isinstance(value, bytes):
        return bytes.__add__(value, b"")
    if isinstance(value, list):
        return list(list.__iter__(value))
    if isinstance(value, tuple):
        return tuple(tuple.__iter__(value))
    if isinstance(value, set):
        return set(set.__iter__(value))
    return {k: dict.__getitem__(value, k) for k in dict.__iter__(value)}


def _pack_int(value: int) -> Any:
    if abs(value) < 2**53:
        return value
    if abs(value) >= 10**DIGITS:
        raise NotPlain(f"a whole number of more than {DIGITS:,} digits is too long")
    return {"t": "int", "v": str(value)}


def _pack_float(value: float) -> Any:
    return value if math.isfinite(value) else {"t": "float", "v": repr(value)}


def _pack_str(value: str) -> Any:
    return {"t": "str", "v": value} if len(value) > 2**24 else value


_SCALARS: dict[type, Callable[[Any], Any]] = {
    int: _pack_int,
    float: _pack_float,
    str: _pack_str,
    bytes: lambda v: {"t": "bytes", "v": base64.b64encode(v).decode()},
    bytearray: lambda v: {"t": "bytes", "v": base64.b64encode(v).decode()},
    complex: lambda v: {"t": "complex", "v": [repr(v.real), repr(v.imag)]},
    Fraction: lambda v: {
        "t": "fraction",
        "v": [str(v.numerator), str(v.denominator)],
    },
    Decimal: lambda v: {"t": "decimal", "v": str(v)},
    range: lambda v: {"t": "range", "v": [v.start, v.stop, v.step]},
}
_SEQUENCES: dict[type, str] = {
    list: "list",
    tuple: "tuple",
    set: "set",
    frozenset: "frozenset",
    deque: "list",
}
_MAPPINGS: dict[type, str] = {
    dict: "dict",
    OrderedDict: "dict",
    defaultdict: "dict",
    Counter: "counter",
}
_NONE: dict[str, int] = {}
for _view in (type(_NONE.keys()), type(_NONE.values()), type(_NONE.items())):
    _SEQUENCES[_view] = "list"


def _pack_array(value: Any, send: Send | None) -> Any:
    """Return a NumPy array or scalar, or a tensor, as its type, shape and bytes.

    A tensor that gradients end in says so; one that they run through is kept where it is, and the
    other side may ask for them under its number (:mod:`nlpcourse.grading.gradients`).
    """
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    if torch is not None and isinstance(value, torch.Tensor):
        if value.layout is not torch.strided:
            raise NotPlain(
                "a sparse tensor is no plain data; hand over a dense one"
            )
        array = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
        kind = str(array.dtype).removeprefix("torch.")
        if kind == "bfloat16":
            array = array.float()
        item: dict[str, Any] = {
            "t": "tensor",
            "d": kind,
            "s": list(array.shape),
            "v": _bytes_of(array.numpy()),
        }
        if value.requires_grad and value.is_leaf:
            item["r"] = True
        elif value.requires_grad and send is not None:
            item["g"] = send(value)
        return item
    if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
        array = numpy.asarray(value)
        if array.dtype.kind not in "biufcUS":
            raise NotPlain(f"an array of {array.dtype} is no plain data")
        kind = "scalar" if isinstance(value, numpy.generic) else "array"
        return {
            "t": kind,
            "d": array.dtype.str,
            "s": list(array.shape),
            "v": _bytes_of(array),
        }
    return None


def _bytes_of(array: Any) -> str:
    return base64.b64encode(array.tobytes()).decode()


def _record_name(kind: type) -> str | None:
    """Return the address of a record that the course defines (a dataclass or a named tuple)."""
    if not kind.__module__.startswith("nlpcourse.") or "." in kind.__qualname__:
        return None
    record = dataclasses.is_dataclass(kind) or hasattr(kind, "_fields")
    return f"{kind.__module__}:{kind.__name__}" if record else None


def _fields(value: Any, send: Send | None, depth: int) -> list[Any]:
    names = (
        [f.name for f in dataclasses.fields(value) if f.init]
        if dataclasses.is_dataclass(value)
        else list(value._fields)
    )
    return [[name, _pack(getattr(value, name), send, depth + 1)] for name in names]


def network_name(kind: type) -> str | None:
    """Return the address of a layer of PyTorch on the list, or of a network of the course."""
    torch = sys.modules.get("torch")
    if torch is None or not issubclass(kind, torch.nn.Module):
        return None
    if kind.__module__.startswith("torch.nn.") and kind.__name__ in NETWORKS:
        return f"torch.nn:{kind.__name__}"
    if kind.__module__.startswith("nlpcourse.") and "." not in kind.__qualname__:
        return f"{kind.__module__}:{kind.__name__}"
    return None


def _pack_network(value: Any, name: str, send: Send | None, depth: int) -> Any:
    from nlpcourse.grading import networks

    settings = networks.settings_of(value)
    weights = {k: v.detach() for k, v in value.state_dict().items()}
    return {
        "t": "network",
        "c": name,
        "v": [_pack(settings, send, depth + 1), _pack(weights, send, depth + 1)],
        "m": bool(value.training),
    }


# ------------------------------------------------------------------------------ reading


def _unpack(item: Any, fetch: Fetch | None, depth: int) -> Any:
    if depth > DEEPEST:
        raise NotPlain(f"the message is nested more than {DEEPEST} deep")
    if not isinstance(item, dict):
        if isinstance(item, list):
            raise NotPlain("a bare list stands for nothing")
        return item
    kind: str = item["t"]
    inside: Any = item.get("v")
    if kind in _READ:
        return _READ[kind](inside)
    if kind in _MAKE_SEQUENCE:
        return _MAKE_SEQUENCE[kind](_unpack(v, fetch, depth + 1) for v in inside)
    if kind in _MAKE_MAPPING:
        return _MAKE_MAPPING[kind](
            {
                _unpack(k, fetch, depth + 1): _unpack(v, fetch, depth + 1)
                for k, v in inside
            }
        )
    if kind in ("array", "scalar", "tensor"):
        return _unpack_array(kind, item, fetch)
    if kind == "record":
        made = {str(k): _unpack(v, fetch, depth + 1) for k, v in inside}
        return _class_of(item["c"], record=True)(**made)
    if kind == "network":
        settings, weights = (_unpack(v, fetch, depth + 1) for v in inside)
        return _unpack_network(item, settings, weights)
    if kind == "function" and fetch is not None:
        return fetch(int(inside))
    raise NotPlain(f"nothing is called {kind!r}")


def _read_int(text: str) -> int:
    if len(text) > DIGITS + 1:
        raise NotPlain(f"a whole number of more than {DIGITS:,} digits is too long")
    return int(text)


_READ: dict[str, Callable[[Any], Any]] = {
    "ellipsis": lambda v: Ellipsis,
    "int": _read_int,
    "float": float,
    "str": str,
    "bytes": lambda v: base64.b64decode(v, validate=True),
    "complex": lambda v: complex(float(v[0]), float(v[1])),
    "fraction": lambda v: Fraction(_read_int(v[0]), _read_int(v[1])),
    "decimal": lambda v: Decimal(v[:DIGITS]),
    "range": lambda v: range(*(int(part) for part in v)),
}
_MAKE_SEQUENCE: dict[str, Callable[[Any], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
}
_MAKE_MAPPING: dict[str, Callable[[Any], Any]] = {"dict": dict, "counter": Counter}


def _unpack_array(kind: str, item: dict[str, Any], fetch: Fetch | None) -> Any:
    import numpy

    shape = [int(n) for n in item["s"]]
    data = base64.b64decode(item["v"], validate=True)
    if kind == "tensor":
        import torch

        name = str(item["d"])
        wanted = getattr(torch, name, None)
        if not isinstance(wanted, torch.dtype):
            raise NotPlain(f"PyTorch has no type {name!r}")
        plain = "float32" if name == "bfloat16" else name
        array = numpy.frombuffer(data, dtype=plain).reshape(shape)
        tensor = torch.from_numpy(array.copy()).to(wanted)
        follow = getattr(fetch, "tensor", None)
        if "g" in item and follow is not None:
            return follow(int(item["g"]), tensor)
        floats = wanted.is_floating_point or wanted.is_complex
        return (
            tensor.requires_grad_() if item.get("r") is True and floats else tensor
        )
    dtype = numpy.dtype(str(item["d"]))
    if dtype.kind not in "biufcUS":
        raise NotPlain(f"an array of {dtype} is no plain data")
    array = numpy.frombuffer(data, dtype=dtype).reshape(shape).copy()
    return array[()] if kind == "scalar" else array


def _class_of(address: str, record: bool) -> Any:
    """Return a class of the course, or a layer on the list, by its address."""
    module, _, name = str(address).partition(":")
    if module == "torch.nn" and name in NETWORKS and not record:
        import torch

        return getattr(torch.nn, name)
    if not module.startswith("nlpcourse.") or not name.isidentifier():
        raise NotPlain(f"{address!r} is no class of the course")
    found = getattr(importlib.import_module(module), name, None)
    own = _record_name(found) if record and isinstance(found, type) else None
    if not record and isinstance(found, type):
        own = network_name(found)
    if own != address:
        raise NotPlain(f"{address!r} is no record or network of the course")
    return found


def _unpack_network(item: dict[str, Any], settings: Any, weights: Any) -> Any:
    from nlpcourse.grading import networks

    made = networks.made(_class_of(item["c"], record=False), settings)
    kinds = {w.dtype for w in weights.values() if w.is_floating_point()}
    if len(kinds) == 1:
        made.to(kinds.pop())
    made.load_state_dict(weights)
    made.train(bool(item.get("m")))
    return made
