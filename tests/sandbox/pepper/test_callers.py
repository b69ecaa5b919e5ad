"""Pepper: application ids, versions, tokens, roles, tenants, errors."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from loyalty_runtime import AuthenticationError, NotFoundError, PermissionDeniedError
from loyalty_sandbox.vendors.pepper.base import (
    ADMIN_TOKEN,
    APPLICATION,
    OTHER_APPLICATION,
    OTHER_TOKEN,
    SERVICE_TOKEN,
    USER_TOKEN,
)
from loyalty_sandbox.vendors.pepper.seed import ADA, LOCATION, PERK
from pepper_client import Pepper
from tests.sandbox.pepper.conftest import MakePepper
from tests.sandbox.serving import Sandbox

TOKEN = {"Authorization": f"Token {ADMIN_TOKEN}"}
ID = {"x-application-id": APPLICATION}


def get(sandbox: Sandbox, path: str, headers: dict[str, str]) -> httpx.Response:
    """Call without the generated client, which always sends what it should."""
    return sandbox.client("pepper", headers=headers).get(path)


@pytest.mark.parametrize("headers", [{}, TOKEN, {**TOKEN, "x-application-id": "unknown"}, ID])
def test_no_call_without_application_and_token(sandbox: Sandbox, headers: dict[str, str]) -> None:
    """The application id is mandatory beside the token, and the refusal has the vendor's shape."""
    answer = get(sandbox, "/perks", headers)
    assert (401, "Unauthorized", ["code", "message"]) == (answer.status_code, answer.json()["code"], [*answer.json()])


def test_anonymous_calls_need_the_application_too(sandbox: Sandbox) -> None:
    """Locations are open to everybody who names an application, and to nobody else."""
    assert [401, 200] == [get(sandbox, "/locations", headers).status_code for headers in ({}, ID)]


def test_a_wrong_token_is_not_anonymous(sandbox: Sandbox) -> None:
    """A call that is open to everybody refuses a token that is not valid."""
    assert 401 == get(sandbox, "/locations", {**ID, "Authorization": "Token wrong"}).status_code


@pytest.mark.parametrize(
    "credential", [{"token": ADMIN_TOKEN}, {"bearer_token": ADMIN_TOKEN}, {"service_token": SERVICE_TOKEN}]
)
def test_all_token_schemes_work(client: MakePepper, credential: dict[str, str]) -> None:
    """`Token`, `Bearer` and the header of services let the same administrator in."""
    assert PERK in [perk.id for perk in client(**credential).perks.list()]


def test_a_token_works_for_its_own_tenant_only(client: MakePepper) -> None:
    """A token of another tenant is no token at the first tenant's application."""
    with pytest.raises(AuthenticationError):
        client(token=OTHER_TOKEN).users.get(ADA)


def test_tenants_share_nothing(client: MakePepper) -> None:
    """The other tenant's administrator finds neither user nor location nor perk of the first."""
    other = client(token=OTHER_TOKEN, application_id=OTHER_APPLICATION)
    for call in (lambda: other.users.get(ADA), lambda: other.locations.get(LOCATION), lambda: other.perks.get(PERK)):
        with pytest.raises(NotFoundError):
            call()
    assert [["Example Administrator"], []] == [
        [user.full_name for user in other.users.list()],
        list(other.perks.list()),
    ]


@pytest.mark.parametrize(
    ("path", "version", "status"),
    [
        ("/users", "3", 422),
        ("/users", "4", 200),
        ("/users", "12", 200),
        ("/awards", "7", 422),
        ("/actions", "8", 200),
        ("/actions", "nine", 422),
    ],
)
def test_versions_below_the_named_one_are_refused(sandbox: Sandbox, path: str, version: str, status: int) -> None:
    """A caller may send the highest version it knows, but none from before the described behaviour."""
    assert status == get(sandbox, path, {**ID, **TOKEN, "x-api-version": version}).status_code


def test_without_a_version_locations_have_their_old_form(sandbox: Sandbox) -> None:
    """Public clients that send no version get `locations` instead of `items` and `page`."""
    old, new = get(sandbox, "/locations", ID), get(sandbox, "/locations", {**ID, "x-api-version": "9"})
    assert (["locations"], ["items", "page"]) == ([*old.json()], [*new.json()])
    assert LOCATION == old.json()["locations"][0]["_id"]


@pytest.mark.parametrize(
    "path", ["/notifications", f"/users/{ADA}/notifications", f"/locations/{LOCATION}/notifications"]
)
def test_notifications_refuse_version_1(sandbox: Sandbox, path: str) -> None:
    """Without a version header, hence version 1, these calls are refused."""
    body = {"message": "Hello", "type": "alert", "value": "x", "isProcessingMessage": False}
    client = sandbox.client("pepper", headers={**ID, **TOKEN})
    answers = [client.post(path, json=body), client.post(path, json=body, headers={"x-api-version": "1"})]
    assert [(422, "Validation")] * 2 == [(answer.status_code, answer.json()["code"]) for answer in answers]


@pytest.mark.parametrize(
    "call",
    [
        lambda ada: ada.users.get("0000000000000000000000a7"),
        lambda ada: ada.awards.grant_point_perk(PERK, user_id=ADA),
        lambda ada: ada.actions.list().first_page(),
        lambda ada: ada.locations.delete(LOCATION),
        lambda ada: ada.awards.list(user_id="0000000000000000000000a7").first_page(),
        lambda ada: ada.sessions.create_admin(),
        lambda ada: ada.operations.list().first_page(),
    ],
)
def test_users_may_not_do_what_administrators_do(ada: Pepper, call: Any) -> None:
    """A role that is not enough is refused with 403."""
    with pytest.raises(PermissionDeniedError) as refused:
        call(ada)
    assert "Forbidden" == refused.value.body.code


def test_users_see_themselves(ada: Pepper, admin: Pepper) -> None:
    """The list of users narrows to the caller."""
    assert ([ADA], 2) == ([user.id for user in ada.users.list()], len(list(admin.users.list())))


def test_requests_that_break_the_spec_have_the_vendors_code(sandbox: Sandbox) -> None:
    """A missing member is named in the message of a 422; the generated client would not even send it."""
    answer = sandbox.client("pepper", headers={**ID, **TOKEN}).post("/locations", json={"geo": [0, 0]})
    assert (422, {"code": "Validation", "message": "title is required."}) == (answer.status_code, answer.json())


def test_a_body_that_is_no_json_is_400(sandbox: Sandbox) -> None:
    """What cannot be read is no validation error."""
    answer = sandbox.client("pepper", headers={**ID, **TOKEN}).post(
        "/perks", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert (400, "BadRequest") == (answer.status_code, answer.json()["code"])


def test_unknown_paths_and_methods(sandbox: Sandbox) -> None:
    """Also what no operation answers has the vendor's shape."""
    client = sandbox.client("pepper", headers={**ID, **TOKEN})
    answers = [client.get("/nothing"), client.delete("/perks")]
    assert [(404, "NotFound"), (405, "MethodNotAllowed")] == [(a.status_code, a.json()["code"]) for a in answers]
    assert "GET, POST" == answers[1].headers["Allow"]


def test_secrets_do_not_reach_the_log(sandbox: Sandbox, client: MakePepper) -> None:
    """Neither tokens nor sessions nor passwords are shown in the request log or the state."""
    session = client(username="+442079460000", password="example-password").users.login()
    client(token=str(session.id)).users.get(ADA)
    shown = str(sandbox.admin("GET", "log")) + str(sandbox.documents("pepper", "credentials"))
    for secret in (USER_TOKEN, str(session.id), "example-password"):
        assert secret not in shown
