"""Requests and replies against the effective spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from jsonschema.exceptions import ValidationError

from .documents import JSON, from_json, to_json
from .exchange import Caller, Fault, Inbound, Refusal, Reply, Request, Upload
from .forms import FORMS, media_type_of, read_form
from .parameters import Pairs, cast, cast_members, read_parameters
from .spec import Operation, Parameter, Place, Spec

_PLACES = ("path", "query")


def read_request(
    spec: Spec, operation: Operation, path: Mapping[str, str], query: Pairs, inbound: Inbound, caller: Caller | None
) -> Request:
    """Read a request by what the operation declares; raises `Refusal` with all its faults."""
    values = read_parameters(spec, operation, path=path, query=query, headers=inbound.headers)
    faults = [fault for parameter in operation.parameters for fault in _parameter_faults(spec, parameter, values)]
    body, uploads, wrong = _read_body(spec, operation, inbound)
    if faults or wrong:
        raise Refusal("invalid", faults=(*faults, *wrong))
    placed = {place: {name: value for (where, name), value in values.items() if where == place} for place in _PLACES}
    return Request({**path, **placed["path"]}, placed["query"], body, uploads, caller, inbound)


def check_reply(spec: Spec, operation: Operation, reply: Reply) -> list[str]:
    """List in words how a reply breaks the spec.

    An error with a status that the operation does not declare breaks nothing: vendors answer more than they document.
    """
    response = spec.response(operation, reply.status)
    if response is None:
        has_success = any(str(key).startswith("2") for key in operation.responses.value)
        return [] if reply.status >= 400 or not has_success else [f"status {reply.status} is not documented"]
    return [*_body_violations(spec, response, reply), *_header_violations(spec, response, reply)]


def media_for(content: Place, media_type: str) -> str | None:
    """Return the key of a `content` object that covers a media type: itself, without parameters, or a range."""
    plain = {str(key).partition(";")[0].strip().lower(): str(key) for key in content.value}
    for candidate in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if candidate in plain:
            return plain[candidate]
    return None


def encode(body: JSON | bytes) -> bytes:
    """Turn the body of a reply into bytes."""
    return body if isinstance(body, bytes) else to_json(body).encode()


def _parameter_faults(spec: Spec, parameter: Parameter, values: Mapping[tuple[str, str], JSON]) -> Iterator[Fault]:
    name = parameter.name.lower() if parameter.where == "header" else parameter.name
    if (parameter.where, name) in values:
        errors = spec.schemas.errors(parameter.schema.pointer, values[parameter.where, name])
        exploded = parameter.where == "query" and parameter.style == "form" and isinstance(values["query", name], dict)
        yield from _faults(spec, parameter.where, () if exploded else (parameter.name,), errors, hidden="readOnly")
    elif parameter.required:
        yield Fault(parameter.where, (parameter.name,), "required", "is required")


def _read_body(spec: Spec, operation: Operation, inbound: Inbound) -> tuple[JSON, dict[str, Upload], list[Fault]]:
    content = operation.body["content"]
    if not content.value:
        return None, {}, []
    if not inbound.body:
        wrong = [Fault("body", (), "required", "is required")] if operation.body.value.get("required") else []
        return None, {}, wrong
    sent = media_type_of(inbound.headers.get("content-type", ""))
    key = media_for(content, sent)
    if key is None:
        return None, {}, [Fault("body", (), "malformed", f"takes {', '.join(content.value)}")]
    schema = content[key]["schema"]
    body: JSON
    uploads: dict[str, Upload] = {}
    try:
        if sent.endswith("json"):
            body = from_json(inbound.body)
        elif sent in FORMS:
            pairs, uploads = read_form(inbound.headers["content-type"], inbound.body)
            members = cast_members(spec, schema, pairs)
            body = {**members, **{name: [""] if _is_list(spec, schema, name) else "" for name in uploads}}
        else:
            return None, {"": Upload(sent, inbound.body)}, []
    except (ValueError, RecursionError):
        return None, {}, [Fault("body", (), "malformed", "cannot be read")]
    errors = spec.schemas.errors(schema.pointer, body) if "schema" in content[key].value else ()
    return body, uploads, _faults(spec, "body", (), errors, hidden="readOnly")


def _is_list(spec: Spec, schema: Place, name: str) -> bool:
    return "array" in spec.kinds(spec.member(schema, name))


def _faults(
    spec: Spec, where: str, names: tuple[str, ...], errors: Iterable[ValidationError], *, hidden: str
) -> list[Fault]:
    """Turn errors of JSON Schema into faults, one a name; a missing member is named itself, not the object around it.

    Members marked with the word `hidden` belong to the other direction and are never missing.
    """
    found: dict[tuple[tuple[str | int, ...], str], Fault] = {}
    for error in errors:
        place, rule = (*names, *error.absolute_path), str(error.validator)
        instance, wanted = error.instance, error.validator_value
        if rule == "required" and isinstance(instance, dict) and isinstance(wanted, list):
            missing = [name for name in wanted if name not in instance and not _is_hidden(spec, error, name, hidden)]
            for name in missing:
                found[(*place, name), rule] = Fault(where, (*place, name), rule, "is required")
        else:
            found.setdefault((place, rule), Fault(where, place, rule, error.message[:200]))
    return list(found.values())


def _is_hidden(spec: Spec, error: ValidationError, name: str, word: str) -> bool:
    members = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    found = spec.follow(Place(members.get(name, {}), "")).value
    return isinstance(found, dict) and bool(found.get(word))


def _body_violations(spec: Spec, response: Place, reply: Reply) -> Iterator[str]:
    content = response["content"]
    if not content.value:
        return
    body = encode(reply.body)
    if not body:
        yield f"status {reply.status} needs a body"
        return
    key = media_for(content, reply.media_type.partition(";")[0].strip().lower())
    if key is None:
        yield f"status {reply.status} is {reply.media_type}, documented are {', '.join(content.value)}"
    elif reply.media_type.endswith("json") and "schema" in content[key].value:
        errors = spec.schemas.errors(content[key]["schema"].pointer, from_json(body))
        for fault in _faults(spec, "body", (), errors, hidden="writeOnly"):
            yield f"{fault.name or 'body'}: {fault.message}"[:300]


def _header_violations(spec: Spec, response: Place, reply: Reply) -> Iterator[str]:
    sent = {name.lower(): value for name, value in reply.headers.items()}
    for name in response["headers"].value:
        header = spec.follow(response["headers"][name])
        if name.lower() == "content-type":
            continue
        if name.lower() not in sent:
            if header.value.get("required"):
                yield f"the header {name} is missing"
            continue
        value = cast(spec, header["schema"], sent[name.lower()])
        for error in spec.schemas.errors(header["schema"].pointer, value) if "schema" in header.value else ():
            yield f"the header {name}: {error.message}"[:300]
