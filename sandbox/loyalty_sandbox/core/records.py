"""Create, read, list, change and delete the records of a derived collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .derive import Plan, reply_schema
from .documents import JSON, Document
from .examples import build, required_headers
from .exchange import Rejected, Reply, Request
from .paging import cut
from .spec import MAX_DEPTH, Operation, Place, Spec
from .state import State

KEY, PARENTS = "$key", "$parents"  # of a stored record: its id, and the parameters of the path that it was made under
_TIMES = re.compile(r"(creat|updat|modif|chang).*", re.IGNORECASE)
_FORMS = (
    "{0:024x}",
    "00000000-0000-4000-8000-{0:012x}",
    "{0}",
    "{0:08d}",
    "{0:04d}",
    "{0:012d}",
    "A{0:011d}",
    "R{0:05d}",
)


def handle(spec: Spec, plan: Plan, operation: Operation, state: State, request: Request) -> Reply:
    """Do what a plan says; raises `Rejected` for what is not there or there already."""
    records = state.collection(plan.kind)
    if plan.verb == "list":
        return _list(spec, plan, operation, state, request)
    if plan.verb == "create":
        record = new_record(spec, plan, operation, state, request)
        return _reply(spec, plan, operation, state, request, keep(state, plan.kind, record))
    key = str(request.path[str(plan.item)])
    found = records.get(key)
    if found is None or not _is_below(plan, found, request):
        if not plan.upserts:
            raise Rejected("not-found", reason=plan.kind.rpartition("/")[2])
        found = {**new_record(spec, plan, operation, state, request), KEY: key}
        found |= {plan.key: request.path[str(plan.item)]} if plan.key else {}
    if plan.verb == "delete":
        records.delete(key)
    elif plan.verb == "change":
        _change(spec, plan, operation, state, request, found)
        keep(state, plan.kind, found)
    return _reply(spec, plan, operation, state, request, found)


def keep(state: State, kind: str, record: Document) -> Document:
    """Store a record under its id."""
    return state.collection(kind).put(record[KEY], record)


def check_parents(above: Mapping[str, str], state: State, request: Request) -> None:
    """Refuse a path below a record that is not there; `above` maps parameters of the path to kinds."""
    for name, kind in above.items():
        if state.collection(kind).get(str(request.path[name])) is None:
            raise Rejected("not-found", reason=kind.rpartition("/")[2])


def seed_record(
    spec: Spec, plans: Mapping[str, Plan], above: Mapping[str, Mapping[str, str]], kind: str, state: State
) -> None:
    """Put one record into a collection, made from the examples of the spec and found under its example id."""
    record: Document = {}
    parents: Document = {}
    for name, plan in plans.items():
        if plan.kind != kind:
            continue
        operation = spec.operations[name]
        parents |= {each: _example(spec, operation, each) for each in plan.parents}
        if plan.shape is not None:
            shown = _shown_example(spec, operation, plan)
            record = {**record, **shown} if plan.verb != "read" else {**shown, **record}
    names = [(name, each) for name, kinds in above.items() for each, its_kind in kinds.items() if its_kind == kind]
    names += [(name, plan.item) for name, plan in plans.items() if plan.kind == kind and plan.item]
    key = next((_example(spec, spec.operations[name], each) for name, each in names), None)
    own = next((plan.key for plan in plans.values() if plan.kind == kind), "")
    if key is None:
        key = record.get(own) if isinstance(record.get(own), str | int) else f"{kind.rpartition('/')[2]}-1"
    _name(record, own, key)
    keep(state, kind, {**record, KEY: str(key), PARENTS: parents})


def new_record(spec: Spec, plan: Plan, operation: Operation, state: State, request: Request) -> Document:
    """Make a record: an example of the reply, the members of the body over it, an id and times of our own."""
    members = _known(spec, plan)
    record: Document = {}
    if plan.shape is not None:
        built = build(spec, plan.shape.part)
        record = built if isinstance(built, dict) else {}
    sent = {name: value for name, value in request.members.items() if not members or name in members}
    if not isinstance(sent.get(plan.key), str | int) or isinstance(sent.get(plan.key), bool):
        sent.pop(plan.key, None)
    record |= sent
    record |= {name: value for name, value in request.path.items() if name in members and name in plan.parents}
    key = sent.get(plan.key)
    if key is None:
        key = new_id(spec, plan.kind, members.get(plan.key, Place({}, "")), state)
    _name(record, plan.key, key)
    if state.collection(plan.kind).get(str(key)) is not None:
        raise Rejected("conflict", reason=plan.kind.rpartition("/")[2])
    _stamp(spec, members, record, state, sent, "creat", "updat", "modif", "chang")
    parents = {name: request.path[name] for name in plan.parents}
    return {**record, KEY: str(key), PARENTS: parents}


def new_id(spec: Spec, kind: str, schema: Place, state: State) -> JSON:
    """Make the next id of a kind in a form that its schema allows; numbered, so that ids look artificial and repeat from run to run."""
    number = state.next_number(f"$id {kind}", first=1001)
    if spec.kinds(schema) & {"integer", "number"}:
        return number
    rules = spec.follow(schema).value
    samples = [rules.get("example"), *(rules.get("examples") or [])] if isinstance(rules, dict) else []
    texts = [form.format(number) for form in _FORMS]
    word = kind.rpartition("/")[2].removesuffix("s")
    if not any(isinstance(each, str) and re.fullmatch(r"[0-9a-f]{24}", each) for each in samples):
        texts = [texts[1]] if rules.get("format") == "uuid" else [f"{word}-{number}", *texts]
    for text in texts:
        if not schema.pointer or next(spec.schemas.errors(schema.pointer, text), None) is None:
            return text
    return texts[0]


def _name(record: Document, own: str, key: JSON) -> None:
    """Give a record its id, also under a second name that held the same."""
    before = record.get(own)
    for name in (own, "id", "_id"):
        if name == own or (before is not None and record.get(name) == before):
            record[name] = key


def show(spec: Spec, schema: Place, record: Document, key: str = "") -> Document:
    """Show a record as a schema describes it: the members that it names, the id where it is open, and what it demands besides."""
    members = spec.properties(schema)
    wanted = {*members, key} if _is_open(spec, schema) else {*members}
    plain = {
        name: value for name, value in record.items() if not name.startswith("$") and (not members or name in wanted)
    }
    shown: Document = _filled(spec, schema, plain)
    return shown


def _filled(spec: Spec, schema: Place, value: Any, depth: int = 0) -> Any:
    """Add what a schema demands and a value lacks: null where it may be null, else an example."""
    if isinstance(value, list) and depth < MAX_DEPTH:
        items = spec.follow(schema)["items"]
        return [_filled(spec, items, each, depth + 1) for each in value]
    if not isinstance(value, dict) or depth >= MAX_DEPTH:
        return value
    members = spec.properties(schema)
    filled = {
        name: _filled(spec, members[name], each, depth + 1) if name in members else each for name, each in value.items()
    }
    for name in sorted(spec.required(schema) - filled.keys()):
        inner = members.get(name, Place({}, ""))
        filled[name] = None if "null" in spec.kinds(inner) else build(spec, inner)
    return filled


def _is_open(spec: Spec, schema: Place) -> bool:
    rules = spec.follow(schema).value
    return not (
        isinstance(rules, dict) and False in (rules.get("additionalProperties"), rules.get("unevaluatedProperties"))
    )


def _list(spec: Spec, plan: Plan, operation: Operation, state: State, request: Request) -> Reply:
    shape = plan.shape
    assert shape is not None  # noqa: S101 - a list has its shape from the start
    records = [record for record in state.collection(plan.kind) if _is_below(plan, record, request)]
    rules = operation.raw.get("x-pagination")
    paging = set(map(str, rules.values())) if isinstance(rules, dict) else set()
    for name, value in request.query.items():  # a parameter that is called like a plain member asks for that member
        if name not in paging and any(name in record for record in records) and not isinstance(value, dict | list):
            records = [record for record in records if record.get(name) == value]
    page = cut(spec, operation, request.query, records, lambda record: str(record[KEY]))
    items = spec.follow(shape.part)["items"]
    shown: list[JSON] = [show(spec, items, record, plan.key) for record in page.records]
    body: Any = shown
    if shape.path:
        body = build(spec, shape.schema, lean=True)
        for path, value in {**page.members, shape.path: shown}.items():
            _put(body, path, value)
    status, response = spec.success(operation)
    return Reply(body, status=status, headers={**required_headers(spec, response), **page.headers})


def _put(body: Document, path: tuple[str, ...], value: JSON) -> None:
    for name in path[:-1]:
        inner = body.get(name)
        if not isinstance(inner, dict):
            inner = body[name] = {}
        body = inner
    if value is None:
        if path[-1] in body:
            body[path[-1]] = None
    else:
        body[path[-1]] = value


def _reply(spec: Spec, plan: Plan, operation: Operation, state: State, request: Request, record: Document) -> Reply:
    status, response = spec.success(operation)
    headers = required_headers(spec, response)
    if plan.verb == "create" and status == 201 and "Location" in response["headers"].value:
        headers["Location"] = f"{request.base_url}{request.raw_path.rstrip('/')}/{record[KEY]}"
    if not response["content"].value:
        return Reply(status=status, headers=headers)
    schema = reply_schema(spec, operation)
    if plan.shape is None or schema is None:
        return Reply(build(spec, schema) if schema else {}, status=status, headers=headers)
    if "array" in spec.kinds(schema):  # the answer is the collection after the change
        all_records = [each for each in state.collection(plan.kind) if _is_below(plan, each, request)]
        return Reply(
            [show(spec, plan.shape.part, each, plan.key) for each in all_records], status=status, headers=headers
        )
    shown = show(spec, plan.shape.part, record, plan.key)
    if not plan.shape.path:
        return Reply(shown, status=status, headers=headers)
    body = build(spec, schema)
    _put(body, plan.shape.path, shown)
    return Reply(body, status=status, headers=headers)


def _change(spec: Spec, plan: Plan, operation: Operation, state: State, request: Request, record: Document) -> None:
    """Take over the members of the body; `null` in a merge patch takes one away."""
    members = _known(spec, plan)
    sent = {name: value for name, value in request.members.items() if not members or name in members}
    for name, value in sent.items():
        if name == plan.key:
            continue
        if value is None and operation.method == "PATCH":
            record.pop(name, None)
        else:
            record[name] = value
    _stamp(spec, members, record, state, sent, "updat", "modif", "chang")


def _known(spec: Spec, plan: Plan) -> dict[str, Place]:
    return spec.properties(plan.shape.part) if plan.shape is not None else {}


def _stamp(
    spec: Spec, members: Mapping[str, Place], record: Document, state: State, sent: Document, *words: str
) -> None:
    for name, schema in members.items():
        rules = spec.follow(schema).value
        found = _TIMES.match(name)
        is_time = found and found[1].lower() in words and isinstance(rules, dict) and rules.get("format") == "date-time"
        if is_time and name not in sent and isinstance(record.get(name, ""), str):
            record[name] = state.timestamp


def _is_below(plan: Plan, record: Document, request: Request) -> bool:
    """Say whether a record hangs below the path: it was made there, or its own member says so."""
    parents = record.get(PARENTS, {})
    return all(str(request.path[name]) in (str(parents.get(name)), str(record.get(name))) for name in plan.parents)


def _example(spec: Spec, operation: Operation, name: str | None) -> JSON:
    for parameter in operation.parameters:
        if parameter.where == "path" and parameter.name == name:
            if "example" in parameter.raw:
                value: JSON = parameter.raw["example"]
                return value
            return build(spec, parameter.schema)  # type: ignore[no-any-return]
    return "1"


def _shown_example(spec: Spec, operation: Operation, plan: Plan) -> Document:
    shape = plan.shape
    assert shape is not None  # noqa: S101 - asked for plans with a shape only
    media = spec.success(operation)[1]["content"]
    body = next((each for each in _examples(media)), None)
    for name in shape.path:
        body = body.get(name) if isinstance(body, dict) else None
    if isinstance(body, list):
        body = body[0] if body else None
    if not isinstance(body, dict):
        body = build(spec, spec.follow(shape.part)["items"] if plan.verb == "list" else shape.part)
    return dict(body) if isinstance(body, dict) else {}


def _examples(content: Place) -> list[Any]:
    media: Document = next(iter(content.value.values()), {})
    named = [
        each["value"] for each in (media.get("examples") or {}).values() if isinstance(each, dict) and "value" in each
    ]
    return [media["example"]] if "example" in media else named
