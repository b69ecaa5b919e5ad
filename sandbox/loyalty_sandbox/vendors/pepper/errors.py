"""Pepper's error shape, `code` and `message`; all statuses but 409 and 422, and all codes but `Validation`, are ours (PC-01)."""

from __future__ import annotations

from ...exchange import Fault, Refusal, Refused, Reply
from .base import pepper

_VERSION = "x-api-version"


def error(status: int, code: str, message: str) -> Refused:
    """Make a refusal in the vendor's shape."""
    return Refused(_reply(status, code, message))


def invalid(message: str) -> Refused:
    """Refuse what the effective spec allows and the state or a rule does not: 422 with the one code that is known."""
    return error(422, "Validation", message)


def conflict(message: str) -> Refused:
    """Refuse what is there already."""
    return error(409, "Conflict", message)


def not_found(what: str) -> Refused:
    """Refuse an id that the tenant does not have."""
    return error(404, "NotFound", f"There is no such {what}.")


def forbidden(message: str) -> Refused:
    """Refuse a caller whose role is not enough."""
    return error(403, "Forbidden", message)


@pepper.refuses
def refuse(refusal: Refusal) -> Reply:
    """Answer what the core refuses."""
    match refusal.kind:
        case "invalid":
            return _invalid(refusal.faults)
        case "unauthorized" if refusal.reason == "missing":
            return _reply(
                401, "Unauthorized", "Send x-application-id, and a token where the call is not open to everybody."
            )
        case "unauthorized":
            return _reply(401, "Unauthorized", "The application id, the token or the login is not valid.")
        case "forbidden":
            return _reply(403, "Forbidden", "This is not allowed.")
        case "too-many-requests":
            return _reply(429, "TooManyRequests", "Too many requests.")
        case "unknown-path":
            return _reply(404, "NotFound", "There is no such path.")
        case "wrong-method":
            return _reply(405, "MethodNotAllowed", f"Allowed here: {', '.join(refusal.allowed)}.")
        case _:
            return _reply(refusal.status, "Artificial", "Artificial failure.")


def _invalid(faults: tuple[Fault, ...]) -> Reply:
    """Refuse a request that breaks the effective spec; one that cannot be read is 400, a version that is too old 422 (PC-02)."""
    if any(fault.where == "header" and fault.name.lower() == _VERSION for fault in faults):
        return _reply(422, "Validation", "This call needs a higher x-api-version; a missing one counts as 1.")
    status = 400 if any(fault.keyword in ("malformed", "media-type") for fault in faults) else 422
    code = "Validation" if status == 422 else "BadRequest"
    return _reply(status, code, " ".join(dict.fromkeys(_words(fault) for fault in faults)))


def _words(fault: Fault) -> str:
    name = fault.name or fault.where
    if fault.keyword == "required":
        return f"{name} is required."
    if fault.keyword in ("malformed", "media-type"):
        return f"The {name} cannot be read."
    return f"{name} is not valid."


def _reply(status: int, code: str, message: str) -> Reply:
    return Reply({"code": code, "message": message}, status=status)
