"""Reading and exporting actions."""

from __future__ import annotations

import operator
from collections.abc import Callable

from ...documents import Document, to_json
from ...exchange import Reply, Request
from ...problems import SandboxError
from ...state import State
from .access import find_credential, get_own, is_admin, path_user, require_admin, tenant_id
from .base import pepper
from .errors import forbidden, invalid
from .events import record
from .operations_job import download, start_operation, step
from .pages import listed
from .times import read_time

_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "": operator.eq,
    ".eq": operator.eq,
    ".neq": operator.ne,
    ".gt": operator.gt,
    ".lte": operator.le,
}
_COLUMNS = ("_id", "type", "timestamp", "userId", "userName", "locationId", "locationTitle", "metadata")
_FOLDER = "/actions/export"
_INTERNAL = {"userId", "locationId"}
_HOOK = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {"type": "string", "minLength": 1},
        "userId": {"type": "string"},
        "locationId": {"type": "string"},
        "metadata": {"type": "object"},
    },
    "additionalProperties": False,
}


@pepper.operation("listActionsForUser")
def list_for_user(state: State, request: Request) -> Reply:
    """List the actions of a user, the newest first."""
    user = path_user(state, request)
    return _page(request, state.collection("actions").find(userId=user["_id"]))


@pepper.operation("listActionsForLocation")
def list_for_location(state: State, request: Request) -> Reply:
    """List the actions at a location, the newest first; for administrators (PC-06)."""
    require_admin(request)
    location = get_own(state, request, "locations", request.path["locationId"], what="location")
    return _page(request, state.collection("actions").find(locationId=location["_id"]))


@pepper.operation("listActions")
def list_actions(state: State, request: Request) -> Reply:
    """List the actions of the tenant, the newest first; for administrators (PC-06)."""
    require_admin(request)
    actions = state.collection("actions").find(tenantId=tenant_id(request))
    if "locationId" in request.query:
        wanted = _names(request.query["locationId"])
        actions = [action for action in actions if action["locationId"] in wanted]
    if "credentialId" in request.query:
        credential = find_credential(state, tenant_id(request), str(request.query["credentialId"]))
        owner = credential["userId"] if credential else ""
        actions = [action for action in actions if action["userId"] == owner]
    return _page(request, actions)


@pepper.operation("getAction")
def get_action(state: State, request: Request) -> Reply:
    """Read an action; users read their own (PC-06)."""
    action = get_own(state, request, "actions", request.path["actionId"], what="action")
    if not is_admin(request) and action["userId"] != request.claims.get("user"):
        raise forbidden("Only the user and administrators may do this.")
    return Reply(_shown(action))


@pepper.operation("exportActions")
def export_actions(state: State, request: Request) -> Reply:
    """Start to write the actions of a time into one file, whatever `maxFileSizeMB` says; the columns are ours (PC-35)."""
    require_admin(request)
    body = request.members
    start, end = read_time(body["from"], "from"), read_time(body["to"], "to")
    if len(body["to"].strip()) == 10:  # a day ends with its last moment
        end = end.replace("T00:00:00.000", "T23:59:59.999")
    if end < start:
        raise invalid("to is before from.")
    locations = body.get("locationIds", [])
    found = [
        action
        for action in state.collection("actions").find(tenantId=tenant_id(request))
        if start <= action["when"]["timestamp"] <= end
        and action["type"] in body["types"]
        and (not locations or action["locationId"] in locations)
    ]
    limit = body.get("limit", 10_000)
    if limit < 0:
        raise invalid("limit must be 0 or more.")
    rows: list[Document] = [{"_id": action["_id"]} for action in found[: int(min(limit, 10_000))]]
    operation = start_operation(
        state, request, name="export-actions", namespace="actions", rows=rows, columns=_COLUMNS, folder=_FOLDER
    )
    return Reply(operation)


@pepper.operation("downloadActionsExport")
def download_actions(state: State, request: Request) -> Reply:
    """Return the file."""
    require_admin(request)
    return download(state, request, _FOLDER)


@step("export-actions")
def write_action(state: State, operation: Document, row: Document) -> Document:
    """Write one action as a line."""
    action = state.collection("actions").get(row["_id"]) or {}
    context = action.get("context", {})
    return {
        **{name: action.get(name) for name in ("_id", "type", "userId", "locationId")},
        "timestamp": action["when"]["timestamp"],
        "userName": context.get("user", {}).get("name"),
        "locationTitle": context.get("location", {}).get("title"),
        "metadata": to_json(action["metadata"]),
    }


@pepper.hook("action", _HOOK)
def add_action(state: State, body: Document) -> Document:
    """Record an action that comes from elsewhere, such as ORDER_COMPLETED from the till."""
    user = state.collection("users").get(body.get("userId", ""))
    location = state.collection("locations").get(body.get("locationId", ""))
    for name, found in (("userId", user), ("locationId", location)):
        if name in body and found is None:
            raise SandboxError(f"{name} {body[name][:40]!r} is not known; create it first.")
    owner = user or location
    if owner is None:
        raise SandboxError("The action needs userId or locationId.")
    return record(state, owner["tenantId"], body["type"], user=user, location=location, metadata=body.get("metadata"))


def _page(request: Request, actions: list[Document]) -> Reply:
    """Filter, and answer the newest first; `paymentType` is looked for in the metadata (PC-35)."""
    for suffix, compare in _COMPARISONS.items():
        name = f"when.timestamp{suffix}"
        if name in request.query:
            moment = read_time(request.query[name], name)
            actions = [action for action in actions if compare(action["when"]["timestamp"], moment)]
    for name in ("type", "type.in"):
        if name in request.query:
            actions = [action for action in actions if action["type"] in _names(request.query[name])]
    for name in ("paymentType", "paymentType.in"):
        if name in request.query:
            actions = [action for action in actions if _payment(action) in _names(request.query[name])]
    if "type.nin" in request.query:
        actions = [action for action in actions if action["type"] not in _names(request.query["type.nin"])]
    if "paymentType.nin" in request.query:
        actions = [action for action in actions if _payment(action) not in _names(request.query["paymentType.nin"])]
    return Reply(listed(request, actions[::-1], _shown, member="actions"))


def _payment(action: Document) -> object:
    return action["metadata"].get("paymentType")


def _names(value: object) -> list[str]:
    return (
        [str(name) for name in value] if isinstance(value, list) else [part.strip() for part in str(value).split(",")]
    )


def _shown(action: Document) -> Document:
    return {name: value for name, value in action.items() if name not in _INTERNAL}
