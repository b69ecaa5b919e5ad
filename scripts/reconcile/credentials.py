"""Which security schemes of the vendor's file are ours, and what ours say besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scripts.common.document import METHODS, components, mapping, operations
from scripts.common.jsonpath import Place
from scripts.common.names import credential_name, known_id
from scripts.reconcile.twins import Twins

Part = tuple[Place, Any]
Names = Mapping[str, str]


def match_schemes(twins: Twins) -> dict[str, str]:
    """Return each scheme of ours → the file's name of it: by what it is, by name, and by the operations that need it.

    Only what is sent in the same place is the same. One that the file lacks keeps its name, or gets another where the file means something else by it.
    """
    ours, theirs = (components(document, "securitySchemes") for document in (twins.ours, twins.theirs))
    ids = {target: identifier for identifier, target in twins.pairs.items()}
    uses = {name: {known_id(item) for _, _, item in _users(twins.ours, name)} for name in ours}
    others = {name: {ids.get((path, method)) for path, method, _ in _users(twins.theirs, name)} for name in theirs}
    scored = []
    for name, scheme in ours.items():
        for other, found in theirs.items():
            shared = len(uses[name] & others[other]) / (len(uses[name] | others[other]) or 1)
            if _sent(scheme) == _sent(found):
                scored.append((_traits(scheme) == _traits(found), name == other, shared, name, other))
    pairs: dict[str, str] = {}
    for *_, name, other in sorted(scored, key=lambda item: item[:3], reverse=True):
        if name not in pairs and other not in pairs.values():
            pairs[name] = other
    for name in ours.keys() - pairs.keys():
        free = name
        while free in theirs or free in pairs.values():
            free += "-2"
        pairs[name] = free
    return pairs


def with_schemes(document: dict[str, Any], names: Names) -> dict[str, Any]:
    """Return a document with other names of its security schemes, where it declares them and where it asks for them."""
    made = _asking(document, names)
    schemes = {names.get(name, name): scheme for name, scheme in components(document, "securitySchemes").items()}
    if schemes:
        made["components"] = {**document["components"], "securitySchemes": schemes}
    made["paths"] = {
        path: {key: _asking(part, names) if key in METHODS else part for key, part in mapping(item).items()}
        for path, item in mapping(document.get("paths")).items()
    }
    return made


def _asking(holder: dict[str, Any], names: Names) -> dict[str, Any]:
    if "security" not in holder:
        return dict(holder)
    demands = [{names.get(name, name): scopes for name, scopes in item.items()} for item in holder["security"]]
    return {**holder, "security": demands}


def with_scheme(place: Place, names: Names) -> Place:
    """Return a place with the other name of the security scheme it leads through."""
    at = len(place)
    if place[:2] == ("components", "securitySchemes"):
        at = 2
    elif "security" in place[:4]:
        at = place.index("security") + 2
    return (*place[:at], *(names.get(str(step), step) for step in place[at : at + 1]), *place[at + 1 :])


def carried_schemes(twins: Twins, names: Names) -> Iterable[Part]:
    """Yield (place, what is added, None for what goes): credentials keep the names of their arguments, and the sandbox its names of schemes.

    `twins.ours` has the file's names of schemes; those that the file does not declare are carried whole, with who needs them.
    """
    ours, theirs = (components(document, "securitySchemes") for document in (twins.ours, twins.theirs))
    for name, twin in names.items():
        place, scheme = ("components", "securitySchemes", twin), ours[twin]
        plain = {key: value for key, value in scheme.items() if not key.startswith("x-")}
        own = {key: value for key, value in scheme.items() if key.startswith("x-")}
        if twin != name:
            own["x-client-scheme"] = name
            if scheme.get("type") in ("apiKey", "http"):
                own.setdefault("x-argument", credential_name(name))
        there = theirs.get(twin, {})
        own = {key: value for key, value in own.items() if key not in there and _is_there(value, twins)}
        if _traits(there) != _traits(scheme):  # Swagger 2.0 has no word for a bearer token
            yield from [(place, None)] if there else []
            yield (), {"components": {"securitySchemes": {twin: {**plain, **own}}}}
        elif own:
            yield place, own
    needed = any("security" in item for _, _, item in operations(twins.theirs))
    if "security" in twins.ours and "security" not in twins.theirs and not needed:
        yield (), {"security": twins.ours["security"]}


def _is_there(value: Any, twins: Twins) -> bool:
    """Tell whether the file has the operation that an extension names, such as the one that gives a token."""
    return mapping(value).get("operation") in (None, *twins.pairs)


def _users(document: dict[str, Any], scheme: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method.lower(), operation)
        for method, path, operation in operations(document)
        if any(scheme in item for item in operation.get("security", document.get("security")) or [])
    ]


def _traits(scheme: Any) -> tuple[str, ...]:
    words = (str(mapping(scheme).get(key, "")).lower() for key in ("type", "in", "name", "scheme"))
    return (*words, *sorted(mapping(mapping(scheme).get("flows"))))


def _sent(scheme: Any) -> tuple[str, ...]:
    """Return where a credential stands in a request."""
    _, place, name, *_ = _traits(scheme)
    return (place, name) if name else ("header", "authorization")
