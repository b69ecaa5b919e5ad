"""Error bodies where a vendor module brings none: by the error responses that the spec declares."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from .documents import Document
from .examples import build, preferred_media
from .exchange import Fault, Refusal, Reply
from .spec import Operation, Place, Spec

_STATUSES: dict[str, tuple[int, ...]] = {
    "unknown-path": (404,),
    "wrong-method": (405,),
    "unauthorized": (401,),
    "not-found": (404,),
}
_STATUSES |= {"conflict": (409, 422, 400), "too-many-requests": (429,), "invalid": (422, 400)}
_TITLES = {
    "unknown-path": "There is nothing at this address.",
    "not-found": "There is no such record.",
    "fault": "Artificial failure.",
}
_TITLES |= {"wrong-method": "This method is not allowed here.", "conflict": "There is such a record already."}
_TITLES |= {"unauthorized": "The credentials are missing or not valid.", "too-many-requests": "Too many requests."}
_MESSAGES = ("message", "detail", "error_description", "description", "title", "reason", "problem", "error")


def refuse(spec: Spec, operation: Operation | None, refusal: Refusal) -> Reply:
    """Answer a refusal in the shape that the operation declares for its status, else in the one that most errors of the spec have."""
    status = refusal.status if refusal.kind == "fault" else _status(spec, operation, refusal)
    text = describe(refusal)
    response = spec.response(operation, status) if operation else None
    if response is not None and not response["content"].value and str(status) in operation.responses.value:  # type: ignore[union-attr]
        return Reply(status=status)
    schema = _error_schema(spec, response) if response is not None else None
    schema = schema or _usual_schema(spec)
    if schema is None:
        body = {
            "type": "about:blank",
            "title": _TITLES.get(refusal.kind, "The request is not valid."),
            "status": status,
            "detail": text,
        }
        return Reply(body, status=status, media_type="application/problem+json")
    place, media_type = schema
    return Reply(_body(spec, place, text, status), status=status, media_type=media_type)


def describe(refusal: Refusal) -> str:
    """Say in one sentence why a request is refused."""
    if refusal.kind == "invalid":
        return " ".join(dict.fromkeys(words(fault) for fault in refusal.faults)) or "The request is not valid."
    return _TITLES.get(refusal.kind, "The request is refused.")


def words(fault: Fault) -> str:
    """Say what is wrong with a part of a request."""
    name = fault.name or f"The {fault.where}"
    if fault.keyword == "required":
        return f"{name} is required."
    if fault.keyword in ("malformed", "media-type"):
        return f"{name} cannot be read."
    return f"{name} is not valid."


def _status(spec: Spec, operation: Operation | None, refusal: Refusal) -> int:
    """Take the first of the usual statuses that the operation declares, else the last one; a body that cannot be read is 400."""
    usual = _STATUSES[refusal.kind]
    if refusal.kind == "invalid" and any(fault.keyword in ("malformed", "media-type") for fault in refusal.faults):
        usual = (400,)
    declared = {str(key) for key in operation.responses.value} if operation else set()
    fallback = usual[0] if refusal.kind == "conflict" else usual[-1]
    return next((status for status in usual if str(status) in declared), fallback)


def _error_schema(spec: Spec, response: Place) -> tuple[Place, str] | None:
    media_type = preferred_media(response["content"])
    if media_type is None or not media_type.partition(";")[0].endswith("json"):
        return None
    return response["content"][media_type]["schema"], media_type


def _usual_schema(spec: Spec) -> tuple[Place, str] | None:
    found = Counter(_errors(spec))
    if not found:
        return None
    (pointer, media_type), _ = found.most_common(1)[0]
    return Place({"$ref": f"#{pointer}"}, ""), media_type


def _errors(spec: Spec) -> Iterator[tuple[str, str]]:
    for operation in spec.operations.values():
        for key in operation.responses.value:
            if str(key)[:1] in "45" or key == "default":
                schema = _error_schema(spec, spec.follow(operation.responses[key]))
                if schema is not None and schema[0].value:
                    yield spec.follow(schema[0]).pointer, schema[1]


def _body(spec: Spec, schema: Place, text: str, status: int) -> Document:
    """Fill the shape: our sentence into the first member for messages that takes it, the status where numbers of that name stand."""
    built = build(spec, schema, lean=True)
    body: Document = built if isinstance(built, dict) else {}
    members = spec.properties(schema)
    for name, inner in members.items():
        kinds = spec.kinds(inner)
        if re.fullmatch(r"status|status_?code|code", name, re.IGNORECASE) and kinds & {"integer", "number"}:
            body[name] = status
    by_word = {name.lower(): name for name, inner in members.items() if "string" in spec.kinds(inner)}
    word = next((word for word in _MESSAGES if word in by_word), None)
    if word is not None:
        body[by_word[word]] = text
    pointer = spec.follow(schema).pointer
    return body if next(spec.schemas.errors(pointer, body), None) is None else build(spec, schema)
