"""A process of tills for `tests.sandbox.outcomes`: each till is `examples/offline_till.py` with a file of its own, in a thread.

One call in twenty meets a fault of the sandbox: its answer is lost or spoiled in some phase, or it takes effect late, or not at all.
The wall clock of the process jumps by hours and days. The process may be killed at any time and is started again on the same files.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from examples import offline_till
from examples.offline_till import Till
from loyalty_runtime import Applied, CallOptions, Clock, Event, NotApplied, outcome_of
from stamps_client import Stamps
from stamps_client.api.memberships.deduct_stamps import OPERATION as DEDUCT
from stamps_client.api.transactions.add_transaction import OPERATION as ADD
from tests.sandbox.credentials import STATIC_TOKEN

LOST = ("reset", "cut-head", "cut-body", "silent", "status=502; after", "status=504; after", "html; after")
LATE = ("late=0.5", "late=1.5", "late=1; silent", "late=0.7; reset")
NEVER = ("status=503", "html")
JUMPS = (0.0, 3_600.0, -3_600.0, 259_200.0, -86_400.0)
OPEN_FOR = 60.0  # seconds after the end in which everything must be settled


class JumpingClock(Clock):
    """A wall clock that somebody sets again and again; the monotonic one cannot be set."""

    offset = 0.0

    def time(self) -> float:
        return super().time() + self.offset


class JumpingDate(datetime):
    """What `datetime.now` says under that clock."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return super().now(tz) + timedelta(seconds=JumpingClock.offset)


def options(chance: random.Random, share: float) -> CallOptions:
    """Return the options of a call: rarely with a fault."""
    if chance.random() >= share:
        return CallOptions()
    words = chance.choice((*LOST, *LATE, chance.choice(NEVER)))
    return CallOptions(headers={"X-Sandbox-Fault": words})


def count_lost(file: Path) -> Callable[[Event], None]:
    """Return an observer that writes a byte for every call whose answer was lost."""
    told = file.open("ab", buffering=0)

    def count(event: Event) -> None:
        if event.kind == "end" and event.method != "GET" and (event.failure or (event.status or 0) >= 500):
            told.write(b".")

    return count


def run_till(number: int, file: Path, stamps: Stamps, plan: dict[str, Any]) -> None:
    """Sell and burn until the time is over, then settle everything that is open."""
    chance = random.Random(f"{plan['seed']} {number} {os.getpid()}")  # noqa: S311 - repeatable, not secret
    till = Till(file, stamps, partial(options, chance, plan["share"]))
    time.sleep(chance.random())
    while time.time() < plan["until"]:
        member = f"load{9000 + chance.randrange(plan['members'])}@example.com"
        if chance.random() < 0.7:
            till.sell(member, 10_000 * chance.randrange(1, 9))
        else:
            till.burn(member, chance.randrange(1, 6))
        till.flush()
        time.sleep(chance.uniform(0.2, plan["pause"]))
    till.options = CallOptions
    asked = outcome_of(stamps.memberships.deduct)
    end = time.monotonic() + OPEN_FOR
    while time.monotonic() < end and settle(till, asked):
        time.sleep(0.5)


def settle(till: Till, asked: Any) -> bool:
    """Settle what can be; says whether something is still open."""
    till.flush()
    for note, member, stamps in till.rows.execute(
        "select note, member, stamps from burns where state = 'open'"
    ).fetchall():
        outcome = asked(user=member, stamps=stamps, notes=note)
        if isinstance(outcome, Applied | NotApplied):
            state = "taken" if isinstance(outcome, Applied) else "refused"
            till.rows.execute("update burns set state = ? where note = ?", (state, note))
    found = till.rows.execute(
        "select (select count(*) from burns where state = 'open') + (select count(*) from sales where state in ('waiting', 'sent'))"
    )
    return bool(found.fetchone()[0])


def main() -> None:
    """Run the tills that the plan, JSON on the command line, asks for."""
    plan = json.loads(sys.argv[1])
    for operation in (ADD, DEDUCT):  # five minutes would outlast the run
        object.__setattr__(operation.outcome_check, "settle", plan["settle"])
    setattr(offline_till, "datetime", JumpingDate)  # noqa: B010
    stamps = Stamps(
        token=STATIC_TOKEN,
        base_url=plan["url"],
        timeout=plan["timeout"],
        max_retries=1,
        clock=JumpingClock(),
        limiter=None,
        observers=[count_lost(Path(plan["folder"]) / f"lost-{os.getpid()}")],
    )
    threads = [
        threading.Thread(target=run_till, args=(number, Path(plan["folder"]) / f"till-{number}.db", stamps, plan))
        for number in plan["tills"]
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        JumpingClock.offset = random.choice(JUMPS)  # noqa: S311 - not secret
        time.sleep(1)


if __name__ == "__main__":
    main()
