"""Error bodies of Stamps: the four-key form where the vendor prints it, `detail` alone elsewhere."""

from __future__ import annotations

from ...core.exchange import Refusal, Refused, Reply
from ...core.refusals import describe
from .base import stamps

HEADERS = {"Vary": "Accept", "Allow": "POST, OPTIONS"}  # as every printed answer has them
_STATUSES = {"unauthorized": 401, "unknown-path": 404, "wrong-method": 405, "too-many-requests": 429}


def failure(name: str, message: str, code: str) -> Refused:
    """Make the refusal of a member, or of the whole request under `__all__` or `info`."""
    return Refused(_four_keys({name: message}, code))


def refuse(refusal: Refusal) -> Reply:
    """Answer what the core refuses; several members at fault are all named, `detail` and the code are those of the first."""
    if refusal.kind == "unauthorized":
        text = "Invalid token" if refusal.reason == "wrong" else "Authentication credentials were not provided."
        return Reply({"detail": text}, status=401, headers=HEADERS)
    if refusal.kind != "invalid":
        status = refusal.status or _STATUSES[refusal.kind]
        return Reply({"detail": describe(refusal)}, status=status, headers=HEADERS)
    errors: dict[str, str] = {}
    for fault in refusal.faults:
        message = "This field is required." if fault.keyword == "required" else "The value is not valid."
        errors.setdefault(fault.name or "__all__", message)
    return _four_keys(errors, "required" if refusal.faults[0].keyword == "required" else "invalid")


stamps.refuser = refuse


def _four_keys(errors: dict[str, str], code: str) -> Reply:
    name, message = next(iter(errors.items()))
    detail = message if name in ("__all__", "info") else f"{name}: {message}"
    body = {"detail": detail, "error_message": detail, "error_code": code, "errors": errors}
    return Reply(body, status=400, headers=HEADERS)
