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
    """Hold the call of one operation: `guests.list`, its required arguments, its signature, what it returns and raises."""

    package: str
    client: str
    resource: str
    method: str
    positional: tuple[str, ...]
    keywords: tuple[str, ...]
    optional: tuple[str, ...]
    returns: str
    signature: str
    raises: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.resource}.{self.method}"

    def snippet(self, values: dict[str, Any], *, asynchronous: bool = False) -> str:
        """Write a program that makes the call; arguments without a known value are `...`."""
        variable, client = self.package.removesuffix("_client"), "Async" * asynchronous + self.client
        arguments = [_value(values, name) for name in self.positional]
        # A body none of whose members is required is written as the example has it: empty, it would say nothing.
        members = {snake(str(name)) for name in mapping(values.get("body"))}
        chosen = self.keywords or [name for name in self.optional if name.rstrip("_") in members]
        arguments += [f"{name}={_value(values, name)}" for name in chosen]
        call = f"{variable}.{self.name}({', '.join(arguments)})"
        if len(call) > 56:
            call = f"{variable}.{self.name}(\n" + "".join(f"    {item},\n" for item in map(_indent, arguments)) + ")"
        wait, many = ("await ", "async ") if asynchronous else ("", "")
        if self.returns.startswith("SyncPages["):
            lines = [f"{many}for item in {call}:", "    print(item)"]
        elif self.returns.startswith("Job["):
            lines = [f"job = {wait}{call}", f"print({wait}job.wait())"]
        elif self.returns == "None":
            lines = [f"{wait}{call}"]
        else:
            lines = [f"result = {wait}{call}", "print(result)"]
        body = _indent("\n".join([f"{many}with {client}.from_env() as {variable}:", *lines]))
        if not asynchronous:
            return f"from {self.package} import {client}\n\n{body}"
        program = _indent(f"async def main() -> None:\n{body}")
        return f"import asyncio\n\nfrom {self.package} import {client}\n\n\n{program}\n\n\nasyncio.run(main())"


def _indent(text: str) -> str:
    """Move every line but the first to the right."""
    return text.replace("\n", "\n    ")


def _value(values: dict[str, Any], name: str) -> str:
    known = values.get(name, values.get(name.rstrip("_"), ...))
    return "..." if known is ... else _literal(known)


def _literal(value: Any) -> str:
    """Write a value as Python does, with the quotes a formatter chooses, one part a line where it is long."""
    if isinstance(value, dict):
        parts = [f"{_literal(key)}: {_literal(part)}" for key, part in value.items()]
    elif isinstance(value, list):
        parts = [_literal(part) for part in value]
    else:
        return (
            json.dumps(value, ensure_ascii=False)
            if isinstance(value, str)
            else re.sub(r"^b'(.*)'$", r'b"\1"', repr(value))
        )
    start, end = "{}" if isinstance(value, dict) else "[]"
    line = f"{start}{', '.join(parts)}{end}"
    return line if len(line) <= 72 else f"{start}\n" + "".join(f"    {_indent(part)},\n" for part in parts) + end


def argument_values(parameters: list[tuple[str, Any]], body: Any) -> dict[str, Any]:
    """Return Python argument → value, from (name on the wire, value) of parameters and the members of a body."""
    values = {snake(name): value for name, value in parameters}
    values["body"] = body
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
    told = (ast.get_docstring(node) or "").partition("Raises:\n")[2]
    required = positional[: len(positional) - len(arguments.defaults)]
    keywords = list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    return PythonCall(
        package,
        client,
        resource,
        node.name,
        tuple(name for name in required if name != "self"),
        tuple(item.arg for item, default in keywords if default is None),
        tuple(item.arg for item, default in keywords if default is not None),
        ast.unparse(node.returns) if node.returns else "",
        _signature(f"{resource}.{node.name}", arguments, node.returns),
        tuple(" ".join(part.split()) for part in re.split(r"\n(?=    \S)", told) if part.strip()),
    )


def _signature(name: str, arguments: ast.arguments, returns: ast.expr | None) -> str:
    """Write what a caller sees: the arguments of the first way to call, one a line where they are many."""
    written = ast.unparse(arguments).removeprefix("self").removeprefix(", ").replace("'", '"')
    shown = [re.sub(r"=(?=[^\s]+$)", " = ", part) for part in split_top(written, ",")]
    result = f" -> {ast.unparse(returns)}" if returns else ""
    line = f"{name}({', '.join(shown)}){result}"
    return line if len(line) <= 88 else f"{name}(\n" + "".join(f"    {part},\n" for part in shown) + f"){result}"


def split_top(text: str, mark: str) -> list[str]:
    """Split Python code at a mark that stands in no brackets; what is empty is left out."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == mark and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]
