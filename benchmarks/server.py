"""The loopback server, the same for all: HTTP/1.1 with kept connections and bodies made beforehand, in a process of its own.

`python -m benchmarks.server` prints its port on the first line and serves until its standard input is closed.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.layout import ROOT
from benchmarks.payloads import guest_page, pepper_user


def answers() -> dict[bytes, bytes]:
    """Return the whole reply of each known path, with query and method left out."""
    bodies = {b"/v1/guests": guest_page(50), b"/one/v1/guests": guest_page(1), b"/users/u-1": pepper_user()}
    return {path: _reply(b"200 OK", body) for path, body in bodies.items()}


def _reply(status: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
    return head + body


class Connection(asyncio.Protocol):
    """Answer requests without a body, one after another."""

    _known = answers()
    _unknown = _reply(b"404 Not Found", b'{"message":"unknown path"}')

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        self._data += data
        while b"\r\n\r\n" in self._data:
            head, _, self._data = self._data.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1]
            reply = self._known.get(target.partition(b"?")[0], self._unknown)
            self._transport.write(reply)  # type: ignore[attr-defined]


async def serve() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def running() -> Iterator[str]:
    """Run the server and give its address."""
    command = [sys.executable, "-m", "benchmarks.server"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        port = process.stdout.readline().strip() if process.stdout is not None else ""
        if process.stdin is None or not port.isdigit():
            raise RuntimeError("the loopback server did not start")
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve())
