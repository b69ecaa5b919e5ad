"""Options: those of one call, those of a client, and the clock both are measured with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .errors import ArgumentError
from .frozen import Frozen
from .types import UNSET, Unset

if TYPE_CHECKING:
    from typing import Literal, TypedDict

    from .calls.limits import RateLimiter
    from .http.connections import ConnectionOptions
    from .secret import Secret
    from .wire.messages import AsyncTransport, Transport

DEFAULT_TIMEOUT = 60.0
CONNECT_TIMEOUT = 10.0
DEFAULT_RETRIES = 2
DEFAULT_MAX_BODY = 64 * 1024 * 1024
MAX_FILE = 1024 * 1024 * 1024


class Clock:
    """Time and chance, in one replaceable place: tests give a subclass that never sleeps."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        from time import monotonic

        return monotonic()

    def time(self) -> float:
        """Seconds since 1970, for HTTP dates and shared limits."""
        from time import time

        return time()

    def sleep(self, seconds: float) -> None:
        """Wait in a synchronous client."""
        from time import sleep

        sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Wait in an asynchronous client."""
        import anyio

        await anyio.sleep(seconds)

    def random(self) -> float:
        """A number from 0 up to 1, for jitter."""
        from random import random

        return random()  # noqa: S311 - jitter


class CallOptions(Frozen):
    """Options of one call; what is left out comes from the client.

    `timeout` is the budget of the whole call in seconds, with retries and waits; None waits for ever.
    `max_retries` counts repeats after the first attempt.
    `headers` are added to the client's; a value of None removes one.
    `idempotency_key` replaces the generated value where the operation has an idempotency header.
    `repeat=True` allows repeats of an operation that declares a natural key: the caller vouches for the key in the body.
    """

    __slots__ = ("headers", "idempotency_key", "max_retries", "repeat", "timeout")
    timeout: float | Unset | None
    max_retries: int | Unset
    headers: Mapping[str, str | None]
    idempotency_key: str | None
    repeat: bool

    def __init__(
        self,
        *,
        timeout: float | Unset | None = UNSET,
        max_retries: int | Unset = UNSET,
        headers: Mapping[str, str | None] | None = None,
        idempotency_key: str | None = None,
        repeat: bool = False,
    ) -> None:
        check_timeout(timeout)
        check_retries(max_retries)
        self._fill(
            timeout=timeout,
            max_retries=max_retries,
            headers=headers or {},
            idempotency_key=idempotency_key,
            repeat=repeat,
        )

    def __repr__(self) -> str:
        return (
            f"CallOptions(timeout={self.timeout!r}, max_retries={self.max_retries!r}, headers={list(self.headers)!r})"
        )


def check_timeout(timeout: float | Unset | None) -> None:
    """Raise `ArgumentError` unless the timeout is a positive number, None or absent."""
    if timeout is None or isinstance(timeout, Unset):
        return
    if isinstance(timeout, bool) or not timeout > 0:
        raise ArgumentError(
            f"timeout is {timeout!r}; give seconds above 0, or None to wait for ever.", argument="timeout"
        )


def check_retries(retries: int | Unset) -> None:
    """Raise `ArgumentError` unless the count is absent or from 0 to 10."""
    if isinstance(retries, Unset):
        return
    if isinstance(retries, bool) or not 0 <= retries <= 10:
        raise ArgumentError(f"max_retries is {retries!r}; give a number from 0 to 10.", argument="max_retries")


if TYPE_CHECKING:

    class CommonSettings(TypedDict, total=False):
        """Settings every client takes, sync or async.

        `base_url` or the name of a declared `server` (with its `variables`) says where to call.
        `token_url` overrides where tokens are fetched; by default a given base_url carries the token path too.
        `limiter` keeps the vendor's rate limits: by default one in memory for the whole process, None for none.
        `allow_http` permits plain HTTP to another machine; `log_bodies` writes redacted bodies to the debug log.
        `http` names the library whose transport sends: `httpx`, or its continuation `httpx2`, which is an extra.
        `max_body` is the largest reply that is read, in bytes after decompression.
        """

        base_url: str | None
        server: str | None
        variables: Mapping[str, str] | None
        token_url: str | None
        timeout: float | None
        max_retries: int
        headers: Mapping[str, str] | None
        limiter: RateLimiter | Unset | None
        connections: ConnectionOptions | None
        http: Literal["httpx", "httpx2"]
        max_body: int
        allow_http: bool
        log_bodies: bool
        clock: Clock | None

    class ClientSettings(CommonSettings, total=False):
        """Settings of a synchronous client."""

        transport: Transport | None

    class AsyncClientSettings(CommonSettings, total=False):
        """Settings of an asynchronous client."""

        transport: AsyncTransport | None

    class CallArguments(TypedDict, total=False):
        """What generated code gives to a call.

        `path`, `query`, `headers`, `cookies` map names on the wire to Python values; absent and None ones are left out.
        At most one body: `json` (any value or model), `form`, `multipart` (pairs of name and value), or `content` with `content_type`.
        """

        path: Mapping[str, object]
        query: Mapping[str, object]
        headers: Mapping[str, object]
        cookies: Mapping[str, object]
        json: object
        form: Mapping[str, object]
        multipart: list[tuple[str, object]]
        content: bytes | str | object
        content_type: str
        options: CallOptions | None

    Credential = str | Secret | None
