"""Write schemas and documents of OpenAPI 3.1 in the words of 3.0 and of Swagger 2.0, as far as those have words for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scripts.common.document import mapping, resolve, walk

Json = dict[str, Any]
_NEW = ("$comment", "contentMediaType", "contentEncoding", "patternProperties", "propertyNames", "if", "then", "else")


def as_30(schema: Json) -> Json:
    """Write a schema in the words of OpenAPI 3.0; it is changed."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        left = [item for item in kinds if item != "null"]
        if "null" in kinds:
            schema["nullable"] = True
        schema.pop("type")
        if len(left) == 1:
            schema["type"] = left[0]
        elif left:
            schema["anyOf"] = [{"type": item} for item in left]
    for word in ("anyOf", "oneOf"):
        parts = schema.get(word)
        if parts and {"type": "null"} in parts:
            schema[word] = [part for part in parts if part != {"type": "null"}]
            schema["nullable"] = True
            if len(schema[word]) == 1:
                schema["allOf"] = schema.pop(word)
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if isinstance(schema.get("examples"), list):
        schema["example"] = schema.pop("examples")[0]
    for word, base in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(word), int | float) and not isinstance(schema[word], bool):
            schema[base] = schema.pop(word)
            schema[word] = True
    for word in _NEW:
        schema.pop(word, None)
    return schema


def as_swagger(document: Json) -> Json:
    """Return a document of OpenAPI 3.0 as Swagger 2.0; what that has no words for is left open."""
    parts = document["components"]
    server = urlsplit(document["servers"][0]["url"].replace("{scheme}", "https"))
    host = server.netloc.replace("{host}", "api.example.com")
    result: Json = {
        "swagger": "2.0",
        "info": document["info"],
        "host": host,
        "basePath": server.path or "/",
        "schemes": ["https"],
        "paths": {path: _item(document, item) for path, item in document["paths"].items()},
        "definitions": parts["schemas"],
        "securityDefinitions": {name: _scheme(scheme) for name, scheme in parts["securitySchemes"].items()},
        **({"security": document["security"]} if "security" in document else {}),
    }
    for part in walk(result):
        _open(part.node)
    return result


def _open(node: Any) -> None:
    """Take from a schema what Swagger 2.0 does not know."""
    if not isinstance(node, dict):
        return
    reference = node.get("$ref")
    if isinstance(reference, str):
        node["$ref"] = reference.replace("#/components/schemas/", "#/definitions/")
    if isinstance(node.get("nullable"), bool):
        node["x-nullable"] = node.pop("nullable")
    for word in ("anyOf", "oneOf", "not"):
        if isinstance(node.get(word), list | dict) and "responses" not in node:
            del node[word]
            node.pop("discriminator", None)
    for word in ("writeOnly", "deprecated"):
        if isinstance(node.get(word), bool) and "responses" not in node:
            del node[word]
    if "default" in node and node["default"] is None:
        del node["default"]
    if isinstance(node.get("discriminator"), dict):
        node["discriminator"] = node["discriminator"].get("propertyName")


def _item(document: Json, item: Json) -> Json:
    return {method: _operation(document, operation) for method, operation in item.items()}


def _operation(document: Json, operation: Json) -> Json:
    result = {key: value for key, value in operation.items() if key not in ("parameters", "requestBody", "responses")}
    listed = [_parameter(part) for part in operation.get("parameters") or []]
    body = mapping(operation.get("requestBody"))
    media = list(mapping(body.get("content")))
    if media and "form" in media[0]:
        schema = resolve(document, mapping(body["content"][media[0]].get("schema")))
        listed += [
            {"in": "formData", **_plain(name, member), "required": name in (schema.get("required") or [])}
            for name, member in mapping(schema.get("properties")).items()
        ]
    elif media:
        schema = body["content"][media[0]].get("schema", {})
        listed.append({"in": "body", "name": "body", "required": bool(body.get("required")), "schema": schema})
    if media:
        result["consumes"] = [media[0]]
    made = {mime for reply in operation["responses"].values() for mime in mapping(reply.get("content"))}
    return {
        **result,
        **({"produces": sorted(made)} if made else {}),
        **({"parameters": listed} if listed else {}),
        "responses": {status: _reply(reply) for status, reply in operation["responses"].items()},
    }


def _reply(reply: Json) -> Json:
    content = next(iter(mapping(reply.get("content")).values()), None)
    result = {"description": reply.get("description", "")}
    return {**result, "schema": content["schema"]} if content and "schema" in content else result


def _parameter(part: Json) -> Json:
    result = _plain(part["name"], mapping(part.get("schema")))
    kept: Json = {key: part[key] for key in ("description", "required") if key in part}
    if result["type"] == "array" and part["in"] == "query":
        result["collectionFormat"] = "csv" if part.get("explode") is False else "multi"
    return {"in": part["in"], **result, **kept}


def _plain(name: str, schema: Json) -> Json:
    kind = schema.get("type") if schema.get("type") in ("string", "integer", "number", "boolean", "array") else "string"
    if schema.get("format") == "binary":
        kind = "file"
    words = ("format", "enum", "default", "minimum", "maximum", "pattern") if kind != "file" else ()
    items = {"items": {"type": mapping(schema.get("items")).get("type", "string")}} if kind == "array" else {}
    return {"name": name, "type": kind, **{word: schema[word] for word in words if word in schema}, **items}


def _scheme(scheme: Json) -> Json:
    if scheme["type"] == "apiKey":
        return scheme
    if scheme["type"] == "http":
        return (
            {"type": "basic"}
            if scheme["scheme"] == "basic"
            else {"type": "apiKey", "in": "header", "name": "Authorization"}
        )
    flow, values = next(iter(scheme["flows"].items()))
    name = {"clientCredentials": "application", "authorizationCode": "accessCode"}.get(flow, flow)
    return {
        "type": "oauth2",
        "flow": name,
        "scopes": values.get("scopes", {}),
        **{key: value for key, value in values.items() if key in ("tokenUrl", "authorizationUrl")},
    }
