"""Scheduled tasks: kept as drafts; nothing known says when one is queued (PC-62)."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import get_own, require_admin, tenant_id
from .base import TENANT, new_id, pepper, timestamp

_MEMBERS = ("type", "parameters")


@pepper.operation("createScheduledTask")
def create_task(state: State, request: Request) -> Reply:
    """Create a task as DRAFT that was never tried."""
    require_admin(request)
    return Reply(_make(state, tenant_id(request), request.members, new_id(state)))


@pepper.operation("listScheduledTasks")
def list_tasks(state: State, request: Request) -> Reply:
    """List all tasks of the tenant."""
    require_admin(request)
    return Reply(list(state.collection("scheduled_tasks").find(tenantId=tenant_id(request))))


@pepper.operation("getScheduledTask")
def get_task(state: State, request: Request) -> Reply:
    """Read a task."""
    return Reply(_task(state, request))


@pepper.operation("updateScheduledTask")
def update_task(state: State, request: Request) -> Reply:
    """Change the members that are given; parameters are replaced whole (PC-62)."""
    task = _task(state, request)
    task |= {name: request.members[name] for name in _MEMBERS if name in request.members}
    return Reply(state.collection("scheduled_tasks").put(task["_id"], {**task, "updatedAt": timestamp(state)}))


@pepper.operation("deleteScheduledTask")
def delete_task(state: State, request: Request) -> Reply:
    """Delete a task."""
    state.collection("scheduled_tasks").delete(_task(state, request)["_id"])
    return Reply({})


@pepper.seed
def seed_task(state: State) -> None:
    """Make a task."""
    _make(state, TENANT, {"type": "CREATE_PUSH_NOTIFICATION", "parameters": {}}, "0000000000000000000000b5")


def _make(state: State, tenant: str, body: Document, key: str) -> Document:
    now = timestamp(state)
    task: Document = {"_id": key, "tenantId": tenant, "status": "DRAFT", "createdAt": now, "updatedAt": now}
    task |= {"attempts": 0, **{name: body[name] for name in _MEMBERS if name in body}}
    return state.collection("scheduled_tasks").put(key, task)


def _task(state: State, request: Request) -> Document:
    require_admin(request)
    return get_own(state, request, "scheduled_tasks", request.path["taskId"], what="scheduled task")
