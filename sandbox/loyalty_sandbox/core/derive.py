"""Which operations of a spec create, read, list, change and delete the records of which collection.

`/orders` with `/orders/{id}` is a collection, also below another one, as in `/users/{userId}/orders`.
Where both are there and hold the same records, the second is a view of the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from attrs import evolve, frozen

from .examples import preferred_media
from .spec import Operation, Place, Spec

Verb = Literal["create", "read", "list", "change", "delete"]
_VERBS: dict[str, Verb] = {"GET": "read", "PUT": "change", "PATCH": "change", "DELETE": "delete"}
_PARAMETER = re.compile(r"\{([^{}/]+)\}")
_NOISE = re.compile(r"api|rest|v\d+|[a-z-]+-api", re.IGNORECASE)  # segments that say nothing about what is kept
_LISTS = ("items", "data", "results", "records", "content", "values")
_KEYS = ("_id", "id", "uuid", "key", "code")


@frozen
class Shape:
    """Where a reply holds a record or a list of them: its schema, the path to the part, and the part's schema."""

    schema: Place
    path: tuple[str, ...]
    part: Place


@frozen
class Plan:
    """What an operation does: the verb, the kind of records, the member that is their id, and where the reply shows them.

    `parents` are the parameters of the path that narrow the collection; `item` is that of the record itself.
    """

    verb: Verb
    kind: str
    parents: tuple[str, ...]
    item: str | None = None
    shape: Shape | None = None
    key: str = ""
    upserts: bool = False


def derive(spec: Spec, same: Mapping[str, str]) -> dict[str, Plan]:
    """Derive the plans of a spec by operationId; `same` names path segments that mean another one."""
    plans: dict[str, Plan] = {}
    collections = set()
    for name, operation in spec.operations.items():
        plan = _plan(spec, operation, same)
        if plan is not None:
            plans[name] = plan
            collections.add(_split(operation.template)[0])
    for name, operation in spec.operations.items():
        is_collection = operation.method == "POST" and operation.template in collections
        if is_collection and not _is_file(spec, operation) and kind_of(operation.template, same):
            parents = tuple(_PARAMETER.findall(operation.template))
            plans[name] = Plan("create", kind_of(operation.template, same), parents)
    plans = _with_keys(spec, {name: plans[name] for name in spec.operations if name in plans})
    created = {plan.kind for plan in plans.values() if plan.verb == "create"}
    for name, plan in plans.items():
        is_put = plan.verb == "change" and spec.operations[name].method == "PUT"
        plans[name] = evolve(plan, upserts=is_put and plan.kind not in created)
    return _with_views(spec, plans)


def reply_schema(spec: Spec, operation: Operation) -> Place | None:
    """Return the schema of the JSON that an operation answers with; None for other answers."""
    content = spec.success(operation)[1]["content"]
    media_type = preferred_media(content)
    if media_type is None or not media_type.partition(";")[0].strip().endswith("json"):
        return None
    return content[media_type]["schema"]


def kind_of(template: str, same: Mapping[str, str]) -> str:
    """Name the records of a collection by the literal segments of its path."""
    words = [same.get(word, word) for word in template.strip("/").split("/") if not _PARAMETER.fullmatch(word)]
    return "/".join(word for word in words if not _NOISE.fullmatch(word))


def parents_of(template: str, plans: Mapping[str, Plan], same: Mapping[str, str]) -> dict[str, str]:
    """Map the parameters of a path to the kinds of the records they name, the last one of the path included."""
    readable = {plan.kind for plan in plans.values() if plan.item is not None}
    found = {}
    for match in re.finditer(r"/\{([^{}/]+)\}(?=/|$)", template):
        kind = kind_of(template[: match.start()], same)
        known = next((each for each in (kind, kind.rpartition("/")[2]) if each in readable), None)
        if known is not None:
            found[match[1]] = known
    return found


def _split(template: str) -> tuple[str, str | None]:
    """Return the path of the collection and the parameter that names a record of it, if the path ends with one."""
    head, _, last = template.rstrip("/").rpartition("/")
    named = _PARAMETER.fullmatch(last)
    return (head, named[1]) if named else (template, None)


def _is_file(spec: Spec, operation: Operation) -> bool:
    """Say whether an operation answers with a file or a text."""
    return bool(spec.success(operation)[1]["content"].value) and reply_schema(spec, operation) is None


def _plan(spec: Spec, operation: Operation, same: Mapping[str, str]) -> Plan | None:
    """Plan what works on one record, and lists."""
    collection, item = _split(operation.template)
    kind, parents = kind_of(collection, same), tuple(_PARAMETER.findall(collection))
    if not kind or _is_file(spec, operation):
        return None
    if item is not None:
        verb = None if _PARAMETER.fullmatch(collection.rpartition("/")[2]) else _VERBS.get(operation.method)
        return Plan(verb, kind, parents, item) if verb else None
    shape = _list_shape(spec, operation) if operation.method == "GET" else None
    return Plan("list", kind, parents, shape=shape) if shape else None


def _list_shape(spec: Spec, operation: Operation) -> Shape | None:
    """Find the list in a reply: where `x-pagination` says, else the reply itself, else its member that is a list of objects."""
    schema = reply_schema(spec, operation)
    declared: Any = operation.raw.get("x-pagination")
    if schema is None:
        return None
    if isinstance(declared, dict) and isinstance(declared.get("items"), str):
        part, path = schema, tuple(filter(None, declared["items"].split(".")))
        for name in path:
            part = spec.member(part, name)
        return Shape(schema, path, part)
    if "array" in spec.kinds(schema):
        return Shape(schema, (), schema)
    found = {path: part for path, part in _members(spec, schema, 2) if "array" in spec.kinds(part)}
    found = {path: part for path, part in found.items() if "object" in spec.kinds(spec.items(part))}
    for name in (*_LISTS, operation.template.rpartition("/")[2]):
        for path, part in found.items():
            if path[-1] == name:
                return Shape(schema, path, part)
    is_record = spec.properties(schema).keys() & {"id", "_id"}
    return Shape(schema, *next(iter(found.items()))) if len(found) == 1 and not is_record else None


def _members(spec: Spec, schema: Place, depth: int) -> list[tuple[tuple[str, ...], Place]]:
    found: list[tuple[tuple[str, ...], Place]] = []
    for name, part in spec.properties(schema).items():
        found.append(((name,), part))
        if depth > 1 and "object" in spec.kinds(part):
            found += [((name, *path), inner) for path, inner in _members(spec, part, depth - 1)]
    return found


def _with_keys(spec: Spec, plans: dict[str, Plan]) -> dict[str, Plan]:
    """Choose the id of each kind from the schemas that show its records, and find those in the replies."""
    result = {}
    schemas = {name: _record_schema(spec, plan, spec.operations[name]) for name, plan in plans.items()}
    usual = Counter(_key(spec, [schema], None) for schema in schemas.values() if schema)
    common = next((key for key, _ in usual.most_common() if key in ("id", "_id", "uuid")), "id")
    for name, plan in plans.items():
        same = [each for each in plans if plans[each].kind == plan.kind]
        own = [schema for each in same if (schema := schemas[each])]
        key = _key(spec, own, next((plans[each].item for each in same if plans[each].item), None)) or common
        shown = [schemas[each] for each in same if plans[each].verb in ("list", "read")]
        pointers = {spec.follow(schema).pointer for schema in shown if schema}
        shape = plan.shape or _record_shape(spec, spec.operations[name], key, plan.kind, pointers)
        if plan.verb != "create" or shape is not None or _is_told(spec, spec.operations[name], own):
            result[name] = evolve(plan, key=key, shape=shape)
    return result


def _record_schema(spec: Spec, plan: Plan, operation: Operation) -> Place | None:
    """Return the schema of a record; a call may answer with the whole collection."""
    if plan.shape is not None:
        return spec.items(plan.shape.part)
    schema = reply_schema(spec, operation)
    return spec.items(schema) if schema and "array" in spec.kinds(schema) else schema


def _key(spec: Spec, schemas: list[Place], item: str | None) -> str:
    """Choose the member that is the id: the one that the path names, else a usual one; a wrapped record counts where none is plain."""
    outer = [spec.properties(schema) for schema in schemas]
    inner = [spec.properties(part) for members in outer for part in members.values() if "object" in spec.kinds(part)]
    short = _plain(item or "")
    for group in (outer, inner):
        members = {name: part for each in group for name, part in each.items()}
        plain = [name for name, part in members.items() if not spec.kinds(part) & {"object", "array", "boolean"}]
        ends = [name for name in plain if short.endswith(_plain(name)) and name not in ("id", "_id")]
        for name in (item, *sorted(ends, key=len, reverse=True)[:1], *_KEYS):
            if name in plain:
                return str(name)
    return ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _is_told(spec: Spec, operation: Operation, schemas: list[Place]) -> bool:
    """Say whether the body of a creation has members of the records, so that the record is what was sent."""
    content = operation.body["content"]
    media_type = preferred_media(content)
    sent = spec.properties(content[media_type]["schema"]) if media_type else {}
    members = {name for schema in schemas for name in spec.properties(schema)}
    return not members or bool(members & sent.keys())


def _record_shape(spec: Spec, operation: Operation, key: str, kind: str, known: set[str]) -> Shape | None:
    """Find the record in a reply: the reply itself when it has the id, else its member that is an object with the id.

    Where no member is the id, a reply with one of the `known` schemas, those of lists and reads, is the record.
    """
    schema = reply_schema(spec, operation)
    if schema is None:
        return None
    part = spec.items(schema) if "array" in spec.kinds(schema) else schema
    members = spec.properties(part)
    is_free = not members and spec.kinds(part) <= {"object"} and operation.method != "DELETE"
    if "array" in spec.kinds(schema) or key in members or is_free:
        return Shape(schema, (), part)
    inner = {each: part for each, part in members.items() if key in spec.properties(part)}
    for each in ("data", kind.rpartition("/")[2].removesuffix("s"), *inner):
        if each in inner:
            return Shape(schema, (each,), inner[each])
    return Shape(schema, (), part) if spec.follow(part).pointer in known else None


def _with_views(spec: Spec, plans: dict[str, Plan]) -> dict[str, Plan]:
    """Let a nested collection be a view of the collection at the root whose name and records it shares."""
    shown: dict[str, set[str]] = {}
    for plan in plans.values():
        if plan.shape is not None:
            part = spec.follow(plan.shape.part)
            found = spec.follow(part["items"]) if plan.verb == "list" else part
            shown.setdefault(plan.kind, set()).add(found.pointer)
    keys = {plan.kind: plan.key for plan in plans.values()}
    result = {}
    for name, plan in plans.items():
        root = plan.kind.rpartition("/")[2]
        is_view = plan.parents and root != plan.kind and shown.get(root, set()) & shown.get(plan.kind, set())
        result[name] = evolve(plan, kind=root, key=keys[root]) if is_view else plan
    return result
