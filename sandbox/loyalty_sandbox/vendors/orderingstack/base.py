"""The vendor object that the modules of this package fill, and the artificial credentials of its seed."""

from __future__ import annotations

from ...vendor import Credential, Examples, Vendor

TENANT = "00000000-0000-4000-8000-000000000001"
OTHER_TENANT = "00000000-0000-4000-8000-000000000002"
SERVICE_ID, SERVICE_SECRET = "sandbox-service", "sandbox-orderingstack-service-secret"
APP_ID = "sandbox-app"  # the client of user tokens; its secret is empty
PASSWORD = "sandbox-orderingstack-password"  # noqa: S105 - artificial, and printed for everybody; every seeded user has it
SERVICE_TOKEN = "sandbox-orderingstack-service-token"  # noqa: S105
SUPER_TOKEN = "sandbox-orderingstack-super-token"  # noqa: S105
OPERATOR_TOKEN = "sandbox-orderingstack-operator-token"  # noqa: S105
USER_TOKEN = "sandbox-orderingstack-user-token"  # noqa: S105

orderingstack = Vendor(slug="orderingstack", title="OrderingStack")


@orderingstack.credentials
def list_credentials() -> list[Credential]:
    """List the service, and users by what they may do."""
    service = {"client_id": SERVICE_ID, "client_secret": SERVICE_SECRET, "tenant": TENANT}
    return [
        Credential("service (client credentials; give x_tenant to every call)", service),
        Credential("operator, a user with ROLE_LOYALTY", _user("operator")),
        Credential("user with ROLE_LOYALTY_CAMPAIGN alone", _user("campaigner")),
        Credential("user with ROLE_LOYALTY_STATS alone", _user("analyst")),
        Credential("customer with the account account-0001", _user("ada")),
        Credential("customer with the account account-0002", _user("grace")),
        Credential("ready-made bearer token of a user with ROLE_SU and account-0001", {"access_token": SUPER_TOKEN}),
        Credential("ready-made bearer token of the service", {"access_token": SERVICE_TOKEN}),
        Credential("ready-made bearer token of the operator", {"access_token": OPERATOR_TOKEN}),
        Credential("ready-made bearer token of the customer ada", {"access_token": USER_TOKEN}),
    ]


@orderingstack.examples
def make_examples(base_url: str) -> Examples:
    """Write a look at one's own account, and a check of a coupon."""
    return Examples(
        curl=f"curl {base_url}/loyalty-api/api/me/account -H 'Authorization: Bearer {USER_TOKEN}'",
        python=(
            "from orderingstack_client import OrderingStack\n"
            f'with OrderingStack(client_id="{SERVICE_ID}", client_secret="{SERVICE_SECRET}",\n'
            f'                   base_url="{base_url}") as orderingstack:\n'
            '    print(orderingstack.account.verify_any_coupon(coupon="coupon-0001", account="account-0001",\n'
            f'                                       x_tenant="{TENANT}"))'
        ),
    )


def _user(name: str) -> dict[str, str]:
    return {"client_id": APP_ID, "tenant": TENANT, "username": name, "password": PASSWORD}
