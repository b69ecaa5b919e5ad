"""How each documented reply of an operation is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.model_property import ModelProperty

from scripts.common.document import mapping, resolve
from scripts.common.names import snake
from scripts.generate.expressions import Expressions, scalars
from scripts.generate.model_types import imports_of
from scripts.generate.template_helpers import text

# What the generator decodes a body with → the media type where the spec names none.
_MEDIA = {"Any": "application/json", "bytes": "application/octet-stream", "str": "text/plain", "None": None}


@dataclass(frozen=True)
class ReplyView:
    """Hold how one documented reply is read."""

    key: str
    media: str | None
    type: str
    reader: str
    imports: tuple[str, ...]

    @property
    def function(self) -> str:
        """The name of the function that reads it; replies of one type share one."""
        if self.type.isidentifier():
            return f"_read_{snake(self.type)}"
        kind = snake((self.media or "").partition(";")[0])
        return f"_read_body_{snake(self.key)}" + ("" if kind == "application_json" else f"_{kind}")

    @property
    def declared(self) -> str:
        """Write the `Reply` of the runtime."""
        parts = [self.function] if self.reader else []
        if self.media != "application/json":
            parts.append(f"media={self.media!r}")
        return f"_runtime.Reply({', '.join(parts)})"


def read_replies(
    document: dict[str, Any],
    operation: dict[str, Any],
    endpoint: Endpoint,
    expressions: Expressions,
    more: dict[int, tuple[str, str]],
) -> list[ReplyView]:
    """Return how each documented reply is read, in the order of the generator, the default last; `more` are further media types (`carried`)."""
    default = endpoint.responses.default
    found = [
        _reply(document, operation, response, expressions, more)
        for response in [*endpoint.responses.patterns, *([default] if default else [])]
    ]
    keys = list(dict.fromkeys(sorted((reply.key for reply in found), key=_order)))
    return sorted(found, key=lambda reply: keys.index(reply.key))


def _order(key: str) -> tuple[bool, bool]:
    return key == "'default'", key.startswith("'")


def _reply(
    document: dict[str, Any],
    operation: dict[str, Any],
    response: Any,
    expressions: Expressions,
    more: dict[int, tuple[str, str]],
) -> ReplyView:
    pattern, prop = response.status_code, response.prop
    status = pattern.pattern if pattern.range is None or pattern.is_range() else str(pattern.range[0])
    status, own = more.get(int(status), (status, "")) if status.isdigit() else (status, "")
    key = status if status.isdigit() else repr(status)
    media = _MEDIA[response.source["return_type"]]
    declared = resolve(document, mapping(operation.get("responses")).get(status))
    kind = "Any" if type(prop) is AnyProperty else text(prop.get_type_string(no_optional=True))
    return ReplyView(
        key,
        own or next(iter(mapping(declared.get("content"))), media),
        "None" if media is None else kind,
        "" if media is None else _reader(prop, expressions),
        imports_of([prop], "..."),
    )


def _reader(prop: Any, expressions: Expressions) -> str:
    """Return the expression that reads the body from `raw`, or nothing where it stays as it is."""
    if isinstance(prop, FileProperty):
        return "File(raw)"
    if isinstance(prop, ModelProperty):
        return f"read_reply_object({prop.class_info.name}, raw)"
    if scalars(prop):
        return ""
    reader = expressions.expression(prop, "raw")
    return "" if reader == "raw" else reader
