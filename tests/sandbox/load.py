"""Load the Stamps sandbox and count every stamp: `python -m tests.sandbox.load [--clients 200] [--seconds 30] [--kill]`.

The server is a process of its own with a database file. Clients add, cancel and deduct stamps of shared customers as fast as they can.
With `--kill` the server is killed with `kill -9` half way and started again on the same file.
At the end the file is compared with what the clients were told: nothing acknowledged may be missing, nothing may be there twice or
unasked for, and every balance must be the sum of its movements. A request that was under way at the kill may have taken effect or not.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

from attrs import define, field

from loyalty_sandbox.command import build_world
from loyalty_sandbox.command import parse_arguments as sandbox_arguments
from loyalty_sandbox.vendors.stamps.base import STATIC_TOKEN
from tests.sandbox import loading
from tests.sandbox.loading import Call, compare, documents, parse_arguments

CUSTOMERS, OPENING = 40, 500
PATHS = {
    "add": "/stamps/api/stamps/add",
    "cancel": "/stamps/api/stamps/cancel",
    "deduct": "/stamps/api/memberships/deduct-stamps",
}


@define
class Record(loading.Record):
    """What the clients asked for, and the awards they got."""

    asked: dict[str, tuple[str, int, int]] = field(factory=dict)  # note: kind, customer, amount or award
    awards: dict[int, str] = field(factory=dict)  # award id: note

    def choose(self, chance: random.Random, number: int) -> Call:
        """Choose the next request: half of them award, the others cancel or deduct."""
        customer = 9000 + chance.randrange(CUSTOMERS)
        note = f"note-{number}-{len(self.asked)}"
        kind = chance.choice(("add", "add", "cancel", "deduct"))
        if kind == "cancel" and self.awards:
            award = chance.choice(list(self.awards)[-200:])
            customer = self.asked[self.awards[award]][1]
            self.asked[note] = (kind, customer, award)
            return _call(note, kind, {"user": customer, "id": award})
        amount = chance.randrange(1, 30)
        if kind == "deduct":
            self.asked[note] = (kind, customer, amount)
            return _call(note, kind, {"user": customer, "stamps": amount, "notes": note})
        self.asked[note] = ("add", customer, amount)
        mail = {"require_email_notification": False}
        return _call(note, "add", {"user": customer, "store": 2, "number_of_stamps": amount, "notes": note, **mail})

    def hear(self, note: str, status: int, content: bytes) -> None:
        """Keep the id of an award."""
        if status == 200 and self.asked[note][0] == "add":
            self.awards[json.loads(content)["award"]["id"]] = note


def _call(note: str, kind: str, body: dict[str, object]) -> Call:
    return Call(note, PATHS[kind], body, f"Token {STATIC_TOKEN}")


def audit(database: Path, record: Record) -> dict[str, int]:
    """Compare the file with what was asked and told; raises `AssertionError` for a lost, doubled or invented movement."""
    find = documents(database, "stamps")
    awards = {each["notes"]: each for each in find("awards") if each["notes"].startswith("note-")}
    stored = [each["notes"] for each in find("awards") if each["notes"].startswith("note-")]
    deductions = [each["notes"] for each in find("deductions")]
    for kind, notes in (("add", stored), ("deduct", deductions)):
        compare(kind, {note for note, request in record.asked.items() if request[0] == kind}, record.told, notes)
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
        (membership,) = find("memberships", user_id=customer)
        movements = [each for each in awards.values() if each["membership_id"] == membership["id"]]
        added = sum(each["number_of_stamps"] for each in movements if each["status"] == "Created")
        spent = sum(each["stamps"] for each in find("deductions", membership_id=membership["id"]))
        held = sum(each["remaining"] for each in find("awards", membership_id=membership["id"]))
        assert membership["stamps"] == OPENING + added - spent == held, (
            f"customer {customer}: the balance is not its movements"
        )
        balances += membership["stamps"]
    return {"awards": len(stored), "deductions": len(deductions), "cancellations": len(cancelled), "stamps": balances}


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


def main(words: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    return loading.run("stamps", parse_arguments("tests.sandbox.load", words), Record(), seed=seed, audit=audit)


if __name__ == "__main__":
    raise SystemExit(main())
