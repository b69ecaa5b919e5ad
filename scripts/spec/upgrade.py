"""Bring a document of any OpenAPI version into 3.1, in memory; the source keeps its bytes.

3.0 and 3.2 are read here; Swagger 2.0 becomes 3.0 by a Node library first (`scripts.spec.swagger`). Nothing inside extensions, examples, defaults or enums
changes, because `walk` never calls them parts.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from scripts.common.document import walk_parts
from scripts.common.jsonpath import Place, show_place
from scripts.common.problems import PipelineError

TARGET = "3.1.0"

# What 3.2 added that 3.1 cannot say, and that a client would get wrong without it.
_NEW_IN_32 = {
    "path item": ("query", "additionalOperations"),
    "media": ("itemSchema", "itemEncoding", "prefixEncoding"),
    "schema discriminator": ("defaultMapping",),
}
# What 3.2 added for readers only.
_READERS_32 = {
    "document": ("$self",),
    "tag": ("summary", "parent", "kind"),
    "response": ("summary",),
    "security scheme": ("deprecated", "oauth2MetadataUrl"),
    "schema xml": ("nodeType",),
}


def version_of(document: Any, *, where: str) -> str:
    """Return `2.0`, `3.0`, `3.1` or `3.2`.

    Raises:
        PipelineError: the document names no version, or one that is not known.
    """
    named = document.get("openapi", document.get("swagger")) if isinstance(document, dict) else None
    parts = str(named).split(".")
    version = ".".join(parts[:2])
    if named is None or isinstance(named, bool) or version not in ("2.0", "3.0", "3.1", "3.2"):
        found = "no `openapi` member" if named is None else f"openapi {named!r}"
        raise PipelineError(found, where=where, todo="This pipeline reads Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2.")
    return version


def upgrade(document: dict[str, Any], *, where: str) -> dict[str, Any]:
    """Return the document as OpenAPI 3.1; one that is 3.1 already comes back as it is.

    Raises:
        PipelineError: the version is unknown, or the document uses what 3.1 cannot say; all such places are named.
    """
    version = version_of(document, where=where)
    if version == "3.1":
        return document
    if version == "2.0":
        from scripts.spec.swagger import swagger_to_30

        document = swagger_to_30(document, where=where)
    result = copy.deepcopy(document)
    if version == "3.2":
        _from_32(result, where=where)
    else:
        _from_30(result)
    result["openapi"] = TARGET
    return result


def _from_30(document: dict[str, Any]) -> None:
    for kind, _, part in walk_parts(document):
        if kind == "schema":
            for step in (_reference, _listed, *OLD_WORDS):
                step(part)


def _reference(schema: dict[str, Any]) -> None:
    """Members beside `$ref` mean nothing in 3.0; kept are those that only describe, and `nullable`, which authors mean."""
    if isinstance(schema.get("$ref"), str):
        described = ("$ref", "title", "description", "deprecated", "readOnly", "writeOnly", "nullable", "example")
        for member in [key for key in schema if key not in described and not str(key).startswith("x-")]:
            del schema[member]


_UNIONS = ("oneOf", "anyOf")


def _nullable(schema: dict[str, Any]) -> None:
    nullable = schema.pop("nullable", False) is True
    if not nullable:
        return
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    variants = schema.get("oneOf", schema.get("anyOf"))
    if "allOf" in schema:  # whose parts would refuse null
        _wrap(
            schema,
            ("type", "allOf", *_UNIONS, "not", "properties", "required", "additionalProperties", "discriminator"),
        )
    elif kind is None and "$ref" in schema:
        _wrap(schema, ("$ref",))
    else:
        if kind is not None and "null" not in kinds:
            schema["type"] = [*kinds, "null"]
        if isinstance(variants, list) and {"type": "null"} not in variants:
            variants.append({"type": "null"})
        if kind is not None or not isinstance(variants, list):
            _allow_null(schema)


def _allow_null(schema: dict[str, Any]) -> None:
    values = schema.get("enum")
    if isinstance(values, list) and None not in values:
        schema["enum"] = [*values, None]


def _wrap(schema: dict[str, Any], members: tuple[str, ...]) -> None:
    inner = {key: schema.pop(key) for key in members if key in schema}
    schema["anyOf"] = [inner, {"type": "null"}]


def _exclusive(schema: dict[str, Any]) -> None:
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(schema.get(exclusive), bool):
            strict = schema.pop(exclusive)
            if strict and bound in schema:
                schema[exclusive] = schema.pop(bound)


def _listed(schema: dict[str, Any]) -> None:
    """A list of schemas for the items, which 3.0 does not know: each item is one of them."""
    items = schema.get("items")
    if isinstance(items, list) and items:
        schema["items"] = items[0] if len(items) == 1 else {"anyOf": items}


# Documents that say they are of 3.1 have these words of 3.0 as well.
OLD_WORDS: tuple[Callable[[dict[str, Any]], None], ...] = (_exclusive, _nullable)


def _from_32(document: dict[str, Any], *, where: str) -> None:
    lost: list[str] = []
    for kind, place, part in walk_parts(document):
        lost += [_show(place, member) for member in _NEW_IN_32.get(kind, ()) if member in part]
        for member in _READERS_32.get(kind, ()):
            part.pop(member, None)
        more = _MORE_32.get(kind)
        if more:
            lost += [_show(place, member) for member in more(part)]
    if lost:
        named = "; ".join(lost[:10]) + (f" and {len(lost) - 10} more" if len(lost) > 10 else "")
        raise PipelineError(
            f"what OpenAPI 3.1 cannot say: {named}",
            where=where,
            todo="Take these parts out, or describe them in the way of 3.1.",
        )


def _show(place: Place, member: str) -> str:
    return show_place((*place, member))


def _parameter_32(parameter: dict[str, Any]) -> list[str]:
    return [name for name, value in (("in", "querystring"), ("style", "cookie")) if parameter.get(name) == value]


def _schema_32(schema: dict[str, Any]) -> list[str]:
    for owner, members in (("discriminator", _NEW_IN_32["schema discriminator"]), ("xml", ())):
        inner = schema.get(owner)
        if isinstance(inner, dict):
            found = [f"{owner}.{member}" for member in members if member in inner]
            if found:
                return found
            for member in _READERS_32["schema xml"] if owner == "xml" else ():
                inner.pop(member, None)
    return []


def _response_32(response: dict[str, Any]) -> list[str]:
    if "$ref" not in response:
        response.setdefault("description", "")
    return []


def _server_32(server: dict[str, Any]) -> list[str]:
    if "name" in server:
        server.setdefault("x-name", server.pop("name"))
    return []


def _scheme_32(scheme: dict[str, Any]) -> list[str]:
    flows = scheme.get("flows")
    if isinstance(flows, dict) and "deviceAuthorization" in flows:
        if len(flows) == 1:
            return ["flows.deviceAuthorization"]
        del flows["deviceAuthorization"]
    return []


def _example_32(example: dict[str, Any]) -> list[str]:
    if "dataValue" in example:
        example["value"] = example.pop("dataValue")
    example.pop("serializedValue", None)
    return []


_MORE_32: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "parameter": _parameter_32,
    "schema": _schema_32,
    "response": _response_32,
    "server": _server_32,
    "security scheme": _scheme_32,
    "example": _example_32,
}
