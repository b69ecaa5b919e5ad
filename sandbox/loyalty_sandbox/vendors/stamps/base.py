"""The vendor object that the modules of this package fill."""

from __future__ import annotations

from ...vendor import Credential, Examples, Vendor

STATIC_TOKEN = "sandbox-stamps-static-token"  # noqa: S105 - artificial, and printed for everybody
ACCESS_TOKEN = "sandbox-stamps-access-token"  # noqa: S105
OTHER_TOKEN = "sandbox-stamps-other-merchant-token"  # noqa: S105

stamps = Vendor(slug="stamps", title="Stamps")


@stamps.credentials
def list_credentials() -> list[Credential]:
    """List the tokens of the seed."""
    return [
        Credential("static token", {"token": STATIC_TOKEN}),
        Credential("access token", {"access_token": ACCESS_TOKEN}),
        Credential("static token of another merchant", {"token": OTHER_TOKEN}),
    ]


@stamps.examples
def make_examples(base_url: str) -> Examples:
    """Write a grant of ten stamps."""
    return Examples(
        curl=(
            f"curl {base_url}/api/stamps/add -H 'Authorization: Token {STATIC_TOKEN}' -H 'Content-Type: application/json' \\\n"
            '     -d \'{"user": "ada@example.com", "store": 2, "number_of_stamps": 10}\''
        ),
        python=(
            "from stamps_client import Stamps\n"
            f'with Stamps(token="{STATIC_TOKEN}", base_url="{base_url}") as stamps:\n'
            '    print(stamps.awards.add(user="ada@example.com", store=2, number_of_stamps=10))'
        ),
    )
