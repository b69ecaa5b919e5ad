"""A till that keeps selling while it is offline: sales wait in SQLite until they are sent, and none is sent twice or lost.

Earning can wait, so it is queued; burning cannot: goods for stamps go over the counter only when the vendor has taken the stamps.
A sale whose answer was lost, also by a crash, is read back before anything is sent again.
Needs STAMPS_TOKEN or STAMPS_ACCESS_TOKEN; STAMPS_BASE_URL leads to the sandbox instead of the vendor.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from loyalty_runtime import (
    APIConnectionError,
    APIStatusError,
    Applied,
    BadRequestError,
    CallOptions,
    NotApplied,
    Outcome,
    UncertainOutcomeError,
    outcome_of,
)
from stamps_client import Stamps

FIXED = {"store": 2, "number_of_people": 1}
TABLES = """
create table if not exists sales (invoice text primary key, member text, value real, made text, state text);
create table if not exists burns (note text primary key, member text, stamps integer, state text);
update burns set state = 'open' where state = 'sent';
"""


class Till:
    """A till with its queue: sales are waiting, sent, done or refused; burns done, refused or open. A person looks at refused sales and open burns."""

    def __init__(self, file: Path, stamps: Stamps, options: Callable[[], CallOptions] = CallOptions) -> None:
        self.rows = sqlite3.connect(file, isolation_level=None)  # each statement is kept at once
        self.rows.executescript(TABLES)  # burns that a crash left open go to a person too
        self.stamps, self.options = stamps, options
        before = outcome_of(stamps.transactions.add)  # about sales of this till before it was started
        self.asking: dict[str, Callable[[], Outcome]] = {
            sale["invoice_number"]: partial(before, **sale) for sale in self.sales("sent")
        }

    def sell(self, member: str, value: float) -> str:
        """Take a sale, online or not; returns its number, which no other sale has."""
        invoice = f"POS-{uuid4()}"
        made = datetime.now(UTC).isoformat(timespec="seconds")
        self.rows.execute("insert into sales values (?, ?, ?, ?, 'waiting')", (invoice, member, value, made))
        return invoice

    def flush(self) -> None:
        """Settle what was sent, then send what waits; stops where the vendor cannot be reached."""
        for sale in self.sales("sent"):
            outcome = self.asking[sale["invoice_number"]]()
            if isinstance(outcome, Applied):
                self.note(sale, "done")
            elif isinstance(outcome, NotApplied):
                self.note(sale, "waiting")
        for sale in self.sales("waiting"):
            if not self.send(sale):
                break

    def send(self, sale: dict[str, Any]) -> bool:
        """Send one sale; False when the vendor cannot be reached."""
        self.note(sale, "sent")  # before the call: a crash from here on is asked about
        try:
            self.stamps.transactions.add(**sale, options=self.options())
        except UncertainOutcomeError as lost:
            self.asking[sale["invoice_number"]] = lost.resolve
        except BadRequestError:
            self.note(sale, "refused")
        except (APIConnectionError, APIStatusError):  # nothing was sent, or the limit or the token is in the way
            self.note(sale, "waiting")
            return False
        else:
            self.note(sale, "done")
        return True

    def burn(self, member: str, stamps: int) -> bool:
        """Take stamps for goods; True only when the vendor has taken them, so that the goods may go."""
        note = f"till-{uuid4()}"  # by which the call is found again
        self.rows.execute("insert into burns values (?, ?, ?, 'sent')", (note, member, stamps))
        try:
            self.stamps.memberships.deduct(user=member, stamps=stamps, notes=note, options=self.options())
            state = "done"
        except UncertainOutcomeError as lost:
            outcome = lost.resolve(wait=5)
            state = "done" if isinstance(outcome, Applied) else "refused" if isinstance(outcome, NotApplied) else "open"
        except (APIConnectionError, APIStatusError):
            state = "refused"
        self.rows.execute("update burns set state = ? where note = ?", (state, note))
        return state == "done"

    def sales(self, state: str) -> list[dict[str, Any]]:
        """Return the sales of a state, the oldest first, as arguments of the call."""
        names = "invoice_number", "user", "total_value", "created"
        query = "select invoice, member, value, made from sales where state = ? order by rowid"
        found = [dict(zip(names, row, strict=True)) for row in self.rows.execute(query, (state,))]
        return [{**FIXED, **sale, "created": datetime.fromisoformat(sale["created"])} for sale in found]

    def note(self, sale: dict[str, Any], state: str) -> None:
        """Keep what is known of a sale."""
        self.rows.execute("update sales set state = ? where invoice = ?", (state, sale["invoice_number"]))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, Stamps.from_env() as client:
        till = Till(Path(folder) / "till.db", client)
        numbers = [till.sell("ada@example.com", 50_000) for _ in range(3)]
        print(f"{len(till.sales('waiting'))} sales wait")
        till.flush()
        print(f"{len(till.sales('done'))} sales are done; burnt for goods: {till.burn('ada@example.com', 5)}")
