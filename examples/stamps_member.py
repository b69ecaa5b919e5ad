"""Stamps for a member's own page: register, fill in the profile, see rewards, vouchers and activities, and be forgotten.

Needs STAMPS_TOKEN or STAMPS_ACCESS_TOKEN; STAMPS_BASE_URL leads to the sandbox instead of the vendor.
"""

from __future__ import annotations

from datetime import UTC, datetime

from stamps_client import Stamps
from stamps_client.errors import BadRequestError
from stamps_client.models import GenderName

MERCHANT, STORE, TEMPLATE = 14, 2, 3


def main() -> None:
    """Do it, and say what happens."""
    address = f"member{datetime.now(UTC):%H%M%S%f}@example.com"
    with Stamps.from_env() as stamps:
        member = stamps.registrations.create_partial(user=address)
        key = member.user.id
        print(f"member {key} has registered with {member.user.email}, and has {member.membership.stamps} stamps")
        try:
            stamps.registrations.create_partial(user=address)
        except BadRequestError as error:
            print(f"the address is taken: {error.status}")
        profile = stamps.memberships.change_profile(
            user=key, merchant=MERCHANT, name="Ada Lovelace", gender=GenderName.FEMALE, allow_newsletters=False
        )
        print(f"the profile says {profile.name}, {profile.gender}")

        stamps.awards.add(user=address, store=STORE, number_of_stamps=30, notes="welcome")
        offers = stamps.rewards.list(user=address, merchant=MERCHANT, store=STORE)
        affordable = [reward.name for reward in offers.rewards if reward.redeemable]
        print(f"30 stamps buy: {', '.join(affordable) or 'nothing'}")
        today = datetime.now(UTC).date()
        issued = stamps.vouchers.issue(user=address, voucher_template=TEMPLATE, start_date=today, quantity=1)
        print(f"voucher {issued.voucher.id} is one of {stamps.vouchers.count(user=address).count}")
        kinds = [activity.type_.name for activity in stamps.activities.list(user=address)]
        print(f"what happened: {', '.join(reversed(kinds))}")

        stamps.memberships.anonymize(identifier=address)
        left = stamps.memberships.get(user=str(key), merchant=MERCHANT)
        print(f"forgotten: {left.user.is_anonymized}, name {left.user.name!r}, {left.membership.stamps} stamps stay")


if __name__ == "__main__":
    main()
