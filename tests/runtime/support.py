"""Clocks, servers, transports and descriptors the runtime's tests share."""

from __future__ import annotations

import asyncio
import inspect
import json
import pickle
import socket
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from loyalty_runtime import AsyncBaseClient, BaseClient, Clock, Headers, LoyaltyError, RawResponse, Request
from loyalty_runtime.declared.operation import Operation, PagedOperation, Reply
from loyalty_runtime.declared.schemes import ApiKey, Basic, Bearer, OAuth2, Scheme, TokenExchange
from loyalty_runtime.declared.vendor import Server, Vendor


class FakeClock(Clock):
    """Time that passes only by waiting; the waits are kept in `slept`."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.wall = 1_795_000_000.0
        self.slept: list[float] = []
        self.chance = 1.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.wall + self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)

    def random(self) -> float:
        return self.chance


SCHEMES: dict[str, Scheme] = {
    "oauth": OAuth2(
        token_url="https://api.example.com/oauth/token", format="json", operation="createToken", lifetime=3600
    ),
    "form": OAuth2(token_url="/oauth/token", client="basic", scope="read"),
    "user": OAuth2(token_url="/oauth/token", grant="password", client="basic", headers={"X-Tenant": "tenant"}),
    "exchange": TokenExchange(
        "session_token",
        token_url="/auth/token/",
        members={"secret": "secret", "merchant": "merchant_id"},
        integers=("merchant",),
        lifetime=86400,
        operation="createSession",
        reply=("data.token", "data.seconds", "data.refresh"),
    ),
    "token": ApiKey("token", prefix="Token"),
    "bearer": Bearer("jwt"),
    "app": ApiKey("application_id", key="x-application-id"),
    "query": ApiKey("query_key", key="api_key", location="query"),
    "cookie": ApiKey("cookie_key", key="session", location="cookie"),
    "basic": Basic(),
}
VENDOR = Vendor(
    slug="demo",
    name="Demo",
    servers={"production": Server("https://api.example.com"), "test": Server("https://{host}/v9", {"host": ""})},
    schemes=SCHEMES,
    security=(("token",), ()),
)


class Demo(BaseClient):
    vendor = VENDOR


class AsyncDemo(AsyncBaseClient):
    vendor = VENDOR


def operation(**fields: Any) -> Operation[Any]:
    """An operation with the usual fields filled in."""
    usual: dict[str, Any] = {
        "vendor": "demo",
        "id": "getGuest",
        "method": "GET",
        "path": "/v1/guests",
        "responses": {200: Reply()},
    }
    return Operation(**{**usual, **fields})


def paged(pagination: Any, **fields: Any) -> Any:
    """An operation whose reply is a page, by default of items in `data`."""
    usual: dict[str, Any] = {"id": "listGuests", "items": "data", "responses": {200: Reply()}, **fields}
    return PagedOperation(**{"vendor": "demo", "method": "GET", "path": "/v1/guests", **usual}, pagination=pagination)


GET = operation()
POST = operation(id="createGuest", method="POST")


def travelled(value: Any) -> Any:
    """What arrives when a value is sent to another process."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes


class SyncKit:
    """Synchronous clients."""

    name = "sync"
    client_class: type[Any] = Demo

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self._clients: list[Any] = []

    def client(self, base_url: str | None = None, credentials: dict[str, Any] | None = None, **settings: Any) -> Any:
        """Make a client with the fake clock; it is closed at the end of the test."""
        made = self.client_class(credentials=credentials, base_url=base_url, **{"clock": self.clock, **settings})
        self._clients.append(made)
        return made

    def scripted(
        self, *replies: Any, credentials: Any = None, base_url: str | None = "https://api.example.com", **settings: Any
    ) -> tuple[Any, Script]:
        """Make a client whose transport gives these replies in turn; without a base URL it has the vendor's own."""
        script = Script(replies, self.clock)
        transport = script if self.name == "sync" else AsyncScript(script)
        return self.client(base_url, credentials, transport=transport, **settings), script

    def tried(
        self,
        operation: Operation[Any],
        *replies: Any,
        credentials: dict[str, Any] | None = None,
        settings: dict[str, Any] | None = None,
        **arguments: Any,
    ) -> tuple[Any, Script]:
        """Make one call; return its value, or the error it ended in, and what was sent."""
        client, script = self.scripted(*replies, credentials=credentials, **(settings or {}))
        try:
            return self.run(client.call(operation, **arguments)), script
        except LoyaltyError as error:
            return error, script

    def run(self, value: Any) -> Any:
        """Return what a method of a client returned."""
        return value

    def at_once(self, call: Callable[[], Any], count: int) -> list[Any]:
        """Begin so many calls together and return their results or errors."""
        start = threading.Barrier(count)

        def one(_: int) -> Any:
            start.wait()
            try:
                return call()
            except LoyaltyError as error:
                return error

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, range(count)))

    def items(self, pages: Any) -> list[Any]:
        """Collect an iterator."""
        return list(pages)

    def close(self) -> None:
        for client in self._clients:
            client.close()


class AsyncKit(SyncKit):
    """Asynchronous clients, all in one event loop."""

    name = "async"
    client_class = AsyncDemo

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.runner = asyncio.Runner()

    def run(self, value: Any) -> Any:
        """Run what a method of a client returned."""
        return self.runner.run(value) if inspect.iscoroutine(value) else value

    def at_once(self, call: Callable[[], Any], count: int) -> list[Any]:
        """Begin so many calls together and return their results or errors."""

        async def gathered() -> list[Any]:
            return list(await asyncio.gather(*(call() for _ in range(count)), return_exceptions=True))

        return list(self.runner.run(gathered()))

    def items(self, pages: Any) -> list[Any]:
        """Collect an asynchronous iterator."""

        async def collect() -> list[Any]:
            return [item async for item in pages]

        found: list[Any] = self.runner.run(collect())
        return found

    def close(self) -> None:
        for client in self._clients:
            self.run(client.close())
        self.runner.close()


def reply(status: int = 200, body: object = None, headers: dict[str, str] | None = None) -> RawResponse:
    """A canned reply; anything but bytes is written as JSON."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    fields = {"content-type": "application/json", **(headers or {})}
    return RawResponse(status, Headers([(k.encode(), v.encode()) for k, v in fields.items()]), content)


class Script:
    """A transport that gives canned replies in turn and remembers the requests; exceptions are raised, functions asked."""

    def __init__(self, replies: Iterable[Any], clock: FakeClock) -> None:
        self.replies = list(replies)
        self.requests: list[Request] = []
        self.clock = clock

    def send(self, request: Request) -> RawResponse:
        self.requests.append(request)
        step = self.replies.pop(0)
        if callable(step) and not isinstance(step, type):
            step = step(request)
        if isinstance(step, BaseException):
            raise step
        assert isinstance(step, RawResponse)
        return RawResponse(step.status, step.headers, step.content)

    def close(self) -> None:
        pass

    def header(self, index: int, name: str) -> str | None:
        """A header of a request that was sent."""
        return sent_header(self.requests[index], name)


def sent_header(request: Request, name: str) -> str | None:
    """A header of a request, None when it is absent; fails when it stands there twice."""
    found = [value.decode() for key, value in request.headers if key.lower() == name.lower().encode()]
    assert len(found) <= 1
    return found[0] if found else None


class AsyncScript:
    """The same for asynchronous clients."""

    def __init__(self, script: Script) -> None:
        self._script = script

    async def send(self, request: Request) -> RawResponse:
        await asyncio.sleep(0)  # lets the other tasks run, as a network does
        return self._script.send(request)

    async def close(self) -> None:
        pass


class RawServer:
    """A server on 127.0.0.1 that answers each request with the next step: bytes to send, or a function of the socket."""

    def __init__(self) -> None:
        self.steps: list[bytes | Callable[[socket.socket], None]] = []
        self.received: list[bytes] = []
        self.hold = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._run(self._accept)

    def _run(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            self._run(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while True:
                request = read_request(connection)
                if not request:
                    return
                self.received.append(request)
                step = self.steps.pop(0) if self.steps else b""
                if callable(step):
                    step(connection)
                    return
                if not step:
                    return
                connection.sendall(step)

    def wait(self, connection: socket.socket) -> None:
        """Answer nothing until the test is over."""
        self.hold.wait(10)

    def close(self) -> None:
        self.hold.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):  # ends the read a kept connection waits in
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)


class Answering(RawServer):
    """A server that keeps its connections and answers each request by what it is."""

    def answer_to(self, request: bytes) -> bytes:
        """Return the whole reply to a request."""
        raise NotImplementedError

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while request := read_request(connection):
                self.received.append(request)
                connection.sendall(self.answer_to(request))


def read_request(connection: socket.socket) -> bytes:
    """Read one request with its body by Content-Length or chunks; what a peer that ends early sent is what there is."""
    data = b""
    while not _is_whole(data) and (piece := connection.recv(65536)):
        data += piece
    return data


def _is_whole(data: bytes) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    parts = [line.lower().partition(b":") for line in head.split(b"\r\n")]
    fields = {name: value for name, _, value in parts}
    if not end or b"transfer-encoding" in fields:
        return bool(end) and body.endswith(b"0\r\n\r\n")
    return len(body) >= int(fields.get(b"content-length", b"0"))


def http(
    status: int = 200,
    body: bytes = b"{}",
    headers: str = "Content-Type: application/json\r\n",
    length: int | None = None,
) -> bytes:
    """The bytes of a reply."""
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status} X\r\n{headers}Content-Length: {size}\r\n\r\n".encode() + body
