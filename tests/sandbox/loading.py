"""What the load tests share: a sandbox that can be killed, clients as fast as they can, the figures of a run."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx
from attrs import define, field, frozen

import loyalty_sandbox
from loyalty_sandbox.core.clock import Clock
from loyalty_sandbox.core.documents import Document
from loyalty_sandbox.core.state import State, Store

Kept = TypeVar("Kept", bound="Record")


@frozen
class Call:
    """One request; `note` is its name in the record."""

    note: str
    path: str
    body: dict[str, object]
    authorization: str
    method: str = "POST"
    headers: tuple[str, ...] = ()


@define
class Record(ABC):
    """What the clients asked for and were told, by the note that makes each request unique."""

    told: dict[str, int] = field(factory=dict)  # note: status
    milliseconds: list[float] = field(factory=list)
    lost: int = 0

    @abstractmethod
    def choose(self, chance: random.Random, number: int) -> Call:
        """Choose and note the next request of a client."""

    @abstractmethod
    def hear(self, note: str, status: int, content: bytes) -> None:
        """Take in an answer."""


class Server:
    """The sandbox as a process that can be killed."""

    def __init__(self, database: Path, vendor: str, module: str = "loyalty_sandbox") -> None:
        self._database = database
        self._vendor = vendor
        self._module = module
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> None:
        """Start it without rate limits, on a free port at first and on the same one later."""
        paths = [str(Path(loyalty_sandbox.__file__).parents[1]), str(Path(__file__).parents[2])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        options = ["--port", str(self.port), "--db", str(self._database), "--vendor", self._vendor, "--no-limits"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._module, *options], stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self._process.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", self._process.stdout.readline())
        assert found
        self.port = int(found[1])

    def kill(self) -> None:
        """Kill it with `kill -9`."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


async def client(number: int, server: Server, record: Record, until: float) -> None:
    """Send requests until the time is over; a broken connection is opened anew, and its request is not repeated."""
    chance = random.Random(number)  # noqa: S311 - repeatable, not secret
    while time.monotonic() < until:
        address = f"http://127.0.0.1:{server.port}"
        transport = httpx.AsyncHTTPTransport(verify=False)
        async with httpx.AsyncClient(base_url=address, transport=transport, timeout=60) as http:
            try:
                while time.monotonic() < until:
                    call, before = record.choose(chance, number), time.monotonic()
                    headers = {"Authorization": call.authorization, **dict(line.split(": ") for line in call.headers)}
                    answer = await http.request(call.method, call.path, json=call.body, headers=headers)
                    record.milliseconds.append((time.monotonic() - before) * 1000)
                    record.told[call.note] = answer.status_code
                    record.hear(call.note, answer.status_code, answer.content)
            except httpx.TransportError as error:
                record.lost += not isinstance(error, httpx.ConnectError)
                await asyncio.sleep(0.02)


async def load(server: Server, record: Record, *, clients: int, seconds: float, kill: bool) -> None:
    """Run all clients, and kill and start the server half way."""
    until = time.monotonic() + seconds
    tasks = [asyncio.create_task(client(number, server, record, until)) for number in range(clients)]
    if kill:
        await asyncio.sleep(seconds / 2)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
    await asyncio.gather(*tasks)


def documents(database: Path, vendor: str) -> Callable[..., list[Document]]:
    """Return what finds the documents of a kind in a database, by members."""
    state = State(Store(database), Clock(), vendor)
    return lambda kind, **members: state.collection(kind).find(**members)


def compare(kind: str, asked: set[str], told: dict[str, int], stored: list[str]) -> None:
    """Compare the notes of stored movements with what was asked and told; raises `AssertionError` for what is lost, doubled or invented."""
    acknowledged = {note for note in asked if told.get(note) == 200}
    refused = {note for note in asked if told.get(note, 200) != 200}
    assert len(stored) == len(set(stored)), f"{kind}: a movement is stored twice"
    assert acknowledged <= set(stored), f"{kind}: an acknowledged movement is lost"
    assert set(stored) <= asked, f"{kind}: a movement nobody asked for"
    assert not refused & set(stored), f"{kind}: a refused movement is stored"


def parse_arguments(program: str, words: list[str] | None) -> argparse.Namespace:
    """Read the options of a load test."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description="Load a sandbox and count everything.")
    parser.add_argument("--clients", type=int, default=200, help="clients at the same time (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=30, help="how long (default: %(default)s)")
    parser.add_argument("--kill", action="store_true", help="kill -9 the server half way and start it again")
    return parser.parse_args(words)


def run(
    vendor: str,
    arguments: argparse.Namespace,
    record: Kept,
    *,
    seed: Callable[[Path], None],
    audit: Callable[[Path, Kept], dict[str, int]],
) -> int:
    """Seed a file, load its server, audit the file, print the figures; returns the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "load.db"
        seed(database)
        server = Server(database, vendor)
        server.start()
        try:
            asyncio.run(load(server, record, clients=arguments.clients, seconds=arguments.seconds, kill=arguments.kill))
        finally:
            server.kill()
        found = audit(database, record)
    times = statistics.quantiles(record.milliseconds, n=100)
    figures = {
        "vendor": vendor,
        "clients": arguments.clients,
        "seconds": arguments.seconds,
        "killed": arguments.kill,
        "answers": len(record.told),
        "answers per second": round(len(record.told) / arguments.seconds),
        "statuses": dict(sorted(Counter(record.told.values()).items())),
        "without an answer": record.lost,
        "milliseconds (median, 99 %)": [round(times[49]), round(times[98])],
        **found,
    }
    print(json.dumps(figures))
    return 0
