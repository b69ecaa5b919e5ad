"""The curl line of an operation, with the credentials in environment variables, and values that fit its schemas: what a reader pastes and edits."""

from __future__ import annotations

import json
import shlex
from typing import Any
from urllib.parse import quote, urlencode

from scripts.common.document import address_of, components, mapping, resolve
from scripts.common.names import snake


def server_url(document: dict[str, Any], *owners: dict[str, Any]) -> str:
    """Return the first server's address with the defaults of its variables; owners such as an operation go before the document."""
    for owner in (*owners, document):
        servers = owner.get("servers")
        if isinstance(servers, list) and servers and isinstance(servers[0], dict):
            return address_of(servers[0]).rstrip("/")
    return ""


def curl(
    method: str,
    url: str,
    parameters: list[tuple[dict[str, Any], Any]],
    security: list[tuple[dict[str, Any], str]],
    media: str,
    body: Any,
) -> str:
    """Write the command: parameters with their values, schemes with the stem of their variables, and a body of a media type."""
    for parameter, value in parameters:
        if parameter.get("in") == "path":
            url = url.replace("{" + str(parameter.get("name")) + "}", quote(_text(value), safe=""))
    query = [(str(item.get("name")), _text(value)) for item, value in parameters if item.get("in") == "query"]
    lines = [] if method == "GET" else [f"-X {shlex.quote(method)}"]
    lines += [option for scheme, stem in security if (option := _credential(scheme, stem))]
    target = shlex.quote(url + (f"?{urlencode(query)}" if query else ""))
    for scheme, stem in security:
        if scheme.get("type") == "apiKey" and scheme.get("in") == "query":
            key = f"{'&' if '?' in target else '?'}{quote(str(scheme.get('name')), safe='')}="
            target += f'{shlex.quote(key)}"${stem}"'
    headers = [(item.get("name"), _text(value)) for item, value in parameters if item.get("in") == "header"]
    lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers]
    lines += _body(media, body)
    return " \\\n  ".join([f"curl {target}", *lines])


def _body(media: str, body: Any) -> list[str]:
    members = [
        shlex.quote(f"{name}={'@rows.csv' if isinstance(value, bytes) else _text(value)}")
        for name, value in mapping(body).items()
    ]
    if not media:
        return []
    if media == "application/x-www-form-urlencoded":
        return [f"--data-urlencode {member}" for member in members]
    if media.startswith("multipart/"):
        return [f"-F {member}" for member in members or ["file=@FILE"]]
    text = shlex.quote(json.dumps(body, ensure_ascii=False, indent=2, default=str))
    data = f"-d {text}" if "json" in media else "--data-binary @FILE"
    return [f"-H {shlex.quote(f'Content-Type: {media}')}", data]


def _credential(scheme: dict[str, Any], stem: str) -> str:
    """Return the option that carries a credential; one in the query has none."""
    kind, name, place = scheme.get("type"), str(scheme.get("name") or ""), scheme.get("in")
    variable = f'"${stem}"'
    if kind == "apiKey" and place == "header":
        prefix = f"{scheme['x-prefix']} " if scheme.get("x-prefix") else ""
        return f"-H {shlex.quote(f'{name}: {prefix}')}{variable}"
    if kind == "apiKey" and place == "cookie":
        return f"-b {shlex.quote(f'{name}=')}{variable}"
    if kind == "http" and str(scheme.get("scheme")).lower() == "basic":
        return f'-u "${stem}USERNAME:${stem}PASSWORD"'
    return f"-H 'Authorization: Bearer '{variable}" if kind in ("http", "oauth2", "openIdConnect") else ""


def schemes_of(document: dict[str, Any], operation: dict[str, Any], slug: str) -> list[tuple[dict[str, Any], str]]:
    """Return the schemes of the first way to be let in, each with the name of the variable that holds its credential."""
    known = components(document, "securitySchemes")
    ways = operation.get("security", document.get("security"))
    first = ways[0] if isinstance(ways, list) and ways and isinstance(ways[0], dict) else {}
    found = []
    for name in first:
        scheme = resolve(document, known.get(name))
        argument = "access_token" if scheme.get("type") == "oauth2" else str(scheme.get("x-argument") or name)
        is_basic = str(scheme.get("scheme", "")).lower() == "basic"  # two credentials, of fixed names
        found.append((scheme, (f"{slug}_" if slug else "").upper() + ("" if is_basic else snake(argument).upper())))
    return found


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


_DEEPEST = 5
_PLAIN: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}


def media_sample(document: dict[str, Any], media: dict[str, Any]) -> Any:
    """Return a value for a media type or a parameter: its example, or one made from its schema."""
    if "example" in media:
        return media["example"]
    for example in mapping(media.get("examples")).values():
        found = resolve(document, example)
        if "value" in found:
            return found["value"]
    return sample(document, media.get("schema"))


def sample(document: dict[str, Any], schema: Any, *, depth: int = 0) -> Any:
    """Return a value for a schema: examples first, then what is required; never more than a few levels."""
    schema = resolve(document, schema)
    for key in ("example", "const", "default"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        if isinstance(schema.get(key), list) and schema[key]:
            return schema[key][0]
    if depth >= _DEEPEST:
        return {}
    for key in ("oneOf", "anyOf"):
        if isinstance(schema.get(key), list) and schema[key]:
            return sample(document, schema[key][0], depth=depth + 1)
    parts = [sample(document, part, depth=depth + 1) for part in schema.get("allOf") or [] if isinstance(part, dict)]
    properties = mapping(schema.get("properties"))
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
    if properties or kind == "object" or any(isinstance(part, dict) for part in parts):
        required = schema.get("required") if isinstance(schema.get("required"), list) else []
        names = [name for name in properties if name in (required or ())] or list(properties)[:3]
        own = {name: sample(document, properties[name], depth=depth + 1) for name in names}
        return {key: value for part in [*parts, own] if isinstance(part, dict) for key, value in part.items()}
    if parts:
        return parts[0]
    if kind == "array":
        return [sample(document, schema.get("items"), depth=depth + 1)]
    return _PLAIN.get(str(kind), "text")
