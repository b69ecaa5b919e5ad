"""Work that takes time, by `x-long-running`: it is started, can be asked about, and ends with a result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from attrs import frozen

from .clock import iso, parse_time
from .derive import Plan, reply_schema
from .documents import Document
from .examples import build
from .exchange import Reply, Request
from .files import download_below, keep_file
from .records import KEY, new_record, show
from .spec import Operation, Spec
from .state import State

DURATION = 2.0  # seconds of the sandbox's clock
_JOBS = "$jobs"


@frozen
class Job:
    """How an operation starts work: the rules of its extension, and the plan of the operation that tells how far it is."""

    rules: Document
    poll: Plan


def find_job(spec: Spec, plans: dict[str, Plan], operation: Operation) -> Job | None:
    """Return how an operation starts work; None when it starts none, or none that can be asked about."""
    rules: Any = operation.raw.get("x-long-running")
    poll = plans.get(str(rules.get("operation"))) if isinstance(rules, dict) else None
    if poll is None or poll.shape is None or not {"status", "done"} <= rules.keys():
        return None
    return Job(rules, poll)


def start(spec: Spec, job: Job, operation: Operation, state: State, request: Request) -> Reply:
    """Start work and answer with its record, whose status is none of the last ones."""
    record = {**new_record(spec, job.poll, operation, state, request)}
    status = spec.properties(job.poll.shape.part).get(job.rules["status"]) if job.poll.shape else None
    ended = {*job.rules["done"], *job.rules.get("failed", [])}
    known = [str(value) for value in _values(spec, status)] if status else []
    record[job.rules["status"]] = next((value for value in known if value not in ended), "PENDING")
    for name in ("error", "result"):
        member = str(job.rules.get(name, "")).partition(".")[0]
        if member in record:
            record[member] = None
    state.collection(job.poll.kind).put(record[KEY], record)
    address = download_below(spec, operation)
    content = next(iter(request.uploads.values())).content if request.uploads else b""
    path = keep_file(state, address, record[KEY], content) if address else None
    due = iso(state.now + timedelta(seconds=DURATION))
    waiting: Document = {"kind": job.poll.kind, "key": record[KEY], "due": due, "rules": job.rules}
    waiting["result"] = f"{request.base_url}{path}" if path else None
    state.collection(_JOBS).put(f"{job.poll.kind} {record[KEY]}", waiting)
    status_code, _ = spec.success(operation)
    schema = reply_schema(spec, operation)
    if schema is None:
        return Reply(status=status_code)
    shown = show(spec, schema, record)
    return Reply(shown or build(spec, schema), status=status_code)


def work(state: State) -> None:
    """Let the work end whose time is over; runs at the start of every request."""
    for job in state.collection(_JOBS):
        if parse_time(job["due"]) > state.now:
            continue
        state.collection(_JOBS).delete(f"{job['kind']} {job['key']}")
        record = state.collection(job["kind"]).get(job["key"])
        if record is None:
            continue
        record[job["rules"]["status"]] = job["rules"]["done"][0]
        path = [part for part in str(job["rules"].get("result", "")).split(".") if part]
        if path and job["result"]:
            inner: Document = record
            for name in path[:-1]:
                inner[name] = inner[name] if isinstance(inner.get(name), dict) else {}
                inner = inner[name]
            inner[path[-1]] = job["result"]
        state.collection(job["kind"]).put(job["key"], record)


def _values(spec: Spec, schema: Any) -> list[Any]:
    rules = spec.follow(schema).value
    return list(rules.get("enum") or []) if isinstance(rules, dict) else []
