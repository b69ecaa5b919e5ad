"""Stamps at a till: identify the member, preview, sell, redeem, take it all back, and reconcile by the activities.

Needs STAMPS_TOKEN or STAMPS_ACCESS_TOKEN; STAMPS_BASE_URL leads to the sandbox instead of the vendor.
"""

from __future__ import annotations

from datetime import UTC, datetime

from stamps_client import Stamps
from stamps_client.errors import BadRequestError
from stamps_client.models import Activity, ActivityState, Channel, Item

MEMBER, MERCHANT, STORE = "ada@example.com", 14, 2


def main() -> None:
    """Do it, and say what happens."""
    with Stamps.from_env() as stamps:
        before = balance(stamps)
        now = datetime.now(UTC)
        invoice = f"POS-{now:%H%M%S%f}"
        items = [Item(product_name="Espresso", quantity=2, subtotal=50_000)]
        preview = stamps.transactions.preview_earnings(user=MEMBER, store=STORE, total_value=50_000, items=items)
        print(f"the sale would earn {preview.stamps} stamps")

        def sell() -> int:
            sale = stamps.transactions.add(
                user=MEMBER,
                store=STORE,
                invoice_number=invoice,
                total_value=50_000,
                number_of_people=2,
                created=now,
                channel=Channel.POS,
                items=items,
            )
            return sale.transaction.stamps_earned

        earned = sell()
        print(f"sale {invoice} has earned {earned} stamps")
        try:
            sell()
        except BadRequestError as error:
            print(f"the same number is not taken twice on a day: {error.status}")

        rewards = stamps.rewards.list(user=MEMBER, merchant=MERCHANT, store=STORE).rewards
        reward = next((reward for reward in rewards if reward.redeemable), None)
        if reward is None:
            raise SystemExit("The member may redeem nothing; the sale stays.")
        redeemed = stamps.redemptions.redeem_reward(user=MEMBER, reward=reward.id, store=STORE, invoice_number=invoice)
        used = redeemed.redemption.stamps_used
        print(f"redemption {redeemed.redemption.id}: {reward.name} for {used} stamps")
        if balance(stamps) != before + earned - used:
            raise SystemExit("The balance is not what was sold and redeemed; did somebody else move stamps?")

        returned = stamps.redemptions.cancel(id=redeemed.redemption.id)
        print(f"redemption {returned.redemption.id} is taken back, {returned.customer.stamps_remaining} stamps remain")
        cancelled = stamps.transactions.cancel(invoice_number=invoice, date=now.date())
        print(f"sale {cancelled.transaction.id} is {cancelled.transaction.status}")

        booked = list(stamps.activities.list(user=MEMBER))
        print(f"{len(booked)} activities amount to {sum(map(moved, booked))} stamps, the balance is {balance(stamps)}")


def balance(stamps: Stamps) -> int:
    """Identify the member and return the stamps."""
    member = stamps.memberships.get(user=MEMBER, merchant=MERCHANT)
    print(f"member {member.user.name} has {member.membership.stamps} stamps")
    return member.membership.stamps or 0


def moved(activity: Activity) -> int:
    """Return what an activity did to the balance of stamps; one that was cancelled did nothing."""
    total = -(activity.expired_stamps or 0)
    for sign, part in (
        (1, activity.transaction),
        (1, activity.award),
        (-1, activity.redemption),
        (-1, activity.stamps_deduction),
    ):
        if part is not None and part.status == ActivityState.CREATED:
            total += sign * (part.stamps or 0)
    return total


if __name__ == "__main__":
    main()
