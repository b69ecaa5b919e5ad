"""The only module that imports an HTTP library, itself imported at the first request.

It uses httpcore, the connection layer under httpx, directly: httpx's client layer was measured at nearly half the cost of a request, and
importing it at more than twice the time. No type or exception of the library leaves this module.
anyio is imported where it is used, as only asynchronous clients need it.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpcore

from ..errors import TransportFailure, TransportProblem
from ..wire.bodies import Body
from ..wire.headers import Headers
from ..wire.messages import Origin, RawResponse, Request, StreamedResponse
from .connections import ConnectionOptions, proxy_for, shared_ssl_context
from .inflate import Inflater, too_large

if TYPE_CHECKING:
    import ssl

_budget = threading.local()


class _DeadlineStream(httpcore.NetworkStream):
    """Hold every read and write of a synchronous call to the time that is left; without it a server that drips one
    byte per second would never run into the read timeout."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    deadline: float | None = getattr(_budget, "deadline", None)
    if deadline is None:
        return timeout
    left = deadline - monotonic()
    if left <= 0:
        raise error("time budget used up")
    return left if timeout is None else min(timeout, left)


class _DeadlineBackend(httpcore.SyncBackend):
    def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return _DeadlineStream(super().connect_tcp(*args, **kwargs))


def _failure(error: BaseException) -> TransportFailure:
    """Say in neutral words what the library reports; none of its texts are passed on, as some quote header values."""
    problem: TransportProblem
    if isinstance(error, httpcore.PoolTimeout):
        return TransportFailure("pool", "no connection of the pool became free in time", sent=False)
    if isinstance(error, httpcore.ConnectTimeout):
        return TransportFailure("timeout", "connecting took too long", sent=False)
    if isinstance(error, httpcore.ConnectError):
        if _tls(error):
            return TransportFailure("tls", "the TLS handshake failed (certificate or protocol)", sent=False)
        return TransportFailure("refused", "no connection could be made", sent=False)
    if isinstance(error, (httpcore.ProxyError, httpcore.UnsupportedProtocol)):
        return TransportFailure("connect", "the proxy or protocol refused the connection", sent=False)
    if isinstance(error, (httpcore.TimeoutException, TimeoutError)):
        return TransportFailure("timeout", "no complete answer came in time", sent=True)
    if isinstance(error, httpcore.LocalProtocolError):
        problem, detail = "protocol", "the request could not be written as HTTP"
    elif isinstance(error, httpcore.RemoteProtocolError):
        problem, detail = "cut", "the server broke the connection or the protocol"
    elif isinstance(error, httpcore.WriteError):
        problem, detail = "write", "the connection broke while sending"
    else:
        problem, detail = "cut", "the connection broke while reading"
    return TransportFailure(problem, detail, sent=True)


def _tls(error: BaseException | None) -> bool:
    import ssl

    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


_LIBRARY_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


def _request(request: Request, content: object) -> httpcore.Request:
    origin = request.origin
    timeout = request.timeout
    connect = request.connect_timeout
    if connect is None or (timeout is not None and timeout < connect):
        connect = timeout
    return httpcore.Request(
        method=request.method.encode("ascii"),
        url=httpcore.URL(
            scheme=origin.scheme.encode("ascii"),
            host=origin.host.encode("ascii"),
            port=origin.port,
            target=request.target.encode("ascii"),
        ),
        headers=request.headers,
        content=content,  # type: ignore[arg-type]
        extensions={"timeout": {"connect": connect, "pool": timeout, "read": timeout, "write": timeout}},
    )


def _encoding(fields: list[tuple[bytes, bytes]]) -> str:
    for name, value in fields:
        if name.lower() == b"content-encoding":
            text = value.decode("latin-1").strip().lower()
            return "" if text == "identity" else text
    return ""


def _join(chunks: list[bytes], fields: list[tuple[bytes, bytes]], limit: int) -> bytes:
    data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    encoding = _encoding(fields)
    if not encoding or not data:
        return data
    inflater = Inflater(encoding, limit)
    plain = inflater.feed(data)
    inflater.finish()
    return plain


def _pool_options(options: ConnectionOptions, origin: Origin) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "max_connections": options.max_connections,
        "max_keepalive_connections": options.max_keepalive,
        "keepalive_expiry": options.keepalive_seconds,
    }
    if origin.scheme == "https":
        settings["ssl_context"] = shared_ssl_context(options)
    proxy = proxy_for(options, origin)
    if proxy is not None:
        auth = None if proxy.user is None else (proxy.user, proxy.password.reveal() if proxy.password else "")
        settings["proxy"] = httpcore.Proxy(proxy.url, auth=auth)
    return settings


class PooledTransport:
    """Synchronous transport: one pool per origin, shared by threads."""

    def __init__(self, options: ConnectionOptions) -> None:
        self._options = options
        self._pools: dict[Origin, httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()

    def _pool(self, origin: Origin) -> httpcore.ConnectionPool:
        pool = self._pools.get(origin)
        if pool is None:
            with self._lock:
                pool = self._pools.get(origin)
                if pool is None:
                    pool = httpcore.ConnectionPool(
                        network_backend=_DeadlineBackend(), **_pool_options(self._options, origin)
                    )
                    self._pools[origin] = pool
        return pool

    def send(self, request: Request) -> RawResponse:
        """Send and read everything."""
        failure: TransportFailure
        _budget.deadline = None if request.timeout is None else monotonic() + request.timeout
        try:
            body = request.body
            response = self._pool(request.origin).handle_request(
                _request(request, body.chunks() if isinstance(body, Body) else body)
            )
            status = response.status
            try:
                limit = request.max_body
                size = 0
                chunks: list[bytes] = []
                for chunk in response.stream:  # type: ignore[union-attr]
                    size += len(chunk)
                    if size > limit:
                        raise too_large(limit)
                    chunks.append(chunk)
            finally:
                response.close()
            return RawResponse(status, Headers(response.headers), _join(chunks, response.headers, request.max_body))
        except _LIBRARY_ERRORS as error:
            failure = _failure(error)
        finally:
            _budget.deadline = None
        # Raised outside the handler, so that the library's exception is not kept as context.
        raise failure

    @contextmanager
    def stream(self, request: Request) -> Iterator[StreamedResponse]:
        """Send and hand out the reply before its body."""
        failure: TransportFailure
        _budget.deadline = None if request.timeout is None else monotonic() + request.timeout
        try:
            body = request.body
            response = self._pool(request.origin).handle_request(
                _request(request, body.chunks() if isinstance(body, Body) else body)
            )
            try:
                chunks = _bounded(response.stream, response.headers, request.max_body)  # type: ignore[arg-type]
                yield StreamedResponse(response.status, Headers(response.headers), chunks)
                return
            finally:
                response.close()
        except _LIBRARY_ERRORS as error:
            failure = _failure(error)
        finally:
            _budget.deadline = None
        raise failure

    def close(self) -> None:
        """Close every pool."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.close()


def _bounded(source: Iterator[bytes], fields: list[tuple[bytes, bytes]], limit: int) -> Iterator[bytes]:
    encoding = _encoding(fields)
    inflater = Inflater(encoding, limit) if encoding else None
    size = 0
    for chunk in source:
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        yield inflater.feed(chunk) if inflater else chunk
    if inflater:
        inflater.finish()


async def _abounded(
    source: AsyncIterator[bytes], fields: list[tuple[bytes, bytes]], limit: int
) -> AsyncIterator[bytes]:
    encoding = _encoding(fields)
    inflater = Inflater(encoding, limit) if encoding else None
    size = 0
    async for chunk in source:
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        yield inflater.feed(chunk) if inflater else chunk
    if inflater:
        inflater.finish()


def _run(function: Callable[[int], bytes], size: int, /) -> Any:
    from anyio.to_thread import run_sync

    return run_sync(function, size)


class AsyncPooledTransport:
    """Asynchronous transport: one pool per origin, for the tasks of one event loop."""

    def __init__(self, options: ConnectionOptions) -> None:
        self._options = options
        self._pools: dict[Origin, httpcore.AsyncConnectionPool] = {}

    def _pool(self, origin: Origin) -> httpcore.AsyncConnectionPool:
        pool = self._pools.get(origin)
        if pool is None:
            pool = httpcore.AsyncConnectionPool(**_pool_options(self._options, origin))
            self._pools[origin] = pool
        return pool

    async def _open(self, request: Request) -> httpcore.Response:
        body = request.body
        return await self._pool(request.origin).handle_async_request(
            _request(request, body.achunks(_run) if isinstance(body, Body) else body)
        )

    async def send(self, request: Request) -> RawResponse:
        """Send and read everything."""
        from anyio import fail_after

        failure: TransportFailure
        timeout = request.timeout
        try:
            # A little above the library's own timeouts, so that those name the phase when they are the cause.
            with fail_after(None if timeout is None else timeout + 0.05):
                response = await self._open(request)
                try:
                    limit = request.max_body
                    size = 0
                    chunks: list[bytes] = []
                    async for chunk in response.stream:  # type: ignore[union-attr]
                        size += len(chunk)
                        if size > limit:
                            raise too_large(limit)
                        chunks.append(chunk)
                finally:
                    await response.aclose()
            return RawResponse(
                response.status, Headers(response.headers), _join(chunks, response.headers, request.max_body)
            )
        except (*_LIBRARY_ERRORS, TimeoutError) as error:
            failure = _failure(error)
        raise failure

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[StreamedResponse]:
        """Send and hand out the reply before its body."""
        from anyio import fail_after

        failure: TransportFailure
        timeout = request.timeout
        try:
            with fail_after(None if timeout is None else timeout + 0.05):
                response = await self._open(request)
                try:
                    chunks = _abounded(response.stream, response.headers, request.max_body)  # type: ignore[arg-type]
                    yield StreamedResponse(response.status, Headers(response.headers), chunks)
                    return
                finally:
                    await response.aclose()
        except (*_LIBRARY_ERRORS, TimeoutError) as error:
            failure = _failure(error)
        raise failure

    async def close(self) -> None:
        """Close every pool."""
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            await pool.aclose()
