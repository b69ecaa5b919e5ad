"""Error bodies by the error responses that the spec declares, where a vendor module brings none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape

from .documents import JSON, Document
from .examples import build
from .exchange import Fault, Inbound, Refusal, Reply
from .nodes import Node
from .spec import Operation, is_json, preferred

# A sentence, and statuses: the first that the operation declares, else the last.
_KINDS: dict[str, tuple[str, tuple[int, ...]]] = {
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
Shape = tuple[Node, str]  # schema and media type of an error


def usual_shape(operations: Iterable[Operation]) -> Shape | None:
    """Return the shape that most errors of a spec have."""
    shapes = list(_errors(operations))
    usual = Counter(id(schema) for schema, _ in shapes).most_common(1)
    return next((shape for shape in shapes if id(shape[0]) == usual[0][0]), None)


def refuse(operation: Operation | None, refusal: Refusal, inbound: Inbound, usual: Shape | None) -> Reply:
    """Answer in the shape that the operation declares for the status, else in that of its other errors, else in the usual one."""
    declared = (
        operation.responses if operation else {}
    )  # the first of the usual statuses that is declared, else the last
    usual_statuses = (400,) if any(each.keyword == "malformed" for each in refusal.faults) else _KINDS[refusal.kind][1]
    status = refusal.status or next((each for each in usual_statuses if str(each) in declared), usual_statuses[-1])
    response = operation.response(status) if operation else None
    if response is not None and not response.at("content") and str(status) in declared:
        return Reply(status=status)
    kind = preferred(response.at("content"))[0] if response is not None else ""
    if kind.startswith("text/"):
        text = describe(refusal)  # may name members as they were sent
        return Reply((escape(text) if "html" in kind else text).encode(), status=status, media_type=kind)
    own = _shape(response) if response else None
    found = own or (next(_errors([operation]), None) if operation else None) or usual
    if found is None:
        body = {"type": "about:blank", "title": _KINDS[refusal.kind][0], "status": status, "detail": describe(refusal)}
        return Reply(body, status=status, media_type="application/problem+json")
    return Reply(_body(found[0], refusal, status, inbound), status=status, media_type=found[1])


def describe(refusal: Refusal) -> str:
    """Say in a sentence or two why a request is refused."""
    return refusal.text or " ".join(dict.fromkeys(map(_words, refusal.faults))) or _KINDS[refusal.kind][0]


def _words(fault: Fault) -> str:
    name = fault.name or f"The {fault.where}"
    if fault.keyword == "malformed":
        return f"{name} cannot be read."
    return f"{name} {fault.message if fault.keyword in ('required', 'custom') else 'is not valid'}."


def _shape(response: Node) -> Shape | None:
    media_type, media = preferred(response.at("content"))
    schema = media.at("schema")
    return (schema, media_type) if schema and is_json(media_type) else None


def _errors(operations: Iterable[Operation]) -> Iterator[Shape]:
    for operation in operations:
        shapes = (_shape(operation.responses.at(key)) for key in operation.responses if key[0] in "45d")
        yield from filter(None, shapes)


def _body(schema: Node, refusal: Refusal, status: int, inbound: Inbound) -> JSON:
    """Fill the shape: text, status, request and faults into the members that are called like them, an example into the others."""
    built = build(schema)
    body: Document = dict(built) if isinstance(built, dict) else {}
    texts = {name.lower(): name for name, inner in schema.members.items() if "string" in inner.kinds}
    known = {"url": inbound.path, "path": inbound.path, "instance": inbound.path, "method": inbound.method}
    word = next((word for word in _MESSAGES if word in texts), "")
    known |= {word: describe(refusal)}
    if refusal.kind != "invalid":  # what code a fault of the request has is the example's to say
        known |= {code: refusal.kind for code in _CODES if code != word}
    body |= {name: known[word] for word, name in texts.items() if word in known}
    for name, inner in schema.members.items():
        if re.fullmatch(r"status|status_?code|code", name, re.IGNORECASE) and inner.kinds & {"integer", "number"}:
            body[name] = status
        elif name == "errors":
            body[name] = _details(inner, refusal.faults)
    return body if schema.fits(body) else build(schema)


def _details(schema: Node, faults: tuple[Fault, ...]) -> JSON:
    """Name each fault: in a list of objects by its path, in a map by a text or a list of texts."""
    if "array" in schema.kinds:
        issue = build(schema.at("items"), lean=True)
        is_object = isinstance(issue, dict)
        return [{**issue, "path": [*map(str, each.path)]} if is_object else _words(each) for each in faults]
    inner = next(iter(schema.members.values()), schema.at("additionalProperties"))
    lists = "array" in inner.kinds
    return {each.name or each.where: [_words(each)] if lists else _words(each) for each in faults}
