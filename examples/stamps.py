"""Stamps: earn stamps, take an award back, burn stamps, and meet the refusals.

Needs STAMPS_TOKEN or STAMPS_ACCESS_TOKEN; STAMPS_BASE_URL leads to the sandbox instead of the vendor.
"""

from __future__ import annotations

from stamps_client import Stamps
from stamps_client.errors import BadRequestError

MEMBER, STORE = "ada@example.com", 2  # of the sandbox; an e-mail address, a member id or the vendor's own number


def main() -> None:
    """Do it, and say what happens."""
    with Stamps.from_env() as stamps:
        bought = stamps.awards.add(user=MEMBER, store=STORE, number_of_stamps=10, notes="two coffees")
        start = bought.customer.stamps - 10
        print(f"earned 10 as award {bought.award.id}: {start} → {bought.customer.stamps} stamps")

        returned = stamps.awards.cancel(user=MEMBER, id=bought.award.id, store=STORE)
        print(f"award {bought.award.id} is {returned.award.status}: {returned.customer.stamps} stamps")
        try:
            stamps.awards.cancel(user=MEMBER, id=bought.award.id, store=STORE)
        except BadRequestError as error:
            print(f"it cannot be cancelled twice: {error.status}")

        stamps.awards.add(user=MEMBER, store=STORE, number_of_stamps=25, notes="lunch")
        burnt = stamps.memberships.deduct(user=MEMBER, stamps=20, notes="free lunch")
        print(
            f"burnt {burnt.stamps_deduction.stamps} for {burnt.stamps_deduction.notes}: {burnt.membership.stamps} stamps"
        )
        try:
            stamps.memberships.deduct(user=MEMBER, stamps=1_000_000, notes="a house")
        except BadRequestError as error:
            print(f"a million cannot be burnt: {error.status}")
        if burnt.membership.stamps != start + 5:
            raise SystemExit(
                f"The balance is {burnt.membership.stamps}, expected {start + 5}; did somebody else move stamps?"
            )


if __name__ == "__main__":
    main()
