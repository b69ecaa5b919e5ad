"""Figures of segments: their definitions, and computing them as long-running work."""

from __future__ import annotations

from ...documents import Document, to_json
from ...exchange import Reply, Request
from ...state import State
from .access import get_own, require_admin, tenant_id
from .base import TENANT, new_id, pepper, timestamp
from .metric_facts import orders_fact
from .operations_job import start_operation, step
from .pages import listed

_NAME = "compute-segment-metric"
_KIND = "segment_metric_definitions"
_MEMBERS = ("scheduled", "factType", "query", "periods")


@pepper.operation("createSegmentMetricDefinition")
def create_definition(state: State, request: Request) -> Reply:
    """Create a definition; nothing computes it by itself, also when it is scheduled (PC-69)."""
    require_admin(request)
    return Reply(_make(state, tenant_id(request), request.members, new_id(state)))


@pepper.operation("listSegmentMetricDefinitions")
def list_definitions(state: State, request: Request) -> Reply:
    """List the definitions of the tenant, or those that are scheduled or not."""
    require_admin(request)
    found = state.collection(_KIND).find(tenantId=tenant_id(request))
    scheduled = request.query.get("scheduled")
    return Reply(listed(request, [one for one in found if scheduled is None or one["scheduled"] is scheduled], dict))


@pepper.operation("getSegmentMetricDefinition")
def get_definition(state: State, request: Request) -> Reply:
    """Read a definition."""
    return Reply(_definition(state, request))


@pepper.operation("updateSegmentMetricDefinition")
def update_definition(state: State, request: Request) -> Reply:
    """Change the members that are given; figures stay until they are computed anew."""
    definition = _definition(state, request)
    definition |= {name: request.members[name] for name in _MEMBERS if name in request.members}
    return Reply(state.collection(_KIND).put(definition["_id"], definition))


@pepper.operation("deleteSegmentMetricDefinition")
def delete_definition(state: State, request: Request) -> Reply:
    """Delete a definition with its figures."""
    definition = _definition(state, request)
    for figure in state.collection("segment_metrics").find(definitionId=definition["_id"]):
        state.collection("segment_metrics").delete(figure["_id"])
    state.collection(_KIND).delete(definition["_id"])
    return Reply({})


@pepper.operation("computeSegmentMetric")
def compute(state: State, request: Request) -> Reply:
    """Start to compute a figure for every period of every segment; `segmentIds` of the query narrows them (PC-69)."""
    definition = _definition(state, request)
    segments = state.collection("segments").find(tenantId=definition["tenantId"])
    wanted = definition["query"].get("segmentIds")
    rows: list[Document] = [
        {"segmentId": segment["_id"], "period": period}
        for segment in segments
        if not isinstance(wanted, list) or segment["_id"] in wanted
        for period in definition["periods"]
    ]
    inputs: Document = {"definitionId": definition["_id"], "factType": definition["factType"]}
    operation = start_operation(
        state, request, name=_NAME, namespace="metrics", rows=rows, inputs=inputs, entity_id=definition["_id"]
    )
    return Reply(operation)


@step(_NAME)
def compute_row(state: State, operation: Document, row: Document) -> Document:
    """Compute one figure; it takes the place of the earlier one and keeps its ids (PC-69)."""
    inputs, figures = operation["inputs"], state.collection("segment_metrics")
    key = f"{inputs['definitionId']} {row['segmentId']} {to_json(row['period'])}"
    users = [member["userId"] for member in state.collection("segment_users").find(segmentId=row["segmentId"])]
    if state.collection(_KIND).get(inputs["definitionId"]) is None:
        return row  # deleted meanwhile
    known = figures.first(key=key)
    number = known["_id"] if known else new_id(state)
    figure: Document = {"_id": number, "metricId": number, "definitionId": inputs["definitionId"], **row, "key": key}
    figure |= {"value": orders_fact(state, users, inputs["factType"], row["period"]), "computedAt": timestamp(state)}
    figures.put(number, {**figure, "factType": inputs["factType"], "count": len(users)})
    return row


@pepper.operation("listSegmentMetrics")
def list_figures(state: State, request: Request) -> Reply:
    """List the figures of a definition, or one by `metricId`."""
    definition, metric = _definition(state, request), request.query.get("metricId")
    narrowed = {} if metric is None else {"metricId": str(metric)}
    found = state.collection("segment_metrics").find(definitionId=definition["_id"], **narrowed)
    return Reply(listed(request, found, shown_figure))


def shown_figure(figure: Document) -> Document:
    """Return a figure as it is answered."""
    return {name: value for name, value in figure.items() if name != "key"}


@pepper.seed
def seed_definition(state: State) -> None:
    """Make a definition of the spend in 30 days."""
    body: Document = {"scheduled": True, "factType": "TotalSpend", "query": {}, "periods": ["P30D"]}
    _make(state, TENANT, body, "0000000000000000000000f5")


def _make(state: State, tenant: str, body: Document, key: str) -> Document:
    definition: Document = {"_id": key, "tenantId": tenant, "metricClass": "SegmentMetric"}
    definition |= {name: body[name] for name in _MEMBERS}
    return state.collection(_KIND).put(key, definition)


def _definition(state: State, request: Request) -> Document:
    require_admin(request)
    return get_own(state, request, _KIND, request.path["definitionId"], what="segment metric definition")
