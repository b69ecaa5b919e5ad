"""Requests and replies against the effective spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from jsonschema.exceptions import ValidationError

from .documents import JSON, from_json
from .exchange import Caller, Fault, Inbound, Refusal, Reply, Request, Upload
from .nodes import Node
from .parameters import FORMS, Pairs, cast_members, media_type_of, read_form, read_parameters
from .spec import Operation, Parameter


def read_request(
    operation: Operation, path: Mapping[str, str], query: Pairs, inbound: Inbound, caller: Caller | None
) -> Request:
    """Read a request by what the operation declares; raises `Refusal` with all its faults."""
    values = read_parameters(operation, path=path, query=query, headers=inbound.headers)
    faults = [fault for parameter in operation.parameters for fault in _parameter_faults(parameter, values)]
    body, uploads, wrong = _read_body(operation, inbound)
    if faults or wrong:
        raise Refusal("invalid", faults=(*faults, *wrong))
    placed: dict[str, dict[str, JSON]] = {"path": {**path}, "query": {}}
    for (where, name), value in values.items():
        placed.setdefault(where, {})[name] = value
    return Request(placed["path"], placed["query"], body, uploads, caller, inbound)


def check_reply(operation: Operation, reply: Reply) -> list[str]:
    """List in words how a reply breaks the spec.

    An error with a status that the operation does not declare breaks nothing: vendors answer more than they document.
    """
    response = operation.response(reply.status)
    if response is None:
        has_success = any(key.startswith("2") for key in operation.responses)
        return [] if reply.status >= 400 or not has_success else [f"status {reply.status} is not documented"]
    return list(_violations(response.at("content"), reply))


def _media_for(content: Node, media_type: str) -> Node | None:
    """Return the part of a `content` object that covers a media type: itself, without parameters, or a range."""
    plain = {media_type_of(key): content.at(key) for key in content}
    choices = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    return next((plain[each] for each in choices if each in plain), None)


def _parameter_faults(parameter: Parameter, values: Mapping[tuple[str, str], JSON]) -> Iterator[Fault]:
    key = (parameter.where, parameter.key)
    if key in values:
        place = () if parameter.is_spread and isinstance(values[key], dict) else (parameter.name,)
        yield from _faults(parameter.where, place, parameter.schema.errors(values[key]), hidden="readOnly")
    elif parameter.required:
        yield Fault(parameter.where, (parameter.name,), "required", "is required")


def _read_body(operation: Operation, inbound: Inbound) -> tuple[JSON, dict[str, Upload], list[Fault]]:
    content = operation.taken
    if not content:
        return None, {}, []
    if not inbound.body:
        is_missing = operation.raw.at("requestBody").get("required")
        return None, {}, [Fault("body", (), "required", "is required")] if is_missing else []
    sent = media_type_of(inbound.headers.get("content-type", ""))
    media = _media_for(content, sent)
    if media is None:
        return None, {}, [Fault("body", (), "malformed", f"takes {', '.join(content)}")]
    schema, body, uploads = media.at("schema"), None, dict[str, Upload]()
    try:
        if sent.endswith("json"):
            body = from_json(inbound.body)
        elif sent in FORMS:
            pairs, uploads = read_form(inbound.headers["content-type"], inbound.body)
            files = {name: [""] if "array" in schema.member(name).kinds else "" for name in uploads}
            body = {**cast_members(schema, pairs), **files}
        else:
            return None, {"": Upload(sent, inbound.body)}, []
    except ValueError:
        return None, {}, [Fault("body", (), "malformed", "cannot be read")]
    return body, uploads, _faults("body", (), schema.errors(body), hidden="readOnly")


def _faults(where: str, names: tuple[str, ...], errors: Iterable[ValidationError], *, hidden: str) -> list[Fault]:
    """Turn errors of JSON Schema into faults, one a name; a missing member is named itself, not the object around it.

    Members marked with the word `hidden` belong to the other direction and are never missing.
    """
    found: dict[tuple[tuple[str | int, ...], str], Fault] = {}
    for error in errors:
        place, rule = (*names, *error.absolute_path), str(error.validator)
        if rule == "required" and isinstance(error.instance, dict) and isinstance(error.validator_value, list):
            members = error.schema.at("properties") if isinstance(error.schema, Node) else Node()
            for name in error.validator_value:
                if name not in error.instance and not members.at(name).get(hidden):
                    found[(*place, name), rule] = Fault(where, (*place, name), rule, "is required")
        else:
            found.setdefault((place, rule), Fault(where, place, rule, error.message[:200]))
    return list(found.values())


def _violations(content: Node, reply: Reply) -> Iterator[str]:
    if not content:
        return
    if not reply.content:
        yield f"status {reply.status} needs a body"
        return
    media = _media_for(content, media_type_of(reply.media_type))
    if media is None:
        yield f"status {reply.status} is {reply.media_type}, documented are {', '.join(content)}"
    elif reply.media_type.endswith("json"):
        for fault in _faults("body", (), media.at("schema").errors(from_json(reply.content)), hidden="writeOnly"):
            yield f"{fault.name or 'body'}: {fault.message}"[:300]
