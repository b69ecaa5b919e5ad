"""Parameters and form members from text to JSON, by the styles of OpenAPI and the types of their schemas."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from starlette.requests import cookie_parser

from .documents import JSON, from_json
from .spec import Operation, Parameter, Place, Spec

_INTEGER = re.compile(r"-?[0-9]{1,300}")
_SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
Pairs = list[tuple[str, str]]


def read_parameters(
    spec: Spec, operation: Operation, *, path: Mapping[str, str], query: Pairs, headers: Mapping[str, str]
) -> dict[tuple[str, str], JSON]:
    """Return the declared parameters that a request has, by place and name, cast as far as their text allows."""
    sources: dict[str, Pairs] = {"path": list(path.items()), "query": query, "header": list(headers.items())}
    sources["cookie"] = list(cookie_parser(headers.get("cookie", "")).items())
    own = {each.name for each in operation.parameters if each.where == "query"}
    found: dict[tuple[str, str], JSON] = {}
    for parameter in operation.parameters:
        name = parameter.name.lower() if parameter.where == "header" else parameter.name
        pairs = sources.get(parameter.where, [])
        values = [text for key, text in pairs if key == name]
        if parameter.is_json:
            if values:
                found[parameter.where, name] = _json(values[0])
        elif _is_exploded(spec, parameter):
            others = own - {name}
            members = [(key, text) for key, text in pairs if key not in others]
            if members or parameter.required:
                found[parameter.where, name] = cast_members(spec, parameter.schema, members)
        elif parameter.style == "deepObject":
            inner = [
                (key[len(name) + 1 : -1], text) for key, text in pairs if key.startswith(f"{name}[") and key[-1] == "]"
            ]
            if inner:
                found[parameter.where, name] = cast_members(spec, parameter.schema, inner)
        elif values:
            found[parameter.where, name] = _value(spec, parameter, values)
    return found


def cast_members(spec: Spec, schema: Place, pairs: Pairs) -> dict[str, JSON]:
    """Turn the pairs of a form, or of an object in a query, into an object; a repeated key is a list."""
    members = spec.properties(schema)
    found: dict[str, list[str]] = {}
    for key, text in pairs:
        found.setdefault(key.removesuffix("[]") if key not in members else key, []).append(text)
    result: dict[str, JSON] = {}
    for key, texts in found.items():
        inner = spec.member(schema, key)
        if "array" in spec.kinds(inner):
            items = spec.items(inner)
            result[key] = [cast(spec, items, text) for text in texts]
        else:
            values: list[JSON] = [cast(spec, inner, text) for text in texts]
            result[key] = values[0] if len(values) == 1 else values
    return result


def cast(spec: Spec, schema: Place, text: str) -> JSON:
    """Turn a text into the number, truth value or null that the schema asks for; what cannot be turned stays text."""
    kinds = spec.kinds(schema)
    if not kinds or "string" in kinds:
        return text
    if kinds & {"integer", "number"} and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in kinds:
        try:
            return from_json(text) if text[:1] in "-0123456789" else text
        except ValueError:
            return text
    if kinds & {"object", "array"}:
        value = _json(text)
        return value if isinstance(value, dict | list) else text
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    return None if "null" in kinds and text in ("", "null") else text


def _value(spec: Spec, parameter: Parameter, values: list[str]) -> JSON:
    kinds = spec.kinds(parameter.schema)
    text = values[0]
    if parameter.where == "path":
        text = text.removeprefix({"label": ".", "matrix": f";{parameter.name}="}.get(parameter.style, ""))
    if "array" in kinds:
        separator = _SEPARATORS.get(parameter.style, ",")
        single = parameter.where != "query" or not parameter.explode
        texts = text.split(separator) if single else values
        items = spec.items(parameter.schema)
        return [cast(spec, items, each.strip() if parameter.where == "header" else each) for each in texts]
    if "object" in kinds and "string" not in kinds:
        parts = text.split(_SEPARATORS.get(parameter.style, ","))
        if parameter.explode:
            pairs = [(key, value) for key, _, value in (part.partition("=") for part in parts)]
        else:
            pairs = list(zip(parts[::2], parts[1::2], strict=False))
        return cast_members(spec, parameter.schema, pairs)
    return cast(spec, parameter.schema, text)


def _is_exploded(spec: Spec, parameter: Parameter) -> bool:
    """Say whether a parameter is an object whose members are query keys of their own."""
    form = parameter.where == "query" and parameter.style == "form" and parameter.explode
    return form and "object" in spec.kinds(parameter.schema) and "string" not in spec.kinds(parameter.schema)


def _json(text: str) -> JSON:
    try:
        return from_json(text)
    except (ValueError, json.JSONDecodeError):
        return text
