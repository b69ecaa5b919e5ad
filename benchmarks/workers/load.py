"""Many calls at once, inside a peer's environment: `load.py SUBJECT BASE_URL`, requests and answers as lines of JSON.

A request names `kind` (tasks, threads or burst), how many of them (`level`) and the number of calls (`count`); the answer has the seconds
of wall and CPU time of one call. At most 100 connections for every subject, all of them kept.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

_LIST = "/v1/guests?limit=50"
_HEADERS = {"Authorization": "Bearer artificial"}
_CONNECTIONS = 100

Call = Callable[[], object]
AwaitedCall = Callable[[], Awaitable[object]]


def ours(base_url: str) -> Call:
    """The facade's list, typed."""
    client: Any = import_module("stampede_client")
    guests = client.Stampede(access_token="artificial", base_url=base_url, limiter=None, timeout=600).guests  # noqa: S106
    return lambda: list(guests.list(limit=50))


def ours_awaited(base_url: str) -> AwaitedCall:
    """The same, awaited."""
    client: Any = import_module("stampede_client")
    guests = client.AsyncStampede(access_token="artificial", base_url=base_url, limiter=None, timeout=600).guests  # noqa: S106

    async def call() -> object:
        return [guest async for guest in guests.list(limit=50)]

    return call


def by_httpx(name: str, base_url: str) -> Call:
    """httpx or httpx2, to plain dictionaries."""
    library: Any = import_module(name)
    limits = library.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
    client = library.Client(headers=_HEADERS, limits=limits, timeout=600)
    return lambda: client.get(base_url + _LIST).json()


def by_httpx_awaited(name: str, base_url: str) -> AwaitedCall:
    """The same, awaited."""
    library: Any = import_module(name)
    limits = library.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
    client = library.AsyncClient(headers=_HEADERS, limits=limits, timeout=600)

    async def call() -> object:
        return (await client.get(base_url + _LIST)).json()

    return call


def by_aiohttp(base_url: str) -> AwaitedCall:
    """aiohttp, to plain dictionaries."""
    library: Any = import_module("aiohttp")
    session = library.ClientSession(headers=_HEADERS, connector=library.TCPConnector(limit=_CONNECTIONS))

    async def call() -> object:
        async with session.get(base_url + _LIST) as response:
            return await response.json()

    return call


def by_niquests(base_url: str) -> Call:
    """niquests, to plain dictionaries."""
    library: Any = import_module("niquests")
    session = library.Session(pool_maxsize=_CONNECTIONS)
    session.headers.update(_HEADERS)
    return lambda: session.get(base_url + _LIST, timeout=600).json()


def by_niquests_awaited(base_url: str) -> AwaitedCall:
    """The same, awaited."""
    library: Any = import_module("niquests")
    session = library.AsyncSession(pool_maxsize=_CONNECTIONS)
    session.headers.update(_HEADERS)

    async def call() -> object:
        return (await session.get(base_url + _LIST, timeout=600)).json()

    return call


BLOCKING: dict[str, Callable[[str], Call]] = {
    "ours": ours,
    "raw httpx": lambda url: by_httpx("httpx", url),
    "raw httpx2": lambda url: by_httpx("httpx2", url),
    "raw niquests": by_niquests,
}
AWAITED: dict[str, Callable[[str], AwaitedCall]] = {
    "ours": ours_awaited,
    "raw httpx": lambda url: by_httpx_awaited("httpx", url),
    "raw httpx2": lambda url: by_httpx_awaited("httpx2", url),
    "raw aiohttp": by_aiohttp,
    "raw niquests": by_niquests_awaited,
}


class Watch:
    """Wall and CPU time of a number of calls."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def stop(self) -> dict[str, float]:
        """Return the seconds of one call."""
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        return {"wall": wall / self._count, "cpu": cpu / self._count}


async def by_tasks(call: AwaitedCall, level: int, count: int) -> dict[str, float]:
    """Let tasks call until all calls are done, after each has called once."""
    await asyncio.gather(*(call() for _ in range(min(level, count))))
    left = count

    async def work() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await call()

    watch = Watch(count)
    await asyncio.gather(*(work() for _ in range(level)))
    return watch.stop()


async def by_burst(call: AwaitedCall, count: int) -> dict[str, float]:
    """Begin all calls at once."""
    watch = Watch(count)
    await asyncio.gather(*(call() for _ in range(count)))
    return watch.stop()


def by_threads(call: Call, level: int, count: int) -> dict[str, float]:
    """Let threads call, each an equal share."""

    def run(each: int) -> None:
        threads = [threading.Thread(target=lambda: [call() for _ in range(each)]) for _ in range(level)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    run(1)
    each = max(count // level, 1)
    watch = Watch(each * level)
    run(each)
    return watch.stop()


def main() -> None:
    """Answer requests until standard input ends."""
    subject, base_url = sys.argv[1:3]
    runner = asyncio.Runner()
    made: dict[str, Any] = {}

    async def awaited() -> AwaitedCall:
        return AWAITED[subject](base_url)

    for line in sys.stdin:
        request = json.loads(line)
        answer: dict[str, object]
        try:
            kind, level, count = request["kind"], request["level"], request["count"]
            side = "threads" if kind == "threads" else "tasks"
            if side not in made:
                made[side] = BLOCKING[subject](base_url) if side == "threads" else runner.run(awaited())
            if kind == "threads":
                answer = dict(by_threads(made[side], level, count))
            elif kind == "burst":
                answer = dict(runner.run(by_burst(made[side], count)))
            else:
                answer = dict(runner.run(by_tasks(made[side], level, count)))
        except Exception as error:  # noqa: BLE001 - the parent shows it as one line
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(answer), flush=True)
    os._exit(0)  # without the complaints of sessions that nobody closes


if __name__ == "__main__":
    main()
