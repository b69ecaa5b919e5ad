"""The words of generated docstrings: what an operation does, how sure we are of it, what it raises."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.generate.model_types import Argument
from scripts.generate.operation_view import OperationView
from scripts.generate.template_helpers import hang, wrap

_NAMES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
}


def summary(view: OperationView) -> str:
    """One line that says what the operation does."""
    return " ".join(str(view.operation.get("summary") or view.id).split()).rstrip(".") + "."


def grade(view: OperationView) -> str:
    """How sure method and path are."""
    known = view.operation.get("x-provenance") or {}
    method, path = known.get("method", "stated"), known.get("path", "stated")
    if method == path == "stated":
        return "Method and path are stated by the vendor."
    if {method, path} <= {"observed", "stated"} and (seen := known.get("observed")):
        what = " and ".join(part for part, word in (("method", method), ("path", path)) if word == "observed")
        return f"Seen in traffic of {seen['host']} on {seen['date']}: {what}."
    parts = [f"method {method}" if method != "stated" else "", f"path {path}" if path != "stated" else ""]
    confidence = f", confidence {known['confidence']}" if known.get("confidence") else ""
    unconfirmed = ", unconfirmed" if "inferred" in (method, path) else ""
    return f"Not fully documented: {' and '.join(part for part in parts if part)}{unconfirmed}{confidence}."


def inferred(view: OperationView) -> str:
    """What of the address nobody but us says, with its verb; empty where nothing is."""
    known = view.operation.get("x-provenance") or {}
    parts = [part for part in ("method", "path") if known.get(part) == "inferred"]
    return f"{' and '.join(parts)} {'are' if len(parts) > 1 else 'is'}" if parts else ""


def documentation(view: OperationView, arguments: Iterable[Argument], returns: str) -> str:
    """Write the docstring of a function or method."""
    lines = [summary(view), ""]
    about = str(view.operation.get("description") or "").strip()
    if about:
        lines += [wrap(about), ""]
    lines.append(wrap(f"`{view.method} {view.path}`. {grade(view)}"))
    if view.operation.get("deprecated"):
        lines.append("The vendor marks this operation as deprecated.")
    if (view.operation.get("x-provenance") or {}).get("newer"):
        lines.append("Only a later revision of the vendor's pages has this operation.")
    known = [
        f"{argument.name}: {' '.join(argument.about.split()) or 'not described by the vendor.'}"
        for argument in arguments
    ]
    if known:
        lines += ["", "Args:", *map(hang, known)]
    lines += ["", "Returns:", hang(returns), "", "Raises:", *map(hang, _raises(view))]
    page = (view.operation.get("externalDocs") or view.document.get("externalDocs") or {}).get("url")
    if page:
        lines += ["", f"Vendor's page: {page}"]
    return "\n".join(lines)


def _raises(view: OperationView) -> list[str]:
    found = []
    for reply in view.replies:
        key = reply.key.strip("'")
        if key.isdigit() and int(key) >= 400:
            name = _NAMES.get(int(key), "InternalServerError" if int(key) >= 500 else "APIStatusError")
            body = f", `body` holds `{reply.type}`" if reply.type not in ("None", "Any") else ""
            found.append(f"{name}: status {key}{body}.")
    return [*found, "APIError: any other failure; see `loyalty_runtime.errors`."]
