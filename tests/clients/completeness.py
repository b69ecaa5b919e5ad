"""Is every operation, parameter, member and reply of an effective spec in the table of its vendor, and nothing else?

A row has to give each parameter; each member that is sent has to stand in a row or a request fixture, each that is read in a reply fixture;
each status has a line. Only the comparison reads the spec: what a line expects is written by hand.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from scripts.common import document as documents
from scripts.common.document import resolve
from scripts.common.names import known_id
from scripts.generate.adapt.known import operations_known, schemas_known
from scripts.generate.adapt.walks import Notes
from tests.clients.replies import belongs, files, replies
from tests.clients.rows import Part, Row
from tests.clients.vendors import Client

Json = dict[str, Any]


def problems(client: Client, document: Json) -> list[str]:
    """Return one line for each thing that only one side has, with vendor, operation and name."""
    document = copy.deepcopy(document)
    operations_known(document, Notes())
    schemas_known(document, Notes())
    declared = dict(operations(document))
    lines = [
        f"{name}: the spec has this operation, the table has no row" for name in declared.keys() - client.rows.keys()
    ]
    lines += [
        f"{name}: the table has a row, the spec has no such operation" for name in client.rows.keys() - declared.keys()
    ]
    read: dict[str, tuple[str, bool]] = {}
    for name in [name for name in declared if name in client.rows]:
        row, operation = client.rows[name], declared[name]
        lines += [
            f"{name}: {line}" for line in (*parameters(document, row, operation), *statuses(client, row, operation))
        ]
        sent = dict(members(document, request_schema(document, operation), request_values(client, row), name))
        lines += [f"{name}: no row and no request fixture has {member}" for member, there in sent.items() if not there]
        lines += [
            f"{name}: the row gives {member}, the spec has no such member"
            for member in strangers(document, row, operation)
        ]
        for status, schema, values in reply_schemas(document, client, row, operation):
            for member, there in members(document, schema, values, f"{name} {status}"):
                first, before = read.get(member, (name, False))
                read[member] = first, before or there
    lines += [f"{name}: no reply fixture has {member}" for member, (name, there) in read.items() if not there]
    return sorted(f"{client.slug} {line}" for line in lines)


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    """Return (the operationId that users know, operation) with the parameters of the path."""
    for _, path, own in documents.operations(document):
        yield known_id(own), {**own, "parameters": documents.parameters(document, path, own)}


def parameters(document: Json, row: Row, operation: Json) -> Iterator[str]:
    """Compare the names of a row's query and headers with the declared parameters; an object in a query stands for its members."""
    needed: set[str] = set()
    is_open = False
    paths = 0
    for parameter in operation["parameters"]:
        schema = resolve(document, parameter.get("schema", {}))
        if parameter["in"] == "path":
            paths += 1
        elif parameter["in"] == "query" and "properties" in schema:
            needed |= {f"query {name}" for name in schema["properties"]}
            is_open = True
        else:
            needed.add(
                f"{parameter['in']} {parameter['name'].lower() if parameter['in'] == 'header' else parameter['name']}"
            )
    sent = {f"query {unquote(pair.partition('=')[0])}" for pair in (*row.sends.query, *row.first_page)}
    sent |= {f"header {name}" for name in row.sends.headers if name != "authorization"}
    yield from (f"the spec has the parameter {name}, the row does not send it" for name in needed - sent)
    if not is_open:
        yield from (f"the row sends {name}, the spec has no such parameter" for name in sent - needed)
    if paths != len(row.path):
        yield f"the path of the spec has {paths} parameters, the row gives {len(row.path)}"


def statuses(client: Client, row: Row, operation: Json) -> Iterator[str]:
    """Compare the replies of a row with the declared ones, and its fixtures with the row."""
    given = {str(status) for status in operation["responses"]}
    declared = {status if status in row.replies else in_range(status, row) for status in given}
    yield from (
        f"the spec has the reply {status}, the row has no line for it" for status in declared - row.replies.keys()
    )
    yield from (
        f"the row has the reply {status}, the spec has no such reply" for status in row.replies.keys() - declared
    )
    for path in files(client, row.operation, "reply"):
        if not any(belongs(path, status) for status in row.replies):
            yield f"the fixture {path.name} belongs to no reply of the row"


def in_range(status: str, row: Row) -> str:
    """Return the line of a row that a status belongs to: its range, if the row has that, else itself."""
    return f"{status[0]}XX" if f"{status[0]}XX" in row.replies else status


def request_schema(document: Json, operation: Json) -> Json:
    """Return the schema of an operation's body."""
    body = resolve(document, operation.get("requestBody", {}))
    return next((content.get("schema", {}) for content in body.get("content", {}).values()), {})


def request_values(client: Client, row: Row) -> list[Any]:
    """Return the bodies a row and its fixtures send."""
    values = [
        json.loads(path.read_bytes()) for path in files(client, row.operation, "request") if path.suffix == ".json"
    ]
    return [body_of(row), *values]


def body_of(row: Row) -> Any:
    """Return the body of a row; of a form the names of its parts."""
    body = row.sends.body
    parts = body if isinstance(body, list) else []
    return {part.name: "" for part in parts if isinstance(part, Part)} or body


def reply_schemas(document: Json, client: Client, row: Row, operation: Json) -> Iterator[tuple[str, Json, list[Any]]]:
    """Return status, schema and bodies of the JSON replies that both sides have."""
    for status, given in operation["responses"].items():
        line = str(status) if str(status) in row.replies else in_range(str(status), row)
        if line in row.replies:
            bodies = [reply.content for reply in replies(client, row, line) if reply.media == "application/json"]
            for media, content in resolve(document, given).get("content", {}).items():
                if media == "application/json":
                    yield str(status), content.get("schema", {}), [json.loads(body) for body in bodies if body]


def members(
    document: Json, schema: Json, values: list[Any], label: str, seen: tuple[str, ...] = ()
) -> Iterator[tuple[str, bool]]:
    """Return `Schema.member` for every member of a schema and whether any of the values has it; inline schemas are named by their place."""
    if "$ref" in schema:
        label = schema["$ref"].rpartition("/")[2]
        if label in seen:
            return
        schema, seen = resolve(document, schema), (*seen, label)
    objects = [value for value in values if isinstance(value, Mapping)]
    for name, inner in schema.get("properties", {}).items():
        yield f"{label}.{name}", any(name in value for value in objects)
        yield from members(
            document, inner, [value[name] for value in objects if name in value], f"{label}.{name}", seen
        )
    for key in ("allOf", "anyOf", "oneOf"):
        for inner in schema.get(key, ()):
            yield from members(document, inner, values, label, seen)
    if isinstance(inner := schema.get("additionalProperties"), dict):
        others = [item for value in objects for key, item in value.items() if key not in schema.get("properties", {})]
        yield from members(document, inner, others, f"{label}.*", seen)
    if "items" in schema:
        items = [item for value in values if isinstance(value, list) for item in value]
        yield from members(document, schema["items"], items, f"{label}[]", seen)


def strangers(document: Json, row: Row, operation: Json) -> set[str]:
    """Return the members at the top of a row's body that its schema does not name; a schema without names takes any."""
    schema, body = resolve(document, request_schema(document, operation)), body_of(row)
    objects = body if isinstance(body, list) else [body]
    known = named(document, schema.get("items", schema))
    return {name for item in objects if isinstance(item, dict) for name in item} - known if known else set()


def named(document: Json, schema: Json) -> set[str]:
    """Return the names of an object's members."""
    schema = resolve(document, schema)
    choices = [named(document, inner) for key in ("allOf", "anyOf", "oneOf") for inner in schema.get(key, ())]
    return set(schema.get("properties", {})).union(*choices)
