"""What the transcription states and the vendor's file does not, as an overlay: our extensions, servers, credentials, and schemas that moved actions need."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from scripts.common.document import components, mapping, operations, resolve, walk, walk_parts
from scripts.common.jsonpath import Place, value_at
from scripts.common.names import credential_name, known_id, referring
from scripts.reconcile.moves import queries, renamed_parameters
from scripts.reconcile.twins import Twins

NAME = "90-carried-over.yaml"
# How sure the transcription was of its page, and what names.yaml says.
_LEFT = frozenset({"x-provenance", "x-confidence", "x-undocumented", "x-expected", "x-client-method"})
_HOLDERS = frozenset({"document", "operation", "parameter", "schema", "response", "body", "server", "header", "tag"})


def carried(twins: Twins, *, number: str) -> list[dict[str, Any]]:
    """List the actions that complete the vendor's file, each under the number of the evidence that says why."""
    found: dict[str, tuple[Any, list[Place]]] = {}
    for place, update in (*_schemas(twins), *_servers(twins), *_schemes(twins), *_extensions(twins)):
        found.setdefault(json.dumps(update, sort_keys=True, default=str), (update, []))[1].append(place)
    actions = []
    for update, places in found.values():
        names = ", ".join(f"`{name}`" for name in (mapping(update) or {"servers": 0}))
        actions += [
            {
                "target": target,
                "x-id": number,
                "description": f"The vendor's file does not state {names}, which the client needs; the transcription did.",
                "x-evidence": "The transcription (specs/…/transcribed) and what its own records refer to.",
                "x-until": "The vendor's file states it.",
                "update": copy.deepcopy(update),
            }
            for target in queries(list(dict.fromkeys(places)), twins.theirs)
        ]
    return actions


def make_overlay(actions: list[dict[str, Any]], *, slug: str, today: str) -> dict[str, Any]:
    """Wrap the actions in an Overlay document."""
    info = {"title": "What the transcription states and the vendor's file does not", "version": today}
    return {"overlay": "1.1.0", "info": info, "extends": f"../../specs/{slug}/openapi.yaml", "actions": actions}


def _extensions(twins: Twins) -> Iterable[tuple[Place, dict[str, Any]]]:
    parts: list[tuple[Place, dict[str, Any]]] = [(("info",), mapping(twins.ours.get("info")))]
    parts += [(place, part) for kind, place, part in walk_parts(twins.ours) if kind in _HOLDERS]
    merged: dict[Place, dict[str, Any]] = {}
    for place, part in parts:
        own = {key: value for key, value in part.items() if key.startswith("x-") and key not in _LEFT}
        for twin in twins.of(place) if own else []:
            there = value_at(twins.theirs, twin)
            lacking = {
                key: _referring(value, twins, place)
                for key, value in own.items()
                if isinstance(there, dict) and key not in there
            }
            if lacking:
                merged[twin] = {**merged.get(twin, {}), **lacking}
    return merged.items()


def _referring(value: Any, twins: Twins, place: Place) -> Any:
    """Return an extension with the operation and the parameters of paths it refers to under the vendor's names, where it has some."""
    if not (isinstance(value, dict) and isinstance(value.get("operation"), str)):
        return value
    own = _their_parameters(twins, place[:3]) if place[:1] == ("paths",) else {}
    for method, path, operation in operations(twins.ours):
        if known_id(operation) == value["operation"]:
            target = ("paths", path, method.lower())
            result = referring(value, other=_their_parameters(twins, target), own=own)
            found = [value_at(twins.theirs, twin).get("operationId") for twin in twins.of(target)]
            return {**result, "operation": next(filter(None, found), value["operation"])}
    return value


def _their_parameters(twins: Twins, place: Place) -> dict[str, str]:
    renamed = [renamed_parameters(str(place[1]), str(twin[1])) for twin in twins.of(place)[:1]]
    return {our: their for names in renamed for their, our in names.items()}


def _servers(twins: Twins) -> Iterable[tuple[Place, Any]]:
    ours, theirs = twins.ours.get("servers") or [], twins.theirs.get("servers") or []
    known = {_host(server) for server in theirs}
    lost = [server for server in ours if _host(server) not in known]
    if lost and theirs:
        yield ("servers",), lost
    elif lost:
        yield (), {"servers": lost}
    for number, server in enumerate(theirs):
        own: dict[str, Any] = next(
            (item for item in ours if _host(item) == _host(server) and item.get("url") != server.get("url")), {}
        )
        lacking = {key: value for key, value in own.items() if key.startswith("x-") and key not in server}
        if lacking:
            yield ("servers", number), lacking


def _host(server: Any) -> str:
    return str(mapping(server).get("url")).rstrip("/").lower()


def _schemes(twins: Twins) -> Iterable[tuple[Place, dict[str, Any]]]:
    """Credentials keep the names of their arguments; schemes that the file does not declare are carried whole, with who needs them."""
    ours, theirs = (components(document, "securitySchemes") for document in (twins.ours, twins.theirs))
    lost = {}
    for name, scheme in ours.items():
        twin = (
            name
            if name in theirs
            else next(
                (other for other, found in theirs.items() if other not in ours and _traits(found) == _traits(scheme)),
                None,
            )
        )
        if twin is None:
            lost[name] = scheme
            continue
        own = {
            key: value
            for key, value in scheme.items()
            if key.startswith("x-") and key not in _LEFT and key not in theirs[twin]
        }
        if twin != name and scheme.get("type") in ("apiKey", "http"):
            own.setdefault("x-argument", scheme.get("x-argument") or credential_name(name))
        if own:
            yield (
                ("components", "securitySchemes", twin),
                {key: _referring(value, twins, ()) for key, value in own.items()},
            )
    if lost:
        yield (), {"components": {"securitySchemes": lost}}
    if (
        "security" in twins.ours
        and "security" not in twins.theirs
        and not any("security" in item for _, _, item in operations(twins.theirs))
    ):
        yield (), {"security": twins.ours["security"]}


def _traits(scheme: Any) -> tuple[str, ...]:
    return tuple(str(mapping(scheme).get(key, "")).lower() for key in ("type", "in", "name", "scheme"))


def _schemas(twins: Twins) -> Iterable[tuple[Place, dict[str, Any]]]:
    """Components of ours that moved actions refer to, with those that they refer to."""
    waiting, made = _references(twins.theirs), dict[tuple[str, str], Any]()
    while waiting:
        _, kind, name = waiting.pop().split("/")[1:4]
        lacking = name not in components(twins.theirs, kind) and name in components(twins.ours, kind)
        if (kind, name) not in made and lacking:
            made[kind, name] = found = copy.deepcopy(resolve(twins.ours, {"$ref": f"#/components/{kind}/{name}"}))
            waiting += _references({"components": {kind: {name: found}}})
    for (kind, name), part in sorted(made.items()):
        yield (), {"components": {kind: {name: part}}}


def _references(document: dict[str, Any]) -> list[str]:
    """List the components that a document refers to."""
    found = (mapping(part.node).get("$ref") for part in walk(document))
    return [text for text in found if isinstance(text, str) and re.fullmatch("#/components/[^/]+/[^/]+", text)]


def carried_schemas(actions: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the schemas that some actions bring under our own names."""
    return [
        name
        for action in actions
        for name in mapping(mapping(mapping(action["update"]).get("components")).get("schemas"))
    ]
