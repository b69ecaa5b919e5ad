"""One operation as the templates see it: the generator's endpoint joined with what only the effective spec says."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from openapi_python_client import strings
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.union import UnionProperty

from scripts.common.document import parameters, resolve
from scripts.common.problems import PipelineError
from scripts.generate.expressions import Expressions
from scripts.generate.model_types import Argument, accepted_type, imports_of, python_type
from scripts.generate.replies import ReplyView, read_replies
from scripts.generate.template_helpers import text

_KINDS = {"json": "json", "data": "form", "files": "multipart", "content": "content"}


class OperationView:
    """Join an endpoint of the generator with its operation in the effective spec."""

    def __init__(
        self,
        slug: str,
        document: dict[str, Any],
        endpoint: Endpoint,
        path: str,
        expressions: Expressions,
        more: dict[int, tuple[str, str]],
    ) -> None:
        self.slug, self.document, self.endpoint = slug, document, endpoint
        self._expressions, self._more = expressions, more
        # The generator's own path has the Python names of the parameters in it; the vendor's stands in the spec.
        self.method, self.path = endpoint.method.upper(), path
        self.item: dict[str, Any] = document["paths"][path]
        self.operation: dict[str, Any] = self.item[endpoint.method]
        self.id: str = self.operation["operationId"]
        self.tag: str = str(endpoint.tags[0])
        self.module: str = str(strings.PythonIdentifier(endpoint.name, "field_"))
        self.where = f"{slug}, {self.id}"
        self.siblings: dict[str, OperationView] = {}

    # Arguments

    @cached_property
    def positional(self) -> list[Argument]:
        """Path parameters, in the order of the path."""
        order = re.findall(r"{([^}]+)}", self.path)
        found = {text(item.name): self._argument(item, "path") for item in self.endpoint.path_parameters}
        return [found[name] for name in order]

    @cached_property
    def keywords(self) -> list[Argument]:
        """Query, header and cookie parameters: required ones first."""
        endpoint = self.endpoint
        groups = (
            ("query", endpoint.query_parameters),
            ("headers", endpoint.header_parameters),
            ("cookies", endpoint.cookie_parameters),
        )
        found = [self._argument(item, self._place(place, item)) for place, items in groups for item in items]
        return sorted(found, key=lambda item: not item.required)

    def _place(self, place: str, prop: Any) -> str:
        """Return where a parameter goes: the generator was given some headers as parts of the query (`carried`)."""
        return place if self._declaration(place, text(prop.name)) else "headers"

    def _argument(self, prop: Any, place: str) -> Argument:
        wire = text(prop.name)
        declared = self._declaration(place, wire)
        default = repr(declared["x-client-default"]) if "x-client-default" in declared else "UNSET"
        # The runtime makes the value of an idempotency header once per logical call unless the caller gives one.
        own = wire == (self.operation.get("x-idempotency") or {}).get("header") or default != "UNSET"
        about = str(declared.get("description") or "") or text(prop.description)
        required = prop.required and not own
        return Argument(
            str(prop.python_name),
            wire,
            place,
            accepted_type(prop),
            required,
            about,
            prop,
            default,
            written=_written(declared),
        )

    def _declaration(self, place: str, wire: str) -> dict[str, Any]:
        location = {"headers": "header", "cookies": "cookie"}.get(place, place)
        found = [item for item in self.parameters if item.get("in") == location and item.get("name") == wire]
        return found[0] if found else {}

    @cached_property
    def parameters(self) -> list[dict[str, Any]]:
        """The declared parameters, those of the path item first."""
        return parameters(self.document, self.path, self.operation)

    # Body

    @cached_property
    def body(self) -> Any | None:
        """The property of the body, the first media type the generator reads."""
        return self.endpoint.bodies[0].prop if self.endpoint.bodies else None

    @cached_property
    def body_kind(self) -> str:
        """The runtime's keyword for the body: json, form, multipart or content."""
        return _KINDS[str(self.endpoint.bodies[0].body_type)] if self.endpoint.bodies else ""

    @cached_property
    def body_media(self) -> str:
        """The media type of the body where it is not the one of its kind."""
        return str(resolve(self.document, self.operation.get("requestBody")).get("x-media-type") or "")

    @cached_property
    def body_required(self) -> bool:
        """Tell whether the body must be given."""
        return self.body is not None and bool(resolve(self.document, self.operation.get("requestBody")).get("required"))

    @cached_property
    def body_type(self) -> str:
        """The type of the argument `body`: a model, or its members as a mapping."""
        if self.body is None:
            return ""
        kind = accepted_type(self.body)
        return f"str | {kind}" if self.body_kind == "content" and self.body_media.startswith("text/") else kind

    @cached_property
    def members(self) -> list[Argument]:
        """The members of the body as keyword arguments; empty when the body is no object with known members."""
        if not isinstance(self.body, ModelProperty):
            return []
        taken = {argument.name for argument in [*self.positional, *self.keywords]} | {"self", "body", "options"}
        found = []
        for prop in (self.body.required_properties or []) + (self.body.optional_properties or []):
            if str(prop.python_name) in taken:
                return []  # a name would mean two things: such a body is given whole
            found.append(
                Argument(
                    str(prop.python_name),
                    text(prop.name),
                    "body",
                    accepted_type(prop),
                    prop.required,
                    text(prop.description),
                    prop,
                )
            )
        return sorted(found, key=lambda item: not item.required)

    # Replies

    @cached_property
    def replies(self) -> list[ReplyView]:
        """How each documented reply is read, successes first."""
        return read_replies(self.document, self.operation, self.endpoint, self._expressions, self._more)

    @property
    def by_status(self) -> dict[str, list[str]]:
        """Status as code → its replies as code, one for each media type."""
        found: dict[str, list[str]] = {}
        for reply in self.replies:
            found.setdefault(reply.key, []).append(reply.declared)
        return found

    @property
    def readers(self) -> list[ReplyView]:
        """The replies whose readers differ."""
        return list({reply.function: reply for reply in self.replies if reply.reader}.values())

    @property
    def successes(self) -> list[ReplyView]:
        """The documented replies that are no errors; where none is, the default."""
        found = [reply for reply in self.replies if reply.key.strip("'").startswith("2")]
        return found or [reply for reply in self.replies if reply.key == "'default'"]

    @cached_property
    def result(self) -> str:
        """The type of a successful call."""
        kinds = list(dict.fromkeys(reply.type for reply in self.successes))
        return "Any" if "Any" in kinds else " | ".join(kinds) or "None"

    @cached_property
    def _success(self) -> Any:
        for response in self.endpoint.responses.patterns:
            if response.status_code.range and response.status_code.range[0] // 100 == 2:
                return response.prop
        default = self.endpoint.responses.default
        return default.prop if default else None

    # What the extensions say

    @cached_property
    def page(self) -> tuple[str, str] | None:
        """For an operation with pages: (path of the item list in Python names, type of an item)."""
        declared = self.operation.get("x-pagination")
        if not declared:
            return None
        prop, names = self._success, []
        for part in filter(None, declared["items"].split(".")):
            members = (
                (prop.required_properties or []) + (prop.optional_properties or [])
                if isinstance(prop, ModelProperty)
                else []
            )
            member = next((item for item in members if text(item.name) == part), None)
            if member is None:
                raise PipelineError(
                    f"x-pagination names the member {part!r}, which the reply does not have",
                    where=self.where,
                    todo="Correct `items`.",
                )
            names.append(str(member.python_name))
            prop = _single(member)
        kind = python_type(prop.inner_property) if isinstance(prop, ListProperty) else "Any"
        return ".".join(names), kind

    @cached_property
    def long(self) -> dict[str, Any] | None:
        """For an operation that starts work: how it is followed."""
        found = self.operation.get("x-long-running")
        return found if isinstance(found, dict) else None

    @cached_property
    def polled(self) -> OperationView:
        """The operation that asks how far long-running work is."""
        return self._sibling("x-long-running")

    @cached_property
    def outcome(self) -> dict[str, Any] | None:
        """For an operation whose effect can be read back: how."""
        found = self.operation.get("x-outcome-check")
        return found if isinstance(found, dict) else None

    @cached_property
    def read_back(self) -> OperationView:
        """The operation that shows whether a call took effect."""
        return self._sibling("x-outcome-check")

    def _sibling(self, extension: str) -> OperationView:
        name = self.operation[extension].get("operation")
        if name not in self.siblings:
            raise PipelineError(
                f"{extension} names the operation {name!r}, which does not exist",
                where=self.where,
                todo="Correct `operation`.",
            )
        return self.siblings[name]

    def module_of(self, other: OperationView) -> str:
        """The module of another operation, seen from this one."""
        return f"..{other.tag}.{other.module}"

    @property
    def final(self) -> str:
        """The type of the reply that ends long-running work."""
        return self.polled.result

    # Imports

    def type_imports(self, prefix: str) -> list[str]:
        """Return the import lines of every name in the types of this operation."""
        props = [argument.prop for argument in [*self.positional, *self.keywords, *self.members]]
        props += [self.body] if self.body is not None else []
        default = self.endpoint.responses.default
        props += [response.prop for response in [*self.endpoint.responses.patterns, *([default] if default else [])]]
        if self.page and isinstance(self._success, ModelProperty):
            props += list((self._success.required_properties or []) + (self._success.optional_properties or []))
        return [line for line in imports_of(props, prefix) if "import cast" not in line and ".types import" not in line]


def _written(parameter: dict[str, Any]) -> str:
    """Return how a value is written before it is sent: `json`, `pairs` (exploded objects of headers and cookies), or as its style says."""
    if str(parameter.get("x-media-type", "")).partition(";")[0].endswith("json"):
        return "json"
    place = parameter.get("in")
    return "pairs" if place in ("header", "cookie") and parameter.get("explode", place == "cookie") is True else ""


def _single(prop: Any) -> Any:
    """Return the one variant of a nullable property, or the property itself."""
    if isinstance(prop, UnionProperty):
        lists = [inner for inner in prop.inner_properties if isinstance(inner, ListProperty | ModelProperty)]
        if len(lists) == 1:
            return lists[0]
    return prop
