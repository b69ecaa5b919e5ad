"""The flow of a campaign: written, previewed, started for the accounts that match, and walked through state by state."""

from __future__ import annotations

from contextlib import suppress
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from ...core.records import KEY, PARENTS
from ...core.vendor import JSON, Document, Refusal, Request, State
from . import account_of, failure, orderingstack

_SAMPLES = 10
_COURSE = ("initialized", "initializedAt", "initializedBy", "cnt", "samples")
_OPERATORS = {"EQ": eq, "IN": eq, "NE": ne, "GT": gt, "GTE": ge, "LT": lt, "LTE": le}


@orderingstack.operation("putCampaign", "postCampaign")
def write(state: State, request: Request) -> JSON:
    """Write a campaign, new or over the one with this id (O-14); what its course has brought stays."""
    number = str(request.path.get("campaign", request.members.get("id")))
    if request.members["id"] != number:
        raise failure(400, "The id in the body is not the one in the path.")
    known = state.collection("campaigns").get(number) or {"initialized": False}
    course: Document = {name: known[name] for name in _COURSE if name in known}
    campaign = {**request.members, **course, KEY: number, PARENTS: {}}
    return state.collection("campaigns").put(number, campaign)


@orderingstack.operation("previewCampaign")
def preview(state: State, request: Request) -> JSON:
    """Find the accounts that match, and keep their number and some ids in the campaign."""
    campaign = _campaign(state, request)
    found = [account[KEY] for account in _matching(state, campaign)]
    campaign |= {"cnt": len(found), "samples": found[:_SAMPLES]}
    return state.collection("campaigns").put(campaign[KEY], campaign)


@orderingstack.operation("initializeCampaign")
def initialize(state: State, request: Request) -> JSON:
    """Start a campaign and assign the accounts that match now; one that runs already is refused with 409."""
    campaign = _campaign(state, request)
    if campaign.get("initialized"):
        raise failure(409, "The campaign runs already.")
    found = _matching(state, campaign)
    campaign |= {"initialized": True, "initializedAt": state.timestamp, "initializedBy": request.claims["user"]}
    campaign["cnt"] = len(found)
    state.collection("campaigns").put(campaign[KEY], campaign)
    for account in found:
        _join(state, campaign, account)
    return campaign


@orderingstack.operation("message", "coupon")
def confirm(state: State, request: Request) -> JSON:
    """Mark what the caller has received, and move the account to the next state; in the last one it stays."""
    campaign, account = _campaign(state, request), account_of(state, request)
    key = f"{campaign[KEY]}/{account[KEY]}"
    position = state.collection("positions").get(key)
    if position is None:
        raise failure(404, "The account takes no part in this campaign.")
    definition: Document = next((each for each in campaign["states"] if each["id"] == position["state"]), {})
    position["state"] = definition.get("transitionTo", position["state"])
    state.collection("positions").put(key, position)
    return {"id": campaign[KEY], "state": position["state"]}


def join_dynamic(state: State, account: Document) -> None:
    """Let an account that has changed join the dynamic campaigns that run and that it matches now."""
    for campaign in state.collection("campaigns").find(initialized=True, dynamic=True):
        known = state.collection("positions").get(f"{campaign[KEY]}/{account[KEY]}")
        if known is None and _matches(campaign, account):
            _join(state, campaign, account)


def positions_of(state: State, account_id: str) -> list[Document]:
    """Return where an account stands in its campaigns."""
    found = state.collection("positions").find(account=account_id)
    there = [each for each in found if state.collection("campaigns").get(each["campaign"])]
    return [{"id": each["campaign"], "state": each["state"]} for each in there]


def _join(state: State, campaign: Document, account: Document) -> None:
    position = {"campaign": campaign[KEY], "account": account[KEY], "state": campaign["states"][0]["id"]}
    state.collection("positions").put(f"{campaign[KEY]}/{account[KEY]}", position)


def _campaign(state: State, request: Request) -> Document:
    found = state.collection("campaigns").get(str(request.path["campaign"]))
    if found is None:
        raise Refusal("not-found")
    return found


def _matching(state: State, campaign: Document) -> list[Document]:
    return [account for account in state.collection("accounts") if _matches(campaign, account)]


def _matches(campaign: Document, account: Document) -> bool:
    return all(_meets(account, each) for each in campaign.get("constraints", []))


def _meets(account: Document, constraint: Document) -> bool:
    """Say whether an account meets a constraint; numbers compare as numbers, all else as text, and a tag is there or not."""
    kind, _, name = str(constraint.get("field", "")).partition(".")
    inside, op, wanted = account.get(kind) or {}, str(constraint.get("op")), constraint.get("value") or []
    found = (name in inside or None) if isinstance(inside, list) else inside.get(name)
    if op == "EXISTS":
        return (found is not None) != (wanted == ["false"])
    if found is None or op not in _OPERATORS:
        return op == "NE"
    held = [_OPERATORS[op](*_alike(found, str(each))) for each in wanted]
    return any(held) if op in ("EQ", "IN") else all(held)


def _alike(found: JSON, wanted: str) -> tuple[Any, Any]:
    with suppress(ValueError):
        if isinstance(found, int | float):
            return float(found), float(wanted)
    return str(found), wanted
