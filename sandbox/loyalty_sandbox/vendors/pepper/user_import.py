"""Creating users from a file, with perks, points and segments."""

from __future__ import annotations

import re
from datetime import date

from ...documents import Document
from ...exchange import Refused, Reply, Request
from ...state import State
from .access import find_credential, require_admin
from .base import new_id, pepper
from .csv_files import read_upload
from .events import record
from .ledger import amount_of, grant
from .memberships import join
from .operations_job import download, emits_events, is_dry_run, start_operation, step
from .people import new_credential, new_user, touch
from .registration import grant_global

_FOLDER = "/users/import"
_REQUIRED = ("user_first_name", "user_last_name", "opt_in_marketing")
_ADDRESS = ("line1", "line2", "city", "region", "postalCode", "country")
_NEEDED_OF_ADDRESS = {"line1", "city", "postalCode", "country"}
_POINTS = "points_perk_"
_RESULT = ("pepper_id", "mobile_e164", "award_ids", "audiences_added", "error")
_EMAIL, _MOBILE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), re.compile(r"\+?[1-9][0-9]{7,14}")


@pepper.operation("importUsers")
def import_users(state: State, request: Request) -> Reply:
    """Start to create the users of a file; a column that occurs several times is one in the result."""
    require_admin(request)
    header, lines = read_upload(request, _REQUIRED)
    operation = start_operation(
        state,
        request,
        name="import-users",
        namespace="users",
        rows=[_gather(header, line) for line in lines],
        columns=[*dict.fromkeys(header), *_RESULT],
        folder=_FOLDER,
        inputs={"dry_run": is_dry_run(request), "emit": emits_events(request)},
    )
    return Reply(operation)


@pepper.operation("downloadUsersImportResult")
def download_result(state: State, request: Request) -> Reply:
    """Return the result file."""
    require_admin(request)
    return download(state, request, _FOLDER)


@step("import-users")
def import_row(state: State, operation: Document, row: Document) -> Document:
    """Create the user of one row, or nothing when anything is wrong; users are active at once, without password (PC-21)."""
    tenant, emit = operation["tenantId"], operation["inputs"]["emit"]
    mobile = _e164(row.get("mobile", ""))
    line: Document = {**row, "mobile_e164": mobile or ""}
    errors = [*_faults(row), *_taken(state, tenant, row.get("email", ""), mobile)]
    perks, missing = _own(state, tenant, "perks", _split(row, "perk"))
    errors += [f"perk {number} not found" for number in missing]
    segments, missing = _own(state, tenant, "segments", _split(row, "audience"))
    errors += [f"audience {number} not found" for number in missing]
    points, faults = _points(state, tenant, row)
    errors += faults + [f"perk {perk['_id']} is not enabled" for perk in perks if not perk.get("enabled", True)]
    if errors or operation["inputs"]["dry_run"]:
        return {**line, "error": "; ".join(errors)}
    user = _create(state, tenant, row, mobile)
    grants = [grant(state, perk, user, points=number, emit=emit) for perk, number in points]
    grants += [grant(state, perk, user, emit=emit) for perk in perks]
    added = sum(join(state, segment, user, emit=emit) for segment in segments)
    grant_global(state, user, emit=emit)
    if emit:
        record(state, tenant, "USER_CREATED", user=user)
    ids = [f"{award['perkId']}.{award['_id']}={award['points']['available']}" for award in grants]
    return {**line, "pepper_id": user["_id"], "award_ids": "; ".join(ids), "audiences_added": added}


def _gather(header: list[str], line: list[str]) -> Document:
    cells: dict[str, list[str]] = {}
    for name, cell in zip(header, line, strict=True):
        cells.setdefault(name, []).append(cell)
    return {name: "; ".join(part for part in parts if part) for name, parts in cells.items()}


def _split(row: Document, name: str) -> list[str]:
    return [part.strip() for part in row.get(name, "").split(";") if part.strip()]


def _e164(text: str) -> str | None:
    digits = re.sub(r"[ ()-]", "", text)
    return f"+{digits.lstrip('+')}" if _MOBILE.fullmatch(digits) else None


def _faults(row: Document) -> list[str]:
    """List what is wrong with the row itself."""
    errors = [f"{name} missing" for name in _REQUIRED[:2] if not row[name]]
    if row["opt_in_marketing"].upper() not in ("TRUE", "FALSE"):
        errors.append("opt_in_marketing must be TRUE or FALSE")
    if not row.get("email") and not row.get("mobile"):
        errors.append("email or mobile missing")
    if row.get("email") and not _EMAIL.fullmatch(row["email"]):
        errors.append("email invalid")
    errors += [
        f"{name} invalid" for name in ("mobile", "phoneNumberLastUsedToOrder") if row.get(name) and not _e164(row[name])
    ]
    if row.get("dob"):
        try:
            date.fromisoformat(row["dob"])
        except ValueError:
            errors.append("dob must be YYYY-MM-DD")
    given = {name for name in _ADDRESS if row.get(name)}
    return errors + [f"{name} missing" for name in sorted(_NEEDED_OF_ADDRESS - given) if given]


def _taken(state: State, tenant: str, email: str, mobile: str | None) -> list[str]:
    return [
        f"{name} is registered already" for name in (email, mobile) if name and find_credential(state, tenant, name)
    ]


def _own(state: State, tenant: str, kind: str, numbers: list[str]) -> tuple[list[Document], list[str]]:
    found = {number: state.collection(kind).get(number) for number in numbers}
    own = {number: each for number, each in found.items() if each is not None and each["tenantId"] == tenant}
    return list(own.values()), [number for number in numbers if number not in own]


def _points(state: State, tenant: str, row: Document) -> tuple[list[tuple[Document, float]], list[str]]:
    grants, errors = [], []
    for name, text in row.items():
        if not name.startswith(_POINTS) or text in ("", "0"):
            continue
        own, missing = _own(state, tenant, "perks", [name.removeprefix(_POINTS)])
        try:
            number = amount_of(float(text))
        except (ValueError, OverflowError, Refused):
            errors.append(f"{name} is not a number of points")
            continue
        errors += [f"perk {each} not found" for each in missing]
        errors += [f"perk {perk['_id']} is not enabled" for perk in own if not perk.get("enabled", True)]
        grants += [(perk, number) for perk in own]
    return grants, errors


def _create(state: State, tenant: str, row: Document, mobile: str | None) -> Document:
    opted = row["opt_in_marketing"].upper() == "TRUE"
    names = {"firstName": row["user_first_name"], "lastName": row["user_last_name"], "birthdate": row.get("dob")}
    user = new_user(state, tenant, {**names, "hasAgreedToReceiveMarketing": opted})
    if any(row.get(name) for name in _ADDRESS):
        address = {name: row[name] for name in _ADDRESS if row.get(name)}
        user["addresses"] = [{"_id": new_id(state), "address": address}]
    if row.get("phoneNumberLastUsedToOrder"):
        user["extended"] = {"phoneNumberLastUsedToOrder": _e164(row["phoneNumberLastUsedToOrder"])}
    touch(state, user)
    found = [(provider, name) for provider, name in (("EMAIL", row.get("email")), ("MOBILE", mobile)) if name]
    for place, (provider, name) in enumerate(found):
        new_credential(state, user, provider, name, verified=True, primary=place == 0)
    return user
