"""Users: list, look up, read, change, delete."""

from __future__ import annotations

import base64
import binascii

from ...documents import JSON, Document
from ...exchange import Reply, Request
from ...state import State
from .access import is_admin, path_user, tenant_id
from .base import pepper
from .contacts import add_credential
from .errors import invalid
from .events import record
from .memberships import leave, segment_ids_of
from .pages import listed, sort
from .people import age, remove_person, touch
from .times import read_time

_HIDDEN = {"gender", "initialPoints", "pushDevice", "favouriteLocations", "extended", "addresses", "externalLoyaltyId"}
_CHANGEABLE = (
    *("firstName", "lastName", "fullName", "birthdate", "gender", "favouriteLocations", "primaryPlatform", "contacts"),
    *("extended", "hasAgreedToShareData", "hasAgreedToReceiveMarketing", "defaultTip"),
)
_POINTS = {"points", "loyaltyPoints", "balance"}
_SYNCHRONISED_AFTER = 5.0  # seconds


@pepper.operation("listUsers")
def list_users(state: State, request: Request) -> Reply:
    """List the users of the tenant; users see themselves only (PC-06)."""
    users = _visible(state, request)
    query = request.query
    if "name" in query:
        part = str(query["name"]).casefold()
        users = [user for user in users if part in user["fullName"].casefold()]
    for name, member in (("updatedAfter", "updatedAt"), ("createdAfter", "created")):
        if name in query:
            after = read_time(query[name], name)
            users = [user for user in users if user[member] > after]
    if "credentialId" in query:
        key = str(query["credentialId"]).strip().casefold()
        owners = {
            found["userId"] for found in state.collection("credentials").find(key=key, tenantId=tenant_id(request))
        }
        users = [user for user in users if user["_id"] in owners]
    if "role" in query:
        users = [user for user in users if query["role"] in user["roles"]]
    return _page(state, request, users)


@pepper.operation("lookupUsers")
def lookup_users(state: State, request: Request) -> Reply:
    """Return the users that the body names; to administrators also what is left of deleted ones; unknown ids are left out (PC-15)."""
    wanted = set(request.members["userIds"])
    return _page(state, request, [user for user in _visible(state, request, deleted=True) if user["_id"] in wanted])


@pepper.operation("getUser")
def get_user(state: State, request: Request) -> Reply:
    """Read a user."""
    return Reply(shown_user(state, path_user(state, request), _included(request), whole=True))


@pepper.operation("updateUser")
def update_user(state: State, request: Request) -> Reply:
    """Change the members that are given; loyalty points are refused with 422, other unknown members ignored (PC-15)."""
    user, body = path_user(state, request), request.members
    if _POINTS & body.keys():
        raise invalid("Loyalty points cannot be changed.")
    user |= {name: body[name] for name in _CHANGEABLE if name in body}
    if {"firstName", "lastName"} & body.keys() and "fullName" not in body:
        user["fullName"] = f"{user['firstName']} {user['lastName']}".strip()
    if "photo" in body:
        user["hasProfilePhoto"] = _is_photo(body["photo"])
    for member, platform in (("apnDeviceToken", "IOS"), ("gcmDeviceToken", "ANDROID")):
        if body.get(member):  # one device per user: the last one counts
            user |= {
                "pushDevice": {"platform": platform, "token": body[member]},
                "isRegisteredForPushNotifications": True,
            }
    for credential in body.get("credentials", []):
        add_credential(state, user, credential)
    touch(state, user)
    record(state, user["tenantId"], "USER_CHANGED", user=user)
    return Reply(shown_user(state, user, _included(request), whole=True))


@pepper.operation("deleteUser")
def delete_user(state: State, request: Request) -> Reply:
    """Mark a user as deleted and redact the person; awards stay, since they name nobody (PC-15)."""
    user = path_user(state, request)
    for segment_id in segment_ids_of(state, user):
        segment = state.collection("segments").get(segment_id)
        if segment is not None:
            leave(state, segment, user)
    remove_person(state, user)
    user |= {"firstName": "", "lastName": "", "fullName": "", "deleted": True, "addresses": [], "contacts": {}}
    user |= {"extended": {}, "hasProfilePhoto": False, "isRegisteredForPushNotifications": False, "pushDevice": None}
    gone = ["birthdate", "gender", "defaultTip"]
    gone += ["externalLoyaltyId"] if request.query.get("deleteLoyaltyAccount", True) else []
    gone += ["externalPosId"] if request.query.get("deletePosAccount", True) else []
    for name in gone:
        user.pop(name, None)
    touch(state, user)
    record(state, user["tenantId"], "USER_DELETED", user=user)
    return Reply({})


def shown_user(state: State, user: Document, include: set[str], *, whole: bool = False) -> Document:
    """Return a user as it is answered: `whole` for one user; lists leave most of it out unless it is included (PC-16)."""
    shown = {name: value for name, value in user.items() if name not in _HIDDEN}
    shown["hasPaymentCard"] = state.collection("cards").first(userId=user["_id"]) is not None
    loyalty_id = loyalty_account(state, user)
    if loyalty_id is not None:
        tenant = state.collection("tenants").get(user["tenantId"]) or {}
        shown |= {"externalLoyaltyId": loyalty_id, "loyaltyProvider": tenant["loyaltyProvider"]}
        shown["externalLoyaltyMemberNumber"] = loyalty_id
    if "credentials" in include:
        found = state.collection("credentials").find(userId=user["_id"])
        shown["credentials"] = [shown_credential(credential) for credential in found]
    if "checkin" in include:
        checkin = state.collection("checkins").first(userId=user["_id"])
        shown |= {} if checkin is None else {"checkin": checkin}
    if "segmentIds" in include:
        shown["segmentIds"] = list(segment_ids_of(state, user))
    if "segments" in include:
        segments = (state.collection("segments").get(number) for number in segment_ids_of(state, user))
        shown["segments"] = [segment for segment in segments if segment is not None]
    if whole or "points" in include:
        shown["points"] = loyalty_points(state, user)
    if whole or "favouriteProducts" in include:
        shown["favouriteProducts"] = []
    for member in ("favouriteLocations", "extended"):
        if whole or member in include:
            shown[member] = user[member]
    if whole:
        shown["addresses"] = list(user["addresses"])
    return shown


def shown_credential(credential: Document) -> Document:
    """Return a credential as it is answered."""
    return {name: credential[name] for name in ("_id", "id", "provider", "isVerified", "isPrimary")}


def loyalty_points(state: State, user: Document, perk_id: str | None = None) -> float:
    """Sum up a user's points: those at the start and those of PSEUDO_CURRENCY awards, or of one perk's (PC-17)."""
    total: float = 0 if perk_id else user["initialPoints"]
    for award in state.collection("awards").find(userId=user["_id"]):
        perk = state.collection("perks").get(award["perkId"])
        if perk is not None and perk["template"] == "PSEUDO_CURRENCY" and perk_id in (None, perk["_id"]):
            total += award["points"]["available"]
    return total


def loyalty_account(state: State, user: Document) -> str | None:
    """Return a user's number at the merchant's loyalty system; a new one is known after 5 seconds (PC-17)."""
    tenant = state.collection("tenants").get(user["tenantId"]) or {}
    if tenant.get("loyaltyProvider") is None or user["isGuest"] or user["state"] != "ACTIVE":
        return None
    known: str | None = user.get("externalLoyaltyId")
    if known is None and not user["deleted"] and age(state, user["created"]) >= _SYNCHRONISED_AFTER:
        return new_loyalty_id(user)
    return known


def new_loyalty_id(user: Document) -> str:
    """Return the number that the loyalty system gives a user."""
    return f"EXAMPLE-{user['_id'][-6:]}"


def _visible(state: State, request: Request, *, deleted: bool = False) -> list[Document]:
    tenant = tenant_id(request)
    if not is_admin(request):
        return state.collection("users").find(tenantId=tenant, _id=request.claims.get("user"), deleted=False)
    users = state.collection("users").find(tenantId=tenant)
    return [user for user in users if deleted or not user["deleted"]]


def _page(state: State, request: Request, users: list[Document]) -> Reply:
    users = sort(request, users, ("updatedAt", "created"))
    include = _included(request)
    return Reply(listed(request, users, lambda user: shown_user(state, user, include)))


def _included(request: Request) -> set[str]:
    found = request.query.get("include")
    return {str(name) for name in found} if isinstance(found, list) else set()


def _is_photo(text: JSON) -> bool:
    """Check a photo, which is only noted as being there; an empty one takes it away (PC-15)."""
    try:
        return len(base64.b64decode(str(text), validate=True)) > 0
    except (binascii.Error, ValueError) as error:
        raise invalid("photo is not base64.") from error
