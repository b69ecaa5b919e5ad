"""What the transcription states and the vendor's file does not, as an overlay: our extensions, servers, credentials, and schemas."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from scripts.common.document import components, mapping, operations, resolve, walk, walk_parts, walk_schemas
from scripts.common.jsonpath import Place, value_at
from scripts.common.names import known_id, referring
from scripts.reconcile.credentials import carried_schemes
from scripts.reconcile.edits import DOUBTS, plain
from scripts.reconcile.moves import queries, renamed_parameters, translated
from scripts.reconcile.twins import Twins, is_component

NAME = "90-carried-over.yaml"
_HOLDERS = frozenset({"document", "operation", "parameter", "schema", "response", "body", "server", "header", "tag"})


def carried(
    twins: Twins, schemes: Mapping[str, str], *, number: str, barred: Collection[tuple[Place, str]] = ()
) -> list[dict[str, Any]]:
    """List the actions that complete the vendor's file, each under the number of the evidence that says why.

    `schemes` are our names of credentials → the file's, which `twins.ours` has already; `barred` are (place, member) that would make the result invalid.
    """
    opened = [*_opened(twins), *_webhooks(twins)]
    found: dict[str, tuple[Any, list[Place]]] = {}
    credentials = [(place, _referring(stated, twins)) for place, stated in carried_schemes(twins, schemes)]
    for place, stated in (
        *_doubled(twins),
        *opened,
        *_schemas(twins, opened),
        *_servers(twins),
        *credentials,
        *_extensions(twins),
    ):
        left = stated
        if isinstance(stated, dict):
            left = {key: value for key, value in stated.items() if (place, key) not in barred}
        if left != {}:
            found.setdefault(json.dumps(left, sort_keys=True, default=str), (left, []))[1].append(place)
    actions = []
    for update, places in found.values():
        names = ", ".join(f"`{name}`" for name in (mapping(update) or {"servers": 0}))
        said = f"The vendor's file does not state {names}, which the client needs; the transcription did."
        head = {
            "x-id": number,
            "description": "The vendor's file says it twice, or in other words." if update is None else said,
            "x-evidence": "The transcription (specs/…/transcribed) and what its own records refer to.",
            "x-until": "The vendor's file states it.",
        }
        change = {"remove": True} if update is None else {"update": copy.deepcopy(update)}
        actions += [{"target": at, **head, **change} for at in queries(list(dict.fromkeys(places)), twins.theirs)]
    return actions


def make_overlay(actions: list[dict[str, Any]], *, slug: str, today: str) -> dict[str, Any]:
    """Wrap the actions in an Overlay document."""
    info = {"title": "What the transcription states and the vendor's file does not", "version": today}
    return {"overlay": "1.1.0", "info": info, "extends": f"../../specs/{slug}/openapi.yaml", "actions": actions}


def _doubled(twins: Twins) -> Iterable[tuple[Place, None]]:
    """The operationIds that the file gives to a second operation go: `names.yaml` names those by method and path."""
    seen: set[Any] = set()
    for method, path, operation in operations(twins.theirs):
        if operation.get("operationId") in seen:
            yield ("paths", path, method.lower(), "operationId"), None
        seen |= {operation.get("operationId")} - {None}


def _extensions(twins: Twins) -> Iterable[tuple[Place, dict[str, Any]]]:
    parts: list[tuple[Place, dict[str, Any]]] = [(("info",), mapping(twins.ours.get("info")))]
    parts += [(place, part) for kind, place, part in walk_parts(twins.ours) if kind in _HOLDERS]
    merged: dict[Place, dict[str, Any]] = {}
    for place, part in parts:
        own = {key: value for key, value in part.items() if key.startswith("x-") and key not in DOUBTS}
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


def _referring(value: Any, twins: Twins, place: Place = ()) -> Any:
    """Return what is carried with the operation and the parameters of paths it refers to under the vendor's names, where it has some."""
    if not isinstance(value, dict):
        return value
    if not isinstance(value.get("operation"), str):
        return {key: _referring(part, twins, place) for key, part in value.items()}
    own = _their_parameters(twins, place[:3]) if place[:1] == ("paths",) else {}
    for method, path, operation in operations(twins.ours):
        if known_id(operation) == value["operation"]:
            target = ("paths", path, method.lower())
            result = referring(value, other=_their_parameters(twins, target), own=own)
            doubled = {place[:3] for place, _ in _doubled(twins)}
            found = [
                value_at(twins.theirs, twin).get("operationId") for twin in twins.of(target) if twin not in doubled
            ]
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
        yield from [(("servers",), None)] if "servers" in twins.theirs else []
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


def _opened(twins: Twins) -> Iterable[tuple[Place, dict[str, Any]]]:
    """Schemas of which the file says nothing and the transcription something."""
    for place, schema in walk_schemas(twins.ours):
        if is_component(place) or not isinstance(schema, dict) or _is_open(plain(twins.ours, schema)):
            continue
        for twin in twins.of(place):
            node = value_at(twins.theirs, twin)
            schema = resolve(twins.ours, schema) if is_component(twin) else schema
            known = {
                key: value for key, value in schema.items() if key not in mapping(node) and not key.startswith("x-")
            }
            if known and isinstance(node, dict) and "$ref" not in node and _is_open(plain(twins.theirs, node)):
                yield twin, translated(known, twins)


def _webhooks(twins: Twins) -> Iterable[tuple[Place, dict[str, Any]]]:
    """What the vendor sends on its own, for which no file before OpenAPI 3.1 has words."""
    known = mapping(twins.theirs.get("webhooks"))
    for name, item in mapping(twins.ours.get("webhooks")).items():
        if name not in known:
            yield (), {"webhooks": {name: translated(item, twins)}}


def _is_open(schema: Any) -> bool:
    return not mapping(schema).keys() - {"type"} and mapping(schema).get("type", "object") == "object"


def _schemas(twins: Twins, opened: Iterable[Any]) -> Iterable[tuple[Place, dict[str, Any]]]:
    """Components of ours that moved actions, opened schemas and webhooks refer to, with those that they refer to."""
    waiting, made = references(twins.theirs), dict[tuple[str, str], Any]()
    for _, update in opened:
        waiting += references(update if "webhooks" in update else {"components": {"schemas": {"": update}}})
    while waiting:
        _, kind, name = waiting.pop().split("/")[1:4]
        lacking = name not in components(twins.theirs, kind) and name in components(twins.ours, kind)
        if (kind, name) not in made and lacking:
            made[kind, name] = found = translated(resolve(twins.ours, {"$ref": f"#/components/{kind}/{name}"}), twins)
            waiting += references({"components": {kind: {name: found}}})
    for (kind, name), part in sorted(made.items()):
        yield (), {"components": {kind: {name: part}}}


def references(document: dict[str, Any]) -> list[str]:
    """List the components that a document refers to."""
    found = (mapping(part.node).get("$ref") for part in walk(document))
    return [text for text in found if isinstance(text, str) and re.fullmatch("#/components/[^/]+/[^/]+", text)]


def carried_schemas(actions: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the schemas that some actions bring under our own names."""
    return [
        name
        for action in actions
        for name in mapping(mapping(mapping(action.get("update")).get("components")).get("schemas"))
    ]
