"""One connection that carries one request after another (HTTP/1.1 by h11).

Written once, as coroutines: with a blocking stream they never suspend.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import h11

from ..errors import TransportFailure

if TYPE_CHECKING:
    from .failures import Progress
    from .streams import Stream

Fields = list[tuple[bytes, bytes]]
_LARGE = 65536  # bodies above this are written while listening for an early answer
_MOST_HEAD = 128 * 1024
_END = h11.EndOfMessage()


class Reply:
    """What httpx's transports read of a reply; `stream` is its body, as the pool hands it out."""

    __slots__ = ("extensions", "headers", "status", "stream")

    def __init__(self, event: h11.Response) -> None:
        self.status: int = event.status_code
        self.headers: Fields = event.headers.raw_items()
        self.extensions = {"http_version": b"HTTP/" + event.http_version, "reason_phrase": event.reason}
        self.stream: object = None


class Message:
    """A request; its body is bytes or an iterator of either kind. Its repr shows nothing, as a traceback with local variables may hold it."""

    __slots__ = ("body", "fields", "method", "short", "target")

    def __init__(self, method: bytes, target: bytes, fields: Fields, body: Any = b"") -> None:
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.short = isinstance(body, bytes) and len(body) <= _LARGE


class Connection:
    """An open connection to a server, or to a proxy that forwards to it (`absolute` targets then)."""

    __slots__ = ("_checked", "_early", "_h11", "_host", "_prefix", "_proxy_field", "_stream")

    def __init__(self, stream: Stream, host: str, prefix: bytes = b"", proxy_field: bytes | None = None) -> None:
        self._stream = stream
        self._host = host
        self._prefix = prefix
        self._proxy_field = proxy_field
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD)
        self._early: h11.Response | None = None
        self._checked: tuple[Fields, Any] = ([], [])  # the fields sent last, and what h11 made of them

    @property
    def usable(self) -> bool:
        """Say whether the kept connection can carry another request."""
        return self._stream.usable()

    def close(self) -> None:
        """Close at once."""
        self._stream.close()

    def forget(self) -> None:
        """Give up the socket in a process made by fork."""
        self._stream.forget()

    async def send(self, message: Message, progress: Progress) -> Reply:
        """Send a request and return the reply before its body."""
        progress.phase = "sending"
        self._early = None
        if message.short:
            data = self._whole(message)
            progress.sent = True
            await self._write(data, progress)
        else:
            await self._upload(message, progress)
        progress.phase = "reading"
        return Reply(self._early or await self._response(progress))

    def _whole(self, message: Message) -> memoryview:
        head = self._head(message)
        return memoryview(b"".join((head, self._framed(message.body), self._end())))

    def _head(self, message: Message) -> memoryview:
        target, fields = message.target, message.fields
        if self._prefix:
            target = self._prefix + target
            if self._proxy_field is not None:
                fields = [*fields, (b"Proxy-Authorization", self._proxy_field)]
        try:
            return memoryview(self._h11.send(self._request(message.method, target, fields)) or b"")
        except h11.LocalProtocolError:
            pass
        target, fields = b"", []
        raise TransportFailure("protocol", "the request cannot be written as HTTP", sent=False)

    def _request(self, method: bytes, target: bytes, fields: Fields) -> h11.Request:
        """Check a request; its fields only where they are not those of the one before, since that is a tenth of a call."""
        known = self._checked[1] if self._checked[0] == fields else fields
        request = h11.Request(method=method, target=target, headers=known)
        self._checked = (fields, request.headers)
        return request

    def _framed(self, body: bytes) -> bytes:
        if not body:
            return b""
        try:
            return self._h11.send(h11.Data(data=body)) or b""
        except h11.LocalProtocolError:
            pass
        raise TransportFailure("write", "the body is longer than announced: its file changed meanwhile", sent=True)

    def _end(self) -> bytes:
        try:
            return self._h11.send(_END) or b""
        except h11.LocalProtocolError:
            pass
        raise TransportFailure("write", "the body is shorter than announced: its file changed meanwhile", sent=True)

    async def _write(self, data: memoryview, progress: Progress) -> None:
        try:
            await self._stream.write(data, progress)
        except TimeoutError:
            raise
        except OSError:
            pass  # the server may have answered before it broke the connection; reading tells

    async def _upload(self, message: Message, progress: Progress) -> None:
        head = self._head(message)
        progress.sent = True
        try:
            if not await self._stream.write(head, progress, self._hears):
                return
            async with aclosing(_pieces(message.body)) as pieces:
                async for piece in pieces:
                    if not await self._stream.write(memoryview(self._framed(piece)), progress, self._hears):
                        return
            if tail := self._end():
                await self._stream.write(memoryview(tail), progress, self._hears)
        except TimeoutError:
            raise
        except OSError:
            pass  # as in `_write`

    def _hears(self, data: bytes) -> bool:
        """Take what arrives during an upload; True when that is the answer, or the end."""
        self._h11.receive_data(data)
        while True:
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError:
                return True
            if isinstance(event, h11.Response):
                self._early = event
                return True
            if event is h11.NEED_DATA:
                return not data
            if not isinstance(event, h11.InformationalResponse):
                return True

    async def _response(self, progress: Progress) -> h11.Response:
        while True:
            event = await self._event(progress)
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse) or event.status_code == 101:
                raise TransportFailure("cut", f"{self._host}: the answer is not HTTP that was asked for", sent=True)

    async def _event(self, progress: Progress) -> Any:
        while True:
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError:
                event = None
            if event is None:
                what = "broke HTTP in" if self._h11.their_state is h11.ERROR else "ended the connection before"
                raise TransportFailure("cut", f"{self._host} {what} its answer", sent=True)
            if event is not h11.NEED_DATA:
                return event
            if not self._took(await self._stream.read(progress)) and self._h11.their_state is h11.SEND_RESPONSE:
                raise TransportFailure("cut", f"{self._host} closed the connection without an answer", sent=True)

    def _took(self, data: bytes) -> bool:
        if data or self._h11.their_state is not h11.SEND_RESPONSE:
            self._h11.receive_data(data)
        return bool(data)

    async def chunk(self, progress: Progress) -> bytes | None:
        """Return the next piece of the reply's body, None at its end."""
        event = await self._event(progress)
        return bytes(event.data) if type(event) is h11.Data else None

    def end(self) -> bool:
        """Make ready for the next request; False when there can be none, as after bytes beyond the answer."""
        state = self._h11
        if state.our_state is h11.DONE and state.their_state is h11.DONE and not state.trailing_data[0]:
            state.start_next_cycle()
            return True
        return False


async def _pieces(body: Any) -> AsyncGenerator[bytes, None]:
    """Give the body piece by piece; what its files raise becomes a failure of ours."""
    if isinstance(body, bytes):
        yield body
        return
    problem = ""
    try:
        if hasattr(body, "__anext__"):
            async for piece in body:
                yield _checked(piece)
        else:
            for piece in body:
                yield _checked(piece)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except ValueError:
        problem = "the file is closed"
    if problem:
        raise TransportFailure("write", f"the body cannot be read: {problem}", sent=True)


def _checked(piece: object) -> bytes:
    if not isinstance(piece, bytes):
        raise TransportFailure("write", "the body's file gives text; open it in binary mode", sent=True)
    return piece
