"""Which security schemes of the vendor's file are ours, and what ours say besides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scripts.common.document import components, mapping, operations
from scripts.common.jsonpath import Place
from scripts.common.names import credential_name, known_id
from scripts.reconcile.twins import Twins

Part = tuple[Place, Any]


def carried_schemes(twins: Twins) -> Iterable[Part]:
    """Yield (place, what is added, None for what goes): credentials keep the names of their arguments, and the sandbox its names of schemes.

    Schemes that the file does not declare are carried whole, with who needs them.
    """
    ours, theirs = (components(document, "securitySchemes") for document in (twins.ours, twins.theirs))
    pairs = _pairs(twins, ours, theirs)
    for name, twin in pairs.items():
        place, scheme = ("components", "securitySchemes", twin), ours[name]
        own = {key: value for key, value in scheme.items() if key.startswith("x-")}
        if twin != name:
            own["x-client-scheme"] = name
            if scheme.get("type") in ("apiKey", "http"):
                own.setdefault("x-argument", credential_name(name))
        own = {key: value for key, value in own.items() if key not in theirs[twin] and _is_there(value, twins)}
        if _traits(theirs[twin]) != _traits(scheme):  # Swagger 2.0 has no word for a bearer token
            yield place, None
            yield place[:2], {twin: {**{key: value for key, value in scheme.items() if key[:2] != "x-"}, **own}}
        elif own:
            yield place, own
    if lost := {name: scheme for name, scheme in ours.items() if name not in pairs}:
        yield (), {"components": {"securitySchemes": lost}}
    needed = any("security" in item for _, _, item in operations(twins.theirs))
    if "security" in twins.ours and "security" not in twins.theirs and not needed:
        demands = twins.ours["security"]
        yield (), {"security": [{pairs.get(name, name): scopes for name, scopes in item.items()} for item in demands]}


def _is_there(value: Any, twins: Twins) -> bool:
    """Tell whether the file has the operation that an extension names, such as the one that gives a token."""
    return mapping(value).get("operation") in (None, *twins.pairs)


def _pairs(twins: Twins, ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, str]:
    """Return our scheme → theirs: of those that are sent in the same place, by what they are, by name, and by the operations that need them."""
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
    return pairs


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
