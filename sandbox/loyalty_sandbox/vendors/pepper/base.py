"""The vendor object that the modules of this package fill, its credentials, ids and times."""

from __future__ import annotations

from ...state import State
from ...vendor import Credential, Examples, Vendor

TENANT, OTHER_TENANT = "0000000000000000000000a0", "0000000000000000000000aa"
APPLICATION, OTHER_APPLICATION = "sandbox-pepper-app", "sandbox-pepper-other-app"
ADMIN_TOKEN = "sandbox-pepper-admin-token"  # noqa: S105 - artificial, like all of these, and printed for everybody
USER_TOKEN = "sandbox-pepper-user-token"  # noqa: S105
SERVICE_TOKEN = "sandbox-pepper-service-token"  # noqa: S105
OTHER_TOKEN = "sandbox-pepper-other-token"  # noqa: S105
USERNAME, PASSWORD = "+442079460000", "example-password"

pepper = Vendor(slug="pepper", title="Pepper")


@pepper.credentials
def list_credentials() -> list[Credential]:
    """List the tokens and the login of the seed; every one goes with an application id."""
    return [
        Credential("token of an administrator", {"application_id": APPLICATION, "token": ADMIN_TOKEN}),
        Credential("token of the user Ada", {"application_id": APPLICATION, "token": USER_TOKEN}),
        Credential(
            "login of the user Ada", {"application_id": APPLICATION, "username": USERNAME, "password": PASSWORD}
        ),
        Credential(
            "the same administrator by bearer token", {"application_id": APPLICATION, "bearer_token": ADMIN_TOKEN}
        ),
        Credential("a service", {"application_id": APPLICATION, "service_token": SERVICE_TOKEN}),
        Credential("administrator of another tenant", {"application_id": OTHER_APPLICATION, "token": OTHER_TOKEN}),
    ]


@pepper.examples
def make_examples(base_url: str) -> Examples:
    """Write a first look at the users."""
    return Examples(
        curl=(
            f"curl {base_url}/users -H 'x-api-version: 9' -H 'x-application-id: {APPLICATION}'"
            f" -H 'Authorization: Token {ADMIN_TOKEN}'"
        ),
        python=(
            "from pepper_client import Pepper\n"
            f'with Pepper(application_id="{APPLICATION}", token="{ADMIN_TOKEN}",\n'
            f'            base_url="{base_url}") as pepper:\n'
            "    for user in pepper.users.list():\n"
            "        print(user.full_name)"
        ),
    )


def new_id(state: State) -> str:
    """Return a new id of 24 hexadecimal digits; they are counted over all resources, so they sort by age (PC-05)."""
    return f"{state.next_number('id', first=0x1000):024x}"


def timestamp(state: State) -> str:
    """Return the sandbox's time as `2026-01-31T18:30:00.000Z`."""
    return state.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
