"""One vendor at work: route, authenticate, limit, check, handle, check again - in one transaction."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from urllib.parse import parse_qsl

from attrs import evolve, frozen

from .checks import Checked, Checker
from .clock import Clock
from .documents import JSON, to_json
from .examples import example_replies
from .exchange import Caller, Refusal, Refused, Reply, Request, Upload
from .forms import read_form
from .limits import Limits
from .operations import Operation, read_operations
from .routing import Match, Router, WrongMethod
from .security import Denied, authenticate
from .specs import read_spec
from .state import State
from .store import Store
from .vendor import ExtraRoute, Vendor

_LOG = logging.getLogger(__name__)


@frozen
class Inbound:
    """A request as it came, `path` below the vendor's address and still percent-encoded."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    base_url: str
    client: str = ""

    @property
    def header_map(self) -> dict[str, str]:
        """Headers by lower-case name; the last of equal names counts."""
        return {name.lower(): value for name, value in self.headers}


@frozen
class Outcome:
    """A finished answer: bytes, what it is, and how it broke the effective spec.

    `behaviour` is `stateful`, `example`, `sandbox` (no such operation), `fault` or `violation` (the sandbox is wrong).
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    operation_id: str | None
    behaviour: str
    violations: tuple[str, ...] = ()


class _Violation(Exception):
    def __init__(self, violations: list[str], reply: Reply) -> None:
        super().__init__("; ".join(violations))
        self.violations = tuple(violations)
        self.reply = reply


class Engine:
    """Answers the requests of one vendor."""

    def __init__(self, vendor: Vendor, store: Store, clock: Clock, limits: Limits) -> None:
        """Read the vendor's effective spec; raises `SandboxError` without one, `ValueError` for a handler without an operation."""
        if vendor.refuser is None:
            raise ValueError(f"{vendor.slug}: no function is registered with @refuses")
        self.vendor = vendor
        self.spec = read_spec(vendor.slug)
        self.operations = {operation.operation_id: operation for operation in read_operations(self.spec)}
        strangers = sorted(vendor.handlers.keys() - self.operations.keys())
        if strangers:
            raise ValueError(
                f"{vendor.slug}: handlers for operations that the effective spec lacks: {', '.join(strangers)}"
            )
        self.state = State(store, clock, vendor.slug)
        self._store = store
        self._limits = limits
        self._refuser = vendor.refuser
        self._checker = Checker(self.spec)
        self._router: Router[Operation] = Router(self.operations.values())
        self._doors: Router[ExtraRoute] = Router(vendor.extra_routes)

    def behaviour(self, operation_id: str) -> str:
        """Say whether an operation is `stateful` or an `example`."""
        return "stateful" if operation_id in self.vendor.handlers else "example"

    def find(self, method: str, path: str) -> Match[Operation] | WrongMethod | None:
        """Find the operation of a request."""
        found = self._router.match(method, path)
        if found is None and self.vendor.trailing_slash and path.endswith("/"):
            found = self._router.match(method, path[:-1])
        return found

    def answer(self, inbound: Inbound) -> Outcome:
        """Carry out a request, or refuse it; what a refusal did is undone."""
        found = self.find(inbound.method, inbound.path)
        if not isinstance(found, Match):
            return self._door(inbound) or self._no_operation(inbound, found)
        operation = found.target
        reply = None
        try:
            with self._store.transaction():
                for tick in self.vendor.tickers:
                    tick(self.state)
                reply = self._checked(operation, self._handle(operation, found.path, inbound))
        except Refused as refused:
            return self._refused(operation, refused.reply)
        except _Violation as violation:
            return _violated(operation, violation)
        except Exception as error:  # noqa: BLE001 - a mistake in a handler becomes an answer that says so, and the state stays whole
            _LOG.exception("%s %s failed", self.vendor.slug, operation.operation_id)
            return _broken(
                operation,
                f"The handler of {operation.operation_id} failed; nothing was changed.",
                [f"{type(error).__name__}: {error}"],
            )
        return _finish(reply, operation.operation_id, self.behaviour(operation.operation_id))

    def refuse(self, operation: Operation | None, inbound: Inbound, status: int) -> Outcome:
        """Answer with a status in the vendor's error shape, without carrying anything out: a fault on demand."""
        refusal = Refusal(
            "fault", operation.operation_id if operation else None, inbound.method, inbound.path, status=status
        )
        return _finish(evolve(self._refuser(refusal), status=status), refusal.operation_id, "fault")

    def _refused(self, operation: Operation, reply: Reply) -> Outcome:
        try:
            return _finish(
                self._checked(operation, reply), operation.operation_id, self.behaviour(operation.operation_id)
            )
        except _Violation as violation:
            return _violated(operation, violation)

    def _handle(self, operation: Operation, path: Mapping[str, str], inbound: Inbound) -> Reply:
        headers = inbound.header_map
        pairs = parse_qsl(inbound.query, keep_blank_values=True)
        refusal = Refusal("invalid", operation.operation_id, inbound.method, inbound.path)
        caller = authenticate(
            self.spec,
            operation,
            self.state,
            headers=headers,
            query=dict(pairs),
            authenticator=self.vendor.authenticator,
        )
        if isinstance(caller, Denied):
            raise Refused(self._refuser(evolve(refusal, kind="unauthorized", reason=caller.reason)))
        checked = self._checker.check_request(
            operation, path=path, query=pairs, headers=list(inbound.headers), body=inbound.body
        )
        body, uploads = read_form(headers.get("content-type", ""), inbound.body)
        request = _request(operation, checked, inbound, caller=caller, body=body, uploads=uploads)
        self._limit(operation, request, inbound, refusal)
        if checked.faults:
            raise Refused(self._refuser(evolve(refusal, faults=checked.faults)))
        handler = self.vendor.handlers.get(operation.operation_id)
        return handler(self.state, request) if handler else self._example(operation)

    def _limit(self, operation: Operation, request: Request, inbound: Inbound, refusal: Refusal) -> None:
        key = request.caller.id if request.caller else (self.vendor.keyer(request) if self.vendor.keyer else None)
        wait = self._limits.take(self.vendor.slug, operation, key or f"address {inbound.client}")
        if wait > 0:
            reply = self._refuser(evolve(refusal, kind="too-many-requests", retry_after=wait))
            raise Refused(evolve(reply, headers={**reply.headers, "Retry-After": str(math.ceil(wait))}))

    def _example(self, operation: Operation) -> Reply:
        violations = ["the effective spec has no success response"]
        reply = Reply()
        for reply in example_replies(self.spec, operation):
            violations = self._violations(operation, reply)
            if not violations:
                return reply
        raise _Violation([f"no example of the effective spec is valid: {violations[0]}"], reply)

    def _violations(self, operation: Operation, reply: Reply) -> list[str]:
        return self._checker.check_response(
            operation, status=reply.status, headers=reply.headers, media_type=reply.media_type, body=encode(reply.body)
        )

    def _checked(self, operation: Operation, reply: Reply) -> Reply:
        violations = self._violations(operation, reply)
        if violations:
            raise _Violation(violations, reply)
        return reply

    def _door(self, inbound: Inbound) -> Outcome | None:
        """Answer at a path that the effective spec does not have, if the vendor has opened one."""
        found = self._doors.match(inbound.method, inbound.path)
        if not isinstance(found, Match):
            return None
        body, uploads = read_form(inbound.header_map.get("content-type", ""), inbound.body)
        query: dict[str, JSON] = dict(parse_qsl(inbound.query, keep_blank_values=True))
        headers: dict[str, JSON] = dict(inbound.header_map)
        request = Request(
            operation_id="",
            method=inbound.method,
            template=found.target.template,
            path=dict(found.path),
            query=query,
            headers=headers,
            body=body,
            uploads=uploads,
            raw_headers=inbound.header_map,
            caller=None,
            base_url=inbound.base_url,
            raw_path=inbound.path,
        )
        try:
            with self._store.transaction():
                reply = found.target.handler(self.state, request)
        except Refused as refused:
            reply = refused.reply
        return _finish(reply, None, "stateful")

    def _no_operation(self, inbound: Inbound, found: WrongMethod | None) -> Outcome:
        if isinstance(found, WrongMethod):
            refusal = Refusal("wrong-method", None, inbound.method, inbound.path, allowed=found.allowed)
            reply = self._refuser(refusal)
            return _finish(evolve(reply, headers={"Allow": ", ".join(found.allowed), **reply.headers}), None, "sandbox")
        return _finish(self._refuser(Refusal("unknown-path", None, inbound.method, inbound.path)), None, "sandbox")


def encode(body: JSON | bytes) -> bytes:
    """Turn the body of a reply into bytes."""
    return body if isinstance(body, bytes) else to_json(body).encode()


def _request(
    operation: Operation,
    checked: Checked,
    inbound: Inbound,
    *,
    caller: Caller | None,
    body: JSON,
    uploads: Mapping[str, Upload],
) -> Request:
    return Request(
        operation_id=operation.operation_id,
        method=inbound.method,
        template=operation.template,
        path=checked.path,
        query=checked.query,
        headers=checked.headers,
        body=body,
        uploads=uploads,
        raw_headers=inbound.header_map,
        caller=caller,
        base_url=inbound.base_url,
        raw_path=inbound.path,
    )


def _finish(reply: Reply, operation_id: str | None, behaviour: str) -> Outcome:
    body = encode(reply.body)
    headers = dict(reply.headers)
    if body:
        headers["Content-Type"] = reply.media_type
    return Outcome(reply.status, headers, body, operation_id, behaviour)


def _violated(operation: Operation, violation: _Violation) -> Outcome:
    text = f"The answer to {operation.operation_id} (status {violation.reply.status}) breaks the effective spec; nothing was changed."
    return _broken(operation, text, list(violation.violations))


def _broken(operation: Operation, text: str, violations: list[str]) -> Outcome:
    """Say that the sandbox itself is wrong; the state is as before the request."""
    body = encode({"sandbox": text, "violations": violations})
    return Outcome(
        500, {"Content-Type": "application/json"}, body, operation.operation_id, "violation", tuple(violations)
    )
