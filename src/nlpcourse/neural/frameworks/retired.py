"""A stand-in for the one thing that a retired library still asks for.

``allennlp-light`` holds AllenNLP's modules and needs ``tango.common`` of ``ai2-tango``, whose
releases forbid the versions of click and rich that newer libraries ask for. So pip falls back to
the oldest release, which is an empty package, and ``import allennlp_light`` fails. All that the
modules take from it are two base classes and an error.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=type)


class FromParams:
    """What could be made of a configuration file, in Tango; here, a name alone."""


class Registrable(FromParams):
    """A class whose subclasses register under a name, for configuration files to ask for."""

    _registry: dict[str, Any] = {}  # noqa: RUF012 (one for all classes, as there)

    @classmethod
    def register(cls, name: str, **_: Any) -> Callable[[Kind], Kind]:
        """Return a decorator that keeps a class under *name*.

        >>> @Registrable.register("nothing")
        ... class Nothing:
        ...     pass
        >>> Registrable.by_name("nothing").__name__
        'Nothing'
        """

        def keep(found: Kind) -> Kind:
            Registrable._registry[f"{cls.__name__}.{name}"] = found
            return found

        return keep

    @classmethod
    def by_name(cls, name: str) -> Any:
        """Return the class that registered under *name*.

        Raises:
            ValueError: none did.
        """
        try:
            return Registrable._registry[f"{cls.__name__}.{name}"]
        except KeyError:
            raise ValueError(f"no {cls.__name__} is called {name!r}") from None


class ConfigurationError(Exception):
    """Sizes that don't fit, in the library's own words."""


def stand_in() -> bool:
    """Put the stand-in where the import will look, unless Tango itself is there.

    Returns:
        whether it was needed.
    """
    if "tango.common" in sys.modules:
        return getattr(sys.modules["tango.common"], "__stand_in__", False)
    whole = importlib.util.find_spec("tango") is not None
    if whole and importlib.util.find_spec("tango.common") is not None:
        return False
    parts: dict[str, dict[str, Any]] = {
        "tango": {},
        "tango.common": {
            "FromParams": FromParams,
            "Registrable": Registrable,
            "__stand_in__": True,
        },
        "tango.common.registrable": {
            "FromParams": FromParams,
            "Registrable": Registrable,
        },
        "tango.common.exceptions": {"ConfigurationError": ConfigurationError},
    }
    for name, content in parts.items():
        module = ModuleType(name)
        module.__path__ = []
        vars(module).update(content)
        sys.modules[name] = module
    return True
