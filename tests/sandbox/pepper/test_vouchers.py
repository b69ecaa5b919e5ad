"""Pepper: vouchers - both limits and both times hold, however many redeem at once, and after a restart."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from loyalty_runtime import ArgumentError, ConflictError, NotFoundError, PermissionDeniedError, UnprocessableEntityError
from loyalty_sandbox.vendors.pepper.base import ADMIN_TOKEN, APPLICATION, USER_TOKEN
from loyalty_sandbox.vendors.pepper.seed import ADA, ADMIN
from pepper_client import AsyncPepper, Pepper
from tests.sandbox.pepper.conftest import MakePepper
from tests.sandbox.pepper.refusals import refused
from tests.sandbox.pepper.test_awards import kinds
from tests.sandbox.serving import Sandbox, Serve

BODY: dict[str, Any] = {
    "title": "Tea",
    "code": "TEA1",
    "startDate": "2026-06-01T00:00:00Z",
    "endDate": "2026-06-30T00:00:00Z",
    "numRedemptionsPerUser": 2,
    "numGlobalRedemptions": 3,
}


@pytest.fixture(autouse=True)
def in_june(sandbox: Sandbox) -> None:
    """The voucher is valid."""
    sandbox.admin("POST", "clock", {"now": "2026-06-15T12:00:00Z"})


def test_vouchers_are_kept(admin: Pepper, ada: Pepper) -> None:
    """Created, read, changed, listed by scheme and in order; for administrators."""
    voucher = admin.vouchers.create({**BODY, "voucherSchemeId": "f" * 24})
    assert ("TEA1", 2, 3) == (voucher.code, voucher.num_redemptions_per_user, voucher.num_global_redemptions)
    changed = admin.vouchers.update(str(voucher.id), title="Green tea", num_global_redemptions=9)
    assert ("Green tea", 9, "TEA1") == (changed.title, changed.num_global_redemptions, changed.code)
    assert (0, changed.start_date) == (admin.vouchers.get(str(voucher.id)).num_redemptions, voucher.start_date)
    assert ["TEA1"] == [one.code for one in admin.vouchers.list(voucher_scheme_id="f" * 24)]
    assert [["SUMMER26", "TEA1"], ["TEA1", "SUMMER26"]] == [
        [one.code for one in admin.vouchers.list(sort=order)] for order in ("code", "-code")
    ]
    with pytest.raises(UnprocessableEntityError):
        admin.vouchers.list(sort="title").first_page()
    with pytest.raises(NotFoundError):
        admin.vouchers.get("0" * 24)
    with pytest.raises(PermissionDeniedError):
        ada.vouchers.create({**BODY, "code": "MINE"})


def test_a_voucher_makes_sense(admin: Pepper) -> None:
    """A free code, an end after the start, counts of at least 1, and a change of something."""
    number = str(admin.vouchers.create(BODY).id)
    with pytest.raises(ConflictError):
        admin.vouchers.create({**BODY, "code": "tea1"})
    with refused("endDate is before startDate"):
        admin.vouchers.create({**BODY, "code": "TEA2", "endDate": "2026-05-01T00:00:00Z"})
    for wrong in ({"numRedemptionsPerUser": 0}, {"numGlobalRedemptions": 0.5}, {"code": "T-1"}):
        with pytest.raises(ArgumentError):
            admin.vouchers.create({**BODY, "code": "TEA2", **wrong})
    with pytest.raises(UnprocessableEntityError):
        admin.vouchers.update(number, {})
    admin.vouchers.update(number, code="TEA1")
    assert 2 == len(list(admin.vouchers.list()))


def test_both_limits_hold(admin: Pepper, ada: Pepper) -> None:
    """Two for Ada, three in all; every redemption is recorded."""
    number = str(admin.vouchers.create(BODY).id)
    redeemed = [ada.vouchers.redeem(code="TEA1"), ada.vouchers.redeem(code="tea1")]
    assert [(ADA, number)] * 2 == [(one.user_id, one.voucher_id) for one in redeemed]
    with refused("often enough"):
        ada.vouchers.redeem(code="TEA1")
    assert ADMIN == admin.vouchers.redeem(code="TEA1").user_id
    with refused("used up"):
        admin.vouchers.redeem(code="TEA1")
    assert 3 == admin.vouchers.get(number).num_redemptions
    assert ["VOUCHER_REDEEMED"] * 3 == kinds(admin)[:3]
    admin.vouchers.update(number, num_global_redemptions=1)
    assert 3 == admin.vouchers.get(number).num_redemptions


@pytest.mark.parametrize(
    ("moment", "good"),
    [
        ("2026-05-31T23:59:59Z", False),
        ("2026-06-01T00:00:00Z", True),
        ("2026-06-30T00:00:00Z", True),
        ("2026-06-30T00:00:01Z", False),
    ],
)
def test_both_times_hold(sandbox: Sandbox, admin: Pepper, ada: Pepper, moment: str, good: bool) -> None:
    """Start and end belong to it."""
    admin.vouchers.create(BODY)
    sandbox.admin("POST", "clock", {"now": moment})
    if good:
        assert moment.replace("Z", ".000Z") == ada.vouchers.redeem(code="TEA1").date_redeemed
        return
    with refused("not valid now"):
        ada.vouchers.redeem(code="TEA1")


def test_unknown_codes_and_callers_without_a_user(ada: Pepper, client: MakePepper) -> None:
    """Both are 422; codes of another tenant are unknown."""
    with refused("no voucher"):
        ada.vouchers.redeem(code="NONE")
    with refused("does not belong"):
        client(service_token="sandbox-pepper-service-token").vouchers.redeem(code="SUMMER26")


def test_the_last_redemptions_go_once(sandbox: Sandbox, admin: Pepper, client: MakePepper) -> None:
    """Of 24 calls at once by two users as many succeed as both limits allow, and each is kept."""
    number = str(admin.vouchers.create({**BODY, "numRedemptionsPerUser": 4, "numGlobalRedemptions": 7}).id)
    callers = [admin, client(token=USER_TOKEN)] * 12

    def redeem(caller: Pepper) -> str | None:
        try:
            return caller.vouchers.redeem(code="TEA1").user_id
        except UnprocessableEntityError:
            return None

    with ThreadPoolExecutor(8) as pool:
        users = list(pool.map(redeem, callers))
    assert {3, 4} == {users.count(ADA), users.count(ADMIN)}
    assert 7 == admin.vouchers.get(number).num_redemptions == len(sandbox.documents("pepper", "voucher_redemptions"))


def test_the_asynchronous_client_meets_the_same_limits(sandbox: Sandbox, admin: Pepper) -> None:
    """Ten at once for two."""
    admin.vouchers.create(BODY)

    async def run() -> int:
        settings = {"base_url": f"{sandbox.url}/pepper", "application_id": APPLICATION, "token": USER_TOKEN}
        async with AsyncPepper(max_retries=0, **settings) as client:
            calls = (client.vouchers.redeem(code="TEA1") for _ in range(10))
            replies = await asyncio.gather(*calls, return_exceptions=True)
            return sum(isinstance(reply, UnprocessableEntityError) for reply in replies)

    assert 8 == asyncio.run(run())


def test_redemptions_outlive_a_restart(serve: Serve, tmp_path: Path) -> None:
    """A second sandbox on the same file still refuses the second redemption."""
    database = tmp_path / "sandbox.db"
    for expected in (True, False):
        sandbox = serve("pepper", db=database)
        with Pepper(base_url=f"{sandbox.url}/pepper", application_id=APPLICATION, token=ADMIN_TOKEN) as client:
            if expected:
                assert ADMIN == client.vouchers.redeem(code="SUMMER26").user_id
            else:
                with refused("often enough"):
                    client.vouchers.redeem(code="SUMMER26")
        sandbox.world.store.close()
