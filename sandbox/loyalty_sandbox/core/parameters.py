"""Parameters and forms from text to JSON, by the styles of OpenAPI and the types of their schemas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from urllib.parse import parse_qsl

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File
from starlette.requests import cookie_parser

from .documents import JSON, from_json
from .exchange import Upload
from .nodes import Node
from .spec import Operation, Parameter

FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_INTEGER = re.compile(r"-?[0-9]{1,300}")
_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}
Pairs = list[tuple[str, str]]


def read_parameters(
    operation: Operation, *, path: Mapping[str, str], query: Pairs, headers: Mapping[str, str]
) -> dict[tuple[str, str], JSON]:
    """Return the declared parameters that a request has, by place and key, cast as far as their text allows."""
    sources: dict[str, Pairs] = {"path": list(path.items()), "query": query, "header": list(headers.items())}
    sources["cookie"] = list(cookie_parser(headers.get("cookie", "")).items())
    own = {each.name for each in operation.parameters if each.where == "query"}
    found: dict[tuple[str, str], JSON] = {}
    for parameter in operation.parameters:
        name, pairs = parameter.key, sources.get(parameter.where, [])
        texts = [text for key, text in pairs if key == name]
        if parameter.is_spread or parameter.style == "deepObject":
            inside = (
                (key[len(name) + 1 : -1], text) for key, text in pairs if key.startswith(f"{name}[") and key[-1] == "]"
            )
            spread = ((key, text) for key, text in pairs if key == name or key not in own)
            members = list(spread if parameter.is_spread else inside)
            if members or (parameter.is_spread and parameter.required):
                found[parameter.where, name] = cast_members(parameter.schema, members)
        elif texts:
            found[parameter.where, name] = _json(texts[0]) if parameter.is_json else _value(parameter, texts)
    return found


def cast_members(schema: Node, pairs: Pairs) -> dict[str, JSON]:
    """Turn the pairs of a form, or of an object in a query, into an object; a repeated key is a list."""
    found: dict[str, list[str]] = {}
    for key, text in pairs:
        found.setdefault(key if key in schema.members else key.removesuffix("[]"), []).append(text)
    result: dict[str, JSON] = {}
    for key, texts in found.items():
        inner = schema.member(key)
        is_list = "array" in inner.kinds
        values: list[JSON] = [cast(inner.at("items") if is_list else inner, text) for text in texts]
        result[key] = values if is_list or len(values) > 1 else values[0]
    return result


def cast(schema: Node, text: str) -> JSON:
    """Turn a text into the number, truth value or null that the schema asks for; what cannot be turned stays text."""
    kinds = schema.kinds
    if not kinds or "string" in kinds:
        return text
    if kinds & {"integer", "number"} and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in kinds:
        value = _json(text)
        return value if isinstance(value, float) else text
    if kinds & {"object", "array"}:
        value = _json(text)
        return value if isinstance(value, dict | list) else text
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    return None if "null" in kinds and text in ("", "null") else text


def media_type_of(content_type: str) -> str:
    """Return a media type in lower case without its parameters; empty when there is none."""
    return content_type.partition(";")[0].strip().lower()


def read_form(content_type: str, body: bytes) -> tuple[Pairs, dict[str, Upload]]:
    """Read the texts of a form as pairs and its files by name; raises `ValueError` when it cannot be read."""
    if media_type_of(content_type) != "multipart/form-data":
        return parse_qsl(body.decode(), keep_blank_values=True), {}
    pairs: Pairs = []
    uploads: dict[str, Upload] = {}

    def on_field(part: Field) -> None:
        pairs.append(((part.field_name or b"").decode(), (part.value or b"").decode()))

    def on_file(part: File) -> None:
        part.file_object.seek(0)
        media_type = str(getattr(part, "content_type", "") or "")
        uploads[(part.field_name or b"").decode()] = Upload(media_type, part.file_object.read())
        part.close()

    headers = {"Content-Type": content_type.encode(), "Content-Length": str(len(body)).encode()}
    try:
        parse_form(headers, BytesIO(body), on_field, on_file)
    except FormParserError as error:
        raise ValueError("the form cannot be read") from error
    return pairs, uploads


def _value(parameter: Parameter, values: list[str]) -> JSON:
    schema, text = parameter.schema, values[0]
    if parameter.where == "path":
        text = text.removeprefix({"label": ".", "matrix": f";{parameter.name}="}.get(parameter.style, ""))
    parts = text.split(_SEPARATORS.get(parameter.style, ","))
    if "array" in schema.kinds:
        texts = values if parameter.where == "query" and parameter.explode else parts
        return [cast(schema.at("items"), each.strip() if parameter.where == "header" else each) for each in texts]
    if parameter.is_object:
        exploded = [(key, value) for key, _, value in (part.partition("=") for part in parts)]
        return cast_members(schema, exploded if parameter.explode else list(zip(parts[::2], parts[1::2], strict=False)))
    return cast(schema, text)


def _json(text: str) -> JSON:
    try:
        return from_json(text)
    except ValueError:
        return text
