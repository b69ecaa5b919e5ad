"""Query parameters that are objects in exploded form: every member is a key of its own, and the parameter's name never travels.

openapi-core takes such a parameter for missing and loses members that its schema does not name, so it is read here.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from .documents import JSON, Document
from .operations import Operation, resolve


@frozen
class Exploded:
    """One such parameter: where its schema stands, and the declared types of its members."""

    name: str
    place: tuple[str, ...]
    types: Mapping[str, str]


def is_exploded(spec: Document, raw: JSON) -> bool:
    """Say whether a parameter is an object whose members are query keys of their own."""
    parameter = resolve(spec, raw)
    if not isinstance(parameter, dict) or parameter.get("in") != "query":
        return False
    schema = resolve(spec, parameter.get("schema", {}))
    return (
        isinstance(schema, dict)
        and schema.get("type") == "object"
        and parameter.get("style", "form") == "form"
        and parameter.get("explode", True) is True
    )


def exploded_parameter(spec: Document, operation: Operation) -> Exploded | None:
    """Find the exploded parameter of an operation; a second one could not be told from the first."""
    for index, raw in enumerate(operation.raw.get("parameters", [])):
        if is_exploded(spec, raw):
            parameter = resolve(spec, raw)
            schema = resolve(spec, parameter["schema"])  # type: ignore[call-overload, index]
            own = ("paths", operation.template, operation.method.lower(), "parameters", str(index))
            base = tuple(raw["$ref"].removeprefix("#/").split("/")) if "$ref" in raw else own
            members = schema.get("properties", {})  # type: ignore[union-attr]
            types = {name: str((resolve(spec, member) or {}).get("type", "")) for name, member in members.items()}  # type: ignore[union-attr]
            return Exploded(parameter["name"], (*base, "schema"), types)  # type: ignore[call-overload, index]
    return None


def read_exploded(spec: Document, operation: Operation, parameter: Exploded, query: list[tuple[str, str]]) -> Document:
    """Gather the keys that are no parameters of their own; a repeated key is a list, and what cannot be cast stays text."""
    parameters = [resolve(spec, raw) for raw in operation.raw.get("parameters", [])]
    others = {each["name"] for each in parameters if isinstance(each, dict) and each.get("in") == "query"}
    found: dict[str, list[JSON]] = {}
    for name, text in query:
        if name == parameter.name or name not in others:
            found.setdefault(name, []).append(_cast(text, parameter.types.get(name, "")))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _cast(text: str, kind: str) -> JSON:
    try:
        if kind == "integer":
            return int(text) if text.isascii() else text
        if kind == "number":
            return float(text)
    except ValueError:
        return text
    return {"true": True, "false": False}.get(text, text) if kind == "boolean" else text
