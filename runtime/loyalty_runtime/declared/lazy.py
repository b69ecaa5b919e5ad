"""Names that a package imports only when they are used (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from types import ModuleType


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


class AnnotationNames(dict[str, object]):
    """The builtins of a module, and the names its annotations use, imported when an annotation is evaluated.

    Those names stand under `if TYPE_CHECKING:`, since importing them would load every model of a vendor at the first call.
    `typing.get_type_hints`, `inspect.signature(eval_str=True)` and pydantic evaluate annotations in the globals of the function and look
    in its builtins last; a module that sets `__builtins__ = AnnotationNames(__name__)` as its last statement answers there.
    Functions keep the builtins of the moment they are defined, so calls are not slower.
    """

    def __init__(self, module: str) -> None:
        import builtins

        super().__init__(vars(builtins))
        self._module = module
        self._nodes: dict[str, tuple[ast.Import | ast.ImportFrom, str]] | None = None

    def __missing__(self, name: str) -> object:
        owner = import_module(self._module)
        if self._nodes is None:
            self._nodes = _guarded_imports(owner)
        node, original = self._nodes[name]
        found = self[name] = _imported(node, original, str(owner.__package__))
        return found


def _guarded_imports(owner: ModuleType) -> dict[str, tuple[ast.Import | ast.ImportFrom, str]]:
    """Return the names a module imports for type checkers only → the statement, and the name there."""
    import ast
    import inspect

    tree = ast.parse(inspect.getsource(owner))
    guards = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    nodes = [node for guard in guards for node in guard.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name: (node, alias.name) for node in nodes for alias in node.names}


def _imported(node: ast.Import | ast.ImportFrom, name: str, package: str) -> object:
    import ast

    if isinstance(node, ast.Import):
        return import_module(name)
    module = import_module("." * node.level + (node.module or ""), package)
    try:
        found: object = getattr(module, name)
    except AttributeError:  # a type that only checkers see there
        return AnnotationNames(module.__name__)[name]
    return found
