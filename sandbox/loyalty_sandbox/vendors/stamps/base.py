"""The vendor object that the modules of this package fill."""

from __future__ import annotations

from ...core.oauth import Credential
from ...core.vendor import Vendor

STATIC_TOKEN = "sandbox-stamps-static-token"  # noqa: S105 - artificial, and printed for everybody
ACCESS_TOKEN = "sandbox-stamps-access-token"  # noqa: S105
OTHER_TOKEN = "sandbox-stamps-other-merchant-token"  # noqa: S105

stamps = Vendor(slug="stamps", title="Stamps")
stamps.credentials += [
    Credential("static token", {"token": STATIC_TOKEN}),
    Credential("access token", {"access_token": ACCESS_TOKEN}),
    Credential("static token of another merchant", {"token": OTHER_TOKEN}),
]
