"""What a call of an operation looks like on the wire, by the document alone: parameters by their styles, security, body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from scripts.trial.samples import PLAIN, TEXT, Samples, text_of

# The standard: such parameters are ignored; and what frames a message of HTTP is nobody's to give.
IGNORED_HEADERS = (
    "accept",
    "content-type",
    "authorization",
    "content-length",
    "host",
    "transfer-encoding",
    "connection",
)
_TOKEN = re.compile(
    r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
)  # what HTTP lets a header or a cookie be called; no other can be sent


@dataclass
class Parameter:
    """Hold one declared parameter and the value a call gives it."""

    name: str
    place: str
    style: str
    explode: bool
    required: bool
    value: Any
    json: bool = False


@dataclass
class Seen:
    """Hold one request as the server got it: `target` raw, header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    faults: list[str] = field(default_factory=list)


def essence(media: str) -> str:
    """Return a media type without parameters, in lower case."""
    return media.partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    """Tell whether a media type carries JSON."""
    kind = essence(media)
    return kind in ("application/json", "text/json", "*/*", "application/*") or kind.endswith("+json")


def read_parameters(
    samples: Samples, path: str, item: dict[str, Any], operation: dict[str, Any], *, full: bool
) -> list[Parameter]:
    """Return the parameters of an operation with values; those of the path item give way to the operation's own."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for raw in [*(item.get("parameters") or []), *(operation.get("parameters") or [])]:
        if raw is None:
            continue
        parameter = samples.resolve(raw)
        found[parameter["in"], parameter["name"]] = parameter
    for name in re.findall(r"{([^}]+)}", path):
        found.setdefault(("path", name), {"name": name, "in": "path"})
    result = []
    for (place, name), parameter in found.items():
        required = place == "path" or parameter.get("required") is True
        if place == "header" and name.lower() in IGNORED_HEADERS:
            continue
        if place in ("header", "cookie") and not required and not _TOKEN.fullmatch(name):
            continue
        if not required and not full:
            continue
        media = next(iter(parameter.get("content") or {}), None)
        schema = parameter["content"][media].get("schema") if media else parameter.get("schema")
        style = parameter.get("style") or ("form" if place in ("query", "cookie") else "simple")
        explode = parameter.get("explode", style == "form")
        samples.text = PLAIN if place in ("header", "cookie") else TEXT
        value = samples.value(schema or {"type": "string"}, full=full or place == "path")
        samples.text = TEXT
        if value is None and place != "path":  # null is how an argument is left out
            continue
        if place == "path" and value in ({}, []):  # nothing would address another resource
            value = {"any": "text"} if value == {} else ["text"]
        result.append(
            Parameter(name, place, style, bool(explode), required, value, json=media is not None and is_json(media))
        )
    return result


def compare_parameters(seen: Seen, base: str, path: str, parameters: list[Parameter]) -> list[str]:
    """Return what path, query, headers and cookies of a request have that the document does not say, and the other way round."""
    faults: list[str] = []
    raw_path, _, raw_query = seen.target.partition("?")
    fixed_query = path.partition("?")[2]
    wanted_path = base + path.partition("?")[0]
    for parameter in parameters:
        if parameter.place == "path":
            dumped = json.dumps(parameter.value, separators=(",", ":"), ensure_ascii=False)
            written = dumped if parameter.json else _path_text(parameter)
            wanted_path = wanted_path.replace("{" + parameter.name + "}", written)
    if unquote(raw_path) not in (wanted_path, unquote(wanted_path)):
        faults.append(f"path {raw_path!r}, the document says {wanted_path!r}")
    pairs = parse_qsl(raw_query, keep_blank_values=True)
    wanted = parse_qsl(fixed_query, keep_blank_values=True)
    cookies: dict[str, str] = {}
    for part in filter(str.strip, seen.headers.get("cookie", "").split(";")):
        name, _, value = part.strip().partition("=")
        cookies[name] = value
    for parameter in parameters:
        text = json.dumps(parameter.value) if parameter.json else None
        if parameter.place == "query":
            wanted += [(parameter.name, text)] if text is not None else _query_pairs(parameter)
        elif parameter.place == "header":
            came = seen.headers.get(parameter.name.lower())
            expected = text if text is not None else _simple(parameter.value, explode=parameter.explode)
            if came is None or not _same(came, expected, json_text=parameter.json):
                faults.append(f"header {parameter.name}: {came!r}, the document says {expected!r}")
        elif parameter.place == "cookie":
            expected = text if text is not None else _simple(parameter.value, explode=parameter.explode)
            came = unquote(cookies.get(parameter.name, "\0"))
            if not _same(came, expected, json_text=parameter.json):
                faults.append(f"cookie {parameter.name}: {came!r}, the document says {expected!r}")
    faults += _compare_pairs(pairs, wanted, {item.name for item in parameters if item.json and item.place == "query"})
    return faults


def _compare_pairs(pairs: list[tuple[str, str]], wanted: list[tuple[str, str]], json_names: set[str]) -> list[str]:
    left = list(pairs)
    faults = []
    for name, value in wanted:
        match = next(
            (pair for pair in left if pair[0] == name and _same(pair[1], value, json_text=name in json_names)), None
        )
        if match is None:
            faults.append(f"query {name}={value} is not in {pairs}")
        else:
            left.remove(match)
    return faults + [f"query {name}={value} is not in the document" for name, value in left]


def _same(came: str, expected: str, *, json_text: bool) -> bool:
    if not json_text:
        return came == expected
    try:
        return bool(json.loads(came) == json.loads(expected))
    except ValueError:
        return False


def _simple(value: Any, *, explode: bool, separator: str = ",") -> str:
    if isinstance(value, list):
        return separator.join(map(_nested, value))
    if isinstance(value, dict):
        if explode:
            return separator.join(f"{key}={_nested(item)}" for key, item in value.items())
        return separator.join(part for key, item in value.items() for part in (key, _nested(item)))
    return text_of(value)


def _path_text(parameter: Parameter) -> str:
    value, name, explode = parameter.value, parameter.name, parameter.explode
    if parameter.style == "label":
        return "." + _simple(value, explode=explode, separator="." if explode else ",")
    if parameter.style == "matrix":
        if isinstance(value, list) and explode:
            return "".join(f";{name}={text_of(item)}" for item in value)
        if isinstance(value, dict) and explode:
            return "".join(f";{key}={text_of(item)}" for key, item in value.items())
        return f";{name}={_simple(value, explode=False)}"
    return _simple(value, explode=explode)


def _query_pairs(parameter: Parameter) -> list[tuple[str, str]]:
    value, name = parameter.value, parameter.name
    if parameter.style == "deepObject":
        return list(_deep(name, value))
    if isinstance(value, list):
        if parameter.explode:
            return [(name, _nested(item)) for item in value]
        separator = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(parameter.style, ",")
        return [(name, separator.join(map(_nested, value)))]
    if isinstance(value, dict):
        if parameter.explode:
            return [
                (key, _nested(one))
                for key, item in value.items()
                for one in (item if isinstance(item, list) else [item])
            ]
        separator = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(parameter.style, ",")
        return [(name, separator.join(text for pair in value.items() for text in map(_nested, pair)))] if value else []
    return [(name, text_of(value))]


def _deep(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """OpenAPI says it for one level; below, brackets go on, and objects in lists are counted, as most servers read it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _deep(f"{name}[{key}]", item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _deep(f"{name}[{index}]" if isinstance(item, dict) else name, item)
    else:
        yield name, text_of(value)


def _nested(value: Any) -> str:
    """OpenAPI has no style for an object inside a list or object; JSON is what its tools send."""
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict | list) else text_of(value)


def compare_security(seen: Seen, document: dict[str, Any], operation: dict[str, Any], samples: Samples) -> list[str]:
    """Return a fault unless one of the alternatives of the document is carried whole; schemes that are not declared count for nothing."""
    declared = (document.get("components") or {}).get("securitySchemes") or {}
    alternatives = operation.get("security", document.get("security")) or []
    known = [_sendable(item, declared, samples) for item in alternatives if all(name in declared for name in item)]
    if not known or any(not item for item in known) or len(known) < len(alternatives):
        return []
    carried = [all(_carries(seen, samples.resolve(declared[name])) for name in item) for item in known]
    return [] if any(carried) else [f"no credential of {' or '.join('+'.join(item) for item in known)} was sent"]


def _sendable(item: dict[str, Any], declared: dict[str, Any], samples: Samples) -> list[str]:
    """Return the schemes of an alternative that one request can carry: there is one `Authorization`."""
    busy = [name for name in item if samples.resolve(declared[name]).get("type") in ("http", "oauth2", "openIdConnect")]
    return [name for name in item if name not in busy[1:]]


def _carries(seen: Seen, scheme: dict[str, Any]) -> bool:
    kind = scheme.get("type")
    if kind == "apiKey":
        place, name = scheme["in"], scheme["name"]
        if place == "header":
            return name.lower() in seen.headers
        if place == "query":
            return any(key == name for key, _ in parse_qsl(seen.target.partition("?")[2], keep_blank_values=True))
        return f"{name}=" in seen.headers.get("cookie", "")
    if kind in ("http", "basic"):
        word = str(scheme.get("scheme", "basic" if kind == "basic" else "")).lower()
        return seen.headers.get("authorization", "").lower().startswith(f"{word} ")
    if kind in ("oauth2", "openIdConnect"):
        return seen.headers.get("authorization", "").lower().startswith("bearer ")
    return kind == "mutualTLS"


def without_keys(target: str, document: dict[str, Any], samples: Samples) -> str:
    """Return a target without the credentials that security schemes put into the query."""
    schemes = ((document.get("components") or {}).get("securitySchemes") or {}).values()
    found = [samples.resolve(item) for item in schemes]
    keys = {item.get("name") for item in found if item.get("type") == "apiKey" and item.get("in") == "query"}
    path, _, query = target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    left = [(name, value) for name, value in pairs if not (name in keys and value == "secret")]
    return target if left == pairs else path + (f"?{urlencode(left)}" if left else "")
