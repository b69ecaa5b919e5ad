"""Credits and the loyalty balance."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import caller_user, path_user, require_admin
from .base import new_id, pepper, timestamp
from .errors import invalid
from .ledger import credit
from .users import loyalty_account, loyalty_points


@pepper.operation("getLoyaltyBalance")
def get_balance(state: State, request: Request) -> Reply:
    """Sum up the caller's points; `balanceId` is the id of a perk that works as a currency (PC-17)."""
    user = caller_user(state, request)
    tenant = state.collection("tenants").get(user["tenantId"]) or {}
    if tenant.get("loyaltyProvider") is None:
        raise invalid("The merchant has no loyalty system.")
    if loyalty_account(state, user) is None:
        raise invalid("The user has no account at the loyalty system.")
    balance_id = request.query.get("balanceId")
    if balance_id is not None:
        perk = state.collection("perks").get(str(balance_id))
        if perk is None or perk["tenantId"] != user["tenantId"] or perk["template"] != "PSEUDO_CURRENCY":
            raise invalid("There is no such balance.")
    return Reply(
        {"balance": loyalty_points(state, user, None if balance_id is None else str(balance_id)), "type": "POINTS"}
    )


@pepper.operation("createUserCredit")
def create_credit(state: State, request: Request) -> Reply:
    """Credit an award of the user by `number` points, 1 when it is left out; `scheme` is only kept (PC-26)."""
    require_admin(request)
    user, body = path_user(state, request), request.members
    award = state.collection("awards").get(body["awardId"])
    if award is None or award["userId"] != user["_id"]:
        raise invalid("The user has no such award.")
    number = body.get("number", 1)
    credit(state, award, number, user=user)
    made: Document = {
        "_id": new_id(state),
        "tenantId": user["tenantId"],
        "userId": user["_id"],
        "scheme": body["scheme"],
        "number": number,
        "description": body["description"],
        "awardId": award["_id"],
        "created": timestamp(state),
    }
    return Reply(state.collection("credits").put(made["_id"], made))


@pepper.operation("listUserCredits")
def list_credits(state: State, request: Request) -> Reply:
    """List the credits of a user in a member `credits` (PC-26)."""
    user = path_user(state, request)
    return Reply({"credits": list(state.collection("credits").find(userId=user["_id"]))})
