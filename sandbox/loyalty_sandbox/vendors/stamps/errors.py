"""Error bodies of Stamps: the four-key form where the vendor prints it, `detail` alone elsewhere."""

from __future__ import annotations

from ...core.exchange import Refusal, Refused, Reply
from .base import stamps

HEADERS = {"Vary": "Accept", "Allow": "POST, OPTIONS"}  # as every printed answer has them
_WORDS = {
    "required": "This field is required.",  # printed by the vendor
    "type": "The value is of the wrong type.",
    "format": "The value is not written as it should be.",
}
_DETAILS = {
    "wrong-method": (405, "This method is not allowed here."),
    "too-many-requests": (429, "Too many requests."),
    "unknown-path": (404, "There is nothing at this address."),
}


def failure(name: str, message: str, code: str) -> Refused:
    """Make the refusal of a member, or of the whole request under `__all__` or `info`."""
    return Refused(_four_keys({name: message}, code))


@stamps.refuses
def refuse(refusal: Refusal) -> Reply:
    """Answer what the core refuses; several members at fault are all named, `detail` and the code are those of the first."""
    if refusal.kind == "unauthorized":
        missing = refusal.reason == "missing"
        text = "Authentication credentials were not provided." if missing else "Invalid token"
        return Reply({"detail": text}, status=401, headers=HEADERS)
    if refusal.kind != "invalid":
        status, text = _DETAILS.get(refusal.kind, (refusal.status, "Artificial failure."))
        return Reply({"detail": text}, status=status, headers=HEADERS)
    errors: dict[str, str] = {}
    for fault in refusal.faults:
        whole = fault.keyword in ("malformed", "media-type") or not fault.path
        message = _WORDS.get(fault.keyword, "The value is not valid.")
        errors.setdefault(fault.name or "__all__", "The body must be a JSON object." if whole else message)
    first = refusal.faults[0]
    return _four_keys(errors, "required" if first.keyword == "required" and first.path else "invalid")


def _four_keys(errors: dict[str, str], code: str) -> Reply:
    name, message = next(iter(errors.items()))
    detail = message if name in ("__all__", "info") else f"{name}: {message}"
    body = {"detail": detail, "error_message": detail, "error_code": code, "errors": errors}
    return Reply(body, status=400, headers=HEADERS)
