"""Lose answers between many tills and the Stamps sandbox, and count every stamp: `python -m tests.sandbox.outcomes [--clients 200] [--seconds 30]`.

One call in twenty loses its answer or takes effect late, the sandbox and processes of tills are killed with `kill -9` and started again, and
the clocks of both sides jump; the sandbox takes a sale twice if it is sent twice. At the end the file of the sandbox is compared with the tills' own: what a till calls done is there once, what it
calls refused is not there, nothing is there that no till asked for, and every balance is what the tills' files add up to.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from loyalty_sandbox.command import build_world
from loyalty_sandbox.command import parse_arguments as sandbox_arguments
from tests.sandbox.loading import Server, documents

REPOSITORY = Path(__file__).resolve().parents[2]
PER_PROCESS = 25
CUSTOMERS, OPENING = 40, 500


class Tills:
    """One process of tills, which can be killed."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self.start()

    def start(self) -> None:
        """Start it on its files."""
        paths = os.pathsep.join([str(REPOSITORY), *(path for path in sys.path if path)])
        environment = {**os.environ, "PYTHONPATH": paths}
        command = [sys.executable, "-m", "tests.sandbox.till_worker", json.dumps(self._plan)]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    def kill(self) -> None:
        """Kill it with `kill -9`."""
        self.process.kill()
        self.end()

    def end(self) -> str:
        """Wait for its end; returns what it complained of."""
        _, complaint = self.process.communicate(timeout=180)
        return complaint


def disturb(server: Server, tills: list[Tills], chance: random.Random, until: float, every: float) -> Counter[str]:
    """Kill one side or make the vendor's clock jump, again and again; returns how often."""
    done = Counter[str]()
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}/_sandbox", trust_env=False, timeout=30) as admin:
        while time.time() + every < until:
            time.sleep(every)
            kind = ("till", "sandbox", "clock")[sum(done.values()) % 3]
            done[kind] += 1
            if kind == "sandbox":
                server.kill()
                server.start()
            elif kind == "till":
                process = chance.choice(tills)
                process.kill()
                process.start()
            else:
                admin.post("/clock", json={"advance": chance.choice((3_600, -3_600))}).raise_for_status()
    return done


def audit(database: Path, folder: Path) -> dict[str, Any]:
    """Compare the file of the sandbox with those of the tills; raises `AssertionError` for a lost, doubled or invented stamp."""
    find = documents(database, "stamps")
    sales, burns = read(folder, "sales"), read(folder, "burns")
    ours = {number + 1000 for number in range(9000, 9000 + CUSTOMERS)}
    stored = Counter(each["invoice_number"] for each in find("transactions") if each.get("membership_id") in ours)
    deducted = Counter(each["notes"] for each in find("deductions") if each["membership_id"] in ours)
    states = Counter(row["state"] for row in sales)
    assert set(stored.values()) <= {1} and set(deducted.values()) <= {1}, "something moved twice"
    assert set(stored) <= {row["invoice"] for row in sales}, "a sale nobody made"
    assert set(deducted) <= {row["note"] for row in burns}, "a burn nobody asked for"
    for row in sales:
        assert (row["state"] == "done") == (row["invoice"] in stored), (
            f"the sale {row} is {stored[row['invoice']]} times there"
        )
    taken = ("done", "taken")
    settled = [row for row in burns if row["state"] in (*taken, "refused")]
    wrong = [row for row in settled if (row["state"] in taken) != (row["note"] in deducted)]
    unknown = {row["note"] for row in burns if row["state"] == "open"}
    for customer in range(9000, 9000 + CUSTOMERS):
        (membership,) = find("memberships", user_id=customer)
        member = f"load{customer}@example.com"
        earned = sum(int(row["value"] // 10_000) for row in sales if row["member"] == member and row["state"] == "done")
        spent = sum(row["stamps"] for row in burns if row["member"] == member and row["state"] in taken)
        open_ones = sum(
            row["stamps"] for row in burns if row["member"] == member and row["note"] in unknown & set(deducted)
        )
        if not any(row["member"] == member for row in wrong):
            assert membership["stamps"] == OPENING + earned - spent - open_ones, (
                f"customer {customer}: a stamp is lost or doubled"
            )
    return {
        "answers lost": sum(file.stat().st_size for file in folder.glob("lost-*")),
        "sales (certain)": dict(states),
        "burns (likely)": dict(Counter(row["state"] for row in burns)),
        "wrong verdicts on burns": len(wrong),
        "burns still unknown": len(unknown),
    }


def seed(database: Path) -> None:
    """Make the customers in a fresh file."""
    folder = database.parent
    customers = [
        {"email": f"load{number}@example.com", "id": number, "membership_id": number + 1000, "stamps": OPENING}
        for number in range(9000, 9000 + CUSTOMERS)
    ]
    (folder / "seed.json").write_text(json.dumps({"stamps": {"customer": customers}}))
    options = ["--vendor", "stamps", "--db", str(database), "--seed", str(folder / "seed.json")]
    build_world(sandbox_arguments(options)).close()


def read(folder: Path, table: str) -> list[dict[str, Any]]:
    """Read a table of every till."""
    found: list[dict[str, Any]] = []
    for file in sorted(folder.glob("till-*.db")):
        rows = sqlite3.connect(file)
        rows.row_factory = sqlite3.Row
        found += [dict(row) for row in rows.execute(f"select * from {table}")]  # noqa: S608 - our own names
        rows.close()
    return found


def run(
    *, clients: int, seconds: float, seed_number: int, share: float = 0.05, pause: float = 2.5, every: float = 3.0
) -> dict[str, Any]:
    """Run all of it and return the figures; raises `AssertionError` for a stamp that is lost or doubled."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "sandbox.db"
        seed(database)
        server = Server(database, "stamps", "tests.sandbox.forgetful")
        server.start()
        until = time.time() + seconds
        plan = {
            "url": f"http://127.0.0.1:{server.port}/stamps",
            "folder": name,
            "seed": seed_number,
            "until": until,
            "share": share,
            "pause": pause,
            "members": CUSTOMERS,
            "timeout": 5.0,
            "settle": 10.0,
        }
        numbers = list(range(clients))
        tills = [Tills({**plan, "tills": numbers[at : at + PER_PROCESS]}) for at in range(0, clients, PER_PROCESS)]
        try:
            done = disturb(server, tills, random.Random(seed_number), until, every)  # noqa: S311 - repeatable
            complaints = [complaint for process in tills if (complaint := process.end())]
        finally:
            for process in tills:
                process.process.kill()
            server.kill()
        assert [] == complaints, complaints[0]
        found = audit(database, folder)
    return {"clients": clients, "seconds": seconds, "kills and jumps": dict(done), **found}


def main() -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.sandbox.outcomes", description="Lose answers and count every stamp."
    )
    parser.add_argument("--clients", type=int, default=200, help="tills at the same time (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=30, help="how long they sell (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of faults and kills (default: %(default)s)")
    options = parser.parse_args()
    print(json.dumps(run(clients=options.clients, seconds=options.seconds, seed_number=options.seed)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
