"""The first state, with the ids of the effective spec's examples, and hooks for what the Loyalty API cannot make."""

from __future__ import annotations

from ...clock import iso, parse_time
from ...documents import Document
from ...problems import SandboxError
from ...state import State
from ...tokens import keep_token
from . import base
from .access import SERVICE_SCHEME, USER_SCHEME, user_claims
from .accounts import new_account, shown_account
from .base import OTHER_TENANT, TENANT, orderingstack
from .campaigns import start_campaign, write_campaign
from .coupons import use_coupon
from .flow import account_changed, new_coupon
from .orders import count_entry, set_segment, take_order, wake

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_ID = {"type": "string", "pattern": "^[a-zA-Z0-9._-]{3,64}$"}
_CODE = {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,64}$"}
_MAP = {"type": "object", "additionalProperties": {"type": "string"}}
_TIMES = ("created", "lastEvent", "lastLogged", "lastOrder")
_HEADER = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("phone", "email", "pushId", "firstName", "lastName", *_TIMES), _TEXT),
        "birthdate": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "sex": {"enum": ["MALE", "FEMALE", "OTHER"]},
    },
    "additionalProperties": False,
}
_ACCOUNT_MEMBERS = ("card", "mgm", "tags", "importantTags", "venues", "properties", "counters")


def _schema(required: list[str], **properties: object) -> Document:
    members = {**properties, "tenant": _TEXT}
    return {"type": "object", "required": required, "properties": members, "additionalProperties": False}


@orderingstack.seed
def fill(state: State) -> None:
    """Make two tenants that share nothing; the first has users, accounts, a running campaign, a draft, a push and a coupon."""
    for tenant in (TENANT, OTHER_TENANT):
        state.collection("tenants").put(tenant, {"id": tenant})
    for client_id, secret, is_service in ((base.SERVICE_ID, base.SERVICE_SECRET, True), (base.APP_ID, "", False)):
        client = {"client_id": client_id, "client_secret": secret, "is_service": is_service}
        state.collection("clients").put(client_id, client)
    ada = {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com", "phone": "+442079460000"}
    card = {"card": "card-0001", "mgm": "mgm-0001", "tags": ["my_vegan"], "properties": {"favourite": "espresso"}}
    counters = {"counters": {"visits": 7}, "segment": "regular", "venues": ["venue-0001"]}
    header = {**ada, "birthdate": "1990-12-10", "pushId": "device-0001"}
    add_account(state, {"id": "account-0001", "header": header, **card, **counters})
    grace = {"firstName": "Grace", "lastName": "Hopper", "email": "grace@example.com"}
    add_account(state, {"id": "account-0002", "header": grace, "card": "card-0002", "counters": {"visits": 2}})
    add_account(state, {"id": "account-0009", "card": "card-0009", "tenant": OTHER_TENANT})
    roles = {"operator": ["ROLE_LOYALTY"], "campaigner": ["ROLE_LOYALTY_CAMPAIGN"], "analyst": ["ROLE_LOYALTY_STATS"]}
    for name, each in roles.items():
        add_user(state, {"name": name, "roles": each})
    add_user(state, {"name": "super", "roles": ["ROLE_SU"], "account": "account-0001"})
    add_user(state, {"name": "ada", "account": "account-0001"})
    add_user(state, {"name": "grace", "account": "account-0002"})
    add_user(state, {"name": "anonymous", "password": ""})  # OC-07
    add_user(state, {"name": "stranger", "account": "account-0009", "tenant": OTHER_TENANT})
    _keep_ready_tokens(state)
    write_campaign(state, TENANT, _campaign("campaign-0002", "Second coffee"))
    running = write_campaign(state, TENANT, _campaign("campaign-0001", "Birthday coffee"))
    start_campaign(state, running, by="operator")
    push = {"tenant": TENANT, "campaign": "campaign-0001", "pushId": "push-0001", "title": "Welcome"}
    state.collection("pushes").put(f"{TENANT}/campaign-0001/push-0001", {**push, "clicks": 0, "accounts": []})
    add_coupon(state, {"coupon": "coupon-0001", "account": "account-0001"})


def _campaign(campaign_id: str, name: str) -> Document:
    states = [{"id": "start", "transitionTo": "done", "type": "MESSAGE"}, {"id": "done", "type": "COUPON"}]
    constraints = [{"field": "counters.visits", "op": "GTE", "value": ["5"]}]
    welcome = {"title": "Welcome", "message": "Your coupon is waiting.", "type": "DYNAMIC_JOIN"}
    course = {"constraints": constraints, "states": states, "dynamic": True, "notifications": [welcome]}
    return {"id": campaign_id, "type": "STANDARD", "name": name, **course}


def _keep_ready_tokens(state: State) -> None:
    """Keep tokens that never end, so that an example keeps working (OC-01)."""
    service: Document = {"client": base.SERVICE_ID, "user": base.SERVICE_ID, "roles": [], "account": None}
    keep_token(state, base.SERVICE_TOKEN, schemes=[SERVICE_SCHEME], claims=service, credential=base.SERVICE_ID)
    for secret, name in ((base.SUPER_TOKEN, "super"), (base.OPERATOR_TOKEN, "operator"), (base.USER_TOKEN, "ada")):
        user = state.collection("users").get(f"{TENANT}/{name}")
        assert user is not None  # noqa: S101 - made above
        claims = {**user_claims(user), "client": base.APP_ID}
        keep_token(state, secret, schemes=[USER_SCHEME], claims=claims, credential=f"{TENANT}/{name}")


@orderingstack.hook("tenant", {"type": "object", "required": ["id"], "properties": {"id": _ID}})
def add_tenant(state: State, body: Document) -> Document:
    """Make a tenant."""
    return state.collection("tenants").put(body["id"], {"id": body["id"]})


@orderingstack.hook("user", _schema(["name"], name=_TEXT, password={"type": "string"}, roles=_TEXTS, account=_ID))
def add_user(state: State, body: Document) -> Document:
    """Make a user with roles or with an account; the password is that of the seed unless one is given."""
    tenant = _tenant(state, body)
    user = {
        "tenant": tenant,
        "name": body["name"],
        "uuid": state.next_guid("user", prefix=0xB),
        "password": body.get("password", base.PASSWORD),
        "roles": body.get("roles", []),
        "account": body.get("account"),
    }
    state.collection("users").put(f"{tenant}/{body['name']}", user)
    return {name: value for name, value in user.items() if name != "password"}


@orderingstack.hook(
    "account",
    _schema(
        ["id"],
        id=_ID,
        card=_ID,
        mgm=_TEXT,
        header=_HEADER,
        tags=_TEXTS,
        importantTags=_TEXTS,
        venues=_TEXTS,
        properties=_MAP,
        counters={"type": "object", "additionalProperties": {"type": "number"}},
        segment=_TEXT,
    ),
)
def add_account(state: State, body: Document) -> Document:
    """Make an account, or change what is given of one; it may join campaigns by that."""
    tenant = _tenant(state, body)
    holder = state.collection("accounts").first(tenant=tenant, card=body["card"]) if "card" in body else None
    if holder is not None and holder["id"] != body["id"]:
        raise SandboxError(f"The card {body['card']!r} belongs to {holder['id']}; choose another.")
    known = state.collection("accounts").get(f"{tenant}/{body['id']}")
    account = known or new_account(state, tenant, body["id"])
    account |= {name: body[name] for name in _ACCOUNT_MEMBERS if name in body}
    account["header"] |= _header(body.get("header", {}))
    segment = body["segment"] if "segment" in body else account["segment"]
    if known is None:
        account["segment"] = segment
        count_entry(state, account)
    else:
        set_segment(state, account, segment)
    account_changed(state, account)
    return shown_account(state, account)


@orderingstack.hook("coupon", _schema(["coupon", "account"], coupon=_CODE, account=_ID))
def add_coupon(state: State, body: Document) -> Document:
    """Give an account a coupon that belongs to no campaign."""
    tenant = _tenant(state, body)
    _account(state, tenant, body)
    key = f"{tenant}/{body['coupon']}"
    if state.collection("coupons").get(key):
        raise SandboxError(f"There is a coupon {body['coupon']!r} already; choose another.")
    return state.collection("coupons").put(key, new_coupon(tenant, body["coupon"], body["account"]))


@orderingstack.hook("redemption", _schema(["coupon"], coupon=_CODE))
def redeem(state: State, body: Document) -> Document:
    """Use a coupon, as the vendor's ordering service does."""
    return use_coupon(state, _tenant(state, body), body["coupon"])


@orderingstack.hook("order", _schema(["account"], account=_ID, id=_TEXT, venue=_TEXT))
def add_order(state: State, body: Document) -> Document:
    """Report a completed order of an account, as the vendor's ordering service does."""
    account = _account(state, _tenant(state, body), body)
    order_id = body.get("id") or f"order-{state.next_number('order'):04d}"
    take_order(state, account, order_id=order_id, venue=body.get("venue"))
    return shown_account(state, account)


@orderingstack.hook("wallet", _schema(["account"], account=_ID))
def move_wallet(state: State, body: Document) -> Document:
    """Report a movement in the wallet of an account, as the vendor's wallet service does."""
    account = _account(state, _tenant(state, body), body)
    wake(state, account, "WALLET")
    return shown_account(state, account)


def _header(given: Document) -> Document:
    if "birthdate" in given:
        parse_time(given["birthdate"])
    return {name: iso(parse_time(value)) if name in _TIMES else value for name, value in given.items()}


def _tenant(state: State, body: Document) -> str:
    tenant = body.get("tenant", TENANT)
    if state.collection("tenants").get(tenant) is None:
        raise SandboxError(f"There is no tenant {tenant[:60]!r}; make it with the hook `tenant`.")
    return str(tenant)


def _account(state: State, tenant: str, body: Document) -> Document:
    found = state.collection("accounts").get(f"{tenant}/{body['account']}")
    if found is None:
        raise SandboxError(f"There is no account {body['account'][:60]!r}; make it with the hook `account`.")
    return found
