"""What a vendor module may add to the engine: handlers by the operationId that users know, error shapes, seed data and hooks.

What nearly every such module needs of the core is imported from here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from attrs import define, field

from .documents import JSON, Document, SandboxError, read_yaml
from .exchange import Caller, Inbound, Refusal, Reply, Request
from .oauth import Credential
from .spec import Operation
from .state import State

__all__ = ["JSON", "Caller", "Document", "Refusal", "Reply", "Request", "SandboxError", "State", "Vendor"]

T = TypeVar("T")
Handler: TypeAlias = Callable[[State, Request], JSON]
Guard: TypeAlias = Callable[[State, Request], Request]
Ticker: TypeAlias = Callable[[State], None]
Refuser: TypeAlias = Callable[[Operation | None, Refusal, Inbound], Reply]
Hook: TypeAlias = Callable[[State, Document], Document]
Admission: TypeAlias = Callable[[Caller, Inbound], None]


@define
class Vendor:
    """A vendor; without anything registered, the engine does all of it from the spec.

    `owner` is the member of claims and records that says whose they are: others' do not exist for a caller.
    `spec` is the file of the effective spec where it is not that of the slug. `same` names path segments that stand for another
    one, where the vendor says that two paths are the same resources. `hooks` are admin calls that do what the API cannot, with the
    schemas of their bodies. `tickers` do at the start of every request what time does to the state, such as expiry. `refuser` makes
    error bodies; without it they come from the spec. `admit` may refuse a caller whose credentials are right. `headers` are those of every answer; without `credentials` there is one for each scheme. `first` is the first state:
    `records` by kind and id, over those of the spec's examples, what `hooks` take and have made, and `calls` that have been carried out.
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
    first: Document = field(factory=dict)
    tickers: list[Ticker] = field(factory=list)
    refuser: Refuser | None = None
    admit: Admission | None = None
    credentials: list[Credential] = field(factory=list)
    headers: dict[str, str] = field(factory=dict)

    @classmethod
    def beside(cls, module: str, slug: str, title: str, **options: Any) -> Vendor:
        """Make the vendor of a module, with credentials and first state from `first.yaml` beside it."""
        first: Any = read_yaml(Path(module).with_name("first.yaml"))
        credentials = [Credential(**each) for each in first["credentials"]]
        return cls(slug, title, first=first, credentials=credentials, **options)

    def operation(self, *operation_ids: str) -> Callable[[Handler], Handler]:
        """Register the handler of operations, which then count as stateful; its answer is shown as the reply's schema describes it."""
        return _register(self.handlers, operation_ids)

    def guard(self, *operation_ids: str) -> Callable[[Guard], Guard]:
        """Register a rule that comes before what the engine derives: it may refuse, or narrow the request."""
        return _register(self.guards, operation_ids)

    def hook(self, name: str) -> Callable[[Hook], Hook]:
        """Register an admin call `POST /_sandbox/hooks/<vendor>/<name>`, which is also a key of seed files; `first` says what it takes."""

        def register(call: Hook) -> Hook:
            self.hooks[name] = (self.first["hooks"][name]["takes"], call)
            return call

        return register


def _register(table: dict[str, T], names: tuple[str, ...]) -> Callable[[T], T]:
    def register(entry: T) -> T:
        table.update(dict.fromkeys(names, entry))
        return entry

    return register
