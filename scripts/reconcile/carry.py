"""What the transcription states and the vendor's file does not: our extensions, missing operationIds. Proposed as an overlay, to be reviewed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from scripts.common.document import mapping
from scripts.reconcile.match import Match


def lost_extensions(
    before: Mapping[str, Any], after: Mapping[str, Any], matches: Iterable[Match]
) -> list[dict[str, Any]]:
    """List as overlay actions the extensions and operationIds that the vendor's file lacks.

    `x-id` takes the evidence numbers of the operation; where it has none, it is left empty for the reviewer.
    """
    actions = []
    for (target, old), (_, new) in zip(_holders(before, before), _holders(before, after), strict=True):
        missing = {key: value for key, value in old.items() if key.startswith("x-") and key not in new}
        if missing:
            actions.append(_action(target, missing, ids=[]))
    for match in matches:
        missing = {key: value for key, value in match.before.extensions.items() if key not in match.after.extensions}
        if not match.after.operation_id:
            missing = {"operationId": match.before.operation_id, **missing}
        if missing:
            target = f"$.paths[{_quote(match.after.path)}].{match.after.method.lower()}"
            actions.append(_action(target, missing, ids=list(match.before.extensions.get("x-evidence-ids") or [])))
    return actions


def make_overlay(actions: list[dict[str, Any]], *, slug: str, today: str) -> dict[str, Any]:
    """Wrap the actions in an Overlay document."""
    info = {"title": "Extensions carried over from the transcription", "version": today}
    return {"overlay": "1.1.0", "info": info, "extends": f"../../specs/{slug}/openapi.yaml", "actions": actions}


def _holders(names: Mapping[str, Any], document: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """List what may carry extensions outside of operations, as `names` has it, with its content in `document` (empty if absent)."""
    servers, schemes = _servers(document), _schemes(document)
    return [
        ("$", document),
        ("$.info", document.get("info") or {}),
        *((f"$.servers[?@.url == {_quote(url)}]", servers.get(url) or {}) for url in _servers(names)),
        *((f"$.components.securitySchemes[{_quote(name)}]", schemes.get(name) or {}) for name in _schemes(names)),
    ]


def _servers(document: Mapping[str, Any]) -> Mapping[str, Any]:
    listed = document.get("servers")
    return {str(mapping(server).get("url")): mapping(server) for server in listed or [] if isinstance(listed, list)}


def _schemes(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(mapping(document.get("components")).get("securitySchemes"))


def _action(target: str, update: dict[str, Any], *, ids: list[str]) -> dict[str, Any]:
    names = ", ".join(f"`{name}`" for name in update)
    return {
        "target": target,
        "x-id": ids,
        "description": f"The vendor's file does not state {names}, which the client needs; the transcription did.",
        "x-evidence": "The transcription, and the evidence its operation refers to.",
        "update": update,
    }


def _quote(path: str) -> str:
    return "'" + json.dumps(path, ensure_ascii=False)[1:-1].replace("'", "\\'").replace('\\"', '"') + "'"
