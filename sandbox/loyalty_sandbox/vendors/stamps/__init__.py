"""Stamps: members, sales, rewards and vouchers around one ledger of stamps. What is chosen where the vendor says nothing stands in docs/sandbox.md."""

from __future__ import annotations

from ...core.exchange import Fault, Inbound
from ...core.nodes import NOTHING
from ...core.refusals import describe
from ...core.spec import Operation
from ...core.vendor import JSON, Document, Refusal, Reply, Vendor

_STATUSES = {"unauthorized": 401, "unknown-path": 404, "not-found": 404, "wrong-method": 405, "too-many-requests": 429}
_STATE = "state"  # where a fault lies that the request alone does not show

# Every printed answer has these headers.
stamps = Vendor.beside(__file__, "stamps", "Stamps", headers={"Vary": "Accept", "Allow": "POST, OPTIONS"})


def failure(name: str, message: str, code: str = "invalid") -> Refusal:
    """Make the refusal of a member, or of the whole request under `__all__` or `info`, for what the state holds."""
    return Refusal("invalid", faults=(Fault(_STATE, (name,), code, message),))


def refuse(operation: Operation | None, refusal: Refusal, inbound: Inbound) -> Reply:
    """Answer a refusal; several members at fault are all named, `detail` and the code are those of the first."""
    if refusal.kind == "unauthorized":
        text = "Invalid token" if refusal.reason == "wrong" else "Authentication credentials were not provided."
        return Reply({"detail": text}, status=401)
    if refusal.kind != "invalid":
        status = refusal.status or _STATUSES[refusal.kind]
        allowed = refusal.headers.get("Allow")
        headers = {"Allow": f"{allowed}, OPTIONS"} if allowed else {}
        is_bare = operation is not None and refusal.kind == "not-found"  # the vendor states no body for it
        return Reply(b"" if is_bare else {"detail": describe(refusal)}, status=status, headers=headers)
    errors: dict[str, str] = {}
    for fault in refusal.faults:
        message = "This field is required." if fault.keyword == "required" else "The value is not valid."
        errors.setdefault(fault.name or "__all__", fault.message if fault.where == _STATE else message)
    first = refusal.faults[0]
    code = first.keyword if first.where == _STATE or first.keyword == "required" else "invalid"
    name, message = next(iter(errors.items()))
    detail = message if name in ("__all__", "info") else f"{name}: {message}"
    declared = operation.response(400) if operation else None
    page = declared.at("content", "application/json", "schema").member("errors") if declared else NOTHING
    listed: JSON = [{name: message} for name, message in errors.items()] if "array" in page.kinds else dict(errors)
    body: Document = {"detail": detail, "error_message": detail, "error_code": code, "errors": listed}
    return Reply(body, status=400)


stamps.refuser = refuse
