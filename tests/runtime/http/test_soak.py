"""A storm of cancellations, timeouts, resets and forks leaves nothing behind, for tasks and for threads."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from loyalty_runtime import CallOptions, ConnectionOptions, LoyaltyError
from loyalty_runtime.calls.call import Call
from loyalty_runtime.http.connection import Connection
from loyalty_runtime.http.pool import Use
from loyalty_runtime.http.seam import LIBRARIES, Library
from tests.runtime.support import AsyncDemo, Demo, operation

SECONDS, TASKS, THREADS = 2, 200, 40
QUIET = operation(path="/quiet")
_LINGER = struct.pack("ii", 1, 0)  # closing resets the connection


class Chaos:
    """A server that answers with the path it was asked for: at once, late, with 503, in part, or by a reset; `/quiet` always at once."""

    def __init__(self) -> None:
        self._random = random.Random(11)  # noqa: S311 - chance that comes again
        self._loop = asyncio.new_event_loop()
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=1000))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._server = server
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._answer(reader, writer):
                pass
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1]
        chance = 1.0 if path == b"/quiet" else self._random.random()
        if chance < 0.4:
            await asyncio.sleep(self._random.random() * 0.05)
        body = b'{"path": "%s"}' % path
        status = b"503 Busy" if 0.4 < chance < 0.5 else b"200 OK"
        whole = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        answer = whole % (status, len(body), body)
        broken = chance < 0.1
        writer.write(answer[: self._random.randrange(len(answer))] if broken else answer)
        await writer.drain()
        if broken and chance < 0.07:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        return not broken

    def close(self) -> None:
        """Stop answering."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._server.close()
        for talk in asyncio.all_tasks(self._loop):
            talk.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


@pytest.fixture
def chaos() -> Iterator[Chaos]:
    """The server of one test; after it no call, no connection and no socket of the client is left."""
    before = alive()
    made = Chaos()
    opened = files()
    yield made
    assert Counter() == alive() - before
    deadline = time.monotonic() + 5
    while files() > opened and time.monotonic() < deadline:
        time.sleep(0.05)  # the server closes its own ends
    assert files() <= opened
    made.close()


def alive() -> Counter[str]:
    """Count calls and connections: errors that other tests keep hold their calls."""
    gc.collect()
    return Counter(type(it).__name__ for it in gc.get_objects() if issubclass(type(it), (Call, Connection, Use)))


def files() -> int:
    """How many files and sockets this process has open; always the same where the system does not tell."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def quick(chance: random.Random) -> CallOptions:
    """Options of a call that may run out of time."""
    return CallOptions(timeout=chance.choice((5, 5, 0.001 + chance.random() * 0.05)), max_retries=chance.randrange(2))


async def storm(client: Any, seen: Counter[str]) -> None:
    """Let two hundred tasks call and be cancelled, while the process forks now and then and its child calls too."""
    end = time.monotonic() + SECONDS

    async def one(chance: random.Random) -> None:
        asked = operation(path=f"/n{chance.random()}")
        call = asyncio.ensure_future(client.call(asked, options=quick(chance)))
        if chance.random() < 0.3:
            asyncio.get_running_loop().call_later(chance.random() * 0.05, call.cancel)
        try:
            assert {"path": asked.path} == await call
            seen["answered"] += 1
        except asyncio.CancelledError:
            seen["cancelled"] += 1
        except LoyaltyError as error:
            seen[type(error).__name__] += 1

    async def caller(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - chance that comes again
        while time.monotonic() < end:
            await one(chance)

    async def forker() -> None:
        while time.monotonic() < end:
            child = os.fork()
            if not child:
                with suppress(BaseException):
                    os._exit(int({"path": "/quiet"} != asyncio.run(client.call(QUIET))))
                os._exit(1)
            _, state = await asyncio.to_thread(os.waitpid, child, 0)
            assert not state
            await asyncio.sleep(0.4)

    await asyncio.gather(*map(caller, range(TASKS)), *([forker()] if hasattr(os, "fork") else []))


@pytest.mark.skipif(sys.platform == "win32", reason="resets look like other failures there")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("library", LIBRARIES)
def test_two_hundred_tasks(library: Library, chaos: Chaos) -> None:
    """Afterwards a call is answered at once."""
    seen: Counter[str] = Counter()

    async def run() -> float:
        options = ConnectionOptions(max_connections=20)
        async with AsyncDemo(base_url=chaos.url, http=library, connections=options) as client:
            await storm(client, seen)
            begun = time.monotonic()
            assert {"path": "/quiet"} == await client.call(QUIET)
            return time.monotonic() - begun

    assert asyncio.run(run()) < 1
    assert {"answered", "cancelled", "APITimeoutError", "APIConnectionError", "InternalServerError"} <= seen.keys()


@pytest.mark.parametrize("library", LIBRARIES)
def test_threads(library: Library, chaos: Chaos) -> None:
    """The same for a client of threads."""
    seen: Counter[str] = Counter()
    end = time.monotonic() + SECONDS

    def caller(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - chance that comes again
        while time.monotonic() < end:
            asked = operation(path=f"/n{seed}-{chance.random()}")
            try:
                assert {"path": asked.path} == client.call(asked, options=quick(chance))
                seen["answered"] += 1
            except LoyaltyError as error:
                seen[type(error).__name__] += 1

    with Demo(base_url=chaos.url, http=library, connections=ConnectionOptions(max_connections=10)) as client:
        threads = [threading.Thread(target=caller, args=(seed,)) for seed in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        begun = time.monotonic()
        assert {"path": "/quiet"} == client.call(QUIET)
        assert time.monotonic() - begun < 1
    assert {"answered", "APITimeoutError", "APIConnectionError"} <= seen.keys()
