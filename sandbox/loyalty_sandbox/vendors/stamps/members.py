"""Members: registered and anonymised; their second balance, and what happened to them."""

from __future__ import annotations

from ...core.clock import parse_time
from ...core.security import TOKENS, keep_token
from ...core.vendor import JSON, Document, Refusal, State
from . import failure, stamps
from .awards import add_award
from .calls import Call, find_user, operation
from .ledger import BALANCE, CREATED, REGISTRATION, Member, within

_LIFETIME = 86_400
_NAMES = ("user", "merchant", "store", "email", "mobile_number", "member_id", "password", "pin", "confirm_pin")


@operation("getMembershipDetails")
def details(call: Call) -> JSON:
    """Show a member, a blocked one too."""
    member = call.member()
    return member.answer(user=_person(member))


@operation("createRegistration")
def register(call: Call) -> JSON:
    """Register a member with name, address and number; each of the two, and the card, may belong to one member only."""
    body = call.given
    for name in ("email", "mobile_number", "member_id"):
        if name in body:
            _refuse_known(call, name)
    cards = [body["member_id"]] if "member_id" in body else []
    names = {"email": body["email"], "phone": body["mobile_number"], "member_ids": cards}
    return _changed(call, add_member(call.state, {**names, "merchant": call.merchant}))


@operation("createPartialRegistration")
def register_partially(call: Call) -> JSON:
    """Register a member with an e-mail address or a mobile number alone."""
    _refuse_known(call, "user")
    name = "email" if "@" in call.given["user"] else "phone"
    member = add_member(call.state, {name: call.given["user"], "merchant": call.merchant})
    level = {"level": member.membership["status"], "level_text": member.membership["status_text"], "status": "Active"}
    return member.answer(membership=member.membership | level)


@operation("changeProfile")
def change_profile(call: Call) -> JSON:
    """Change what is sent; the member is named by primary key or card."""
    return _changed(call, call.member())


@operation("anonymizeMember")
def anonymize(call: Call) -> JSON:
    """Remove the personal data; the membership, its stamps and its primary key stay."""
    user = call.member("identifier", blocked=True).user
    kept: Document = {name: user[name] for name in ("id", "registration_status", "is_active")}
    kept |= {"name": "", "email": None, "email_key": None, "is_anonymized": True}
    call.keep("users", kept)
    cards = call.state.collection("member_ids")
    for card in cards.find(user_id=user["id"]):
        cards.delete(card["member_id"])
    return {"status": "ok"}


@operation("listActivities", "listGroupActivities")
def activities(call: Call) -> JSON:
    """List what happened to the membership; a merchant is a group of its own here."""
    return [*call.state.collection("activities").find(membership_id=call.member().membership["id"])]


@operation("creditBalance")
def credit(call: Call) -> JSON:
    """Raise the second balance."""
    return _move(call, call.given["amount"])


@operation("debitBalance")
def debit(call: Call) -> JSON:
    """Lower the second balance, not below zero."""
    return _move(call, -call.given["amount"])


@operation("cancelBalanceUpdate")
def cancel(call: Call) -> JSON:
    """Take a change of the second balance back, once."""
    update, member = call.own("balance_updates", failure("id", "There is no such change."))
    _change_balance(member, -update["change"])
    return member.answer(balance_update=call.cancelled("balance_updates", update, "invalid"))


@operation("getAccessToken")
def get_access_token(call: Call) -> JSON:
    """Give a token of 24 hours for the authentication string and its merchant; that it is no static token is our own choice."""
    wanted = {"authentication_string": call.given["token"], "crm_merchant_id": str(call.given["crm_merchant_id"])}
    found = next((each for each in stamps.credentials if wanted.items() <= each.arguments.items()), None)
    if found is None:
        raise Refusal("unauthorized", reason="wrong")
    token = f"sandbox-stamps-jwt-{call.state.next_number('jwt'):06d}"
    keep_token(call.state, token, schemes=["bearerToken"], claims=found.claims, lifetime=_LIFETIME)
    return {"access_token": token}


@operation("verifyToken")
def verify_token(call: Call) -> JSON:
    """Show what a token says."""
    secret = call.request.inbound.headers.get("authorization", "").partition(" ")[2].strip()
    end = (call.state.collection(TOKENS).get(secret) or {}).get("expires_at")
    exp = int(parse_time(end).timestamp()) if end else int(call.state.now.timestamp()) + _LIFETIME
    claims: Document = {"token_type": "access", "iat": exp - _LIFETIME, "exp": exp, "jti": secret[-32:], "user_id": 1}
    return {**claims, **call.request.claims}


@stamps.hook("customer")
def add_customer(state: State, body: Document) -> Document:
    """Make a customer with a membership and an opening balance."""
    member = add_member(state, {"merchant": 1, **body})
    number = member.membership["id"]
    if body.get("stamps"):
        add_award(member, f"opening {number}", body["stamps"], "opening balance")
    return {"user": member.user["id"], "membership": number, "stamps": member.membership["stamps"]}


def add_member(state: State, body: Document) -> Member:
    """Make a person with a membership that holds nothing."""
    user: Document = {"id": body.get("id") or state.next_number("user", first=3001), "name": body.get("name", "")}
    email = body.get("email")
    user |= {"email": email, "email_key": email and email.casefold(), "phone": body.get("phone")}
    user |= {"registration_status": "Full", "is_active": True, "is_anonymized": False}
    number = body.get("membership_id") or state.next_number("membership", first=5001)
    membership: Document = {"id": number, "user_id": user["id"], "status": 100, "status_text": "Blue"}
    membership |= dict.fromkeys(("merchant_id", "group_id"), body["merchant"]) | {"balance": 0, "stamps": 0}
    membership |= {"referral_code": f"REF{number}", "created": state.now.date().isoformat(), "is_blocked": False}
    membership |= {name: body[name] for name in ("referral_code", "is_blocked", "created") if name in body}
    state.collection("users").put(user["id"], user)
    state.collection("memberships").put(number, membership)
    for card in body.get("member_ids", []):
        state.collection("member_ids").put(card, {"member_id": card, "user_id": user["id"]})
    member = Member(state, membership, user)
    member.log(REGISTRATION)
    return member


def _person(member: Member) -> Document:
    cards = member.state.collection("member_ids").find(user_id=member.user["id"])
    return {**member.user, "id": str(member.user["id"]), "member_ids": [card["member_id"] for card in cards]}


def _changed(call: Call, member: Member) -> JSON:
    member.user |= {name: value for name, value in call.given.items() if name not in _NAMES}
    call.keep("users", member.user)
    return {**_person(member), "membership": member.answer()["membership"]}


def _refuse_known(call: Call, name: str) -> None:
    if find_user(call.state, call.given[name]) is not None:
        raise failure(name, "Another member has it.", "email_already_used" if name == "email" else "invalid")


def _move(call: Call, difference: float) -> JSON:
    member = call.member()
    call.store()
    number = call.state.next_number("balance", first=2)
    _change_balance(member, difference)
    part: Document = {"transaction_number": f"BAL-{number}", "amount": difference, "status": CREATED}
    activity = member.log(BALANCE, balance_update=part)
    update: Document = {"id": number, "membership_id": member.membership["id"], "change": difference}
    update |= {"amount": abs(difference), "status": "Created", "activity": activity}
    return member.answer(balance_update=call.keep("balance_updates", update))


def _change_balance(member: Member, difference: float) -> None:
    within("amount", member.membership["balance"] + difference)
    member.change(balance=difference)
