"""One vendor at work: route, authenticate, limit, check, handle, check, answer, all in one transaction."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from urllib.parse import parse_qsl, unquote

from attrs import evolve, field, frozen

from . import jobs, oauth, records
from .checks import check_reply, read_request
from .clock import Clock
from .derive import derive, parents_of
from .documents import JSON
from .examples import example_replies, fit
from .exchange import Caller, Inbound, Outcome, Refusal, Reply, Request
from .limits import Limits
from .nodes import NOTHING
from .refusals import refuse, usual_shape
from .security import authenticate
from .spec import PARAMETER, Operation, read_spec
from .state import State, Store
from .vendor import Vendor

_LOG = logging.getLogger(__name__)
Work = Callable[[Request], Reply]


@frozen
class Match:
    """The operation of a request and the parts of its path; without one, the methods that there are instead."""

    operation: Operation | None = None
    path: Mapping[str, str] = field(factory=dict)
    allowed: tuple[str, ...] = ()

    @property
    def name(self) -> str | None:
        """The operationId."""
        return self.operation.operation_id if self.operation else None


class Engine:
    """Answers the requests of one vendor."""

    def __init__(self, vendor: Vendor, store: Store, clock: Clock, limits: Limits) -> None:
        """Read the vendor's effective spec; raises `SandboxError` without a usable one."""
        self.vendor = vendor
        self.spec = read_spec(vendor.slug, vendor.spec)
        self.operations = self.spec.operations
        self.unbound = sorted((vendor.handlers.keys() | vendor.guards.keys()) - self.operations.keys())
        self.state = State(store, clock, vendor.slug)
        self.credentials = vendor.credentials or oauth.list_credentials(self.spec, vendor.slug)
        self._store = store
        self._limits = limits
        self._refuse = vendor.refuser or partial(refuse, usual=usual_shape(self.operations.values()))
        plans = derive(self.operations, vendor.same, vendor.owner)
        starts = {name: jobs.find_job(self.operations, plans, each) for name, each in self.operations.items()}
        self._jobs = {name: job for name, job in starts.items() if job}
        self._plans = {name: plan for name, plan in plans.items() if name not in self._jobs}
        self._written = {plan.kind for plan in self._plans.values() if plan.verb not in ("read", "list")}
        self._written |= {job.poll.kind for job in self._jobs.values()}
        self._above = {
            name: parents_of(each.template, self._plans, vendor.same) for name, each in self.operations.items()
        }
        self._doors = oauth.find_doors(self.spec)
        known = {each.template for each in self.operations.values() if each.method == "POST"}
        doors = [door.operation() for path, door in self._doors.items() if path not in known]
        served = [*self.operations.values(), *doors]
        self._work = {each.operation_id: self._bind(each) for each in served}
        self._router = _Router(served)

    def fill(self) -> None:
        """Fill an empty state: credentials, a record in every collection, and what the vendor adds."""
        for credential in self.credentials:
            oauth.keep(self.spec, credential, self.state)
        for kind in dict.fromkeys(plan.kind for name, plan in self._plans.items() if name not in self.vendor.handlers):
            records.seed_record(self.operations, self._plans, self._above, kind, self.state)
        for kind, found in self.vendor.first.get("records", {}).items():
            records.lay_over(self.state.collection(kind), found)
        for name, hook in self.vendor.first.get("hooks", {}).items():
            for body in hook["made"]:
                self.vendor.hooks[name][1](self.state, body)
        for call in self.vendor.first.get("calls", []):
            caller = Caller("before", "", call["claims"])
            request = Request({}, {}, call["body"], {}, caller, Inbound("POST", "", "", {}, b"", ""))
            self.vendor.handlers[call["operation"]](self.state, request)

    def behaviour(self, operation_id: str) -> str:
        """Say whether an operation is `stateful` or an `example`."""
        return "stateful" if self._work[operation_id][1] else "example"

    def find(self, inbound: Inbound) -> Match:
        """Find the operation of a request."""
        found = self._router.match(inbound.method, inbound.path)
        if found == Match() and self.vendor.trailing_slash and inbound.path.endswith("/"):
            found = self._router.match(inbound.method, inbound.path[:-1])
        return found

    def answer(self, inbound: Inbound, found: Match) -> Outcome:
        """Carry out a request, or refuse it; what a refusal did is undone. `found` is what `find` returns for it."""
        operation, name = found.operation, found.name or ""
        if operation is None:
            kind = Refusal("wrong-method", headers={"Allow": ", ".join(found.allowed)}) if found.allowed else None
            return self._outcome(self._shape(None, kind or Refusal("unknown-path"), inbound), None, "sandbox")
        violations: list[str] = []
        try:
            with self._store.transaction():
                reply = self._carry_out(operation, found.path, inbound)
                violations = check_reply(operation, reply)
                if violations:
                    raise _Broken
        except _Broken:  # an example instead; the log says why
            reply = self.example(operation)
        except Refusal as refusal:
            reply = self._shape(operation, refusal, inbound)
            violations = check_reply(operation, reply)
        except Exception as error:  # noqa: BLE001 - a mistake of the sandbox becomes an answer that says so, and the state stays whole
            _LOG.exception("%s %s failed", self.vendor.slug, name)
            text = f"The sandbox failed at {name}; nothing was changed ({type(error).__name__}: {error})."
            return evolve(self._outcome(Reply({"sandbox": text}, status=500), name, "violation"), violations=(text,))
        behaviour = "example" if reply.is_example else self.behaviour(name)
        return evolve(self._outcome(reply, name, behaviour), violations=tuple(violations))

    def fail(self, inbound: Inbound, found: Match, status: int) -> Outcome:
        """Answer with a status in the vendor's error shape, without carrying anything out: a fault on demand."""
        reply = self._shape(found.operation, Refusal("refused", status=status), inbound)
        return self._outcome(reply, found.name, "fault")

    def example(self, operation: Operation) -> Reply:
        """Return the first example of a success reply that fits the spec, or the one made from the schema alone."""
        reply = Reply(is_example=True)
        for reply in example_replies(operation):
            if not check_reply(operation, reply):
                break
        return reply

    def _bind(self, operation: Operation) -> tuple[Work, bool]:
        """Choose who answers an operation, and say whether state stands behind it.

        First the vendor, then the token address, work, files, records, and at last an example.
        """
        name, state, plan = operation.operation_id, self.state, self._plans.get(operation.operation_id)
        handler, job, door = self.vendor.handlers.get(name), self._jobs.get(name), self._doors.get(operation.template)
        is_kept = jobs.is_kept(self.operations, operation)
        if handler is not None:
            return lambda request: self._shown(operation, request, handler(state, request)), True
        if door is not None and operation.method == "POST":
            return partial(oauth.issue, operation, door, state), True
        if job is not None:
            return partial(jobs.start, self.operations, job, operation, state), True
        if jobs.is_download(operation):
            return lambda request: jobs.download(operation, state, request) or self.example(operation), is_kept
        if is_kept:
            return lambda request: evolve(self.example(operation), is_example=not jobs.upload(state, request)), True
        if plan is not None:  # a collection that nothing changes is an example, however it is kept
            return partial(records.handle, plan, operation, state), plan.kind in self._written
        return lambda request: self.example(operation), False

    def _carry_out(self, operation: Operation, path: Mapping[str, str], inbound: Inbound) -> Reply:
        for tick in (jobs.work, *self.vendor.tickers):
            tick(self.state)
        query = parse_qsl(inbound.query, keep_blank_values=True)
        caller = authenticate(self.spec.schemes, operation, inbound.headers, dict(query), self.state)
        if caller and self.vendor.admit:
            self.vendor.admit(caller, inbound)
        who = caller.id if caller else f"address {inbound.client}"
        self._limits.take(self.vendor.slug, operation, who)
        request = read_request(operation, path, query, inbound, caller)
        rules = operation.raw.get("x-idempotency")
        key = inbound.headers.get(str(rules.get("header", "")).lower()) if isinstance(rules, dict) else None
        if key is None:
            return self._handle(operation, request)
        known, whose = self.state.collection("$replies"), f"{operation.operation_id} {who} {key}"
        found = known.get(whose)
        if found is not None:  # the same call as before, which is not done again
            return Reply(found["body"], status=found["status"])
        reply = self._handle(operation, request)
        if not isinstance(reply.body, bytes):
            known.put(whose, {"body": reply.body, "status": reply.status})
        return reply

    def _handle(self, operation: Operation, request: Request) -> Reply:
        name = operation.operation_id
        if name in self.vendor.guards:
            request = self.vendor.guards[name](self.state, request)
        if name not in self.vendor.handlers:
            records.check_parents(self._above.get(name, {}), self._plans.get(name), self.state, request)
        return self._work[name][0](request)

    def _shown(self, operation: Operation, request: Request, found: JSON) -> Reply:
        """Answer with what a handler returns, as the schema describes it; of a list, with the page that is asked for."""
        plan = self._plans.get(operation.operation_id)
        if plan and plan.verb == "list" and isinstance(found, list):
            return records.page_of(plan, operation, request, found)
        return Reply(fit(operation.reply or NOTHING, found), status=operation.success[0])

    def _shape(self, operation: Operation | None, refusal: Refusal, inbound: Inbound) -> Reply:
        reply = refusal.reply or self._refuse(operation, refusal, inbound)
        return evolve(reply, headers={**refusal.headers, **reply.headers})

    def _outcome(self, reply: Reply, operation_id: str | None, behaviour: str) -> Outcome:
        sent = {"Content-Type": reply.media_type} if reply.content else {}
        headers = {**self.vendor.headers, **reply.headers, **sent}
        return Outcome(reply.status, headers, reply.content, operation_id, behaviour)


class _Broken(Exception):
    """The reply does not fit the spec."""


class _Router:
    """Matches paths to templates; a literal segment wins over a parameter."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._routes: dict[re.Pattern[str], dict[str, Operation]] = {}
        for operation in sorted(
            operations, key=lambda each: [("{" in part, part) for part in each.template.split("/")]
        ):
            pattern = "([^/]+)".join(re.escape(part) for part in PARAMETER.split(operation.template)[::2])
            self._routes.setdefault(re.compile(pattern), {})[operation.method] = operation

    def match(self, method: str, raw_path: str) -> Match:
        """Find the operation of a path as it was sent, that is still percent-encoded; the first template that fits decides."""
        for pattern, methods in self._routes.items():
            found = pattern.fullmatch(raw_path)
            if found is None:
                continue
            if method not in methods:
                return Match(allowed=tuple(sorted(methods)))
            names = PARAMETER.findall(methods[method].template)
            return Match(methods[method], dict(zip(names, map(unquote, found.groups()), strict=True)))
        return Match()
