"""The Python surface of a package, read from its code, as a flat list of parts that a user can name.

Twins are one thing to a user: the asynchronous class and the view of whole replies carry the name of the method, `guests.list`.
Modules below `api/` are no surface: resources are the one way to call.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["class", "base", "member", "value", "function", "overload", "parameter", "return"]

_TYPE_VARIABLE = re.compile(r"\b[A-Z]\w*?(?:T|_co|_contra)\b")
_TWINS = re.compile(r"^(?:Async)?(?P<stem>\w+?)(?:WithRawResponse)?$")
# What every model of a client has: its base is the runtime's.
_OF_EVERY_MODEL = frozenset({"additional_properties", "from_dict", "to_dict"})
_WRAPPED = re.compile(r"^(?:Response|SyncPages|AsyncPages|Job|AsyncJob)\[(.*)\]$")


@dataclass(frozen=True)
class Part:
    """Hold one part: `subject` is how users know it, `owner` the key of the part it is told with, `type` an annotation or value."""

    kind: Kind
    subject: str
    owner: str = ""
    type: str = ""
    required: bool = False
    positional: bool = False


Surface = dict[str, Part]
"""Full name → part, so that both sides can be matched."""


def read_surface(package: Path, *, only: frozenset[str] | None = None) -> Surface:
    """Read the public surface of a package folder; `only` restricts it to classes and functions of these names."""
    surface: Surface = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        if only is None and (parts[0] == "api" or any(part.startswith("_") and part != "__init__" for part in parts)):
            continue
        module = ".".join(part for part in parts if part != "__init__")
        if module == "async_client":
            module = "client"
        if only is not None or module == "models":  # imported from the package, wherever it stands inside
            module = ""
        for node in _statements(ast.parse(path.read_bytes()).body):
            name = getattr(node, "name", "_")
            if name.startswith("_") if only is None else name not in only:
                continue
            if isinstance(node, ast.ClassDef):
                _read_class(surface, node, module)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                _add(surface, f"{module}.{name}", name, "", node)
    return surface


def exported_names(package: Path) -> frozenset[str]:
    """List the names a package's `__init__` imports from its own modules: what it offers to users."""
    init = package / "__init__.py"
    tree = ast.parse(init.read_bytes()) if init.is_file() else ast.Module([], [])
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level)
    return frozenset(
        alias.asname or alias.name for node in imports for alias in node.names if not alias.name.startswith("_")
    )


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
    # Resources are made by their client and known by its attribute: neither class nor constructor is anybody's business.
    resource = module.startswith("resources.")
    twin = _TWINS.match(node.name) if module == "client" else None
    subject = module.removeprefix("resources.") if resource else twin["stem"] if twin else node.name
    key, owner = f"{module}.{node.name}", "" if resource else f"{module}.{node.name}"
    bases = [ast.unparse(base) for base in node.bases]
    model = next((item for item in node.body if _is_constructor(item) and module.startswith("models.")), None)
    is_enum = any("Enum" in base for base in bases)
    is_model = module.startswith("models.") and not is_enum
    if is_model:  # which base a model has follows from its members, and so do the arguments it is made from
        bases = []
    if not resource:
        surface[key] = Part("class", subject)
        surface |= {f"{key}<{base}>": Part("base", subject, owner, base) for base in bases}
    for item in _statements(node.body):
        if is_model and _name_of(item) in _OF_EVERY_MODEL:
            continue
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            name, annotation = item.target.id, ast.unparse(item.annotation)
            if not name.startswith("_") and not annotation.startswith("ClassVar") and name != "model_config":
                required = module != "client" and _is_required(item.value)
                if isinstance(model, ast.FunctionDef):
                    required = name in _without_default(model)
                member = Part("member", f"{subject}.{name}", owner, annotation_text(item.annotation), required)
                surface[f"{key}.{name}"] = member
        elif is_enum and isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            name = item.targets[0].id
            surface[f"{key}.{name}"] = Part("value", f"{subject}.{name}", owner, ast.unparse(item.value))
        elif isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            if not item.name.startswith("_"):
                _add(surface, f"{key}.{item.name}", f"{subject}.{item.name}", owner, item)
            elif item.name == "__init__" and not resource and not is_model:
                _add(surface, f"{key}.__init__", subject, owner, item)


def _name_of(node: ast.stmt) -> str:
    target = node.target if isinstance(node, ast.AnnAssign) else node
    return str(getattr(target, "name", getattr(target, "id", "")))


def _is_constructor(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "__init__"


def _without_default(node: ast.FunctionDef) -> set[str]:
    given = node.args.args[: len(node.args.args) - len(node.args.defaults)]
    return {item.arg for item in given}


def _is_required(value: ast.expr | None) -> bool:
    """Tell whether a member has no default: none at all, or `Field(...)` without one."""
    if not isinstance(value, ast.Call):
        return value is None
    named = any(word.arg in ("default", "factory", "default_factory") for word in value.keywords)
    return not named and all(isinstance(item, ast.Constant) and item.value is ... for item in value.args)


def _add(surface: Surface, key: str, subject: str, owner: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Add a function; where overloads are declared they are what a user can call, not the implementation behind them."""
    overload = any(ast.unparse(decorator).endswith("overload") for decorator in node.decorator_list)
    if key in surface and not overload:
        return
    surface.setdefault(key, Part("function", subject, owner))
    number = next(number for number in range(len(surface)) if f"{key}#{number}" not in surface)
    way, arguments = f"{key}#{number}", node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    positional = [item for index, item in enumerate(positional) if index or item.arg not in ("self", "cls")]
    surface[way] = Part("overload", subject, key, ", ".join(item.arg for item in positional))
    wrapped = annotation_text(node.returns)
    match = _WRAPPED.match(wrapped)
    surface[f"{way}->"] = Part("return", subject, way, match[1] if match else wrapped)
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    pairs = [*zip(positional, defaults, strict=False), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    for index, (item, default) in enumerate(pairs):
        name, text = f"({item.arg})", annotation_text(item.annotation)
        surface[way + name] = Part(
            "parameter", subject + name, way, text, required=default is None, positional=index < len(positional)
        )


def annotation_text(node: ast.expr | None) -> str:
    """Write a type without what only documents it: `Annotated[str, Field(…)]` is `str`, and the name of a type variable counts for nothing."""
    return _TYPE_VARIABLE.sub("T", _annotation(node)) if node is not None else ""


def _annotation(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        name = ast.unparse(node.value)
        if name.rpartition(".")[2] == "Annotated":
            return _annotation(inner[0])
        return f"{name}[{', '.join(_annotation(item) for item in inner)}]"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return f"{_annotation(node.left)} | {_annotation(node.right)}"
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.unparse(node)
