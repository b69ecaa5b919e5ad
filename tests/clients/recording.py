"""A server on the loopback interface that keeps every request as it came and answers as it was told."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

# A status nothing repeats and no vendor documents: enough where only the request matters.
TEAPOT = 418


@dataclass(frozen=True)
class Recorded:
    """One request: the target as it was sent, header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Return the path as it was sent, percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[str]:
        """Return the pairs of the query as they were sent, sorted: their order means nothing."""
        return sorted(filter(None, self.target.partition("?")[2].split("&")))

    def json(self) -> object:
        """Return the body as a JSON value."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What the server says next; a body that is no bytes is sent as JSON."""

    status: int = 200
    body: object = b""
    media: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def content(self) -> bytes:
        """Return the bytes of the body."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Recorder:
    """The requests of one test, in order, and the answers they get; without an answer of its own a request gets `default`."""

    def __init__(self) -> None:
        self.requests: list[Recorded] = []
        self.answers: list[Answer] = []
        self.default = Answer(TEAPOT, {})
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Return the base URL of the server."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def reset(self) -> None:
        """Forget requests and answers."""
        self.requests.clear()
        self.answers.clear()
        self.default = Answer(TEAPOT, {})

    def answer(self, status: int = 200, body: object = b"", media: str = "application/json", **headers: str) -> None:
        """Queue an answer; header names are written with underscores."""
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self.answers.append(Answer(status, body, media, named))

    @property
    def only(self) -> Recorded:
        """Return the one request that came."""
        assert len(self.requests) == 1, [f"{item.method} {item.target}" for item in self.requests]
        return self.requests[0]

    def close(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about clients that close a connection early."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536  # head and body leave in one piece

    def handle_one(self) -> None:
        recorder = cast(_Server, self.server).recorder
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        recorder.requests.append(Recorded(self.command, self.path, headers, body))
        answer = recorder.answers.pop(0) if recorder.answers else recorder.default
        self.send_response(answer.status, "Answer")
        content = b"" if answer.status in (204, 304) else answer.content
        if content:
            self.send_header("Content-Type", answer.media)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test output clean."""
