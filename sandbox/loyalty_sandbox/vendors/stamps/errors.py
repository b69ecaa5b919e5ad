"""Error bodies of Stamps: the four-key form where the vendor prints it, `detail` alone for tokens."""

from __future__ import annotations

from ...exchange import Fault, Refusal, Refused, Reply
from .base import stamps

HEADERS = {"Vary": "Accept", "Allow": "POST, OPTIONS"}  # as every printed answer has them
_REQUIRED = "This field is required."  # printed by the vendor
_WORDS = {
    "type": "The value is of the wrong type.",
    "format": "The value is not written as it should be.",
    "enum": "The value is not one of the choices.",
}


def failure(name: str, message: str, code: str, *, status: int = 400) -> Refused:
    """Make the refusal of a member, or of the whole request under `__all__` or `info`."""
    return Refused(_four_keys({name: message}, code, status=status))


@stamps.refuses
def refuse(refusal: Refusal) -> Reply:
    """Answer what the core refuses."""
    match refusal.kind:
        case "invalid":
            return _invalid(refusal.faults)
        case "unauthorized" if refusal.reason == "missing":
            return _detail(401, "Authentication credentials were not provided.")  # TC-01
        case "unauthorized":
            return _detail(401, "Invalid token")
        case "wrong-method":
            return _detail(405, "This method is not allowed here.")  # TC-02
        case "too-many-requests":
            return _detail(429, "Too many requests.")
        case "unknown-path":
            return _detail(404, "There is nothing at this address.")  # TC-02
        case _:
            return _detail(refusal.status, "Artificial failure.")


def _invalid(faults: tuple[Fault, ...]) -> Reply:
    """Name every member at fault; `detail` and the code are those of the first (TC-03)."""
    errors: dict[str, str] = {}
    for fault in faults:
        message = _REQUIRED if fault.keyword == "required" else _WORDS.get(fault.keyword, "The value is not valid.")
        if fault.keyword in ("malformed", "media-type") or not fault.path:
            message = "The body must be a JSON object, sent as application/json."
        errors.setdefault(fault.name or "__all__", message)
    missing = faults[0].keyword == "required" and bool(faults[0].path)
    return _four_keys(errors, "required" if missing else "invalid")


def _four_keys(errors: dict[str, str], code: str, *, status: int = 400) -> Reply:
    name, message = next(iter(errors.items()))
    detail = message if name in ("__all__", "info") else f"{name}: {message}"
    return Reply(
        {"detail": detail, "error_message": detail, "error_code": code, "errors": errors},
        status=status,
        headers=HEADERS,
    )


def _detail(status: int, text: str) -> Reply:
    return Reply({"detail": text}, status=status, headers=HEADERS)
