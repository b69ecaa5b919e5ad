"""Error bodies by the error responses that the spec declares, where a vendor module brings none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from .documents import JSON, Document
from .examples import build, preferred_media
from .exchange import Fault, Inbound, Refusal, Reply
from .spec import NOTHING, Operation, Place, Spec

_KINDS: dict[
    str, tuple[str, tuple[int, ...]]
] = {  # a sentence; statuses: the first that the operation declares, else the last
    "unknown-path": ("There is nothing at this address.", (404,)),
    "wrong-method": ("This method is not allowed here.", (405,)),
    "unauthorized": ("The credentials are missing or not valid.", (401,)),
    "not-found": ("There is no such record.", (404,)),
    "conflict": ("There is such a record already.", (409, 422, 400, 409)),
    "too-many-requests": ("Too many requests.", (429,)),
    "invalid": ("The request is not valid.", (422, 400)),
    "refused": ("Artificial failure.", (400,)),
}
_MESSAGES = ("message", "detail", "error_description", "description", "title", "reason", "problem", "error")
_CODES = ("code", "error_code", "error")


def refuse(spec: Spec, operation: Operation | None, refusal: Refusal, inbound: Inbound) -> Reply:
    """Answer in the shape that the operation declares for the status, else in that of its other errors, else in the one of most errors."""
    status = refusal.status or _status(operation, refusal)
    response = spec.response(operation, status) if operation else None
    if operation and response and not response["content"].value and str(status) in operation.responses.value:
        return Reply(status=status)
    own = _error_schema(response) if response else None
    found = own or next(_errors(spec, [operation]), None) if operation else None
    found = found or next(iter(Counter(_errors(spec, spec.operations.values())).most_common(1)), (None,))[0]
    if found is None:
        body = {"type": "about:blank", "title": _KINDS[refusal.kind][0], "status": status, "detail": describe(refusal)}
        return Reply(body, status=status, media_type="application/problem+json")
    pointer, media_type = found
    return Reply(
        _body(spec, Place({"$ref": f"#{pointer}"}, ""), refusal, status, inbound), status=status, media_type=media_type
    )


def describe(refusal: Refusal) -> str:
    """Say in a sentence or two why a request is refused."""
    return refusal.text or " ".join(dict.fromkeys(map(_words, refusal.faults))) or _KINDS[refusal.kind][0]


def _words(fault: Fault) -> str:
    name = fault.name or f"The {fault.where}"
    if fault.keyword == "malformed":
        return f"{name} cannot be read."
    return f"{name} {fault.message if fault.keyword in ('required', 'custom') else 'is not valid'}."


def _status(operation: Operation | None, refusal: Refusal) -> int:
    """Take the first of the usual statuses that the operation declares, else the last one; a body that cannot be read is 400."""
    usual = (400,) if any(fault.keyword == "malformed" for fault in refusal.faults) else _KINDS[refusal.kind][1]
    declared = operation.responses.value if operation else {}
    return next((status for status in usual if str(status) in declared), usual[-1])


def _error_schema(response: Place) -> tuple[str, str] | None:
    """Return pointer and media type of the JSON of a response."""
    media_type = preferred_media(response["content"])
    if media_type is None or not media_type.partition(";")[0].endswith("json"):
        return None
    schema = response["content"][media_type]["schema"]
    return (schema.pointer, media_type) if schema.value else None


def _errors(spec: Spec, operations: Iterable[Operation]) -> Iterator[tuple[str, str]]:
    for operation in operations:
        for key in operation.responses.value:
            found = _error_schema(spec.follow(operation.responses[key])) if str(key)[0] in "45d" else None
            if found:
                yield spec.follow(Place({"$ref": f"#{found[0]}"}, "")).pointer, found[1]


def _body(spec: Spec, schema: Place, refusal: Refusal, status: int, inbound: Inbound) -> Document:
    """Fill the shape: text, status, request and faults into the members that are called like them, an example into the others."""
    built = build(spec, schema)
    body: Document = built if isinstance(built, dict) else {}
    members = spec.properties(schema)
    texts = {name.lower(): name for name, inner in members.items() if "string" in spec.kinds(inner)}
    known = {"url": inbound.path, "path": inbound.path, "instance": inbound.path, "method": inbound.method}
    word = next((word for word in _MESSAGES if word in texts), "")
    known |= {word: describe(refusal)}
    if refusal.kind != "invalid":  # what code a fault of the request has is the example's to say
        known |= {code: refusal.kind for code in _CODES if code != word}
    body |= {name: known[word] for word, name in texts.items() if word in known}
    for name, inner in members.items():
        if re.fullmatch(r"status|status_?code|code", name, re.IGNORECASE) and spec.kinds(inner) & {"integer", "number"}:
            body[name] = status
        elif name == "errors":
            body[name] = _details(spec, inner, refusal.faults)
    return body if next(spec.schemas.errors(spec.follow(schema).pointer, body), None) is None else build(spec, schema)


def _details(spec: Spec, schema: Place, faults: tuple[Fault, ...]) -> JSON:
    """Name each fault: in a list of objects by its path, in a map by a text or a list of texts."""
    if "array" in spec.kinds(schema):
        issue = build(spec, spec.follow(schema)["items"], lean=True)
        details: list[JSON] = [
            {**issue, "path": [str(part) for part in fault.path]} if isinstance(issue, dict) else _words(fault)
            for fault in faults
        ]
        return details
    named = [*spec.properties(schema).values(), spec.follow(schema)["additionalProperties"], NOTHING]
    lists = "array" in spec.kinds(named[0])
    return {fault.name: [_words(fault)] if lists else _words(fault) for fault in faults}
