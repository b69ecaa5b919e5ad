"""What authentication adds to a request, and tokens: fetched at first use, shared, refreshed early and once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from ..errors import APIError, copy_error
from ..secret import Secret
from ..wire.encoding import encode_header, header_name
from ..wire.messages import FieldList
from .credentials import Credentials, choose, identity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..declared.operation import Security
    from ..declared.schemes import TokenScheme
    from ..declared.vendor import Vendor
    from ..http.ports import IO

_EARLY = 60.0


class Token:
    """An access token and when to replace it, in seconds of the client's monotonic clock."""

    __slots__ = ("fields", "refresh", "renew_at", "secret")

    def __init__(self, value: str, renew_at: float | None, refresh: Secret | None = None) -> None:
        self.fields = FieldList([(b"Authorization", encode_header("access_token", f"Bearer {value}"))])
        self.secret = Secret(value)
        self.renew_at = renew_at
        self.refresh = refresh

    def fresh(self, now: float) -> bool:
        """Say whether the token may still be used."""
        return self.renew_at is None or now < self.renew_at

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("A token is not pickled; share it with other processes by a TokenStore.")

    def __repr__(self) -> str:
        return "<Token ***>"


def renewal(now: float, lifetime: float) -> float:
    """Return when to replace a token: a minute early, or a tenth of its life when that is shorter."""
    return now + lifetime - min(_EARLY, lifetime / 10)


class TokenSource:
    """The token of one scheme and one set of credentials."""

    __slots__ = ("_failure", "_lock", "_tries", "credentials", "current", "scheme")

    def __init__(self, scheme: TokenScheme, credentials: Credentials) -> None:
        self.scheme = scheme
        self.credentials = credentials
        ready = credentials.get(scheme.argument)
        self.current = Token(ready, None) if ready else None
        self._lock: Any = None
        self._tries = 0
        self._failure: APIError | None = None

    @property
    def renewable(self) -> bool:
        """Say whether a refused token can be replaced by a new one."""
        return self.scheme.argument not in self.credentials

    async def get(
        self,
        io: IO,
        fetch: Callable[[TokenSource, Token | None], Awaitable[Token]],
        timeout: float | None,
        refused: Token | None = None,
    ) -> Token:
        """Return a token that is fresh and is not the refused one, fetching it at most once for all waiting calls.

        When the fetch another call was waiting for fails, the waiting calls fail the same way instead of asking again one by one.
        """
        token = self.current
        if token is not None and token is not refused and token.fresh(io.clock.monotonic()):
            return token
        if self._lock is None:
            with _guard:
                if self._lock is None:
                    self._lock = io.make_lock()
        seen = self._tries
        async with io.locked(self._lock, timeout):
            token = self.current
            if token is not None and token is not refused and token.fresh(io.clock.monotonic()):
                return token
            if self._tries != seen and self._failure is not None:
                raise copy_error(self._failure)
            self._failure = None
            try:
                self.current = await fetch(self, token)
            except APIError as error:
                self._failure = copy_error(error)
                raise
            finally:
                self._tries += 1
            return self.current

    def __repr__(self) -> str:
        return f"<TokenSource {type(self.scheme).__name__}>"


_guard = threading.Lock()


class AuthPlan:
    """What one security requirement adds to every request of a client."""

    __slots__ = ("_access", "cookies", "fields", "identity", "query", "tokens")

    def __init__(self, access: Access, security: Security, operation: str) -> None:
        self.identity = ""
        credentials = access.credentials
        schemes = choose(access.vendor, security, credentials, operation)
        self._access = access
        self.fields = FieldList()
        self.query: dict[str, Secret] = {}
        self.cookies: dict[str, Secret] = {}
        self.tokens: TokenSource | None = None
        for scheme in schemes:
            scheme.add(self, credentials)
        self.identity = identity(access.vendor, schemes, credentials)

    def add_header(self, name: str, value: str, argument: str) -> None:
        """Add a header field."""
        self.fields.append((header_name(name), encode_header(argument, value)))

    def add_query(self, name: str, value: str) -> None:
        """Add a query parameter."""
        self.query[name] = Secret(value)

    def add_cookie(self, name: str, value: str) -> None:
        """Add a cookie."""
        self.cookies[name] = Secret(value)

    def use_token(self, scheme: TokenScheme) -> None:
        """Add the token of a scheme, fetched at the first call."""
        self.tokens = self._access.source(scheme)

    def __repr__(self) -> str:
        return f"<AuthPlan {self.identity}>"


class Access:
    """The credentials of a client with everything derived from them; clients made by `with_options` share it."""

    __slots__ = ("_lock", "_plans", "_sources", "credentials", "vendor")

    def __init__(self, vendor: Vendor, credentials: Credentials) -> None:
        self.vendor = vendor
        self.credentials = credentials
        self._plans: dict[Security, AuthPlan] = {}
        self._sources: dict[int, TokenSource] = {}
        self._lock = threading.RLock()

    def plan(self, security: Security, operation: str) -> AuthPlan:
        """Return what a security requirement asks for; raise `ArgumentError` when credentials are missing."""
        plan = self._plans.get(security)
        if plan is None:
            with self._lock:
                plan = self._plans.get(security)
                if plan is None:
                    plan = self._plans[security] = AuthPlan(self, security, operation)
        return plan

    def source(self, scheme: TokenScheme) -> TokenSource:
        """Return the one token source of this scheme."""
        with self._lock:
            source = self._sources.get(id(scheme))  # schemes live as long as their vendor
            if source is None:
                source = self._sources[id(scheme)] = TokenSource(scheme, self.credentials)
            return source

    def __repr__(self) -> str:
        return f"<Access {self.credentials!r}>"
