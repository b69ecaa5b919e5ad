"""Coupons: who can use one, locks and their end, and that nothing is used twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from loyalty_sandbox.vendors.orderingstack.base import OTHER_TENANT, SERVICE_TOKEN, TENANT
from orderingstack_client import OrderingStack
from orderingstack_client.errors import NotFoundError
from tests.sandbox.orderingstack.people import EVERYBODY, campaign
from tests.sandbox.serving import Sandbox, Serve

pytestmark = pytest.mark.filterwarnings("ignore:orderingstack coupon:DeprecationWarning")

Connect = Callable[..., OrderingStack]
ADA: dict[str, Any] = {"coupon": "coupon-0001", "account": "account-0001"}


def redeem(client: httpx.Client, code: str) -> int:
    """Use a coupon as the vendor's ordering service does."""
    return client.post("/_sandbox/hooks/orderingstack/redemption", json={"coupon": code}).status_code


def test_a_coupon_is_good_for_its_own_account(ada: OrderingStack, connect: Connect) -> None:
    """Somebody else's is as unknown as one that does not exist (OC-22)."""
    mine = ada.account.verify_coupon(coupon="coupon-0001")
    other = connect("grace").account.verify_coupon(coupon="coupon-0001")
    nothing = ada.account.verify_coupon(coupon="coupon-9999")
    assert (True, None, False) == (mine["valid"], mine["reason"], mine["locked"])
    assert [(False, "UNKNOWN")] * 2 == [(each["valid"], each["reason"]) for each in (other, nothing)]


def test_a_check_alone_locks_nothing(operator: OrderingStack) -> None:
    """O-32: only the flag does."""
    assert [False, False] == [operator.account.verify_any_coupon(**ADA)["locked"] for _ in range(2)]


def test_a_lock_holds_until_it_is_released(operator: OrderingStack, ada: OrderingStack) -> None:
    """Locked, the coupon is good for nobody; unlocked, it is as before."""
    assert operator.account.verify_any_coupon(**ADA, lock=True)["locked"]
    checks = [
        operator.account.verify_any_coupon(**ADA),
        operator.account.verify_any_coupon(**ADA, lock=True),
        ada.account.verify_coupon(coupon="coupon-0001"),
    ]
    assert [(False, "LOCKED", True)] * 3 == [(each["valid"], each["reason"], each["locked"]) for each in checks]
    assert False is operator.account.unlock_any_coupon(**ADA)["locked"]
    assert ada.account.verify_coupon(coupon="coupon-0001")["valid"]


def test_a_lock_ends_by_itself(operator: OrderingStack, sandbox: Sandbox) -> None:
    """After 15 minutes of the sandbox's clock (OC-23)."""
    sandbox.admin("POST", "clock", {"now": "2026-05-01T08:00:00Z", "stopped": True})
    assert "2026-05-01T08:15:00Z" == operator.account.verify_any_coupon(**ADA, lock=True)["lockedUntil"]
    sandbox.advance(minutes=14)
    assert not operator.account.verify_any_coupon(**ADA)["valid"]
    sandbox.advance(minutes=1)
    assert operator.account.verify_any_coupon(**ADA, lock=True)["valid"]


def test_unlocking_what_is_not_there(operator: OrderingStack, connect: Connect) -> None:
    """404 for an unknown coupon, another account and another tenant; a coupon without a lock stays as it is."""
    for coupon, account in (("coupon-9999", "account-0001"), ("coupon-0001", "account-0002")):
        with pytest.raises(NotFoundError):
            operator.account.unlock_any_coupon(coupon=coupon, account=account)
    with pytest.raises(NotFoundError):
        connect().account.unlock_any_coupon(**ADA, x_tenant=OTHER_TENANT)
    assert False is connect().account.unlock_any_coupon(**ADA, x_tenant=TENANT)["locked"]


def test_a_campaign_gives_a_coupon_and_takes_it_along(operator: OrderingStack, ada: OrderingStack) -> None:
    """It comes with the coupon state and ends with the campaign (OC-21)."""
    ada.account.confirm_message("campaign-0001")
    (code,) = set(ada.account.get_own().coupons) - {"coupon-0001"}  # type: ignore[arg-type]
    check = ada.account.verify_coupon(coupon=code)
    assert (True, "campaign-0001") == (check["valid"], check["campaign"])
    operator.campaign.finalize("campaign-0001")
    assert "CAMPAIGN_ENDED" == ada.account.verify_coupon(coupon=code)["reason"]


def test_the_confirmed_coupon_can_still_be_used(ada: OrderingStack, sandbox: Sandbox) -> None:
    """OC-34: confirming receipt is not using."""
    ada.account.confirm_message("campaign-0001")
    assert ada.account.use_coupon("campaign-0001")["finished"]
    (code,) = set(ada.account.get_own().coupons) - {"coupon-0001"}  # type: ignore[arg-type]
    assert ada.account.verify_coupon(coupon=code)["valid"]
    assert 200 == redeem(sandbox.client(), code)
    assert ["coupon-0001"] == ada.account.get_own().coupons


def test_a_used_coupon_is_used_up(operator: OrderingStack, ada: OrderingStack, sandbox: Sandbox) -> None:
    """Its use completes the coupon state, and every further check says so."""
    ada.account.confirm_message("campaign-0001")
    (code,) = set(ada.account.get_own().coupons) - {"coupon-0001"}  # type: ignore[arg-type]
    operator.account.verify_any_coupon(coupon=code, account="account-0001", lock=True)
    assert [200, 400] == [redeem(sandbox.client(), code), redeem(sandbox.client(), code)]
    assert "USED" == ada.account.verify_coupon(coupon=code)["reason"]
    assert 1 == operator.stats.get_global(name="campaign-0001")["finished"]


def test_one_of_many_gets_the_lock(connect: Connect) -> None:
    """Forty calls at once for one coupon: one lock."""
    client = connect(client_id="", client_secret="", tenant="", access_token=SERVICE_TOKEN)

    def lock(_: int) -> Any:
        return client.account.verify_any_coupon(**ADA, lock=True, x_tenant=TENANT)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lock, range(40)))
    assert 1 == sum(each["valid"] for each in answers)
    assert {"LOCKED"} == {each["reason"] for each in answers if not each["valid"]}


def test_nothing_is_used_twice_and_nothing_is_lost(operator: OrderingStack, sandbox: Sandbox) -> None:
    """Accounts confirm and coupons are used by several at once: one coupon an account, one use a coupon."""
    client = sandbox.client()
    for number in range(20):
        body = {"id": f"account-1{number:03}", "counters": {"visits": 1}}
        assert 200 == client.post("/_sandbox/hooks/orderingstack/account", json=body).status_code
    operator.campaign.create(campaign(constraints=EVERYBODY, states=[{"id": "gift", "type": "COUPON"}]))
    operator.campaign.initialize("campaign-0100")
    codes = [
        each["code"] for each in sandbox.documents("orderingstack", "coupons") if each["campaign"] == "campaign-0100"
    ]
    assert 22 == len(set(codes)) == len(codes)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda code: redeem(client, code), codes * 3))
    assert (22, 44) == (statuses.count(200), statuses.count(400))
    figures = operator.stats.get_global(name="campaign-0100")
    assert ({"issued": 22, "used": 22}, 22) == (figures["coupons"], figures["finished"])


def test_locks_and_uses_survive_a_restart(serve: Serve, tmp_path: Path) -> None:
    """With a database the second process knows what the first has acknowledged."""
    from loyalty_sandbox.server import running
    from loyalty_sandbox.vendors import load_vendors
    from loyalty_sandbox.world import World

    db, check = (
        tmp_path / "sandbox.db",
        "/loyalty-api/api/accounts/coupon/verify?coupon={}&account=account-0001&lock={}",
    )
    headers = {"Authorization": f"Bearer {SERVICE_TOKEN}", "x-tenant": TENANT}
    seen = []
    for lock in ("true", "false"):
        world = World(load_vendors(["orderingstack"]), db=db)
        with running(world) as server:
            sandbox = Sandbox(server)
            if lock == "true":
                sandbox.admin("POST", "hooks/orderingstack/coupon", {"coupon": "used", "account": "account-0001"})
                assert 200 == redeem(sandbox.client(), "used")
            client = sandbox.client("orderingstack", headers=headers)
            seen.append([client.post(check.format(code, lock)).json()["reason"] for code in ("coupon-0001", "used")])
            sandbox.close()
        world.close()
    assert [[None, "USED"], ["LOCKED", "USED"]] == seen
