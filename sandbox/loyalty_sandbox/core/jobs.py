"""Files, which can be downloaded where they were sent to, and work that takes time, by `x-long-running`, and may end with a file."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from attrs import frozen

from .clock import iso, parse_time
from .derive import Operations, Plan
from .documents import Document
from .examples import build
from .exchange import Reply, Request
from .records import KEY, new_record, put_member, show
from .spec import Operation, preferred
from .state import State

DURATION = 2.0  # seconds of the sandbox's clock
_JOBS, _FILES = "$jobs", "$files"


@frozen(eq=False)
class Job:
    """How an operation starts work: the rules of its extension, the plan of the operation that tells how far it is, the first status."""

    rules: Document
    poll: Plan
    first: str


def find_job(operations: Operations, plans: dict[str, Plan], operation: Operation) -> Job | None:
    """Return how an operation starts work; None when it starts none, or none that can be asked about."""
    rules: Any = operation.raw.get("x-long-running")
    if not isinstance(rules, dict) or not {"status", "done", "operation"} <= rules.keys():
        return None
    # By the vendor's operationId, or by the one that users know.
    polls = (name for name, each in operations.items() if rules["operation"] in (each.raw.get("operationId"), name))
    poll = plans.get(next(polls, ""))
    if poll is None or poll.shape is None:
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


def is_download(operation: Operation) -> bool:
    """Say whether an operation gives a file."""
    return operation.method == "GET" and operation.is_file


def is_kept(operations: Operations, operation: Operation) -> bool:
    """Say whether an operation takes or gives a file that the spec lets both be done with."""
    same = [each for each in operations.values() if each.template == operation.template]
    return any(each.method in ("PUT", "POST") and each.taken for each in same) and any(map(is_download, same))


def download(operation: Operation, state: State, request: Request) -> Reply | None:
    """Return the file that is kept under the path; None when there is none."""
    found = state.collection(_FILES).get(request.inbound.path)
    if found is None:
        return None
    status, response = operation.success
    declared, _ = preferred(response.at("content"))
    media_type = found["media_type"] if "*" in declared else declared
    return Reply(base64.b64decode(found["content"]), status=status, media_type=media_type)


def upload(state: State, request: Request) -> bool:
    """Keep the file of a request where it can be downloaded; False without a file."""
    for file in request.uploads.values():
        keep_file(state, request.inbound.path, file.content, file.media_type)
    return bool(request.uploads)


def download_below(operations: Operations, operation: Operation) -> str | None:
    """Return the path of the download whose last part is the id of a file that the operation makes."""
    words = [word for word in operation.template.strip("/").split("/") if not word.startswith("{")]
    for each in operations.values():
        head, _, last = each.template.rpartition("/")
        inner = head.strip("/").split("/")
        is_file = is_download(each) and last.startswith("{") and "{" not in head
        if is_file and (inner[0], inner[-1]) == (words[0], words[-1]):
            return head
    return None


def keep_file(state: State, path: str, content: bytes, media_type: str) -> None:
    """Keep a file under a path."""
    kept = {"content": base64.b64encode(content).decode(), "media_type": media_type or "application/octet-stream"}
    state.collection(_FILES).put(path, kept)
