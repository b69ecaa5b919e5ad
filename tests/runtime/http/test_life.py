"""Threads, tasks, event loops, processes: connections are reused, never shared wrongly, and go quietly."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from loyalty_runtime import APITimeoutError, Clock, ConnectionOptions, DecodeError, LoyaltyError
from loyalty_runtime.http.seam import LIBRARIES, Library
from tests.runtime.http.conftest import LibraryKit
from tests.runtime.support import GET, POST, Answering, AsyncDemo, AsyncKit, Demo, http, operation


class Echo(Answering):
    """Answers each request with its own path, not before the gate is open."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        super().__init__()

    def answer_to(self, request: bytes) -> bytes:
        self.gate.wait(20)
        return http(body=json.dumps({"path": request.split(b" ")[1].decode()}).encode())

    @property
    def connections(self) -> int:
        """How many were opened."""
        return len(self._open)

    def alive(self, expected: int) -> int:
        """How many are open, once they are as many as expected, or after some seconds."""
        end = time.monotonic() + 5
        while (found := sum(thread.is_alive() for thread in self._threads) - 1) != expected and time.monotonic() < end:
            time.sleep(0.02)
        return found


@pytest.fixture
def echo() -> Any:
    """A server that echoes paths."""
    server = Echo()
    yield server
    server.close()


def path(name: str) -> Any:
    """An operation whose reply tells whether it is its own."""
    return operation(path=f"/{name}")


def test_threads_reuse_connections(echo: Echo) -> None:
    """Thirty threads: far more than fifty requests go over each connection."""
    with Demo(base_url=echo.url) as client:
        threads = [threading.Thread(target=lambda: [client.call(GET) for _ in range(60)]) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert 1800 == len(echo.received)
    assert echo.connections <= 30


@pytest.mark.parametrize("library", LIBRARIES)
def test_two_thousand_calls_at_once(echo: Echo, library: Library) -> None:
    """All are answered, each with its own reply, over no more connections than the default allows."""

    async def run() -> list[Any]:
        async with AsyncDemo(base_url=echo.url, http=library, timeout=300) as client:
            return await asyncio.gather(*(client.call(path(f"n{number}")) for number in range(2000)))

    assert [{"path": f"/n{number}"} for number in range(2000)] == asyncio.run(run())
    assert echo.connections <= 100


def test_calls_beyond_the_limit_wait_their_turn(kit: LibraryKit, echo: Echo) -> None:
    """More calls than connections are all answered, over no more connections than allowed."""
    client = kit.client(echo.url, connections=ConnectionOptions(max_connections=2), timeout=30)
    assert [{"path": "/v1/guests"}] * 40 == kit.at_once(lambda: client.call(GET), 40)
    assert echo.connections <= 2


def test_surplus_connections_run_out(kit: LibraryKit, echo: Echo) -> None:
    """After a burst so many stay open as are allowed, the one used last is used first, the other grows old; no place is lost by that."""
    options = ConnectionOptions(max_connections=3, max_keepalive=2, keepalive_seconds=0.5)
    client = kit.client(echo.url, connections=options, timeout=20)

    def burst() -> None:
        echo.gate.clear()
        threading.Timer(0.2, echo.gate.set).start()
        assert [{"path": "/v1/guests"}] * 3 == kit.at_once(lambda: client.call(GET), 3)

    burst()
    kit.run(client.call(GET))
    assert (3, 2) == (echo.connections, echo.alive(2))
    for _ in range(8):
        kit.run(client.call(GET))
        time.sleep(0.1)
    assert (3, 1) == (echo.connections, echo.alive(1))
    burst()
    assert 5 == echo.connections


def test_calls_wait_in_their_order(echo: Echo) -> None:
    """Whoever asks first for the only connection is served first."""

    async def run() -> None:
        async with AsyncDemo(base_url=echo.url, connections=ConnectionOptions(max_connections=1)) as client:
            await asyncio.gather(*(client.call(path(f"n{number}")) for number in range(9)))

    asyncio.run(run())
    assert [f"/n{number}" for number in range(9)] == [each.split(b" ")[1].decode() for each in echo.received]


def test_waiting_for_a_connection_is_not_sending(kit: LibraryKit, echo: Echo) -> None:
    """A call whose time is up before its turn says that nothing was sent, so that it may be made again."""
    echo.gate.clear()
    settings: dict[str, Any] = {"connections": ConnectionOptions(max_connections=1), "timeout": 0.5, "max_retries": 0}
    client = kit.client(echo.url, clock=Clock(), **settings)
    errors = kit.at_once(lambda: client.call(POST), 20)
    sent = [error.sent for error in errors if isinstance(error, APITimeoutError)]
    echo.gate.set()
    end = time.monotonic() + 5
    while len(echo.received) < sum(sent) and time.monotonic() < end:
        time.sleep(0.05)  # the server may read a request after its call has ended
    assert len(sent) == 20
    # A request that was sent in the last moment may never be read; one that was read is never called unsent.
    assert 1 <= len(echo.received) <= sum(sent) < 20


def test_a_reply_nobody_reads_gives_its_place_back(kit: LibraryKit, echo: Echo, tmp_path: Path) -> None:
    """A download that is given up is no leak."""
    client = kit.client(echo.url, connections=ConnectionOptions(max_connections=1), timeout=5)
    for _ in range(2):
        with pytest.raises(DecodeError, match="larger than 1 bytes"):
            kit.run(client.download(GET, tmp_path / "x", max_bytes=1))
    assert {"path": "/v1/guests"} == kit.run(client.call(GET))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_made_by_fork_has_connections_of_its_own(echo: Echo) -> None:
    """A client that has called before the fork works in all processes, and every answer belongs to its asker."""
    program = f"""
import os, sys
from tests.runtime.support import GET, Demo
from tests.runtime.http.test_life import path
client = Demo(base_url={echo.url!r})
client.call(GET)
children = []
for number in range(3):
    child = os.fork()
    if child == 0:
        good = all(client.call(path(f"{{number}}-{{each}}")) == {{"path": f"/{{number}}-{{each}}"}} for each in range(40))
        client.close()
        os._exit(0 if good else 1)
    children.append(child)
good = all(client.call(path(f"parent-{{each}}")) == {{"path": f"/parent-{{each}}"}} for each in range(40))
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
good = good and client.call(path("after")) == {{"path": "/after"}}
print(good, codes)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert "True [0, 0, 0]" == done.stdout.strip(), done.stderr


@pytest.mark.parametrize("library", LIBRARIES)
def test_several_event_loops(echo: Echo, library: Library) -> None:
    """One client serves one loop after another, and two at the same time."""
    client = AsyncDemo(base_url=echo.url, http=library, timeout=10)
    for _ in range(3):
        assert {"path": "/v1/guests"} == asyncio.run(client.call(GET))
    results: list[Any] = []

    async def several() -> None:
        for _ in range(10):
            results.extend(await asyncio.gather(*(client.call(GET) for _ in range(3))))

    threads = [threading.Thread(target=lambda: asyncio.run(several())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [{"path": "/v1/guests"}] * 60 == results
    asyncio.run(client.close())


def test_calls_that_run_end_in_peace_when_the_client_is_closed(kit: LibraryKit, echo: Echo) -> None:
    """Closing breaks nothing that is under way, and refuses what comes after; a waiting call was not sent."""
    client = kit.client(echo.url, connections=ConnectionOptions(max_connections=2), timeout=10, max_retries=0)
    echo.gate.clear()

    def close() -> None:
        while len(echo.received) < 2:
            time.sleep(0.01)
        time.sleep(0.2)  # by now the third call waits for a connection
        if isinstance(kit, AsyncKit):
            asyncio.run_coroutine_threadsafe(client.close(), kit.runner.get_loop()).result(10)
        else:
            client.close()
        echo.gate.set()

    closer = threading.Thread(target=close)
    closer.start()
    results = kit.at_once(lambda: client.call(GET), 3)
    closer.join()
    assert 2 == results.count({"path": "/v1/guests"}) == len(echo.received)
    assert ["This client was closed before the request was sent; make a new one."] == [
        str(each) for each in results if isinstance(each, LoyaltyError)
    ]
    with pytest.raises(LoyaltyError, match="client is closed; make a new one"):
        kit.run(client.call(GET))


@pytest.mark.parametrize(
    "body",
    [
        "Demo(base_url=URL).call(GET)",
        "kept = Demo(base_url=URL); kept.call(GET)",
        "asyncio.run(AsyncDemo(base_url=URL).call(GET))",
        "kept = AsyncDemo(base_url=URL); asyncio.run(kept.call(GET)); asyncio.run(kept.call(GET))",
        "async def dropped():\n    await AsyncDemo(base_url=URL).call(GET)\n    gc.collect()\n    await asyncio.sleep(0.1)\nasyncio.run(dropped())",
    ],
    ids=["dropped", "kept", "asynchronous", "two-loops", "dropped-in-a-loop"],
)
def test_a_program_that_closes_nothing_ends_quietly(echo: Echo, body: str) -> None:
    """No warning about sockets, no noise of a loop that is gone."""
    program = (
        f"import asyncio, gc\nfrom tests.runtime.support import GET, AsyncDemo, Demo\nURL = {echo.url!r}\n{body}\n"
    )
    command = [sys.executable, "-W", "always", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "" == done.stderr
