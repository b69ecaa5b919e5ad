"""What adapt cannot give another form, so that no client could do what the document says, and names of calls and members that two would share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from keyword import iskeyword
from typing import Any

from scripts.common.document import components, mapping, operations, parameters, resolve, walk_schemas
from scripts.common.jsonpath import Place
from scripts.common.names import attribute_name, call_of, known_id, known_tag, stated_names
from scripts.spec.shapes import Fault

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # what HTTP lets a header and a cookie be called


def check_readiness(document: dict[str, Any]) -> list[Fault]:
    """Return everything in a derived document that no call could carry."""
    return [
        *(
            Fault(place, f"{part.get('name')!r} is no name that a {part.get('in')} of HTTP can have")
            for place, part in _named(document)
            if not sendable(part)
        ),
        *_shapeless_forms(document),
        *_odd_paths(document),
        *_equal_headers(document),
        *_odd_names(document),
    ]


def sendable(part: dict[str, Any]) -> bool:
    """Tell whether HTTP can carry a parameter or a credential under its name."""
    return part.get("in") not in ("header", "cookie") or bool(_NAME.fullmatch(str(part.get("name"))))


def _shapeless_forms(document: dict[str, Any]) -> Iterator[Fault]:
    for method, path, operation in operations(document):
        for media, described in mapping(resolve(document, operation.get("requestBody")).get("content")).items():
            stated = resolve(document, mapping(described).get("schema")).get("type", "object")
            if media in _FORMS and stated != "object" and "object" not in stated:
                place = ("paths", path, method.lower(), "requestBody", "content", media, "schema", "type")
                yield Fault(place, f"a form has names, {stated!r} has none")


def _odd_paths(document: dict[str, Any]) -> Iterator[Fault]:
    for method, path, operation in operations(document):
        placed = re.findall(r"{([^{}]*)}", path)
        odd = next((name for name in [*_media_types(document, operation), path] if _CONTROL.search(name)), None)
        if odd is not None:
            yield Fault(("paths", path, method.lower()), f"{odd!r} holds a control character, which HTTP cannot carry")
        for name in sorted({name for name in placed if placed.count(name) > 1}):
            yield Fault(("paths", path), f"{{{name}}} stands twice in the path")


def _media_types(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    holders = [operation.get("requestBody"), *mapping(operation.get("responses")).values()]
    found = [name for holder in holders for name in mapping(resolve(document, holder).get("content"))]
    own = resolve(document, operation.get("requestBody")).get("x-media-type")
    return [*found, str(own)] if own else found


def _equal_headers(document: dict[str, Any]) -> Iterator[Fault]:
    """HTTP takes two headers that differ in case alone for one."""
    for method, path, operation in operations(document):
        names = [str(part["name"]).lower() for part in parameters(document, path, operation) if part["in"] == "header"]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Fault(("paths", path, method.lower(), "parameters"), f"the header {name} is declared twice")


def _odd_names(document: dict[str, Any]) -> Iterator[Fault]:
    """A name that is stated stands in generated code as it is."""
    found: list[tuple[Place, Any, str]] = [(("info",), mapping(document.get("info")), "x-client-name")]
    found += [(place, part, "x-client-name") for place, part in walk_schemas(document)]
    found += [(("paths", path, method.lower()), part, "x-client-method") for method, path, part in operations(document)]
    for place, part, word in found:
        name = mapping(part).get(word)
        if name is not None and not (isinstance(name, str) and name.isidentifier() and not iskeyword(name)):
            yield Fault((*place, word), f"{name!r} is no name that Python can have")


def _named(document: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    for name, scheme in components(document, "securitySchemes").items():
        yield ("components", "securitySchemes", name), resolve(document, scheme)
    for method, path, operation in operations(document):
        for part in parameters(document, path, operation):
            yield ("paths", path, method.lower()), part


def check_names(document: dict[str, Any]) -> list[Fault]:
    """Return what would have the name of another one by the rule: operations of one resource, members of one schema."""
    return [*_check_calls(document), *_check_members(document)]


def _check_calls(document: dict[str, Any]) -> list[Fault]:
    seen: dict[tuple[str, str], str] = {}
    found = []
    for method, path, operation in operations(document):
        if not (known_tag(operation) and known_id(operation)):
            continue
        name, call = known_id(operation), call_of(operation)
        if call in seen:
            message = f"{name} would be {'.'.join(call)}, as {seen[call]} is: state another name in x-client-method"
            found.append(Fault(("paths", path, method.lower()), message))
        seen.setdefault(call, name)
    return found


def _check_members(document: dict[str, Any]) -> list[Fault]:
    found = []
    for place, schema in walk_schemas(document):
        properties = mapping(mapping(schema).get("properties"))
        seen: dict[str, str] = {}
        for wire, name in {**{wire: attribute_name(wire) for wire in properties}, **stated_names(properties)}.items():
            if name in seen:
                message = f"{wire} would be {name}, as {seen[name]} is: state another name in x-client-name"
                found.append(Fault((*place, "properties", wire), message))
            seen.setdefault(name, wire)
    return found
