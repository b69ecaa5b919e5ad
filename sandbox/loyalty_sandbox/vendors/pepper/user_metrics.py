"""Definitions of figures of users: metrics, effects, and conditions of effects."""

from __future__ import annotations

from ...documents import JSON, Document
from ...exchange import Reply, Request
from ...state import State
from .access import find_own, get_own, require_admin, tenant_id
from .base import TENANT, new_id, pepper
from .errors import invalid, not_found
from .pages import listed

KIND = "user_metric_definitions"
_MEMBERS = ("scheduled", "realtime", "name", "displayName", "tags", "recomputeOn", "query")
_METRIC, _EFFECT, _CONDITION = (f"0000000000000000000000{end}" for end in ("f8", "f9", "fa"))


@pepper.operation("createUserMetricDefinition")
def create_definition(state: State, request: Request) -> Reply:
    """Create a definition; nothing computes it by itself, also when it is scheduled or follows events (PC-69)."""
    require_admin(request)
    body = request.members
    definition: Document = {"_id": new_id(state), "tenantId": tenant_id(request), "metrics": body.get("metrics", {})}
    definition |= {name: body[name] for name in _MEMBERS if name in body}
    definition["effects"] = [_with_ids(state, effect) for effect in body["effects"]]
    return Reply(state.collection(KIND).put(definition["_id"], definition))


@pepper.operation("listUserMetricDefinitions")
def list_definitions(state: State, request: Request) -> Reply:
    """List the definitions of the tenant, or those with a tag, scheduled or not."""
    require_admin(request)
    scheduled, tag = request.query.get("scheduled"), request.query.get("tag")
    found = [
        one
        for one in state.collection(KIND).find(tenantId=tenant_id(request))
        if (scheduled is None or one["scheduled"] is scheduled) and (tag is None or tag in one.get("tags", []))
    ]
    return Reply(listed(request, found, dict))


@pepper.operation("getUserMetricDefinition")
def get_definition(state: State, request: Request) -> Reply:
    """Read a definition, here with `id` beside `_id`."""
    definition = path_definition(state, request)
    return Reply({**definition, "id": definition["_id"]})


@pepper.operation("updateUserMetricDefinition")
def update_definition(state: State, request: Request) -> Reply:
    """Change the members that are given; metrics and effects have calls of their own."""
    definition = path_definition(state, request)
    definition |= {name: request.members[name] for name in _MEMBERS if name in request.members}
    return _kept(state, definition)


@pepper.operation("deleteUserMetricDefinition")
def delete_definition(state: State, request: Request) -> Reply:
    """Delete a definition with its values; what its effects have done stays (PC-70)."""
    definition = path_definition(state, request)
    for value in state.collection("user_metric_values").find(definitionId=definition["_id"]):
        state.collection("user_metric_values").delete(value["_id"])
    state.collection(KIND).delete(definition["_id"])
    return Reply({})


@pepper.operation("addUserMetric")
def add_metric(state: State, request: Request) -> Reply:
    """Put a metric under the id that the caller chooses, in place of one that is there (PC-70)."""
    definition, body = path_definition(state, request), request.members
    if body["type"] == "POINTS_EARNED":
        _require(state, request, "perks", body.get("perkId"), name="perkId")
    names = ("type", "name", "displayName", "timeRange", "perkId")
    definition["metrics"][str(request.path["metricId"])] = {name: body[name] for name in names if name in body}
    return _kept(state, definition)


@pepper.operation("deleteUserMetric")
def delete_metric(state: State, request: Request) -> Reply:
    """Take a metric away, with its values."""
    definition, metric = path_definition(state, request), str(request.path["metricId"])
    if metric not in definition["metrics"]:
        raise not_found("metric")
    del definition["metrics"][metric]
    for value in state.collection("user_metric_values").find(definitionId=definition["_id"], metricId=metric):
        state.collection("user_metric_values").delete(value["_id"])
    return _kept(state, definition)


@pepper.operation("addUserMetricEffect")
def add_effect(state: State, request: Request) -> Reply:
    """Add an effect; its segment or perk must be known."""
    definition, body = path_definition(state, request), request.members
    kind, name = ("perks", "perkId") if body["type"] == "GRANT_PERK" else ("segments", "segmentId")
    _require(state, request, kind, body.get(name), name=name)
    members = ("type", "segmentId", "perkId", "points", "counter", "conditions")
    effect = {member: body[member] for member in members if member in body}
    definition["effects"].append(_with_ids(state, effect))
    return _kept(state, definition)


@pepper.operation("deleteUserMetricEffect")
def delete_effect(state: State, request: Request) -> Reply:
    """Take an effect away, with its conditions."""
    definition = path_definition(state, request)
    definition["effects"].remove(_find(definition["effects"], request.path["effectId"], what="effect"))
    return _kept(state, definition)


@pepper.operation("addUserMetricCondition")
def add_condition(state: State, request: Request) -> Reply:
    """Add a condition: a metric compared with a number, or a segment that the user is in (PC-70)."""
    definition, body = path_definition(state, request), request.members
    effect = _find(definition["effects"], request.path["effectId"], what="effect")
    if body["operator"] == "IS_IN_SEGMENT":
        _require(state, request, "segments", body["value"], name="value")
    elif body["metricId"] not in definition["metrics"]:
        raise invalid("metricId must be a metric of the definition.")
    condition: Document = {"_id": new_id(state)}
    condition |= {name: body[name] for name in ("metricId", "operator", "value") if name in body}
    effect["conditions"].append(condition)
    return _kept(state, definition)


@pepper.operation("deleteUserMetricCondition")
def delete_condition(state: State, request: Request) -> Reply:
    """Take a condition away."""
    definition = path_definition(state, request)
    effect = _find(definition["effects"], request.path["effectId"], what="effect")
    effect["conditions"].remove(_find(effect["conditions"], request.path["conditionId"], what="condition"))
    return _kept(state, definition)


def path_definition(state: State, request: Request) -> Document:
    """Return the definition of the path; for administrators (PC-06), refuses with 403 and 404."""
    require_admin(request)
    return get_own(state, request, KIND, request.path["definitionId"], what="user metric definition")


@pepper.seed
def seed_definition(state: State) -> None:
    """Make a definition that counts checkins, with an effect that needs a million of them."""
    condition = {"_id": _CONDITION, "metricId": _METRIC, "operator": "GREATER_THAN", "value": 1_000_000}
    effect = {"_id": _EFFECT, "type": "ADD_TO_SEGMENT", "segmentId": "0000000000000000000000e1"}
    metric = {"type": "CHECKIN", "name": "visits", "displayName": "Visits", "timeRange": "P30D"}
    definition: Document = {"_id": "0000000000000000000000f5", "tenantId": TENANT, "metrics": {_METRIC: metric}}
    definition |= {"scheduled": True, "realtime": False, "name": "visits", "displayName": "Visits"}
    definition |= {"tags": ["engagement"], "effects": [{**effect, "conditions": [condition]}]}
    state.collection(KIND).put(definition["_id"], definition)


def _with_ids(state: State, effect: Document) -> Document:
    """Give an effect and its conditions ids of the sandbox."""
    conditions = effect.get("conditions")
    numbered = [
        {**condition, "_id": new_id(state)}
        for condition in (conditions if isinstance(conditions, list) else [])
        if isinstance(condition, dict)
    ]
    return {**effect, "_id": new_id(state), "conditions": numbered}


def _require(state: State, request: Request, kind: str, key: JSON, *, name: str) -> None:
    if find_own(state, request, kind, key) is None:
        raise invalid(f"{name} must be the id of one of the {kind}.")


def _find(parts: list[Document], key: JSON, *, what: str) -> Document:
    found = next((part for part in parts if part["_id"] == key), None)
    if found is None:
        raise not_found(what)
    return found


def _kept(state: State, definition: Document) -> Reply:
    return Reply(state.collection(KIND).put(definition["_id"], definition))
