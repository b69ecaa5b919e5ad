"""Names that a package imports only when they are used (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_names(package: str, where: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package whose names live in submodules.

    `where` maps each public name to its module, relative to the package (`.guest`) or absolute; an empty one means a submodule of that name.
    """

    def __getattr__(name: str) -> object:
        module = where.get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        owner = import_module(package)
        found: object = getattr(import_module(module, package), name) if module else import_module(f".{name}", package)
        setattr(owner, name, found)  # the next use finds it without this function
        return found

    def __dir__() -> list[str]:
        return sorted({*vars(import_module(package)), *where})

    return __getattr__, __dir__
