"""Members: found by what the pages call an identifier, registered, changed and anonymised."""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.exchange import Reply, Request
from ...core.state import State
from .base import stamps
from .errors import HEADERS, failure
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
_FLAGS = ("allow_newsletters", "allow_sms_marketing", "allow_whatsapp_marketing")
_VERIFIED = ("phone_is_verified", "email_is_verified")


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


def find_store(state: State, request: Request) -> Document:
    """Find the store of a request; raises the vendor's refusal for one that the merchant does not have."""
    store = state.collection("stores").get(str(request.members["store"]))
    if store is None or store["merchant_id"] != request.claims["merchant_id"]:
        raise failure("store", "There is no such store.", "invalid_store")
    return store


def show_membership(membership: Document, *, active: bool = False) -> Document:
    """Show a membership as most pages print it, or with its state as text under `status`."""
    level, text = membership["status"], membership["status_text"]
    names = ("stamps", "is_blocked", "referral_code", "created")
    shown = {name: membership[name] for name in names} | {"balance": int(membership["balance"]), "tags": []}
    shown["start_date"] = membership["created"]
    if active:
        return {**shown, "level": level, "level_text": text, "status": "Active"}
    return {**shown, "id": membership["id"], "status": level, "status_text": text}


def show_customer(membership: Document, user: Document) -> Document:
    """Show the customer of a transaction or redemption."""
    customer: Document = {"id": user["id"], "status": membership["status_text"], "balance": membership["balance"]}
    return {**customer, "stamps_remaining": membership["stamps"], "mobile_phone": user.get("phone")}


def _show_user(state: State, user: Document) -> Document:
    cards = [card["member_id"] for card in state.collection("member_ids").find(user_id=user["id"])]
    shown = {name: user[name] for name in (*_PERSON, *_VERIFIED, "email", "phone") if user.get(name) is not None}
    shown |= {"id": str(user["id"]), "name": user.get("name") or "", "is_active": True, "member_ids": cards}
    return {**shown, "is_anonymized": user.get("is_anonymized", False), "registration_status": user["registration"]}


@stamps.operation("getMembershipDetails")
def details(state: State, request: Request) -> Reply:
    """Show a member, a blocked one too."""
    membership, user = find_member(state, request, request.query["user"], name="user", blocked=True)
    shown = show_membership(membership) | {name: membership.get(name, True) for name in _FLAGS}
    return Reply({"membership": shown, "user": _show_user(state, user), "tags": []}, headers=HEADERS)


@stamps.operation("createRegistration")
def register(state: State, request: Request) -> Reply:
    """Register a member with name, address and number; each of the two, and the card, may belong to one member only."""
    body = request.members
    for name, known in (("email", body["email"]), ("mobile_number", body["mobile_number"])):
        _refuse_known(state, name, known)
    if "member_id" in body:
        _refuse_known(state, "member_id", body["member_id"])
    customer = {"email": body["email"], "merchant": request.claims["merchant_id"]}
    membership, user = add_member(state, customer)
    if "member_id" in body:
        card = {"member_id": body["member_id"], "user_id": user["id"]}
        state.collection("member_ids").put(body["member_id"], card)
    _change(state, membership, {**user, "phone": body["mobile_number"], "registration": "Full"}, body)
    return _profile(state, user["id"], membership)


@stamps.operation("createPartialRegistration")
def register_partially(state: State, request: Request) -> Reply:
    """Register a member with an e-mail address or a mobile number alone."""
    identifier = str(request.members["user"])
    _refuse_known(state, "user", identifier)
    is_email = "@" in identifier
    customer = {"email": identifier if is_email else None, "merchant": request.claims["merchant_id"]}
    membership, user = add_member(state, customer)
    user |= {"registration": "Partial", **({} if is_email else {"phone": identifier})}
    state.collection("users").put(user["id"], user)
    shown: Document = {"id": user["id"], "name": "", "is_active": True, "member_ids": []}
    shown |= {"email": user["email"], "phone": user.get("phone")}
    return Reply({"membership": show_membership(membership, active=True), "user": shown}, headers=HEADERS)


@stamps.operation("changeProfile")
def change_profile(state: State, request: Request) -> Reply:
    """Change what is sent; the member is named by primary key or card."""
    membership, user = find_member(state, request, request.members["user"])
    _change(state, membership, user, request.members)
    return _profile(state, user["id"], membership)


@stamps.operation("anonymizeMember")
def anonymize(state: State, request: Request) -> Reply:
    """Remove the personal data; the membership, its stamps and its primary key stay."""
    _, user = find_member(state, request, request.members["identifier"], blocked=True)
    kept: Document = {"id": user["id"], "email": None, "email_key": None, "registration": user["registration"]}
    state.collection("users").put(user["id"], {**kept, "is_anonymized": True})
    for card in state.collection("member_ids").find(user_id=user["id"]):
        state.collection("member_ids").delete(card["member_id"])
    return Reply({"status": "ok"}, headers=HEADERS)


def add_member(state: State, body: Document) -> tuple[Document, Document]:
    """Make a person with a membership that holds nothing."""
    email = body.get("email")
    user_id = body.get("id") or state.next_number("user", first=3001)
    user: Document = {"id": user_id, "email": email, "email_key": email.casefold() if email else None}
    user |= {"name": "", "registration": "Full"}
    number = body.get("membership_id") or state.next_number("membership", first=5001)
    merchant = body["merchant"]
    membership: Document = {"id": number, "user_id": user_id, "merchant_id": merchant, "group_id": merchant}
    membership |= {"balance": 0, "status": 100, "status_text": "Blue", "stamps": 0, "is_blocked": False}
    membership |= {"referral_code": f"REF{number}", "created": state.now.date().isoformat()}
    membership |= {name: body[name] for name in ("referral_code", "is_blocked", "created") if name in body}
    state.collection("users").put(user_id, user)
    state.collection("memberships").put(number, membership)
    log(state, membership, REGISTRATION)
    return membership, user


def _change(state: State, membership: Document, user: Document, body: Document) -> None:
    changes = {name: body[name] for name in (*_PERSON, *_VERIFIED) if name in body}
    state.collection("users").put(user["id"], {**user, **changes})
    membership |= {name: body[name] for name in _FLAGS if name in body}
    state.collection("memberships").put(membership["id"], membership)


def _profile(state: State, user_id: int, membership: Document) -> Reply:
    shown = _show_user(state, state.collection("users").get(user_id) or {})
    return Reply({**shown, "membership": show_membership(membership)}, headers=HEADERS)


def _refuse_known(state: State, name: str, identifier: JSON) -> None:
    if find_user(state, identifier) is not None:
        raise failure(name, "Another member has it.", "email_already_used" if name == "email" else "invalid")
