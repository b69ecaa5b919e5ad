"""Error bodies: `message` and `error`, the two members that the vendor's clients read (OC-04)."""

from __future__ import annotations

from ...exchange import Fault, Refusal, Refused, Reply
from .base import orderingstack


def failure(status: int, error: str, message: str) -> Refused:
    """Make a refusal."""
    return Refused(_body(status, error, message))


def bad_request(message: str) -> Refused:
    """Refuse values that the effective spec allows and this sandbox does not."""
    return failure(400, "bad_request", message)


def not_found(what: str, key: object) -> Refused:
    """Refuse an id that the tenant does not have; what another tenant has is unknown."""
    return failure(404, "not_found", f"There is no {what} {str(key)[:80]!r}.")


def conflict(error: str, message: str) -> Refused:
    """Refuse what does not fit the state of things."""
    return failure(409, error, message)


@orderingstack.refuses
def refuse(refusal: Refusal) -> Reply:
    """Answer what the core refuses."""
    match refusal.kind:
        case "invalid":
            return _body(400, "bad_request", " ".join(_words(fault) for fault in refusal.faults[:5]))
        case "unauthorized" if refusal.reason == "missing":
            return _body(401, "unauthorized", "A bearer token is needed.")
        case "unauthorized":
            return _body(401, "invalid_token", "The bearer token is not valid.")
        case "too-many-requests":
            return _body(429, "too_many_requests", "Too many requests.")
        case "unknown-path":
            return _body(404, "not_found", "There is nothing at this address.")
        case "wrong-method":
            return _body(405, "method_not_allowed", f"This address takes {', '.join(refusal.allowed)}.")
        case _:
            return _body(refusal.status, "artificial", "Artificial failure.")


def _body(status: int, error: str, message: str) -> Reply:
    return Reply({"message": message, "error": error}, status=status)


def _words(fault: Fault) -> str:
    if fault.keyword == "malformed" or not fault.path:
        return "The body cannot be read as this operation needs it."
    return f"{fault.name} {fault.message if fault.keyword == 'required' else 'is not valid'}."
