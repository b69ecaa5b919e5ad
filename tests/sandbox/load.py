"""Load the Stamps sandbox and count every stamp: `python -m tests.sandbox.load [--clients 200] [--seconds 30] [--kill]`.

The server is a process of its own with a database file. Clients sell, redeem, award and deduct stamps of shared customers, and cancel sales and awards, as fast as they can.
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
from loyalty_sandbox.vendors.stamps.ledger import CANCELED
from tests.sandbox import loading
from tests.sandbox.credentials import STATIC_TOKEN
from tests.sandbox.loading import Call, compare, documents, parse_arguments

CUSTOMERS, OPENING = 40, 500
DAY = "2026-03-01"
CREATED = {"created": f"{DAY}T10:00:00+07:00"}
PATHS = {
    "add": "/stamps/api/stamps/add",
    "cancel": "/stamps/api/stamps/cancel",
    "deduct": "/stamps/api/memberships/deduct-stamps",
    "sell": "/stamps/api/v2/transactions/add",
    "redeem": "/stamps/api/v2/redemptions/redeem-reward",
    "cancel-sale": "/stamps/api/v2/transactions/cancel",
}


@define
class Record(loading.Record):
    """What the clients asked for, and the awards they got."""

    asked: dict[str, tuple[str, int, int | str]] = field(
        factory=dict
    )  # note: kind, customer, amount or what is cancelled
    awards: dict[int, str] = field(factory=dict)  # award id: note
    sales: list[str] = field(factory=list)  # notes of sales, which are their invoice numbers

    def choose(self, chance: random.Random, number: int) -> Call:
        """Choose the next request: half of them give stamps, the others take them or cancel."""
        customer = 9000 + chance.randrange(CUSTOMERS)
        note, amount = f"note-{number}-{len(self.asked)}", chance.randrange(1, 30)
        kind = chance.choice(("add", "sell", "sell", "cancel", "cancel-sale", "deduct", "redeem"))
        if kind == "cancel" and self.awards:
            award = chance.choice(list(self.awards)[-200:])
            customer = self.asked[self.awards[award]][1]
            self.asked[note] = (kind, customer, award)
            return _call(note, kind, {"user": customer, "id": award})
        if kind == "cancel-sale" and self.sales:
            sale = chance.choice(self.sales[-200:])
            self.asked[note] = (kind, self.asked[sale][1], sale)
            return _call(note, kind, {"invoice_number": sale, "date": DAY})
        if kind not in ("deduct", "redeem", "sell"):
            kind = "add"
        self.asked[note] = (kind, customer, amount)
        bodies: dict[str, dict[str, object]] = {
            "deduct": {"stamps": amount, "notes": note},
            "redeem": {"store": 2, "reward": 8, "stamps": amount, "invoice_number": note},
            "sell": {
                "store": 2,
                "invoice_number": note,
                "total_value": amount * 10_000,
                "number_of_people": 1,
                **CREATED,
            },
            "add": {"store": 2, "number_of_stamps": amount, "notes": note, "require_email_notification": False},
        }
        return _call(note, kind, {"user": customer, **bodies[kind]})

    def hear(self, note: str, status: int, content: bytes) -> None:
        """Keep the id of an award, and the number of a sale."""
        assert status in (200, 400), content
        if status == 200 and self.asked[note][0] == "add":
            self.awards[json.loads(content)["award"]["id"]] = note
        if status == 200 and self.asked[note][0] == "sell":
            self.sales.append(note)


def _call(note: str, kind: str, body: dict[str, object]) -> Call:
    return Call(note, PATHS[kind], body, f"Token {STATIC_TOKEN}")


def audit(database: Path, record: Record) -> dict[str, int]:
    """Compare the file with what was asked and told; raises `AssertionError` for a lost, doubled or invented movement."""
    find = documents(database, "stamps")
    awards = [each for each in find("awards") if str(each.get("notes")).startswith("note-")]
    sales = [each for each in find("transactions") if each["invoice_number"].startswith("note-")]
    redemptions = [each for each in find("redemptions") if str(each.get("invoice_number")).startswith("note-")]
    stored = {"add": [each["notes"] for each in awards], "deduct": [each["notes"] for each in find("deductions")]}
    stored |= {"sell": [each["invoice_number"] for each in sales]}
    stored |= {"redeem": [each["invoice_number"] for each in redemptions]}
    for kind, notes in stored.items():
        compare(kind, {note for note, request in record.asked.items() if request[0] == kind}, record.told, notes)
    dead = {each["id"] for each in awards if each["status"] == "Canceled"}
    dead |= {each["invoice_number"] for each in sales if each["status"] == CANCELED}
    cancelled = Counter(
        record.asked[note][2]
        for note, status in record.told.items()
        if status == 200 and record.asked[note][0].startswith("cancel")
    )
    assert set(cancelled.values()) <= {1}, "something was cancelled twice"
    assert cancelled.keys() <= dead, "an acknowledged cancellation is lost"
    assert dead <= {each[2] for each in record.asked.values() if each[0].startswith("cancel")}, "nobody cancelled it"
    balances = 0
    for customer in range(9000, 9000 + CUSTOMERS):
        (membership,) = find("memberships", user_id=customer)
        whose = membership["id"]
        earned = sum(
            each["stamps_earned"] for each in sales if each["status"] != CANCELED and each["membership_id"] == whose
        )
        added = sum(
            each["number_of_stamps"] for each in awards if each["id"] not in dead and each["membership_id"] == whose
        )
        spent = sum(each["stamps"] for each in find("deductions", membership_id=whose))
        used = sum(each["stamps_used"] for each in redemptions if each["membership_id"] == whose)
        held = sum(each["remaining"] for each in find("awards", membership_id=whose))
        assert membership["stamps"] == OPENING + earned + added - spent - used == held >= 0, (
            f"customer {customer}: the balance is not its movements"
        )
        balances += membership["stamps"]
    return {kind: len(notes) for kind, notes in stored.items()} | {"cancellations": len(cancelled), "stamps": balances}


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
