"""A server on the loopback interface that keeps every request as it came and answers as it was told."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.runtime.support import Answering, http

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


class Recorder(Answering):
    """The requests of one test, in order, and the answers they get; without an answer of its own a request gets `default`."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.default = Answer(TEAPOT, {})
        super().__init__()

    def answer_to(self, request: bytes) -> bytes:
        answer = self.answers.pop(0) if self.answers else self.default
        fields = (*answer.headers, ("Content-Type", answer.media))
        content = b"" if answer.status in (204, 304) else answer.content
        return http(answer.status, content, "".join(f"{name}: {value}\r\n" for name, value in fields))

    @property
    def requests(self) -> list[Recorded]:
        """Return what came."""
        return [read_recorded(request) for request in self.received]

    def reset(self) -> None:
        """Forget requests and answers."""
        self.received.clear()
        self.answers.clear()
        self.default = Answer(TEAPOT, {})

    def answer(self, status: int = 200, body: object = b"", media: str = "application/json", **headers: str) -> None:
        """Queue an answer; header names are written with underscores."""
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self.answers.append(Answer(status, body, media, named))

    @property
    def only(self) -> Recorded:
        """Return the one request that came."""
        (found,) = self.requests
        return found


def read_recorded(request: bytes) -> Recorded:
    """Take a request apart; fields of one name are joined by commas."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for name, _, value in (line.partition(":") for line in lines):
        key = name.lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    method, target, _ = first.split(" ")
    return Recorded(method, target, headers, body)
