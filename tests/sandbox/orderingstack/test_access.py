"""Both OAuth2 flows, tenants and roles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from loyalty_sandbox.vendors.orderingstack.base import (
    APP_ID,
    OTHER_TENANT,
    PASSWORD,
    SERVICE_ID,
    SERVICE_SECRET,
    SERVICE_TOKEN,
    TENANT,
    USER_TOKEN,
)
from orderingstack_client import AsyncOrderingStack, OrderingStack
from orderingstack_client.errors import (
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    PermissionDeniedError,
)
from orderingstack_client.models import AccountFilter
from tests.sandbox.orderingstack.people import credentials
from tests.sandbox.serving import Sandbox

Connect = Callable[..., OrderingStack]
TOKEN = "/auth-oauth2/oauth/token"


def ask(
    sandbox: Sandbox, form: dict[str, str], *, tenant: str | None = TENANT, client: tuple[str, str] = (APP_ID, "")
) -> httpx.Response:
    """Make a token request by hand."""
    headers = {"X-Tenant": tenant} if tenant else {}
    return sandbox.client("orderingstack", headers=headers).post(TOKEN, data=form, auth=client)


def test_a_service_reads_an_account_with_client_credentials(connect: Connect) -> None:
    """The client fetches a token below the vendor's address and sends the tenant that is given."""
    assert "account-0001" == connect().account.get("account-0001", x_tenant=TENANT).id


def test_a_user_reads_the_own_account_with_a_password(connect: Connect) -> None:
    """The password flow, with the client by HTTP Basic and the tenant in a header."""
    assert "Ada" == connect("ada").account.get_own().header.first_name  # type: ignore[union-attr]


def test_both_flows_work_asynchronously(sandbox: Sandbox) -> None:
    """The asynchronous client takes the same two ways."""

    async def run() -> tuple[object, object]:
        base_url = f"{sandbox.url}/orderingstack"
        async with (
            AsyncOrderingStack(**credentials(""), base_url=base_url) as service,  # type: ignore[arg-type]
            AsyncOrderingStack(**credentials("ada"), base_url=base_url) as ada,  # type: ignore[arg-type]
        ):
            mine = await ada.account.get_own()
            found = await service.account.get_by_card(str(mine.card), x_tenant=TENANT)
            return mine.id, found.id

    assert ("account-0001", "account-0001") == asyncio.run(run())


def test_the_token_answer_has_the_nine_members(sandbox: Sandbox) -> None:
    """The names are the vendor's."""
    answer = ask(sandbox, {"grant_type": "password", "username": "ada", "password": PASSWORD, "scope": "read"}).json()
    names = {"access_token", "refresh_token", "token_type", "expires_in", "scope", "UUID", "TENANT", "TRUST", "MFA"}
    assert names == set(answer)
    assert ("bearer", "read", TENANT) == (answer["token_type"], answer["scope"], answer["TENANT"])


def test_an_ended_token_is_refreshed_without_the_password(connect: Connect, sandbox: Sandbox) -> None:
    """After its hour the server says 401, and the client goes on with its refresh token."""
    ada = connect("ada")
    ada.account.get_own()
    sandbox.advance(hours=2)
    assert "account-0001" == ada.account.get_own().id
    log = sandbox.admin("GET", "log?vendor=orderingstack")["entries"]
    grants = [each["request_body"]["grant_type"] for each in log if each["path"] == TOKEN]
    assert ["password", "refresh_token"] == sorted(grants)


def test_a_refresh_token_ends_with_its_use_and_its_time(sandbox: Sandbox) -> None:
    """OC-01."""
    first = ask(sandbox, {"grant_type": "password", "username": "ada", "password": PASSWORD}).json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = ask(sandbox, form).json()
    assert (400, "invalid_grant") == ((again := ask(sandbox, form)).status_code, again.json()["error"])
    sandbox.advance(days=31)
    late = ask(sandbox, {**form, "refresh_token": second["refresh_token"]})
    assert 400 == late.status_code


def test_a_refresh_token_opens_no_operation(sandbox: Sandbox) -> None:
    """It is good for new tokens only."""
    refresh = ask(sandbox, {"grant_type": "password", "username": "ada", "password": PASSWORD}).json()["refresh_token"]
    client = sandbox.client("orderingstack", bearer=refresh)
    assert 401 == client.get("/loyalty-api/api/me/account").status_code


@pytest.mark.parametrize(
    ("form", "tenant", "client", "status", "error"),
    [
        (
            {"grant_type": "password", "username": "ada", "password": "wrong"},
            TENANT,
            (APP_ID, ""),
            400,
            "invalid_grant",
        ),
        (
            {"grant_type": "password", "username": "nobody", "password": PASSWORD},
            TENANT,
            (APP_ID, ""),
            400,
            "invalid_grant",
        ),
        (
            {"grant_type": "password", "username": "ada", "password": PASSWORD},
            OTHER_TENANT,
            (APP_ID, ""),
            400,
            "invalid_grant",
        ),
        (
            {"grant_type": "password", "username": "ada", "password": PASSWORD},
            None,
            (APP_ID, ""),
            400,
            "invalid_request",
        ),
        (
            {"grant_type": "password", "username": "ada", "password": PASSWORD},
            TENANT,
            ("stranger", ""),
            401,
            "invalid_client",
        ),
        ({"grant_type": "client_credentials"}, TENANT, (SERVICE_ID, "wrong"), 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, TENANT, (APP_ID, ""), 400, "unauthorized_client"),
        (
            {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"},
            TENANT,
            (APP_ID, ""),
            400,
            "unsupported_grant_type",
        ),
        ({}, TENANT, (APP_ID, ""), 400, "invalid_request"),
    ],
)
def test_refused_token_requests(
    sandbox: Sandbox, form: dict[str, str], tenant: str | None, client: tuple[str, str], status: int, error: str
) -> None:
    """OC-02, OC-03: the words of OAuth2."""
    answer = ask(sandbox, form, tenant=tenant, client=client)
    if not form:
        answer = sandbox.client("orderingstack", headers={"Content-Type": "application/x-www-form-urlencoded"}).post(
            TOKEN, auth=client
        )
    assert (status, error) == (answer.status_code, answer.json()["error"])


def test_a_token_request_in_json_is_refused(sandbox: Sandbox) -> None:
    """The vendor takes a form."""
    client = sandbox.client("orderingstack", headers={})
    answer = client.post(TOKEN, json={"grant_type": "client_credentials"}, auth=(SERVICE_ID, SERVICE_SECRET))
    assert (400, "invalid_request") == (answer.status_code, answer.json()["error"])


def test_a_wrong_password_is_an_authentication_error(connect: Connect) -> None:
    """The client turns the 400 of the token address into the error its user looks for."""
    with pytest.raises(AuthenticationError):
        connect("ada", password="wrong").account.get_own()


def test_the_anonymous_user_has_no_account(sandbox: Sandbox) -> None:
    """An empty password is right for `anonymous`, and its account is missing (OC-07)."""
    token = ask(sandbox, {"grant_type": "password", "username": "anonymous", "password": ""}).json()["access_token"]
    answer = sandbox.client("orderingstack", bearer=token).get("/loyalty-api/api/me/account")
    assert (404, "not_found") == (answer.status_code, answer.json()["error"])


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YWRhOng="}])
def test_without_a_valid_token_nothing_opens(sandbox: Sandbox, headers: dict[str, str]) -> None:
    """401 in the vendor's shape."""
    answer = sandbox.client("orderingstack", headers=headers).get("/loyalty-api/api/accounts")
    assert (401, {"message", "error"}) == (answer.status_code, set(answer.json()))


def test_a_service_token_needs_a_tenant(connect: Connect) -> None:
    """OC-05: it names none itself."""
    service = connect()
    with pytest.raises(BadRequestError):
        service.account.get("account-0001")
    with pytest.raises(PermissionDeniedError):
        service.account.get("account-0001", x_tenant="unknown-tenant")


def test_tenants_share_nothing(connect: Connect) -> None:
    """An id of another tenant is unknown, and its user sees only the own side."""
    service = connect()
    with pytest.raises(NotFoundError):
        service.account.get("account-0001", x_tenant=OTHER_TENANT)
    assert "account-0009" == service.account.get("account-0009", x_tenant=OTHER_TENANT).id
    stranger = connect("stranger", tenant=OTHER_TENANT)
    assert "account-0009" == stranger.account.get_own().id
    with pytest.raises(NotFoundError):
        stranger.account.confirm_message("campaign-0001")


def test_a_user_cannot_leave_the_own_tenant(operator: OrderingStack) -> None:
    """Another tenant than that of the token is refused."""
    assert "account-0001" == operator.account.get("account-0001", x_tenant=TENANT).id
    with pytest.raises(PermissionDeniedError):
        operator.account.get("account-0009", x_tenant=OTHER_TENANT)


def test_operations_for_users_refuse_a_service(connect: Connect) -> None:
    """The twelve operations with `oauth2` alone need a user."""
    with pytest.raises(PermissionDeniedError):
        connect(client_id="", client_secret="", tenant="", access_token=SERVICE_TOKEN).account.get_own()


def test_a_ready_made_token_needs_no_token_call(connect: Connect) -> None:
    """The seeded token of a customer."""
    assert (
        "account-0001"
        == connect(client_id="", client_secret="", access_token=USER_TOKEN).account.get_own_alternative().id
    )


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("operator", {"accounts", "campaigns", "campaign", "preview", "segments", "stats", "unlock"}),
        ("campaigner", {"campaign", "preview"}),
        ("analyst", {"segments", "stats"}),
        ("ada", set()),
    ],
)
def test_roles_open_what_they_are_for(connect: Connect, name: str, allowed: set[str]) -> None:
    """OC-06: one printed role is enough, and without one the staff's."""
    client = connect(name)
    calls: dict[str, Callable[[], object]] = {
        "accounts": lambda: client.account.get_count(filter_=AccountFilter()),
        "campaigns": lambda: client.request("GET", "/loyalty-api/api/campaigns"),
        "campaign": lambda: client.campaign.get("campaign-0002"),
        "preview": lambda: client.campaign.preview("campaign-0002"),
        "segments": client.stats.get_segment,
        "stats": lambda: client.stats.get_campaign(name="campaign-0001"),
        "unlock": lambda: client.account.unlock_any_coupon(coupon="coupon-0001", account="account-0001"),
    }
    opened = set()
    for each, call in calls.items():
        try:
            call()
        except PermissionDeniedError:
            continue
        opened.add(each)
    assert allowed == opened


def test_secrets_are_masked_in_the_log(connect: Connect, sandbox: Sandbox) -> None:
    """Neither password nor token can be read there."""
    connect("ada").account.get_own()
    text = str(sandbox.admin("GET", "log")) + str(sandbox.documents("orderingstack", "users"))
    assert PASSWORD not in text
    assert "sandbox-orderingstack-token" not in text
    assert "sandbox-orderingstack-refresh" not in text
