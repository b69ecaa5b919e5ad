"""Rewards and vouchers: listed, issued, redeemed, and given back. A reward costs stamps, a voucher does not."""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.exchange import Refusal, Reply, Request
from ...core.state import State
from .base import stamps
from .errors import HEADERS, failure
from .ledger import CANCELED, CREATED, LIMIT, REDEMPTION, log, open_lot, relog, spend
from .members import find_member, find_store, show_customer, show_membership

VOUCHER_REWARD, FLEXIBLE = 4, 5
_END = "2099-12-31"
_REWARD = ("id", "code", "name", "type", "stamps_to_redeem")


@stamps.operation("listRewards")
def list_rewards(state: State, request: Request) -> Reply:
    """List the rewards of the merchant, and what the customer has and may redeem."""
    body: Document = {}
    if "user" in request.query:
        membership, user = find_member(state, request, request.query["user"], name="user", blocked=True)
        body["customer"] = {"id": user["id"], "stamps": membership["stamps"], "membership_status": "Blue"}
        body["vouchers"] = [_offered(state, each) for each in _vouchers(state, user)]
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
    shown: Document = {"redemption": _show(redemption), "reward": _show_reward(reward)}
    if voucher:
        shown["voucher"] = _redeemed(state, voucher)
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
    shown = {**_show(redemption), "reward": _show_reward(reward)}
    return Reply({"redemption": shown, "membership": show_membership(membership, active=True)}, headers=HEADERS)


@stamps.operation("redeemVoucher")
def redeem_voucher(state: State, request: Request) -> Reply:
    """Use a voucher of the customer once."""
    return _use(state, request, None)


@stamps.operation("deductVoucherValue")
def deduct_value(state: State, request: Request) -> Reply:
    """Use a part of a voucher's value; one without value has none to take."""
    return _use(state, request, request.members["value"])


@stamps.operation("redeemVoucherCode")
def redeem_code(state: State, request: Request) -> Reply:
    """Use a voucher by its code."""
    body = request.members
    membership, user = find_member(state, request, body["identifier"], name="identifier")
    find_store(state, request)
    redemption = redeem_vouchers(state, membership, user, [body["voucher_code"]], template=body["voucher_template"])
    customer = _customer(membership, user)
    return Reply({"redemption": {"id": redemption["id"], "status": "Created"}, "customer": customer}, headers=HEADERS)


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
    return Reply({"redemption": shown, "customer": _customer(membership, user)}, headers=HEADERS)


@stamps.operation("issueVoucher")
def issue_voucher(state: State, request: Request) -> Reply:
    """Make a voucher from a template."""
    body = request.members
    _, user = find_member(state, request, body["user"])
    if not 0 < body["quantity"] <= LIMIT:
        raise failure("quantity", "The number must be 1 or more.", "invalid")
    more = {name: body[name] for name in ("start_date", "quantity", "notes") if name in body}
    voucher = issue(state, user, body["voucher_template"], value=body.get("value"), **more)
    names = ("id", "start_date", "end_date", "quantity", "notes", "value")
    shown = {name: voucher[name] for name in names if voucher.get(name) is not None}
    customer: Document = {"id": user["id"], **({"email": user["email"]} if user["email"] else {})}
    return Reply({"voucher": shown, "customer": customer}, headers=HEADERS)


@stamps.operation("validateVoucher")
def validate_voucher(state: State, request: Request) -> Reply:
    """Say whether a voucher can be used; of whom, is looked at when a customer is named."""
    voucher = _voucher(state, code=request.query["voucher_code"], name="voucher_code")
    if "user" in request.query:
        _, user = find_member(state, request, request.query["user"], name="user")
        _check_owner(voucher, user)
    shown: Document = {"id": voucher["id"], "name": _template(state, voucher["template"])["name"]}
    shown |= {name: voucher[name] for name in ("start_date", "end_date", "value") if voucher[name] is not None}
    return Reply({"is_redeemable": _is_usable(state, voucher), "voucher": shown}, headers=HEADERS)


@stamps.operation("listVouchers")
def list_vouchers(state: State, request: Request) -> Reply:
    """List the vouchers that the customer can use."""
    _, user = find_member(state, request, request.query["user"], name="user", blocked=True)
    return Reply({"vouchers": [show_voucher(state, each) for each in _vouchers(state, user)]}, headers=HEADERS)


@stamps.operation("countVouchers")
def count_vouchers(state: State, request: Request) -> Reply:
    """Count the vouchers that the customer can use."""
    _, user = find_member(state, request, request.query["user"], name="user", blocked=True)
    return Reply({"count": len(_vouchers(state, user))}, headers=HEADERS)


@stamps.operation("getVoucherDetails")
def voucher_details(state: State, request: Request) -> Reply:
    """Show a voucher of the customer."""
    _, user = find_member(state, request, request.query["user"], name="user", blocked=True)
    voucher = _voucher(state, code=request.query["code"], name="code")
    _check_owner(voucher, user)
    return Reply(show_voucher(state, voucher), headers=HEADERS)


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
    redemption = _keep(state, membership, ", ".join(names)[:200], stamps_used=total, made=made, invoice_number=invoice)
    return redemption, reward, voucher


def redeem_vouchers(
    state: State, membership: Document, user: Document, codes: list[str], template: JSON = None
) -> Document:
    """Use vouchers by their codes; returns the last redemption."""
    redemption: Document = {}
    for code in codes:
        voucher = _voucher(state, code=code, name="voucher_code")
        if template is not None and voucher["template"] != template:
            raise failure("voucher_template", "The voucher is not made from it.", "invalid")
        redemption = _take(state, membership, user, voucher, None)
    return redemption


def issue(
    state: State, user: Document, template: JSON, *, value: JSON = None, quantity: int = 1, **more: JSON
) -> Document:
    """Make a voucher from a template, for a customer."""
    found = _template(state, template)
    number = state.next_number("voucher", first=1001)
    voucher: Document = {"id": number, "code": f"VC-{number}", "template": found["id"], "user_id": user["id"]}
    voucher |= {"quantity": int(quantity), "value": value, "is_active": True, "notes": ""}
    voucher |= {"start_date": state.now.date().isoformat(), "end_date": _END, **more}
    return state.collection("vouchers").put(number, voucher)


def show_voucher(state: State, voucher: Document) -> Document:
    """Show a voucher with its template."""
    names = ("id", "code", "is_active", "quantity", "value", "notes", "start_date", "end_date")
    return {name: voucher[name] for name in names} | {"template": _template(state, voucher["template"])}


def _use(state: State, request: Request, value: float | None) -> Reply:
    body = request.members
    membership, user = find_member(state, request, body["user"])
    find_store(state, request)
    voucher = _voucher(state, number=body["voucher"], name="voucher")
    redemption = _take(state, membership, user, voucher, value)
    shown = {"redemption": _show(redemption), "voucher": _redeemed(state, voucher)}
    return Reply({**shown, "membership": show_membership(membership)}, headers=HEADERS)


def _take(state: State, membership: Document, user: Document, voucher: Document, value: float | None) -> Document:
    _check_owner(voucher, user)
    if not _is_usable(state, voucher):
        raise failure("voucher", "The voucher cannot be used.", "invalid")
    if value is None:
        voucher["quantity"] -= 1
    elif voucher["value"] is None or not 0 < value <= voucher["value"]:
        raise failure("value", "The voucher has no such value.", "invalid")
    else:
        voucher["value"] -= value
    if not voucher["quantity"] or voucher["value"] == 0:
        voucher["is_active"] = False
    state.collection("vouchers").put(voucher["id"], voucher)
    name = _template(state, voucher["template"])["name"]
    return _keep(state, membership, name, used=[[voucher["template"], voucher["value"] if value is None else value]])


def _keep(state: State, membership: Document, name: str, *, stamps_used: int = 0, **more: JSON) -> Document:
    part: Document = {"stamps": stamps_used, "name": name, "status": CREATED}
    number = log(state, membership, REDEMPTION, redemption=part)
    redemption: Document = {"id": state.next_number("redemption", first=1001), "reward": name, "status": "Created"}
    redemption |= {"stamps_used": stamps_used, "membership_id": membership["id"], "activity": number, "made": []}
    return state.collection("redemptions").put(redemption["id"], {**redemption, "used": [], **more})


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


def _vouchers(state: State, user: Document) -> list[Document]:
    return [each for each in state.collection("vouchers").find(user_id=user["id"]) if _is_usable(state, each)]


def _voucher(state: State, *, name: str, code: JSON = None, number: JSON = None) -> Document:
    vouchers = state.collection("vouchers")
    found = vouchers.get(str(number)) if code is None else vouchers.first(code=code)
    if found is None:
        raise failure(name, "There is no such voucher.", "invalid")
    return found


def _check_owner(voucher: Document, user: Document) -> None:
    if voucher["user_id"] not in (None, user["id"]):
        raise failure("user", "The voucher belongs to somebody else.", "invalid_voucher_owner")


def _is_usable(state: State, voucher: Document) -> bool:
    today = state.now.date().isoformat()
    return bool(voucher["is_active"]) and str(voucher["start_date"]) <= today <= str(voucher["end_date"])


def _template(state: State, number: JSON) -> Document:
    found = state.collection("templates").get(str(number))
    if found is None:
        raise failure("voucher_template", "There is no such template.", "invalid")
    return found


def _redeemed(state: State, voucher: Document) -> Document:
    names = ("id", "code", "is_active", "start_date", "end_date", "value")
    name = _template(state, voucher["template"])["name"]
    return {each: voucher[each] for each in names} | {"name": name, "type": "voucher"}


def _offered(state: State, voucher: Document) -> JSON:
    name = _template(state, voucher["template"])["name"]
    return {"id": voucher["id"], "code": voucher["code"], "name": name, "quantity": voucher["quantity"]}


def _show(redemption: Document) -> Document:
    return {name: redemption[name] for name in ("id", "reward", "stamps_used")}


def _customer(membership: Document, user: Document) -> Document:
    shown = show_customer(membership, user)
    return {name: shown[name] for name in ("id", "status", "stamps_remaining")}
