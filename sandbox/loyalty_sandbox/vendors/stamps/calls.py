"""One request as handlers of Stamps see it: what it names is looked up, and refused as the pages do."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from ...core.vendor import JSON, Document, Refusal, Request, State
from . import failure, stamps
from .ledger import CANCELED, CREATED, OPEN, Member


@frozen
class Call:
    """A request of a merchant, with the state."""

    state: State
    request: Request

    @property
    def given(self) -> Document:
        """What was sent: members of the body, or parameters."""
        return self.request.members or {**self.request.path, **self.request.query}

    @property
    def merchant(self) -> int:
        """The merchant of the token."""
        return int(self.request.claims["merchant_id"])

    def member(self, name: str = "user", *, blocked: bool = False) -> Member:
        """Find the member that is named; a blocked one is refused unless it may be `blocked`, or is only asked about."""
        is_asked = not self.request.members
        where = name if is_asked or name != "user" else "__all__"
        user = find_user(self.state, self.given[name])
        if user is None:
            raise failure(where, "There is no such customer.", "invalid_data")
        membership = self.state.collection("memberships").first(user_id=user["id"], merchant_id=self.merchant)
        if membership is None:
            raise failure(where, "The customer is not a member here.", "user_has_no_membership")
        if membership["is_blocked"] and not (blocked or is_asked):
            raise failure(where, "The membership is blocked.", "invalid_user")
        return Member(self.state, membership, user)

    def store(self) -> Document:
        """Find the store that is named; raises the vendor's refusal for one that the merchant does not have."""
        store = self.state.collection("stores").get(str(self.given["store"]))
        if store is None or store["merchant_id"] != self.merchant:
            raise failure("store", "There is no such store.", "invalid_store")
        return store

    def keep(self, kind: str, document: Document) -> Document:
        """Keep a document under its id, and return it."""
        return self.state.collection(kind).put(document["id"], document)

    def cancelled(
        self, kind: str, found: Document, code: str, *, name: str = "id", word: JSON = "Canceled"
    ) -> Document:
        """Mark a document and its activity as cancelled; raises the vendor's refusal for one that is not open any more."""
        if found["status"] not in ("Created", CREATED, OPEN):
            raise failure(name, "It is cancelled already, or over.", code)
        activity = self.state.collection("activities").get(found.get("activity", ""))
        if activity:
            parts = {name: part for name, part in activity.items() if isinstance(part, dict) and "status" in part}
            self.keep("activities", activity | {name: {**part, "status": CANCELED} for name, part in parts.items()})
        return self.keep(kind, {**found, "status": word})

    def owner(self, document: Document) -> Member | None:
        """Return the member that a document belongs to, if there is one."""
        membership = self.state.collection("memberships").get(document.get("membership_id", ""))
        user = self.state.collection("users").get(membership["user_id"]) if membership else None
        return Member(self.state, membership, user) if membership and user else None

    def own(self, kind: str, refusal: Refusal) -> tuple[Document, Member]:
        """Find what `id` names among the documents of the merchant's members; refuses one that is not there."""
        found = self.state.collection(kind).get(str(self.given["id"]))
        member = self.owner(found) if found else None
        if found is None or member is None or member.membership["merchant_id"] != self.merchant:
            raise refusal
        return found, member


def operation(*names: str) -> Callable[[Callable[[Call], JSON]], Callable[[Call], JSON]]:
    """Register the handler of operations."""

    def register(handler: Callable[[Call], JSON]) -> Callable[[Call], JSON]:
        for name in names:
            stamps.handlers[name] = lambda state, request: handler(Call(state, request))
        return handler

    return register


def find_user(state: State, identifier: JSON) -> Document | None:
    """Find a person by e-mail address, Member ID, mobile number or primary key."""
    users = state.collection("users")
    if not isinstance(identifier, str):
        return users.get(int(identifier)) if isinstance(identifier, int | float) else None
    card = state.collection("member_ids").get(identifier)
    if card:
        return users.get(card["user_id"])
    return users.first(email_key=identifier.casefold()) or users.first(phone=identifier) or users.get(identifier)
