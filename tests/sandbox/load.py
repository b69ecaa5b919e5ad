"""Load the Stamps sandbox and count every stamp: `python -m tests.sandbox.load [--clients 200] [--seconds 30] [--kill]`.

The server is a process of its own with a database file. Clients add, cancel and deduct stamps of shared customers as fast as they can.
With `--kill` the server is killed with `kill -9` half way and started again on the same file.
At the end the file is compared with what the clients were told: nothing acknowledged may be missing, nothing may be there twice or
unasked for, and every balance must be the sum of its movements. A request that was under way at the kill may have taken effect or not.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from attrs import define, field

import loyalty_sandbox
from loyalty_sandbox.store import Store
from loyalty_sandbox.vendors.stamps.base import STATIC_TOKEN

CUSTOMERS, OPENING = 40, 500
PATHS = {
    "add": "/stamps/api/stamps/add",
    "cancel": "/stamps/api/stamps/cancel",
    "deduct": "/stamps/api/memberships/deduct-stamps",
}


@define
class Record:
    """What the clients asked for and were told, by the note that makes each request unique."""

    asked: dict[str, tuple[str, int, int]] = field(factory=dict)  # note: kind, customer, amount or award
    told: dict[str, int] = field(factory=dict)  # note: status
    awards: dict[int, str] = field(factory=dict)  # award id: note
    milliseconds: list[float] = field(factory=list)
    lost: int = 0


class Server:
    """The sandbox as a process that can be killed."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> None:
        """Start it on a free port."""
        environment = {**os.environ, "PYTHONPATH": str(Path(loyalty_sandbox.__file__).parents[1])}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "loyalty_sandbox", "--port", "0", "--db", str(self._database), "--vendor", "stamps"],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
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
        self.port = 0


async def exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, body: bytes
) -> tuple[int, bytes]:
    """Send one request over an open connection and read its answer."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token {STATIC_TOKEN}\r\nContent-Type: application/json\r\n"
    writer.write(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = re.search(r"content-length: (\d+)", answer, re.IGNORECASE)
    assert length, answer
    return int(answer.split(" ", 2)[1]), await reader.readexactly(int(length[1]))


def choose(chance: random.Random, record: Record, number: int) -> tuple[str, str, dict[str, object]]:
    """Choose the next request: half of them award, the others cancel or deduct."""
    customer = 9000 + chance.randrange(CUSTOMERS)
    note = f"note-{number}-{len(record.asked)}"
    kind = chance.choice(("add", "add", "cancel", "deduct"))
    if kind == "cancel" and record.awards:
        award = chance.choice(list(record.awards)[-200:])
        customer = record.asked[record.awards[award]][1]
        record.asked[note] = (kind, customer, award)
        return note, kind, {"user": customer, "id": award}
    amount = chance.randrange(1, 30)
    if kind == "deduct":
        record.asked[note] = (kind, customer, amount)
        return note, kind, {"user": customer, "stamps": amount, "notes": note}
    record.asked[note] = ("add", customer, amount)
    mail = {"require_email_notification": False}
    return note, "add", {"user": customer, "store": 2, "number_of_stamps": amount, "notes": note, **mail}


async def client(number: int, server: Server, record: Record, until: float) -> None:
    """Send requests until the time is over; a broken connection is opened anew, and its request is not repeated."""
    chance = random.Random(number)  # noqa: S311 - repeatable, not secret
    writer: asyncio.StreamWriter | None = None
    while time.monotonic() < until:
        note = ""
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            note, kind, body = choose(chance, record, number)
            before = time.monotonic()
            status, content = await exchange(reader, writer, PATHS[kind], json.dumps(body).encode())
            record.milliseconds.append((time.monotonic() - before) * 1000)
            record.told[note] = status
            if status == 200 and kind == "add":
                record.awards[json.loads(content)["award"]["id"]] = note
        except (OSError, asyncio.IncompleteReadError):
            record.lost += bool(note)
            await hang_up(writer)
            writer = None
            await asyncio.sleep(0.02)
    await hang_up(writer)


async def hang_up(writer: asyncio.StreamWriter | None) -> None:
    """Close a connection, also a broken one."""
    if writer is None:
        return
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def load(server: Server, record: Record, *, clients: int, seconds: float, kill: bool) -> None:
    """Run all clients, and kill and start the server half way."""
    until = time.monotonic() + seconds
    tasks = [asyncio.create_task(client(number, server, record, until)) for number in range(clients)]
    if kill:
        await asyncio.sleep(seconds / 2)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
    await asyncio.gather(*tasks)


def audit(database: Path, record: Record) -> dict[str, int]:
    """Compare the file with what was asked and told; raises `AssertionError` for a lost, doubled or invented movement."""
    store = Store(database)
    awards = {each["notes"]: each for each in store.select("stamps", "awards", {}) if each["notes"].startswith("note-")}
    stored = [each["notes"] for each in store.select("stamps", "awards", {}) if each["notes"].startswith("note-")]
    deductions = [each["notes"] for each in store.select("stamps", "deductions", {})]
    for kind, notes in (("add", stored), ("deduct", deductions)):
        asked = {note for note, request in record.asked.items() if request[0] == kind}
        acknowledged = {note for note in asked if record.told.get(note) == 200}
        refused = {note for note in asked if record.told.get(note, 200) != 200}
        assert len(notes) == len(set(notes)), f"{kind}: a movement is stored twice"
        assert acknowledged <= set(notes), f"{kind}: an acknowledged movement is lost"
        assert set(notes) <= asked, f"{kind}: a movement nobody asked for"
        assert not refused & set(notes), f"{kind}: a refused movement is stored"
    cancelled = Counter(
        record.asked[note][2]
        for note, status in record.told.items()
        if status == 200 and record.asked[note][0] == "cancel"
    )
    assert set(cancelled.values()) <= {1}, "an award was cancelled twice"
    by_id = {each["id"]: each for each in awards.values()}
    assert all(by_id[award]["status"] == "Canceled" for award in cancelled), "an acknowledged cancellation is lost"
    balances = 0
    for customer in range(9000, 9000 + CUSTOMERS):
        membership = next(store.select("stamps", "memberships", {"user_id": customer}))
        movements = [each for each in awards.values() if each["membership_id"] == membership["id"]]
        added = sum(each["number_of_stamps"] for each in movements if each["status"] == "Created")
        spent = sum(
            each["stamps"] for each in store.select("stamps", "deductions", {"membership_id": membership["id"]})
        )
        held = sum(each["remaining"] for each in store.select("stamps", "awards", {"membership_id": membership["id"]}))
        assert membership["stamps"] == OPENING + added - spent == held, (
            f"customer {customer}: the balance is not its movements"
        )
        balances += membership["stamps"]
    store.close()
    return {"awards": len(stored), "deductions": len(deductions), "cancellations": len(cancelled), "stamps": balances}


def seed(database: Path) -> None:
    """Make the customers in a fresh file."""
    folder = database.parent
    customers = [
        {"email": f"load{number}@example.com", "id": number, "membership_id": number + 1000, "stamps": OPENING}
        for number in range(9000, 9000 + CUSTOMERS)
    ]
    (folder / "seed.json").write_text(json.dumps({"stamps": {"customer": customers}}))
    from loyalty_sandbox.__main__ import build_world, parse_arguments

    build_world(
        parse_arguments(["--vendor", "stamps", "--db", str(database), "--seed", str(folder / "seed.json")])
    ).close()


def main(words: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.sandbox.load", description="Load the Stamps sandbox and count every stamp."
    )
    parser.add_argument("--clients", type=int, default=200, help="clients at the same time (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=30, help="how long (default: %(default)s)")
    parser.add_argument("--kill", action="store_true", help="kill -9 the server half way and start it again")
    arguments = parser.parse_args(words)
    record = Record()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "load.db"
        seed(database)
        server = Server(database)
        server.start()
        try:
            asyncio.run(load(server, record, clients=arguments.clients, seconds=arguments.seconds, kill=arguments.kill))
        finally:
            server.kill()
        found = audit(database, record)
    times = statistics.quantiles(record.milliseconds, n=100)
    print(
        json.dumps(
            {
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
        )
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
