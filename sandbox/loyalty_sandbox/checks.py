"""Requests and responses against the effective spec: parameters and forms by openapi-core, JSON by the schemas themselves."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define, field, frozen
from jsonschema_path import SchemaPath
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.datatypes import TemplateResult
from openapi_core.templating.paths.datatypes import PathOperationServer
from openapi_core.unmarshalling.request.unmarshallers import V31RequestParametersUnmarshaller
from openapi_core.validation.request.validators import V31RequestBodyValidator
from openapi_core.validation.response.validators import V31ResponseHeadersValidator
from werkzeug.datastructures import Headers, ImmutableMultiDict

from .documents import JSON, Document, from_json
from .exchange import Fault
from .exploded import exploded_parameter, is_exploded, read_exploded
from .forms import read_form
from .operations import Operation, resolve, response_for
from .request_faults import request_faults, schema_faults
from .schemas import Schemas

_PLAIN_TEXT = {"minLength", "pattern", "enum", "const", "format"}


@frozen
class Checked:
    """The declared parameters of a request, cast to their types, and what is wrong with it."""

    path: Mapping[str, JSON]
    query: Mapping[str, JSON]
    headers: Mapping[str, JSON]
    faults: tuple[Fault, ...]


@define
class _Asked:
    """A request in the form openapi-core asks for; `path` is the template, which our own router has found."""

    host_url: str
    path: str
    method: str
    parameters: RequestParameters
    content_type: str
    body: bytes | None


@frozen
class _Answered:
    status_code: int
    content_type: str
    headers: Headers
    data: bytes


class _TemplateFinder:
    """Takes the path as a template, since routing is done."""

    def __init__(self, spec: SchemaPath, base_url: str | None = None) -> None:
        self._spec = spec

    def find(self, method: str, name: str) -> PathOperationServer:
        item = self._spec / "paths" / name
        return PathOperationServer(item, item / method, None, TemplateResult(name, {}), None)


@frozen
class Checker:
    """Checks requests and responses of one spec."""

    spec: Document
    _schemas: Schemas = field(init=False)
    _parameters: V31RequestParametersUnmarshaller = field(init=False)
    _forms: V31RequestBodyValidator = field(init=False)
    _headers: V31ResponseHeadersValidator = field(init=False)

    def __attrs_post_init__(self) -> None:
        path = SchemaPath.from_dict(_for_openapi_core(self.spec))
        options: Any = {"path_finder_cls": _TemplateFinder}
        object.__setattr__(self, "_schemas", Schemas(self.spec))
        object.__setattr__(
            self, "_parameters", V31RequestParametersUnmarshaller(path, format_unmarshallers={}, **options)
        )
        object.__setattr__(self, "_forms", V31RequestBodyValidator(path, **options))
        object.__setattr__(self, "_headers", V31ResponseHeadersValidator(path, **options))

    def check_request(
        self,
        operation: Operation,
        *,
        path: Mapping[str, str],
        query: list[tuple[str, str]],
        headers: list[tuple[str, str]],
        body: bytes,
    ) -> Checked:
        """Check a request and cast its parameters."""
        empty = self._empty_texts(operation, query)
        asked = _Asked(
            host_url="",
            path=operation.template,
            method=operation.method.lower(),
            parameters=RequestParameters(
                query=ImmutableMultiDict([pair for pair in query if pair[0] not in empty]),
                header=Headers(headers),
                path=dict(path),
            ),
            content_type=next((value for name, value in headers if name.lower() == "content-type"), ""),
            body=body or None,
        )
        result = self._parameters.unmarshal(asked)
        faults = [fault for error in result.errors for fault in request_faults(error)]
        faults = [
            fault
            for fault in faults
            if not (fault.where == "query" and fault.keyword == "required" and fault.name in empty)
        ]
        faults += self._body_faults(operation, asked)
        members, member_faults = self._exploded(operation, query)
        faults += member_faults
        return Checked(
            path=dict(result.parameters.path),
            query={**result.parameters.query, **dict.fromkeys(empty, ""), **members},
            headers={name.lower(): value for name, value in result.parameters.header.items()},
            faults=tuple({(fault.where, fault.path, fault.keyword): fault for fault in faults}.values()),
        )

    def check_response(
        self, operation: Operation, *, status: int, headers: Mapping[str, str], media_type: str, body: bytes
    ) -> list[str]:
        """List in words how a response breaks the spec; empty when it does not."""
        response = response_for(self.spec, operation, status)
        if response is None:
            return [f"status {status} is not documented"]
        return [
            *self._response_body(operation, status, response, media_type=media_type, body=body),
            *self._response_headers(operation, status, response, headers),
        ]

    def _exploded(self, operation: Operation, query: list[tuple[str, str]]) -> tuple[Document, list[Fault]]:
        parameter = exploded_parameter(self.spec, operation)
        if parameter is None:
            return {}, []
        value = read_exploded(self.spec, operation, parameter, query)
        return {parameter.name: value}, list(schema_faults("query", (), self._schemas.errors(parameter.place, value)))

    def _body_faults(self, operation: Operation, asked: _Asked) -> Iterator[Fault]:
        found = resolve(self.spec, operation.raw.get("requestBody", {}))
        content = found.get("content", {}) if isinstance(found, dict) else {}
        media_type = asked.content_type.partition(";")[0].strip().lower()
        own = media_type == "multipart/form-data" or media_type.endswith("json")
        if not asked.body or not content or media_type not in content or not own:
            for error in self._forms.iter_errors(asked):
                yield from (fault for fault in request_faults(error) if not _is_file(fault))
            return
        try:
            value = _read_body(media_type, asked)
        except (ValueError, RecursionError):
            yield Fault("body", (), "malformed", "cannot be read")
            return
        yield from schema_faults(
            "body", (), self._schemas.errors(_place(operation, operation.raw, "requestBody", media_type), value)
        )

    def _response_body(
        self, operation: Operation, status: int, response: Document, *, media_type: str, body: bytes
    ) -> Iterator[str]:
        content = response.get("content")
        if not content:
            return
        if not body:
            yield f"status {status} needs a body"
        elif media_type not in content:
            yield f"status {status} is {media_type}, documented are {', '.join(content)}"
        elif media_type.endswith("json") and "schema" in content[media_type]:
            place = _place(operation, operation.raw["responses"], _response_key(operation, status), media_type)
            for error in self._schemas.errors(place, from_json(body)):
                yield f"{'/'.join(str(part) for part in error.absolute_path) or 'body'}: {error.message}"[:300]

    def _response_headers(
        self, operation: Operation, status: int, response: Document, headers: Mapping[str, str]
    ) -> Iterator[str]:
        if all(_any_text(self.spec, header) for header in response.get("headers", {}).values()):
            return
        asked = _Asked("", operation.template, operation.method.lower(), RequestParameters(), "", None)
        for error in self._headers.iter_errors(asked, _Answered(status, "", Headers(list(headers.items())), b"")):
            yield f"{error}{f' ({error.__cause__})' if error.__cause__ else ''}"[:300]

    def _empty_texts(self, operation: Operation, query: list[tuple[str, str]]) -> set[str]:
        """Name the query parameters sent as empty text where any text will do: openapi-core takes them for missing."""
        names = set()
        for raw in operation.raw.get("parameters", []):
            parameter = resolve(self.spec, raw)
            if not isinstance(parameter, dict) or parameter.get("in") != "query":
                continue
            schema = resolve(self.spec, parameter.get("schema", {}))
            values = [value for name, value in query if name == parameter["name"]]
            if (
                values == [""]
                and isinstance(schema, dict)
                and schema.get("type") == "string"
                and not _PLAIN_TEXT & schema.keys()
            ):
                names.add(parameter["name"])
        return names


def _read_body(media_type: str, asked: _Asked) -> JSON:
    """Read JSON, or a form with its files as texts: openapi-core takes a file for bytes, which are no string of JSON Schema."""
    body = asked.body or b""
    if media_type.endswith("json"):
        return from_json(body)
    members, uploads = read_form(asked.content_type, body)
    if not isinstance(members, dict):
        raise ValueError("the form cannot be read")
    return {**members, **dict.fromkeys(uploads, "")}


def _is_file(fault: Fault) -> bool:
    """Say whether a fault is only that a file is bytes, which one of the JSON Schema backends takes for no string."""
    return fault.keyword == "type" and fault.expected == "string" and isinstance(fault.found, bytes)


def _response_key(operation: Operation, status: int) -> str:
    return next(key for key in (str(status), f"{status // 100}XX", "default") if key in operation.raw["responses"])


def _place(operation: Operation, parent: Document, name: str, media_type: str) -> tuple[str, ...]:
    """Return where the schema of a body stands, through a reference to a shared request body or response."""
    value = parent[name]
    base: tuple[str, ...]
    if "$ref" in value:
        base = tuple(part.replace("~1", "/").replace("~0", "~") for part in value["$ref"].removeprefix("#/").split("/"))
    else:
        base = (
            "paths",
            operation.template,
            operation.method.lower(),
            *(() if name == "requestBody" else ("responses",)),
            name,
        )
    return (*base, "content", media_type, "schema")


def _any_text(spec: Document, header: JSON) -> bool:
    found = resolve(spec, header)
    if not isinstance(found, dict) or found.get("required"):
        return False
    schema = resolve(spec, found.get("schema", {}))
    return isinstance(schema, dict) and schema.get("type") == "string" and not _PLAIN_TEXT & schema.keys()


def _for_openapi_core(spec: Document) -> Document:
    """Copy a spec without what is checked by ourselves: security, and parameters in exploded form."""
    bare = copy.deepcopy(spec)
    bare.pop("security", None)
    for item in bare["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
                parameters = operation.get("parameters", [])
                operation["parameters"] = [raw for raw in parameters if not is_exploded(spec, raw)]
    return bare
