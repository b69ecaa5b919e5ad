"""Operations: ids, tags, replies and parameters where the document leaves them out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from scripts.common.document import METHODS, Kind, kind_below, mapping, operations, resolve, walk_parts
from scripts.common.jsonpath import Place
from scripts.common.names import module_name, numbered, snake
from scripts.generate.adapt.walks import Notes
from scripts.spec.readiness import sendable
from scripts.spec.shapes import EXTENDED, LIST, MAPS, SCHEMAS, SHAPES, TEXT, Fault, shaped

# Our extensions, and what their values must look like; the same name with another value is another tool's.
_OURS: dict[str, type | tuple[type, ...]] = {
    "x-rate-limit": list,
    "x-pagination": dict,
    "x-long-running": dict,
    "x-idempotency": dict,
    "x-outcome-check": dict,
    "x-provenance": dict,
    "x-evidence-ids": list,
    "x-client-name": str,
    "x-client-method": str,
    "x-argument": str,
    "x-prefix": str,
    "x-token-request": dict,
}
_NEEDED = {
    "x-pagination": {"style", "items"},
    "x-long-running": {"id", "operation", "status", "done"},
    "x-idempotency": {"kind"},
    "x-outcome-check": {"operation", "settle"},
}
_UNREAD = frozenset({"examples", "example", "externalDocs", "contact", "license", "termsOfService", "xml"})
_STATUS = re.compile(r"default|[1-5](XX|\d\d)")
_LONGEST_ID = 120  # a module is named after an operation, a folder after its tag, and no file may have a longer name than 255 bytes
IGNORED_HEADERS = ("accept", "content-type", "authorization")
_FRAMING = ("content-length", "host", "transfer-encoding", "connection")  # the client itself sets them


def without_foreign_extensions(document: dict[str, Any], notes: Notes) -> None:
    """Members `x-…` beside paths, methods and statuses go; extensions named like ours with another shape are another tool's."""
    paths = document.get("paths") or {}
    document["paths"] = {
        path: item
        for path, item in paths.items()
        if str(path).startswith("/") or (isinstance(item, dict) and not str(path).startswith("x-"))
    }
    _drop_foreign(document, (), notes)
    for scheme, part in ((document.get("components") or {}).get("securitySchemes") or {}).items():
        if isinstance(part, dict):
            _drop_foreign(part, ("components", "securitySchemes", scheme), notes)
    for path, item in document["paths"].items():
        if not isinstance(item, dict):
            continue
        for method in METHODS:
            operation = item.get(method)
            if isinstance(operation, dict):
                _drop_foreign(operation, ("paths", path, method), notes)
                responses = operation.get("responses")
                if isinstance(responses, dict):
                    operation["responses"] = {
                        key: value for key, value in responses.items() if not str(key).startswith("x-")
                    }


def _drop_foreign(part: dict[str, Any], place: tuple[str, ...], notes: Notes) -> None:
    for name, kind in _OURS.items():
        value = part.get(name)
        wrong = value is not None and (
            not isinstance(value, kind) or (isinstance(value, dict) and not _NEEDED.get(name, set()) <= value.keys())
        )
        if name == "x-provenance" and value and not wrong:
            wrong = not all(isinstance(value.get(key, ""), str) for key in ("method", "path"))
        if wrong or (
            name == "x-rate-limit"
            and value
            and not all(isinstance(item, dict) and {"requests", "seconds"} <= item.keys() for item in value)
        ):
            notes.add(place, f"{name} has not the shape of ours and is left out")
            del part[name]


def without_callbacks(document: dict[str, Any], notes: Notes) -> None:
    """Callbacks, links and headers of replies describe no call of a client and are left out, and webhooks whose signature is not stated."""
    hooks = {
        name: item
        for name, item in (document.get("webhooks") or {}).items()
        if isinstance(item, dict) and isinstance((item.get("post") or {}).get("x-signature"), dict)
    }
    document.pop("webhooks", None)
    if hooks:
        document["webhooks"] = {name: {"post": item["post"]} for name, item in hooks.items()}
    for name in ("callbacks", "links", "headers", "examples", "pathItems"):
        (document.get("components") or {}).pop(name, None)
    for kind, _, part in walk_parts(document):
        if kind == "operation":
            part.pop("callbacks", None)
        elif kind in ("response", "encoding"):
            part.pop("links", None)
            part.pop("headers", None)
        elif kind in ("parameter", "media"):
            part.pop("examples", None)


def without_nothing(document: dict[str, Any], notes: Notes) -> None:
    """A member that is null is left out, a named part that is null says nothing, numbers that stand for a text are one; a reply needs no description, a tag a name of its own."""
    listed = document.get("tags")
    if isinstance(listed, list):
        named = [tag for tag in listed if isinstance(tag, dict) and tag.get("name") is not None]
        document["tags"] = list({str(tag["name"]): tag for tag in reversed(named)}.values())[::-1]
        if len(document["tags"]) < len(listed):
            notes.add(("tags",), "a tag is described once, and has a name")
    for kind, place, part in shaped(document):
        if kind == "response" and "$ref" not in part and part.get("description") is None:
            part["description"] = ""
        for name, shape in SHAPES.get(kind, {}).items():
            value = part.get(name)
            if value is None and name in part:
                del part[name]
                notes.add((*place, name), "null says nothing")
            elif shape is TEXT and isinstance(value, int | float):
                part[name] = str(value)
            elif isinstance(value, list) and None in value and shape is not LIST:
                part[name] = [item for item in value if item is not None]
                notes.add((*place, name), "null says nothing")
            elif shape in (MAPS, EXTENDED, SCHEMAS) and isinstance(value, dict) and None in value.values():
                part[name] = {key: {} if item is None else item for key, item in value.items()}
                notes.add((*place, name), "null says nothing")


def heading(document: dict[str, Any], notes: Notes) -> None:
    """A version of OpenAPI that was read as a number is text; a document without a title or a version of its own gets one."""
    if not isinstance(document.get("openapi"), str):
        document["openapi"] = f"{document.get('openapi')}.0"
    info = document.setdefault("info", {})
    for name in ("title", "version"):
        if name not in info:
            info[name] = "0" if name == "version" else "API"
            notes.add(("info", name), "the document does not say it")


def dialect(document: dict[str, Any], notes: Notes) -> None:
    """Schemas are read as those of OpenAPI 3.1, whatever dialect the document names."""
    named = document.pop("jsonSchemaDialect", None)
    if named not in (None, "https://spec.openapis.org/oas/3.1/dialect/base"):
        notes.add(("jsonSchemaDialect",), f"schemas of {named} are read as those of OpenAPI 3.1")


def operation_ids(document: dict[str, Any], notes: Notes) -> None:
    """An operation without an id gets one from its method and path; two ids that are equal in Python are told apart."""
    seen: set[str] = set()
    for method, path, operation in operations(document):
        place = ("paths", path, method.lower())
        given = operation.get("operationId")
        made = not isinstance(given, str) or not module_name(given)
        name = made_id(method, path) if made else str(given)
        wanted = numbered(name[:_LONGEST_ID], lambda word: _python(word) in seen)
        seen.add(_python(wanted))
        if wanted != given:
            operation["operationId"] = wanted
            notes.add(
                place,
                f"operationId {wanted}"
                + ("" if made else f" in place of {name}, which is too long or another operation's in Python"),
            )


def made_id(method: str, path: str) -> str:
    """Return an operationId for a method and path: `get_users_by_id` for `GET /users/{id}`."""
    words = []
    for segment in path.partition("?")[0].split("/"):
        names = re.findall(r"{([^}]+)}", segment)
        fixed = re.sub(r"{[^}]+}", " ", segment)
        words += [snake(fixed)] if snake(fixed) else []
        words += [f"by_{snake(name) or 'value'}" for name in names]
    return "_".join([method.lower(), *words]) or method.lower()


def _python(name: str) -> str:
    return snake(name) or name


def tags(document: dict[str, Any], notes: Notes) -> None:
    """An operation without a tag gets one from its path: the first segment that names a thing."""
    for method, path, operation in operations(document):
        named = [tag for tag in operation.get("tags") or [] if isinstance(tag, str) and tag.strip()]
        if not named:
            named = [made_tag(path)]
            notes.add(("paths", path, method.lower()), f"tag {named[0]}")
        operation["tags"] = [tag[:_LONGEST_ID] for tag in named]


def made_tag(path: str) -> str:
    """Return a tag for a path: `users` for `/api/v1/users/{id}`."""
    for segment in path.partition("?")[0].split("/"):
        if (
            segment
            and "{" not in segment
            and not re.fullmatch(r"v?\d+(\.\d+)*|api|rest", segment, re.IGNORECASE)
            and snake(segment)
        ):
            return segment
    return "default"


def ignored_headers(document: dict[str, Any], notes: Notes) -> None:
    """Header parameters go that the standard says to ignore, that frame the message, and optional ones under names HTTP cannot carry."""
    for path, item in (document.get("paths") or {}).items():
        for method, part in [("", item), *((method, item.get(method)) for method in METHODS)]:
            if isinstance(part, dict) and isinstance(part.get("parameters"), list):
                declared = [(raw, resolve(document, raw)) for raw in part["parameters"]]
                last = {(found.get("in"), found.get("name")): (raw, found) for raw, found in declared}
                if len(last) < len(declared):
                    declared = list(last.values())
                    notes.add(
                        ("paths", path, *([method] if method else []), "parameters"),
                        "of two with one name the last counts",
                    )
                lost = [found for _, found in declared if not (sendable(found) or found.get("required"))]
                part["parameters"] = [raw for raw, found in declared if found not in lost and not _is_ignored(found)]
                for found in lost:
                    place = ("paths", path, *([method] if method else []), "parameters")
                    what = f"no {found['in']} can have the name {found.get('name')!r}, so nothing is sent for it"
                    notes.add(place, what)


def _is_ignored(parameter: dict[str, Any]) -> bool:
    return parameter.get("in") == "header" and str(parameter.get("name")).lower() in (*IGNORED_HEADERS, *_FRAMING)


def path_parameters(document: dict[str, Any], notes: Notes) -> None:
    """A placeholder of a path without a parameter is a text; a parameter without a placeholder cannot be sent."""
    for method, path, operation in operations(document):
        item = document["paths"][path]
        own = [
            resolve(document, raw) for raw in [*(item.get("parameters") or []), *(operation.get("parameters") or [])]
        ]
        named = {part.get("name") for part in own if part.get("in") == "path"}
        placed = re.findall(r"{([^}]+)}", path)
        for owner in (item, operation):
            lost = [raw for raw in owner.get("parameters") or [] if _is_unplaced(resolve(document, raw), placed)]
            if lost:
                owner["parameters"] = [raw for raw in owner["parameters"] if raw not in lost]
                notes.add(("paths", path, method.lower()), "a path parameter without its place in the path is not sent")
        for name in dict.fromkeys(placed):
            if name not in named:
                added = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                operation["parameters"] = [*(operation.get("parameters") or []), added]
                notes.add(("paths", path, method.lower()), f"{{{name}}} has no parameter: a text")


def _is_unplaced(parameter: dict[str, Any], placed: list[str]) -> bool:
    return parameter.get("in") == "path" and parameter.get("name") not in placed


def parameter_contents(document: dict[str, Any], notes: Notes) -> None:
    """A parameter with `content` has the schema of its one media type; `x-media-type` says how it is written."""
    for kind, place, part in walk_parts(document):
        content = part.get("content") if kind in ("parameter", "header") else None
        if isinstance(content, dict) and content:
            media, described = next(iter(content.items()))
            del part["content"]
            part["schema"] = (described or {}).get("schema") or {}
            part["x-media-type"] = media
            notes.add(place, f"the value is written as {media}")
        elif kind == "parameter" and "$ref" not in part and not part.keys() & {"schema", "content"}:
            part["schema"] = {}
            notes.add(place, "no schema: any value")
        if kind == "parameter" and part.get("in") == "path" and part.get("required") is not True:
            part["required"] = True
            notes.add(place, "a part of the path is always given")


def responses(document: dict[str, Any], notes: Notes) -> None:
    """Statuses are text in upper case; an operation that documents no reply gets one that may hold anything."""
    for method, path, operation in operations(document):
        found = operation.get("responses") or {}
        keys = {key: str(key).upper().replace("DEFAULT", "default") for key in found}
        operation["responses"] = {keys[key]: value for key, value in found.items() if _STATUS.fullmatch(keys[key])}
        for key in [key for key in found if keys[key] not in operation["responses"]]:
            notes.add(("paths", path, method.lower(), "responses", key), "no status of HTTP")
        if not operation["responses"]:
            operation["responses"] = {"default": {"description": "Not described."}}
            notes.add(("paths", path, method.lower()), "no reply is described")


def without_faulty_words(document: dict[str, Any], faults: Iterable[Fault], notes: Notes) -> bool:
    """Members that OpenAPI does not know go, such as `examples` of Swagger 2.0 on a response, and misshapen ones that say nothing to a client; tell whether one went."""
    found = False
    for fault in faults:
        unknown = fault.message.startswith("Unevaluated properties")
        lost = [(*fault.place, name) for name in re.findall(r"'([^']+)'", fault.message)] if unknown else []
        for place in lost or _unread(fault.place):
            part: Any = document
            for step in place[:-1]:
                part = part[int(step)] if isinstance(part, list) else mapping(part).get(str(step))
            if isinstance(part, dict) and place[-1] in part:
                del part[place[-1]]
                notes.add(
                    place, "OpenAPI has no such member here" if unknown else "it is misshapen, and no call needs it"
                )
                found = True
    return found


def _unread(place: Place) -> list[Place]:
    """Return the place of the member around a place that no call and no class is made of."""
    kind: Kind | None = Kind.OBJECT
    for index, step in enumerate(place):
        if kind in (Kind.OBJECT, Kind.SCHEMA) and step in _UNREAD:
            return [place[: index + 1]]
        kind = kind_below(kind, step) if kind else None
    return []
