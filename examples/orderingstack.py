"""OrderingStack: build a campaign, preview and launch it, see who takes part, check a coupon, end it.

Needs ORDERINGSTACK_CLIENT_ID, ORDERINGSTACK_TENANT, ORDERINGSTACK_USERNAME and ORDERINGSTACK_PASSWORD of a user with ROLE_LOYALTY;
ORDERINGSTACK_BASE_URL leads to the sandbox instead of the vendor.
All paths are inferred, and the vendor documents no answer: that previewing and starting leave their figures in the campaign is taken from
the members of a campaign that a public client knows. The kinds of states (MESSAGE, COUPON) are the sandbox's words.
"""

from __future__ import annotations

from uuid import uuid4

from orderingstack_client import OrderingStack
from orderingstack_client.models import CampaignStateDefinition, CampaignType, Constraint, ConstraintOp


def main() -> None:
    """Do it, and say what happens."""
    campaign = f"coffee-{uuid4().hex[:8]}"
    with OrderingStack.from_env() as orderingstack:
        build(orderingstack, campaign)
        launch(orderingstack, campaign)
        check_coupons(orderingstack, "account-0001")
        orderingstack.campaign.delete(campaign)
        print(f"campaign {campaign}: deleted")


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
    print(f"campaign {campaign}: written as {orderingstack.campaign.get(campaign).name}")


def launch(orderingstack: OrderingStack, campaign: str) -> None:
    """See whom it would reach, and start it."""
    orderingstack.campaign.preview(campaign)
    preview = orderingstack.campaign.get(campaign)
    print(f"campaign {campaign}: would reach {preview.cnt} accounts, such as {', '.join(preview.samples or [])}")
    orderingstack.campaign.initialize(campaign)
    print(f"campaign {campaign}: started with {orderingstack.campaign.get(campaign).cnt} accounts")


def check_coupons(orderingstack: OrderingStack, number: str) -> None:
    """Lock each coupon of an account as a till would, and release it."""
    account = orderingstack.account.get(number)
    for coupon in account.coupons or []:
        orderingstack.account.verify_any_coupon(account=number, coupon=coupon, lock=True)
        print(f"account {number}: {coupon} can be used and is locked")
        orderingstack.account.unlock_any_coupon(account=number, coupon=coupon)


if __name__ == "__main__":
    main()
