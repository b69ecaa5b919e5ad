"""What a vendor module may add to the engine: handlers by the operationId that users know, error shapes, seed data and hooks.

All that such a module needs of the core is imported from here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from attrs import define, field

from .clock import iso, parse_time
from .documents import JSON, Document, SandboxError, to_json
from .exchange import Caller, Fault, Inbound, Refusal, Reply, Request, invalid
from .oauth import Credential
from .records import KEY, PARENTS
from .refusals import describe
from .security import TOKENS, Presented, find_caller, keep_token
from .spec import Operation
from .state import State

__all__ = [
    "JSON",
    "KEY",
    "PARENTS",
    "TOKENS",
    "Caller",
    "Credential",
    "Document",
    "Fault",
    "Inbound",
    "Operation",
    "Presented",
    "Refusal",
    "Reply",
    "Request",
    "SandboxError",
    "State",
    "Vendor",
    "describe",
    "find_caller",
    "invalid",
    "iso",
    "keep_token",
    "parse_time",
    "to_json",
]

Handler: TypeAlias = Callable[[State, Request], JSON]
Guard: TypeAlias = Callable[[State, Request], Request]
Seeder: TypeAlias = Callable[[State], None]
Refuser: TypeAlias = Callable[[Operation | None, Refusal, Inbound], Reply]
Hook: TypeAlias = Callable[[State, Document], Document]
Authenticator: TypeAlias = Callable[[State, Presented], Caller | None]


@define
class Vendor:
    """A vendor; without anything registered, the engine does all of it from the spec.

    `owner` is the member of claims and records that says whose they are: others' do not exist for a caller.
    `spec` is the file of the effective spec where it is not that of the slug. `same` names path segments that stand for another
    one, where the vendor says that two paths are the same resources. `hooks` are admin calls that do what the API cannot, with the
    schemas of their bodies. `tickers` do at the start of every request what time does to the state, such as expiry. `refuser` makes
    error bodies; without it they come from the spec. `authenticator` says who a secret stands for; without it the tokens of the core
    do (`security.py`). `headers` are those of every answer; without `credentials` there is one for each scheme.
    """

    slug: str
    title: str
    spec: Path | None = None
    trailing_slash: bool = False
    owner: str = ""
    same: dict[str, str] = field(factory=dict)
    handlers: dict[str, Handler] = field(factory=dict)
    guards: dict[str, Guard] = field(factory=dict)
    hooks: dict[str, tuple[Document, Hook]] = field(factory=dict)
    seeders: list[Seeder] = field(factory=list)
    tickers: list[Seeder] = field(factory=list)
    refuser: Refuser | None = None
    authenticator: Authenticator | None = None
    credentials: list[Credential] = field(factory=list)
    headers: dict[str, str] = field(factory=dict)

    def operation(self, *operation_ids: str) -> Callable[[Handler], Handler]:
        """Register the handler of operations, which then count as stateful; its answer is shown as the reply's schema describes it."""

        def register(handler: Handler) -> Handler:
            self.handlers |= dict.fromkeys(operation_ids, handler)
            return handler

        return register

    def guard(self, *operation_ids: str) -> Callable[[Guard], Guard]:
        """Register a rule that comes before what the engine derives: it may refuse, or narrow the request."""

        def register(guard: Guard) -> Guard:
            self.guards |= dict.fromkeys(operation_ids, guard)
            return guard

        return register

    def hook(self, name: str, schema: Document) -> Callable[[Hook], Hook]:
        """Register an admin call `POST /_sandbox/hooks/<vendor>/<name>`, which is also a key of seed files."""

        def register(call: Hook) -> Hook:
            self.hooks[name] = (schema, call)
            return call

        return register

    def seed(self, seeder: Seeder) -> Seeder:
        """Register what fills an empty store."""
        self.seeders.append(seeder)
        return seeder
