"""The vendor object that the modules of this package fill."""

from __future__ import annotations

from ...core.oauth import Credential
from ...core.vendor import Vendor

MERCHANT, OTHER_MERCHANT = 1, 2
STORE_TOKEN = "sandbox-stamps-store-token"  # noqa: S105 - artificial
MERCHANT_TOKEN = "sandbox-stamps-merchant-token"  # noqa: S105 - artificial
STATIC_TOKEN = "sandbox-stamps-static-token"  # noqa: S105 - artificial, and printed for everybody
ACCESS_TOKEN = "sandbox-stamps-access-token"  # noqa: S105
OTHER_TOKEN = "sandbox-stamps-other-merchant-token"  # noqa: S105
AUTHENTICATION = "sandbox-stamps-authentication-string"
_OWN = {"merchant_id": MERCHANT}

stamps = Vendor(slug="stamps", title="Stamps")
stamps.headers |= {"Vary": "Accept", "Allow": "POST, OPTIONS"}  # as every printed answer has them
stamps.credentials += [
    Credential("static token", {"token": STATIC_TOKEN}, _OWN),
    Credential("OMNI", {"store_token": STORE_TOKEN, "merchant_token": MERCHANT_TOKEN}, _OWN),
    Credential("access token", {"access_token": ACCESS_TOKEN}, _OWN),
    Credential("authentication string", {"authentication_string": AUTHENTICATION, "crm_merchant_id": "1"}),
    Credential("static token of another merchant", {"token": OTHER_TOKEN}, {"merchant_id": OTHER_MERCHANT}),
]
