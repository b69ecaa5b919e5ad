"""A vendor's behaviour: handlers by operationId, error shapes, seed data and hooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from attrs import define, field, frozen

from .documents import Document
from .exchange import Caller, Refusal, Reply, Request
from .state import State

Handler: TypeAlias = Callable[[State, Request], Reply]
Seeder: TypeAlias = Callable[[State], None]
Refuser: TypeAlias = Callable[[Refusal], Reply]
Hook: TypeAlias = Callable[[State, Document], Document]
Authenticator: TypeAlias = Callable[[State, "Presented"], Caller | None]
Keyer: TypeAlias = Callable[[Request], str | None]


@frozen
class Presented:
    """What a request presents for a security scheme: `secret` is the token, or `name:password` of HTTP Basic.

    `scopes` are those the operation asks for; `headers` has lower-case names.
    """

    scheme: str
    secret: str
    scopes: tuple[str, ...]
    headers: dict[str, str]


@frozen
class Credential:
    """One way in, shown on the index page and at the start: constructor arguments of the client by name."""

    label: str
    arguments: dict[str, str]


@frozen
class Examples:
    """Ready-to-paste calls against the running sandbox."""

    curl: str
    python: str


@frozen
class ExtraRoute:
    """A path that the effective spec does not have, such as a token address."""

    method: str
    template: str
    handler: Handler


@frozen
class SeedHook:
    """An admin call that does what the vendor's API cannot; `schema` checks its body."""

    name: str
    schema: Document
    call: Hook
    description: str


@define
class Vendor:
    """What one vendor adds to the core. Fill it with the decorators below."""

    slug: str
    title: str
    trailing_slash: bool = False
    handlers: dict[str, Handler] = field(factory=dict)
    extra_routes: list[ExtraRoute] = field(factory=list)
    hooks: dict[str, SeedHook] = field(factory=dict)
    seeders: list[Seeder] = field(factory=list)
    tickers: list[Seeder] = field(factory=list)
    refuser: Refuser | None = None
    authenticator: Authenticator | None = None
    keyer: Keyer | None = None
    credential_lister: Callable[[], list[Credential]] | None = None
    example_maker: Callable[[str], Examples] | None = None

    def operation(self, operation_id: str) -> Callable[[Handler], Handler]:
        """Register the handler of an operation; it counts as stateful."""

        def register(handler: Handler) -> Handler:
            if operation_id in self.handlers:
                raise ValueError(f"{self.slug}: {operation_id} has two handlers")
            self.handlers[operation_id] = handler
            return handler

        return register

    def route(self, method: str, template: str) -> Callable[[Handler], Handler]:
        """Register a handler for a path outside the effective spec; nothing is checked or limited there."""

        def register(handler: Handler) -> Handler:
            self.extra_routes.append(ExtraRoute(method, template, handler))
            return handler

        return register

    def hook(self, name: str, schema: Document) -> Callable[[Hook], Hook]:
        """Register an admin call `POST /_sandbox/<vendor>/<name>`, which is also a key of seed files."""

        def register(call: Hook) -> Hook:
            self.hooks[name] = SeedHook(name, schema, call, (call.__doc__ or "").split("\n")[0])
            return call

        return register

    def seed(self, seeder: Seeder) -> Seeder:
        """Register what fills an empty store."""
        self.seeders.append(seeder)
        return seeder

    def before_request(self, ticker: Seeder) -> Seeder:
        """Register what time does to the state, such as expiry; it runs at the start of every request."""
        self.tickers.append(ticker)
        return ticker

    def refuses(self, refuser: Refuser) -> Refuser:
        """Register the vendor's error shapes."""
        self.refuser = refuser
        return refuser

    def authenticates(self, authenticator: Authenticator) -> Authenticator:
        """Register who a secret stands for; without one, the core's own tokens decide (`tokens.py`)."""
        self.authenticator = authenticator
        return authenticator

    def limit_key(self, keyer: Keyer) -> Keyer:
        """Register whose request counts against a limit when there is no caller, such as the `client_id` of a token call."""
        self.keyer = keyer
        return keyer

    def credentials(self, lister: Callable[[], list[Credential]]) -> Callable[[], list[Credential]]:
        """Register the artificial credentials that the seed makes."""
        self.credential_lister = lister
        return lister

    def examples(self, maker: Callable[[str], Examples]) -> Callable[[str], Examples]:
        """Register the examples; the argument is the vendor's address in this sandbox."""
        self.example_maker = maker
        return maker
