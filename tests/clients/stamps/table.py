"""The requests of Stamps, one row an operation, written from `docs/evidence/stamps.md` by hand.

Every member of a body is given once.
"""

from __future__ import annotations

from datetime import date

from tests.clients.rows import Row, Sent

AWARD = {
    "user": "ada@example.org",
    "store": 2,
    "number_of_stamps": 10,
    "notes": "Apology for a late delivery",
    "expiration_date": "2027-01-31",
    "require_email_notification": False,
}
CANCELLATION = {"user": 1865, "id": 1010, "store": 2}
DEDUCTION = {"user": "ada@example.org", "stamps": 1, "notes": "Correction of a double award"}

ROWS = [
    Row(
        "addStamps",
        call="awards.add_stamps",
        function="awards.add_stamps",
        members={**AWARD, "expiration_date": date(2027, 1, 31)},
        sends=Sent("POST", "/api/stamps/add", body=AWARD),
    ),
    Row(
        "cancelAward",
        call="awards.cancel",
        function="awards.cancel_award",
        members=CANCELLATION,
        sends=Sent("POST", "/api/stamps/cancel", body=CANCELLATION),
    ),
    Row(
        "deductStamps",
        call="memberships.deduct_stamps",
        function="memberships.deduct_stamps",
        members=DEDUCTION,
        sends=Sent("POST", "/api/memberships/deduct-stamps", body=DEDUCTION),
    ),
]
