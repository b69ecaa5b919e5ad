"""A call that changes something is processed once, whatever fails, unless the vendor knows its repeats as one: measured over sockets.

`python -m tests.runtime.test_repeats` writes the table of it in the docs anew.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any

from loyalty_runtime import CallOptions, Idempotency, LoyaltyError
from tests.runtime.support import AsyncKit, FakeClock, RawServer, SyncKit, http, operation

DOCS = Path(__file__).resolve().parents[2] / "docs" / "runtime.md"
BEGIN, END = "<!-- measured by tests/runtime/test_repeats.py -->\n", "<!-- end -->\n"
SECURED = (("oauth",),)
CLIENT = {"client_id": "id", "client_secret": "secret"}
TOKEN = http(body=b'{"access_token": "t", "expires_in": 3600}')
WHOLE = http(body=b'{"points": 5}')
_LINGER = struct.pack("ii", 1, 0)  # closing resets the connection
Step = bytes | Callable[[socket.socket], None]


def _keyed(kind: Any, **fields: Any) -> Any:
    return operation(id="addPoints", method="POST", security=SECURED, idempotency=Idempotency(kind, **fields))


# Name, operation, arguments, whether each repeat is known to the vendor as one (or changes nothing).
KINDS: tuple[tuple[str, Any, dict[str, Any], bool], ...] = (
    ("GET", operation(security=SECURED), {}, True),
    ("PUT", operation(id="setPoints", method="PUT", security=SECURED), {"json": {"points": 5}}, False),
    ("DELETE", operation(id="dropPoints", method="DELETE", security=SECURED), {}, False),
    ("POST", operation(id="addPoints", method="POST", security=SECURED), {"json": {"points": 5}}, False),
    ("POST with a key in a header", _keyed("nonce", header="x-nonce"), {"json": {"points": 5}}, True),
    ("POST with a natural key", _keyed("natural", member="id"), {"json": {"id": 1}}, False),
    (
        "the same with `repeat=True`",
        _keyed("natural", member="id"),
        {"json": {"id": 1}, "options": CallOptions(repeat=True)},
        True,
    ),
)


def _reset(begun: bytes) -> Step:
    def step(connection: socket.socket) -> None:
        connection.sendall(begun)
        time.sleep(0.01 if begun else 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        connection.close()

    return step


def _ended(begun: bytes) -> Step:
    return lambda connection: connection.sendall(begun)


BUSY = http(503, headers="Retry-After: 1\r\n")
# What the server does after it has processed a request, and that it does with every further one.
FAILURES: tuple[tuple[str, Step], ...] = (
    ("closes before the head of its answer", b""),
    ("resets before the head", _reset(b"")),
    ("closes in the head", _ended(WHOLE[:20])),
    ("closes after the head", _ended(WHOLE[: WHOLE.index(b"{")])),
    ("closes in the body", _ended(WHOLE[:-3])),
    ("resets in the body", _reset(WHOLE[:-3])),
    ("answers what is no JSON", http(body=b"<html>")),
    ("answers 500", http(500)),
    ("answers 503 with Retry-After", BUSY),
    ("answers 429 with Retry-After", BUSY.replace(b"503", b"429")),
    ("answers 401", http(401)),
    ("redirects to its own", http(307, headers="Location: /elsewhere\r\n")),
    ("redirects to another server", http(307, headers="Location: http://127.0.0.1:1/\r\n")),
)


def processed(kit: SyncKit, called: Any, arguments: dict[str, Any], step: Step) -> int:
    """How often one call reached the server, which fails each time in the same way."""
    with closing(RawServer()) as server:

        def answer(request: bytes) -> Step:
            return TOKEN if request.startswith(b"POST /oauth/token") else step

        server.steps = _Answers(server, answer)  # type: ignore[assignment]
        client = kit.client(server.url, CLIENT, limiter=None)
        with suppress(LoyaltyError):
            kit.run(client.call(called, **arguments))
        return sum(not request.startswith(b"POST /oauth/token") for request in server.received)


class _Answers:
    """Steps that depend on what was asked last."""

    def __init__(self, server: RawServer, answer: Callable[[bytes], Step]) -> None:
        self._server = server
        self._answer = answer

    def pop(self, index: int) -> Step:
        return self._answer(self._server.received[-1])


@cache
def measured() -> dict[str, list[set[int]]]:
    """Return, for each failure, how often calls of each kind were processed: synchronous and asynchronous ones."""
    kits = (SyncKit(FakeClock()), AsyncKit(FakeClock()))
    try:
        return {
            name: [{processed(kit, called, arguments, step) for kit in kits} for _, called, arguments, _ in KINDS]
            for name, step in FAILURES
        }
    finally:
        for kit in kits:
            kit.close()


def table() -> str:
    """Return the table as Markdown; a cell with two numbers would say that both kinds of client differ."""
    head = f"| the server … | {' | '.join(name for name, *_ in KINDS)} |\n|{' --- |' * (len(KINDS) + 1)}\n"
    rows = (
        f"| {name} | {' | '.join(' or '.join(map(str, sorted(cell))) for cell in cells)} |\n"
        for name, cells in measured().items()
    )
    return head + "".join(rows)


def documented() -> str:
    """Return the table that the docs have."""
    return DOCS.read_text().partition(BEGIN)[2].partition(END)[0]


def test_how_often_a_call_is_processed() -> None:
    """Once, save after a refused token, of which the docs tell; they have the table that is measured here."""
    for failure, cells in measured().items():
        for (kind, _, _, repeatable), counts in zip(KINDS, cells, strict=True):
            most = 6 if repeatable else 2 if failure == "answers 401" else 1
            assert counts <= set(range(1, most + 1)), f"{kind}: the server {failure}"
            assert 1 == len(counts), "both kinds of client do the same"
    assert table() == documented()


if __name__ == "__main__":
    text = DOCS.read_text()
    DOCS.write_text(text.replace(BEGIN + documented() + END, BEGIN + table() + END))
