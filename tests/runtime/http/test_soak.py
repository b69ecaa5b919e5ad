"""A storm of cancellations, timeouts, resets and forks leaves nothing behind; `SOAK_SECONDS` makes it longer than a suite can wait."""

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
from collections.abc import Callable, Iterator
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

SECONDS = float(os.environ.get("SOAK_SECONDS", "2"))
TASKS, THREADS = 200, 40
QUIET = operation(path="/quiet")
_LINGER = struct.pack("ii", 1, 0)  # closing resets the connection


class Chaos:
    """A server that answers with the path it was asked for: at once, late, with 503, in part, or by a reset; `/quiet` always at once."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - chance that comes again
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._talks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=1000))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for talk in self._talks:
            talk.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._answer(reader, writer):
                    pass
        finally:
            self._talks.discard(task)
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


@pytest.fixture
def chaos() -> Iterator[Chaos]:
    """The server of one test."""
    made = Chaos(seed=11)
    yield made
    made.close()


def files() -> int:
    """How many files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def memory() -> float:
    """How much memory this process holds, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


@pytest.fixture
def left() -> Callable[[], Counter[str]]:
    """What of calls and connections is alive that was not before the test: errors that other tests keep hold their calls."""
    kinds = (Call, Connection, Use)

    def alive() -> Counter[str]:
        gc.collect()
        return Counter(type(found).__name__ for found in gc.get_objects() if issubclass(type(found), kinds))

    before = alive()
    return lambda: alive() - before


async def one(client: Any, chance: random.Random, seen: Counter[str], number: int) -> None:
    """Make a call that may be cancelled, run out of time, or fail as the server likes."""
    asked = operation(path=f"/n{number}")
    options = CallOptions(
        timeout=chance.choice((5, 5, 0.001 + chance.random() * 0.05)), max_retries=chance.randrange(2)
    )
    call = asyncio.ensure_future(client.call(asked, options=options))
    if chance.random() < 0.3:
        asyncio.get_running_loop().call_later(chance.random() * 0.05, call.cancel)
    try:
        assert {"path": asked.path} == await call
        seen["answered"] += 1
    except asyncio.CancelledError:
        seen["cancelled"] += 1
    except LoyaltyError as error:
        seen[type(error).__name__] += 1


async def storm(client: Any, seconds: float, seen: Counter[str]) -> None:
    """Let two hundred tasks call for so long, while the process forks now and then and its child calls too."""
    end = time.monotonic() + seconds

    async def caller(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - chance that comes again
        number = seed * 1_000_000
        while time.monotonic() < end:
            number += 1
            await one(client, chance, seen, number)

    async def forker() -> None:
        while time.monotonic() < end:
            seen["forks"] += 1
            child = os.fork()
            if not child:
                os._exit(in_child(client))
            _, state = await asyncio.to_thread(os.waitpid, child, 0)
            assert not state
            await asyncio.sleep(0.4)

    await asyncio.gather(*map(caller, range(TASKS)), forker())


def in_child(client: Any) -> int:
    """Call in a process made by fork; 0 where that was answered."""
    with suppress(BaseException):
        return int({"path": "/quiet"} != asyncio.run(client.call(QUIET)))
    return 1


@pytest.mark.skipif(sys.platform != "linux", reason="counts open files as Linux shows them")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("library", LIBRARIES)
def test_two_hundred_tasks(
    library: Library, chaos: Chaos, left: Callable[[], Counter[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Afterwards a call is answered at once; after closing no socket, no call and no connection is left, and memory does not grow."""
    seen: Counter[str] = Counter()
    connections = ConnectionOptions(max_connections=20)

    async def run() -> tuple[float, float]:
        async with AsyncDemo(base_url=chaos.url, http=library, connections=connections) as client:
            await storm(client, SECONDS / 4, seen)
            begun, held = time.monotonic(), memory()
            await storm(client, SECONDS, seen)
            begun = time.monotonic()
            assert {"path": "/quiet"} == await client.call(QUIET)
            return time.monotonic() - begun, memory() - held

    before = files()
    took, grown = asyncio.run(run())
    if "SOAK_SECONDS" in os.environ:
        with capsys.disabled():
            print(
                f"\n{library}, {SECONDS} s: {dict(seen)}, then answered in {took:.3f} s, {grown:+.1f} MB, {files()} files"
            )
    assert {"answered", "cancelled", "APITimeoutError", "APIConnectionError", "InternalServerError"} <= seen.keys()
    assert took < 1
    assert Counter() == left()
    deadline = time.monotonic() + 5
    while files() > before and time.monotonic() < deadline:
        time.sleep(0.05)  # the server closes its own ends
    assert files() <= before
    assert grown < 30


@pytest.mark.parametrize("library", LIBRARIES)
def test_threads(library: Library, chaos: Chaos, left: Callable[[], Counter[str]]) -> None:
    """The same for a client of threads."""
    seen: Counter[str] = Counter()
    end = time.monotonic() + SECONDS
    connections = ConnectionOptions(max_connections=10)
    client = Demo(base_url=chaos.url, http=library, connections=connections, max_retries=0)

    def caller(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - chance that comes again
        while time.monotonic() < end:
            asked = operation(path=f"/n{seed}-{chance.random()}")
            try:
                options = CallOptions(timeout=0.001 + chance.random() * 0.05)
                assert {"path": asked.path} == client.call(asked, options=options)
                seen["answered"] += 1
            except LoyaltyError as error:
                seen[type(error).__name__] += 1

    threads = [threading.Thread(target=caller, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {"answered", "APITimeoutError", "APIConnectionError"} <= seen.keys()
    begun = time.monotonic()
    assert {"path": "/quiet"} == client.call(QUIET)
    assert time.monotonic() - begun < 1
    client.close()
    assert Counter() == left()
