"""The load test itself: it runs in small, and its audit notices each kind of damage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loyalty_sandbox.core.documents import Document
from loyalty_sandbox.core.store import Store
from tests.sandbox import load

Damage = Callable[[Store], None]


def test_a_small_load_with_a_kill_conserves_every_stamp(capsys: pytest.CaptureFixture[str]) -> None:
    """Eight clients for a second, killed half way."""
    assert 0 == load.main(["--clients", "8", "--seconds", "1.5", "--kill"])
    assert '"killed": true' in capsys.readouterr().out


def award(number: int, note: str, **changes: object) -> Document:
    """Make a stored award of five stamps."""
    plain = {"id": number, "notes": note, "membership_id": 10000, "number_of_stamps": 5, "remaining": 5, "open": True}
    return {**plain, "status": "Created", **changes}


def change_balance(store: Store) -> None:
    """Take one stamp out of a balance."""
    membership = store.get("stamps", "memberships", "10000")
    assert membership
    store.put("stamps", "memberships", "10000", {**membership, "stamps": membership["stamps"] - 1})


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda store: store.delete("stamps", "awards", "1"), "an acknowledged movement is lost"),
        (lambda store: store.put("stamps", "awards", "3", award(3, "note-1")), "a movement is stored twice"),
        (lambda store: store.put("stamps", "awards", "3", award(3, "note-3")), "a movement nobody asked for"),
        (lambda store: store.put("stamps", "awards", "3", award(3, "note-2")), "a refused movement is stored"),
        (change_balance, "the balance is not its movements"),
    ],
)
def test_the_audit_notices_damage(tmp_path: Path, damage: Damage, message: str) -> None:
    """One acknowledged and one refused award; the file is right, then it is not."""
    database = tmp_path / "load.db"
    load.seed(database)
    record = load.Record()
    record.asked = {"note-1": ("add", 9000, 5), "note-2": ("add", 9000, 7)}
    record.told = {"note-1": 200, "note-2": 400}
    store = Store(database)
    membership = store.get("stamps", "memberships", "10000")
    assert membership
    with store.transaction():
        store.put("stamps", "awards", "1", award(1, "note-1"))
        store.put("stamps", "awards", "opening", award(0, "opening", remaining=load.OPENING))
        store.put("stamps", "memberships", "10000", {**membership, "stamps": load.OPENING + 5})
        for opening in store.select("stamps", "awards", {"membership_id": 10000, "notes": "opening balance"}):
            store.delete("stamps", "awards", str(opening["id"]))
    store.close()
    assert 1 == load.audit(database, record)["awards"]
    store = Store(database)
    with store.transaction():
        damage(store)
    store.close()
    with pytest.raises(AssertionError, match=message):
        load.audit(database, record)
