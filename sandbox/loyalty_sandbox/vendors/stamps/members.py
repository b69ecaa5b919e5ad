"""Members: found by what the pages call an identifier, registered, changed and anonymised."""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.exchange import Request
from ...core.state import State
from .base import stamps
from .errors import failure
from .ledger import REGISTRATION, log

_PERSON = (
    "name",
    "gender",
    "address",
    "birthday",
    "postal_code",
    "notes",
    "marital_status",
    "wedding_date",
    "religion",
)
_VERIFIED = ("phone_is_verified", "email_is_verified")
_FLAGS = ("allow_newsletters", "allow_sms_marketing", "allow_whatsapp_marketing")


def find_user(state: State, identifier: JSON) -> Document | None:
    """Find a person by e-mail address, Member ID, mobile number or primary key."""
    users = state.collection("users")
    if not isinstance(identifier, str):
        return users.get(int(identifier)) if isinstance(identifier, int | float) else None
    card = state.collection("member_ids").get(identifier)
    if card:
        return users.get(card["user_id"])
    return users.first(email_key=identifier.casefold()) or users.first(phone=identifier) or users.get(identifier)


def find_member(
    state: State, request: Request, identifier: JSON, *, name: str = "__all__", blocked: bool = False
) -> tuple[Document, Document]:
    """Find the membership with the merchant of the token, and its person; a blocked one is refused unless it may be `blocked`."""
    user = find_user(state, identifier)
    if user is None:
        raise failure(name, "There is no such customer.", "invalid_data")
    membership = state.collection("memberships").first(user_id=user["id"], merchant_id=request.claims["merchant_id"])
    if membership is None:
        raise failure(name, "The customer is not a member here.", "user_has_no_membership")
    if membership["is_blocked"] and not blocked:
        raise failure(name, "The membership is blocked.", "invalid_user")
    return membership, user


def find_asked(state: State, request: Request) -> tuple[Document, Document]:
    """Find the member that a query asks for, a blocked one too."""
    return find_member(state, request, request.query["user"], name="user", blocked=True)


def find_own(
    state: State, request: Request, kind: str, key: JSON
) -> tuple[Document, Document, Document] | tuple[None, Document, Document]:
    """Find a document of one of the merchant's memberships, with the membership and its person; None for one that is not there."""
    found = state.collection(kind).get(str(key))
    membership = state.collection("memberships").get(found.get("membership_id", "")) if found else None
    if found is None or membership is None or membership["merchant_id"] != request.claims["merchant_id"]:
        return None, {}, {}
    return found, membership, state.collection("users").get(membership["user_id"]) or {}


def find_store(state: State, request: Request) -> Document:
    """Find the store of a request; raises the vendor's refusal for one that the merchant does not have."""
    store = state.collection("stores").get(str(request.members["store"]))
    if store is None or store["merchant_id"] != request.claims["merchant_id"]:
        raise failure("store", "There is no such store.", "invalid_store")
    return store


def show_membership(membership: Document, *, active: bool = False) -> Document:
    """Show a membership as most pages print it, or with its state as text under `status`."""
    shown = {**membership, "balance": int(membership["balance"])}
    level = {"level": shown["status"], "level_text": shown["status_text"], "status": "Active"}
    return {**shown, **level} if active else shown


def show_customer(membership: Document, user: Document) -> Document:
    """Show the customer of an award, a transaction or a redemption."""
    customer: Document = {"id": user["id"], "status": membership["status_text"], "balance": membership["balance"]}
    balances = dict.fromkeys(("stamps", "stamps_remaining"), membership["stamps"])
    return {**customer, **balances, "mobile_phone": user.get("phone")}


@stamps.operation("getMembershipDetails")
def details(state: State, request: Request) -> JSON:
    """Show a member, a blocked one too."""
    membership, user = find_asked(state, request)
    return {"membership": show_membership(membership), "user": _show_user(state, user)}


@stamps.operation("createRegistration")
def register(state: State, request: Request) -> JSON:
    """Register a member with name, address and number; each of the two, and the card, may belong to one member only."""
    body = request.members
    for name in ("email", "mobile_number", "member_id"):
        if name in body:
            _refuse_known(state, name, body[name])
    membership, user = add_member(state, {"email": body["email"], "merchant": request.claims["merchant_id"]})
    if "member_id" in body:
        add_card(state, user, body["member_id"])
    return _changed(state, membership, {**user, "phone": body["mobile_number"]}, body)


@stamps.operation("createPartialRegistration")
def register_partially(state: State, request: Request) -> JSON:
    """Register a member with an e-mail address or a mobile number alone."""
    identifier = str(request.members["user"])
    _refuse_known(state, "user", identifier)
    email, phone = (identifier, None) if "@" in identifier else (None, identifier)
    membership, user = add_member(state, {"email": email, "merchant": request.claims["merchant_id"]})
    user |= {"registration_status": "Partial", "phone": phone}
    state.collection("users").put(user["id"], user)
    return {"membership": show_membership(membership, active=True), "user": user}


@stamps.operation("changeProfile")
def change_profile(state: State, request: Request) -> JSON:
    """Change what is sent; the member is named by primary key or card."""
    membership, user = find_member(state, request, request.members["user"])
    return _changed(state, membership, user, request.members)


@stamps.operation("anonymizeMember")
def anonymize(state: State, request: Request) -> JSON:
    """Remove the personal data; the membership, its stamps and its primary key stay."""
    _, user = find_member(state, request, request.members["identifier"], blocked=True)
    kept: Document = {"id": user["id"], "name": "", "email": None, "email_key": None, "is_active": True}
    kept |= {"registration_status": user["registration_status"], "is_anonymized": True}
    state.collection("users").put(user["id"], kept)
    for card in state.collection("member_ids").find(user_id=user["id"]):
        state.collection("member_ids").delete(card["member_id"])
    return {"status": "ok"}


def add_member(state: State, body: Document) -> tuple[Document, Document]:
    """Make a person with a membership that holds nothing."""
    email, merchant = body.get("email"), body["merchant"]
    user: Document = {"id": body.get("id") or state.next_number("user", first=3001), "email": email}
    user |= {"email_key": email.casefold() if email else None, "name": "", "registration_status": "Full"}
    user |= {"is_active": True, "is_anonymized": False}
    number = body.get("membership_id") or state.next_number("membership", first=5001)
    membership: Document = {"id": number, "user_id": user["id"], "merchant_id": merchant, "group_id": merchant}
    membership |= {"balance": 0, "status": 100, "status_text": "Blue", "stamps": 0, "is_blocked": False}
    membership |= {"referral_code": f"REF{number}", "created": state.now.date().isoformat()}
    membership |= {name: body[name] for name in ("referral_code", "is_blocked", "created") if name in body}
    state.collection("users").put(user["id"], user)
    state.collection("memberships").put(number, membership)
    log(state, membership, REGISTRATION)
    return membership, user


def add_card(state: State, user: Document, member_id: str) -> None:
    """Give a person a Member ID."""
    state.collection("member_ids").put(member_id, {"member_id": member_id, "user_id": user["id"]})


def _show_user(state: State, user: Document) -> Document:
    cards = state.collection("member_ids").find(user_id=user["id"])
    return {**user, "id": str(user["id"]), "member_ids": [card["member_id"] for card in cards]}


def _changed(state: State, membership: Document, user: Document, body: Document) -> JSON:
    user = {**user, **{name: body[name] for name in (*_PERSON, *_VERIFIED) if name in body}}
    state.collection("users").put(user["id"], user)
    membership |= {name: body[name] for name in _FLAGS if name in body}
    state.collection("memberships").put(membership["id"], membership)
    return {**_show_user(state, user), "membership": show_membership(membership)}


def _refuse_known(state: State, name: str, identifier: JSON) -> None:
    if find_user(state, identifier) is not None:
        raise failure(name, "Another member has it.", "email_already_used" if name == "email" else "invalid")
