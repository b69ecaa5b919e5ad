"""Stamps at a till: identify the member, preview, sell, redeem, take the sale back, and look up what was booked.

Needs STAMPS_TOKEN or STAMPS_ACCESS_TOKEN; STAMPS_BASE_URL leads to the sandbox instead of the vendor.
The sandbox answers these calls with the examples of the spec, so its figures do not follow from each other.
"""

from __future__ import annotations

from datetime import UTC, datetime

from stamps_client import Stamps
from stamps_client.models import Channel, Item

MEMBER, MERCHANT, STORE = "ada@example.com", 14, 2


def main() -> None:
    """Do it, and say what happens."""
    with Stamps.from_env() as stamps:
        member = stamps.memberships.get(user=MEMBER, merchant=MERCHANT)
        print(f"member {member.user.name} has {member.membership.stamps} stamps")

        now = datetime.now(UTC)
        invoice = f"POS-{now:%H%M%S}"
        items = [Item(product_name="Espresso", quantity=2, subtotal=45_000)]
        preview = stamps.transactions.preview_earnings(user=MEMBER, store=STORE, total_value=50_000, items=items)
        print(f"the sale would earn {preview.stamps} stamps")
        sale = stamps.transactions.add(
            user=MEMBER,
            store=STORE,
            invoice_number=invoice,
            total_value=50_000,
            tax=5_000,
            number_of_people=2,
            created=now,
            channel=Channel.POS,
            items=items,
        )
        print(f"sale {sale.transaction.id} has earned {sale.transaction.stamps_earned} stamps")

        rewards = stamps.rewards.list(user=MEMBER, merchant=MERCHANT, store=STORE).rewards
        reward = next((reward for reward in rewards if reward.redeemable), None)
        if reward is None:
            raise SystemExit("The member may redeem nothing; the sale stays.")
        redeemed = stamps.redemptions.redeem_reward(user=MEMBER, reward=reward.id, store=STORE, invoice_number=invoice)
        print(f"redemption {redeemed.redemption.id}: {reward.name} for {redeemed.redemption.stamps_used} stamps")

        returned = stamps.redemptions.cancel(id=redeemed.redemption.id)
        print(f"redemption {returned.redemption.id} is taken back, {returned.customer.stamps_remaining} stamps remain")
        cancelled = stamps.transactions.cancel(invoice_number=invoice, date=now.date())
        print(f"sale {cancelled.transaction.id} is {cancelled.transaction.status}")

        booked = list(stamps.activities.list(user=MEMBER))
        print(f"{len(booked)} activities, the last is {booked[0].type_.name if booked else 'none'}")


if __name__ == "__main__":
    main()
