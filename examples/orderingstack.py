"""OrderingStack: build a campaign, preview and launch it, check and lock the coupon it gives, look at the figures, end it.

Needs ORDERINGSTACK_CLIENT_ID, ORDERINGSTACK_TENANT, ORDERINGSTACK_USERNAME and ORDERINGSTACK_PASSWORD of a user with ROLE_LOYALTY;
ORDERINGSTACK_BASE_URL leads to the sandbox instead of the vendor.
The vendor documents neither the kinds of states nor what most calls answer: the words for them here are the sandbox's own.
"""

from __future__ import annotations

from uuid import uuid4

from orderingstack_client import OrderingStack
from orderingstack_client.models import (
    AccountFilter,
    CampaignStateDefinition,
    CampaignType,
    Constraint,
    ConstraintOp,
)


def main() -> None:
    """Do it, and say what happens."""
    campaign = f"coffee-{uuid4().hex[:8]}"
    with OrderingStack.from_env() as orderingstack:
        build(orderingstack, campaign)
        launch(orderingstack, campaign)
        use_coupon(orderingstack, campaign)
        end(orderingstack, campaign)


def build(orderingstack: OrderingStack, campaign: str) -> None:
    """Write the campaign: everybody with five visits gets a coupon; repeating the call replaces it."""
    orderingstack.campaign.replace(
        campaign,
        id=campaign,
        type_=CampaignType.STANDARD,
        name="Coffee for regulars",
        constraints=[Constraint(field="counters.visits", op=ConstraintOp.GTE, value=["5"])],
        states=[
            CampaignStateDefinition(id="gift", type_="COUPON", transition_to="thanks"),
            CampaignStateDefinition(id="thanks", type_="MESSAGE"),
        ],
        dynamic=True,
    )
    print(f"campaign {campaign}: written")


def launch(orderingstack: OrderingStack, campaign: str) -> None:
    """See whom it would reach, and start it."""
    orderingstack.campaign.preview(campaign)
    preview = orderingstack.campaign.get(campaign)
    print(f"campaign {campaign}: would reach {preview.cnt} accounts, such as {', '.join(preview.samples or [])}")
    orderingstack.campaign.initialize(campaign)
    print(f"campaign {campaign}: started with {orderingstack.campaign.get(campaign).cnt} accounts")


def use_coupon(orderingstack: OrderingStack, campaign: str) -> None:
    """Check a coupon at the till, lock it while the order is paid, release it."""
    members = orderingstack.account.list(filter_=AccountFilter.from_dict({"campaigns.id": campaign}))
    account = next(iter(members))
    owner = str(account.id)
    checks = [orderingstack.account.verify_any_coupon(coupon=code, account=owner) for code in account.coupons or []]
    coupon = next(check["coupon"] for check in checks if check["campaign"] == campaign)
    locked = orderingstack.account.verify_any_coupon(coupon=coupon, account=owner, lock=True)
    print(f"coupon {coupon} of {owner}: valid {locked['valid']}, locked until {locked['lockedUntil']}")
    second = orderingstack.account.verify_any_coupon(coupon=coupon, account=owner, lock=True)
    print(f"coupon {coupon} at a second till: valid {second['valid']}, because it is {second['reason']}")
    orderingstack.account.unlock_any_coupon(coupon=coupon, account=owner)
    print(
        f"coupon {coupon}: unlocked, valid {orderingstack.account.verify_any_coupon(coupon=coupon, account=owner)['valid']}"
    )


def end(orderingstack: OrderingStack, campaign: str) -> None:
    """Look at the figures, end the campaign and take it away."""
    figures = orderingstack.stats.get_global(name=campaign)
    print(f"campaign {campaign}: {figures['coupons']['issued']} coupons issued, {figures['coupons']['used']} used")
    orderingstack.campaign.finalize(campaign)
    orderingstack.campaign.delete(campaign)
    print(f"campaign {campaign}: ended and deleted")


if __name__ == "__main__":
    main()
