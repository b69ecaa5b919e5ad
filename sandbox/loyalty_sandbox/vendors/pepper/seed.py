"""The first state, with the ids of the effective spec's examples."""

from __future__ import annotations

from ...documents import Document
from ...state import State
from ...tokens import keep_token
from .base import (
    ADMIN_TOKEN,
    APPLICATION,
    OTHER_APPLICATION,
    OTHER_TENANT,
    OTHER_TOKEN,
    PASSWORD,
    SERVICE_TOKEN,
    TENANT,
    USER_TOKEN,
    USERNAME,
    pepper,
    timestamp,
)
from .events import record
from .ledger import new_award, redeem, set_points
from .people import new_credential, new_user

ADA, ADMIN, OTHER_ADMIN = "0000000000000000000000a1", "0000000000000000000000a7", "0000000000000000000000a8"
ACTION, ADDRESS, REGISTER, BOUNDARY = (f"0000000000000000000000{end}" for end in ("c9", "c2", "c3", "c4"))
OPERATION, FILE, ENRICHMENT = (f"0000000000000000000000{end}" for end in ("f0", "f1", "d3"))
LOCATION, PERK, AWARD, SEGMENT = (f"0000000000000000000000{end}" for end in ("c1", "d1", "d2", "e1"))


@pepper.seed
def fill(state: State) -> None:
    """Make two tenants that share nothing; the first has an administrator, a user, a location, a perk, an award, a segment."""
    for tenant, title, application in (
        (TENANT, "Example Café", APPLICATION),
        (OTHER_TENANT, "Other Example Café", OTHER_APPLICATION),
    ):
        state.collection("tenants").put(tenant, {"_id": tenant, "title": title, "loyaltyProvider": "PEPPER"})
        state.collection("applications").put(application, {"_id": application, "tenantId": tenant})
    _people(state)
    _things(state)


def _people(state: State) -> None:
    names: Document = {"firstName": "Ada", "lastName": "Lovelace", "hasAgreedToShareData": True}
    ada = new_user(state, TENANT, names, user_id=ADA)
    ada |= {
        "hasProfilePhoto": True,
        "externalLoyaltyId": "example-loyalty-id",
        "birthdate": "1997-12-25",
        "primaryPlatform": "IOS",
    }
    state.collection("users").put(ADA, ada)
    new_credential(state, ada, "MOBILE", USERNAME, password=PASSWORD, verified=True, primary=True)
    second = new_credential(
        state,
        ada,
        "EMAIL",
        "ada@example.com",
        password=PASSWORD,
        verified=True,
        credential_id="0000000000000000000000a2",
    )
    admins = ((ADMIN, TENANT, ADMIN_TOKEN), (OTHER_ADMIN, OTHER_TENANT, OTHER_TOKEN))
    for user_id, tenant, token in admins:
        admin = new_user(
            state, tenant, {"firstName": "Example", "lastName": "Administrator"}, user_id=user_id, roles=["ADMIN"]
        )
        state.collection("users").put(
            user_id, {**admin, "hasProfilePhoto": True, "externalLoyaltyId": f"EXAMPLE-{user_id[-6:]}"}
        )
        new_credential(state, admin, "EMAIL", "admin@example.com", password=PASSWORD, verified=True, primary=True)
        _token(state, token, admin)
    _token(state, USER_TOKEN, ada)
    claims: Document = {"tenant": second["tenantId"], "user": None, "roles": ["ADMIN"]}  # PC-14
    keep_token(state, SERVICE_TOKEN, schemes=["x-service-auth-token"], claims=claims)


def _token(state: State, secret: str, user: Document) -> None:
    """Keep a token that never ends, good as `Token` and as `Bearer` (PC-14)."""
    claims = {"tenant": user["tenantId"], "user": user["_id"], "roles": user["roles"]}
    keep_token(state, secret, schemes=["auth-token", "bearer-auth-token"], claims=claims)


def _things(state: State) -> None:
    now = timestamp(state)
    times = {"created": now, "updated": now}
    location = {
        "_id": LOCATION,
        "tenantId": TENANT,
        **times,
        "title": "Example Café Soho",
        "state": "ACTIVE",
        "description": "Coffee near the square.",
        "geo": [-0.1276, 51.5074],
        "timezone": "Europe/London",
        "tags": ["coffee"],
        "regions": ["London"],
        "facilities": ["wifi", "parking"],
        "services": {"checkins": True, "pre_order": True, "delivery": True, "order_to_table": True},
        "address": {"line1": "1 Example Street", "city": "London", "postalCode": "W1D 0AA", "country": "GB"},
    }
    state.collection("locations").put(LOCATION, location)
    other = "0000000000000000000000cc"
    state.collection("locations").put(
        other,
        {"_id": other, "tenantId": OTHER_TENANT, **times, "title": "Elsewhere", "state": "ACTIVE", "geo": [0.0, 0.0]},
    )
    segment = {
        "_id": SEGMENT,
        "tenantId": TENANT,
        **times,
        "title": "Regulars",
        "description": "Guests who come often.",
    }
    state.collection("segments").put(SEGMENT, {**segment, "type": "ROLLING", "expiryHorizon": 2592000})
    perk = {
        "_id": PERK,
        "tenantId": TENANT,
        "template": "STAMP_CARD",
        "title": "Ten coffees, one free",
        "internalTitle": "Coffee card 2026",
        "terms": "One free coffee for ten stamps.",
        "priority": 1,
        "redemptionMethod": "AUTO",
        "auto": True,
        "isGlobal": False,
        "isTier": False,
        "enabled": True,
        "points": {"initial": 0, "min": 0, "step": 1, "redemption": 10},
        "visualisation": {"titleText": "Coffee card"},
    }
    state.collection("perks").put(PERK, perk)
    ada = state.collection("users").get(ADA) or {}
    award = set_points(state, new_award(state, perk, ada, award_id=AWARD), 25)
    redeem(state, award, 10, user=ada)
    _parts(state, location, ada)


def _parts(state: State, location: Document, ada: Document) -> None:
    """Make what the examples of the effective spec name besides: an action, a register, a tag group, a file."""
    now, ids = timestamp(state), {"tenantId": TENANT, "locationId": LOCATION}
    action = record(state, TENANT, "CHECKIN", user=ada, location=location)
    state.collection("actions").delete(action["_id"])
    state.collection("actions").put(ACTION, {**action, "_id": ACTION})
    ada["addresses"] = [
        {"_id": ADDRESS, "name": "Home", "address": location["address"], "coordinates": location["geo"]}
    ]
    state.collection("users").put(ADA, ada)
    register = {"_id": REGISTER, **ids, "title": "Till 1", "created": now, "updated": now}
    state.collection("registers").put(REGISTER, register)
    circle = {"type": "circle", "center": location["geo"], "radius": 2000}
    boundary = {"_id": BOUNDARY, **ids, "filter": "include", "boundary": circle}
    state.collection("boundaries").put(BOUNDARY, boundary)
    group = {"id": "drinks", "tenantId": TENANT, "title": "Drinks", "sort": 1, "matchAll": False, "tags": {}}
    state.collection("tag_groups").put(f"{TENANT} drinks", group)
    enrichment: Document = {
        "_id": ENRICHMENT,
        "tenantId": TENANT,
        "loyaltyRewardId": "example-reward",
        "loyaltyProvider": "ATREEMO",
    }
    state.collection("enrichments").put(ENRICHMENT, {**enrichment, "created": now, "updated": now})
    for folder in (
        "actions/export",
        "awards/import",
        "locations/export",
        "locations/import",
        "segments/import",
        "users/import",
    ):
        file = {"_id": FILE, "tenantId": TENANT, "content": "example\n"}  # PC-41
        state.collection("files").put(f"/{folder}/{FILE}", file)
    operation: Document = {
        "_id": OPERATION,
        "tenantId": TENANT,
        "namespace": "awards",
        "name": "import-awards",
        "status": "DONE",
    }
    operation |= {
        "metadata": None,
        "result": {"href": f"/{pepper.slug}/awards/import/{FILE}"},
        "error": None,
        "isRetryable": False,
    }
    operation |= {"createdAt": now, "updatedAt": now, "endedAt": now, "entityId": None, "nonce": None}
    state.collection("operations").put(OPERATION, {**operation, "open": False, "parentId": None})
