"""Work on whole segments: members from a file, and a perk for every member."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import find_own, require_admin
from .base import pepper
from .csv_files import read_upload
from .errors import invalid
from .ledger import amount_of, award_of, grant, require_enabled
from .operations_job import download, is_dry_run, start_operation, step
from .segment_expiry import extend
from .segments import path_segment
from .times import read_time

_FOLDER = "/segments/import"
_IMPORT, _GRANT = "import-segment-users", "grant-perk-to-segment"
_COLUMNS = ("user_id", "result", "error")


@pepper.operation("importSegmentUsers")
def import_users(state: State, request: Request) -> Reply:
    """Start to add the users of a file; no actions are recorded."""
    segment = path_segment(state, request)
    date = request.query.get("expiryDate")
    inputs = {
        "segmentId": segment["_id"],
        "dry_run": is_dry_run(request),
        "expiryDate": None if date is None else read_time(date, "expiryDate"),
    }
    header, lines = read_upload(request, ["user_id"])
    rows: list[Document] = [{"user_id": line[header.index("user_id")]} for line in lines]
    return Reply(_start(state, request, _IMPORT, rows, inputs))


@pepper.operation("downloadSegmentUsersImportResult")
def download_result(state: State, request: Request) -> Reply:
    """Return the result file of an import, or of a grant to a segment (PC-53)."""
    require_admin(request)
    return download(state, request, _FOLDER)


@pepper.operation("grantPerkToSegment")
def grant_to_segment(state: State, request: Request) -> Reply:
    """Start to grant a perk to those who are members now and do not have it; it ends in a file like an import's (PC-53)."""
    segment = path_segment(state, request)
    perk = find_own(state, request, "perks", request.members.get("perkId"))
    if perk is None:
        raise invalid("There is no perk with this perkId.")
    require_enabled(perk)
    points = request.members.get("points")
    inputs = {"perkId": perk["_id"], "points": None if points is None else amount_of(points)}
    members = state.collection("segment_users").find(segmentId=segment["_id"])
    return Reply(_start(state, request, _GRANT, [{"user_id": member["userId"]} for member in members], inputs))


@step(_IMPORT)
def add_row(state: State, operation: Document, row: Document) -> Document:
    """Add one user: `ok` for a new member, `exists` for one who was there."""
    inputs, tenant = operation["inputs"], operation["tenantId"]
    segment, user = state.collection("segments").get(inputs["segmentId"]), _user(state, tenant, row)
    if segment is None:
        raise invalid("segment not found")
    if inputs["dry_run"]:
        is_new = state.collection("segment_users").get(f"{segment['_id']} {user['_id']}") is None
    else:
        is_new = extend(state, segment, user, inputs["expiryDate"])
    return {**row, "result": "ok" if is_new else "exists"}


@step(_GRANT)
def grant_row(state: State, operation: Document, row: Document) -> Document:
    """Grant the perk to one member, unless the member has it: `exists`."""
    perk = state.collection("perks").get(operation["inputs"]["perkId"])
    user = _user(state, operation["tenantId"], row)
    if perk is None:
        raise invalid("perk not found")
    if award_of(state, perk, user) is not None:
        return {**row, "result": "exists"}
    grant(state, perk, user, points=operation["inputs"]["points"])
    return {**row, "result": "ok"}


def _start(state: State, request: Request, name: str, rows: list[Document], inputs: Document) -> Document:
    segment_id = str(request.path["segmentId"])
    return start_operation(
        state,
        request,
        name=name,
        namespace="segments",
        rows=rows,
        columns=_COLUMNS,
        folder=_FOLDER,
        inputs=inputs,
        entity_id=segment_id,
    )


def _user(state: State, tenant: str, row: Document) -> Document:
    user = state.collection("users").get(row["user_id"])
    if user is None or user["tenantId"] != tenant or user["deleted"]:
        raise invalid("user not found")
    return user
