"""What a generated package holds: its operations and its models."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.clients.rows import Row
from tests.clients.vendors import Client


def folder(client: Client) -> Path:
    """Return the folder of a client's package."""
    return Path(str(importlib.import_module(client.package).__file__)).parent


def function_names(client: Client) -> Iterator[str]:
    """Return the function modules of a client, as `tag.operation`."""
    for path in sorted((folder(client) / "api").glob("*/*.py")):
        if path.stem != "__init__":
            yield f"{path.parent.name}.{path.stem}"


@cache
def operations(client: Client) -> dict[str, Any]:
    """Return the descriptors of a client by their function modules."""
    found = {}
    for name in function_names(client):
        found[name] = importlib.import_module(f"{client.package}.api.{name}").OPERATION
    return found


def operation_ids(client: Client) -> dict[str, str]:
    """Return the ids of all operations of a client by their function modules."""
    return {name: descriptor.id for name, descriptor in operations(client).items()}


def model_classes(client: Client) -> dict[str, type[Any]]:
    """Return the model classes of a client, without its enums."""
    models = importlib.import_module(f"{client.package}.models")
    found = {name: getattr(models, name) for name in models.__all__}
    return {name: item for name, item in found.items() if hasattr(item, "from_dict")}


def arguments_not_given(client: Client, row: Row) -> set[str]:
    """Return the parameters of an operation that its row leaves out, and those the row gives and the operation lacks."""
    module = importlib.import_module(f"{client.package}.api.{row.function}")
    known = dict(inspect.signature(module.arguments).parameters)
    for name in ("body", "options"):
        known.pop(name, None)
    positional = [name for name, item in known.items() if item.kind is item.POSITIONAL_OR_KEYWORD]
    given = {*positional[: len(row.path)], *row.keywords}
    return given ^ set(known)
