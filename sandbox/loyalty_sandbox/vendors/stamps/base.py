"""The vendor object that the modules of this package fill, and its error bodies: four keys where the vendor prints them, `detail` alone elsewhere."""

from __future__ import annotations

from ...core.vendor import JSON, Credential, Document, Fault, Inbound, Operation, Refusal, Reply, Vendor, describe

MERCHANT, OTHER_MERCHANT = 1, 2
STORE_TOKEN = "sandbox-stamps-store-token"  # noqa: S105 - artificial
MERCHANT_TOKEN = "sandbox-stamps-merchant-token"  # noqa: S105 - artificial
STATIC_TOKEN = "sandbox-stamps-static-token"  # noqa: S105 - artificial, and printed for everybody
ACCESS_TOKEN = "sandbox-stamps-access-token"  # noqa: S105
OTHER_TOKEN = "sandbox-stamps-other-merchant-token"  # noqa: S105
AUTHENTICATION = "sandbox-stamps-authentication-string"
_OWN = {"merchant_id": MERCHANT}
_STATUSES = {"unauthorized": 401, "unknown-path": 404, "not-found": 404, "wrong-method": 405, "too-many-requests": 429}
_STATE = "state"  # where a fault lies that the request alone does not show


stamps = Vendor(slug="stamps", title="Stamps")
stamps.headers |= {"Vary": "Accept", "Allow": "POST, OPTIONS"}  # as every printed answer has them
stamps.credentials += [
    Credential("static token", {"token": STATIC_TOKEN}, _OWN),
    Credential("OMNI", {"store_token": STORE_TOKEN, "merchant_token": MERCHANT_TOKEN}, _OWN),
    Credential("access token", {"access_token": ACCESS_TOKEN}, _OWN),
    Credential("authentication string", {"authentication_string": AUTHENTICATION, "crm_merchant_id": "1"}),
    Credential("static token of another merchant", {"token": OTHER_TOKEN}, {"merchant_id": OTHER_MERCHANT}),
]


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
    return Reply(_body(errors, code, as_list=_lists_errors(operation)), status=400)


stamps.refuser = refuse


def _body(errors: dict[str, str], code: str, *, as_list: bool) -> Document:
    name, message = next(iter(errors.items()))
    detail = message if name in ("__all__", "info") else f"{name}: {message}"
    listed: list[JSON] = [{name: message} for name, message in errors.items()]
    shown: JSON = listed if as_list else dict(errors)
    return {"detail": detail, "error_message": detail, "error_code": code, "errors": shown}


def _lists_errors(operation: Operation | None) -> bool:
    """Say whether the page of an operation prints one object for each member at fault."""
    response = operation.response(400) if operation else None
    return (
        response is not None and "array" in response.at("content", "application/json", "schema").member("errors").kinds
    )
