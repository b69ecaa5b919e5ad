"""Pepper: creating, activating, logging in and out, guests, passwords, single sign-on."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from loyalty_runtime import APIStatusError, AuthenticationError, PermissionDeniedError, UnprocessableEntityError
from loyalty_sandbox.vendors.pepper.base import TENANT
from loyalty_sandbox.vendors.pepper.seed import ADA, PERK
from pepper_client import Pepper
from tests.sandbox.pepper.conftest import MakePepper
from tests.sandbox.serving import Sandbox

MOBILE = {"provider": "MOBILE", "id": "+442079460001", "token": "first-password"}
EMAIL = {"provider": "EMAIL", "id": "grace@example.com", "token": "first-password"}
NAMES = {"firstName": "Grace", "lastName": "Hopper"}


def last_code(sandbox: Sandbox) -> str:
    """Return the code of the newest message in the outbox."""
    code: str = sandbox.admin("GET", "outbox/pepper")["messages"][-1]["code"]
    return code


def login(client: MakePepper, name: str, password: str = MOBILE["token"]) -> Any:
    """Log in by name and password."""
    return client(username=name, password=password).users.login()


def test_a_mobile_user_waits_for_the_code(sandbox: Sandbox, client: MakePepper) -> None:
    """Anonymous creation gives the role USER in the state PENDING, who cannot log in until the code of 4 digits came back."""
    anonymous = client()
    user = anonymous.users.create({**NAMES, "credentials": [MOBILE], "roles": ["ADMIN"]})
    message = sandbox.admin("GET", "outbox/pepper")["messages"][-1]
    assert ("PENDING", ["USER"], "sms", MOBILE["id"], 4) == (
        user.state,
        user.roles,
        message["kind"],
        message["to"],
        len(message["code"]),
    )
    with pytest.raises(PermissionDeniedError):
        login(client, MOBILE["id"])
    session = anonymous.users.activate(id=MOBILE["id"], token=last_code(sandbox))
    assert ("ACTIVE", user.id) == (session.user.state, session.user_id)
    assert user.id == client(token=session.id).users.get(user.id).id
    assert user.id == login(client, MOBILE["id"]).user_id


def test_activation_refuses_a_wrong_code_and_an_active_user(sandbox: Sandbox, client: MakePepper) -> None:
    """Both are 422; without a code another one is sent, which takes the place of the first."""
    anonymous = client()
    anonymous.users.create({**NAMES, "credentials": [MOBILE]})
    first = last_code(sandbox)
    again = anonymous.users.activate(id=MOBILE["id"])
    assert ("PENDING", False) == (again.state, again.user_id is None)
    for wrong in ("0000", first):
        with pytest.raises(UnprocessableEntityError):
            anonymous.users.activate(id=MOBILE["id"], token=wrong)
    anonymous.users.activate(id=MOBILE["id"], token=last_code(sandbox))
    with pytest.raises(UnprocessableEntityError):
        anonymous.users.activate(id=MOBILE["id"], token=last_code(sandbox))


@pytest.mark.parametrize("credential", [MOBILE, EMAIL, {**EMAIL, "id": "GRACE@example.com"}])
def test_known_credentials_are_refused(client: MakePepper, credential: dict[str, str]) -> None:
    """A pending and an active user's credentials are taken; the message names them."""
    anonymous = client()
    anonymous.users.create({**NAMES, "credentials": [MOBILE, EMAIL]})
    with pytest.raises(UnprocessableEntityError) as refused:
        anonymous.users.create({**NAMES, "credentials": [credential]})
    assert ("Validation", True) == (refused.value.body.code, credential["id"] in refused.value.body.message)


def test_facebook_confirms_or_not(client: MakePepper) -> None:
    """A confirmed token makes an active user, who logs in by it; another token is 422."""
    anonymous = client()
    with pytest.raises(UnprocessableEntityError):
        anonymous.users.create({**NAMES, "credentials": [{"provider": "FACEBOOK", "id": "42", "token": "wrong"}]})
    secret = "facebook-token-of-42"
    user = anonymous.users.create({**NAMES, "credentials": [{"provider": "FACEBOOK", "id": "42", "token": secret}]})
    session = client(username="42", password=secret).users.login(auth_provider="FACEBOOK")
    assert ("ACTIVE", user.id) == (user.state, session.user_id)
    with pytest.raises(AuthenticationError):
        client(username="42", password="wrong").users.login(auth_provider="FACEBOOK")


def test_administrators_activate_at_once_and_make_administrators(admin: Pepper, ada: Pepper) -> None:
    """`autoActivate` and the role ADMIN are for administrators."""
    active = admin.users.create(
        {**NAMES, "credentials": [MOBILE]}, auto_activate=True, await_external_account_sync=True
    )
    second = admin.users.create({**NAMES, "credentials": [EMAIL], "roles": ["ADMIN"]})
    assert ("ACTIVE", ["USER"], ["ADMIN"]) == (active.state, active.roles, second.roles)
    assert active.external_loyalty_member_number
    with pytest.raises(PermissionDeniedError):
        ada.users.create({**NAMES, "credentials": [{**EMAIL, "id": "x@example.com"}]}, auto_activate=True)


def test_login_and_logout(client: MakePepper) -> None:
    """A session's id is the token; after the logout it is none."""
    session = login(client, "ada@example.com", "example-password")
    own = client(token=session.id)
    assert (ADA, "Example Café", ADA) == (session.user_id, session.tenant_title, own.users.get(ADA).id)
    own.users.logout(user_id=ADA)
    with pytest.raises(AuthenticationError):
        own.users.get(ADA)


def test_wrong_passwords_do_not_log_in(client: MakePepper) -> None:
    """Neither a wrong password nor an unknown name."""
    for name, password in (("ada@example.com", "wrong"), ("nobody@example.com", "example-password")):
        with pytest.raises(AuthenticationError):
            login(client, name, password)


def test_all_sessions_of_a_user_end(client: MakePepper, admin: Pepper) -> None:
    """An administrator ends them together; the administrator's own session is permanent."""
    sessions = [client(token=login(client, "ada@example.com", "example-password").id) for _ in range(2)]
    admin.sessions.delete_for_user(ADA)
    for session in sessions:
        with pytest.raises(AuthenticationError):
            session.users.get(ADA)
    own = admin.sessions.create_admin()
    assert (True, ["ADMIN"]) == (own.permanent, own.roles)
    assert 2 == len(list(client(token=own.id).users.list()))


def test_guests_go_after_an_hour(sandbox: Sandbox, client: MakePepper, admin: Pepper) -> None:
    """User, credential and session are there for 59 minutes and gone after 60."""
    session = client().guests.create_session({"firstName": "Guest", "credentials": [EMAIL]}, x_client_platform="IOS")
    own, guest_id = client(token=session.id), session.user_id
    assert (True, ["GUEST"]) == (session.is_guest, session.roles)
    assert "IOS" == own.users.get(guest_id).primary_platform
    sandbox.advance(minutes=59)
    assert [guest_id] == [user.id for user in admin.users.list(role="GUEST")]
    sandbox.advance(minutes=1)
    assert [] == list(admin.users.list(role="GUEST"))
    with pytest.raises(AuthenticationError):
        own.users.get(guest_id)
    assert [] == admin.credentials.list(id=EMAIL["id"]).items


def test_a_guest_becomes_a_user(sandbox: Sandbox, client: MakePepper, admin: Pepper) -> None:
    """A guest who registers in time keeps the id and stays."""
    guest = client().guests.create_session(first_name="Guest")
    user = client(token=guest.id).users.create({**NAMES, "credentials": [EMAIL]})
    sandbox.advance(hours=2)
    kept = admin.users.get(guest.user_id)
    assert (guest.user_id, False, "Grace Hopper") == (user.id, kept.is_guest, kept.full_name)
    assert user.id == login(client, EMAIL["id"]).user_id


def test_a_password_is_reset_in_two_calls(sandbox: Sandbox, client: MakePepper) -> None:
    """The code sets the new password once; the old one and old sessions are gone."""
    old = login(client, "ada@example.com", "example-password")
    anonymous = client()
    anonymous.users.reset_password({"id": "ada@example.com"})
    change = {"token": last_code(sandbox), "username": "ada@example.com", "password": "new-password"}
    with pytest.raises(UnprocessableEntityError):
        anonymous.users.reset_password({**change, "token": "0000"})
    anonymous.users.reset_password(change)
    assert ADA == login(client, "+442079460000", "new-password").user_id
    for refused in (
        lambda: login(client, "ada@example.com", "example-password"),
        lambda: client(token=old.id).users.get(ADA),
    ):
        with pytest.raises(AuthenticationError):
            refused()
    with pytest.raises(UnprocessableEntityError):
        anonymous.users.reset_password(change)


def test_codes_end_after_an_hour(sandbox: Sandbox, client: MakePepper) -> None:
    """An old code is refused."""
    client().users.reset_password({"id": "ada@example.com"})
    sandbox.advance(hours=1)
    change = {"token": last_code(sandbox), "username": "ada@example.com", "password": "new-password"}
    with pytest.raises(UnprocessableEntityError):
        client().users.reset_password(change)


def test_pending_users_cannot_reset(client: MakePepper) -> None:
    """The page names the 422."""
    client().users.create({**NAMES, "credentials": [MOBILE]})
    with pytest.raises(UnprocessableEntityError):
        client().users.reset_password({"id": MOBILE["id"]})


def id_token(**claims: str) -> str:
    """Write a JSON Web Token with an artificial signature."""
    parts = ({"alg": "none"}, claims)
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*coded, "signature"])


def test_single_sign_on_creates_once(client: MakePepper) -> None:
    """The first login needs the names and creates the user, the next one finds the same user."""
    anonymous, token = client(), id_token(sub="subject-1", email="grace@example.com")
    with pytest.raises(UnprocessableEntityError):
        anonymous.users.login_with_sso("google", id_token=token)
    first = anonymous.users.login_with_sso("google", {"idToken": token, **NAMES})
    again = anonymous.users.login_with_sso("google", {"idToken": token})
    assert (first.user_id, True) == (again.user_id, first.id != again.id)
    with pytest.raises(UnprocessableEntityError):
        anonymous.users.login_with_sso("apple", {"idToken": "no-token", **NAMES})


def test_one_account_per_device(sandbox: Sandbox, client: MakePepper) -> None:
    """Where the tenant wants it, the platform is needed, and a device has one account."""
    sandbox.admin("POST", "hooks/pepper/tenant", {"_id": TENANT, "oneAccountPerDevice": True, "initialPoints": 7})
    anonymous = client()
    with pytest.raises(APIStatusError):
        anonymous.users.create({**NAMES, "credentials": [EMAIL]})
    device = {"x_client_platform": "ANDROID", "unique_device_id_android": "device-1"}
    user = anonymous.users.create({**NAMES, "credentials": [EMAIL]}, **device)
    assert ("ANDROID", 7) == (user.primary_platform, user.points)
    with pytest.raises(UnprocessableEntityError):
        anonymous.users.create({**NAMES, "credentials": [{**EMAIL, "id": "second@example.com"}]}, **device)


def test_new_users_get_global_perks(client: MakePepper, admin: Pepper) -> None:
    """A perk for everybody is granted to those who are there and to those who come."""
    admin.perks.update_point_perk(PERK, is_global=True)
    user = client().users.create({**NAMES, "credentials": [EMAIL]})
    assert [PERK] == [award.perk_id for award in admin.awards.list(user_id=user.id)]
