"""Create, read, list, change and delete the records of a derived collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .derive import Plan
from .documents import JSON, Document
from .examples import build, fit, required_headers, written
from .exchange import Refusal, Reply, Request
from .nodes import Node
from .paging import cut
from .spec import Operation, preferred
from .state import Collection, State

KEY, PARENTS = "$key", "$parents"  # of a stored record: its id, and the parameters of the path that it was made under
_CHANGED = re.compile(r"updat|modif|chang", re.IGNORECASE)
_MADE = re.compile(r"creat", re.IGNORECASE)
_HEX = "{0:024x}"
_FORMS = ("00000000-0000-4000-8000-{0:012x}", "{0}", "{0:08d}", "{0:04d}", "{0:012d}", "A{0:011d}", "R{0:05d}", _HEX)


def handle(plan: Plan, operation: Operation, state: State, request: Request) -> Reply:
    """Do what a plan says; raises `Refusal` for what is not there or there already."""
    if plan.verb == "list":
        found = _below(plan, state, request)
        rules = operation.raw.get("x-pagination")
        paging = set(map(str, rules.values())) if isinstance(rules, dict) else set()
        for name, value in request.query.items():  # a parameter that is called like a plain member asks for that member
            if name not in paging and any(name in record for record in found) and not isinstance(value, dict | list):
                found = [record for record in found if record.get(name) == value]
        return page_of(plan, operation, request, found)
    records = state.collection(plan.kind)
    if plan.item is None:
        record = new_record(plan, state, request)
    else:
        key = str(request.path[plan.item])
        known = records.get(key)
        if known is not None and _is_below(plan, known, request):
            record = known
        elif plan.upserts:
            record = {**new_record(plan, state, request), plan.key: request.path[plan.item], KEY: key}
        else:
            raise Refusal("not-found")
    if plan.verb == "delete":
        records.delete(record[KEY])
    elif plan.verb == "change":
        for name, value in request.members.items():
            if value is None and operation.method == "PATCH":  # null in a merge patch takes a member away
                record.pop(name, None)
            elif name != plan.key and (not plan.members or name in plan.members):
                record[name] = value
        _stamped(plan, record, state, request.members, _CHANGED)
    if plan.verb in ("create", "change"):
        records.put(record[KEY], record)
    return _reply(plan, operation, state, request, record)


def check_parents(above: Mapping[str, str], plan: Plan | None, state: State, request: Request) -> None:
    """Refuse a path below a record that is not there; `above` maps parameters of the path to kinds."""
    for name, kind in above.items():
        is_own = plan is not None and plan.item == name
        if not is_own and state.collection(kind).get(str(request.path[name])) is None:
            raise Refusal("not-found")


def seed_record(
    operations: Mapping[str, Operation],
    plans: Mapping[str, Plan],
    above: Mapping[str, Mapping[str, str]],
    kind: str,
    state: State,
) -> None:
    """Put one record into a collection, made from the examples of the spec and found under its example id."""
    own = {name: plan for name, plan in plans.items() if plan.kind == kind}
    record: Document = {}
    for name, plan in sorted(own.items(), key=lambda pair: pair[1].verb != "read"):
        record |= _shown_example(operations[name], plan)
    parents = {each: _path_example(operations[name], each) for name, plan in own.items() for each in plan.parents}
    id_name = next(iter(own.values())).key
    named = [(name, each) for name, kinds in above.items() for each, its_kind in kinds.items() if its_kind == kind]
    before = record.get(id_name)
    known = before if isinstance(before, str | int) else f"{kind.rpartition('/')[2]}-1"
    key = next((_path_example(operations[name], each) for name, each in named), known)
    second = {name for name in ("id", "_id") if before is not None and record.get(name) == before}
    record |= dict.fromkeys((id_name, *sorted(second)), key)
    state.collection(kind).put(str(key), {**record, KEY: str(key), PARENTS: parents})


def lay_over(collection: Collection, found: Mapping[str, Document]) -> None:
    """Put records over those of the spec's examples, or beside them; null takes away a member that is there."""
    for key, record in found.items():
        known = collection.get(key) or {KEY: key, PARENTS: {}}
        kept = {name: value for name, value in record.items() if value is not None or name not in known}
        collection.put(key, {name: value for name, value in known.items() if name not in record} | kept)


def new_record(plan: Plan, state: State, request: Request) -> Document:
    """Make a record of what was sent, with an id and times of our own."""
    members = plan.members
    record = {name: value for name, value in request.members.items() if not members or name in members}
    record |= {name: request.path[name] for name in plan.parents if name in members}
    key = record.get(plan.key)
    if not isinstance(key, str | int) or isinstance(key, bool):
        key = _new_id(plan, state)
    if state.collection(plan.kind).get(str(key)) is not None:
        raise Refusal("conflict")
    unset = {"id", "_id"} & (members.keys() - record.keys())
    record |= dict.fromkeys((plan.key, *sorted(unset)), key)
    record |= {plan.owner: request.claims.get(plan.owner)} if plan.owner else {}
    _stamped(plan, record, state, request.members, _MADE, _CHANGED)
    return {**record, KEY: str(key), PARENTS: {name: request.path[name] for name in plan.parents}}


def show(schema: Node, record: Document, key: str = "") -> Document:
    """Show a record as a schema describes it, with its id where the schema is open."""
    closed = any(schema.get(word) is False for word in ("additionalProperties", "unevaluatedProperties"))
    shown: Document = fit(schema, record)
    return shown if closed or key not in record else {**shown, key: record[key]}


def page_of(plan: Plan, operation: Operation, request: Request, records: list[Document]) -> Reply:
    """Answer a list with the page of some records that the request asks for."""
    shape = plan.shape
    assert shape is not None  # noqa: S101 - a list has its shape from the start
    page = cut(operation, request, records, lambda record: str(record.get(KEY, record.get("id"))))
    shown = [show(shape.record, record, plan.key) for record in page.records]
    status, response = operation.success
    headers = {**required_headers(response), **page.headers}
    if not shape.path:
        return Reply(list(shown), status=status, headers=headers)
    body: Document = {}
    for path, value in page.members.items():
        put_member(body, path, value)
    body = fit(shape.schema, body)
    put_member(body, shape.path, shown)
    return Reply(body, status=status, headers=headers)


def put_member(body: Document, path: tuple[str, ...], value: JSON) -> Document:
    """Set a member of an object, or of one inside it, and return the object."""
    part = body
    for name in path[:-1]:
        part[name] = part[name] if isinstance(part.get(name), dict) else {}
        part = part[name]
    part[path[-1]] = value
    return body


def _new_id(plan: Plan, state: State) -> JSON:
    """Make the next id of a kind in a form that its schema allows; numbered, so that ids look artificial and repeat from run to run."""
    number = state.next_number(f"$id {plan.kind}", first=1001)
    word = f"{plan.kind.rpartition('/')[2].removesuffix('s')}-{number}"
    schema = plan.members.get(plan.key, Node())
    if schema.kinds & {"integer", "number"}:
        return number
    samples = [schema.get("example"), *(schema.get("examples") or [])]
    texts = [word, *(form.format(number) for form in _FORMS)]
    if any(isinstance(each, str) and re.fullmatch(r"[0-9a-f]{24}", each) for each in samples):
        texts.insert(0, _HEX.format(number))
    return next(filter(schema.fits, texts), word)


def _reply(plan: Plan, operation: Operation, state: State, request: Request, record: Document) -> Reply:
    (status, response), schema, shape = operation.success, operation.reply, plan.shape
    headers = required_headers(response)
    if plan.verb == "create" and status == 201 and "Location" in response.at("headers"):
        headers["Location"] = f"{request.inbound.base_url}{request.inbound.path.rstrip('/')}/{record[KEY]}"
    if schema is None:
        return Reply(status=status, headers=headers)
    body: JSON
    if shape is None:
        body = build(schema)
    elif "array" in schema.kinds:  # the answer is the collection after the change
        body = [show(shape.record, each, plan.key) for each in _below(plan, state, request)]
    else:
        shown = show(shape.record, record, plan.key)
        body = put_member(build(schema), shape.path, shown) if shape.path else shown
    return Reply(body, status=status, headers=headers)


def _stamped(plan: Plan, record: Document, state: State, sent: Document, *words: re.Pattern[str]) -> Document:
    """Set the times of a record that were not sent."""
    for name, schema in plan.members.items():
        if any(word.match(name) for word in words) and name not in sent and schema.get("format") == "date-time":
            record[name] = state.timestamp
    return record


def _below(plan: Plan, state: State, request: Request) -> list[Document]:
    return [record for record in state.collection(plan.kind) if _is_below(plan, record, request)]


def _is_below(plan: Plan, record: Document, request: Request) -> bool:
    """Say whether a record is the caller's and hangs below the path: it was made there, or its own member says so."""
    if plan.owner and record.get(plan.owner) != request.claims.get(plan.owner):
        return False
    parents = record.get(PARENTS, {})
    return all(str(request.path[name]) in (str(parents.get(name)), str(record.get(name))) for name in plan.parents)


def _path_example(operation: Operation, name: str) -> JSON:
    found = next((each for each in operation.parameters if (each.where, each.name) == ("path", name)), None)
    value: JSON = "1" if found is None else found.raw["example"] if "example" in found.raw else build(found.schema)
    return value


def _shown_example(operation: Operation, plan: Plan) -> Document:
    """Return the record in the first example of a reply, else one made from its schema."""
    if plan.shape is None:
        return {}
    body: Any = next(written(preferred(operation.success[1].at("content"))[1]), None)
    for name in plan.shape.path:
        body = body.get(name) if isinstance(body, dict) else None
    if isinstance(body, list):
        body = body[0] if body else None
    if not isinstance(body, dict):
        body = build(plan.shape.record)
    return dict(body) if isinstance(body, dict) else {}
