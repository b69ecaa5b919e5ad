"""One vendor at work: route, authenticate, limit, check, handle, check, answer, all in one transaction."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from urllib.parse import parse_qsl

from attrs import evolve

from . import files, jobs, oauth, records, refusals
from .checks import check_reply, check_request, encode
from .clock import Clock
from .derive import derive, parents_of
from .examples import example_replies
from .exchange import Caller, Inbound, Outcome, Refusal, Refused, Rejected, Reply, Request
from .forms import read_members
from .limits import Limits
from .routing import Match, Router, WrongMethod
from .security import Presented, authenticate, schemes
from .spec import Operation
from .specs import read_spec
from .state import State
from .store import Store
from .tokens import find_caller
from .vendor import Vendor

_LOG = logging.getLogger(__name__)


class Engine:
    """Answers the requests of one vendor."""

    def __init__(self, vendor: Vendor, store: Store, clock: Clock, limits: Limits) -> None:
        """Read the vendor's effective spec; raises `SandboxError` without a usable one."""
        self.vendor = vendor
        self.spec = read_spec(vendor.slug, vendor.spec)
        self.operations = self.spec.operations
        self.unbound = sorted((vendor.handlers.keys() | vendor.guards.keys()) - self.operations.keys())
        self.plans = derive(self.spec, vendor.same)
        self.state = State(store, clock, vendor.slug)
        self.credentials = list(vendor.credentials)
        self._jobs = {
            name: job for name, each in self.operations.items() if (job := jobs.find_job(self.spec, self.plans, each))
        }
        self.plans = {name: plan for name, plan in self.plans.items() if name not in self._jobs}
        self._written = {plan.kind for plan in self.plans.values() if plan.verb not in ("read", "list")}
        self._written |= {job.poll.kind for job in self._jobs.values()}
        self._above = {
            name: parents_of(each.template, self.plans, vendor.same) for name, each in self.operations.items()
        }
        self._schemes = schemes(self.spec)
        self._doors = {door.path: door for door in oauth.find_doors(self.spec)}
        self._behaviours = {name: self._behaviour_of(each) for name, each in self.operations.items()}
        self._store = store
        self._limits = limits
        self._router: Router[Operation] = Router(self.operations.values())

    def fill(self) -> None:
        """Fill an empty state: a record in every collection, and what the vendor adds."""
        self.give_credentials()
        for kind in dict.fromkeys(plan.kind for name, plan in self.plans.items() if name not in self.vendor.handlers):
            records.seed_record(self.spec, self.plans, self._above, kind, self.state)
        for seeder in self.vendor.seeders:
            seeder(self.state)

    def give_credentials(self) -> None:
        """Make credentials for the schemes of the spec where the vendor brings none."""
        if not self.vendor.credentials:
            self.credentials = oauth.fill(self.spec, self.vendor.slug, self.state)

    def behaviour(self, operation_id: str) -> str:
        """Say whether an operation is `stateful` or an `example`."""
        return self._behaviours[operation_id]

    def _behaviour_of(self, operation: Operation) -> str:
        name = operation.operation_id
        plan = self.plans.get(name)  # what nothing changes is an example, however it is kept
        is_written = plan is not None and plan.kind in self._written
        is_door = operation.method == "POST" and operation.template in self._doors
        known = name in self.vendor.handlers or name in self._jobs or is_written or is_door
        return "stateful" if known or files.is_kept(self.spec, operation) else "example"

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
            return self._outside(inbound, found)
        operation = found.target
        try:
            with self._store.transaction():
                reply = self._carry_out(operation, found.path, inbound)
                violations = check_reply(self.spec, operation, reply)
                if violations:
                    raise _Broken(violations)
        except _Broken as broken:
            return self._example_instead(operation, broken.violations)
        except Refused as refused:
            return self._refused(refused.reply, operation)
        except Rejected as rejected:
            return self._refused(self._refuse(operation, inbound, rejected), operation)
        except Exception as error:  # noqa: BLE001 - a mistake of the sandbox becomes an answer that says so, and the state stays whole
            _LOG.exception("%s %s failed", self.vendor.slug, operation.operation_id)
            text = f"The sandbox failed at {operation.operation_id}; nothing was changed."
            return _failed(operation.operation_id, text, f"{type(error).__name__}: {error}")
        behaviour = "example" if reply.is_example else self.behaviour(operation.operation_id)
        return _outcome(reply, operation.operation_id, behaviour)

    def fail(self, operation: Operation | None, inbound: Inbound, status: int) -> Outcome:
        """Answer with a status in the vendor's error shape, without carrying anything out: a fault on demand."""
        name = operation.operation_id if operation else None
        refusal = Refusal("fault", name, inbound.method, inbound.path, status=status)
        return _outcome(evolve(self._shape(operation, refusal), status=status), name, "fault")

    def example(self, operation: Operation) -> Reply:
        """Return the first example of a success reply that fits the spec, or the one made from the schema alone."""
        reply = Reply(is_example=True)
        for reply in example_replies(self.spec, operation):
            if not check_reply(self.spec, operation, reply):
                break
        return reply

    def _carry_out(self, operation: Operation, path: Mapping[str, str], inbound: Inbound) -> Reply:
        for tick in (jobs.work, *self.vendor.tickers):
            tick(self.state)
        query = dict(parse_qsl(inbound.query, keep_blank_values=True))
        caller = authenticate(self._schemes, operation, inbound.header_map, query, self._decide)
        self._limits.take(self.vendor.slug, operation, caller.id if caller else f"address {inbound.client}")
        checked = check_request(self.spec, operation, path, inbound)
        if checked.faults:
            raise Rejected("invalid", faults=checked.faults)
        request = Request(
            operation_id=operation.operation_id,
            method=inbound.method,
            template=operation.template,
            path=checked.of("path"),
            query=checked.of("query"),
            headers=checked.of("header"),
            body=checked.body,
            uploads=checked.uploads,
            raw_headers=inbound.header_map,
            caller=caller,
            base_url=inbound.base_url,
            raw_path=inbound.path,
        )
        request = evolve(request, path={**path, **request.path})
        rules = operation.raw.get("x-idempotency")
        key = inbound.header_map.get(str(rules.get("header", "")).lower()) if isinstance(rules, dict) else None
        if key is None:
            return self._handle(operation, request)
        return self._once(f"{operation.operation_id} {caller.id if caller else ''} {key}", operation, request)

    def _once(self, key: str, operation: Operation, request: Request) -> Reply:
        """Answer a call whose key was there before as the first one, without doing it again."""
        known = self.state.collection("$replies")
        found = known.get(key)
        if found is not None:
            return Reply(found["body"], status=found["status"])
        reply = self._handle(operation, request)
        if not isinstance(reply.body, bytes):
            known.put(key, {"body": reply.body, "status": reply.status})
        return reply

    def _handle(self, operation: Operation, request: Request) -> Reply:
        """Take the first that knows the operation: the vendor, the token address, work, files, records, and at last an example."""
        name, state = operation.operation_id, self.state
        if name in self.vendor.guards:
            request = self.vendor.guards[name](state, request)
        handler = self.vendor.handlers.get(name)
        if handler is not None:
            return handler(state, request)
        if operation.method == "POST" and operation.template in self._doors:
            return oauth.issue(self._doors[operation.template], state, request.body, dict(request.raw_headers))
        plan = self.plans.get(name)
        own = {plan.item} if plan else set()
        above = {each: kind for each, kind in self._above[name].items() if each not in own}
        records.check_parents(above, state, request)
        if name in self._jobs:
            return jobs.start(self.spec, self._jobs[name], operation, state, request)
        if files.is_download(self.spec, operation):
            return files.download(self.spec, operation, state, request) or self.example(operation)
        if files.upload(self.spec, operation, state, request):
            return evolve(self.example(operation), is_example=False)
        return records.handle(self.spec, plan, operation, state, request) if plan else self.example(operation)

    def _decide(self, presented: Presented) -> Caller | None:
        return (self.vendor.authenticator or find_caller)(self.state, presented)

    def _refuse(self, operation: Operation | None, inbound: Inbound, rejected: Rejected) -> Reply:
        name = operation.operation_id if operation else None
        refusal = Refusal(rejected.kind, name, inbound.method, inbound.path, rejected.reason, rejected.faults)
        reply = self._shape(operation, evolve(refusal, retry_after=rejected.retry_after))
        if rejected.retry_after:
            return evolve(reply, headers={**reply.headers, "Retry-After": str(math.ceil(rejected.retry_after))})
        return reply

    def _shape(self, operation: Operation | None, refusal: Refusal) -> Reply:
        if self.vendor.refuser is not None:
            return self.vendor.refuser(refusal)
        return refusals.refuse(self.spec, operation, refusal)

    def _outside(self, inbound: Inbound, found: WrongMethod | None) -> Outcome:
        """Answer at a path that the effective spec does not have: a token address, or nothing."""
        if inbound.method == "POST" and inbound.path in self._doors:
            return self._token(inbound)
        if isinstance(found, WrongMethod):
            refusal = Refusal("wrong-method", None, inbound.method, inbound.path, allowed=found.allowed)
            reply = self._shape(None, refusal)
            return _outcome(
                evolve(reply, headers={"Allow": ", ".join(found.allowed), **reply.headers}), None, "sandbox"
            )
        return _outcome(self._shape(None, Refusal("unknown-path", None, inbound.method, inbound.path)), None, "sandbox")

    def _token(self, inbound: Inbound) -> Outcome:
        members = read_members(inbound.header_map.get("content-type", ""), inbound.body)
        try:
            with self._store.transaction():
                reply = oauth.issue(self._doors[inbound.path], self.state, members, inbound.header_map)
        except Refused as refused:
            reply = refused.reply
        return _outcome(reply, None, "stateful")

    def _example_instead(self, operation: Operation, violations: tuple[str, ...]) -> Outcome:
        """Answer with an example where the own answer would break the spec; nothing was changed, and the log says why."""
        return evolve(_outcome(self.example(operation), operation.operation_id, "example"), violations=violations)

    def _refused(self, reply: Reply, operation: Operation) -> Outcome:
        name = operation.operation_id
        violations = tuple(check_reply(self.spec, operation, reply))
        return evolve(_outcome(reply, name, self.behaviour(name)), violations=violations)


class _Broken(Exception):
    def __init__(self, violations: list[str]) -> None:
        super().__init__("; ".join(violations))
        self.violations = tuple(violations)


def _outcome(reply: Reply, operation_id: str | None, behaviour: str) -> Outcome:
    body = encode(reply.body)
    headers = {**reply.headers, "Content-Type": reply.media_type} if body else dict(reply.headers)
    return Outcome(reply.status, headers, body, operation_id, behaviour)


def _failed(operation_id: str, text: str, violation: str) -> Outcome:
    body = encode({"sandbox": text, "violations": [violation]})
    return Outcome(500, {"Content-Type": "application/json"}, body, operation_id, "violation", (violation,))
