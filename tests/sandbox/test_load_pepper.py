"""The load test of Pepper itself: it runs in small, and its audit notices each kind of damage."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from loyalty_sandbox.core.documents import Document
from loyalty_sandbox.core.store import Store
from tests.sandbox import load_pepper
from tests.sandbox.load_pepper import PERK, USERS, Record

Damage = Callable[[Store], None]
USER, OTHER = USERS[:2]


def put(kind: str, key: str, body: Document) -> Damage:
    """Write a document."""
    return lambda store: store.put("pepper", kind, key, {"_id": key, **body})


def entry(key: str, kind: str, points: float) -> Damage:
    """Write a movement of the award."""
    return put("award_entries", key, {"awardId": "award-1", "kind": kind, "points": points})


def redemption(key: str, user: str, code: str = "LOAD0") -> Damage:
    """Write a redemption of a voucher."""

    def write(store: Store) -> None:
        voucher = next(store.select("pepper", "vouchers", {"code": code}))
        store.put("pepper", "voucher_redemptions", key, {"_id": key, "userId": user, "voucherId": voucher["_id"]})

    return write


def award(key: str, available: float) -> Damage:
    """Write an award of the user."""
    return put("awards", key, {"userId": USER, "perkId": PERK, "points": {"available": available}})


def several(*damages: Damage) -> Damage:
    """Do one damage after the other."""

    def write(store: Store) -> None:
        for damage in damages:
            damage(store)

    return write


def test_a_small_load_with_a_kill_conserves_points_and_vouchers(capsys: pytest.CaptureFixture[str]) -> None:
    """Eight clients for four seconds, killed half way."""
    assert 0 == load_pepper.main(["--clients", "8", "--seconds", "4", "--kill"])
    figures = json.loads(capsys.readouterr().out)
    assert figures["killed"]
    assert min(figures["grants"], figures["redeems"], figures["vouchers"]) > 0


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda store: store.delete("pepper", "award_entries", "entry-0"), "the balance is not its movements"),
        (
            several(lambda store: store.delete("pepper", "award_entries", "entry-0"), award("award-1", 1.000002)),
            "grant: an acknowledged movement is lost",
        ),
        (several(entry("entry-9", "grant", 5.0), award("award-1", 11.000002)), "grant: a movement is stored twice"),
        (entry("entry-9", "grant", 4.000003), "grant: nobody asked for it"),
        (several(entry("entry-9", "redeem", -2.000001), award("award-1", 4.000001)), "redeem: a refused movement"),
        (award("award-1", 6.5), "the balance is not its movements"),
        (award("award-2", 0), "two awards of one perk"),
        (
            lambda store: store.delete("pepper", "voucher_redemptions", "redemption-1"),
            "acknowledged redemption is lost",
        ),
        (redemption("redemption-2", USER), "nobody asked for a redemption"),
        (redemption("redemption-2", OTHER), "nobody asked for a redemption"),
        (several(*(redemption(f"redemption-{number}", USER) for number in range(2, 5))), "beyond the limit of a user"),
    ],
)
def test_the_audit_notices_damage(tmp_path: Path, damage: Damage, message: str) -> None:
    """Two acknowledged grants, a refused redemption of points and one voucher; the file is right, then it is not."""
    database = tmp_path / "load.db"
    load_pepper.seed(database)
    record = Record()
    record.asked = {"0": ("grant", USER, 5.0), "1": ("redeem", USER, 2.000001), "2": ("grant", USER, 1.000002)}
    record.asked |= {"3": ("voucher", USER, "LOAD0")}
    record.told = {"0": 200, "1": 422, "2": 200, "3": 200}
    record.redemptions = {"redemption-1": "3"}
    right = several(entry("entry-0", "grant", 5.0), entry("entry-2", "grant", 1.000002), award("award-1", 6.000002))
    write(database, several(right, redemption("redemption-1", USER)))
    assert {"grants": 2, "redeems": 0, "vouchers": 1, "points": 6} == load_pepper.audit(database, record)
    write(database, damage)
    with pytest.raises(AssertionError, match=message):
        load_pepper.audit(database, record)


def test_the_audit_notices_a_refusal_below_the_limits(tmp_path: Path) -> None:
    """A voucher that was refused although it could be redeemed."""
    load_pepper.seed(tmp_path / "load.db")
    record = Record(told={"0": 422}, asked={"0": ("voucher", USER, "LOAD1")})
    with pytest.raises(AssertionError, match="below both limits"):
        load_pepper.audit(tmp_path / "load.db", record)


def write(database: Path, change: Damage) -> None:
    """Change the file."""
    store = Store(database)
    with store.transaction():
        change(store)
    store.close()
