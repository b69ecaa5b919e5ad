"""Long-running work: it starts as an operation, goes on row by row with the sandbox's clock, and ends in a CSV file.

A kind of work is one function, registered with `@step("name")`, that does one row and returns its line of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias
from urllib.parse import urlsplit

from ...clock import parse_time
from ...documents import Document
from ...exchange import Refused, Reply, Request
from ...problems import SandboxError
from ...state import State
from .access import get_own, tenant_id
from .base import new_id, pepper, timestamp
from .csv_files import write_csv

Step: TypeAlias = Callable[[State, Document, Document], Document]
NONCE = "x-pepper-req-nonce"
_SECONDS = 2.0
_steps: dict[str, Step] = {}
_SHOWN = ("_id", "tenantId", "namespace", "name", "status", "createdAt", "updatedAt", "metadata", "result", "error")
_OPTIONAL = ("entityId", "nonce", "endedAt")
_PACE = {
    "type": "object",
    "required": ["seconds"],
    "properties": {"seconds": {"type": "number", "minimum": 0}},
    "additionalProperties": False,
}
_FAILURE = {
    "type": "object",
    "required": ["operationId"],
    "properties": {"operationId": {"type": "string"}, "message": {"type": "string"}},
    "additionalProperties": False,
}


def step(name: str) -> Callable[[Step], Step]:
    """Register `work(state, operation, row) -> line of the result` for operations of a name.

    `operation["inputs"]` holds what the start kept. A step may raise `Refused`: the message goes to the column `error`.
    """

    def register(work: Step) -> Step:
        _steps[name] = work
        return work

    return register


def start_operation(
    state: State,
    request: Request,
    *,
    name: str,
    namespace: str,
    rows: list[Document],
    columns: Sequence[str] = (),
    folder: str | None = None,
    inputs: Document | None = None,
    entity_id: str | None = None,
    parent_id: str | None = None,
) -> Document:
    """Start work on rows and return the operation as it is answered.

    The result file has `columns` and lies below `folder` (`/awards/import`, say); without a folder there is no file.
    The same nonce returns the operation that it started, whatever else the request says (PC-12).
    """
    tenant = tenant_id(request)
    nonce = request.headers.get(NONCE)
    operations = state.collection("operations")
    if isinstance(nonce, str) and parent_id is None:
        known = operations.first(tenantId=tenant, name=name, nonce=nonce)
        if known is not None:
            return shown_operation(known)
    operation: Document = {
        "_id": new_id(state),
        "tenantId": tenant,
        "namespace": namespace,
        "entityId": entity_id,
        "nonce": nonce,
        "name": name,
        "status": "PENDING",
        "metadata": {"total": len(rows), "processed": 0},
        "result": None,
        "error": None,
        "createdAt": timestamp(state),
        "updatedAt": timestamp(state),
        "endedAt": None,
        "isRetryable": False,
        "parentId": parent_id,
        "open": True,
        "userId": request.claims.get("user"),
        "inputs": inputs or {},
        "rows": rows,
        "lines": [],
        "columns": list(columns),
        "folder": folder,
        "base": urlsplit(request.base_url).path,
        "seconds": pace(state),
    }
    operations.put(operation["_id"], operation)
    return shown_operation(operation)


def is_dry_run(request: Request) -> bool:
    """Say whether an import only checks: always, unless `dryRun` is literally false."""
    return request.query.get("dryRun") is not False


def emits_events(request: Request) -> bool:
    """Say whether an import records actions: only when `suppressEvents` is literally false."""
    return request.query.get("suppressEvents") is False


def shown_operation(operation: Document) -> Document:
    """Return an operation as it is answered."""
    shown = {name: operation[name] for name in _SHOWN}
    shown |= {name: operation[name] for name in _OPTIONAL if operation[name] is not None}
    return {**shown, "isRetryable": operation["isRetryable"]}


def download(state: State, request: Request, folder: str) -> Reply:
    """Answer with a result file of a folder; refuses with 404 what is not there, or not in this folder."""
    file = get_own(state, request, "files", f"{folder}/{request.path['fileId']}", what="file")
    return Reply(file["content"].encode(), media_type="text/csv")


@pepper.before_request
def go_on(state: State) -> None:
    """Carry every open operation as far as the clock says: from PENDING by IN_PROGRESS to DONE (PC-13)."""
    for operation in state.collection("operations").find(open=True):
        _advance(state, operation)


def _advance(state: State, operation: Document) -> None:
    elapsed = (state.now - parse_time(operation["createdAt"])).total_seconds()
    share = 1.0 if elapsed >= operation["seconds"] else max(0.0, elapsed / operation["seconds"])
    rows, lines = operation["rows"], operation["lines"]
    due = int(len(rows) * share)
    if share < 1 and due <= len(lines):
        return
    for row in rows[len(lines) : due]:
        lines.append(_line(state, operation, row))
    operation |= {"updatedAt": timestamp(state), "metadata": {"total": len(rows), "processed": len(lines)}}
    operation["status"] = "DONE" if share == 1 else "IN_PROGRESS"
    if share == 1:
        operation |= {"open": False, "endedAt": timestamp(state), "rows": [], "lines": []}
        if operation["folder"] is not None:
            operation["result"] = {"href": _keep_file(state, operation, lines)}
    state.collection("operations").put(operation["_id"], operation)


def _line(state: State, operation: Document, row: Document) -> Document:
    try:
        return _steps[operation["name"]](state, operation, row)
    except Refused as refused:
        body = refused.reply.body
        return {**row, "result": "fail", "error": body["message"] if isinstance(body, dict) else "failed"}


def _keep_file(state: State, operation: Document, lines: list[Document]) -> str:
    """Keep the result file, and return its whole path on this server, which begins with the vendor's own address (PC-13)."""
    file_id = new_id(state)
    path = f"{operation['folder']}/{file_id}"
    content = write_csv(operation["columns"], lines)
    state.collection("files").put(path, {"_id": file_id, "tenantId": operation["tenantId"], "content": content})
    return f"{operation['base']}{path}"


def pace(state: State) -> float:
    """Return how many seconds of the sandbox's clock background work takes that starts now."""
    found = state.collection("settings").get("pace")
    return float(found["seconds"]) if found else _SECONDS


@pepper.hook("pace", _PACE)
def set_pace(state: State, body: Document) -> Document:
    """Set how many seconds of the sandbox's clock operations take that start from now on; 2 at first."""
    return state.collection("settings").put("pace", {"seconds": body["seconds"]})


@pepper.hook("operation-failure", _FAILURE)
def fail_operation(state: State, body: Document) -> Document:
    """Let an operation that is not done fail: it stops where it is, with status FAILED and an error (PC-13)."""
    operations = state.collection("operations")
    operation = operations.get(body["operationId"])
    if operation is None or not operation["open"]:
        raise SandboxError(f"There is no operation {body['operationId'][:60]!r} that is not done.")
    failure = {"code": "Failed", "message": body.get("message", "Artificial failure.")}
    operation |= {"status": "FAILED", "error": failure, "open": False, "isRetryable": True}
    operation |= {"endedAt": timestamp(state), "updatedAt": timestamp(state), "rows": [], "lines": []}
    return shown_operation(operations.put(operation["_id"], operation))
