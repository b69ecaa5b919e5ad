"""The vendor object that the modules of this package fill."""

from __future__ import annotations

from ...exchange import Request
from ...vendor import Credential, Examples, Vendor

CLIENT_ID, CLIENT_SECRET = "ai.stampede.marketplace.sandbox", "sandbox-stampede-client-secret"
OTHER_CLIENT_ID, OTHER_CLIENT_SECRET = "ai.stampede.marketplace.other", "sandbox-stampede-other-secret"
TOKEN = "sandbox-stampede-token"  # noqa: S105 - artificial, and printed for everybody

stampede = Vendor(slug="stampede", title="Stampede", trailing_slash=True)  # SC-01


@stampede.credentials
def list_credentials() -> list[Credential]:
    """List the keys of the seed."""
    return [
        Credential("API key", {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}),
        Credential(
            "API key of another organisation", {"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET}
        ),
        Credential("ready-made bearer token of the first key", {"access_token": TOKEN}),
    ]


@stampede.limit_key
def limit_key(request: Request) -> str | None:
    """Count token calls by their `client_id`."""
    client_id = request.members.get("client_id")
    return client_id if isinstance(client_id, str) else None


@stampede.examples
def make_examples(base_url: str) -> Examples:
    """Write a first look at the guests."""
    return Examples(
        curl=f"curl {base_url}/v1/guests -H 'Authorization: Bearer {TOKEN}'",
        python=(
            "from stampede_client import Stampede\n"
            f'with Stampede(client_id="{CLIENT_ID}", client_secret="{CLIENT_SECRET}",\n'
            f'              base_url="{base_url}") as stampede:\n'
            "    for guest in stampede.guests.list():\n"
            "        print(guest.user_profile.email)"
        ),
    )
