"""Granting awards from a file, row by row."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import require_admin
from .base import pepper
from .csv_files import read_upload
from .errors import invalid
from .ledger import amount_of, award_of, grant, require_enabled
from .operations_job import download, emits_events, is_dry_run, start_operation, step

_FOLDER = "/awards/import"
_NAME = "import-awards"
_PREFIX = "perk_"


@pepper.operation("importAwards")
def import_awards(state: State, request: Request) -> Reply:
    """Start to grant what a file says; repeating it grants again, unless the nonce is the same."""
    require_admin(request)
    header, lines = read_upload(request, ["user_id"])
    perks = [name for name in header if name.startswith(_PREFIX) and name != "perk_id"]
    if ("perk_id" in header) == bool(perks):
        raise invalid("The file needs either the column perk_id or columns perk_<perkId>.")
    rows: list[Document] = [dict(zip(header, line, strict=True)) for line in lines]
    awarded = [
        f"{name}_{place}"
        for place in range(1, len(perks or [1]) + 1)
        for name in ("perk_awarded", "award_awarded", "points_available")
    ]
    own = perks or ["perk_id", "points"]
    operation = start_operation(
        state,
        request,
        name=_NAME,
        namespace="awards",
        rows=rows,
        columns=["user_id", *own, "result", *awarded, "error"],
        folder=_FOLDER,
        inputs={"dry_run": is_dry_run(request), "emit": emits_events(request), "perks": perks},
    )
    return Reply(operation)


@pepper.operation("downloadAwardsImportResult")
def download_result(state: State, request: Request) -> Reply:
    """Return the result file."""
    require_admin(request)
    return download(state, request, _FOLDER)


@step(_NAME)
def grant_row(state: State, operation: Document, row: Document) -> Document:
    """Grant the perks of one row, all or none; an empty number or 0 in a column of a perk grants nothing (PC-29)."""
    tenant, inputs = operation["tenantId"], operation["inputs"]
    user = state.collection("users").get(row["user_id"])
    if user is None or user["tenantId"] != tenant or user["deleted"]:
        raise invalid("user not found")
    wanted = [(row["perk_id"], row.get("points") or None)] if "perk_id" in row else _by_column(row, inputs["perks"])
    grants = [(_perk(state, tenant, perk_id), _points(points)) for perk_id, points in wanted]
    line: Document = {**row, "result": "ok"}
    for place, (perk, points) in enumerate(grants, start=1):
        line[f"perk_awarded_{place}"] = perk["_id"]
        if not inputs["dry_run"]:
            award = grant(state, perk, user, points=points, emit=inputs["emit"])
        else:
            known = award_of(state, perk, user)
            if known is None:
                continue
            award = known
        line |= {f"award_awarded_{place}": award["_id"], f"points_available_{place}": award["points"]["available"]}
    return line


def _by_column(row: Document, columns: list[str]) -> list[tuple[str, str | None]]:
    return [(name.removeprefix(_PREFIX), row[name]) for name in columns if row[name] not in ("", "0")]


def _perk(state: State, tenant: str, perk_id: str) -> Document:
    perk = state.collection("perks").get(perk_id)
    if perk is None or perk["tenantId"] != tenant:
        raise invalid("perk not found")
    require_enabled(perk)
    return perk


def _points(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return amount_of(float(text))
    except (ValueError, OverflowError) as error:
        raise invalid("points is not a number") from error
