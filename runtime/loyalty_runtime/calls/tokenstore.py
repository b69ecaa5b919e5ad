"""Tokens that several clients share, so that many workers of one key make one token request."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from ..errors import StoreError, TransportFailure
from ..secret import Secret
from .auth import Token
from .limits import Shared, lease_of
from .stores import Kept

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..http.ports import IO

T = TypeVar("T")
_POLL = 0.05  # seconds between two looks at a token that somebody else asks for


class TokenStore(Shared):
    """Keeps tokens for every client that is given this object, each under a hash of vendor, address and credentials.

    `TokenStore()` keeps them in memory; `TokenStore.sqlite(path)` in a file of mode 0600 that processes of one machine share;
    `TokenStore.redis(client)` in Redis. Both hold tokens in clear text: whoever can read the store can use them.
    A shared store gets `timeout` seconds, never more than the call has left. When it cannot be used, `on_failure` says what happens:
    `"refuse"` raises `StoreError`, `"send"` asks for a token of one's own.
    """

    _what = "token store"

    def __init__(self) -> None:
        super().__init__()
        self._tokens: dict[str, tuple[Kept, float]] = {}
        self._claims: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    async def load(
        self,
        io: IO,
        key: str,
        old: Token | None,
        timeout: float | None,
        ask: Callable[[Secret | None], Awaitable[Token]],
    ) -> Token:
        """Return a token that is not the old one: the kept one, or a new one, which one of all that wait asks for.

        `ask` gets the last refresh token, if there is one. Raises what it raises, `StoreError`, and `TransportFailure` when the time is over.
        """
        from uuid import uuid4

        name = uuid4().hex
        try:
            found = await self._turn(io, key, name, None if old is None else old.secret, timeout)
        except StoreError:
            if self._on_failure == "refuse":
                raise
            return await ask(None if old is None else old.refresh)
        if isinstance(found, Kept):
            renew_at = io.clock.monotonic() + found.seconds
            return Token(found.value, renew_at, Secret(found.refresh) if found.refresh else None)
        return await self._asked(io, key, name, found, ask)

    async def _turn(
        self, io: IO, key: str, name: str, old: Secret | None, timeout: float | None
    ) -> Kept | Secret | None:
        """Wait for a token that somebody else asked for, or for the turn to ask; then return the last refresh token."""
        deadline = None if timeout is None else io.clock.monotonic() + timeout
        while True:
            left = None if deadline is None else deadline - io.clock.monotonic()
            if left is not None and left <= 0:
                raise TransportFailure("timeout", "another process's token request took too long", sent=False)
            patience = self._timeout if left is None else min(self._timeout, left)
            refused = None if old is None else old.reveal()
            found = await self._run(io, partial(self._claim, io, key, name, refused, lease_of(left), patience))
            if isinstance(found, Kept):
                return found
            if not found:
                refresh = await self._run(io, partial(self._refresh_token, key, patience))
                return Secret(refresh) if refresh else None
            await io.sleep(min(found, _POLL))

    async def _asked(
        self,
        io: IO,
        key: str,
        name: str,
        refresh: Secret | None,
        ask: Callable[[Secret | None], Awaitable[Token]],
    ) -> Token:
        kept: Kept | None = None
        try:
            token = await ask(refresh)
            seconds = (token.renew_at or 0.0) - io.clock.monotonic()
            kept = Kept(token.secret.reveal(), seconds, token.refresh.reveal() if token.refresh else None)
            return token
        finally:
            # Where the store fails now, the claim ends by itself; the caller has the token, or sees why there is none.
            with suppress(StoreError):
                await self._run(io, partial(self._keep, io, key, name, kept, self._timeout))

    async def _run(self, io: IO, function: Callable[[], T]) -> T:
        return function() if self._store is None else await io.run(function)

    def _claim(self, io: IO, key: str, name: str, refused: str | None, lease: float, patience: float) -> Kept | float:
        if self._store is not None:
            return self._store.claim(key, name, refused, lease, patience)
        now = io.clock.monotonic()
        with self._lock:
            kept, until = self._tokens.get(key) or (None, 0.0)
            if kept is not None and kept.value != refused and until > now:
                return Kept(kept.value, until - now, kept.refresh)
            holder, ends = self._claims.get(key, ("", 0.0))
            if holder and ends > now:
                return ends - now
            self._claims[key] = (name, now + lease)
            return 0.0

    def _refresh_token(self, key: str, patience: float) -> str | None:
        if self._store is not None:
            return self._store.refresh_token(key, patience)
        kept, _ = self._tokens.get(key) or (None, 0.0)
        return None if kept is None else kept.refresh

    def _keep(self, io: IO, key: str, name: str, kept: Kept | None, patience: float) -> None:
        if self._store is not None:
            self._store.keep(key, name, kept, patience)
            return
        with self._lock:
            if kept is not None:
                self._tokens[key] = (kept, io.clock.monotonic() + kept.seconds)
            if self._claims.get(key, ("", 0.0))[0] == name:
                del self._claims[key]
