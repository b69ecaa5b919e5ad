"""Rewards: listed, and redeemed for stamps; redemptions given back."""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.exchange import Refusal, Reply, Request
from ...core.state import State
from .base import stamps
from .errors import HEADERS, failure
from .ledger import CANCELED, LIMIT, open_lot, relog, spend
from .members import find_member, find_store, show_membership
from .redemptions import keep, show_holder, show_redemption
from .vouchers import issue, show_redeemed, template_of, usable_vouchers

VOUCHER_REWARD, FLEXIBLE = 4, 5
_REWARD = ("id", "code", "name", "type", "stamps_to_redeem")


@stamps.operation("listRewards")
def list_rewards(state: State, request: Request) -> Reply:
    """List the rewards of the merchant, and what the customer has and may redeem."""
    body: Document = {}
    if "user" in request.query:
        membership, user = find_member(state, request, request.query["user"], name="user", blocked=True)
        body["customer"] = {"id": user["id"], "stamps": membership["stamps"], "membership_status": "Blue"}
        body["vouchers"] = [_offered(state, each) for each in usable_vouchers(state, user)]
    return Reply({**body, "rewards": _rewards(state, request)}, headers=HEADERS)


@stamps.operation("listGroupRewards")
def list_group_rewards(state: State, request: Request) -> Reply:
    """List the rewards; a merchant is a group of its own here."""
    return Reply({"rewards": _rewards(state, request)}, headers=HEADERS)


@stamps.operation("getRewardDetails")
def reward_details(state: State, request: Request) -> Reply:
    """Show a reward by its code."""
    reward = _reward(state, request, str(request.path["reward_code"]), name="reward_code")
    return Reply({name: reward[name] for name in _REWARD if name != "type"} | {"is_active": True}, headers=HEADERS)


@stamps.operation("redeemReward")
def redeem_reward(state: State, request: Request) -> Reply:
    """Take the stamps of a reward so many times; one that is a voucher brings the voucher."""
    body = request.members
    membership, _ = find_member(state, request, body["user"])
    find_store(state, request)
    wanted: Document = {name: body[name] for name in ("reward", "stamps", "qty") if name in body}
    redemption, reward, voucher = redeem_rewards(state, request, membership, [wanted])
    shown: Document = {"redemption": show_redemption(redemption), "reward": _show_reward(reward)}
    if voucher:
        shown["voucher"] = show_redeemed(state, voucher)
    return Reply({**shown, "membership": show_membership(membership)}, headers=HEADERS)


@stamps.operation("redeemRewards")
def redeem_several(state: State, request: Request) -> Reply:
    """Take the stamps of several rewards in one redemption, all of them or none."""
    body = request.members
    membership, _ = find_member(state, request, body["user"])
    find_store(state, request)
    if not body["rewards"]:
        raise failure("rewards", "At least one reward is needed.", "required")
    wanted = [{**each, "reward": each["code"]} for each in body["rewards"]]
    redemption, reward, _ = redeem_rewards(state, request, membership, wanted)
    shown = {**show_redemption(redemption), "reward": _show_reward(reward)}
    return Reply({"redemption": shown, "membership": show_membership(membership, active=True)}, headers=HEADERS)


@stamps.operation("cancelRedemption")
def cancel(state: State, request: Request) -> Reply:
    """Give the stamps back once; a used voucher comes back as a new one only when that is asked for."""
    redemption = state.collection("redemptions").get(request.members["id"])
    membership = state.collection("memberships").get(redemption["membership_id"]) if redemption else None
    if redemption is None or membership is None or membership["merchant_id"] != request.claims["merchant_id"]:
        raise Refusal("not-found")
    user = state.collection("users").get(membership["user_id"]) or {}
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
    shown = {"id": redemption["id"], "status": "Canceled"}
    return Reply({"redemption": shown, "customer": show_holder(membership, user)}, headers=HEADERS)


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
    invoice = request.members.get("invoice_number")
    redemption = keep(state, membership, ", ".join(names)[:200], stamps_used=total, made=made, invoice_number=invoice)
    return redemption, reward, voucher


def _offered(state: State, voucher: Document) -> JSON:
    name = template_of(state, voucher["template"])["name"]
    return {"id": voucher["id"], "code": voucher["code"], "name": name, "quantity": voucher["quantity"]}


def _rewards(state: State, request: Request) -> list[JSON]:
    query = request.query
    membership: Document | None = None
    if "user" in query:
        membership, _ = find_member(state, request, query["user"], name="user", blocked=True)
    after, size = int(str(query.get("last_reward_id", 0))), int(str(query.get("per_page", 20)))
    shown: list[JSON] = []
    for reward in state.collection("rewards").find(merchant_id=request.claims["merchant_id"]):
        if reward["id"] > after and query.get("type") in (None, reward["type"]) and len(shown) < size:
            entry = {**_show_reward(reward), "type": reward["type"], "is_visible": True}
            if membership:
                entry["redeemable"] = (
                    not membership["is_blocked"] and membership["stamps"] >= reward["stamps_to_redeem"]
                )
            shown.append(entry)
    return shown


def _reward(state: State, request: Request, wanted: JSON, *, name: str) -> Document:
    rewards = state.collection("rewards")
    found = rewards.first(code=wanted) if isinstance(wanted, str) else rewards.get(str(wanted))
    if found is None or found["merchant_id"] != request.claims["merchant_id"]:
        raise failure(name, "There is no such reward.", "invalid")
    return found


def _show_reward(reward: Document) -> Document:
    return {name: reward[name] for name in _REWARD if name != "type"} | {"type": "reward"}
