"""Requests and replies against the effective spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from attrs import frozen
from jsonschema.exceptions import ValidationError

from .documents import JSON, from_json, to_json
from .exchange import Fault, Inbound, Reply, Upload
from .forms import FORMS, media_type_of, read_form
from .parameters import cast, cast_members, read_parameters
from .spec import Operation, Parameter, Place, Spec


@frozen
class Checked:
    """What a request holds: parameters by place and name, cast; the body; its files; and what is wrong with all of them."""

    values: Mapping[tuple[str, str], JSON]
    body: JSON
    uploads: Mapping[str, Upload]
    faults: tuple[Fault, ...]

    def of(self, where: str) -> dict[str, JSON]:
        """Return the parameters of a place by name."""
        return {name: value for (place, name), value in self.values.items() if place == where}


def check_request(spec: Spec, operation: Operation, path: Mapping[str, str], inbound: Inbound) -> Checked:
    """Read a request by what the operation declares, and list its faults."""
    query = parse_qsl(inbound.query, keep_blank_values=True)
    values = read_parameters(spec, operation, path=path, query=query, headers=inbound.header_map)
    faults = [fault for parameter in operation.parameters for fault in _parameter_faults(spec, parameter, values)]
    body, uploads, wrong = _read_body(spec, operation, inbound)
    return Checked(values, body, uploads, (*faults, *wrong))


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
    sent = media_type_of(inbound.header_map.get("content-type", ""))
    key = media_for(content, sent)
    if key is None:
        taken = list(content.value)
        return None, {}, [Fault("body", (), "media-type", f"takes {', '.join(taken)}", taken, sent)]
    schema = content[key]["schema"]
    body: JSON
    uploads: dict[str, Upload] = {}
    try:
        if sent.endswith("json"):
            body = from_json(inbound.body)
        elif sent in FORMS:
            pairs, uploads = read_form(inbound.header_map["content-type"], inbound.body)
            members = cast_members(spec, schema, pairs)
            body = {**members, **{name: [""] if _is_list(spec, schema, name) else "" for name in uploads}}
        else:
            return None, {"": Upload("", sent, inbound.body)}, []
    except (ValueError, RecursionError):
        return None, {}, [Fault("body", (), "malformed", "cannot be read")]
    errors = spec.schemas.errors(schema.pointer, body) if "schema" in content[key].value else ()
    return body, uploads, list(_faults(spec, "body", (), errors, hidden="readOnly"))


def _is_list(spec: Spec, schema: Place, name: str) -> bool:
    return "array" in spec.kinds(spec.properties(schema).get(name, Place({}, "")))


def _faults(
    spec: Spec, where: str, names: tuple[str, ...], errors: Iterable[ValidationError], *, hidden: str
) -> Iterator[Fault]:
    """Turn errors of JSON Schema into faults, one a name; a missing member is named itself, not the object around it.

    Members marked with the word `hidden` belong to the other direction and are never missing.
    """
    seen: set[tuple[tuple[str | int, ...], str]] = set()
    for error in errors:
        place = (*names, *error.absolute_path)
        instance: Any = error.instance
        rule: Any = error.validator_value
        if error.validator == "required" and isinstance(instance, dict):
            for name in rule:
                if (
                    name not in instance
                    and not _is_hidden(spec, error, name, hidden)
                    and ((*place, name), "required") not in seen
                ):
                    seen.add(((*place, name), "required"))
                    yield Fault(where, (*place, name), "required", "is required")
        elif (place, str(error.validator)) not in seen:
            seen.add((place, str(error.validator)))
            yield Fault(where, place, str(error.validator), error.message[:200], rule, instance)


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
