"""Rewards: listed, and redeemed for stamps; redemptions given back."""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.exchange import Refusal
from .base import failure
from .calls import Call, operation
from .ledger import Member, within
from .vouchers import issue, usable_vouchers

VOUCHER_REWARD, FLEXIBLE = 4, 5


@operation("listRewards", "listGroupRewards")
def list_rewards(call: Call) -> JSON:
    """List the rewards of the merchant, and what the customer has and may redeem; a merchant is a group of its own here."""
    given = call.given
    own = call.state.collection("rewards").find(merchant_id=call.merchant)
    found = [each for each in own if each["id"] > int(given.get("last_reward_id", 0))][: int(given.get("per_page", 20))]
    found = [each for each in found if given.get("type") in (None, each["type"])]
    if "user" not in given:
        return {"rewards": found}
    member = call.member()
    for reward in found:
        is_enough = member.membership["stamps"] >= reward["stamps_to_redeem"]
        reward["redeemable"] = is_enough and not member.membership["is_blocked"]
    return {"customer": member.answer()["customer"], "vouchers": usable_vouchers(member), "rewards": found}


@operation("getRewardDetails")
def reward_details(call: Call) -> JSON:
    """Show a reward by its code."""
    return _reward(call, str(call.given["reward_code"]), name="reward_code")


@operation("redeemReward")
def redeem_reward(call: Call) -> JSON:
    """Take the stamps of a reward so many times; one that is a voucher brings the voucher."""
    member = call.member()
    call.store()
    made = redeem_rewards(call, member, [call.given])
    return member.answer(**made)


@operation("redeemRewards")
def redeem_several(call: Call) -> JSON:
    """Take the stamps of several rewards in one redemption, all of them or none."""
    member, wanted = call.member(), call.given["rewards"]
    call.store()
    if not wanted:
        raise failure("rewards", "At least one reward is needed.", "required")
    made = redeem_rewards(call, member, [{**each, "reward": each["code"]} for each in wanted])
    return member.answer(active=True, redemption={**made["redemption"], "reward": made["reward"]})


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


def redeem_rewards(call: Call, member: Member, wanted: list[Document]) -> Document:
    """Take the stamps of rewards in one redemption; returns it, the last reward, and the last voucher if one came."""
    total, names, made = 0, [], []
    shown: Document = {}
    for each in wanted:
        reward = _reward(call, each["reward"], name="reward")
        times, price = each.get("qty", 1), reward["stamps_to_redeem"]
        if reward["type"] == FLEXIBLE:
            if "stamps" not in each:
                raise failure("stamps", "A flexible reward needs it.", "required")
            price = each["stamps"]
        total += int(within("stamps", times, least=1)) * int(within("stamps", price, least=1))
        names.append(reward["name"])
        shown["reward"] = {**reward, "type": "reward"}
        if reward["type"] == VOUCHER_REWARD:
            shown["voucher"] = issue(member, reward["template"], quantity=int(times))
            made.append(shown["voucher"]["id"])
    member.spend(total)
    more: Document = {"made": made, "invoice_number": call.given.get("invoice_number")}
    return {**shown, "redemption": member.redeemed(", ".join(names)[:200], stamps_used=total, **more)}


def _reward(call: Call, wanted: JSON, *, name: str) -> Document:
    rewards = call.state.collection("rewards")
    found = rewards.first(code=wanted) if isinstance(wanted, str) else rewards.get(str(wanted))
    if found is None or found["merchant_id"] != call.merchant:
        raise failure(name, "There is no such reward.")
    return found
