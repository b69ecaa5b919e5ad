"""How accounts go through the states of a campaign: joining, moving on, coupons on the way, figures of each day."""

from __future__ import annotations

from ...clock import parse_time
from ...documents import Document
from ...state import State
from .base import orderingstack
from .constraints import has_birthday, meets

_KINDS = frozenset({"ACCOUNT", "COUPON", "MESSAGE", "ORDER", "WALLET"})


def kind_of(definition: Document) -> str:
    """Return the kind of a state or notification by its `type`; empty for a word that is not known (OC-19)."""
    word = str(definition.get("type", "")).upper().replace("_", "").replace("-", "")
    for ending in ("STATEDEFINITION", "CAMPAIGNNOTIFICATION", "STATE", "NOTIFICATION"):
        word = word.removesuffix(ending)
    return word if word in _KINDS or word == "DYNAMICJOIN" else ""


def is_active(state: State, campaign: Document) -> bool:
    """Say whether a campaign is started, not ended, and within its dates (OC-12)."""
    starts, ends = campaign.get("activeFrom"), campaign.get("activeTo")
    return (
        campaign["initialized"]
        and (starts is None or parse_time(starts) <= state.now)
        and (ends is None or state.now < parse_time(ends))
    )


def matching(state: State, campaign: Document) -> list[Document]:
    """List the accounts a campaign addresses now."""
    accounts = state.collection("accounts").find(tenant=campaign["tenant"])
    return [account for account in accounts if addresses(state, campaign, account)]


def addresses(state: State, campaign: Document, account: Document) -> bool:
    """Say whether a campaign addresses an account now; a birthday campaign asks for the day as well (OC-17)."""
    if campaign["type"] == "BIRTHDAY" and not has_birthday(account, state.now.date()):
        return False
    return meets(account, campaign["constraints"])


def position_of(state: State, campaign: Document, account_id: str) -> Document | None:
    """Return where an account stands in a campaign."""
    return state.collection("positions").get(_key(campaign, account_id))


def join(state: State, campaign: Document, account: Document, *, later: bool = False) -> None:
    """Put an account into the first state of a campaign; one that joins later gets the push message for that."""
    position = {
        "tenant": campaign["tenant"],
        "campaign": campaign["id"],
        "account": account["id"],
        "state": campaign["states"][0]["id"],
        "done": [],
        "finished": False,
        "open": True,
        "joinedAt": state.timestamp,
    }
    count(state, campaign, "joined")
    _settle(state, campaign, position, account)
    for notification in campaign.get("notifications", []) if later else []:
        if kind_of(notification) == "DYNAMICJOIN":  # OC-33
            to = account["header"].get("pushId") or account["id"]
            state.send("push", to, title=notification["title"], message=notification["message"])


def move_on(state: State, campaign: Document, position: Document, account: Document) -> None:
    """Complete the state an account is in, and what follows by itself."""
    _complete(state, campaign, position)
    if not position["finished"]:
        _settle(state, campaign, position, account)


def account_changed(state: State, account: Document) -> None:
    """Store an account, let it join the dynamic campaigns that address it now, and move it on where it waited for this (OC-18)."""
    state.collection("accounts").put(f"{account['tenant']}/{account['id']}", account)
    for campaign in state.collection("campaigns").find(tenant=account["tenant"], initialized=True):
        if not is_active(state, campaign):
            continue
        position = position_of(state, campaign, account["id"])
        if position is not None:
            if position["open"] and not position["finished"]:
                _settle(state, campaign, position, account)
        elif campaign.get("dynamic") and addresses(state, campaign, account):
            join(state, campaign, account, later=True)


def state_of(campaign: Document, position: Document) -> Document:
    """Return the definition of the state an account is in."""
    found: Document = next(each for each in campaign["states"] if each["id"] == position["state"])
    return found


def count(state: State, campaign: Document, name: str) -> None:
    """Count something in the figures of the day, in UTC."""
    day = state.now.date().isoformat()
    key = f"{campaign['tenant']}/{campaign['id']}/{day}"
    figures = state.collection("days").get(key) or {
        "tenant": campaign["tenant"],
        "campaign": campaign["id"],
        "date": day,
    }
    state.collection("days").put(key, {**figures, name: figures.get(name, 0) + 1})


@orderingstack.before_request
def celebrate(state: State) -> None:
    """On a new day, let accounts whose birthday it is join dynamic birthday campaigns; days nobody called on are skipped (OC-17)."""
    marks, today = state.collection("marks"), state.now.date().isoformat()
    mark = marks.get("birthdays")
    if mark is not None and mark["day"] == today:
        return
    marks.put("birthdays", {"day": today})
    for campaign in state.collection("campaigns").find(type="BIRTHDAY", initialized=True):
        if campaign.get("dynamic") and is_active(state, campaign):
            for account in matching(state, campaign):
                if position_of(state, campaign, account["id"]) is None:
                    join(state, campaign, account, later=True)


def _key(campaign: Document, account_id: str) -> str:
    return f"{campaign['tenant']}/{campaign['id']}/{account_id}"


def _settle(state: State, campaign: Document, position: Document, account: Document) -> None:
    """Enter the state of a position: an account state whose constraints are met is complete at once (OC-19)."""
    for _ in campaign["states"]:  # states may form a circle; one round is enough
        definition = state_of(campaign, position)
        if position.get("entered") != definition["id"]:
            position["entered"] = definition["id"]
            if kind_of(definition) == "COUPON":
                issue_coupon(state, campaign, account["id"], definition["id"])
        if kind_of(definition) != "ACCOUNT" or not meets(account, definition.get("constraints")):
            break
        _complete(state, campaign, position)
        if position["finished"]:
            break
    _store(state, campaign, position)


def _complete(state: State, campaign: Document, position: Document) -> None:
    definition = state_of(campaign, position)
    position["done"] = list(dict.fromkeys([*position["done"], definition["id"]]))
    count(state, campaign, "completed")
    if "transitionTo" in definition:
        position |= {"state": definition["transitionTo"], "entered": None}
    else:
        position["finished"] = True
    _store(state, campaign, position)


def _store(state: State, campaign: Document, position: Document) -> None:
    state.collection("positions").put(_key(campaign, position["account"]), position)


def issue_coupon(state: State, campaign: Document, account_id: str, state_id: str) -> Document:
    """Make the coupon of a coupon state for an account (OC-21)."""
    code = f"coupon-{state.next_number('coupon', first=1001):04d}"
    count(state, campaign, "coupons")
    coupon = new_coupon(campaign["tenant"], code, account_id, campaign=campaign["id"], state_id=state_id)
    return state.collection("coupons").put(f"{campaign['tenant']}/{code}", coupon)


def new_coupon(
    tenant: str, code: str, account_id: str, *, campaign: str | None = None, state_id: str | None = None
) -> Document:
    """Return a fresh coupon."""
    owner = {"tenant": tenant, "code": code, "account": account_id, "campaign": campaign, "state": state_id}
    return {**owner, "lockedUntil": None, "usedAt": None}
