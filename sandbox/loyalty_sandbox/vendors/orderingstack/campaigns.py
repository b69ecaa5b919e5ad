"""Campaigns: write, read, preview, start, end, delete."""

from __future__ import annotations

from ...clock import parse_time
from ...documents import Document
from ...exchange import Reply, Request
from ...problems import SandboxError
from ...state import Collection, State
from .access import CAMPAIGN_ROLE, staff_tenant, tenant_of
from .base import orderingstack
from .errors import bad_request, conflict, not_found
from .flow import join, matching
from .lists import listed

RUNNING_LIMIT = 10  # a limit exists, its size is not given (OC-12)
SAMPLES = 10
_HIDDEN = frozenset({"tenant", "finalizedAt"})
_START = ("initialized", "initializedAt", "initializedBy", "finalizedAt")
_COURSE = frozenset({*_START, *_HIDDEN, "cnt", "samples", "previewedAt", "stateStats"})


@orderingstack.operation("putCampaign")
def put_campaign(state: State, request: Request) -> Reply:
    """Write a campaign under the id of the path, which must be that of the body (OC-08, O-14)."""
    if request.path["campaign"] != request.members["id"]:
        raise bad_request("The id in the body is not the one in the path.")
    return Reply(shown_campaign(state, write_campaign(state, tenant_of(request), request.members)))


@orderingstack.operation("postCampaign")
def post_campaign(state: State, request: Request) -> Reply:
    """Write a campaign under the id of the body, also over one that is there."""
    return Reply(shown_campaign(state, write_campaign(state, tenant_of(request), request.members)))


@orderingstack.operation("getCampaign")
def get_campaign(state: State, request: Request) -> Reply:
    """Read a campaign."""
    return Reply(shown_campaign(state, _path_campaign(state, request, tenant_of(request))))


@orderingstack.operation("getCampaigns")
def list_campaigns(state: State, request: Request) -> Reply:
    """List campaigns."""
    campaigns = state.collection("campaigns").find(tenant=tenant_of(request))
    return listed([shown_campaign(state, campaign) for campaign in campaigns], request.query["filter"])


@orderingstack.operation("deleteCampaign")
def delete_campaign(state: State, request: Request) -> Reply:
    """Remove a campaign for good, with everything that hangs on it, even while it runs (OC-14)."""
    campaign = _path_campaign(state, request, tenant_of(request))
    state.collection("campaigns").delete(_key(campaign))
    for kind, name in (("positions", "account"), ("pushes", "pushId"), ("days", "date")):
        for each in _of(state.collection(kind), campaign):
            state.collection(kind).delete(f"{_key(campaign)}/{each[name]}")
    for coupon in _of(state.collection("coupons"), campaign):
        state.collection("coupons").delete(f"{coupon['tenant']}/{coupon['code']}")
    return Reply(None)  # OC-10


@orderingstack.operation("previewCampaign")
def preview_campaign(state: State, request: Request) -> Reply:
    """Work out which accounts match, and keep the number and some ids in the campaign (OC-15)."""
    campaign = _path_campaign(state, request, staff_tenant(request, CAMPAIGN_ROLE))
    _refuse_started(campaign)
    accounts = matching(state, campaign)
    preview = {
        "cnt": len(accounts),
        "samples": [account["id"] for account in accounts[:SAMPLES]],
        "previewedAt": state.timestamp,
    }
    state.collection("campaigns").put(_key(campaign), {**campaign, **preview})
    return Reply({"id": campaign["id"], **preview})


@orderingstack.operation("initializeCampaign")
def initialize_campaign(state: State, request: Request) -> Reply:
    """Start a campaign for the accounts that match now (OC-12)."""
    campaign = _path_campaign(state, request, staff_tenant(request, CAMPAIGN_ROLE))
    return Reply(shown_campaign(state, start_campaign(state, campaign, by=request.claims["user"])))


@orderingstack.operation("finalizeCampaign")
def finalize_campaign(state: State, request: Request) -> Reply:
    """End a campaign: nobody is in it any more, and its coupons end (OC-13)."""
    campaign = _path_campaign(state, request, staff_tenant(request, CAMPAIGN_ROLE))
    if not campaign["initialized"]:
        raise conflict("campaign_not_running", "The campaign does not run.")
    campaign |= {"initialized": False, "finalizedAt": state.timestamp}
    for position in _of(state.collection("positions"), campaign):
        state.collection("positions").put(f"{_key(campaign)}/{position['account']}", {**position, "open": False})
    state.collection("campaigns").put(_key(campaign), campaign)
    return Reply(shown_campaign(state, campaign))


def write_campaign(state: State, tenant: str, body: Document) -> Document:
    """Store a definition, new or over the one with this id; what is left out goes, what the course has brought stays (OC-11)."""
    _check(body)
    campaigns = state.collection("campaigns")
    known = campaigns.get(f"{tenant}/{body['id']}")
    if known is None:
        course: Document = {"initialized": False, "finalizedAt": None}
    else:
        course = {name: known[name] for name in _START if name in known}
        ids = {definition["id"] for definition in body["states"]}
        held = {each["state"] for each in _of(state.collection("positions"), known)} - ids
        if held:
            raise conflict("state_in_use", f"Accounts are in the state {min(held)!r}, which the new campaign lacks.")
    definition = {name: value for name, value in body.items() if name not in _COURSE}
    return campaigns.put(f"{tenant}/{body['id']}", {**definition, **course, "tenant": tenant})


def start_campaign(state: State, campaign: Document, *, by: str) -> Document:
    """Start a campaign and assign the accounts that match."""
    _refuse_started(campaign)
    if _is_past(state, campaign):
        raise conflict("campaign_over", "activeTo lies in the past.")
    others = state.collection("campaigns").find(tenant=campaign["tenant"], initialized=True)
    if sum(not _is_past(state, other) for other in others) >= RUNNING_LIMIT:
        raise conflict("too_many_campaigns", f"{RUNNING_LIMIT} campaigns run already; end one of them first.")
    campaign |= {"initialized": True, "initializedAt": state.timestamp, "initializedBy": by}
    for name in ("cnt", "samples", "previewedAt"):
        campaign.pop(name, None)
    state.collection("campaigns").put(_key(campaign), campaign)
    for account in matching(state, campaign):
        join(state, campaign, account)
    return campaign


def find_campaign(state: State, tenant: str, campaign_id: object) -> Document:
    """Return a campaign of a tenant; raises `Refused` with 404."""
    found = state.collection("campaigns").get(f"{tenant}/{campaign_id}")
    if found is None:
        raise not_found("campaign", campaign_id)
    return found


def shown_campaign(state: State, campaign: Document) -> Document:
    """Return a campaign as it is read: after its start with the number of its accounts and how many have completed each state."""
    shown = {name: value for name, value in campaign.items() if name not in _HIDDEN}
    if "initializedAt" in campaign:
        positions = _of(state.collection("positions"), campaign)
        done = [state_id for position in positions for state_id in position["done"]]
        shown["cnt"] = len(positions)
        shown["stateStats"] = {each["id"]: done.count(each["id"]) for each in campaign["states"]}
    return shown


def _path_campaign(state: State, request: Request, tenant: str) -> Document:
    return find_campaign(state, tenant, request.path["campaign"])


def _refuse_started(campaign: Document) -> None:
    if campaign["initialized"]:
        raise conflict("campaign_running", "The campaign runs already.")
    if campaign["finalizedAt"]:
        raise conflict("campaign_over", "The campaign has ended; write it under another id, or delete it first.")


def _is_past(state: State, campaign: Document) -> bool:
    return "activeTo" in campaign and parse_time(campaign["activeTo"]) <= state.now


def _check(body: Document) -> None:
    """Refuse a definition that could not run (OC-09)."""
    ids = [definition["id"] for definition in body["states"]]
    if len(set(ids)) < len(ids):
        raise bad_request("states: an id is there twice.")
    for definition in body["states"]:
        if definition.get("transitionTo", ids[0]) not in ids:
            raise bad_request(f"states: {definition['id']} leads to {definition['transitionTo']!r}, which is no state.")
    try:
        times = [parse_time(body[name]) for name in ("activeFrom", "activeTo") if name in body]
    except SandboxError as error:
        raise bad_request(f"activeFrom, activeTo: {error}") from error
    if times != sorted(set(times)):
        raise bad_request("activeTo is not after activeFrom.")


def _of(collection: Collection, campaign: Document) -> list[Document]:
    return collection.find(tenant=campaign["tenant"], campaign=campaign["id"])


def _key(campaign: Document) -> str:
    return f"{campaign['tenant']}/{campaign['id']}"
