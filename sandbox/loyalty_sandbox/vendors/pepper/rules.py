"""Rules: kept and compared, but never set off, since the members of conditions and effects are not known (PC-61)."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import get_own, require_admin, tenant_id
from .base import TENANT, new_id, pepper, timestamp

_MEMBERS = ("occurrences", "matchType", "conditions", "effect", "active")


@pepper.operation("createRule")
def create_rule(state: State, request: Request) -> Reply:
    """Create a rule, active unless the request says otherwise."""
    require_admin(request)
    return Reply(_make(state, tenant_id(request), request.members, new_id(state)))


@pepper.operation("listRules")
def list_rules(state: State, request: Request) -> Reply:
    """List all rules of the tenant."""
    return Reply(_rules(state, request))


@pepper.operation("validateRules")
def validate_rules(state: State, request: Request) -> Reply:
    """Report active rules that are set off by the same (PC-61)."""
    active = [rule for rule in _rules(state, request) if rule["active"]]
    findings = [
        {"ruleIds": [first["_id"], second["_id"]], "message": "Both rules have the same conditions."}
        for place, first in enumerate(active)
        for second in active[place + 1 :]
        if (first["matchType"], first["conditions"]) == (second["matchType"], second["conditions"])
    ]
    return Reply({"validation": {"valid": not findings, "rules": len(active)}, "logic": findings})


@pepper.operation("getRule")
def get_rule(state: State, request: Request) -> Reply:
    """Read a rule."""
    return Reply(_rule(state, request))


@pepper.operation("updateRule")
def update_rule(state: State, request: Request) -> Reply:
    """Replace a rule whole; its effect is part of it, so that `includeEffect` makes no difference (PC-61)."""
    rule = _rule(state, request)
    return Reply(_make(state, rule["tenantId"], request.members, rule["_id"], created=rule["created"]))


@pepper.operation("deleteRule")
def delete_rule(state: State, request: Request) -> Reply:
    """Delete a rule with its effect (PC-61)."""
    state.collection("rules").delete(_rule(state, request)["_id"])
    return Reply({})


@pepper.seed
def seed_rule(state: State) -> None:
    """Make a rule."""
    _make(state, TENANT, {"matchType": "TYPE", "conditions": [{}], "effect": {}}, "0000000000000000000000b4")


def _make(state: State, tenant: str, body: Document, key: str, *, created: str | None = None) -> Document:
    now = timestamp(state)
    rule: Document = {"_id": key, "tenantId": tenant, "created": created or now, "updated": now, "active": True}
    rule |= {name: body[name] for name in _MEMBERS if name in body}
    return state.collection("rules").put(key, rule)


def _rules(state: State, request: Request) -> list[Document]:
    require_admin(request)
    return state.collection("rules").find(tenantId=tenant_id(request))


def _rule(state: State, request: Request) -> Document:
    require_admin(request)
    return get_own(state, request, "rules", request.path["ruleId"], what="rule")
