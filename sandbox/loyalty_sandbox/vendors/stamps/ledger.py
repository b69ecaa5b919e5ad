"""A member and what it holds: every stamp of a membership lies in a lot until it is spent, taken back or expired.

A lot is an award, what a transaction earned, or what a cancelled redemption gave back. So the balance is the sum of what is left of the lots, and
no order of calls can make or lose a stamp. Everything that moves stamps stands in the activities, too.
"""

from __future__ import annotations

from attrs import define

from ...core.vendor import JSON, Document, State
from . import failure, stamps

TRANSACTION, REDEMPTION, AWARD, BALANCE, REGISTRATION, DEDUCTION, EXPIRY = 0, 1, 2, 7, 9, 10, 15
CREATED, CANCELED, OPEN = 1, 2, 3
_LIMIT = 10**12  # the largest number of stamps or money in one call
_NEVER = "9999-12-31"


@define
class Member:
    """A person with the membership at one merchant; what changes is kept at once."""

    state: State
    membership: Document
    user: Document

    def answer(self, **parts: JSON) -> Document:
        """Put the member as the pages print it beside other parts; the schema of the reply picks what it shows."""
        user, status = self.user, self.membership["status_text"]
        shown = {**self.membership, "balance": int(self.membership["balance"])}
        balances = dict.fromkeys(("stamps", "stamps_remaining"), self.membership["stamps"])
        customer: Document = {"id": user["id"], "status": status, "membership_status": status, **balances}
        customer |= {"balance": shown["balance"], "mobile_phone": user.get("phone"), "email": user["email"]}
        return {"membership": shown, "customer": customer, "user": user, **parts}

    def change(self, **differences: float) -> None:
        """Add to the balances."""
        for name, difference in differences.items():
            self.membership[name] += difference
        self.state.collection("memberships").put(self.membership["id"], self.membership)

    def log(self, kind: int, **part: JSON) -> int:
        """Write an activity and return its id."""
        number = self.state.next_number("activity")
        activity: Document = {"id": number, "type": kind, "created": int(self.state.now.timestamp()), "notes": ""}
        activity |= {"merchant": {"id": self.membership["merchant_id"]}, "membership_id": self.membership["id"], **part}
        self.state.collection("activities").put(number, activity)
        return number

    def give(self, key: str | int, amount: int, **more: JSON) -> Document:
        """Put stamps into a new lot, of which nothing is spent yet; without `expires_on` they never expire."""
        lot: Document = {"id": key, "membership_id": self.membership["id"], "number_of_stamps": amount}
        lot |= {"remaining": amount, "open": amount > 0, "status": "Created", "expires_on": None, **more}
        self.change(stamps=amount)
        return self.state.collection("awards").put(key, lot)

    def spend(self, amount: int, first: str | int | None = None) -> None:
        """Spend stamps: those of the `first` lot, then those that expire next; raises the vendor's refusal when there are fewer."""
        if self.membership["stamps"] < amount:
            raise failure("info", "The customer has fewer stamps than that.", "invalid_data")
        self.change(stamps=-amount)
        lots = self.state.collection("awards")
        found = lots.find(membership_id=self.membership["id"], open=True)
        for lot in sorted(found, key=lambda each: (each["id"] != first, each["expires_on"] or _NEVER)):
            left = max(0, lot["remaining"] - amount)
            amount -= lot["remaining"] - left
            lots.put(lot["id"], {**lot, "remaining": left, "open": left > 0})
        if amount:
            raise AssertionError(f"membership {self.membership['id']} lacks {amount} stamps that its balance promised")

    def redeemed(self, name: str, *, stamps_used: int = 0, **more: JSON) -> Document:
        """Write a redemption: vouchers that it `made` and `used`, by id and by template with value."""
        number = self.log(REDEMPTION, redemption={"stamps": stamps_used, "name": name, "status": CREATED})
        redemption: Document = {"id": self.state.next_number("redemption", first=101), "reward": name}
        redemption |= {"status": "Created", "stamps_used": stamps_used, "membership_id": self.membership["id"]}
        redemption |= {"activity": number, "made": [], "used": [], **more}
        return self.state.collection("redemptions").put(redemption["id"], redemption)


def within(name: str, value: float, *, least: int = 0) -> float:
    """Return a number of stamps or of money; raises the vendor's refusal for one that no till can need."""
    if not least <= value <= _LIMIT:
        raise failure(name, f"The number must be from {least} to {_LIMIT}.")
    return value


def expire(state: State) -> None:
    """Take away what is left of lots whose last day is over; looks once a day of the sandbox's clock, in UTC."""
    today, sweeps = state.now.date().isoformat(), state.collection("sweeps")
    if (sweeps.get("awards") or {"day": ""})["day"] >= today:
        return
    sweeps.put("awards", {"day": today})
    for lot in state.collection("awards").find(open=True):
        membership = state.collection("memberships").get(lot["membership_id"])
        if membership and (lot["expires_on"] or _NEVER) < today:
            state.collection("awards").put(lot["id"], {**lot, "remaining": 0, "open": False, "status": "Expired"})
            member = Member(state, membership, {})
            member.change(stamps=-lot["remaining"])
            member.log(EXPIRY, expired_stamps=lot["remaining"])


stamps.tickers.append(expire)
