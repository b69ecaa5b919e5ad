"""The error families of Stampede: OAuth, guest, form, deal, empty, and one of ours for what is not described (S-38)."""

from __future__ import annotations

from collections.abc import Callable

from ...documents import JSON
from ...exchange import Fault, Refusal, Refused, Reply, Request
from .base import stampede

_DEALS = frozenset({"createDeal", "searchCode", "revokeCode", "listDeals"})


def not_found(request: Request) -> Refused:
    """Refuse an id that the organisation does not have; one call has no body then (SC-03)."""
    if request.operation_id == "deleteGuestTagByName":
        return Refused(Reply(status=404))
    if request.operation_id == "getGuest":
        return Refused(Reply({"message": "Not Found"}, status=404))
    return Refused(_error(404, "Not Found", request.raw_path, request.method))


def invalid(request: Request, name: str, message: str) -> Refused:
    """Refuse a value that the effective spec allows, in the words of the operation's own error body."""
    fault = Fault("body", tuple(name.split(".")), "custom", message)
    return Refused(_invalid(request.operation_id, (fault,), request.raw_path, request.method))


@stampede.refuses
def refuse(refusal: Refusal) -> Reply:
    """Answer what the core refuses."""
    match refusal.kind:
        case "invalid":
            return _invalid(refusal.operation_id, refusal.faults, refusal.path, refusal.method)
        case "unauthorized":
            status, text = (
                401,
                "The bearer token is missing." if refusal.reason == "missing" else "The bearer token is not valid.",
            )
        case "unknown-path":
            status, text = 404, "Not Found"
        case "wrong-method":
            status, text = 405, "Method Not Allowed"
        case "too-many-requests":
            status, text = 429, "Too Many Requests"
        case _:
            status, text = refusal.status, "Artificial failure."
    if refusal.operation_id == "createToken":
        return token_error("temporarily_unavailable", text, status=status)
    return _error(status, text, refusal.path, refusal.method)  # SC-02


def token_error(code: str, text: str, *, status: int = 400) -> Reply:
    """Write a failure of the token call."""
    return Reply({"error": code, "error_description": text}, status=status)


def _invalid(operation_id: str | None, faults: tuple[Fault, ...], path: str, method: str) -> Reply:
    messages = [_words(fault) for fault in faults]
    if operation_id == "createToken":
        grant = any(fault.name == "grant_type" and fault.keyword == "enum" for fault in faults)
        return token_error("unsupported_grant_type" if grant else "invalid_request", " ".join(messages))
    if operation_id == "createFormSubmission":
        return Reply(
            {"message": "The submission is not valid.", "errors": [_issue(fault) for fault in faults]}, status=422
        )
    if operation_id in _DEALS:
        return Reply({"message": messages[0], "errors": {"name": _texts(messages)}}, status=422)  # S-40
    if operation_id == "addGuestTag":
        return Reply(status=400)
    if operation_id == "sendWorkflowEvent":
        return Reply({"message": " ".join(messages)}, status=400)
    return _error(400, _texts(messages), path, method)  # SC-02


def _texts(messages: list[str]) -> list[JSON]:
    return list(messages)


def _error(status: int, message: JSON, path: str, method: str) -> Reply:
    stack = "Error: no stack in the sandbox"  # the vendor shows one (S-37)
    return Reply({"stack": stack, "code": status, "message": message, "url": path, "method": method}, status=status)


def _words(fault: Fault) -> str:
    if fault.keyword == "malformed" or not fault.path:
        return "The body must be a JSON object."
    return f"{fault.name} {fault.message if fault.keyword in ('required', 'custom') else 'is not valid'}."


_TYPES: tuple[tuple[Callable[[JSON], bool], str], ...] = (
    (lambda value: value is None, "null"),
    (lambda value: isinstance(value, bool), "boolean"),
    (lambda value: isinstance(value, int | float), "number"),
    (lambda value: isinstance(value, str), "string"),
    (lambda value: isinstance(value, list), "array"),
)


def _issue(fault: Fault) -> JSON:
    """Describe a fault of a form; the codes are ours (SC-04)."""
    path: list[JSON] = [str(part) for part in fault.path]
    if fault.keyword == "required":
        return {"code": "invalid_type", "expected": "string", "received": "undefined", "path": path}
    if fault.keyword == "type":
        received = next((name for test, name in _TYPES if test(fault.found)), "object")
        expected = fault.expected[0] if isinstance(fault.expected, list) else fault.expected
        return {"code": "invalid_type", "expected": str(expected or "object"), "received": received, "path": path}
    return {
        "code": {"enum": "invalid_enum_value", "pattern": "invalid_string"}.get(fault.keyword, "custom"),
        "path": path,
    }
