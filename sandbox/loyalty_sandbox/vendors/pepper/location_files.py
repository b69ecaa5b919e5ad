"""Importing and exporting locations."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import require_admin, tenant_id
from .base import new_id, pepper
from .csv_files import read_upload
from .errors import invalid
from .location_rows import columns, read_row, write_row
from .locations import change_location, new_location
from .operations_job import download, is_dry_run, start_operation, step

_IMPORT, _EXPORT = "/locations/import", "/locations/export"


@pepper.operation("importLocations")
def import_locations(state: State, request: Request) -> Reply:
    """Start to create and update locations from a file."""
    require_admin(request)
    header, lines = read_upload(request, ["title", "geo_longitude", "geo_latitude"])
    operation = start_operation(
        state,
        request,
        name="import-locations",
        namespace="locations",
        rows=[dict(zip(header, line, strict=True)) for line in lines],
        columns=[*dict.fromkeys(header), "locationId", "action", "error"],
        folder=_IMPORT,
        inputs={"dry_run": is_dry_run(request)},
    )
    return Reply(operation)


@pepper.operation("downloadLocationsImportResult")
def download_import(state: State, request: Request) -> Reply:
    """Return the result file."""
    require_admin(request)
    return download(state, request, _IMPORT)


@pepper.operation("exportLocations")
def export_locations(state: State, request: Request) -> Reply:
    """Start to write locations with the columns of the import; the only filter that the sandbox knows is `state` (PC-40)."""
    require_admin(request)
    filters, limit = request.members.get("filters", {}), request.members.get("limit", 10_000)
    if filters.keys() - {"state"}:
        raise invalid("Of the filters the sandbox knows `state` only.")
    if limit < 0:
        raise invalid("limit must be 0 or more.")
    found = state.collection("locations").find(tenantId=tenant_id(request), **filters)[: int(min(limit, 10_000))]
    operation = start_operation(
        state,
        request,
        name="export-locations",
        namespace="locations",
        rows=[{"_id": location["_id"]} for location in found],
        columns=columns(_with_boundaries(state, location) for location in found),
        folder=_EXPORT,
    )
    return Reply(operation)


@pepper.operation("downloadLocationsExport")
def download_export(state: State, request: Request) -> Reply:
    """Return the file."""
    require_admin(request)
    return download(state, request, _EXPORT)


@step("import-locations")
def import_row(state: State, operation: Document, row: Document) -> Document:
    """Update the location with the row's `_id`, else the one with its title, else create one; a dry run leaves `action` empty (PC-39)."""
    members, errors = read_row(row)
    if errors:
        return {**row, "error": " | ".join(errors)}
    tenant, boundaries = operation["tenantId"], members.pop("deliveryBoundaries", None)
    known = state.collection("locations").get(row.get("_id", ""))
    if known is None or known["tenantId"] != tenant:
        known = state.collection("locations").first(tenantId=tenant, title=members["title"])
    if operation["inputs"]["dry_run"]:
        return {**row, "locationId": known["_id"] if known else ""}
    location = change_location(state, known, members) if known else new_location(state, tenant, members)
    if boundaries is not None:
        _replace_boundaries(state, location, boundaries)
    return {**row, "locationId": location["_id"], "action": "updated" if known else "created"}


@step("export-locations")
def export_row(state: State, operation: Document, row: Document) -> Document:
    """Write one location; one that was deleted meanwhile leaves its id alone."""
    location = state.collection("locations").get(row["_id"])
    return write_row(_with_boundaries(state, location)) if location else row


def _with_boundaries(state: State, location: Document) -> Document:
    """Add the delivery boundaries, as `include` and `exclude` (PC-40)."""
    found = state.collection("boundaries").find(locationId=location["_id"])
    if not found:
        return location
    kinds = {kind: [each["boundary"] for each in found if each["filter"] == kind] for kind in ("include", "exclude")}
    return {**location, "deliveryBoundaries": kinds}


def _replace_boundaries(state: State, location: Document, boundaries: Document) -> None:
    for known in state.collection("boundaries").find(locationId=location["_id"]):
        state.collection("boundaries").delete(known["_id"])
    for kind in ("include", "exclude"):
        for boundary in boundaries.get(kind, []):
            if isinstance(boundary, dict):
                number = new_id(state)
                owner = {"_id": number, "tenantId": location["tenantId"], "locationId": location["_id"]}
                state.collection("boundaries").put(number, {**owner, "filter": kind, "boundary": boundary})
