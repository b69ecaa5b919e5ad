"""Work that takes time, by `x-long-running`: it is started, can be asked about, and ends with a result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from attrs import frozen

from .clock import iso, parse_time
from .derive import Operations, Plan
from .documents import Document
from .examples import build
from .exchange import Reply, Request
from .files import download_below, keep_file
from .records import KEY, new_record, put_member, show
from .spec import Operation, Spec
from .state import State

DURATION = 2.0  # seconds of the sandbox's clock
_JOBS = "$jobs"


@frozen(eq=False)
class Job:
    """How an operation starts work: the rules of its extension, the plan of the operation that tells how far it is, the first status."""

    rules: Document
    poll: Plan
    first: str


def find_job(spec: Spec, plans: dict[str, Plan], operation: Operation) -> Job | None:
    """Return how an operation starts work; None when it starts none, or none that can be asked about."""
    rules: Any = operation.raw.get("x-long-running")
    poll = plans.get(spec.named(rules.get("operation"))) if isinstance(rules, dict) else None
    if poll is None or poll.shape is None or not {"status", "done"} <= rules.keys():
        return None
    ended = {*rules["done"], *rules.get("failed", [])}
    words = poll.shape.record.member(rules["status"]).get("enum", [])
    return Job(rules, poll, next((str(each) for each in words if each not in ended), "PENDING"))


def start(operations: Operations, job: Job, operation: Operation, state: State, request: Request) -> Reply:
    """Start work and answer with its record, whose status is none of the last ones."""
    record = {**new_record(job.poll, state, request), job.rules["status"]: job.first}
    state.collection(job.poll.kind).put(record[KEY], record)
    waiting: Document = {"kind": job.poll.kind, "key": record[KEY], "rules": job.rules, "result": None}
    waiting["due"] = iso(state.now + timedelta(seconds=DURATION))
    folder = download_below(operations, operation)
    if folder is not None:
        content = next(iter(request.uploads.values())).content if request.uploads else b""
        keep_file(state, f"{folder}/{record[KEY]}", content, "text/csv")
        waiting["result"] = f"{request.inbound.base_url}{folder}/{record[KEY]}"
    state.collection(_JOBS).put(f"{job.poll.kind} {record[KEY]}", waiting)
    status, schema = operation.success[0], operation.reply
    return Reply(show(schema, record) or build(schema), status=status) if schema else Reply(status=status)


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
        path = tuple(filter(None, str(job["rules"].get("result", "")).split(".")))
        if path and job["result"]:
            put_member(record, path, job["result"])
        state.collection(job["kind"]).put(job["key"], record)
