"""The error families of Stampede: OAuth, guest, form, deal, empty, and the guest's own for what is not described (S-38)."""

from __future__ import annotations

from ...core.documents import JSON
from ...core.exchange import Fault, Refusal, Refused, Reply, Request
from .base import stampede, token_error

_DEALS = frozenset({"createDeal", "searchCode", "revokeCode", "listDeals"})
_TEXTS = {
    "unauthorized": (401, "The bearer token is missing or not valid."),
    "unknown-path": (404, "Not Found"),
    "not-found": (404, "Not Found"),
    "wrong-method": (405, "Method Not Allowed"),
    "too-many-requests": (429, "Too Many Requests"),
}
_KINDS = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", type(None): "null"}


def not_found(request: Request) -> Refused:
    """Refuse an id that the organisation does not have; removing a tag answers without a body then."""
    if request.operation_id == "deleteGuestTagByName":
        return Refused(Reply(status=404))
    if request.operation_id == "getGuest":
        return Refused(Reply({"message": "Not Found"}, status=404))
    return Refused(_error(404, "Not Found", request.raw_path, request.method))


def invalid(request: Request, name: str, message: str) -> Refused:
    """Refuse a value that the effective spec allows, in the words of the operation's own error body."""
    fault = Fault("body", (name,), "custom", message)
    return Refused(_invalid(request.operation_id, (fault,), request.raw_path, request.method))


@stampede.refuses
def refuse(refusal: Refusal) -> Reply:
    """Answer what the core refuses."""
    if refusal.kind == "invalid":
        return _invalid(refusal.operation_id, refusal.faults, refusal.path, refusal.method)
    status, text = _TEXTS.get(refusal.kind, (refusal.status, "Artificial failure."))
    if refusal.operation_id == "createToken":
        return token_error("temporarily_unavailable", text, status=status)
    return _error(status, text, refusal.path, refusal.method)


def _invalid(operation_id: str | None, faults: tuple[Fault, ...], path: str, method: str) -> Reply:
    messages: list[JSON] = [_words(fault) for fault in faults]
    text = " ".join(str(message) for message in messages)
    if operation_id == "createToken":
        grant = any(fault.name == "grant_type" and fault.keyword == "enum" for fault in faults)
        return token_error("unsupported_grant_type" if grant else "invalid_request", text)
    if operation_id == "createFormSubmission":
        issues: list[JSON] = [_issue(fault) for fault in faults]
        return Reply({"message": "The submission is not valid.", "errors": issues}, status=422)
    if operation_id in _DEALS:
        return Reply({"message": messages[0], "errors": {"name": messages}}, status=422)  # S-40
    if operation_id == "addGuestTag":
        return Reply(status=400)
    if operation_id == "sendWorkflowEvent":
        return Reply({"message": text}, status=400)
    return _error(400, messages, path, method)


def _error(status: int, message: JSON, path: str, method: str) -> Reply:
    stack = "Error: no stack in the sandbox"  # the vendor shows one (S-37)
    return Reply({"stack": stack, "code": status, "message": message, "url": path, "method": method}, status=status)


def _words(fault: Fault) -> str:
    if fault.keyword == "malformed" or not fault.path:
        return "The body must be a JSON object."
    return f"{fault.name} {fault.message if fault.keyword in ('required', 'custom') else 'is not valid'}."


def _issue(fault: Fault) -> JSON:
    """Describe a fault of a form; the codes are ours."""
    path: list[JSON] = [str(part) for part in fault.path]
    if fault.keyword == "required":
        return {"code": "invalid_type", "expected": "string", "received": "undefined", "path": path}
    if fault.keyword == "type":
        expected = fault.expected[0] if isinstance(fault.expected, list) else fault.expected
        received = _KINDS.get(type(fault.found), "object")
        return {"code": "invalid_type", "expected": str(expected or "object"), "received": received, "path": path}
    return {"code": "invalid_enum_value" if fault.keyword == "enum" else "custom", "path": path}
