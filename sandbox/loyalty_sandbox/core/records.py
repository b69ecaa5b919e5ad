"""Create, read, list, change and delete the records of a derived collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .derive import Plan, reply_schema
from .documents import JSON, Document
from .examples import build, build_neutral, example_bodies, required_headers
from .exchange import Refusal, Reply, Request
from .paging import cut
from .spec import MAX_DEPTH, NOTHING, Operation, Place, Spec
from .state import Collection, State

KEY, PARENTS = "$key", "$parents"  # of a stored record: its id, and the parameters of the path that it was made under
_CREATED = re.compile(r"creat|updat|modif|chang", re.IGNORECASE)
_CHANGED = re.compile(r"updat|modif|chang", re.IGNORECASE)
_HEX = "{0:024x}"
_FORMS = ("00000000-0000-4000-8000-{0:012x}", "{0}", "{0:08d}", "{0:04d}", "{0:012d}", "A{0:011d}", "R{0:05d}", _HEX)


def handle(spec: Spec, plan: Plan, operation: Operation, state: State, request: Request) -> Reply:
    """Do what a plan says; raises `Refusal` for what is not there or there already."""
    if plan.verb == "list":
        return _list(spec, plan, operation, state, request)
    records = state.collection(plan.kind)
    if plan.item is None:
        record = new_record(spec, plan, state, request)
    else:
        key = str(request.path[plan.item])
        found = records.get(key)
        if found is None or not _is_below(plan, found, request):
            if not plan.upserts:
                raise Refusal("not-found")
            found = {**new_record(spec, plan, state, request), plan.key: request.path[plan.item], KEY: key}
        record = found
    if plan.verb == "delete":
        records.delete(record[KEY])
    elif plan.verb == "change":
        _change(spec, plan, operation, state, request, record)
    if plan.verb in ("create", "change"):
        records.put(record[KEY], record)
    return _reply(spec, plan, operation, state, request, record)


def check_parents(above: Mapping[str, str], plan: Plan | None, state: State, request: Request) -> None:
    """Refuse a path below a record that is not there; `above` maps parameters of the path to kinds."""
    for name, kind in above.items():
        is_own = plan is not None and plan.item == name
        if not is_own and state.collection(kind).get(str(request.path[name])) is None:
            raise Refusal("not-found")


def seed_record(
    spec: Spec, plans: Mapping[str, Plan], above: Mapping[str, Mapping[str, str]], kind: str, state: State
) -> None:
    """Put one record into a collection, made from the examples of the spec and found under its example id."""
    record: Document = {}
    parents: Document = {}
    own = ""
    for name, plan in plans.items():
        if plan.kind == kind:
            operation, own = spec.operations[name], plan.key
            parents |= {each: _path_example(spec, operation, each) for each in plan.parents}
            shown = _shown_example(spec, operation, plan)
            record = {**shown, **record} if plan.verb == "read" else {**record, **shown}
    named = [(name, each) for name, kinds in above.items() for each, its_kind in kinds.items() if its_kind == kind]
    known = record.get(own) if isinstance(record.get(own), str | int) else f"{kind.rpartition('/')[2]}-1"
    key = next((_path_example(spec, spec.operations[name], each) for name, each in named), known)
    before = record.get(own)
    record[own] = key
    for name in ("id", "_id"):  # the same id under a second name
        if before is not None and record.get(name) == before:
            record[name] = key
    state.collection(kind).put(str(key), {**record, KEY: str(key), PARENTS: parents})


def amend(records: Collection, key: str, members: Document) -> Document:
    """Change members of a record, which is made where the examples of the spec gave none."""
    return records.put(key, {KEY: key, PARENTS: {}, **(records.get(key) or {}), **members})


def new_record(spec: Spec, plan: Plan, state: State, request: Request) -> Document:
    """Make a record of what was sent, with an id and times of our own."""
    members = _known(spec, plan)
    record = {name: value for name, value in request.members.items() if not members or name in members}
    record |= {name: request.path[name] for name in plan.parents if name in members}
    key = record.get(plan.key)
    if not isinstance(key, str | int) or isinstance(key, bool):
        key = _new_id(spec, plan.kind, spec.member(plan.shape.part, plan.key) if plan.shape else None, state)
    if state.collection(plan.kind).get(str(key)) is not None:
        raise Refusal("conflict")
    unset = {"id", "_id"} & (members.keys() - record.keys())
    record |= dict.fromkeys((plan.key, *sorted(unset)), key)
    _stamp(spec, members, record, state, _CREATED, request.members)
    return {**record, KEY: str(key), PARENTS: {name: request.path[name] for name in plan.parents}}


def show(spec: Spec, schema: Place, record: Document, key: str = "") -> Document:
    """Show a record as a schema describes it, with its id where the schema is open."""
    rules = spec.follow(schema).value
    closing = ("additionalProperties", "unevaluatedProperties")
    closed = isinstance(rules, dict) and any(rules.get(word) is False for word in closing)
    shown: Document = fit(spec, schema, record)
    return shown if closed or key not in record else {**shown, key: record[key]}


def fit(spec: Spec, schema: Place, value: Any, depth: int = 0) -> Any:
    """Fit a value to a schema: without members that it does not name or allow to be null, with neutral ones for those it demands."""
    if isinstance(value, list) and depth < MAX_DEPTH:
        items = spec.items(schema)
        return [fit(spec, items, each, depth + 1) for each in value]
    if not isinstance(value, dict) or depth >= MAX_DEPTH:
        return value
    members, found = spec.properties(schema), spec.follow(schema).value
    rules = found if isinstance(found, dict) else {}
    is_open = not members or bool(rules.keys() & {"oneOf", "anyOf"} or rules.get("additionalProperties"))
    fitted = {}
    for name, each in value.items():
        inner = members.get(name, NOTHING)
        is_named = name in members or (is_open and not name.startswith("$"))
        if is_named and (each is not None or spec.kinds(inner) <= {"null"} or "null" in spec.kinds(inner)):
            fitted[name] = fit(spec, inner, each, depth + 1)
    for name in sorted(spec.required(schema) - fitted.keys()):
        inner = members.get(name, NOTHING)
        is_plain = "object" not in spec.kinds(inner) or "null" in spec.kinds(inner)
        fitted[name] = build_neutral(spec, inner) if is_plain else fit(spec, inner, {}, depth + 1)
    return fitted


def _new_id(spec: Spec, kind: str, schema: Place | None, state: State) -> JSON:
    """Make the next id of a kind in a form that its schema allows; numbered, so that ids look artificial and repeat from run to run."""
    number = state.next_number(f"$id {kind}", first=1001)
    word = f"{kind.rpartition('/')[2].removesuffix('s')}-{number}"
    if schema is None or not schema.pointer:
        return word
    if spec.kinds(schema) & {"integer", "number"}:
        return number
    rules = spec.follow(schema).value
    samples = [rules.get("example"), *(rules.get("examples") or [])]
    texts = [word, *(form.format(number) for form in _FORMS)]
    if any(isinstance(each, str) and re.fullmatch(r"[0-9a-f]{24}", each) for each in samples):
        texts.insert(0, _HEX.format(number))
    return next((text for text in texts if next(spec.schemas.errors(schema.pointer, text), None) is None), word)


def _list(spec: Spec, plan: Plan, operation: Operation, state: State, request: Request) -> Reply:
    records = _below(plan, state, request)
    rules = operation.raw.get("x-pagination")
    paging = set(map(str, rules.values())) if isinstance(rules, dict) else set()
    for name, value in request.query.items():  # a parameter that is called like a plain member asks for that member
        if name not in paging and any(name in record for record in records) and not isinstance(value, dict | list):
            records = [record for record in records if record.get(name) == value]
    return page_of(spec, plan, operation, request, records)


def page_of(spec: Spec, plan: Plan, operation: Operation, request: Request, records: list[Document]) -> Reply:
    """Answer a list with the page of some records that the request asks for."""
    shape = plan.shape
    assert shape is not None  # noqa: S101 - a list has its shape from the start
    page = cut(spec, operation, request, records, lambda record: str(record.get(KEY, record.get("id"))))
    shown = [show(spec, spec.items(shape.part), record, plan.key) for record in page.records]
    status, response = spec.success(operation)
    headers = {**required_headers(spec, response), **page.headers}
    if not shape.path:
        return Reply(list(shown), status=status, headers=headers)
    body: Document = {}
    for path, value in page.besides.items():
        put_member(body, path, value)
    body = fit(spec, shape.schema, body)
    for path, value in {**page.members, shape.path: shown}.items():
        put_member(body, path, value)
    return Reply(body, status=status, headers=headers)


def put_member(body: Document, path: tuple[str, ...], value: JSON) -> None:
    """Set a member; null only where there is one."""
    for name in path[:-1]:
        body[name] = body[name] if isinstance(body.get(name), dict) else {}
        body = body[name]
    if value is not None or path[-1] in body:
        body[path[-1]] = value


def _reply(spec: Spec, plan: Plan, operation: Operation, state: State, request: Request, record: Document) -> Reply:
    status, response = spec.success(operation)
    headers = required_headers(spec, response)
    if plan.verb == "create" and status == 201 and "Location" in response["headers"].value:
        headers["Location"] = f"{request.inbound.base_url}{request.inbound.path.rstrip('/')}/{record[KEY]}"
    schema = reply_schema(spec, operation)
    if schema is None:
        return Reply(status=status, headers=headers)
    if plan.shape is None:
        return Reply(build(spec, schema), status=status, headers=headers)
    if "array" in spec.kinds(schema):  # the answer is the collection after the change
        every = [show(spec, plan.shape.part, each, plan.key) for each in _below(plan, state, request)]
        return Reply(list(every), status=status, headers=headers)
    shown = show(spec, plan.shape.part, record, plan.key)
    body = build(spec, schema) if plan.shape.path else shown
    if plan.shape.path:
        put_member(body, plan.shape.path, shown)
    return Reply(body, status=status, headers=headers)


def _change(spec: Spec, plan: Plan, operation: Operation, state: State, request: Request, record: Document) -> None:
    """Take over the members of the body; `null` in a merge patch takes one away."""
    members = _known(spec, plan)
    for name, value in request.members.items():
        if name == plan.key or (members and name not in members):
            continue
        if value is None and operation.method == "PATCH":
            record.pop(name, None)
        else:
            record[name] = value
    _stamp(spec, members, record, state, _CHANGED, request.members)


def _known(spec: Spec, plan: Plan) -> dict[str, Place]:
    return spec.properties(plan.shape.part) if plan.shape is not None else {}


def _stamp(
    spec: Spec, members: Mapping[str, Place], record: Document, state: State, words: re.Pattern[str], sent: Document
) -> None:
    """Set the times of the record that were not sent."""
    for name, schema in members.items():
        rules = spec.follow(schema).value
        if words.match(name) and name not in sent and isinstance(rules, dict) and rules.get("format") == "date-time":
            record[name] = state.timestamp


def _below(plan: Plan, state: State, request: Request) -> list[Document]:
    return [record for record in state.collection(plan.kind) if _is_below(plan, record, request)]


def _is_below(plan: Plan, record: Document, request: Request) -> bool:
    """Say whether a record hangs below the path: it was made there, or its own member says so."""
    parents = record.get(PARENTS, {})
    return all(str(request.path[name]) in (str(parents.get(name)), str(record.get(name))) for name in plan.parents)


def _path_example(spec: Spec, operation: Operation, name: str) -> JSON:
    for parameter in operation.parameters:
        if parameter.where == "path" and parameter.name == name:
            found: JSON = parameter.raw["example"] if "example" in parameter.raw else build(spec, parameter.schema)
            return found
    return "1"


def _shown_example(spec: Spec, operation: Operation, plan: Plan) -> Document:
    """Return the record in the first example of a reply, else one made from its schema."""
    if plan.shape is None:
        return {}
    body: Any = next(example_bodies(spec, operation), None)
    for name in plan.shape.path:
        body = body.get(name) if isinstance(body, dict) else None
    if isinstance(body, list):
        body = body[0] if body else None
    if not isinstance(body, dict):
        body = build(spec, spec.items(plan.shape.part) if plan.verb == "list" else plan.shape.part)
    return dict(body) if isinstance(body, dict) else {}
