"""Check a freshly generated client: nothing dropped, nothing merged, everything imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.common.document import operations, parameters, resolve
from scripts.common.layout import ROOT, Vendor
from scripts.common.names import known_path
from scripts.common.problems import PipelineError
from scripts.generate.finish import MARK
from scripts.spec.readiness import sendable

_DESCRIPTORS = ("Operation", "PagedOperation", "LongOperation")


_PLACES = {"path": "path", "query": "query", "headers": "header", "cookies": "cookie"}
_BODIES = ("json", "form", "multipart", "content")
_IGNORED = ("accept", "content-type", "authorization")  # header parameters that the standard says to ignore

Sent = frozenset[tuple[str, str]]  # (place, name) of each parameter, and ("body", "") for a body


def called_operations(package: Path) -> dict[tuple[str, str], Sent]:
    """Return (method, path) → what is sent, for each operation module of a generated package, read from its code.

    Raises:
        PipelineError: a module calls no operation, or two call the same.
    """
    found: dict[tuple[str, str], Sent] = {}
    for path in sorted(package.glob("api/*/*.py")):
        if path.name != "__init__.py":
            call, sent = _called(path)
            if call in found:
                raise _fault(f"a second module calls {' '.join(call)}", path)
            found[call] = sent
    return found


def _called(path: Path) -> tuple[tuple[str, str], Sent]:
    call, sent = None, set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _DESCRIPTORS:
            values = {item.arg: item.value.value for item in value.keywords if isinstance(item.value, ast.Constant)}
            call = str(values["method"]), str(values["path"])
        if isinstance(node, ast.FunctionDef) and node.name == "arguments":
            last = node.body[-1]
            sent = _sent(last.value) if isinstance(last, ast.Return) and isinstance(last.value, ast.Dict) else set()
    if call is None:
        raise _fault("the module calls no operation", path)
    return call, frozenset(sent)


def _sent(returned: ast.Dict) -> set[tuple[str, str]]:
    sent = set()
    for key, value in zip(returned.keys, returned.values, strict=True):
        name = key.value if isinstance(key, ast.Constant) else ""
        if name in _BODIES:
            sent.add(("body", ""))
        elif name in _PLACES and isinstance(value, ast.Dict):
            sent |= {(_PLACES[str(name)], str(item.value)) for item in value.keys if isinstance(item, ast.Constant)}
    return sent


def described_operations(document: dict[str, Any]) -> dict[tuple[str, str], Sent]:
    """Return (method, path) → what a call sends, as the document says it before anything is adapted, paths with the names users know."""
    found: dict[tuple[str, str], Sent] = {}
    for method, path, operation in operations(document):
        known = known_path(path, operation)
        sent = {("path", name) for name in re.findall(r"{([^}]+)}", known)}
        for item in parameters(document, path, operation):
            place, name = str(item.get("in")), str(item.get("name"))
            ignored = place == "header" and name.lower() in _IGNORED
            if place != "path" and not ignored and (item.get("required") is True or sendable(item)):
                sent.add((place, name))
        if resolve(document, operation.get("requestBody")).get("content"):
            sent.add(("body", ""))
        found[method, known] = frozenset(sent)
    return found


def _fault(found: str, path: Path) -> PipelineError:
    where = f"{path.parent.name}/{path.name}"
    return PipelineError(found, where=where, todo="Correct the template endpoint_module.")


def check_package(vendor: Vendor, folder: Path, document: dict[str, Any]) -> None:
    """Refuse a generated client that lacks an operation, parameter or body, a mark or `py.typed`, or that does not import.

    Raises:
        PipelineError: naming what is missing.
    """
    package = folder / vendor.client_package
    wanted, found = described_operations(document), called_operations(package)
    lost, extra = sorted(wanted.keys() - found.keys()), sorted(found.keys() - wanted.keys())
    if lost or extra:
        raise PipelineError(
            f"the client lacks {lost or 'nothing'} and has unknown {extra or 'nothing'}",
            where=vendor.slug,
            todo="Compare operationIds and tags.",
        )
    for call, sent in wanted.items():
        if sent != found[call]:
            raise PipelineError(
                f"{' '.join(call)} lacks {sorted(sent - found[call]) or 'nothing'} and has unknown {sorted(found[call] - sent) or 'nothing'}",
                where=vendor.slug,
                todo="Compare the parameters and the body.",
            )
    for part in (package, folder / vendor.models_package):
        todo = "Finish the package with scripts.generate.finish."
        if not (part / "py.typed").is_file():
            raise PipelineError("py.typed is missing", where=part.name, todo=todo)
        for path in part.rglob("*.py"):
            if not path.read_text(encoding="utf-8").startswith(MARK.format(slug=vendor.slug)):
                raise PipelineError("the mark of generated files is missing", where=path.name, todo=todo)
    _check_imports(vendor, [package, folder / vendor.models_package])


# Every module of a package, with warnings as errors and no bytecode written.
_IMPORT = """
import importlib, sys
from pathlib import Path
root = Path(sys.argv[1])
sys.path[:0] = [str(root.parent), sys.argv[2]]
for path in sorted(root.rglob("*.py")):
    parts = path.relative_to(root.parent).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    try:
        importlib.import_module(name)
    except Exception as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")
"""


def _check_imports(vendor: Vendor, packages: list[Path]) -> None:
    command = [sys.executable, "-B", "-W", "error", "-c", _IMPORT]
    arguments = [(str(package), str(ROOT / "runtime")) for package in packages]
    running = [
        subprocess.Popen([*command, *each], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for each in arguments
    ]
    said = [process.communicate()[1].strip() for process in running]
    for process, words in zip(running, said, strict=True):
        if process.returncode:
            raise PipelineError(
                f"a generated module does not import: {words.splitlines()[-1] if words else 'the process died'}",
                where=vendor.slug,
                todo="Correct the template or the spec.",
            )
