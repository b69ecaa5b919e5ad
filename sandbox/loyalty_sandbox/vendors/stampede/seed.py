"""The first state, with the ids of the effective spec's examples, and hooks for what the API cannot make."""

from __future__ import annotations

from ...core.vendor import Document, SandboxError, State
from .base import ORGANISATION, OTHER_ORGANISATION, OWNER, stampede
from .codes import change_code, make_code
from .guests import new_guest

DEAL = "00000000-0000-4000-8000-0000000000d1"
_TEXT, _NUMBER = {"type": "string", "minLength": 1}, {"type": "integer"}
_VENUE_ID = {"type": "string", "pattern": "^[a-zA-Z0-9]{12}$"}


def _schema(required: list[str], **properties: object) -> Document:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


@stampede.seed
def fill(state: State) -> None:
    """Make two organisations that share nothing; the first has venues, a guest, and a deal with codes."""
    for number, name, organisation in (
        ("VENUE0000001", "Example Arms", ORGANISATION),
        ("VENUE0000002", "Example Cellar", ORGANISATION),
        ("VENUE0000009", "Venue of the other organisation", OTHER_ORGANISATION),
    ):
        add_venue(state, {"id": number, "name": name, OWNER: organisation})
    guest, now = new_guest(state, ORGANISATION, "ada@example.com"), state.timestamp
    guest |= {"data_opt_in_at": now, "email_opt_in_at": now, "sms_opt_in_at": now}
    guest["user_profile"] |= {"first": "Ada", "last": "Lovelace", "phone": "+442079460000", "gender": "f"}
    state.collection("guests").put(guest["id"], guest)
    second = new_guest(state, ORGANISATION, "grace@example.com")  # the README's first call asks for this id
    state.collection("guests").put("guest-id", {**second, "id": "guest-id"})
    deal: Document = {"id": DEAL, OWNER: ORGANISATION, "active": True, "name": "10%_OFF", "description": "A tenth off"}
    deal |= {"cash_value_amount": 1000, "cash_value_currency": "GBP", "days_code_valid_for": 30}
    deal |= {"created_at": now, "updated_at": now}
    for code in ("ABC1", "ABC2", "ABC3"):
        make_code(state, deal, code, guest["profile_id"] if code == "ABC1" else None)


@stampede.hook("venue", _schema(["id"], id=_VENUE_ID, name=_TEXT, organization_id=_TEXT))
def add_venue(state: State, body: Document) -> Document:
    """Make a venue."""
    colors = {"headerColor": "#102030", "interfaceColor": "#405060", "background": "#ffffff"}
    branding = {"headerImage": "https://images.example/header.png", **colors, "backgroundImage": None}
    venue = {"name": None, OWNER: ORGANISATION, **body, "branding_settings": branding}
    return state.collection("venues").put(body["id"], venue)


@stampede.hook("code", _schema(["deal", "code"], deal=_TEXT, code=_TEXT, profile_id=_NUMBER))
def add_code(state: State, body: Document) -> Document:
    """Put a code into a deal, found by its id or name."""
    deal = state.collection("deal").get(body["deal"]) or state.collection("deal").first(name=body["deal"])
    if deal is None or state.collection("codes").first(code=body["code"]):
        raise SandboxError(f"There is no deal {body['deal'][:60]!r}, or there is a code {body['code'][:60]!r} already.")
    return make_code(state, deal, body["code"], body.get("profile_id"))


@stampede.hook("redemption", _schema(["code"], code=_TEXT, profile_id=_NUMBER, user_id=_NUMBER))
def redeem_code(state: State, body: Document) -> Document:
    """Redeem a code, as the vendor's own apps do."""
    code = state.collection("codes").first(code=body["code"])
    if code is None or not code["is_revokable"]:
        raise SandboxError(f"The code {body['code'][:60]!r} is not there, revoked, or redeemed.")
    who = {"redeemed_by_profile_id": body.get("profile_id"), "redeemed_by_user_id": body.get("user_id")}
    return change_code(state, code, is_redeemed=True, redeemed_at=state.timestamp, **who)
