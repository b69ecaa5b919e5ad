"""The artificial credentials and ids of the vendors' first states, by the names that tests know."""

from __future__ import annotations

from loyalty_sandbox.vendors import load_vendors

_FOUND = {
    vendor.slug: {each.label: each.arguments for each in vendor.credentials}
    for vendor in load_vendors(["stampede", "stamps", "orderingstack", "pepper"])
}
_STAMPEDE, _STAMPS, _ORDERINGSTACK, _PEPPER = _FOUND.values()

CLIENT_ID, CLIENT_SECRET = _STAMPEDE["API key"].values()
OTHER_CLIENT_ID, OTHER_CLIENT_SECRET = _STAMPEDE["API key of another organisation"].values()
STAMPEDE_TOKEN = _STAMPEDE["ready-made bearer token of the first key"]["access_token"]

STATIC_TOKEN = _STAMPS["static token"]["token"]
OTHER_TOKEN = _STAMPS["static token of another merchant"]["token"]
STORE_TOKEN, MERCHANT_TOKEN = _STAMPS["OMNI"].values()
ACCESS_TOKEN = _STAMPS["access token"]["access_token"]

SERVICE_ID, SERVICE_SECRET, TENANT = _ORDERINGSTACK["service"].values()
APP_ID, _, _, USER_PASSWORD = _ORDERINGSTACK["customer with the account account-0001"].values()
_READY = "ready-made bearer token of"
SUPER_TOKEN = _ORDERINGSTACK[f"{_READY} a user with ROLE_SU and account-0001"]["access_token"]
OPERATOR_TOKEN = _ORDERINGSTACK[f"{_READY} the operator"]["access_token"]
CUSTOMER_TOKEN = _ORDERINGSTACK[f"{_READY} the customer ada"]["access_token"]

APPLICATION, ADMIN_TOKEN = _PEPPER["token of an administrator"].values()
USER_TOKEN = _PEPPER["token of the user Ada"]["token"]
_, USERNAME, PASSWORD = _PEPPER["login of the user Ada"].values()
ADA, PERK, AWARD, VOUCHER = (f"0000000000000000000000{end}" for end in ("a1", "d1", "d2", "f4"))
