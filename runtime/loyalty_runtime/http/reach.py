"""From a host name to an open socket: one look-up for all who ask, several addresses tried side by side, one deadline over all of it."""

from __future__ import annotations

import errno
import selectors
import socket
import threading
from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from .fork import renew_after_fork

if TYPE_CHECKING:
    import asyncio
    from asyncio import AbstractEventLoop, Future
    from collections.abc import Callable

    from .failures import Progress

_STAGGER = 0.25  # seconds before the next address is tried beside the ones that have not answered
_UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK)
Selector: type[selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)
Address = tuple[Any, Any, int, str, Any]


class _LookUp:
    """One look-up in a thread of its own, as the system's cannot be interrupted; whoever asks meanwhile shares it."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.addresses: list[Address] = []
        self.error: OSError | None = None
        self.callbacks: list[Callable[[], object]] = []

    def result(self) -> list[Address]:
        if self.error is not None:
            raise type(self.error)(*self.error.args)
        return self.addresses


class _LookUps:
    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[tuple[str, int], _LookUp] = {}

    def ask(self, host: str, port: int, ended: Callable[[], object] | None = None) -> _LookUp:
        """Return the running look-up of a name, started where there is none; `ended` is called from its thread."""
        with self._lock:
            found = self._running.get((host, port))
            if found is None:
                found = self._running[(host, port)] = _LookUp()
                threading.Thread(target=self._run, args=(host, port, found), daemon=True).start()
            if ended is not None:
                found.callbacks.append(ended)
            return found

    def _run(self, host: str, port: int, found: _LookUp) -> None:
        try:
            found.addresses = _in_turn(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found.error = error
        except UnicodeError:
            found.error = socket.gaierror(socket.EAI_NONAME, "not a host name")
        with self._lock:
            self._running.pop((host, port), None)
            callbacks = found.callbacks
        found.ended.set()
        for call in callbacks:
            call()


_look_ups = _LookUps()
renew_after_fork(_look_ups)


def _in_turn(found: Iterable[Any]) -> list[Address]:
    """Order addresses so that families alternate, beginning with the system's first choice."""
    rows = list(found)
    first = [row for row in rows if row[0] == rows[0][0]]
    other = [row for row in rows if row[0] != rows[0][0]]
    mixed = [row for pair in zip(first, other, strict=False) for row in pair]
    return [*mixed, *first[len(other) :], *other[len(first) :]]


def _literal(host: str, port: int) -> list[Address] | None:
    if not (host[-1:].isdigit() or ":" in host):
        return None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return None
    return list(found)


def _socket(address: Address) -> socket.socket:
    made = socket.socket(*address[:3])
    made.setblocking(False)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def open_socket(host: str, port: int, progress: Progress) -> socket.socket:
    """Return a connected, non-blocking socket; raise `OSError`, and `TimeoutError` at the limit of the call."""
    addresses = _literal(host, port)
    if addresses is None:
        progress.phase = "looking up"
        found = _look_ups.ask(host, port)
        if not found.ended.wait(None if progress.limit is None else max(progress.limit - monotonic(), 0)):
            raise TimeoutError
        addresses = found.result()
    progress.phase = "connecting"
    return _race(addresses, progress.limit)


def _race(addresses: list[Address], deadline: float | None) -> socket.socket:
    left = addresses[::-1]
    problem: OSError | None = None
    begin = monotonic()
    with Selector() as selector:
        try:
            while left or selector.get_map():
                now = monotonic()
                if left and now >= begin:
                    address = left.pop()
                    made = _socket(address)
                    code = made.connect_ex(address[4])
                    if code in _UNDER_WAY:
                        selector.register(made, selectors.EVENT_WRITE)
                        begin = now + _STAGGER
                    else:
                        made.close()
                        problem = OSError(code, "connecting failed")
                        continue
                if deadline is not None and now >= deadline:
                    raise TimeoutError
                until = [moment for moment in (begin if left else None, deadline) if moment is not None]
                for key, _ in selector.select(max(min(until) - now, 0) if until else None):
                    made = cast("socket.socket", key.fileobj)
                    selector.unregister(made)
                    code = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not code:
                        return made
                    made.close()
                    problem = OSError(code, "connecting failed")
                    begin = now
        finally:
            for key in selector.get_map().values():
                key.fileobj.close()  # type: ignore[union-attr]
    raise problem or OSError("no address")


async def open_socket_async(loop: AbstractEventLoop, host: str, port: int, progress: Progress) -> socket.socket:
    """Do the same for an event loop; the caller limits the time."""
    addresses = _literal(host, port)
    if addresses is None:
        progress.phase = "looking up"
        addresses = await _look_up(loop, host, port)
    progress.phase = "connecting"
    if len(addresses) == 1:
        return await _connect(loop, addresses[0])
    return await _race_async(loop, addresses)


async def _look_up(loop: AbstractEventLoop, host: str, port: int) -> list[Address]:
    future: Future[None] = loop.create_future()

    def ended() -> None:
        if not future.done():
            future.set_result(None)

    def tell() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(ended)

    found = _look_ups.ask(host, port, tell)
    if not found.ended.is_set():
        await future
    return found.result()


async def _connect(loop: AbstractEventLoop, address: Address) -> socket.socket:
    made = _socket(address)
    try:
        await loop.sock_connect(made, address[4])
    except BaseException:
        made.close()
        raise
    return made


async def _race_async(loop: AbstractEventLoop, addresses: list[Address]) -> socket.socket:
    import asyncio

    left = addresses[::-1]
    running: set[asyncio.Task[socket.socket]] = set()
    problem: BaseException | None = None
    winner: socket.socket | None = None
    try:
        while winner is None and (left or running):
            if left:
                running.add(loop.create_task(_connect(loop, left.pop())))
            done, running = await asyncio.wait(
                running, timeout=_STAGGER if left else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                error = task.exception()
                if error is not None:
                    problem = error
                elif winner is None:
                    winner = task.result()
                else:
                    task.result().close()
    finally:
        for task in running:
            task.cancel()
            task.add_done_callback(_discard)
    if winner is None:
        raise problem or OSError("no address")
    return winner


def _discard(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()
