"""The Python surface of a generated package, read from its code: classes, members, enum values, functions and their parameters.

Twins are one thing to a user: the asynchronous class and the view of whole replies carry the name of the method, `guests.list`.
Modules below `api/` are no surface: resources are the one way to call.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_TYPE_VARIABLE = re.compile(r"\b[A-Z]\w*?(?:T|_co|_contra)\b")
_TWINS = re.compile(r"^(?:Async)?(?P<stem>\w+?)(?:WithRawResponse)?$")


@dataclass(frozen=True)
class Parameter:
    """Hold one parameter of a function."""

    name: str
    kind: str  # positional, keyword, rest
    required: bool
    annotation: str


@dataclass(frozen=True)
class Signature:
    """Hold one way to call a function."""

    parameters: tuple[Parameter, ...]
    returns: str


@dataclass(frozen=True)
class Function:
    """Hold a function with the name users know it by."""

    subject: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class Member:
    """Hold a member of a model, or a value of an enum (then `annotation` is the value)."""

    annotation: str
    required: bool


@dataclass(frozen=True)
class Class:
    """Hold a class with its members."""

    subject: str
    is_enum: bool
    members: dict[str, Member]
    bases: tuple[str, ...] = ()


@dataclass
class Surface:
    """Hold everything public of one package; keys are full names, so that both sides can be matched."""

    classes: dict[str, Class] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)


def read_surface(package: Path, *, only: frozenset[str] | None = None) -> Surface:
    """Read the public surface of a package folder; `only` restricts it to classes and functions of these names."""
    surface = Surface()
    if not package.is_dir():
        return surface
    modules = {
        path: ast.parse(path.read_bytes()) for path in sorted(package.rglob("*.py")) if "__pycache__" not in path.parts
    }
    for path, tree in modules.items():
        parts = path.relative_to(package).with_suffix("").parts
        module = ".".join(part for part in parts if part != "__init__")
        if only is None and (parts[0] == "api" or any(part.startswith("_") and part != "__init__" for part in parts)):
            continue
        for node in _statements(tree.body):
            if isinstance(node, ast.ClassDef) and _wanted(node.name, only):
                _read_class(surface, node, module)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _wanted(node.name, only):
                _add(surface, f"{module}.{node.name}", node.name, node)
    return surface


def exported_names(package: Path) -> frozenset[str]:
    """List the names a package's `__init__` imports from its own modules: what it offers to users."""
    init = package / "__init__.py"
    tree = ast.parse(init.read_bytes()) if init.is_file() else ast.Module([], [])
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level)
    return frozenset(
        alias.asname or alias.name for node in imports for alias in node.names if not alias.name.startswith("_")
    )


def class_subject(module: str, name: str) -> str:
    """Return how users know a class: resources by their attribute, everything else by its name."""
    if module.startswith("resources."):
        return module.removeprefix("resources.")
    match = _TWINS.match(name)
    return match["stem"] if module == "client" and match else name


def _wanted(name: str, only: frozenset[str] | None) -> bool:
    return name in only if only is not None else not name.startswith("_")


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, taking what type checkers see of `if TYPE_CHECKING`."""
    for node in body:
        if isinstance(node, ast.If):
            yield from _statements(node.body)
            if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
                yield from _statements(node.orelse)
        else:
            yield node


def _read_class(surface: Surface, node: ast.ClassDef, module: str) -> None:
    subject = class_subject(module, node.name)
    is_enum = any("Enum" in ast.unparse(base) for base in node.bases)
    members: dict[str, Member] = {}
    for item in _statements(node.body):
        if (
            isinstance(item, ast.AnnAssign)
            and isinstance(item.target, ast.Name)
            and _public_member(item.target.id, item.annotation)
        ):
            required = module != "client" and (
                item.value is None or (isinstance(item.value, ast.Call) and not _has_default(item.value))
            )
            members[item.target.id] = Member(annotation_text(item.annotation), required)
        elif is_enum and isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            members[item.targets[0].id] = Member(ast.unparse(item.value), False)
        elif isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and _is_public_method(item.name, module):
            name = subject if item.name == "__init__" else f"{subject}.{item.name}"
            _add(surface, f"{module}.{node.name}.{item.name}", name, item)
    bases = tuple(ast.unparse(base) for base in node.bases)
    surface.classes[f"{module}.{node.name}"] = Class(subject, is_enum, members, bases)


def _is_public_method(name: str, module: str) -> bool:
    # Resources are made by their client, so their constructors are nobody's business.
    return not name.startswith("_") or (name == "__init__" and not module.startswith("resources."))


def _public_member(name: str, annotation: ast.expr) -> bool:
    return not name.startswith("_") and not ast.unparse(annotation).startswith("ClassVar") and name != "model_config"


def _has_default(call: ast.Call) -> bool:
    return any(word.arg in ("default", "factory", "default_factory") for word in call.keywords) or any(
        not isinstance(item, ast.Constant) or item.value is not ... for item in call.args
    )


def _add(surface: Surface, key: str, subject: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Add a function; where overloads are declared they are what a user can call, not the implementation behind them."""
    known = surface.functions.get(key)
    overload = any(ast.unparse(decorator).endswith("overload") for decorator in node.decorator_list)
    if known is not None and not overload:
        return
    signature = Signature(tuple(_parameters(node.args)), ast.unparse(node.returns) if node.returns else "")
    surface.functions[key] = Function(subject, (*known.signatures, signature) if known else (signature,))


def _parameters(arguments: ast.arguments) -> Iterator[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    for index, item in enumerate(positional):
        if not (index == 0 and item.arg in ("self", "cls")):
            yield Parameter(item.arg, "positional", index < first_default, annotation_text(item.annotation))
    for item, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield Parameter(item.arg, "keyword", default is None, annotation_text(item.annotation))
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            yield Parameter(rest.arg, "rest", False, annotation_text(rest.annotation))


def annotation_text(node: ast.expr | None) -> str:
    """Write a type without what only documents it: `Annotated[str, Field(…)]` is `str`, and the name of a type variable counts for nothing."""
    return _TYPE_VARIABLE.sub("T", _annotation(node)) if node is not None else ""


def _annotation(node: ast.expr) -> str:
    if (
        isinstance(node, ast.Subscript)
        and ast.unparse(node.value).rpartition(".")[2] == "Annotated"
        and isinstance(node.slice, ast.Tuple)
    ):
        return _annotation(node.slice.elts[0])
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return f"{ast.unparse(node.value)}[{', '.join(_annotation(item) for item in inner)}]"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return f"{_annotation(node.left)} | {_annotation(node.right)}"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ast.unparse(node)
