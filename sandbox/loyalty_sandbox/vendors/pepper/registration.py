"""Becoming a user: creation, one account per device, perks for everybody, guests."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import facebook_token, find_identity, is_admin, tenant_id
from .base import pepper
from .contacts import read_credential, require_free, send_code
from .errors import forbidden, invalid
from .events import record
from .ledger import grant
from .people import new_credential, new_user, open_session, touch
from .users import new_loyalty_id, shown_user

_PLATFORMS = {"IOS": "uniqueDeviceIdIOS", "ANDROID": "uniqueDeviceIdAndroid"}
_TENANT = {
    "type": "object",
    "required": ["_id"],
    "properties": {
        "_id": {"type": "string", "minLength": 1},
        "title": {"type": "string"},
        "loyaltyProvider": {"enum": ["PEPPER", "SQUARE", "POWERCARD", "ATREEMO", "REVEL", "PAYTRONIX", None]},
        "initialPoints": {"type": "number", "minimum": 0},
        "oneAccountPerDevice": {"type": "boolean"},
        "application_id": {"type": "string", "minLength": 1},
    },
    "additionalProperties": False,
}


@pepper.operation("createUser")
def create_user(state: State, request: Request) -> Reply:
    """Create a user; a guest's token turns the guest into one (PC-20). The settings of the tenant give the first points."""
    body, query = request.members, request.query
    activate = bool(query.get("autoActivate", False))
    if activate and not is_admin(request):
        raise forbidden("autoActivate is for administrators.")
    credentials = [read_credential(each) for each in body["credentials"]]
    if not credentials:
        raise invalid("credentials is empty.")
    roles = ["ADMIN"] if is_admin(request) and "ADMIN" in _roles(body) else ["USER"]
    check_device(state, request)
    mobile = any(provider == "MOBILE" for provider, _, _ in credentials)
    user = _start(state, request, body, roles=roles, active=activate or roles == ["ADMIN"] or not mobile)
    for place, (provider, name, password) in enumerate(credentials):
        if provider == "FACEBOOK":
            _link_facebook(state, user, name, password)
            continue
        require_free(state, user["tenantId"], name)
        verified = activate or roles == ["ADMIN"]
        credential = new_credential(
            state, user, provider, name, password=password, verified=verified, primary=place == 0
        )
        if provider == "MOBILE" and user["state"] == "PENDING":
            send_code(state, credential, "activate")
    if activate and query.get("awaitExternalAccountSync", False):
        user["externalLoyaltyId"] = new_loyalty_id(user)
    finish(state, request, user)
    return Reply(shown_user(state, user, {"credentials"}, whole=True))


@pepper.operation("createGuestSession")
def create_guest_session(state: State, request: Request) -> Reply:
    """Create a guest with what is given, and a session; all of it goes after an hour."""
    body, tenant = request.members, tenant_id(request)
    guest = new_user(state, tenant, body, roles=["GUEST"], guest=True)
    guest["primaryPlatform"] = request.headers.get("x-client-platform", "UNKNOWN")
    state.collection("users").put(guest["_id"], guest)
    for place, each in enumerate(body.get("credentials", [])):
        provider, name, password = read_credential(each)
        if provider == "FACEBOOK":
            raise invalid("A guest has no account at Facebook.")
        require_free(state, tenant, name)
        new_credential(state, guest, provider, name, password=password, primary=place == 0)
    session = open_session(state, guest)
    return Reply({**session, "user": shown_user(state, guest, {"credentials"}, whole=True)})


def check_device(state: State, request: Request) -> None:
    """Refuse with 422 a second account on a device, where the tenant allows one only, and a call that names no platform."""
    tenant = state.collection("tenants").get(tenant_id(request)) or {}
    if not tenant.get("oneAccountPerDevice") or is_admin(request):
        return
    if str(_platform(request)) not in _PLATFORMS:
        raise invalid("x-client-platform is required here: ANDROID or IOS.")
    device = _device(request)
    if device is not None and state.collection("devices").get(f"{tenant['_id']} {device}") is not None:
        raise invalid("There is an account on this device already.")


def finish(state: State, request: Request, user: Document) -> None:
    """Store a new user with platform, device and first points, grant what everybody gets, and record it."""
    tenant = state.collection("tenants").get(user["tenantId"]) or {}
    platform, device = _platform(request), _device(request)
    user["primaryPlatform"] = platform if platform in _PLATFORMS else user["primaryPlatform"]
    user["initialPoints"] = tenant.get("initialPoints", 0)
    touch(state, user)
    if device is not None:
        key = f"{user['tenantId']} {device}"
        state.collection("devices").put(key, {"_id": key, "userId": user["_id"]})
    grant_global(state, user)
    record(state, user["tenantId"], "USER_CREATED", user=user)


def grant_global(state: State, user: Document, *, emit: bool = True) -> None:
    """Grant the perks that everybody gets; administrators get none (PC-25)."""
    if "USER" not in user["roles"]:
        return
    for perk in state.collection("perks").find(tenantId=user["tenantId"], isGlobal=True):
        if perk.get("enabled", True):
            grant(state, perk, user, emit=emit)


def _start(state: State, request: Request, body: Document, *, roles: list[str], active: bool) -> Document:
    """Make the user, or turn the guest who calls into one."""
    guest = state.collection("users").get(str(request.claims.get("user")))
    if guest is None or not guest["isGuest"]:
        return new_user(state, tenant_id(request), body, roles=roles, active=active)
    for kind in ("credentials", "sessions", "tokens"):
        owner = "claims.user" if kind == "tokens" else "userId"
        for found in state.collection(kind).find_by({owner: guest["_id"]}):
            state.collection(kind).delete(found.get("_id") or found["token"])
    return new_user(state, guest["tenantId"], body, user_id=guest["_id"], roles=roles, active=active)


def _link_facebook(state: State, user: Document, name: str, secret: str | None) -> None:
    tenant = user["tenantId"]
    if secret != facebook_token(name):
        raise invalid("Facebook does not confirm the token.")
    if find_identity(state, tenant, "FACEBOOK", name) is not None:
        raise invalid(f"{name} is registered already.")
    key = f"{tenant} FACEBOOK {name}"
    state.collection("identities").put(key, {"_id": key, "userId": user["_id"]})


def _roles(body: Document) -> list[str]:
    roles = body.get("roles", [])
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise invalid("roles must be a list of texts.")
    return roles


def _platform(request: Request) -> object:
    return request.headers.get("x-client-platform")


def _device(request: Request) -> object:
    name = _PLATFORMS.get(str(_platform(request)))
    return request.query.get(name) if name else None


@pepper.hook("tenant", _TENANT)
def set_tenant(state: State, body: Document) -> Document:
    """Make a tenant or change its settings: loyalty system, first points, one account per device; with an application."""
    known = state.collection("tenants").get(body["_id"]) or {"title": "Tenant", "loyaltyProvider": "PEPPER"}
    tenant = {**known, **{name: value for name, value in body.items() if name != "application_id"}}
    if "application_id" in body:
        application = {"_id": body["application_id"], "tenantId": body["_id"]}
        state.collection("applications").put(body["application_id"], application)
    return state.collection("tenants").put(body["_id"], tenant)
