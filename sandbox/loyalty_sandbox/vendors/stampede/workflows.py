"""Workflows, which only a later revision of the vendor's pages has."""

from __future__ import annotations

from ...exchange import Reply, Request
from ...state import State
from .base import stampede
from .errors import invalid, not_found
from .organisation import organisation_id, own, touch


@stampede.operation("sendWorkflowEvent")
def send_event(state: State, request: Request) -> Reply:
    """Take an event about one of the organisation's guests; its `source` starts the workflows of that name (SC-21)."""
    body = request.members
    guest = own(state, request, "guests", body["organisation_registration_id"])
    if guest is None:
        raise invalid(request, "organisation_registration_id", "is not known")
    for serial in body.get("serials", []):
        if own(state, request, "venues", serial) is None:
            raise invalid(request, "serials", "has a venue that is not known")
    touch(state, guest)
    number = state.next_guid("event", prefix=0xA1)
    event = {**body, "id": number, "received_at": state.timestamp}
    state.collection("workflow_events").put(number, event)
    source = body.get("parameters", {}).get("source")
    for workflow in state.collection("workflows").find(organization_id=organisation_id(request), source=source):
        _run(state, workflow["id"], guest["id"])
    return Reply({"message": "The event is taken.", "event": event})


@stampede.operation("createWorkflowRun")
def create_run(state: State, request: Request) -> Reply:
    """Start a workflow for a guest; `org_reg_id` is needed although no mark says so (SC-21)."""
    workflow = own(state, request, "workflows", request.path["workflowId"])
    if workflow is None:
        raise not_found(request)
    guest = own(state, request, "guests", request.members.get("org_reg_id", ""))
    if guest is None:
        raise invalid(request, "org_reg_id", "is not known")
    touch(state, guest)
    return Reply(_run(state, workflow["id"], guest["id"]))


def _run(state: State, workflow_id: str, guest_id: str) -> dict[str, str]:
    number = state.next_guid("run", prefix=0xA2)
    run = {"id": number, "workflow_id": workflow_id, "org_reg_id": guest_id, "started_at": state.timestamp}
    state.collection("workflow_runs").put(number, dict(run))
    return run
