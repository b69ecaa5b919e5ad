"""Check a freshly generated client: nothing dropped, nothing merged, everything imports."""

from __future__ import annotations

import ast
import importlib
import sys
import warnings
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from scripts.common.document import operations
from scripts.common.layout import ROOT, Vendor
from scripts.common.names import known_path
from scripts.common.problems import PipelineError
from scripts.common.workers import each_alone
from scripts.generate.finish import MARK

_DESCRIPTORS = ("Operation", "PagedOperation", "LongOperation")


def called_operations(package: Path) -> set[tuple[str, str]]:
    """Return the (method, path) that each operation module of a generated package calls, read from its code."""
    found: set[tuple[str, str]] = set()
    for path in sorted(package.glob("api/*/*.py")):
        if path.name != "__init__.py":
            found.add(_called(path))
    return found


def _called(path: Path) -> tuple[str, str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        call = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _DESCRIPTORS:
            values = {item.arg: item.value.value for item in call.keywords if isinstance(item.value, ast.Constant)}
            return str(values["method"]), str(values["path"])
    raise PipelineError(
        "the module calls no operation",
        where=f"{path.parent.name}/{path.name}",
        todo="Correct the template endpoint_module.",
    )


def check_package(vendor: Vendor, folder: Path, document: dict[str, Any]) -> None:
    """Refuse a generated client that lacks an operation, a mark or `py.typed`, or that does not import.

    Raises:
        PipelineError: naming what is missing.
    """
    package = folder / vendor.client_package
    wanted = {(method, known_path(path, operation)) for method, path, operation in operations(document)}
    found = called_operations(package)
    if wanted != found:
        lost, extra = sorted(wanted - found), sorted(found - wanted)
        raise PipelineError(
            f"the client lacks {lost or 'nothing'} and has unknown {extra or 'nothing'}",
            where=vendor.slug,
            todo="Compare operationIds and tags.",
        )
    modules = [path for path in package.glob("api/*/*.py") if path.name != "__init__.py"]
    if len(modules) != len(wanted):
        raise PipelineError(
            f"{len(modules)} modules for {len(wanted)} operations",
            where=vendor.slug,
            todo="Compare operationIds and tags.",
        )
    for part in (package, folder / vendor.models_package):
        todo = "Finish the package with scripts.generate.finish."
        if not (part / "py.typed").is_file():
            raise PipelineError("py.typed is missing", where=part.name, todo=todo)
        for path in part.rglob("*.py"):
            if not path.read_text(encoding="utf-8").startswith(MARK.format(slug=vendor.slug)):
                raise PipelineError("the mark of generated files is missing", where=path.name, todo=todo)
    _check_imports(vendor, [package, folder / vendor.models_package])


def _check_imports(vendor: Vendor, packages: list[Path]) -> None:
    for words in each_alone(import_all, [str(package) for package in packages]):
        if words:
            raise PipelineError(
                f"a generated module does not import: {words}",
                where=vendor.slug,
                todo="Correct the template or the spec.",
            )


def import_all(answer: Connection, package: str) -> None:
    """Import every module of a package, with warnings as errors and no bytecode written, and send what is wrong, or nothing."""
    root = Path(package)
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(root.parent), str(ROOT / "runtime")]
    problem = ""
    with warnings.catch_warnings(action="error"):
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root.parent).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            try:
                importlib.import_module(name)
            except Exception as error:  # noqa: BLE001 - whatever a module raises is the finding
                problem = f"{name}: {type(error).__name__}: {error}"
                break
    answer.send(problem)
    answer.close()
