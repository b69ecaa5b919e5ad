"""The pool behind httpx's transports, of threads here and of an event loop in `async_pool`: what `HTTPTransport` calls as its `_pool`.

Waiting and waking live here; who gets a place is decided in `places`.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..errors import LoyaltyError
from ..wire.messages import Origin
from . import run_sync
from .connection import Connection, Message, Reply
from .connections import is_loopback
from .failures import broken, late
from .fork import renew_after_fork
from .places import DONE, HOLDING, REFUSED, WAITING, Places, Ticket
from .routes import Route
from .seam import PROGRESS
from .streams import SyncStream

if TYPE_CHECKING:
    from ..errors import TransportFailure
    from .async_streams import AsyncStream
    from .connections import ConnectionOptions
    from .failures import Progress
    from .proxies import Proxy

_inherited: list[object] = []


def keep_quiet(inherited: object) -> None:
    """Keep what belongs to the parent process, so that nothing is done or said about it in this one."""
    _inherited.append(inherited)


class _Server:
    """One server: the way to it and its places."""

    __slots__ = ("places", "route")

    def __init__(self, route: Route, options: ConnectionOptions) -> None:
        self.route = route
        self.places: Places[Connection] = Places(
            limit=options.max_connections, keep=options.max_keepalive, seconds=options.keepalive_seconds
        )


class Use:
    """One call's use of a place. However the call ends, the place goes back, at the latest when this object goes."""

    __slots__ = ("connection", "pool", "progress", "server", "ticket")

    def __init__(self, pool: BasePool, server: _Server, progress: Progress) -> None:
        self.pool = pool
        self.server = server
        self.progress = progress
        self.ticket: Ticket[Connection] = Ticket()
        self.connection: Connection | None = None

    def end(self, *, keep: bool = False) -> None:
        """Give the place back, with the connection where it can be kept."""
        if self.ticket.state != DONE:
            self.pool.release(self, keep=keep)

    def __del__(self) -> None:
        if self.ticket.state != DONE:
            self.pool.abandoned(self)


class BasePool:
    """What the pools of threads and of an event loop have in common; `whole` is httpx's class of bodies that are bytes."""

    _kind: type[SyncStream] | type[AsyncStream]

    def __init__(self, options: ConnectionOptions, whole: Any) -> None:
        self._options = options
        self._whole = whole
        self._open: set[Connection] = set()
        self._closed = False
        self._renewed()
        renew_after_fork(self)

    def _renewed(self) -> None:
        self._lock = threading.Lock()
        self._servers: dict[tuple[bytes, bytes, int | None], _Server] = {}
        self._abandoned: deque[Use] = deque()

    def renew(self) -> None:
        """Begin anew in a process made by fork: the connections and the lock belong to the parent."""
        for connection in self._open:
            connection.forget()
        keep_quiet((self._servers, self._open))
        self._open = set()
        self._renewed()

    def _server(self, url: Any) -> _Server:
        key = (url.scheme, url.host, url.port)
        server = self._servers.get(key)
        if server is None:
            origin = Origin(url.scheme.decode(), url.host.decode(), url.port)
            route = Route(origin, self._proxy(origin), self._options, self._kind)
            with self._lock:
                server = self._servers.setdefault(key, _Server(route, self._options))
        return server

    def _proxy(self, origin: Origin) -> Proxy | None:
        if self._options.proxy is None and is_loopback(origin.host):
            return None
        from .proxies import proxy_for

        return proxy_for(self._options, origin)

    def _take(self, use: Use, wake: Any) -> None:
        while self._abandoned:
            self.release(self._abandoned.popleft())
        ticket = use.ticket
        places = use.server.places
        with self._lock:
            if self._closed:
                places.closed = True
            places.take(ticket, monotonic())
            if ticket.state == WAITING:
                ticket.wake = wake()
            doomed, places.doomed = places.doomed, []
        for connection in doomed:
            self._close(connection)

    def release(self, use: Use, *, keep: bool = False) -> None:
        """Give a place back and wake the call that gets it."""
        connection, use.connection = use.connection, None
        places = use.server.places
        with self._lock:
            if connection is None and use.ticket.state == HOLDING:
                connection = use.ticket.connection  # handed over, and never looked at
                keep = connection is not None
            heir = places.give(use.ticket, connection if keep else None, monotonic())
            doomed, places.doomed = places.doomed, []
        if connection is not None and not keep:
            doomed.append(connection)
        if heir is not None:
            self._wake(heir)
        for each in doomed:
            self._close(each)

    def abandoned(self, use: Use) -> None:
        """Take back the place of a call that was interrupted at an odd moment; the garbage collector may call this anywhere."""
        if self._lock.acquire(blocking=False):
            self._lock.release()
            self.release(use)
        else:
            self._abandoned.append(use)

    def _wake(self, ticket: Ticket[Connection]) -> None:
        raise NotImplementedError

    def _close(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.close()

    async def _exchange(self, use: Use, request: Any) -> Reply:
        """Send over a kept connection, or over one that is opened now."""
        progress = use.progress
        connection, use.ticket.connection = use.ticket.connection, None
        use.connection = connection
        if connection is not None and not connection.usable:
            use.connection = None
            self._close(connection)
            connection = None
        if connection is None:
            use.connection = connection = await self._opened(use.server.route, progress)
            self._open.add(connection)
        return await connection.send(self._message(request), progress)

    def _message(self, request: Any) -> Message:
        stream = request.stream
        body = b"".join(stream) if isinstance(stream, self._whole) else self._pieces(stream)
        return Message(request.method, request.url.target, request.headers, body)

    async def _opened(self, route: Route, progress: Progress) -> Connection:
        return await route.open(progress)

    def _pieces(self, stream: Any) -> Any:
        """Return an iterator over a body of the pool's kind."""
        return iter(stream)

    def failure(self, error: OSError, use: Use) -> TransportFailure:
        """End the use and return what to raise instead."""
        use.end()
        return broken(error, use.progress, use.server.route.host)

    async def _handled(self, request: Any) -> Reply:
        """Send a request and return its reply before the body; with a pool of threads this never suspends."""
        use = Use(self, self._server(request.url), request.extensions[PROGRESS])
        problem: TransportFailure
        try:
            await self._acquire(use)
            if use.ticket.state == REFUSED:
                raise LoyaltyError("This client was closed before the request was sent; make a new one.")
            reply = await self._exchange(use, request)
            reply.stream = self._body(use)
            return reply
        except OSError as error:
            problem = self.failure(error, use)
        except BaseException:
            use.end()
            raise
        raise problem

    async def _acquire(self, use: Use) -> None:
        """Wait for a place, or the refusal of one."""
        raise NotImplementedError

    def _body(self, use: Use) -> object:
        """Return what httpx's transport reads the body from."""
        raise NotImplementedError

    def close(self) -> None:
        """Refuse further calls and close what is idle; a call that runs ends in peace and closes its connection then."""
        refused: list[Ticket[Connection]] = []
        doomed: list[Connection] = []
        with self._lock:
            self._closed = True
            for server in self._servers.values():
                refused += server.places.close()
                doomed += server.places.doomed
                server.places.doomed = []
        for ticket in refused:
            self._wake(ticket)
        for connection in doomed:
            self._close(connection)


class Pool(BasePool):
    """The pool of threads."""

    _kind = SyncStream

    def handle_request(self, request: Any) -> Reply:
        """Send a request and return its reply before the body; raise `TransportFailure` only, and `LoyaltyError` when closed."""
        return run_sync(self._handled(request))

    def _body(self, use: Use) -> object:
        return _Chunks(use)

    async def _acquire(self, use: Use) -> None:
        self._take(use, _locked)
        ticket = use.ticket
        if ticket.state == WAITING:
            limit = use.progress.limit
            came = ticket.wake.acquire(timeout=-1 if limit is None else max(limit - monotonic(), 0))
            if not came and ticket.state == WAITING:
                raise late(use.progress, use.server.route.host)

    def _wake(self, ticket: Ticket[Connection]) -> None:
        ticket.wake.release()


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


class _Chunks:
    """The body of a reply; closing it, or its end, gives the connection back."""

    def __init__(self, use: Use) -> None:
        self._use = use

    def __iter__(self) -> Iterator[bytes]:
        use = self._use
        connection = use.connection
        problem: TransportFailure
        try:
            while connection is not None:
                chunk = run_sync(connection.chunk(use.progress))
                if chunk is None:
                    use.end(keep=connection.end())
                    return
                yield chunk
            return
        except OSError as error:
            problem = use.pool.failure(error, use)
        except BaseException:
            use.end()
            raise
        raise problem

    def close(self) -> None:
        self._use.end()
