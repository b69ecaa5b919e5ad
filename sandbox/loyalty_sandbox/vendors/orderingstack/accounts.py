"""The caller's own account: read, profile, properties. Changing it may let it join a dynamic campaign."""

from __future__ import annotations

from ...core.documents import to_json
from ...core.records import KEY
from ...core.vendor import JSON, Document, Request, State
from . import account_of, failure, orderingstack
from .campaigns import join_dynamic, positions_of


@orderingstack.operation("getMyAccount", "getMyAccount_1")
def read_own(state: State, request: Request) -> JSON:
    """Read the caller's account, by either route (O-04)."""
    return _shown(state, account_of(state, request))


@orderingstack.operation("getAccountByCard")
def read_by_card(state: State, request: Request) -> JSON:
    """Read the account of a card."""
    found = state.collection("accounts").first(card=request.path["card"])
    if found is None:
        raise failure(404, "There is no account with this card.")
    return _shown(state, found)


@orderingstack.operation("getMyCampaigns")
def list_own_campaigns(state: State, request: Request) -> JSON:
    """List the campaigns the caller takes part in, with the state in each."""
    return list(positions_of(state, account_of(state, request)[KEY]))


@orderingstack.operation("setMyProfile")
def set_profile(state: State, request: Request) -> JSON:
    """Amend the profile; what is left out stays."""
    account = account_of(state, request)
    return _changed(state, account | {"header": {**account.get("header", {}), **request.members}})


@orderingstack.operation("setMyProperties")
def set_properties(state: State, request: Request) -> JSON:
    """Amend the properties, which are kept as texts, and the own tags; null takes a property away."""
    account, body = account_of(state, request), request.members
    properties = {**account.get("properties", {}), **body.get("properties", {})}
    kept = {name: value for name, value in properties.items() if value is not None}
    account["properties"] = {name: value if isinstance(value, str) else to_json(value) for name, value in kept.items()}
    tags = [tag for tag in account.get("tags", []) if tag not in body.get("removeTags", [])]
    account["tags"] = list(dict.fromkeys([*tags, *body.get("addTags", [])]))
    return _changed(state, account)


def _changed(state: State, account: Document) -> JSON:
    state.collection("accounts").put(account[KEY], account)
    join_dynamic(state, account)
    return _shown(state, account)


def _shown(state: State, account: Document) -> Document:
    return {**account, "campaigns": positions_of(state, account[KEY])}
