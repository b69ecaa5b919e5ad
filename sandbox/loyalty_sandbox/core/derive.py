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
_PARAMETER = re.compile(r"\{([^{}/]+)\}")
_NOISE = re.compile(r"api|rest|v\d+|[a-z-]+-api", re.IGNORECASE)  # segments that say nothing about what is kept
_LISTS = ("items", "data", "results", "records", "content", "values")
_KEYS = ("_id", "id", "uuid", "key", "code")


@frozen
class Shape:
    """Where a reply holds a record or a list of them: its media type, its schema, and the path to the part."""

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
    key: str
    parents: tuple[str, ...]
    item: str | None
    shape: Shape | None
    upserts: bool = False


def derive(spec: Spec, same: Mapping[str, str]) -> dict[str, Plan]:
    """Derive the plans of a spec by operationId; `same` names path segments that mean another one."""
    plans = {name: plan for name, operation in spec.operations.items() if (plan := _plan(spec, operation, same))}
    plans = _with_keys(spec, plans)
    created = {plan.kind for plan in plans.values() if plan.verb == "create"}
    plans = {
        name: evolve(
            plan, upserts=plan.verb == "change" and spec.operations[name].method == "PUT" and plan.kind not in created
        )
        for name, plan in plans.items()
    }
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


def _plan(spec: Spec, operation: Operation, same: Mapping[str, str]) -> Plan | None:
    head, _, last = operation.template.rstrip("/").rpartition("/")
    named = _PARAMETER.fullmatch(last)
    template = head if named else operation.template
    kind = kind_of(template, same)
    if not kind or (named and _PARAMETER.search(head.rpartition("/")[2])):
        return None
    schema = reply_schema(spec, operation)
    has_body = bool(spec.success(operation)[1]["content"].value)
    if has_body and schema is None:
        return None  # a file or a text
    parents = tuple(_PARAMETER.findall(template))
    if named:
        verbs: dict[str, Verb] = {"GET": "read", "PUT": "change", "PATCH": "change", "DELETE": "delete"}
        verb = verbs.get(operation.method)
        return Plan(verb, kind, "", parents, named[1], None) if verb else None
    others = {each.method for each in spec.operations.values() if each.template == operation.template}
    has_items = any(
        each.template.rpartition("/")[0] == template and _is_item(each) for each in spec.operations.values()
    )
    if operation.method == "GET" and schema is not None and (found := _list_shape(spec, operation, schema)):
        return Plan("list", kind, "", parents, None, found)
    lists = next(
        (each for each in spec.operations.values() if each.template == template and each.method == "GET"), None
    )
    listed = (
        lists is not None and (found_schema := reply_schema(spec, lists)) and _list_shape(spec, lists, found_schema)
    )
    if operation.method == "POST" and (has_items or ("GET" in others and listed)):
        return Plan("create", kind, "", parents, None, None)
    return None


def _is_item(operation: Operation) -> bool:
    last = operation.template.rpartition("/")[2]
    return bool(_PARAMETER.fullmatch(last)) and operation.method in ("GET", "PUT", "PATCH", "DELETE")


def _list_shape(spec: Spec, operation: Operation, schema: Place) -> Shape | None:
    """Find the list in a reply: where `x-pagination` says, else the reply itself, else its member that is a list of objects."""
    declared: Any = operation.raw.get("x-pagination")
    if isinstance(declared, dict) and isinstance(declared.get("items"), str):
        path = tuple(filter(None, declared["items"].split(".")))
        return Shape(schema, path, _inside(spec, schema, path))
    if "array" in spec.kinds(schema):
        return Shape(schema, (), schema)
    last = operation.template.rpartition("/")[2]
    found = {path: part for path, part in _members(spec, schema, 2) if "array" in spec.kinds(part)}
    found = {path: part for path, part in found.items() if "object" in spec.kinds(spec.follow(part)["items"])}
    is_record = any(name in spec.properties(schema) for name in ("id", "_id"))
    for name in (*_LISTS, last):
        for path, part in found.items():
            if path[-1] == name:
                return Shape(schema, path, part)
    return Shape(schema, *next(iter(found.items()))) if len(found) == 1 and not is_record else None


def _inside(spec: Spec, schema: Place, path: tuple[str, ...]) -> Place:
    for name in path:
        schema = spec.properties(schema).get(name, Place({}, ""))
    return schema


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
    common = _common_key(spec, plans)
    for kind in {plan.kind for plan in plans.values()}:
        names = [name for name, plan in plans.items() if plan.kind == kind]
        schemas = [schema for name in names if (schema := _record_schema(spec, plans[name], spec.operations[name]))]
        item = next((plans[name].item for name in names if plans[name].item), None)
        key = _key(spec, schemas, item) or common
        shown = [
            _record_schema(spec, plans[name], spec.operations[name])
            for name in names
            if plans[name].verb in ("list", "read")
        ]
        known = {spec.follow(schema).pointer for schema in shown if schema is not None}
        for name in names:
            shape = plans[name].shape
            if plans[name].verb != "list":
                shape = _record_shape(spec, spec.operations[name], key, kind.rpartition("/")[2], known)
            plan = evolve(plans[name], key=key, shape=shape)
            if plan.verb == "create" and shape is None and not _is_told(spec, spec.operations[name], schemas):
                continue
            result[name] = plan
    return {name: result[name] for name in plans if name in result}


def _common_key(spec: Spec, plans: Mapping[str, Plan]) -> str:
    """Return the id that most records of the spec have, for those whose schema names none."""
    schemas = [_record_schema(spec, plan, spec.operations[name]) for name, plan in plans.items()]
    keys = Counter(_key(spec, [schema], None) for schema in schemas if schema is not None)
    return next((key for key, _ in keys.most_common() if key in ("id", "_id", "uuid")), "id")


def _record_schema(spec: Spec, plan: Plan, operation: Operation) -> Place | None:
    if plan.shape is not None:
        return spec.follow(plan.shape.part)["items"]
    schema = reply_schema(spec, operation)
    return _one(spec, schema) if schema is not None else None


def _one(spec: Spec, schema: Place) -> Place:
    """Return the schema of a record where a call answers with the whole collection."""
    return spec.follow(schema)["items"] if "array" in spec.kinds(schema) else schema


def _key(spec: Spec, schemas: list[Place], item: str | None) -> str:
    """Choose the member that is the id: the one that the path names, else a usual one; a wrapped record counts where none is plain."""
    outer = [spec.properties(schema) for schema in schemas]
    inner = [spec.properties(part) for members in outer for part in members.values() if "object" in spec.kinds(part)]
    for group in (outer, inner):
        members = {name: part for each in group for name, part in each.items()}
        plain = [name for name, part in members.items() if not spec.kinds(part) & {"object", "array", "boolean"}]
        if item in plain:
            return str(item)
        short = _plain(item or "")
        ends = [name for name in plain if short.endswith(_plain(name)) and name not in ("id", "_id")]
        for name in (*sorted(ends, key=len, reverse=True)[:1], *_KEYS):
            if name in plain:
                return name
    return ""


def _is_told(spec: Spec, operation: Operation, schemas: list[Place]) -> bool:
    """Say whether the body of a creation has members of the records, so that the record is what was sent."""
    content = operation.body["content"]
    media_type = preferred_media(content)
    sent = spec.properties(content[media_type]["schema"]) if media_type else {}
    members = {name for schema in schemas for name in spec.properties(schema)}
    return not members or bool(members & sent.keys())


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _record_shape(spec: Spec, operation: Operation, key: str, name: str, known: set[str]) -> Shape | None:
    """Find the record in a reply: the reply itself when it has the id, else its member that is an object with the id.

    Where no member is the id, a reply with one of the `known` schemas, those of lists and reads, is the record.
    """
    schema = reply_schema(spec, operation)
    if schema is None:
        return None
    part = _one(spec, schema)
    members = spec.properties(part)
    is_free = not members and spec.kinds(part) <= {"object"} and operation.method != "DELETE"
    if "array" in spec.kinds(schema) or key in members or is_free:
        return Shape(schema, (), part)
    inner = {each: part for each, part in members.items() if key and key in spec.properties(part)}
    for each in ("data", name.removesuffix("s"), *inner):
        if each in inner:
            return Shape(schema, (each,), inner[each])
    return Shape(schema, (), part) if spec.follow(part).pointer in known else None


def _with_views(spec: Spec, plans: dict[str, Plan]) -> dict[str, Plan]:
    """Let a nested collection be a view of the collection at the root whose name and records it shares."""
    schemas: dict[str, set[str]] = {}
    for plan in plans.values():
        found = _shown(spec, plan)
        if found is not None:
            schemas.setdefault(plan.kind, set()).add(found)
    keys = {plan.kind: plan.key for plan in plans.values()}
    result = {}
    for name, plan in plans.items():
        root = plan.kind.rpartition("/")[2]
        is_view = plan.parents and root != plan.kind and schemas.get(root, set()) & schemas.get(plan.kind, set())
        result[name] = evolve(plan, kind=root, key=keys[root]) if is_view else plan
    return result


def _shown(spec: Spec, plan: Plan) -> str | None:
    if plan.shape is None:
        return None
    part = spec.follow(plan.shape.part)
    return spec.follow(part["items"]).pointer if plan.verb == "list" else part.pointer


def parents_of(template: str, plans: Mapping[str, Plan], same: Mapping[str, str]) -> dict[str, str]:
    """Map the parameters of a path to the kinds of the records they name, the last one of the path included."""
    readable = {plan.kind for plan in plans.values() if plan.item is not None}
    found = {}
    for match in re.finditer(r"/\{([^{}/]+)\}(?=/|$)", template):
        kind = kind_of(template[: match.start()], same)
        last = kind.rpartition("/")[2]
        for each in (kind, last):
            if each in readable:
                found[match[1]] = each
                break
    return found
