"""Rewards: listed, and redeemed for stamps; redemptions given back."""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.exchange import Refusal, Request
from ...core.state import State
from .base import stamps
from .errors import failure
from .ledger import CANCELED, LIMIT, keep_redemption, open_lot, relog, spend
from .members import find_asked, find_member, find_own, find_store, show_customer, show_membership
from .vouchers import issue, usable_vouchers

VOUCHER_REWARD, FLEXIBLE = 4, 5


@stamps.operation("listRewards")
@stamps.operation("listGroupRewards")
def list_rewards(state: State, request: Request) -> JSON:
    """List the rewards of the merchant, and what the customer has and may redeem; a merchant is a group of its own here."""
    query = request.query
    body: Document = {}
    may_have = None
    if "user" in query:
        membership, user = find_asked(state, request)
        may_have = 0 if membership["is_blocked"] else membership["stamps"]
        body["customer"] = {**membership, "id": user["id"], "membership_status": membership["status_text"]}
        body["vouchers"] = usable_vouchers(state, user)
    after, size = int(str(query.get("last_reward_id", 0))), int(str(query.get("per_page", 20)))
    own = state.collection("rewards").find(merchant_id=request.claims["merchant_id"])
    found = [each for each in own if each["id"] > after and query.get("type") in (None, each["type"])]
    for reward in found if may_have is not None else []:
        reward["redeemable"] = may_have >= reward["stamps_to_redeem"]
    return {**body, "rewards": found[:size]}


@stamps.operation("getRewardDetails")
def reward_details(state: State, request: Request) -> JSON:
    """Show a reward by its code."""
    return _reward(state, request, str(request.path["reward_code"]), name="reward_code")


@stamps.operation("redeemReward")
def redeem_reward(state: State, request: Request) -> JSON:
    """Take the stamps of a reward so many times; one that is a voucher brings the voucher."""
    membership, _ = find_member(state, request, request.members["user"])
    find_store(state, request)
    return _redeemed(membership, *redeem_rewards(state, request, membership, [request.members]))


@stamps.operation("redeemRewards")
def redeem_several(state: State, request: Request) -> JSON:
    """Take the stamps of several rewards in one redemption, all of them or none."""
    body = request.members
    membership, _ = find_member(state, request, body["user"])
    find_store(state, request)
    if not body["rewards"]:
        raise failure("rewards", "At least one reward is needed.", "required")
    wanted = [{**each, "reward": each["code"]} for each in body["rewards"]]
    shown = _redeemed(membership, *redeem_rewards(state, request, membership, wanted))
    inside = {**shown["redemption"], "reward": shown["reward"]}
    return {"redemption": inside, "membership": show_membership(membership, active=True)}


@stamps.operation("cancelRedemption")
def cancel(state: State, request: Request) -> JSON:
    """Give the stamps back once; a used voucher comes back as a new one only when that is asked for."""
    redemption, membership, user = find_own(state, request, "redemptions", request.members["id"])
    if redemption is None:
        raise Refusal("not-found")
    if redemption["status"] == "Canceled":
        raise failure("id", "The redemption is cancelled already.", "invalid_redemption")
    redemption["status"] = "Canceled"
    state.collection("redemptions").put(redemption["id"], redemption)
    if redemption["stamps_used"]:
        open_lot(state, membership, f"redemption {redemption['id']}", redemption["stamps_used"])
    for number in redemption["made"]:
        voucher = state.collection("vouchers").get(number) or {}
        state.collection("vouchers").put(number, {**voucher, "is_active": False})
    if request.members.get("create_replacement_voucher"):
        for template, value in redemption["used"]:
            issue(state, user, template, value=value)
    relog(state, redemption["activity"], status=CANCELED)
    return {"redemption": redemption, "customer": show_customer(membership, user)}


def redeem_rewards(
    state: State, request: Request, membership: Document, wanted: list[Document]
) -> tuple[Document, Document, Document | None]:
    """Take the stamps of rewards in one redemption; returns it, the last reward and the last voucher that it brought."""
    total, made, names = 0, [], []
    reward: Document = {}
    voucher: Document | None = None
    user = state.collection("users").get(membership["user_id"]) or {}
    for each in wanted:
        reward = _reward(state, request, each["reward"], name="reward")
        times, price = int(each.get("qty", 1)), reward["stamps_to_redeem"]
        if reward["type"] == FLEXIBLE:
            if "stamps" not in each:
                raise failure("stamps", "A flexible reward needs it.", "required")
            price = int(each["stamps"])
        if not (0 < times <= LIMIT and 0 < price <= LIMIT):
            raise failure("stamps", "The number must be 1 or more.", "invalid")
        total += times * price
        names.append(reward["name"])
        if reward["type"] == VOUCHER_REWARD:
            voucher = issue(state, user, reward["template"], quantity=times)
            made.append(voucher["id"])
    if not wanted:
        return {}, {}, None
    spend(state, membership, total)
    more: Document = {"made": made, "invoice_number": request.members.get("invoice_number")}
    redemption = keep_redemption(state, membership, ", ".join(names)[:200], stamps_used=total, **more)
    return redemption, reward, voucher


def _redeemed(membership: Document, redemption: Document, reward: Document, voucher: Document | None) -> Document:
    shown: Document = {"redemption": redemption, "reward": {**reward, "type": "reward"}}
    return {**shown, "membership": show_membership(membership), **({"voucher": voucher} if voucher else {})}


def _reward(state: State, request: Request, wanted: JSON, *, name: str) -> Document:
    rewards = state.collection("rewards")
    found = rewards.first(code=wanted) if isinstance(wanted, str) else rewards.get(str(wanted))
    if found is None or found["merchant_id"] != request.claims["merchant_id"]:
        raise failure(name, "There is no such reward.", "invalid")
    return found
