"""Computing figures of users as long-running work, and what they bring about."""

from __future__ import annotations

from ...documents import JSON, Document
from ...exchange import Reply, Request
from ...state import State
from .access import find_own
from .base import new_id, pepper, timestamp
from .errors import invalid
from .ledger import grant
from .memberships import join, leave, segment_ids_of
from .metric_facts import actions_of, amount
from .operations_job import start_operation, step
from .pages import listed
from .user_metrics import KIND, path_definition

_NAME = "compute-user-metric"


@pepper.operation("computeUserMetric")
def compute(state: State, request: Request) -> Reply:
    """Start to compute the metrics of a definition for one user, or for all with the role USER (PC-71)."""
    definition, user_id = path_definition(state, request), request.members.get("userId")
    if user_id is None:
        users = state.collection("users").find(tenantId=definition["tenantId"], deleted=False)
        rows: list[Document] = [{"userId": user["_id"]} for user in users if "USER" in user["roles"]]
    else:
        user = find_own(state, request, "users", user_id)
        if user is None or user["deleted"]:
            raise invalid("There is no user with this userId.")
        rows = [{"userId": user["_id"]}]
    number = definition["_id"]
    operation = start_operation(
        state, request, name=_NAME, namespace="metrics", rows=rows, inputs={"definitionId": number}, entity_id=number
    )
    return Reply(operation)


@pepper.operation("listUserMetricValues")
def list_values(state: State, request: Request) -> Reply:
    """List the values of a definition, of one metric or of one user."""
    definition = path_definition(state, request)
    narrowed = {name: str(request.query[name]) for name in ("metricId", "userId") if name in request.query}
    found = state.collection("user_metric_values").find(definitionId=definition["_id"], **narrowed)
    return Reply(listed(request, found, dict))


@step(_NAME)
def compute_row(state: State, operation: Document, row: Document) -> Document:
    """Compute all metrics of one user, then do what the effects say."""
    definition = state.collection(KIND).get(operation["inputs"]["definitionId"])
    user = state.collection("users").get(row["userId"])
    if definition is None or user is None or user["deleted"]:
        return row  # gone meanwhile
    values = {
        metric_id: _value(state, user, metric)
        for metric_id, metric in definition["metrics"].items()
        if isinstance(metric, dict)
    }
    for metric_id, value in values.items():
        _keep(state, {"definitionId": definition["_id"], "metricId": metric_id, "userId": user["_id"]}, value)
    for effect in definition["effects"]:
        if all(_holds(state, user, values, condition) for condition in effect["conditions"]):
            _apply(state, user, effect)
    return row


def _value(state: State, user: Document, metric: Document) -> float:
    """Count the actions of a type; TIPS_GIVEN and POINTS_EARNED add amounts up instead (PC-71)."""
    kind, span = str(metric.get("type")), metric.get("timeRange")
    if kind == "TIPS_GIVEN":
        return round(sum(amount(one, "tip") for one in actions_of(state, [user["_id"]], "ORDER_COMPLETED", span)), 2)
    if kind != "POINTS_EARNED":
        return len(actions_of(state, [user["_id"]], kind, span))
    earned = actions_of(state, [user["_id"]], "REWARD_EARNED", span)
    return round(
        sum(amount(one, "points") for one in earned if one["metadata"].get("perkId") == metric.get("perkId")), 6
    )


def _keep(state: State, of: Document, value: float) -> None:
    """Keep a value in place of the earlier one."""
    values = state.collection("user_metric_values")
    known = values.first(**of)
    number = known["_id"] if known else new_id(state)
    values.put(number, {"_id": number, **of, "value": value, "computedAt": timestamp(state)})


def _holds(state: State, user: Document, values: dict[str, float], condition: Document) -> bool:
    """Say whether a condition holds; one that cannot be read does not (PC-71)."""
    operator, wanted = condition.get("operator"), condition.get("value")
    if operator == "IS_IN_SEGMENT":
        return wanted in segment_ids_of(state, user)
    value = values.get(str(condition.get("metricId")))
    if value is None or not isinstance(wanted, int | float):
        return False
    holds = {
        "EQUAL": value == wanted,
        "NOT_EQUAL": value != wanted,
        "GREATER_THAN": value > wanted,
        "LESS_THAN": value < wanted,
    }
    return holds.get(str(operator), False)


def _apply(state: State, user: Document, effect: Document) -> None:
    """Do what an effect says; a perk is granted once to a user by one effect (PC-71)."""
    kind = effect.get("type")
    segment = _own(state, user, "segments", effect.get("segmentId"))
    perk = _own(state, user, "perks", effect.get("perkId"))
    if kind == "ADD_TO_SEGMENT" and segment is not None:
        join(state, segment, user)
    elif kind == "REMOVE_FROM_SEGMENT" and segment is not None:
        leave(state, segment, user)
    elif kind == "GRANT_PERK" and perk is not None and perk["enabled"]:
        key = f"{effect['_id']} {user['_id']}"
        if state.collection("metric_grants").get(key) is None:
            grant(state, perk, user, points=effect.get("points"))
            state.collection("metric_grants").put(key, {"_id": key, "at": timestamp(state)})


def _own(state: State, user: Document, kind: str, key: JSON) -> Document | None:
    found = state.collection(kind).get(str(key))
    return found if found is not None and found["tenantId"] == user["tenantId"] else None
