"""The first state, with the ids of the effective spec's examples, and hooks for what the API cannot make."""

from __future__ import annotations

from ...documents import Document
from ...problems import SandboxError
from ...state import State
from ...tokens import keep_token
from .base import CLIENT_ID, CLIENT_SECRET, OTHER_CLIENT_ID, OTHER_CLIENT_SECRET, TOKEN, stampede
from .deals import make_code
from .guests import new_guest

ORGANISATION = "00000000-0000-4000-8000-0000000000aa"
OTHER_ORGANISATION = "00000000-0000-4000-8000-0000000000bb"
DEAL = "00000000-0000-4000-8000-0000000000d1"
_TEXT = {"type": "string", "minLength": 1}


def _schema(required: list[str], **properties: object) -> Document:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


@stampede.seed
def fill(state: State) -> None:
    """Make two organisations that share nothing; the first has venues, a guest, a deal with codes, and a workflow."""
    for client_id, secret, organisation in (
        (CLIENT_ID, CLIENT_SECRET, ORGANISATION),
        (OTHER_CLIENT_ID, OTHER_CLIENT_SECRET, OTHER_ORGANISATION),
    ):
        key = {"client_id": client_id, "client_secret": secret, "organization_id": organisation}
        state.collection("keys").put(client_id, key)
    claims = {"organization_id": ORGANISATION}
    keep_token(state, TOKEN, schemes=["clientCredentials"], claims=claims, credential=CLIENT_ID)  # SC-22
    add_venue(state, {"id": "VENUE0000001", "name": "Example Arms"})
    add_venue(state, {"id": "VENUE0000002", "name": "Example Cellar"})
    add_venue(
        state, {"id": "VENUE0000009", "name": "Venue of the other organisation", "organization_id": OTHER_ORGANISATION}
    )
    guest = new_guest(state, ORGANISATION, "ada@example.com")
    now = state.timestamp
    guest |= {"data_opt_in_at": now, "email_opt_in_at": now, "sms_opt_in_at": now}
    guest["profile"] |= {"first": "Ada", "last": "Lovelace", "phone": "+442079460000", "gender": "f", "verified": 1}
    state.collection("guests").put(guest["id"], guest)
    deal = {
        "id": DEAL,
        "organization_id": ORGANISATION,
        "active": True,
        "name": "10%_OFF",
        "description": "Ten percent off",
        "expires_at": None,
        "created_at": now,
        "updated_at": now,
        "cash_value_amount": 1000,
        "cash_value_currency": "GBP",
        "days_code_valid_for": 30,
    }
    state.collection("deals").put(DEAL, deal)
    for code in ("ABC1", "ABC2", "ABC3"):
        make_code(state, deal, code, profile_id=guest["profile_id"] if code == "ABC1" else None)
    add_workflow(state, {"id": "workflow-1", "source": "some_service"})


@stampede.hook(
    "venue", _schema(["id"], id={"type": "string", "pattern": "^[a-zA-Z0-9]{12}$"}, name=_TEXT, organization_id=_TEXT)
)
def add_venue(state: State, body: Document) -> Document:
    """Make a venue."""
    branding = {
        "headerImage": "https://images.example/header.png",
        "headerColor": "#102030",
        "interfaceColor": "#405060",
        "background": "#ffffff",
        "backgroundImage": None,
    }
    venue = {"id": body["id"], "name": body.get("name"), "organization_id": body.get("organization_id", ORGANISATION)}
    return state.collection("venues").put(body["id"], {**venue, "branding_settings": branding})


@stampede.hook("code", _schema(["deal", "code"], deal=_TEXT, code=_TEXT, profile_id={"type": "integer"}))
def add_code(state: State, body: Document) -> Document:
    """Put a code into a deal, found by its id or name."""
    deal = state.collection("deals").get(body["deal"]) or state.collection("deals").first(name=body["deal"])
    if deal is None:
        raise SandboxError(f"There is no deal {body['deal'][:60]!r}; create it first.")
    if state.collection("codes").first(code=body["code"]):
        raise SandboxError(f"There is a code {body['code'][:60]!r} already; choose another.")
    return make_code(state, deal, body["code"], profile_id=body.get("profile_id"))


@stampede.hook("redemption", _schema(["code"], code=_TEXT, profile_id={"type": "integer"}, user_id={"type": "integer"}))
def redeem_code(state: State, body: Document) -> Document:
    """Redeem a code, as the vendor's own apps do."""
    code = state.collection("codes").first(code=body["code"])
    if code is None or not code["is_revokable"]:
        raise SandboxError(f"The code {body['code'][:60]!r} is not there, revoked, or redeemed.")
    code |= {
        "is_redeemed": True,
        "is_revokable": False,
        "redeemed_at": state.timestamp,
        "redeemed_by_profile_id": body.get("profile_id"),
        "redeemed_by_user_id": body.get("user_id"),
        "updated_at": state.timestamp,
    }
    return state.collection("codes").put(code["id"], code)


@stampede.hook("workflow", _schema(["id"], id=_TEXT, source=_TEXT, organization_id=_TEXT))
def add_workflow(state: State, body: Document) -> Document:
    """Make a workflow; events with its `source` start it."""
    organisation = body.get("organization_id", ORGANISATION)
    workflow = {"id": body["id"], "source": body.get("source"), "organization_id": organisation}
    return state.collection("workflows").put(body["id"], workflow)
