"""Pepper: stamps, nonces of 120 seconds that serve once, impressions that are decrypted, checked and acted on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_runtime import ConflictError, NotFoundError, PermissionDeniedError
from loyalty_sandbox.vendors.pepper.impressions import decrypt, encrypt, is_like, read_points
from loyalty_sandbox.vendors.pepper.seed import LOCATION, PERK
from pepper_client import Pepper
from tests.sandbox.pepper.refusals import refused
from tests.sandbox.pepper.test_awards import points
from tests.sandbox.serving import Sandbox

SEEDED = "0000000000000000000000b6"
IMPRINT = [[0.0, 0.0], [40.0, 0.0], [10.0, 30.0], [35.0, 45.0], [5.0, 60.0]]
TURNED = [[100.0 - y, 20.0 + x] for x, y in IMPRINT]
OTHER = [[0.0, 0.0], [90.0, 0.0], [10.0, 80.0]]
STAMP: dict[str, Any] = {"locationId": LOCATION, "stampId": "S-2", "effects": {}, "imprints": [OTHER]}


def press(client: Pepper, shape: list[list[float]] = TURNED) -> str:
    """Do an app's part: fetch a nonce and encrypt an impression."""
    nonce = client.stamps.create_nonce()
    return encrypt(str(nonce.key), {"points": shape, "nonce": nonce.nonce})


def test_stamps_are_kept(admin: Pepper, ada: Pepper) -> None:
    """Created, listed, read, changed, given imprints, deleted with an answer; for administrators."""
    admin.stamps.create([STAMP])
    number = next(str(one.id) for one in admin.stamps.list().items if one.stamp_id == "S-2")
    assert "S-3" == admin.stamps.update(number, {"stampId": "S-3"}).stamp_id
    admin.stamps.update_imprints(number, imprints=[IMPRINT, OTHER])
    assert [IMPRINT, OTHER] == admin.stamps.get(number).to_dict()["imprints"]
    assert "S-3" == admin.stamps.delete(number).stamp_id
    with pytest.raises(NotFoundError):
        admin.stamps.get(number)
    with pytest.raises(PermissionDeniedError):
        ada.stamps.list()


def test_stamps_are_created_all_or_none(admin: Pepper) -> None:
    """A known location and a free stamp id each."""
    with pytest.raises(ConflictError):
        admin.stamps.create([STAMP, STAMP])
    with refused("no location"):
        admin.stamps.create([STAMP, {**STAMP, "stampId": "S-3", "locationId": "0" * 24}])
    with refused("effects is not valid"):
        admin.stamps.update(SEEDED, {"effects": 1})
    assert [SEEDED] == [one.id for one in admin.stamps.list().items]


def test_an_impression_does_what_the_stamp_is_for(ada: Pepper, admin: Pepper) -> None:
    """Turned and moved it is still that stamp: a point more, at the stamp's place."""
    result = ada.stamps.validate_impression(impression=press(ada)).result.to_dict()
    assert ("DEVSTMP1", "grantPerk", {"available": 16}) == (result["stampId"], result["effect"], result["points"])
    assert {PERK: 16} == points(admin)
    assert "Example Café Soho" == next(iter(admin.actions.list())).context.location.title


def test_the_effect_is_chosen(ada: Pepper, admin: Pepper) -> None:
    """Of several one must be named; what the sandbox does not know is named in the result alone."""
    effects = {"grantPerk": {"perkId": PERK, "points": 2}, "redeemPerk": {"perkId": PERK, "points": 10}, "open": {}}
    admin.stamps.update(SEEDED, {"effects": effects})
    choices: list[dict[str, Any]] = [
        {},
        {"effect": {}},
        {"effect": {"close": {}}},
        {"effect": {"open": {}, "grantPerk": {}}},
    ]
    for choice in choices:
        with refused("one effect"):
            ada.stamps.validate_impression({"impression": press(ada), **choice})
    for name, left in (("grantPerk", 17), ("redeemPerk", 7), ("open", 7)):
        answer = ada.stamps.validate_impression({"impression": press(ada), "effect": {name: {}}}).result.to_dict()
        assert (name, {PERK: left}) == (answer["effect"], points(admin))
    with refused("7 points only"):
        ada.stamps.validate_impression({"impression": press(ada), "effect": {"redeemPerk": {}}})


def test_a_nonce_serves_once(ada: Pepper, admin: Pepper) -> None:
    """Sent again, the impression does nothing more."""
    impression = press(ada)
    ada.stamps.validate_impression(impression=impression)
    with refused("nonce"):
        ada.stamps.validate_impression(impression=impression)
    assert {PERK: 16} == points(admin)


@pytest.mark.parametrize(("seconds", "good"), [(119, True), (120, False)])
def test_a_nonce_lives_120_seconds(sandbox: Sandbox, ada: Pepper, admin: Pepper, seconds: int, good: bool) -> None:
    """Then it is as if it had never been."""
    impression = press(ada)
    sandbox.advance(seconds=seconds)
    if good:
        ada.stamps.validate_impression(impression=impression)
    else:
        with refused("nonce"):
            ada.stamps.validate_impression(impression=impression)
    assert {PERK: 16 if good else 15} == points(admin)


def test_impressions_that_are_none(ada: Pepper, admin: Pepper) -> None:
    """Of another user, of an unknown stamp, of two stamps alike, with another nonce inside, not encrypted at all."""
    with refused("decrypted"):
        ada.stamps.validate_impression(impression=press(admin))
    with refused("one stamp"):
        ada.stamps.validate_impression(impression=press(ada, OTHER))
    nonce = ada.stamps.create_nonce()
    for impression in (encrypt(str(nonce.key), {"points": IMPRINT, "nonce": "x"}), "", "nonsense", "#" * 20_000):
        with refused("decrypted"):
            ada.stamps.validate_impression(impression=impression)
    admin.stamps.create([{**STAMP, "imprints": [IMPRINT]}])
    with refused("one stamp"):
        ada.stamps.validate_impression(impression=press(ada))
    assert {PERK: 15} == points(admin)


@given(key=st.text(max_size=20), other=st.text(max_size=20), text=st.text(max_size=100))
def test_only_the_key_opens_an_impression(key: str, other: str, text: str) -> None:
    """Whatever is in it."""
    content = {"points": [], "nonce": text}
    impression = encrypt(key, content)
    assert content == decrypt(key, impression)
    assert key == other or decrypt(other, impression) != content


@given(
    shape=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 600)), min_size=2, max_size=8),
    move=st.tuples(st.integers(-50, 50), st.integers(-50, 50)),
)
def test_a_moved_turned_shuffled_shape_is_alike(shape: list[tuple[int, int]], move: tuple[int, int]) -> None:
    """And one that has a point more is not."""
    moved = [[move[0] - y, move[1] + x] for x, y in shape][::-1]
    assert is_like(moved, shape)
    assert not is_like([*moved, [0.0, 0.0]], shape)


@given(value=st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=8))
def test_points_are_read_from_anything(value: object) -> None:
    """Only pairs of numbers come out."""
    assert all(len(point) == 2 for point in read_points(value))
