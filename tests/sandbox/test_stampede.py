"""Stampede: tokens, guests, consent, tags, pages of both styles, deals and codes, error families."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.credentials import CLIENT_ID, CLIENT_SECRET, OTHER_CLIENT_ID, OTHER_CLIENT_SECRET
from tests.sandbox.serving import Sandbox, Serve

ADA = "00000000-0000-4000-8000-000000000001"
YES = {"data": True, "marketing": {"email": True, "sms": True}}
NO = {"data": True, "marketing": {"email": False, "sms": False}}


@pytest.fixture
def sandbox(serve: Serve) -> Sandbox:
    """A fresh Stampede without rate limits."""
    sandbox = serve("stampede")
    sandbox.admin("POST", "limits", {"enabled": False})
    return sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> httpx.Client:
    """A client with the ready-made token."""
    return sandbox.client("stampede")


def token_of(sandbox: Sandbox, client_id: str, client_secret: str) -> httpx.Response:
    """Ask for a token."""
    body = {"client_id": client_id, "client_secret": client_secret, "grant_type": "client_credentials"}
    return sandbox.client("stampede", headers={}).post("/oauth/token", json=body)


def test_a_token_lasts_24_hours(sandbox: Sandbox) -> None:
    """The answer says so, and the sandbox keeps to it."""
    answer = token_of(sandbox, CLIENT_ID, CLIENT_SECRET).json()
    assert (86400, "Bearer", "ALL:ALL") == (answer["expires_in"], answer["token_type"], answer["scope"])
    client = sandbox.client("stampede", bearer=answer["access_token"])
    sandbox.advance(hours=23, minutes=59)
    assert 200 == client.get("/v1/venues").status_code
    sandbox.advance(minutes=2)
    assert 401 == client.get("/v1/venues").status_code


@pytest.mark.parametrize(
    "body",
    [
        {"client_id": CLIENT_ID, "client_secret": "wrong", "grant_type": "client_credentials"},
        {"client_id": "nobody", "client_secret": "wrong", "grant_type": "client_credentials"},
        {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "password"},
        {"client_id": CLIENT_ID},
    ],
)
def test_a_token_is_refused_with_400_and_two_keys(sandbox: Sandbox, body: dict[str, str]) -> None:
    """Every failure of the token call is 400 (S-60)."""
    answer = sandbox.client("stampede", headers={}).post("/oauth/token", json=body)
    assert (400, {"error", "error_description"}) == (answer.status_code, set(answer.json()))


def test_organisations_see_only_their_own(sandbox: Sandbox) -> None:
    """Venues, guests, deals and codes of another key's organisation do not exist."""
    other = sandbox.client(
        "stampede", bearer=token_of(sandbox, OTHER_CLIENT_ID, OTHER_CLIENT_SECRET).json()["access_token"]
    )
    assert ["VENUE0000009"] == [venue["id"] for venue in other.get("/v1/venues").json()["data"]]
    assert [] == other.get("/v1/guests").json()["data"]
    assert 404 == other.get(f"/v1/guests/{ADA}").status_code
    assert 404 == other.put(f"/v1/guests/{ADA}/tags", json={"name": "Golf"}).status_code
    assert 0 == other.get("/v1/deal").json()["meta"]["total"]
    assert 400 == other.post("/v1/code/revoke", params={"code": "ABC1"}).status_code


def test_a_guest_is_upserted_by_address(sandbox: Sandbox, client: httpx.Client) -> None:
    """The second call with the same address in other letters changes the guest and keeps what it leaves out."""
    first = client.post(
        "/v1/guests/", json={"email": "New@example.com", "first": "New", "phone": "+442079460001", "privacy": YES}
    ).json()
    second = client.post("/v1/guests", json={"email": "new@example.com", "last": "Guest", "privacy": YES}).json()
    profile = client.get(f"/v1/guests/{first['id']}").json()["user_profile"]
    assert first["id"] == second["id"]
    assert ("New", "Guest", "+442079460001") == (profile["first"], profile["last"], profile["phone"])
    assert "phone" not in second["user_profile"]


def test_consent_becomes_times_and_withdrawal_null(sandbox: Sandbox, client: httpx.Client) -> None:
    """A repeated consent keeps its first time."""
    sandbox.admin("POST", "clock", {"now": "2026-03-01T12:00:00Z", "stopped": True})
    client.post("/v1/guests", json={"email": "new@example.com", "privacy": YES})
    sandbox.advance(days=1)
    kept = client.post("/v1/guests", json={"email": "new@example.com", "privacy": YES}).json()
    withdrawn = client.post("/v1/guests", json={"email": "new@example.com", "privacy": NO}).json()
    assert ("2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z") == (kept["sms_opt_in_at"], kept["last_interacted_at"])
    assert (None, None) == (withdrawn["sms_opt_in_at"], withdrawn["email_opt_in_at"])
    assert "2026-03-01T12:00:00Z" == withdrawn["data_opt_in_at"]


def test_an_invalid_guest_gets_the_five_keys_of_the_page(client: httpx.Client) -> None:
    """A sentence per fault, and the request they belong to."""
    answer = client.post(
        "/v1/guests", json={"email": "no address", "privacy": {"data": True, "marketing": {"email": "yes"}}}
    )
    error = answer.json()
    assert {"stack", "code", "message", "url", "method"} == set(error)
    assert (400, 400, "/v1/guests", "POST") == (answer.status_code, error["code"], error["url"], error["method"])
    missing, wrong = "privacy.marketing.sms is required.", "privacy.marketing.email is not valid."
    assert f"email is not valid. {missing} {wrong}" == error["message"]


def test_guests_come_in_pages_of_25_by_bare_id(client: httpx.Client) -> None:
    """`next` is an id; the first page has no `first` and `prev`; together the pages hold everybody once."""
    for number in range(58):
        client.post("/v1/guests", json={"email": f"guest{number}@example.com", "privacy": NO})
    pages: list[dict[str, Any]] = [client.get("/v1/guests").json()]
    while pages[-1]["links"]["next"]:
        pages.append(client.get("/v1/guests", params={"cursor": pages[-1]["links"]["next"]}).json())
    ids = [guest["id"] for page in pages for guest in page["data"]]
    assert [25, 25, 10] == [len(page["data"]) for page in pages]
    assert 60 == len(set(ids))
    assert (None, None) == (pages[0]["links"]["first"], pages[0]["links"]["prev"])
    assert (ids[0], ids[0]) == (pages[1]["links"]["first"], pages[1]["links"]["prev"])
    assert 400 == client.get("/v1/guests", params={"cursor": "nonsense"}).status_code


def test_guests_are_searched_by_parts_of_words(client: httpx.Client) -> None:
    """E-mail, names and phone, without regard to case; an empty text finds everybody."""
    found = [
        len(client.get("/v1/guests", params={"search": text}).json()["data"])
        for text in ("LOVE", "ada@", "946", "zzz", "")
    ]
    assert [1, 1, 1, 0, 2] == found


def test_tags_are_added_once_listed_and_removed(client: httpx.Client) -> None:
    """PUT adds one tag; the guest list shows the link; removal says whether there was one."""
    tags = f"/v1/guests/{ADA}/tags"
    first, again = client.put(tags, json={"name": "Golf"}), client.put(tags, json={"name": "Golf"})
    client.put(tags, json={"name": "Wine"})
    listed = client.get("/v1/guests").json()["data"][0]["organization_profile_tags"]
    assert first.json() == again.json()
    assert ["Golf", "Wine"] == [tag["name"] for tag in client.get(tags).json()["data"]]
    assert (2, {ADA}) == (len(listed), {link["organization_registration_id"] for link in listed})
    removal = [
        client.request("DELETE", f"{tags}/by-name", json={"tag_name": "Golf"}).json()["message"] for _ in range(2)
    ]
    assert ["Tag removed from customer profile", "Tag not found on customer profile"] == removal
    assert (400, b"") == ((refused := client.put(tags, json={})).status_code, refused.content)
    gone = client.request("DELETE", "/v1/guests/nobody/tags/by-name", json={"tag_name": "Golf"})
    assert (404, b"") == (gone.status_code, gone.content)


def test_a_form_is_completed_by_the_server_or_refused_with_issues(client: httpx.Client) -> None:
    """The server adds four members; a wrong form gets issues with code and path."""
    form = client.post(f"/v1/guests/{ADA}/form", json={"venue_id": "VENUE0000001"}).json()
    wrong = client.post(f"/v1/guests/{ADA}/form", json={"venue_id": "short", "source": "paper"})
    none = client.post(f"/v1/guests/{ADA}/form", json={})
    assert ("web", None, ADA) == (form["source"], form["form_id"], form["guest_id"])
    assert "organisation_id" in form
    assert (422, ["venue_id", "source"]) == (wrong.status_code, [each["path"][0] for each in wrong.json()["errors"]])
    assert [{"code": "invalid_type", "path": ["venue_id"]}] == none.json()["errors"]


def test_deals_come_in_numbered_pages(client: httpx.Client) -> None:
    """15 a page with Laravel's links and figures; behind the end `from` and `to` are null."""
    for number in range(16):
        client.post("/v1/deal", json={"name": f"deal {number}"})
    first, second, third = (client.get("/v1/deal", params={"page": page}).json() for page in (1, 2, 3))
    assert (15, 2) == (len(first["data"]), len(second["data"]))
    assert (1, 15, 2, 17, 15) == tuple(first["meta"][name] for name in ("from", "to", "last_page", "total", "per_page"))
    following = f"{client.base_url}/v1/deal?page=2".replace("//v1", "/v1")
    assert (None, following) == (first["links"]["prev"], first["links"]["next"])
    assert ([], None, None) == (third["data"], third["meta"]["from"], third["meta"]["to"])


def test_a_refused_deal_has_its_messages_by_member(client: httpx.Client) -> None:
    """422 with `errors.name`, a list, as the page prints it."""
    answer = client.post("/v1/deal", json={})
    assert (422, {"name": ["name is required."]}) == (answer.status_code, answer.json()["errors"])


def test_codes_are_made_by_hook_searched_redeemed_and_revoked_once(sandbox: Sandbox, client: httpx.Client) -> None:
    """The hooks do what the API cannot (S-64); a used code cannot be revoked."""
    sandbox.admin("POST", "hooks/stampede/code", {"deal": "10%_OFF", "code": "NEW1"})
    sandbox.admin("POST", "hooks/stampede/redemption", {"code": "ABC2"})
    found = client.get("/v1/code/search", params={"code": "abc"}).json()["data"]
    revoked = client.post("/v1/code/revoke", params={"code": "NEW1"}).json()["voucher_code"]
    assert [("ABC1", False), ("ABC2", True), ("ABC3", False)] == [(code["code"], code["is_redeemed"]) for code in found]
    assert (True, False) == (revoked["is_revoked"], revoked["is_revokable"])
    assert [400, 400, 400] == [
        client.post("/v1/code/revoke", params={"code": code}).status_code for code in ("NEW1", "ABC2", "none")
    ]
    assert 4 == client.get("/v1/deal").json()["data"][0]["voucher_codes_count"]
