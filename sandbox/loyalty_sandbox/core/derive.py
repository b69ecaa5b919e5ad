"""Which operations of a spec create, read, list, change and delete the records of which collection.

`/orders` with `/orders/{id}` is a collection, also below another one, as in `/users/{userId}/orders`.
Where both are there and hold the same records, the second is a view of the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from attrs import evolve, frozen

from .nodes import Node
from .spec import PARAMETER, Operation, preferred

Verb = Literal["create", "read", "list", "change", "delete"]
Operations = Mapping[str, Operation]
_VERBS: dict[str, Verb] = {"GET": "read", "PUT": "change", "PATCH": "change", "DELETE": "delete"}
_NOISE = re.compile(r"api|rest|v\d+|[a-z-]+-api", re.IGNORECASE)  # segments that say nothing about what is kept
_SEGMENT = re.compile(r"/\{([^{}/]+)\}(?=/|$)")
_LISTS = ("items", "data", "results", "records", "content", "values")
_KEYS = ("_id", "id", "uuid", "key", "code")


@frozen(eq=False)
class Shape:
    """Where a reply holds a record or a list of them: its schema, the path to the part, and the schema of a record."""

    schema: Node
    path: tuple[str, ...]
    record: Node


@frozen(eq=False)
class Plan:
    """What an operation does: the verb, the kind of records, the member that is their id, and where the reply shows them.

    `parents` are the parameters of the path that narrow the collection; `item` is that of the record itself; `owner` names the member of
    records and claims that says whose they are.
    """

    verb: Verb
    kind: str
    parents: tuple[str, ...]
    item: str | None = None
    shape: Shape | None = None
    key: str = ""
    upserts: bool = False
    owner: str = ""

    @property
    def members(self) -> dict[str, Node]:
        """The schemas of the members that a record is known to have."""
        return self.shape.record.members if self.shape else {}


def derive(operations: Operations, same: Mapping[str, str], owner: str = "") -> dict[str, Plan]:
    """Derive the plans of a spec by operationId; `same` names path segments that mean another one."""
    found = {name: _plan(each, same) for name, each in operations.items()}
    collections = {_split(operations[name].template)[0] for name, plan in found.items() if plan}
    for name, each in operations.items():
        kind = kind_of(each.template, same)
        if each.method == "POST" and each.template in collections and kind and not each.is_file:
            found[name] = Plan("create", kind, tuple(PARAMETER.findall(each.template)))
    plans = _with_keys(operations, {name: plan for name, plan in found.items() if plan})
    created = {plan.kind for plan in plans.values() if plan.verb == "create"}
    shown: dict[str, set[int]] = {}
    for plan in plans.values():
        if plan.shape and plan.shape.record:
            shown.setdefault(plan.kind, set()).add(id(plan.shape.record))
    keys = {plan.kind: plan.key for plan in plans.values()}
    for name, plan in plans.items():
        is_put = plan.verb == "change" and operations[name].method == "PUT"
        root = plan.kind.rpartition("/")[
            2
        ]  # a nested collection is a view of the one at the root whose records it shows
        is_view = plan.parents and root != plan.kind and shown.get(root, set()) & shown.get(plan.kind, set())
        kind = root if is_view else plan.kind
        upserts = is_put and plan.kind not in created
        plans[name] = evolve(plan, upserts=upserts, owner=owner, kind=kind, key=keys[kind])
    return plans


def kind_of(template: str, same: Mapping[str, str]) -> str:
    """Name the records of a collection by the literal segments of its path."""
    words = [same.get(word, word) for word in template.strip("/").split("/") if not PARAMETER.fullmatch(word)]
    return "/".join(word for word in words if not _NOISE.fullmatch(word))


def parents_of(template: str, plans: Mapping[str, Plan], same: Mapping[str, str]) -> dict[str, str]:
    """Map the parameters of a path to the kinds of the records they name, the last one of the path included."""
    readable = {plan.kind for plan in plans.values() if plan.item is not None}
    found = [(match[1], kind_of(template[: match.start()], same)) for match in _SEGMENT.finditer(template)]
    named = {name: kind if kind in readable else kind.rpartition("/")[2] for name, kind in found}
    return {name: kind for name, kind in named.items() if kind in readable}


def _split(template: str) -> tuple[str, str | None]:
    """Return the path of the collection and the parameter that names a record of it, if the path ends with one."""
    head, _, last = template.rstrip("/").rpartition("/")
    named = PARAMETER.fullmatch(last)
    return (head, named[1]) if named else (template, None)


def _plan(operation: Operation, same: Mapping[str, str]) -> Plan | None:
    """Plan what works on one record, and lists."""
    collection, item = _split(operation.template)
    kind, parents = kind_of(collection, same), tuple(PARAMETER.findall(collection))
    if not kind or operation.is_file:
        return None
    if item is not None:
        verb = None if PARAMETER.fullmatch(collection.rpartition("/")[2]) else _VERBS.get(operation.method)
        return Plan(verb, kind, parents, item) if verb else None
    shape = _list_shape(operation) if operation.method == "GET" else None
    return Plan("list", kind, parents, shape=shape) if shape else None


def _list_shape(operation: Operation) -> Shape | None:
    """Find the list in a reply: where `x-pagination` says, else the reply itself, else its member that is a list of objects."""
    schema = operation.reply
    declared: Any = operation.raw.get("x-pagination")
    if schema is None:
        return None
    if isinstance(declared, dict) and isinstance(declared.get("items"), str):
        part, path = schema, tuple(filter(None, declared["items"].split(".")))
        for name in path:
            part = part.member(name)
        return Shape(schema, path, part.at("items"))
    if "array" in schema.kinds:
        return Shape(schema, (), schema.at("items"))
    outer = {(name,): part for name, part in schema.members.items()}
    inner = {
        (*path, name): each
        for path, part in outer.items()
        if "object" in part.kinds
        for name, each in part.members.items()
    }
    lists = {path: part.at("items") for path, part in (outer | inner).items() if "array" in part.kinds}
    found = {path: each for path, each in lists.items() if "object" in each.kinds}
    for name in (*_LISTS, operation.template.rpartition("/")[2]):
        for path, each in found.items():
            if path[-1] == name:
                return Shape(schema, path, each)
    is_record = schema.members.keys() & {"id", "_id"}
    return Shape(schema, *next(iter(found.items()))) if len(found) == 1 and not is_record else None


def _with_keys(operations: Operations, plans: dict[str, Plan]) -> dict[str, Plan]:
    """Choose the id of each kind from the schemas that show its records, and find those in the replies."""
    result = {}
    schemas = {name: plan.shape.record if plan.shape else _record(operations[name]) for name, plan in plans.items()}
    usual = Counter(_key([schema], "") for schema in schemas.values() if schema)
    common = next((key for key, _ in usual.most_common() if key in ("id", "_id", "uuid")), "id")
    for name, plan in plans.items():
        same = [each for each in plans if plans[each].kind == plan.kind]
        own = [schema for each in same if (schema := schemas[each])]
        key = _key(own, next((item for each in same if (item := plans[each].item)), "")) or common
        shown = [schemas[each] for each in same if plans[each].verb in ("list", "read")]
        shape = plan.shape or _record_shape(operations[name], key, plan.kind, shown)
        # A record that no reply shows is what was sent, if it has a member of those that are shown elsewhere.
        sent = preferred(operations[name].taken)[1].at("schema").members
        members = {member for schema in own for member in schema.members}
        if plan.verb != "create" or shape is not None or not members or members & sent.keys():
            result[name] = evolve(plan, key=key, shape=shape)
    return result


def _record(operation: Operation) -> Node | None:
    """Return the schema of a record that is not in a list; a call may answer with the whole collection."""
    schema = operation.reply
    return schema.at("items") if schema and "array" in schema.kinds else schema


def _key(schemas: Iterable[Node], item: str) -> str:
    """Choose the member that is the id: the one that the path names, else a usual one; a wrapped record counts where none is plain."""
    outer = {name: part for schema in schemas for name, part in schema.members.items()}
    inner = {name: each for part in outer.values() if "object" in part.kinds for name, each in part.members.items()}
    for members in (outer, inner):
        plain = [name for name, part in members.items() if not part.kinds & {"object", "array", "boolean"}]
        ends = [name for name in plain if _plain(item).endswith(_plain(name)) and name not in ("id", "_id")]
        for name in (item, *sorted(ends, key=len, reverse=True)[:1], *_KEYS):
            if name in plain:
                return name
    return ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _record_shape(operation: Operation, key: str, kind: str, shown: list[Node | None]) -> Shape | None:
    """Find the record in a reply: the reply itself when it has the id, else its member that is an object with the id.

    Where no member is the id, a reply with one of the schemas that lists and reads have `shown` is the record.
    """
    schema, part = operation.reply, _record(operation)
    if schema is None or part is None:
        return None
    is_free = not part.members and part.kinds <= {"object"} and operation.method != "DELETE"
    if "array" in schema.kinds or key in part.members or is_free:
        return Shape(schema, (), part)
    inner = {name: each for name, each in part.members.items() if key in each.members}
    for name in ("data", kind.rpartition("/")[2].removesuffix("s"), *inner):
        if name in inner:
            return Shape(schema, (name,), inner[name])
    return Shape(schema, (), part) if part and any(part is each for each in shown) else None
