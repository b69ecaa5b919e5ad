"""Pepper: the points of awards and vouchers as documented, who may see what, and the error shape."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.credentials import (
    ADA,
    ADMIN_TOKEN,
    APPLICATION,
    AWARD,
    PASSWORD,
    PERK,
    USER_TOKEN,
    USERNAME,
    VOUCHER,
)
from tests.sandbox.serving import Sandbox, Serve

GRANT = f"/pointperks/{PERK}/awards"
GRACE = {"firstName": "Grace", "lastName": "Hopper", "credentials": [{"provider": "EMAIL", "id": "grace@example.com"}]}
OWN = f"/users/{ADA}/pointawards/{AWARD}"


@pytest.fixture
def sandbox(serve: Serve) -> Sandbox:
    """A fresh Pepper."""
    return serve("pepper")


def client(sandbox: Sandbox, token: str = ADMIN_TOKEN) -> httpx.Client:
    """A client of an administrator, or with another token."""
    headers = {"Authorization": f"Token {token}", "X-Application-Id": APPLICATION, "X-Api-Version": "12"}
    return sandbox.client("pepper", headers=headers)


def points(answer: httpx.Response) -> float:
    """Return the points of the award that an answer shows."""
    assert answer.status_code == 200, answer.text
    found: float = answer.json()["points"]["available"]
    return found


def test_granting_raises_redeeming_lowers_and_a_refund_raises_again(sandbox: Sandbox) -> None:
    """One award for one user and perk; each call answers with the points after it."""
    admin = client(sandbox)
    granted = admin.post(GRANT, json={"userId": ADA, "points": 20})
    assert (AWARD, 35) == (granted.json()["_id"], points(granted))
    assert 23 == points(admin.put(OWN, json={"valueToRedeem": 12}))
    assert 28 == points(admin.put(f"{OWN}/refund", json={"value": 5}))
    assert [28] == [each["points"]["available"] for each in admin.get(f"/users/{ADA}/pointawards").json()["awards"]]


def test_the_older_paths_are_the_same_awards(sandbox: Sandbox) -> None:
    """`perks` and `pointperks`, `awards` and `pointawards` name one resource each."""
    admin = client(sandbox)
    assert 16 == points(admin.post(f"/perks/{PERK}/awards", json={"userId": ADA, "points": 1}))
    assert 15 == points(admin.put(f"/users/{ADA}/awards/{AWARD}", json={"valueToRedeem": 1}))
    assert 7 == points(admin.put(f"/pointawards/{AWARD}", json={"points": {"available": 7}}))
    assert [7] == [each["points"]["available"] for each in admin.get("/awards").json()["items"]]


def test_a_first_grant_makes_an_award(sandbox: Sandbox) -> None:
    """For a user who is created and a perk that is created; it is in the list of awards at once."""
    admin = client(sandbox)
    user = admin.post("/users", json=GRACE).json()
    award = admin.post(GRANT, json={"userId": user["id"], "points": 3}).json()
    listed = admin.get("/awards", params={"userId": user["id"]}).json()["items"]
    assert ([award["_id"]], [3]) == ([each["_id"] for each in listed], [each["points"]["available"] for each in listed])


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", OWN, {"valueToRedeem": 16}, 422),
        ("PUT", OWN, {"valueToRedeem": 0}, 422),
        ("PUT", OWN, {"valueToRedeem": -5}, 422),
        ("PUT", f"{OWN}/refund", {"value": 11}, 422),
        ("PUT", f"/users/{ADA}/pointawards/nothing", {"valueToRedeem": 1}, 404),
        ("POST", GRANT, {"userId": "nobody", "points": 1}, 422),
        ("POST", GRANT, {"points": 1}, 400),
        ("POST", "/pointperks/nothing/awards", {"userId": ADA, "points": 1}, 404),
    ],
)
def test_what_the_award_does_not_hold_is_refused_and_changes_nothing(
    sandbox: Sandbox, method: str, path: str, body: dict[str, object], status: int
) -> None:
    """`code` and `message`, and the award stays at 15."""
    admin = client(sandbox)
    answer = admin.request(method, path, json=body)
    assert (status, {"code", "message"}) == (answer.status_code, set(answer.json()))
    assert [15] == [each["points"]["available"] for each in admin.get(f"/users/{ADA}/pointawards").json()["awards"]]


def test_fractions_of_points_add_up(sandbox: Sandbox) -> None:
    """0.1 and 0.2 are 0.3."""
    admin = client(sandbox)
    admin.put(f"/pointawards/{AWARD}", json={"points": {"available": 0}})
    admin.post(GRANT, json={"userId": ADA, "points": 0.1})
    assert 0.3 == points(admin.post(GRANT, json={"userId": ADA, "points": 0.2}))


def test_users_see_their_own_awards_and_administrators_all(sandbox: Sandbox) -> None:
    """`userId` is for administrators."""
    admin, ada = client(sandbox), client(sandbox, USER_TOKEN)
    other = admin.post("/users", json=GRACE).json()["id"]
    admin.post(GRANT, json={"userId": other, "points": 3})
    assert (2, 1) == tuple(len(each.get("/awards").json()["items"]) for each in (admin, ada))
    assert 403 == ada.get("/awards", params={"userId": other}).status_code
    assert 403 == ada.delete(f"/users/{other}").status_code
    assert (200, 200) == (ada.delete(f"/users/{ADA}").status_code, admin.delete(f"/users/{other}").status_code)


def test_a_voucher_is_redeemed_within_its_limits_and_times(sandbox: Sandbox) -> None:
    """Once for Ada, then never; before its start and after its end not at all."""
    admin, ada = client(sandbox), client(sandbox, USER_TOKEN)
    first, second = (ada.post("/vouchers/redeem", json={"code": "SUMMER26"}) for _ in range(2))
    assert (200, 422) == (first.status_code, second.status_code)
    assert (VOUCHER, ADA) == (first.json()["voucherId"], first.json()["userId"])
    assert 1 == admin.get(f"/vouchers/{VOUCHER}").json()["numRedemptions"]
    made = {"title": "Two", "code": "TWO", "numRedemptionsPerUser": 5, "numGlobalRedemptions": 2}
    made |= {"startDate": "2030-01-01T00:00:00Z", "endDate": "2030-01-31T00:00:00Z"}
    assert 200 == admin.post("/vouchers", json=made).status_code
    statuses = [ada.post("/vouchers/redeem", json={"code": "TWO"}).status_code]
    sandbox.admin("POST", "clock", {"now": "2030-01-15T00:00:00Z"})
    statuses += [ada.post("/vouchers/redeem", json={"code": "TWO"}).status_code for _ in range(3)]
    sandbox.admin("POST", "clock", {"now": "2030-02-15T00:00:00Z"})
    statuses.append(ada.post("/vouchers/redeem", json={"code": "TWO"}).status_code)
    assert [422, 200, 200, 422, 422] == statuses
    assert 422 == ada.post("/vouchers/redeem", json={"code": "nothing"}).status_code


def test_a_login_gives_a_token(sandbox: Sandbox) -> None:
    """The `_id` of the session is the token to send; a wrong password is 401."""
    headers = {"X-Application-Id": APPLICATION, "X-Api-Version": "12"}
    door = sandbox.client("pepper", headers=headers)
    session = door.post("/users/login", json={}, auth=(USERNAME, PASSWORD)).json()
    assert 1 == len(client(sandbox, session["_id"]).get("/awards").json()["items"])
    assert 401 == door.post("/users/login", json={}, auth=(USERNAME, "wrong")).status_code


def test_no_call_goes_without_the_application(sandbox: Sandbox) -> None:
    """A token alone is not enough."""
    answer = sandbox.client("pepper", headers={"Authorization": f"Token {ADMIN_TOKEN}"}).get("/users")
    assert (401, "unauthorized") == (answer.status_code, answer.json()["code"])
