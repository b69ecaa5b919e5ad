"""The Python name and a snippet of each call, read from a generated client: its resources are what users type."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.common.document import mapping
from scripts.common.names import snake

_ADDRESS = re.compile(r"`([A-Z]+) (/[^`\s]*)`\.")
Key = tuple[str, str]  # method in upper case, path


@dataclass(frozen=True)
class PythonCall:
    """Hold the call of one operation: `guests.list`, its positional and its required keyword arguments, what it returns."""

    package: str
    client: str
    resource: str
    method: str
    positional: tuple[str, ...]
    keywords: tuple[str, ...]
    returns: str

    @property
    def name(self) -> str:
        return f"{self.resource}.{self.method}"

    def snippet(self, values: dict[str, Any]) -> str:
        """Write a program that makes the call; arguments without a known value are `...`."""
        variable = self.package.removesuffix("_client")
        arguments = [_value(values, name) for name in self.positional]
        arguments += [f"{name}={_value(values, name)}" for name in self.keywords]
        call = f"{variable}.{self.name}({', '.join(arguments)})"
        if len(call) > 56:
            call = f"{variable}.{self.name}(\n" + "".join(f"        {item},\n" for item in arguments) + "    )"
        lines = [f"from {self.package} import {self.client}", "", f"with {self.client}.from_env() as {variable}:"]
        if self.returns.startswith("SyncPages["):
            lines += [f"    for item in {call}:", "        print(item)"]
        elif self.returns.startswith("Job["):
            lines += [f"    job = {call}", "    print(job.wait())"]
        elif self.returns == "None":
            lines += [f"    {call}"]
        else:
            lines += [f"    result = {call}", "    print(result)"]
        return "\n".join(lines)


def _value(values: dict[str, Any], name: str) -> str:
    known = values.get(name, values.get(name.rstrip("_"), ...))
    if known is ...:
        return "..."
    text = json.dumps(known, ensure_ascii=False) if isinstance(known, str) else repr(known)
    return text if len(text) <= 100 else "..."


def argument_values(parameters: list[tuple[str, Any]], body: Any) -> dict[str, Any]:
    """Return Python argument → value, from (name on the wire, value) of parameters and the members of a body."""
    values = {snake(name): value for name, value in parameters}
    values.update({snake(str(name)): value for name, value in mapping(body).items() if snake(str(name)) not in values})
    return values


def read_calls(package: Path) -> dict[Key, PythonCall]:
    """Return (method, path) → call of a generated client package; empty where there is none.

    The docstring of each method names its address.
    """
    found: dict[Key, PythonCall] = {}
    client = next(_classes(package / "client.py"), None)
    for path in sorted(package.glob("resources/*.py")) if client else ():
        for owner in _classes(path):
            first: dict[str, ast.arguments] = {}  # of overloads the first, which takes the members of the body
            for node in owner.body:
                if client and isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    arguments = first.setdefault(node.name, node.args)
                    match = _ADDRESS.search(" ".join((ast.get_docstring(node) or "").split()))
                    if match:
                        call = _call(package.name, client.name, path.stem, node, arguments)
                        found.setdefault((match[1], match[2]), call)
    return found


def _classes(path: Path) -> Iterator[ast.ClassDef]:
    """Yield the classes of a module that are neither asynchronous nor give whole replies."""
    for node in ast.parse(path.read_bytes()).body if path.is_file() else ():
        if isinstance(node, ast.ClassDef) and not node.name.startswith("Async") and "WithRaw" not in node.name:
            yield node


def _call(package: str, client: str, resource: str, node: ast.FunctionDef, arguments: ast.arguments) -> PythonCall:
    positional = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
    required = positional[: len(positional) - len(arguments.defaults)]
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return PythonCall(
        package,
        client,
        resource,
        node.name,
        tuple(name for name in required if name != "self"),
        tuple(item.arg for item, default in keywords if default is None),
        ast.unparse(node.returns) if node.returns else "",
    )
