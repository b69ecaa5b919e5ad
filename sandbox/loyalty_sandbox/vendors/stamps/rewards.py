"""Rewards: listed, and redeemed for stamps; redemptions given back."""

from __future__ import annotations

from ...core.vendor import JSON, Document, Refusal
from . import failure
from .calls import Call, operation
from .ledger import within
from .vouchers import issue, usable_vouchers

VOUCHER_REWARD, FLEXIBLE = 4, 5


@operation("listRewards", "listGroupRewards")
def list_rewards(call: Call) -> JSON:
    """List the rewards of the merchant, and what the customer has and may redeem; a merchant is a group of its own here."""
    given = call.given
    own = call.state.collection("rewards").find(merchant_id=call.merchant)
    found = [each for each in own if each["id"] > int(given.get("last_reward_id", 0))][: int(given.get("per_page", 20))]
    if "user" not in given:
        return {"rewards": found}
    member = call.member()
    held = 0 if member.membership["is_blocked"] else member.membership["stamps"]
    rewards: JSON = [{**each, "redeemable": held >= each["stamps_to_redeem"]} for each in found]
    return member.answer(rewards=rewards, vouchers=usable_vouchers(member))


@operation("redeemReward")
def redeem_reward(call: Call) -> JSON:
    """Take the stamps of a reward so many times; one that is a voucher brings the voucher."""
    given, member = call.given, call.member()
    call.store()
    reward = call.state.collection("rewards").get(given["reward"])
    if reward is None or reward["merchant_id"] != call.merchant:
        raise failure("reward", "There is no such reward.")
    times = int(within("qty", given.get("qty", 1), least=1))
    if reward["type"] == FLEXIBLE and "stamps" not in given:
        raise failure("stamps", "A flexible reward needs it.", "required")
    price = given["stamps"] if reward["type"] == FLEXIBLE else reward["stamps_to_redeem"]
    used = times * int(within("stamps", price, least=1))
    member.spend(used)
    shown: Document = {"reward": {**reward, "type": "reward"}}
    if reward["type"] == VOUCHER_REWARD:
        shown["voucher"] = issue(member, reward["template"], quantity=times)
    made: JSON = [shown["voucher"]["id"]] if "voucher" in shown else []
    more: Document = {"made": made, "invoice_number": given.get("invoice_number")}
    return member.answer(**shown, redemption=member.redeemed(reward["name"], stamps_used=used, **more))


@operation("cancelRedemption")
def cancel(call: Call) -> JSON:
    """Give the stamps back once; a used voucher comes back as a new one only when that is asked for."""
    redemption, member = call.own("redemptions", Refusal("not-found"))
    redemption = call.cancelled("redemptions", redemption, "invalid_redemption")
    if redemption["stamps_used"]:
        member.give(f"redemption {redemption['id']}", redemption["stamps_used"])
    for number in redemption["made"]:
        call.keep("vouchers", {**(call.state.collection("vouchers").get(number) or {}), "is_active": False})
    for template, value in redemption["used"] if call.given.get("create_replacement_voucher") else []:
        issue(member, template, value=value)
    return member.answer(redemption=redemption)
